/* SPDX-License-Identifier: Apache-2.0 */
/* The method "frame-grid": one track per coder, told as findings at the end. */
#include "inspect/grid.h"

#include <string.h>

#include "base/alloc.h"
#include "inspect/grid_joins.h"
#include "inspect/grid_track.h"
#include "inspect/mp3_grid.h"

enum { CODERS = 1 };

typedef struct grid_state {
    ew_mp3_grid *mp3;
    ew_grid_coder coder[CODERS];
    ew_grid_track *track[CODERS];
} grid_state;

static void mp3_search(void *state, const float *x, float *score)
{
    ew_mp3_grid_search(state, x, score);
}

static void mp3_check(void *state, const float *x, float *score)
{
    ew_mp3_grid_check(state, x, score);
}

static void stop(void *state)
{
    grid_state *s = state;

    if (!s)
        return;
    for (int c = 0; c < CODERS; c++)
        ew_grid_track_free(s->track[c]);
    ew_mp3_grid_free(s->mp3);
    ew_free(s);
}

static bool starts_with(const char *s, const char *head)
{
    return strncmp(s, head, strlen(head)) == 0;
}

static ew_code start(void **state, const ew_inspect_sound *sound, ew_inspection *out,
                     ew_err *err)
{
    grid_state *s = ew_alloc(sizeof(*s));
    ew_code rc;

    (void)out;
    *state = NULL;
    if (!s)
        return ew_fail_nomem(err);
    rc = ew_mp3_grid_new(&s->mp3, err);
    if (rc >= 0) {
        s->coder[0] = (ew_grid_coder){.name = "MP3",
                                      .period = EW_MP3_GRANULE,
                                      .before = EW_MP3_BEFORE,
                                      .after = EW_MP3_AFTER,
                                      .centre = EW_MP3_CENTRE,
                                      .state = s->mp3,
                                      .search = mp3_search,
                                      .check = mp3_check};
        rc = ew_grid_track_new(&s->track[0], &s->coder[0], sound->rate_hz,
                               starts_with(sound->codec, "mp3"), err);
    }
    if (rc < 0)
        stop(s);
    else
        *state = s;
    return rc;
}

static ew_code feed(void *state, const float *pcm, size_t samples, ew_err *err)
{
    grid_state *s = state;
    ew_code rc = EW_OK;

    for (int c = 0; c < CODERS && rc >= 0; c++)
        rc = ew_grid_track_feed(s->track[c], pcm, samples, err);
    return rc;
}

static ew_code tell_join(ew_inspection *out, const ew_grid_coder *coder,
                         const ew_grid_join *j, ew_err *err)
{
    ew_trace t = {.kind = EW_TRACE_CHANGE,
                  .start = j->start,
                  .end = j->end,
                  .plus_minus = j->plus_minus,
                  .strength = j->strength};

    return ew_inspect__trace(
        out, ew_inspect__frame_grid.id, &t, err,
        "frames of an earlier %s coding (%d samples each) begin at %d "
        "before and at %d after: sound was cut out or joined here",
        coder->name, coder->period, j->before, j->after);
}

static ew_code tell_coding(ew_inspection *out, const ew_grid_coder *coder,
                           const ew_grid_joins *joins, double share, ew_err *err)
{
    ew_trace t = {.kind = EW_TRACE_FACT,
                  .start = joins->first,
                  .end = joins->last + coder->period,
                  .plus_minus = coder->period,
                  .strength = joins->evidence};

    if (joins->grids > 1)
        return ew_inspect__trace(
            out, ew_inspect__frame_grid.id, &t, err,
            "the sound was coded as %s before: %lld frames of %d samples lie "
            "on %d different grids, in %.0f %% of what is loud enough",
            coder->name, (long long)joins->hits, coder->period, joins->grids,
            100 * share);
    return ew_inspect__trace(
        out, ew_inspect__frame_grid.id, &t, err,
        "the sound was coded as %s before: %lld frames of %d samples lie on "
        "one grid that begins at %d, in %.0f %% of what is loud enough",
        coder->name, (long long)joins->hits, coder->period, joins->offset, 100 * share);
}

static ew_code finish_coder(ew_inspection *out, const ew_grid_coder *coder,
                            ew_grid_track *track, ew_err *err)
{
    ew_grid_joins joins = {0};
    const ew_grid_run *runs;
    int64_t looked_at, seen;
    size_t count;
    ew_code rc = ew_grid_track_finish(track, err);

    if (rc < 0)
        return rc;
    runs = ew_grid_track_runs(track, &count);
    rc = ew_grid_joins_find(&joins, runs, count, coder, ew_grid_track_own(track), err);
    ew_grid_track_counts(track, &looked_at, &seen);
    if (rc >= 0 && joins.hits > 0)
        rc = tell_coding(out, coder, &joins, (double)seen / (double)looked_at, err);
    for (size_t i = 0; i < joins.count && rc >= 0; i++)
        rc = tell_join(out, coder, &joins.list[i], err);
    ew_grid_joins_release(&joins);
    return rc;
}

static ew_code finish(void *state, ew_inspection *out, ew_err *err)
{
    grid_state *s = state;
    ew_code rc = EW_OK;

    for (int c = 0; c < CODERS && rc >= 0; c++)
        rc = finish_coder(out, &s->coder[c], s->track[c], err);
    return rc;
}

const ew_inspect__method ew_inspect__frame_grid = {
    .id = "frame-grid",
    .want = EW_INSPECT__PAIR,
    .start = start,
    .feed = feed,
    .finish = finish,
    .free = stop,
};
