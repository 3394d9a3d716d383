/* SPDX-License-Identifier: Apache-2.0 */
/* Stretches without a single bit, and how the sound around them ends and begins. */
#ifndef EW_INSPECT_SILENCE_H
#define EW_INSPECT_SILENCE_H

#include "inspect/inspect.h"

extern const ew_inspect__method ew_inspect__silence;

#endif
