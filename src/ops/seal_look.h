/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at a sealed item to choose what is shown of it. What a person needs for that is kept, and none of its
 * secrets: those are wiped as soon as the file was found to be what was sealed. For the bundle the desk is opened
 * again. Threads: one at a time. */
#ifndef EW_OPS_SEAL_LOOK_H
#define EW_OPS_SEAL_LOOK_H

#include "base/hash.h"
#include "ops/seal.h"

typedef struct ew_look ew_look;

enum {
    EW_LOOK_SENDERS = 200, /* names that are told */
    EW_LOOK_AT_ONCE = 2000 /* lines told at a time */
};

/* What somebody said about it, or what was done with it: signed, and in the bundle too. */
typedef struct ew_look_event {
    const char *kind; /* "statement", "disclosure" ... */
    bool custody;     /* what was done: in the bundle only when that is asked for */
    bool reached;     /* the signed log reaches it; else it stays out */
    int64_t time;     /* POSIX seconds, by who signed it */
    char *words;      /* who, and all that it says; safe, one line */
} ew_look_event;

typedef struct ew_look_facts {
    const char *hex;  /* of the item */
    const char *name; /* of its file, safe */
    const char *path; /* where it is */
    const char *splitter;
    bool sound, text, collection;
    bool timed;            /* sound of which times can be told */
    double seconds;        /* of such sound */
    uint64_t parts, units; /* units: messages, paragraphs, blocks ... */
    bool burned;
    bool head, tail;                 /* there is something before or after the content */
    uint8_t sha256[EW_SHA256_BYTES]; /* of the file of sound, else zeros */
    const ew_buf *meta;              /* "key=value" as lines, not safe */
    const ew_buf *senders;           /* of a chat: safe names as lines, in order */
    bool senders_cut;                /* there are more */
    const ew_look_event *events;
    size_t event_count;
    const uint8_t *
        events_mark[2]; /* see ew_disclosure.expected_events: without, and with custody */
} ew_look_facts;

/* As ew_ops_disclose finds it. *out is NULL on failure. */
EW_MUST_CHECK ew_code ew_look_open(ew_look **out, const ew_desk *d, const char *item,
                                   const char *file, ew_err *err);
void ew_look_close(ew_look *l);
ew_look_facts ew_look_tell(const ew_look *l);

/* What a choice shows. */
typedef struct ew_look_view {
    uint8_t mark[EW_CHOICE_MARK];              /* see ew_disclosure.expected */
    uint64_t shown, units_shown, units_partly; /* parts, and of text and lists units */
    uint64_t lines;                            /* of the preview */
    bool publishable;
    ew_err why; /* when it is not */
} ew_look_view;

/* Of `what` only show, hide, meta and filler are looked at. EW_E_ARG as ew_ops_disclose; then the choice before
 * it stays. EW_E_FORMAT when the file was changed since. */
EW_MUST_CHECK ew_code ew_look_choose(ew_look *l, const ew_disclosure *what,
                                     ew_look_view *out, ew_err *err);

/* A stretch of a list, from 0. */
typedef struct ew_stretch {
    uint64_t from, count;
} ew_stretch;

/* The lines of the preview of what was chosen; up to EW_LOOK_AT_ONCE. */
EW_MUST_CHECK ew_code ew_look_lines(const ew_look *l, ew_stretch which, ew_previewed put,
                                    void *cookie, ew_err *err);
/* Units of text and lists as they were sealed, each with its state. */
EW_MUST_CHECK ew_code ew_look_units(const ew_look *l, ew_stretch which, ew_previewed put,
                                    void *cookie, ew_err *err);
/* What was found. */
typedef struct ew_look_found {
    uint64_t *numbers; /* of units, from 1; room for as many as are asked for */
    size_t n;
    uint64_t all; /* how many there are */
} ew_look_found;

/* Units whose text has these words, without regard to the case of ASCII letters: from the which.from-th on,
 * which.count of them at most. */
EW_MUST_CHECK ew_code ew_look_search(const ew_look *l, const char *words,
                                     ew_stretch which, ew_look_found *out, ew_err *err);

#endif
