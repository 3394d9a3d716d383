/* SPDX-License-Identifier: Apache-2.0 */
/* What a method of inspection is, and how it tells what it found. */
#ifndef EW_INSPECT_INSPECT_H
#define EW_INSPECT_INSPECT_H

#include "base/err.h"
#include "earwitness/inspect.h"
#include "inspect/bands.h"

/* Methods get the sound in blocks of exactly EW_INSPECT__BLOCK samples, only the last one is
 * shorter: so however the file was read, equal sound gives equal findings. Files may be many
 * hours long; a method holds at most about 64 MB for three hours at 48 kHz. */
enum { EW_INSPECT__BLOCK = 4096 };

typedef enum ew_inspect__want {
    EW_INSPECT__MONO = 1, /* the mean of all channels */
    EW_INSPECT__PAIR =
        2, /* the first two channels, interleaved; of mono both are the same */
    EW_INSPECT__HEARD = 3 /* no samples, but what was heard of all of them */
} ew_inspect__want;

/* What several methods look at. */
typedef struct ew_inspect__heard {
    uint32_t rate_hz;
    ew_inspect__bands *bands; /* of the mean of all channels; finished */
    float most;               /* the loudest sample of that */
} ew_inspect__heard;

typedef struct ew_inspect__method {
    const char *id; /* as in ew_trace.method */
    ew_inspect__want want;

    /* The only function with want HEARD. Comes once, at the end; appends what was found. */
    ew_code (*look)(const ew_inspect__heard *heard, ew_inspection *out, ew_err *err);

    /* Makes *state, or leaves it NULL and says why in `out` with ew_inspect__untested: the
     * method is then not called again. */
    ew_code (*start)(void **state, const ew_inspect_sound *sound, ew_inspection *out,
                     ew_err *err);
    /* `samples` counts moments: of PAIR, pcm holds two floats each. */
    ew_code (*feed)(void *state, const float *pcm, size_t samples, ew_err *err);
    /* Appends what was found. Comes exactly once, also when nothing was fed. */
    ew_code (*finish)(void *state, ew_inspection *out, ew_err *err);
    void (*free)(void *state); /* NULL is fine */
} ew_inspect__method;

/* Appends a finding. kind, start, end, plus_minus and strength are set by the method;
 * `method` is set by this function. Candidates may be appended generously: for signs of change
 * inspect.c looks up false_per_hour (rates.h) by method and strength and drops those that
 * come too often. The sentence is made from fmt. */
EW_MUST_CHECK ew_code ew_inspect__trace(ew_inspection *out, const char *method,
                                        const ew_trace *t, ew_err *err, const char *fmt,
                                        ...) EW_PRINTF(5, 6);

/* Appends a curve with room for `count` values, all NAN; fill c->values at once, the pointer
 * holds until the next curve is appended. */
EW_MUST_CHECK ew_code ew_inspect__curve(ew_inspection *out, const ew_curve *head,
                                        ew_curve **c, ew_err *err);

/* Says that a method was not used on this file, or on a part of it. */
EW_MUST_CHECK ew_code ew_inspect__untested(ew_inspection *out, const char *method,
                                           ew_err *err, const char *fmt, ...)
    EW_PRINTF(4, 5);

EW_MUST_CHECK ew_code ew_inspect__fact(ew_inspection *out, const char *group,
                                       const char *name, ew_err *err, const char *fmt,
                                       ...) EW_PRINTF(5, 6);

/* The methods, one .c file each; the table is in inspect.c. */

#endif
