/* SPDX-License-Identifier: Apache-2.0 */
/* Writing the files of a log so that none is seen half, and all are safe before they count. */
#ifndef EW_SEAL_TILE_OUT_H
#define EW_SEAL_TILE_OUT_H

#include "seal/tiles.h"

/* Which file. */
typedef struct ew_tile_name {
    int level; /* or EW_TILE_ENTRIES */
    uint64_t n;
    unsigned width;
} ew_tile_name;

/* Files of one folder as they are written, and the folders that are to be synced then. */
typedef struct ew_tile_out {
    const char *dir; /* borrowed */
    char **folders;
    size_t count, cap;
} ew_tile_out;

/* Puts a file in its place, synced; that of its folder comes with ew_tile_out_sync. */
EW_MUST_CHECK ew_code ew_tile_out_put(ew_tile_out *o, ew_tile_name t, const void *bytes,
                                      size_t n, ew_err *err);

/* Syncs every folder that something was put into. */
EW_MUST_CHECK ew_code ew_tile_out_sync(ew_tile_out *o, ew_err *err);

void ew_tile_out_release(ew_tile_out *o);

#endif
