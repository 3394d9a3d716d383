/* SPDX-License-Identifier: Apache-2.0 */
/* A batch of entries as tiles: bundles, leaf hashes, and level by level the roots of the
 * tiles that have become full. Folders are synced once, at the end. */
#include "seal/log_batch.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"

typedef struct batch {
    const char *dir;
    uint64_t size;  /* before */
    ew_tiles *old;  /* as of then */
    char **folders; /* to be synced */
    size_t folder_count, folder_cap;
    ew_hash *hashes; /* new ones of the level that is being written */
    size_t count;
    uint64_t level_size; /* hashes of that level before */
    ew_err *err;
} batch;

/* ------------------------------------------------------------------ files */

static ew_code remember(batch *b, const char *folder)
{
    for (size_t i = b->folder_count; i > 0; i--)
        if (strcmp(b->folders[i - 1], folder) == 0)
            return EW_OK;
    if (b->folder_count == b->folder_cap) {
        size_t cap = b->folder_cap > 0 ? 2 * b->folder_cap : 16;
        char **more = ew_realloc_array(b->folders, cap, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(b->err);
        b->folders = more;
        b->folder_cap = cap;
    }
    char *copy = ew_strdup(folder);
    if (copy == NULL)
        return ew_fail_nomem(b->err);
    b->folders[b->folder_count++] = copy;
    return EW_OK;
}

/* Makes the folders of a path below the log's own, and remembers them all. */
static ew_code make_folders(batch *b, char *path)
{
    size_t top = strlen(b->dir);
    ew_code code = EW_OK;
    char *slash = strrchr(path, '/');
    *slash = 0;
    code = ew_mkdirs(path, b->err);
    for (char *p = slash; code == EW_OK && (size_t)(p - path) >= top; p--) {
        if (p != slash && *p != '/')
            continue;
        char kept = *p;
        *p = 0;
        code = remember(b, path);
        *p = kept;
    }
    *slash = '/';
    return code;
}

/* Which file. */
typedef struct tile_name {
    int level;
    uint64_t n;
    unsigned width;
} tile_name;

static ew_code put(batch *b, tile_name t, const void *bytes, size_t size)
{
    char name[EW_TILE_PATH_MAX];
    ew_atomic a;
    ew_tile_path(name, t.level, t.n, t.width);
    char *path = ew_path_join(b->dir, name);
    if (path == NULL)
        return ew_fail_nomem(b->err);
    ew_code code = make_folders(b, path);
    if (code == EW_OK)
        code = ew_atomic_open(&a, path, b->err);
    ew_free(path);
    if (code != EW_OK)
        return code;
    code = ew_write_all(a.fd, bytes, size, b->err);
    if (code == EW_OK)
        return ew_atomic_place(&a, b->err);
    ew_atomic_abort(&a);
    return code;
}

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
        tile_name t = {EW_TILE_ENTRIES, (at - 1) / EW_TILE_WIDTH,
                       width != 0 ? width : EW_TILE_WIDTH};
        code = put(b, t, bundle.data, bundle.len);
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
        tile_name t = {level, (at - 1) / EW_TILE_WIDTH, (unsigned)width};
        code = put(b, t, tile, width * sizeof tile[0]);
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
    batch b = {.dir = dir, .size = size, .err = err};
    ew_code code = ew_tiles_new(&b.old, dir, size, err);
    if (code == EW_OK)
        code = write_bundles(&b, entries, n);
    if (code == EW_OK)
        code = write_hashes(&b, entries, n);
    for (size_t i = 0; i < b.folder_count; i++) {
        if (code == EW_OK)
            code = ew_sync_dir(b.folders[i], err);
        ew_free(b.folders[i]);
    }
    ew_free(b.folders);
    ew_free(b.hashes);
    ew_tiles_free(b.old);
    return code;
}
