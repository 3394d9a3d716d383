/* SPDX-License-Identifier: Apache-2.0 */
/* How statements and what they are worth are shown. */
#ifndef EW_CLI_STATEMENT_H
#define EW_CLI_STATEMENT_H

#include "cli/cli.h"
#include "ops/seal_sign.h"
#include "ops/seal_statement.h"

/* One event that the desk keeps: an object, or a line and its words. */
EW_MUST_CHECK ew_code statement_json(app *a, const ew_event_kept *k, ew_err *err);
EW_MUST_CHECK ew_code statement_line(const ew_event_kept *k, ew_err *err);

/* What a statement is worth, as text or JSON. */
EW_MUST_CHECK ew_code statement_verdict(app *a, const ew_statement_files *in,
                                        const ew_statement_check *c, ew_err *err);

#endif
