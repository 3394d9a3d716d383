/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case open, close: which cases this user works on. */
#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "cli/case_show.h"
#include "cli/case_verbs.h"
#include "ops/case_dir.h"

static const opt_spec close_options[] = {CASE_OPTION};

static void tell(app *a, const char *schema, const ew_case_view *v)
{
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", schema);
        ew_obj_str(&o, "folder", v->dir);
        ew_obj_str(&o, "title", v->title);
        ew_obj_int(&o, "items", (int64_t)v->here);
        ew_obj_int(&o, "events", (int64_t)v->events);
        out_object(a, &o);
    } else if (!a->quiet) {
        (void)printf("%s: %zu item%s, %" PRIu64 " event%s\n", v->title, v->here,
                     v->here == 1 ? "" : "s", v->events, v->events == 1 ? "" : "s");
    }
}

static int run_open(app *a, const args *in)
{
    char today[CASE_TODAY];
    ew_case *c = NULL;
    ew_case_view v;
    ew_err err;
    ew_code code = ew_case_open(&c, in->operands[0], false, 0, &err);
    if (code == EW_OK) {
        code = ew_case_view_load(c, case_today(today), false, &v, &err);
        ew_case_close(c);
    }
    if (code != EW_OK)
        return fail_case(a, &err);
    code = ew_case_dir_remember(in->operands[0], &err);
    if (code == EW_OK)
        tell(a, "earwitness.case-open/1", &v);
    ew_case_view_release(&v);
    return code == EW_OK ? EXIT_FOUND : fail_command(a, &err);
}

static int run_close(app *a, const args *in)
{
    char *dir = NULL;
    ew_err err;
    const char *named = in->count > 0 ? in->operands[0] : in->values[OPT_CASE];
    ew_code code = ew_case_dir_find(named, &dir, &err);
    if (code == EW_OK)
        code = ew_case_dir_forget(dir, &err);
    char *safe = dir != NULL ? ew_safe_name(dir) : NULL;
    ew_free(dir);
    int exit = code == EW_OK ? EXIT_FOUND : fail_case(a, &err);
    if (code == EW_OK && a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.case-close/1");
        ew_obj_str(&o, "folder", safe != NULL ? safe : "");
        out_object(a, &o);
    } else if (code == EW_OK && !a->quiet) {
        (void)printf("%s is off the list of cases\n", safe != NULL ? safe : "?");
    }
    ew_free(safe);
    return exit;
}

const command case_open_verb = {
    .name = "case open",
    .usage = "FOLDER",
    .summary = "work on this case from now on",
    .details =
        "Looks whether the folder holds a case, and puts it on top of the list of\n"
        "cases, so that commands find it from any folder",
    .operands_min = 1,
    .operands_max = 1,
    .run = run_open,
};

const command case_close_verb = {
    .name = "case close",
    .usage = "[FOLDER]",
    .summary = "take a case off the list of cases",
    .details = "The case itself is not touched",
    .options = close_options,
    .option_count = EW_COUNT(close_options),
    .operands_max = 1,
    .run = run_close,
};
