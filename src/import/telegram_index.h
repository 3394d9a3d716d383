/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of the messages of both exports while they are merged: numbers and places, no texts. */
#ifndef EW_IMPORT_TELEGRAM_INDEX_H
#define EW_IMPORT_TELEGRAM_INDEX_H

#include "import/telegram_compare.h"
#include "import/telegram_html.h"

enum { /* of an entry */
       EW_TG_TIMED = 1,
       EW_TG_ZONED = 2,
       EW_TG_SENT = 4, /* a forward with its date */
       EW_TG_SENT_ZONED = 8,
       EW_TG_JOINED = 16,
       EW_TG_MATCHED = 32,
       EW_TG_NO_ID = 64 /* its number is none */
};

/* A message of a page. */
typedef struct ew_tg_entry {
    int64_t id, local_s, sent_s;
    uint8_t digest[EW_TG_DIGEST];
    ew_tg_at place, owner;
    uint32_t group;
    int32_t zone_s;
    unsigned flags;
} ew_tg_entry;

/* A message of the JSON. */
typedef struct ew_tg_key {
    int64_t id, local_s;
    bool timed;
} ew_tg_key;

/* A chat of the JSON: keys[first .. first + count), and the group of pages that is the same chat. */
typedef struct ew_tg_pair {
    size_t first, count;
    size_t group; /* SIZE_MAX: none */
} ew_tg_pair;

typedef struct ew_tg_index {
    ew_tg_entry *entries; /* by group and id once sorted */
    size_t entry_count, entry_cap;
    ew_tg_key *keys;
    size_t key_count, key_cap;
    ew_tg_pair *pairs;
    size_t pair_count, pair_cap;
} ew_tg_index;

void ew_tg_index_release(ew_tg_index *x);
EW_MUST_CHECK ew_code ew_tg_index_entry(ew_tg_index *x, const ew_tg_entry *e,
                                        ew_err *err);
EW_MUST_CHECK ew_code ew_tg_index_key(ew_tg_index *x, const ew_tg_key *k, ew_err *err);
EW_MUST_CHECK ew_code ew_tg_index_chat(ew_tg_index *x, ew_err *err);

/* All is in: finds which group is which chat, and which messages are in both. `own` are
 * groups that may be taken; files->groups are marked. */
void ew_tg_index_match(ew_tg_index *x, ew_tg_files *files, const bool *own);

/* The entries of a group: [*from, *to). */
void ew_tg_index_range(const ew_tg_index *x, size_t group, size_t *from, size_t *to);

/* NULL: there is none. */
ew_tg_entry *ew_tg_index_find(const ew_tg_index *x, size_t group, int64_t id);

/* "-12"; false when it is no such number. */
bool ew_tg_id(ew_slice text, int64_t *id);

#endif
