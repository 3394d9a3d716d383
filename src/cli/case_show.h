/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands that show a case share. */
#ifndef EW_CLI_CASE_SHOW_H
#define EW_CLI_CASE_SHOW_H

#include "cli/case.h"
#include "ops/case_view.h"

enum { CASE_OUT_MAX = 512 << 20 };

/* Prints the object as one line; EXIT_FOUND, or the exit code of what failed, told. */
int case_print_object(app *a, ew_obj *o);

/* A table of events; width: columns, 0 for as wide as needed. */
EW_MUST_CHECK ew_code case_events_text(const ew_case_seen_events *e,
                                       const ew_text_style *style, ew_buf *out,
                                       ew_err *err);

/* One item by itself. */
EW_MUST_CHECK ew_code case_item_text(const ew_case_item_view *v,
                                     const ew_text_style *style, ew_buf *out,
                                     ew_err *err);

/* What the clock says, as an ISO date. Room for CASE_TODAY. */
enum { CASE_TODAY = 24 };
const char *case_today(char text[CASE_TODAY]);

#endif
