/* SPDX-License-Identifier: Apache-2.0 */
/* The archive folder: names in it, the marker with the versions, the writer's lock. */
#ifndef EW_INDEX_ARCHIVE_H
#define EW_INDEX_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "index/catalogue.h"

#define EW_ARCHIVE_MARKER "archive.txt"
#define EW_ARCHIVE_CATALOGUE "catalogue.sqlite"
#define EW_ARCHIVE_SEGMENTS "segments"
#define EW_ARCHIVE_LOCK "lock"

/* "segments/000001.seg" */
enum { EW_ARCHIVE_SEGNAME = 40 };
void ew_archive__segname(int64_t id, char out[EW_ARCHIVE_SEGNAME]);

/* Checks the marker. EW_E_NOTFOUND when there is no archive in dir. */
EW_MUST_CHECK ew_code ew_archive__check(const char *dir, ew_err *err);
EW_MUST_CHECK ew_code ew_archive__mark(const char *dir, ew_err *err);

/* May an archive be made in dir? Not among files that are not an archive's. */
EW_MUST_CHECK ew_code ew_archive__may_make(const char *dir, ew_err *err);

/* Takes the writer's lock; given back by ew_archive__unlock. */
EW_MUST_CHECK ew_code ew_archive__lock(const char *dir, double wait_seconds, int *fd,
                                       ew_err *err);

void ew_archive__unlock(int fd);

/* Removes what a killed writer left: temporary files, and segments not in live[n]. What
 * cannot be removed is left for the next time. */
EW_MUST_CHECK ew_code ew_archive__clean(const char *dir, const ew_cat_seg *live, size_t n,
                                        ew_err *err);

/* Bytes of everything in the folder. */
EW_MUST_CHECK ew_code ew_archive__bytes(const char *dir, uint64_t *bytes, ew_err *err);

#endif
