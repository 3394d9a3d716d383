/* SPDX-License-Identifier: Apache-2.0 */
/* The method "frame-grid": one track per coder, told as findings at the end. */
#include "inspect/grid.h"

#include <string.h>

#include "base/alloc.h"
#include "inspect/aac_grid.h"
#include "inspect/grid_joins.h"
#include "inspect/grid_track.h"
#include "inspect/mp3_grid.h"

enum { MP3, AAC, CODERS };

/* Searches dear enough to be rationed: the shortest pieces worth finding have two or three
 * places for MP3; AAC costs four times as much, and each search tries one of two windows. */
static const double MP3_SEARCH_S = 0.2, AAC_SEARCH_S = 0.6;

typedef struct grid_state {
    ew_mp3_grid *mp3;
    ew_aac_grid *aac;
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

static void aac_search(void *state, const float *x, float *score)
{
    ew_aac_grid_search(state, x, score);
}

static void aac_check(void *state, const float *x, float *score)
{
    ew_aac_grid_check(state, x, score);
}

static void stop(void *state)
{
    grid_state *s = state;

    if (!s)
        return;
    for (int c = 0; c < CODERS; c++)
        ew_grid_track_free(s->track[c]);
    ew_mp3_grid_free(s->mp3);
    ew_aac_grid_free(s->aac);
    ew_free(s);
}

static void describe_coders(grid_state *s)
{
    s->coder[MP3] = (ew_grid_coder){.name = "MP3",
                                    .period = EW_MP3_GRANULE,
                                    .before = EW_MP3_BEFORE,
                                    .after = EW_MP3_AFTER,
                                    .centre = EW_MP3_CENTRE,
                                    .search_s = MP3_SEARCH_S,
                                    .state = s->mp3,
                                    .search = mp3_search,
                                    .check = mp3_check};
    s->coder[AAC] = (ew_grid_coder){.name = "AAC",
                                    .period = EW_AAC_FRAME,
                                    .before = EW_AAC_BEFORE,
                                    .after = EW_AAC_AFTER,
                                    .centre = EW_AAC_CENTRE,
                                    .search_s = AAC_SEARCH_S,
                                    .state = s->aac,
                                    .search = aac_search,
                                    .check = aac_check};
}

static ew_code start(void **state, const ew_inspect_sound *sound, ew_inspection *out,
                     ew_err *err)
{
    static const char *const present[CODERS] = {"mp3", "aac"};
    grid_state *s = ew_alloc(sizeof(*s));
    ew_code rc;

    (void)out;
    *state = NULL;
    if (!s)
        return ew_fail_nomem(err);
    rc = ew_mp3_grid_new(&s->mp3, err);
    if (rc >= 0)
        rc = ew_aac_grid_new(&s->aac, err);
    describe_coders(s);
    for (int c = 0; c < CODERS && rc >= 0; c++) {
        bool masking = strncmp(sound->codec, present[c], strlen(present[c])) == 0;
        rc = ew_grid_track_new(&s->track[c], &s->coder[c], sound->rate_hz, masking, err);
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
    ew_code rc = ew_grid_track_feed(s->track[MP3], pcm, samples, err);

    if (rc < 0)
        return rc;
    ew_grid_track_skip(s->track[AAC], ew_grid_track_seen_until(s->track[MP3]));
    return ew_grid_track_feed(s->track[AAC], pcm, samples, err);
}

static ew_code tell_join(ew_inspection *out, const grid_state *s, const ew_grid_join *j,
                         ew_err *err)
{
    const ew_grid_coder *a = &s->coder[j->coder_before], *b = &s->coder[j->coder_after];
    ew_trace t = {.kind = EW_TRACE_CHANGE,
                  .start = j->start,
                  .end = j->end,
                  .plus_minus = j->plus_minus,
                  .strength = j->strength};

    if (a != b)
        return ew_inspect__trace(out, ew_inspect__frame_grid.id, &t, err,
                                 "traces of an earlier %s coding end and those of an "
                                 "earlier %s coding begin: sound was joined here",
                                 a->name, b->name);
    return ew_inspect__trace(
        out, ew_inspect__frame_grid.id, &t, err,
        "frames of an earlier %s coding (%d samples each) begin at %d "
        "before and at %d after: sound was cut out or joined here",
        a->name, a->period, j->offset_before, j->offset_after);
}

static ew_code tell_coding(ew_inspection *out, const ew_grid_source *source, double share,
                           ew_err *err)
{
    const ew_grid_coder *coder = source->coder;
    ew_grid_sum sum = ew_grid_sum_up(source);
    ew_trace t = {.kind = EW_TRACE_FACT,
                  .start = sum.first,
                  .end = sum.last + coder->period,
                  .plus_minus = coder->period,
                  .strength = sum.evidence};

    if (sum.hits == 0)
        return EW_OK;
    if (sum.grids > 1)
        return ew_inspect__trace(
            out, ew_inspect__frame_grid.id, &t, err,
            "the sound was coded as %s before: %lld frames of %d "
            "samples lie on %d different grids, in %.0f %% of what is "
            "loud enough",
            coder->name, (long long)sum.hits, coder->period, sum.grids, 100 * share);
    return ew_inspect__trace(
        out, ew_inspect__frame_grid.id, &t, err,
        "the sound was coded as %s before: %lld frames of %d samples "
        "lie on one grid that begins at %d, in %.0f %% of what is loud "
        "enough",
        coder->name, (long long)sum.hits, coder->period, sum.offset, 100 * share);
}

static ew_code tell_twice(ew_inspection *out, const ew_grid_joins *joins, ew_err *err)
{
    ew_trace t = {.kind = EW_TRACE_FACT,
                  .start = joins->twice_start,
                  .end = joins->twice_end,
                  .plus_minus = EW_AAC_FRAME,
                  .strength = joins->twice_evidence};

    if (t.start == t.end)
        return EW_OK;
    return ew_inspect__trace(out, ew_inspect__frame_grid.id, &t, err,
                             "two frame grids lie over each other: the sound was coded "
                             "at least twice before");
}

static ew_code tell_all(ew_inspection *out, const grid_state *s,
                        const ew_grid_source source[CODERS], const ew_grid_joins *joins,
                        ew_err *err)
{
    ew_code rc = tell_twice(out, joins, err);

    for (int c = 0; c < CODERS && rc >= 0; c++) {
        int64_t looked_at, seen;
        ew_grid_track_counts(s->track[c], &looked_at, &seen);
        rc = tell_coding(out, &source[c], (double)seen / (double)(looked_at + !looked_at),
                         err);
    }
    for (size_t i = 0; i < joins->count && rc >= 0; i++)
        rc = tell_join(out, s, &joins->list[i], err);
    return rc;
}

static ew_code finish(void *state, ew_inspection *out, ew_err *err)
{
    grid_state *s = state;
    ew_grid_source source[CODERS];
    ew_grid_joins joins = {0};
    ew_code rc = EW_OK;

    for (int c = 0; c < CODERS; c++) {
        rc = ew_grid_track_finish(s->track[c], err);
        if (rc < 0)
            return rc;
        source[c].coder = &s->coder[c];
        source[c].runs = ew_grid_track_runs(s->track[c], &source[c].count);
        source[c].own = ew_grid_track_own(s->track[c]);
    }
    rc = ew_grid_joins_find(&joins, source, CODERS, err);
    if (rc >= 0)
        rc = tell_all(out, s, source, &joins, err);
    ew_grid_joins_release(&joins);
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
