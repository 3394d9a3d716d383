/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case undo: takes an event back, by another event. */
#include <inttypes.h>
#include <stdio.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/slice.h"
#include "cli/case.h"
#include "cli/case_verbs.h"
#include "ops/case_custody.h"

static const opt_spec options[] = {
    CASE_OPTION,
    WHO_OPTIONS,
    {OPT_ALL, 0, "all", NULL, "also what stands on it"},
};

static void told(void *cookie, int64_t event, int64_t by)
{
    app *a = cookie;
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.case-undo/1");
        ew_obj_int(&o, "undone", event);
        ew_obj_int(&o, "event", by);
        out_object(a, &o);
    } else if (!a->quiet) {
        (void)printf("event %" PRId64 " is taken back by event %" PRId64 "\n", event, by);
    }
}

static int undo(app *a, ew_case *c, const args *in)
{
    const ew_case_undo_how how = {.by = {case_who(in), in->values[OPT_PURPOSE]},
                                  .all = in->values[OPT_ALL] != NULL,
                                  .told = told,
                                  .cookie = a};
    uint64_t event = 0;
    ew_err err;
    ew_code code = EW_OK;
    if (!ew_slice_u64(ew_slice_of(in->operands[0]), &event) || event == 0 ||
        event > INT64_MAX)
        code = ew_fail(&err, EW_E_ARG, 0, "'%s' is not the number of an event",
                       in->operands[0]);
    if (code == EW_OK)
        code = ew_ops_case_undo(c, (int64_t)event, &how, &err);
    return code == EW_OK ? EXIT_FOUND : fail_command(a, &err);
}

static int run(app *a, const args *in)
{
    ew_case *c = NULL;
    int exit = case_open(a, in, true, &c);
    if (exit == 0)
        exit = undo(a, c, in);
    ew_case_close(c);
    return exit;
}

const command case_undo = {
    .name = "case undo",
    .usage = "EVENT",
    .summary = "take an event back, by a new event; also an undo",
    .details =
        "What the event added does not count any more, but stays where it is. Analyses\n"
        "that stand on it go with it; other events have to be taken back first, or at\n"
        "once with --all",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
