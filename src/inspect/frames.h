/* SPDX-License-Identifier: Apache-2.0 */
/* Power spectra of a stream, frame after frame, for the methods that look at spectra. */
#ifndef EW_INSPECT_FRAMES_H
#define EW_INSPECT_FRAMES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "dsp/spectra.h"

typedef struct ew_inspect__frames ew_inspect__frames;

/* Takes `count` frames (1..8): bin k of frame l is power[k * 8 + l], a sine of full scale
 * has about 1 in its bin. */
typedef ew_code (*ew_inspect__frames_fn)(void *self, const float *power, size_t count,
                                         ew_err *err);

/* Frame i is samples i * hop .. i * hop + 1024; only whole frames are given. */
EW_MUST_CHECK ew_code ew_inspect__frames_new(ew_inspect__frames **out, size_t hop,
                                             ew_err *err);
void ew_inspect__frames_free(ew_inspect__frames *f);
EW_MUST_CHECK ew_code ew_inspect__frames_feed(ew_inspect__frames *f, const float *pcm,
                                              size_t n, ew_inspect__frames_fn fn,
                                              void *self, ew_err *err);
EW_MUST_CHECK ew_code ew_inspect__frames_finish(ew_inspect__frames *f,
                                                ew_inspect__frames_fn fn, void *self,
                                                ew_err *err);

#endif
