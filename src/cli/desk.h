/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands of the desk share: finding it, the passphrase, opening. */
#ifndef EW_CLI_DESK_H
#define EW_CLI_DESK_H

#include "cli/cli.h"
#include "ops/case_people.h"
#include "ops/seal.h"

#define DESK_OPTION                                                                      \
    {                                                                                    \
        OPT_DESK, 0, "desk", "DIR", "folder of the desk"                                 \
    }
#define PASS_OPTIONS                                                                     \
    {OPT_PASS_FD, 0, "passphrase-fd", "N", "read the passphrase from descriptor N"},     \
    {                                                                                    \
        OPT_PASS_COMMAND, 0, "passphrase-command", "COMMAND",                            \
            "take the passphrase from what COMMAND prints"                               \
    }

/* Where the desk is, to be freed; 0 or the exit code, told. */
int desk_find(app *a, const args *in, char **dir);

/* From now on neither a core dump nor another process of this user gets at what is in memory. To
 * be called before a secret is; desk_passphrase does. */
void desk_guard_memory(void);

/* The passphrase, from --passphrase-fd, --passphrase-command or the terminal, where a new one
 * is asked for twice. 0 or the exit code, told; release it when 0. */
int desk_passphrase(app *a, const args *in, bool is_new, ew_secret *pass);

/* Reads --identity into locked memory. When the file is locked, as by `age -p`, `locked` (or NULL)
 * is called and then its passphrase asked for; `locked` returns 0, or an exit code, told, which
 * ends it. 0 or the exit code, told; ew_age_identities_release in any case. */
int desk_identities(app *a, const args *in, int (*locked)(app *a, const args *in),
                    ew_age_identities *ids);

/* Finds and opens the desk; 0 or the exit code, told. */
int desk_open(app *a, const args *in, ew_desk *d);

/* Tells an error about the desk; EXIT_NO_ARCHIVE where there is none. */
int fail_desk(app *a, const ew_err *e);

#endif
