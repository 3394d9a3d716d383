/* SPDX-License-Identifier: Apache-2.0 */
/* What the splitters share: names, sources, cuts, the choice by content. */
#include "seal/split.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/utf8.h"

static const char *const splitter_names[] = {
    NULL,        "whole",   "grid",    "ogg-page", "mp3-frame",
    "aac-frame", "chat-v1", "para-v1", "meta",     "seals"};
static const struct {
    const char *name;
    size_t bytes;
} samples[] = {{"u8", 1},    {"s16le", 2}, {"s24le", 3},
               {"s32le", 4}, {"f32le", 4}, {"f64le", 8}};

const char *ew_splitter_name(ew_splitter s)
{
    return splitter_names[s];
}

ew_splitter ew_splitter_named(ew_slice name)
{
    for (size_t i = 1; i < EW_COUNT(splitter_names); i++)
        if (ew_slice_is(name, splitter_names[i]))
            return (ew_splitter)i;
    return EW_SPLIT_AUTO;
}

const char *ew_sample_name(ew_sample s)
{
    return samples[s].name;
}

size_t ew_sample_bytes(ew_sample s)
{
    return samples[s].bytes;
}

/* ------------------------------------------------------------------ sources */

static ew_code read_memory(void *cookie, uint64_t at, void *out, size_t n, ew_err *err)
{
    const ew_memory *m = cookie;
    if (at > m->size || n > m->size - at)
        return ew_fail(err, EW_E_FORMAT, at, "the file ends too early");
    if (n > 0)
        memcpy(out, m->bytes + at, n);
    return EW_OK;
}

ew_src ew_src_memory(ew_memory *m)
{
    return (ew_src){read_memory, m, m->size};
}

static ew_code read_fd(void *cookie, uint64_t at, void *out, size_t n, ew_err *err)
{
    return ew_pread_all(*(int *)cookie, out, n, at, err);
}

ew_src ew_src_fd(int *fd, uint64_t size)
{
    return (ew_src){read_fd, fd, size};
}

/* ------------------------------------------------------------------ cuts */

void ew_cuts_release(ew_cuts *c)
{
    ew_free(c->ends);
    ew_free(c->kinds);
    *c = (ew_cuts){0};
}

static ew_code grow(ew_cuts *c, ew_err *err)
{
    size_t cap = c->cap > 0 ? 2 * c->cap : 64;
    uint64_t *ends = ew_realloc_array(c->ends, cap, sizeof *ends);
    if (ends != NULL)
        c->ends = ends;
    uint8_t *kinds = ends != NULL ? ew_realloc_array(c->kinds, cap, 1) : NULL;
    if (kinds == NULL)
        return ew_fail_nomem(err);
    c->kinds = kinds;
    c->cap = cap;
    return EW_OK;
}

ew_code ew_cuts_add(ew_cuts *c, uint64_t end, ew_part_kind kind, ew_err *err)
{
    if (c->n == EW_PARTS_MAX)
        return ew_fail(err, EW_E_LIMIT, end, "more than %d parts", (int)EW_PARTS_MAX);
    if (c->n == c->cap) {
        ew_code code = grow(c, err);
        if (code != EW_OK)
            return code;
    }
    c->ends[c->n] = end;
    c->kinds[c->n++] = (uint8_t)kind;
    return EW_OK;
}

/* ------------------------------------------------------------------ splitting */

static ew_code split_text(const ew_src *src, ew_splitter which, ew_cuts *out, ew_err *err)
{
    if (src->size > EW_TEXT_MAX)
        return ew_fail(err, EW_E_LIMIT, 0,
                       "a text of more than %d MiB; take --splitter whole",
                       (int)(EW_TEXT_MAX >> 20));
    size_t n = (size_t)src->size;
    char *bytes = ew_alloc(n);
    if (bytes == NULL)
        return ew_fail_nomem(err);
    ew_slice text = {bytes, n};
    ew_code code = src->read(src->cookie, 0, bytes, n, err);
    if (code == EW_OK && !ew_utf8_valid(bytes, n))
        code = ew_fail(err, EW_E_FORMAT, 0, "not UTF-8 text");
    if (code == EW_OK)
        code = which == EW_SPLIT_CHAT ? ew_split__chat(text, out, err)
                                      : ew_split__para(text, out, err);
    ew_free(bytes);
    return code;
}

static ew_code split_as(const ew_src *src, ew_splitter which, ew_cuts *out, ew_stream *s,
                        ew_err *err)
{
    switch (which) {
    case EW_SPLIT_GRID:
        return ew_split__grid(src, out, s, err);
    case EW_SPLIT_OGG:
        return ew_split__ogg(src, out, err);
    case EW_SPLIT_MP3:
    case EW_SPLIT_AAC:
        return ew_split__frames(src, which == EW_SPLIT_AAC, out, err);
    case EW_SPLIT_CHAT:
    case EW_SPLIT_PARA:
        return split_text(src, which, out, err);
    case EW_SPLIT_WHOLE:
        return ew_cuts_add(out, src->size, EW_PART_CONTENT, err);
    case EW_SPLIT_SEALS:
        return ew_split__seals(src->size, out, err);
    default:
        return ew_fail(err, EW_E_ARG, 0, "no such splitter of files");
    }
}

enum { SNIFF = 4096 };

/* Valid UTF-8 up to a character that the end of the sample may have cut. */
static bool looks_like_text(const char *p, size_t n)
{
    size_t end = n;
    for (int back = 0; back < 4 && end > 0; back++, end--)
        if (ew_utf8_valid(p, end))
            break;
    return n > 0 && ew_utf8_valid(p, end) && n - end < 4 && memchr(p, 0, n) == NULL;
}

static bool is_mpeg(const uint8_t *p, size_t n, bool aac)
{
    if (n < 4 || p[0] != 0xFF || (p[1] & 0xE0) != 0xE0)
        return false;
    return aac ? (p[1] & 0xF6) == 0xF0 : (p[1] & 0x06) == 0x02;
}

static ew_splitter choose(const uint8_t *p, size_t n)
{
    if (n >= 12 && ew_split__is_wav(p))
        return EW_SPLIT_GRID;
    if (n >= 4 && memcmp(p, "OggS", 4) == 0)
        return EW_SPLIT_OGG;
    if (is_mpeg(p, n, true))
        return EW_SPLIT_AAC;
    if (is_mpeg(p, n, false) || (n >= 10 && memcmp(p, "ID3", 3) == 0))
        return EW_SPLIT_MP3;
    if (!looks_like_text((const char *)p, n))
        return EW_SPLIT_WHOLE;
    return ew_split__is_chat((ew_slice){(const char *)p, n}) ? EW_SPLIT_CHAT
                                                             : EW_SPLIT_PARA;
}

static ew_code split_best(const ew_src *src, ew_cuts *out, ew_stream *s, ew_err *err)
{
    uint8_t head[SNIFF];
    size_t n = src->size < SNIFF ? (size_t)src->size : SNIFF;
    ew_code code = src->read(src->cookie, 0, head, n, err);
    if (code != EW_OK)
        return code;
    s->splitter = choose(head, n);
    code = split_as(src, s->splitter, out, s, err);
    if (code != EW_E_FORMAT && code != EW_E_LIMIT)
        return code;
    /* It began like one and is none. */
    ew_cuts_release(out);
    ew_err_clear(err);
    *s = (ew_stream){.splitter = EW_SPLIT_WHOLE};
    return split_as(src, EW_SPLIT_WHOLE, out, s, err);
}

ew_code ew_split(const ew_src *src, ew_splitter which, ew_cuts *out, ew_stream *s,
                 ew_err *err)
{
    *out = (ew_cuts){0};
    *s = (ew_stream){.splitter = which};
    ew_code code = which == EW_SPLIT_AUTO ? split_best(src, out, s, err)
                                          : split_as(src, which, out, s, err);
    s->n = out->n;
    if (code != EW_OK)
        ew_cuts_release(out);
    return code;
}

/* ------------------------------------------------------------------ checking */

static bool all_of_kind(const ew_shown *run, ew_part_kind kind)
{
    for (size_t i = 0; i < run->count; i++)
        if (run->kinds[i] != kind)
            return false;
    return true;
}

static bool has_empty(const ew_shown *run)
{
    for (size_t i = 0; i < run->count; i++)
        if (run->lengths[i] == 0)
            return true;
    return false;
}

bool ew_split_fits(const ew_stream *s, const ew_shown *run)
{
    switch (s->splitter) {
    case EW_SPLIT_WHOLE:
        return s->n == 1 && all_of_kind(run, EW_PART_CONTENT);
    case EW_SPLIT_META:
        return ew_split__meta_fits(run);
    case EW_SPLIT_SEALS:
        return ew_split__seals_fit(run);
    case EW_SPLIT_GRID:
        return !has_empty(run) && ew_split__grid_fits(s, run);
    case EW_SPLIT_CHAT:
        return !has_empty(run) && ew_split__chat_fits(s, run);
    case EW_SPLIT_PARA:
        return !has_empty(run) && ew_split__para_fits(s, run);
    case EW_SPLIT_OGG:
    case EW_SPLIT_MP3:
    case EW_SPLIT_AAC:
        return !has_empty(run) && ew_split__frames_fit(s, run);
    default:
        return false;
    }
}
