/* SPDX-License-Identifier: Apache-2.0 */
/* Events: signed sentences about an item, one log entry each: statements, repudiations,
 * positions, custody, keys. docs/formats/event.md. */
#ifndef EW_SEAL_EVENT_H
#define EW_SEAL_EVENT_H

#include "seal/note.h"
#include "seal/statement.h"

enum {
    EW_EVENT_LINES = 64,  /* of words */
    EW_EVENT_LINE = 1000, /* bytes of one line, and of every other text */
    EW_EVENT_BYTES = 80 * 1024
};

typedef enum ew_event_kind {
    /* what somebody says */
    EW_EVENT_STATEMENT,
    EW_EVENT_REPUDIATION,
    EW_EVENT_ASKED,
    EW_EVENT_ANSWERED,
    EW_EVENT_NO_REPLY_BY,
    EW_EVENT_POSITION,
    /* what was done with an item */
    EW_EVENT_INGEST,
    EW_EVENT_FIXITY,
    EW_EVENT_COPY,
    EW_EVENT_TRANSFER_OUT,
    EW_EVENT_TRANSFER_ACK,
    EW_EVENT_ANALYSIS,
    EW_EVENT_REDACTION,
    EW_EVENT_DISCLOSURE,
    /* keys */
    EW_EVENT_KEY_ADD,
    EW_EVENT_KEY_REVOKE,
    EW_EVENT_KINDS
} ew_event_kind;

/* "statement", "no-reply-by", "key-revoke" ... */
const char *ew_event_name(ew_event_kind kind);
bool ew_event_named(ew_slice name, ew_event_kind *kind); /* false: there is none */

typedef enum ew_stance {
    EW_STANCE_NONE,
    EW_STANCE_CONFIRMS,
    EW_STANCE_DENIES,
    EW_STANCE_FABRICATED,
    EW_STANCE_ALTERED,
    EW_STANCE_NO_COMMENT,
    EW_STANCE_RETRACTS
} ew_stance;

const char *ew_stance_name(ew_stance stance); /* "says-fabricated"; "" for none */
bool ew_stance_named(ew_slice name, ew_stance *stance);

/* One event. Texts are one line of UTF-8 without control characters; empty ones are left out.
 * Slices borrow from what was parsed. */
typedef struct ew_event {
    ew_event_kind kind;
    int64_t time;   /* when, by who signs; POSIX seconds */
    ew_slice actor; /* who speaks or acts, a pseudonym where need be */
    bool has_name;  /* a name stands behind it, as a salted commitment */
    uint8_t name[EW_HASH];
    bool has_item; /* which seal it is about */
    uint8_t item[EW_ITEM];
    bool has_digest; /* of a file that is public anyhow: plain SHA-256; only in what */
    uint8_t digest[EW_HASH];    /* somebody says, never in custody */
    bool has_before, has_after; /* salted commitments of content, never plain hashes */
    uint8_t before[EW_HASH], after[EW_HASH];
    ew_slice purpose, authority, tool; /* why, by whose leave, with which program */
    ew_slice key;     /* of key events: a vkey, or "ssh-ed25519 BASE64" */
    int64_t since;    /* of key-revoke: from then on it is not to be trusted; 0: none */
    ew_stance stance; /* of a position */
    bool has_prev;    /* the entry of the event that this one follows */
    uint8_t prev[EW_HASH];
    ew_slice lines[EW_EVENT_LINES]; /* the words themselves */
    size_t line_count;
} ew_event;

/* Text of a note. EW_E_ARG when a field does not belong to this kind or is no line of text. */
EW_MUST_CHECK ew_code ew_event_append(ew_buf *b, const ew_event *e, ew_err *err);

/* One spelling of everything, else EW_E_FORMAT; EW_E_VERSION for another first line. */
EW_MUST_CHECK ew_code ew_event_parse(ew_event *e, ew_slice text, ew_err *err);

/* The kinds of what somebody says; the others are custody and keys. */
static inline bool ew_event_says(ew_event_kind kind)
{
    return kind <= EW_EVENT_POSITION;
}

/* Salted commitment: SHA-256("ew-commit/v1\0" ‖ salt[32] ‖ SHA-256(content)). Whoever holds the
 * content and not the salt cannot confirm it. content: its SHA-256. */
ew_hash ew_commit(const uint8_t salt[EW_SALT], const ew_hash *content);

#endif
