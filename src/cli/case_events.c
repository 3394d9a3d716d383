/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case events: who did what, and when. */
#include "base/bytes.h"
#include "base/err.h"
#include "cli/case_show.h"
#include "cli/case_verbs.h"

static const opt_spec options[] = {CASE_OPTION};

static ew_code print_json(const ew_case_seen_events *e, ew_buf *out, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < e->n && code == EW_OK; i++) {
        ew_obj o = ew_obj_new();
        ew_obj one = ew_case_event_json(&e->list[i]);
        ew_obj_str(&o, "schema", "earwitness.case-events/1");
        if (o.json == NULL || json_object_update(o.json, one.json) != 0)
            ew_obj_release(&o);
        ew_obj_release(&one);
        code = ew_obj_print(&o, out, err);
    }
    return code;
}

static int events(app *a, ew_case *c, const args *in)
{
    ew_case_seen_events e;
    int64_t item = 0;
    ew_buf b;
    ew_err err;
    ew_code code =
        in->count > 0 ? ew_case_find_item(c, in->operands[0], &item, &err) : EW_OK;
    if (code == EW_OK)
        code = ew_case_seen_events_load(c, item, 0, &e, &err);
    if (code != EW_OK)
        return fail_command(a, &err);
    ew_buf_init(&b, CASE_OUT_MAX);
    if (a->json)
        code = print_json(&e, &b, &err);
    else if (e.n > 0)
        code = case_events_text(&e, &a->out_style, &b, &err);
    else
        say(a, "there are no events yet");
    if (code == EW_OK)
        out_write(a, &b);
    ew_buf_release(&b);
    int exit = e.n > 0 ? EXIT_FOUND : EXIT_NOTHING;
    ew_case_seen_events_release(&e);
    return code == EW_OK ? exit : fail_command(a, &err);
}

static int run(app *a, const args *in)
{
    ew_case *c = NULL;
    int exit = case_open(a, in, false, &c);
    if (exit == 0)
        exit = events(a, c, in);
    ew_case_close(c);
    return exit;
}

const command case_events = {
    .name = "case events",
    .usage = "[ITEM]",
    .summary = "list who did what to the case, or to one item",
    .details =
        "The log of custody. With --json also details, and hashes before and after",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_max = 1,
    .run = run,
};
