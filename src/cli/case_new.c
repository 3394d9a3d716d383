/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case new: a folder for a new case. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "cli/case.h"
#include "cli/case_verbs.h"
#include "ops/case_dir.h"
#include "ops/case_people.h"

static const opt_spec options[] = {
    {OPT_TITLE, 0, "title", "TEXT",
     "what the case is about (default: the folder's name)"},
    WHO_OPTIONS,
    {OPT_RECIPIENT, 0, "recipient", "AGE",
     "who can read protected identities; may be given again"},
};

static void tell(app *a, const char *dir, const char *title)
{
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.case-new/1");
        ew_obj_str(&o, "folder", dir);
        ew_obj_str(&o, "title", title);
        out_object(a, &o);
    } else if (!a->quiet) {
        char *safe = ew_safe_name(dir);
        (void)printf("a new case in %s; next: earwitness case add FILE\n",
                     safe != NULL ? safe : "?");
        ew_free(safe);
    }
}

/* Who can read protected identities: one event. */
static ew_code add_recipients(const char *dir, const args *in, ew_err *err)
{
    const ew_ops_actor by = {case_who(in), in->values[OPT_PURPOSE]};
    ew_ops_recipients r = {.n = 0};
    ew_case *c = NULL;
    const char **ages = ew_alloc_array(in->given_count + 1, sizeof *ages);
    if (ages == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < in->given_count; i++)
        if (in->given[i].id == OPT_RECIPIENT)
            ages[r.n++] = in->given[i].value;
    r.ages = ages;
    ew_code code = r.n > 0 ? ew_case_open(&c, dir, true, 0, err) : EW_OK;
    if (code == EW_OK && r.n > 0)
        code = ew_ops_add_recipients(c, &by, &r, err);
    ew_case_close(c);
    ew_free((void *)ages);
    return code;
}

static int run(app *a, const args *in)
{
    const char *dir = in->operands[0];
    const char *title =
        in->values[OPT_TITLE] != NULL ? in->values[OPT_TITLE] : ew_path_name(dir);
    ew_err err;
    ew_code code = ew_case_create(dir, title, &err);
    if (code == EW_OK)
        code = ew_case_dir_remember(dir, &err);
    if (code != EW_OK)
        return fail_case(a, &err);
    tell(a, dir, title);
    if (add_recipients(dir, in, &err) != EW_OK) {
        say(a, "the case has no recipients yet; 'earwitness case recipient' adds them");
        return fail_command(a, &err);
    }
    return EXIT_FOUND;
}

const command case_new = {
    .name = "case new",
    .usage = "FOLDER",
    .summary = "make a new case in a folder",
    .details = "Makes a folder with an empty case, which becomes the one that is open",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
