/* SPDX-License-Identifier: Apache-2.0 */
/* What was done to a sound must be told, at its place, and nothing else. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "earwitness/diff.h"
#include "earwitness/fingerprint.h"
#include "support.h"

enum { RATE = EW_FP_RATE_HZ, ROOM = 100 * RATE };

/* Recording A, foreign sound F, and B in the making. */
typedef struct desk {
    float *a, *f, *b;
    size_t na, nf, nb;
    size_t f_used;
    uint64_t state;
} desk;

static void open_desk(desk *d, double seconds, uint64_t seed)
{
    uint64_t noise = seed ^ 0x5bd1e995;

    *d = (desk){.na = (size_t)(seconds * RATE), .nf = 30 * RATE, .state = seed};
    d->a = calloc(d->na, sizeof(float));
    d->f = calloc(d->nf, sizeof(float));
    d->b = calloc(ROOM, sizeof(float));
    test_speech(d->a, d->na, RATE, seed);
    test_speech(d->f, d->nf, RATE, seed + 1000);
    for (size_t i = 0; i < d->na; i++)
        d->a[i] += 0.001f * ((float)(test_random(&noise) >> 40) / 8388608.0f - 1);
}

static void close_desk(desk *d)
{
    free(d->a);
    free(d->f);
    free(d->b);
}

static void put(desk *d, const float *x, size_t n)
{
    assert_true(d->nb + n <= ROOM);
    memcpy(d->b + d->nb, x, n * sizeof(float));
    d->nb += n;
}

static void put_a(desk *d, double from, double to)
{
    put(d, d->a + (size_t)(from * RATE), (size_t)(to * RATE) - (size_t)(from * RATE));
}

static void put_foreign(desk *d, double seconds)
{
    put(d, d->f + d->f_used, (size_t)(seconds * RATE));
    d->f_used += (size_t)(seconds * RATE);
}

static ew_diff *compare(const float *a, size_t na, const float *b, size_t nb)
{
    ew_diff *out = NULL;
    ew_err err;

    if (ew_diff_sounds(a, na, b, nb, NULL, &out, &err) != EW_OK)
        fail_msg("%s", err.text);
    return out;
}

static ew_diff *compare_desk(const desk *d)
{
    return compare(d->a, d->na, d->b, d->nb);
}

/* op, then a_start, a_end, b_start, b_end in seconds */
typedef struct want {
    ew_edit_op op;
    double at[4];
} want;

static bool near_all(const ew_edit *e, const want *w, double tolerance)
{
    const double got[] = {e->a_start, e->a_end, e->b_start, e->b_end};

    if (e->op != w->op)
        return false;
    for (int i = 0; i < 4; i++)
        if (fabs(got[i] / RATE - w->at[i]) > tolerance)
            return false;
    return true;
}

static void print_edits(const ew_diff *d)
{
    for (size_t i = 0; i < d->edit_count; i++)
        print_message("# got %s a %.3f-%.3f b %.3f-%.3f\n", ew_edit_name(d->edits[i].op),
                      d->edits[i].a_start / RATE, d->edits[i].a_end / RATE,
                      d->edits[i].b_start / RATE, d->edits[i].b_end / RATE);
}

static void expect_edits(const ew_diff *d, const want *w, size_t n)
{
    bool all = d->edit_count == n;

    for (size_t i = 0; i < n; i++) {
        bool found = false;

        for (size_t k = 0; k < d->edit_count && !found; k++)
            found = near_all(&d->edits[k], &w[i], 0.05);
        all = all && found;
    }
    if (all)
        return;
    print_edits(d);
    for (size_t i = 0; i < n; i++)
        print_message("# want %s a %.3f-%.3f b %.3f-%.3f\n", ew_edit_name(w[i].op),
                      w[i].at[0], w[i].at[1], w[i].at[2], w[i].at[3]);
    fail_msg("edits are not those that were made");
}

/* ------------------------------------------------------------------ one by one */

static void the_same_has_no_edits(void **state)
{
    desk d;
    ew_diff *r;

    (void)state;
    open_desk(&d, 20, 1);
    r = compare(d.a, d.na, d.a, d.na);
    assert_true(r->related);
    assert_int_equal(r->edit_count, 0);
    assert_int_equal(r->stretch_count, 1);
    assert_true(r->stretches[0].agreement > 0.999);
    assert_true(fabs(r->stretches[0].gain_db) < 0.01);
    assert_true(fabs(r->offset) < 0.1);
    ew_diff_free(r);
    close_desk(&d);
}

static void louder_and_turned_round_is_no_edit(void **state)
{
    desk d;
    ew_diff *r;

    (void)state;
    open_desk(&d, 20, 2);
    for (size_t i = 0; i < d.na; i++)
        d.b[i] = -0.5f * d.a[i];
    r = compare(d.a, d.na, d.b, d.na);
    assert_int_equal(r->edit_count, 0);
    assert_int_equal(r->stretch_count, 1);
    assert_true(r->stretches[0].inverted);
    assert_true(fabs(r->stretches[0].gain_db + 6.02) < 0.05);
    ew_diff_free(r);
    close_desk(&d);
}

static void each_operation_is_told(void **state)
{
    static const want wants[] = {
        {EW_EDIT_DELETE, {4, 5.5, 4, 4}},        {EW_EDIT_INSERT, {10, 10, 8.5, 10.3}},
        {EW_EDIT_REPLACE, {14, 15, 14.3, 15.8}}, {EW_EDIT_SILENCE, {19, 20, 19.8, 20.8}},
        {EW_EDIT_DUPLICATE, {8, 9.2, 24.8, 26}}, {EW_EDIT_MOVE, {32, 33.4, 30, 31.4}},
    };
    desk d;
    ew_diff *r;

    (void)state;
    open_desk(&d, 45, 3);
    put_a(&d, 0, 4);
    put_a(&d, 5.5, 10); /* delete 4..5.5; b is at 8.5 */
    put_foreign(&d, 1.8);
    put_a(&d, 10, 14); /* b at 14.3 */
    put_foreign(&d, 1.5);
    put_a(&d, 15, 19); /* b at 19.8 */
    memset(d.b + d.nb, 0, RATE * sizeof(float));
    d.nb += RATE;
    put_a(&d, 20, 24); /* b at 24.8 */
    put_a(&d, 8, 9.2);
    put_a(&d, 24, 28); /* b at 30 */
    put_a(&d, 32, 33.4);
    put_a(&d, 28, 32);
    put_a(&d, 33.4, 45);
    r = compare_desk(&d);
    expect_edits(r, wants, sizeof(wants) / sizeof(*wants));
    for (size_t i = 0; i < r->edit_count; i++) {
        assert_true(r->edits[i].certainty > 0.5 && r->edits[i].certainty <= 1);
        assert_true(r->edits[i].b_start_sd_ms > 0);
        if (r->edits[i].op == EW_EDIT_MOVE)
            assert_true(fabs(r->edits[i].b_gap / RATE - 35.4) < 0.05);
    }
    ew_diff_free(r);
    close_desk(&d);
}

/* Plays a[from, to) at `speed`, pitch and all. */
static void put_fast(desk *d, double from, double to, double speed)
{
    for (double t = from * RATE; t + 1 < to * RATE; t += speed) {
        size_t i = (size_t)t;
        float part = (float)(t - (double)i);

        d->b[d->nb++] = (1 - part) * d->a[i] + part * d->a[i + 1];
    }
}

static void another_speed_is_told(void **state)
{
    static const double speeds[] = {0.8, 0.94, 1.1, 1.25};
    desk d;
    ew_diff *r;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        double end = 8 + 4 / speeds[i];
        const want w = {EW_EDIT_SPEED, {8, 12, 8, end}};

        open_desk(&d, 20, 10 + i);
        put_a(&d, 0, 8);
        put_fast(&d, 8, 12, speeds[i]);
        put_a(&d, 12, 20);
        r = compare_desk(&d);
        expect_edits(r, &w, 1);
        assert_true(fabs(r->edits[0].speed / speeds[i] - 1) < 0.01);
        assert_true(fabs(r->edits[0].pitch / speeds[i] - 1) < 0.01);
        ew_diff_free(r);
        close_desk(&d);
    }
}

static void the_whole_at_another_speed_is_no_edit(void **state)
{
    desk d;
    ew_diff *r;

    (void)state;
    open_desk(&d, 30, 20);
    put_fast(&d, 0, 30, 1.04);
    r = compare_desk(&d);
    if (r->edit_count != 0)
        print_edits(r);
    assert_int_equal(r->edit_count, 0);
    assert_true(fabs(r->speed - 1.04) < 0.001);
    ew_diff_free(r);
    close_desk(&d);
}

static void trimmed_ends_are_deletions(void **state)
{
    static const want wants[] = {{EW_EDIT_DELETE, {0, 3, 0, 0}},
                                 {EW_EDIT_DELETE, {25, 30, 22, 22}}};
    desk d;
    ew_diff *r;

    (void)state;
    open_desk(&d, 30, 21);
    put_a(&d, 3, 25);
    r = compare_desk(&d);
    expect_edits(r, wants, 2);
    assert_true(fabs(r->offset / RATE - 3) < 0.01);
    ew_diff_free(r);
    close_desk(&d);
}

static void silence_that_came_in_is_told(void **state)
{
    static const want wants[] = {{EW_EDIT_INSERT, {12, 12, 12, 14}}};
    desk d;
    ew_diff *r;

    (void)state;
    open_desk(&d, 25, 22);
    put_a(&d, 0, 12);
    d.nb += 2 * RATE; /* it is all zeros there */
    put_a(&d, 12, 25);
    r = compare_desk(&d);
    expect_edits(r, wants, 1);
    ew_diff_free(r);
    r = compare(d.b, d.nb, d.a, d.na);
    assert_int_equal(r->edit_count, 1);
    assert_true(r->edits[0].op == EW_EDIT_DELETE);
    ew_diff_free(r);
    close_desk(&d);
}

static void exchanged_halves_are_one_move(void **state)
{
    desk d;
    ew_diff *r;

    (void)state;
    open_desk(&d, 30, 23);
    put_a(&d, 14, 30);
    put_a(&d, 0, 14);
    r = compare_desk(&d);
    print_edits(r);
    assert_int_equal(r->edit_count, 1);
    assert_true(r->edits[0].op == EW_EDIT_MOVE);
    assert_true(fabs(r->edits[0].a_end / RATE - 14) < 0.05);
    ew_diff_free(r);
    close_desk(&d);
}

static void what_is_played_backwards_is_told_so(void **state)
{
    static const want wants[] = {{EW_EDIT_REPLACE, {12, 16, 12, 16}}};
    desk d;
    ew_diff *r;

    (void)state;
    open_desk(&d, 30, 26);
    put_a(&d, 0, 12);
    for (size_t i = 16 * RATE; i > 12 * RATE; i--)
        put(&d, &d.a[i - 1], 1);
    put_a(&d, 16, 30);
    r = compare_desk(&d);
    expect_edits(r, wants, 1);
    assert_true(r->edits[0].backwards);
    ew_diff_free(r);
    close_desk(&d);
}

static void borders_of_stored_sound_are_exact(void **state)
{
    desk d;
    ew_diff *r;

    (void)state;
    open_desk(&d, 30, 24);
    put_a(&d, 0, 10);
    put_a(&d, 11.25, 20);
    put_foreign(&d, 1.5);
    put_a(&d, 20, 30);
    r = compare_desk(&d);
    assert_int_equal(r->edit_count, 2);
    assert_true(fabs(r->edits[0].a_start - 10.0 * RATE) < 8);
    assert_true(fabs(r->edits[0].a_end - 11.25 * RATE) < 8);
    assert_true(fabs(r->edits[1].b_start - 18.75 * RATE) < 8);
    assert_true(fabs(r->edits[1].b_end - 20.25 * RATE) < 8);
    ew_diff_free(r);
    close_desk(&d);
}

/* A word is bleeped when it is turned down under a tone, or nearly to nothing. */
static void a_bleep_is_told_both_ways(void **state)
{
    desk d;
    ew_diff *r;

    (void)state;
    for (int kind = 0; kind < 2; kind++) {
        open_desk(&d, 30, 25);
        put_a(&d, 0, 30);
        for (size_t i = 15 * RATE; i < 16 * RATE; i++)
            d.b[i] = kind == 0 ? 0.02f * d.b[i]
                               : 0.1f * d.b[i] + 0.4f * sinf((float)(i % RATE) * 0.8f);
        for (int way = 0; way < 2; way++) {
            r = way == 0 ? compare_desk(&d) : compare(d.b, d.nb, d.a, d.na);
            if (r->edit_count == 0)
                fail_msg("kind %d, way %d: nothing is told", kind, way);
            for (size_t i = 0; i < r->edit_count; i++)
                assert_true(r->edits[i].b_start > 14.9 * RATE &&
                            r->edits[i].b_end < 16.1 * RATE);
            ew_diff_free(r);
        }
        close_desk(&d);
    }
}

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

/* ------------------------------------------------------------------ nothing in common */

static void strangers_have_nothing_in_common(void **state)
{
    desk d;
    ew_diff *r;

    (void)state;
    open_desk(&d, 20, 30);
    r = compare(d.a, d.na, d.f, d.nf);
    assert_false(r->related);
    assert_true(r->comparable);
    assert_int_equal(r->edit_count, 0);
    ew_diff_free(r);
    close_desk(&d);
}

static void silence_cannot_be_compared(void **state)
{
    desk d;
    ew_diff *r;

    (void)state;
    open_desk(&d, 10, 31);
    r = compare(d.a, d.na, d.b, 10 * RATE);
    assert_false(r->related);
    assert_false(r->comparable);
    ew_diff_free(r);
    r = compare(d.b, 10 * RATE, d.a, d.na);
    assert_false(r->comparable);
    ew_diff_free(r);
    r = compare(d.b, 0, d.b, 0);
    assert_false(r->comparable);
    assert_int_equal(r->edit_count, 0);
    ew_diff_free(r);
    r = compare(d.a, 1, d.a, 1);
    assert_false(r->related);
    ew_diff_free(r);
    close_desk(&d);
}

static int stop_at_once(void *cookie, const char *stage, int64_t done, int64_t total)
{
    (void)cookie, (void)stage, (void)done, (void)total;
    return 1;
}

static void it_can_be_stopped(void **state)
{
    const ew_progress prog = {stop_at_once, NULL};
    desk d;
    ew_diff *r = NULL;
    ew_err err;

    (void)state;
    open_desk(&d, 10, 32);
    assert_int_equal(ew_diff_sounds(d.a, d.na, d.a, d.na, &prog, &r, &err),
                     EW_E_CANCELLED);
    assert_null(r);
    close_desk(&d);
}

static ew_code compare_once(void *arg, ew_err *err)
{
    const desk *d = arg;
    ew_diff *r = NULL;
    ew_code rc = ew_diff_sounds(d->a, d->na, d->b, d->nb, NULL, &r, err);

    ew_diff_free(r);
    return rc;
}

static void running_out_of_memory_leaves_nothing_behind(void **state)
{
    desk d;

    (void)state;
    open_desk(&d, 8, 33);
    put_a(&d, 0, 4);
    put_foreign(&d, 1);
    put_a(&d, 4, 8);
    test_torture_alloc(compare_once, &d, 60);
    close_desk(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_has_no_edits),
        cmocka_unit_test(louder_and_turned_round_is_no_edit),
        cmocka_unit_test(each_operation_is_told),
        cmocka_unit_test(another_speed_is_told),
        cmocka_unit_test(the_whole_at_another_speed_is_no_edit),
        cmocka_unit_test(trimmed_ends_are_deletions),
        cmocka_unit_test(silence_that_came_in_is_told),
        cmocka_unit_test(exchanged_halves_are_one_move),
        cmocka_unit_test(what_is_played_backwards_is_told_so),
        cmocka_unit_test(borders_of_stored_sound_are_exact),
        cmocka_unit_test(a_bleep_is_told_both_ways),
        cmocka_unit_test(random_edits_are_found),
        cmocka_unit_test(the_other_way_round_it_mirrors),
        cmocka_unit_test(strangers_have_nothing_in_common),
        cmocka_unit_test(silence_cannot_be_compared),
        cmocka_unit_test(it_can_be_stopped),
        cmocka_unit_test(running_out_of_memory_leaves_nothing_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
