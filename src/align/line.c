/* SPDX-License-Identifier: Apache-2.0 */
/* Scoring a line against the archive's words, and finding its exact course.
 *
 * Agreement per bit is +1 where clip and source agree and -1 where not, weighted by how
 * certain the clip's bit is. Neighbouring bits and frames say partly the same, so evidence
 * is divided by REDUNDANCY; see docs/decisions/alignment.md for its measurement. */
#include "align/line.h"

#include <math.h>
#include <string.h>

#include "align/look.h"
#include "base/alloc.h"

#define REDUNDANCY 8.0
#define PLAIN_CLEAR_Z 60.0 /* from here on only tempos close to 1 are tried */
#define FAINT_Z 16.0       /* followed lines below this are mostly chance */

enum { RATE = EW_FP_RATE_HZ };

bool ew_line_holds(const ew_line *l, uint32_t rec, double clip, double source,
                   double slack)
{
    return l->rec == rec && clip >= (double)l->from - RATE &&
           clip <= (double)l->to + RATE &&
           fabs(ew_line_source(l, clip) - source) <= slack;
}

ew_code ew_scene_view(ew_scene *s, int pitch, bool weights, const ew_clip_view **out,
                      ew_err *err)
{
    ew_clip_view **v = &s->views[pitch + EW_PITCH_CELLS];
    ew_code rc = EW_OK;

    if (!*v)
        rc = ew_clip_view_new(v, s->clip, pitch, err);
    if (rc == EW_OK && weights)
        rc = ew_clip_view_weigh(*v, err);
    *out = *v;
    return rc;
}

void ew_scene_release(ew_scene *s)
{
    for (size_t i = 0; i < 2 * EW_PITCH_CELLS + 1; i++) {
        ew_clip_view_free(s->views[i]);
        s->views[i] = NULL;
    }
}

double ew_line_evidence(double agreement, double power, double mean)
{
    return (mean * agreement - 0.5 * mean * mean * power) / REDUNDANCY;
}

/* ------------------------------------------------------------------ walking along a line */

/* Source frames first..last - 1 and the clip frame of each. */
typedef struct walk {
    const uint32_t *words;
    int64_t first, last;
    ew_steps steps; /* rounding included */
} walk;

/* The part of the line between two clip samples that exists in both recordings. */
static walk walk_between(const ew_scene *s, const ew_clip_view *v, const ew_line *l,
                         double from, double to)
{
    walk w;
    int64_t frames = ew_index_frames(s->index, l->rec);
    double low = from > 0 ? from : 0, high = to, at;
    double end = (double)(v->frames - 1) * EW_CLIP_HOP;

    if (high > end)
        high = end;
    w.words = ew_index_words(s->index, l->rec);
    w.first = (int64_t)ceil(ew_line_source(l, low) / EW_FP_HOP);
    w.last = (int64_t)ceil(ew_line_source(l, high) / EW_FP_HOP);
    if (w.first < 0)
        w.first = 0;
    if (w.last > frames)
        w.last = frames;
    if (w.last < w.first)
        w.last = w.first;
    at = ew_line_clip(l, (double)w.first * EW_FP_HOP) / EW_CLIP_HOP + 0.5;
    w.steps.at = at > 0 ? (uint64_t)(at * EW_STEP_ONE) : 0;
    w.steps.step = (uint64_t)((double)EW_CLIP_STEP * EW_STEP_ONE / fabs(l->tempo));
    return w;
}

static size_t walk_frame(const walk *w, int64_t j)
{
    return (size_t)((w->steps.at + (uint64_t)(j - w->first) * w->steps.step) >> 32);
}

/* Equal minus different bits along the walk. */
static int64_t count_agreement(const ew_clip_view *v, const walk *w)
{
    size_t n = (size_t)(w->last - w->first);

    if (n == 0)
        return 0;
    return 32 * (int64_t)n -
           2 * (int64_t)ew_look_differ(v, w->steps, w->words + w->first, n);
}

static double weighted_agreement(const ew_clip_view *v, const walk *w)
{
    double sum = 0;

    for (int64_t j = w->first; j < w->last; j++)
        sum += (double)ew_clip_agreement(v, walk_frame(w, j), w->words[j]);
    return sum;
}

/* ------------------------------------------------------------------ first look */

/* Looks around the reference point. False, and the line is unchanged: its best stretch is not
 * above `least`. */
static bool look(const ew_scene *s, const ew_clip_view *v, ew_line *l, double least)
{
    double half = 0.5 * EW_LOOK_FRAMES * EW_FP_HOP;
    walk w = walk_between(s, v, l, l->clip - half, l->clip + half);
    double start = ew_line_clip(l, (double)w.first * EW_FP_HOP);
    double per = EW_FP_HOP / l->tempo * EW_LOOK_BIN;
    int16_t sum[EW_LOOK_BINS];
    size_t n = (size_t)(w.last - w.first);
    ew_look best;

    ew_look_bins(v, w.steps, w.words + w.first, n < EW_LOOK_FRAMES ? n : EW_LOOK_FRAMES,
                 sum);
    best = ew_look_best(sum, least);
    if (best.z <= least)
        return false;
    l->from = (int64_t)(start + best.from * per);
    l->to = (int64_t)(start + best.to * per);
    l->z = best.z;
    l->mean = best.z / sqrt((best.to - best.from) * EW_LOOK_BIN * 32.0);
    return true;
}

double ew_line_plain_z(const ew_scene *s, const ew_clip_view *view, const ew_line *l,
                       int64_t from, int64_t to)
{
    walk w = walk_between(s, view, l, (double)from, (double)to);
    double bits = 32 * (double)(w.last - w.first);

    return bits > 0 ? (double)count_agreement(view, &w) / sqrt(bits) : 0;
}

bool ew_line_verify(const ew_scene *s, const ew_clip_view *view, double least, ew_line *l)
{
    static const int shift[] = {-2, -1, 1, 2};
    ew_line best = *l;

    if (!look(s, view, &best, EW_LOOK_FLOOR < least ? EW_LOOK_FLOOR : least))
        return false;
    for (size_t i = 0; i < 4; i++) {
        ew_line other = *l;

        other.source += shift[i] * EW_CLIP_HOP;
        if (look(s, view, &other, best.z > least ? best.z : least))
            best = other;
    }
    *l = best;
    return best.z > least;
}

/* ------------------------------------------------------------------ exact course */

/* Tries the tempos that a changed speed may have. An unchanged or a plainly resampled one
 * is preferred unless another is clearly better: a short stretch says little about tempo. */
static void find_tempo(const ew_scene *s, const ew_clip_view *v, ew_line *l)
{
    const double natural = pow(EW_CELL_RATIO, l->pitch), handicap = 2.0;
    double most = 0, middle = 0.5 * (double)(l->from + l->to);
    ew_line best;

    l->source = ew_line_source(l, middle);
    l->clip = middle;
    best = *l;
    for (int k = -7; k <= 7; k++) {
        double tempos[2] = {1.0 + 0.016 * k, natural * (1.0 + 0.006 * k)};
        double price = k == 0 ? 0 : handicap;

        for (int i = 0; i < 2; i++) {
            ew_line other = *l;

            if ((i == 1 && (l->pitch == 0 || k < -1 || k > 1)) || tempos[i] < 0.86 ||
                tempos[i] > 1.16)
                continue;
            other.tempo = tempos[i];
            if (look(s, v, &other, most + price)) {
                most = other.z - price;
                best = other;
            }
        }
    }
    *l = best;
}

/* Best position and tempo near the present ones on the present support. */
static void tune(const ew_scene *s, const ew_clip_view *v, ew_line *l, double drift,
                 double move)
{
    double middle = 0.5 * (double)(l->from + l->to);
    double half = 0.5 * (double)(l->to - l->from) + 1;
    ew_line best, base = *l;
    double most = -1e30;

    base.source = ew_line_source(l, middle);
    base.clip = middle;
    best = base;
    for (int k = 0; k<25; k += drift> 0 ? 1 : 5) {
        static const int order[5] = {0, -1, 1, -2, 2};
        ew_line other = base;
        walk w;
        double sum;

        other.tempo += order[k % 5] * drift / half;
        other.source += order[k / 5] * move;
        w = walk_between(s, v, &other, (double)l->from, (double)l->to);
        sum = (double)count_agreement(v, &w);
        if (sum > most) {
            most = sum;
            best = other;
        }
    }
    *l = best;
}

/* Follows the line from `at` in one direction until evidence has dropped well below its
 * best; returns the clip sample of that best. */
static double follow(const ew_scene *s, const ew_clip_view *v, const ew_line *l,
                     double at, double limit, double mean)
{
    const double give_up = 20;
    bool back = limit < at;
    walk w = walk_between(s, v, l, back ? limit : at, back ? at : limit);
    double sum = 0, best = 0, end = at;

    for (int64_t i = 0; i < w.last - w.first; i++) {
        int64_t j = back ? w.last - 1 - i : w.first + i;
        size_t f = walk_frame(&w, j);

        sum += ew_line_evidence((double)ew_clip_agreement(v, f, w.words[j]),
                                (double)v->power[f], mean);
        if (sum > best) {
            best = sum;
            end = ew_line_clip(l, (double)(j + !back) * EW_FP_HOP);
        }
        if (sum < best - give_up)
            break;
    }
    return end;
}

static void measure(const ew_scene *s, const ew_clip_view *v, ew_line *l)
{
    walk w = walk_between(s, v, l, (double)l->from, (double)l->to);
    double sum = weighted_agreement(v, &w), power = 1e-9;

    for (int64_t j = w.first; j < w.last; j++)
        power += (double)v->power[walk_frame(&w, j)];
    l->z = sum / sqrt(power);
    l->mean = sum / power;
}

/* Extends the support to at most `reach` samples around the middle. A line that was found in
 * a clear spot of a noisy clip goes on where it agrees less; so lower expectations are tried
 * too and the least likely result by chance is taken. True: it grew. */
static bool extend(const ew_scene *s, const ew_clip_view *v, ew_line *l, double reach)
{
    static const double share[] = {1, 0.55, 0.3};
    double middle = 0.5 * (double)(l->from + l->to);
    int64_t length = l->to - l->from;
    ew_line best;

    measure(s, v, l);
    best = *l;
    for (size_t i = 0; i < 3; i++) {
        ew_line other = *l;
        double mean = share[i] * l->mean > 0.1 ? share[i] * l->mean : 0.1;

        other.from = (int64_t)follow(s, v, l, middle, middle - reach, mean);
        other.to = (int64_t)follow(s, v, l, middle, middle + reach, mean);
        measure(s, v, &other);
        if (other.z > best.z)
            best = other;
    }
    *l = best;
    return l->to - l->from > length;
}

/* Follows on growing windows; with `drift` 0 the tempo stays as it is. */
static void grow(const ew_scene *s, const ew_clip_view *v, ew_line *l, double drift)
{
    double whole = (double)v->frames * EW_CLIP_HOP;

    for (double reach = RATE; reach < 4 * whole; reach *= 2) {
        tune(s, v, l, drift, 0.004 * RATE);
        if (!extend(s, v, l, reach) && reach > (l->z < FAINT_Z ? RATE : 4 * RATE))
            break;
    }
}

/* Follows with any tempo. False: a first look at all of them gives no reason to. A line that is
 * as faint as chance is only given another tempo that it shows at once; of 1,400 such lines
 * without, seven came out clearer, none of them right. */
static bool grow_free(const ew_scene *s, const ew_clip_view *v, double plain_z,
                      ew_line *l)
{
    find_tempo(s, v, l);
    if (l->tempo == 1 && plain_z < FAINT_Z)
        return false;
    grow(s, v, l, 0.004 * RATE);
    tune(s, v, l, 0.002 * RATE, 0.002 * RATE);
    return true;
}

/* A stretch says less about its tempo the shorter and noisier it is, and an unchanged tempo
 * is by far the most likely one: another must explain clearly more. */
void ew_line_refine(const ew_scene *s, const ew_clip_view *view, ew_line *l)
{
    ew_line plain = *l, free = *l;
    bool other;

    grow(s, view, &plain, 0);
    if (plain.z >= PLAIN_CLEAR_Z) {
        free = plain;
        grow(s, view, &free, 0.004 * RATE);
        tune(s, view, &free, 0.002 * RATE, 0.002 * RATE);
        other = free.z >= 1.03 * plain.z + 2;
    } else {
        other = grow_free(s, view, plain.z, &free) && free.z >= 1.15 * plain.z + 2;
    }
    if (!other)
        free = plain;
    *l = free;
    if (fabs(l->tempo - 1) * (double)(l->to - l->from) < 0.016 * RATE)
        l->tempo = 1;
    tune(s, view, l, 0, 0.001 * RATE);
    measure(s, view, l);
}

void ew_line_slots(const ew_scene *s, const ew_clip_view *view, const ew_line *l,
                   size_t first, size_t n, float *agreement, float *power)
{
    walk w =
        walk_between(s, view, l, (double)first * EW_SLOT, (double)(first + n) * EW_SLOT);

    memset(agreement, 0, n * sizeof(float));
    memset(power, 0, n * sizeof(float));
    for (int64_t j = w.first; j < w.last; j++) {
        size_t f = walk_frame(&w, j), slot = f / EW_CLIP_STEP;

        if (slot < first || slot >= first + n)
            continue;
        agreement[slot - first] += ew_clip_agreement(view, f, w.words[j]);
        power[slot - first] += view->power[f];
    }
}
