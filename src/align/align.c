/* SPDX-License-Identifier: Apache-2.0 */
/* Maps a clip: window by window through candidates, path and pieces, then once more
 * backwards where nothing was found, then the gaps. */
#include "earwitness/align.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "align/edges.h"
#include "align/gaps.h"
#include "align/pieces.h"
#include "align/tidy.h"
#include "base/alloc.h"

enum {
    RATE = EW_FP_RATE_HZ,
    WINDOW = 150 * RATE, /* a clip up to this is looked at whole */
    STRIDE = 120 * RATE, /* a longer one in windows that begin this far apart */
    BACK_LEAST = RATE    /* shortest gap that is tried backwards */
};

ew_align_opts ew_align_opts_default(void)
{
    return (ew_align_opts){.speeds = true, .backwards = true, .common = 0};
}

/* ------------------------------------------------------------------ one window */

static ew_code map_window(const ew_index *ix, const float *mono, size_t n,
                          const ew_search *how, ew_drafts *out, ew_err *err)
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
    rc = ew_find_lines(&scene, how, &lines, err);
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
                           const ew_search *how, const ew_progress *prog, ew_drafts *all,
                           ew_err *err)
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
        rc = map_window(ix, mono + at, (size_t)length, how, &part, err);
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
    ew_search how = {.speeds = false, .faint = false};
    ew_drafts part = {0};
    ew_code rc;

    if (!turned)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < n; i++)
        turned[i] = mono[to - 1 - (int64_t)i];
    rc = map_forward(ix, turned, (int64_t)n, &how, NULL, &part, err);
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

/* ------------------------------------------------------------------ the map */

/* One standard deviation of the place. Where the wave runs along, it is known to half a
 * millisecond; a changed tempo is known less well and moves the ends of the piece. */
static double place_sd_ms(const ew_draft *d)
{
    double sd = d->wave.rho < EW_LOCK_RHO ? 8 : fabs(d->line.tempo) == 1 ? 0.5 : 2.5;

    return sd + 500 * d->doubt / RATE;
}

static double pitch_of(const ew_draft *d)
{
    double pitch = pow(EW_CELL_RATIO, d->line.pitch), tempo = fabs(d->line.tempo);

    /* pitch is known to a cell; a wave that runs along at the tempo's ratio settles it */
    return d->wave.rho >= EW_LOCK_RHO && fabs(tempo / pitch - 1) < 0.015 ? tempo : pitch;
}

static void piece_of(ew_piece *p, ew_draft *d)
{
    double agreement = d->agreement / (d->power + 1e-9);

    p->clip_start = d->from;
    p->clip_end = d->to;
    p->rec = d->line.rec;
    p->source_start = ew_line_source(&d->line, (double)d->from);
    p->source_end = ew_line_source(&d->line, (double)d->to);
    p->speed = fabs(d->line.tempo);
    p->pitch = pitch_of(d);
    p->certainty = ew_draft_certainty(d->claim);
    p->score = ew_line_evidence(d->agreement, d->power, agreement);
    p->agreement = agreement < 1 ? agreement : 1;
    p->wave = d->wave.rho;
    p->refined = d->wave.rho >= EW_LOCK_RHO;
    p->offset_sd_ms = place_sd_ms(d);
    p->backwards = d->backwards;
    p->other_count = d->other_count;
    p->others = d->others;
    d->others = NULL;
}

static ew_code make_map(ew_drafts *all, const uint8_t *marks, int64_t n, ew_map **out,
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
    rc = ew_gaps_fill(m, marks, err);
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
    ew_scene scene = {.index = ix, .mono = clip, .samples = n};
    uint8_t *marks = NULL;
    ew_search how = {.speeds = o.speeds, .faint = true, .common = o.common};
    ew_code rc = map_forward(ix, clip, (int64_t)n, &how, prog, &all, err);

    *out = NULL;
    if (rc == EW_OK && o.backwards)
        rc = try_backwards(ix, clip, (int64_t)n, &all, err);
    if (rc == EW_OK)
        rc = ew_hollow_mark(clip, (int64_t)n, &marks, err);
    if (rc == EW_OK)
        rc = ew_hollow_cut(&scene, marks, &all, err);
    if (rc == EW_OK)
        rc = make_map(&all, marks, (int64_t)n, out, err);
    ew_free(marks);
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
