/* SPDX-License-Identifier: Apache-2.0 */
/* MP3's own transform, taken again at any place of decoded sound: where it meets the grid of
 * the coder, the lines lie on the lattice of their quantisation. */
#ifndef EW_INSPECT_MP3_GRID_H
#define EW_INSPECT_MP3_GRID_H

#include "base/err.h"

enum {
    EW_MP3_GRANULE = 576, /* samples from one block of lines to the next */
    EW_MP3_BEFORE = 511,  /* a granule at x[0] reads x[-BEFORE .. AFTER) */
    EW_MP3_AFTER = 1121,
    EW_MP3_CENTRE = 304, /* its middle is near x[CENTRE] */
    EW_MP3_CHECKED = 8   /* granules checked at once */
};

typedef struct ew_mp3_grid ew_mp3_grid; /* tables and scratch; one object, one thread */

EW_MUST_CHECK ew_code ew_mp3_grid_new(ew_mp3_grid **out, ew_err *err);
void ew_mp3_grid_free(ew_mp3_grid *g);

/* Lattice scores (quantisation.h) of the long blocks at x[0] to x[575], one for each offset of
 * the grid. x in steps of 16-bit sound; reads x[-BEFORE .. 575 + AFTER). */
void ew_mp3_grid_search(ew_mp3_grid *g, const float *x, float score[EW_MP3_GRANULE]);

/* Eight granules in a row, at x[576 * i]: the best score of all four block shapes. Reads
 * x[-BEFORE .. 7 * 576 + AFTER). */
void ew_mp3_grid_check(ew_mp3_grid *g, const float *x, float score[EW_MP3_CHECKED]);

#endif
