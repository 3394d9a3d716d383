/* SPDX-License-Identifier: Apache-2.0 */
/* The case file: one folder with an SQLite database and the originals by their hash. Nothing in it is
 * ever edited or deleted: every change is one event, a correction is another event, and so is
 * taking one back. docs/formats/case.md. */
#ifndef EW_CASEFILE_CASEFILE_H
#define EW_CASEFILE_CASEFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/slice.h"

typedef struct ew_case ew_case;

enum {
    EW_CASE_NAME = 1000,       /* bytes of a name or any other short text */
    EW_CASE_WORDS = 64 * 1024, /* of words that somebody said */
    EW_CASE_JSON = 64 << 20    /* of an attached result */
};

/* For a program that has SQLite to itself, before anything else: memory is not counted there, which takes a lock that all
 * threads share. */
void ew_case_use_own_sqlite(void);

/* EW_E_ARG when there is a case. title: one line. */
EW_MUST_CHECK ew_code ew_case_create(const char *dir, const char *title, ew_err *err);

/* write: keeps other writers out until closed; wait_s: how long to wait for one (EW_E_BUSY). WAL where the
 * file system allows it, a rollback journal elsewhere. Reading works on a read-only disk.
 * EW_E_NOTFOUND when there is none, EW_E_VERSION when it is of a newer make, EW_E_FORMAT when the
 * database is not exactly one of ours or does not pass SQLite's check. */
EW_MUST_CHECK ew_code ew_case_open(ew_case **out, const char *dir, bool write,
                                   double wait_s, ew_err *err);
void ew_case_close(ew_case *c);
const char *ew_case_dir(const ew_case *c);
EW_MUST_CHECK ew_code ew_case_title(ew_case *c, ew_buf *out, ew_err *err);

/* ------------------------------------------------------------------ events */

/* Every change. Between begin and commit rows are added that belong to this one event. */
typedef struct ew_case_act {
    const char
        *kind;    /* "ingest", "position", "analysis", "reveal" ...; lower case, dashes */
    int64_t item; /* which it is about; 0: none */
    const char *who;     /* who does it: a user's name at this desk */
    const char *purpose; /* why; "" */
    const char *detail;  /* one JSON object; NULL: none */
    bool has_before, has_after;
    uint8_t before[EW_SHA256_BYTES], after[EW_SHA256_BYTES]; /* content of the item */
    int64_t undoes; /* the event that this one takes back; 0: none */
} ew_case_act;

/* *event: its number, from 1 on. The clock's time is taken, but never one before that of the last
 * event (then `detail` says so). */
EW_MUST_CHECK ew_code ew_case_begin(ew_case *c, const ew_case_act *act, int64_t *event,
                                    ew_err *err);
/* What becomes known only while it is written: the item that it is about, and that item's content
 * before and after; NULL: none. detail: one JSON object. */
void ew_case_event_item(ew_case *c, int64_t item, const uint8_t *before,
                        const uint8_t *after);
EW_MUST_CHECK ew_code ew_case_event_detail(ew_case *c, const char *detail, ew_err *err);
/* On EW_OK it is on disk for good; else nothing of it counts. */
EW_MUST_CHECK ew_code ew_case_commit(ew_case *c, ew_err *err);
void ew_case_rollback(ew_case *c);

/* Several events that come on disk at once. Between the two each is begun and committed as always; one
 * that is rolled back is left out. On EW_OK of the end all are on disk for good, else none. */
EW_MUST_CHECK ew_code ew_case_group_begin(ew_case *c, ew_err *err);
EW_MUST_CHECK ew_code ew_case_group_end(ew_case *c, ew_err *err);
void ew_case_group_abandon(ew_case *c);

typedef struct ew_case_event {
    int64_t id, time, item, undoes;
    const char *kind, *who, *purpose, *detail, *tool; /* until the call returns */
    bool undone; /* and not by an event that was itself taken back */
    bool has_before, has_after;
    uint8_t before[EW_SHA256_BYTES], after[EW_SHA256_BYTES];
    uint8_t content[EW_SHA256_BYTES]; /* hash over all rows that it added */
    uint8_t chain[EW_SHA256_BYTES];   /* hash over this event and all before it */
} ew_case_event;

/* In order; item: 0 for all, else those about it and the one that added it. What put() returns other than EW_OK ends it. */
EW_MUST_CHECK ew_code ew_case_events(ew_case *c, int64_t item,
                                     ew_code (*put)(void *cookie, const ew_case_event *e,
                                                    ew_err *err),
                                     void *cookie, ew_err *err);

/* The chain value of an event behind the one before it; that of the first is all zeros. */
EW_MUST_CHECK ew_code ew_case__chain(const uint8_t before[EW_SHA256_BYTES],
                                     const ew_case_event *e, uint8_t out[EW_SHA256_BYTES],
                                     ew_err *err);

/* Which events have no ground any more when this one is taken back, because their rows speak of what it
 * added; of one that brings something back those of what goes again. Only such that count, in order. */
EW_MUST_CHECK ew_code ew_case_dependents(ew_case *c, int64_t event,
                                         ew_code (*put)(void *cookie, int64_t event,
                                                        ew_err *err),
                                         void *cookie, ew_err *err);
/* What an event that is taken back would stand on, were it to count again: *missing is the first event
 * that it needs and that was taken back, 0 when none. */
EW_MUST_CHECK ew_code ew_case_grounds(ew_case *c, int64_t event, int64_t *missing,
                                      ew_err *err);

/* SQLite's check, the chain of events, the rows that each added, and the hash of every original; problem()
 * gets one line each. */
EW_MUST_CHECK ew_code ew_case_verify(ew_case *c,
                                     void (*problem)(void *cookie, const char *text),
                                     void *cookie, ew_err *err);

/* ------------------------------------------------------------------ items */

typedef struct ew_case_item {
    int64_t id;
    const char *kind; /* "recording", "image", "document", "chat", "page", "article" */
    const char *name, *origin, *obtained, *from, *note; /* "" */
    int64_t parent; /* the item that it came out of, as an attachment of its chat; 0 */
    uint8_t sha256[EW_SHA256_BYTES];
    uint64_t bytes;
    int64_t added; /* event; the last one that did and counts */
    bool undone;
} ew_case_item;

/* Copies what fd holds into originals/ under its hash, read-only, synced, before anything refers to it;
 * what is there already is compared. Needs no event. */
EW_MUST_CHECK ew_code ew_case_store(ew_case *c, int fd, uint8_t sha256[EW_SHA256_BYTES],
                                    uint64_t *bytes, ew_err *err);

/* The same for many files: what is stored later is there only after the sync, and nothing may refer to
 * it before. After a failure of the sync what was stored since the last one does not count. */
enum { EW_CASE_LATER = 256, EW_CASE_LATER_BYTES = 256 << 20 }; /* then a sync is due */
EW_MUST_CHECK ew_code ew_case_store_later(ew_case *c, int fd,
                                          uint8_t sha256[EW_SHA256_BYTES],
                                          uint64_t *bytes, ew_err *err);
EW_MUST_CHECK ew_code ew_case_store_sync(ew_case *c, ew_err *err);

/* Path of what was stored under this hash; to be freed. */
EW_MUST_CHECK ew_code ew_case_stored(ew_case *c, const uint8_t sha256[EW_SHA256_BYTES],
                                     char **path, ew_err *err);
/* Removes what was stored when no item came of it. EW_E_ARG when an item has it; outside of events. */
EW_MUST_CHECK ew_code ew_case_unstore(ew_case *c, const uint8_t sha256[EW_SHA256_BYTES],
                                      ew_err *err);

/* Is this content in the case? *id: 0 when not; *undone: it was taken back. */
EW_MUST_CHECK ew_code ew_case_same_content(ew_case *c,
                                           const uint8_t sha256[EW_SHA256_BYTES],
                                           int64_t *id, bool *undone, ew_err *err);

/* Within an event. id is answered. The same content twice is one item (EW_E_ARG, *id is it). One that was
 * taken back is there again, under its old number and with what is said of it now. */
EW_MUST_CHECK ew_code ew_case_add_item(ew_case *c, const ew_case_item *item, int64_t *id,
                                       ew_err *err);
EW_MUST_CHECK ew_code ew_case_items(ew_case *c,
                                    ew_code (*put)(void *cookie, const ew_case_item *i,
                                                   ew_err *err),
                                    void *cookie, ew_err *err);
/* By number; else by the beginning of the hash (4 digits or more) or the exact name. EW_E_NOTFOUND; EW_E_ARG
 * when several. */
EW_MUST_CHECK ew_code ew_case_find_item(ew_case *c, const char *what, int64_t *id,
                                        ew_err *err);
/* Path of an original; to be freed. */
EW_MUST_CHECK ew_code ew_case_original(ew_case *c, int64_t item, char **path,
                                       ew_err *err);
/* Opens an original for reading. EW_E_NOTFOUND when it is not there, EW_E_FORMAT when what stands there is no
 * file: a pipe, which would be waited for, a device, a link. */
EW_MUST_CHECK ew_code ew_case_original_open(ew_case *c, int64_t item, int *fd,
                                            ew_err *err);

/* The same of one that still is what was put in: all of it is hashed. Else EW_E_FORMAT. */
EW_MUST_CHECK ew_code ew_case_original_whole(ew_case *c, int64_t item, int *fd,
                                             ew_err *err);

/* Corrects what is said of an item, within an event: what ew_case_items gives from now on. What was said
 * before stays in the tables. field: "kind", "name", "origin", "obtained", "from", "note". */
EW_MUST_CHECK ew_code ew_case_correct(ew_case *c, int64_t item, const char *field,
                                      const char *value, ew_err *err);

/* Words by which reports call an item ("the recording"), so that what they quote can be tied to it; any
 * number for one item. Within an event. */
EW_MUST_CHECK ew_code ew_case_add_called(ew_case *c, int64_t item, const char *words,
                                         ew_err *err);
/* Those that count; item 0: of all that count. */
EW_MUST_CHECK ew_code ew_case_called(ew_case *c, int64_t item,
                                     ew_code (*put)(void *cookie, int64_t item,
                                                    const char *words, ew_err *err),
                                     void *cookie, ew_err *err);

/* A result of check, diff, family or inspect, within an event. other: the second recording; 0. */
typedef struct ew_case_analysis {
    int64_t id, item, other, event;
    const char *tool;     /* "check" */
    const char *version;  /* of the program */
    const char *settings; /* one JSON object: enough to run it again */
    const char *result;   /* JSON, one object per line */
    bool undone;
} ew_case_analysis;
EW_MUST_CHECK ew_code ew_case_add_analysis(ew_case *c, const ew_case_analysis *a,
                                           int64_t *id, ew_err *err);
EW_MUST_CHECK ew_code ew_case_analyses(ew_case *c, int64_t item,
                                       ew_code (*put)(void *cookie,
                                                      const ew_case_analysis *a,
                                                      ew_err *err),
                                       void *cookie, ew_err *err);

#endif
