/* SPDX-License-Identifier: Apache-2.0 */
/* The part tree: commitments to the parts of a file, any of which can be shown while the
 * others stay hidden. docs/formats/part-tree.md. */
#ifndef EW_SEAL_PARTS_H
#define EW_SEAL_PARTS_H

#include "base/buf.h"
#include "seal/merkle.h"

enum { EW_PARTS_MAX = 1 << 24 /* of a stream */ };

/* What a part is; stands in its leaf. */
typedef enum ew_part_kind {
    EW_PART_CONTENT = 1, /* block, page, frame, paragraph, file */
    EW_PART_HEAD = 2,    /* what comes before */
    EW_PART_TAIL = 3,    /* what comes after */
    EW_PART_TIME = 4,    /* of a message */
    EW_PART_SENDER = 5,
    EW_PART_BODY = 6,
    EW_PART_ATTACHMENT = 7,
    EW_PART_META = 8
} ew_part_kind;

typedef struct ew_part {
    uint8_t kind;
    ew_hash content; /* SHA-256 */
} ew_part;

/* The secret at the root of a stream: whoever has it can open every part. */
typedef struct ew_seed {
    uint8_t b[EW_HASH];
} ew_seed;

/* Which parts are visible: runs in order, none empty, none touching the next. */
typedef struct ew_run {
    uint64_t first, count;
} ew_run;

typedef struct ew_view {
    uint64_t n; /* parts of the stream, 1 to EW_PARTS_MAX */
    const ew_run *runs;
    size_t run_count;
} ew_view;

bool ew_view_ok(const ew_view *v);
uint64_t ew_view_visible(const ew_view *v); /* how many parts */

/* Secret of the left or right child of a node. */
ew_seed ew_seed_child(const ew_seed *seed, bool right);
ew_hash ew_seed_salt(const ew_seed *leaf);

/* By which a seed is known again, and from which it cannot be computed. */
enum { EW_SEED_MARK = 16 };
void ew_seed_mark(const ew_seed *seed, uint8_t mark[EW_SEED_MARK]);
ew_hash ew_part_leaf(const ew_part *part, uint64_t index, const ew_hash *salt);

/* Root of the tree over n > 0 parts. */
ew_hash ew_parts_root(const ew_seed *seed, const ew_part *parts, uint64_t n);

/* The canonical cover: for each maximal subtree that is wholly visible its seed, wholly hidden
 * its hash, from left to right. */
typedef struct ew_cover {
    ew_hash *entries;
    bool *seeds; /* which of them are seeds */
    size_t n, cap;
} ew_cover;

/* parts: all of the stream. *out is zeroed first; release it. EW_E_ARG for a bad view. */
EW_MUST_CHECK ew_code ew_parts_cover(const ew_seed *seed, const ew_part *parts,
                                     const ew_view *v, ew_cover *out, ew_err *err);
void ew_cover_release(ew_cover *c); /* wipes */

/* How many entries the cover of a view has. */
size_t ew_cover_count(const ew_view *v);

/* Root that visible parts and a cover lead to. parts: the visible ones, in order. False when
 * the cover has another number of entries than this view takes. */
bool ew_parts_open(const ew_view *v, const ew_part *parts, const ew_hash *cover, size_t n,
                   ew_hash *root);

/* Inside the module. What of the n parts from start on is visible; runs before *at lie to the
 * left. */
typedef enum ew_shown_some { EW_SHOWN_NONE, EW_SHOWN_ALL, EW_SHOWN_SOME } ew_shown_some;

ew_shown_some ew_view__look(const ew_view *v, size_t *at, uint64_t start, uint64_t n);
/* Root over parts[0..n), which are those from `start` on. */
ew_hash ew_parts__subtree(const ew_seed *seed, const ew_part *parts, uint64_t start,
                          uint64_t n);

#endif
