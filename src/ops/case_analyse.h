/* SPDX-License-Identifier: Apache-2.0 */
/* Examining the recordings of a case, and examining them again. Each result is kept with the program's
 * version and the settings, as one event "analysis". */
#ifndef EW_OPS_CASE_ANALYSE_H
#define EW_OPS_CASE_ANALYSE_H

#include "casefile/casefile.h"
#include "ops/case_run.h"

/* diff is run for so many pairs of one recording, and altogether; what is left out is told. */
enum { EW_CASE_DIFFS_EACH = 4, EW_CASE_DIFFS_MAX = 24 };

typedef enum ew_case_outcome {
    EW_CASE_ANALYSED, /* a new result */
    EW_CASE_SAME,     /* a repeated one says the same as before */
    EW_CASE_DIFFERENT,
    EW_CASE_NO_RESULT, /* err says why: not sound after all, too long ... */
    EW_CASE_LEFT_OUT   /* line says what and why */
} ew_case_outcome;

/* One analysis. Strings are borrowed during the call of `told`. */
typedef struct ew_case_told {
    ew_case_outcome outcome;
    const char *tool;                /* "inspect", "check", "family", "diff" */
    int64_t item, other;             /* other: of a diff; 0 */
    const char *name;                /* of the item; safe */
    int64_t analysis, event, before; /* before: the analysis that was repeated; 0 */
    const char *line;                /* what it says, in one line */
    const char *fields;              /* which differ; "" */
    ew_err err;
} ew_case_told;

typedef struct ew_case_analyse_how {
    const char *who, *purpose; /* NULL: "" */
    const char *archive;       /* folder that was named, or NULL */
    unsigned jobs;
    const ew_stop *stop; /* may be NULL */
    void (*told)(void *cookie, const ew_case_told *t);
    /* About five times a second; may be NULL. */
    void (*tick)(void *cookie, const char *stage, int64_t done, int64_t total);
    void *cookie;
} ew_case_analyse_how;

/* items: recordings that are new in the case. inspect of each; check of each, where there is an archive with
 * anything in it; family of all recordings of the case, when there are two or more; diff of each with those that
 * family found to belong to it. That one fails is told and no error.
 * Errors: EW_E_CANCELLED, EW_E_NOMEM, and what writing the case gave. */
EW_MUST_CHECK ew_code ew_ops_case_analyse(ew_case *c, const int64_t *items, size_t n,
                                          const ew_case_analyse_how *how, ew_err *err);

/* Pairs that are worth a diff, of those that a family found: first each with what it was made from, then the others of its
 * family; at least one of the two is of `items`. p is zeroed by the caller. */
typedef struct ew_case_pairs {
    struct {
        int64_t a, b;
    } list[EW_CASE_DIFFS_MAX];
    size_t n, left_out;
} ew_case_pairs;
void ew_case_choose_pairs(const ew_case_kins *k, const int64_t *items, size_t n,
                          ew_case_pairs *p);

/* Runs kept analyses again, with what they were run with, and keeps the new results too. Of several of one kind
 * about the same recordings the last is repeated. item: only those about it, 0: of all; analysis: only this
 * one, 0: all. *count: how many were repeated. */
EW_MUST_CHECK ew_code ew_ops_case_rerun(ew_case *c, int64_t item, int64_t analysis,
                                        const ew_case_analyse_how *how, size_t *count,
                                        ew_err *err);

#endif
