/* SPDX-License-Identifier: Apache-2.0 */
/* Adding files to a case as items: the originals first, then one event each. */
#ifndef EW_OPS_CASE_ADD_H
#define EW_OPS_CASE_ADD_H

#include "casefile/casefile.h"
#include "ops/input.h"

typedef enum ew_case_adding {
    EW_CASE_NEW,      /* a new item */
    EW_CASE_BACK,     /* was taken back once and is there again */
    EW_CASE_SEEN,     /* is an item already: that it came again is an event of custody */
    EW_CASE_FAILED,   /* err says why */
    EW_CASE_NOT_TRIED /* the case could not be written, or the work was interrupted */
} ew_case_adding;

/* What became of one file. Strings are borrowed during the call of `each`. Of a trial run: what would. */
typedef struct ew_case_added {
    ew_case_adding how;
    const char *name; /* safe; as the item is called, or would be */
    const char *kind;
    int64_t item, event; /* 0 of a trial run, but for items that are there */
    uint8_t sha256[EW_SHA256_BYTES];
    uint64_t bytes;
    int64_t modified; /* when the file was changed last, POSIX seconds; 0: not known */
    ew_err err;
} ew_case_added;

typedef struct ew_case_add_how {
    const char *who, *purpose;                   /* of the events; NULL: "" */
    const char *origin, *obtained, *from, *note; /* the same */
    const char *kind;                            /* NULL: by content */
    /* By which words reports call it ("the recording"). They are kept beside the item; ew_case_called gives
     * them to whoever ties quotations to items. */
    const char *const *called;
    size_t called_count;
    int64_t parent; /* the item that it came out of; 0 */
    bool dry_run;
    const ew_stop *stop; /* may be NULL */
    /* In the order of the files, when what is told is on disk for good. */
    void (*each)(void *cookie, const ew_case_added *r);
    void (*tick)(void *cookie, uint64_t done, uint64_t total); /* may be NULL */
    void *cookie;
} ew_case_add_how;

typedef struct ew_case_add_sum {
    uint64_t added, back, seen, failed, not_tried;
    int64_t
        *recordings; /* those of them that are new or back and recordings; to be freed */
    size_t recording_count;
} ew_case_add_sum;

/* Files, folders (all visible files in them, to any depth) and "-". One bad file stops nothing: it is
 * told. What was told as added is kept whatever comes after. sum is filled in any case.
 * Errors: EW_E_CANCELLED after `stop`, EW_E_ARG for a kind or a parent that is none, and what writing the case gave. */
EW_MUST_CHECK ew_code ew_ops_case_add(ew_case *c, const char *const *operands, size_t n,
                                      const ew_case_add_how *how, ew_case_add_sum *sum,
                                      ew_err *err);

#endif
