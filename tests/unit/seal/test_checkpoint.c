/* SPDX-License-Identifier: Apache-2.0 */
/* Checkpoints, proofs and policies: the worked proof, and what a verifier makes of it. */
#include "seal/checkpoint.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "seal/policy.h"
#include "signers.h"
#include "vectors.h"

#define DASH "\xE2\x80\x94"
#define LOG_KEY "desk.example/log+1d9c0782+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"
#define WITNESS_KEY                                                                      \
    "witness.example/w1+df1c0a35+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU"
#define LOG "log " LOG_KEY "\n"
#define WITNESS "witness w1 " WITNESS_KEY "\n"
#define ROOT "JuepCLEeDgtaydy1MBABTLXvSvOXbV6jWV1IpMD7cYs="

static ew_policy *policy(const char *text)
{
    ew_policy *p = NULL;
    ew_err err;
    if (ew_policy_parse(&p, text, strlen(text), &err) != EW_OK)
        fail_msg("%s", err.text);
    return p;
}

static ew_endorsed weighed(const char *text, const ew_note *note)
{
    ew_endorsed out;
    ew_checkpoint c;
    ew_policy *p = policy(text);
    assert_int_equal(ew_checkpoint_parse(&c, note->text, NULL), EW_OK);
    assert_int_equal(ew_policy_weigh(p, note, &c, &out, NULL), EW_OK);
    ew_policy_free(p);
    return out;
}

/* The proof of the design, made again from its keys: byte for byte the same. */
static void test_worked_proof(void **state)
{
    (void)state;
    const char *path = vector_need("earwitness/entry1.tlog-proof");
    size_t n;
    char *want = test_file_get(path, &n);
    ew_tlog_proof *p = NULL;
    assert_int_equal(ew_tlog_proof_parse(&p, want, n, NULL), EW_OK);
    assert_int_equal(p->index, 1);
    assert_int_equal(p->checkpoint.size, 3);
    assert_true(ew_tlog_proof_holds(p, ew_slice_of("entry 1\n")));
    assert_false(ew_tlog_proof_holds(p, ew_slice_of("entry 0\n")));
    ew_endorsed e = weighed(LOG WITNESS "quorum w1\n", p->note);
    assert_true(e.log != NULL && e.quorum && e.timed && !e.broken);
    ew_signer *log = test_signer("desk.example/log", EW_SIG_ED25519, 1);
    ew_signer *witness = test_signer("witness.example/w1", EW_SIG_COSIGNATURE, 2);
    ew_buf text;
    ew_buf note;
    ew_buf out;
    ew_buf_init(&text, 1000);
    ew_buf_init(&note, 2000);
    ew_buf_init(&out, 4000);
    assert_int_equal(ew_checkpoint_append(&text, &p->checkpoint, NULL), EW_OK);
    ew_slice s = {(char *)text.data, text.len};
    assert_int_equal(ew_note_make(&note, s, log, NULL), EW_OK);
    assert_int_equal(ew_note_add(&note, witness, e.time, NULL), EW_OK);
    s = (ew_slice){(char *)note.data, note.len};
    assert_int_equal(ew_tlog_proof_append(&out, p, s, NULL), EW_OK);
    assert_string_equal((char *)out.data, want);
    ew_buf_reset(&text);
    assert_int_equal(ew_vkey_append(&text, ew_signer_vkey(log), NULL), EW_OK);
    assert_string_equal((char *)text.data, LOG_KEY);
    ew_buf_reset(&text);
    assert_int_equal(ew_vkey_append(&text, ew_signer_vkey(witness), NULL), EW_OK);
    assert_string_equal((char *)text.data, WITNESS_KEY);
    ew_buf_release(&text);
    ew_buf_release(&note);
    ew_buf_release(&out);
    ew_signer_free(log);
    ew_signer_free(witness);
    ew_tlog_proof_free(p);
    free(want);
}

static void test_checkpoints(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "a\n",
                                      "a\n1\n",
                                      "\n1\n" ROOT "\n",
                                      "a\n01\n" ROOT "\n",
                                      "a\n-1\n" ROOT "\n",
                                      "a\n1\n" ROOT,
                                      "a\n1\nAA==\n",
                                      "a\n1\n" ROOT "=\n",
                                      "a\n1\n" ROOT "\n\n",
                                      "a\n1\n" ROOT "\nx\n\ny\n",
                                      "a\n18446744073709551616\n" ROOT "\n"};
    ew_checkpoint c;
    for (size_t i = 0; i < EW_COUNT(bad); i++)
        if (ew_checkpoint_parse(&c, ew_slice_of(bad[i]), NULL) != EW_E_FORMAT)
            fail_msg("'%s' is taken for a checkpoint", bad[i]);
    ew_slice good = ew_slice_of("a\n0\n" ROOT "\nextension\n");
    assert_int_equal(ew_checkpoint_parse(&c, good, NULL), EW_OK);
    assert_true(ew_slice_is(c.origin, "a") && c.size == 0);
}

static void row_18_seal_as_checkpoint(void **state)
{
    (void)state;
    ew_checkpoint c;
    ew_slice seal = ew_slice_of("earwitness-seal/v1\nitem " ROOT "\nstream 0 whole n=1 "
                                "root=" ROOT "\n");
    assert_int_equal(ew_checkpoint_parse(&c, seal, NULL), EW_E_FORMAT);
}

static void test_bad_proofs(void **state)
{
    (void)state;
#define HEAD "c2sp.org/tlog-proof@v1\n"
#define NOTE "a\n1\n" ROOT "\n\n" DASH " a AAAAAAA=\n"
    static const char *const bad[] = {"",
                                      HEAD,
                                      HEAD "index 0\n",
                                      HEAD "index 0\n\n",
                                      "c2sp.org/tlog-proof@v2\nindex 0\n\n" NOTE,
                                      HEAD "index 00\n\n" NOTE,
                                      HEAD "index\n\n" NOTE,
                                      HEAD "extra \nindex 0\n\n" NOTE,
                                      HEAD "index 0\nextra AA==\n\n" NOTE,
                                      HEAD "index 0\nAA==\n\n" NOTE,
                                      HEAD "extra A\nindex 0\n\n" NOTE,
                                      HEAD "index 0\n" ROOT NOTE,
                                      HEAD "index 0\n" NOTE,
                                      HEAD "index 0\n\n" NOTE "x"};
    ew_tlog_proof *p = NULL;
    for (size_t i = 0; i < EW_COUNT(bad); i++)
        if (ew_tlog_proof_parse(&p, bad[i], strlen(bad[i]), NULL) != EW_E_FORMAT)
            fail_msg("'%s' is taken for a proof", bad[i]);
    assert_int_equal(ew_tlog_proof_parse(&p, HEAD "index 0\n\n" NOTE,
                                         strlen(HEAD "index 0\n\n" NOTE), NULL),
                     EW_OK);
    ew_tlog_proof_free(p);
    ew_buf b;
    ew_buf_init(&b, 100000);
    assert_int_equal(ew_buf_printf(&b, NULL, HEAD "index 0\n"), EW_OK);
    for (int i = 0; i < EW_PROOF_MAX + 1; i++)
        assert_int_equal(ew_buf_printf(&b, NULL, ROOT "\n"), EW_OK);
    assert_int_equal(ew_buf_printf(&b, NULL, "\n" NOTE), EW_OK);
    assert_int_equal(ew_tlog_proof_parse(&p, b.data, b.len, NULL), EW_E_FORMAT);
    ew_buf_release(&b);
}

static void test_bad_policies(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      LOG,
                                      "quorum none",
                                      "quorum none\nquorum none\n",
                                      "quorum w1\n" WITNESS,
                                      WITNESS "quorum w2\n",
                                      LOG LOG "quorum none\n",
                                      WITNESS WITNESS "quorum w1\n",
                                      WITNESS "witness w2 " WITNESS_KEY "\nquorum w1\n",
                                      "log " WITNESS_KEY "\nquorum none\n",
                                      "witness w1 " LOG_KEY "\nquorum w1\n",
                                      "witness none " WITNESS_KEY "\nquorum none\n",
                                      WITNESS "group g 2 w1\nquorum g\n",
                                      WITNESS "group g 0 w1\nquorum g\n",
                                      WITNESS "group g all\nquorum g\n",
                                      WITNESS "group g any w1 w1\nquorum g\n",
                                      WITNESS
                                      "group g any w1\ngroup h any w1\nquorum g\n",
                                      WITNESS "group w1 any w1\nquorum w1\n",
                                      "group g any h\nquorum g\n",
                                      "log\nquorum none\n",
                                      "logs x\nquorum none\n",
                                      LOG "quorum none\r\n",
                                      "quorum none x\n",
                                      "log " LOG_KEY " url more\nquorum none\n",
                                      "#!earwitness trust " LOG_KEY "\nquorum none\n",
                                      "#!earwitness seal\nquorum none\n",
                                      "quorum none\n\x01",
                                      "group g any none\nquorum g\n",
                                      "witness w1\nquorum none\n"};
    ew_policy *p = NULL;
    for (size_t i = 0; i < EW_COUNT(bad); i++)
        if (ew_policy_parse(&p, bad[i], strlen(bad[i]), NULL) != EW_E_FORMAT)
            fail_msg("'%s' is taken for a policy", bad[i]);
    p = policy("# comment\n \t\n\t log  " LOG_KEY
               "\thttps://x \n#!earwitness seal " LOG_KEY "\nquorum\tnone\n");
    assert_int_equal(p->log_count, 1);
    assert_int_equal(p->seal_count, 1);
    ew_policy_free(p);
    ew_policy_free(NULL);
}

/* Three witnesses sign at 100, 200 and 300; what is asked for decides since when it holds. */
static void test_quorums(void **state)
{
    (void)state;
    ew_signer *log = test_signer("desk.example/log", EW_SIG_ED25519, 1);
    ew_buf b;
    ew_buf keys;
    ew_buf all;
    ew_buf_init(&b, 4096);
    ew_buf_init(&keys, 4096);
    assert_int_equal(
        ew_note_make(&b, ew_slice_of("desk.example/log\n1\n" ROOT "\n"), log, NULL),
        EW_OK);
    assert_int_equal(ew_buf_printf(&keys, NULL, LOG), EW_OK);
    for (int i = 0; i < 4; i++) {
        char name[8];
        (void)snprintf(name, sizeof name, "w%d", i);
        ew_signer *w = test_signer(name, EW_SIG_COSIGNATURE, (uint8_t)(10 + i));
        assert_int_equal(ew_buf_printf(&keys, NULL, "witness %s ", name), EW_OK);
        assert_int_equal(ew_vkey_append(&keys, ew_signer_vkey(w), NULL), EW_OK);
        assert_int_equal(ew_buf_printf(&keys, NULL, "\n"), EW_OK);
        if (i < 3)
            assert_int_equal(ew_note_add(&b, w, 100 * (uint64_t)(i + 1), NULL), EW_OK);
        ew_signer_free(w);
    }
    static const struct {
        const char *rule;
        bool quorum;
        uint64_t time; /* 0: none */
    } cases[] = {
        {"quorum none\n", true, 0},
        {"quorum w1\n", true, 200},
        {"quorum w3\n", false, 0},
        {"group g any w2 w1\nquorum g\n", true, 200},
        {"group g all w0 w1 w2\nquorum g\n", true, 300},
        {"group g 2 w0 w2 w3\nquorum g\n", true, 300},
        {"group g 3 w0 w2 w3\nquorum g\n", false, 0},
        {"group a any w0 w3\ngroup b any w1 w2\ngroup c all a b\nquorum c\n", true, 200},
    };
    ew_note *note = NULL;
    assert_int_equal(ew_note_parse(&note, b.data, b.len, NULL), EW_OK);
    for (size_t i = 0; i < EW_COUNT(cases); i++) {
        ew_buf_init(&all, 8192);
        assert_int_equal(
            ew_buf_printf(&all, NULL, "%s%s", (char *)keys.data, cases[i].rule), EW_OK);
        ew_endorsed e = weighed((char *)all.data, note);
        assert_true(e.log != NULL && !e.broken && e.witnesses == 3);
        assert_int_equal(e.quorum, cases[i].quorum);
        assert_int_equal(e.timed, cases[i].time != 0);
        assert_int_equal(e.time, cases[i].time);
        ew_buf_release(&all);
    }
    ew_note_free(note);
    ew_buf_release(&b);
    ew_buf_release(&keys);
    ew_signer_free(log);
}

static void test_other_origin(void **state)
{
    (void)state;
    ew_signer *log = test_signer("desk.example/log", EW_SIG_ED25519, 1);
    ew_note *note = NULL;
    ew_buf b;
    ew_buf_init(&b, 4096);
    assert_int_equal(ew_note_make(&b, ew_slice_of("other\n1\n" ROOT "\n"), log, NULL),
                     EW_OK);
    assert_int_equal(ew_note_parse(&note, b.data, b.len, NULL), EW_OK);
    assert_null(weighed(LOG "quorum none\n", note).log);
    assert_null(weighed("quorum none\n", note).log);
    ew_note_free(note);
    ew_buf_release(&b);
    ew_signer_free(log);
}

static ew_code policy_work(void *arg, ew_err *err)
{
    ew_policy *p = NULL;
    ew_code code = ew_policy_parse(&p, arg, strlen(arg), err);
    ew_policy_free(p);
    return code;
}

static ew_code proof_work(void *arg, ew_err *err)
{
    ew_tlog_proof *p = NULL;
    ew_code code = ew_tlog_proof_parse(&p, arg, strlen(arg), err);
    ew_tlog_proof_free(p);
    return code;
}

static void test_faults(void **state)
{
    (void)state;
    char text[] = LOG WITNESS "group g all w1\nquorum g\n";
    assert_true(test_torture_alloc(policy_work, text, 0) == 3);
    char proof[] = HEAD "index 0\n\n" NOTE;
    assert_true(test_torture_alloc(proof_work, proof, 0) >= 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worked_proof),         cmocka_unit_test(test_checkpoints),
        cmocka_unit_test(row_18_seal_as_checkpoint), cmocka_unit_test(test_bad_proofs),
        cmocka_unit_test(test_bad_policies),         cmocka_unit_test(test_quorums),
        cmocka_unit_test(test_other_origin),         cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
