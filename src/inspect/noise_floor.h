/* SPDX-License-Identifier: Apache-2.0 */
/* The background in the pauses, and where another one begins. */
#ifndef EW_INSPECT_NOISE_FLOOR_H
#define EW_INSPECT_NOISE_FLOOR_H

#include "inspect/inspect.h"

extern const ew_inspect__method ew_inspect__noise_floor;

#endif
