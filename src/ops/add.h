/* SPDX-License-Identifier: Apache-2.0 */
/* Adding recordings to the archive: many files, all cores, one writer. */
#ifndef EW_OPS_ADD_H
#define EW_OPS_ADD_H

#include <stdint.h>

#include "earwitness/err.h"
#include "ops/archive.h"
#include "ops/input.h"

typedef enum ew_add_kind {
    EW_ADD_ADDED,   /* new in the archive */
    EW_ADD_KNOWN,   /* was there already; perhaps under another name, which is kept too */
    EW_ADD_SKIPPED, /* in a folder and not a recording */
    EW_ADD_FAILED,  /* err says why */
    EW_ADD_NOT_TRIED /* the archive could not be written, or the work was interrupted */
} ew_add_kind;

/* What became of one input. Strings are borrowed during the call of `each`. */
typedef struct ew_add_result {
    ew_add_kind kind;
    const char *name; /* safe */
    bool has_sha256;
    uint8_t sha256[32];
    int64_t samples;     /* decoded length at EW_FP_RATE_HZ, ADDED only */
    const char *trouble; /* what was wrong with it although it was added; "" */
    ew_err err;
} ew_add_result;

typedef struct ew_add_progress {
    uint64_t files_done, files_total;
    uint64_t bytes_done, bytes_total; /* of files that had to be decoded, estimated */
    int64_t samples;                  /* decoded so far, all workers */
} ew_add_progress;

typedef struct ew_add_opts {
    unsigned jobs;       /* worker threads; 0 = one per core */
    ew_wait wait;        /* for another writer */
    const ew_stop *stop; /* may be NULL */
    /* Both are called from the thread that called ew_ops_add: `each` once per input that was
     * begun, in the order of the inputs; `tick` about five times a second. May be NULL. */
    void (*each)(void *cookie, const ew_add_result *r);
    void (*tick)(void *cookie, const ew_add_progress *p);
    void *cookie;
} ew_add_opts;

typedef struct ew_add_summary {
    uint64_t added, known, skipped, failed, not_tried;
    int64_t samples; /* of those added */
} ew_add_summary;

/* Adds everything to the archive in folder `dir`, made when missing. One bad input stops
 * nothing: it is a result of kind FAILED. Finished files are kept whatever comes after.
 * Errors: EW_E_CANCELLED after `stop`, EW_E_BUSY, EW_E_VERSION and what opening the archive
 * or writing to it gave. `sum` is filled in any case. */
EW_MUST_CHECK ew_code ew_ops_add(const char *dir, const ew_inputs *in,
                                 const ew_add_opts *opts, ew_add_summary *sum,
                                 ew_err *err);

#endif
