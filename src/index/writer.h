/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a writer, shared by adding and merging. */
#ifndef EW_INDEX_WRITER_H
#define EW_INDEX_WRITER_H

#include "index/catalogue.h"

struct ew_index_writer {
    char *dir;
    int lock;
    int folder;      /* dir itself, open */
    int64_t *broken; /* segments that could not be used when the writer was opened */
    size_t broken_count;
    ew_cat *cat;
};

/* Full path of a segment's file; NULL when out of memory. */
char *ew_writer__segment_path(const ew_index_writer *w, int64_t id);

/* Removes a segment's file when the catalogue does not know it (any more). */
void ew_writer__unlink_dead(ew_index_writer *w, int64_t id);

/* One new segment of n recordings (ascending by SHA-256) and their catalogue rows in one
 * transaction: put() with n = 1; makers of test archives with many. All must be new. */
typedef struct ew_writer_item {
    const ew_recording *rec;
    const ew_fp *fp;
    int64_t mtime_ns;
} ew_writer_item;
EW_MUST_CHECK ew_code ew_writer__put_many(ew_index_writer *w, const ew_writer_item *items,
                                          size_t n, ew_err *err);

#endif
