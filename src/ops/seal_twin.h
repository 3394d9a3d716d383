/* SPDX-License-Identifier: Apache-2.0 */
/* Items of the desk that hold the same file as another. */
#ifndef EW_OPS_SEAL_TWIN_H
#define EW_OPS_SEAL_TWIN_H

#include "ops/seal_burn.h"
#include "ops/seal_gather.h"

/* Those with the same content, whatever their file is called; those that were sealed from the same
 * path; and, where one of the two was burned, those of the same name and time and as many parts.
 * An item that cannot be read is left out. *t is zeroed first. */
EW_MUST_CHECK ew_code ew_ops__twins(ew_twins *t, const ew_gathered *g, ew_err *err);

#endif
