/* SPDX-License-Identifier: Apache-2.0 */
/* What was added under the sound or taken from it: beds, tails, denoising; and the form:
 * bandwidth and channels. */
#include <math.h>
#include <stdlib.h>

#include "compare/whole_judge.h"
#include "base/words.h"

static const double active_least_s = 2, pauses_least_s = 0.8;
static const double silent_dbfs = -72;

enum { DECAYS_MIN = 9 };

/* ---------------------------------------------------------------- background */

static void judge_reverb(const ew_whole__case *c, ew_whole *w)
{
    const ew_whole__rest *r = &c->rest;
    const double before_db = r->after_db - r->tail_db; /* a bed is there too */

    if (r->decays < DECAYS_MIN) {
        ew_whole__tell(w, EW_FACT_REVERB, EW_FACT_NOT_TESTED,
                       "Not tested for reverberation: too few sounds that die away.");
        return;
    }
    ew_whole__value(w, EW_FACT_REVERB, "tail_db", r->tail_db, 0);
    if (r->tail_db > 2 && r->after_db > 1.6 && before_db < fmax(2, r->tail_db / 2))
        ew_whole__tell(w, EW_FACT_REVERB, EW_FACT_CHANGED,
                       "Sounds die away more slowly in B: their tails are %.1f dB "
                       "stronger (reverberation, or recorded again in a room).",
                       r->tail_db);
    else
        ew_whole__tell(w, EW_FACT_REVERB, EW_FACT_SAME, "Sounds die away as in A.");
}

/* How much louder pauses become when loud and soft are brought together. */
static double expected_rise(const ew_whole__case *c)
{
    const double slope = ew_whole__agreed(c->voice.slope_c, c->voice.slope_p);

    if (slope > -0.7)
        return 0;
    return fmin(14, -slope / 10 * fmax(c->rest.depth_db - 3, 0));
}

static void no_pauses(ew_whole *w, const char *why)
{
    static const ew_fact_kind kinds[] = {EW_FACT_NOISE_BED, EW_FACT_SOUND_BED,
                                         EW_FACT_DENOISING};
    static const char *const what[] = {EW_N("added noise"), EW_N("added music"),
                                       EW_N("denoising")};

    for (size_t i = 0; i < 3; i++)
        ew_whole__tell(w, kinds[i], EW_FACT_NOT_TESTED, "Not tested for %s: %s.", what[i],
                       why);
}

static void judge_beds(const ew_whole__case *c, ew_whole *w)
{
    const ew_whole__rest *r = &c->rest;
    const bool harsh = ew_whole__is_harsh(c);
    const bool reverb = w->facts[EW_FACT_REVERB].state == EW_FACT_CHANGED;
    const double over = r->foreign_db - expected_rise(c);
    const bool music = r->peaky_db > 4.7;
    const bool there = over > (harsh ? 2.5 : 1.5) && r->bed_db > (harsh ? -38 : -45);
    const char *with = music ? EW_N("music, or another tonal sound,") : EW_N("noise");
    const ew_fact_kind kind = music ? EW_FACT_SOUND_BED : EW_FACT_NOISE_BED;
    const ew_fact_kind other = music ? EW_FACT_NOISE_BED : EW_FACT_SOUND_BED;

    ew_whole__value(w, EW_FACT_NOISE_BED, "bed_db", r->bed_db, 2);
    ew_whole__value(w, EW_FACT_SOUND_BED, "bed_db", r->bed_db, 2);
    ew_whole__tell(
        w, EW_FACT_NOISE_BED, EW_FACT_SAME,
        "No noise was laid under B that would be louder than the pauses of A.");
    ew_whole__tell(w, EW_FACT_SOUND_BED, EW_FACT_SAME,
                   "No music or other sound was laid under B that would be louder than "
                   "the pauses of A.");
    if (reverb && over > 0) {
        ew_whole__tell(w, EW_FACT_NOISE_BED, EW_FACT_NOT_TESTED,
                       "Not tested for added noise: reverberation fills the pauses.");
        ew_whole__tell(w, EW_FACT_SOUND_BED, EW_FACT_NOT_TESTED,
                       "Not tested for added music: reverberation fills the pauses.");
        return;
    }
    if (!there)
        return;
    ew_whole__tell(w, kind, EW_FACT_CHANGED,
                   "There is %s in B that A does not have, %.0f dB under the speech.",
                   with, -r->bed_db);
    ew_whole__tell(w, other, EW_FACT_NOT_TESTED, "Not tested: what was added hides it.");
}

static void judge_denoising(const ew_whole__case *c, ew_whole *w)
{
    const double db = c->rest.typical_db;
    const bool harsh = ew_whole__is_harsh(c);

    if (c->rest_dbfs < silent_dbfs) {
        ew_whole__tell(w, EW_FACT_DENOISING, EW_FACT_NOT_TESTED,
                       "Not tested for denoising: the pauses of A are silent already.");
        return;
    }
    ew_whole__value(w, EW_FACT_DENOISING, "pauses_db", db, 1);
    if (db < (harsh ? -8.5 : -3.5))
        ew_whole__tell(w, EW_FACT_DENOISING, EW_FACT_CHANGED,
                       "The pauses of B are %.0f dB quieter than its speech would have "
                       "them: denoised or gated.",
                       -db);
    else if (db < -2.5)
        ew_whole__tell(w, EW_FACT_DENOISING, EW_FACT_CODING,
                       "The pauses of B are %.0f dB quieter than in A, %s.", -db,
                       ew_whole__codec_loses(c->sides[EW_SIDE_B].codec)
                           ? "as coding at low rates makes them"
                           : "as slight denoising, noise in A alone, or coding at low "
                             "rates before B was stored without loss makes them");
    else
        ew_whole__tell(w, EW_FACT_DENOISING, EW_FACT_SAME,
                       "The noise of A is in the pauses of B too: not denoised.");
}

void ew_whole__judge_rest(const ew_whole__case *c, ew_whole *w)
{
    if (c->active_s < active_least_s)
        return;
    judge_reverb(c, w);
    if (c->rest.seconds < pauses_least_s || !c->rest.foreign_known) {
        no_pauses(w, EW_N("A has too few pauses"));
        return;
    }
    judge_beds(c, w);
    judge_denoising(c, w);
}

/* ---------------------------------------------------------------- bandwidth */

static const double low_least_hz = 190; /* no codec takes as much from below */

/* B holds less of the high end. */
static void judge_high_lost(const ew_whole__case *c, ew_whole *w, double b_hz)
{
    const ew_whole_side *side = &c->sides[EW_SIDE_B];
    const double a_hz = c->edges[EW_SIDE_A].high_hz;

    if (b_hz >= 0.8 * side->rate_hz / 2)
        ew_whole__tell(w, EW_FACT_BANDWIDTH, EW_FACT_CODING,
                       "B ends at %.1f kHz, A at %.1f kHz: the sample rate of B holds no "
                       "more.",
                       b_hz / 1000, a_hz / 1000);
    else if (b_hz >= ew_whole__codec_floor_hz(side->codec, ew_whole__is_harsh(c)))
        ew_whole__tell(
            w, EW_FACT_BANDWIDTH, EW_FACT_CODING,
            "B ends at %.1f kHz, A at %.1f kHz; coding (%s) alone can do that.",
            b_hz / 1000, a_hz / 1000, side->codec);
    else
        ew_whole__tell(w, EW_FACT_BANDWIDTH, EW_FACT_CHANGED,
                       "B ends at %.1f kHz, A at %.1f kHz: it was band-limited, or coded "
                       "more than once.",
                       b_hz / 1000, a_hz / 1000);
}

static void judge_high_gained(const ew_whole__case *c, ew_whole *w, double b_hz)
{
    const ew_whole_side *side = &c->sides[EW_SIDE_B];
    const double a_hz = c->edges[EW_SIDE_A].high_hz;

    if (ew_whole__codec_loses(side->codec))
        ew_whole__tell(w, EW_FACT_BANDWIDTH, EW_FACT_CODING,
                       "B reaches %.1f kHz, A only %.1f kHz: coding (%s) may have filled "
                       "it, or A is not the source.",
                       b_hz / 1000, a_hz / 1000, side->codec);
    else
        ew_whole__tell(w, EW_FACT_BANDWIDTH, EW_FACT_CHANGED,
                       "B reaches %.1f kHz, A only %.1f kHz: what lies above cannot come "
                       "from A.",
                       b_hz / 1000, a_hz / 1000);
}

static void judge_bandwidth(const ew_whole__case *c, ew_whole *w)
{
    const ew_whole__edges *a = &c->edges[EW_SIDE_A], *b = &c->edges[EW_SIDE_B];
    const double b_low = fmax(b->low_hz, c->lost.low_hz);
    const double b_high = c->lost.cut ? fmin(b->high_hz, c->lost.high_hz) : b->high_hz;

    ew_whole__value(w, EW_FACT_BANDWIDTH, "a_low_hz", a->low_hz, 25);
    ew_whole__value(w, EW_FACT_BANDWIDTH, "a_high_hz", a->high_hz, 150);
    ew_whole__value(w, EW_FACT_BANDWIDTH, "b_low_hz", b_low, 25);
    ew_whole__value(w, EW_FACT_BANDWIDTH, "b_high_hz", b_high, 150);
    if (c->lost.high_hz < 0.85 * a->high_hz &&
        w->facts[EW_FACT_DENOISING].state == EW_FACT_CHANGED)
        ew_whole__tell(w, EW_FACT_BANDWIDTH, EW_FACT_NOT_TESTED,
                       "Not tested for bandwidth: denoising takes what is high too.");
    else if (c->lost.high_hz < 0.85 * a->high_hz)
        judge_high_lost(c, w, c->lost.high_hz);
    else if (b_high > 1.3 * a->high_hz)
        judge_high_gained(c, w, b_high);
    else
        ew_whole__tell(w, EW_FACT_BANDWIDTH, EW_FACT_SAME, "Both reach %.1f kHz.",
                       b_high / 1000);
    if (w->facts[EW_FACT_BANDWIDTH].state != EW_FACT_CHANGED &&
        c->lost.low_hz > low_least_hz)
        ew_whole__tell(w, EW_FACT_BANDWIDTH, EW_FACT_CHANGED,
                       "B lacks what A has below about %.0f Hz: a high-pass filter.",
                       c->lost.low_hz);
}

/* ---------------------------------------------------------------- channels */

typedef enum layout {
    LAYOUT_MONO,
    LAYOUT_DUAL, /* both channels alike */
    LAYOUT_STEREO,
    LAYOUT_OPPOSED, /* one is the other upside down */
    LAYOUT_LEFT,    /* the other is empty */
    LAYOUT_RIGHT,
    LAYOUT_MANY
} layout;

static const char *const layout_names[] = {EW_N("mono"),
                                           EW_N("two channels with one sound"),
                                           EW_N("stereo"),
                                           EW_N("two channels, one upside down"),
                                           EW_N("sound in the left channel only"),
                                           EW_N("sound in the right channel only"),
                                           EW_N("more than two channels")};

static layout layout_of(const ew_whole__case *c, int side)
{
    const int l = side == EW_SIDE_A ? 0 : 2, r = l + 1;
    const double ll = c->cross.sum[l][l], rr = c->cross.sum[r][r],
                 lr = c->cross.sum[l][r];
    const double mid = ll + rr + 2 * lr, apart = ll + rr - 2 * lr;

    if (c->sides[side].channels == 1)
        return LAYOUT_MONO;
    if (c->sides[side].channels > 2)
        return LAYOUT_MANY;
    if (rr < 1e-4 * ll)
        return LAYOUT_LEFT;
    if (ll < 1e-4 * rr)
        return LAYOUT_RIGHT;
    if (apart < 3e-4 * mid)
        return LAYOUT_DUAL;
    if (mid < 1e-2 * apart)
        return LAYOUT_OPPOSED;
    return LAYOUT_STEREO;
}

/* Correlation of what sets the channels apart, with the sign of the whole taken out: 1 as
 * in A, -1 swapped. */
static double sides_agree(const ew_whole__case *c)
{
    const double(*s)[4] = c->cross.sum;
    const double aa = s[0][0] + s[1][1] - 2 * s[0][1];
    const double bb = s[2][2] + s[3][3] - 2 * s[2][3];
    const double ab = s[2][0] + s[3][1] - s[2][1] - s[3][0];
    const double whole = s[2][0] + s[3][1] + s[2][1] + s[3][0];

    if (aa <= 0 || bb <= 0)
        return 0;
    return (whole < 0 ? -1 : 1) * ab / sqrt(aa * bb);
}

static void judge_channels(const ew_whole__case *c, ew_whole *w)
{
    const layout a = layout_of(c, EW_SIDE_A), b = layout_of(c, EW_SIDE_B);
    const double agree = sides_agree(c);

    ew_whole__value(w, EW_FACT_CHANNELS, "a_channels", c->sides[EW_SIDE_A].channels, 0);
    ew_whole__value(w, EW_FACT_CHANNELS, "b_channels", c->sides[EW_SIDE_B].channels, 0);
    if (a == LAYOUT_STEREO && b == LAYOUT_STEREO && agree < -0.5)
        ew_whole__tell(w, EW_FACT_CHANNELS, EW_FACT_CHANGED,
                       "Left and right are swapped in B.");
    else if (a == LAYOUT_STEREO && b == LAYOUT_STEREO && agree < 0.5)
        ew_whole__tell(
            w, EW_FACT_CHANNELS, EW_FACT_CODING,
            "Both are stereo, but not alike: coding at low rates%s does "
            "this.",
            ew_whole__codec_loses(c->sides[EW_SIDE_B].codec) ? "" : ", or processing,");
    else if (a == b)
        ew_whole__tell(w, EW_FACT_CHANNELS, EW_FACT_SAME, "Both are %s.",
                       layout_names[a]);
    else if ((a == LAYOUT_MONO && b == LAYOUT_DUAL) ||
             (a == LAYOUT_DUAL && b == LAYOUT_MONO))
        ew_whole__tell(w, EW_FACT_CHANNELS, EW_FACT_CODING,
                       "A is %s, B is %s: the same to the ear.", layout_names[a],
                       layout_names[b]);
    else if (a == LAYOUT_STEREO && (b == LAYOUT_MONO || b == LAYOUT_DUAL))
        ew_whole__tell(w, EW_FACT_CHANNELS, EW_FACT_CHANGED, "A is stereo, B is %s: %s.",
                       layout_names[b],
                       c->from == 0   ? "mixed down"
                       : c->from == 1 ? "the left channel of A"
                                      : "the right channel of A");
    else
        ew_whole__tell(w, EW_FACT_CHANNELS, EW_FACT_CHANGED, "A is %s, B is %s.",
                       layout_names[a], layout_names[b]);
}

void ew_whole__judge_form(const ew_whole__case *c, ew_whole *w)
{
    if (c->active_s < active_least_s)
        return;
    judge_bandwidth(c, w);
    judge_channels(c, w);
}
