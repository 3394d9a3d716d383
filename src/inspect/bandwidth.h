/* SPDX-License-Identifier: Apache-2.0 */
/* Up to which frequency there is sound, over time, and steps in it. */
#ifndef EW_INSPECT_BANDWIDTH_H
#define EW_INSPECT_BANDWIDTH_H

#include "inspect/inspect.h"

extern const ew_inspect__method ew_inspect__bandwidth;

#endif
