/* SPDX-License-Identifier: Apache-2.0 */
/* Excerpts of recordings. */
#include "ops/report_sound.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "earwitness/media.h"

enum {
    BLOCK_FRAMES = 8192,
    WAV_HEAD = 44,
    CAPTION_MAX = 1024,
    RATE_OF_CD = 44100,
    PCM_MAX = 1 << 20
};

static const double least_seconds = 0.05;

/* Bytes on the page: 16 bits, and three bytes for a pixel, a third more in base64. */
static double cost_of(const ew_excerpt *e)
{
    double look = e->drawn ? 3.0 * EW_LOOK_COLUMNS * EW_LOOK_ROWS : 0;
    return ((e->to - e->from) * EW_EXCERPT_RATE_MAX * 2 + look) * 4 / 3;
}

ew_code ew_excerpts_add(ew_excerpts *x, const ew_excerpt_wish *w, ew_err *err,
                        const char *caption, ...)
{
    char text[CAPTION_MAX];
    va_list list;
    if (x->n == x->cap) {
        size_t cap = x->cap > 0 ? 2 * x->cap : 32;
        ew_excerpt *more = ew_realloc_array(x->list, cap, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(err);
        x->list = more;
        x->cap = cap;
    }
    va_start(list, caption);
    (void)vsnprintf(text, sizeof text, caption, list);
    va_end(list);
    double from = fmax(w->from, 0);
    size_t rank = x->n - x->begun;
    ew_excerpt *e = &x->list[x->n++];
    *e = (ew_excerpt){.path = ew_strdup(w->path),
                      .file = ew_strdup(w->file),
                      .caption = ew_strdup(text),
                      .from = from,
                      .to = fmin(w->to, from + EW_EXCERPT_SECONDS),
                      .rank = rank,
                      .drawn = w->drawn,
                      .mark_from = w->mark_from,
                      .mark_to = w->mark_to};
    memcpy(e->sha256, w->sha256, sizeof e->sha256);
    ew_buf_init(&e->pcm, PCM_MAX);
    return e->path != NULL && e->file != NULL && e->caption != NULL ? EW_OK
                                                                    : ew_fail_nomem(err);
}

void ew_excerpts_group(ew_excerpts *x)
{
    x->begun = x->n;
}

void ew_excerpts_release(ew_excerpts *x)
{
    for (size_t i = 0; i < x->n; i++) {
        ew_free(x->list[i].path);
        ew_free(x->list[i].file);
        ew_free(x->list[i].caption);
        ew_buf_release(&x->list[i].pcm);
    }
    ew_free(x->list);
    *x = (ew_excerpts){0};
}

/* ------------------------------------------------------------------ choosing */

static size_t last_rank(const ew_excerpts *x)
{
    size_t last = 0;
    for (size_t i = 0; i < x->n; i++)
        last = x->list[i].rank > last ? x->list[i].rank : last;
    return last;
}

static void choose(ew_excerpts *x, uint64_t limit)
{
    double left = (double)limit;
    size_t n = 0;
    const size_t last = last_rank(x);
    for (size_t rank = 0; rank <= last; rank++)
        for (size_t i = 0; i < x->n; i++) {
            ew_excerpt *e = &x->list[i];
            if (e->rank != rank || !(e->to - e->from >= least_seconds) || e->path[0] == 0)
                continue;
            e->chosen = n < EW_EXCERPTS_MAX && cost_of(e) <= left;
            x->over += !e->chosen;
            left -= e->chosen ? cost_of(e) : 0;
            n += e->chosen;
        }
}

/* ------------------------------------------------------------------ cutting */

/* Two excerpts of one file. */
static bool same_file(const ew_excerpt *a, const ew_excerpt *b)
{
    return memcmp(a->sha256, b->sha256, sizeof a->sha256) == 0 &&
           strcmp(a->path, b->path) == 0;
}

static double last_end(const ew_excerpts *x, size_t first)
{
    double end = 0;
    for (size_t i = first; i < x->n; i++)
        if (x->list[i].chosen && same_file(&x->list[i], &x->list[first]))
            end = fmax(end, x->list[i].to);
    return end;
}

static ew_code give(ew_excerpt *e, const float *block, int64_t at, size_t n, ew_err *err)
{
    int64_t from = llround(e->from * e->rate_hz) - at;
    int64_t to = llround(e->to * e->rate_hz) - at;
    ew_code rc = EW_OK;
    from = from < 0 ? 0 : from;
    to = to > (int64_t)n ? (int64_t)n : to;
    for (int64_t i = from; i < to && rc == EW_OK; i++) {
        double v = (double)block[i] * 32768;
        int16_t s = (int16_t)(v >= 32767 ? 32767 : v <= -32768 ? -32768 : lrint(v));
        uint8_t two[2];
        ew_put_u16le(two, (uint16_t)s);
        rc = ew_buf_append(&e->pcm, two, sizeof two, err);
    }
    return rc;
}

static ew_code give_all(ew_excerpts *x, size_t first, const float *block, int64_t at,
                        size_t n, ew_err *err)
{
    ew_code rc = EW_OK;
    for (size_t i = first; i < x->n && rc == EW_OK; i++)
        if (x->list[i].chosen && same_file(&x->list[i], &x->list[first]))
            rc = give(&x->list[i], block, at, n, err);
    return rc;
}

static ew_code read_until(ew_excerpts *x, size_t first, ew_media *m, const ew_stop *stop,
                          ew_err *err)
{
    float *block = ew_alloc_array(BLOCK_FRAMES, sizeof *block);
    int64_t end = llround(last_end(x, first) * x->list[first].rate_hz);
    int64_t at = 0;
    size_t got = 1;
    ew_code rc = block != NULL ? EW_OK : ew_fail_nomem(err);
    while (rc == EW_OK && got > 0 && at < end) {
        ew_err why = {.code = EW_OK};
        if (ew_stopped(stop)) {
            rc = ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
            break;
        }
        if (ew_media_read(m, block, BLOCK_FRAMES, &got, &why) != EW_OK)
            break; /* what came before it is good */
        rc = give_all(x, first, block, at, got, err);
        at += (int64_t)got;
    }
    ew_free(block);
    return rc;
}

static uint32_t rate_for(uint32_t stored)
{
    if (stored <= EW_EXCERPT_RATE_MAX)
        return stored;
    return stored == RATE_OF_CD ? RATE_OF_CD / 2 : EW_EXCERPT_RATE_MAX;
}

/* NULL: it cannot be decoded. */
static ew_media *open_mono(const ew_source *s, const char *name)
{
    ew_media_opts opts = ew_media_opts_default();
    ew_media *m = NULL;
    opts.channels = 1;
    opts.length_ms = 1;
    if (ew_media_open_fd(&m, s->fd, name, &opts, NULL) != EW_OK)
        return NULL;
    opts.rate_hz = rate_for(ew_media_get_info(m)->stored_rate_hz);
    opts.length_ms = 0;
    ew_media_close(m);
    m = NULL;
    return ew_media_open_fd(&m, s->fd, name, &opts, NULL) == EW_OK ? m : NULL;
}

static void set_all(ew_excerpts *x, size_t first, uint32_t rate_hz)
{
    for (size_t i = x->n; i-- > first;)
        if (x->list[i].chosen && same_file(&x->list[i], &x->list[first])) {
            x->list[i].rate_hz = rate_hz;
            x->list[i].unreadable = rate_hz == 0;
        }
}

/* Cuts all excerpts of the file of this one. */
static ew_code cut_file(ew_excerpts *x, size_t first, const ew_stop *stop, ew_err *err)
{
    ew_excerpt *e = &x->list[first];
    const ew_input in = {
        .kind = EW_INPUT_FILE, .open_path = e->path, .name = e->file, .path = e->path};
    ew_source s = {.fd = -1};
    ew_media *m = NULL;
    uint8_t got[32];
    ew_err why = {.code = EW_OK};
    ew_code rc = EW_OK;
    set_all(x, first, 0);
    if (ew_source_open(&s, &in, stop, &why) != EW_OK)
        return EW_OK; /* told on the page */
    rc = ew_source_hash(&s, e->file, got, stop, &why);
    if (rc == EW_OK && memcmp(got, e->sha256, sizeof got) == 0)
        m = open_mono(&s, e->file);
    if (m != NULL) {
        set_all(x, first, ew_media_get_info(m)->rate_hz);
        rc = read_until(x, first, m, stop, err);
    } else if (rc == EW_E_CANCELLED && err != NULL) {
        *err = why;
    } else {
        rc = EW_OK;
    }
    ew_media_close(m);
    ew_source_close(&s);
    return rc;
}

ew_code ew_excerpts_cut(ew_excerpts *x, uint64_t limit, const ew_stop *stop, ew_err *err)
{
    ew_code rc = EW_OK;
    choose(x, limit);
    for (size_t i = 0; i < x->n && rc == EW_OK; i++)
        if (x->list[i].chosen && x->list[i].rate_hz == 0 && !x->list[i].unreadable)
            rc = cut_file(x, i, stop, err);
    return rc;
}

/* ------------------------------------------------------------------ on the page */

static void wav_head(uint8_t head[WAV_HEAD], uint32_t rate_hz, uint32_t bytes)
{
    memcpy(head, "RIFF", 4);
    ew_put_u32le(head + 4, WAV_HEAD - 8 + bytes);
    memcpy(head + 8, "WAVEfmt ", 8);
    ew_put_u32le(head + 16, 16);
    ew_put_u16le(head + 20, 1);
    ew_put_u16le(head + 22, 1);
    ew_put_u32le(head + 24, rate_hz);
    ew_put_u32le(head + 28, rate_hz * 2);
    ew_put_u16le(head + 32, 2);
    ew_put_u16le(head + 34, 16);
    memcpy(head + 36, "data", 4);
    ew_put_u32le(head + 40, bytes);
}

static void put_one(const ew_excerpt *e, ew_page *p)
{
    uint8_t head[WAV_HEAD];
    ew_buf wav;
    ew_buf svg;
    ew_buf_init(&wav, PCM_MAX + WAV_HEAD);
    ew_buf_init(&svg, PCM_MAX);
    wav_head(head, e->rate_hz, (uint32_t)e->pcm.len);
    if ((!e->drawn || ew_excerpt_draw(e, &svg, NULL) == EW_OK) &&
        ew_buf_append(&wav, head, sizeof head, NULL) == EW_OK &&
        ew_buf_append(&wav, e->pcm.data, e->pcm.len, NULL) == EW_OK) {
        const ew_page_clip c = {.caption = e->caption,
                                .file = e->file,
                                .from = e->from,
                                .to = e->from + (double)(e->pcm.len / 2) / e->rate_hz,
                                .rate_hz = e->rate_hz,
                                .svg = e->drawn ? (const char *)svg.data : NULL,
                                .wav = wav.data,
                                .bytes = wav.len};
        ew_page_sound(p, &c);
    } else {
        ew_obj_release(&p->doc); /* out of memory */
    }
    ew_buf_release(&wav);
    ew_buf_release(&svg);
}

void ew_excerpts_put(const ew_excerpts *x, ew_page *p)
{
    size_t lost = 0;
    size_t put = 0;
    for (size_t i = 0; i < x->n; i++)
        lost += x->list[i].chosen && x->list[i].pcm.len == 0;
    for (size_t i = 0; i < x->n; i++) {
        if (!x->list[i].chosen || x->list[i].pcm.len == 0)
            continue;
        if (put++ == 0) {
            ew_page_section(p, 2, "To listen to");
            ew_page_say(
                p, EW_PAGE_PLAIN,
                "Short excerpts, as the program's own decoder gives them, mixed to one "
                "channel. On paper only their list is left: they are in the file "
                "itself.");
        }
        put_one(&x->list[i], p);
    }
    if (x->over > 0)
        ew_page_say(
            p, EW_PAGE_NOTE,
            "%zu more excerpt%s did not fit into the size that was set for this report.",
            x->over, x->over == 1 ? "" : "s");
    if (lost > 0)
        ew_page_say(
            p, EW_PAGE_NOTE,
            "%zu excerpt%s could not be made: the file was not where it had been, or "
            "is another by now.",
            lost, lost == 1 ? "" : "s");
}
