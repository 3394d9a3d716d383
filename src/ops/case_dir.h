/* SPDX-License-Identifier: Apache-2.0 */
/* Where a case is, and which cases this user has had open. */
#ifndef EW_OPS_CASE_DIR_H
#define EW_OPS_CASE_DIR_H

#include "earwitness/err.h"

enum { EW_CASES_KNOWN = 1000 };

/* option, else EARWITNESS_CASE, else the current folder or the nearest one above that holds a case,
 * else the one that was opened last. *dir is to be freed. EW_E_NOTFOUND when there is none of these. */
EW_MUST_CHECK ew_code ew_case_dir_find(const char *option, char **dir, ew_err *err);

/* The list of cases that were opened, in $XDG_DATA_HOME/earwitness/cases: one path a line, the last one
 * opened first. put(): what it returns other than EW_OK ends it. */
EW_MUST_CHECK ew_code ew_case_dirs(ew_code (*put)(void *cookie, const char *dir,
                                                  ew_err *err),
                                   void *cookie, ew_err *err);
/* Puts a case on top of the list, by its absolute path. Nothing happens without a home. */
EW_MUST_CHECK ew_code ew_case_dir_remember(const char *dir, ew_err *err);
/* Takes it off the list; the case itself is not touched. EW_E_NOTFOUND when it is not on it. */
EW_MUST_CHECK ew_code ew_case_dir_forget(const char *dir, ew_err *err);

#endif
