/* SPDX-License-Identifier: Apache-2.0 */
/* A WARC file from its first to its last byte, in blocks; gzip is taken off, member by member. */
#include <string.h>
#include <strings.h>

#include <zlib.h>

#include "base/alloc.h"
#include "import/warc.h"

enum { BLOCK = 64 * 1024, PEEK = 4, RATIO_FLOOR = 64 << 20 };

typedef enum shape {
    SHAPE_UNKNOWN,
    SHAPE_PLAIN,
    SHAPE_MEMBER, /* within a gzip member */
    SHAPE_SEARCH, /* between two, or behind damage: for the next one */
    SHAPE_REST    /* too large when unpacked: not read */
} shape;

typedef struct stream {
    ew_warc *w;
    shape shape;
    z_stream z;
    bool z_open;
    bool damage;        /* searching behind it, rather than between members */
    uint64_t at;        /* in the file, of the next byte */
    uint64_t member_at; /* of the gzip member */
    uint64_t unpacked;
    uint8_t head[PEEK]; /* of the file, or of what may be a member */
    size_t head_n;
    uint8_t *block;
    uint64_t ticked;
} stream;

static const uint8_t gzip_magic[3] = {0x1f, 0x8b, 0x08};

/* ------------------------------------------------------------------ gzip */

static ew_code start_member(stream *s, uint64_t at)
{
    int rc = s->z_open ? inflateReset(&s->z) : inflateInit2(&s->z, 15 + 16);
    if (rc != Z_OK)
        return ew_fail_nomem(s->w->err);
    s->z_open = true;
    s->member_at = at;
    s->shape = SHAPE_MEMBER;
    return EW_OK;
}

static ew_code check_ratio(stream *s)
{
    if (s->unpacked < RATIO_FLOOR || s->unpacked / EW_DELIVERY_RATIO <= s->at)
        return EW_OK;
    s->shape = SHAPE_REST;
    return ew_warc__damaged(s->w, s->member_at,
                            "unpacks to so much that it must be a bomb: not read on");
}

/* Gives bytes to the member; what it does not take is left in `in`. */
static ew_code feed_member(stream *s, ew_slice *in)
{
    ew_code code = EW_OK;
    int rc = Z_OK;
    size_t left;
    do {
        s->z.next_in = (Bytef *)(uintptr_t)in->p;
        s->z.avail_in = (uInt)in->n;
        s->z.next_out = s->block;
        s->z.avail_out = BLOCK;
        rc = inflate(&s->z, Z_NO_FLUSH);
        size_t taken = in->n - s->z.avail_in;
        size_t made = BLOCK - s->z.avail_out;
        *in = (ew_slice){in->p + taken, s->z.avail_in};
        s->at += taken;
        s->unpacked += made;
        left = s->z.avail_out;
        if (made > 0)
            code = ew_warc__feed(s->w, (ew_slice){(char *)s->block, made}, s->member_at);
        if (code == EW_OK)
            code = check_ratio(s);
    } while (code == EW_OK && rc == Z_OK && left == 0 && s->shape == SHAPE_MEMBER);
    if (code != EW_OK || s->shape != SHAPE_MEMBER || rc == Z_OK || rc == Z_BUF_ERROR)
        return code;
    s->shape = SHAPE_SEARCH;
    s->head_n = 0;
    if (rc == Z_MEM_ERROR)
        return ew_fail_nomem(s->w->err);
    s->damage = rc != Z_STREAM_END;
    return s->damage ? ew_warc__damaged(s->w, s->at, "compressed bytes that are damaged")
                     : ew_warc__break(s->w, s->at, false);
}

/* Up to the magic number of gzip, which may lie across blocks. */
static ew_code search_member(stream *s, ew_slice *in)
{
    ew_code code = EW_OK;
    while (in->n > 0 && s->shape == SHAPE_SEARCH && code == EW_OK) {
        uint8_t c = (uint8_t)in->p[0];
        if (c == gzip_magic[s->head_n]) {
            s->head_n++;
        } else {
            if (!s->damage && c != 0) /* zeros at the end are harmless */
                code = ew_warc__damaged(s->w, s->at - s->head_n,
                                        "bytes between gzip members");
            s->damage = s->damage || c != 0;
            s->head_n = c == gzip_magic[0];
        }
        *in = (ew_slice){in->p + 1, in->n - 1};
        s->at++;
        if (code == EW_OK && s->head_n == sizeof gzip_magic) {
            ew_slice magic = {(const char *)gzip_magic, sizeof gzip_magic};
            code = start_member(s, s->at - sizeof gzip_magic);
            s->head_n = 0;
            s->at -= sizeof gzip_magic;
            if (code == EW_OK)
                code = feed_member(s, &magic);
        }
    }
    return code;
}

/* ------------------------------------------------------------------ what it is */

static ew_code no_warc(ew_warc *w, const char *why)
{
    ew_slice name = ew_delivery_name(w->from, w->member);
    return ew_fail(w->err, EW_E_FORMAT, 0, "'%.*s' %s",
                   (int)(name.n < 100 ? name.n : 100), name.p, why);
}

/* By the first bytes. */
static ew_code find_shape(stream *s)
{
    ew_warc *w = s->w;
    ew_slice head = {(const char *)s->head, s->head_n};
    if (s->head_n >= 4 && memcmp(s->head, "\x28\xB5\x2F\xFD", 4) == 0)
        return no_warc(w, "is compressed with Zstandard, which is not understood here; "
                          "unpack it first");
    if (s->head_n >= 3 && memcmp(s->head, gzip_magic, 3) == 0) {
        ew_code code = start_member(s, 0);
        s->at = 0;
        return code == EW_OK ? feed_member(s, &head) : code;
    }
    s->shape = SHAPE_PLAIN;
    w->plain = true;
    return ew_warc__feed(w, head, 0);
}

static ew_code peek(stream *s, ew_slice *in)
{
    while (in->n > 0 && s->head_n < PEEK) {
        s->head[s->head_n++] = (uint8_t)in->p[0];
        *in = (ew_slice){in->p + 1, in->n - 1};
        s->at++;
    }
    return s->head_n == PEEK ? find_shape(s) : EW_OK;
}

static ew_code tick(stream *s)
{
    const ew_progress *p = &s->w->progress;
    if (p->tick == NULL || s->at - s->ticked < (1 << 20))
        return EW_OK;
    s->ticked = s->at;
    return p->tick(p->cookie, "import", (int64_t)s->at, (int64_t)s->w->bytes) != 0
               ? ew_fail(s->w->err, EW_E_CANCELLED, 0, "cancelled")
               : EW_OK;
}

static ew_code take(void *cookie, const void *bytes, size_t n, ew_err *err)
{
    stream *s = cookie;
    ew_slice in = {bytes, n};
    ew_code code = tick(s);
    (void)err; /* the same as that of the run */
    while (in.n > 0 && code == EW_OK && s->shape != SHAPE_REST) {
        uint64_t at = s->at;
        if (s->shape == SHAPE_UNKNOWN) {
            code = peek(s, &in);
        } else if (s->shape == SHAPE_MEMBER) {
            code = feed_member(s, &in);
        } else if (s->shape == SHAPE_SEARCH) {
            code = search_member(s, &in);
        } else {
            s->at += in.n;
            code = ew_warc__feed(s->w, in, at);
            in.n = 0;
        }
    }
    return code;
}

ew_code ew_warc_read(ew_warc *w, size_t member)
{
    stream s = {.w = w};
    w->member = member;
    w->bytes = ew_delivery_bytes(w->from, member);
    w->plain = false;
    w->state = EW_WARC_BETWEEN;
    w->record.waiting = false;
    w->records = 0;
    w->foreign = NULL;
    w->told_shares = false;
    s.block = ew_alloc(BLOCK);
    if (s.block == NULL)
        return ew_fail_nomem(w->err);
    ew_code code = ew_delivery_stream(w->from, member, take, &s, w->err);
    if (code == EW_OK && s.shape == SHAPE_UNKNOWN)
        code = find_shape(&s);
    if (code == EW_OK)
        code = ew_warc__break(w, s.shape == SHAPE_REST ? w->bytes : s.at, true);
    if (code == EW_OK && w->records == 0)
        code = no_warc(w, w->foreign != NULL ? w->foreign : "is no WARC file");
    w->read_before += w->bytes;
    if (s.z_open)
        (void)inflateEnd(&s.z);
    ew_free(s.block);
    return code;
}
