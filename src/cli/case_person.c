/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case person: adds somebody to the case. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/err.h"
#include "cli/case.h"
#include "cli/case_secret.h"
#include "cli/case_verbs.h"
#include "ops/case_people.h"

static const opt_spec options[] = {
    CASE_OPTION,
    WHO_OPTIONS,
    {OPT_KIND, 0, "kind", "KIND", "public (default), pseudonym or protected"},
    {OPT_NOTE, 0, "note", "TEXT", "for everybody who reads the case"},
    {OPT_IDENTITY_FD, 0, "identity-fd", "N", "read the identity from descriptor N"},
    {OPT_IDENTITY_FILE, 0, "identity-file", "FILE", "read the identity from FILE"},
};

static const char *const kinds[] = {"public", "pseudonym", "protected"};

static ew_code read_kind(const args *in, ew_person_kind *kind, ew_err *err)
{
    bool asked =
        in->values[OPT_IDENTITY_FD] != NULL || in->values[OPT_IDENTITY_FILE] != NULL;
    const char *name = in->values[OPT_KIND];
    *kind = asked ? EW_PERSON_PROTECTED : EW_PERSON_PUBLIC;
    if (name == NULL)
        return EW_OK;
    for (size_t i = 0; i < EW_COUNT(kinds); i++)
        if (strcmp(name, kinds[i]) == 0) {
            *kind = (ew_person_kind)i;
            return asked && *kind != EW_PERSON_PROTECTED
                       ? ew_fail(err, EW_E_ARG, 0,
                                 "an identity is kept of protected people only")
                       : EW_OK;
        }
    return ew_fail(err, EW_E_ARG, 0, "--kind is public, pseudonym or protected");
}

static void tell(app *a, const ew_person *p, int64_t id)
{
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.case-person/1");
        ew_obj_int(&o, "person", id);
        ew_obj_str(&o, "name", p->name);
        ew_obj_str(&o, "kind", kinds[p->kind]);
        out_object(a, &o);
    } else if (!a->quiet) {
        (void)printf("person %" PRId64 "%s\n", id,
                     p->kind == EW_PERSON_PROTECTED ? "; the identity is encrypted" : "");
    }
}

static int run(app *a, const args *in)
{
    ew_person p = {.name = in->operands[0],
                   .note = in->values[OPT_NOTE] != NULL ? in->values[OPT_NOTE] : ""};
    ew_ops_actor by = {case_who(in), in->values[OPT_PURPOSE]};
    secret_from from = {OPT_IDENTITY_FD, OPT_IDENTITY_FILE,
                        "Identity, which is not shown; an empty line ends it:\n", true,
                        EW_IDENTITY_MAX};
    ew_secret identity = {0};
    ew_case *c = NULL;
    int64_t id = 0;
    ew_err err;
    ew_code code = read_kind(in, &p.kind, &err);
    if (code != EW_OK)
        return fail_command(a, &err);
    int exit = p.kind == EW_PERSON_PROTECTED ? case_secret(a, in, &from, &identity) : 0;
    if (exit != 0)
        return exit;
    exit = case_open(a, in, true, &c);
    if (exit == 0) {
        code = ew_ops_add_person(c, &by, &p, (ew_slice){identity.bytes, identity.n}, &id,
                                 &err);
        if (code == EW_OK)
            tell(a, &p, id);
        else
            exit = fail_command(a, &err);
    }
    ew_case_close(c);
    ew_secret_release(&identity);
    return exit;
}

const command case_person = {
    .name = "case person",
    .usage = "NAME",
    .summary = "add somebody, public or under another name",
    .details =
        "Adds a person. NAME is shown everywhere: of a protected person it is not the "
        "name.\n"
        "The identity of a protected person is free text of several lines, as names in\n"
        "several scripts, a number, an address. It is encrypted for the recipients of "
        "the\n"
        "case and stands nowhere else. It is never an argument: it is asked for, or "
        "read\n"
        "from a file or descriptor. 'case lint' looks for every word of it",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
