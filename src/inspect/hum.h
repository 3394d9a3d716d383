/* SPDX-License-Identifier: Apache-2.0 */
/* Mains hum at 50 or 60 Hz, and places where its phase jumps. */
#ifndef EW_INSPECT_HUM_H
#define EW_INSPECT_HUM_H

#include "inspect/inspect.h"

extern const ew_inspect__method ew_inspect__hum;

#endif
