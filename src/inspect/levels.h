/* SPDX-License-Identifier: Apache-2.0 */
/* Level, spectrum and decay of what is loud, and where they change. */
#ifndef EW_INSPECT_LEVELS_H
#define EW_INSPECT_LEVELS_H

#include "inspect/inspect.h"

extern const ew_inspect__method ew_inspect__levels;

#endif
