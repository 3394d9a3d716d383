/* SPDX-License-Identifier: Apache-2.0 */
/* What people say: making statements, taking in those that persons signed, checking them. */
#ifndef EW_OPS_SEAL_STATEMENT_H
#define EW_OPS_SEAL_STATEMENT_H

#include "ops/seal_event.h"
#include "seal/event_check.h"

/* What is to be said. */
typedef struct ew_statement {
    ew_event_kind kind; /* one of those that say something */
    ew_stance stance;   /* of a position */
    const char *actor;  /* NULL: none */
    const char *words;  /* lines; NULL: none */
    const char *item;   /* 64 hex digits, or with a desk the beginning of them; NULL */
    const char *file;   /* the public file whose digest it quotes; NULL */
    const char *prev;   /* number of the entry that it follows; NULL */
    const char
        *name; /* file with the name behind the actor, which is committed to; NULL */
} ew_statement;

/* An event of that, in a block with its words; free it with ew_free. Lines lose spaces at their
 * end, tabs become spaces, lines that are too long are broken at a space. d: NULL where no desk
 * is open; dir: of the desk, for `prev`. */
typedef struct ew_said {
    ew_event event;
    ew_event_salts salts; /* that of the name */
    char words[EW_EVENT_BYTES];
} ew_said;

EW_MUST_CHECK ew_code ew_ops_say(const ew_desk *d, const char *dir, const ew_statement *s,
                                 ew_said **out, ew_err *err);

/* Puts a text that a person signed onto the desk's log. sig: NULL when it is an .ssh file already.
 * keys: one of them must have signed it. EW_E_ARG when none did, EW_E_FORMAT when the signature
 * does not hold. out: initialised. */
EW_MUST_CHECK ew_code ew_ops_statement_add(const ew_desk *d, const char *file,
                                           const char *sig, const ew_keyring *keys,
                                           ew_event_kept *out, ew_err *err);

typedef struct ew_statement_files {
    const char *file, *sig;            /* sig: NULL when it is in the file */
    const char *policy, *keys, *proof; /* NULL: none */
    const char *about;                 /* is it this file that is spoken of? NULL */
    const char *name, *salt; /* is it the name in this file, under this salt? NULL */
} ew_statement_files;

typedef struct ew_statement_check {
    ew_event_answer answer; /* borrows from what is below */
    ew_buf file, sig, proof;
    ew_policy *policy;
    ew_keyring *keys;
    bool about_same; /* the event quotes the digest of that file */
    bool name_same;  /* the event commits to that name */
} ew_statement_check;

/* *out is zeroed first; release it. */
EW_MUST_CHECK ew_code ew_ops_statement_check(const ew_statement_files *in,
                                             ew_statement_check *out, ew_err *err);
void ew_statement_check_release(ew_statement_check *c);

/* What opens the commitments of a kept event. EW_E_NOTFOUND when no event is there. */
EW_MUST_CHECK ew_code ew_ops_statement_salts(const ew_desk *d, uint64_t entry,
                                             ew_event_kept *out, ew_err *err);

/* The file of a kept event to `path`, and what proves that it is on record to
 * `path`.tlog-proof. EW_E_NOTFOUND when no event is there, or the checkpoint does not reach it. */
EW_MUST_CHECK ew_code ew_ops_statement_export(const ew_desk *d, uint64_t entry,
                                              const char *path, ew_err *err);

#endif
