/* SPDX-License-Identifier: Apache-2.0 */
/* Witnesses: every answer of the protocol, and no second history whatever fails, races or is
 * killed. */
#include "seal/witness_state.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "witness_made.h"

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
        WITH_WITNESS(test_state_text),
        WITH_WITNESS(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
