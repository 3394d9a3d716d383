/* SPDX-License-Identifier: Apache-2.0 */
/* The desk's own log: a folder of tiles that only grows. docs/formats/log.md. */
#ifndef EW_SEAL_LOG_H
#define EW_SEAL_LOG_H

#include "seal/checkpoint.h"
#include "seal/tiles.h"

enum {
    EW_LOG_BATCH_MAX = 1 << 20, /* entries of one batch */
    EW_ORIGIN_MAX = EW_KEY_NAME_MAX
};

typedef struct ew_log ew_log;

/* A file in the log's folder: a checkpoint that is out in the world, and that the log, as after
 * restoring an old copy, may not contain. It stays closed for writing until it does. */
#define EW_LOG_NEWEST ".newest"

/* A new empty log in `dir`, which may be there already but not hold a log (EW_E_ARG).
 * origin: as in its checkpoints; a key name. */
EW_MUST_CHECK ew_code ew_log_create(const char *dir, const char *origin, ew_err *err);

/* Makes a log of a copy that was published: it has what the copy's checkpoint says. key: whose
 * signature that must have. EW_E_ARG when it is a log already; EW_E_FORMAT. */
EW_MUST_CHECK ew_code ew_log_adopt(const char *dir, const ew_vkey *key, ew_err *err);

/* Opens for writing and keeps others out (EW_E_BUSY) until closed. EW_E_NOTFOUND when there
 * is none; EW_E_FORMAT when tiles, state and checkpoint contradict one another, as after
 * restoring an old copy: such a log must not be written to. */
EW_MUST_CHECK ew_code ew_log_open(ew_log **out, const char *dir, ew_err *err);
void ew_log_close(ew_log *log);

uint64_t ew_log_size(const ew_log *log);
const char *ew_log_origin(const ew_log *log);

/* Appends a batch; *first is the number of its first entry. On EW_OK all of it is on disk
 * for good; on failure none of it counts, and nothing that was there is lost. */
EW_MUST_CHECK ew_code ew_log_append(ew_log *log, const ew_slice *entries, size_t n,
                                    uint64_t *first, ew_err *err);

/* Signs the present size and makes it the log's checkpoint, which is appended to `note`.
 * When nothing was added since, the present checkpoint stays, with its cosignatures.
 * by: its name must be the origin (EW_E_ARG). */
EW_MUST_CHECK ew_code ew_log_checkpoint(ew_log *log, const ew_signer *by, ew_buf *note,
                                        ew_err *err);

/* Reads the log's checkpoint; needs no opening. EW_E_NOTFOUND when none was made. */
EW_MUST_CHECK ew_code ew_log_read_checkpoint(const char *dir, ew_buf *note, ew_err *err);

/* Appends a proof of one entry against the log's checkpoint. extra may be empty.
 * EW_E_NOTFOUND when the checkpoint does not reach the entry yet. */
EW_MUST_CHECK ew_code ew_log_prove(const char *dir, uint64_t index, ew_slice extra,
                                   ew_buf *proof, ew_err *err);

/* Which entry to prove, and what to tell with it. */
typedef struct ew_leaf_extra {
    uint64_t index;
    ew_slice extra; /* may be empty */
} ew_leaf_extra;

/* The same against an earlier checkpoint of this log, as it was signed. EW_E_FORMAT when the
 * log's tiles contradict it. */
EW_MUST_CHECK ew_code ew_log_prove_with(const char *dir, ew_slice signed_note,
                                        const ew_leaf_extra *of, ew_buf *proof,
                                        ew_err *err);

/* What is wrong with a log; text is one safe line. */
typedef struct ew_fsck {
    void (*problem)(void *cookie, const char *text);
    void *cookie;
    const ew_vkey
        *key;          /* whose signature the checkpoint must have; NULL: not looked at */
    uint64_t entries;  /* answers: how many were read, */
    uint64_t problems; /* and how many problems there are */
} ew_fsck;

/* Reads every entry and every tile, of the state and of the checkpoint, and compares all
 * with all. A problem is an answer; the code says whether the question could be asked. */
EW_MUST_CHECK ew_code ew_log_fsck(const char *dir, ew_fsck *f, ew_err *err);

/* State of a log, as its file has it. */
typedef struct ew_log_state {
    char origin[EW_ORIGIN_MAX + 1];
    uint64_t size;
    ew_hash root;
} ew_log_state;

EW_MUST_CHECK ew_code ew_log__read_state(const char *dir, ew_log_state *s, ew_err *err);

#endif
