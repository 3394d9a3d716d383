/* SPDX-License-Identifier: Apache-2.0 */
/* Signed notes and their keys: the worked example of Go's note package, all edge cases of
 * Ed25519, and every way in which a note can be wrong. */
#include "seal/note.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "signers.h"
#include "vectors.h"

#define DASH "\xE2\x80\x94"
#define PETER "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define PETER_SIG                                                                        \
    DASH " PeterNeumann "                                                                \
         "x08go/ZJkuBS9UG/"                                                              \
         "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6Ry"          \
         "yBwJnAM=\n"
#define TEXT                                                                             \
    "If you think cryptography is the answer to your problem,\n"                         \
    "then you don't know what your problem is.\n"

static ew_note *parsed(const char *bytes)
{
    ew_note *note = NULL;
    ew_err err;
    if (ew_note_parse(&note, bytes, strlen(bytes), &err) != EW_OK)
        fail_msg("%s", err.text);
    return note;
}

static ew_sig_state state_of(const char *bytes, const ew_vkey *key)
{
    ew_note *note = parsed(bytes);
    ew_sig_state state = ew_note_check(note, key, NULL);
    ew_note_free(note);
    return state;
}

static void test_known_note(void **state)
{
    (void)state;
    ew_vkey key;
    ew_buf again;
    ew_buf_init(&again, 1000);
    assert_int_equal(ew_vkey_parse(&key, ew_slice_of(PETER), NULL), EW_OK);
    assert_string_equal(key.name, "PeterNeumann");
    assert_int_equal(ew_vkey_append(&again, &key, NULL), EW_OK);
    assert_string_equal((char *)again.data, PETER);
    assert_int_equal(state_of(TEXT "\n" PETER_SIG, &key), EW_SIG_GOOD);
    assert_int_equal(state_of(TEXT "!\n\n" PETER_SIG, &key), EW_SIG_BAD);
    /* Only one of name and id being known is a stranger. */
    key.id[0] ^= 1;
    assert_int_equal(state_of(TEXT "\n" PETER_SIG, &key), EW_SIG_ABSENT);
    key.id[0] ^= 1;
    key.name[0] = 'p';
    assert_int_equal(state_of(TEXT "\n" PETER_SIG, &key), EW_SIG_ABSENT);
    ew_buf_release(&again);
}

static void test_bad_vkeys(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "+",
        "++",
        "a+b",
        "PeterNeumann+c74f20a3+",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TX",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n",
        "PeterNeumann+c74f20a+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    };
    ew_vkey key;
    for (size_t i = 0; i < EW_COUNT(bad); i++)
        if (ew_vkey_parse(&key, ew_slice_of(bad[i]), NULL) != EW_E_FORMAT)
            fail_msg("'%s' is taken for a key", bad[i]);
    assert_true(ew_key_name_ok(ew_slice_of("desk.example/log")));
    assert_false(ew_key_name_ok(ew_slice_of("")));
    assert_false(ew_key_name_ok(ew_slice_of("a+b")));
    assert_false(ew_key_name_ok(ew_slice_of("a\xC2\xA0"
                                            "b")));
    assert_false(ew_key_name_ok(ew_slice_of("a\xE3\x80\x80"
                                            "b")));
    assert_false(ew_key_name_ok(ew_slice_of("a\xFF")));
}

/* Row 15 of the attacks, the part that is about the form. */
static void row_15_malformed_notes(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "\n",
        "\n\n",
        TEXT,
        TEXT "\n",
        TEXT PETER_SIG,
        TEXT "\n" PETER_SIG "x",
        TEXT "\n" PETER_SIG "\n",
        TEXT "\n" DASH " PeterNeumann\n",
        TEXT "\n" DASH " PeterNeumann \n",
        TEXT "\n" DASH "  x08go/Y=\n",
        TEXT "\n" DASH " a+b x08go/ZJ\n",
        TEXT "\n" DASH " PeterNeumann x08g\n",
        TEXT "\n" DASH " PeterNeumann x08gow==\n",
        TEXT "\n" DASH " PeterNeumann x08go/ZJ \n",
        TEXT "\n- PeterNeumann x08go/ZJ\n",
        "carriage\r\n\n" PETER_SIG,
        "tab\t\n\n" PETER_SIG,
        "\xFF\n\n" PETER_SIG,
        "\xC0\x80\n\n" PETER_SIG,
    };
    ew_err err;
    for (size_t i = 0; i < EW_COUNT(bad); i++) {
        ew_note *note = NULL;
        if (ew_note_parse(&note, bad[i], strlen(bad[i]), &err) != EW_E_FORMAT)
            fail_msg("'%s' is taken for a note", bad[i]);
    }
    ew_note *note = NULL;
    assert_int_equal(
        ew_note_parse(&note, "a\0b\n\n" PETER_SIG, sizeof "a\0b\n\n" PETER_SIG - 1, &err),
        EW_E_FORMAT);
    /* A known key's name and id with another signature: the note is to be rejected, even
     * beside a good one. */
    ew_vkey key;
    assert_int_equal(ew_vkey_parse(&key, ew_slice_of(PETER), NULL), EW_OK);
    assert_int_equal(
        state_of(TEXT "\n" PETER_SIG DASH " PeterNeumann x08go/ZJkuA=\n", &key),
        EW_SIG_BAD);
    /* A blank line in the text belongs to it. */
    note = parsed("a\n\nb\n\n" PETER_SIG);
    assert_int_equal(note->text.n, 5);
    ew_note_free(note);
}

static void test_many_signatures(void **state)
{
    (void)state;
    ew_signer *log = test_signer("desk.example/log", EW_SIG_ED25519, 1);
    ew_buf b;
    ew_buf_init(&b, EW_NOTE_MAX);
    assert_int_equal(ew_note_make(&b, ew_slice_of("text\n"), log, NULL), EW_OK);
    for (int i = 1; i < EW_NOTE_SIGS_MAX; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "w%d", i);
        ew_signer *w = test_signer(name, EW_SIG_COSIGNATURE, (uint8_t)i);
        assert_int_equal(ew_note_add(&b, w, 1000 + (uint64_t)i, NULL), EW_OK);
        uint64_t time = 0;
        ew_note *note = parsed((char *)b.data);
        assert_int_equal(note->sig_count, i + 1);
        assert_int_equal(ew_note_check(note, ew_signer_vkey(w), &time), EW_SIG_GOOD);
        assert_int_equal(time, 1000 + i);
        assert_int_equal(ew_note_check(note, ew_signer_vkey(log), &time), EW_SIG_GOOD);
        assert_int_equal(time, 0);
        ew_note_free(note);
        ew_signer_free(w);
    }
    assert_int_equal(ew_note_add(&b, log, 0, NULL), EW_OK);
    ew_note *note = NULL;
    assert_int_equal(ew_note_parse(&note, b.data, b.len, NULL), EW_E_LIMIT);
    ew_buf_release(&b);
    ew_signer_free(log);
    ew_err err;
    assert_int_equal(ew_note_parse(&note, "", EW_NOTE_MAX + 1, &err), EW_E_LIMIT);
}

static void test_bad_making(void **state)
{
    (void)state;
    ew_signer *log = test_signer("desk.example/log", EW_SIG_ED25519, 1);
    ew_buf b;
    ew_buf_init(&b, 4096);
    assert_int_equal(ew_note_make(&b, ew_slice_of("no end"), log, NULL), EW_E_ARG);
    assert_int_equal(ew_note_make(&b, ew_slice_of("a\r\n"), log, NULL), EW_E_ARG);
    assert_int_equal(ew_note_make(&b, ew_slice_of(""), log, NULL), EW_E_ARG);
    assert_int_equal(ew_note_add(&b, log, 0, NULL), EW_E_ARG);
    assert_int_equal(b.len, 0);
    ew_buf_release(&b);
    ew_signer_free(log);
    ew_signer *none = NULL;
    uint8_t seed[EW_ED25519_SEED] = {0};
    assert_int_equal(ew_signer_new(&none, ew_slice_of("a b"), 1, seed, NULL), EW_E_ARG);
    ew_signer_free(NULL);
    ew_note_free(NULL);
}

static ew_code whole_work(void *arg, ew_err *err)
{
    uint8_t seed[EW_ED25519_SEED] = {7};
    ew_signer *s = NULL;
    ew_note *note = NULL;
    ew_buf b;
    (void)arg;
    ew_buf_init(&b, 4096);
    ew_code code = ew_signer_new(&s, ew_slice_of("w"), EW_SIG_COSIGNATURE, seed, err);
    if (code == EW_OK)
        code = ew_note_make(&b, ew_slice_of(TEXT), s, err);
    if (code == EW_OK)
        code = ew_note_parse(&note, b.data, b.len, err);
    if (code == EW_OK)
        assert_int_equal(ew_note_check(note, ew_signer_vkey(s), NULL), EW_SIG_GOOD);
    ew_note_free(note);
    ew_buf_release(&b);
    ew_signer_free(s);
    return code;
}

static void test_faults(void **state)
{
    (void)state;
    assert_true(test_torture_alloc(whole_work, NULL, 0) >= 8);
}

/* Row 14: libsodium's rules for all of the edge cases. A vector is good exactly when its
 * points are neither of small order nor oddly encoded and no cofactor is needed. */
static bool strict(const json_t *vector)
{
    static const char *const refused[] = {"low_order_A", "low_order_R", "non_canonical_A",
                                          "non_canonical_R", "low_order_residue"};
    const json_t *flags = json_object_get(vector, "flags");
    for (size_t k = 0; k < json_array_size(flags); k++)
        for (size_t i = 0; i < EW_COUNT(refused); i++)
            if (strcmp(json_string_value(json_array_get(flags, k)), refused[i]) == 0)
                return false;
    return true;
}

static void row_14_ed25519_edge_cases(void **state)
{
    (void)state;
    json_t *all = vector_json(vector_need("cctv/ed25519/ed25519vectors.json"));
    size_t good = 0;
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *v = json_array_get(all, i);
        uint8_t key[EW_ED25519_KEY];
        uint8_t sig[EW_ED25519_SIG];
        const char *msg = json_string_value(json_object_get(v, "msg"));
        assert_int_equal(
            ew_unhex(json_string_value(json_object_get(v, "key")), key, sizeof key), 0);
        assert_int_equal(
            ew_unhex(json_string_value(json_object_get(v, "sig")), sig, sizeof sig), 0);
        bool ok = ew_ed25519_check(key, msg, strlen(msg), sig);
        if (ok != strict(v))
            fail_msg("vector %zu: %d", i, ok);
        good += ok;
    }
    print_message("# %zu Ed25519 vectors, %zu good\n", json_array_size(all), good);
    assert_int_equal(json_array_size(all), 914);
    assert_int_equal(good, 43);
    json_decref(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_note),
        cmocka_unit_test(test_bad_vkeys),
        cmocka_unit_test(row_15_malformed_notes),
        cmocka_unit_test(test_many_signatures),
        cmocka_unit_test(test_bad_making),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(row_14_ed25519_edge_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
