/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case reveal: shows who a protected person is, and puts down who looked. */
#include <unistd.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "base/utf8.h"
#include "cli/case.h"
#include "cli/case_secret.h"
#include "cli/case_verbs.h"
#include "ops/case_people.h"

static const opt_spec options[] = {
    CASE_OPTION,
    WHO_OPTIONS,
    KEY_OPTIONS,
    {OPT_YES, 0, "yes", NULL, "print it also where no terminal is"},
};

/* Character by character, so that no other copy of it is made: what would move a terminal's cursor is left
 * out. */
static ew_code print(void *cookie, const ew_unsealed *u, ew_err *err)
{
    const bool *tty = cookie;
    ew_code code = EW_OK;
    uint32_t cp;
    for (size_t at = 0; at < u->text.n && code == EW_OK;) {
        size_t n = ew_utf8_next(u->text.p + at, u->text.n - at, &cp);
        bool odd = n == 0 || (cp < 0x20 && cp != '\n' && cp != '\t') ||
                   (cp >= 0x7F && cp < 0xA0);
        n = n > 0 ? n : 1;
        code = *tty && odd ? ew_write_all(STDOUT_FILENO, "?", 1, err)
                           : ew_write_all(STDOUT_FILENO, u->text.p + at, n, err);
        at += n;
    }
    return code == EW_OK ? ew_write_all(STDOUT_FILENO, "\n", 1, err) : code;
}

static int run(app *a, const args *in)
{
    bool tty = isatty(STDOUT_FILENO) == 1;
    ew_ops_actor by = {case_who(in), in->values[OPT_PURPOSE]};
    ew_age_identities keys = {0};
    ew_unsealed_to to = {.put = print, .cookie = &tty};
    ew_person_kind kind;
    ew_case *c = NULL;
    int64_t person;
    ew_err err;
    ew_code code = EW_OK;
    if (in->values[OPT_IDENTITY] == NULL)
        code = ew_fail(&err, EW_E_ARG, 0,
                       "to look at an identity needs an age key: "
                       "--identity FILE");
    else if (a->json)
        code = ew_fail(&err, EW_E_ARG, 0, "an identity is not printed as JSON");
    else if (!tty && in->values[OPT_YES] == NULL)
        code = ew_fail(&err, EW_E_ARG, 0,
                       "this is no terminal, and what is printed may "
                       "be kept somewhere; if it may be, say --yes");
    if (code != EW_OK)
        return fail_command(a, &err);
    int exit = case_keys(a, in, &keys);
    if (exit == 0)
        exit = case_open(a, in, true, &c);
    if (exit == 0) {
        code = ew_case_find_person(c, in->operands[0], &person, &kind, &err);
        bool found = code == EW_OK;
        if (found)
            code = ew_ops_reveal(c, &by, person, &keys, &to, &err);
        if (code != EW_OK)
            exit = fail_command(a, &err);
        if (found && code == EW_E_NOTFOUND && kind == EW_PERSON_PROTECTED)
            exit = EXIT_WRONG_KEY;
    }
    ew_case_close(c);
    ew_age_identities_release(&keys);
    return exit;
}

const command case_reveal = {
    .name = "case reveal",
    .usage = "PERSON --identity FILE --purpose TEXT",
    .summary = "show who a protected person is, on record",
    .details =
        "Prints what is kept of a protected person, for whoever has an age key of the "
        "case.\n"
        "First it puts down who looks and what for; that cannot be left out. It prints "
        "to a\n"
        "terminal only, or anywhere with --yes. Exit 12: the key does not open it",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
