/* SPDX-License-Identifier: Apache-2.0 */
/* SSHSIG: taking apart, checking, making. */
#include "seal/sshsig.h"

#include <string.h>

#include <sodium.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "seal/note.h"

#define BEGIN "-----BEGIN SSH SIGNATURE-----\n"
#define END "-----END SSH SIGNATURE-----\n"
#define MAGIC "SSHSIG"
#define KEY_TYPE "ssh-ed25519"

enum {
    LINE_MAX_CHARS = 76, /* of base64 that is read */
    LINE_CHARS = 70,     /* that ssh-keygen writes */
    VERSION = 1,
    LENGTH = 4, /* bytes of a length */
    KEY_BLOB = LENGTH + sizeof KEY_TYPE - 1 + LENGTH + EW_ED25519_KEY,
    BLOB_MAX = EW_SSHSIG_MAX / 4 * 3
};

/* ------------------------------------------------------------------ SSH's strings */

static bool take_u32(ew_slice *s, uint32_t *out)
{
    const uint8_t *p = (const uint8_t *)s->p;
    if (s->n < LENGTH)
        return false;
    *out = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    s->p += LENGTH;
    s->n -= LENGTH;
    return true;
}

static bool take_string(ew_slice *s, ew_slice *out)
{
    uint32_t n;
    if (!take_u32(s, &n) || n > s->n)
        return false;
    *out = (ew_slice){s->p, n};
    s->p += n;
    s->n -= n;
    return true;
}

static ew_code put_u32(ew_buf *b, uint32_t v, ew_err *err)
{
    uint8_t be[LENGTH] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8),
                          (uint8_t)v};
    return ew_buf_append(b, be, sizeof be, err);
}

static ew_code put_string(ew_buf *b, const void *bytes, size_t n, ew_err *err)
{
    ew_code code = put_u32(b, (uint32_t)n, err);
    return code == EW_OK ? ew_buf_append(b, bytes, n, err) : code;
}

/* ------------------------------------------------------------------ keys */

/* A public key as SSH packs it, or a signature: the type, then n bytes. */
static bool take_typed(ew_slice blob, uint8_t *out, size_t n)
{
    ew_slice type;
    ew_slice bytes;
    if (!take_string(&blob, &type) || !ew_slice_is(type, KEY_TYPE) ||
        !take_string(&blob, &bytes) || bytes.n != n || blob.n != 0)
        return false;
    memcpy(out, bytes.p, n);
    return true;
}

static ew_code put_typed(ew_buf *b, const uint8_t *bytes, size_t n, ew_err *err)
{
    ew_code code = put_string(b, KEY_TYPE, sizeof KEY_TYPE - 1, err);
    return code == EW_OK ? put_string(b, bytes, n, err) : code;
}

bool ew_ssh_key_parse(ew_slice text, uint8_t key[EW_ED25519_KEY])
{
    uint8_t blob[KEY_BLOB];
    return ew_slice_skip(&text, KEY_TYPE " ") &&
           ew_slice_base64(text, blob, sizeof blob) &&
           take_typed((ew_slice){(const char *)blob, sizeof blob}, key, EW_ED25519_KEY);
}

ew_code ew_ssh_key_append(ew_buf *b, const uint8_t key[EW_ED25519_KEY], ew_err *err)
{
    ew_buf blob;
    ew_buf_init(&blob, KEY_BLOB);
    ew_code code = put_typed(&blob, key, EW_ED25519_KEY, err);
    if (code == EW_OK)
        code = ew_buf_printf(b, err, KEY_TYPE " ");
    if (code == EW_OK)
        code = ew_base64_append(b, blob.data, blob.len, err);
    ew_buf_release(&blob);
    return code;
}

/* ------------------------------------------------------------------ parsing */

static ew_code bad(ew_err *err, const char *what)
{
    return ew_fail(err, EW_E_FORMAT, 0, "%s", what);
}

/* The lines between the marks, joined, and decoded. */
static bool unwrap(ew_slice armored, uint8_t *blob, size_t *n)
{
    char text[EW_SSHSIG_MAX];
    size_t have = 0;
    ew_slice line;
    if (armored.n > sizeof text || !ew_slice_skip(&armored, BEGIN))
        return false;
    while (!ew_slice_is(armored, END)) {
        if (!ew_slice_line(&armored, &line) || line.n == 0 || line.n > LINE_MAX_CHARS)
            return false;
        memcpy(text + have, line.p, line.n);
        have += line.n;
    }
    return ew_slice_base64_any((ew_slice){text, have}, blob, BLOB_MAX, n);
}

/* A key of another type is well known: tell it. */
static ew_code parse_key(ew_slice blob, ew_sshsig *out, ew_err *err)
{
    ew_slice rest = blob;
    ew_slice type;
    if (take_typed(blob, out->key, sizeof out->key))
        return EW_OK;
    if (take_string(&rest, &type) && !ew_slice_is(type, KEY_TYPE))
        return bad(err, "an SSH signature by a key that is not of type ssh-ed25519; only "
                        "those are taken");
    return bad(err, "a damaged SSH signature");
}

static ew_code parse_blob(ew_slice blob, ew_sshsig *out, ew_err *err)
{
    ew_slice key;
    ew_slice name;
    ew_slice reserved;
    ew_slice hash;
    ew_slice sig;
    uint32_t version;
    if (!ew_slice_skip(&blob, MAGIC) || !take_u32(&blob, &version))
        return bad(err, "a damaged SSH signature");
    if (version != VERSION)
        return bad(err, "an SSH signature of a version that is not known");
    if (!take_string(&blob, &key) || !take_string(&blob, &name) ||
        !take_string(&blob, &reserved) || !take_string(&blob, &hash) ||
        !take_string(&blob, &sig) || blob.n != 0)
        return bad(err, "a damaged SSH signature");
    ew_code code = parse_key(key, out, err);
    if (code != EW_OK)
        return code;
    if (!ew_slice_is(name, EW_SSHSIG_NAMESPACE))
        return bad(err,
                   "an SSH signature that was made for something else: its namespace "
                   "is not '" EW_SSHSIG_NAMESPACE "'");
    out->sha256 = ew_slice_is(hash, "sha256");
    if (reserved.n != 0 || (!out->sha256 && !ew_slice_is(hash, "sha512")))
        return bad(err, "an SSH signature of a kind that is not known");
    if (!take_typed(sig, out->sig, sizeof out->sig))
        return bad(err, "a damaged SSH signature");
    return EW_OK;
}

ew_code ew_sshsig_parse(ew_sshsig *out, ew_slice armored, ew_err *err)
{
    uint8_t blob[BLOB_MAX];
    size_t n = 0;
    memset(out, 0, sizeof *out);
    if (!unwrap(armored, blob, &n))
        return bad(err, "not an SSH signature");
    return parse_blob((ew_slice){(const char *)blob, n}, out, err);
}

ew_code ew_ssh_note_parse(ew_ssh_note *out, ew_slice bytes, ew_err *err)
{
    static const char mark[] = "\n\n" BEGIN;
    const char *at = NULL;
    memset(out, 0, sizeof *out);
    /* The text has no empty line: what is not an event's line cannot hide before this. */
    if (bytes.n > 0)
        at = memmem(bytes.p, bytes.n, mark, sizeof mark - 1);
    if (at == NULL)
        return bad(err, "no SSH signature after the text");
    out->text = (ew_slice){bytes.p, (size_t)(at - bytes.p) + 1};
    ew_slice armored = {at + 2, bytes.n - out->text.n - 1};
    if (!ew_note_text_ok(out->text))
        return bad(err, "bad UTF-8 or a control character in a signed text");
    return ew_sshsig_parse(&out->sig, armored, err);
}

/* ------------------------------------------------------------------ signing */

/* What is signed in place of the message. */
static ew_code append_signed(ew_buf *b, bool sha256, ew_slice message, ew_err *err)
{
    uint8_t hash[crypto_hash_sha512_BYTES];
    const uint8_t *bytes = (const uint8_t *)message.p;
    const char *name = sha256 ? "sha256" : "sha512";
    if (sha256)
        (void)crypto_hash_sha256(hash, bytes, message.n);
    else
        (void)crypto_hash_sha512(hash, bytes, message.n);
    ew_code code = ew_buf_append(b, MAGIC, sizeof MAGIC - 1, err);
    if (code == EW_OK)
        code = put_string(b, EW_SSHSIG_NAMESPACE, sizeof EW_SSHSIG_NAMESPACE - 1, err);
    if (code == EW_OK)
        code = put_string(b, "", 0, err);
    if (code == EW_OK)
        code = put_string(b, name, strlen(name), err);
    if (code == EW_OK)
        code = put_string(
            b, hash, sha256 ? crypto_hash_sha256_BYTES : crypto_hash_sha512_BYTES, err);
    return code;
}

ew_code ew_sshsig_check(const ew_sshsig *s, ew_slice message, bool *good, ew_err *err)
{
    ew_buf b;
    *good = false;
    ew_buf_init(&b, BLOB_MAX);
    ew_code code = append_signed(&b, s->sha256, message, err);
    if (code == EW_OK)
        *good = ew_ed25519_check(s->key, b.data, b.len, s->sig);
    ew_buf_release(&b);
    return code;
}

static ew_code append_blob(ew_buf *b, const uint8_t key[EW_ED25519_KEY],
                           const uint8_t sig[EW_ED25519_SIG], ew_err *err)
{
    ew_buf part;
    ew_buf_init(&part, BLOB_MAX);
    ew_code code = ew_buf_append(b, MAGIC, sizeof MAGIC - 1, err);
    if (code == EW_OK)
        code = put_u32(b, VERSION, err);
    if (code == EW_OK)
        code = put_typed(&part, key, EW_ED25519_KEY, err);
    if (code == EW_OK)
        code = put_string(b, part.data, part.len, err);
    if (code == EW_OK)
        code = put_string(b, EW_SSHSIG_NAMESPACE, sizeof EW_SSHSIG_NAMESPACE - 1, err);
    if (code == EW_OK)
        code = put_string(b, "", 0, err);
    if (code == EW_OK)
        code = put_string(b, "sha512", 6, err);
    ew_buf_reset(&part);
    if (code == EW_OK)
        code = put_typed(&part, sig, EW_ED25519_SIG, err);
    if (code == EW_OK)
        code = put_string(b, part.data, part.len, err);
    ew_buf_release(&part);
    return code;
}

static ew_code append_armored(ew_buf *out, const ew_buf *blob, ew_err *err)
{
    ew_buf text;
    ew_buf_init(&text, EW_SSHSIG_MAX);
    ew_code code = ew_base64_append(&text, blob->data, blob->len, err);
    if (code == EW_OK)
        code = ew_buf_append(out, BEGIN, sizeof BEGIN - 1, err);
    for (size_t at = 0; code == EW_OK && at < text.len; at += LINE_CHARS) {
        size_t n = text.len - at < LINE_CHARS ? text.len - at : LINE_CHARS;
        code = ew_buf_append(out, text.data + at, n, err);
        if (code == EW_OK)
            code = ew_buf_append(out, "\n", 1, err);
    }
    if (code == EW_OK)
        code = ew_buf_append(out, END, sizeof END - 1, err);
    ew_buf_release(&text);
    return code;
}

ew_code ew_sshsig_make(ew_buf *out, ew_slice message, const ew_signer *by, ew_err *err)
{
    uint8_t sig[EW_ED25519_SIG];
    ew_buf b;
    ew_buf_init(&b, BLOB_MAX);
    ew_code code = append_signed(&b, false, message, err);
    if (code == EW_OK) {
        ew_signer_sign(by, b.data, b.len, sig);
        ew_buf_reset(&b);
        code = append_blob(&b, ew_signer_vkey(by)->key, sig, err);
    }
    if (code == EW_OK)
        code = append_armored(out, &b, err);
    ew_buf_release(&b);
    return code;
}
