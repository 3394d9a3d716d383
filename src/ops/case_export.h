/* SPDX-License-Identifier: Apache-2.0 */
/* Handing a case on: a bag with its originals and all that it says. docs/formats/case-export.md. */
#ifndef EW_OPS_CASE_EXPORT_H
#define EW_OPS_CASE_EXPORT_H

#include "casefile/casefile.h"
#include "earwitness/progress.h"
#include "ops/case_jsonld.h"
#include "ops/lint.h"

typedef enum ew_case_export_format {
    EW_CASE_EXPORT_BAG,  /* everything */
    EW_CASE_EXPORT_JSON, /* a bag with the tables as JSON */
    EW_CASE_EXPORT_CSV   /* a bag with the tables as CSV */
} ew_case_export_format;

typedef struct ew_case_export_opts {
    const char *who, *purpose; /* of the events */
    const char *out;           /* a folder, which must not be there */
    ew_case_export_format format;
    bool without_originals;
    bool with_undone;         /* also originals of items that were taken back */
    bool with_identities;     /* also what is kept encrypted */
    bool unchecked;           /* whatever would leave with it */
    const char *const *allow; /* findings of the check before it that are known */
    size_t allow_count;
    const ew_age_identities *keys; /* of the check, as in ew_lint_opts */
    ew_slice places;
    const char *decoder;
    /* What the check finds that is not allowed; may be NULL. */
    void (*found)(void *cookie, const ew_lint_finding *f);
    void *cookie;
    const char *const *only;      /* items and what came out of them */
    size_t only_count;            /* 0: all */
    int64_t time;                 /* of the bag, POSIX seconds */
    const ew_jsonld_opts *jsonld; /* NULL: no reviews */
    const ew_progress *prog;      /* NULL */
} ew_case_export_opts;

typedef struct ew_case_exported {
    int64_t begun, done;                           /* events */
    uint64_t items, originals, rows, files, bytes; /* files and bytes of the payload */
    uint64_t findings; /* of the check, that are not allowed and weigh more than little */
    uint64_t closed;   /* protected identities that it could not look for */
    uint8_t manifest[EW_SHA256_BYTES]; /* SHA-256 of manifest-sha256.txt */
} ew_case_exported;

/* First a check as of `case lint` of what would leave; with findings, or protected identities that it cannot
 * look for, EW_E_ARG and nothing is written. Two events: one before anything is written, one when the bag is complete; a third instead of that one
 * when it fails. The bag has what was there before the first, so that the same case gives the same bytes but
 * for the bag's date. EW_E_FORMAT when an original is not what it was, EW_E_NOTFOUND when one is missing.
 * No encrypted identity leaves the case unless asked for. */
EW_MUST_CHECK ew_code ew_ops_case_export(ew_case *c, const ew_case_export_opts *opts,
                                         ew_case_exported *out, ew_err *err);

#endif
