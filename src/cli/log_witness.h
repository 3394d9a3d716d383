/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness log witness. */
#ifndef EW_CLI_LOG_WITNESS_H
#define EW_CLI_LOG_WITNESS_H

#include "cli/cli.h"

/* log: its folder. Returns the exit code. */
int log_witness(app *a, const args *in, const char *log);

#endif
