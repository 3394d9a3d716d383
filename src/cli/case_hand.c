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

/* One way for an item to leave the case. */
typedef struct way {
    opt_id to;           /* who gets it, or the file */
    const char *missing; /* told when that is not given */
    const char *schema, *what;
    ew_code (*leave)(ew_case *c, int64_t item, const char *to, const ew_ops_actor *by,
                     int64_t *event, ew_err *err);
} way;

static int leave(app *a, const args *in, const way *w)
{
    const ew_ops_actor by = {case_who(in), in->values[OPT_PURPOSE]};
    const char *to = in->values[w->to];
    ew_case *c = NULL;
    int64_t item = 0;
    int64_t event = 0;
    ew_err err;
    int exit = case_open(a, in, true, &c);
    if (exit != 0)
        return exit;
    ew_code code = to != NULL ? EW_OK : ew_fail(&err, EW_E_ARG, 0, "%s", w->missing);
    if (code == EW_OK)
        code = ew_case_find_item(c, in->operands[0], &item, &err);
    if (code == EW_OK)
        code = w->leave(c, item, to, &by, &event, &err);
    ew_case_close(c);
    if (code != EW_OK)
        return fail_command(a, &err);
    tell(a, &(left){w->schema, w->what, to, item, event});
    return EXIT_FOUND;
}

static int hand(app *a, const args *in)
{
    static const way handed = {
        OPT_TO, "name who gets it: earwitness case hand ITEM --to WHO",
        "earwitness.case-hand/1", "was handed to", ew_ops_case_hand};
    return leave(a, in, &handed);
}

static int get(app *a, const args *in)
{
    static const way copied = {OPT_OUTPUT,
                               "name the copy: earwitness case get ITEM -o FILE",
                               "earwitness.case-get/1", "was copied to", ew_ops_case_get};
    return leave(a, in, &copied);
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
