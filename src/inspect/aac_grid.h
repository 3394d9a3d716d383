/* SPDX-License-Identifier: Apache-2.0 */
/* AAC's own transform, taken again at any place of decoded sound, as mp3_grid.h for MP3. */
#ifndef EW_INSPECT_AAC_GRID_H
#define EW_INSPECT_AAC_GRID_H

#include "base/err.h"

enum {
    EW_AAC_FRAME = 1024,  /* samples from one block of lines to the next */
    EW_AAC_READ = 2048,   /* that a frame at x[0] reads from there on */
    EW_AAC_CENTRE = 1024, /* their middle */
    EW_AAC_CHECKED = 8    /* frames checked at once */
};

typedef struct ew_aac_grid ew_aac_grid; /* tables and scratch; one object, one thread */

EW_MUST_CHECK ew_code ew_aac_grid_new(ew_aac_grid **out, ew_err *err);
void ew_aac_grid_free(ew_aac_grid *g);

/* Lattice scores (quantisation.h) of the long blocks at x[0] to x[1023], one for each offset
 * of the grid, with one of the two windows: with the other one in the next call. x in steps
 * of 16-bit sound; reads x[0 .. 1023 + READ). */
void ew_aac_grid_search(ew_aac_grid *g, const float *x, float score[EW_AAC_FRAME]);

/* Eight frames in a row, at x[1024 * i]: the best score of both windows and, of the window
 * that fits, of the two shapes that lead to short blocks and back. Reads
 * x[0 .. 7 * 1024 + READ). */
void ew_aac_grid_check(ew_aac_grid *g, const float *x, float score[EW_AAC_CHECKED]);

#endif
