/* SPDX-License-Identifier: Apache-2.0 */
/* Files named on the command line and by --files-from. */
#ifndef EW_CLI_NAMES_H
#define EW_CLI_NAMES_H

#include "cli/cli.h"
#include "ops/input.h"

/* What operands, then the lines (or with -0 the NUL-ended names) of the file name. Release
 * *inputs in any case. */
EW_MUST_CHECK ew_code gather_inputs(ew_inputs *inputs, const args *in, ew_err *err);

#endif
