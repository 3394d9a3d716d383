/* SPDX-License-Identifier: Apache-2.0 */
/* What was read of chats and articles, a piece at a time and in its order, for who looks at it; and what stands
 * at a place of an original. Nothing of a long chat is ever held as a whole. */
#ifndef EW_CASEFILE_READING_H
#define EW_CASEFILE_READING_H

#include "casefile/casefile.h"

/* ------------------------------------------------------------------ chats */

/* Strings of all below until the call returns. */
typedef struct ew_read_chat {
    int64_t id, item;
    const char *name, *kind; /* "" */
    uint64_t messages;
} ew_read_chat;

/* EW_E_NOTFOUND when there is none, or its import was taken back. */
EW_MUST_CHECK ew_code ew_case_read_chat(ew_case *c, int64_t chat,
                                        ew_code (*put)(void *cookie,
                                                       const ew_read_chat *h,
                                                       ew_err *err),
                                        void *cookie, ew_err *err);

typedef struct ew_read_message {
    int64_t id;
    uint64_t number; /* in its chat, in the order of the export, from 0 on */
    bool service, forwarded;
    const char *export_id, *sender, *sender_id, *text, *reply_to, *forwarded_from;
    /* ISO 8601, as exact as it is known; without Z when it is a clock's reading; else as written */
    const char *when;
    const char *edited_when;
    unsigned marks; /* EW_MARK_... */
    int64_t source; /* the item in whose original it stands */
    uint64_t at, bytes;
} ew_read_message;

/* Numbers or bytes from `from` on, before `to`. */
typedef struct ew_read_range {
    uint64_t from, to;
} ew_read_range;

/* Messages of a chat, by their numbers. */
EW_MUST_CHECK ew_code ew_case_read_messages(ew_case *c, int64_t chat, ew_read_range range,
                                            ew_code (*put)(void *cookie,
                                                           const ew_read_message *m,
                                                           ew_err *err),
                                            void *cookie, ew_err *err);

typedef struct ew_read_attachment {
    const char *kind, *state; /* as ew_attachment_kind_name; "other" for what is none */
    const char *path, *name, *mime, *words;
    uint64_t bytes;        /* as the export says; 0 */
    double seconds;        /* the same */
    int64_t item;          /* 0: its bytes are not in the case */
    const char *item_kind; /* of that item, as it came in; "" */
    const uint8_t *sha256; /* the same; NULL */
} ew_read_attachment;
EW_MUST_CHECK ew_code ew_case_read_attachments(ew_case *c, int64_t message,
                                               ew_code (*put)(void *cookie,
                                                              const ew_read_attachment *a,
                                                              ew_err *err),
                                               void *cookie, ew_err *err);

typedef struct ew_read_gap {
    const char *what, *words;
    int64_t source;
    uint64_t at;
} ew_read_gap;
/* What is known to be missing in these bytes of the original of `source`. */
EW_MUST_CHECK ew_code ew_case_read_gaps(ew_case *c, int64_t source, ew_read_range range,
                                        ew_code (*put)(void *cookie, const ew_read_gap *g,
                                                       ew_err *err),
                                        void *cookie, ew_err *err);

/* ------------------------------------------------------------------ articles */

typedef struct ew_read_article {
    int64_t id, item;
    const char *title, *byline, *outlet, *dateline, *language, *url;
    const char *published, *modified; /* as `when` */
} ew_read_article;
EW_MUST_CHECK ew_code ew_case_read_article(ew_case *c, int64_t article,
                                           ew_code (*put)(void *cookie,
                                                          const ew_read_article *a,
                                                          ew_err *err),
                                           void *cookie, ew_err *err);

typedef struct ew_read_paragraph {
    int64_t id, number;
    int part; /* ew_part_of */
    const char *text;
    int64_t source;
    uint64_t at, bytes;
} ew_read_paragraph;
EW_MUST_CHECK ew_code ew_case_read_paragraphs(ew_case *c, int64_t article,
                                              ew_code (*put)(void *cookie,
                                                             const ew_read_paragraph *p,
                                                             ew_err *err),
                                              void *cookie, ew_err *err);

/* ------------------------------------------------------------------ places */

typedef enum ew_read_place_kind {
    EW_PLACE_NONE,
    EW_PLACE_MESSAGE,
    EW_PLACE_PARAGRAPH
} ew_read_place_kind;

typedef struct ew_read_place {
    ew_read_place_kind kind;
    int64_t row, holder; /* message and chat, or paragraph and article */
    uint64_t number;     /* in it */
} ew_read_place;

/* What was read at this byte of an item's original; NONE is an answer. What was taken back is not there. */
EW_MUST_CHECK ew_code ew_case_read_at(ew_case *c, int64_t item, uint64_t at,
                                      ew_read_place *out, ew_err *err);
/* Where a message, or a paragraph, stands. EW_E_NOTFOUND. */
EW_MUST_CHECK ew_code ew_case_read_message_place(ew_case *c, int64_t message,
                                                 ew_read_place *out, ew_err *err);
EW_MUST_CHECK ew_code ew_case_read_paragraph_place(ew_case *c, int64_t paragraph,
                                                   ew_read_place *out, ew_err *err);
/* The message that an attachment is of. EW_E_NOTFOUND. */
EW_MUST_CHECK ew_code ew_case_read_attachment_message(ew_case *c, int64_t attachment,
                                                      int64_t *message, ew_err *err);

#endif
