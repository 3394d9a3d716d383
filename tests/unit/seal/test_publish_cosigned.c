/* SPDX-License-Identifier: Apache-2.0 */
/* Cosignatures of a log that is published. */
#include "seal/log_publish.h"

#include <sys/wait.h>

#include "publish_made.h"

/* ------------------------------------------------------------------ cosignatures */

/* Signature line of a witness over the log's checkpoint. */
static void sign_line(const desk *d, const ew_signer *w, uint64_t time, ew_buf *line)
{
    ew_buf note;
    ew_buf_init(&note, EW_NOTE_MAX);
    assert_int_equal(ew_log_read_checkpoint(d->log, &note, NULL), EW_OK);
    size_t n = note.len;
    assert_int_equal(ew_note_add(&note, w, time, NULL), EW_OK);
    assert_int_equal(ew_buf_append(line, note.data + n, note.len - n, NULL), EW_OK);
    ew_buf_release(&note);
}

static ew_code add(desk *d, const ew_buf *lines, const ew_signer *w, ew_cosigned *of,
                   ew_err *err)
{
    uint64_t size;
    ew_slice s = {(const char *)lines->data, lines->len};
    *of = (ew_cosigned){.key = ew_signer_vkey(w)};
    return ew_log_add_cosignatures(d->log, s, of, 1, &size, err);
}

/* When the witness signed the log's checkpoint; 0: it did not. */
static uint64_t signed_at(const desk *d, const ew_signer *w)
{
    ew_note *note = NULL;
    uint64_t time = 0;
    ew_buf b;
    ew_buf_init(&b, EW_NOTE_MAX);
    assert_int_equal(ew_log_read_checkpoint(d->log, &b, NULL), EW_OK);
    assert_int_equal(ew_note_parse(&note, b.data, b.len, NULL), EW_OK);
    assert_int_equal(ew_note_check(note, ew_signer_vkey(d->key), NULL), EW_SIG_GOOD);
    if (ew_note_check(note, ew_signer_vkey(w), &time) != EW_SIG_GOOD)
        time = 0;
    ew_note_free(note);
    ew_buf_release(&b);
    return time;
}

static void test_cosignatures_gather(void **state)
{
    desk *d = *state;
    ew_signer *w[2] = {test_signer("w1", EW_SIG_COSIGNATURE, 11),
                       test_signer("w2", EW_SIG_COSIGNATURE, 12)};
    ew_cosigned of;
    ew_buf b;
    ew_err err;
    uint64_t size;
    ew_buf_init(&b, 10000);
    grow(d, 5);
    sign_line(d, w[0], 500, &b);
    assert_int_equal(add(d, &b, w[0], &of, NULL), EW_OK);
    assert_true(of.found && of.added && of.time == 500);
    assert_int_equal(add(d, &b, w[0], &of, NULL), EW_OK);
    assert_true(of.found && !of.added && of.time == 500);
    /* The other's, together with what is there; asked for by one key only. */
    sign_line(d, w[1], 600, &b);
    assert_int_equal(add(d, &b, w[1], &of, NULL), EW_OK);
    assert_true(of.found && of.added);
    assert_true(signed_at(d, w[0]) == 500 && signed_at(d, w[1]) == 600);
    /* Later adds nothing; earlier does. */
    ew_buf_reset(&b);
    sign_line(d, w[0], 501, &b);
    assert_int_equal(add(d, &b, w[0], &of, NULL), EW_OK);
    assert_true(of.found && !of.added && of.time == 500);
    ew_buf_reset(&b);
    sign_line(d, w[0], 400, &b);
    assert_int_equal(add(d, &b, w[0], &of, NULL), EW_OK);
    assert_true(of.added && signed_at(d, w[0]) == 400);
    /* A whole note does as well. */
    ew_buf_reset(&b);
    assert_int_equal(ew_log_read_checkpoint(d->log, &b, NULL), EW_OK);
    assert_int_equal(add(d, &b, w[1], &of, NULL), EW_OK);
    assert_true(of.found && !of.added);
    assert_int_equal(ew_log_seen_by(d->log, ew_signer_vkey(w[0]), &size, NULL), EW_OK);
    assert_int_equal(size, 5);
    /* It is published, though no entry is new. */
    assert_int_equal(publish(d, NULL), EW_OK);
    grow(d, 0);
    assert_int_equal(signed_at(d, w[1]), 600);
    /* Over a checkpoint that is not the present one any more. */
    ew_buf_reset(&b);
    sign_line(d, w[0], 700, &b);
    grow(d, 1);
    assert_int_equal(add(d, &b, w[0], &of, &err), EW_E_FORMAT);
    assert_non_null(strstr(err.text, "present checkpoint"));
    assert_int_equal(signed_at(d, w[0]), 0);
    /* Of nobody who was asked for. */
    assert_int_equal(add(d, &b, w[1], &of, NULL), EW_OK);
    assert_false(of.found);
    assert_int_equal(
        add(d, &(ew_buf){(uint8_t *)(char[]){"x\n"}, 2, 3, 3}, w[1], &of, &err),
        EW_E_FORMAT);
    assert_int_equal(ew_log_seen_by(d->log, ew_signer_vkey(w[1]), &size, NULL), EW_OK);
    assert_int_equal(size, 5);
    ew_buf_release(&b);
    ew_signer_free(w[0]);
    ew_signer_free(w[1]);
}

/* A desk that lost cosignatures does not take them from its readers. */
static void test_cosignatures_stay_public(void **state)
{
    desk *d = *state;
    ew_signer *w[2] = {test_signer("w1", EW_SIG_COSIGNATURE, 11),
                       test_signer("w2", EW_SIG_COSIGNATURE, 12)};
    ew_cosigned of;
    ew_buf b;
    size_t n;
    ew_buf_init(&b, 10000);
    grow(d, 5);
    char *bare = test_file_get(test_path(d->log, "checkpoint"), &n);
    for (int i = 0; i < 2; i++) {
        ew_buf_reset(&b);
        sign_line(d, w[i], 500, &b);
        assert_int_equal(add(d, &b, w[i], &of, NULL), EW_OK);
        assert_int_equal(publish(d, NULL), EW_OK);
        assert_true(d->p.checkpoint);
        test_file_put(test_path(d->log, "checkpoint"), bare, n);
        assert_int_equal(publish(d, NULL), EW_OK);
    }
    char *now = test_file_get(test_path(d->pub, "checkpoint"), &n);
    assert_non_null(strstr(now, " w1 "));
    assert_non_null(strstr(now, " w2 "));
    assert_int_equal(publish(d, NULL), EW_OK);
    assert_false(d->p.checkpoint);
    free(now);
    /* The next checkpoint has none of them. */
    grow(d, 1);
    assert_int_equal(publish(d, NULL), EW_OK);
    now = test_file_get(test_path(d->pub, "checkpoint"), &n);
    assert_null(strstr(now, " w1 "));
    free(now);
    free(bare);
    ew_buf_release(&b);
    ew_signer_free(w[0]);
    ew_signer_free(w[1]);
}

/* Whatever fails while a cosignature is added, none is lost. */
static void fail_adding(desk *d, void (*place)(int64_t))
{
    ew_signer *w[2] = {test_signer("w1", EW_SIG_COSIGNATURE, 11),
                       test_signer("w2", EW_SIG_COSIGNATURE, 12)};
    ew_cosigned of;
    ew_buf b;
    int failed = 0;
    ew_buf_init(&b, 10000);
    grow(d, 5);
    sign_line(d, w[0], 500, &b);
    assert_int_equal(add(d, &b, w[0], &of, NULL), EW_OK);
    ew_buf_reset(&b);
    sign_line(d, w[1], 600, &b);
    for (int64_t n = 0;; n++) {
        place(n);
        ew_code code = add(d, &b, w[1], &of, NULL);
        place(-1);
        assert_int_equal(signed_at(d, w[0]), 500);
        if (code == EW_OK)
            break;
        assert_int_equal(code, EW_E_IO);
        failed++;
    }
    assert_int_equal(signed_at(d, w[1]), 600);
    assert_true(failed > 1);
    ew_buf_release(&b);
    ew_signer_free(w[0]);
    ew_signer_free(w[1]);
}

static void test_cosignatures_each_write_fails(void **state)
{
    fail_adding(*state, ew_write_fail_at);
}

static void test_cosignatures_each_sync_fails(void **state)
{
    fail_adding(*state, ew_sync_fail_at);
}

/* The log asks; a witness of the other tests would say yes. */
static void test_asking(void **state)
{
    desk *d = *state;
    ew_witness_request *r = NULL;
    ew_witness_log seen = {.keys = {*ew_signer_vkey(d->key)}, .key_count = 1};
    ew_buf b;
    ew_err err;
    ew_buf_init(&b, EW_WITNESS_REQUEST_MAX);
    assert_int_equal(ew_log_ask(d->log, 0, &b, &err), EW_E_NOTFOUND);
    for (int i = 0; i < 6; i++) {
        grow(d, i == 3 ? 0 : 200);
        ew_buf_reset(&b);
        assert_int_equal(ew_log_ask(d->log, seen.size, &b, &err), EW_OK);
        ew_slice text = {(const char *)b.data, b.len};
        assert_int_equal(ew_witness_request_parse(&r, text, &err), EW_OK);
        assert_int_equal(ew_witness_decide(&seen, r), EW_WITNESS_GOOD);
        seen.size = r->checkpoint.size;
        seen.root = r->checkpoint.root;
        ew_witness_request_free(r);
    }
    assert_int_equal(ew_log_ask(d->log, 1001, &b, &err), EW_E_ARG);
    ew_buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_LOG(test_cosignatures_gather),
        WITH_LOG(test_cosignatures_stay_public),
        WITH_LOG(test_cosignatures_each_write_fails),
        WITH_LOG(test_cosignatures_each_sync_fails),
        WITH_LOG(test_asking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
