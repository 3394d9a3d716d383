/* SPDX-License-Identifier: Apache-2.0 */
/* Families of made-up speech whose descent is known. */
#include <math.h>

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "family_copies.h"

static void assert_six(const ew_family *f, const size_t *at)
{
    static const size_t parent[] = {0, 0, 0, 1, 3, 2};

    assert_int_equal(f->root_count, 1);
    assert_int_equal(f->roots[0], at[0]);
    assert_int_equal(f->members[at[0]].kind, EW_MEMBER_ROOT);
    for (size_t i = 1; i < 6; i++)
        assert_child(f, at[i], at[parent[i]]);
}

static void tells_who_was_made_from_whom(void **state)
{
    static const size_t same[] = {0, 1, 2, 3, 4, 5};
    made m;
    ew_family *f;

    (void)state;
    make_six(&m);
    f = order(&m);
    assert_six(f, same);
    assert_float_equal(f->members[3].offset, 12345, 1);
    assert_float_equal(f->members[4].offset, 12345, 1);
    assert_float_equal(f->members[3].gain_db, -6, 1);
    assert_float_equal(reason(&f->members[3], EW_WHY_START_GONE)->a, 12345, 1);
    assert_float_equal(reason(&f->members[3], EW_WHY_END_GONE)->a, 9000, 1);
    assert_float_equal(reason(&f->members[3], EW_WHY_GAIN)->a, -6, 1);
    assert_non_null(reason(&f->members[3], EW_WHY_CODED));
    assert_non_null(reason(&f->members[4], EW_WHY_INHERITED));
    assert_null(reason(&f->members[1], EW_WHY_START_GONE));
    assert_true(f->members[4].noise_db > f->members[1].noise_db);
    ew_family_free(f);
    release(&m);
}

static void order_of_files_does_not_matter(void **state)
{
    uint64_t seed = 99;
    made m;

    (void)state;
    make_six(&m);
    for (int round = 0; round < 3; round++) {
        size_t at[] = {0, 1, 2, 3, 4, 5};
        ew_copy mixed[6];
        ew_family *f = NULL;

        for (size_t i = 5; i > 0; i--) {
            size_t k = test_random(&seed) % (i + 1), t = at[i];

            at[i] = at[k];
            at[k] = t;
        }
        for (size_t i = 0; i < 6; i++)
            mixed[at[i]] = m.copies[i];
        assert_int_equal(ew_family_of(mixed, 6, NULL, &f, NULL), EW_OK);
        assert_six(f, at);
        ew_family_free(f);
    }
    release(&m);
}

/* ------------------------------------------------------------------ runners */

static ew_code run_backwards(void *cookie, const char *stage, size_t count,
                             void (*job)(void *arg, unsigned worker, size_t i), void *arg,
                             ew_err *err)
{
    (void)cookie;
    (void)stage;
    (void)err;
    for (size_t i = count; i-- > 0;)
        job(arg, (unsigned)(i % 3), i);
    return EW_OK;
}

static ew_code run_stopped(void *cookie, const char *stage, size_t count,
                           void (*job)(void *arg, unsigned worker, size_t i), void *arg,
                           ew_err *err)
{
    int *left = cookie;

    if ((*left)-- == 0)
        return EW_E_CANCELLED;
    return run_backwards(NULL, stage, count, job, arg, err);
}

static void workers_do_not_matter(void **state)
{
    const ew_runner backwards = {3, run_backwards, NULL};
    made m;
    ew_family *a, *b = NULL;

    (void)state;
    make_six(&m);
    a = order(&m);
    assert_int_equal(ew_family_of(m.copies, m.count, &backwards, &b, NULL), EW_OK);
    assert_memory_equal(a->members, b->members, a->count * sizeof(*a->members));
    assert_int_equal(a->best_count, b->best_count);
    ew_family_free(a);
    ew_family_free(b);
    release(&m);
}

static void can_be_stopped(void **state)
{
    made m;
    int64_t live = ew_alloc_live();

    (void)state;
    make_six(&m);
    for (int after = 0; after < 3; after++) {
        int left = after;
        const ew_runner stopped = {3, run_stopped, &left};
        ew_family *f = (ew_family *)&m;

        assert_int_equal(ew_family_of(m.copies, m.count, &stopped, &f, NULL),
                         EW_E_CANCELLED);
        assert_null(f);
    }
    release(&m);
    assert_int_equal(ew_alloc_live(), live);
}

/* ------------------------------------------------------------------ what tells direction */

static void sound_laid_over_is_told(void **state)
{
    made m = {0};
    ew_family *f;
    float *x;

    (void)state;
    put(&m, speech(LENGTH, 8), LENGTH, "mp3", 64000);
    x = part(m.x[0], 0, LENGTH, 1);
    for (size_t i = 0; i < 2 * RATE; i++)
        x[4 * RATE + i] += (float)(0.3 * sin(2 * M_PI * 700 * (double)i / RATE));
    put(&m, code(x, LENGTH, 0.15, 51), LENGTH, "mp3", 64000);
    free(x);
    f = order(&m);
    assert_int_equal(f->roots[0], 0);
    assert_child(f, 1, 0);
    const ew_reason *r = reason(&f->members[1], EW_WHY_OVERLAY);
    assert_non_null(r);
    assert_float_equal(r->a, 4 * RATE, RATE / 2);
    assert_float_equal(r->b, 6 * RATE, RATE / 2);
    assert_float_equal(f->members[1].overlay_start, 4 * RATE, RATE / 2);
    ew_family_free(f);
    release(&m);
}

/* A part of the spectrum cannot come back, whatever the names of the codings say. */
static void lost_band_tells_direction(void **state)
{
    made m = {0};
    ew_family *f;
    float *x;

    (void)state;
    put(&m, speech(LENGTH, 9), LENGTH, "", 0);
    x = part(m.x[0], 0, LENGTH, 1);
    for (int pass = 0; pass < 8; pass++)
        for (size_t i = LENGTH - 1; i > 0; i--)
            x[i] = 0.5F * (x[i] + x[i - 1]);
    put(&m, code(x, LENGTH, 0.15, 61), LENGTH, "", 0);
    free(x);
    f = order(&m);
    assert_int_equal(f->roots[0], 0);
    assert_child(f, 1, 0);
    assert_non_null(reason(&f->members[1], EW_WHY_BAND));
    ew_family_free(f);
    release(&m);
}

/* The composite covers the whole without gaps, with the source where there is one. */
static void composite_has_no_gaps(void **state)
{
    made m;
    ew_family *f;
    double at = 0;

    (void)state;
    make_six(&m);
    f = order(&m);
    assert_true(f->best_count > 0);
    for (size_t i = 0; i < f->best_count; i++) {
        assert_float_equal(f->best[i].start, at, 1e-6);
        assert_true(f->best[i].end > at);
        assert_true(f->best[i].text[0] != 0);
        at = f->best[i].end;
    }
    assert_int_equal(f->best[0].copy, 0);
    assert_float_equal(at, LENGTH, 2);
    ew_family_free(f);
    release(&m);
}

/* ------------------------------------------------------------------ faults */

static ew_code family_work(void *arg, ew_err *err)
{
    const made *m = arg;
    ew_family *f = NULL;
    ew_code rc = ew_family_of(m->copies, m->count, NULL, &f, err);

    ew_family_free(f);
    return rc;
}

static void survives_failing_memory(void **state)
{
    made m = {0};

    (void)state;
    put(&m, speech(3 * RATE, 3), 3 * RATE, "flac", 200000);
    put_opus(&m, 0, 71);
    put(&m, part(m.x[1], 0, 3 * RATE, 1), 3 * RATE, "flac", 200000);
    put_mp3(&m, 0, 72);
    assert_true(test_torture_alloc(family_work, &m, 60) > 20);
    release(&m);
}

static void everything_has_a_name(void **state)
{
    (void)state;
    for (int i = EW_MEMBER_ROOT; i <= EW_MEMBER_SILENT; i++)
        assert_true(ew_member_kind_name((ew_member_kind)i)[0] != 0);
    for (int i = EW_WHY_CLOSEST; i <= EW_WHY_SAME_SOUND; i++)
        assert_true(ew_why_name((ew_why)i)[0] != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_who_was_made_from_whom),
        cmocka_unit_test(order_of_files_does_not_matter),
        cmocka_unit_test(workers_do_not_matter),
        cmocka_unit_test(can_be_stopped),
        cmocka_unit_test(sound_laid_over_is_told),
        cmocka_unit_test(lost_band_tells_direction),
        cmocka_unit_test(composite_has_no_gaps),
        cmocka_unit_test(survives_failing_memory),
        cmocka_unit_test(everything_has_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
