/* SPDX-License-Identifier: Apache-2.0 */
/* What a disclosure shows, for the eyes of whoever decides about it. */
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "ops/seal_gather.h"

#define WITHHELD "[withheld]"

enum { MICRO = 1000000 };

typedef struct viewer {
    const ew_gathered *g;
    const ew_selection *chosen;
    const ew_disclosure *what;
    ew_unit_text unit;
    ew_preview line; /* in the making */
    bool open;
    ew_err *err;
} viewer;

static void finish_line(viewer *v)
{
    if (v->open)
        v->what->preview(v->what->cookie, &v->line);
    v->open = false;
    ew_buf_reset(&v->unit.text);
    ew_buf_reset(&v->unit.file);
}

/* ------------------------------------------------------------------ text */

void ew_unit_text_init(ew_unit_text *t)
{
    *t = (ew_unit_text){.shown = false};
    ew_buf_init(&t->text, 8u * EW_TEXT_MAX);
    ew_buf_init(&t->file, 8u * EW_TEXT_MAX);
}

void ew_unit_text_release(ew_unit_text *t)
{
    ew_buf_release(&t->text);
    ew_buf_release(&t->file);
}

static ew_code part_text(const ew_gathered *g, size_t part, char **out, size_t *n,
                         ew_err *err)
{
    const ew_cut_file *f = &g->file;
    uint64_t at = part > 0 ? f->cuts.ends[part - 1] : 0;
    *n = (size_t)(f->cuts.ends[part] - at);
    *out = ew_alloc(*n);
    if (*out == NULL)
        return ew_fail_nomem(err);
    return f->src.read(f->src.cookie, at, *out, *n, err);
}

/* The name of an attached file, without what the export puts around it. */
static ew_code add_attachment(ew_buf *file, const char *p, size_t n, ew_err *err)
{
    static const char begin[] = "<attached: ";
    static const char end[] = " (file attached)";
    ew_slice s = {p, n};
    while (ew_slice_skip(&s, "\xE2\x80\x8E"))
        continue;
    if (ew_slice_skip(&s, begin) && s.n > 0)
        s.n--;
    else if (s.n > sizeof end - 1)
        s.n -= sizeof end - 1;
    ew_buf_reset(file);
    return ew_utf8_append_safe(file, s.p, s.n, err);
}

/* Without the line feed at its end. */
static ew_code add_text(const ew_gathered *g, size_t part, ew_unit_text *t, ew_err *err)
{
    char *p = NULL;
    size_t n = 0;
    bool attached = g->file.cuts.kinds[part] == EW_PART_ATTACHMENT;
    ew_code code = part_text(g, part, &p, &n, err);
    while (code == EW_OK && n > 0 && (p[n - 1] == '\n' || p[n - 1] == '\r'))
        n--;
    if (code == EW_OK)
        code = ew_utf8_append_safe(&t->text, p, n, err);
    if (code == EW_OK && attached)
        code = add_attachment(&t->file, p, n, err);
    ew_free(p);
    return code;
}

/* One more part of the unit. */
static ew_code add_part(const ew_gathered *g, size_t part, bool shown, ew_unit_text *t,
                        ew_err *err)
{
    size_t n = strlen(WITHHELD);
    ew_code code = EW_OK;
    t->shown = t->shown || shown;
    t->hidden = t->hidden || !shown;
    /* Two withheld parts beside one another are one mark. */
    if (!shown && t->text.len >= n &&
        memcmp(t->text.data + t->text.len - n, WITHHELD, n) == 0)
        return EW_OK;
    /* The body stands on a line of its own, which a preview does not have. */
    if (t->text.len > 0 && g->file.cuts.kinds[part - 1] == EW_PART_ATTACHMENT)
        code = ew_buf_append(&t->text, " ", 1, err);
    if (code != EW_OK)
        return code;
    return shown ? add_text(g, part, t, err) : ew_buf_append(&t->text, WITHHELD, n, err);
}

ew_code ew_ops__unit_text(const ew_gathered *g, const uint8_t *states, ew_run parts,
                          ew_unit_text *out, ew_err *err)
{
    ew_code code = EW_OK;
    out->shown = out->hidden = false;
    ew_buf_reset(&out->text);
    ew_buf_reset(&out->file);
    for (size_t i = 0; i < parts.count && code == EW_OK; i++) {
        size_t part = (size_t)parts.first + i;
        code =
            add_part(g, part, states == NULL || states[part] == EW_PART_SHOWN, out, err);
    }
    return code;
}

/* From part `at` on: the unit that begins there, or one part of what comes before the first. */
static size_t unit_end(const viewer *v, size_t at)
{
    const ew_cuts *cuts = &v->g->file.cuts;
    const ew_stream *s = &v->g->seal.streams[0];
    size_t end = at + 1;
    while (ew_part_begins(s, cuts, at) && end < cuts->n && !ew_part_begins(s, cuts, end))
        end++;
    return end;
}

static ew_code view_text(viewer *v)
{
    const ew_cuts *cuts = &v->g->file.cuts;
    ew_preview hidden = {.state = EW_PART_WITHHELD, .text = WITHHELD};
    uint64_t unit = 0;
    ew_code code = EW_OK;
    for (size_t i = 0, end = 0; i < cuts->n && code == EW_OK; i = end) {
        bool begins = ew_part_begins(&v->g->seal.streams[0], cuts, i);
        end = unit_end(v, i);
        unit += begins;
        code = ew_ops__unit_text(v->g, v->chosen->states, (ew_run){i, end - i}, &v->unit,
                                 v->err);
        v->line = (ew_preview){
            .kind = begins ? EW_PREVIEW_UNIT : EW_PREVIEW_HEAD,
            .state = v->unit.shown ? EW_PART_SHOWN : EW_PART_WITHHELD,
            .first = unit,
            .count = begins,
            .from = -1,
            .text = (const char *)v->unit.text.data,
            .file = v->unit.file.len > 0 ? (const char *)v->unit.file.data : NULL,
            .partly = v->unit.shown && v->unit.hidden};
        v->open = !begins || v->unit.shown;
        if (!v->open) {
            hidden.first = hidden.count > 0 ? hidden.first : unit;
            hidden.from = -1;
            hidden.count = unit - hidden.first + 1;
        }
        if (hidden.count > 0 && (v->open || end == cuts->n)) {
            v->what->preview(v->what->cookie, &hidden);
            hidden.count = 0;
        }
        finish_line(v);
    }
    return code;
}

/* ------------------------------------------------------------------ sound */

static ew_preview_kind kind_of(const viewer *v, size_t part)
{
    uint8_t kind = v->g->file.cuts.kinds[part];
    if (kind == EW_PART_HEAD || (v->chosen->heard != NULL && v->chosen->heard[part].head))
        return EW_PREVIEW_HEAD;
    return kind == EW_PART_TAIL ? EW_PREVIEW_TAIL : EW_PREVIEW_UNIT;
}

static void view_sound(viewer *v)
{
    const ew_cuts *cuts = &v->g->file.cuts;
    uint64_t unit = 0;
    for (size_t i = 0; i < cuts->n; i++) {
        ew_preview_kind kind = kind_of(v, i);
        bool counts = ew_part_begins(&v->g->seal.streams[0], cuts, i);
        const ew_heard *h = v->chosen->heard != NULL ? &v->chosen->heard[i] : NULL;
        bool timed = h != NULL && h->from >= 0 && kind == EW_PREVIEW_UNIT;
        unit += counts;
        if (v->open && (v->line.kind != kind || v->line.state != v->chosen->states[i]))
            finish_line(v);
        if (!v->open)
            v->line = (ew_preview){.kind = kind,
                                   .state = (ew_part_state)v->chosen->states[i],
                                   .first = unit + !counts,
                                   .from = -1};
        v->open = true;
        v->line.count += counts;
        if (timed && v->line.from < 0)
            v->line.from = (double)h->from / MICRO;
        if (timed && (double)h->to / MICRO > v->line.to)
            v->line.to = (double)h->to / MICRO;
    }
    finish_line(v);
}

/* ------------------------------------------------------------------ lists */

/* What the metadata of a member say that it is; names in it were made safe when it was sealed. */
static ew_code member_name(viewer *v, const char *hex)
{
    ew_kept k;
    ew_slice line;
    ew_kept_init(&k);
    ew_code code = ew_desk_find(v->g->d, hex, &k, v->err);
    ew_slice rest = {(const char *)k.meta.data, k.meta.len};
    ew_slice name = {"", 0};
    while (code == EW_OK && ew_slice_line(&rest, &line))
        if (ew_slice_skip(&line, "path=") || ew_slice_skip(&line, "name="))
            name = line;
    if (code == EW_OK)
        code = ew_buf_append(&v->unit.text, name.p, name.n, v->err);
    if (code == EW_OK)
        code = ew_buf_printf(&v->unit.text, v->err, "  %s", hex);
    ew_kept_release(&k);
    return code;
}

/* Members that are withheld are named too: only this desk sees it. */
static ew_code view_members(viewer *v)
{
    ew_slice rest = {(const char *)v->g->kept.members.data, v->g->kept.members.len};
    char hex[EW_ITEM_HEX + 1];
    ew_hash entry;
    ew_code code = EW_OK;
    for (size_t i = 0; i < v->g->file.cuts.n && code == EW_OK &&
                       ew_desk_next_member(&rest, hex, &entry);
         i++) {
        code = member_name(v, hex);
        v->line = (ew_preview){.state = (ew_part_state)v->chosen->states[i],
                               .first = i + 1,
                               .count = 1,
                               .from = -1,
                               .text = (const char *)v->unit.text.data};
        v->open = code == EW_OK;
        finish_line(v);
    }
    return code;
}

/* A line of metadata; names in it are safe already. */
static ew_code add_meta(viewer *v, ew_slice line)
{
    ew_slice value = line;
    bool name = ew_slice_skip(&value, "name=") || ew_slice_skip(&value, "path=");
    return name ? ew_buf_append(&v->unit.text, line.p, line.n, v->err)
                : ew_utf8_append_safe(&v->unit.text, line.p, line.n, v->err);
}

static ew_code view_meta(viewer *v, const ew_view *meta)
{
    const ew_meta_cut *m = &v->g->meta;
    ew_code code = EW_OK;
    for (size_t r = 0; r < meta->run_count; r++)
        for (uint64_t i = meta->runs[r].first;
             i < meta->runs[r].first + meta->runs[r].count && code == EW_OK; i++) {
            uint64_t at = i > 0 ? m->cuts.ends[i - 1] : 0;
            size_t n = (size_t)(m->cuts.ends[i] - at);
            if (n == 0)
                continue;
            code = add_meta(v, (ew_slice){(const char *)m->bytes.bytes + at, n - 1});
            v->line = (ew_preview){.kind = EW_PREVIEW_META,
                                   .state = EW_PART_SHOWN,
                                   .from = -1,
                                   .text = (const char *)v->unit.text.data};
            v->open = code == EW_OK;
            finish_line(v);
        }
    return code;
}

ew_code ew_ops__preview_meta(const ew_gathered *g, const ew_view *meta,
                             const ew_disclosure *what, ew_err *err)
{
    viewer v = {.g = g, .what = what, .err = err};
    ew_unit_text_init(&v.unit);
    ew_code code = view_meta(&v, meta);
    ew_unit_text_release(&v.unit);
    return code;
}

ew_code ew_ops__preview(const ew_gathered *g, const ew_selection *chosen,
                        const ew_view *meta, const ew_disclosure *what, ew_err *err)
{
    viewer v = {.g = g, .chosen = chosen, .what = what, .err = err};
    ew_splitter splitter = g->seal.streams[0].splitter;
    ew_code code = EW_OK;
    ew_unit_text_init(&v.unit);
    if (splitter == EW_SPLIT_CHAT || splitter == EW_SPLIT_PARA)
        code = view_text(&v);
    else if (splitter == EW_SPLIT_SEALS)
        code = view_members(&v);
    else
        view_sound(&v);
    if (code == EW_OK)
        code = view_meta(&v, meta);
    ew_unit_text_release(&v.unit);
    return code;
}
