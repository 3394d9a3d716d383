/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures: the client of the decoder process. It believes nothing that comes back but sizes within
 * the limits: docs/formats/decoder-protocol.md. */
#include "media/picture.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/utf8.h"
#include "media/process.h"
#include "media/protocol.h"

enum { BUFFER_BYTES = EW_DP_HEAD_BYTES + EW_DP_LUMA_MAX_BYTES, BEATS_MAX = 1 << 20 };

typedef struct reader {
    ew_media__process process;
    char name[EW_MEDIA__NAME_BYTES];
    uint32_t stall_seconds;
    uint64_t memory_bytes;
    ew_picture *out;
    uint64_t have;  /* bytes of luma so far */
    uint32_t other; /* frames without luma, in a row */
    bool ended;
    size_t begin, end;
    uint8_t buf[BUFFER_BYTES];
} reader;

/* ---------------------------------------------------------------- frames */

static ew_code wrong(const reader *r, const char *what, ew_err *err)
{
    return ew_fail(err, EW_E_IO, 0, "cannot decode '%s': the decoder program %s", r->name,
                   what);
}

/* Until n bytes are in the buffer. */
static ew_code need(reader *r, size_t n, ew_err *err)
{
    if (r->end - r->begin < n && r->begin > 0) {
        memmove(r->buf, r->buf + r->begin, r->end - r->begin);
        r->end -= r->begin;
        r->begin = 0;
    }
    while (r->end - r->begin < n) {
        size_t got = 0;
        ew_code rc =
            ew_media__process_read(&r->process, r->buf + r->end, sizeof r->buf - r->end,
                                   r->stall_seconds, &got, err);

        if (rc == EW_E_BUSY) {
            ew_media__process_end(&r->process);
            return ew_media__stalled(r->stall_seconds, r->name, err);
        }
        if (rc < 0)
            return rc;
        if (got == 0) {
            ew_media__process_wait(&r->process);
            return ew_media__died(&r->process, r->name, err);
        }
        r->end += got;
    }
    return EW_OK;
}

static ew_code take_head(reader *r, const uint8_t *p, size_t n, ew_err *err)
{
    ew_picture *out = r->out;
    uint32_t turn;

    if (n != EW_DP_PICT_BYTES || out->luma != NULL ||
        ew_get_u32le(p + EW_DP_PICT_AT_VERSION) != EW_DP_VERSION)
        return wrong(r, "is of another version, or mad", err);
    out->width = ew_get_u32le(p + EW_DP_PICT_AT_WIDTH);
    out->height = ew_get_u32le(p + EW_DP_PICT_AT_HEIGHT);
    turn = ew_get_u32le(p + EW_DP_PICT_AT_TURN);
    if (out->width == 0 || out->height == 0 || out->width > EW_DP_SIDE_MAX ||
        out->height > EW_DP_SIDE_MAX ||
        (uint64_t)out->width * out->height > EW_DP_PIXELS_MAX || turn > 8)
        return wrong(r, "tells an impossible size", err);
    out->turn = turn;
    for (size_t i = 0; i + 1 < sizeof out->codec; i++) {
        const char c = (char)p[EW_DP_PICT_AT_CODEC + i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
            break;
        out->codec[i] = c;
    }
    out->luma = ew_alloc_array(out->width, out->height);
    return out->luma != NULL ? EW_OK : ew_fail_nomem(err);
}

static ew_code take_luma(reader *r, const uint8_t *p, size_t n, ew_err *err)
{
    const uint64_t all = (uint64_t)r->out->width * r->out->height;

    if (r->out->luma == NULL || n == 0 || n > all - r->have)
        return wrong(r, "gives more than it said", err);
    memcpy(r->out->luma + r->have, p, n);
    r->have += n;
    r->other = 0;
    return EW_OK;
}

static ew_code take_end(reader *r, const uint8_t *p, size_t n, ew_err *err)
{
    const uint64_t all = (uint64_t)r->out->width * r->out->height;

    if (n != EW_DP_END_BYTES || all == 0 || r->have != all || ew_get_u64le(p) != all)
        return wrong(r, "gives less than it said", err);
    r->out->damaged = ew_get_u32le(p + 8);
    r->ended = true;
    return EW_OK;
}

/* The words may come from a process that was taken over: made safe by the error itself. */
static ew_code take_fail(const reader *r, const uint8_t *p, size_t n, ew_err *err)
{
    static const ew_code codes[] = {EW_E_IO,    EW_E_FORMAT, EW_E_LIMIT,
                                    EW_E_LIMIT, EW_E_IO,     EW_E_BUG};
    uint32_t kind;
    ew_buf words;
    ew_code rc;

    if (n < 4 || n > EW_DP_FAIL_MAX_BYTES)
        return wrong(r, "failed without a word", err);
    kind = ew_get_u32le(p);
    if (kind == EW_DP_FAIL_MEMORY)
        return ew_fail(err, EW_E_LIMIT, 0,
                       "cannot decode '%s': it takes more than %llu MiB of memory",
                       r->name, (unsigned long long)(r->memory_bytes >> 20));
    ew_buf_init(&words, 16 * EW_DP_FAIL_MAX_BYTES);
    rc = ew_utf8_append_safe(&words, (const char *)p + 4, n - 4, err);
    if (rc == EW_OK)
        rc = ew_fail(err, kind < EW_COUNT(codes) ? codes[kind] : EW_E_IO, 0,
                     "cannot decode '%s': %s", r->name,
                     words.len > 0 ? (const char *)words.data : "");
    ew_buf_release(&words);
    return rc;
}

static ew_code take_frame(reader *r, uint32_t tag, const uint8_t *p, size_t n,
                          ew_err *err)
{
    switch (tag) {
    case EW_DP_PICT:
        return take_head(r, p, n, err);
    case EW_DP_LUMA:
        return take_luma(r, p, n, err);
    case EW_DP_END:
        return take_end(r, p, n, err);
    case EW_DP_FAIL:
        return take_fail(r, p, n, err);
    case EW_DP_NOTE:
    case EW_DP_BEAT:
        return r->other++ < BEATS_MAX ? EW_OK : wrong(r, "runs in circles", err);
    default:
        return wrong(r, "writes what is not of the protocol", err);
    }
}

static ew_code read_all(reader *r, ew_err *err)
{
    ew_code rc = EW_OK;

    while (rc == EW_OK && !r->ended) {
        uint32_t tag, n;

        rc = need(r, EW_DP_HEAD_BYTES, err);
        if (rc < 0)
            return rc;
        tag = ew_get_u32le(r->buf + r->begin);
        n = ew_get_u32le(r->buf + r->begin + 4);
        if (n > EW_DP_LUMA_MAX_BYTES)
            return wrong(r, "writes what is not of the protocol", err);
        rc = need(r, EW_DP_HEAD_BYTES + n, err);
        if (rc == EW_OK)
            rc = take_frame(r, tag, r->buf + r->begin + EW_DP_HEAD_BYTES, n, err);
        r->begin += EW_DP_HEAD_BYTES + n;
    }
    return rc;
}

/* ---------------------------------------------------------------- from outside */

ew_code ew_picture_decode_fd(ew_picture *out, int fd, const char *name,
                             const ew_media_opts *opts, ew_err *err)
{
    const ew_media_opts defaults = ew_media_opts_default();
    ew_media_opts o = opts != NULL ? *opts : defaults;
    reader *r = ew_alloc(sizeof *r);
    ew_code rc;

    memset(out, 0, sizeof *out);
    if (r == NULL)
        return ew_fail_nomem(err);
    o.rate_hz = o.channels = 0;
    o.start_ms = o.length_ms = 0;
    o.facts = false;
    r->process.fd = -1;
    r->out = out;
    r->stall_seconds = o.stall_seconds;
    r->memory_bytes = o.memory_bytes;
    rc = ew_media__short_name(r->name, name, err);
    if (rc == EW_OK)
        rc = ew_media__check_file(fd, r->name, err);
    if (rc == EW_OK)
        rc = ew_media__process_start(&r->process, fd, "", true, &o, err);
    if (rc == EW_OK)
        rc = read_all(r, err);
    ew_media__process_end(&r->process);
    ew_free(r);
    if (rc < 0)
        ew_picture_release(out);
    return rc;
}

ew_code ew_picture_decode(ew_picture *out, const void *bytes, size_t n, const char *name,
                          const ew_media_opts *opts, ew_err *err)
{
    int fd;
    ew_code rc;

    memset(out, 0, sizeof *out);
    fd = memfd_create("earwitness-picture", MFD_CLOEXEC);
    if (fd < 0)
        return ew_fail_sys(err, errno, "cannot hand a picture to the decoder");
    rc = ew_write_all(fd, bytes, n, err);
    if (rc == EW_OK)
        rc = ew_picture_decode_fd(out, fd, name, opts, err);
    close(fd);
    return rc;
}

void ew_picture_release(ew_picture *p)
{
    ew_free(p->luma);
    memset(p, 0, sizeof *p);
}
