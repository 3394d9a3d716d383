/* SPDX-License-Identifier: Apache-2.0 */
/* Finding sound that does not change: a test tone, a hum, a dial tone. It is like itself
 * everywhere, so that it cannot be placed in any recording. */
#ifndef EW_ALIGN_STEADY_H
#define EW_ALIGN_STEADY_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Sets mark[s] for each slot of EW_SLOT samples that lies in steady sound. Errors: EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_steady_mark(const float *mono, size_t n, uint8_t *mark,
                                     size_t slots, ew_err *err);

#endif
