/* SPDX-License-Identifier: Apache-2.0 */
/* A line: the guess that a stretch of the clip runs along a stretch of one recording. */
#ifndef EW_ALIGN_LINE_H
#define EW_ALIGN_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "earwitness/index.h"
#include "fingerprint/clip.h"

/* Position: clip sample t is source sample source + (t - clip) * tempo, both counted at
 * EW_FP_RATE_HZ from the start of the sound. */
typedef struct ew_line {
    uint32_t rec;
    int pitch;        /* cells */
    double clip;      /* reference point in the clip, samples */
    double source;    /* the same moment in the source, samples */
    double tempo;     /* source samples per clip sample */
    int64_t from, to; /* clip samples on which it holds, half open */
    double mean;      /* agreement per bit on its support: 1 equal, 0 unrelated */
    double z;         /* agreement over its support in standard deviations of chance */
} ew_line;

static inline double ew_line_source(const ew_line *l, double clip)
{
    return l->source + (clip - l->clip) * l->tempo;
}

static inline double ew_line_clip(const ew_line *l, double source)
{
    return l->clip + (source - l->source) / l->tempo;
}

/* Is this point of this recording on the line, give or take `slack` samples? */
bool ew_line_holds(const ew_line *l, uint32_t rec, double clip, double source,
                   double slack);

/* The clip and what is known of it, as the functions below need it. */
typedef struct ew_scene {
    const ew_index *index;
    const ew_clip *clip;
    const float *mono; /* the sound itself */
    size_t samples;

    ew_clip_view
        *views[2 * EW_PITCH_CELLS + 1]; /* by pitch + EW_PITCH_CELLS; made on demand */
} ew_scene;

/* The clip's words at a pitch, with weights when asked for. Owned by the scene. */
EW_MUST_CHECK ew_code ew_scene_view(ew_scene *s, int pitch, bool weights,
                                    const ew_clip_view **out, ew_err *err);
void ew_scene_release(ew_scene *s);

/* First look at a guess: is the agreement of any stretch of at least 0.4 s within about a
 * second of l->clip above `least` standard deviations of chance, with small shifts tried? If
 * so l->source moves to the best of them, and from, to, z and mean are set. */
bool ew_line_verify(const ew_scene *s, const ew_clip_view *view, double least,
                    ew_line *l);

/* Agreement along the line on clip samples [from, to), every bit counting alike, in standard
 * deviations of independent bits. */
double ew_line_plain_z(const ew_scene *s, const ew_clip_view *view, const ew_line *l,
                       int64_t from, int64_t to);

/* Finds tempo and position of a promising line on growing windows and follows it as far as
 * it holds. The view must have weights. */
void ew_line_refine(const ew_scene *s, const ew_clip_view *view, ew_line *l);

/* Agreement (sum over bits) and power of each 16 ms slot first..first + n of the clip along
 * the line; slots beyond the source give 0 and 0. */
void ew_line_slots(const ew_scene *s, const ew_clip_view *view, const ew_line *l,
                   size_t first, size_t n, float *agreement, float *power);

/* Log likelihood, in nats, that a slot with this agreement and power is a copy whose bits
 * agree by `mean`, against chance. */
double ew_line_evidence(double agreement, double power, double mean);

enum { EW_SLOT = EW_FP_HOP }; /* samples per slot */

#endif
