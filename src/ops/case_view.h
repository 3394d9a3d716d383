/* SPDX-License-Identifier: Apache-2.0 */
/* A case, or one item of it, as it is shown. All strings are safe to print. */
#ifndef EW_OPS_CASE_VIEW_H
#define EW_OPS_CASE_VIEW_H

#include "casefile/counts.h"
#include "casefile/pictures.h"
#include "report/json.h"

enum {
    EW_CASE_LAST_EVENTS = 5,
    EW_CASE_TOLD_TOOLS = 3,     /* inspect, check, family */
    EW_CASE_FAMILY_ITEMS = 1000 /* EW_FAMILY_COPIES_MAX */
};

typedef struct ew_case_seen_event {
    int64_t id, time, item, undoes;
    char *kind, *who, *purpose, *detail, *tool;
    bool undone, has_before, has_after;
    uint8_t before[EW_SHA256_BYTES], after[EW_SHA256_BYTES], chain[EW_SHA256_BYTES];
} ew_case_seen_event;

typedef struct ew_case_seen_events {
    ew_case_seen_event *list;
    size_t n, cap;
} ew_case_seen_events;
void ew_case_seen_events_release(ew_case_seen_events *e);
/* In order; item 0: of all. last: keeps only so many, 0: all. */
EW_MUST_CHECK ew_code ew_case_seen_events_load(ew_case *c, int64_t item, size_t last,
                                               ew_case_seen_events *out, ew_err *err);
/* A JSON object without schema. */
ew_obj ew_case_event_json(const ew_case_seen_event *e);

typedef struct ew_case_seen_item {
    int64_t id, parent, added;
    char *kind, *name, *origin, *obtained, *from, *note;
    uint8_t sha256[EW_SHA256_BYTES];
    uint64_t bytes;
    bool undone;
    char *said[EW_CASE_TOLD_TOOLS]; /* what the last of each says; NULL: there is none */
    char *line;                     /* all of it; "" */
} ew_case_seen_item;

typedef struct ew_case_view {
    char *title, *dir;
    ew_case_seen_item *items; /* all, by number */
    size_t count, cap;
    size_t here; /* those that count */
    uint64_t counts[EW_CASE_THINGS];
    uint64_t reversals, silences;
    uint64_t events, unsealed; /* unsealed: since the last seal */
    bool sealed;
    int64_t last_time; /* of the last event; 0: none */
    ew_case_seen_events last;
} ew_case_view;

/* today: ISO date, for what was asked and not answered. analyses: also what they say of each item. */
EW_MUST_CHECK ew_code ew_case_view_load(ew_case *c, const char *today, bool analyses,
                                        ew_case_view *out, ew_err *err);
void ew_case_view_release(ew_case_view *v);
/* schema earwitness.case-show/1, docs/formats/case-json.md. */
ew_obj ew_case_view_json(const ew_case_view *v);
ew_obj ew_case_item_json(const ew_case_seen_item *i);

/* ------------------------------------------------------------------ one item */

typedef struct ew_case_seen_analysis {
    int64_t id, item, other, event, time;
    char *tool, *version, *line;
    char *result, *settings; /* JSON as it is kept */
} ew_case_seen_analysis;

enum { EW_CASE_RECORDS_SHOWN = 200, EW_CASE_SAME_SHOWN = 20 };

typedef struct ew_case_seen_record {
    ew_case_thing thing;
    int64_t row, source; /* row: its number in the table of that kind */
    char *what, *text;
    uint64_t at, bytes;
    bool odd;
} ew_case_seen_record;

typedef struct ew_case_item_view {
    ew_case_seen_item item;
    char **called;
    size_t called_count;
    ew_case_seen_item *children; /* what came out of it */
    size_t child_count, child_cap;
    ew_case_seen_events events;
    ew_case_seen_analysis *analyses; /* that count, by number */
    size_t analysis_count, analysis_cap;
    ew_case_seen_record *records; /* at most EW_CASE_RECORDS_SHOWN of each thing */
    size_t record_count, record_cap;
    ew_same_picture
        same[EW_CASE_SAME_SHOWN]; /* items that show the same, the nearest first */
    size_t same_count;
    size_t of_thing[EW_CASE_THINGS]; /* how many came by */
    uint64_t counts[EW_CASE_THINGS];
} ew_case_item_view;

EW_MUST_CHECK ew_code ew_case_item_view_load(ew_case *c, int64_t item,
                                             ew_case_item_view *out, ew_err *err);
void ew_case_item_view_release(ew_case_item_view *v);
/* schema earwitness.case-show-item/1. */
ew_obj ew_case_item_view_json(const ew_case_item_view *v);

/* Any text as one safe line, to be freed; NULL: out of memory. Escapes that a name has already stay. */
char *ew_case_safe(const char *text);

#endif
