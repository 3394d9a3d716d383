/* SPDX-License-Identifier: Apache-2.0 */
/* What holds for all edits, found in edits made at random. */
#include <math.h>

#include <math.h>
#include <string.h>

#include "diff_desk.h"

/* ------------------------------------------------------------------ properties */

static double pick(desk *d, double lo, double hi)
{
    return lo + (hi - lo) * (double)(test_random(&d->state) >> 11) / 9007199254740992.0;
}

/* A sample that test_speech makes loud: a cut there cannot slide within a pause. */
static double loud_place(desk *d, double lo, double hi)
{
    double best = lo, most = -1;

    for (int i = 0; i < 12; i++) {
        double t = pick(d, lo, hi), sum = 0;

        for (size_t k = (size_t)(t * RATE) - 400; k < (size_t)(t * RATE) + 400; k++)
            sum += (double)(d->a[k] * d->a[k]);
        if (sum > most) {
            most = sum;
            best = t;
        }
    }
    return floor(best * RATE) / RATE;
}

/* B with one edit in every eight seconds; returns their number. */
static size_t random_edits(desk *d, want *w)
{
    size_t n = 0;
    double at = 0;

    for (double t = 3; t + 8 < (double)d->na / RATE; t += 8) {
        double x = loud_place(d, t, t + 2), y = loud_place(d, t + 3, t + 5);
        double b = (double)d->nb / RATE + x - at;
        double len = floor(pick(d, 0.6, 2) * RATE) / RATE;

        put_a(d, at, x);
        at = y;
        switch (test_random(&d->state) % 4) {
        case 0:
            w[n++] = (want){EW_EDIT_DELETE, {x, y, b, b}};
            break;
        case 1:
            put_foreign(d, len);
            w[n++] = (want){EW_EDIT_INSERT, {x, x, b, b + len}};
            at = x;
            break;
        case 2:
            put_foreign(d, len);
            w[n++] = (want){EW_EDIT_REPLACE, {x, y, b, b + len}};
            break;
        default:
            memset(d->b + d->nb, 0, (size_t)((y - x) * RATE) * sizeof(float));
            d->nb += (size_t)(y * RATE) - (size_t)(x * RATE);
            w[n++] = (want){EW_EDIT_SILENCE, {x, y, b, b + y - x}};
        }
    }
    put_a(d, at, (double)d->na / RATE);
    return n;
}

static void random_edits_are_found(void **state)
{
    (void)state;
    for (uint64_t seed = 100; seed < 106; seed++) {
        want w[16];
        desk d;
        ew_diff *r;
        size_t n;

        open_desk(&d, 60, seed);
        n = random_edits(&d, w);
        r = compare_desk(&d);
        expect_edits(r, w, n);
        ew_diff_free(r);
        close_desk(&d);
    }
}

/* What A is to B, B is to A: deleted and inserted change places, replaced stays. */
static void the_other_way_round_it_mirrors(void **state)
{
    want w[16];
    desk d;
    ew_diff *there, *back;
    size_t n;

    (void)state;
    open_desk(&d, 60, 200);
    n = random_edits(&d, w);
    there = compare_desk(&d);
    back = compare(d.b, d.nb, d.a, d.na);
    expect_edits(there, w, n);
    for (size_t i = 0; i < n; i++) {
        const double old[] = {w[i].at[0], w[i].at[1], w[i].at[2], w[i].at[3]};

        w[i].op = w[i].op == EW_EDIT_DELETE   ? EW_EDIT_INSERT
                  : w[i].op == EW_EDIT_INSERT ? EW_EDIT_DELETE
                                              : EW_EDIT_REPLACE;
        memcpy(w[i].at, (const double[4]){old[2], old[3], old[0], old[1]},
               sizeof(w[i].at));
    }
    expect_edits(back, w, n);
    ew_diff_free(there);
    ew_diff_free(back);
    close_desk(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_edits_are_found),
        cmocka_unit_test(the_other_way_round_it_mirrors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
