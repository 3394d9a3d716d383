/* SPDX-License-Identifier: Apache-2.0 */
/* Time stamp tokens that real openssl made, kept with the fuzzer's inputs; and DER. The whole
 * table of certificates is in tests/e2e/test_stamp.py. */
#include "seal/tsa.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "seal/cert.h"
#include "vectors.h"

#define NEW_YEAR 1767225600 /* 2026-01-01T00:00:00Z, which the tokens give */

/* An input of the fuzzer, taken apart. */
typedef struct kept {
    char *bytes;
    ew_slice anchor, token;
    uint8_t digest[32];
} kept;

static kept get(const char *name)
{
    kept k;
    char path[1024];
    size_t n;
    (void)snprintf(path, sizeof path, "%s/tests/fuzz/corpus/seal_tsa/%s", test_source(),
                   name);
    k.bytes = test_file_get(path, &n);
    size_t anchor = (size_t)(uint8_t)k.bytes[0] << 8 | (uint8_t)k.bytes[1];
    assert_true(n > 2 + anchor + 32);
    k.anchor = (ew_slice){k.bytes + 2, anchor};
    memcpy(k.digest, k.bytes + 2 + anchor, 32);
    k.token = (ew_slice){k.bytes + 2 + anchor + 32, n - 2 - anchor - 32};
    return k;
}

static ew_tsa_answer judged(const kept *k, size_t anchors)
{
    ew_tsa_answer a;
    assert_int_equal(ew_tsa_check(k->token, k->digest, &k->anchor, anchors, &a, NULL),
                     EW_OK);
    return a;
}

static void test_kept(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        ew_tsa_state state;
    } all[] = {{"good", EW_TSA_GOOD},       {"answer", EW_TSA_GOOD},
               {"chain", EW_TSA_GOOD},      {"signer-is-anchor", EW_TSA_GOOD},
               {"openssl-ts", EW_TSA_GOOD}, {"refused", EW_TSA_REFUSED},
               {"expired", EW_TSA_EXPIRED}, {"purpose", EW_TSA_PURPOSE},
               {"sha1", EW_TSA_METHOD},     {"accuracy-nonce-extension", EW_TSA_GOOD}};
    for (size_t i = 0; i < EW_COUNT(all); i++) {
        kept k = get(all[i].name);
        ew_tsa_answer a = judged(&k, 1);
        if (a.state != all[i].state)
            fail_msg("%s: %d", all[i].name, (int)a.state);
        free(k.bytes);
    }
}

static void test_times(void **state)
{
    (void)state;
    kept k = get("good");
    ew_tsa_answer a = judged(&k, 1);
    assert_int_equal(a.time, NEW_YEAR);
    assert_string_equal(a.authority, "stamper");
    assert_int_equal(judged(&k, 0).state, EW_TSA_UNKNOWN);
    k.digest[5] ^= 1;
    assert_int_equal(judged(&k, 1).state, EW_TSA_OTHER);
    free(k.bytes);
    /* Half a second, and 2.005007 s of accuracy. */
    k = get("accuracy-nonce-extension");
    assert_int_equal(judged(&k, 1).time, NEW_YEAR + 4);
    free(k.bytes);
}

static void row_13_expired_tsa(void **state)
{
    (void)state;
    kept k = get("expired");
    ew_tsa_answer a = judged(&k, 1);
    assert_int_equal(a.state, EW_TSA_EXPIRED);
    assert_string_equal(a.authority, "old");
    free(k.bytes);
}

static void row_13_tsa_for_other_purposes(void **state)
{
    (void)state;
    kept k = get("purpose");
    assert_int_equal(judged(&k, 1).state, EW_TSA_PURPOSE);
    free(k.bytes);
}

/* Whatever bit of a token is wrong, it is not good with another time; what it may be is in the
 * parts that nobody signs: other spellings of the algorithms, the signature's own second form. */
static void test_damaged_at_every_position(void **state)
{
    (void)state;
    kept k = get("good");
    char *token = malloc(k.token.n);
    size_t still = 0;
    assert_non_null(token);
    memcpy(token, k.token.p, k.token.n);
    k.token.p = token;
    for (size_t bit = 0; bit < 8 * k.token.n; bit++) {
        token[bit / 8] = (char)(token[bit / 8] ^ 1 << bit % 8);
        ew_tsa_answer a = judged(&k, 1);
        if (a.state == EW_TSA_GOOD) {
            assert_int_equal(a.time, NEW_YEAR);
            assert_string_equal(a.authority, "stamper");
            still++;
        }
        token[bit / 8] = (char)(token[bit / 8] ^ 1 << bit % 8);
    }
    for (size_t n = 0; n < k.token.n; n++) {
        kept cut = k;
        cut.token.n = n;
        assert_int_equal(judged(&cut, 1).state, EW_TSA_DAMAGED);
    }
    /* The versions and digest names of the envelope, which say nothing that counts. */
    assert_true(still < 8 * 32);
    free(token);
    free(k.bytes);
}

static void test_requests(void **state)
{
    (void)state;
    static const uint8_t digest[32] = {9, 8, 7};
    ew_buf a;
    ew_buf b;
    ew_buf_init(&a, 256);
    ew_buf_init(&b, 256);
    assert_int_equal(ew_tsa_request(digest, &a, NULL), EW_OK);
    assert_int_equal(ew_tsa_request(digest, &b, NULL), EW_OK);
    assert_int_equal(a.len, 69);
    assert_memory_equal(a.data, b.data, 58);
    assert_memory_equal(a.data + 24, digest, 32);
    assert_memory_not_equal(a.data + 58, b.data + 58, 8);
    ew_buf_release(&a);
    ew_buf_release(&b);
}

/* ------------------------------------------------------------------ DER */

static bool reads(const char *bytes, size_t n)
{
    ew_slice s = {bytes, n};
    ew_tlv v;
    return ew_der_next(&s, &v) && s.n == 0;
}

#define READS(text) reads(text, sizeof(text) - 1)

static void test_der(void **state)
{
    (void)state;
    char big[300] = "\x04\x81\x80";
    assert_true(READS("\x05\x00") && READS("\x04\x02xy"));
    assert_true(reads(big, 3 + 128));
    assert_false(READS("") || READS("\x05") || READS("\x04\x02x"));
    assert_false(READS("\x04\x81\x02xy"));     /* a longer length than need be */
    assert_false(READS("\x04\x82\x00\x02xy")); /* the same */
    assert_false(READS("\x24\x80\x00\x00"));   /* no length */
    assert_false(READS("\x1f\x01\x00"));       /* a tag of several bytes */
    assert_false(READS("\x04\x84\x00\x00\x00\x01x"));
    big[2] = 0x7f;
    assert_false(reads(big, 3 + 127));
}

static bool number(const char *bytes, size_t n, uint64_t *v)
{
    return ew_der_small((ew_slice){bytes, n}, 300, v);
}

static void test_der_numbers(void **state)
{
    (void)state;
    uint64_t v;
    assert_true(number("\0", 1, &v) && v == 0);
    assert_true(number("\x7f", 1, &v) && v == 127);
    assert_true(number("\0\x80", 2, &v) && v == 128);
    assert_true(number("\x01\x2c", 2, &v) && v == 300);
    assert_false(number("\x01\x2d", 2, &v));
    assert_false(number("", 0, &v));
    assert_false(number("\x80", 1, &v));
    assert_false(number("\0\x7f", 2, &v));
    assert_false(number("\0\0", 2, &v));
    assert_false(number("\x01\x01\x01\x01\x01\x01\x01\x01\x01", 9, &v));
}

static int64_t moment(uint8_t tag, const char *text, bool fractions)
{
    ew_tlv v = {tag, ew_slice_of(text), {NULL, 0}};
    int64_t t;
    bool fraction;
    return ew_der_time(&v, &t, fractions ? &fraction : NULL) ? t : -1;
}

static void test_der_times(void **state)
{
    (void)state;
    const uint8_t utc = EW_DER_UTC_TIME;
    const uint8_t general = EW_DER_TIME;
    assert_int_equal(moment(utc, "260101000000Z", false), NEW_YEAR);
    assert_int_equal(moment(utc, "700101000001Z", false), 1);
    assert_int_equal(moment(utc, "491231235959Z", false), 2524607999);
    assert_true(moment(utc, "500101000000Z", false) < -1);
    assert_int_equal(moment(general, "20260101000000Z", false), NEW_YEAR);
    assert_int_equal(moment(general, "20000229235959Z", false), 951868799);
    assert_int_equal(moment(general, "20260101000000.25Z", true), NEW_YEAR);
    assert_true(moment(general, "00000301000000Z", false) == -62162035200);
    static const char *const bad[] = {
        "20260101000000",     "20260101000000+0000", "202601010000Z",
        "20261301000000Z",    "20260001000000Z",     "20260100000000Z",
        "20260229000000Z",    "21000229000000Z",     "20260101240000Z",
        "20260101006000Z",    "20260101000060Z",     "20260101000000.Z",
        "20260101000000.50Z", "20260101000000,5Z",   "2026010100000aZ",
        "20260101000000ZZ"};
    for (size_t i = 0; i < EW_COUNT(bad); i++)
        assert_int_equal(moment(general, bad[i], true), -1);
    assert_int_equal(moment(general, "20260101000000.5Z", false), -1);
    assert_int_equal(moment(utc, "260101000000.5Z", true), -1);
    assert_int_equal(moment(EW_DER_OCTETS, "260101000000Z", true), -1);
}

static ew_code check_work(void *arg, ew_err *err)
{
    kept *k = arg;
    ew_tsa_answer a;
    return ew_tsa_check(k->token, k->digest, &k->anchor, 1, &a, err);
}

static void test_each_allocation_fails(void **state)
{
    (void)state;
    kept k = get("good");
    assert_true(test_torture_alloc(check_work, &k, 0) >= 3);
    free(k.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kept),
        cmocka_unit_test(test_times),
        cmocka_unit_test(row_13_expired_tsa),
        cmocka_unit_test(row_13_tsa_for_other_purposes),
        cmocka_unit_test(test_damaged_at_every_position),
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_der),
        cmocka_unit_test(test_der_numbers),
        cmocka_unit_test(test_der_times),
        cmocka_unit_test(test_each_allocation_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
