/* SPDX-License-Identifier: Apache-2.0 */
/* MP3's grid in sound that was resampled after decoding: the sound is brought to four times
 * the rate it may have had, where each fourth sample is near one that the decoder wrote. */
#ifndef EW_INSPECT_GRID_RATE_H
#define EW_INSPECT_GRID_RATE_H

#include "inspect/grid_sound.h"
#include "inspect/mp3_grid.h"

enum { EW_GRID_FINE = 4 /* places per sample of the rate it had */ };

typedef struct ew_grid_rate ew_grid_rate; /* one object, one thread */

typedef ew_code (*ew_grid_rate_sink)(void *state, const float *pair, size_t samples,
                                     ew_err *err);

/* had_hz  the rate the coder may have had
 * mp3     borrowed
 * *out stays NULL, without an error, where the ratio of the rates is too odd. */
EW_MUST_CHECK ew_code ew_grid_rate_new(ew_grid_rate **out, uint32_t rate_hz,
                                       uint32_t had_hz, ew_mp3_grid *mp3, ew_err *err);
void ew_grid_rate_free(ew_grid_rate *r);

/* Two channels interleaved at rate_hz in, the same at FINE * had_hz to the sink. */
EW_MUST_CHECK ew_code ew_grid_rate_feed(ew_grid_rate *r, const float *pair,
                                        size_t samples, ew_grid_rate_sink sink,
                                        void *state, ew_err *err);

/* MP3 as a coder of sound at FINE * had_hz. Its state is r, and the name belongs to it. */
ew_grid_coder ew_grid_rate_coder(ew_grid_rate *r);

#endif
