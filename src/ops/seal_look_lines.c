/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of an item that is looked at, line by line, and what is found in it. */
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "ops/seal_look_parts.h"

#define WITHHELD "[withheld]"

enum { WORDS_MAX = 1000 };

ew_unit_state ew_look__state(const ew_look *l, size_t u)
{
    bool shown = false;
    bool hidden = false;
    for (size_t i = l->starts[u]; i < l->starts[u + 1]; i++) {
        bool now = l->choice.parts.states[i] == EW_PART_SHOWN;
        shown = shown || now;
        hidden = hidden || !now;
    }
    return !shown ? EW_UNIT_WITHHELD : hidden ? EW_UNIT_PARTLY : EW_UNIT_SHOWN;
}

/* ------------------------------------------------------------------ making */

void ew_look__forget_lines(ew_look *l)
{
    ew_free(l->lines);
    for (size_t i = 0; i < l->meta_count; i++)
        ew_free(l->meta[i]);
    l->lines = NULL;
    l->line_count = l->line_room = l->meta_count = 0;
    l->lines_failed = false;
}

static void add_line(ew_look *l, const ew_look_line *line)
{
    if (l->line_count == l->line_room) {
        size_t room = l->line_room > 0 ? 2 * l->line_room : 64;
        ew_look_line *more = ew_realloc_array(l->lines, room, sizeof *more);
        if (more == NULL) {
            l->lines_failed = true;
            return;
        }
        l->lines = more;
        l->line_room = room;
    }
    l->lines[l->line_count++] = *line;
}

/* Of sound, and of metadata. */
static void keep_line(void *cookie, const ew_preview *p)
{
    ew_look *l = cookie;
    const ew_look_line line = {p->from,
                               p->to,
                               (uint32_t)p->first,
                               (uint32_t)p->count,
                               0,
                               (uint8_t)p->kind,
                               (uint8_t)p->state};
    if (p->kind != EW_PREVIEW_META) {
        add_line(l, &line);
    } else if (l->meta_count < EW_META_SLOTS) {
        l->meta[l->meta_count] = ew_strdup(p->text);
        l->lines_failed = l->lines_failed || l->meta[l->meta_count] == NULL;
        l->meta_count += l->meta[l->meta_count] != NULL;
    }
}

/* What comes before the first message: a line for each part. */
static void text_head(ew_look *l)
{
    for (size_t i = 0; i < l->starts[0]; i++) {
        const ew_look_line line = {.from = -1,
                                   .part = (uint32_t)i,
                                   .kind = EW_PREVIEW_HEAD,
                                   .state = l->choice.parts.states[i]};
        add_line(l, &line);
    }
}

/* Messages that are withheld one after another are one line. */
static void text_lines(ew_look *l)
{
    text_head(l);
    bool open = false; /* the last line is one that is withheld */
    for (size_t u = 0; u < l->units && !l->lines_failed; u++) {
        bool hidden = ew_look__state(l, u) == EW_UNIT_WITHHELD;
        if (hidden && open) {
            l->lines[l->line_count - 1].count++;
            continue;
        }
        const ew_look_line line = {.from = -1,
                                   .first = (uint32_t)u + 1,
                                   .count = 1,
                                   .kind = EW_PREVIEW_UNIT,
                                   .state = hidden ? EW_PART_WITHHELD : EW_PART_SHOWN};
        add_line(l, &line);
        open = hidden;
    }
}

static void member_lines(ew_look *l)
{
    for (size_t u = 0; u < l->units && !l->lines_failed; u++) {
        const ew_look_line line = {.from = -1,
                                   .first = (uint32_t)u + 1,
                                   .count = 1,
                                   .kind = EW_PREVIEW_UNIT,
                                   .state = l->choice.parts.states[u]};
        add_line(l, &line);
    }
}

ew_code ew_look__make_lines(ew_look *l, ew_err *err)
{
    const ew_disclosure what = {.preview = keep_line, .cookie = l};
    ew_code code = EW_OK;
    if (l->text)
        text_lines(l);
    else if (l->name_at != NULL)
        member_lines(l);
    else
        code = ew_ops__preview(l->g, &l->choice.parts, &l->choice.meta, &what, err);
    if (code == EW_OK && (l->text || l->name_at != NULL))
        code = ew_ops__preview_meta(l->g, &l->choice.meta, &what, err);
    return code == EW_OK && l->lines_failed ? ew_fail_nomem(err) : code;
}

/* ------------------------------------------------------------------ telling */

/* states: of the parts; NULL: as if all were shown. */
static ew_code tell_unit(const ew_look *l, ew_preview *p, ew_run parts,
                         const uint8_t *states, ew_unit_text *t, ew_err *err)
{
    ew_code code = EW_OK;
    if (l->text)
        code = ew_ops__unit_text(l->g, states, parts, t, err);
    p->text = l->text ? (const char *)t->text.data : NULL;
    if (l->text && t->file.len > 0)
        p->file = (const char *)t->file.data;
    if (l->text && states != NULL)
        p->partly = t->shown && t->hidden;
    if (l->name_at != NULL && p->kind == EW_PREVIEW_UNIT)
        p->text = l->name_at[p->first - 1];
    return code;
}

static ew_code tell_line(const ew_look *l, const ew_look_line *line, ew_preview *p,
                         ew_unit_text *t, ew_err *err)
{
    *p = (ew_preview){.kind = (ew_preview_kind)line->kind,
                      .state = (ew_part_state)line->state,
                      .first = line->first,
                      .count = line->count,
                      .from = line->from,
                      .to = line->to};
    if (l->text && line->state != EW_PART_SHOWN) {
        p->text = WITHHELD;
        return EW_OK;
    }
    size_t u = line->first > 0 ? line->first - 1 : 0;
    ew_run parts = {line->part, 1};
    if (line->kind == EW_PREVIEW_UNIT && l->text)
        parts = (ew_run){l->starts[u], l->starts[u + 1] - l->starts[u]};
    return tell_unit(l, p, parts, l->choice.parts.states, t, err);
}

ew_code ew_look_lines(const ew_look *l, ew_stretch which, ew_previewed put, void *cookie,
                      ew_err *err)
{
    ew_unit_text t;
    uint64_t end = l->line_count + l->meta_count;
    ew_code code = EW_OK;
    if (which.count > EW_LOOK_AT_ONCE)
        which.count = EW_LOOK_AT_ONCE;
    if (which.from < end && which.count < end - which.from)
        end = which.from + which.count;
    ew_unit_text_init(&t);
    for (uint64_t i = which.from; i < end && code == EW_OK; i++) {
        ew_preview p = {.kind = EW_PREVIEW_META, .state = EW_PART_SHOWN, .from = -1};
        if (i < l->line_count)
            code = tell_line(l, &l->lines[i], &p, &t, err);
        else
            p.text = l->meta[i - l->line_count];
        if (code == EW_OK)
            put(cookie, &p);
    }
    ew_unit_text_release(&t);
    return code;
}

ew_code ew_look_units(const ew_look *l, ew_stretch which, ew_previewed put, void *cookie,
                      ew_err *err)
{
    ew_unit_text t;
    uint64_t end = l->units;
    ew_code code = EW_OK;
    if (!l->text && l->name_at == NULL)
        return ew_fail(err, EW_E_ARG, 0, "this has no messages, paragraphs or members");
    if (which.count > EW_LOOK_AT_ONCE)
        which.count = EW_LOOK_AT_ONCE;
    if (which.from < end && which.count < end - which.from)
        end = which.from + which.count;
    ew_unit_text_init(&t);
    for (uint64_t u = which.from; u < end && code == EW_OK; u++) {
        ew_unit_state s = l->chosen ? ew_look__state(l, u) : EW_UNIT_WITHHELD;
        ew_preview p = {.state = s == EW_UNIT_WITHHELD ? EW_PART_WITHHELD : EW_PART_SHOWN,
                        .first = u + 1,
                        .count = 1,
                        .from = -1,
                        .partly = s == EW_UNIT_PARTLY};
        const ew_run parts = {l->starts[u], l->starts[u + 1] - l->starts[u]};
        code = tell_unit(l, &p, parts, NULL, &t, err);
        if (code == EW_OK)
            put(cookie, &p);
    }
    ew_unit_text_release(&t);
    return code;
}

/* ------------------------------------------------------------------ finding */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* word: lower already. */
static bool has(const char *text, size_t n, const char *word, size_t len)
{
    for (size_t i = 0; i + len <= n; i++) {
        size_t k = 0;
        while (k < len && lower(text[i + k]) == word[k])
            k++;
        if (k == len)
            return true;
    }
    return false;
}

/* The bytes of a unit as they stand; of what was burned what is left. */
static ew_code unit_has(const ew_look *l, size_t u, ew_slice word, bool *yes, ew_err *err)
{
    const ew_cuts *cuts = &l->g->file.cuts;
    uint64_t at = l->starts[u] > 0 ? cuts->ends[l->starts[u] - 1] : 0;
    uint64_t n = cuts->ends[l->starts[u + 1] - 1] - at;
    if (l->name_at != NULL) {
        *yes = has(l->name_at[u], strlen(l->name_at[u]), word.p, word.n);
        return EW_OK;
    }
    if (l->bytes != NULL) {
        *yes = has((const char *)l->bytes + at, (size_t)n, word.p, word.n);
        return EW_OK;
    }
    char *bytes = ew_alloc((size_t)n);
    ew_src src = l->g->file.src;
    ew_code code = bytes != NULL ? src.read(src.cookie, at, bytes, (size_t)n, err)
                                 : ew_fail_nomem(err);
    *yes = code == EW_OK && has(bytes, (size_t)n, word.p, word.n);
    ew_free(bytes);
    return code;
}

ew_code ew_look_search(const ew_look *l, const char *words, ew_stretch which,
                       ew_look_found *out, ew_err *err)
{
    char word[WORDS_MAX];
    size_t len = strlen(words);
    ew_code code = EW_OK;
    out->n = 0;
    out->all = 0;
    if (!l->text && l->name_at == NULL)
        return ew_fail(err, EW_E_ARG, 0, "this has no messages, paragraphs or members");
    if (len == 0 || len > sizeof word)
        return ew_fail(err, EW_E_ARG, 0, "nothing to search for, or too much");
    for (size_t i = 0; i < len; i++)
        word[i] = lower(words[i]);
    for (size_t u = 0; u < l->units && code == EW_OK; u++) {
        bool yes = false;
        code = unit_has(l, u, (ew_slice){word, len}, &yes, err);
        if (!yes)
            continue;
        if (out->all >= which.from && out->n < which.count)
            out->numbers[out->n++] = u + 1;
        out->all++;
    }
    return code;
}
