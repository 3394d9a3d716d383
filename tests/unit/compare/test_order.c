/* SPDX-License-Identifier: Apache-2.0 */
/* The chain of spans against all chains, and the course against a plain Viterbi. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/course.h"
#include "compare/spans.h"
#include "support.h"

/* ------------------------------------------------------------------ chains */

enum { SPANS = 11 };

/* Sound of a chain, what neighbours share counted once; -1 when it does not run forward. */
static double worth(const ew_span *s, unsigned chosen)
{
    const ew_span *last = NULL;
    double sum = 0;

    for (int i = 0; i < SPANS; i++) {
        if (!(chosen >> i & 1))
            continue;
        sum += s[i].a1 - s[i].a0;
        if (last != NULL && (s[i].a0 < last->a0 || s[i].a1 < last->a1))
            return -1;
        if (last != NULL && s[i].a0 < last->a1)
            sum -= last->a1 - s[i].a0;
        last = &s[i];
    }
    return sum;
}

static void the_chain_is_the_best_there_is(void **state)
{
    uint64_t seed = 7;

    (void)state;
    for (int round = 0; round < 200; round++) {
        ew_span s[SPANS];
        ew_spans spans = {.items = s, .count = SPANS, .speed = 1, .pitch = 1};
        unsigned chosen = 0;
        double best = 0;
        ew_err err;

        for (int i = 0; i < SPANS; i++) {
            double a0 = (double)(test_random(&seed) % 60);

            s[i] = (ew_span){.b0 = i, .b1 = i + 1, .a0 = a0, .plain = true};
            s[i].a1 = a0 + 1 + (double)(test_random(&seed) % 20);
        }
        assert_int_equal(ew_spans_order(&spans, &err), EW_OK);
        for (unsigned i = 0; i < SPANS; i++)
            chosen |= (unsigned)s[i].ordered << i;
        for (unsigned c = 0; c < 1u << SPANS; c++)
            best = fmax(best, worth(s, c));
        assert_true(fabs(worth(s, chosen) - best) < 1e-9);
    }
}

static void exchanged_blocks_leave_the_longer_in_place(void **state)
{
    ew_span s[] = {{.b0 = 0, .b1 = 10, .a0 = 0, .a1 = 10, .plain = true},
                   {.b0 = 10, .b1 = 12, .a0 = 18, .a1 = 20, .plain = true},
                   {.b0 = 12, .b1 = 20, .a0 = 10, .a1 = 18, .plain = true},
                   {.b0 = 20, .b1 = 30, .a0 = 20, .a1 = 30, .plain = true}};
    ew_spans spans = {.items = s, .count = 4, .speed = 1, .pitch = 1};
    ew_err err;

    (void)state;
    assert_int_equal(ew_spans_order(&spans, &err), EW_OK);
    assert_true(s[0].ordered && s[2].ordered && s[3].ordered);
    assert_false(s[1].ordered);
}

/* ------------------------------------------------------------------ course */

enum { FRAMES = 60, LINES = 4 };

static double weight_of(const ew_cline *c, int64_t f)
{
    return f >= c->first && f < c->end ? (double)c->weight[f - c->first] : -1e9;
}

/* What a course is worth: its weights less 7 nats for every change. */
static double value_of(const ew_clines *l, const ew_course_runs *r)
{
    double sum = 0;

    for (size_t i = 0; i < r->count; i++) {
        sum -= i > 0 ? 7 : 0;
        for (int64_t f = r->items[i].first; f < r->items[i].end; f++)
            if (r->items[i].line != EW_NO_LINE)
                sum += weight_of(&l->items[r->items[i].line], f);
    }
    return sum;
}

/* The best value by the definition: every state from every state. */
static double best_value(const ew_clines *l)
{
    double now[LINES + 1] = {0}, next[LINES + 1], best = -1e300;

    for (int64_t f = 0; f < FRAMES; f++) {
        for (size_t i = 0; i <= LINES; i++) {
            next[i] = -1e300;
            for (size_t k = 0; k <= LINES; k++)
                next[i] = fmax(next[i], now[k] - (f > 0 && i != k ? 7 : 0));
            next[i] += i < LINES ? weight_of(&l->items[i], f) : 0;
        }
        memcpy(now, next, sizeof(now));
    }
    for (size_t i = 0; i <= LINES; i++)
        best = fmax(best, now[i]);
    return best;
}

static void the_course_is_the_best_there_is(void **state)
{
    uint64_t seed = 11;

    (void)state;
    for (int round = 0; round < 300; round++) {
        float weight[LINES][FRAMES];
        ew_cline lines[LINES];
        ew_clines l = {lines, LINES};
        ew_course_runs r;
        int64_t at = 0;
        ew_err err;

        for (int i = 0; i < LINES; i++) {
            int64_t first = (int64_t)(test_random(&seed) % (FRAMES - 10));
            int64_t end = first + 5 + (int64_t)(test_random(&seed) % 40);

            lines[i] = (ew_cline){
                .first = first, .end = end < FRAMES ? end : FRAMES, .weight = weight[i]};
            for (int f = 0; f < FRAMES; f++)
                weight[i][f] = (float)(test_random(&seed) % 400) / 100 - 2;
        }
        assert_int_equal(ew_course_find(&r, &l, FRAMES, &err), EW_OK);
        for (size_t i = 0; i < r.count; i++) {
            assert_true(r.items[i].first == at && r.items[i].end > at);
            at = r.items[i].end;
        }
        assert_true(at == FRAMES);
        assert_true(fabs(value_of(&l, &r) - best_value(&l)) < 1e-4);
        ew_course_release(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_chain_is_the_best_there_is),
        cmocka_unit_test(exchanged_blocks_leave_the_longer_in_place),
        cmocka_unit_test(the_course_is_the_best_there_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
