/* SPDX-License-Identifier: Apache-2.0 */
/* Reports that can be given to anybody: the operation is run as its command runs it, and its finding put on a
 * page with pictures, tables and excerpts of sound. The same input gives the same page: no clock, no
 * name of this machine or of a folder on it gets in. docs/formats/report.md. */
#ifndef EW_OPS_REPORT_H
#define EW_OPS_REPORT_H

#include "earwitness/index.h"
#include "ops/input.h"
#include "report/page.h"

enum { EW_REPORT_SOUND_MB = 8, EW_REPORT_SOUND_MB_MAX = 100 };

typedef struct ew_report_opts {
    ew_page_head head;    /* kind is filled in */
    bool sound;           /* excerpts, */
    uint64_t sound_limit; /* bytes of the page that they may take */
    double rate;          /* of inspect: signs that err so often an hour */
    unsigned jobs;
    const ew_stop *stop; /* may be NULL */
    /* About five times a second; may be NULL. */
    void (*tick)(void *cookie, const char *stage, int64_t done, int64_t total);
    void *cookie;
} ew_report_opts;

/* What came out, for the exit status. */
typedef struct ew_report_told {
    size_t found, nothing; /* answers */
    size_t failed;         /* inputs that could not be read; each is on the page */
} ew_report_told;

/* Each makes a whole page, to be released in any case. Inputs get short names that differ, which are used on
 * the page. Standard input is EW_E_ARG: it cannot be read twice.
 * Errors: those of the operation. */
EW_MUST_CHECK ew_code ew_ops_report_check(const ew_index *ix, ew_inputs *clips,
                                          const ew_report_opts *opts, ew_page *out,
                                          ew_report_told *told, ew_err *err);
EW_MUST_CHECK ew_code ew_ops_report_diff(ew_inputs *both, const ew_report_opts *opts,
                                         ew_page *out, ew_report_told *told, ew_err *err);
EW_MUST_CHECK ew_code ew_ops_report_family(ew_inputs *copies, const ew_report_opts *opts,
                                           ew_page *out, ew_report_told *told,
                                           ew_err *err);
EW_MUST_CHECK ew_code ew_ops_report_inspect(ew_inputs *file, const ew_report_opts *opts,
                                            ew_page *out, ew_report_told *told,
                                            ew_err *err);

/* What was saved of check, diff, family and inspect (--json), or of reports on them, in this order: nothing is
 * worked out again. Errors: EW_E_FORMAT, EW_E_LIMIT. */
typedef struct ew_report_saved {
    ew_inputs *results;
    const ew_inputs *sounds; /* files that may be among those that are spoken of, */
    const ew_index *ix;      /* and recordings; may be NULL: both are for excerpts */
} ew_report_saved;
EW_MUST_CHECK ew_code ew_ops_report_results(const ew_report_saved *in,
                                            const ew_report_opts *opts, ew_page *out,
                                            ew_report_told *told, ew_err *err);

/* What only people can say of the reviews. */
typedef struct ew_report_review {
    const char *publisher_url; /* NULL */
    const char *url;           /* of the page with the reviews; NULL */
    /* "NAME=CATEGORY", of schema.org: the program itself gives no verdict */
    const char *const *authenticity;
    size_t authenticity_count;
} ew_report_review;

/* MediaReview of each file that the page was asked about. EW_E_ARG: there is no publisher in the page's head, a date
 * that is none, a verdict on a file that is not there. */
EW_MUST_CHECK ew_code ew_ops_report_jsonld(const ew_page *p, const ew_report_review *how,
                                           ew_buf *out, ew_err *err);

#endif
