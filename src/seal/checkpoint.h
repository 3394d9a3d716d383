/* SPDX-License-Identifier: Apache-2.0 */
/* Checkpoints of a log (c2sp.org/tlog-checkpoint) and proofs to take along
 * (c2sp.org/tlog-proof). */
#ifndef EW_SEAL_CHECKPOINT_H
#define EW_SEAL_CHECKPOINT_H

#include "seal/merkle.h"
#include "seal/note.h"

typedef struct ew_checkpoint {
    ew_slice origin; /* into the text that was parsed */
    uint64_t size;
    ew_hash root;
} ew_checkpoint;

/* Of the text of a note. EW_E_FORMAT. */
EW_MUST_CHECK ew_code ew_checkpoint_parse(ew_checkpoint *c, ew_slice text, ew_err *err);
/* The size that a signed checkpoint tells; nothing is checked. EW_E_FORMAT. */
EW_MUST_CHECK ew_code ew_checkpoint_size(const ew_buf *note, uint64_t *size, ew_err *err);
EW_MUST_CHECK ew_code ew_checkpoint_append(ew_buf *b, const ew_checkpoint *c,
                                           ew_err *err);

enum { EW_EXTRA_MAX = 1024 }; /* ours is a salt of 32 bytes */

typedef struct ew_tlog_proof {
    uint8_t extra[EW_EXTRA_MAX];
    size_t extra_n;
    uint64_t index;
    ew_path path;
    ew_note *note; /* the checkpoint, signed */
    ew_checkpoint checkpoint;
} ew_tlog_proof;

/* Takes a proof apart, with its checkpoint; checks nothing. EW_E_FORMAT, EW_E_LIMIT. */
EW_MUST_CHECK ew_code ew_tlog_proof_parse(ew_tlog_proof **out, const void *bytes,
                                          size_t n, ew_err *err);
void ew_tlog_proof_free(ew_tlog_proof *p);

/* True when the entry stands in the tree of the checkpoint; says nothing of signatures. */
bool ew_tlog_proof_holds(const ew_tlog_proof *p, ew_slice entry);

/* Text of a proof; p->note is not used, `note` is the signed checkpoint. */
EW_MUST_CHECK ew_code ew_tlog_proof_append(ew_buf *b, const ew_tlog_proof *p,
                                           ew_slice note, ew_err *err);

#endif
