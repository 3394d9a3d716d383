/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands share that hand a case on, and look before at what would leave with it. */
#ifndef EW_CLI_CASE_HELD_H
#define EW_CLI_CASE_HELD_H

#include "cli/cli.h"
#include "ops/lint.h"

/* The file of --places, to be released in any case; empty without one. */
EW_MUST_CHECK ew_code held_places(const args *in, ew_buf *places, ew_err *err);

/* All values of an option, in their order, into room for as many as were given; returns how many. */
size_t held_values(const args *in, opt_id id, const char **out);

/* One finding as a line of JSON. */
void held_finding_json(app *a, const char *schema, const ew_lint_finding *f);

#endif
