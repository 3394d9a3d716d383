/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands of a case share: finding and opening it, and who acts. */
#ifndef EW_CLI_CASE_H
#define EW_CLI_CASE_H

#include "casefile/casefile.h"
#include "cli/cli.h"

#define CASE_OPTION                                                                      \
    {                                                                                    \
        OPT_CASE, 0, "case", "DIR", "folder of the case"                                 \
    }
/* Of those that change something. */
#define WHO_OPTIONS                                                                      \
    {OPT_WHO, 0, "who", "NAME", "who does this (default: your login name)"},             \
    {                                                                                    \
        OPT_PURPOSE, 0, "purpose", "TEXT", "what it is done for"                         \
    }

/* Finds and opens the case; 0 or the exit code, told. */
int case_open(app *a, const args *in, bool write, ew_case **c);

/* --who, else EARWITNESS_WHO, else the login name; borrowed. Threads: the main one. */
const char *case_who(const args *in);

/* Begins an event of this kind by case_who, for --purpose. act
 * may have been filled with more; NULL: nothing more. */
EW_MUST_CHECK ew_code case_begin(ew_case *c, const args *in, const char *kind,
                                 const ew_case_act *act, int64_t *event, ew_err *err);
/* Commits when code is EW_OK, else rolls back; what comes first is answered. */
EW_MUST_CHECK ew_code case_end(ew_case *c, ew_code code, ew_err *err);

/* Tells an error about the case; EXIT_NO_ARCHIVE where there is none. */
int fail_case(app *a, const ew_err *e);

#endif
