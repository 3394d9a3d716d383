/* SPDX-License-Identifier: Apache-2.0 */
/* The characters of a report as its reader sees them, each with the bytes it came from. */
#ifndef EW_OPS_CASE_WORDS_READ_H
#define EW_OPS_CASE_WORDS_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

typedef enum ew_report_form {
    EW_REPORT_PLAIN,
    EW_REPORT_MARKUP, /* without tags and remarks; references are what they stand for */
    EW_REPORT_JSON    /* escapes are what they stand for */
} ew_report_form;

typedef struct ew_report_char {
    uint32_t c;
    bool there; /* false: these bytes are not seen */
} ew_report_char;

/* The character at text[at]; answers the bytes that it takes, 0 at the end. */
size_t ew_report_next(ew_slice text, size_t at, ew_report_form form, ew_report_char *out);

#endif
