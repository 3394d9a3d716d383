/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of a report on a case. */
#ifndef EW_OPS_REPORT_CASE_PARTS_H
#define EW_OPS_REPORT_CASE_PARTS_H

#include "ops/case_book.h"
#include "ops/case_run.h"
#include "ops/case_view.h"
#include "ops/report_case.h"
#include "ops/report_parts.h"

enum { EW_REPORT_TODAY = 24 };

typedef struct ew_case_reporter {
    ew_case *c;
    const ew_report_case_opts *opts;
    ew_page *page;
    ew_case_view view;
    ew_case_book book;
    ew_case_sounds sounds;
    ew_excerpts hear;
    char chain[EW_SHA256_HEX + 1]; /* after the last event */
    char today[EW_REPORT_TODAY];   /* until when silence is counted */
    unsigned limits;
} ew_case_reporter;

/* Sections: the timeline with what follows from it; kept analyses; accepted quotations; gaps and remarks. */
EW_MUST_CHECK ew_code ew_report__said(ew_case_reporter *r, ew_err *err);
EW_MUST_CHECK ew_code ew_report__analyses(ew_case_reporter *r, ew_err *err);
EW_MUST_CHECK ew_code ew_report__quotes(ew_case_reporter *r, ew_err *err);
EW_MUST_CHECK ew_code ew_report__gaps(ew_case_reporter *r, ew_err *err);

/* "clip.wav", "item 7" where there is none of that number. */
const char *ew_report__item_name(const ew_case_reporter *r, int64_t item);

#endif
