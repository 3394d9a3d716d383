/* SPDX-License-Identifier: Apache-2.0 */
/* A witness when writes fail, when it is killed, and when several ask at once. */
#include "seal/witness_state.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "witness_made.h"

/* ------------------------------------------------------------------ faults */

/* Each write and each sync fails in turn: no signature leaves that is not remembered, and no
 * failure opens the way to another history. */
static void fail_each(desk *d, void (*place)(int64_t))
{
    uint64_t size = 3;
    int failed = 0;
    assert_int_equal(ask(d, 'a', 0, size), EW_WITNESS_GOOD);
    for (int64_t n = 0;; n++) {
        ew_err err = {.code = EW_OK};
        test_request(&d->request, 'a', size, size + 1, d->log);
        ew_slice text = {(const char *)d->request.data, d->request.len};
        ew_buf_reset(&d->body);
        place(n);
        ew_code code = ew_witness_respond(&d->witness, text, &d->answer, &d->body, &err);
        place(-1);
        if (code == EW_OK)
            break;
        failed++;
        assert_int_equal(code, EW_E_IO);
        assert_int_equal(d->body.len, 0);
        /* What it remembers is one of both; from there it goes on, in this history only. */
        uint64_t now = remembered(d);
        assert_true(now == size || now == size + 1);
        assert_true(ask(d, 'b', now, now + 1) != EW_WITNESS_GOOD);
        assert_int_equal(ask(d, 'a', now, now), EW_WITNESS_GOOD);
        size = now;
    }
    assert_int_equal(d->answer.status, EW_WITNESS_GOOD);
    assert_true(failed >= 1);
}

static void row_11_each_write_fails(void **state)
{
    fail_each(*state, ew_write_fail_at);
}

static void row_11_each_sync_fails(void **state)
{
    fail_each(*state, ew_sync_fail_at);
}

static ew_code respond_work(void *arg, ew_err *err)
{
    desk *d = arg;
    ew_buf body;
    bool added;
    ew_slice text = {(const char *)d->request.data, d->request.len};
    ew_buf_init(&body, EW_WITNESS_ANSWER_MAX);
    ew_code code = ew_witness_respond(&d->witness, text, &d->answer, &body, err);
    if (code == EW_OK && d->answer.status != EW_WITNESS_GOOD)
        code = ew_fail(err, EW_E_BUG, 0, "refused");
    if (code == EW_OK)
        code = ew_witness_trust(d->dir, ew_signer_vkey(d->log), &added, err);
    ew_buf_release(&body);
    return code;
}

static void test_each_allocation_fails(void **state)
{
    desk *d = *state;
    assert_int_equal(ask(d, 'a', 0, 4), EW_WITNESS_GOOD);
    test_request(&d->request, 'a', 4, 4, d->log);
    assert_true(test_torture_alloc(respond_work, d, 0) > 10);
}

static void kill_self(void *cookie)
{
    (void)cookie;
    (void)raise(SIGKILL);
}

/* Killed when the state is on disk and nothing was signed: it remembers, and signs the same
 * again, and nothing else. */
static void row_11_killed_between_state_and_answer(void **state)
{
    desk *d = *state;
    int status;
    assert_int_equal(ask(d, 'a', 0, 3), EW_WITNESS_GOOD);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        d->witness.remembered = kill_self;
        (void)ask(d, 'a', 3, 5);
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_int_equal(remembered(d), 5);
    assert_int_equal(ask(d, 'b', 3, 6), EW_WITNESS_CONFLICT);
    assert_string_equal((char *)d->body.data, "5\n");
    assert_int_equal(ask(d, 'b', 5, 5), EW_WITNESS_CONFLICT);
    assert_int_equal(ask(d, 'a', 5, 5), EW_WITNESS_GOOD);
    assert_true(cosigned(d, 'a', 5) > 0);
    assert_int_equal(ask(d, 'a', 5, 6), EW_WITNESS_GOOD);
}

/* ------------------------------------------------------------------ races */

enum { RACERS = 4, ROUNDS = 12 };

typedef struct racer {
    desk *d;
    char history;
    uint64_t old, size;
    ew_witness_status status;
    bool failed;
} racer;

static void *race(void *cookie)
{
    racer *r = cookie;
    ew_buf request;
    ew_buf body;
    ew_witness_answer a;
    ew_buf_init(&request, EW_WITNESS_REQUEST_MAX);
    ew_buf_init(&body, EW_WITNESS_ANSWER_MAX);
    test_request(&request, r->history, r->old, r->size, r->d->log);
    ew_slice text = {(const char *)request.data, request.len};
    r->failed = ew_witness_respond(&r->d->witness, text, &a, &body, NULL) != EW_OK;
    r->status = a.status;
    ew_buf_release(&request);
    ew_buf_release(&body);
    return NULL;
}

/* Exactly one of these gets its signature; the memory is its. */
static void check_race(desk *d, const racer *r, size_t n)
{
    const racer *won = NULL;
    for (size_t i = 0; i < n; i++) {
        assert_false(r[i].failed);
        if (r[i].status != EW_WITNESS_GOOD)
            continue;
        assert_null(won);
        won = &r[i];
    }
    assert_non_null(won);
    assert_int_equal(remembered(d), won->size);
    assert_int_equal(ask(d, won->history, won->size, won->size), EW_WITNESS_GOOD);
}

/* Each brings a history of its own; the witness has seen nothing yet. */
static void place_racers(desk *d, racer *r, int round)
{
    for (int i = 0; i < RACERS; i++) {
        r[i] = (racer){.d = d, .history = (char)('a' + i), .old = 0};
        r[i].size = (uint64_t)(2 + i + round);
    }
}

static void forget(desk *d)
{
    bool added;
    assert_int_equal(unlink(test_path(d->dir, "state")), 0);
    assert_int_equal(ew_witness_state_create(d->dir, NULL), EW_OK);
    assert_int_equal(ew_witness_trust(d->dir, ew_signer_vkey(d->log), &added, NULL),
                     EW_OK);
}

static void row_11_threads_race(void **state)
{
    desk *d = *state;
    racer r[RACERS];
    pthread_t threads[RACERS];
    for (int round = 0; round < ROUNDS; round++) {
        place_racers(d, r, round);
        for (int i = 0; i < RACERS; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, race, &r[i]), 0);
        for (int i = 0; i < RACERS; i++)
            assert_int_equal(pthread_join(threads[i], NULL), 0);
        check_race(d, r, RACERS);
        forget(d);
    }
}

static void row_11_processes_race(void **state)
{
    desk *d = *state;
    racer r[RACERS];
    pid_t children[RACERS];
    for (int round = 0; round < ROUNDS; round++) {
        place_racers(d, r, round);
        for (int i = 0; i < RACERS; i++) {
            children[i] = fork();
            assert_true(children[i] >= 0);
            if (children[i] == 0) {
                (void)race(&r[i]);
                _exit(r[i].failed ? 1 : r[i].status == EW_WITNESS_GOOD ? 2 : 3);
            }
        }
        for (int i = 0; i < RACERS; i++) {
            int status;
            assert_int_equal(waitpid(children[i], &status, 0), children[i]);
            assert_true(WIFEXITED(status));
            r[i].failed = WEXITSTATUS(status) < 2;
            r[i].status =
                WEXITSTATUS(status) == 2 ? EW_WITNESS_GOOD : EW_WITNESS_CONFLICT;
        }
        check_race(d, r, RACERS);
        forget(d);
    }
}

/* One history, two sizes at a time: the smaller may be too late, and never sets back. */
static void row_11_no_set_back(void **state)
{
    desk *d = *state;
    pthread_t threads[2];
    uint64_t size = 1;
    assert_int_equal(ask(d, 'a', 0, size), EW_WITNESS_GOOD);
    for (int round = 0; round < ROUNDS; round++) {
        racer r[2] = {{d, 'a', size, size + 1, 0, false},
                      {d, 'a', size, size + 9, 0, false}};
        for (int i = 0; i < 2; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, race, &r[i]), 0);
        for (int i = 0; i < 2; i++)
            assert_int_equal(pthread_join(threads[i], NULL), 0);
        check_race(d, r, 2);
        size = remembered(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WITNESS(row_11_each_write_fails),
        WITH_WITNESS(row_11_each_sync_fails),
        WITH_WITNESS(test_each_allocation_fails),
        WITH_WITNESS(row_11_killed_between_state_and_answer),
        WITH_WITNESS(row_11_threads_race),
        WITH_WITNESS(row_11_processes_race),
        WITH_WITNESS(row_11_no_set_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
