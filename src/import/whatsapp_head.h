/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a message in a text export of WhatsApp: a date, a clock, a bracket or a dash. Every language
 * of the exporting phone has its own shape. */
#ifndef EW_IMPORT_WHATSAPP_HEAD_H
#define EW_IMPORT_WHATSAPP_HEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

typedef struct ew_wa_head {
    unsigned number[3];            /* of the date, in the order in which they stand */
    unsigned digits[3];            /* how many digits each has */
    bool stops;                    /* stand between them, and nothing else */
    unsigned hour, minute, second; /* 0 to 23 */
    bool seconds;                  /* are given */
    bool bracket;                  /* in brackets, as iPhones write it */
    size_t bytes;                  /* of the whole head */
} ew_wa_head;

/* Does a message begin here? */
bool ew_wa_head_at(ew_slice text, ew_wa_head *out);

/* Marks without a width: of direction, of the order of bytes. */
void ew_wa_skip_marks(ew_slice *s);

#endif
