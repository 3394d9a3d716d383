/* SPDX-License-Identifier: Apache-2.0 */
/* Items that hold the same file as another: what is burned of one stays in them. */
#include "ops/seal_twin.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "base/alloc.h"

void ew_twins_release(ew_twins *t)
{
    ew_free(t->hex);
    *t = (ew_twins){0};
}

static ew_code add_twin(ew_twins *t, const char *hex, ew_err *err)
{
    if (t->n == t->cap) {
        size_t cap = t->cap > 0 ? 2 * t->cap : 4;
        ew_item_hex *more = ew_realloc_array(t->hex, cap, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(err);
        t->hex = more;
        t->cap = cap;
    }
    memcpy(t->hex[t->n++], hex, sizeof t->hex[0]);
    return EW_OK;
}

/* The line of metadata with this key; empty when there is none. */
static ew_slice line_of(const ew_kept *k, const char *key)
{
    ew_slice rest = {(const char *)k->meta.data, k->meta.len};
    ew_slice line;
    while (ew_slice_line(&rest, &line))
        if (ew_slice_skip(&line, key))
            return line;
    return (ew_slice){NULL, 0};
}

static bool same_line(const ew_kept *a, const ew_kept *b, const char *key)
{
    ew_slice x = line_of(a, key);
    ew_slice y = line_of(b, key);
    return x.n > 0 && x.n == y.n && memcmp(x.p, y.p, x.n) == 0;
}

/* The parts of the one, with the seed of the other, make the root of the other only when both
 * hold the same. Where seeds or parts were burned, name and time must do. */
static bool same_file(const ew_gathered *g, const ew_kept *other, const ew_stream *s)
{
    const ew_stream *own = &g->seal.streams[0];
    bool whole = g->kept.remains == NULL && other->remains == NULL;
    if (whole && strcmp(g->kept.path, other->path) == 0)
        return true;
    if (s->splitter != own->splitter || s->n != own->n)
        return false;
    if (whole && other->seed_count > 0) {
        ew_hash root = ew_parts_root(&other->seeds[0], g->file.parts, s->n);
        if (ew_hash_same(&root, &s->root))
            return true;
    }
    return same_line(&g->kept, other, "name=") && same_line(&g->kept, other, "modified=");
}

static ew_code look_at(ew_twins *t, const ew_gathered *g, ew_kept *k, ew_err *err)
{
    ew_note *note = NULL;
    ew_seal seal;
    ew_code code = ew_desk__read_item(g->d, k, err);
    if (code == EW_OK)
        code = ew_note_parse(&note, k->note.data, k->note.len, err);
    if (code == EW_OK)
        code = ew_seal_parse(&seal, note->text, err);
    if (code == EW_OK && seal.stream_count > 0 &&
        seal.streams[0].splitter != EW_SPLIT_SEALS && same_file(g, k, &seal.streams[0]))
        code = add_twin(t, k->hex, err);
    ew_note_free(note);
    if (code == EW_OK || code == EW_E_NOMEM)
        return code;
    /* One that is damaged keeps nobody from burning another. */
    ew_err_clear(err);
    return EW_OK;
}

ew_code ew_ops__twins(ew_twins *t, const ew_gathered *g, ew_err *err)
{
    const struct dirent *e;
    *t = (ew_twins){0};
    char *path = ew_path_join(g->d->dir, "items");
    DIR *dir = path != NULL ? opendir(path) : NULL;
    ew_code code = EW_OK;
    if (dir == NULL)
        code = path != NULL ? ew_fail_sys(err, errno, "cannot read '%s'", path)
                            : ew_fail_nomem(err);
    while (dir != NULL && code == EW_OK && (e = readdir(dir)) != NULL) {
        if (strlen(e->d_name) != EW_ITEM_HEX || strcmp(e->d_name, g->kept.hex) == 0)
            continue;
        ew_kept k;
        ew_kept_init(&k);
        memcpy(k.hex, e->d_name, sizeof k.hex);
        code = look_at(t, g, &k, err);
        ew_kept_release(&k);
    }
    if (dir != NULL)
        (void)closedir(dir);
    ew_free(path);
    if (code != EW_OK)
        ew_twins_release(t);
    return code;
}
