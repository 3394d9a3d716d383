/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case new: a folder for a new case. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "cli/case.h"
#include "cli/case_verbs.h"
#include "ops/case_dir.h"

static const opt_spec options[] = {
    {OPT_TITLE, 0, "title", "TEXT",
     "what the case is about (default: the folder's name)"},
};

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL && slash[1] != 0 ? slash + 1 : path;
}

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

static int run(app *a, const args *in)
{
    const char *dir = in->operands[0];
    const char *title =
        in->values[OPT_TITLE] != NULL ? in->values[OPT_TITLE] : last_part(dir);
    ew_err err;
    ew_code code = ew_case_create(dir, title, &err);
    if (code == EW_OK)
        code = ew_case_dir_remember(dir, &err);
    if (code != EW_OK)
        return fail_case(a, &err);
    tell(a, dir, title);
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
