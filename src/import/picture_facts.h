/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the import of pictures: telling facts, and what of them is kept to be compared. */
#ifndef EW_IMPORT_PICTURE_FACTS_H
#define EW_IMPORT_PICTURE_FACTS_H

#include "base/buf.h"
#include "import/picture.h"

enum {
    EW_PICTURE_FACTS = 2000, /* of one picture; what comes then is not told, but that */
    EW_PICTURE_VALUE = 4096, /* bytes of a value; longer ones are cut */
    EW_PICTURE_THUMBS = 4
};

/* A stretch of the file. */
typedef struct ew_span_of {
    size_t at, n;
} ew_span_of;

/* A clock's reading in the metadata. */
typedef struct ew_photo_time {
    bool known, zoned;
    int64_t s;      /* as if the clock were UTC */
    int32_t zone_s; /* east of Greenwich, when zoned */
    ew_span_of span;
} ew_photo_time;

typedef struct ew_photo {
    const ew_import_sink *sink;
    const ew_import_opts *opts;
    size_t member;
    ew_slice file;
    ew_picture_kind kind;
    unsigned told;
    bool full;           /* EW_PICTURE_FACTS were told */
    ew_buf clean, value; /* rooms */

    /* to be compared */
    uint32_t width, height;           /* as the format's own header says; 0: unknown */
    uint32_t exif_width, exif_height; /* as EXIF says */
    ew_span_of exif_size;
    unsigned orientation; /* of EXIF; 0: not said */
    unsigned exif_blocks;
    ew_photo_time original, digitised, modified, gps;
    ew_span_of thumb[EW_PICTURE_THUMBS];
    size_t thumbs;
} ew_photo;

/* Tells one fact. What comes from the file goes through ew_photo_text. */
EW_MUST_CHECK ew_code ew_photo_say(ew_photo *p, ew_span_of where, const char *name,
                                   ew_err *err, const char *fmt, ...) EW_PRINTF(5, 6);
/* The same of a contradiction. */
EW_MUST_CHECK ew_code ew_photo_odd(ew_photo *p, ew_span_of where, const char *name,
                                   ew_err *err, const char *fmt, ...) EW_PRINTF(5, 6);
/* Text from the file: made valid, one line, without spaces around it; nothing is told of an empty one.
 * name: may come from the file too. */
EW_MUST_CHECK ew_code ew_photo_text(ew_photo *p, ew_span_of where, ew_slice name,
                                    ew_slice text, ew_err *err);

/* Bytes of the file; where must lie in it. */
const uint8_t *ew_photo_at(const ew_photo *p, size_t at);

/* "2024:05:06 07:08:09" of EXIF (also with '-'); false when it is none. */
bool ew_photo_time_read(ew_slice text, ew_photo_time *t);
/* "+02:00", "Z"; false when it is none. */
bool ew_photo_zone_read(ew_slice text, int32_t *zone_s);

void ew_photo_thumb(ew_photo *p, ew_span_of where);

/* ------------------------------------------------------------------ parts of files */

/* A TIFF structure (the whole of a TIFF, an Exif block without its mark). */
EW_MUST_CHECK ew_code ew_photo_exif(ew_photo *p, ew_span_of tiff, ew_err *err);
EW_MUST_CHECK ew_code ew_photo_xmp(ew_photo *p, ew_span_of xmp, ew_err *err);
/* Records of IPTC-IIM; Photoshop's resources, which hold them and a thumbnail. */
EW_MUST_CHECK ew_code ew_photo_iptc(ew_photo *p, ew_span_of iptc, ew_err *err);
EW_MUST_CHECK ew_code ew_photo_photoshop(ew_photo *p, ew_span_of resources, ew_err *err);
/* What follows the end of the picture. */
EW_MUST_CHECK ew_code ew_photo_trailing(ew_photo *p, size_t at, ew_err *err);
/* A box of JUMBF: is it a C2PA manifest? */
EW_MUST_CHECK ew_code ew_photo_jumbf(ew_photo *p, ew_span_of box, ew_err *err);
EW_MUST_CHECK ew_code ew_photo_c2pa(ew_photo *p, ew_span_of where, ew_err *err);

/* Whole files. */
EW_MUST_CHECK ew_code ew_photo_jpeg(ew_photo *p, ew_err *err);
EW_MUST_CHECK ew_code ew_photo_png(ew_photo *p, ew_err *err);
EW_MUST_CHECK ew_code ew_photo_webp(ew_photo *p, ew_err *err);
EW_MUST_CHECK ew_code ew_photo_gif(ew_photo *p, ew_err *err);
EW_MUST_CHECK ew_code ew_photo_bmp(ew_photo *p, ew_err *err);
EW_MUST_CHECK ew_code ew_photo_heif(ew_photo *p, ew_err *err);

/* The quantisation tables of a JPEG file as a quality. table: 64 numbers, zigzag. */
EW_MUST_CHECK ew_code ew_photo_quality(ew_photo *p, ew_span_of where,
                                       const uint16_t table[64], ew_err *err);

/* Contradictions between the facts. */
EW_MUST_CHECK ew_code ew_photo_contradictions(ew_photo *p, ew_err *err);
/* What is seen: decoded, hashed, and compared with the thumbnails. */
EW_MUST_CHECK ew_code ew_photo_seen(ew_photo *p, ew_err *err);

static inline uint32_t ew_photo_u16be(const uint8_t *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

static inline uint32_t ew_photo_u32be(const uint8_t *p)
{
    return ew_photo_u16be(p) << 16 | ew_photo_u16be(p + 2);
}

#endif
