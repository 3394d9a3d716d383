/* SPDX-License-Identifier: Apache-2.0 */
/* Likelihood ratios from histograms of agreement and level. */
#include "compare/evidence.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/sort.h"
#include "compare/matcher.h"
#include "earwitness/fingerprint.h"

enum {
    LOUDNESSES = 6, /* classes of 10 dB by the level in A */
    QUIET = 4,      /* from this class on: 40 dB below the loud parts */
    AGREEMENTS = 24,
    LEVELS = 25, /* classes of 3 dB of the level in B against that in A */
    HALF = EW_CMP_SPAN / 2,
    FRAMES_PER_SECOND = EW_FP_RATE_HZ / EW_CMP_HOP,
    INNER = FRAMES_PER_SECOND / 4, /* frames next to an end of a line teach nothing */
    LESSON = FRAMES_PER_SECOND,    /* frames in one lesson by chance */
    LESSONS = 64
};

static const float duck_db = 18;

/* One window: 28 ms around a frame. */
typedef struct window {
    float agreement; /* -1..1 */
    float level_db;  /* of B over A */
    float loud_db;   /* of A */
} window;

typedef struct histogram {
    float agreement[LOUDNESSES][AGREEMENTS];
    float level[LOUDNESSES][LEVELS];
} histogram;

typedef struct model {
    ew_matcher matcher;
    float top_db;  /* loud sound in A */
    float gain_db; /* median of B over A */
    histogram same, chance;
    float by_agreement[LOUDNESSES][AGREEMENTS]; /* nats */
    float by_level[LOUDNESSES][LEVELS];
} model;

static window window_at(const ew_sums *s, size_t n, size_t f)
{
    size_t lo = f > HALF ? f - HALF : 0;
    size_t hi = f + HALF + 1 < n ? f + HALF + 1 : n;
    float bb = 1e-9f, aa = 1e-9f, ba = 0;

    for (size_t i = lo; i < hi; i++) {
        bb += s[i].bb;
        aa += s[i].aa;
        ba += s[i].ba;
    }
    return (window){ba / sqrtf(bb * aa), 10 * log10f(bb / aa), 10 * log10f(aa)};
}

static int in_class(float x, int classes)
{
    return x < 0 ? 0 : x >= (float)classes ? classes - 1 : (int)x;
}

static int loud_class(const model *m, const window *w)
{
    return in_class((m->top_db - w->loud_db) / 10, LOUDNESSES);
}

static int agreement_class(const window *w)
{
    return in_class((w->agreement + 1) * (AGREEMENTS / 2), AGREEMENTS);
}

static int level_class(const model *m, const window *w)
{
    return in_class((w->level_db - m->gain_db) / 3 + LEVELS / 2.0f, LEVELS);
}

/* Nothing at all in one where the other has sound. No coder does that, and a blanked stretch
 * within a line must not teach that it belongs there. */
static bool blanked(const model *m, const window *w)
{
    float a = w->loud_db - m->top_db, b = a + w->level_db - m->gain_db;

    return (a > -10 * QUIET && b < -70) || (b > -10 * QUIET && a < -70);
}

/* Loud speech of one that is all but gone in the other: turned down by hand, not by a coder. */
static bool ducked(const model *m, const window *w)
{
    float a = w->loud_db - m->top_db, b = a + w->level_db - m->gain_db;

    return fabsf(a - b) > duck_db && fmaxf(a, b) > -20;
}

static void learn(histogram *h, const model *m, const ew_sums *s, size_t n, size_t from,
                  size_t to)
{
    for (size_t f = from; f < to; f++) {
        window w = window_at(s, n, f);
        int loud = loud_class(m, &w);

        if (blanked(m, &w) || ducked(m, &w))
            continue;
        h->agreement[loud][agreement_class(&w)]++;
        h->level[loud][level_class(m, &w)]++;
    }
}

/* ------------------------------------------------------------------ what is learned */

/* Frames of a line that surely lie inside of it. */
static bool inner(const ew_cline *l, size_t *from, size_t *to)
{
    int64_t lo = l->from / EW_CMP_HOP + INNER - l->first;
    int64_t hi = l->to / EW_CMP_HOP - INNER - l->first;

    *from = lo < 0 ? 0 : (size_t)lo;
    *to = hi < 0 ? 0 : (size_t)hi;
    return *to > *from;
}

typedef enum measured { LOUDNESS, GAIN } measured;

/* Values of every step-th window inside the lines, as many as there are. */
static size_t collect(const model *m, const ew_clines *l, size_t step, measured what,
                      float *value)
{
    size_t n = 0, from, to;

    for (size_t i = 0; i < l->count; i++) {
        const ew_cline *c = &l->items[i];

        if (!c->wave || !inner(c, &from, &to))
            continue;
        for (size_t f = from; f < to; f += step) {
            window w = window_at(c->sums, (size_t)(c->end - c->first), f);

            if (what == LOUDNESS)
                value[n++] = w.loud_db;
            else if (w.loud_db > m->top_db - 30)
                value[n++] = w.level_db;
        }
    }
    return n;
}

/* Level and gain of the pair, from about `room` windows inside the lines. */
static void measure(model *m, const ew_clines *l, float *value, size_t room)
{
    size_t total = 0, n, step, from, to;

    for (size_t i = 0; i < l->count; i++)
        if (l->items[i].wave && inner(&l->items[i], &from, &to))
            total += to - from;
    step = total / room + 1;
    n = collect(m, l, step, LOUDNESS, value);
    ew_sort_floats(value, n);
    m->top_db = n > 0 ? value[n * 95 / 100] : 0;
    n = collect(m, l, step, GAIN, value);
    ew_sort_floats(value, n);
    m->gain_db = n > 0 ? value[n / 2] : 0;
}

/* The same sound of B beside other places of A. */
static ew_code learn_chance(model *m, const ew_clines *l, const ew_pair *p, ew_err *err)
{
    static const double shifts[] = {1.237, -1.711, 2.533, -3.119};
    ew_sums *s = ew_alloc_array(LESSON, sizeof(*s));
    size_t total = 0, every, from, to, count = 0;

    if (s == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < l->count; i++)
        if (inner(&l->items[i], &from, &to))
            total += to - from;
    every = total / LESSONS + LESSON;
    for (size_t i = 0; i < l->count; i++) {
        const ew_cline *c = &l->items[i];

        if (!c->wave || !inner(c, &from, &to))
            continue;
        for (size_t f = from; f + LESSON <= to; f += every)
            for (int k = 0; k < 2; k++) {
                double shift = shifts[count++ % 4] * EW_FP_RATE_HZ;

                ew_matcher_sums(&m->matcher, c, p,
                                (const int64_t[2]){c->first + (int64_t)f, LESSON}, shift,
                                s);
                learn(&m->chance, m, s, LESSON, 0, LESSON);
            }
    }
    ew_free(s);
    return EW_OK;
}

/* log(same / chance) per class. What a class has not seen often is taken from all classes of
 * loudness together, and from a mild general expectation. */
static void ratios(const float *same, const float *chance, int classes, float *out)
{
    for (int loud = 0; loud < LOUDNESSES; loud++) {
        float total_same = 0, total_chance = 0;

        for (int k = 0; k < classes; k++) {
            total_same += same[loud * classes + k];
            total_chance += chance[loud * classes + k];
        }
        for (int k = 0; k < classes; k++) {
            float p = (same[loud * classes + k] + 2) / (total_same + 2 * (float)classes);
            float q =
                (chance[loud * classes + k] + 2) / (total_chance + 2 * (float)classes);

            out[loud * classes + k] = logf(p / q);
        }
    }
}

static ew_code learn_model(model *m, const ew_clines *l, const ew_pair *p, ew_err *err)
{
    enum { ROOM = 1 << 16 };
    float *value = ew_alloc_array(2 * ROOM, sizeof(*value));
    size_t from, to;
    ew_code rc;

    if (value == NULL)
        return ew_fail_nomem(err);
    measure(m, l, value, ROOM);
    ew_free(value);
    for (size_t i = 0; i < l->count; i++) {
        const ew_cline *c = &l->items[i];

        if (c->wave && inner(c, &from, &to))
            learn(&m->same, m, c->sums, (size_t)(c->end - c->first), from, to);
    }
    rc = learn_chance(m, l, p, err);
    ratios(&m->same.agreement[0][0], &m->chance.agreement[0][0], AGREEMENTS,
           &m->by_agreement[0][0]);
    ratios(&m->same.level[0][0], &m->chance.level[0][0], LEVELS, &m->by_level[0][0]);
    return rc;
}

/* ------------------------------------------------------------------ weighing */

static float clamp(float x, float most)
{
    return x > most ? most : x < -most ? -most : x;
}

static void weigh_wave(ew_cline *c, const model *m)
{
    size_t n = (size_t)(c->end - c->first);

    for (size_t f = 0; f < n; f++) {
        window w = window_at(c->sums, n, f);
        int loud = loud_class(m, &w);
        float nats = clamp(m->by_agreement[loud][agreement_class(&w)], 5) +
                     clamp(m->by_level[loud][level_class(m, &w)], 3);

        if (blanked(m, &w) || ducked(m, &w))
            nats = -4;
        /* What both have only noise of their coders in says nothing against a line. */
        if (nats < 0 && loud >= QUIET && fabsf(w.level_db - m->gain_db) < 8)
            nats = 0;
        /* Windows overlap, and what they hold is not independent. */
        c->weight[f] = nats / (1.4f * EW_CMP_SPAN);
    }
}

/* Where only spectra agree, what `align` said has to do. */
static void weigh_flat(ew_cline *c)
{
    for (int64_t f = c->first; f < c->end; f++) {
        bool in = f >= c->from / EW_CMP_HOP && f < c->to / EW_CMP_HOP;

        c->weight[f - c->first] = in ? 0.15f : -0.3f;
    }
}

ew_code ew_evidence_weigh(ew_clines *l, const ew_pair *p, ew_err *err)
{
    model *m = ew_alloc(sizeof(*m));
    ew_code rc =
        m == NULL ? ew_fail_nomem(err) : ew_matcher_learn(&m->matcher, l, p, err);

    for (size_t i = 0; i < l->count && rc == EW_OK; i++) {
        ew_cline *c = &l->items[i];
        size_t n = (size_t)(c->end - c->first);

        c->sums = ew_alloc_array(n, sizeof(*c->sums));
        c->weight = ew_alloc_array(n, sizeof(*c->weight));
        if (c->sums == NULL || c->weight == NULL)
            rc = ew_fail_nomem(err);
        else
            ew_matcher_sums(&m->matcher, c, p, (const int64_t[2]){c->first, (int64_t)n},
                            0, c->sums);
    }
    if (rc == EW_OK)
        rc = learn_model(m, l, p, err);
    for (size_t i = 0; i < l->count && rc == EW_OK; i++) {
        if (l->items[i].wave)
            weigh_wave(&l->items[i], m);
        else
            weigh_flat(&l->items[i]);
    }
    if (m != NULL)
        ew_matcher_release(&m->matcher);
    ew_free(m);
    return rc;
}
