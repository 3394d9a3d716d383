/* SPDX-License-Identifier: Apache-2.0 */
/* The items of a HEIF file (HEIC, AVIF): where the coded picture, its tiles and its Exif block
 * stand. ISO/IEC 23008-12; read by the decoder program and by the import. */
#ifndef EW_MEDIA_HEIF_H
#define EW_MEDIA_HEIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    EW_HEIF_ITEMS = 1024,
    EW_HEIF_REFS = 4096,
    EW_HEIF_PROPERTIES = 1024,
    EW_HEIF_DEPTH = 4
};

#define EW_HEIF_TYPE(a, b, c, d)                                                         \
    ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

typedef struct ew_heif_item {
    uint32_t id, type;
    uint64_t at, bytes; /* in the file; bytes 0: nowhere, or in several pieces */
    uint32_t width, height;
    uint64_t config_at, config_bytes; /* hvcC or av1C; 0: none */
    uint8_t turn, mirror;             /* irot; imir: 0 none, 1 top-bottom, 2 left-right */
    bool has_colour, full_range;      /* of colr nclx */
    uint16_t matrix;                  /* the same */
    uint16_t first_tile, tiles;       /* dimg: in refs */
    bool xmp;                         /* a mime item of type application/rdf+xml */
    bool in_idat;                     /* used while reading */
} ew_heif_item;

typedef struct ew_heif {
    uint32_t brand, primary;
    size_t count, ref_count, property_count;
    bool too_many; /* some were left out */
    uint64_t idat_at, idat_bytes;
    ew_heif_item items[EW_HEIF_ITEMS];
    uint32_t refs[EW_HEIF_REFS];
    struct {
        uint32_t type;
        uint64_t at, bytes;
    } properties[EW_HEIF_PROPERTIES];
} ew_heif;

/* By its first bytes. */
bool ew_heif_is(const uint8_t *p, size_t n);

/* False when it has no list of items. Whatever is said of an item lies within the file. */
bool ew_heif_read(ew_heif *h, const uint8_t *p, size_t n);

/* NULL: there is none. */
const ew_heif_item *ew_heif_find(const ew_heif *h, uint32_t id);

/* How the picture is to be turned before it is shown, as EXIF counts it: 1 to 8. */
unsigned ew_heif_orientation(const ew_heif_item *i);

#endif
