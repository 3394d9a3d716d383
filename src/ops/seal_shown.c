/* SPDX-License-Identifier: Apache-2.0 */
/* Reading what a bundle shows. */
#include "ops/seal_shown.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mapped.h"
#include "base/utf8.h"
#include "seal/collection.h"
#include "seal/opened.h"
#include "seal/published.h"

#define WITHHELD "[withheld]"

enum { MICRO = 1000000, META_BYTES = 64 * 1024, LOOK_EVERY = 64 << 20 };
static const uint64_t sound_max = (uint64_t)1 << 30; /* bytes */
static const uint64_t disk_left = (uint64_t)512 << 20;

/* One line: of text, so many items from `item` on; else a stretch. */
typedef struct line {
    uint64_t first, count; /* parts */
    size_t item, items;
    bool shown;
} line;

/* A part that is shown, or parts in a row that are not. */
typedef struct item {
    uint64_t first, count;
    const char *p; /* NULL: withheld */
    size_t n;
    uint8_t kind;
} item;

struct ew_shown_view {
    ew_mapped bytes;
    ew_opened o;
    ew_cover_file cover;
    ew_shown *runs; /* of stream 0 */
    item *items;
    size_t item_count;
    line *lines;
    size_t line_count, line_room;
    ew_buf meta;     /* lines of metadata */
    ew_heard *heard; /* of the parts, when their times are known */
    char *path;      /* of the sound */
    ew_shown_facts facts;
};

/* ------------------------------------------------------------------ items */

static size_t count_items(const ew_cover_stream *c)
{
    return c->visible + c->run_count + 1;
}

/* Visible parts one by one, what is between them as one. */
static ew_code make_items(ew_shown_view *v, ew_err *err)
{
    const ew_cover_stream *c = &v->cover.streams[0];
    uint64_t n = v->o.seal.streams[0].n;
    uint64_t next = 0;
    size_t at = 0;
    v->items = ew_alloc_array(count_items(c), sizeof *v->items);
    v->runs = ew_alloc_array(c->run_count, sizeof *v->runs);
    if (v->items == NULL || v->runs == NULL)
        return ew_fail_nomem(err);
    for (size_t r = 0; r < c->run_count; r++) {
        const ew_run *run = &c->runs[r];
        const char *p = v->o.parts[r].bytes.p;
        v->runs[r] = (ew_shown){run->first, (size_t)run->count, c->kinds + at,
                                c->lengths + at, (const uint8_t *)p};
        if (run->first > next)
            v->items[v->item_count++] =
                (item){next, run->first - next, NULL, 0, c->kinds[at]};
        for (uint64_t i = 0; i < run->count; i++, at++) {
            size_t bytes = (size_t)c->lengths[at];
            v->items[v->item_count++] = (item){run->first + i, 1, p, bytes, c->kinds[at]};
            p += bytes;
        }
        next = run->first + run->count;
    }
    if (n > next)
        v->items[v->item_count++] = (item){next, n - next, NULL, 0, 0};
    return EW_OK;
}

/* ------------------------------------------------------------------ lines */

static ew_code add_line(ew_shown_view *v, const line *l, ew_err *err)
{
    if (v->line_count == v->line_room) {
        size_t room = v->line_room > 0 ? 2 * v->line_room : 64;
        line *more = ew_realloc_array(v->lines, room, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(err);
        v->lines = more;
        v->line_room = room;
    }
    v->lines[v->line_count++] = *l;
    return EW_OK;
}

/* A message begins with its time. What follows a gap must not look as if it belonged to what stands before it: only
 * one part that is missing between two of a line keeps them together. */
static bool begins(const ew_shown_view *v, size_t i, bool open)
{
    const item *it = &v->items[i];
    const item *before = i > 0 ? it - 1 : NULL;
    if (before == NULL || v->o.seal.streams[0].splitter != EW_SPLIT_CHAT)
        return true;
    if (it->p == NULL)
        return !open;
    if (it->kind == EW_PART_TIME)
        return true;
    if (before->p == NULL)
        return !open || before->count > 1 ||
               (it->kind != EW_PART_BODY && it->kind != EW_PART_ATTACHMENT);
    return it->kind == EW_PART_HEAD || it->kind == EW_PART_TAIL;
}

static ew_code text_lines(ew_shown_view *v, ew_err *err)
{
    ew_code code = EW_OK;
    line now = {.items = 0};
    bool open = false; /* the line of what was last shown has not ended */
    for (size_t i = 0; i < v->item_count && code == EW_OK; i++) {
        const item *it = &v->items[i];
        if (begins(v, i, open)) {
            if (now.items > 0)
                code = add_line(v, &now, err);
            now = (line){.first = it->first, .item = i};
        }
        now.items++;
        now.count = it->first + it->count - now.first;
        now.shown = now.shown || it->p != NULL;
        if (it->p != NULL)
            open = it->n > 0 && it->p[it->n - 1] != '\n';
        else if (i + 1 < v->item_count)
            open = open && !begins(v, i + 1, open);
    }
    return code == EW_OK && now.items > 0 ? add_line(v, &now, err) : code;
}

/* Head and tail stand alone. */
static bool same_stretch(const item *a, const item *b)
{
    bool apart = b->kind == EW_PART_HEAD || b->kind == EW_PART_TAIL;
    bool was = a->kind == EW_PART_HEAD || a->kind == EW_PART_TAIL;
    return (a->p != NULL) == (b->p != NULL) && !apart && !was;
}

static ew_code stretch_lines(ew_shown_view *v, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < v->item_count && code == EW_OK; i++) {
        const item *it = &v->items[i];
        if (i > 0 && same_stretch(it - 1, it)) {
            line *l = &v->lines[v->line_count - 1];
            l->count += it->count;
            l->items++;
            continue;
        }
        const line l = {it->first, it->count, i, 1, it->p != NULL};
        code = add_line(v, &l, err);
    }
    return code;
}

/* ------------------------------------------------------------------ sound */

/* The sound on its way to its file. */
typedef struct sink {
    ew_atomic a;
    uint64_t bytes, looked; /* written; when the disk was looked at last */
} sink;

/* A bundle of a few kilobytes can promise hours of silence: they are not to fill the disk. */
static ew_code check_room(sink *out, size_t n, ew_err *err)
{
    struct statvfs disk;
    out->bytes += n;
    if (out->bytes > sound_max)
        return ew_fail(err, EW_E_ARG, 0, "it is too long to be made here");
    if (out->bytes - out->looked < LOOK_EVERY)
        return EW_OK;
    out->looked = out->bytes;
    if (fstatvfs(out->a.fd, &disk) == 0 &&
        (uint64_t)disk.f_bavail * disk.f_frsize < disk_left)
        return ew_fail(err, EW_E_ARG, 0, "there is no room on the disk to make it");
    return EW_OK;
}

static ew_code put(void *cookie, const void *bytes, size_t n, ew_err *err)
{
    sink *out = cookie;
    ew_code code = check_room(out, n, err);
    return code == EW_OK ? ew_write_named(out->a.fd, out->a.path, bytes, n, err) : code;
}

static ew_code write_sound(ew_shown_view *v, const char *filler, ew_err *err)
{
    sink to = {.a = {.fd = -1}};
    ew_published_out out = {put, &to};
    const ew_published_in in = {.stream = &v->o.seal.streams[0],
                                .runs = v->runs,
                                .run_count = v->cover.streams[0].run_count};
    ew_filler f = strcmp(filler, "tone") == 0 ? EW_FILLER_TONE : EW_FILLER_SILENCE;
    if (!ew_published_possible(&in, f, &v->facts.why))
        return EW_OK;
    ew_code code = ew_atomic_open(&to.a, v->path, err);
    if (code != EW_OK)
        return code;
    code = ew_published_make(&in, f, &out, err);
    if (code == EW_OK) {
        v->facts.heard = true;
        return ew_atomic_commit(&to.a, err);
    }
    ew_atomic_abort(&to.a);
    if (code != EW_E_ARG)
        return code;
    v->facts.why = *err;
    return EW_OK;
}

/* The file has a part for each of the whole, but for a tail that is hidden or that padding makes: so its times are
 * those of the whole. */
static ew_code take_times(ew_shown_view *v, const ew_cut_file *f, ew_err *err)
{
    size_t n = (size_t)v->o.seal.streams[0].n;
    ew_heard *heard = NULL;
    ew_code code = ew_sound_times(&f->stream, &f->cuts, &f->src, &heard, err);
    if (code != EW_OK || heard == NULL)
        return code;
    v->heard = ew_alloc_array(n, sizeof *v->heard);
    for (size_t i = 0; i < n && v->heard != NULL; i++) {
        v->heard[i] = i < f->cuts.n ? heard[i] : (ew_heard){.from = -1, .to = -1};
        if ((double)v->heard[i].to / MICRO > v->facts.seconds)
            v->facts.seconds = (double)v->heard[i].to / MICRO;
    }
    ew_free(heard);
    return v->heard != NULL ? EW_OK : ew_fail_nomem(err);
}

static ew_code time_sound(ew_shown_view *v, ew_err *err)
{
    ew_cut_file f;
    const ew_stream *s = &v->o.seal.streams[0];
    ew_err ignored;
    ew_code code = ew_ops__cut_file(&f, v->path, s->splitter, NULL, &ignored);
    if (code == EW_OK)
        code = ew_sha256_fd(f.fd, v->facts.sha256, err);
    else if (code != EW_E_NOMEM) {
        v->facts.heard = false; /* it is not what a player would take either */
        v->facts.why = ignored;
        ew_ops__close_cut(&f);
        return EW_OK;
    }
    if (code == EW_OK && f.cuts.n + 1 >= s->n && f.cuts.n <= s->n + 1)
        code = take_times(v, &f, err);
    ew_ops__close_cut(&f);
    return code;
}

static ew_code make_sound(ew_shown_view *v, const char *folder, const char *filler,
                          ew_err *err)
{
    ew_splitter s = v->o.seal.streams[0].splitter;
    v->facts.sound =
        s == EW_SPLIT_GRID || s == EW_SPLIT_MP3 || s == EW_SPLIT_AAC || s == EW_SPLIT_OGG;
    if (!v->facts.sound)
        return EW_OK;
    v->path = ew_path_join(folder, "sound");
    if (v->path == NULL)
        return ew_fail_nomem(err);
    ew_code code = write_sound(v, filler, err);
    return code == EW_OK && v->facts.heard ? time_sound(v, err) : code;
}

/* ------------------------------------------------------------------ opening */

static ew_code map_bundle(ew_shown_view *v, const char *path, ew_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return ew_fail_sys(err, errno, "cannot open '%s'", path);
    ew_code code = ew_mapped_open(&v->bytes, fd, err);
    (void)close(fd);
    return code;
}

static ew_code read_bundle(ew_shown_view *v, const char *path, ew_err *err)
{
    ew_code code = map_bundle(v, path, err);
    const ew_slice bytes = {v->bytes.p, v->bytes.n};
    if (code == EW_OK)
        code = ew_opened_take(&v->o, bytes, err);
    if (code == EW_OK && v->o.seal.stream_count == 0)
        code = ew_fail(err, EW_E_FORMAT, 0, "not a bundle");
    if (code == EW_OK)
        code = ew_cover_file_parse(&v->cover, v->o.cover, &v->o.seal, v->o.parts,
                                   v->o.part_count, err);
    if (code == EW_OK)
        code = make_items(v, err);
    return code == EW_OK ? ew_bundle_meta(bytes, &v->meta, err) : code;
}

static size_t count_meta(const ew_shown_view *v)
{
    ew_slice rest = {(const char *)v->meta.data, v->meta.len};
    ew_slice one;
    size_t n = 0;
    while (ew_slice_line(&rest, &one))
        n++;
    return n;
}

ew_code ew_shown_open(ew_shown_view **out, const char *bundle, const char *folder,
                      const char *filler, ew_err *err)
{
    ew_shown_view *v = ew_alloc(sizeof *v);
    *out = NULL;
    if (v == NULL)
        return ew_fail_nomem(err);
    ew_buf_init(&v->meta, META_BYTES);
    ew_code code = read_bundle(v, bundle, err);
    if (code == EW_OK) {
        ew_splitter s = v->o.seal.streams[0].splitter;
        v->facts.splitter = ew_splitter_name(s);
        v->facts.text = s == EW_SPLIT_CHAT || s == EW_SPLIT_PARA || s == EW_SPLIT_SEALS;
        v->facts.parts = v->o.seal.streams[0].n;
        v->facts.shown = v->cover.streams[0].visible;
        code = make_sound(v, folder, filler, err);
    }
    if (code == EW_OK)
        code = v->facts.text ? text_lines(v, err) : stretch_lines(v, err);
    if (code == EW_OK) {
        v->facts.lines = v->line_count + count_meta(v);
        v->facts.path = v->path;
        *out = v;
    } else {
        ew_shown_close(v);
    }
    return code;
}

void ew_shown_close(ew_shown_view *v)
{
    if (v == NULL)
        return;
    if (v->path != NULL)
        (void)unlink(v->path);
    ew_buf_release(&v->meta);
    ew_cover_file_release(&v->cover);
    ew_opened_release(&v->o);
    ew_mapped_close(&v->bytes);
    ew_free(v->runs);
    ew_free(v->items);
    ew_free(v->lines);
    ew_free(v->heard);
    ew_free(v->path);
    ew_free(v);
}

ew_shown_facts ew_shown_tell(const ew_shown_view *v)
{
    return v->facts;
}

/* ------------------------------------------------------------------ telling */

/* Of a list of seals the hash, of a text its words in one line. */
static ew_code add_item(const ew_shown_view *v, const item *it, ew_buf *text, ew_err *err)
{
    char hex[2 * EW_HASH + 1];
    size_t n = it->n;
    if (it->p == NULL)
        return ew_buf_append(text, WITHHELD, strlen(WITHHELD), err);
    if (v->o.seal.streams[0].splitter == EW_SPLIT_SEALS) {
        ew_hex((const uint8_t *)it->p, n < EW_HASH ? n : EW_HASH, hex);
        return ew_buf_append(text, hex, strlen(hex), err);
    }
    while (n > 0 && (it->p[n - 1] == '\n' || it->p[n - 1] == '\r'))
        n--;
    return ew_utf8_append_safe(text, it->p, n, err);
}

static ew_code line_text(const ew_shown_view *v, const line *l, ew_buf *text,
                         ew_preview *p, ew_err *err)
{
    ew_code code = EW_OK;
    ew_buf_reset(text);
    for (size_t i = l->item; i < l->item + l->items && code == EW_OK; i++) {
        const item *it = &v->items[i];
        if (text->len > 0 && it[-1].kind == EW_PART_ATTACHMENT && it[-1].p != NULL)
            code = ew_buf_append(text, " ", 1, err);
        if (code == EW_OK)
            code = add_item(v, it, text, err);
        p->partly = p->partly || (l->shown && it->p == NULL);
    }
    if (code == EW_OK)
        code = ew_buf_append(text, "", 0, err);
    p->text = text->data != NULL ? (const char *)text->data : "";
    return code;
}

static void line_times(const ew_shown_view *v, const line *l, ew_preview *p)
{
    for (uint64_t i = l->first; v->heard != NULL && i < l->first + l->count; i++) {
        const ew_heard *h = &v->heard[i];
        if (h->from < 0 || p->kind != EW_PREVIEW_UNIT)
            continue;
        if (p->from < 0)
            p->from = (double)h->from / MICRO;
        if ((double)h->to / MICRO > p->to)
            p->to = (double)h->to / MICRO;
    }
}

static ew_preview_kind kind_of(const ew_shown_view *v, const line *l)
{
    const item *it = &v->items[l->item];
    if (it->p == NULL)
        return EW_PREVIEW_UNIT;
    return it->kind == EW_PART_HEAD   ? EW_PREVIEW_HEAD
           : it->kind == EW_PART_TAIL ? EW_PREVIEW_TAIL
                                      : EW_PREVIEW_UNIT;
}

/* The number-th line of metadata; safe. */
static ew_code meta_text(const ew_shown_view *v, uint64_t number, ew_buf *text,
                         ew_preview *p, ew_err *err)
{
    ew_slice rest = {(const char *)v->meta.data, v->meta.len};
    ew_slice one = {"", 0};
    *p = (ew_preview){.kind = EW_PREVIEW_META, .state = EW_PART_SHOWN, .from = -1};
    for (uint64_t i = 0; i <= number && ew_slice_line(&rest, &one); i++)
        continue;
    ew_buf_reset(text);
    ew_code code = ew_utf8_append_safe(text, one.p, one.n, err);
    p->text = text->data != NULL ? (const char *)text->data : "";
    return code;
}

ew_code ew_shown_lines(const ew_shown_view *v, ew_stretch which, ew_previewed put_line,
                       void *cookie, ew_err *err)
{
    ew_buf text;
    uint64_t end = v->facts.lines;
    ew_code code = EW_OK;
    if (which.count > EW_LOOK_AT_ONCE)
        which.count = EW_LOOK_AT_ONCE;
    if (which.from < end && which.count < end - which.from)
        end = which.from + which.count;
    ew_buf_init(&text, 8u * EW_TEXT_MAX);
    for (uint64_t i = which.from; i < end && code == EW_OK; i++) {
        ew_preview p;
        if (i >= v->line_count) {
            code = meta_text(v, i - v->line_count, &text, &p, err);
        } else {
            const line *l = &v->lines[i];
            p = (ew_preview){.kind = kind_of(v, l),
                             .state = l->shown ? EW_PART_SHOWN : EW_PART_WITHHELD,
                             .first = l->first + 1,
                             .count = l->count,
                             .from = -1};
            if (v->facts.text)
                code = line_text(v, l, &text, &p, err);
            else
                line_times(v, l, &p);
        }
        if (code == EW_OK)
            put_line(cookie, &p);
    }
    ew_buf_release(&text);
    return code;
}
