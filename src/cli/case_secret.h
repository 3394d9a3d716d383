/* SPDX-License-Identifier: Apache-2.0 */
/* What must not be given as an argument, which everybody on the machine can see, nor in the environment:
 * identities, names of protected people, secret keys. */
#ifndef EW_CLI_CASE_SECRET_H
#define EW_CLI_CASE_SECRET_H

#include "cli/cli.h"
#include "ops/case_people.h"

/* Text from the descriptor or the file that an option names, else asked for on the terminal, where it is not
 * shown: one line, or lines up to an empty one. Without spaces at its ends. 0 or the exit code, told;
 * release it when 0. */
typedef struct secret_from {
    opt_id fd, file;
    const char *prompt;
    bool lines;
    size_t max;
} secret_from;
int case_secret(app *a, const args *in, const secret_from *from, ew_secret *out);

/* Secret age keys of --identity FILE; when that is locked, its passphrase is asked for. To be released in any
 * case. 0 or the exit code, told. */
#define KEY_OPTIONS                                                                      \
    {OPT_IDENTITY, 'i', "identity", "FILE",                                              \
     "an age key that opens protected identities"},                                      \
    {                                                                                    \
        OPT_PASS_FD, 0, "passphrase-fd", "N",                                            \
            "read the passphrase of a locked key from descriptor N"                      \
    }
int case_keys(app *a, const args *in, ew_age_identities *keys);

#endif
