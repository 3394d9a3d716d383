/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness remove: recordings out of the archive. */
#include <inttypes.h>
#include <stdio.h>

#include "base/bytes.h"
#include "base/err.h"
#include "cli/cli.h"
#include "report/json.h"
#include "report/report.h"

static const opt_spec options[] = {
    {OPT_DRY_RUN, 'n', "dry-run", NULL, "only say what would be removed"},
};

typedef struct removal {
    app *a;
    bool dry_run;
    size_t found, failed;
} removal;

static void write_json(app *a, const ew_recording *rec, const char *outcome)
{
    ew_obj o = ew_obj_new();

    ew_obj_str(&o, "schema", "earwitness.remove/1");
    ew_obj_sha256(&o, "sha256", rec->sha256);
    ew_obj_str(&o, "name", rec->names[0]);
    ew_obj_str(&o, "outcome", outcome);
    out_object(a, &o);
}

static void each(void *cookie, const char *what, const ew_recording *rec,
                 const ew_err *why)
{
    removal *r = cookie;

    (void)what;
    if (rec == NULL) {
        say_error(r->a, why, NULL);
        r->failed++;
        return;
    }
    r->found++;
    if (r->a->json)
        write_json(r->a, rec, r->dry_run ? "would-remove" : "removed");
    else if (r->dry_run)
        (void)printf("would remove %s\n", rec->names[0]);
    else
        say_verbose(r->a, "removing: %s", rec->names[0]);
}

static int run(app *a, const args *in)
{
    removal r = {.a = a, .dry_run = in->values[OPT_DRY_RUN] != NULL};
    ew_remove_opts opts = {.wait = app_wait(a), .dry_run = r.dry_run, .each = each};
    uint64_t removed = 0;
    ew_err err;
    int code = app_find_archive(a);

    if (code != 0)
        return code;
    opts.cookie = &r;
    if (ew_ops_remove(a->archive_dir, in->operands, in->count, &opts, &removed, &err) !=
        EW_OK)
        return fail_archive(a, &err);
    if (!a->json && !a->quiet && !r.dry_run && removed > 0)
        (void)printf("removed %" PRIu64
                     " recording%s; 'earwitness archive compact' gives the "
                     "space back\n",
                     removed, removed == 1 ? "" : "s");
    if (r.failed > 0)
        return r.found > 0 ? EXIT_SOME_FAILED : EXIT_NOTHING;
    return EXIT_FOUND;
}

const command cmd_remove = {
    .name = "remove",
    .usage = "RECORDING ...",
    .summary = "take recordings out of the archive",
    .details = "A RECORDING is a SHA-256 or its beginning (6 digits or more), a name, or "
               "a path.\n"
               "The recording's own file is not touched",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .run = run,
};
