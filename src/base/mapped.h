/* SPDX-License-Identifier: Apache-2.0 */
/* Files of other people, mapped for reading. Somebody may shorten one meanwhile, or its disk be pulled out:
 * without this, the first look at what is gone ends the process (SIGBUS). Here it reads as zeros, and
 * ew_mapped_torn says so. */
#ifndef EW_BASE_MAPPED_H
#define EW_BASE_MAPPED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { EW_MAPPED_MOST = 256 /* at a time, in the whole process */ };

typedef struct ew_mapped {
    const char *p; /* "" when n is 0 */
    size_t n;
    size_t slot; /* in the list of what is mapped, when n is not 0 */
} ew_mapped;

/* All that fd holds; fd may be closed at once. The first call takes over the process's SIGBUS; one that is of
 * nothing mapped here goes where it went before. EW_E_IO, EW_E_LIMIT. Threads: any. */
EW_MUST_CHECK ew_code ew_mapped_open(ew_mapped *m, int fd, ew_err *err);
/* Some of it was not there any more when it was looked at: what was made of it does not count. */
bool ew_mapped_torn(const ew_mapped *m);
void ew_mapped_close(ew_mapped *m); /* fine on a zeroed struct, and after close */

#endif
