/* SPDX-License-Identifier: Apache-2.0 */
/* Witnesses: every answer of the protocol, and no second history whatever fails, races or is
 * killed. */
#include "seal/witness_state.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "logs.h"

enum { NOW = 1750000000 };

static int64_t test_now; /* what the clock of the tests says */

static int64_t test_clock(void *cookie)
{
    (void)cookie;
    return test_now;
}

/* A witness that follows one log. */
typedef struct desk {
    char *dir;
    ew_signer *log;
    ew_signer *key;
    ew_witness witness;
    ew_buf request;
    ew_buf body;
    ew_witness_answer answer;
} desk;

static int set_up(void **state)
{
    desk *d = calloc(1, sizeof *d);
    bool added = false;
    assert_non_null(d);
    d->dir = test_dir_new();
    d->log = test_signer(ORIGIN, EW_SIG_ED25519, 1);
    d->key = test_signer("witness.example/w1", EW_SIG_COSIGNATURE, 2);
    d->witness = (ew_witness){.dir = d->dir, .key = d->key, .clock = test_clock};
    test_now = NOW;
    ew_buf_init(&d->request, EW_WITNESS_REQUEST_MAX + 10);
    ew_buf_init(&d->body, EW_WITNESS_ANSWER_MAX);
    assert_int_equal(ew_witness_state_create(d->dir, NULL), EW_OK);
    assert_int_equal(ew_witness_trust(d->dir, ew_signer_vkey(d->log), &added, NULL),
                     EW_OK);
    assert_true(added);
    *state = d;
    return 0;
}

static int tear_down(void **state)
{
    desk *d = *state;
    ew_buf_release(&d->request);
    ew_buf_release(&d->body);
    ew_signer_free(d->log);
    ew_signer_free(d->key);
    test_dir_remove(d->dir);
    free(d);
    return 0;
}

static int send_text(desk *d)
{
    ew_err err;
    ew_slice text = {(const char *)d->request.data, d->request.len};
    ew_buf_reset(&d->body);
    if (ew_witness_respond(&d->witness, text, &d->answer, &d->body, &err) != EW_OK)
        fail_msg("%s", err.text);
    return (int)d->answer.status;
}

static int ask(desk *d, char history, uint64_t old, uint64_t size)
{
    test_request(&d->request, history, old, size, d->log);
    return send_text(d);
}

/* The time of the cosignature that was given, over this head; 0 when it is none. */
static uint64_t cosigned(desk *d, char history, uint64_t size)
{
    ew_note *note = NULL;
    uint64_t time = 0;
    ew_buf b;
    ew_buf_init(&b, 10000);
    test_head(&b, history, size, d->log);
    assert_int_equal(ew_buf_append(&b, d->body.data, d->body.len, NULL), EW_OK);
    assert_int_equal(ew_note_parse(&note, b.data, b.len, NULL), EW_OK);
    if (ew_note_check(note, ew_signer_vkey(d->key), &time) != EW_SIG_GOOD)
        time = 0;
    ew_note_free(note);
    ew_buf_release(&b);
    return time;
}

static uint64_t remembered(const desk *d)
{
    ew_witness_state *s = NULL;
    assert_int_equal(ew_witness_state_read(d->dir, &s, NULL), EW_OK);
    uint64_t size = s->logs[0].size;
    ew_free(s);
    return size;
}

/* ------------------------------------------------------------------ the protocol */

static void test_growing(void **state)
{
    desk *d = *state;
    static const uint64_t sizes[] = {0, 1, 2, 2, 7, 8, 255, 256, 300, 300};
    uint64_t old = 0;
    for (size_t i = 0; i < EW_COUNT(sizes); i++) {
        test_now++;
        assert_int_equal(ask(d, 'a', old, sizes[i]), EW_WITNESS_GOOD);
        assert_int_equal(cosigned(d, 'a', sizes[i]), test_now);
        assert_int_equal(d->answer.time, test_now);
        assert_int_equal(d->answer.size, sizes[i]);
        assert_string_equal(d->answer.origin, ORIGIN);
        assert_int_equal(remembered(d), sizes[i]);
        old = sizes[i];
    }
}

/* Row 11: another history is refused, however it is brought. */
static void row_11_split_view(void **state)
{
    desk *d = *state;
    assert_int_equal(ask(d, 'a', 0, 5), EW_WITNESS_GOOD);
    assert_int_equal(ask(d, 'b', 5, 9), EW_WITNESS_UNPROVEN);
    assert_int_equal(ask(d, 'b', 0, 9), EW_WITNESS_CONFLICT);
    assert_string_equal((char *)d->body.data, "5\n");
    assert_int_equal(d->answer.seen, 5);
    assert_int_equal(ask(d, 'b', 5, 5), EW_WITNESS_CONFLICT);
    assert_int_equal(ask(d, 'b', 3, 9), EW_WITNESS_CONFLICT);
    assert_int_equal(ask(d, 'a', 5, 9), EW_WITNESS_GOOD);
    assert_int_equal(remembered(d), 9);
}

static void row_11_rollback(void **state)
{
    desk *d = *state;
    assert_int_equal(ask(d, 'a', 0, 9), EW_WITNESS_GOOD);
    assert_int_equal(ask(d, 'a', 0, 5), EW_WITNESS_CONFLICT);
    assert_int_equal(ask(d, 'a', 5, 5), EW_WITNESS_CONFLICT);
    assert_int_equal(ask(d, 'a', 9, 5), EW_WITNESS_MALFORMED);
    assert_int_equal(ask(d, 'a', 0, 0), EW_WITNESS_CONFLICT);
    assert_int_equal(remembered(d), 9);
}

static void test_proofs_that_do_not_hold(void **state)
{
    desk *d = *state;
    ew_path path = {.n = 1};
    ew_buf note;
    ew_buf_init(&note, 4000);
    test_head(&note, 'a', 3, d->log);
    ew_slice head = {(const char *)note.data, note.len};
    /* Nothing to prove, and a proof. */
    assert_int_equal(ew_witness_request_append(&d->request, 0, &path, head, NULL), EW_OK);
    assert_int_equal(send_text(d), EW_WITNESS_UNPROVEN);
    assert_int_equal(ask(d, 'a', 0, 3), EW_WITNESS_GOOD);
    ew_buf_reset(&d->request);
    assert_int_equal(ew_witness_request_append(&d->request, 3, &path, head, NULL), EW_OK);
    assert_int_equal(send_text(d), EW_WITNESS_UNPROVEN);
    /* None where one is needed. */
    path.n = 0;
    ew_buf_reset(&note);
    test_head(&note, 'a', 4, d->log);
    head = (ew_slice){(const char *)note.data, note.len};
    ew_buf_reset(&d->request);
    assert_int_equal(ew_witness_request_append(&d->request, 3, &path, head, NULL), EW_OK);
    assert_int_equal(send_text(d), EW_WITNESS_UNPROVEN);
    assert_int_equal(d->body.len, 0);
    ew_buf_release(&note);
    assert_int_equal(remembered(d), 3);
}

static void test_size_zero_has_one_root(void **state)
{
    desk *d = *state;
    ew_path path = {.n = 0};
    ew_buf text;
    ew_buf note;
    ew_checkpoint c = {ew_slice_of(ORIGIN), 0, {{1}}};
    ew_buf_init(&text, 1000);
    ew_buf_init(&note, 1000);
    assert_int_equal(ew_checkpoint_append(&text, &c, NULL), EW_OK);
    ew_slice s = {(const char *)text.data, text.len};
    assert_int_equal(ew_note_make(&note, s, d->log, NULL), EW_OK);
    s = (ew_slice){(const char *)note.data, note.len};
    assert_int_equal(ew_witness_request_append(&d->request, 0, &path, s, NULL), EW_OK);
    assert_int_equal(send_text(d), EW_WITNESS_UNPROVEN);
    ew_buf_release(&text);
    ew_buf_release(&note);
}

static void test_whose_log(void **state)
{
    desk *d = *state;
    bool added;
    ew_signer *other = test_signer("other.example/log", EW_SIG_ED25519, 3);
    ew_signer *thief = test_signer(ORIGIN, EW_SIG_ED25519, 4);
    test_request(&d->request, 'a', 0, 3, other);
    assert_int_equal(send_text(d), EW_WITNESS_UNKNOWN);
    test_request(&d->request, 'a', 0, 3, thief);
    assert_int_equal(send_text(d), EW_WITNESS_UNSIGNED);
    /* The log's name and number of key over something else. */
    test_request(&d->request, 'a', 0, 3, d->log);
    char *sig = strrchr((char *)d->request.data, ' ') + 20;
    *sig = *sig == 'A' ? 'B' : 'A';
    assert_int_equal(send_text(d), EW_WITNESS_UNSIGNED);
    /* A second key of the same log counts once it is trusted. */
    assert_int_equal(ew_witness_trust(d->dir, ew_signer_vkey(thief), &added, NULL),
                     EW_OK);
    assert_true(added);
    test_request(&d->request, 'a', 0, 3, thief);
    assert_int_equal(send_text(d), EW_WITNESS_GOOD);
    assert_int_equal(ask(d, 'a', 3, 4), EW_WITNESS_GOOD);
    assert_int_equal(ew_witness_trust(d->dir, ew_signer_vkey(thief), &added, NULL),
                     EW_OK);
    assert_false(added);
    assert_int_equal(remembered(d), 4);
    /* One log does not move the other. */
    assert_int_equal(ew_witness_trust(d->dir, ew_signer_vkey(other), &added, NULL),
                     EW_OK);
    test_request(&d->request, 'z', 0, 2, other);
    assert_int_equal(send_text(d), EW_WITNESS_GOOD);
    assert_int_equal(remembered(d), 4);
    assert_int_equal(ew_witness_trust(d->dir, ew_signer_vkey(d->key), &added, NULL),
                     EW_E_ARG);
    /* The old key goes; the last one stays, and with it what was signed. */
    assert_int_equal(ew_witness_distrust(d->dir, ew_signer_vkey(d->log), NULL), EW_OK);
    assert_int_equal(ew_witness_distrust(d->dir, ew_signer_vkey(d->log), NULL),
                     EW_E_NOTFOUND);
    assert_int_equal(ask(d, 'a', 4, 5), EW_WITNESS_UNSIGNED);
    test_request(&d->request, 'a', 4, 5, thief);
    assert_int_equal(send_text(d), EW_WITNESS_GOOD);
    assert_int_equal(ew_witness_distrust(d->dir, ew_signer_vkey(thief), NULL), EW_E_ARG);
    assert_int_equal(remembered(d), 5);
    ew_signer_free(other);
    ew_signer_free(thief);
}

static void test_malformed(void **state)
{
    desk *d = *state;
#define ROOT "JuepCLEeDgtaydy1MBABTLXvSvOXbV6jWV1IpMD7cYs="
#define NOTE ORIGIN "\n1\n" ROOT "\n\n\xE2\x80\x94 a AAAAAAA=\n"
    static const char *const bad[] = {"",
                                      "old 0",
                                      "old 0\n",
                                      "old 0\n\n",
                                      "old 00\n\n" NOTE,
                                      "old -1\n\n" NOTE,
                                      "old\n\n" NOTE,
                                      "size 0\n\n" NOTE,
                                      "\nold 0\n\n" NOTE,
                                      "old 0\r\n\r\n" NOTE,
                                      "old 1\nAA==\n\n" NOTE,
                                      "old 1\n" ROOT NOTE,
                                      "old 18446744073709551616\n\n" NOTE,
                                      "old 0\n\n" ORIGIN "\n1\n" ROOT "\n",
                                      "old 0\n\n" ORIGIN "\nx\n" ROOT
                                      "\n\n\xE2\x80\x94 a AAAAAAA=\n"};
    for (size_t i = 0; i < EW_COUNT(bad); i++) {
        ew_buf_reset(&d->request);
        assert_int_equal(ew_buf_append(&d->request, bad[i], strlen(bad[i]), NULL), EW_OK);
        if (send_text(d) != EW_WITNESS_MALFORMED)
            fail_msg("'%s' is taken for a request", bad[i]);
        assert_int_equal(d->body.len, 0);
    }
    for (int lines = 63; lines < 65; lines++) {
        ew_buf_reset(&d->request);
        assert_int_equal(ew_buf_printf(&d->request, NULL, "old 1\n"), EW_OK);
        for (int i = 0; i < lines; i++)
            assert_int_equal(ew_buf_printf(&d->request, NULL, ROOT "\n"), EW_OK);
        assert_int_equal(ew_buf_printf(&d->request, NULL, "\n" NOTE), EW_OK);
        assert_int_equal(send_text(d), lines == 63 ? EW_WITNESS_UNSIGNED : 400);
    }
    while (d->request.len <= EW_WITNESS_REQUEST_MAX)
        assert_int_equal(ew_buf_append(&d->request, "x", 1, NULL), EW_OK);
    assert_int_equal(send_text(d), EW_WITNESS_MALFORMED);
    for (int i = 400; i < 423; i++)
        assert_non_null(ew_witness_status_text(i));
}

/* ------------------------------------------------------------------ the clock */

static void test_time_never_goes_back(void **state)
{
    desk *d = *state;
    ew_err err;
    assert_int_equal(ask(d, 'a', 0, 1), EW_WITNESS_GOOD);
    test_now = NOW - 1000;
    assert_int_equal(ask(d, 'a', 1, 2), EW_WITNESS_GOOD);
    assert_int_equal(cosigned(d, 'a', 2), NOW);
    /* Far behind: something is wrong, and nothing is signed. */
    static const int64_t wrong[] = {NOW - 100000, 0, -5, 1500000000};
    for (size_t i = 0; i < EW_COUNT(wrong); i++) {
        test_now = wrong[i];
        test_request(&d->request, 'a', 2, 3, d->log);
        ew_slice text = {(const char *)d->request.data, d->request.len};
        ew_buf_reset(&d->body);
        assert_int_equal(
            ew_witness_respond(&d->witness, text, &d->answer, &d->body, &err), EW_E_IO);
        assert_non_null(strstr(err.text, "clock"));
        assert_int_equal(d->body.len, 0);
        assert_int_equal(remembered(d), 2);
    }
    d->witness.clock = NULL; /* the real one */
    assert_int_equal(ask(d, 'a', 2, 3), EW_WITNESS_GOOD);
}

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

/* ------------------------------------------------------------------ the memory */

static void test_state_text(void **state)
{
    desk *d = *state;
    static const char *const bad[] = {"",
                                      "earwitness-witness/v1\n",
                                      "earwitness-witness/v2\ntime 0\n",
                                      "earwitness-witness/v1\ntime 00\n",
                                      "earwitness-witness/v1\ntime 0",
                                      "earwitness-witness/v1\ntime 9223372036854775808\n",
                                      "earwitness-witness/v1\ntime 0\nseen 0 " ROOT "\n",
                                      "earwitness-witness/v1\ntime 0\n\n",
                                      "earwitness-witness/v1\ntime 0\nkey x\n"};
    ew_witness_state *s = NULL;
    for (size_t i = 0; i < EW_COUNT(bad); i++)
        if (ew_witness_state_parse(&s, ew_slice_of(bad[i]), NULL) != EW_E_FORMAT)
            fail_msg("'%s' is taken for a memory", bad[i]);
    assert_int_equal(ask(d, 'a', 0, 3), EW_WITNESS_GOOD);
    size_t n;
    char *text = test_file_get(test_path(d->dir, "state"), &n);
    for (size_t cut = 1; cut < n; cut++) {
        ew_slice part = {text, cut};
        ew_code code = ew_witness_state_parse(&s, part, NULL);
        if (code == EW_OK) { /* only before the first log */
            assert_int_equal(s->count, 0);
            ew_free(s);
        }
    }
    free(text);
    /* A damaged memory signs nothing. */
    ew_err err;
    test_file_put(test_path(d->dir, "state"), "x", 1);
    test_request(&d->request, 'a', 3, 4, d->log);
    ew_slice request = {(const char *)d->request.data, d->request.len};
    assert_int_equal(ew_witness_respond(&d->witness, request, &d->answer, &d->body, &err),
                     EW_E_FORMAT);
    assert_int_equal(unlink(test_path(d->dir, "state")), 0);
    assert_int_equal(ew_witness_respond(&d->witness, request, &d->answer, &d->body, &err),
                     EW_E_NOTFOUND);
}

static void test_limits(void **state)
{
    desk *d = *state;
    bool added;
    char name[64];
    ew_err err;
    ew_vkey key = *ew_signer_vkey(d->log);
    for (int i = 0; i < EW_WITNESS_LOGS_MAX; i++) {
        (void)snprintf(name, sizeof name, "log%d", i);
        assert_int_equal(
            ew_vkey_init(&key, ew_slice_of(name), EW_SIG_ED25519, key.key, NULL), EW_OK);
        ew_code code = ew_witness_trust(d->dir, &key, &added, &err);
        assert_int_equal(code, i + 1 < EW_WITNESS_LOGS_MAX ? EW_OK : EW_E_LIMIT);
    }
    for (uint8_t i = 0; i < EW_WITNESS_KEYS_MAX; i++) {
        ew_signer *s = test_signer(ORIGIN, EW_SIG_ED25519, (uint8_t)(50 + i));
        ew_code code = ew_witness_trust(d->dir, ew_signer_vkey(s), &added, &err);
        assert_int_equal(code, i + 1 < EW_WITNESS_KEYS_MAX ? EW_OK : EW_E_LIMIT);
        ew_signer_free(s);
    }
    assert_int_equal(ask(d, 'a', 0, 3), EW_WITNESS_GOOD);
    assert_int_equal(ew_witness_state_create(d->dir, &err), EW_E_ARG);
}

#define WITH_WITNESS(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WITNESS(test_growing),
        WITH_WITNESS(row_11_split_view),
        WITH_WITNESS(row_11_rollback),
        WITH_WITNESS(test_proofs_that_do_not_hold),
        WITH_WITNESS(test_size_zero_has_one_root),
        WITH_WITNESS(test_whose_log),
        WITH_WITNESS(test_malformed),
        WITH_WITNESS(test_time_never_goes_back),
        WITH_WITNESS(row_11_each_write_fails),
        WITH_WITNESS(row_11_each_sync_fails),
        WITH_WITNESS(test_each_allocation_fails),
        WITH_WITNESS(row_11_killed_between_state_and_answer),
        WITH_WITNESS(row_11_threads_race),
        WITH_WITNESS(row_11_processes_race),
        WITH_WITNESS(row_11_no_set_back),
        WITH_WITNESS(test_state_text),
        WITH_WITNESS(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
