/* SPDX-License-Identifier: Apache-2.0 */
/* Each changed span as a WAV file for listening. A file is decoded from its start and the
 * spans are written as they go by: exact to the sample whatever the container, and at most
 * a block of it is in memory. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "earwitness/fingerprint.h"
#include "earwitness/media.h"
#include "ops/diff_parts.h"

enum {
    BLOCK_FRAMES = 8192,
    OPEN_MAX_FILES = 64, /* at a time; spans of A may lie over each other */
    WAV_HEAD = 44,
    SAMPLE_BYTES = 3
};

static const double full_scale = 8388608;
static const double wav_max_bytes = 4294967295.0 - WAV_HEAD;

/* A span that is to be written. */
typedef struct span {
    size_t edit;
    int64_t start, end; /* frames at the stored rate */
    bool done;
} span;

/* A span that is being written. */
typedef struct writer {
    const span *s;
    ew_atomic file;
    int64_t frames;
} writer;

/* One file going by. */
typedef struct pass {
    ew_diff__owned *o;
    const ew_diff_export_opts *opts;
    int side;
    uint32_t rate_hz;
    size_t channels;
    span *spans; /* by ascending start */
    size_t count;
    writer open[OPEN_MAX_FILES];
    size_t open_count;
    float *block;
    uint8_t *bytes;
} pass;

/* ------------------------------------------------------------------ names */

static void time_name(double samples, char *text, size_t size)
{
    int64_t ms = llround(samples * 1000 / EW_FP_RATE_HZ);
    int64_t h = ms / 3600000;
    int m = (int)(ms / 60000 % 60);
    int s = (int)(ms / 1000 % 60);

    if (h > 0)
        (void)snprintf(text, size, "%lldh%02dm%02d.%03ds", (long long)h, m, s,
                       (int)(ms % 1000));
    else
        (void)snprintf(text, size, "%dm%02d.%03ds", m, s, (int)(ms % 1000));
}

static int number_width(size_t n)
{
    int width = 2;

    for (size_t most = 100; n >= most; most *= 10)
        width++;
    return width;
}

static double edge(const ew_edit *e, int side, bool end)
{
    if (side == EW_SIDE_A)
        return end ? fmax(e->a_start, e->a_end) : fmin(e->a_start, e->a_end);
    return end ? e->b_end : e->b_start;
}

static char *name_slot(ew_diff__owned *o, size_t edit, int side)
{
    return side == EW_SIDE_A ? o->exports[edit].a : o->exports[edit].b;
}

static void name_span(ew_diff__owned *o, size_t edit, int side)
{
    const ew_edit *e = &o->diff->edits[edit];
    char at[32];

    time_name(edge(e, side, false), at, sizeof(at));
    (void)snprintf(name_slot(o, edit, side), sizeof(o->exports[edit].a),
                   "%0*zu-%s-%c-%s.wav", number_width(o->diff->edit_count), edit + 1,
                   ew_edit_name(e->op), side == EW_SIDE_A ? 'a' : 'b', at);
}

/* ------------------------------------------------------------------ spans */

static int by_start(const void *x, const void *y)
{
    const span *a = x;
    const span *b = y;

    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return a->edit < b->edit ? -1 : a->edit > b->edit;
}

/* A point of the other recording is worth a file only with what is around it. */
static ew_code plan(pass *p, ew_err *err)
{
    const ew_diff *d = p->o->diff;
    double per_sample = (double)p->rate_hz / EW_FP_RATE_HZ;
    double context = p->opts->context_seconds * p->rate_hz;
    double last = (double)p->o->f.sides[p->side].samples * per_sample;

    p->spans = ew_alloc_array(d->edit_count, sizeof(*p->spans));
    if (p->spans == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < d->edit_count; i++) {
        double start = edge(&d->edits[i], p->side, false) * per_sample - context;
        double end = edge(&d->edits[i], p->side, true) * per_sample + context;
        span s = {.edit = i,
                  .start = llround(fmax(start, 0)),
                  .end = llround(fmin(end, last + p->rate_hz))};
        if (s.end <= s.start)
            continue;
        if ((double)(s.end - s.start) * (double)(p->channels * SAMPLE_BYTES) >
            wav_max_bytes)
            return ew_fail(err, EW_E_LIMIT, 0,
                           "a changed span of '%s' is too long for a WAV file",
                           p->o->name[p->side]);
        p->spans[p->count++] = s;
    }
    qsort(p->spans, p->count, sizeof(*p->spans), by_start);
    return EW_OK;
}

/* ------------------------------------------------------------------ files */

static void wav_head(uint8_t head[WAV_HEAD], const pass *p, int64_t frames)
{
    const uint32_t frame_bytes = (uint32_t)(p->channels * SAMPLE_BYTES);
    const uint32_t bytes = (uint32_t)frames * frame_bytes;

    memcpy(head, "RIFF", 4);
    ew_put_u32le(head + 4, WAV_HEAD - 8 + bytes + (bytes & 1));
    memcpy(head + 8, "WAVEfmt ", 8);
    ew_put_u32le(head + 16, 16);
    ew_put_u16le(head + 20, 1);
    ew_put_u16le(head + 22, (uint16_t)p->channels);
    ew_put_u32le(head + 24, p->rate_hz);
    ew_put_u32le(head + 28, p->rate_hz * frame_bytes);
    ew_put_u16le(head + 32, (uint16_t)frame_bytes);
    ew_put_u16le(head + 34, 8 * SAMPLE_BYTES);
    memcpy(head + 36, "data", 4);
    ew_put_u32le(head + 40, bytes);
}

static ew_code begin_span(pass *p, span *s, ew_err *err)
{
    writer *w = &p->open[p->open_count];
    uint8_t head[WAV_HEAD] = {0};
    char *path;
    ew_code rc;

    name_span(p->o, s->edit, p->side);
    path = ew_path_join(p->opts->dir, name_slot(p->o, s->edit, p->side));
    if (path == NULL)
        return ew_fail_nomem(err);
    *w = (writer){.s = s};
    s->done = true;
    rc = ew_atomic_open(&w->file, path, err);
    ew_free(path);
    if (rc != EW_OK)
        return rc;
    p->open_count++;
    return ew_write_named(w->file.fd, w->file.path, head, sizeof(head), err);
}

/* The head tells how long it is, which is known only now: the recording may have ended. */
static ew_code end_span(pass *p, size_t i, ew_err *err)
{
    writer w = p->open[i];
    uint8_t head[WAV_HEAD];
    uint8_t zero = 0;
    ew_code rc = EW_OK;

    p->open[i] = p->open[--p->open_count];
    if (w.frames == 0) {
        ew_atomic_abort(&w.file);
        name_slot(p->o, w.s->edit, p->side)[0] = 0;
        return EW_OK;
    }
    wav_head(head, p, w.frames);
    if (w.frames * (int64_t)p->channels % 2 != 0)
        rc = ew_write_named(w.file.fd, w.file.path, &zero, 1, err);
    if (rc == EW_OK && lseek(w.file.fd, 0, SEEK_SET) != 0)
        rc = ew_fail(err, EW_E_IO, 0, "cannot go back in a file that was just written");
    if (rc == EW_OK)
        rc = ew_write_named(w.file.fd, w.file.path, head, sizeof(head), err);
    if (rc == EW_OK)
        return ew_atomic_commit(&w.file, err);
    ew_atomic_abort(&w.file);
    return rc;
}

/* What the span has of the block that begins at frame `from`. */
static ew_code write_part(const pass *p, writer *w, int64_t from, size_t frames,
                          ew_err *err)
{
    int64_t first = w->s->start > from ? w->s->start - from : 0;
    int64_t last =
        w->s->end - from < (int64_t)frames ? w->s->end - from : (int64_t)frames;

    if (last <= first)
        return EW_OK;
    w->frames += last - first;
    return ew_write_named(w->file.fd, w->file.path,
                          p->bytes + (size_t)first * p->channels * SAMPLE_BYTES,
                          (size_t)(last - first) * p->channels * SAMPLE_BYTES, err);
}

/* ------------------------------------------------------------------ passes */

static void to_bytes(const pass *p, size_t frames)
{
    for (size_t i = 0; i < frames * p->channels; i++) {
        double x =
            fmin(fmax((double)p->block[i] * full_scale, -full_scale), full_scale - 1);
        int32_t v = (int32_t)lrint(x);
        for (int k = 0; k < SAMPLE_BYTES; k++)
            p->bytes[i * SAMPLE_BYTES + (size_t)k] = (uint8_t)((uint32_t)v >> (8 * k));
    }
}

/* Begins, goes on with and ends spans. Those for which there is no room wait for another
 * pass. *next: the first span that begins later. */
static ew_code give_block(pass *p, int64_t from, size_t frames, size_t *next, ew_err *err)
{
    const int64_t to = from + (int64_t)frames;
    ew_code rc = EW_OK;

    for (; *next < p->count && p->spans[*next].start < to && rc == EW_OK; ++*next)
        if (!p->spans[*next].done && p->open_count < OPEN_MAX_FILES)
            rc = begin_span(p, &p->spans[*next], err);
    if (p->open_count > 0)
        to_bytes(p, frames);
    for (size_t i = p->open_count; i-- > 0 && rc == EW_OK;) {
        rc = write_part(p, &p->open[i], from, frames, err);
        if (rc == EW_OK && p->open[i].s->end <= to)
            rc = end_span(p, i, err);
    }
    return rc;
}

/* A recording that breaks off was good up to there. */
static ew_code read_block(ew_media *m, const pass *p, size_t *got, ew_err *err)
{
    ew_err why = {.code = EW_OK};
    ew_code rc;

    *got = 0;
    if (ew_stopped(p->opts->stop))
        return ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
    rc = ew_media_read(m, p->block, BLOCK_FRAMES, got, &why);
    if (rc == EW_OK || rc == EW_E_FORMAT || rc == EW_E_LIMIT)
        return EW_OK;
    if (err != NULL)
        *err = why;
    return rc;
}

static bool all_done(const pass *p)
{
    for (size_t i = 0; i < p->count; i++)
        if (!p->spans[i].done)
            return false;
    return true;
}

static ew_code run_pass(pass *p, ew_media *m, ew_err *err)
{
    int64_t from = 0;
    size_t next = 0;
    size_t got = 1;
    ew_code rc = EW_OK;

    while (rc == EW_OK && got > 0 && (next < p->count || p->open_count > 0)) {
        rc = read_block(m, p, &got, err);
        if (rc == EW_OK && got > 0)
            rc = give_block(p, from, got, &next, err);
        from += (int64_t)got;
    }
    for (; next < p->count; next++)
        p->spans[next].done = true; /* the recording ended before it */
    while (rc == EW_OK && p->open_count > 0)
        rc = end_span(p, p->open_count - 1, err);
    while (p->open_count > 0)
        ew_atomic_abort(&p->open[--p->open_count].file);
    return rc;
}

static ew_code open_side(const pass *p, ew_media **m, ew_err *err)
{
    const ew_media_opts opts = ew_media_opts_default();

    return ew_media_open_fd(m, p->o->source[p->side].fd, p->o->name[p->side], &opts, err);
}

static ew_code export_side(ew_diff__owned *o, int side, const ew_diff_export_opts *opts,
                           ew_err *err)
{
    pass p = {.o = o, .opts = opts, .side = side};
    ew_media *m = NULL;
    ew_code rc = open_side(&p, &m, err);

    if (rc != EW_OK)
        goto out;
    p.rate_hz = ew_media_get_info(m)->rate_hz;
    p.channels = ew_media_get_info(m)->channels;
    p.block = ew_alloc_array(BLOCK_FRAMES * p.channels, sizeof(*p.block));
    p.bytes = ew_alloc_array(BLOCK_FRAMES * p.channels, SAMPLE_BYTES);
    if (p.block == NULL || p.bytes == NULL) {
        rc = ew_fail_nomem(err);
        goto out;
    }
    rc = plan(&p, err);
    while (rc == EW_OK && !all_done(&p)) {
        if (m == NULL)
            rc = open_side(&p, &m, err);
        if (rc == EW_OK)
            rc = run_pass(&p, m, err);
        ew_media_close(m);
        m = NULL;
    }
out:
    ew_media_close(m);
    ew_free(p.block);
    ew_free(p.bytes);
    ew_free(p.spans);
    return rc;
}

/* The mark says whose folder it is, so it comes first; at the end it names the files. */
static ew_code put_mark(const ew_diff__owned *o, const char *dir, ew_err *err)
{
    char *path = ew_path_join(dir, EW_DIFF__MARK);
    ew_buf b;
    ew_code rc;

    if (path == NULL)
        return ew_fail_nomem(err);
    ew_buf_init(&b, EW_DIFF__MARK_MAX);
    rc = ew_report_diff_json(&o->f, &b, err);
    if (rc == EW_OK)
        rc = ew_file_put(path, b.data, b.len, err);
    ew_buf_release(&b);
    ew_free(path);
    return rc;
}

ew_code ew_ops_diff_export(ew_diff_finding *f, const ew_diff_export_opts *opts,
                           ew_err *err)
{
    ew_diff__owned *o = (ew_diff__owned *)f;
    size_t count = o->diff == NULL ? 0 : o->diff->edit_count;
    ew_code rc = ew_mkdirs(opts->dir, err);

    if (rc == EW_OK)
        rc = ew_diff__empty_dir(opts->dir, err);
    if (rc == EW_OK)
        rc = put_mark(o, opts->dir, err);
    if (rc != EW_OK)
        return rc;
    o->exports = ew_alloc_array(count, sizeof(*o->exports));
    o->export_dir = ew_safe_name(opts->dir);
    if (o->exports == NULL || o->export_dir == NULL)
        return ew_fail_nomem(err);
    for (int side = EW_SIDE_A; side <= EW_SIDE_B && count > 0 && rc == EW_OK; side++)
        rc = export_side(o, side, opts, err);
    if (rc != EW_OK)
        return rc;
    f->export_dir = o->export_dir;
    f->exports = o->exports;
    return put_mark(o, opts->dir, err);
}
