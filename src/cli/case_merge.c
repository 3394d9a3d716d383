/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case merge: says that two people of the case are one. */
#include <inttypes.h>
#include <stdio.h>

#include "base/bytes.h"
#include "base/err.h"
#include "cli/case.h"
#include "cli/case_verbs.h"
#include "ops/case_people.h"

static const opt_spec options[] = {
    CASE_OPTION,
    WHO_OPTIONS,
};

static int merge(app *a, const args *in, ew_case *c)
{
    ew_ops_actor by = {case_who(in), in->values[OPT_PURPOSE]};
    ew_person_kind kind;
    int64_t ids[2] = {0, 0};
    int64_t event = 0;
    ew_err err;
    ew_code code = EW_OK;
    for (size_t i = 0; i < 2 && code == EW_OK; i++)
        code = ew_case_find_person(c, in->operands[i], &ids[i], &kind, &err);
    if (code == EW_OK)
        code = ew_ops_merge_people(c, &by, ids[0], ids[1], &event, &err);
    if (code != EW_OK)
        return fail_command(a, &err);
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.case-merge/1");
        ew_obj_int(&o, "person", ids[0]);
        ew_obj_int(&o, "other", ids[1]);
        ew_obj_int(&o, "event", event);
        out_object(a, &o);
    } else if (!a->quiet) {
        (void)printf("person %" PRId64 " is person %" PRId64
                     " from now on (event %" PRId64 ")\n",
                     ids[1], ids[0], event);
    }
    return EXIT_FOUND;
}

static int run(app *a, const args *in)
{
    ew_case *c = NULL;
    int exit = case_open(a, in, true, &c);
    if (exit == 0)
        exit = merge(a, in, c);
    ew_case_close(c);
    return exit;
}

const command case_merge = {
    .name = "case merge",
    .usage = "PERSON OTHER",
    .summary = "say that two people of the case are one",
    .details = "OTHER is PERSON from now on: what is said of either is of PERSON, and "
               "OTHER's name\n"
               "becomes another name. 'case undo' parts them again. A protected person "
               "is made one\n"
               "with another protected one only",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 2,
    .operands_max = 2,
    .run = run,
};
