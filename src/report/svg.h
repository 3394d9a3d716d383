/* SPDX-License-Identifier: Apache-2.0 */
/* What the pictures share: output with the failure remembered, text, time axes. Plain SVG
 * 1.1: no scripts, no fonts, nothing loaded. */
#ifndef EW_REPORT_SVG_H
#define EW_REPORT_SVG_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/* A picture in the making. */
typedef struct ew_svg {
    ew_buf *out;
    ew_err *err;
    ew_code rc; /* the first failure; nothing is drawn after it */
} ew_svg;

void ew_svg_put(ew_svg *p, const char *fmt, ...) EW_PRINTF(2, 3);

/* Text from outside, safe UTF-8 already: XML has its own special characters, and two that
 * UTF-8 allows and XML does not. */
void ew_svg_text(ew_svg *p, const char *s);
/* The same in at most so many columns. */
void ew_svg_squeezed(ew_svg *p, const char *s, size_t columns);

/* The smallest round step in seconds that gives no more than `most` ticks. */
double ew_svg_tick_step(double length, int most);
/* "1:05" where the step is whole seconds, else "1:05.2". */
void ew_svg_tick_label(ew_svg *p, double at, double step);

#endif
