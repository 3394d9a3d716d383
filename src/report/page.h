/* SPDX-License-Identifier: Apache-2.0 */
/* A report as one object, docs/formats/report.md: blocks of text, tables, pictures and sounds in the
 * order in which they are read. The HTML is made from nothing but this object, so that both say
 * the same. A failed step makes the whole fail, as in report/json.h. */
#ifndef EW_REPORT_PAGE_H
#define EW_REPORT_PAGE_H

#include "report/json.h"

/* What people say about it; NULL: nothing. */
typedef struct ew_page_head {
    const char *kind; /* "check", "diff", "family", "inspect", "case", "results" */
    const char *title, *publisher, *note, *date;
} ew_page_head;

typedef struct ew_page {
    ew_obj doc;
    json_t *blocks;
    json_t *results; /* what was found, as the commands print it */
    json_t *files;
} ew_page;

void ew_page_init(ew_page *p, const ew_page_head *head);
void ew_page_release(ew_page *p);

/* Any text as a string of the object. */
json_t *ew_page_string(const char *text);

typedef enum ew_page_role {
    EW_PAGE_PLAIN,
    EW_PAGE_ANSWER,  /* the one sentence that counts */
    EW_PAGE_NOTE,    /* small print */
    EW_PAGE_WARNING, /* trouble */
    EW_PAGE_COMMAND, /* to be typed */
    EW_PAGE_OUTSIDE  /* what others wrote */
} ew_page_role;

/* Headings of level 2 and 3; those of level 2 are in the table of contents. */
void ew_page_section(ew_page *p, int level, const char *title);
/* The same; after the words what others called something. */
void ew_page_section_of(ew_page *p, int level, const char *words, const char *outside);
void ew_page_say(ew_page *p, ew_page_role role, const char *fmt, ...) EW_PRINTF(3, 4);
/* Takes the array of strings over. */
void ew_page_list(ew_page *p, json_t *strings);

typedef enum ew_column_kind {
    EW_COLUMN_TEXT,
    EW_COLUMN_NUMBER, /* to the right */
    EW_COLUMN_PLACE,  /* a time or a stretch: on one line */
    EW_COLUMN_HASH,
    EW_COLUMN_OUTSIDE, /* what others wrote: its own direction, language not known */
    EW_COLUMN_SAID     /* sentences of the program with words of others in them */
} ew_column_kind;

typedef struct ew_column {
    const char *name;
    ew_column_kind kind;
} ew_column;

enum { EW_PAGE_COLUMNS_MAX = 12 };

/* A table in the making: rows of cells, one after the other. */
typedef struct ew_grid {
    ew_obj table;
    json_t *rows, *row;
    size_t columns;
} ew_grid;
void ew_grid_begin(ew_grid *g, const char *caption, const ew_column *columns, size_t n);
void ew_grid_cell(ew_grid *g, const char *fmt, ...) EW_PRINTF(2, 3);
/* Puts it on the page, when it has rows, and releases it. */
void ew_grid_end(ew_grid *g, ew_page *p);

void ew_page_picture(ew_page *p, const char *title, const char *svg);

typedef struct ew_page_clip {
    const char *caption, *file;
    double from, to; /* seconds in that file */
    const char *svg; /* its spectrogram; NULL */
    uint32_t rate_hz;
    const uint8_t *wav;
    size_t bytes;
} ew_page_clip;
void ew_page_sound(ew_page *p, const ew_page_clip *c);

typedef struct ew_page_file {
    const char *name, *role; /* "clip", "recording" ... */
    const uint8_t *sha256;   /* [32]; or */
    const char *hex;
    int64_t bytes; /* negative: not known */
} ew_page_file;
/* Once per hash. */
void ew_page_add_file(ew_page *p, const ew_page_file *f);

/* Takes result over: what `check --json` and the like say. */
void ew_page_result(ew_page *p, json_t *result);

/* A name as a shell takes it; a string of the object. */
json_t *ew_page_quoted(const char *before, const char *name);

/* Last: the files, how to verify. settings: an object; again: commands that do the same again, an array
 * of strings, or NULL. Takes both over. */
void ew_page_close(ew_page *p, json_t *settings, json_t *again);

/* After ew_page_close; both release nothing. Errors: EW_E_NOMEM, EW_E_LIMIT. */
EW_MUST_CHECK ew_code ew_page_json(const ew_page *p, ew_buf *out, ew_err *err);
EW_MUST_CHECK ew_code ew_page_html(const ew_page *p, ew_buf *out, ew_err *err);

#endif
