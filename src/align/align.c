/* SPDX-License-Identifier: Apache-2.0 */
/* Maps a clip: window by window through candidates, path and pieces, then once more
 * backwards where nothing was found, then the gaps. */
#include "earwitness/align.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "align/edges.h"
#include "align/pieces.h"
#include "align/tidy.h"
#include "align/steady.h"
#include "base/alloc.h"

enum {
    RATE = EW_FP_RATE_HZ,
    WINDOW = 150 * RATE,    /* a clip up to this is looked at whole */
    STRIDE = 120 * RATE,    /* a longer one in windows that begin this far apart */
    BACK_LEAST = RATE,      /* shortest gap that is tried backwards */
    QUIET_LEAST = RATE / 2, /* shortest silence that is told apart within a gap */
    SHORT = 3 * RATE / 10   /* a gap below this is too short to tell */
};

ew_align_opts ew_align_opts_default(void)
{
    return (ew_align_opts){.speeds = true, .backwards = true, .common = 0};
}

/* ------------------------------------------------------------------ one window */

static ew_code map_window(const ew_index *ix, const float *mono, size_t n, bool speeds,
                          uint64_t common, ew_drafts *out, ew_err *err)
{
    ew_scene scene = {.index = ix, .mono = mono, .samples = n};
    ew_clip *clip = NULL;
    ew_lines lines = {0};
    ew_path path = {0};
    ew_code rc;

    memset(out, 0, sizeof(*out));
    rc = ew_clip_new(&clip, mono, n, err);
    if (rc < 0)
        return rc;
    scene.clip = clip;
    rc = ew_find_lines(&scene, speeds, common, &lines, err);
    if (rc == EW_OK)
        rc = ew_path_find(&scene, &lines, &path, err);
    if (rc == EW_OK)
        rc = ew_pieces_make(&scene, &lines, &path, out, err);
    ew_free(path.items);
    ew_lines_release(&lines);
    ew_scene_release(&scene);
    ew_clip_free(clip);
    return rc;
}

/* Moves a draft of a window to the clip's time and cuts it to [low, high). */
static bool place_draft(ew_draft *d, int64_t offset, int64_t low, int64_t high)
{
    d->from += offset;
    d->to += offset;
    d->line.clip += (double)offset;
    d->line.from += offset;
    d->line.to += offset;
    if (d->from < low)
        d->from = low;
    if (d->to > high)
        d->to = high;
    return d->from < d->to;
}

/* Windows overlap by WINDOW - STRIDE; each answers for its part up to the middle of it. */
static ew_code map_forward(const ew_index *ix, const float *mono, int64_t n,
                           const ew_align_opts *opts, const ew_progress *prog,
                           ew_drafts *all, ew_err *err)
{
    const int64_t half = (WINDOW - STRIDE) / 2;
    ew_code rc = EW_OK;

    for (int64_t at = 0; rc == EW_OK && (at == 0 || at + WINDOW - STRIDE < n);
         at += STRIDE) {
        int64_t length = n - at < WINDOW ? n - at : WINDOW;
        int64_t low = at == 0 ? 0 : at + half;
        int64_t high = at + length < n ? at + STRIDE + half : n;
        ew_drafts part;

        if (prog && prog->tick && prog->tick(prog->cookie, "match", at, n))
            return ew_fail(err, EW_E_CANCELLED, 0, "cancelled");
        rc = map_window(ix, mono + at, (size_t)length, opts->speeds, opts->common, &part,
                        err);
        for (size_t i = 0; rc == EW_OK && i < part.count; i++) {
            ew_draft *d = &part.items[i];

            if (!place_draft(d, at, low, high))
                continue;
            rc = ew_drafts_push(all, d, err);
            if (rc == EW_OK)
                d->others = NULL;
        }
        ew_drafts_release(&part);
    }
    if (rc == EW_OK)
        rc = ew_drafts_tidy(ix, all, mono, n, err);
    if (rc == EW_OK) {
        ew_scene scene = {.index = ix, .mono = mono, .samples = (size_t)n};

        rc = ew_edges_refine(&scene, all, err);
    }
    return rc;
}

/* ------------------------------------------------------------------ backwards */

/* Turns what was found in the reversed gap into drafts of the clip. */
static ew_code take_backwards(ew_drafts *part, int64_t from, int64_t to, ew_drafts *all,
                              ew_err *err)
{
    ew_code rc = EW_OK;

    for (size_t i = part->count; rc == EW_OK && i-- > 0;) {
        ew_draft d = part->items[i];
        int64_t start = d.from;

        d.backwards = true;
        d.from = to - d.to + 0;
        d.to = to - start;
        d.line.clip = (double)to - d.line.clip;
        d.line.tempo = -d.line.tempo;
        d.line.from = from;
        d.line.to = to;
        for (size_t k = 0; k < d.other_count; k++) {
            double swap = d.others[k].source_start;

            d.others[k].source_start = d.others[k].source_end;
            d.others[k].source_end = swap;
        }
        rc = ew_drafts_push(all, &d, err);
        if (rc == EW_OK)
            part->items[i].others = NULL;
    }
    return rc;
}

static ew_code map_backwards(const ew_index *ix, const float *mono, int64_t from,
                             int64_t to, ew_drafts *all, ew_err *err)
{
    size_t n = (size_t)(to - from);
    float *turned = ew_alloc_array(n, sizeof(float));
    ew_align_opts opts = {.speeds = false};
    ew_drafts part = {0};
    ew_code rc;

    if (!turned)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < n; i++)
        turned[i] = mono[to - 1 - (int64_t)i];
    rc = map_forward(ix, turned, (int64_t)n, &opts, NULL, &part, err);
    if (rc == EW_OK)
        rc = take_backwards(&part, from, to, all, err);
    ew_drafts_release(&part);
    ew_free(turned);
    return rc;
}

static int by_start(const void *a, const void *b)
{
    const ew_draft *x = a, *y = b;

    return (x->from > y->from) - (x->from < y->from);
}

static ew_code try_backwards(const ew_index *ix, const float *mono, int64_t n,
                             ew_drafts *all, ew_err *err)
{
    size_t forward = all->count;
    int64_t at = 0;
    ew_code rc = EW_OK;

    for (size_t i = 0; i <= forward && rc == EW_OK; i++) {
        int64_t end = i < forward ? all->items[i].from : n;

        if (end - at >= BACK_LEAST)
            rc = map_backwards(ix, mono, at, end, all, err);
        if (i < forward)
            at = all->items[i].to;
    }
    if (rc == EW_OK && all->count)
        qsort(all->items, all->count, sizeof(*all->items), by_start);
    return rc;
}

/* ------------------------------------------------------------------ gaps */

/* Per slot: is there anything to compare? */
static void find_quiet(const float *mono, int64_t n, uint8_t *quiet, size_t slots)
{
    double loud = 0;

    for (size_t s = 0; s < slots; s++) {
        double sum = 0;

        for (int64_t i = (int64_t)s * EW_SLOT; i < (int64_t)(s + 1) * EW_SLOT && i < n;
             i++)
            sum += (double)mono[i] * (double)mono[i];
        if (sum > loud)
            loud = sum;
        quiet[s] = sum < 1e-8 * EW_SLOT;
    }
    for (size_t s = 0; s < slots; s++) {
        double sum = 0;

        for (int64_t i = (int64_t)s * EW_SLOT; i < (int64_t)(s + 1) * EW_SLOT && i < n;
             i++)
            sum += (double)mono[i] * (double)mono[i];
        quiet[s] |= sum < loud * 1e-4;
    }
}

static ew_code push_gap(ew_map *m, size_t *cap, int64_t from, int64_t to,
                        ew_gap_kind kind, ew_err *err)
{
    if (from >= to)
        return EW_OK;
    if (m->gap_count == *cap) {
        size_t more = *cap ? 2 * *cap : 16;
        ew_gap *p = ew_realloc_array(m->gaps, more, sizeof(*p));

        if (!p)
            return ew_fail_nomem(err);
        m->gaps = p;
        *cap = more;
    }
    if (kind == EW_GAP_NO_MATCH && to - from < SHORT)
        kind = EW_GAP_SHORT;
    m->gaps[m->gap_count++] = (ew_gap){from, to, kind};
    return EW_OK;
}

/* Splits one gap into silences and sound. */
static ew_code split_gap(ew_map *m, size_t *cap, const uint8_t *quiet, int64_t from,
                         int64_t to, ew_err *err)
{
    int64_t at = from, run = from;
    ew_code rc = EW_OK;

    for (int64_t p = from; rc == EW_OK && p < to; p = (p / EW_SLOT + 1) * EW_SLOT) {
        int64_t end = (p / EW_SLOT + 1) * EW_SLOT;

        if (quiet[p / EW_SLOT] && end < to)
            continue;
        if (quiet[p / EW_SLOT])
            end = to;
        else
            end = p;
        if (end - run >= QUIET_LEAST) {
            rc = push_gap(m, cap, at, run, EW_GAP_NO_MATCH, err);
            if (rc == EW_OK)
                rc = push_gap(m, cap, run, end, EW_GAP_SILENCE, err);
            at = end;
        }
        run = (p / EW_SLOT + 1) * EW_SLOT;
    }
    return rc == EW_OK ? push_gap(m, cap, at, to, EW_GAP_NO_MATCH, err) : rc;
}

static ew_code fill_gaps(ew_map *m, const float *mono, ew_err *err)
{
    size_t slots = (size_t)m->clip_samples / EW_SLOT + 1, cap = 0;
    uint8_t *quiet = ew_alloc_array(slots, 1);
    int64_t at = 0;
    ew_code rc = EW_OK;

    if (!quiet)
        return ew_fail_nomem(err);
    find_quiet(mono, m->clip_samples, quiet, slots);
    rc = ew_steady_mark(mono, (size_t)m->clip_samples, quiet, slots, err);
    for (size_t i = 0; i <= m->piece_count && rc == EW_OK; i++) {
        int64_t end = i < m->piece_count ? m->pieces[i].clip_start : m->clip_samples;

        rc = split_gap(m, &cap, quiet, at, end, err);
        if (i < m->piece_count)
            at = m->pieces[i].clip_end;
    }
    ew_free(quiet);
    return rc;
}

/* ------------------------------------------------------------------ the map */

static void piece_of(ew_piece *p, ew_draft *d)
{
    p->clip_start = d->from;
    p->clip_end = d->to;
    p->rec = d->line.rec;
    p->source_start = ew_line_source(&d->line, (double)d->from);
    p->source_end = ew_line_source(&d->line, (double)d->to);
    p->speed = fabs(d->line.tempo);
    p->pitch = pow(EW_CELL_RATIO, d->line.pitch);
    p->certainty = ew_draft_certainty(d);
    p->score = ew_line_evidence(d->agreement, d->power, d->agreement / (d->power + 1e-9));
    p->agreement = d->agreement / (d->power + 1e-9);
    p->wave = d->wave.rho;
    p->refined = d->wave.rho >= EW_LOCK_RHO;
    p->offset_sd_ms = p->refined ? 0.5 : 5;
    p->backwards = d->backwards;
    p->other_count = d->other_count;
    p->others = d->others;
    d->others = NULL;
}

static ew_code make_map(ew_drafts *all, const float *mono, int64_t n, ew_map **out,
                        ew_err *err)
{
    ew_map *m = ew_alloc(sizeof(*m));
    ew_code rc;

    if (!m)
        return ew_fail_nomem(err);
    m->clip_samples = n;
    m->pieces = ew_alloc_array(all->count, sizeof(*m->pieces));
    if (!m->pieces) {
        ew_map_free(m);
        return ew_fail_nomem(err);
    }
    for (size_t i = 0; i < all->count; i++)
        piece_of(&m->pieces[m->piece_count++], &all->items[i]);
    rc = fill_gaps(m, mono, err);
    if (rc < 0)
        ew_map_free(m);
    else
        *out = m;
    return rc;
}

ew_code ew_align_clip(const ew_index *ix, const float *clip, size_t n,
                      const ew_align_opts *opts, const ew_progress *prog, ew_map **out,
                      ew_err *err)
{
    ew_align_opts o = opts ? *opts : ew_align_opts_default();
    ew_drafts all = {0};
    ew_code rc = map_forward(ix, clip, (int64_t)n, &o, prog, &all, err);

    *out = NULL;
    if (rc == EW_OK && o.backwards)
        rc = try_backwards(ix, clip, (int64_t)n, &all, err);
    if (rc == EW_OK)
        rc = make_map(&all, clip, (int64_t)n, out, err);
    ew_drafts_release(&all);
    return rc;
}

void ew_map_free(ew_map *map)
{
    if (!map)
        return;
    for (size_t i = 0; i < map->piece_count; i++)
        ew_free(map->pieces[i].others);
    ew_free(map->pieces);
    ew_free(map->gaps);
    ew_free(map);
}
