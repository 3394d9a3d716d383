/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures of ssh-keygen and minisign: theirs are read, ours come back, and whatever is changed
 * is refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "seal/event_check.h"
#include "seal/sshsig.h"
#include "support.h"
#include "vec_signatures.h"

static ew_signer *signer(const char *name)
{
    static const uint8_t seed[EW_ED25519_SEED] = {7};
    ew_signer *s = NULL;
    assert_int_equal(ew_signer_new(&s, ew_slice_of(name), EW_SIG_ED25519, seed, NULL),
                     EW_OK);
    return s;
}

static bool ssh_good(const char *armored, const char *message)
{
    ew_sshsig s;
    bool good = false;
    if (ew_sshsig_parse(&s, ew_slice_of(armored), NULL) != EW_OK)
        return false;
    assert_int_equal(ew_sshsig_check(&s, ew_slice_of(message), &good, NULL), EW_OK);
    return good;
}

static void test_ssh_of_others(void **state)
{
    (void)state;
    ew_pubkey key;
    ew_sshsig s;
    assert_true(ssh_good(vec_sha512, vec_message));
    assert_true(ssh_good(vec_sha256, vec_message));
    assert_false(ssh_good(vec_sha512, "I did write this.\n"));
    assert_int_equal(ew_pubkey_parse(&key, ew_slice_of(vec_ssh_key), NULL), EW_OK);
    assert_int_equal(ew_sshsig_parse(&s, ew_slice_of(vec_sha512), NULL), EW_OK);
    assert_memory_equal(s.key, key.key, EW_ED25519_KEY);
    assert_string_equal(key.name, "ann@example");
}

/* Row 18: a signature made for something else is no signature for us. */
static void row_18_sshsig_of_another_namespace(void **state)
{
    (void)state;
    ew_sshsig s;
    ew_err err;
    assert_int_equal(ew_sshsig_parse(&s, ew_slice_of(vec_other_use), &err), EW_E_FORMAT);
    assert_non_null(strstr(err.text, "namespace"));
    static const char *const others[] = {vec_rsa, vec_ecdsa};
    for (size_t i = 0; i < EW_COUNT(others); i++) {
        assert_int_equal(ew_sshsig_parse(&s, ew_slice_of(others[i]), &err), EW_E_FORMAT);
        assert_non_null(strstr(err.text, "ssh-ed25519"));
    }
}

/* Every bit of the armored form counts. */
static void test_every_bit(void **state)
{
    (void)state;
    char text[sizeof vec_sha512];
    for (size_t i = 0; i < 8 * (sizeof text - 1); i++) {
        memcpy(text, vec_sha512, sizeof text);
        text[i / 8] = (char)(text[i / 8] ^ (1 << i % 8));
        if (ssh_good(text, vec_message))
            fail_msg("bit %zu", i);
    }
    for (size_t n = 0; n < sizeof text - 1; n++) {
        ew_sshsig s;
        ew_slice part = {vec_sha512, n};
        assert_int_equal(ew_sshsig_parse(&s, part, NULL), EW_E_FORMAT);
    }
}

static ew_code ssh_work(void *arg, ew_err *err)
{
    ew_buf b;
    ew_sshsig s;
    bool good = false;
    ew_buf_init(&b, EW_SSHSIG_MAX);
    ew_slice message = ew_slice_of(vec_message);
    ew_code code = ew_sshsig_make(&b, message, arg, err);
    if (code == EW_OK)
        code = ew_sshsig_parse(&s, (ew_slice){(const char *)b.data, b.len}, err);
    if (code == EW_OK)
        code = ew_sshsig_check(&s, message, &good, err);
    assert_true(code != EW_OK || good);
    ew_buf_release(&b);
    return code;
}

static ew_code mini_work(void *arg, ew_err *err)
{
    ew_buf b;
    ew_minisig s;
    bool good = false;
    const ew_vkey *key = ew_signer_vkey(arg);
    ew_buf_init(&b, EW_MINISIGN_MAX);
    ew_slice message = ew_slice_of(vec_message);
    ew_code code = ew_minisig_make(&b, message, ew_slice_of("of today"), arg, err);
    if (code == EW_OK)
        code = ew_minisig_parse(&s, (ew_slice){(const char *)b.data, b.len}, err);
    if (code == EW_OK)
        code = ew_minisig_check(&s, key->key, message, &good, err);
    assert_true(code != EW_OK || good);
    ew_buf_release(&b);
    return code;
}

static void test_ours(void **state)
{
    (void)state;
    ew_signer *by = signer("ann");
    ew_buf b;
    assert_true(test_torture_alloc(ssh_work, by, 0) > 5);
    assert_true(test_torture_alloc(mini_work, by, 0) > 3);
    ew_buf_init(&b, EW_MINISIGN_MAX);
    assert_int_equal(
        ew_minisig_make(&b, ew_slice_of("x"), ew_slice_of("two\nlines"), by, NULL),
        EW_E_ARG);
    ew_buf_release(&b);
    ew_signer_free(by);
}

static bool mini_good(const char *file, const char *message, const ew_pubkey *key)
{
    ew_minisig s;
    bool good = false;
    if (ew_minisig_parse(&s, ew_slice_of(file), NULL) != EW_OK ||
        memcmp(s.id, key->minisign, EW_MINISIGN_ID) != 0)
        return false;
    assert_int_equal(ew_minisig_check(&s, key->key, ew_slice_of(message), &good, NULL),
                     EW_OK);
    return good;
}

static void test_minisign_of_others(void **state)
{
    (void)state;
    ew_pubkey key;
    char text[sizeof vec_minisign];
    assert_int_equal(ew_pubkey_parse(&key, ew_slice_of(vec_minisign_key), NULL), EW_OK);
    assert_int_equal(key.form, EW_PUBKEY_MINISIGN);
    assert_true(mini_good(vec_minisign, vec_message, &key));
    assert_true(mini_good(vec_minisign_old, vec_message, &key));
    assert_false(mini_good(vec_minisign, "", &key));
    assert_false(mini_good(vec_minisign_old, "", &key));
    /* Of all that is changed only the comment that nobody signed may be. */
    size_t free_from = strlen("untrusted comment: ");
    size_t free_to = (size_t)(strchr(vec_minisign, '\n') - vec_minisign);
    for (size_t i = 0; i < 8 * (sizeof text - 1); i++) {
        memcpy(text, vec_minisign, sizeof text);
        text[i / 8] = (char)(text[i / 8] ^ (1 << i % 8));
        if (mini_good(text, vec_message, &key) && (i / 8 < free_from || i / 8 >= free_to))
            fail_msg("bit %zu", i);
    }
}

static void test_keys(void **state)
{
    (void)state;
    ew_pubkey k;
    ew_pubkey back;
    ew_vkey v;
    ew_err err;
    ew_buf b;
    ew_buf_init(&b, 1024);
    assert_int_equal(ew_pubkey_parse(&k, ew_slice_of(vec_ssh_key), NULL), EW_OK);
    assert_true(ew_pubkey_sound(&k));
    assert_int_equal(ew_pubkey_vkey(&k, &v, NULL), EW_OK);
    assert_int_equal(ew_vkey_append(&b, &v, NULL), EW_OK);
    assert_int_equal(
        ew_pubkey_parse(&back, (ew_slice){(const char *)b.data, b.len}, NULL), EW_OK);
    assert_int_equal(back.form, EW_PUBKEY_VKEY);
    assert_memory_equal(back.key, k.key, sizeof k.key);
    assert_memory_equal(back.minisign, k.minisign, EW_MINISIGN_ID);
    ew_buf_reset(&b);
    assert_int_equal(ew_minisign_key_append(&b, k.minisign, k.key, NULL), EW_OK);
    assert_int_equal(ew_buf_append(&b, "\n", 1, NULL), EW_OK);
    assert_int_equal(
        ew_pubkey_parse(&back, (ew_slice){(const char *)b.data, b.len}, NULL), EW_OK);
    assert_int_equal(back.form, EW_PUBKEY_MINISIGN);
    assert_memory_equal(back.key, k.key, sizeof k.key);
    assert_int_equal(ew_pubkey_parse(&k, ew_slice_of(vec_rsa_key), &err), EW_E_FORMAT);
    assert_non_null(strstr(err.text, "ssh-ed25519"));
    static const char *const bad[] = {
        "",     "\n",    "ssh-ed25519 ",          "ssh-ed25519",
        "RWQ=", "a+b+c", "untrusted comment: x\n"};
    for (size_t i = 0; i < EW_COUNT(bad); i++)
        assert_int_equal(ew_pubkey_parse(&k, ew_slice_of(bad[i]), NULL), EW_E_FORMAT);
    /* The neutral element: every message would be signed by it. */
    memset(&k, 0, sizeof k);
    k.key[0] = 1;
    assert_false(ew_pubkey_sound(&k));
    ew_buf_release(&b);
}

/* "KEY" in the text stands for a key. How many keys are taken; SIZE_MAX: refused. */
static size_t ring(const char *text, ew_err *err)
{
    static ew_keyring r;
    char full[4096];
    const char *at = strstr(text, "KEY");
    if (at != NULL)
        (void)snprintf(full, sizeof full, "%.*s%.80s%s", (int)(at - text), text,
                       vec_ssh_key, at + 3);
    else
        (void)snprintf(full, sizeof full, "%s", text);
    return ew_keyring_parse(&r, ew_slice_of(full), err) == EW_OK ? r.n : SIZE_MAX;
}

static void test_keyrings(void **state)
{
    (void)state;
    ew_err err;
    assert_int_equal(ring("", &err), 0);
    assert_int_equal(ring("# none\n\n \t\n", &err), 0);
    assert_int_equal(ring("KEY", &err), 1);
    assert_int_equal(ring("KEY ann@example\n", &err), 1);
    assert_int_equal(ring("ann@example KEY\n", &err), 1);
    assert_int_equal(ring("ann@example namespaces=\"earwitness\" KEY\n", &err), 1);
    assert_int_equal(ring("ann@example namespaces=\"git,earwitness\" KEY\n", &err), 1);
    assert_int_equal(ring("ann@example namespaces=\"*\" KEY\n", &err), 1);
    assert_int_equal(ring("ann@example namespaces=\"git\" KEY\n", &err), 0);
    assert_int_equal(ring("ann@example ssh-rsa AAAA\n", &err), 0);
    assert_int_equal(ring("ssh-rsa AAAA\n", &err), 0);
    assert_int_equal(ring("ann@example cert-authority KEY\n", &err), SIZE_MAX);
    assert_int_equal(
        ring("ann@example namespaces=\"earwitness\",valid-before=\"2020\" KEY\n", &err),
        SIZE_MAX);
    assert_int_equal(ring("#\nann@example valid-before=\"2020\" KEY\n", &err), SIZE_MAX);
    assert_int_equal(err.pos, 2);
    assert_int_equal(ring("ann@example\n", &err), SIZE_MAX);
}

/* ------------------------------------------------------------------ events */

static const char event_text[] = "earwitness-event/v1\nkind statement\n"
                                 "time 2026-11-22T07:00:00Z\ntext So it is.\n";

typedef struct signed_event {
    ew_buf note, ssh;
    ew_signer *by;
    ew_keyring keys;
    ew_pubkey vkey, sshkey;
} signed_event;

static signed_event *make_event(void)
{
    signed_event *s = calloc(1, sizeof *s);
    ew_buf b;
    s->by = signer("desk.example/statement");
    ew_buf_init(&s->note, EW_NOTE_MAX);
    ew_buf_init(&s->ssh, EW_NOTE_MAX);
    ew_buf_init(&b, 1024);
    assert_int_equal(ew_note_make(&s->note, ew_slice_of(event_text), s->by, NULL), EW_OK);
    assert_int_equal(ew_buf_printf(&s->ssh, NULL, "%s\n", event_text), EW_OK);
    assert_int_equal(ew_sshsig_make(&s->ssh, ew_slice_of(event_text), s->by, NULL),
                     EW_OK);
    assert_int_equal(ew_vkey_append(&b, ew_signer_vkey(s->by), NULL), EW_OK);
    assert_int_equal(
        ew_pubkey_parse(&s->vkey, (ew_slice){(const char *)b.data, b.len}, NULL), EW_OK);
    ew_buf_reset(&b);
    assert_int_equal(ew_ssh_key_append(&b, ew_signer_vkey(s->by)->key, NULL), EW_OK);
    assert_int_equal(
        ew_pubkey_parse(&s->sshkey, (ew_slice){(const char *)b.data, b.len}, NULL),
        EW_OK);
    ew_buf_release(&b);
    return s;
}

static void free_event(signed_event *s)
{
    ew_buf_release(&s->note);
    ew_buf_release(&s->ssh);
    ew_signer_free(s->by);
    free(s);
}

static ew_verdict_state judge(const ew_buf *file, const ew_keyring *keys)
{
    ew_event_answer a;
    ew_event_in in = {.file = {(const char *)file->data, file->len}, .keys = keys};
    assert_int_equal(ew_event_check(&in, &a, NULL), EW_OK);
    assert_true((a.state == EW_VERIFIED) == (a.reason[0] == 0));
    return a.state;
}

static void test_whose_event(void **state)
{
    (void)state;
    signed_event *s = make_event();
    assert_int_equal(judge(&s->note, NULL), EW_UNVOUCHED);
    assert_int_equal(judge(&s->ssh, NULL), EW_UNVOUCHED);
    assert_int_equal(judge(&s->note, &s->keys), EW_UNVOUCHED);
    assert_int_equal(judge(&s->ssh, &s->keys), EW_UNVOUCHED);
    s->keys.n = 1;
    s->keys.keys[0] = s->sshkey;
    assert_int_equal(judge(&s->ssh, &s->keys), EW_VERIFIED);
    assert_int_equal(judge(&s->note, &s->keys), EW_UNVOUCHED);
    s->keys.keys[0] = s->vkey;
    assert_int_equal(judge(&s->ssh, &s->keys), EW_UNVOUCHED);
    assert_int_equal(judge(&s->note, &s->keys), EW_VERIFIED);
    /* A changed word. */
    char *word = strstr((char *)s->note.data, "So it");
    word[0] = 'N';
    assert_int_equal(judge(&s->note, &s->keys), EW_BROKEN);
    assert_int_equal(judge(&s->note, NULL), EW_UNVOUCHED); /* who knows? */
    word = strstr((char *)s->ssh.data, "So it");
    word[0] = 'N';
    assert_int_equal(judge(&s->ssh, NULL), EW_BROKEN);
    s->ssh.len -= 10;
    assert_int_equal(judge(&s->ssh, NULL), EW_BROKEN);
    free_event(s);
}

/* A policy that revokes the key: only what was on record before still counts. */
static void test_revoked(void **state)
{
    (void)state;
    signed_event *s = make_event();
    ew_event_answer a;
    ew_policy *p = NULL;
    ew_buf b;
    ew_buf_init(&b, 4096);
    ew_vkey v = *ew_signer_vkey(s->by);
    assert_int_equal(ew_buf_printf(&b, NULL, "#!earwitness statement "), EW_OK);
    assert_int_equal(ew_vkey_append(&b, &v, NULL), EW_OK);
    assert_int_equal(ew_buf_printf(&b, NULL, "\n#!earwitness revoked "), EW_OK);
    assert_int_equal(ew_vkey_append(&b, &v, NULL), EW_OK);
    assert_int_equal(
        ew_buf_printf(&b, NULL, " since 2026-01-01T00:00:00Z\nquorum none\n"), EW_OK);
    assert_int_equal(ew_policy_parse(&p, b.data, b.len, NULL), EW_OK);
    ew_event_in in = {.file = {(const char *)s->note.data, s->note.len}, .policy = p};
    assert_int_equal(ew_event_check(&in, &a, NULL), EW_OK);
    assert_int_equal(a.state, EW_UNVOUCHED);
    assert_true(a.revoked);
    assert_int_equal(a.since, 1767225600);
    assert_string_equal(a.by, "desk.example/statement");
    ew_policy_free(p);
    ew_buf_release(&b);
    free_event(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ssh_of_others),
        cmocka_unit_test(row_18_sshsig_of_another_namespace),
        cmocka_unit_test(test_every_bit),
        cmocka_unit_test(test_ours),
        cmocka_unit_test(test_minisign_of_others),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_keyrings),
        cmocka_unit_test(test_whose_event),
        cmocka_unit_test(test_revoked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
