/* SPDX-License-Identifier: Apache-2.0 */
/* Stretches of the sound that come a second time. */
#ifndef EW_INSPECT_COPY_MOVE_H
#define EW_INSPECT_COPY_MOVE_H

#include "inspect/inspect.h"

extern const ew_inspect__method ew_inspect__copy_move;

#endif
