/* SPDX-License-Identifier: Apache-2.0 */
/* Names from the command line and from --files-from. */
#ifndef EW_CLI_NAMES_H
#define EW_CLI_NAMES_H

#include "base/buf.h"
#include "cli/cli.h"

typedef struct names {
    const char **items; /* borrowed from argv, or pointing into text */
    size_t count;
    ew_buf text; /* what --files-from gave */
} names;

/* Operands, then the lines (or with -0 the NUL-ended names) of the file. */
EW_MUST_CHECK ew_code names_gather(names *n, const args *in, ew_err *err);
void names_release(names *n);

#endif
