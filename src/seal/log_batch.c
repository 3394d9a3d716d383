/* SPDX-License-Identifier: Apache-2.0 */
/* A batch of entries as tiles: bundles, leaf hashes, and level by level the roots of the
 * tiles that have become full. Folders are synced once, at the end. */
#include "seal/log_batch.h"

#include <string.h>

#include "base/alloc.h"
#include "seal/tile_out.h"

typedef struct batch {
    ew_tile_out out;
    uint64_t size;   /* before */
    ew_tiles *old;   /* as of then */
    ew_hash *hashes; /* new ones of the level that is being written */
    size_t count;
    uint64_t level_size; /* hashes of that level before */
    ew_err *err;
} batch;

/* ------------------------------------------------------------------ entries */

static ew_code add_entry(ew_buf *bundle, ew_slice e, ew_err *err)
{
    uint8_t head[2] = {(uint8_t)(e.n >> 8), (uint8_t)e.n};
    ew_code code = ew_buf_append(bundle, head, sizeof head, err);
    return code == EW_OK ? ew_buf_append(bundle, e.p, e.n, err) : code;
}

static ew_code write_bundles(batch *b, const ew_slice *entries, size_t n)
{
    ew_buf bundle;
    uint64_t at = b->size;
    ew_code code = EW_OK;
    ew_buf_init(&bundle, EW_BUNDLE_MAX);
    if (at % EW_TILE_WIDTH != 0)
        code = ew_tiles_bundle(b->old, at / EW_TILE_WIDTH, &bundle, b->err);
    for (size_t i = 0; i < n && code == EW_OK; i++) {
        code = add_entry(&bundle, entries[i], b->err);
        at++;
        unsigned width = (unsigned)(at % EW_TILE_WIDTH);
        if (code != EW_OK || (width != 0 && i + 1 < n))
            continue;
        ew_tile_name t = {EW_TILE_ENTRIES, (at - 1) / EW_TILE_WIDTH,
                          width != 0 ? width : EW_TILE_WIDTH};
        code = ew_tile_out_put(&b->out, t, bundle.data, bundle.len, b->err);
        ew_buf_reset(&bundle);
    }
    ew_buf_release(&bundle);
    return code;
}

/* ------------------------------------------------------------------ hashes */

/* Writes the new hashes of a level; what is left in b->hashes are those for the next one. */
static ew_code write_level(batch *b, int level)
{
    ew_hash tile[EW_TILE_WIDTH];
    const ew_hash *before;
    uint64_t at = b->level_size;
    size_t full = 0;
    size_t width = at % EW_TILE_WIDTH;
    ew_code code = EW_OK;
    if (width > 0) {
        code = ew_tiles_hashes(b->old, level, at / EW_TILE_WIDTH, &before, b->err);
        if (code == EW_OK)
            memcpy(tile, before, width * sizeof tile[0]);
    }
    for (size_t i = 0; i < b->count && code == EW_OK; i++) {
        tile[width++] = b->hashes[i];
        at++;
        if (width < EW_TILE_WIDTH && i + 1 < b->count)
            continue;
        ew_tile_name t = {level, (at - 1) / EW_TILE_WIDTH, (unsigned)width};
        code = ew_tile_out_put(&b->out, t, tile, width * sizeof tile[0], b->err);
        if (width == EW_TILE_WIDTH)
            b->hashes[full++] = ew_tile_root(tile, width); /* full <= i: already taken */
        width %= EW_TILE_WIDTH;
    }
    b->level_size /= EW_TILE_WIDTH;
    b->count = full;
    return code;
}

static ew_code write_hashes(batch *b, const ew_slice *entries, size_t n)
{
    ew_code code = EW_OK;
    b->hashes = ew_alloc_array(n, sizeof *b->hashes);
    if (b->hashes == NULL)
        return ew_fail_nomem(b->err);
    for (size_t i = 0; i < n; i++)
        b->hashes[i] = ew_merkle_leaf(entries[i].p, entries[i].n);
    b->count = n;
    b->level_size = b->size;
    for (int level = 0; level < EW_TILE_LEVELS && b->count > 0 && code == EW_OK; level++)
        code = write_level(b, level);
    return code;
}

ew_code ew_log__write_batch(const char *dir, uint64_t size, const ew_slice *entries,
                            size_t n, ew_err *err)
{
    batch b = {.out = {.dir = dir}, .size = size, .err = err};
    ew_code code = ew_tiles_new(&b.old, dir, size, err);
    if (code == EW_OK)
        code = write_bundles(&b, entries, n);
    if (code == EW_OK)
        code = write_hashes(&b, entries, n);
    if (code == EW_OK)
        code = ew_tile_out_sync(&b.out, err);
    ew_tile_out_release(&b.out);
    ew_free(b.hashes);
    ew_tiles_free(b.old);
    return code;
}
