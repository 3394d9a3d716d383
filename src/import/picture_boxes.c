/* SPDX-License-Identifier: Apache-2.0 */
/* PNG, WebP, GIF, BMP, HEIF: chunks and boxes with metadata in them; what follows the end. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "import/picture_facts.h"
#include "media/heif.h"

enum { CHUNKS_MAX = 100000, KEYWORD_MAX = 79 };

static ew_slice slice(const ew_photo *p, ew_span_of s)
{
    return (ew_slice){p->file.p + s.at, s.n};
}

/* ------------------------------------------------------------------ behind the end */

static const char *what_is(const uint8_t *b, size_t n)
{
    if (n >= 12 && memcmp(b + 4, "ftyp", 4) == 0)
        return ", a video or picture of the MP4 family";
    if (n >= 4 && memcmp(b, "PK\3\4", 4) == 0)
        return ", a ZIP archive";
    if (n >= 3 && memcmp(b, "\xFF\xD8\xFF", 3) == 0)
        return ", another JPEG picture";
    if (n >= 6 && memcmp(b, "Rar!\x1A\7", 6) == 0)
        return ", a RAR archive";
    if (n >= 5 && memcmp(b, "%PDF-", 5) == 0)
        return ", a PDF document";
    return "";
}

ew_code ew_photo_trailing(ew_photo *p, size_t at, ew_err *err)
{
    const size_t n = at < p->file.n ? p->file.n - at : 0;
    size_t zeros = 0;

    if (n == 0)
        return EW_OK;
    while (zeros < n && p->file.p[at + zeros] == 0)
        zeros++;
    return ew_photo_say(p, (ew_span_of){at, n}, "TrailingData", err,
                        "%zu bytes after the end of the picture%s", n,
                        zeros == n ? ", all zero" : what_is(ew_photo_at(p, at), n));
}

ew_code ew_photo_c2pa(ew_photo *p, ew_span_of where, ew_err *err)
{
    return ew_photo_say(p, where, "C2PA", err, "has a C2PA manifest, not checked");
}

ew_code ew_photo_jumbf(ew_photo *p, ew_span_of box, ew_err *err)
{
    const ew_slice s = slice(p, box);

    for (size_t i = 0; s.n >= 5 && i + 5 <= s.n && i < 200; i++)
        if (memcmp(s.p + i, "c2pa", 5) == 0)
            return ew_photo_c2pa(p, box, err);
    return ew_photo_say(p, box, "JUMBF", err, "a JUMBF box, %zu bytes", box.n);
}

/* ------------------------------------------------------------------ PNG */

/* tEXt: keyword, 0, text. iTXt: keyword, 0, packed?, 0, language, 0, keyword again, 0, text. */
static ew_code png_text(ew_photo *p, ew_span_of s, bool international, ew_err *err)
{
    const char *b = p->file.p + s.at;
    const size_t key = strnlen(b, s.n < KEYWORD_MAX + 1 ? s.n : KEYWORD_MAX + 1);
    char name[KEYWORD_MAX + 8];
    size_t i = key + 1;
    bool packed = false;

    if (key == 0 || key > KEYWORD_MAX || key >= s.n)
        return EW_OK;
    if (international) {
        packed = i < s.n && b[i] != 0;
        i += 2;
        for (int k = 0; k < 2 && i < s.n; k++)
            i += strnlen(b + i, s.n - i) + 1;
    }
    if (i > s.n)
        return EW_OK;
    (void)snprintf(name, sizeof name, "PNG:%s", b);
    for (char *c = name; *c != 0; c++)
        *c = (unsigned char)*c < ' ' || (unsigned char)*c >= 0x7F ? '?' : *c;
    s = (ew_span_of){s.at + i, s.n - i};
    if (packed)
        return ew_photo_say(p, s, name, err, "%zu bytes, packed", s.n);
    if (strcmp(name, "PNG:XML:com.adobe.xmp") == 0)
        return ew_photo_xmp(p, s, err);
    return ew_photo_text(p, s, ew_slice_of(name), slice(p, s), err);
}

static ew_code png_packed(ew_photo *p, ew_span_of s, ew_err *err)
{
    char name[KEYWORD_MAX + 8];

    (void)snprintf(name, sizeof name, "PNG:%.*s",
                   (int)strnlen(p->file.p + s.at, s.n < KEYWORD_MAX ? s.n : KEYWORD_MAX),
                   p->file.p + s.at);
    for (char *c = name; *c != 0; c++)
        *c = (unsigned char)*c < ' ' || (unsigned char)*c >= 0x7F ? '?' : *c;
    return ew_photo_say(p, s, name, err, "%zu bytes, packed", s.n);
}

static ew_code png_time(ew_photo *p, ew_span_of s, ew_err *err)
{
    const uint8_t *b = ew_photo_at(p, s.at);

    if (s.n < 7)
        return EW_OK;
    return ew_photo_say(p, s, "PNG:tIME", err, "%04u-%02u-%02u %02u:%02u:%02u UTC",
                        ew_photo_u16be(b), b[2], b[3], b[4], b[5], b[6]);
}

static ew_code png_chunk(ew_photo *p, const char *type, ew_span_of s, ew_err *err)
{
    if (memcmp(type, "IHDR", 4) == 0 && s.n >= 13) {
        p->width = ew_photo_u32be(ew_photo_at(p, s.at));
        p->height = ew_photo_u32be(ew_photo_at(p, s.at + 4));
        return EW_OK;
    }
    if (memcmp(type, "tEXt", 4) == 0 || memcmp(type, "iTXt", 4) == 0)
        return png_text(p, s, type[0] == 'i', err);
    if (memcmp(type, "zTXt", 4) == 0)
        return png_packed(p, s, err);
    if (memcmp(type, "tIME", 4) == 0)
        return png_time(p, s, err);
    if (memcmp(type, "eXIf", 4) == 0)
        return ew_photo_exif(p, s, err);
    if (memcmp(type, "caBX", 4) == 0)
        return ew_photo_c2pa(p, s, err);
    if (memcmp(type, "acTL", 4) == 0 && s.n >= 4)
        return ew_photo_say(p, s, "Frames", err, "%u",
                            ew_photo_u32be(ew_photo_at(p, s.at)));
    return EW_OK;
}

ew_code ew_photo_png(ew_photo *p, ew_err *err)
{
    size_t at = 8;
    ew_code rc = EW_OK;

    for (unsigned i = 0; i < CHUNKS_MAX && rc == EW_OK && p->file.n - at >= 12; i++) {
        const size_t n = ew_photo_u32be(ew_photo_at(p, at));
        const char *type = p->file.p + at + 4;

        if (n > p->file.n - at - 12)
            break;
        if (memcmp(type, "IEND", 4) == 0)
            return ew_photo_trailing(p, at + 12 + n, err);
        rc = png_chunk(p, type, (ew_span_of){at + 8, n}, err);
        at += 12 + n;
    }
    return rc == EW_OK ? ew_photo_odd(p, (ew_span_of){p->file.n, 0}, "End", err,
                                      "the file ends before the picture does")
                       : rc;
}

/* ------------------------------------------------------------------ WebP */

static void webp_size(ew_photo *p, const char *type, ew_span_of s)
{
    const uint8_t *b = ew_photo_at(p, s.at);

    if (p->width != 0)
        return;
    if (memcmp(type, "VP8X", 4) == 0 && s.n >= 10) {
        p->width = 1 + (ew_get_u32le(b + 4) & 0xFFFFFF);
        p->height = 1 + (ew_get_u32le(b + 6) >> 8);
    } else if (memcmp(type, "VP8 ", 4) == 0 && s.n >= 10) {
        p->width = ew_get_u16le(b + 6) & 0x3FFF;
        p->height = ew_get_u16le(b + 8) & 0x3FFF;
    } else if (memcmp(type, "VP8L", 4) == 0 && s.n >= 5) {
        p->width = 1 + (ew_get_u32le(b + 1) & 0x3FFF);
        p->height = 1 + (ew_get_u32le(b + 1) >> 14 & 0x3FFF);
    }
}

static ew_code webp_chunk(ew_photo *p, const char *type, ew_span_of s, ew_err *err)
{
    webp_size(p, type, s);
    if (memcmp(type, "EXIF", 4) == 0) {
        if (s.n > 6 && memcmp(ew_photo_at(p, s.at), "Exif\0", 6) == 0)
            s = (ew_span_of){s.at + 6, s.n - 6};
        return ew_photo_exif(p, s, err);
    }
    if (memcmp(type, "XMP ", 4) == 0)
        return ew_photo_xmp(p, s, err);
    if (memcmp(type, "C2PA", 4) == 0)
        return ew_photo_c2pa(p, s, err);
    if (memcmp(type, "ANIM", 4) == 0)
        return ew_photo_say(p, s, "Frames", err, "animated");
    return EW_OK;
}

ew_code ew_photo_webp(ew_photo *p, ew_err *err)
{
    const size_t said = 8 + (size_t)ew_get_u32le(ew_photo_at(p, 4));
    const size_t end = said < p->file.n ? said : p->file.n;
    size_t at = 12;
    ew_code rc = EW_OK;

    for (unsigned i = 0; i < CHUNKS_MAX && rc == EW_OK && at < end && end - at >= 8;
         i++) {
        const size_t n = ew_get_u32le(ew_photo_at(p, at + 4));

        if (n > end - at - 8)
            break;
        rc = webp_chunk(p, p->file.p + at, (ew_span_of){at + 8, n}, err);
        at += 8 + n + (n & 1 && n < end - at - 8);
    }
    if (rc == EW_OK && said > p->file.n)
        rc = ew_photo_odd(p, (ew_span_of){p->file.n, 0}, "End", err,
                          "the file ends before the picture does");
    return rc == EW_OK ? ew_photo_trailing(p, end, err) : rc;
}

/* ------------------------------------------------------------------ GIF */

/* Blocks of up to 255 bytes, each with its length before it; the place behind the last. */
static size_t gif_blocks(const ew_photo *p, size_t at)
{
    while (at < p->file.n && *ew_photo_at(p, at) != 0)
        at += 1U + *ew_photo_at(p, at);
    return at < p->file.n ? at + 1 : p->file.n;
}

static ew_code gif_comment(ew_photo *p, size_t at, size_t end, ew_err *err)
{
    char text[EW_PICTURE_VALUE];
    const size_t from = at;
    size_t used = 0;

    while (at < end && *ew_photo_at(p, at) != 0) {
        size_t n = *ew_photo_at(p, at);

        n = n < end - at - 1 ? n : end - at - 1;
        n = n < sizeof text - used ? n : sizeof text - used;
        memcpy(text + used, p->file.p + at + 1, n);
        used += n;
        at += 1U + *ew_photo_at(p, at);
    }
    return ew_photo_text(p, (ew_span_of){from, end - from}, ew_slice_of("Comment"),
                         (ew_slice){text, used}, err);
}

/* XMP stands there in one piece, its end made so that readers of blocks find theirs. */
static ew_code gif_extension(ew_photo *p, size_t at, size_t end, ew_err *err)
{
    if (*ew_photo_at(p, at + 1) == 0xFE)
        return gif_comment(p, at + 2, end, err);
    if (*ew_photo_at(p, at + 1) == 0xFF && end - at > 14 + 258 &&
        memcmp(ew_photo_at(p, at + 2), "\x0BXMP DataXMP", 12) == 0)
        return ew_photo_xmp(p, (ew_span_of){at + 14, end - at - 14 - 258}, err);
    return EW_OK;
}

static size_t gif_colours(const ew_photo *p, size_t flags, size_t at)
{
    const unsigned f = *ew_photo_at(p, flags);

    return at + ((f & 0x80) != 0 ? (size_t)3 << ((f & 7) + 1) : 0);
}

ew_code ew_photo_gif(ew_photo *p, ew_err *err)
{
    size_t at, frames = 0;
    ew_code rc = EW_OK;

    if (p->file.n < 13)
        return EW_OK;
    p->width = ew_get_u16le(ew_photo_at(p, 6));
    p->height = ew_get_u16le(ew_photo_at(p, 8));
    at = gif_colours(p, 10, 13);
    for (unsigned i = 0; i < CHUNKS_MAX && rc == EW_OK && at + 11 < p->file.n; i++) {
        const size_t from = at;

        if (*ew_photo_at(p, at) == 0x3B)
            break;
        if (*ew_photo_at(p, at) == 0x2C) {
            frames++;
            at = gif_blocks(p, gif_colours(p, at + 9, at + 10) + 1);
        } else if (*ew_photo_at(p, at) == 0x21) {
            at = gif_blocks(p, at + 2);
            rc = gif_extension(p, from, at, err);
        } else {
            return rc;
        }
    }
    if (rc == EW_OK && frames > 1)
        rc = ew_photo_say(p, (ew_span_of){0, p->file.n}, "Frames", err, "%zu", frames);
    if (rc == EW_OK && at < p->file.n && *ew_photo_at(p, at) == 0x3B)
        rc = ew_photo_trailing(p, at + 1, err);
    return rc;
}

ew_code ew_photo_bmp(ew_photo *p, ew_err *err)
{
    (void)err;
    if (p->file.n >= 26 && ew_get_u32le(ew_photo_at(p, 14)) >= 40) {
        const uint32_t h = ew_get_u32le(ew_photo_at(p, 22));

        p->width = ew_get_u32le(ew_photo_at(p, 18));
        p->height = h > INT32_MAX ? 0U - h : h;
    }
    return EW_OK;
}

/* ------------------------------------------------------------------ HEIF */

static ew_code heif_item(ew_photo *p, const ew_heif_item *i, ew_err *err)
{
    const ew_span_of s = {(size_t)i->at, (size_t)i->bytes};
    size_t skip;

    if (i->bytes == 0)
        return EW_OK;
    if (i->xmp)
        return ew_photo_xmp(p, s, err);
    if (i->type != EW_HEIF_TYPE('E', 'x', 'i', 'f') || s.n < 4)
        return EW_OK;
    skip = (size_t)4 + ew_photo_u32be(ew_photo_at(p, s.at)); /* "Exif\0\0", mostly */
    if (skip > s.n)
        return ew_photo_odd(p, s, "EXIF", err, "a block that is none, %zu bytes", s.n);
    return ew_photo_exif(p, (ew_span_of){s.at + skip, s.n - skip}, err);
}

/* C2PA's box of the top level. */
static ew_code heif_boxes(ew_photo *p, ew_err *err)
{
    static const uint8_t uuid[16] = {0xD8, 0xFE, 0xC3, 0xD6, 0x1B, 0x0E, 0x48, 0x3C,
                                     0x92, 0x97, 0x58, 0x28, 0x87, 0x7E, 0xC4, 0x81};
    size_t at = 0;

    for (unsigned i = 0; i < CHUNKS_MAX && p->file.n - at >= 8; i++) {
        size_t n = ew_photo_u32be(ew_photo_at(p, at));

        if (n == 0)
            return EW_OK;
        if (n == 1 && p->file.n - at >= 16)
            n = (size_t)ew_photo_u32be(ew_photo_at(p, at + 8)) << 32 |
                ew_photo_u32be(ew_photo_at(p, at + 12));
        if (n < 8 || n > p->file.n - at)
            return EW_OK;
        if (n >= 24 && memcmp(ew_photo_at(p, at + 4), "uuid", 4) == 0 &&
            memcmp(ew_photo_at(p, at + 8), uuid, 16) == 0)
            return ew_photo_c2pa(p, (ew_span_of){at, n}, err);
        at += n;
    }
    return EW_OK;
}

ew_code ew_photo_heif(ew_photo *p, ew_err *err)
{
    ew_heif *h = ew_alloc(sizeof *h);
    const ew_heif_item *primary;
    ew_code rc = EW_OK;

    if (h == NULL)
        return ew_fail_nomem(err);
    if (ew_heif_read(h, (const uint8_t *)p->file.p, p->file.n)) {
        primary = ew_heif_find(h, h->primary);
        if (primary != NULL) {
            p->width = primary->width;
            p->height = primary->height;
            p->orientation = ew_heif_orientation(primary);
        }
        for (size_t i = 0; i < h->count && rc == EW_OK; i++)
            rc = heif_item(p, &h->items[i], err);
    }
    ew_free(h);
    return rc == EW_OK ? heif_boxes(p, err) : rc;
}
