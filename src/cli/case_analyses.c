/* SPDX-License-Identifier: Apache-2.0 */
/* Tells what analyses of a case's recordings found. */
#include "cli/case_analyses.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

static const char *const outcomes[] = {"new", "same", "differs", "failed", "left-out"};

void case_told_json(app *a, const char *schema, const ew_case_told *t)
{
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", schema);
    ew_obj_str(&o, "result", outcomes[t->outcome]);
    ew_obj_str(&o, "tool", t->tool);
    ew_obj_int(&o, "item", t->item);
    if (t->other != 0)
        ew_obj_int(&o, "other", t->other);
    if (t->outcome == EW_CASE_NO_RESULT) {
        ew_obj_set(&o, "error", ew_json_error(&t->err, ew_ops_input_advice(&t->err)));
    } else {
        ew_obj_str(&o, "text", t->line);
    }
    if (t->analysis != 0) {
        ew_obj_int(&o, "analysis", t->analysis);
        ew_obj_int(&o, "event", t->event);
    }
    if (t->before != 0)
        ew_obj_int(&o, "repeats", t->before);
    if (t->outcome == EW_CASE_DIFFERENT)
        ew_obj_str(&o, "differs", t->fields);
    out_object(a, &o);
}

void case_told_text(app *a, const ew_case_told *t)
{
    progress_clear(a);
    if (t->outcome == EW_CASE_NO_RESULT) {
        say(a, "%s of item %" PRId64 ": no result: %s", t->tool, t->item, t->err.text);
        return;
    }
    if (a->quiet)
        return;
    (void)printf("  %s", t->tool);
    if (t->other != 0)
        (void)printf(" of items %" PRId64 " and %" PRId64, t->item, t->other);
    else if (t->outcome == EW_CASE_LEFT_OUT || strcmp(t->tool, "family") != 0)
        (void)printf(" of item %" PRId64, t->item);
    if (t->outcome == EW_CASE_SAME)
        (void)printf(": the same as before");
    else if (t->outcome == EW_CASE_DIFFERENT)
        (void)printf(": DIFFERS from before in %s", t->fields);
    (void)printf(": %s\n", t->line);
}

static void told(void *cookie, const ew_case_told *t)
{
    app *a = cookie;
    if (a->json)
        case_told_json(a, "earwitness.case-analysis/1", t);
    else
        case_told_text(a, t);
}

void case_tick(void *cookie, const char *stage, int64_t done, int64_t total)
{
    progress_state p = {.stage = stage, .share = -1};
    if (total > 0)
        p.share = done < total ? (double)done / (double)total : 1;
    progress_show(cookie, &p);
}

int case_analyse(app *a, ew_case *c, const args *in, const ew_case_add_sum *sum)
{
    const ew_case_analyse_how how = {.who = case_who(in),
                                     .purpose = in->values[OPT_PURPOSE],
                                     .archive = a->archive,
                                     .jobs = a->jobs,
                                     .stop = &app_stop,
                                     .told = told,
                                     .tick = case_tick,
                                     .cookie = a};
    ew_err err;
    ew_code code =
        ew_ops_case_analyse(c, sum->recordings, sum->recording_count, &how, &err);
    progress_clear(a);
    return code == EW_OK ? EXIT_FOUND : fail_command(a, &err);
}
