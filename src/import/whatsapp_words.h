/* SPDX-License-Identifier: Apache-2.0 */
/* What WhatsApp writes into a text in place of things: attachments, what was left out, what was deleted. */
#ifndef EW_IMPORT_WHATSAPP_WORDS_H
#define EW_IMPORT_WHATSAPP_WORDS_H

#include "import/import.h"

typedef enum ew_wa_what {
    EW_WA_TEXT,     /* nothing of that kind */
    EW_WA_ATTACHED, /* name is that of a file */
    EW_WA_OMITTED,  /* media were left out of the export */
    EW_WA_DELETED,  /* the message was deleted */
    EW_WA_LOCATION, /* a link to a map, or a place that was shared for a while */
    EW_WA_CALL,     /* told by the program */
    EW_WA_POLL      /* its question and answers follow */
} ew_wa_what;

typedef struct ew_wa_phrase {
    const char *text;
    size_t n;
    ew_wa_what what;
    ew_attachment_kind kind;
} ew_wa_phrase;

typedef struct ew_wa_title {
    const char *before, *behind;
} ew_wa_title;

/* The tables; lists of words end with NULL. */
extern const ew_wa_phrase ew_wa_phrases[];
extern const size_t ew_wa_phrase_count;
extern const char *const ew_wa_edited_tags[];
extern const char *const ew_wa_attached_words[];
extern const char *const ew_wa_angle_words[];
extern const ew_wa_title ew_wa_titles[];

/* What a line of a message stands for. */
typedef struct ew_wa_said {
    ew_wa_what what;
    ew_attachment_kind kind;
    ew_slice name; /* of a file; else what is said, part of the line */
    bool whole;    /* the line is nothing else */
} ew_wa_said;

/* Looks at one line. */
ew_wa_said ew_wa_line(ew_slice line);

/* "name.ext (words)" in a language that is not known: the name, when it could be one. */
bool ew_wa_name_before_words(ew_slice line, ew_slice *name);

/* Text that ends with the tag of edited messages: takes the tag off. */
bool ew_wa_take_edited(ew_slice *text, ew_slice *tag);

/* By the end of a file's name, and how WhatsApp names voice messages. */
ew_attachment_kind ew_wa_kind_of(ew_slice name);

/* Whom a chat is with, by the name of its file without ending; as it is when it says nothing. */
ew_slice ew_wa_title_of(ew_slice name);

/* Marks of direction at both ends, and spaces behind. */
ew_slice ew_wa_trim(ew_slice s);

#endif
