/* SPDX-License-Identifier: Apache-2.0 */
/* Gain, dynamics, polarity, speed, offset, equalisation, clipping, coding noise. The limits
 * are those at which re-encoding alone makes no claim; docs/decisions/whole-file.md. */
#include "compare/whole_judge.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "earwitness/fingerprint.h"

static const double active_least_s = 2;
static const double harsh_residual_db = -18, very_harsh_residual_db = -8;
static const double loose_residual_db = -4;
static const double bend_most_db = -10; /* beyond, a coder cannot follow the wave */

static const double rounding_most_db = -40; /* coding with loss leaves more */
static const double drift_least = 5e-5;     /* codecs and containers stay below */

enum { DRIFT_EXCERPTS_MIN = 3 };

/* ---------------------------------------------------------------- telling */

/* Shares of answers that were right, docs/decisions/whole-file.md; with one more right and
 * one more wrong where few were counted. */
static double certainty_of(ew_fact_kind kind, ew_fact_state state)
{
    static const double right[EW_FACT_KINDS][4] = {
        /* not tested, same, coding, changed */
        [EW_FACT_GAIN] = {0, 0.99, 0.8, 0.97},
        [EW_FACT_DYNAMICS] = {0, 0.99, 0.9, 0.98},
        [EW_FACT_POLARITY] = {0, 0.99, 0.9, 0.97},
        [EW_FACT_SPEED] = {0, 0.99, 0.9, 0.95},
        [EW_FACT_OFFSET] = {0, 0.99, 0.95, 0.98},
        [EW_FACT_BANDWIDTH] = {0, 0.98, 0.88, 0.96},
        [EW_FACT_EQUALISATION] = {0, 0.99, 0.9, 0.97},
        [EW_FACT_CHANNELS] = {0, 0.99, 0.9, 0.97},
        [EW_FACT_CLIPPING] = {0, 0.99, 0.9, 0.96},
        [EW_FACT_CODING_NOISE] = {0, 0.98, 0.95, 0.95},
        [EW_FACT_NOISE_BED] = {0, 0.98, 0.9, 0.97},
        [EW_FACT_SOUND_BED] = {0, 0.99, 0.9, 0.97},
        [EW_FACT_DENOISING] = {0, 0.99, 0.9, 0.96},
        [EW_FACT_REVERB] = {0, 0.99, 0.9, 0.96}};

    return right[kind][state];
}

void ew_whole__tell(ew_whole *w, ew_fact_kind kind, ew_fact_state state, const char *fmt,
                    ...)
{
    ew_fact *f = &w->facts[kind];
    va_list args;

    f->state = state;
    f->certainty = certainty_of(kind, state);
    if (state == EW_FACT_NOT_TESTED)
        f->value_count = 0;
    va_start(args, fmt);
    (void)vsnprintf(f->sentence, sizeof(f->sentence), fmt, args);
    va_end(args);
}

void ew_whole__value(ew_whole *w, ew_fact_kind kind, const char *name, double value,
                     double sd)
{
    ew_fact *f = &w->facts[kind];

    if (f->value_count < EW_FACT_VALUES_MAX)
        f->values[f->value_count++] = (ew_fact_value){name, value, sd};
}

bool ew_whole__codec_loses(const char *codec)
{
    static const char *const exact[] = {"flac", "alac",    "wavpack", "ape", "tta",
                                        "als",  "shorten", "truehd",  "mlp"};

    if (strncmp(codec, "pcm_", 4) == 0)
        return strcmp(codec, "pcm_alaw") == 0 || strcmp(codec, "pcm_mulaw") == 0;
    for (size_t i = 0; i < sizeof(exact) / sizeof(exact[0]); i++)
        if (strcmp(codec, exact[i]) == 0)
            return false;
    return true;
}

/* Found with each codec at the lowest rates in use. */
double ew_whole__codec_floor_hz(const char *codec, bool harsh)
{
    if (strcmp(codec, "opus") == 0)
        return 3600;
    if (strcmp(codec, "mp3") == 0 || strcmp(codec, "aac") == 0 ||
        strcmp(codec, "vorbis") == 0)
        return harsh ? 3500 : 5000;
    return ew_whole__codec_loses(codec) ? 3300 : 1e9;
}

bool ew_whole__is_harsh(const ew_whole__case *c)
{
    return c->voice.residual_db > harsh_residual_db;
}

double ew_whole__agreed(double x, double y)
{
    if ((x > 0) != (y > 0))
        return 0;
    return fabs(x) < fabs(y) ? x : y;
}

static bool codec_loses_b(const ew_whole__case *c)
{
    return ew_whole__codec_loses(c->sides[EW_SIDE_B].codec);
}

/* ---------------------------------------------------------------- level */

static void judge_gain(const ew_whole__case *c, ew_whole *w)
{
    const ew_whole__voice *v = &c->voice;
    const double gain = ew_whole__agreed(v->gain_c, v->gain_p);
    const double sd = 0.1 + fabs(v->gain_c - v->gain_p) / 2;
    const double spread = fmin(v->spread_c, v->spread_p);

    ew_whole__value(w, EW_FACT_GAIN, "gain_db", gain, sd);
    ew_whole__value(w, EW_FACT_GAIN, "spread_db", spread, 0);
    if (fabs(gain) < 1.0)
        ew_whole__tell(w, EW_FACT_GAIN, EW_FACT_SAME, "B is as loud as A (%+.1f dB).",
                       gain);
    else if (fabs(gain) < (v->residual_db > very_harsh_residual_db ? 3.2 : 1.6))
        ew_whole__tell(w, EW_FACT_GAIN, EW_FACT_CODING, "B is %.1f dB %s than A; %s.",
                       fabs(gain), gain > 0 ? "louder" : "quieter",
                       codec_loses_b(c) ? "coding, more than once or at low rates, can "
                                          "do that"
                                        : "a small change of level, or coding before B "
                                          "was stored without loss, can do that");
    else
        ew_whole__tell(w, EW_FACT_GAIN, EW_FACT_CHANGED, "B is %.1f dB %s than A.",
                       fabs(gain), gain > 0 ? "louder" : "quieter");
}

static void judge_dynamics(const ew_whole__case *c, ew_whole *w)
{
    const ew_whole__voice *v = &c->voice;
    const double slope = ew_whole__agreed(v->slope_c, v->slope_p);
    const double spread = fmin(v->spread_c, v->spread_p);
    const bool clipped = w->facts[EW_FACT_CLIPPING].state == EW_FACT_CHANGED;
    const double slope_least = clipped ? 2.8 : 0.9;
    const bool reverb = w->facts[EW_FACT_REVERB].state == EW_FACT_CHANGED;
    const double spread_least = reverb                             ? 1.7
                                : clipped || ew_whole__is_harsh(c) ? 1.0
                                                                   : 0.7;

    if (!v->has_dynamics || v->residual_db > loose_residual_db) {
        ew_whole__tell(w, EW_FACT_DYNAMICS, EW_FACT_NOT_TESTED,
                       "Not tested for automatic level: %s.",
                       v->has_dynamics ? "the wave of B follows A too loosely"
                                       : "too little sound in common");
        return;
    }
    ew_whole__value(w, EW_FACT_DYNAMICS, "slope_db", slope, 0);
    ew_whole__value(w, EW_FACT_DYNAMICS, "spread_db", spread, 0);
    if (slope <= -slope_least)
        ew_whole__tell(w, EW_FACT_DYNAMICS, EW_FACT_CHANGED,
                       "Loud and soft were brought closer together: where A is 10 dB "
                       "louder B is only %.1f dB louder (compressor or limiter).",
                       10 + slope);
    else if (slope >= 2)
        ew_whole__tell(w, EW_FACT_DYNAMICS, EW_FACT_CHANGED,
                       "Loud and soft were drawn apart: where A is 10 dB louder B is "
                       "%.1f dB louder (expander or gate).",
                       10 + slope);
    else if (spread >= spread_least)
        ew_whole__tell(w, EW_FACT_DYNAMICS, EW_FACT_CHANGED,
                       "The gain moves by %.1f dB around its middle (automatic level).",
                       spread);
    else
        ew_whole__tell(w, EW_FACT_DYNAMICS, EW_FACT_SAME,
                       "The gain is constant (within %.1f dB).", fmax(spread, 0.1));
}

static void judge_polarity(const ew_whole__case *c, ew_whole *w)
{
    const double sign = c->voice.sign;

    if (fabs(sign) < 0.5 || (sign < 0 && sign > -0.85)) {
        ew_whole__tell(w, EW_FACT_POLARITY, EW_FACT_NOT_TESTED,
                       "Polarity cannot be told: the phase was changed.");
        return;
    }
    ew_whole__value(w, EW_FACT_POLARITY, "sign", sign < 0 ? -1 : 1, 0);
    if (sign < 0)
        ew_whole__tell(w, EW_FACT_POLARITY, EW_FACT_CHANGED,
                       "The polarity is inverted: B is A upside down.");
    else
        ew_whole__tell(w, EW_FACT_POLARITY, EW_FACT_SAME, "The polarity is that of A.");
}

/* ---------------------------------------------------------------- time */

/* Slower or faster by less than anyone would by intent, and surely so. */
static bool drifts(const ew_whole__case *c, double speed, double changed_least)
{
    const double off = fabs(speed - 1);

    return c->count >= DRIFT_EXCERPTS_MIN && off >= drift_least && off < changed_least &&
           off > 5 * c->speed_sd;
}

static void judge_speed(const ew_whole__case *c, ew_whole *w)
{
    const double coarse = c->diff->speed;
    const bool waves = c->count > 0 && fabs(c->speed - coarse) < 0.002;
    const double speed = waves ? c->speed : coarse;
    const double pitch =
        waves && fabs(c->diff->pitch - coarse) < 0.003 ? speed : c->diff->pitch;
    const double sd = waves ? fmax(c->speed_sd, 1e-6) : 0.002;
    const double least = waves ? fmax(2e-4, 5 * sd) : 0.004;

    ew_whole__value(w, EW_FACT_SPEED, "speed", speed, sd);
    ew_whole__value(w, EW_FACT_SPEED, "pitch", pitch, sd);
    if (drifts(c, speed, least) && fabs(pitch - speed) < 0.004)
        ew_whole__tell(w, EW_FACT_SPEED, EW_FACT_CODING,
                       "B runs %.3f %% %s, as the clocks of two recorders differ.",
                       100 * fabs(speed - 1), speed > 1 ? "fast" : "slow");
    else if (fabs(speed - 1) < least && fabs(pitch - 1) < 0.004)
        ew_whole__tell(w, EW_FACT_SPEED, EW_FACT_SAME, "B runs at the speed of A.");
    else if (fabs(pitch - speed) < 0.004)
        ew_whole__tell(w, EW_FACT_SPEED, EW_FACT_CHANGED,
                       "B runs %.*f %% %s than A, its pitch with it.",
                       fabs(speed - 1) < 0.001 ? 3 : 1, 100 * fabs(speed - 1),
                       speed > 1 ? "faster" : "slower");
    else
        ew_whole__tell(
            w, EW_FACT_SPEED, EW_FACT_CHANGED,
            "Tempo and pitch were changed apart: tempo %+.1f %%, pitch %+.1f %%.",
            100 * (speed - 1), 100 * (pitch - 1));
}

static void judge_offset(const ew_whole__case *c, ew_whole *w)
{
    const double ms =
        1000 * (c->count > 0 ? c->offset_s : c->diff->offset / EW_FP_RATE_HZ);

    ew_whole__value(w, EW_FACT_OFFSET, "offset_ms", ms, c->count > 0 ? 0.02 : 10);
    if (fabs(ms) < 0.05)
        ew_whole__tell(w, EW_FACT_OFFSET, EW_FACT_SAME,
                       "B begins where A begins, to the sample.");
    else if (fabs(ms) < 100)
        ew_whole__tell(w, EW_FACT_OFFSET, EW_FACT_CODING,
                       "The common sound is %.2f ms %s in B; %s.", fabs(ms),
                       ms > 0 ? "earlier" : "later",
                       codec_loses_b(c) ? "coding does as much"
                                        : "a filter, a copy, or coding before B was "
                                          "stored without loss does as much");
    else
        ew_whole__tell(w, EW_FACT_OFFSET, EW_FACT_CHANGED,
                       "The first common sound is %.3f s %s in B than in A.",
                       fabs(ms) / 1000, ms > 0 ? "earlier" : "later");
}

/* ---------------------------------------------------------------- waves */

static void judge_clipping(const ew_whole__case *c, ew_whole *w)
{
    const ew_whole__voice *v = &c->voice;
    const bool bent = v->bend_db < -1.5 && v->bend_db > bend_most_db &&
                      v->bend_d_db < -1.5 && v->saturation_db < -1.5;
    const bool flat = c->flat[EW_SIDE_B] > 200 &&
                      c->flat[EW_SIDE_B] > 10 * (uint64_t)c->flat[EW_SIDE_A];

    ew_whole__value(w, EW_FACT_CLIPPING, "bend_db", v->bend_db, 0);
    ew_whole__value(w, EW_FACT_CLIPPING, "flat_samples", (double)c->flat[EW_SIDE_B], 0);
    if (bent || (flat && v->saturation_db < -0.5))
        ew_whole__tell(w, EW_FACT_CLIPPING, EW_FACT_CHANGED,
                       "Peaks of A are cut off in B: clipped, by %.1f dB at the loudest.",
                       fmax(-v->bend_db, 0.1));
    else
        ew_whole__tell(w, EW_FACT_CLIPPING, EW_FACT_SAME,
                       "B was not clipped beyond what A shows.");
}

static void judge_curve(const ew_whole__case *c, ew_whole *w)
{
    const ew_whole__voice *v = &c->voice;
    const bool bent = w->facts[EW_FACT_CLIPPING].state == EW_FACT_CHANGED ||
                      w->facts[EW_FACT_DYNAMICS].state == EW_FACT_CHANGED ||
                      w->facts[EW_FACT_DENOISING].state == EW_FACT_CHANGED;
    const double least = bent ? 2.4 : ew_whole__is_harsh(c) ? 2.2 : 1.3;
    size_t most = 0;

    if (v->bands < 5 || v->residual_db > loose_residual_db) {
        ew_whole__tell(w, EW_FACT_EQUALISATION, EW_FACT_NOT_TESTED,
                       "Not tested for equalisation: the wave of B follows A too "
                       "loosely.");
        return;
    }
    for (size_t i = 0; i < v->bands; i++) {
        w->curve[i] = (ew_curve_point){v->band_hz[i], v->band_db[i], v->band_sd[i]};
        most = fabs(v->band_db[i]) > fabs(v->band_db[most]) ? i : most;
    }
    w->curve_count = v->bands;
    ew_whole__value(w, EW_FACT_EQUALISATION, "tilt_db", v->tilt_db, 0);
    ew_whole__value(w, EW_FACT_EQUALISATION, "deviation_db", v->deviation_db, 0);
    if (v->deviation_db < least)
        ew_whole__tell(w, EW_FACT_EQUALISATION, EW_FACT_SAME,
                       "The tone is that of A (%.1f dB between bands).", v->deviation_db);
    else if (fabs(v->tilt_db) >= 1)
        ew_whole__tell(w, EW_FACT_EQUALISATION, EW_FACT_CHANGED,
                       "B was made %s: %+.1f dB per octave.",
                       v->tilt_db > 0 ? "brighter" : "duller", v->tilt_db);
    else
        ew_whole__tell(w, EW_FACT_EQUALISATION, EW_FACT_CHANGED,
                       "B was equalised: most at %.0f Hz, by %+.1f dB.", v->band_hz[most],
                       v->band_db[most]);
}

static bool was_added(const ew_whole *w)
{
    return w->facts[EW_FACT_NOISE_BED].state == EW_FACT_CHANGED ||
           w->facts[EW_FACT_SOUND_BED].state == EW_FACT_CHANGED ||
           w->facts[EW_FACT_REVERB].state == EW_FACT_CHANGED;
}

static void judge_coding_noise(const ew_whole__case *c, ew_whole *w)
{
    const double db = c->voice.residual_db;

    ew_whole__value(w, EW_FACT_CODING_NOISE, "residual_db", db, 1);
    if (db < -50)
        ew_whole__tell(w, EW_FACT_CODING_NOISE, EW_FACT_SAME,
                       "B follows the wave of A exactly (residual %.0f dB).", db);
    else if (was_added(w))
        ew_whole__tell(w, EW_FACT_CODING_NOISE, EW_FACT_NOT_TESTED,
                       "Not tested for coding noise: what was added to B hides it.");
    else if (codec_loses_b(c))
        ew_whole__tell(w, EW_FACT_CODING_NOISE, EW_FACT_CODING,
                       "What in B does not follow A lies %.0f dB under the speech; "
                       "coding (%s) does this.",
                       -db, c->sides[EW_SIDE_B].codec);
    else if (db < rounding_most_db)
        ew_whole__tell(w, EW_FACT_CODING_NOISE, EW_FACT_CODING,
                       "What in B does not follow A lies %.0f dB under the speech; "
                       "rounding or other processing does this.",
                       -db);
    else
        ew_whole__tell(w, EW_FACT_CODING_NOISE, EW_FACT_CODING,
                       "What in B does not follow A lies %.0f dB under the speech; B was "
                       "processed, or coded at some time before it was stored without "
                       "loss.",
                       -db);
}

void ew_whole__judge_sound(const ew_whole__case *c, ew_whole *w)
{
    judge_speed(c, w);
    judge_offset(c, w);
    if (c->active_s < active_least_s)
        return;
    judge_clipping(c, w);
    judge_gain(c, w);
    judge_dynamics(c, w);
    judge_polarity(c, w);
    judge_curve(c, w);
    judge_coding_noise(c, w);
}
