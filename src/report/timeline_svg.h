/* SPDX-License-Identifier: Apache-2.0 */
/* Who said what when, as a picture: a line for each person, a mark for each position, an arrow where
 * somebody says the opposite of before. Shape and colour both tell what was said. */
#ifndef EW_REPORT_TIMELINE_SVG_H
#define EW_REPORT_TIMELINE_SVG_H

#include "base/buf.h"
#include "base/err.h"

typedef enum ew_said_look {
    EW_SAID_TRUE,    /* a full disc */
    EW_SAID_FALSE,   /* a full square */
    EW_SAID_TAKEN,   /* taken back: a cross */
    EW_SAID_NOTHING, /* no comment: an empty disc */
    EW_SAID_ASKED    /* a triangle */
} ew_said_look;

typedef struct ew_said_mark {
    int64_t number;   /* of the position */
    size_t row;       /* of whom */
    double day;       /* days since 1970; */
    double day_to;    /* later, when only a span is known */
    const char *date; /* as it is known */
    const char *stance;
    ew_said_look look;
} ew_said_mark;

typedef struct ew_said_turn {
    size_t from, to; /* marks */
} ew_said_turn;

typedef struct ew_said_picture {
    const char *const *rows; /* names */
    size_t row_count;
    const ew_said_mark *marks;
    size_t mark_count;
    const ew_said_turn *turns;
    size_t turn_count;
} ew_said_picture;

EW_MUST_CHECK ew_code ew_timeline_svg(const ew_said_picture *p, ew_buf *out, ew_err *err);

#endif
