/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of WARC records and of HTTP: lines "Name: value" up to an empty one. */
#ifndef EW_IMPORT_WARC_LINES_H
#define EW_IMPORT_WARC_LINES_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"

typedef struct ew_warc_lines {
    ew_buf
        head; /* whole lines, each with one LF; those that go on are one; no other control characters */
    ew_buf line;  /* the one that is not over */
    size_t bytes; /* that were taken, over all */
    size_t max;
} ew_warc_lines;

void ew_warc_lines_init(ew_warc_lines *l, size_t max);
void ew_warc_lines_release(ew_warc_lines *l);
void ew_warc_lines_restart(ew_warc_lines *l);

/* Takes bytes up to and with the next line feed. *end: the line was empty, and the head is over. EW_E_LIMIT when
 * the head is too large. */
EW_MUST_CHECK ew_code ew_warc_lines_take(ew_warc_lines *l, ew_slice in, size_t *used,
                                         bool *end, ew_err *err);

/* The first line. */
ew_slice ew_warc_lines_first(const ew_warc_lines *l);
/* A value without spaces around; of several the first; empty when there is none. */
ew_slice ew_warc_lines_value(const ew_warc_lines *l, const char *name);

bool ew_warc_lines_twice(const ew_warc_lines *l, const char *name);

/* "text/html; charset=x" is "text/html". */
ew_slice ew_warc_before(ew_slice s, char end);
ew_slice ew_warc_trim(ew_slice s);
bool ew_warc_same(ew_slice s, const char *text); /* without regard to case */

#endif
