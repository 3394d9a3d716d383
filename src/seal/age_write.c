/* SPDX-License-Identifier: Apache-2.0 */
/* Writing age files: header, then one chunk after the other. */
#include <string.h>

#include <sodium.h>

#include "base/alloc.h"
#include "base/err.h"
#include "seal/age_parts.h"

enum { ARMOR_ROOM = 128 * (EW_AGE__LINE + 1) };

struct ew_age_writer {
    const ew_age_sink *to;
    ew_secret key;   /* of the payload */
    ew_secret plain; /* what is not written yet */
    uint64_t chunk;
    uint8_t *sealed; /* room for one chunk */
    bool armor;
    uint8_t line[EW_AGE__LINE_BYTES]; /* what does not fill one yet */
    size_t line_n;
    ew_buf text; /* armored */
};

void ew_age_writer_free(ew_age_writer *w)
{
    if (w == NULL)
        return;
    ew_secret_release(&w->key);
    ew_secret_release(&w->plain);
    ew_buf_release(&w->text);
    ew_free(w->sealed);
    ew_free(w);
}

/* ------------------------------------------------------------------ output */

static ew_code flush_text(ew_age_writer *w, ew_err *err)
{
    ew_code code = EW_OK;
    if (w->text.len > 0)
        code = w->to->write(w->to->cookie, w->text.data, w->text.len, err);
    ew_buf_reset(&w->text);
    return code;
}

static ew_code put_line(ew_age_writer *w, ew_err *err)
{
    ew_code code = EW_OK;
    if (w->text.len + EW_AGE__LINE + 1 > ARMOR_ROOM)
        code = flush_text(w, err);
    if (code == EW_OK)
        code = ew_base64_append(&w->text, w->line, w->line_n, err);
    w->line_n = 0;
    return code == EW_OK ? ew_buf_append(&w->text, "\n", 1, err) : code;
}

static ew_code put(ew_age_writer *w, const void *bytes, size_t n, ew_err *err)
{
    const uint8_t *from = bytes;
    ew_code code = EW_OK;
    if (!w->armor)
        return w->to->write(w->to->cookie, bytes, n, err);
    while (n > 0 && code == EW_OK) {
        size_t take = sizeof w->line - w->line_n;
        take = take < n ? take : n;
        memcpy(w->line + w->line_n, from, take);
        w->line_n += take;
        from += take;
        n -= take;
        if (w->line_n == sizeof w->line)
            code = put_line(w, err);
    }
    return code;
}

static ew_code put_armor_end(ew_age_writer *w, ew_err *err)
{
    ew_code code = w->line_n > 0 ? put_line(w, err) : EW_OK;
    if (code == EW_OK)
        code = flush_text(w, err);
    if (code == EW_OK)
        code = ew_buf_printf(&w->text, err, EW_AGE__ARMOR_END "\n");
    return code == EW_OK ? flush_text(w, err) : code;
}

/* ------------------------------------------------------------------ header */

static ew_code append_header(ew_buf *b, const ew_age_closing *how,
                             const uint8_t *file_key, ew_err *err)
{
    uint8_t mac[EW_AGE__MAC];
    ew_code code = ew_buf_printf(b, err, EW_AGE__VERSION "\n");
    if (code == EW_OK)
        code = ew_age__wrap(b, how, file_key, err);
    if (code == EW_OK)
        code = ew_buf_printf(b, err, "---");
    if (code == EW_OK) {
        ew_age__header_mac(mac, file_key, (ew_slice){(const char *)b->data, b->len});
        code = ew_buf_append(b, " ", 1, err);
    }
    if (code == EW_OK)
        code = ew_age__append_base64(b, mac, sizeof mac, err);
    return code == EW_OK ? ew_buf_append(b, "\n", 1, err) : code;
}

static ew_code start(ew_age_writer *w, const ew_age_closing *how, ew_err *err)
{
    uint8_t file_key[EW_AGE__FILE_KEY];
    uint8_t nonce[EW_AGE__NONCE];
    ew_buf header;
    ew_buf_init(&header, EW_AGE__HEADER_MAX);
    ew_code code = ew_random(file_key, sizeof file_key, err);
    if (code == EW_OK)
        code = ew_random(nonce, sizeof nonce, err);
    if (code == EW_OK)
        code = append_header(&header, how, file_key, err);
    if (code == EW_OK && how->armor)
        code = ew_buf_printf(&w->text, err, EW_AGE__ARMOR_BEGIN "\n");
    if (code == EW_OK)
        code = put(w, header.data, header.len, err);
    if (code == EW_OK)
        code = put(w, nonce, sizeof nonce, err);
    ew_age__hkdf((uint8_t *)w->key.bytes,
                 (ew_slice){(const char *)file_key, sizeof file_key},
                 (ew_slice){(const char *)nonce, sizeof nonce}, "payload");
    ew_wipe(file_key, sizeof file_key);
    ew_buf_release(&header);
    return code;
}

ew_code ew_age_create(ew_age_writer **out, const ew_age_sink *to,
                      const ew_age_closing *how, ew_err *err)
{
    ew_age_writer *w = ew_alloc(sizeof *w);
    if (w == NULL)
        return ew_fail_nomem(err);
    w->to = to;
    w->armor = how->armor;
    ew_buf_init(&w->text, ARMOR_ROOM);
    w->sealed = ew_alloc(EW_AGE_CHUNK + EW_AGE__TAG);
    ew_code code = w->sealed != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_secret_init(&w->key, 32, err);
    if (code == EW_OK)
        code = ew_secret_init(&w->plain, EW_AGE_CHUNK, err);
    if (code == EW_OK)
        code = start(w, how, err);
    if (code != EW_OK) {
        ew_age_writer_free(w);
        return code;
    }
    *out = w;
    return EW_OK;
}

/* ------------------------------------------------------------------ payload */

static ew_code put_chunk(ew_age_writer *w, bool last, ew_err *err)
{
    uint8_t nonce[12];
    ew_age__chunk_nonce(nonce, w->chunk++, last);
    (void)crypto_aead_chacha20poly1305_ietf_encrypt(
        w->sealed, NULL, (const uint8_t *)w->plain.bytes, w->plain.n, NULL, 0, NULL,
        nonce, (const uint8_t *)w->key.bytes);
    ew_code code = put(w, w->sealed, w->plain.n + EW_AGE__TAG, err);
    w->plain.n = 0;
    return code;
}

/* A full chunk waits for more: only then it is known not to be the last. */
ew_code ew_age_write(ew_age_writer *w, const void *bytes, size_t n, ew_err *err)
{
    const uint8_t *from = bytes;
    while (n > 0) {
        if (w->plain.n == EW_AGE_CHUNK) {
            ew_code code = put_chunk(w, false, err);
            if (code != EW_OK)
                return code;
        }
        size_t take = EW_AGE_CHUNK - w->plain.n;
        take = take < n ? take : n;
        memcpy(w->plain.bytes + w->plain.n, from, take);
        w->plain.n += take;
        from += take;
        n -= take;
    }
    return EW_OK;
}

ew_code ew_age_finish(ew_age_writer *w, ew_err *err)
{
    ew_code code = put_chunk(w, true, err);
    return code == EW_OK && w->armor ? put_armor_end(w, err) : code;
}
