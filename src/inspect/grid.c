/* SPDX-License-Identifier: Apache-2.0 */
/* The method "frame-grid": one track per coder, told as findings at the end. */
#include "inspect/grid.h"

#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "inspect/aac_grid.h"
#include "inspect/grid_joins.h"
#include "inspect/grid_rate.h"
#include "inspect/grid_track.h"
#include "inspect/mp3_grid.h"
#include "inspect/nothing.h"

enum { MP3, AAC, RATES, CODERS = RATES + 3 };

/* A quarter of the shortest block: Vorbis, with long blocks as in AAC, moves by it. */
enum { VORBIS_UNIT = 64 };

/* Rates that MP3 files have and sound is resampled from. */
static const uint32_t had_hz[] = {44100, 48000, 22050};

/* Below, too few of the lines that are looked at are left. */
static const uint32_t RESAMPLED_MIN_HZ = 12000;

/* Searches dear enough to be rationed: the shortest pieces worth finding have two or three
 * places for MP3; AAC costs four times as much, and each search tries one of two windows. */
static const double SHORTEST_S = 1.2; /* two pieces of the shortest that were measured */
static const double MP3_SEARCH_S = 0.2, AAC_SEARCH_S = 0.6;

typedef struct grid_state {
    ew_mp3_grid *mp3;
    ew_aac_grid *aac;
    ew_grid_rate *rate[CODERS]; /* of those from RATES on */
    ew_grid_coder coder[CODERS];
    ew_grid_track *track[CODERS]; /* NULL: not looked for */
    uint32_t rate_hz;
    int64_t samples;
    float most;
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
    for (int c = 0; c < CODERS; c++)
        ew_grid_rate_free(s->rate[c]);
    ew_mp3_grid_free(s->mp3);
    ew_aac_grid_free(s->aac);
    ew_free(s);
}

static void describe_coders(grid_state *s)
{
    s->coder[MP3] = (ew_grid_coder){.name = "MP3",
                                    .period = EW_MP3_GRANULE,
                                    .unit = EW_MP3_GRANULE,
                                    .centre = EW_MP3_CENTRE,
                                    .fine = 1,
                                    .scale = 1,
                                    .search_s = MP3_SEARCH_S,
                                    .again_s = MP3_SEARCH_S,
                                    .state = s->mp3,
                                    .search = mp3_search,
                                    .check = mp3_check};
    s->coder[AAC] = (ew_grid_coder){.name = "AAC or Vorbis",
                                    .period = EW_AAC_FRAME,
                                    .unit = VORBIS_UNIT,
                                    .centre = EW_AAC_CENTRE,
                                    .fine = 1,
                                    .scale = 1,
                                    .search_s = AAC_SEARCH_S,
                                    .again_s = AAC_SEARCH_S,
                                    .state = s->aac,
                                    .search = aac_search,
                                    .check = aac_check};
}

/* MP3 and AAC at the file's own rate. */
static ew_code start_own_rate(grid_state *s, const ew_inspect_sound *sound,
                              ew_inspection *out, ew_err *err)
{
    static const char *const present[] = {"mp3", "aac"};
    bool vorbis = strcmp(sound->codec, "vorbis") == 0;
    ew_code rc = ew_mp3_grid_new(&s->mp3, err);

    if (rc >= 0)
        rc = ew_aac_grid_new(&s->aac, err);
    describe_coders(s);
    if (rc >= 0 && vorbis)
        rc = ew_inspect__untested(out, ew_inspect__frame_grid.id, err,
                                  "an earlier AAC coding is not looked for under Vorbis");
    for (int c = MP3; c <= AAC && rc >= 0; c++) {
        bool masking = strncmp(sound->codec, present[c], strlen(present[c])) == 0;
        if (c != AAC || !vorbis)
            rc = ew_grid_track_new(&s->track[c], &s->coder[c], sound->rate_hz, masking,
                                   err);
    }
    return rc;
}

/* MP3 at other rates, from which the file was resampled. */
static ew_code start_other_rates(grid_state *s, const ew_inspect_sound *sound,
                                 ew_err *err)
{
    ew_code rc = EW_OK;

    for (int c = RATES; c < CODERS && rc >= 0; c++) {
        uint32_t had = had_hz[c - RATES];
        if (had == sound->rate_hz || sound->rate_hz < RESAMPLED_MIN_HZ)
            continue;
        rc = ew_grid_rate_new(&s->rate[c], sound->rate_hz, had, s->mp3, err);
        if (rc < 0 || !s->rate[c])
            continue;
        s->coder[c] = ew_grid_rate_coder(s->rate[c]);
        rc =
            ew_grid_track_new(&s->track[c], &s->coder[c], EW_GRID_FINE * had, false, err);
    }
    return rc;
}

static ew_code start(void **state, const ew_inspect_sound *sound, ew_inspection *out,
                     ew_err *err)
{
    grid_state *s = ew_alloc(sizeof(*s));
    ew_code rc;

    *state = NULL;
    if (!s)
        return ew_fail_nomem(err);
    s->rate_hz = sound->rate_hz;
    rc = start_own_rate(s, sound, out, err);
    if (rc >= 0)
        rc = start_other_rates(s, sound, err);
    if (rc < 0)
        stop(s);
    else
        *state = s;
    return rc;
}

static ew_code to_track(void *state, const float *pair, size_t samples, ew_err *err)
{
    return ew_grid_track_feed(state, pair, samples, err);
}

/* One after the other; what one explains the next ones need not search. */
static ew_code feed(void *state, const float *pcm, size_t samples, ew_err *err)
{
    grid_state *s = state;
    double explained = 0; /* samples of the file */
    ew_code rc = EW_OK;

    s->samples += (int64_t)samples;
    s->most = ew_inspect__louder(s->most, pcm, 2 * samples);
    for (int c = 0; c < CODERS && rc >= 0; c++) {
        ew_grid_track *t = s->track[c];
        double until;
        if (!t)
            continue;
        ew_grid_track_skip(t, (int64_t)(explained / s->coder[c].scale));
        if (s->rate[c])
            rc = ew_grid_rate_feed(s->rate[c], pcm, samples, to_track, t, err);
        else
            rc = ew_grid_track_feed(t, pcm, samples, err);
        until = (double)ew_grid_track_seen_until(t) * s->coder[c].scale;
        explained = until > explained ? until : explained;
    }
    return rc;
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
        return ew_inspect__trace(
            out, ew_inspect__frame_grid.id, &t, err,
            "traces of an earlier coding as %s end, and those of one as "
            "%s begin: sound was joined here",
            a->name, b->name);
    return ew_inspect__trace(
        out, ew_inspect__frame_grid.id, &t, err,
        "frames of an earlier coding as %s (%d samples each) begin at "
        "%g before and at %g after: sound was cut out or joined here",
        a->name, a->period / a->fine, (double)j->offset_before / a->fine,
        (double)j->offset_after / a->fine);
}

static ew_code tell_coding(ew_inspection *out, const grid_state *s, int c,
                           const ew_grid_source *source, ew_err *err)
{
    const ew_grid_coder *coder = source->coder;
    ew_grid_sum sum = ew_grid_sum_up(source);
    ew_trace t = {.kind = EW_TRACE_FACT,
                  .start = sum.first,
                  .end = sum.last,
                  .plus_minus = (int64_t)(coder->period * coder->scale),
                  .strength = sum.evidence};

    const char *name = coder->name,
               *then = s->rate[c] ? EW_N(", and resampled since") : "";
    int offset = sum.grids > 1 ? sum.offset % coder->unit : sum.offset;
    int64_t looked_at, seen;
    double percent;

    if (sum.hits == 0)
        return EW_OK;
    ew_grid_track_counts(s->track[c], &looked_at, &seen);
    percent = 100 * (double)seen / (double)(looked_at + !looked_at);
    if (coder->unit < coder->period)
        name = sum.grids > sum.codings ? "Vorbis" : "AAC";
    if (sum.codings > 1)
        return ew_inspect__trace(
            out, ew_inspect__frame_grid.id, &t, err,
            "the sound was coded as %s before%s: %lld frames of %d "
            "samples lie on %d different grids, in %.0f %% of what is "
            "loud enough",
            name, then, (long long)sum.hits, coder->period / coder->fine, sum.codings,
            percent);
    return ew_inspect__trace(
        out, ew_inspect__frame_grid.id, &t, err,
        "the sound was coded as %s before%s: %lld frames of %d samples "
        "lie on one grid that begins at %g, in %.0f %% of what is loud "
        "enough",
        name, then, (long long)sum.hits, coder->period / coder->fine,
        (double)offset / coder->fine, percent);
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
        if (s->track[c])
            rc = tell_coding(out, s, c, &source[c], err);
    }
    for (size_t i = 0; i < joins->count && rc >= 0; i++)
        rc = tell_join(out, s, &joins->list[i], err);
    return rc;
}

/* Has no block of frames been looked at? */
static bool saw_nothing(const grid_state *s)
{
    int64_t all = 0;

    for (int c = 0; c < CODERS; c++) {
        int64_t looked_at = 0, seen;
        if (s->track[c])
            ew_grid_track_counts(s->track[c], &looked_at, &seen);
        all += looked_at;
    }
    return all == 0;
}

/* Where nothing was found although something was there: could it have been? */
static ew_code tell_untested(const grid_state *s, ew_inspection *out, ew_err *err)
{
    if (ew_inspect__nothing(s->most))
        return ew_inspect__told_nothing(out, ew_inspect__frame_grid.id, err);
    if ((double)s->samples < SHORTEST_S * s->rate_hz)
        return ew_inspect__untested(out, ew_inspect__frame_grid.id, err,
                                    "the file is shorter than %.1f s", SHORTEST_S);
    if (saw_nothing(s))
        return ew_inspect__untested(out, ew_inspect__frame_grid.id, err,
                                    "there is too little sound that is loud enough");
    return EW_OK;
}

static ew_code finish(void *state, ew_inspection *out, ew_err *err)
{
    grid_state *s = state;
    ew_grid_source source[CODERS] = {{0}};
    ew_grid_joins joins = {0};
    size_t before = out->trace_count;
    ew_code rc = EW_OK;

    for (int c = 0; c < CODERS; c++) {
        if (!s->track[c])
            continue;
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
    if (rc >= 0 && out->trace_count == before)
        rc = tell_untested(s, out, err);
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
