/* SPDX-License-Identifier: Apache-2.0 */
/* cover.bin: numbers are big-endian; there is one way to write each view. */
#include "seal/cover_file.h"

#include <string.h>

#include "base/alloc.h"

#define HEAD "ew-cover/v1" /* with its final 0 */

enum { RUN_BYTES = 12, GROUP_BYTES = 13 };

/* ------------------------------------------------------------------ writing */

static ew_code put_be(ew_buf *b, uint64_t v, unsigned n, ew_err *err)
{
    uint8_t bytes[8];
    for (unsigned i = 0; i < n; i++)
        bytes[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
    return ew_buf_append(b, bytes, n, err);
}

ew_code ew_cover_file_begin(ew_buf *b, size_t streams, ew_err *err)
{
    ew_code code = ew_buf_append(b, HEAD, sizeof HEAD, err);
    return code == EW_OK ? put_be(b, streams, 4, err) : code;
}

static uint64_t length_of(const ew_cuts *cuts, uint64_t i)
{
    return cuts->ends[i] - (i > 0 ? cuts->ends[i - 1] : 0);
}

/* How many parts from i on, before end, are of one kind and length. */
static uint64_t alike(const ew_cuts *cuts, uint64_t i, uint64_t end)
{
    uint64_t k = i + 1;
    while (k < end && cuts->kinds[k] == cuts->kinds[i] &&
           length_of(cuts, k) == length_of(cuts, i))
        k++;
    return k - i;
}

static ew_code add_run(ew_buf *b, const ew_run *r, const ew_cuts *cuts, ew_err *err)
{
    uint64_t end = r->first + r->count;
    uint64_t groups = 0;
    for (uint64_t i = r->first; i < end; i += alike(cuts, i, end))
        groups++;
    ew_code code = put_be(b, r->first, 4, err);
    if (code == EW_OK)
        code = put_be(b, r->count, 4, err);
    if (code == EW_OK)
        code = put_be(b, groups, 4, err);
    uint64_t n = 0;
    for (uint64_t i = r->first; i < end && code == EW_OK; i += n) {
        n = alike(cuts, i, end);
        code = put_be(b, n, 4, err);
        if (code == EW_OK)
            code = put_be(b, cuts->kinds[i], 1, err);
        if (code == EW_OK)
            code = put_be(b, length_of(cuts, i), 8, err);
    }
    return code;
}

ew_code ew_cover_file_add(ew_buf *b, const ew_view *v, const ew_cuts *cuts,
                          const ew_cover *cover, ew_err *err)
{
    ew_code code = put_be(b, v->run_count, 4, err);
    for (size_t i = 0; i < v->run_count && code == EW_OK; i++)
        code = add_run(b, &v->runs[i], cuts, err);
    if (code == EW_OK)
        code = put_be(b, cover->n, 4, err);
    return code == EW_OK ? ew_buf_append(b, cover->entries, cover->n * EW_HASH, err)
                         : code;
}

/* ------------------------------------------------------------------ reading */

typedef struct cursor {
    const uint8_t *p;
    size_t left;
} cursor;

static bool take(cursor *c, unsigned n, uint64_t *v)
{
    if (c->left < n)
        return false;
    *v = 0;
    for (unsigned i = 0; i < n; i++)
        *v = *v << 8 | *c->p++;
    c->left -= n;
    return true;
}

typedef struct group {
    uint64_t repeat, kind, length;
} group;

static bool take_group(cursor *c, group *g)
{
    return take(c, 4, &g->repeat) && take(c, 1, &g->kind) && take(c, 8, &g->length);
}

/* Only a file that is empty, and metadata, have empty parts. That bounds how many parts a
 * bundle of a given size can claim. */
static bool may_be_empty(const ew_stream *s)
{
    return s->splitter == EW_SPLIT_WHOLE || s->splitter == EW_SPLIT_META;
}

/* Goes over one run; its parts are as many as it says, and as long as its file. */
static bool check_run(cursor *c, const ew_stream *s, uint64_t file_bytes, ew_run *run)
{
    uint64_t groups;
    uint64_t parts = 0;
    uint64_t bytes = 0;
    group before = {0};
    group g;
    if (!take(c, 4, &run->first) || !take(c, 4, &run->count) || !take(c, 4, &groups) ||
        groups > c->left / GROUP_BYTES)
        return false;
    for (uint64_t i = 0; i < groups; i++) {
        uint64_t n;
        if (!take_group(c, &g) || g.repeat == 0 || (g.length == 0 && !may_be_empty(s)) ||
            (g.kind == before.kind && g.length == before.length && i > 0) ||
            __builtin_mul_overflow(g.repeat, g.length, &n) ||
            __builtin_add_overflow(bytes, n, &bytes))
            return false;
        parts += g.repeat;
        before = g;
    }
    return parts == run->count && bytes == file_bytes;
}

static void fill_run(cursor *c, ew_cover_stream *out, size_t *at)
{
    uint64_t skip;
    uint64_t groups = 0;
    group g;
    (void)take(c, 4, &skip);
    (void)take(c, 4, &skip);
    (void)take(c, 4, &groups);
    for (uint64_t i = 0; i < groups && take_group(c, &g); i++)
        for (uint64_t k = 0; k < g.repeat; k++) {
            out->kinds[*at] = (uint8_t)g.kind;
            out->lengths[(*at)++] = g.length;
        }
}

typedef struct parser {
    cursor c;
    ew_cover_file *out;
    const ew_zip_file *files;
    size_t file_count;
    ew_err *err;
} parser;

static ew_code bad(parser *p)
{
    return ew_fail(p->err, EW_E_FORMAT, 0,
                   "the cover does not describe the visible parts");
}

static ew_code parse_runs(parser *p, const ew_stream *s, ew_cover_stream *out)
{
    cursor again;
    uint64_t runs;
    size_t at = 0;
    if (!take(&p->c, 4, &runs) || runs > p->c.left / RUN_BYTES ||
        runs > p->file_count - p->out->run_total)
        return bad(p);
    out->runs = ew_alloc_array((size_t)runs, sizeof *out->runs);
    if (out->runs == NULL)
        return ew_fail_nomem(p->err);
    out->run_count = (size_t)runs;
    again = p->c;
    for (size_t i = 0; i < runs; i++)
        if (!check_run(&p->c, s, p->files[p->out->run_total + i].bytes.n, &out->runs[i]))
            return bad(p);
    p->out->run_total += (size_t)runs;
    ew_view v = {s->n, out->runs, out->run_count};
    if (!ew_view_ok(&v) || (may_be_empty(s) && s->n > EW_META_SLOTS))
        return bad(p);
    out->visible = (size_t)ew_view_visible(&v);
    out->kinds = ew_alloc_array(out->visible, sizeof *out->kinds);
    out->lengths = ew_alloc_array(out->visible, sizeof *out->lengths);
    if (out->kinds == NULL || out->lengths == NULL)
        return ew_fail_nomem(p->err);
    for (size_t i = 0; i < runs; i++)
        fill_run(&again, out, &at);
    return EW_OK;
}

static ew_code parse_stream(parser *p, const ew_stream *s, ew_cover_stream *out)
{
    uint64_t entries;
    ew_code code = parse_runs(p, s, out);
    if (code != EW_OK)
        return code;
    ew_view v = {s->n, out->runs, out->run_count};
    if (!take(&p->c, 4, &entries) || entries != ew_cover_count(&v) ||
        entries > p->c.left / EW_HASH)
        return bad(p);
    out->entry_count = (size_t)entries;
    out->entries = (const ew_hash *)(const void *)p->c.p;
    p->c.p += out->entry_count * EW_HASH;
    p->c.left -= out->entry_count * EW_HASH;
    return EW_OK;
}

ew_code ew_cover_file_parse(ew_cover_file *out, ew_slice bytes, const ew_seal *seal,
                            const ew_zip_file *files, size_t file_count, ew_err *err)
{
    parser p = {.out = out, .files = files, .file_count = file_count, .err = err};
    uint64_t streams;
    memset(out, 0, sizeof *out);
    if (bytes.n > EW_COVER_BYTES_MAX || bytes.n < sizeof HEAD ||
        memcmp(bytes.p, HEAD, sizeof HEAD) != 0)
        return ew_fail(err, EW_E_FORMAT, 0, "not a cover of a kind that is known");
    p.c = (cursor){(const uint8_t *)bytes.p + sizeof HEAD, bytes.n - sizeof HEAD};
    ew_code code = EW_OK;
    if (!take(&p.c, 4, &streams) || streams != seal->stream_count)
        code = bad(&p);
    for (size_t i = 0; i < seal->stream_count && code == EW_OK; i++)
        code = parse_stream(&p, &seal->streams[i], &out->streams[i]);
    if (code == EW_OK && (p.c.left != 0 || out->run_total != file_count))
        code = bad(&p);
    if (code != EW_OK)
        ew_cover_file_release(out);
    return code;
}

void ew_cover_file_release(ew_cover_file *c)
{
    for (size_t i = 0; i < EW_STREAMS_MAX; i++) {
        ew_free(c->streams[i].runs);
        ew_free(c->streams[i].kinds);
        ew_free(c->streams[i].lengths);
    }
    memset(c, 0, sizeof *c);
}
