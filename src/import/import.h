/* SPDX-License-Identifier: Apache-2.0 */
/* What comes in from outside: chat exports, articles, web archives, pictures. An importer reads and
 * never changes: the original stays as it is, and what is made of it is a view that says for
 * every record where in the original it stands. What an export lacks is told as a gap, what can
 * be read in two ways as a remark; nothing is dropped in silence. */
#ifndef EW_IMPORT_IMPORT_H
#define EW_IMPORT_IMPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "earwitness/progress.h"
#include "import/delivery.h"
#include "media/picture.h"

typedef enum ew_import_format {
    EW_IMPORT_AUTO, /* by content */
    EW_IMPORT_TELEGRAM_JSON,
    EW_IMPORT_TELEGRAM_HTML,
    EW_IMPORT_WHATSAPP,
    EW_IMPORT_MESSENGER, /* and Instagram */
    EW_IMPORT_SIGNAL,
    EW_IMPORT_PAGE, /* an article as HTML */
    EW_IMPORT_MARKDOWN,
    EW_IMPORT_TEXT,
    EW_IMPORT_WARC,
    EW_IMPORT_WACZ,
    EW_IMPORT_PICTURE,
    EW_IMPORT_FORMATS
} ew_import_format;

/* "telegram-json", "whatsapp" ... ; NULL for EW_IMPORT_AUTO. */
const char *ew_import_format_name(ew_import_format f);
ew_import_format
ew_import_format_named(const char *name); /* EW_IMPORT_AUTO: there is none */

/* Where in the original something stands. All slices here and below are valid UTF-8 and belong to
 * the importer until the call returns. */
typedef struct ew_place {
    size_t member; /* of the delivery */
    uint64_t at;   /* bytes into it */
    uint64_t bytes;
} ew_place;

/* A moment as an export has it. */
typedef struct ew_moment {
    bool known;
    int64_t unix_s; /* POSIX seconds; when not zoned, as if its clock were UTC */
    bool
        zoned; /* the zone is known, so unix_s is a moment; else a local clock's reading */
    bool exact;    /* to the second; else to the minute */
    bool day;      /* only the day is known, of which unix_s is the first second */
    ew_slice text; /* as written */
} ew_moment;

/* ------------------------------------------------------------------ chats */

typedef enum ew_attachment_kind {
    EW_ATTACH_FILE,
    EW_ATTACH_PHOTO,
    EW_ATTACH_VIDEO,
    EW_ATTACH_VOICE,
    EW_ATTACH_AUDIO,
    EW_ATTACH_STICKER,
    EW_ATTACH_CONTACT,
    EW_ATTACH_LOCATION,
    EW_ATTACH_OTHER
} ew_attachment_kind;

typedef enum ew_attachment_state {
    EW_ATTACH_PRESENT,     /* its bytes are a member of the delivery */
    EW_ATTACH_NAMED,       /* the export names a file that is not there */
    EW_ATTACH_LEFT_OUT,    /* the export says that it was not included, or omitted */
    EW_ATTACH_TOO_LARGE,   /* ... that it exceeded a limit */
    EW_ATTACH_UNAVAILABLE, /* ... that it could not be had */
    EW_ATTACH_INLINE       /* a contact, place or link: nothing but its text */
} ew_attachment_state;

const char *ew_attachment_kind_name(ew_attachment_kind k);
const char *ew_attachment_state_name(ew_attachment_state s);

typedef struct ew_attachment {
    ew_attachment_kind kind;
    ew_attachment_state state;
    size_t member;  /* when present */
    ew_slice path;  /* as the export names it */
    ew_slice name;  /* shown to people; may be empty */
    ew_slice mime;  /* may be empty */
    uint64_t bytes; /* as the export says; 0: it does not */
    double seconds; /* the same */
    ew_slice words; /* what the export says in its place; or of an inline one its text */
} ew_attachment;

typedef struct ew_chat {
    ew_place place;
    ew_slice id;   /* in the export; may be empty */
    ew_slice name; /* may be empty */
    ew_slice kind; /* "personal_chat", "group" ... as the export calls it; may be empty */
} ew_chat;

enum { /* marks of a message */
       EW_MARK_TIME_BACK =
           1, /* earlier than the one before: perhaps not a message at all */
       EW_MARK_TIME_GUESSED = 2, /* the order of day and month is a guess */
       EW_MARK_TWO_WAYS = 4,     /* may be a part of the message before: see the remark */
       EW_MARK_REPAIRED = 8,     /* its text was encoded twice and set right */
       EW_MARK_ESCAPED =
           16, /* invalid escapes of the exporting program were understood */
       EW_MARK_ONLY_HTML = 32, /* of two exports of one chat only one has it */
       EW_MARK_ONLY_JSON = 64,
       EW_MARK_DELETED = 128 /* the export says that it was deleted */
};

typedef struct ew_message {
    ew_place place;
    ew_slice id;                /* in the export; may be empty */
    bool service;               /* said by the program: joined, renamed, called */
    ew_slice sender, sender_id; /* may be empty */
    ew_moment time, edited;
    ew_slice text;     /* without marks-up; may be empty */
    ew_slice reply_to; /* id of another message; may be empty */
    bool forwarded;
    ew_slice forwarded_from, forwarded_from_id; /* may be empty */
    ew_moment forwarded_time;
    const ew_attachment *attachments;
    size_t attachment_count;
    unsigned marks;
} ew_message;

/* ------------------------------------------------------------------ articles */

typedef enum ew_part_of {
    EW_ARTICLE_BODY,
    EW_ARTICLE_CAPTION,
    EW_ARTICLE_COMMENT, /* of readers */
    EW_ARTICLE_RELATED  /* other stories */
} ew_part_of;

typedef struct ew_paragraph {
    ew_part_of part;
    ew_place place; /* its text in the original, first to last byte */
    ew_slice text;
} ew_paragraph;

/* Of an article in a web archive, every place is that of the record: its text lies in bytes that are
 * decoded from it. */
typedef struct ew_article {
    ew_place place;
    ew_slice title, byline, outlet, dateline, language, url,
        translation_of; /* may be empty */
    ew_moment published, modified;
    const ew_paragraph *paragraphs; /* in order */
    size_t paragraph_count;
} ew_article;

/* ------------------------------------------------------------------ the rest */

/* A page or document from a web archive. */
typedef struct ew_capture {
    ew_place place; /* the record, in the file as it is: gzip and all */
    ew_slice url, mime;
    ew_moment time;
    unsigned status; /* of HTTP; 0: there is none */
    ew_slice body;   /* decoded from transfer and content coding; capped; any bytes */
    bool cut;        /* body is not all of it */
    bool digest_right, digest_given; /* all digests that are told and understood */
    ew_slice
        signed_by;  /* a WACZ signature that holds: by whom, in words that say what was
                           looked at; may be empty */
    ew_slice title; /* in the list of pages of a WACZ; may be empty */
    bool listed;    /* is in that list */
} ew_capture;

/* Facts of a picture. */
typedef struct ew_picture_fact {
    ew_place place;
    ew_slice name;  /* "DateTimeOriginal", "GPS", "thumbnail", "pdq" ... */
    ew_slice value; /* readable */
    bool odd;       /* contradicts the picture or another fact */
} ew_picture_fact;

/* What is known to be missing. */
typedef struct ew_gap {
    ew_place place;
    ew_slice what;  /* "attachment", "messages", "file" ... */
    ew_slice words; /* what the export says, or why it is thought so */
} ew_gap;

/* Something to look at: ambiguous, repaired, contradictory. */
typedef struct ew_remark {
    ew_place place;
    ew_slice text; /* one line */
} ew_remark;

/* Takes records in the order of the original; a function that is NULL is not called. What it returns
 * other than EW_OK ends the import. */
typedef struct ew_import_sink {
    void *cookie;
    ew_code (*chat)(void *cookie, const ew_chat *c,
                    ew_err *err); /* before its messages */
    ew_code (*message)(void *cookie, const ew_message *m, ew_err *err);
    ew_code (*article)(void *cookie, const ew_article *a, ew_err *err);
    ew_code (*capture)(void *cookie, const ew_capture *c, ew_err *err);
    ew_code (*picture)(void *cookie, const ew_picture_fact *f, ew_err *err);
    ew_code (*gap)(void *cookie, const ew_gap *g, ew_err *err);
    ew_code (*remark)(void *cookie, const ew_remark *r, ew_err *err);
} ew_import_sink;

typedef enum ew_date_order {
    EW_DATES_AUTO,
    EW_DATES_DAY_FIRST,
    EW_DATES_MONTH_FIRST
} ew_date_order;

typedef struct ew_import_opts {
    ew_import_format format;
    ew_date_order dates;
    /* Asks a person to choose one of n answers; false: nobody to ask. May be NULL. */
    bool (*ask)(void *cookie, const char *question, const char *const *answers, size_t n,
                size_t *chosen);
    void *ask_cookie;
    /* Decodes a picture, or a thumbnail within one, as ew_picture_decode does: pictures are hostile, so
     * who imports says where that is done. NULL: only metadata is read. */
    ew_code (*decode)(void *cookie, ew_slice bytes, ew_picture *out, ew_err *err);
    void *decode_cookie;
    ew_progress progress;
} ew_import_opts;

/* What it is, by content; EW_IMPORT_AUTO when it is nothing known. */
EW_MUST_CHECK ew_code ew_import_detect(ew_delivery *src, ew_import_format *format,
                                       ew_err *err);

/* Reads it all, once, from first to last byte. Memory does not grow with the number of records.
 * EW_E_FORMAT when it is not of that format at all; what is damaged later is told as remarks
 * and gaps, and the rest goes on. EW_E_IO also when a file became shorter meanwhile: then what was told does not
 * count. Threads: one delivery and sink per thread. */
EW_MUST_CHECK ew_code ew_import_run(ew_delivery *src, const ew_import_opts *opts,
                                    const ew_import_sink *sink, ew_err *err);

/* One per format; src/import/<format>.c. */
typedef ew_code ew_import_reader(ew_delivery *src, const ew_import_opts *opts,
                                 const ew_import_sink *sink, ew_err *err);
ew_import_reader ew_import__telegram_json, ew_import__telegram_html, ew_import__whatsapp,
    ew_import__messenger, ew_import__signal, ew_import__page, ew_import__markdown,
    ew_import__text, ew_import__warc, ew_import__wacz, ew_import__picture;

/* Is it of that format? By names and the first bytes of few members. */
typedef ew_code ew_import_looks(ew_delivery *src, bool *yes, ew_err *err);
ew_import_looks ew_import__looks_telegram_json, ew_import__looks_telegram_html,
    ew_import__looks_whatsapp, ew_import__looks_messenger, ew_import__looks_signal,
    ew_import__looks_warc, ew_import__looks_wacz, ew_import__looks_picture;

#endif
