/* SPDX-License-Identifier: Apache-2.0 */
/* Peaks that were cut off. */
#ifndef EW_INSPECT_CLIPPING_H
#define EW_INSPECT_CLIPPING_H

#include "inspect/inspect.h"

extern const ew_inspect__method ew_inspect__clipping;

#endif
