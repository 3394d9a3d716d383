/* SPDX-License-Identifier: Apache-2.0 */
/* Opening an item to look at it, and choosing. */
#include "ops/seal_look.h"

#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/utf8.h"
#include "ops/input.h"
#include "ops/seal_derivative.h"
#include "ops/seal_look_parts.h"

enum { MICRO = 1000000, SENDER_MAX = 512, SENDERS_BYTES = 256 * 1024 };

/* ------------------------------------------------------------------ opening */

/* What can open a part, or sign for it, is not kept for looking. */
static void forget_secrets(ew_gathered *g)
{
    explicit_bzero(g->kept.seeds, sizeof g->kept.seeds);
    explicit_bzero(g->kept.salt, sizeof g->kept.salt);
    for (size_t i = 0; g->kept.remains != NULL && i < EW_REMAINS_STREAMS; i++) {
        ew_remains_stream *s = &g->kept.remains->streams[i];
        explicit_bzero(s->entries, s->entry_count * sizeof *s->entries);
    }
    g->d = NULL;
    g->file.prog = NULL;
}

static ew_code find_units(ew_look *l, ew_err *err)
{
    const ew_cuts *cuts = &l->g->file.cuts;
    const ew_stream *s = &l->g->seal.streams[0];
    for (size_t i = 0; i < cuts->n; i++)
        l->units += ew_part_begins(s, cuts, i);
    l->starts = ew_alloc_array(l->units + 1, sizeof *l->starts);
    if (l->starts == NULL)
        return ew_fail_nomem(err);
    size_t unit = 0;
    for (size_t i = 0; i < cuts->n; i++)
        if (ew_part_begins(s, cuts, i))
            l->starts[unit++] = i;
    l->starts[unit] = cuts->n;
    return EW_OK;
}

/* A text is read once: a search reads every part of it. */
static ew_code read_text(ew_look *l, ew_err *err)
{
    ew_cut_file *f = &l->g->file;
    if (!l->text || l->g->kept.remains != NULL || f->src.size == 0)
        return EW_OK;
    l->bytes = ew_alloc((size_t)f->src.size);
    if (l->bytes == NULL)
        return ew_fail_nomem(err);
    ew_code code = f->src.read(f->src.cookie, 0, l->bytes, (size_t)f->src.size, err);
    l->memory = (ew_memory){l->bytes, f->src.size};
    if (code == EW_OK)
        f->src = ew_src_memory(&l->memory);
    return code;
}

static void keep_name(void *cookie, const ew_preview *p)
{
    ew_look *l = cookie;
    if (p->kind != EW_PREVIEW_UNIT || l->names_failed)
        return;
    l->names_failed =
        ew_buf_append(&l->names, p->text, strlen(p->text) + 1, NULL) != EW_OK;
}

/* Names of members stand in their own secrets, for which the desk must be open. */
static ew_code name_members(ew_look *l, ew_err *err)
{
    const ew_disclosure all = {.show = "all", .preview = keep_name, .cookie = l};
    ew_choice c;
    if (l->splitter != EW_SPLIT_SEALS)
        return EW_OK;
    ew_code code = ew_ops__choose(l->g, &all, NULL, &c, err);
    if (code == EW_OK)
        code = ew_ops__preview(l->g, &c.parts, &c.meta, &all, err);
    ew_selection_release(&c.parts);
    if (code == EW_OK && l->names_failed)
        code = ew_fail_nomem(err);
    l->name_at = code == EW_OK ? ew_alloc_array(l->units + 1, sizeof *l->name_at) : NULL;
    if (code == EW_OK && l->name_at == NULL)
        code = ew_fail_nomem(err);
    const char *p = (const char *)l->names.data;
    for (size_t i = 0, at = 0; code == EW_OK && i < l->units && at < l->names.len; i++) {
        l->name_at[i] = p + at;
        at += strlen(p + at) + 1;
    }
    return code;
}

static bool is_told(const ew_buf *senders, const char *name, size_t n)
{
    ew_slice rest = {(const char *)senders->data, senders->len};
    ew_slice line;
    while (ew_slice_line(&rest, &line))
        if (line.n == n && memcmp(line.p, name, n) == 0)
            return true;
    return false;
}

/* Who wrote; only names that the words of a selection can give as they stand. */
static ew_code add_sender(ew_look *l, size_t part, ew_err *err)
{
    char room[SENDER_MAX];
    const ew_cuts *cuts = &l->g->file.cuts;
    uint64_t at = part > 0 ? cuts->ends[part - 1] : 0;
    size_t n = (size_t)(cuts->ends[part] - at);
    ew_src src = l->g->file.src;
    ew_code code = n <= sizeof room ? src.read(src.cookie, at, room, n, err) : EW_OK;
    if (code != EW_OK || n > sizeof room)
        return code;
    ew_slice name = ew_sender_name((ew_slice){room, n});
    if (name.n == 0 || !ew_utf8_valid(name.p, name.n) ||
        memchr(name.p, '\n', name.n) != NULL || memchr(name.p, 0, name.n) != NULL ||
        is_told(&l->senders, name.p, name.n))
        return EW_OK;
    if (l->sender_count == EW_LOOK_SENDERS) {
        l->senders_cut = true;
        return EW_OK;
    }
    l->sender_count++;
    code = ew_buf_append(&l->senders, name.p, name.n, err);
    return code == EW_OK ? ew_buf_append(&l->senders, "\n", 1, err) : code;
}

static ew_code find_senders(ew_look *l, ew_err *err)
{
    const ew_cuts *cuts = &l->g->file.cuts;
    ew_code code = EW_OK;
    for (size_t i = 0; i < cuts->n && code == EW_OK && !l->senders_cut; i++)
        if (cuts->kinds[i] == EW_PART_SENDER)
            code = add_sender(l, i, err);
    return code;
}

/* Times once for all choices; the hash, by which its sound is asked for. */
static ew_code find_sound(ew_look *l, ew_err *err)
{
    ew_gathered *g = l->g;
    ew_code code =
        ew_sound_times(&g->seal.streams[0], &g->file.cuts, &g->file.src, &l->heard, err);
    if (code != EW_OK || l->heard == NULL)
        return code;
    l->sound = true;
    for (size_t i = 0; i < g->file.cuts.n; i++)
        if (l->heard[i].from >= 0 && l->heard[i].to > l->end)
            l->end = l->heard[i].to;
    return g->kept.remains == NULL && g->file.fd > 0
               ? ew_sha256_fd(g->file.fd, l->sha256, err)
               : EW_OK;
}

static ew_code find_name(ew_look *l, const char *file, ew_err *err)
{
    const char *path = l->g->kept.path != NULL ? l->g->kept.path : "";
    const char *slash = strrchr(path, '/');
    l->name = ew_safe_name(slash != NULL && slash[1] != 0 ? slash + 1 : path);
    l->path = ew_strdup(file != NULL ? file : path);
    if (l->name == NULL || l->path == NULL)
        return ew_fail_nomem(err);
    if (l->g->file.fd > 0 && fstat(l->g->file.fd, &l->seen) != 0)
        return ew_fail(err, EW_E_IO, 0, "cannot read the file");
    return EW_OK;
}

ew_code ew_look_open(ew_look **out, const ew_desk *d, const char *item, const char *file,
                     ew_err *err)
{
    ew_look *l = ew_alloc(sizeof *l);
    *out = NULL;
    if (l == NULL)
        return ew_fail_nomem(err);
    ew_buf_init(&l->names, EW_TEXT_MAX);
    ew_buf_init(&l->senders, SENDERS_BYTES);
    ew_code code = ew_ops__gather(&l->g, d, item, file, err);
    if (code == EW_OK) {
        l->splitter = l->g->seal.streams[0].splitter;
        l->text = l->splitter == EW_SPLIT_CHAT || l->splitter == EW_SPLIT_PARA;
        code = find_name(l, file, err);
    }
    if (code == EW_OK)
        code = find_units(l, err);
    if (code == EW_OK)
        code = read_text(l, err);
    if (code == EW_OK)
        code = name_members(l, err);
    if (code == EW_OK)
        code = find_senders(l, err);
    if (code == EW_OK)
        code = find_sound(l, err);
    if (code == EW_OK)
        code = ew_look__find_events(l, err);
    if (l->g != NULL)
        forget_secrets(l->g);
    if (code == EW_OK)
        *out = l;
    else
        ew_look_close(l);
    return code;
}

void ew_look_close(ew_look *l)
{
    if (l == NULL)
        return;
    ew_look__forget_lines(l);
    for (size_t i = 0; i < l->event_count; i++)
        ew_free(l->events[i].words);
    ew_free(l->events);
    ew_selection_release(&l->choice.parts);
    ew_buf_release(&l->names);
    ew_buf_release(&l->senders);
    ew_ops__gathered_free(l->g);
    ew_free(l->bytes);
    ew_free(l->heard);
    ew_free(l->starts);
    ew_free(l->name_at);
    ew_free(l->name);
    ew_free(l->path);
    ew_free(l);
}

ew_look_facts ew_look_tell(const ew_look *l)
{
    const ew_cuts *cuts = &l->g->file.cuts;
    ew_look_facts f = {.hex = l->g->kept.hex,
                       .name = l->name,
                       .path = l->path,
                       .splitter = ew_splitter_name(l->splitter),
                       .sound = l->sound,
                       .text = l->text,
                       .collection = l->splitter == EW_SPLIT_SEALS,
                       .timed = l->end > 0,
                       .seconds = (double)l->end / MICRO,
                       .parts = cuts->n,
                       .units = l->units,
                       .burned = l->g->kept.remains != NULL,
                       .head = cuts->kinds[0] == EW_PART_HEAD ||
                               (l->heard != NULL && l->heard[0].head),
                       .tail = cuts->kinds[cuts->n - 1] == EW_PART_TAIL,
                       .meta = &l->g->kept.meta,
                       .senders = &l->senders,
                       .senders_cut = l->senders_cut,
                       .events = l->events,
                       .event_count = l->event_count,
                       .events_mark = {l->events_mark[0], l->events_mark[1]}};
    memcpy(f.sha256, l->sha256, sizeof f.sha256);
    return f;
}

/* ------------------------------------------------------------------ choosing */

static bool is_unchanged(const ew_look *l)
{
    struct stat now;
    if (l->g->file.fd <= 0)
        return true;
    return fstat(l->g->file.fd, &now) == 0 && now.st_size == l->seen.st_size &&
           memcmp(&now.st_mtim, &l->seen.st_mtim, sizeof now.st_mtim) == 0 &&
           memcmp(&now.st_ctim, &l->seen.st_ctim, sizeof now.st_ctim) == 0;
}

/* Whether what can be published could be made of it. */
static ew_code ask_published(const ew_look *l, const char *filler, ew_look_view *out,
                             ew_err *err)
{
    const ew_gathered *g = l->g;
    ew_derivative_in in = {.path = "",
                           .filler = filler,
                           .stream = &g->seal.streams[0],
                           .cuts = &g->file.cuts,
                           .src = &g->file.src,
                           .runs = l->choice.parts.runs,
                           .run_count = l->choice.parts.run_count};
    ew_err_clear(&out->why);
    ew_code code = ew_ops__derive(NULL, &in, &out->why);
    out->publishable = code == EW_OK;
    return code == EW_E_NOMEM ? ew_fail_nomem(err) : EW_OK;
}

static void count_units(const ew_look *l, ew_look_view *out)
{
    for (size_t u = 0; u < l->units && (l->text || l->name_at != NULL); u++) {
        ew_unit_state s = ew_look__state(l, u);
        out->units_shown += s == EW_UNIT_SHOWN;
        out->units_partly += s == EW_UNIT_PARTLY;
    }
}

ew_code ew_look_choose(ew_look *l, const ew_disclosure *what, ew_look_view *out,
                       ew_err *err)
{
    ew_choice before = l->choice;
    *out = (ew_look_view){.shown = 0};
    if (!is_unchanged(l))
        return ew_fail(err, EW_E_FORMAT, 0,
                       "the file was changed since it was opened here; open it again");
    ew_code code = ew_ops__choose(l->g, what, l->heard, &l->choice, err);
    if (code != EW_OK) {
        ew_selection_release(&l->choice.parts);
        l->choice = before;
        return code;
    }
    ew_selection_release(&before.parts);
    /* They point into themselves. */
    l->choice.meta.runs = l->choice.slots;
    ew_look__forget_lines(l);
    code = ew_look__make_lines(l, err);
    if (code != EW_OK)
        return code;
    l->chosen = true;
    ew_ops__choice_mark(l->g, &l->choice, out->mark);
    out->shown = ew_view_visible(&l->choice.content);
    out->lines = l->line_count + l->meta_count;
    count_units(l, out);
    return ask_published(l, what->filler, out, err);
}
