/* SPDX-License-Identifier: Apache-2.0 */
/* Tiles on disk: names, widths, reading. */
#include "seal/tiles.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"

typedef struct cached {
    bool there;
    uint64_t n;
    ew_hash hashes[EW_TILE_WIDTH];
} cached;

struct ew_tiles {
    char *dir;
    uint64_t size;
    cached level[EW_TILE_LEVELS];
};

/* Three digits each, all but the last with an x before them. */
static int index_path(char *out, size_t room, uint64_t n)
{
    char parts[6][8];
    int count = 0;
    int used = 0;
    do {
        (void)snprintf(parts[count], sizeof parts[0], "%s%03u", count > 0 ? "x" : "",
                       (unsigned)(n % 1000));
        count++;
        n /= 1000;
    } while (n > 0 && count < 6);
    while (count > 0)
        used += snprintf(out + used, room - (size_t)used, "/%s", parts[--count]);
    return used;
}

void ew_tile_path(char out[EW_TILE_PATH_MAX], int level, uint64_t n, unsigned width)
{
    int used = level == EW_TILE_ENTRIES
                   ? snprintf(out, EW_TILE_PATH_MAX, "tile/entries")
                   : snprintf(out, EW_TILE_PATH_MAX, "tile/%d", level);
    used += index_path(out + used, (size_t)(EW_TILE_PATH_MAX - used), n);
    if (width < EW_TILE_WIDTH)
        (void)snprintf(out + used, (size_t)(EW_TILE_PATH_MAX - used), ".p/%u", width);
}

unsigned ew_tile_width(int level, uint64_t n, uint64_t size)
{
    uint64_t hashes = size >> (8 * (level == EW_TILE_ENTRIES ? 0 : level));
    uint64_t full = hashes / EW_TILE_WIDTH;
    if (n < full)
        return EW_TILE_WIDTH;
    return n == full ? (unsigned)(hashes % EW_TILE_WIDTH) : 0;
}

ew_code ew_tiles_new(ew_tiles **out, const char *dir, uint64_t size, ew_err *err)
{
    ew_tiles *t = ew_alloc(sizeof *t);
    if (t == NULL)
        return ew_fail_nomem(err);
    t->dir = ew_strdup(dir);
    t->size = size;
    if (t->dir == NULL) {
        ew_free(t);
        return ew_fail_nomem(err);
    }
    *out = t;
    return EW_OK;
}

void ew_tiles_free(ew_tiles *t)
{
    if (t == NULL)
        return;
    ew_free(t->dir);
    ew_free(t);
}

/* A log may have put the full tile in place of a partial one. */
static ew_code read_tile(ew_tiles *t, int level, uint64_t n, ew_buf *out, ew_err *err)
{
    char name[EW_TILE_PATH_MAX];
    unsigned width = ew_tile_width(level, n, t->size);
    if (width == 0)
        return ew_fail(err, EW_E_ARG, 0, "no tile %ju of level %d in a log of %ju",
                       (uintmax_t)n, level, (uintmax_t)t->size);
    ew_code code = EW_E_NOTFOUND;
    for (int full = 0; full < 2 && code == EW_E_NOTFOUND; full++) {
        if (full && width == EW_TILE_WIDTH)
            break;
        ew_tile_path(name, level, n, full ? EW_TILE_WIDTH : width);
        char *path = ew_path_join(t->dir, name);
        code = path != NULL ? ew_file_get(path, out, err) : ew_fail_nomem(err);
        ew_free(path);
    }
    return code;
}

ew_code ew_tiles_hashes(ew_tiles *t, int level, uint64_t n, const ew_hash **hashes,
                        ew_err *err)
{
    cached *c = &t->level[level];
    *hashes = c->hashes;
    if (c->there && c->n == n)
        return EW_OK;
    ew_buf b;
    ew_buf_init(&b, EW_TILE_WIDTH * EW_HASH);
    ew_code code = read_tile(t, level, n, &b, err);
    size_t need = (size_t)ew_tile_width(level, n, t->size) * EW_HASH;
    if (code == EW_OK && b.len != need && b.len != EW_TILE_WIDTH * EW_HASH)
        code = ew_fail(err, EW_E_FORMAT, b.len, "tile %ju of level %d has %zu bytes",
                       (uintmax_t)n, level, b.len);
    if (code == EW_OK) {
        memcpy(c->hashes, b.data, need);
        c->n = n;
        c->there = true;
    }
    ew_buf_release(&b);
    return code;
}

ew_hash ew_tile_root(const ew_hash *hashes, size_t n)
{
    ew_hash work[EW_TILE_WIDTH];
    memcpy(work, hashes, n * sizeof work[0]);
    /* Pairs level by level; an odd one out moves up, which gives the shape of RFC 6962. */
    for (; n > 1; n = n / 2 + n % 2) {
        for (size_t i = 0; i < n / 2; i++)
            work[i] = ew_merkle_node(&work[2 * i], &work[2 * i + 1]);
        if (n % 2 == 1)
            work[n / 2] = work[n - 1];
    }
    return work[0];
}

static ew_code read_subtree(void *cookie, unsigned level, uint64_t index, ew_hash *out,
                            ew_err *err)
{
    ew_tiles *t = cookie;
    const ew_hash *hashes;
    unsigned in_tile = level % 8;
    uint64_t first = index << in_tile; /* in hashes of the tile's level */
    if (level / 8 >= EW_TILE_LEVELS)
        return ew_fail(err, EW_E_ARG, 0, "no such level in a log");
    ew_code code =
        ew_tiles_hashes(t, (int)(level / 8), first / EW_TILE_WIDTH, &hashes, err);
    if (code == EW_OK)
        *out = ew_tile_root(hashes + first % EW_TILE_WIDTH, (size_t)1 << in_tile);
    return code;
}

ew_tree ew_tiles_tree(ew_tiles *t)
{
    return (ew_tree){read_subtree, t};
}

/* ------------------------------------------------------------------ entries */

ew_code ew_tiles_bundle(ew_tiles *t, uint64_t n, ew_buf *out, ew_err *err)
{
    return read_tile(t, EW_TILE_ENTRIES, n, out, err);
}

bool ew_bundle_next(const ew_buf *bundle, size_t *at, const uint8_t **entry, size_t *n)
{
    size_t left = bundle->len - *at;
    if (left < 2)
        return false;
    const uint8_t *p = bundle->data + *at;
    size_t len = (size_t)p[0] << 8 | p[1];
    if (len > left - 2)
        return false;
    *entry = p + 2;
    *n = len;
    *at += 2 + len;
    return true;
}

ew_code ew_tiles_entry(ew_tiles *t, uint64_t index, ew_buf *out, ew_err *err)
{
    const uint8_t *entry = NULL;
    const ew_hash *hashes = NULL;
    size_t n = 0;
    size_t at = 0;
    ew_buf bundle;
    ew_buf_init(&bundle, EW_BUNDLE_MAX);
    uint64_t tile = index / EW_TILE_WIDTH;
    ew_code code = ew_tiles_bundle(t, tile, &bundle, err);
    if (code == EW_OK)
        code = ew_tiles_hashes(t, 0, tile, &hashes, err);
    for (uint64_t i = 0; i <= index % EW_TILE_WIDTH && code == EW_OK; i++)
        if (!ew_bundle_next(&bundle, &at, &entry, &n))
            code = ew_fail(err, EW_E_FORMAT, at, "the entries of tile %ju are cut short",
                           (uintmax_t)tile);
    if (code == EW_OK) {
        ew_hash leaf = ew_merkle_leaf(entry, n);
        code = ew_hash_same(&leaf, &hashes[index % EW_TILE_WIDTH])
                   ? ew_buf_append(out, entry, n, err)
                   : ew_fail(err, EW_E_FORMAT, at, "entry %ju is not what was logged",
                             (uintmax_t)index);
    }
    ew_buf_release(&bundle);
    return code;
}
