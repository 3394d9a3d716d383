/* SPDX-License-Identifier: Apache-2.0 */
/* Which members of a delivery are exports of Telegram Desktop: each result.json, and the pages
 * messages.html, messages2.html ... of each folder, which are one chat. */
#ifndef EW_IMPORT_TELEGRAM_FILES_H
#define EW_IMPORT_TELEGRAM_FILES_H

#include "import/delivery.h"

enum { EW_TG_PAGE_BYTES = 1 << 30 }; /* of one page; a place in it fits 32 bits */

typedef struct ew_tg_page {
    size_t member;
    ew_slice folder; /* with its last slash; empty: the delivery itself */
    uint64_t number; /* messages.html is 1 */
} ew_tg_page;

/* The pages of one folder: pages[first .. first + count) */
typedef struct ew_tg_group {
    size_t first, count;
    bool taken; /* it was told as a part of a result.json */
    bool noted; /* it was read for that, and what it lacks is told */
    bool apart; /* it is of no chat of that result.json */
} ew_tg_group;

typedef struct ew_tg_files {
    size_t *jsons; /* members, in the order of their names */
    size_t json_count;
    ew_tg_page *pages; /* by folder, numbers in names compared as such, then by number */
    size_t page_count;
    ew_tg_group *groups;
    size_t group_count;
} ew_tg_files;

/* Slices are those of the delivery. */
EW_MUST_CHECK ew_code ew_tg_files_list(ew_tg_files *f, const ew_delivery *from,
                                       ew_err *err);
void ew_tg_files_release(ew_tg_files *f);

/* The part of a name up to its last slash, and what comes behind it. */
ew_slice ew_tg_folder_of(ew_slice name);
ew_slice ew_tg_base_of(ew_slice name);

/* "messages.html" is 1, and so is "messages1.html", as some call it; "messages2.html" is 2; 0 for any
 * other name. */
uint64_t ew_tg_page_number(ew_slice base);

/* The number at the end of a folder's name, "chats/chat_012/": 12; 0 when it has none. */
uint64_t ew_tg_folder_number(ew_slice folder);

/* As strcmp, but runs of digits count as numbers. */
int ew_tg_natural(ew_slice a, ew_slice b);

/* Does name lie in that folder, or below it? */
bool ew_tg_is_below(ew_slice name, ew_slice folder);

#endif
