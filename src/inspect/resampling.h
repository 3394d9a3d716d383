/* SPDX-License-Identifier: Apache-2.0 */
/* Samples that were interpolated from others at even distances. */
#ifndef EW_INSPECT_RESAMPLING_H
#define EW_INSPECT_RESAMPLING_H

#include "inspect/inspect.h"

extern const ew_inspect__method ew_inspect__resampling;

#endif
