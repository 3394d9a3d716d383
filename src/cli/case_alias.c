/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case alias: says that a sender or a speaker is a person of the case. */
#include <stdio.h>

#include "base/bytes.h"
#include "base/err.h"
#include "cli/case.h"
#include "cli/case_secret.h"
#include "cli/case_verbs.h"
#include "ops/case_people.h"

static const opt_spec options[] = {
    CASE_OPTION,
    WHO_OPTIONS,
    {OPT_NAME_FD, 0, "name-fd", "N", "read the name from descriptor N"},
    {OPT_NAME_FILE, 0, "name-file", "FILE", "read the name from FILE"},
};

static void tell(app *a, int64_t person, bool sealed)
{
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.case-alias/1");
        ew_obj_int(&o, "person", person);
        ew_obj_bool(&o, "protected", sealed);
        out_object(a, &o);
    } else if (!a->quiet) {
        (void)printf("added%s\n", sealed ? ", encrypted" : "");
    }
}

static int add(app *a, const args *in, ew_case *c)
{
    ew_ops_actor by = {case_who(in), in->values[OPT_PURPOSE]};
    secret_from from = {OPT_NAME_FD, OPT_NAME_FILE, "Name, which is not shown: ", false,
                        EW_CASE_NAME};
    ew_secret secret = {0};
    ew_person_kind kind;
    int64_t person;
    ew_err err;
    ew_code code = ew_case_find_person(c, in->operands[0], &person, &kind, &err);
    bool sealed = kind == EW_PERSON_PROTECTED;
    if (code == EW_OK && sealed && in->count > 1)
        code = ew_fail(&err, EW_E_ARG, 0,
                       "a name of a protected person is no argument, which others and "
                       "the shell's history see: leave it out, or take --name-file");
    if (code != EW_OK)
        return fail_command(a, &err);
    ew_slice name = in->count > 1 ? ew_slice_of(in->operands[1]) : (ew_slice){0};
    if (in->count == 1) {
        int exit = case_secret(a, in, &from, &secret);
        if (exit != 0)
            return exit;
        name = (ew_slice){secret.bytes, secret.n};
    }
    code = ew_ops_add_alias(c, &by, person, name, &err);
    ew_secret_release(&secret);
    if (code != EW_OK)
        return fail_command(a, &err);
    tell(a, person, sealed);
    return EXIT_FOUND;
}

static int run(app *a, const args *in)
{
    ew_case *c = NULL;
    int exit = case_open(a, in, true, &c);
    if (exit == 0)
        exit = add(a, in, c);
    ew_case_close(c);
    return exit;
}

const command case_alias = {
    .name = "case alias",
    .usage = "PERSON [NAME]",
    .summary = "give a person another name",
    .details =
        "Says that NAME, a sender of a chat or a speaker of quotations, is PERSON: "
        "'case\n"
        "search --person' finds both. A protected person's other name is encrypted as "
        "the\n"
        "identity is: it is asked for, or read from a file or descriptor, and 'case "
        "lint'\n"
        "finds it with a key",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = 2,
    .run = run,
};
