/* SPDX-License-Identifier: Apache-2.0 */
/* An article in the making: shared by the readers of pages, Markdown and plain text. */
#ifndef EW_IMPORT_ARTICLE_MADE_H
#define EW_IMPORT_ARTICLE_MADE_H

#include "import/article_date.h"
#include "import/room.h"

enum { EW_ARTICLE_DATES = 16, EW_ARTICLE_ROOM = 1 << 30, EW_ARTICLE_FIELD = 2048 };

typedef enum ew_article_field {
    EW_FIELD_TITLE,
    EW_FIELD_BYLINE,
    EW_FIELD_OUTLET,
    EW_FIELD_DATELINE,
    EW_FIELD_LANGUAGE,
    EW_FIELD_URL,
    EW_FIELD_TRANSLATION,
    EW_FIELDS
} ew_article_field;

typedef struct ew_article_told_date {
    ew_article_date date;
    ew_place place;
    const char *source; /* "JSON-LD" ... */
    int rank;
} ew_article_told_date;

/* Who says a date. */
typedef struct ew_article_source {
    const char *name; /* "JSON-LD" ... */
    int rank;
    bool modified; /* rather than published */
} ew_article_source;

typedef struct ew_article_made {
    ew_room room;
    size_t member;
    bool
        inside; /* of a record: bytes that are decoded from it, so that all places are this one */
    ew_place record;
    ew_slice charset; /* that is told beside the page; may be empty */
    const ew_import_sink *sink;
    ew_slice field[EW_FIELDS];
    int rank[EW_FIELDS];
    ew_article_told_date dates[2][EW_ARTICLE_DATES]; /* published, modified */
    size_t date_count[2];
    ew_paragraph *paragraphs;
    size_t count, cap;
    ew_err *err;
} ew_article_made;

void ew_article_init(ew_article_made *m, size_t member, const ew_import_sink *sink,
                     ew_err *err);
void ew_article_release(ew_article_made *m);

/* Of several the one with the lowest rank (1 ...) stays, and the first of equals. Copies; white space is made one. */
EW_MUST_CHECK ew_code ew_article_offer(ew_article_made *m, ew_article_field f, int rank,
                                       ew_slice text);
/* A date that somebody gives; text without one is passed over. */
EW_MUST_CHECK ew_code ew_article_offer_date(ew_article_made *m, ew_article_source from,
                                            ew_slice text, ew_place place);
EW_MUST_CHECK ew_code ew_article_add(ew_article_made *m, ew_part_of part, ew_place place,
                                     ew_slice text);
EW_MUST_CHECK ew_code ew_article_remark(ew_article_made *m, ew_place place,
                                        const char *fmt, ...) EW_PRINTF(3, 4);

/* Dateline, contradictions, then the record. */
EW_MUST_CHECK ew_code ew_article_tell(ew_article_made *m, ew_place whole);

/* Reads every member whose name has one of the ends, or the only one, whatever its name. A member that is
 * not of the format, or too large, ends it when it is the only one, else becomes a remark. */
EW_MUST_CHECK ew_code ew_article_each(ew_delivery *from, const char *const *ends,
                                      ew_code (*read)(ew_article_made *m, ew_slice bytes),
                                      const ew_import_sink *sink, ew_err *err);

/* What is told by a record of a web archive in which a page lies. */
typedef struct ew_article_record {
    ew_place place;
    ew_slice url, title; /* when the page says none; may be empty */
    ew_slice charset;    /* of HTTP; may be empty */
} ew_article_record;

/* The page in these bytes. One without text is told without a remark; one that cannot be read becomes a
 * remark. */
EW_MUST_CHECK ew_code ew_article_in_record(ew_slice bytes, const ew_article_record *from,
                                           const ew_import_sink *sink, ew_err *err);

/* Which kind of article it is; EW_IMPORT_AUTO: none. Asked after everything else. */
EW_MUST_CHECK ew_code ew_article_detect(ew_delivery *from, ew_import_format *format,
                                        ew_err *err);

/* "PHNOM PENH, Oct 12 (Wire) —": the part of the paragraph that is a dateline; 0: none. *place: bytes of
 * it without the dash. */
size_t ew_article_dateline(ew_slice paragraph, size_t *bytes);

/* Does a name of a member end so, without regard to case? ends: closed by NULL. */
bool ew_article_name_ends(ew_slice name, const char *const *ends);

/* Bytes of a line up to " | " or a point between: "By Ann Roe | March 3". */
size_t ew_article_part(ew_slice line);

/* "By Ann Roe": Ann Roe. */
ew_slice ew_article_byline(ew_slice text);

/* Lines that begin what is not the report: "Related stories", "Comments", "Read more:". */
bool ew_article_says_related(ew_slice text);
bool ew_article_says_comments(ew_slice text);

#endif
