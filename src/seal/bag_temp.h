/* SPDX-License-Identifier: Apache-2.0 */
/* Inside bags: the folder in which one is written, and those that killed programs left. */
#ifndef EW_SEAL_BAG_TEMP_H
#define EW_SEAL_BAG_TEMP_H

#include "base/err.h"

/* A new folder in `parent` that nobody else can read, and removes from there what a program of the same user
 * was writing when it was killed. *path: to be freed. *lock: to be closed when the folder has its
 * final name, or is gone; while it is open nobody takes the folder for one that was left. */
EW_MUST_CHECK ew_code ew_bag__temp(const char *parent, char **path, int *lock,
                                   ew_err *err);

#endif
