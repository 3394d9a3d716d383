/* SPDX-License-Identifier: Apache-2.0 */
/* minisign: taking apart, checking, making. */
#include "seal/minisign.h"

#include <string.h>

#include <sodium.h>

#include "base/alloc.h"
#include "seal/note.h"

#define UNTRUSTED "untrusted comment: "
#define TRUSTED "trusted comment: "
#define ID_LABEL "ew-minisign-id/v1" /* with its final 0 */

enum { ALGORITHM = 2, HEAD = ALGORITHM + EW_MINISIGN_ID, HASH = 64 };

/* minisign itself puts a tab between a time and a name. */
static bool comment_ok(ew_slice s)
{
    if (s.n > EW_MINISIGN_COMMENT)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (((uint8_t)s.p[i] < 0x20 && s.p[i] != '\t') || s.p[i] == 0x7F)
            return false;
    return true;
}

/* Four lines; what minisign writes and nothing else. */
static bool parse(ew_minisig *out, ew_slice file)
{
    uint8_t raw[HEAD + EW_ED25519_SIG];
    ew_slice line;
    if (file.n > EW_MINISIGN_MAX || !ew_slice_line(&file, &line) ||
        !ew_slice_skip(&line, UNTRUSTED) || !comment_ok(line) ||
        !ew_slice_line(&file, &line) || !ew_slice_base64(line, raw, sizeof raw))
        return false;
    if (raw[0] != 'E' || (raw[1] != 'd' && raw[1] != 'D'))
        return false;
    out->prehashed = raw[1] == 'D';
    memcpy(out->id, raw + ALGORITHM, EW_MINISIGN_ID);
    memcpy(out->sig, raw + HEAD, EW_ED25519_SIG);
    if (!ew_slice_line(&file, &out->comment) || !ew_slice_skip(&out->comment, TRUSTED) ||
        !comment_ok(out->comment) || !ew_slice_line(&file, &line))
        return false;
    return ew_slice_base64(line, out->global, EW_ED25519_SIG) && file.n == 0;
}

ew_code ew_minisig_parse(ew_minisig *out, ew_slice file, ew_err *err)
{
    memset(out, 0, sizeof *out);
    return parse(out, file) ? EW_OK
                            : ew_fail(err, EW_E_FORMAT, 0, "not a minisign signature");
}

static void hash_message(ew_slice message, uint8_t hash[HASH])
{
    (void)crypto_generichash(hash, HASH, (const uint8_t *)message.p, message.n, NULL, 0);
}

/* What the second signature is of. */
static ew_code append_global(ew_buf *b, const uint8_t sig[EW_ED25519_SIG],
                             ew_slice comment, ew_err *err)
{
    ew_code code = ew_buf_append(b, sig, EW_ED25519_SIG, err);
    return code == EW_OK ? ew_buf_append(b, comment.p, comment.n, err) : code;
}

ew_code ew_minisig_check(const ew_minisig *s, const uint8_t key[EW_ED25519_KEY],
                         ew_slice message, bool *good, ew_err *err)
{
    uint8_t hash[HASH];
    ew_buf b;
    *good = false;
    ew_buf_init(&b, EW_ED25519_SIG + EW_MINISIGN_COMMENT);
    ew_code code = append_global(&b, s->sig, s->comment, err);
    if (code == EW_OK && s->prehashed) {
        hash_message(message, hash);
        message = (ew_slice){(const char *)hash, sizeof hash};
    }
    if (code == EW_OK)
        *good = ew_ed25519_check(key, message.p, message.n, s->sig) &&
                ew_ed25519_check(key, b.data, b.len, s->global);
    ew_buf_release(&b);
    return code;
}

/* ------------------------------------------------------------------ keys */

void ew_minisign_id(const uint8_t key[EW_ED25519_KEY], uint8_t id[EW_MINISIGN_ID])
{
    crypto_hash_sha256_state state;
    uint8_t hash[crypto_hash_sha256_BYTES];
    (void)crypto_hash_sha256_init(&state);
    (void)crypto_hash_sha256_update(&state, (const uint8_t *)ID_LABEL, sizeof ID_LABEL);
    (void)crypto_hash_sha256_update(&state, key, EW_ED25519_KEY);
    (void)crypto_hash_sha256_final(&state, hash);
    memcpy(id, hash, EW_MINISIGN_ID);
}

bool ew_minisign_key_parse(ew_slice text, uint8_t id[EW_MINISIGN_ID],
                           uint8_t key[EW_ED25519_KEY])
{
    uint8_t raw[HEAD + EW_ED25519_KEY];
    if (!ew_slice_base64(text, raw, sizeof raw) || raw[0] != 'E' || raw[1] != 'd')
        return false;
    memcpy(id, raw + ALGORITHM, EW_MINISIGN_ID);
    memcpy(key, raw + HEAD, EW_ED25519_KEY);
    return true;
}

ew_code ew_minisign_key_append(ew_buf *b, const uint8_t id[EW_MINISIGN_ID],
                               const uint8_t key[EW_ED25519_KEY], ew_err *err)
{
    uint8_t raw[HEAD + EW_ED25519_KEY] = "Ed";
    memcpy(raw + ALGORITHM, id, EW_MINISIGN_ID);
    memcpy(raw + HEAD, key, EW_ED25519_KEY);
    return ew_base64_append(b, raw, sizeof raw, err);
}

/* ------------------------------------------------------------------ making */

static ew_code append_file(ew_buf *out, const uint8_t raw[HEAD + EW_ED25519_SIG],
                           ew_slice comment, const uint8_t global[EW_ED25519_SIG],
                           ew_err *err)
{
    ew_code code = ew_buf_printf(out, err, UNTRUSTED "signature by earwitness\n");
    if (code == EW_OK)
        code = ew_base64_append(out, raw, HEAD + EW_ED25519_SIG, err);
    if (code == EW_OK)
        code = ew_buf_printf(out, err, "\n" TRUSTED);
    if (code == EW_OK)
        code = ew_buf_append(out, comment.p, comment.n, err);
    if (code == EW_OK)
        code = ew_buf_append(out, "\n", 1, err);
    if (code == EW_OK)
        code = ew_base64_append(out, global, EW_ED25519_SIG, err);
    return code == EW_OK ? ew_buf_append(out, "\n", 1, err) : code;
}

ew_code ew_minisig_make(ew_buf *out, ew_slice message, ew_slice comment,
                        const ew_signer *by, ew_err *err)
{
    uint8_t raw[HEAD + EW_ED25519_SIG] = "ED";
    uint8_t global[EW_ED25519_SIG];
    uint8_t hash[HASH];
    ew_buf b;
    if (!comment_ok(comment))
        return ew_fail(err, EW_E_ARG, 0, "a comment that is not one line of text");
    ew_minisign_id(ew_signer_vkey(by)->key, raw + ALGORITHM);
    hash_message(message, hash);
    ew_signer_sign(by, hash, sizeof hash, raw + HEAD);
    ew_buf_init(&b, EW_ED25519_SIG + EW_MINISIGN_COMMENT);
    ew_code code = append_global(&b, raw + HEAD, comment, err);
    if (code == EW_OK) {
        ew_signer_sign(by, b.data, b.len, global);
        code = append_file(out, raw, comment, global, err);
    }
    ew_buf_release(&b);
    return code;
}
