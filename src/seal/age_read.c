/* SPDX-License-Identifier: Apache-2.0 */
/* Opening age files: header, then one chunk after the other. */
#include <string.h>

#include <sodium.h>

#include "base/alloc.h"
#include "base/err.h"
#include "seal/age_parts.h"

enum { SEALED_CHUNK = EW_AGE_CHUNK + EW_AGE__TAG };

struct ew_age_reader {
    ew_age__in in;
    ew_secret key;   /* of the payload */
    ew_secret plain; /* one chunk */
    uint64_t chunk;
    bool last; /* the last chunk was given out */
    ew_age_fault fault;
};

void ew_age_reader_free(ew_age_reader *r)
{
    if (r == NULL)
        return;
    ew_age__in_release(&r->in);
    ew_secret_release(&r->key);
    ew_secret_release(&r->plain);
    ew_free(r);
}

ew_age_fault ew_age_reader_fault(const ew_age_reader *r)
{
    return r->fault;
}

bool ew_age_looks_so(ew_slice beginning)
{
    ew_slice s = beginning;
    while (s.n > 0 && strchr(" \t\r\n", s.p[0]) != NULL && s.p[0] != 0) {
        s.p++;
        s.n--;
    }
    return ew_slice_skip(&s, EW_AGE__ARMOR_BEGIN) ||
           ew_slice_skip(&beginning, EW_AGE__VERSION "\n");
}

/* ------------------------------------------------------------------ header */

/* One line, with its line feed. */
static ew_code take_line(ew_age__in *in, ew_buf *header, ew_err *err)
{
    const uint8_t *end = NULL;
    while (end == NULL) {
        ew_code code = ew_age__in_fill(in, 1, err);
        if (code != EW_OK)
            return code;
        size_t n = in->n - in->at;
        if (n == 0)
            return ew_fail(err, EW_E_FORMAT, 0, "the header of the age file is cut off");
        end = memchr(in->bytes + in->at, '\n', n);
        if (end != NULL)
            n = (size_t)(end + 1 - (in->bytes + in->at));
        code = ew_buf_append(header, in->bytes + in->at, n, err);
        if (code != EW_OK)
            return code;
        in->at += n;
    }
    return EW_OK;
}

static ew_code check_version(const ew_buf *header, ew_err *err)
{
    ew_slice s = {(const char *)header->data, header->len};
    if (ew_slice_is(s, EW_AGE__VERSION "\n"))
        return EW_OK;
    return ew_slice_skip(&s, "age-encryption.org/")
               ? ew_fail(err, EW_E_VERSION, 0, "an age file of a version not known here")
               : ew_fail(err, EW_E_FORMAT, 0, "this is no age file");
}

static ew_code take_header(ew_age__in *in, ew_buf *text, ew_age__header *h, ew_err *err)
{
    ew_code code = take_line(in, text, err);
    size_t line = text->len;
    if (code == EW_OK)
        code = check_version(text, err);
    do {
        line = text->len;
        if (code == EW_OK)
            code = take_line(in, text, err);
    } while (code == EW_OK && strncmp((const char *)text->data + line, "---", 3) != 0);
    ew_slice s = {(const char *)text->data, text->len};
    if (code == EW_OK && !ew_age__parse_header(h, s))
        code = ew_fail(err, EW_E_FORMAT, 0, "the header of the age file is damaged");
    return code;
}

/* Nonce of the payload, and its key. */
static ew_code start_payload(ew_age_reader *r, const uint8_t *file_key, ew_err *err)
{
    ew_code code = ew_age__in_fill(&r->in, EW_AGE__NONCE, err);
    if (code != EW_OK)
        return code;
    if (r->in.n - r->in.at < EW_AGE__NONCE)
        return ew_fail(err, EW_E_FORMAT, 0, "the age file is cut off");
    ew_slice nonce = {(const char *)r->in.bytes + r->in.at, EW_AGE__NONCE};
    r->in.at += EW_AGE__NONCE;
    ew_age__hkdf((uint8_t *)r->key.bytes,
                 (ew_slice){(const char *)file_key, EW_AGE__FILE_KEY}, nonce, "payload");
    return EW_OK;
}

static ew_code open_header(ew_age_reader *r, const ew_age_opening *with, ew_err *err)
{
    uint8_t file_key[EW_AGE__FILE_KEY];
    uint8_t mac[EW_AGE__MAC];
    ew_age__header h;
    ew_buf text;
    ew_buf_init(&text, EW_AGE__HEADER_MAX);
    ew_code code = take_header(&r->in, &text, &h, err);
    if (code == EW_OK)
        code = ew_age__unwrap(&h, with, file_key, err);
    if (code == EW_OK) {
        ew_age__header_mac(mac, file_key, h.covered);
        if (sodium_memcmp(mac, h.mac, sizeof mac) != 0) {
            r->fault = EW_AGE_BAD_MAC;
            code = ew_fail(err, EW_E_FORMAT, 0, "the header of the age file was changed");
        }
    }
    if (code == EW_OK)
        code = start_payload(r, file_key, err);
    ew_wipe(file_key, sizeof file_key);
    ew_buf_release(&text);
    return code;
}

/* What the code says of a header, where nobody knew better. */
static ew_age_fault fault_of(ew_code code)
{
    switch (code) {
    case EW_E_NOTFOUND:
        return EW_AGE_NO_MATCH;
    case EW_E_FORMAT:
    case EW_E_VERSION:
    case EW_E_LIMIT:
        return EW_AGE_BAD_HEADER;
    default:
        return EW_AGE_FINE;
    }
}

ew_code ew_age_open(ew_age_reader **out, const ew_age_source *from,
                    const ew_age_opening *with, ew_age_fault *fault, ew_err *err)
{
    ew_age_reader *r = ew_alloc(sizeof *r);
    if (r == NULL)
        return ew_fail_nomem(err);
    ew_code code = ew_secret_init(&r->key, 32, err);
    if (code == EW_OK)
        code = ew_secret_init(&r->plain, EW_AGE_CHUNK, err);
    if (code == EW_OK)
        code = ew_age__in_open(&r->in, from, with->armor, &r->fault, err);
    if (code == EW_OK)
        code = open_header(r, with, err);
    if (code != EW_OK && r->fault == EW_AGE_FINE)
        r->fault = fault_of(code);
    if (fault != NULL)
        *fault = r->fault;
    if (code == EW_OK) {
        *out = r;
        return EW_OK;
    }
    ew_age_reader_free(r);
    return code;
}

/* ------------------------------------------------------------------ payload */

static ew_code bad_payload(ew_age_reader *r, const char *why, ew_err *err)
{
    r->fault = EW_AGE_BAD_PAYLOAD;
    return ew_fail(err, EW_E_FORMAT, r->chunk * SEALED_CHUNK,
                   "the age file is damaged: %s", why);
}

static bool open_chunk(ew_age_reader *r, size_t n, bool last)
{
    uint8_t nonce[12];
    ew_age__chunk_nonce(nonce, r->chunk, last);
    return crypto_aead_chacha20poly1305_ietf_decrypt(
               (uint8_t *)r->plain.bytes, NULL, NULL, r->in.bytes + r->in.at, n, NULL, 0,
               nonce, (const uint8_t *)r->key.bytes) == 0;
}

static ew_code finish(ew_age_reader *r, ew_err *err)
{
    ew_code code = ew_age__in_fill(&r->in, 1, err);
    if (code == EW_OK && r->in.n > r->in.at)
        code = bad_payload(r, "something follows its end", err);
    return code;
}

ew_code ew_age_read(ew_age_reader *r, ew_slice *piece, ew_err *err)
{
    *piece = (ew_slice){r->plain.bytes, 0};
    if (r->fault != EW_AGE_FINE)
        return ew_fail(err, EW_E_FORMAT, 0, "the age file is damaged");
    if (r->last)
        return finish(r, err);
    ew_code code = ew_age__in_fill(&r->in, SEALED_CHUNK, err);
    if (code != EW_OK)
        return code;
    size_t n = r->in.n - r->in.at;
    n = n < SEALED_CHUNK ? n : SEALED_CHUNK;
    if (n < EW_AGE__TAG)
        return bad_payload(r, "it is cut off", err);
    if (n < SEALED_CHUNK || !open_chunk(r, n, false)) {
        r->last = true;
        if (!open_chunk(r, n, true))
            return bad_payload(
                r, n < SEALED_CHUNK ? "it was changed or is cut off" : "it was changed",
                err);
        if (n == EW_AGE__TAG && r->chunk > 0)
            return bad_payload(r, "its last chunk is empty", err);
    }
    r->in.at += n;
    r->chunk++;
    piece->n = n - EW_AGE__TAG;
    r->plain.n = piece->n;
    /* An empty file ends here. */
    return piece->n == 0 ? finish(r, err) : EW_OK;
}
