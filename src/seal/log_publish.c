/* SPDX-License-Identifier: Apache-2.0 */
/* Publishing: first every tile and bundle that is new, synced; then, in one step, the
 * checkpoint. Files that the published checkpoint speaks of are not touched, so a reader who
 * holds it is not disturbed; what a broken attempt leaves behind is beyond it, and is compared
 * before it is used. */
#include "seal/log_publish.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "seal/tile_out.h"

#define DASH "\xE2\x80\x94 " /* U+2014 and a space */

enum { COSIGNATURE = 8 + EW_ED25519_SIG }; /* a time, and what was signed */

/* A checkpoint with its bytes. */
typedef struct head {
    ew_buf bytes;
    ew_note *note; /* NULL: there is none */
    ew_checkpoint c;
} head;

typedef struct work {
    const char *dir;
    const ew_vkey *keys;
    size_t key_count;
    head ours, theirs;
    ew_tiles *tiles; /* of the log, as of our checkpoint */
    ew_tile_out out;
    ew_publication *told;
    ew_err *err;
} work;

/* ------------------------------------------------------------------ checkpoints */

static void release_head(head *h)
{
    ew_note_free(h->note);
    ew_buf_release(&h->bytes);
}

static bool is_signed(const head *h, const ew_vkey *keys, size_t n)
{
    bool good = false;
    for (size_t i = 0; i < n; i++) {
        ew_sig_state s = ew_note_check(h->note, &keys[i], NULL);
        if (s == EW_SIG_BAD)
            return false;
        good = good || (s == EW_SIG_GOOD && ew_slice_is(h->c.origin, keys[i].name));
    }
    return good;
}

/* h: zeroed; released by the caller in any case. By one of the first n keys. */
static ew_code read_head(work *w, const char *dir, size_t n, head *h)
{
    ew_buf_init(&h->bytes, EW_NOTE_MAX);
    ew_code code = ew_log_read_checkpoint(dir, &h->bytes, w->err);
    if (code == EW_OK)
        code = ew_note_parse(&h->note, h->bytes.data, h->bytes.len, w->err);
    if (code == EW_OK)
        code = ew_checkpoint_parse(&h->c, h->note->text, w->err);
    if (code != EW_OK)
        return code;
    if (!is_signed(h, w->keys, n))
        return ew_fail(w->err, EW_E_FORMAT, 0,
                       "the checkpoint in '%s' is not one that '%s' signed", dir,
                       w->keys[0].name);
    return EW_OK;
}

static ew_code expect_root(work *w, const head *h, const char *what)
{
    ew_hash root;
    ew_tree tree = ew_tiles_tree(w->tiles);
    ew_code code = ew_merkle_root(&tree, h->c.size, &root, w->err);
    if (code == EW_E_NOTFOUND)
        code =
            ew_fail(w->err, EW_E_FORMAT, 0, "a tile of the log '%s' is missing", w->dir);
    if (code == EW_OK && !ew_hash_same(&root, &h->c.root))
        code = ew_fail(w->err, EW_E_FORMAT, 0, "the tiles of the log '%s' contradict %s",
                       w->dir, what);
    return code;
}

/* What is out in the world is a beginning of what is to come. */
static ew_code compare_heads(work *w, const char *to)
{
    ew_code code = expect_root(w, &w->ours, "its checkpoint");
    if (code != EW_OK || w->theirs.note == NULL)
        return code;
    w->told->before = w->theirs.c.size;
    if (w->theirs.c.size > w->ours.c.size)
        return ew_fail(w->err, EW_E_FORMAT, 0,
                       "%ju entries are published in '%s', the log's checkpoint has %ju: "
                       "this does not go back",
                       (uintmax_t)w->theirs.c.size, to, (uintmax_t)w->ours.c.size);
    return expect_root(w, &w->theirs, "what is published");
}

/* ------------------------------------------------------------------ files */

static ew_code damaged(work *w, ew_tile_name t)
{
    char name[EW_TILE_PATH_MAX];
    ew_tile_path(name, t.level, t.n, t.width);
    return ew_fail(w->err, EW_E_FORMAT, 0, "'%s' of the log '%s' is damaged", name,
                   w->dir);
}

/* The published checkpoint speaks of this file, and it is there. Everything else is written,
 * also what a broken attempt left: it may not have been synced. */
static bool is_published(const work *w, ew_tile_name t)
{
    char name[EW_TILE_PATH_MAX];
    struct stat st;
    if (w->theirs.note == NULL ||
        ew_tile_width(t.level, t.n, w->theirs.c.size) != t.width)
        return false;
    ew_tile_path(name, t.level, t.n, t.width);
    char *path = ew_path_join(w->out.dir, name);
    bool there =
        path != NULL && stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;
    ew_free(path);
    return there;
}

static ew_code put(work *w, ew_tile_name t, const void *bytes, size_t n)
{
    w->told->files++;
    return ew_tile_out_put(&w->out, t, bytes, n, w->err);
}

static ew_code copy_hashes(work *w, ew_tile_name t)
{
    const ew_hash *hashes;
    const ew_hash *above;
    ew_hash tile[EW_TILE_WIDTH];
    size_t n = t.width * sizeof tile[0];
    if (is_published(w, t))
        return EW_OK;
    ew_code code = ew_tiles_hashes(w->tiles, t.level, t.n, &hashes, w->err);
    if (code != EW_OK)
        return code == EW_E_NOTFOUND ? damaged(w, t) : code;
    memcpy(tile, hashes, n);
    if (t.width == EW_TILE_WIDTH && t.level + 1 < EW_TILE_LEVELS) {
        code =
            ew_tiles_hashes(w->tiles, t.level + 1, t.n / EW_TILE_WIDTH, &above, w->err);
        if (code != EW_OK)
            return code == EW_E_NOTFOUND ? damaged(w, t) : code;
        ew_hash root = ew_tile_root(tile, EW_TILE_WIDTH);
        if (!ew_hash_same(&root, &above[t.n % EW_TILE_WIDTH]))
            return damaged(w, t);
    }
    return put(w, t, tile, n);
}

/* The bundle as it was logged: entry for entry. *end: after the last that counts. */
static ew_code check_bundle(work *w, ew_tile_name t, const ew_buf *bundle, size_t *end)
{
    const ew_hash *hashes;
    const uint8_t *entry;
    size_t n;
    *end = 0;
    ew_code code = ew_tiles_hashes(w->tiles, 0, t.n, &hashes, w->err);
    if (code != EW_OK)
        return code == EW_E_NOTFOUND ? damaged(w, t) : code;
    for (unsigned i = 0; i < t.width; i++) {
        if (!ew_bundle_next(bundle, end, &entry, &n))
            return damaged(w, t);
        ew_hash leaf = ew_merkle_leaf(entry, n);
        if (!ew_hash_same(&leaf, &hashes[i]))
            return damaged(w, t);
    }
    return EW_OK;
}

static ew_code copy_bundle(work *w, ew_tile_name t, ew_buf *bundle)
{
    size_t end;
    if (is_published(w, t))
        return EW_OK;
    ew_buf_reset(bundle);
    ew_code code = ew_tiles_bundle(w->tiles, t.n, bundle, w->err);
    if (code != EW_OK)
        return code == EW_E_NOTFOUND ? damaged(w, t) : code;
    code = check_bundle(w, t, bundle, &end);
    return code == EW_OK ? put(w, t, bundle->data, end) : code;
}

static ew_code copy_files(work *w)
{
    ew_buf bundle;
    uint64_t size = w->ours.c.size;
    ew_code code = EW_OK;
    ew_buf_init(&bundle, EW_BUNDLE_MAX);
    for (int level = EW_TILE_ENTRIES; level < EW_TILE_LEVELS && code == EW_OK; level++) {
        for (uint64_t n = 0; code == EW_OK; n++) {
            ew_tile_name t = {level, n, ew_tile_width(level, n, size)};
            if (t.width == 0)
                break;
            code =
                level == EW_TILE_ENTRIES ? copy_bundle(w, t, &bundle) : copy_hashes(w, t);
        }
    }
    ew_buf_release(&bundle);
    return code == EW_OK ? ew_tile_out_sync(&w->out, w->err) : code;
}

static bool has_sig(const ew_note *note, const ew_note_sig *sig)
{
    for (size_t i = 0; i < note->sig_count; i++) {
        const ew_note_sig *s = &note->sigs[i];
        if (s->n == sig->n && memcmp(s->id, sig->id, EW_KEY_ID) == 0 &&
            memcmp(s->bytes, sig->bytes, s->n) == 0)
            return true;
    }
    return false;
}

/* Cosignatures that are published already stay, though the log may have lost them. */
static ew_code keep_cosignatures(work *w, ew_buf *next)
{
    const ew_note *a = w->ours.note;
    const ew_note *b = w->theirs.note;
    size_t count = a->sig_count;
    ew_code code = EW_OK;
    if (b == NULL || a->text.n != b->text.n ||
        memcmp(a->text.p, b->text.p, a->text.n) != 0)
        return EW_OK;
    for (size_t i = 0; i < b->sig_count && code == EW_OK; i++) {
        uint8_t raw[EW_KEY_ID + COSIGNATURE];
        const ew_note_sig *s = &b->sigs[i];
        if (s->n != COSIGNATURE || has_sig(a, s) || count == EW_NOTE_SIGS_MAX)
            continue;
        count++;
        memcpy(raw, s->id, EW_KEY_ID);
        memcpy(raw + EW_KEY_ID, s->bytes, s->n);
        code = ew_buf_printf(next, w->err, DASH "%.*s ", (int)s->name.n, s->name.p);
        if (code == EW_OK)
            code = ew_base64_append(next, raw, sizeof raw, w->err);
        if (code == EW_OK)
            code = ew_buf_append(next, "\n", 1, w->err);
    }
    return code;
}

static ew_code put_checkpoint(work *w)
{
    ew_buf next;
    const ew_buf *now = &w->theirs.bytes;
    char *path = ew_path_join(w->out.dir, "checkpoint");
    w->told->size = w->ours.c.size;
    if (path == NULL)
        return ew_fail_nomem(w->err);
    ew_buf_init(&next, EW_NOTE_MAX);
    ew_code code = ew_buf_append(&next, w->ours.bytes.data, w->ours.bytes.len, w->err);
    if (code == EW_OK)
        code = keep_cosignatures(w, &next);
    bool same = w->theirs.note != NULL && next.len == now->len &&
                memcmp(next.data, now->data, next.len) == 0;
    if (code == EW_OK && !same) {
        code = ew_file_put(path, next.data, next.len, w->err);
        w->told->checkpoint = code == EW_OK;
    }
    ew_buf_release(&next);
    ew_free(path);
    return code;
}

/* ------------------------------------------------------------------ all of it */

/* The folder itself is locked, so that nothing but the log is in it. */
static ew_code lock_folder(const char *to, int *fd, ew_err *err)
{
    *fd = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*fd < 0)
        return ew_fail_sys(err, errno, "cannot open folder '%s'", to);
    if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
        return EW_OK;
    return errno == EWOULDBLOCK
               ? ew_fail(err, EW_E_BUSY, 0, "another process publishes to '%s'", to)
               : ew_fail_sys(err, errno, "cannot lock '%s'", to);
}

static ew_code publish(work *w, const char *to)
{
    ew_code code = read_head(w, to, w->key_count, &w->theirs);
    if (code == EW_E_NOTFOUND)
        code = EW_OK;
    if (code == EW_OK)
        code = ew_tiles_new(&w->tiles, w->dir, w->ours.c.size, w->err);
    if (code == EW_OK)
        code = compare_heads(w, to);
    if (code == EW_OK)
        code = copy_files(w);
    return code == EW_OK ? put_checkpoint(w) : code;
}

/* A desk's own log holds more than what is for others, and is not to be written to. */
static ew_code refuse_a_log(const char *to, ew_err *err)
{
    char *path = ew_path_join(to, ".state");
    if (path == NULL)
        return ew_fail_nomem(err);
    bool there = access(path, F_OK) == 0;
    ew_free(path);
    return there
               ? ew_fail(err, EW_E_ARG, 0, "'%s' is a log itself, not a copy of one", to)
               : EW_OK;
}

ew_code ew_log_publish(const char *dir, const char *to, const ew_vkey *keys,
                       size_t key_count, ew_publication *out, ew_err *err)
{
    work w = {.dir = dir, .out = {.dir = to}, .told = out, .err = err};
    int lock = -1;
    w.keys = keys;
    w.key_count = key_count;
    *out = (ew_publication){0};
    ew_code code = read_head(&w, dir, 1, &w.ours);
    if (code == EW_OK)
        code = refuse_a_log(to, err);
    if (code == EW_OK)
        code = ew_mkdirs(to, err);
    if (code == EW_OK)
        code = lock_folder(to, &lock, err);
    if (code == EW_OK)
        code = publish(&w, to);
    if (lock >= 0)
        (void)close(lock);
    ew_tile_out_release(&w.out);
    ew_tiles_free(w.tiles);
    release_head(&w.ours);
    release_head(&w.theirs);
    return code;
}
