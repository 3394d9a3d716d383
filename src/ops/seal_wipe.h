/* SPDX-License-Identifier: Apache-2.0 */
/* Files that must not stay behind: written over before they are removed. What a disk, a file
 * system with history or a backup keeps of them elsewhere is out of reach. */
#ifndef EW_OPS_SEAL_WIPE_H
#define EW_OPS_SEAL_WIPE_H

#include "base/err.h"

/* Writes zeros over a regular file, syncs, removes it. EW_OK when it is not there. */
EW_MUST_CHECK ew_code ew_ops__wipe_file(const char *path, ew_err *err);

/* Before `path` is replaced: gives the old file a second name, so that it can be wiped after. */
EW_MUST_CHECK ew_code ew_ops__second_name(const char *path, const char *gone,
                                          ew_err *err);

/* After that, or when a process died in between: `gone` is wiped when `path` is another file by
 * now; else only the second name goes. */
EW_MUST_CHECK ew_code ew_ops__wipe_replaced(const char *path, const char *gone,
                                            ew_err *err);

#endif
