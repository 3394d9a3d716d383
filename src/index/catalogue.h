/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue: an SQLite database that says which recordings and segments are live.
 * Format and checksums of rows: docs/formats/archive.md. */
#ifndef EW_INDEX_CATALOGUE_H
#define EW_INDEX_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "earwitness/index.h"
#include "index/segment.h"

/* ------------------------------------------------------------------ reading */

typedef struct ew_cat_seg {
    int64_t id;
    uint64_t bytes;
    uint32_t head_crc;
    bool sound; /* row matches its checksum */
} ew_cat_seg;

typedef struct ew_cat_rec {
    ew_recording rec; /* with names and paths */
    int64_t segment;
    uint32_t frames;
    bool removed;
    bool sound;        /* row matches its checksum and makes sense */
    bool names_sound;  /* all of its name rows do */
    size_t first_name; /* used while loading */
} ew_cat_rec;

/* All of the catalogue at one moment. */
typedef struct ew_cat_list {
    ew_cat_seg *segs; /* ascending by id */
    size_t seg_count, seg_cap;
    ew_cat_rec *recs; /* ascending by SHA-256, removed and unsound ones included */
    size_t rec_count, rec_cap;
    const char **names; /* slices of these belong to the recordings */
    const char **paths;
    size_t name_count, name_cap;
    struct ew_cat_chunk *text;
    bool stray; /* there are rows that belong to nothing */
} ew_cat_list;

/* Reads it all; works on a read-only disk, also when a killed writer left a journal. */
EW_MUST_CHECK ew_code ew_cat__load(ew_cat_list *l, const char *dir, ew_err *err);
void ew_cat__list_release(ew_cat_list *l); /* fine on a zeroed struct */

/* SQLite's own check of the structure; calls bad() with a sentence for each finding. */
EW_MUST_CHECK ew_code ew_cat__integrity(const char *dir,
                                        void (*bad)(void *cookie, const char *what),
                                        void *cookie, ew_err *err);

/* ------------------------------------------------------------------ writing */

typedef struct ew_cat ew_cat;

/* Opens for writing; makes the tables when there are none. */
EW_MUST_CHECK ew_code ew_cat__open(ew_cat **out, const char *dir, ew_err *err);
void ew_cat__close(ew_cat *c); /* an open transaction is rolled back */

EW_MUST_CHECK ew_code ew_cat__begin(ew_cat *c, ew_err *err);
EW_MUST_CHECK ew_code ew_cat__commit(ew_cat *c, ew_err *err);
void ew_cat__rollback(ew_cat *c);
/* Gives room in the file back, when that works. */
void ew_cat__shrink(ew_cat *c);

/* What is known of a content; id is 0 when nothing. */
typedef struct ew_cat_known {
    int64_t id;
    int64_t segment;
    bool removed;
    bool sound; /* the row matches its checksum and its segment exists */
} ew_cat_known;
EW_MUST_CHECK ew_code ew_cat__known(ew_cat *c, const uint8_t sha256[32],
                                    ew_cat_known *out, ew_err *err);
/* Segment of a live recording that was added from this file as it is now; 0 when none. */
EW_MUST_CHECK ew_code ew_cat__seen(ew_cat *c, const char *path, uint64_t bytes,
                                   int64_t mtime_ns, int64_t *segment, ew_err *err);

/* Inserts or replaces the row of a recording; *id is 0 for a new one, and set. */
EW_MUST_CHECK ew_code ew_cat__put_recording(ew_cat *c, const ew_recording *r,
                                            uint32_t frames, int64_t segment, int64_t *id,
                                            ew_err *err);
EW_MUST_CHECK ew_code ew_cat__put_names(ew_cat *c, int64_t id, const ew_recording *r,
                                        int64_t mtime_ns, ew_err *err);
EW_MUST_CHECK ew_code ew_cat__set_removed(ew_cat *c, int64_t id, bool removed,
                                          ew_err *err);
EW_MUST_CHECK ew_code ew_cat__set_segment(ew_cat *c, const uint8_t sha256[32],
                                          int64_t segment, ew_err *err);
/* Forgets the recording and its names. */
EW_MUST_CHECK ew_code ew_cat__forget(ew_cat *c, const uint8_t sha256[32], ew_err *err);

/* Number that no segment ever had. */
EW_MUST_CHECK ew_code ew_cat__next_segment(ew_cat *c, int64_t *id, ew_err *err);
EW_MUST_CHECK ew_code ew_cat__add_segment(ew_cat *c, int64_t id, const ew_seg_made *made,
                                          ew_err *err);
EW_MUST_CHECK ew_code ew_cat__drop_segment(ew_cat *c, int64_t id, ew_err *err);
EW_MUST_CHECK ew_code ew_cat__has_segment(ew_cat *c, int64_t id, bool *has, ew_err *err);
/* Live segments, ascending by number; the caller frees *segs. */
EW_MUST_CHECK ew_code ew_cat__segments(ew_cat *c, ew_cat_seg **segs, size_t *n,
                                       ew_err *err);

#endif
