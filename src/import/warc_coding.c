/* SPDX-License-Identifier: Apache-2.0 */
/* Codings of HTTP. A bomb only ever gets as far as the room that there is for its bytes. */
#include "import/warc_coding.h"

#include <string.h>

#include <brotli/decode.h>
#include <zlib.h>

#include "base/alloc.h"
#include "import/warc_lines.h"

enum { BLOCK = 64 * 1024 };

typedef struct decoding {
    ew_slice in;
    ew_buf *out;
    uint8_t *block;
    ew_warc_coded how;
    bool cut;
} decoding;

/* ------------------------------------------------------------------ chunks */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "1a3;name=value" and a line feed. */
static bool take_size(ew_slice *in, size_t *size)
{
    const char *feed = in->n > 0 ? memchr(in->p, '\n', in->n) : NULL;
    size_t digits = 0;
    *size = 0;
    if (feed == NULL)
        return false;
    for (; in->p + digits < feed && hex_digit(in->p[digits]) >= 0; digits++) {
        if (*size > SIZE_MAX >> 4)
            return false;
        *size = *size << 4 | (size_t)hex_digit(in->p[digits]);
    }
    char next = in->p[digits];
    if (digits == 0 || (next != ';' && next != '\r' && next != '\n' && next != ' '))
        return false;
    in->n -= (size_t)(feed + 1 - in->p);
    in->p = feed + 1;
    return true;
}

static void skip_line_end(ew_slice *in)
{
    if (!ew_slice_skip(in, "\r\n"))
        (void)ew_slice_skip(in, "\n");
}

ew_code ew_warc_dechunk(ew_slice in, ew_buf *out, ew_warc_coded *how, ew_err *err)
{
    ew_slice whole = in;
    ew_code code = EW_OK;
    size_t size;
    size_t chunks = 0;
    ew_buf_reset(out);
    *how = EW_WARC_CODED_DAMAGED;
    for (; code == EW_OK && take_size(&in, &size); chunks++) {
        if (size == 0) {
            *how = EW_WARC_CODED_FINE;
            return EW_OK;
        }
        size_t there = size < in.n ? size : in.n;
        code = ew_buf_append(out, in.p, there, err);
        in = (ew_slice){in.p + there, in.n - there};
        skip_line_end(&in);
    }
    if (code == EW_OK && chunks == 0) {
        *how = EW_WARC_CODED_NOT;
        code = ew_buf_append(out, whole.p, whole.n, err);
    }
    return code;
}

/* ------------------------------------------------------------------ zlib, brotli */

/* false: there is no room for more. */
static ew_code put(decoding *d, size_t n, bool *room, ew_err *err)
{
    size_t left = d->out->max - d->out->len;
    d->cut = n > left;
    *room = !d->cut;
    return ew_buf_append(d->out, d->block, n < left ? n : left, err);
}

/* bits: of the window, as zlib wants to have it. Several gzip members in a row are one body. */
static ew_code inflate_all(decoding *d, int bits, ew_err *err)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)d->in.p, .avail_in = (uInt)d->in.n};
    ew_code code = EW_OK;
    bool room = true;
    int rc = Z_OK;
    if (inflateInit2(&z, bits) != Z_OK)
        return ew_fail_nomem(err);
    while (code == EW_OK && room) {
        z.next_out = d->block;
        z.avail_out = BLOCK;
        rc = inflate(&z, Z_NO_FLUSH);
        code = put(d, BLOCK - z.avail_out, &room, err);
        if (rc == Z_STREAM_END && z.avail_in > 0 && z.next_in[0] == 0x1f && bits > 15)
            rc = inflateReset(&z);
        if (rc != Z_OK)
            break;
    }
    (void)inflateEnd(&z);
    if (rc == Z_MEM_ERROR && code == EW_OK)
        code = ew_fail_nomem(err);
    d->how = rc == Z_STREAM_END || !room ? EW_WARC_CODED_FINE
             : d->out->len > 0           ? EW_WARC_CODED_DAMAGED
                                         : EW_WARC_CODED_NOT;
    return code;
}

/* With the head of zlib, as the standard wants it, or without, as many servers send it. */
static ew_code inflate_either(decoding *d, ew_err *err)
{
    ew_code code = inflate_all(d, 15, err);
    return code == EW_OK && d->how == EW_WARC_CODED_NOT ? inflate_all(d, -15, err) : code;
}

static ew_code unbrotli(decoding *d, ew_err *err)
{
    BrotliDecoderState *b = BrotliDecoderCreateInstance(NULL, NULL, NULL);
    BrotliDecoderResult r = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
    const uint8_t *next = (const uint8_t *)d->in.p;
    size_t left = d->in.n;
    ew_code code = EW_OK;
    bool room = true;
    if (b == NULL)
        return ew_fail_nomem(err);
    while (code == EW_OK && room && r == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) {
        uint8_t *out = d->block;
        size_t free_bytes = BLOCK;
        r = BrotliDecoderDecompressStream(b, &left, &next, &free_bytes, &out, NULL);
        code = put(d, BLOCK - free_bytes, &room, err);
    }
    BrotliDecoderDestroyInstance(b);
    d->how = r == BROTLI_DECODER_RESULT_SUCCESS || !room ? EW_WARC_CODED_FINE
             : d->out->len > 0                           ? EW_WARC_CODED_DAMAGED
                                                         : EW_WARC_CODED_NOT;
    return code;
}

ew_code ew_warc_decode(ew_slice name, ew_slice in, ew_buf *out, ew_warc_coded *how,
                       bool *cut, ew_err *err)
{
    decoding d = {.in = in, .out = out, .how = EW_WARC_CODED_UNKNOWN};
    ew_code code = EW_OK;
    ew_buf_reset(out);
    d.block = ew_alloc(BLOCK);
    if (d.block == NULL)
        return ew_fail_nomem(err);
    if (ew_warc_same(name, "gzip") || ew_warc_same(name, "x-gzip"))
        code = inflate_all(&d, 15 + 16, err);
    else if (ew_warc_same(name, "deflate"))
        code = inflate_either(&d, err);
    else if (ew_warc_same(name, "br"))
        code = unbrotli(&d, err);
    if (code == EW_OK && (d.how == EW_WARC_CODED_NOT || d.how == EW_WARC_CODED_UNKNOWN)) {
        ew_buf_reset(out);
        code = ew_buf_append(out, in.p, in.n < out->max ? in.n : out->max, err);
    }
    *how = d.how;
    *cut = d.cut;
    ew_free(d.block);
    return code;
}
