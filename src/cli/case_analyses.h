/* SPDX-License-Identifier: Apache-2.0 */
/* Examining recordings of a case, for the commands that do so. */
#ifndef EW_CLI_CASE_ANALYSES_H
#define EW_CLI_CASE_ANALYSES_H

#include "cli/case.h"
#include "ops/case_add.h"
#include "ops/case_analyse.h"

/* Examines what was added; that one analysis fails is told and no failure. Returns the exit code. */
int case_analyse(app *a, ew_case *c, const args *in, const ew_case_add_sum *sum);

void case_told_json(app *a, const char *schema, const ew_case_told *t);
void case_told_text(app *a, const ew_case_told *t);
void case_tick(void *cookie, const char *stage, int64_t done, int64_t total);

#endif
