/* SPDX-License-Identifier: Apache-2.0 */
/* JPEG: its segments, from the first to the end of the picture, and what follows. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "import/picture_facts.h"

enum {
    SEGMENTS_MAX = 5000,
    MPF_IMAGES = 32,
    SCANS_MAX = 1000,
    M_SOF0 = 0xC0,
    M_DHT = 0xC4,
    M_JPG = 0xC8,
    M_DAC = 0xCC,
    M_SOI = 0xD8,
    M_EOI = 0xD9,
    M_SOS = 0xDA,
    M_DQT = 0xDB,
    M_APP0 = 0xE0,
    M_COM = 0xFE
};

typedef struct jpeg {
    ew_photo *photo;
    size_t at; /* of the marker at hand */
    unsigned scans, xmp_more;
    bool quality_told, coding_told, colours_told, ended, c2pa;
    size_t end;       /* behind the end of the picture */
    size_t mpf_end;   /* behind the last image that MPF names */
    ew_span_of jumbf; /* first box */
} jpeg;

static const uint8_t *at(const jpeg *j, size_t i)
{
    return ew_photo_at(j->photo, i);
}

static bool starts(const jpeg *j, ew_span_of s, const char *with, size_t n)
{
    return s.n >= n && memcmp(at(j, s.at), with, n) == 0;
}

static ew_span_of behind(ew_span_of s, size_t n)
{
    return (ew_span_of){s.at + n, s.n - n};
}

/* ------------------------------------------------------------------ multi-picture format */

typedef struct mpf {
    ew_span_of tiff;
    bool big_endian;
} mpf;

static uint32_t mpf_u(const jpeg *j, const mpf *m, size_t i, int bytes)
{
    const uint8_t *b = at(j, m->tiff.at + i);

    if (bytes == 2)
        return m->big_endian ? ew_photo_u16be(b) : ew_get_u16le(b);
    return m->big_endian ? ew_photo_u32be(b) : ew_get_u32le(b);
}

static const char *mpf_kind(uint32_t attributes)
{
    switch (attributes & 0xFFFFFF) {
    case 0x030000:
        return "the main picture";
    case 0x010001:
    case 0x010002:
        return "a large thumbnail";
    case 0x020001:
        return "part of a panorama";
    case 0x020002:
        return "of another eye";
    case 0x020003:
        return "of another angle";
    default:
        return "another picture";
    }
}

/* Entries of 16 bytes: attributes, size, place. */
static ew_code mpf_entries(jpeg *j, const mpf *m, size_t from, uint32_t count,
                           ew_err *err)
{
    const size_t all = j->photo->file.n;
    ew_code rc = EW_OK;

    for (uint32_t i = 0; i < count && i < MPF_IMAGES && rc == EW_OK; i++) {
        const size_t e = from + 16 * (size_t)i;
        size_t size, where;

        if (e > m->tiff.n || m->tiff.n - e < 16)
            return EW_OK;
        size = mpf_u(j, m, e + 4, 4);
        where = mpf_u(j, m, e + 8, 4);
        where += where > 0 ? m->tiff.at : 0;
        if (where > all || size > all - where) {
            rc = ew_photo_odd(j->photo, m->tiff, "MPF", err,
                              "picture %u (%s), %zu bytes, does not lie in the file",
                              i + 1, mpf_kind(mpf_u(j, m, e, 4)), size);
            continue;
        }
        rc = ew_photo_say(j->photo, (ew_span_of){where, size}, "MPF", err,
                          "picture %u: %s, %zu bytes", i + 1, mpf_kind(mpf_u(j, m, e, 4)),
                          size);
        j->mpf_end = where + size > j->mpf_end ? where + size : j->mpf_end;
    }
    return rc;
}

static ew_code take_mpf(jpeg *j, ew_span_of tiff, ew_err *err)
{
    mpf m = {.tiff = tiff};
    uint32_t dir, count;

    if (tiff.n < 16)
        return EW_OK;
    m.big_endian = *at(j, tiff.at) == 'M';
    dir = mpf_u(j, &m, 4, 4);
    if (dir > tiff.n - 2)
        return EW_OK;
    count = mpf_u(j, &m, dir, 2);
    for (uint32_t i = 0; i < count; i++) {
        const size_t e = dir + 2 + 12 * (size_t)i;

        if (e + 12 > tiff.n)
            return EW_OK;
        if (mpf_u(j, &m, e, 2) == 0xB002)
            return mpf_entries(j, &m, mpf_u(j, &m, e + 8, 4), mpf_u(j, &m, e + 4, 4) / 16,
                               err);
    }
    return EW_OK;
}

/* ------------------------------------------------------------------ segments */

static ew_code take_app1(jpeg *j, ew_span_of s, ew_err *err)
{
    static const char xmp[] = "http://ns.adobe.com/xap/1.0/";
    static const char more[] = "http://ns.adobe.com/xmp/extension/";

    if (starts(j, s, "Exif\0", 6))
        return ew_photo_exif(j->photo, behind(s, 6), err);
    if (starts(j, s, xmp, sizeof xmp))
        return ew_photo_xmp(j->photo, behind(s, sizeof xmp), err);
    if (starts(j, s, more, sizeof more) && j->xmp_more++ == 0)
        return ew_photo_say(j->photo, s, "ExtendedXMP", err,
                            "more than one segment holds");
    return EW_OK;
}

static ew_code take_app(jpeg *j, unsigned marker, ew_span_of s, ew_err *err)
{
    switch (marker - M_APP0) {
    case 0:
        if (starts(j, s, "JFXX\0\x10", 6)) {
            ew_photo_thumb(j->photo, behind(s, 6));
            return ew_photo_say(j->photo, behind(s, 6), "Thumbnail", err,
                                "%zu bytes in JFXX", s.n - 6);
        }
        return EW_OK;
    case 1:
        return take_app1(j, s, err);
    case 2:
        if (starts(j, s, "MPF", 4))
            return take_mpf(j, behind(s, 4), err);
        return EW_OK;
    case 11: /* JPEG XT box: two letters, instance, number, then the box */
        if (starts(j, s, "JP", 2) && s.n > 8 && !j->c2pa) {
            j->c2pa = true;
            return ew_photo_jumbf(j->photo, behind(s, 8), err);
        }
        return EW_OK;
    case 13:
        if (starts(j, s, "Photoshop 3.0", 14))
            return ew_photo_photoshop(j->photo, behind(s, 14), err);
        return EW_OK;
    default:
        return EW_OK;
    }
}

/* The first table of all is the one for brightness. */
static ew_code take_tables(jpeg *j, ew_span_of s, ew_err *err)
{
    uint16_t table[64];
    const bool wide = s.n > 0 && (*at(j, s.at) >> 4) != 0;

    if (j->quality_told || s.n < (wide ? 129 : 65) || (*at(j, s.at) & 15) != 0)
        return EW_OK;
    j->quality_told = true;
    for (size_t i = 0; i < 64; i++)
        table[i] = (uint16_t)(wide ? ew_photo_u16be(at(j, s.at + 1 + 2 * i))
                                   : *at(j, s.at + 1 + i));
    return ew_photo_quality(j->photo, (ew_span_of){s.at, wide ? 129 : 65}, table, err);
}

static const char *sampling(const jpeg *j, ew_span_of s, char text[32])
{
    const unsigned y = *at(j, s.at + 7), cb = *at(j, s.at + 10), cr = *at(j, s.at + 13);
    const unsigned h = cb >> 4 > 0 ? (y >> 4) / (cb >> 4) : 0;
    const unsigned v = (cb & 15) > 0 ? (y & 15) / (cb & 15) : 0;

    if (cb != cr)
        return "of its own";
    if (h == 1 && v == 1)
        return "4:4:4";
    if (h == 2 && v == 1)
        return "4:2:2";
    if (h == 2 && v == 2)
        return "4:2:0";
    if (h == 4 && v == 1)
        return "4:1:1";
    if (h == 1 && v == 2)
        return "4:4:0";
    (void)snprintf(text, 32, "%u to 1, %u to 1", h % 100, v % 100);
    return text;
}

static ew_code take_frame(jpeg *j, unsigned marker, ew_span_of s, ew_err *err)
{
    static const char *const ways[] = {"baseline", "extended", "progressive", "lossless"};
    const bool arithmetic = marker > M_JPG;
    unsigned parts;
    char text[32];
    ew_code rc;

    if (s.n < 6 || j->coding_told)
        return EW_OK;
    j->coding_told = true;
    parts = *at(j, s.at + 5);
    j->photo->height = ew_photo_u16be(at(j, s.at + 1));
    j->photo->width = ew_photo_u16be(at(j, s.at + 3));
    rc = ew_photo_say(j->photo, s, "JPEGCoding", err, "%s%s, %u bits, %u component%s",
                      ways[marker & 3], arithmetic ? ", arithmetic" : "", *at(j, s.at),
                      parts, parts == 1 ? "" : "s");
    if (rc == EW_OK && parts == 3 && s.n >= 15)
        rc = ew_photo_say(j->photo, s, "ChromaSubsampling", err, "%s",
                          sampling(j, s, text));
    return rc;
}

static bool is_frame(unsigned marker)
{
    return marker >= M_SOF0 && marker < M_SOF0 + 16 && marker != M_DHT &&
           marker != M_JPG && marker != M_DAC;
}

static ew_code take_segment(jpeg *j, unsigned marker, ew_span_of s, ew_err *err)
{
    if (marker >= M_APP0 && marker < M_APP0 + 16)
        return take_app(j, marker, s, err);
    if (marker == M_COM)
        return ew_photo_text(j->photo, s, ew_slice_of("Comment"),
                             (ew_slice){(const char *)at(j, s.at), s.n}, err);
    if (marker == M_DQT)
        return take_tables(j, s, err);
    return is_frame(marker) ? take_frame(j, marker, s, err) : EW_OK;
}

/* To the next marker that is not a part of the coded data. */
static void skip_scan(jpeg *j)
{
    const ew_slice f = j->photo->file;

    while (j->at + 1 < f.n) {
        const char *ff = memchr(f.p + j->at, 0xFF, f.n - j->at - 1);
        unsigned next;

        if (ff == NULL)
            break;
        j->at = (size_t)(ff - f.p);
        next = (uint8_t)ff[1];
        if (next != 0 && next != 0xFF && (next < 0xD0 || next > 0xD7))
            return;
        j->at += next == 0xFF ? 1 : 2;
    }
    j->at = f.n;
}

static ew_code walk(jpeg *j, ew_err *err)
{
    const size_t all = j->photo->file.n;
    ew_code rc = EW_OK;

    for (unsigned i = 0; i < SEGMENTS_MAX && rc == EW_OK && j->at + 2 <= all; i++) {
        const unsigned marker = *at(j, j->at + 1);
        size_t n;

        if (*at(j, j->at) != 0xFF || marker == 0xFF) { /* fill bytes, or damage */
            j->at++;
            continue;
        }
        if (marker == M_EOI) {
            j->ended = true;
            j->end = j->at + 2;
            return EW_OK;
        }
        if (marker == M_SOI || marker == 1 || (marker >= 0xD0 && marker <= 0xD7)) {
            j->at += 2;
            continue;
        }
        if (j->at + 4 > all)
            return EW_OK;
        n = ew_photo_u16be(at(j, j->at + 2));
        if (n < 2 || n > all - j->at - 2)
            return EW_OK;
        rc = take_segment(j, marker, (ew_span_of){j->at + 4, n - 2}, err);
        j->at += 2 + n;
        if (marker == M_SOS) {
            skip_scan(j);
            if (++j->scans > SCANS_MAX)
                return rc;
        }
    }
    return rc;
}

ew_code ew_photo_jpeg(ew_photo *p, ew_err *err)
{
    jpeg j = {.photo = p, .at = 2};
    ew_code rc = walk(&j, err);

    if (rc != EW_OK)
        return rc;
    if (!j.ended)
        return ew_photo_odd(p, (ew_span_of){p->file.n, 0}, "End", err,
                            "the file ends before the picture does");
    if (j.mpf_end > j.end)
        j.end = j.mpf_end;
    return ew_photo_trailing(p, j.end, err);
}
