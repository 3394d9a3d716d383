/* SPDX-License-Identifier: Apache-2.0 */
/* Checks a whole log: entries against leaves, leaves against the tiles above, the tree
 * against state and checkpoint. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "seal/log.h"

/* One look at the log as of one size. */
typedef struct pass {
    const char *dir;
    uint64_t size;       /* whose tiles are read */
    uint64_t root_size;  /* at most that */
    const ew_hash *root; /* what it must be */
    ew_tiles *tiles;
    ew_fsck *f;
    ew_err *err;
} pass;

static void tell(ew_fsck *f, const char *fmt, ...) EW_PRINTF(2, 3);

static void tell(ew_fsck *f, const char *fmt, ...)
{
    char text[256];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    f->problems++;
    if (f->problem != NULL)
        f->problem(f->cookie, text);
}

/* A file that is missing or misshapen is a finding; trouble of the machine is an error. */
static ew_code finding(pass *p, ew_code code, const char *what, uint64_t n)
{
    if (code != EW_E_NOTFOUND && code != EW_E_FORMAT && code != EW_E_LIMIT)
        return code;
    tell(p->f, "log of %ju: %s %ju is missing or damaged", (uintmax_t)p->size, what,
         (uintmax_t)n);
    return EW_OK;
}

static ew_code check_bundle(pass *p, uint64_t n, ew_buf *bundle)
{
    const ew_hash *hashes;
    const uint8_t *entry;
    size_t len;
    size_t at = 0;
    unsigned width = ew_tile_width(0, n, p->size);
    ew_buf_reset(bundle);
    ew_code code = ew_tiles_bundle(p->tiles, n, bundle, p->err);
    if (code != EW_OK)
        return finding(p, code, "bundle", n);
    code = ew_tiles_hashes(p->tiles, 0, n, &hashes, p->err);
    if (code != EW_OK)
        return finding(p, code, "tile", n);
    for (unsigned i = 0; i < width; i++) {
        if (!ew_bundle_next(bundle, &at, &entry, &len)) {
            tell(p->f, "bundle %ju is cut short", (uintmax_t)n);
            return EW_OK;
        }
        ew_hash leaf = ew_merkle_leaf(entry, len);
        p->f->entries++;
        if (!ew_hash_same(&leaf, &hashes[i]))
            tell(p->f, "entry %ju does not have its hash in the tree",
                 (uintmax_t)(n * EW_TILE_WIDTH + i));
    }
    return EW_OK;
}

/* Every full tile of a level has its root in the level above. */
static ew_code check_level(pass *p, int level)
{
    const ew_hash *below;
    const ew_hash *above;
    uint64_t full = p->size >> (8 * (level + 1));
    for (uint64_t n = 0; n < full; n++) {
        ew_code code = ew_tiles_hashes(p->tiles, level, n, &below, p->err);
        if (code == EW_OK)
            code =
                ew_tiles_hashes(p->tiles, level + 1, n / EW_TILE_WIDTH, &above, p->err);
        if (code != EW_OK) {
            code = finding(p, code, "tile above or at", n);
            if (code != EW_OK)
                return code;
            continue;
        }
        ew_hash root = ew_tile_root(below, EW_TILE_WIDTH);
        if (!ew_hash_same(&root, &above[n % EW_TILE_WIDTH]))
            tell(p->f, "tile %ju of level %d contradicts the level above", (uintmax_t)n,
                 level);
    }
    return EW_OK;
}

static ew_code check_root(pass *p)
{
    ew_hash root;
    ew_tree tree = ew_tiles_tree(p->tiles);
    ew_code code = ew_merkle_root(&tree, p->root_size, &root, p->err);
    if (code != EW_OK)
        return finding(p, code, "a tile of a log of", p->root_size);
    if (!ew_hash_same(&root, p->root))
        tell(p->f, "the tree of %ju entries has another root", (uintmax_t)p->root_size);
    return EW_OK;
}

/* all: every entry and tile, not just those that make the root. */
static ew_code run_pass(pass *p, bool all)
{
    ew_buf bundle;
    uint64_t tiles = p->size / EW_TILE_WIDTH + (p->size % EW_TILE_WIDTH != 0);
    ew_code code = ew_tiles_new(&p->tiles, p->dir, p->size, p->err);
    ew_buf_init(&bundle, EW_BUNDLE_MAX);
    for (uint64_t n = 0; all && n < tiles && code == EW_OK; n++)
        code = check_bundle(p, n, &bundle);
    for (int level = 0; all && level + 1 < EW_TILE_LEVELS && code == EW_OK; level++)
        code = check_level(p, level);
    if (code == EW_OK)
        code = check_root(p);
    ew_buf_release(&bundle);
    ew_tiles_free(p->tiles);
    return code;
}

static void check_signature(ew_fsck *f, const ew_note *note)
{
    if (f->key != NULL && ew_note_check(note, f->key, NULL) != EW_SIG_GOOD)
        tell(f, "the checkpoint is not signed by %s", f->key->name);
}

/* A log that others publish has a checkpoint and no state of ours. */
static ew_code read_note(const char *dir, ew_fsck *f, ew_note **note, ew_err *err)
{
    ew_buf b;
    ew_buf_init(&b, EW_NOTE_MAX);
    ew_code code = ew_log_read_checkpoint(dir, &b, err);
    if (code == EW_OK) {
        code = ew_note_parse(note, b.data, b.len, err);
        if (code == EW_E_FORMAT || code == EW_E_LIMIT) {
            tell(f, "the checkpoint is not a signed note");
            code = EW_OK;
        }
    }
    ew_buf_release(&b);
    return code;
}

static ew_code check_note(const char *dir, ew_fsck *f, const ew_log_state *s,
                          const ew_note *note, ew_err *err)
{
    ew_checkpoint c;
    if (ew_checkpoint_parse(&c, note->text, NULL) != EW_OK) {
        tell(f, "the checkpoint does not read as one");
        return EW_OK;
    }
    check_signature(f, note);
    if (s != NULL && !ew_slice_is(c.origin, s->origin))
        tell(f, "the checkpoint is of another log");
    if (s != NULL && c.size > s->size)
        tell(f, "the checkpoint has %ju entries, the log %ju", (uintmax_t)c.size,
             (uintmax_t)s->size);
    pass p = {.dir = dir, .size = c.size, .root_size = c.size, .root = &c.root, .f = f};
    p.err = err;
    ew_code code = run_pass(&p, s == NULL);
    if (code != EW_OK || s == NULL || c.size >= s->size)
        return code;
    p.size = s->size; /* and as a beginning of what the log is now */
    return run_pass(&p, false);
}

ew_code ew_log_fsck(const char *dir, ew_fsck *f, ew_err *err)
{
    ew_log_state s;
    ew_note *note = NULL;
    f->entries = 0;
    f->problems = 0;
    ew_code state = ew_log__read_state(dir, &s, err);
    if (state == EW_E_FORMAT || state == EW_E_LIMIT)
        tell(f, "the state is damaged");
    else if (state != EW_OK && state != EW_E_NOTFOUND)
        return state;
    ew_code code = read_note(dir, f, &note, err);
    if (code == EW_E_NOTFOUND && state == EW_E_NOTFOUND)
        return ew_fail(err, EW_E_NOTFOUND, 0, "there is no log in '%s'", dir);
    if (code == EW_E_NOTFOUND)
        code = EW_OK;
    if (code == EW_OK && state == EW_OK) {
        pass p = {
            .dir = dir, .size = s.size, .root_size = s.size, .root = &s.root, .f = f};
        p.err = err;
        code = run_pass(&p, true);
    }
    if (code == EW_OK && note != NULL)
        code = check_note(dir, f, state == EW_OK ? &s : NULL, note, err);
    ew_note_free(note);
    return code;
}
