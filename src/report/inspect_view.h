/* SPDX-License-Identifier: Apache-2.0 */
/* What `inspect` found in one file, in the form in which it is reported. */
#ifndef EW_REPORT_INSPECT_VIEW_H
#define EW_REPORT_INSPECT_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "earwitness/inspect.h"
#include "earwitness/media.h"
#include "report/table.h"

typedef struct ew_inspect_view {
    const char *name; /* as the user gave it; safe */
    uint8_t sha256[32];
    uint64_t bytes;
    ew_media_info info;
    const char *trouble; /* what was wrong with the file; "" */
    const ew_inspection *found;
    size_t journal_count;
    const char *const *journal; /* remarks of the decoder, safe, one line each */
} ew_inspect_view;

/* Signs of change among the findings. */
size_t ew_inspect_signs(const ew_inspection *i);
/* The one that is least likely to be chance; NULL when there is none. */
const ew_trace *ew_inspect_strongest(const ew_inspection *i);

/* "one such finding per 40 min of untouched sound". Room for EW_INSPECT_RATE_TEXT. */
enum { EW_INSPECT_RATE_TEXT = 80 };
const char *ew_inspect_rate_text(const ew_trace *t, char text[EW_INSPECT_RATE_TEXT]);

/* "0:12.345 ± 26 ms", "0:12.345 – 0:14.000 ± 26 ms", "whole file" */
enum { EW_INSPECT_PLACE_TEXT = 96 };
const char *ew_inspect_place_text(const ew_inspection *i, const ew_trace *t,
                                  char text[EW_INSPECT_PLACE_TEXT]);
bool ew_inspect_is_whole(const ew_inspection *i, const ew_trace *t);

EW_MUST_CHECK ew_code ew_report_inspect_text(const ew_inspect_view *v,
                                             const ew_text_style *style, ew_buf *out,
                                             ew_err *err);
/* One line, docs/formats/inspect-json.md. */
EW_MUST_CHECK ew_code ew_report_inspect_json(const ew_inspect_view *v, ew_buf *out,
                                             ew_err *err);
EW_MUST_CHECK ew_code ew_report_inspect_svg(const ew_inspect_view *v, ew_buf *out,
                                            ew_err *err);
EW_MUST_CHECK ew_code ew_report_inspect_png(const ew_inspect_view *v, ew_buf *out,
                                            ew_err *err);

#endif
