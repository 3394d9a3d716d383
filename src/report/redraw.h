/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of results that are only there as JSON: of a case, or of a file that somebody kept. Nothing is worked
 * out again; what a result does not keep, such as a waveform, is not in the picture. Results may come from
 * anywhere, so that everything in them is doubted. */
#ifndef EW_REPORT_REDRAW_H
#define EW_REPORT_REDRAW_H

#include "report/json.h"

/* Appends the picture of what `check`, `diff`, `family` or `inspect` said. Nothing is appended when there is none to
 * draw: another tool, no sound, or a result that is not as it should be. Errors: EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_redraw(const char *tool, const json_t *result, ew_buf *svg,
                                ew_err *err);

/* The tool that wrote it, by its schema: "check"; NULL: none of those. */
const char *ew_redraw_tool(const json_t *result);

/* ------------------------------------------------------------------ inside */

enum {
    EW_REDRAW_LIST = 5000,   /* of anything that is drawn */
    EW_REDRAW_SOURCES = 200, /* recordings of one piece map */
};

/* Seconds as samples, kept within what a picture can hold. */
double ew_redraw__samples(const json_t *o, const char *key, double rate_hz);
/* Letters, digits, "_", ".", ",", "-"; else "". */
void ew_redraw__word(const json_t *o, const char *key, char *out, size_t size);
/* A list of that name that may be drawn; NULL: there is none, or it is too long. */
const json_t *ew_redraw__list(const json_t *o, const char *key);

EW_MUST_CHECK ew_code ew_redraw__check(const json_t *r, ew_buf *svg, ew_err *err);
EW_MUST_CHECK ew_code ew_redraw__diff(const json_t *r, ew_buf *svg, ew_err *err);
EW_MUST_CHECK ew_code ew_redraw__family(const json_t *r, ew_buf *svg, ew_err *err);
EW_MUST_CHECK ew_code ew_redraw__inspect(const json_t *r, ew_buf *svg, ew_err *err);

#endif
