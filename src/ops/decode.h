/* SPDX-License-Identifier: Apache-2.0 */
/* From an open file to what the pipeline needs: a print, or the mono sound itself. */
#ifndef EW_OPS_DECODE_H
#define EW_OPS_DECODE_H

#include <stdatomic.h>
#include <stdint.h>

#include "earwitness/err.h"
#include "earwitness/fingerprint.h"
#include "earwitness/media.h"
#include "ops/input.h"

/* What was learned while decoding. */
typedef struct ew_decoded {
    ew_media_info info;
    int64_t samples;   /* at EW_FP_RATE_HZ */
    char trouble[240]; /* one line; "" when nothing was wrong */
} ew_decoded;

/* Takes sound as it comes; an error stops the decoding. */
typedef struct ew_sink {
    ew_code (*feed)(void *cookie, const float *mono, size_t n, ew_err *err);
    void *cookie;
    int64_t samples_max; /* EW_E_LIMIT beyond */
    const ew_stop *stop; /* may be NULL */
    /* may be NULL: called after each block from the decoding thread */
    void (*moved)(void *cookie, int64_t samples, int64_t claimed_samples);
    void *moved_cookie;
} ew_sink;

/* The print of a recording. EW_E_LIMIT beyond EW_RECORDING_HOURS_MAX. */
enum { EW_RECORDING_HOURS_MAX = 100, EW_CLIP_HOURS_MAX = 6 };
EW_MUST_CHECK ew_code ew_decode_print(const ew_source *s, const char *name, ew_sink *sink,
                                      ew_fp **fp, ew_decoded *out, ew_err *err);

/* The sound of a clip, [out->samples]; free with ew_free. EW_E_LIMIT beyond
 * EW_CLIP_HOURS_MAX, since all of it is held in memory. */
EW_MUST_CHECK ew_code ew_decode_sound(const ew_source *s, const char *name, ew_sink *sink,
                                      float **sound, ew_decoded *out, ew_err *err);

#endif
