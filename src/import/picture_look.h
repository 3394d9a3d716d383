/* SPDX-License-Identifier: Apache-2.0 */
/* Does a thumbnail show the picture? Both are shrunk to 32 x 32 cells and laid on each other. */
#ifndef EW_IMPORT_PICTURE_LOOK_H
#define EW_IMPORT_PICTURE_LOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "import/pdq.h"
#include "media/picture.h"

enum {
    EW_LOOK_CELLS = 32,
    EW_LOOK_LOCAL = 32, /* of 255: a patch that differs by more shows something else */
    EW_LOOK_LIKENESS = 900, /* of 1000: below it, it is another picture */
    EW_LOOK_FLAT = 4 /* deviation of brightness below which nothing is to be seen */
};

typedef struct ew_look {
    bool flat;        /* too little to see: nothing was compared */
    bool other_shape; /* of another aspect ratio, without bars that explain it */
    bool bars;        /* there are bars */
    ew_pdq_turn turn; /* the picture is to be turned so to look like the thumbnail */
    double likeness;  /* correlation of the cells, -1 to 1 */
    double local;     /* largest difference of a patch of 2 x 2 cells, once brightness and
                          contrast are made equal; 0 to 255 */
    double x, y;      /* where it is, 0 to 1, in the picture */
} ew_look;

/* Both as they are stored. */
ew_look ew_look_compare(const ew_picture *picture, const ew_picture *thumb);

/* The two show the same. */
bool ew_look_same(const ew_look *l);

#endif
