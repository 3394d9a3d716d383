/* SPDX-License-Identifier: Apache-2.0 */
/* Levels of a stream in bands as wide as those of hearing, one row per 20 ms, one byte each:
 * what several methods keep of a recording of any length. */
#ifndef EW_INSPECT_BANDS_H
#define EW_INSPECT_BANDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "earwitness/inspect.h"

enum {
    EW_INSPECT__BANDS = 24,      /* at most; fewer at low sample rates */
    EW_INSPECT__BAND_SILENT = 0, /* not a single bit in this frame */
    EW_INSPECT__BANDS_PER_S = 50,
    EW_INSPECT__BANDS_HOURS = 30 /* what comes later is not kept */
};

typedef struct ew_inspect__bands ew_inspect__bands;

EW_MUST_CHECK ew_code ew_inspect__bands_new(ew_inspect__bands **out, uint32_t rate_hz,
                                            ew_err *err);
void ew_inspect__bands_free(ew_inspect__bands *b);
EW_MUST_CHECK ew_code ew_inspect__bands_feed(ew_inspect__bands *b, const float *pcm,
                                             size_t n, ew_err *err);
EW_MUST_CHECK ew_code ew_inspect__bands_finish(ew_inspect__bands *b, ew_err *err);

/* Valid after _finish. Row i is count values; its frame is centred on sample at(i). */
size_t ew_inspect__bands_rows(const ew_inspect__bands *b);
size_t ew_inspect__bands_count(const ew_inspect__bands *b);
const uint8_t *ew_inspect__bands_row(const ew_inspect__bands *b, size_t i);
int64_t ew_inspect__bands_at(const ew_inspect__bands *b, size_t i);

/* The level of a stored value in dB under full scale, and the middle of a band. */
double ew_inspect__band_db(double value);
double ew_inspect__band_hz(size_t band);

#endif
