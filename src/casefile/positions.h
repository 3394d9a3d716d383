/* SPDX-License-Identifier: Apache-2.0 */
/* Who said what about an item, when, where; and what follows: reversals, silence, one voice quoted by
 * many. */
#ifndef EW_CASEFILE_POSITIONS_H
#define EW_CASEFILE_POSITIONS_H

#include "casefile/people.h"

/* The words of a stance are those of events in docs/formats/event.md, and "asked", "answered",
 * "no-reply-by". */
typedef struct ew_position {
    int64_t id, item, person;
    const char *
        stance; /* "confirms denies says-fabricated says-altered no-comment retracts asked
                            answered no-reply-by" */
    const char *date; /* ISO 8601, as exact as it is known: year, month, day, or moment */
    const char *channel; /* "press conference", "statement", "X" ... */
    const char *words;   /* exactly as reported */
    int64_t report;      /* the item in which it stands; 0 */
    uint64_t at, bytes;  /* where in the report's original */
    int64_t via;         /* the position that this report only repeats; 0 */
    const char *until;   /* of asked: when an answer was asked for; "" */
    int64_t added;       /* event */
    bool undone;
} ew_position;

/* Within an event; its words can be searched for. */
EW_MUST_CHECK ew_code ew_case_add_position(ew_case *c, const ew_position *p, int64_t *id,
                                           ew_err *err);
/* By date, then by number; item 0: all; person 0: all. Those taken back are told as such. */
EW_MUST_CHECK ew_code ew_case_positions(ew_case *c, int64_t item, int64_t person,
                                        ew_code (*put)(void *cookie, const ew_position *p,
                                                       ew_err *err),
                                        void *cookie, ew_err *err);

/* What was read of an item's original: every paragraph and message that counts, and its place there. */
EW_MUST_CHECK ew_code ew_case_texts(ew_case *c, int64_t item,
                                    ew_code (*put)(void *cookie, ew_slice text,
                                                   uint64_t at, uint64_t bytes,
                                                   ew_err *err),
                                    void *cookie, ew_err *err);

/* What an article says of itself. */
typedef struct ew_case_article {
    int64_t id, item;
    const char *title, *byline, *outlet, *language, *url, *translation_of; /* "" */
    const char *published; /* as it stands in the article; "" */
    bool has_time;
    int64_t time; /* POSIX seconds, when that could be read */
} ew_case_article;
/* Those that count, by item; item 0: all. */
EW_MUST_CHECK ew_code ew_case_articles(ew_case *c, int64_t item,
                                       ew_code (*put)(void *cookie,
                                                      const ew_case_article *a,
                                                      ew_err *err),
                                       void *cookie, ew_err *err);

typedef enum ew_turn_kind {
    EW_TURN_REVERSAL, /* the same person, the same item, a contradicting stance later */
    EW_TURN_UNORDERED, /* two that contradict each other, and the dates do not say which came first */
    EW_TURN_SILENCE,   /* asked, and no answer since */
    EW_TURN_LATE,      /* asked, and answered only after the day that was given */
    EW_TURN_ONE_VOICE, /* several reports that trace back to one, as people said (via) */
    EW_TURN_SAME_WORDS, /* perhaps one voice: different reports give the same words of the same person */
    EW_TURN_TRANSLATION, /* perhaps one voice: one report is a translation of the other */
    EW_TURN_LOOSE        /* it repeats a position that is not there, or was taken back */
} ew_turn_kind;

typedef struct ew_turn {
    ew_turn_kind kind;
    /* Positions. Of one voice the origin and the last one that repeats it; of silence the first
     * question and the last; of late the question and its answer; of loose second is what `via` says. */
    int64_t first, second;
    int64_t days; /* between the two; of silence from the first question until `today` */
    bool days_sure; /* both dates name a day */
    uint64_t
        count; /* of one voice and of the same words: reports; of silence: questions */
    bool has_until; /* of silence and late: an answer was asked for by some day; */
    int64_t
        late; /* days from that one until the answer, or `today`; negative: still to come */
} ew_turn;

/* By kind, then by item, person and date. today: ISO date, so that an answer can be repeated. Nothing
 * is told that depends on an order which the dates leave open, but for EW_TURN_UNORDERED. */
EW_MUST_CHECK ew_code ew_case_turns(ew_case *c, const char *today,
                                    ew_code (*put)(void *cookie, const ew_turn *t,
                                                   ew_err *err),
                                    void *cookie, ew_err *err);

#endif
