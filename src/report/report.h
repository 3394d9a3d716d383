/* SPDX-License-Identifier: Apache-2.0 */
/* Findings and listings as text for people, as JSON for programs, and as a picture. */
#ifndef EW_REPORT_REPORT_H
#define EW_REPORT_REPORT_H

#include "base/buf.h"
#include "base/err.h"
#include "earwitness/index.h"
#include "report/finding.h"
#include "report/table.h"

/* A ceiling that no report reaches by honest means. */
enum { EW_REPORT_MAX = 256 << 20 };

/* Everything appends to `out`. Errors: EW_E_NOMEM, EW_E_LIMIT. */
EW_MUST_CHECK ew_code ew_report_check_text(const ew_finding *f,
                                           const ew_text_style *style, ew_buf *out,
                                           ew_err *err);
/* One line, docs/formats/check-json.md. */
EW_MUST_CHECK ew_code ew_report_check_json(const ew_finding *f, ew_buf *out, ew_err *err);
EW_MUST_CHECK ew_code ew_report_check_svg(const ew_finding *f, ew_buf *out, ew_err *err);

EW_MUST_CHECK ew_code ew_report_list_text(const ew_index *ix, const ew_text_style *style,
                                          ew_buf *out, ew_err *err);
/* One line per recording, docs/formats/json.md. */
EW_MUST_CHECK ew_code ew_report_recording_json(const ew_index *ix, size_t rec,
                                               ew_buf *out, ew_err *err);
EW_MUST_CHECK ew_code ew_report_recording_text(const ew_index *ix, size_t rec,
                                               ew_buf *out, ew_err *err);

typedef struct ew_archive_info {
    const char *dir; /* safe */
    ew_index_stats stats;
} ew_archive_info;
EW_MUST_CHECK ew_code ew_report_archive_text(const ew_archive_info *a, ew_buf *out,
                                             ew_err *err);
EW_MUST_CHECK ew_code ew_report_archive_json(const ew_archive_info *a, ew_buf *out,
                                             ew_err *err);

#endif
