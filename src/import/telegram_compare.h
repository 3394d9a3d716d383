/* SPDX-License-Identifier: Apache-2.0 */
/* Is a message the same in both exports, and what differs. */
#ifndef EW_IMPORT_TELEGRAM_COMPARE_H
#define EW_IMPORT_TELEGRAM_COMPARE_H

#include "import/import.h"

enum { EW_TG_DIGEST = 16 };

/* One of the two: its message, and its folder for the paths of files. */
typedef struct ew_tg_side {
    const ew_message *m;
    ew_slice folder;
    bool local_known;
    int64_t local_s; /* its clock's reading as if it were UTC */
} ew_tg_side;

/* Of all that is compared, in one spelling. room is used. */
EW_MUST_CHECK ew_code ew_tg_digest(const ew_tg_side *s, ew_buf *room,
                                   uint8_t out[EW_TG_DIGEST], ew_err *err);

/* Tells a remark for each thing that differs, at the place of the JSON's message; *count of them. */
EW_MUST_CHECK ew_code ew_tg_differences(const ew_tg_side *json, const ew_tg_side *html,
                                        const ew_import_sink *sink, uint64_t *count,
                                        ew_err *err);

#endif
