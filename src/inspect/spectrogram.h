/* SPDX-License-Identifier: Apache-2.0 */
/* Level over time and frequency for the picture, of sound whose length is not known. */
#ifndef EW_INSPECT_SPECTROGRAM_H
#define EW_INSPECT_SPECTROGRAM_H

#include "base/err.h"
#include "earwitness/inspect.h"

typedef struct ew_inspect__image ew_inspect__image;

EW_MUST_CHECK ew_code ew_inspect__image_new(ew_inspect__image **out,
                                            const ew_inspect_sound *sound, ew_err *err);
/* Any number of samples at a time gives the same. */
void ew_inspect__image_feed(ew_inspect__image *i, const float *mono, size_t samples);
EW_MUST_CHECK ew_code ew_inspect__image_finish(ew_inspect__image *i, ew_spectrogram **out,
                                               ew_err *err);
void ew_inspect__image_free(ew_inspect__image *i);

#endif
