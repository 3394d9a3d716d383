/* SPDX-License-Identifier: Apache-2.0 */
/* The frequency grid that every word is built on, and the words built from it.
 *
 * Sound is cut into frames of 128 ms; the power of a frame is summed into cells that are
 * evenly spaced in log frequency, about 1 % apart. Sound whose pitch was changed by n cells
 * looks the same moved by n cells, so a clip is analysed once for every pitch. */
#ifndef EW_FINGERPRINT_CELLS_H
#define EW_FINGERPRINT_CELLS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "dsp/spectra.h"
#include "earwitness/fingerprint.h"

enum {
    EW_PITCH_CELLS = 11, /* largest change of pitch, about 11 % */
    EW_KEY_CELLS = 272,  /* cells a key word looks at */
    EW_CELLS = EW_KEY_CELLS + 2 * EW_PITCH_CELLS, /* all cells */

    EW_FINE_BANDS = 33, /* fine word: 32 neighbours compared */
    EW_FINE_WIDTH = 7,  /* cells per band */
    EW_FINE_FIRST = 23, /* first cell at pitch 0, counted from the lowest key cell */
    EW_FINE_LAG = 2,    /* compared frames are this many hops before and after */

    EW_KEY_A_BANDS = 17, /* 16 neighbours, three hops before and after */
    EW_KEY_A_WIDTH = 16,
    EW_KEY_A_LAG = 3,
    EW_KEY_B_BANDS = 18, /* 16 next-but-one neighbours, six hops before and after */
    EW_KEY_B_WIDTH = 15,
    EW_KEY_B_LAG = 6,
    EW_KEY_BANDS = EW_KEY_A_BANDS + EW_KEY_B_BANDS,
    EW_KEY_SMOOTH = 2, /* band powers are averaged over this many hops before and after */
    EW_KEY_REACH = EW_KEY_B_LAG + EW_KEY_SMOOTH /* hops a key looks before and after */
};

/* Lowest key cell in Hz, and the ratio of neighbouring cell edges: 238..3545 Hz. */
#define EW_CELL_LOW_HZ 238.0
#define EW_CELL_RATIO 1.0099791

/* Power of all cells below which a frame is silent: about -70 dBFS in the band. */
#define EW_SILENT_POWER 0.02f

typedef struct ew_cells ew_cells; /* analyser; one object, one thread */

EW_MUST_CHECK ew_code ew_cells_new(ew_cells **out, ew_err *err);
void ew_cells_free(ew_cells *c);

/* Eight frames, the first centred on pcm[512], the others `hop` samples further each:
 * cells[i * 8 + l] is the power of cell i (lowest first, EW_CELLS of them) of frame l. */
void ew_cells_step(ew_cells *c, const float *pcm, size_t hop, float *cells);

/* Band powers of one frame at a pitch of `pitch` cells, from cells spaced `stride` floats. */
void ew_cells_fine(const float *cells, size_t stride, int pitch,
                   float band[EW_FINE_BANDS]);
void ew_cells_key(const float *cells, size_t stride, int pitch, float band[EW_KEY_BANDS]);

/* The compressed power that all comparisons use: the fourth root. */
void ew_cells_compress(float *band, size_t n);

/* Differences whose signs are the bits of a fine word: `before` and `after` are compressed
 * bands EW_FINE_LAG hops away. diff[b] belongs to bit b. */
void ew_fine_diff(const float *before, const float *after, float diff[32]);

/* The same for a key word, from compressed smoothed bands; diff[b] belongs to bit b. The
 * bits are ordered so that the top EW_KEY_BITS are looked up and the others only counted. */
void ew_key_diff(const float *a_before, const float *a_after, const float *b_before,
                 const float *b_after, float diff[32]);

/* Bit b is diff[b] > 0. */
uint32_t ew_word_of(const float diff[32]);

/* Smooths band powers over time: out[b] = sum of weight[i] * rows[i][b], 5 rows. */
void ew_key_smooth(const float *const rows[5], float out[EW_KEY_BANDS]);

#endif
