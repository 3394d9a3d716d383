/* SPDX-License-Identifier: Apache-2.0 */
/* Single samples that do not follow from those before: clicks, as hard cuts leave them. */
#ifndef EW_INSPECT_DISCONTINUITY_H
#define EW_INSPECT_DISCONTINUITY_H

#include "inspect/inspect.h"

extern const ew_inspect__method ew_inspect__discontinuity;

#endif
