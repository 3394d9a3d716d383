/* SPDX-License-Identifier: Apache-2.0 */
/* Workers do each job once; outcomes are told in order, whoever was faster. */
#include "ops/pool.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "support.h"

enum { JOBS = 300 };

typedef struct shop {
    atomic_int done[JOBS];
    int numbers[JOBS];
    size_t told, last;
    atomic_int stop;
    size_t stop_at; /* SIZE_MAX: never */
    unsigned ticks;
} shop;

static shop s;

static int clear(void **state)
{
    (void)state;
    memset(&s, 0, sizeof(s));
    s.stop_at = SIZE_MAX;
    return 0;
}

/* Later jobs tend to be done earlier; every seventh has nothing to tell. */
static void *work(void *cookie, unsigned worker, size_t i)
{
    shop *w = cookie;
    const struct timespec moment = {.tv_nsec = (long)(JOBS - i) * 3000};

    assert_true(worker < 8);
    (void)nanosleep(&moment, NULL);
    atomic_fetch_add(&w->done[i], 1);
    if (i == w->stop_at)
        atomic_store(&w->stop, 1);
    w->numbers[i] = (int)i;
    return i % 7 == 3 ? NULL : &w->numbers[i];
}

static void tell(void *cookie, size_t i, void *outcome)
{
    shop *w = cookie;

    assert_int_equal(*(int *)outcome, (int)i);
    assert_true(w->told == 0 || i > w->last);
    w->last = i;
    w->told++;
}

static void tick(void *cookie)
{
    ((shop *)cookie)->ticks++;
}

static ew_code run(unsigned workers, ew_err *err)
{
    const ew_pool pool = {.count = JOBS,
                          .workers = workers,
                          .stop = &s.stop,
                          .cookie = &s,
                          .work = work,
                          .tell = tell,
                          .tick = tick};

    return ew_pool_run(&pool, err);
}

static void each_job_once_and_in_order(void **state)
{
    (void)state;
    static const unsigned workers[] = {1, 2, 8};

    for (size_t k = 0; k < 3; k++) {
        clear(NULL);
        assert_int_equal(run(workers[k], NULL), EW_OK);
        for (size_t i = 0; i < JOBS; i++)
            assert_int_equal(s.done[i], 1);
        assert_int_equal(s.told, JOBS - (JOBS + 3) / 7);
    }
}

static void after_a_stop_what_was_begun_is_told(void **state)
{
    (void)state;
    size_t done = 0;
    size_t silent = 0;

    s.stop_at = 40;
    assert_int_equal(run(4, NULL), EW_OK);
    for (size_t i = 0; i < JOBS; i++) {
        done += (size_t)s.done[i];
        silent += s.done[i] != 0 && i % 7 == 3;
    }
    assert_true(done > 40 && done < JOBS);
    assert_int_equal(s.told, done - silent);
}

static void no_jobs(void **state)
{
    (void)state;
    const ew_pool pool = {.count = 0, .workers = 2, .work = work, .tell = tell};

    assert_int_equal(ew_pool_run(&pool, NULL), EW_OK);
}

static void number_of_workers(void **state)
{
    (void)state;
    assert_int_equal(ew_pool_workers(3, 100), 3);
    assert_int_equal(ew_pool_workers(30, 2), 2);
    assert_int_equal(ew_pool_workers(100000, 100000), 256);
    assert_true(ew_pool_workers(0, 100) >= 1);
    assert_true(ew_pool_workers(0, 0) >= 1);
}

static ew_code few(void *arg, ew_err *err)
{
    const ew_pool pool = {
        .count = 2, .workers = 2, .cookie = &s, .work = work, .tell = tell};

    (void)arg;
    s.told = 0;
    return ew_pool_run(&pool, err);
}

static void failing_allocations(void **state)
{
    (void)state;
    assert_int_equal(test_torture_alloc(few, NULL, 0), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_job_once_and_in_order, clear),
        cmocka_unit_test_setup(after_a_stop_what_was_begun_is_told, clear),
        cmocka_unit_test_setup(no_jobs, clear),
        cmocka_unit_test_setup(number_of_workers, clear),
        cmocka_unit_test_setup(failing_allocations, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
