/* SPDX-License-Identifier: Apache-2.0 */
/* Earlier lossy coding by its frame grid, and places where that grid changes. */
#ifndef EW_INSPECT_GRID_H
#define EW_INSPECT_GRID_H

#include "inspect/inspect.h"

extern const ew_inspect__method ew_inspect__frame_grid;

#endif
