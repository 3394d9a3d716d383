/* SPDX-License-Identifier: Apache-2.0 */
/* A log and those who witness it. */
#ifndef EW_TEST_WITNESS_MADE_H
#define EW_TEST_WITNESS_MADE_H

#include "seal/witness_state.h"

#include <sys/wait.h>

#include "logs.h"

enum { NOW = 1750000000 };

static int64_t test_now; /* what the clock of the tests says */

static inline int64_t test_clock(void *cookie)
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

static inline int set_up(void **state)
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

static inline int tear_down(void **state)
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

static inline int send_text(desk *d)
{
    ew_err err;
    ew_slice text = {(const char *)d->request.data, d->request.len};
    ew_buf_reset(&d->body);
    if (ew_witness_respond(&d->witness, text, &d->answer, &d->body, &err) != EW_OK)
        fail_msg("%s", err.text);
    return (int)d->answer.status;
}

static inline int ask(desk *d, char history, uint64_t old, uint64_t size)
{
    test_request(&d->request, history, old, size, d->log);
    return send_text(d);
}

/* The time of the cosignature that was given, over this head; 0 when it is none. */
static inline uint64_t cosigned(desk *d, char history, uint64_t size)
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

static inline uint64_t remembered(const desk *d)
{
    ew_witness_state *s = NULL;
    assert_int_equal(ew_witness_state_read(d->dir, &s, NULL), EW_OK);
    uint64_t size = s->logs[0].size;
    ew_free(s);
    return size;
}

/* ------------------------------------------------------------------ the memory */

#define WITH_WITNESS(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
