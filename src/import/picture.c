/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures among the members of a delivery. */
#include "import/picture.h"

#include <string.h>

#include "base/bytes.h"
#include "import/picture_facts.h"
#include "media/heif.h"

enum { MARK_BYTES = 16, LOOKED_AT = 20 };

ew_picture_kind ew_picture_kind_of(ew_slice s)
{
    static const struct {
        const char *mark;
        size_t at, n;
        ew_picture_kind kind;
    } marks[] = {
        {"\xFF\xD8\xFF", 0, 3, EW_PICTURE_JPEG},
        {"\x89PNG\r\n\x1A\n", 0, 8, EW_PICTURE_PNG},
        {"GIF87a", 0, 6, EW_PICTURE_GIF},
        {"GIF89a", 0, 6, EW_PICTURE_GIF},
        {"II*\0", 0, 4, EW_PICTURE_TIFF},
        {"MM\0*", 0, 4, EW_PICTURE_TIFF},
    };

    for (size_t i = 0; i < EW_COUNT(marks); i++)
        if (s.n >= MARK_BYTES &&
            memcmp(s.p + marks[i].at, marks[i].mark, marks[i].n) == 0)
            return marks[i].kind;
    if (s.n >= MARK_BYTES && memcmp(s.p, "RIFF", 4) == 0 &&
        memcmp(s.p + 8, "WEBP", 4) == 0)
        return EW_PICTURE_WEBP;
    /* two letters are little: the reserved bytes must be zero, and the head of a known size */
    if (s.n >= MARK_BYTES && memcmp(s.p, "BM", 2) == 0 &&
        memcmp(s.p + 6, "\0\0\0\0", 4) == 0 && s.p[15] == 0 &&
        ew_get_u32le((const uint8_t *)s.p + 10) < 4096)
        return EW_PICTURE_BMP;
    return ew_heif_is((const uint8_t *)s.p, s.n) ? EW_PICTURE_HEIF : EW_PICTURE_NONE;
}

static ew_code read_file(ew_photo *p, ew_err *err)
{
    switch (p->kind) {
    case EW_PICTURE_JPEG:
        return ew_photo_jpeg(p, err);
    case EW_PICTURE_PNG:
        return ew_photo_png(p, err);
    case EW_PICTURE_WEBP:
        return ew_photo_webp(p, err);
    case EW_PICTURE_GIF:
        return ew_photo_gif(p, err);
    case EW_PICTURE_BMP:
        return ew_photo_bmp(p, err);
    case EW_PICTURE_TIFF:
        return ew_photo_exif(p, (ew_span_of){0, p->file.n}, err);
    case EW_PICTURE_HEIF:
        return ew_photo_heif(p, err);
    default:
        return EW_OK;
    }
}

static ew_code read_photo(ew_photo *p, ew_err *err)
{
    static const char *const names[] = {"none", "JPEG", "PNG",  "WebP",
                                        "GIF",  "BMP",  "TIFF", "HEIF"};
    ew_code rc =
        ew_photo_say(p, (ew_span_of){0, p->file.n}, "Format", err, "%s", names[p->kind]);

    if (rc == EW_OK)
        rc = read_file(p, err);
    if (rc == EW_OK && p->width > 0)
        rc = ew_photo_say(p, (ew_span_of){0, p->file.n}, "Size", err, "%u x %u", p->width,
                          p->height);
    if (rc == EW_OK)
        rc = ew_photo_contradictions(p, err);
    return rc == EW_OK ? ew_photo_seen(p, err) : rc;
}

ew_code ew_import_picture_bytes(ew_slice file, size_t member, const ew_import_opts *opts,
                                const ew_import_sink *sink, ew_err *err)
{
    ew_photo p = {.sink = sink, .opts = opts, .member = member, .file = file};
    ew_code rc;

    p.kind = ew_picture_kind_of(file);
    if (p.kind == EW_PICTURE_NONE)
        return EW_OK;
    ew_buf_init(&p.clean, 16 * EW_PICTURE_VALUE);
    ew_buf_init(&p.value, 2 * EW_PICTURE_VALUE);
    rc = read_photo(&p, err);
    ew_buf_release(&p.clean);
    ew_buf_release(&p.value);
    return rc;
}

/* The first bytes of a member: a ZIP may hold videos, which are not to be unpacked for it. */
typedef struct beginning {
    char bytes[MARK_BYTES];
    size_t n;
} beginning;

static ew_code take_beginning(void *cookie, const void *bytes, size_t n, ew_err *err)
{
    beginning *b = cookie;
    const size_t room = sizeof b->bytes - b->n;

    (void)err;
    memcpy(b->bytes + b->n, bytes, n < room ? n : room);
    b->n += n < room ? n : room;
    return b->n == sizeof b->bytes ? EW_E_CANCELLED : EW_OK;
}

static ew_code kind_of(ew_delivery *from, size_t member, ew_picture_kind *kind,
                       ew_err *err)
{
    beginning b = {.n = 0};
    ew_code rc = ew_delivery_stream(from, member, take_beginning, &b, err);

    *kind = ew_picture_kind_of((ew_slice){b.bytes, b.n});
    return b.n == sizeof b.bytes ? EW_OK : rc;
}

ew_code ew_import_picture_of(ew_delivery *from, size_t member, const ew_import_opts *opts,
                             const ew_import_sink *sink, ew_err *err)
{
    ew_picture_kind kind;
    ew_slice file;
    ew_code rc = kind_of(from, member, &kind, err);

    if (rc != EW_OK || kind == EW_PICTURE_NONE)
        return rc;
    rc = ew_delivery_read(from, member, &file, err);
    if (rc == EW_OK)
        rc = ew_import_picture_bytes(file, member, opts, sink, err);
    return rc == EW_OK ? ew_delivery_check(from, err) : rc;
}

ew_code ew_import__picture(ew_delivery *from, const ew_import_opts *opts,
                           const ew_import_sink *sink, ew_err *err)
{
    ew_code rc = EW_OK;

    for (size_t i = 0; i < ew_delivery_count(from) && rc == EW_OK; i++)
        rc = ew_import_picture_of(from, i, opts, sink, err);
    return rc;
}

/* All of the first members are pictures. */
ew_code ew_import__looks_picture(ew_delivery *from, bool *yes, ew_err *err)
{
    const size_t n = ew_delivery_count(from);
    ew_code rc = EW_OK;

    *yes = n > 0;
    for (size_t i = 0; i < n && i < LOOKED_AT && *yes && rc == EW_OK; i++) {
        ew_picture_kind kind = EW_PICTURE_NONE;

        rc = kind_of(from, i, &kind, err);
        *yes = kind != EW_PICTURE_NONE;
    }
    return rc;
}
