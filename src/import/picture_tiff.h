/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the import of pictures: entries of TIFF directories and their values. Every value lies in the
 * structure: who reads an entry has checked it. */
#ifndef EW_IMPORT_PICTURE_TIFF_H
#define EW_IMPORT_PICTURE_TIFF_H

#include "import/picture_facts.h"

enum { DIRECTORIES_MAX = 12 };

typedef enum ew_tiff_dir {
    IFD_MAIN,
    IFD_THUMB,
    IFD_EXIF,
    IFD_GPS,
    IFD_OTHER
} ew_tiff_dir;

enum {
    TYPE_BYTE = 1,
    TYPE_ASCII,
    TYPE_SHORT,
    TYPE_LONG,
    TYPE_RATIONAL,
    TYPE_UNDEFINED = 7,
    TYPE_SRATIONAL = 10,
    TYPE_IFD = 13
};

typedef struct ew_tiff_entry {
    ew_tiff_dir in;
    uint16_t tag, type;
    uint32_t count;
    ew_span_of value; /* in the file */
} ew_tiff_entry;

/* What of the GPS directory belongs together. */
typedef struct ew_tiff_gps {
    char lat_ref, lon_ref;
    bool lat_known, lon_known, time_known, alt_known, below;
    double lat, lon, alt;
    unsigned h, m, s;
    ew_slice date;
    ew_span_of place, alt_place, time_place;
} ew_tiff_gps;

typedef struct ew_tiff {
    ew_photo *photo;
    ew_span_of span; /* of the structure */
    bool big_endian;
    unsigned entries, directories;
    uint32_t seen[DIRECTORIES_MAX];
    ew_tiff_gps gps;
    ew_span_of thumb; /* of the second directory; from its start */
    bool thumb_is_jpeg;
} ew_tiff;

uint32_t ew_tiff_u16(const ew_tiff *t, size_t at);
uint32_t ew_tiff_u32(const ew_tiff *t, size_t at);
/* Of one number of this type; 0: unknown. */
size_t ew_tiff_size(uint16_t type);

/* Number i of the entry; false when it has not that many, or none. */
bool ew_tiff_number(const ew_tiff *t, const ew_tiff_entry *e, uint32_t i, double *v);
uint32_t ew_tiff_whole(const ew_tiff *t, const ew_tiff_entry *e);
ew_slice ew_tiff_bytes(const ew_tiff *t, const ew_tiff_entry *e);
/* Up to the first zero. */
ew_slice ew_tiff_text(const ew_tiff *t, const ew_tiff_entry *e);

/* Tells it as a fact. */
EW_MUST_CHECK ew_code ew_tiff_say(ew_tiff *t, const ew_tiff_entry *e, const char *name,
                                  ew_err *err);

#endif
