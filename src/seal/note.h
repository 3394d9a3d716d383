/* SPDX-License-Identifier: Apache-2.0 */
/* Signed notes (c2sp.org/signed-note) and cosignatures (c2sp.org/tlog-cosignature). */
#ifndef EW_SEAL_NOTE_H
#define EW_SEAL_NOTE_H

#include "seal/vkey.h"

enum {
    EW_NOTE_MAX = 1 << 20, /* bytes of a note */
    EW_NOTE_SIGS_MAX = 100 /* 16 are promised by the specification */
};

typedef struct ew_note_sig {
    ew_slice name;
    uint8_t id[EW_KEY_ID];
    const uint8_t *bytes; /* after the id */
    size_t n;
} ew_note_sig;

typedef struct ew_note {
    char *room;  /* the block: free space for the head of a cosignature, then the note */
    char *bytes; /* the whole note, as it came */
    size_t n;
    ew_slice text; /* with its last line feed */
    ew_note_sig sigs[EW_NOTE_SIGS_MAX];
    size_t sig_count;
    uint8_t *raw; /* decoded signatures */
} ew_note;

/* Takes a note apart; nothing is checked by that. EW_E_FORMAT, EW_E_LIMIT. */
EW_MUST_CHECK ew_code ew_note_parse(ew_note **out, const void *bytes, size_t n,
                                    ew_err *err);
void ew_note_free(ew_note *note);

typedef enum ew_sig_state {
    EW_SIG_ABSENT, /* nothing in the note is by this key */
    EW_SIG_GOOD,
    EW_SIG_BAD /* claims to be by this key, and is not: the note is to be rejected */
} ew_sig_state;

/* time: of a cosignature, POSIX seconds, else 0; may be NULL. */
ew_sig_state ew_note_check(const ew_note *note, const ew_vkey *key, uint64_t *time);

/* Appends to `out` a note of this text (UTF-8, last byte a line feed) with one signature. */
EW_MUST_CHECK ew_code ew_note_make(ew_buf *out, ew_slice text, const ew_signer *by,
                                   ew_err *err);

/* Appends a signature line to the note in `note`; `time` counts for a cosigner only. */
EW_MUST_CHECK ew_code ew_note_add(ew_buf *note, const ew_signer *by, uint64_t time,
                                  ew_err *err);

/* UTF-8, no control characters but line feeds, and one at the end. */
bool ew_note_text_ok(ew_slice text);

#endif
