/* SPDX-License-Identifier: Apache-2.0 */
/* The file key of an age file: wrapped for X25519 recipients or with a passphrase. */
#include <string.h>

#include <sodium.h>

#include "base/err.h"
#include "seal/age_parts.h"

#define X25519_INFO EW_AGE__VERSION "/X25519"
#define SCRYPT_LABEL EW_AGE__VERSION "/scrypt"

enum {
    SALT = 16,
    LABEL = sizeof SCRYPT_LABEL - 1,
    BLOCK = 8, /* r of scrypt; p is 1 */
    AEAD_NONCE = crypto_aead_chacha20poly1305_ietf_NPUBBYTES
};

_Static_assert(AEAD_NONCE == 12, "as ew_age__chunk_nonce");
_Static_assert(crypto_aead_chacha20poly1305_ietf_ABYTES == EW_AGE__TAG, "as the header");

void ew_age__hkdf(uint8_t out[32], ew_slice ikm, ew_slice salt, const char *info)
{
    static const uint8_t one = 1;
    crypto_auth_hmacsha256_state h;
    uint8_t prk[crypto_auth_hmacsha256_BYTES];
    (void)crypto_auth_hmacsha256_init(&h, (const uint8_t *)salt.p, salt.n);
    (void)crypto_auth_hmacsha256_update(&h, (const uint8_t *)ikm.p, ikm.n);
    (void)crypto_auth_hmacsha256_final(&h, prk);
    (void)crypto_auth_hmacsha256_init(&h, prk, sizeof prk);
    (void)crypto_auth_hmacsha256_update(&h, (const uint8_t *)info, strlen(info));
    (void)crypto_auth_hmacsha256_update(&h, &one, 1);
    (void)crypto_auth_hmacsha256_final(&h, out);
    ew_wipe(prk, sizeof prk);
    ew_wipe(&h, sizeof h);
}

void ew_age__header_mac(uint8_t mac[EW_AGE__MAC], const uint8_t *file_key,
                        ew_slice covered)
{
    uint8_t key[32];
    ew_age__hkdf(key, (ew_slice){(const char *)file_key, EW_AGE__FILE_KEY},
                 (ew_slice){"", 0}, "header");
    crypto_auth_hmacsha256_state h;
    (void)crypto_auth_hmacsha256_init(&h, key, sizeof key);
    (void)crypto_auth_hmacsha256_update(&h, (const uint8_t *)covered.p, covered.n);
    (void)crypto_auth_hmacsha256_final(&h, mac);
    ew_wipe(key, sizeof key);
    ew_wipe(&h, sizeof h);
}

void ew_age__chunk_nonce(uint8_t nonce[12], uint64_t n, bool last)
{
    memset(nonce, 0, AEAD_NONCE);
    for (int i = 0; i < 8; i++)
        nonce[10 - i] = (uint8_t)(n >> 8 * i);
    nonce[11] = last;
}

static const uint8_t zero_nonce[AEAD_NONCE];

static void seal_key(uint8_t out[EW_AGE__WRAPPED], const uint8_t *file_key,
                     const uint8_t *wrap)
{
    (void)crypto_aead_chacha20poly1305_ietf_encrypt(out, NULL, file_key, EW_AGE__FILE_KEY,
                                                    NULL, 0, NULL, zero_nonce, wrap);
}

static bool open_key(uint8_t *file_key, const uint8_t *wrapped, const uint8_t *wrap)
{
    return crypto_aead_chacha20poly1305_ietf_decrypt(file_key, NULL, NULL, wrapped,
                                                     EW_AGE__WRAPPED, NULL, 0, zero_nonce,
                                                     wrap) == 0;
}

/* ------------------------------------------------------------------ X25519 */

/* The key that wraps, from our half of the secret and theirs. False when the result is zero. */
static bool agree(uint8_t wrap[32], const uint8_t *secret, const uint8_t *theirs,
                  const uint8_t salt[2 * EW_AGE_KEY])
{
    uint8_t shared[EW_AGE_KEY];
    bool ok = crypto_scalarmult(shared, secret, theirs) == 0;
    if (ok)
        ew_age__hkdf(wrap, (ew_slice){(const char *)shared, sizeof shared},
                     (ew_slice){(const char *)salt, 2 * EW_AGE_KEY}, X25519_INFO);
    ew_wipe(shared, sizeof shared);
    return ok;
}

static ew_code wrap_x25519(ew_buf *header, const uint8_t *recipient,
                           const uint8_t *file_key, ew_err *err)
{
    uint8_t secret[EW_AGE_KEY];
    uint8_t wrap[32];
    uint8_t salt[2 * EW_AGE_KEY]; /* share, recipient */
    uint8_t body[EW_AGE__WRAPPED];
    ew_code code = ew_random(secret, sizeof secret, err);
    memcpy(salt + EW_AGE_KEY, recipient, EW_AGE_KEY);
    if (code == EW_OK && (crypto_scalarmult_base(salt, secret) != 0 ||
                          !agree(wrap, secret, recipient, salt)))
        code = ew_fail(err, EW_E_ARG, 0, "a recipient is no key to encrypt to");
    if (code == EW_OK) {
        seal_key(body, file_key, wrap);
        code = ew_buf_printf(header, err, "-> X25519 ");
    }
    if (code == EW_OK)
        code = ew_age__append_base64(header, salt, EW_AGE_KEY, err);
    if (code == EW_OK)
        code = ew_buf_append(header, "\n", 1, err);
    if (code == EW_OK)
        code = ew_age__append_base64(header, body, sizeof body, err);
    if (code == EW_OK)
        code = ew_buf_append(header, "\n", 1, err);
    ew_wipe(secret, sizeof secret);
    ew_wipe(wrap, sizeof wrap);
    return code;
}

static ew_code bad_stanza(ew_err *err)
{
    return ew_fail(err, EW_E_FORMAT, 0, "a recipient stanza of the age file is damaged");
}

static ew_code unwrap_x25519(const ew_age__stanza *s, const ew_age_identities *ids,
                             uint8_t *file_key, bool *found, ew_err *err)
{
    uint8_t wrap[32];
    uint8_t salt[2 * EW_AGE_KEY];
    size_t n = 0;
    if (s->arg_count != 1 || !ew_age__base64(s->args[0], salt, EW_AGE_KEY, &n) ||
        n != EW_AGE_KEY || s->body_n != EW_AGE__WRAPPED)
        return bad_stanza(err);
    ew_code code = EW_OK;
    for (size_t i = 0; ids != NULL && i < ids->n && !*found && code == EW_OK; i++) {
        const uint8_t *id = (const uint8_t *)ids->keys.bytes + i * EW_AGE_KEY;
        if (crypto_scalarmult_base(salt + EW_AGE_KEY, id) != 0 ||
            !agree(wrap, id, salt, salt))
            code = bad_stanza(err);
        else
            *found = open_key(file_key, s->body, wrap);
    }
    ew_wipe(wrap, sizeof wrap);
    return code;
}

/* ------------------------------------------------------------------ scrypt */

static ew_code stretch(uint8_t wrap[32], const ew_secret *pass,
                       const uint8_t salt[LABEL + SALT], unsigned work, ew_err *err)
{
    if (crypto_pwhash_scryptsalsa208sha256_ll((const uint8_t *)pass->bytes, pass->n, salt,
                                              LABEL + SALT, UINT64_C(1) << work, BLOCK, 1,
                                              wrap, 32) != 0)
        return ew_fail(err, EW_E_NOMEM, 0, "out of memory for the passphrase (%u MiB)",
                       work > 10 ? 1u << (work - 10) : 1u);
    return EW_OK;
}

static ew_code wrap_scrypt(ew_buf *header, const ew_age_closing *how,
                           const uint8_t *file_key, ew_err *err)
{
    uint8_t wrap[32];
    uint8_t salt[LABEL + SALT];
    uint8_t body[EW_AGE__WRAPPED];
    if (how->work < 1 || how->work > EW_AGE_WORK_MAX || how->pass->n == 0)
        return ew_fail(err, EW_E_ARG, 0, "no passphrase, or no such work factor");
    memcpy(salt, SCRYPT_LABEL, LABEL);
    ew_code code = ew_random(salt + LABEL, SALT, err);
    if (code == EW_OK)
        code = stretch(wrap, how->pass, salt, how->work, err);
    if (code == EW_OK) {
        seal_key(body, file_key, wrap);
        code = ew_buf_printf(header, err, "-> scrypt ");
    }
    if (code == EW_OK)
        code = ew_age__append_base64(header, salt + LABEL, SALT, err);
    if (code == EW_OK)
        code = ew_buf_printf(header, err, " %u\n", how->work);
    if (code == EW_OK)
        code = ew_age__append_base64(header, body, sizeof body, err);
    if (code == EW_OK)
        code = ew_buf_append(header, "\n", 1, err);
    ew_wipe(wrap, sizeof wrap);
    return code;
}

/* Digits without a leading zero; the limit stands before any work is done. */
static ew_code read_work(ew_slice s, uint64_t *work, ew_err *err)
{
    if (s.n == 0 || s.p[0] == '0' || strspn(s.p, "0123456789") < s.n)
        return bad_stanza(err);
    if (!ew_slice_u64(s, work) || *work > EW_AGE_WORK_MAX)
        return ew_fail(err, EW_E_LIMIT, 0,
                       "the age file asks for more work than 2^%d for its passphrase",
                       (int)EW_AGE_WORK_MAX);
    return EW_OK;
}

static ew_code unwrap_scrypt(const ew_age__stanza *s, const ew_secret *pass,
                             uint8_t *file_key, bool *found, ew_err *err)
{
    uint8_t wrap[32];
    uint8_t salt[LABEL + SALT];
    uint64_t work = 0;
    size_t n = 0;
    memcpy(salt, SCRYPT_LABEL, LABEL);
    if (s->arg_count != 2 || !ew_age__base64(s->args[0], salt + LABEL, SALT, &n) ||
        n != SALT || s->body_n != EW_AGE__WRAPPED)
        return bad_stanza(err);
    ew_code code = read_work(s->args[1], &work, err);
    if (code == EW_OK && pass != NULL) {
        code = stretch(wrap, pass, salt, (unsigned)work, err);
        *found = code == EW_OK && open_key(file_key, s->body, wrap);
    }
    ew_wipe(wrap, sizeof wrap);
    return code;
}

/* ------------------------------------------------------------------ all */

/* A passphrase promises who wrote the file, so nobody else may be able to. */
static bool mixed(const ew_age__header *h)
{
    ew_slice rest = h->stanzas;
    ew_age__stanza s;
    size_t all = 0;
    size_t scrypt = 0;
    for (; ew_age__take_stanza(&rest, &s); all++)
        scrypt += ew_slice_is(s.type, "scrypt");
    return scrypt > 0 && all > 1;
}

ew_code ew_age__unwrap(const ew_age__header *h, const ew_age_opening *with,
                       uint8_t *file_key, ew_err *err)
{
    ew_slice rest = h->stanzas;
    ew_age__stanza s;
    bool found = false;
    ew_code code = mixed(h) ? bad_stanza(err) : EW_OK;
    while (code == EW_OK && !found && ew_age__take_stanza(&rest, &s)) {
        if (ew_slice_is(s.type, "X25519"))
            code = unwrap_x25519(&s, with->identities, file_key, &found, err);
        else if (ew_slice_is(s.type, "scrypt"))
            code = unwrap_scrypt(&s, with->pass, file_key, &found, err);
    }
    if (code == EW_OK && !found)
        code = ew_fail(err, EW_E_NOTFOUND, 0,
                       with->pass != NULL ? "the passphrase is wrong"
                                          : "none of the identities opens the age file");
    return code;
}

ew_code ew_age__wrap(ew_buf *header, const ew_age_closing *how, const uint8_t *file_key,
                     ew_err *err)
{
    const ew_age_recipients *to = how->recipients;
    if ((to != NULL) == (how->pass != NULL) || (to != NULL && to->n == 0))
        return ew_fail(err, EW_E_ARG, 0,
                       "an age file is for recipients or under a passphrase");
    ew_code code = to == NULL ? wrap_scrypt(header, how, file_key, err) : EW_OK;
    for (size_t i = 0; to != NULL && i < to->n && code == EW_OK; i++)
        code = wrap_x25519(header, to->keys[i], file_key, err);
    return code;
}
