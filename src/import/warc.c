/* SPDX-License-Identifier: Apache-2.0 */
/* Web archives as WARC files: which members are, and one after the other. */
#include "import/warc.h"

#include <string.h>

#include <zlib.h>

#include "import/article_made.h"

ew_code ew_warc_init(ew_warc *w, ew_delivery *from, const ew_import_sink *sink,
                     ew_err *err)
{
    *w = (ew_warc){.from = from, .sink = sink, .err = err, .signed_by = {"", 0}};
    ew_warc_lines_init(&w->head, EW_WARC_HEAD);
    ew_warc_lines_init(&w->http, EW_WARC_HEAD);
    ew_buf_init(&w->body, EW_WARC_BODY);
    for (int i = 0; i < 2; i++)
        ew_buf_init(&w->decoded[i], EW_WARC_BODY);
    for (int i = 0; i < 3; i++)
        ew_buf_init(&w->clean[i], (size_t)4 * EW_WARC_HEAD);
    return ew_warc_set_new(&w->seen, err);
}

void ew_warc_release(ew_warc *w)
{
    ew_warc_lines_release(&w->head);
    ew_warc_lines_release(&w->http);
    ew_buf_release(&w->body);
    for (int i = 0; i < 2; i++)
        ew_buf_release(&w->decoded[i]);
    for (int i = 0; i < 3; i++)
        ew_buf_release(&w->clean[i]);
    ew_warc_digest_release(&w->record.block);
    ew_warc_digest_release(&w->record.payload);
    ew_warc_set_free(w->seen);
}

bool ew_warc_named_so(ew_slice name)
{
    static const char *const ends[] = {".warc",         ".warc.gz",  ".warc.open",
                                       ".warc.gz.open", ".warc.zst", NULL};
    return ew_article_name_ends(name, ends);
}

/* One that cannot be read does not keep the others from being. */
static ew_code read_one(ew_warc *w, size_t member, bool only)
{
    ew_err *outer = w->err;
    ew_err why;
    w->err = &why;
    ew_code code = ew_warc_read(w, member);
    w->err = outer;
    if ((code == EW_E_FORMAT || code == EW_E_LIMIT) && !only)
        return ew_warc__gap(w, 0, w->bytes, "file", why.text);
    if (code != EW_OK && outer != NULL)
        *outer = why;
    return code;
}

ew_code ew_import__warc(ew_delivery *from, const ew_import_opts *opts,
                        const ew_import_sink *sink, ew_err *err)
{
    ew_warc w;
    size_t count = ew_delivery_count(from);
    size_t found = 0;
    ew_code code = ew_warc_init(&w, from, sink, err);
    w.progress = opts->progress;
    for (size_t i = 0; i < count && code == EW_OK; i++) {
        if (count > 1 && !ew_warc_named_so(ew_delivery_name(from, i)))
            continue;
        found++;
        code = read_one(&w, i, count == 1);
    }
    if (code == EW_OK && found == 0)
        code = ew_fail(err, EW_E_FORMAT, 0, "there is no WARC file in '%s'",
                       ew_delivery_path(from));
    if (code == EW_OK)
        code = ew_warc__sum_up(&w);
    ew_warc_release(&w);
    return code;
}

/* ------------------------------------------------------------------ looking */

typedef struct peek {
    uint8_t bytes[512];
    size_t n;
} peek;

static ew_code take(void *cookie, const void *bytes, size_t n, ew_err *err)
{
    peek *p = cookie;
    size_t room = sizeof p->bytes - p->n;
    n = n < room ? n : room;
    memcpy(p->bytes + p->n, bytes, n);
    p->n += n;
    /* Enough: the error is not told. */
    return p->n == sizeof p->bytes ? ew_fail(err, EW_E_CANCELLED, 0, "enough") : EW_OK;
}

static bool begins_so(const uint8_t *p, size_t n)
{
    while (n > 0 && (*p == '\r' || *p == '\n')) {
        p++;
        n--;
    }
    return (n >= 5 && memcmp(p, "WARC/", 5) == 0) ||
           (n >= 11 && memcmp(p, "filedesc://", 11) == 0);
}

static bool begins_within_gzip(const peek *p)
{
    uint8_t out[16];
    z_stream z = {.next_in = (Bytef *)(uintptr_t)p->bytes,
                  .avail_in = (uInt)p->n,
                  .next_out = out,
                  .avail_out = sizeof out};
    if (p->n < 3 || p->bytes[0] != 0x1f || p->bytes[1] != 0x8b ||
        inflateInit2(&z, 15 + 16) != Z_OK)
        return false;
    (void)inflate(&z, Z_SYNC_FLUSH);
    (void)inflateEnd(&z);
    return begins_so(out, sizeof out - z.avail_out);
}

ew_code ew_import__looks_warc(ew_delivery *from, bool *yes, ew_err *err)
{
    static const char *const zstd[] = {".warc.zst", NULL}; /* whose reader says why not */
    size_t count = ew_delivery_count(from);
    *yes = false;
    if (ew_delivery_find(from, ew_slice_of("datapackage.json")) != SIZE_MAX)
        return EW_OK; /* a WACZ */
    for (size_t i = 0; i < count && !*yes; i++) {
        ew_slice name = ew_delivery_name(from, i);
        peek p = {.n = 0};
        if (count > 1 && !ew_warc_named_so(name))
            continue;
        ew_code code = ew_delivery_stream(from, i, take, &p, err);
        if (code != EW_OK && code != EW_E_CANCELLED)
            return code;
        *yes = begins_so(p.bytes, p.n) || begins_within_gzip(&p) ||
               ew_article_name_ends(name, zstd);
    }
    return EW_OK;
}
