/* SPDX-License-Identifier: Apache-2.0 */
/* The offset of the wave from zero, and steps in it. */
#ifndef EW_INSPECT_DC_H
#define EW_INSPECT_DC_H

#include "inspect/inspect.h"

extern const ew_inspect__method ew_inspect__dc;

#endif
