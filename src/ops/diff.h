/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing two recordings: what does B change against A? */
#ifndef EW_OPS_DIFF_H
#define EW_OPS_DIFF_H

#include "earwitness/err.h"
#include "ops/input.h"
#include "report/diff_finding.h"

typedef struct ew_diff_opts {
    unsigned jobs;       /* threads; 0 = one per core. No more than two are of use */
    const ew_stop *stop; /* may be NULL */
    /* About five times a second, from the calling thread: `done` of `total` of the whole
     * work; may be NULL. */
    void (*tick)(void *cookie, const char *stage, int64_t done, int64_t total);
    void *cookie;
} ew_diff_opts;

/* Compares two files, or one file and standard input. The finding is freed with
 * ew_diff_finding_free; it holds both files open. That they have nothing in common is an
 * answer, not an error.
 * Errors: those of reading and decoding, EW_E_LIMIT for more than EW_CLIP_HOURS_MAX,
 * EW_E_NOMEM, EW_E_CANCELLED. */
EW_MUST_CHECK ew_code ew_ops_diff(const ew_input *a, const ew_input *b,
                                  const ew_diff_opts *opts, ew_diff_finding **out,
                                  ew_err *err);
void ew_diff_finding_free(ew_diff_finding *f);

typedef struct ew_diff_export_opts {
    const char *dir;
    double context_seconds; /* written before and after each span too */
    const ew_stop *stop;    /* may be NULL */
} ew_diff_export_opts;

/* May dir be written to? It must be missing, empty, or hold nothing but what an earlier
 * export left. EW_E_ARG when not. */
EW_MUST_CHECK ew_code ew_ops_diff_export_allowed(const char *dir, ew_err *err);

/* Writes each span that an edit names as WAV of 24 bits at the file's own rate and channels,
 * in passes over each file that hold no more than a block of it in memory. Each file appears
 * whole or not at all. Files of an earlier export are removed first.
 * Errors: those above and those of writing. */
EW_MUST_CHECK ew_code ew_ops_diff_export(ew_diff_finding *f,
                                         const ew_diff_export_opts *opts, ew_err *err);

#endif
