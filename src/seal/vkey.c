/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of signed notes. */
#include "seal/vkey.h"

#include <string.h>

#include <sodium.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/utf8.h"

struct ew_signer {
    ew_vkey pub;
    uint8_t *secret; /* of crypto_sign, sodium_malloc */
};

static bool is_space(uint32_t c)
{
    return c <= 0x20 || c == 0x7F || (c >= 0x80 && c <= 0xA0) || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
           c == 0x205F || c == 0x3000;
}

bool ew_key_name_ok(ew_slice name)
{
    uint32_t c;
    if (name.n == 0 || name.n > EW_KEY_NAME_MAX)
        return false;
    while (name.n > 0) {
        size_t n = ew_utf8_next(name.p, name.n, &c);
        if (n == 0 || c == '+' || is_space(c))
            return false;
        name.p += n;
        name.n -= n;
    }
    return true;
}

/* First four bytes of SHA-256 over name, line feed, type, key. */
static void make_id(ew_vkey *k)
{
    crypto_hash_sha256_state state;
    uint8_t out[crypto_hash_sha256_BYTES];
    uint8_t between[2] = {'\n', k->type};
    (void)crypto_hash_sha256_init(&state);
    (void)crypto_hash_sha256_update(&state, (const uint8_t *)k->name, strlen(k->name));
    (void)crypto_hash_sha256_update(&state, between, sizeof between);
    (void)crypto_hash_sha256_update(&state, k->key, sizeof k->key);
    (void)crypto_hash_sha256_final(&state, out);
    memcpy(k->id, out, EW_KEY_ID);
}

ew_code ew_vkey_init(ew_vkey *k, ew_slice name, uint8_t type,
                     const uint8_t key[EW_ED25519_KEY], ew_err *err)
{
    memset(k, 0, sizeof *k);
    if (!ew_key_name_ok(name))
        return ew_fail(err, EW_E_ARG, 0,
                       "a key's name has 1 to %d bytes, and neither spaces nor '+'",
                       (int)EW_KEY_NAME_MAX);
    memcpy(k->name, name.p, name.n);
    k->type = type;
    memcpy(k->key, key, sizeof k->key);
    make_id(k);
    return EW_OK;
}

/* The lower-case hex of the id, and a '+'. */
static bool take_id(ew_slice *text, uint8_t id[EW_KEY_ID])
{
    enum { DIGITS = 2 * EW_KEY_ID };
    char hex[DIGITS + 1] = "";
    char again[DIGITS + 1];
    if (text->n <= DIGITS || text->p[DIGITS] != '+')
        return false;
    memcpy(hex, text->p, DIGITS);
    if (ew_unhex(hex, id, EW_KEY_ID) != 0)
        return false;
    ew_hex(id, EW_KEY_ID, again);
    text->p += DIGITS + 1;
    text->n -= DIGITS + 1;
    return strcmp(hex, again) == 0;
}

ew_code ew_vkey_parse(ew_vkey *k, ew_slice text, ew_err *err)
{
    const char *plus = text.n > 0 ? memchr(text.p, '+', text.n) : NULL;
    uint8_t raw[1 + EW_ED25519_KEY];
    uint8_t id[EW_KEY_ID];
    if (plus == NULL)
        return ew_fail(err, EW_E_FORMAT, 0, "not a public key of the form name+id+key");
    ew_slice name = {text.p, (size_t)(plus - text.p)};
    text.n -= name.n + 1;
    text.p = plus + 1;
    if (!ew_key_name_ok(name) || !take_id(&text, id))
        return ew_fail(err, EW_E_FORMAT, 0, "not a public key of the form name+id+key");
    size_t n = 0;
    if (!ew_slice_base64_any(text, raw, sizeof raw, &n) || n != sizeof raw ||
        (raw[0] != EW_SIG_ED25519 && raw[0] != EW_SIG_COSIGNATURE))
        return ew_fail(err, EW_E_FORMAT, 0, "a public key of a kind that is not known");
    ew_code code = ew_vkey_init(k, name, raw[0], raw + 1, err);
    if (code == EW_OK && memcmp(k->id, id, EW_KEY_ID) != 0)
        code = ew_fail(err, EW_E_FORMAT, 0, "the public key and its id do not agree");
    return code;
}

ew_code ew_vkey_append(ew_buf *b, const ew_vkey *k, ew_err *err)
{
    uint8_t raw[1 + EW_ED25519_KEY];
    char hex[2 * EW_KEY_ID + 1];
    raw[0] = k->type;
    memcpy(raw + 1, k->key, sizeof k->key);
    ew_hex(k->id, EW_KEY_ID, hex);
    ew_code code = ew_buf_printf(b, err, "%s+%s+", k->name, hex);
    return code == EW_OK ? ew_base64_append(b, raw, sizeof raw, err) : code;
}

bool ew_vkey_same(const ew_vkey *a, const ew_vkey *b)
{
    return a->type == b->type && strcmp(a->name, b->name) == 0 &&
           memcmp(a->key, b->key, sizeof a->key) == 0;
}

ew_code ew_signer_new(ew_signer **out, ew_slice name, uint8_t type,
                      const uint8_t seed[EW_ED25519_SEED], ew_err *err)
{
    uint8_t pub[EW_ED25519_KEY];
    if (sodium_init() < 0)
        return ew_fail(err, EW_E_BUG, 0, "the cryptography library does not start");
    ew_signer *s = ew_alloc(sizeof *s);
    if (s == NULL)
        return ew_fail_nomem(err);
    s->secret = sodium_malloc(crypto_sign_SECRETKEYBYTES);
    ew_code code = EW_OK;
    if (s->secret == NULL)
        code = ew_fail_nomem(err);
    if (code == EW_OK && crypto_sign_seed_keypair(pub, s->secret, seed) != 0)
        code = ew_fail(err, EW_E_BUG, 0, "the cryptography library refuses a key");
    if (code == EW_OK)
        code = ew_vkey_init(&s->pub, name, type, pub, err);
    if (code != EW_OK) {
        ew_signer_free(s);
        return code;
    }
    *out = s;
    return EW_OK;
}

const ew_vkey *ew_signer_vkey(const ew_signer *s)
{
    return &s->pub;
}

void ew_signer_sign(const ew_signer *s, const void *bytes, size_t n,
                    uint8_t sig[EW_ED25519_SIG])
{
    (void)crypto_sign_detached(sig, NULL, bytes, n, s->secret);
}

void ew_signer_free(ew_signer *s)
{
    if (s == NULL)
        return;
    sodium_free(s->secret);
    ew_free(s);
}

bool ew_ed25519_check(const uint8_t key[EW_ED25519_KEY], const void *bytes, size_t n,
                      const uint8_t sig[EW_ED25519_SIG])
{
    return crypto_sign_verify_detached(sig, bytes, n, key) == 0;
}
