/* SPDX-License-Identifier: Apache-2.0 */
/* Finds sound that occurs twice in one file, as it was or coded again.
 *
 * Equal words at an equal distance propose a repeat; the wave decides. The same voice saying
 * the same words agrees in the words but not in the wave. A tone or a hum agrees with itself at
 * many distances; a copy at one. */
#include "inspect/copy_move.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "inspect/copy_tell.h"
#include "inspect/copy_words.h"
#include "inspect/nothing.h"

enum {
    HOP = EW_INSPECT__WORD_HOP,
    BUCKET = 16,   /* more common words are not paired with all of their kind */
    NEAREST = 62,  /* words, 1 s: a copy is at least so far from its model */
    VOTES = 3,     /* equal words at one distance ... */
    VOTES_IN = 48, /* ... within so many words */
    TRIES = 20000, /* proposals that are looked at, those with most votes first */
    PROBE = 2000,  /* small samples of the first look, 0.5 s */
    REACH = 80,    /* small samples that the distance may be off */
    PASS_OVER = 3, /* strips */
    STRIP = 200,   /* small samples per step when the repeat is followed to its ends */
    CLEAR = 12,    /* small samples around the best distance that belong to it */
    SPANS = 4000,
    PAIRS = 4000000,
    WORK = 400000000 /* about three seconds */
};

static const double ALIKE = 0.80; /* correlation of a strip that belongs to the copy */
static const double PROBE_ALIKE = 0.7; /* and of the first look */
static const double ONE_PLACE = 0.93;  /* another distance as good as this: a tone */
static const double LEAST_S = 0.3;

typedef struct copy_state {
    ew_inspect__words w;
    uint32_t rate_hz;
    int64_t samples;
    float most;
} copy_state;

typedef struct entry {
    uint32_t word, at;
} entry;

typedef struct pair {
    uint32_t lag, at, votes;
} pair;

typedef ew_inspect__copy span;

typedef struct search {
    const copy_state *s;
    int64_t work; /* small samples that may still be compared */
    pair *pairs;
    size_t count, room;
    span *spans;
    size_t found;
    float level[256];
    float *near; /* scratch of the first look */
} search;

static void stop(void *state)
{
    copy_state *s = state;

    if (!s)
        return;
    ew_inspect__words_release(&s->w);
    ew_free(s);
}

static ew_code start(void **state, const ew_inspect_sound *sound, ew_inspection *out,
                     ew_err *err)
{
    copy_state *s = ew_alloc(sizeof *s);
    ew_code rc;

    (void)out;
    if (!s)
        return ew_fail_nomem(err);
    s->rate_hz = sound->rate_hz;
    rc = ew_inspect__words_init(&s->w, sound->rate_hz, err);
    if (rc < 0)
        stop(s);
    else
        *state = s;
    return rc;
}

static ew_code feed(void *state, const float *pcm, size_t samples, ew_err *err)
{
    copy_state *s = state;

    s->samples += (int64_t)samples;
    s->most = ew_inspect__louder(s->most, pcm, samples);
    return ew_inspect__words_feed(&s->w, pcm, samples, err);
}

static int by_word(const void *pa, const void *pb)
{
    const entry *a = pa, *b = pb;
    int o = (a->word > b->word) - (a->word < b->word);

    return o ? o : (a->at > b->at) - (a->at < b->at);
}

static int by_lag(const void *pa, const void *pb)
{
    const pair *a = pa, *b = pb;
    int o = (a->lag > b->lag) - (a->lag < b->lag);

    return o ? o : (a->at > b->at) - (a->at < b->at);
}

static int by_votes(const void *pa, const void *pb)
{
    const pair *a = pa, *b = pb;
    int o = (a->votes < b->votes) - (a->votes > b->votes);

    return o ? o : by_lag(pa, pb);
}

static ew_code add_pair(search *f, uint32_t at, uint32_t later, ew_err *err)
{
    if (f->count == PAIRS)
        return EW_OK;
    if (f->count == f->room) {
        size_t room = f->room ? 2 * f->room : 1024;
        pair *more = ew_realloc_array(f->pairs, room, sizeof *more);

        if (!more)
            return ew_fail_nomem(err);
        f->pairs = more;
        f->room = room;
    }
    f->pairs[f->count++] = (pair){.lag = later - at, .at = at};
    return EW_OK;
}

/* Common words, as loops have them, are paired with their next occurrence only. */
static ew_code pair_up(search *f, const entry *e, size_t n, ew_err *err)
{
    for (size_t i = 0, next = 0; i < n; i++) {
        size_t last = n;

        while (next < n && e[next].at - e[i].at < NEAREST)
            next++;
        if (n > BUCKET && next < n)
            last = next + 1;
        for (size_t j = next; j < last; j++) {
            ew_code rc = add_pair(f, e[i].at, e[j].at, err);

            if (rc < 0)
                return rc;
        }
    }
    return EW_OK;
}

/* All pairs of equal words. */
static ew_code find_pairs(search *f, ew_err *err)
{
    size_t n = f->s->w.words.len / sizeof(uint32_t), count = 0;
    entry *e = ew_alloc_array(n + 1, sizeof *e);
    ew_code rc = EW_OK;

    if (!e)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < n; i++) {
        uint32_t word;

        memcpy(&word, f->s->w.words.data + i * sizeof word, sizeof word);
        if (word != EW_INSPECT__NO_WORD)
            e[count++] = (entry){.word = word, .at = (uint32_t)i};
    }
    if (count > 1)
        qsort(e, count, sizeof *e, by_word);
    for (size_t i = 0, j; i < count && rc >= 0; i = j) {
        for (j = i + 1; j < count && e[j].word == e[i].word; j++)
            ;
        if (j - i > 1)
            rc = pair_up(f, e + i, j - i, err);
    }
    ew_free(e);
    return rc;
}

/* Keeps one pair per run of at least VOTES close together at one distance. */
static void count_votes(search *f)
{
    size_t kept = 0;

    if (f->count > 1)
        qsort(f->pairs, f->count, sizeof *f->pairs, by_lag);
    for (size_t i = 0, j; i < f->count; i = j) {
        pair p = f->pairs[i];

        for (j = i + 1; j < f->count && f->pairs[j].lag == p.lag &&
                        f->pairs[j].at - f->pairs[j - 1].at <= VOTES_IN / VOTES;
             j++)
            ;
        p.votes = (uint32_t)(j - i);
        /* The middle of the run is safest inside the repeat. */
        p.at = f->pairs[i + (j - i) / 2].at;
        if (p.votes >= VOTES)
            f->pairs[kept++] = p;
    }
    f->count = kept;
    if (kept > 1)
        qsort(f->pairs, kept, sizeof *f->pairs, by_votes);
    if (f->count > TRIES)
        f->count = TRIES;
}

static float value(const search *f, int64_t i)
{
    return f->level[(int8_t)f->s->w.wave.data[i] + 128];
}

/* Weights of the four samples around a fraction (Catmull and Rom). */
static void weights(double u, double w[4])
{
    w[0] = 0.5 * (-u + 2 * u * u - u * u * u);
    w[1] = 0.5 * (2 - 5 * u * u + 3 * u * u * u);
    w[2] = 0.5 * (u + 4 * u * u - 3 * u * u * u);
    w[3] = 0.5 * (-u * u + u * u * u);
}

/* Normalised correlation of n small samples from a with those `lag` later. */
static double correlation(search *f, int64_t a, double lag, int64_t n)
{
    double ab = 0, aa = 1e-12, bb = 1e-12, w[4];
    int64_t whole = (int64_t)floor(lag), b = a + whole;

    if (b < 1 || b + n + 2 > (int64_t)f->s->w.wave.len)
        return 0;
    f->work -= n;
    weights(lag - (double)whole, w);
    for (int64_t i = 0; i < n; i++) {
        double x = (double)value(f, a + i), y = 0;

        for (int64_t k = 0; k < 4; k++)
            y += w[k] * (double)value(f, b + i + k - 1);
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    return ab / sqrt(aa * bb);
}

/* The fraction by which the peak of three neighbours is off the middle one. */
static double off_middle(double left, double middle, double right)
{
    double bend = left - 2 * middle + right;

    return bend < 0 ? 0.5 * (left - right) / bend : 0;
}

/* The distance near `lag` at which PROBE samples from `at` agree best; false when they do not
 * agree, or agree nearly as well elsewhere. */
static bool probe(search *f, int64_t at, double *lag)
{
    float *x = f->near, *y = f->near + PROBE, sums[2 * REACH + 1], best = 0, other = 0;
    double xx = 1e-12;
    int where = 0;

    for (int i = 0; i < PROBE; i++) {
        x[i] = value(f, at + i);
        xx += (double)(x[i] * x[i]);
    }
    for (int i = 0; i < PROBE + 2 * REACH; i++)
        y[i] = value(f, at + (int64_t)*lag - REACH + i);
    for (int d = 0; d <= 2 * REACH; d++) {
        float part[8] = {0}, square[8] = {0}, xy = 0, yy = 1e-12f;

        for (int i = 0; i + 8 <= PROBE; i += 8) {
            for (int k = 0; k < 8; k++) {
                part[k] += x[i + k] * y[i + d + k];
                square[k] += y[i + d + k] * y[i + d + k];
            }
        }
        for (int k = 0; k < 8; k++) {
            xy += part[k];
            yy += square[k];
        }
        sums[d] = (float)((double)xy / sqrt(xx * (double)yy));
        if (sums[d] > best) {
            best = sums[d];
            where = d;
        }
    }
    for (int d = 0; d <= 2 * REACH; d++)
        if (abs(d - where) > CLEAR)
            other = fmaxf(other, sums[d]);
    *lag += where - REACH;
    if (where > 0 && where < 2 * REACH)
        *lag +=
            off_middle((double)sums[where - 1], (double)best, (double)sums[where + 1]);
    return (double)best > PROBE_ALIKE && (double)(other / best) < ONE_PLACE;
}

/* Follows the repeat from `at` in steps of STRIP (or -STRIP) while it agrees; a few strips that
 * do not are passed over when it goes on after them. */
static int64_t follow(search *f, int64_t at, double lag, int64_t step)
{
    int64_t good = at;

    for (int bad = 0; bad <= PASS_OVER; at += step) {
        int64_t from = step > 0 ? at : at + step;

        if (from < 0)
            break;
        if (correlation(f, from, lag, STRIP) < ALIKE) {
            bad++;
        } else {
            bad = 0;
            good = at + step;
        }
    }
    return good;
}

static bool known(const search *f, int64_t at, double lag)
{
    for (size_t i = 0; i < f->found; i++)
        if (fabs(f->spans[i].lag - lag) <= 2 * HOP && at > f->spans[i].at - PROBE &&
            at < f->spans[i].end)
            return true;
    return false;
}

static void try_pair(search *f, const pair *p)
{
    int64_t at = (int64_t)p->at * HOP + HOP * 8 - PROBE / 2;
    double lag = (double)p->lag * HOP, seconds;
    int64_t end = (int64_t)f->s->w.wave.len, middle;
    span one;

    if (at < 0 || at + (int64_t)lag - REACH < 0 ||
        at + (int64_t)lag + PROBE + REACH > end || known(f, at, lag))
        return;
    if (!probe(f, at, &lag))
        return;
    middle = at + PROBE / 2;
    one.at = follow(f, middle, lag, -STRIP);
    one.end = follow(f, middle, lag, STRIP);
    one.lag = lag;
    one.alike = correlation(f, one.at, lag, one.end - one.at);
    seconds = (double)((one.end - one.at) * (int64_t)f->s->w.down) / f->s->rate_hz;
    one.strength = seconds * -log10(1 - fmin(one.alike, 0.999));
    if (seconds >= LEAST_S && one.alike > ALIKE)
        f->spans[f->found++] = one;
}

static ew_code finish(void *state, ew_inspection *out, ew_err *err)
{
    copy_state *s = state;
    search f = {.s = s, .work = WORK};
    ew_inspect__copies found;
    ew_code rc = ew_inspect__words_finish(&s->w, err);

    if (rc < 0)
        return rc;
    if (s->samples < 3 * (int64_t)s->rate_hz)
        return ew_inspect__untested(out, ew_inspect__copy_move.id, err,
                                    "the file is shorter than 3 s");
    if (ew_inspect__nothing(s->most))
        return ew_inspect__told_nothing(out, ew_inspect__copy_move.id, err);
    f.near = ew_alloc_array(2 * PROBE + 2 * REACH, sizeof *f.near);
    f.spans = ew_alloc_array(SPANS, sizeof *f.spans);
    if (!f.near || !f.spans) {
        rc = ew_fail_nomem(err);
        goto out;
    }
    ew_inspect__words_levels(f.level);
    rc = find_pairs(&f, err);
    if (rc < 0)
        goto out;
    count_votes(&f);
    for (size_t i = 0; i < f.count && f.found < SPANS && f.work > 0; i++)
        try_pair(&f, &f.pairs[i]);
    found = (ew_inspect__copies){.list = f.spans,
                                 .count = f.found,
                                 .words = &s->w,
                                 .level = f.level,
                                 .rate_hz = s->rate_hz,
                                 .samples = s->samples};
    rc = ew_inspect__copies_tell(&found, out, err);
    if (rc >= 0 && (f.work <= 0 || s->w.full))
        rc = ew_inspect__untested(
            out, ew_inspect__copy_move.id, err,
            s->w.full ? "the file is longer than 12 h: what comes later"
                      : "so much of it repeats that not all was looked at");
out:
    ew_free(f.near);
    ew_free(f.spans);
    ew_free(f.pairs);
    return rc;
}

const ew_inspect__method ew_inspect__copy_move = {
    .id = "copy-move",
    .want = EW_INSPECT__MONO,
    .start = start,
    .feed = feed,
    .finish = finish,
    .free = stop,
};
