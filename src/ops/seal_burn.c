/* SPDX-License-Identifier: Apache-2.0 */
/* Burning. First all that is new is made beside what is there, and checked; then the secret is
 * exchanged, which is the one moment that counts; then what is old is wiped. */
#include "ops/seal_burn.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "ops/seal_event_kept.h"
#include "ops/seal_gather.h"
#include "ops/seal_twin.h"
#include "ops/seal_wipe.h"

enum { COPY_BLOCK = 256 * 1024, EVENT_NAME = EW_EVENT_HEX + 16 };

#define FOLDER "left"

typedef struct burn {
    const ew_desk *d;
    const ew_burn_opts *opts;
    ew_gathered *g;
    ew_selection chosen;
    ew_run slots[EW_META_SLOTS];
    ew_view content, meta;
    ew_kept next; /* as it will be kept */
    ew_burned *out;
} burn;

/* ------------------------------------------------------------------ what stays */

static bool key_is_named(const char *keys, const char *key)
{
    ew_slice rest = ew_slice_of(keys);
    if (ew_slice_is(rest, "all"))
        return true;
    while (rest.n > 0) {
        const char *comma = memchr(rest.p, ',', rest.n);
        ew_slice k = {rest.p, comma != NULL ? (size_t)(comma - rest.p) : rest.n};
        if (ew_slice_is(k, key))
            return true;
        size_t n = k.n + (comma != NULL);
        rest = (ew_slice){rest.p + n, rest.n - n};
    }
    return false;
}

static bool slot_stays(const burn *b, size_t slot)
{
    const ew_remains *before = b->g->kept.remains;
    const char *key = ew_meta_key(slot);
    if (before != NULL && !ew_remains_has(&before->streams[1], slot))
        return false;
    if (key == NULL)
        return true;
    return b->opts->meta == NULL || key_is_named(b->opts->meta, key);
}

/* The lines that stay, and the slots. */
static ew_code choose_meta(burn *b, ew_err *err)
{
    const ew_cuts *cuts = &b->g->meta.cuts;
    const ew_buf *meta = &b->g->kept.meta;
    ew_code code = EW_OK;
    b->meta = (ew_view){EW_META_SLOTS, b->slots, 0};
    for (size_t i = 0; i < EW_META_SLOTS && code == EW_OK; i++) {
        uint64_t at = i > 0 ? cuts->ends[i - 1] : 0;
        if (!slot_stays(b, i))
            continue;
        if (i == 0 || !slot_stays(b, i - 1))
            b->slots[b->meta.run_count++] = (ew_run){i, 0};
        b->slots[b->meta.run_count - 1].count++;
        if (cuts->ends[i] > at)
            code = ew_buf_append(&b->next.meta, meta->data + at,
                                 (size_t)(cuts->ends[i] - at), err);
    }
    return code;
}

static ew_code choose(burn *b, ew_err *err)
{
    const ew_remains *before = b->g->kept.remains;
    ew_select_in in = {&b->g->seal.streams[0], &b->g->file.cuts, b->g->file.src,
                       b->opts->show,          b->opts->hide,    NULL};
    ew_code code = ew_select(&b->chosen, &in, err);
    if (code == EW_OK && before != NULL)
        code = ew_remains_within(&before->streams[0], &b->chosen, err);
    b->content = (ew_view){b->g->file.cuts.n, b->chosen.runs, b->chosen.run_count};
    if (code == EW_OK)
        code = choose_meta(b, err);
    if (code != EW_OK)
        return code;
    b->out->left = ew_view_visible(&b->content);
    b->out->burned = b->content.n - b->out->left;
    uint64_t had = b->content.n;
    if (before != NULL) {
        ew_left left = ew_remains_left(&before->streams[0]);
        had = ew_view_visible(&left.view);
    }
    if (b->out->left == had)
        return ew_fail(err, EW_E_ARG, 0, "nothing would be burned");
    return EW_OK;
}

/* ------------------------------------------------------------------ what is new */

static ew_code name_left(burn *b, ew_err *err)
{
    const ew_remains *before = b->g->kept.remains;
    char *name = b->next.remains->file;
    const char *last = before != NULL ? strrchr(before->file, '-') : NULL;
    uint64_t number = 0;
    if (last != NULL && !ew_slice_u64(ew_slice_of(last + 1), &number))
        return ew_fail(err, EW_E_FORMAT, 0, "a name that is none: '%s'", before->file);
    (void)snprintf(name, EW_REMAINS_FILE, FOLDER "/%s-%ju", b->g->kept.hex,
                   (uintmax_t)number + 1);
    return EW_OK;
}

static ew_code make_remains(burn *b, ew_err *err)
{
    const ew_kept *k = &b->g->kept;
    const ew_remains *before = k->remains;
    ew_remains_in in[EW_REMAINS_STREAMS] = {
        {&k->seeds[0], NULL, b->g->file.parts, &b->g->file.cuts,
         b->g->seal.streams[0].splitter, &b->content},
        {&k->seeds[1], NULL, b->g->meta.parts, &b->g->meta.cuts, EW_SPLIT_META, &b->meta},
    };
    ew_code code = EW_OK;
    b->next.remains = ew_alloc(sizeof *b->next.remains);
    if (b->next.remains == NULL)
        return ew_fail_nomem(err);
    memcpy(b->next.hex, k->hex, sizeof k->hex);
    memcpy(b->next.salt, k->salt, sizeof k->salt);
    for (int i = 0; i < EW_REMAINS_STREAMS && code == EW_OK; i++) {
        if (before != NULL) {
            in[i].seed = NULL;
            in[i].before = &before->streams[i];
        }
        code = ew_remains_of(&b->next.remains->streams[i], &in[i], err);
    }
    return code == EW_OK ? name_left(b, err) : code;
}

/* What cannot be undone is tried before. */
static ew_code check_remains(const burn *b, ew_err *err)
{
    const ew_part *parts[EW_REMAINS_STREAMS] = {b->g->file.parts, b->g->meta.parts};
    ew_code code = EW_OK;
    for (int i = 0; i < EW_REMAINS_STREAMS && code == EW_OK; i++) {
        bool same = false;
        code = ew_ops__check_left(&b->next.remains->streams[i], parts[i],
                                  &b->g->seal.streams[i], &same, err);
        if (code == EW_OK && !same)
            code = ew_fail(err, EW_E_BUG, 0, "what would be left cannot be shown");
    }
    return code;
}

static ew_code copy_runs(burn *b, const ew_atomic *to, ew_err *err)
{
    const ew_cuts *cuts = &b->g->file.cuts;
    const ew_src *src = &b->g->file.src;
    uint8_t *block = ew_alloc(COPY_BLOCK);
    ew_code code = block != NULL ? EW_OK : ew_fail_nomem(err);
    for (size_t r = 0; r < b->content.run_count && code == EW_OK; r++) {
        const ew_run *run = &b->content.runs[r];
        uint64_t at = run->first > 0 ? cuts->ends[run->first - 1] : 0;
        uint64_t end = cuts->ends[run->first + run->count - 1];
        b->out->bytes += end - at;
        while (at < end && code == EW_OK) {
            size_t n = end - at < COPY_BLOCK ? (size_t)(end - at) : COPY_BLOCK;
            code = src->read(src->cookie, at, block, n, err);
            if (code == EW_OK)
                code = ew_write_named(to->fd, to->path, block, n, err);
            at += n;
        }
    }
    ew_free(block);
    return code;
}

static ew_code make_folder(const ew_desk *d, ew_err *err)
{
    char *dir = ew_path_join(d->dir, FOLDER);
    ew_code code = dir != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK && mkdir(dir, 0700) == 0)
        code = ew_sync_dir(d->dir, err);
    else if (code == EW_OK && errno != EEXIST)
        code = ew_fail_sys(err, errno, "cannot create folder '%s'", dir);
    ew_free(dir);
    return code;
}

static ew_code put_left(burn *b, ew_err *err)
{
    ew_atomic a;
    char *path = ew_path_join(b->d->dir, b->next.remains->file);
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_code code = make_folder(b->d, err);
    if (code == EW_OK)
        code = ew_atomic_open(&a, path, err);
    ew_free(path);
    if (code != EW_OK)
        return code;
    code = copy_runs(b, &a, err);
    if (code == EW_OK)
        return ew_atomic_commit(&a, err);
    ew_atomic_abort(&a);
    return code;
}

/* ------------------------------------------------------------------ what is old */

/* Content that is left over from before; and from a burning that was never finished. */
static ew_code wipe_old_left(const ew_desk *d, const ew_kept *k, ew_err *err)
{
    const struct dirent *e;
    const char *keep = k->remains != NULL ? k->remains->file + strlen(FOLDER "/") : "";
    char *folder = ew_path_join(d->dir, FOLDER);
    DIR *dir = folder != NULL ? opendir(folder) : NULL;
    ew_code code = folder != NULL ? EW_OK : ew_fail_nomem(err);
    while (dir != NULL && code == EW_OK && (e = readdir(dir)) != NULL) {
        if (strncmp(e->d_name, k->hex, EW_ITEM_HEX) != 0 || strcmp(e->d_name, keep) == 0)
            continue;
        char *path = ew_path_join(folder, e->d_name);
        code = path != NULL ? ew_ops__wipe_file(path, err) : ew_fail_nomem(err);
        ew_free(path);
    }
    if (dir != NULL)
        (void)closedir(dir);
    ew_free(folder);
    return code;
}

ew_code ew_ops__burn_settle(const ew_desk *d, const ew_kept *k, ew_err *err)
{
    char *now = ew_desk__item_path(d, k->hex, "secret");
    char *gone = ew_desk__item_path(d, k->hex, "secret.gone");
    ew_code code = now != NULL && gone != NULL ? ew_ops__wipe_replaced(now, gone, err)
                                               : ew_fail_nomem(err);
    ew_free(now);
    ew_free(gone);
    return code == EW_OK ? wipe_old_left(d, k, err) : code;
}

static ew_code exchange(burn *b, ew_err *err)
{
    char *now = ew_desk__item_path(b->d, b->next.hex, "secret");
    char *gone = ew_desk__item_path(b->d, b->next.hex, "secret.gone");
    ew_code code = now != NULL && gone != NULL ? ew_ops__second_name(now, gone, err)
                                               : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_desk__put_secret(b->d, &b->next, err);
    ew_free(now);
    ew_free(gone);
    return code;
}

static bool is_zero(const uint8_t *p)
{
    static const uint8_t zeros[EW_SALT];
    return memcmp(p, zeros, EW_SALT) == 0;
}

/* The event stays, and what proves it; what opens its commitments goes. */
static ew_code forget_salts(const ew_desk *d, ew_event_kept *k, ew_err *err)
{
    char hex[EW_EVENT_HEX + 1];
    char now[EVENT_NAME];
    char gone[EVENT_NAME];
    if (is_zero(k->salts.before) && is_zero(k->salts.after))
        return EW_OK;
    memset(k->salts.before, 0, EW_SALT);
    memset(k->salts.after, 0, EW_SALT);
    ew_hex(k->id, EW_HASH, hex);
    (void)snprintf(now, sizeof now, "events/%s", hex);
    (void)snprintf(gone, sizeof gone, "events/%s.gone", hex);
    char *path = ew_path_join(d->dir, now);
    char *old = ew_path_join(d->dir, gone);
    ew_code code = path != NULL && old != NULL ? ew_ops__wipe_replaced(path, old, err)
                                               : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_ops__second_name(path, old, err);
    if (code == EW_OK)
        code = ew_events__write(d, k, err);
    if (code == EW_OK)
        code = ew_ops__wipe_replaced(path, old, err);
    ew_free(path);
    ew_free(old);
    return code;
}

/* A commitment to the whole would let a guess at the whole be tested. That of a bundle holds
 * nothing that can be guessed: covers are in it. */
static ew_code forget_events(burn *b, ew_err *err)
{
    ew_event_list list;
    ew_code code = ew_ops_events(b->d, b->g->seal.item, &list, err);
    for (size_t i = 0; i < list.n && code == EW_OK; i++)
        if (list.kept[i].event.kind != EW_EVENT_DISCLOSURE)
            code = forget_salts(b->d, &list.kept[i], err);
    ew_event_list_release(&list);
    return code;
}

static ew_code record(burn *b, ew_err *err)
{
    ew_event e = {.kind = EW_EVENT_REDACTION, .has_item = true};
    memcpy(e.item, b->g->seal.item, EW_ITEM);
    e.purpose = ew_slice_of("burned");
    return ew_ops_event_put(b->d, &e, NULL, NULL, err);
}

/* ------------------------------------------------------------------ all of it */

static ew_code remove_original(burn *b, ew_err *err)
{
    const char *path = b->opts->file != NULL ? b->opts->file : b->g->kept.path;
    if (b->g->kept.remains != NULL)
        return EW_OK; /* it was no original that was read */
    b->out->original = ew_strdup(path);
    if (b->out->original == NULL)
        return ew_fail_nomem(err);
    if (!b->opts->remove_original)
        return EW_OK;
    ew_code code = ew_ops__wipe_file(path, err);
    b->out->removed = code == EW_OK;
    return code;
}

/* What a first burning left can tell of no file whether it was what was sealed: the wrong one
 * might go. */
static ew_code check_removal(const burn *b, ew_err *err)
{
    if (!b->opts->remove_original || b->g->kept.remains == NULL)
        return EW_OK;
    return ew_fail(err, EW_E_NOTFOUND, 0,
                   "nothing was burned: a part was burned before, and which file was "
                   "sealed cannot be checked since; remove it by hand, and burn without "
                   "--remove-original");
}

static ew_code prepare(burn *b, ew_err *err)
{
    const ew_stream *s = &b->g->seal.streams[0];
    memcpy(b->out->hex, b->g->kept.hex, sizeof b->out->hex);
    b->out->stream = *s;
    if (s->splitter == EW_SPLIT_SEALS)
        return ew_fail(err, EW_E_ARG, 0,
                       "a collection holds nothing to burn; burn its members");
    ew_code code = check_removal(b, err);
    if (code == EW_OK)
        code = ew_ops__burn_settle(b->d, &b->g->kept, err);
    if (code == EW_OK)
        code = choose(b, err);
    if (code == EW_OK)
        code = ew_ops__twins(&b->out->twins, b->g, err);
    if (code == EW_OK)
        code = make_remains(b, err);
    if (code == EW_OK)
        code = check_remains(b, err);
    return code == EW_OK ? put_left(b, err) : code;
}

static ew_code run(burn *b, ew_err *err)
{
    ew_code code = prepare(b, err);
    if (code == EW_OK)
        code = forget_events(b, err);
    if (code == EW_OK)
        code = exchange(b, err);
    if (code == EW_OK)
        code = ew_ops__burn_settle(b->d, &b->next, err);
    /* It is burned by now, on record or not. */
    b->out->recorded = code == EW_OK && record(b, NULL) == EW_OK;
    return code == EW_OK ? remove_original(b, err) : code;
}

ew_code ew_ops_burn(const ew_desk *d, const ew_burn_opts *opts, ew_burned *out,
                    ew_err *err)
{
    burn *b = ew_alloc(sizeof *b);
    memset(out, 0, sizeof *out);
    if (b == NULL)
        return ew_fail_nomem(err);
    b->d = d;
    b->opts = opts;
    b->out = out;
    ew_kept_init(&b->next);
    ew_code code = ew_ops__gather(&b->g, d, opts->item, opts->file, err);
    if (code == EW_OK)
        code = run(b, err);
    ew_selection_release(&b->chosen);
    ew_kept_release(&b->next);
    ew_ops__gathered_free(b->g);
    ew_free(b);
    if (code != EW_OK)
        ew_burned_release(out);
    return code;
}

void ew_burned_release(ew_burned *b)
{
    ew_free(b->original);
    b->original = NULL;
    ew_twins_release(&b->twins);
}
