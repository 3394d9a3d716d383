/* SPDX-License-Identifier: Apache-2.0 */
/* A repeat is a sign of change in speech. Music repeats by itself: files made of loops, and
 * notes that a machine plays twice, are facts. */
#include "inspect/copy_tell.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "inspect/copy_move.h"
#include "inspect/steady.h"

enum {
    LOOPS_PLACES = 6,
    MUSIC_BESIDE = 12000, /* small samples, 3 s, heard on either side of a repeat */
    MUSIC_MOST = 64000
};

static const double LEAST = 0.4; /* weaker is not told */
static const double MUSIC = 0.6; /* notes held so long: the sound repeats by itself */
static const double LOOPS = 0.4; /* a file of which this share repeats is made of loops */

typedef ew_inspect__copy span;

static int by_strength(const void *pa, const void *pb)
{
    const span *a = pa, *b = pb;
    int o = (a->strength < b->strength) - (a->strength > b->strength);

    return o ? o : (a->at > b->at) - (a->at < b->at);
}

/* Does a stronger span before spans[i] explain the same later sound? */
static bool repeated(const ew_inspect__copies *f, size_t i)
{
    const span *s = &f->list[i];

    for (size_t k = 0; k < i; k++) {
        const span *o = &f->list[k];
        double from = fmax((double)o->at + o->lag, (double)s->at + s->lag);
        double to = fmin((double)o->end + o->lag, (double)s->end + s->lag);

        if (to - from > 0.5 * (double)(s->end - s->at))
            return true;
    }
    return false;
}

/* Is what repeats made of notes? */
static ew_code is_music(const ew_inspect__copies *f, const span *s, bool *music,
                        ew_err *err)
{
    int64_t end = (int64_t)f->words->wave.len, from = s->at - MUSIC_BESIDE;
    int64_t to = s->end + MUSIC_BESIDE;
    double steady = 0;
    float *x;
    ew_code rc;

    from = from > 0 ? from : 0;
    to = to < end ? to : end;
    to = to - from < MUSIC_MOST ? to : from + MUSIC_MOST;
    x = ew_alloc_array((size_t)(to - from), sizeof *x);
    if (!x)
        return ew_fail_nomem(err);
    for (int64_t i = from; i < to; i++)
        x[i - from] = f->level[(int8_t)f->words->wave.data[i] + 128];
    rc = ew_inspect__steady(x, (size_t)(to - from), &steady, err);
    *music = steady >= MUSIC;
    ew_free(x);
    return rc;
}

static ew_code tell_span(const ew_inspect__copies *f, const span *s, size_t musical,
                         ew_inspection *out, ew_err *err)
{
    double rate = f->rate_hz, down = (double)f->words->down;
    double from = (double)s->at * down / rate, to = (double)s->end * down / rate;
    ew_trace t = {.strength = s->strength, .plus_minus = f->rate_hz / 20};

    t.start = (int64_t)(((double)s->at + s->lag) * down);
    t.end = (int64_t)(((double)s->end + s->lag) * down);
    if (musical == 0) {
        t.kind = EW_TRACE_CHANGE;
        return ew_inspect__trace(
            out, ew_inspect__copy_move.id, &t, err,
            "the same sound as from %.2f to %.2f s, not only the same words: "
            "the waves agree to %.1f %%; one is a copy of the other",
            from, to, 100 * s->alike);
    }
    t.kind = EW_TRACE_FACT;
    return ew_inspect__trace(
        out, ew_inspect__copy_move.id, &t, err,
        "the same sound as from %.2f to %.2f s, repeated as in music (the clearest of "
        "%zu): "
        "the waves agree to %.1f %%; a copy put in would look the same",
        from, to, musical, 100 * s->alike);
}

/* Repeats of notes are told once. */
static ew_code tell_spans(const ew_inspect__copies *f, ew_inspection *out, ew_err *err)
{
    const span *first = NULL;
    size_t musical = 0;
    ew_code rc = EW_OK;

    for (size_t i = 0; i < f->count && rc >= 0; i++) {
        const span *s = &f->list[i];
        bool music = false;

        if (s->strength < LEAST || repeated(f, i))
            continue;
        rc = is_music(f, s, &music, err);
        if (rc >= 0 && !music)
            rc = tell_span(f, s, 0, out, err);
        if (rc < 0 || !music)
            continue;
        first = first ? first : s;
        musical++;
    }
    if (rc >= 0 && first)
        rc = tell_span(f, first, musical, out, err);
    return rc;
}

ew_code ew_inspect__copies_tell(const ew_inspect__copies *f, ew_inspection *out,
                                ew_err *err)
{
    double rate = f->rate_hz, down = (double)f->words->down, covered = 0;
    size_t places = 0;

    if (f->count > 1)
        qsort(f->list, f->count, sizeof *f->list, by_strength);
    for (size_t i = 0; i < f->count; i++) {
        if (repeated(f, i))
            continue;
        covered += (double)(f->list[i].end - f->list[i].at) * down;
        places +=
            f->list[i].end - f->list[i].at > (int64_t)f->list[i].lag ? LOOPS_PLACES : 1;
    }
    if (places >= LOOPS_PLACES && covered > LOOPS * (double)f->samples) {
        ew_trace t = {
            .kind = EW_TRACE_FACT, .end = f->samples, .strength = covered / rate};

        return ew_inspect__trace(
            out, ew_inspect__copy_move.id, &t, err,
            "%.0f s of the file are the same sound again, as in music made of "
            "loops",
            covered / rate);
    }
    return tell_spans(f, out, err);
}
