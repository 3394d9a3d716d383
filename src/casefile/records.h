/* SPDX-License-Identifier: Apache-2.0 */
/* What an importer finds, written into a case within one event, and made searchable. */
#ifndef EW_CASEFILE_RECORDS_H
#define EW_CASEFILE_RECORDS_H

#include "casefile/casefile.h"
#include "import/import.h"
#include "import/quotes.h"

/* Which table a searchable text is of. */
typedef enum ew_found_kind {
    EW_FOUND_MESSAGE = 1,
    EW_FOUND_PARAGRAPH,
    EW_FOUND_POSITION,
    EW_FOUND_ITEM, /* what was said of it when it was added, and corrections */
    EW_FOUND_QUOTE,
    EW_FOUND_ARTICLE, /* its title, byline and outlet */
    EW_FOUND_ATTACHMENT /* its name, its path, and what the export says in its place: a line each */
} ew_found_kind;

/* One import on its way into the case. */
typedef struct ew_case_intake {
    ew_case *c;
    int64_t
        item; /* what is read; 0: each record belongs to the member that it stands in */
    /* The item of each member of the delivery: places are bytes of its original. NULL: all are `item`. */
    const int64_t *members;
    size_t member_count;
    int64_t chat, article; /* the last ones that were written */
    uint64_t chats, messages, attachments, articles, captures, facts, gaps, remarks;
} ew_case_intake;

/* A sink that writes into the case; each call needs an event being written. in is borrowed. */
ew_import_sink ew_case_sink(ew_case_intake *in);

/* A suggestion for the last article. */
EW_MUST_CHECK ew_code ew_case_add_quote(ew_case_intake *in, const ew_quote *q,
                                        ew_err *err);

/* EW_E_ARG when a chat, article or capture of this item is in the case by an import that counts. */
EW_MUST_CHECK ew_code ew_case_not_imported(ew_case *c, int64_t item, ew_err *err);

/* Makes a text searchable in its folded form (casefile/fold.h); row: of the table that kind says. */
EW_MUST_CHECK ew_code ew_case_index_text(ew_case *c, ew_found_kind kind, int64_t row,
                                         ew_slice text, ew_err *err);

/* ------------------------------------------------------------------ search */

enum { EW_SEARCH_LIMIT = 100, EW_SEARCH_MOST = 1000000 };

typedef struct ew_search {
    /* What a person types, in any script: words, all of which must be there; a "phrase" of whole words; the
     * beginning of a word as begin*. Three characters and more are also found inside a word, as are one
     * and two in scripts without spaces. "" all. */
    const char *words;
    const char *
        person; /* whole words of a sender's or person's name, or one of its aliases; "" */
    const char *stance; /* "" */
    const char *mark;   /* of messages: one of ew_found_mark_name; "" */
    const char *since,
        *until; /* dates as in positions; from the first to the last moment that each can
                                  be; "" */
    uint64_t limit; /* at most so many, the newest; 0: EW_SEARCH_LIMIT */
    bool undone;    /* also what was taken back */
} ew_search;

typedef struct ew_case_hit {
    ew_found_kind kind;
    int64_t row, item;
    const char *who;   /* sender, person; "" */
    const char *when;  /* as exact as it is known; "" */
    const char *text;  /* all of it */
    int64_t at, bytes; /* place in the item's original */
    unsigned marks;    /* of a message: EW_MARK_*, EW_FOUND_FORWARDED, EW_FOUND_EDITED */
    bool undone;
} ew_case_hit;

enum { EW_FOUND_FORWARDED = 256, EW_FOUND_EDITED = 512 };
/* Name of bit i of a hit's marks: "time-back", "deleted", "forwarded" ...; NULL behind the last. */
const char *ew_found_mark_name(size_t i);

/* Newest last; the same for any order of adding. EW_E_ARG when the words cannot be understood, or the mark is none. */
EW_MUST_CHECK ew_code ew_case_search(ew_case *c, const ew_search *s,
                                     ew_code (*put)(void *cookie, const ew_case_hit *h,
                                                    ew_err *err),
                                     void *cookie, ew_err *err);

#endif
