/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts a page of Telegram Desktop into its messages without a parser's tree of all of it, so that memory
 * is that of one message and a damaged one does not take the others with it. */
#ifndef EW_IMPORT_TELEGRAM_SCAN_H
#define EW_IMPORT_TELEGRAM_SCAN_H

#include <stdbool.h>

#include "base/slice.h"

typedef struct ew_tg_scan {
    ew_slice page;
    size_t at;
} ew_tg_scan;

typedef struct ew_tg_block {
    size_t at, end; /* from '<' of <div class="message"> to behind its </div> */
    bool whole; /* its end was found; else it ends where the next begins, or the page */
} ew_tg_block;

/* The next message; false when there is none. */
bool ew_tg_scan_next(ew_tg_scan *s, ew_tg_block *out);

#endif
