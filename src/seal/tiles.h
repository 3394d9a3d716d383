/* SPDX-License-Identifier: Apache-2.0 */
/* A log as tiles on disk (c2sp.org/tlog-tiles), read as of one size. */
#ifndef EW_SEAL_TILES_H
#define EW_SEAL_TILES_H

#include "base/buf.h"
#include "seal/merkle.h"

enum {
    EW_TILE_WIDTH = 256,
    EW_TILE_LEVELS = 8,        /* of 8 levels of the tree each */
    EW_TILE_ENTRIES = -1,      /* in place of a level: the entries themselves */
    EW_TILE_PATH_MAX = 64,     /* with the final 0 */
    EW_ENTRY_MAX = UINT16_MAX, /* bytes of an entry */
    EW_BUNDLE_MAX = EW_TILE_WIDTH * (2 + EW_ENTRY_MAX)
};

/* "tile/0/x001/234", "tile/entries/000.p/7"; width 1 to 256, where 256 is a full tile. */
void ew_tile_path(char out[EW_TILE_PATH_MAX], int level, uint64_t n, unsigned width);

/* How many hashes tile n of a level has in a tree of this size: 0 to 256. */
unsigned ew_tile_width(int level, uint64_t n, uint64_t size);

typedef struct ew_tiles ew_tiles;

/* dir is copied; no file is read yet. EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_tiles_new(ew_tiles **out, const char *dir, uint64_t size,
                                   ew_err *err);
void ew_tiles_free(ew_tiles *t);

/* The tree of the log at that size, for roots and proofs; it keeps the last tile of each
 * level in memory. The tree is valid as long as t is. */
ew_tree ew_tiles_tree(ew_tiles *t);

/* The hashes of one tile: EW_E_NOTFOUND when neither it nor the full one is there,
 * EW_E_FORMAT when it has the wrong length. */
EW_MUST_CHECK ew_code ew_tiles_hashes(ew_tiles *t, int level, uint64_t n,
                                      const ew_hash **hashes, ew_err *err);

/* Appends the bundle's file as it is; check it with ew_bundle_next. */
EW_MUST_CHECK ew_code ew_tiles_bundle(ew_tiles *t, uint64_t n, ew_buf *out, ew_err *err);

/* Takes the next entry from a bundle: at points to where it begins and moves on. False
 * when none is left or the bundle is cut short (then *at is not its end). */
bool ew_bundle_next(const ew_buf *bundle, size_t *at, const uint8_t **entry, size_t *n);

/* Appends one entry of the log, which is compared with its leaf hash. */
EW_MUST_CHECK ew_code ew_tiles_entry(ew_tiles *t, uint64_t index, ew_buf *out,
                                     ew_err *err);

/* Root of up to 256 hashes. */
ew_hash ew_tile_root(const ew_hash *hashes, size_t n);

#endif
