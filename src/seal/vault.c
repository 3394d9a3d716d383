/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets at rest. */
#include "seal/vault.h"

#include <string.h>

#include <sodium.h>

#include "base/alloc.h"

#define HEAD "earwitness-vault/v1"

enum {
    KEY = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    SALT = crypto_pwhash_SALTBYTES,
    PASSES_MAX = 16,
    MEMORY_MAX = 1 << 30,
    MEMORY_DEFAULT = 256 << 20
};

_Static_assert(EW_LOCKED_OVERHEAD == NONCE + TAG, "as the header says");

struct ew_vault {
    uint8_t *key; /* sodium_malloc */
};

static ew_code start(ew_err *err)
{
    if (sodium_init() < 0)
        return ew_fail(err, EW_E_BUG, 0, "the cryptography library does not start");
    return EW_OK;
}

ew_code ew_secret_init(ew_secret *s, size_t max, ew_err *err)
{
    *s = (ew_secret){0};
    ew_code code = start(err);
    if (code != EW_OK)
        return code;
    s->bytes = sodium_malloc(max > 0 ? max : 1);
    s->max = max;
    return s->bytes != NULL ? EW_OK : ew_fail_nomem(err);
}

void ew_secret_release(ew_secret *s)
{
    sodium_free(s->bytes);
    *s = (ew_secret){0};
}

void ew_wipe(void *bytes, size_t n)
{
    sodium_memzero(bytes, n);
}

ew_code ew_random(void *out, size_t n, ew_err *err)
{
    ew_code code = start(err);
    if (code == EW_OK)
        randombytes_buf(out, n);
    return code;
}

ew_vault_cost ew_vault_cost_default(void)
{
    return (ew_vault_cost){3, MEMORY_DEFAULT};
}

/* ------------------------------------------------------------------ locking */

static ew_code lock(const uint8_t *key, ew_slice label, const void *bytes, size_t n,
                    ew_buf *out, ew_err *err)
{
    uint8_t nonce[NONCE];
    uint8_t *box = ew_alloc(n + TAG);
    if (box == NULL)
        return ew_fail_nomem(err);
    randombytes_buf(nonce, sizeof nonce);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(
        box, NULL, bytes, n, (const uint8_t *)label.p, label.n, NULL, nonce, key);
    ew_code code = ew_buf_append(out, nonce, sizeof nonce, err);
    if (code == EW_OK)
        code = ew_buf_append(out, box, n + TAG, err);
    ew_free(box);
    return code;
}

/* False when it does not open. out: room for n - EW_LOCKED_OVERHEAD bytes. */
static bool unlock(const uint8_t *key, ew_slice label, const uint8_t *locked, size_t n,
                   void *out)
{
    return n >= EW_LOCKED_OVERHEAD &&
           crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, locked + NONCE,
                                                      n - NONCE, (const uint8_t *)label.p,
                                                      label.n, locked, key) == 0;
}

ew_code ew_vault_lock(const ew_vault *v, ew_slice label, const void *bytes, size_t n,
                      ew_buf *out, ew_err *err)
{
    return lock(v->key, label, bytes, n, out, err);
}

ew_code ew_vault_unlock(const ew_vault *v, ew_slice label, ew_slice locked,
                        ew_secret *out, ew_err *err)
{
    if (locked.n < EW_LOCKED_OVERHEAD || locked.n - EW_LOCKED_OVERHEAD > out->max ||
        !unlock(v->key, label, (const uint8_t *)locked.p, locked.n, out->bytes))
        return ew_fail(err, EW_E_FORMAT, 0, "a secret of the desk is damaged");
    out->n = locked.n - EW_LOCKED_OVERHEAD;
    return EW_OK;
}

/* ------------------------------------------------------------------ vaults */

typedef struct kdf {
    uint64_t passes, bytes;
    uint8_t salt[SALT];
} kdf;

static ew_code new_vault(ew_vault **out, ew_err *err)
{
    ew_vault *v = ew_alloc(sizeof *v);
    if (v == NULL)
        return ew_fail_nomem(err);
    v->key = sodium_malloc(KEY);
    if (v->key == NULL) {
        ew_free(v);
        return ew_fail_nomem(err);
    }
    *out = v;
    return EW_OK;
}

/* The key that the passphrase gives; free with sodium_free. */
static ew_code stretch(const ew_secret *pass, const kdf *k, uint8_t **out, ew_err *err)
{
    uint8_t *key = sodium_malloc(KEY);
    if (key == NULL)
        return ew_fail_nomem(err);
    if (crypto_pwhash(key, KEY, pass->bytes, pass->n, k->salt, k->passes,
                      (size_t)k->bytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        sodium_free(key);
        return ew_fail(err, EW_E_NOMEM, 0, "out of memory for the passphrase (%ju MiB)",
                       (uintmax_t)(k->bytes >> 20));
    }
    *out = key;
    return EW_OK;
}

/* All but the last line, which the wrapped key is bound to. */
static ew_code append_head(ew_buf *b, const kdf *k, ew_err *err)
{
    ew_code code = ew_buf_printf(b, err, HEAD "\nkdf argon2id passes=%ju bytes=%ju salt=",
                                 (uintmax_t)k->passes, (uintmax_t)k->bytes);
    if (code == EW_OK)
        code = ew_base64_append(b, k->salt, SALT, err);
    return code == EW_OK ? ew_buf_append(b, "\n", 1, err) : code;
}

static ew_code write_file(const ew_vault *v, const kdf *k, const ew_secret *pass,
                          ew_buf *file, ew_err *err)
{
    uint8_t *wrap = NULL;
    ew_buf box;
    size_t before = file->len;
    ew_buf_init(&box, KEY + EW_LOCKED_OVERHEAD);
    ew_code code = stretch(pass, k, &wrap, err);
    if (code == EW_OK)
        code = append_head(file, k, err);
    if (code == EW_OK) {
        ew_slice label = {(const char *)file->data + before, file->len - before};
        code = lock(wrap, label, v->key, KEY, &box, err);
    }
    if (code == EW_OK)
        code = ew_buf_printf(file, err, "key ");
    if (code == EW_OK)
        code = ew_base64_append(file, box.data, box.len, err);
    if (code == EW_OK)
        code = ew_buf_append(file, "\n", 1, err);
    ew_buf_release(&box);
    sodium_free(wrap);
    return code;
}

ew_code ew_vault_create(ew_vault **out, const ew_secret *pass, const ew_vault_cost *cost,
                        ew_buf *file, ew_err *err)
{
    kdf k = {cost->passes, cost->bytes, {0}};
    ew_vault *v = NULL;
    if (pass->n == 0)
        return ew_fail(err, EW_E_ARG, 0, "the passphrase is empty");
    ew_code code = start(err);
    if (code == EW_OK)
        code = new_vault(&v, err);
    if (code != EW_OK)
        return code;
    randombytes_buf(v->key, KEY);
    randombytes_buf(k.salt, sizeof k.salt);
    code = write_file(v, &k, pass, file, err);
    if (code != EW_OK) {
        ew_vault_free(v);
        return code;
    }
    *out = v;
    return EW_OK;
}

ew_code ew_vault_rewrap(const ew_vault *v, const ew_secret *pass,
                        const ew_vault_cost *cost, ew_buf *file, ew_err *err)
{
    kdf k = {cost->passes, cost->bytes, {0}};
    if (pass->n == 0)
        return ew_fail(err, EW_E_ARG, 0, "the passphrase is empty");
    randombytes_buf(k.salt, sizeof k.salt);
    return write_file(v, &k, pass, file, err);
}

static bool take_number(ew_slice *line, const char *key, uint64_t *out)
{
    ew_slice word;
    return ew_slice_word(line, &word) && ew_slice_skip(&word, key) &&
           ew_slice_u64(word, out);
}

static bool parse_file(ew_slice file, kdf *k, ew_slice *label,
                       uint8_t box[KEY + EW_LOCKED_OVERHEAD])
{
    ew_slice rest = file;
    ew_slice line;
    if (!ew_slice_line(&rest, &line) || !ew_slice_is(line, HEAD) ||
        !ew_slice_line(&rest, &line) || !ew_slice_skip(&line, "kdf argon2id ") ||
        !take_number(&line, "passes=", &k->passes) ||
        !take_number(&line, "bytes=", &k->bytes) || !ew_slice_skip(&line, "salt=") ||
        !ew_slice_base64(line, k->salt, SALT))
        return false;
    *label = (ew_slice){file.p, file.n - rest.n};
    return ew_slice_line(&rest, &line) && ew_slice_skip(&line, "key ") &&
           ew_slice_base64(line, box, KEY + EW_LOCKED_OVERHEAD) && rest.n == 0;
}

ew_code ew_vault_open(ew_vault **out, const ew_secret *pass, ew_slice file, ew_err *err)
{
    uint8_t box[KEY + EW_LOCKED_OVERHEAD];
    uint8_t *wrap = NULL;
    ew_vault *v = NULL;
    ew_slice label;
    kdf k;
    *out = NULL;
    if (!parse_file(file, &k, &label, box))
        return ew_fail(err, EW_E_FORMAT, 0, "the file of the desk's vault is damaged");
    if (k.passes < 1 || k.passes > PASSES_MAX || k.bytes > MEMORY_MAX ||
        k.bytes < crypto_pwhash_MEMLIMIT_MIN)
        return ew_fail(err, EW_E_LIMIT, 0, "the vault asks for too much work or memory");
    ew_code code = start(err);
    if (code == EW_OK)
        code = stretch(pass, &k, &wrap, err);
    if (code == EW_OK)
        code = new_vault(&v, err);
    if (code == EW_OK && unlock(wrap, label, box, sizeof box, v->key))
        *out = v;
    else
        ew_vault_free(v);
    sodium_free(wrap);
    return code;
}

void ew_vault_free(ew_vault *v)
{
    if (v == NULL)
        return;
    sodium_free(v->key);
    ew_free(v);
}
