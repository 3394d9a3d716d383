/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case hand, case get: an item leaves the case's hands, as an event. */
#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "cli/case.h"
#include "cli/case_verbs.h"
#include "ops/case_custody.h"

static const opt_spec hand_options[] = {
    CASE_OPTION,
    WHO_OPTIONS,
    {OPT_TO, 0, "to", "WHO", "who has it from now on"},
};

static const opt_spec get_options[] = {
    CASE_OPTION,
    WHO_OPTIONS,
    {OPT_OUTPUT, 'o', "output", "FILE", "where the copy goes; must not be there yet"},
};

/* What left the case. */
typedef struct left {
    const char *schema, *what, *to;
    int64_t item, event;
} left;

static void tell(app *a, const left *l)
{
    char *safe = ew_safe_name(l->to);
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", l->schema);
        ew_obj_int(&o, "item", l->item);
        ew_obj_str(&o, "to", safe != NULL ? safe : "");
        ew_obj_int(&o, "event", l->event);
        out_object(a, &o);
    } else if (!a->quiet) {
        (void)printf("item %" PRId64 " %s %s, event %" PRId64 "; its hash was checked\n",
                     l->item, l->what, safe != NULL ? safe : "?", l->event);
    }
    ew_free(safe);
}

static int hand(app *a, const args *in)
{
    const ew_ops_actor by = {case_who(in), in->values[OPT_PURPOSE]};
    const char *to = in->values[OPT_TO];
    ew_case *c = NULL;
    int64_t item = 0;
    int64_t event = 0;
    ew_err err;
    int exit = case_open(a, in, true, &c);
    if (exit != 0)
        return exit;
    ew_code code = to != NULL ? EW_OK
                              : ew_fail(&err, EW_E_ARG, 0,
                                        "name who gets it: earwitness case hand ITEM "
                                        "--to WHO");
    if (code == EW_OK)
        code = ew_case_find_item(c, in->operands[0], &item, &err);
    if (code == EW_OK)
        code = ew_ops_case_hand(c, item, to, &by, &event, &err);
    ew_case_close(c);
    if (code != EW_OK)
        return fail_command(a, &err);
    tell(a, &(left){"earwitness.case-hand/1", "was handed to", to, item, event});
    return EXIT_FOUND;
}

static int get(app *a, const args *in)
{
    const ew_ops_actor by = {case_who(in), in->values[OPT_PURPOSE]};
    const char *to = in->values[OPT_OUTPUT];
    ew_case *c = NULL;
    int64_t item = 0;
    int64_t event = 0;
    ew_err err;
    int exit = case_open(a, in, true, &c);
    if (exit != 0)
        return exit;
    ew_code code = to != NULL ? EW_OK
                              : ew_fail(&err, EW_E_ARG, 0,
                                        "name the copy: earwitness case get ITEM "
                                        "-o FILE");
    if (code == EW_OK)
        code = ew_case_find_item(c, in->operands[0], &item, &err);
    if (code == EW_OK)
        code = ew_ops_case_get(c, item, to, &by, &event, &err);
    ew_case_close(c);
    if (code != EW_OK)
        return fail_command(a, &err);
    tell(a, &(left){"earwitness.case-get/1", "was copied to", to, item, event});
    return EXIT_FOUND;
}

const command case_hand = {
    .name = "case hand",
    .usage = "ITEM --to WHO",
    .summary = "put down that an item was handed on",
    .details = "Checks the original's hash and writes an event of custody",
    .options = hand_options,
    .option_count = EW_COUNT(hand_options),
    .operands_min = 1,
    .operands_max = 1,
    .run = hand,
};

const command case_get = {
    .name = "case get",
    .usage = "ITEM -o FILE",
    .summary = "copy an original out of the case",
    .details = "Checks its hash and writes an event of custody before the copy is there",
    .options = get_options,
    .option_count = EW_COUNT(get_options),
    .operands_min = 1,
    .operands_max = 1,
    .run = get,
};
