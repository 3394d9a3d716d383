/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness export: sealed files and their record as a bag. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "cli/desk.h"
#include "ops/seal_export.h"

static const opt_spec options[] = {
    DESK_OPTION,
    PASS_OPTIONS,
    {OPT_OUTPUT, 'o', "output", "DIR", "the folder to make"},
    {OPT_ALL, 0, "all", NULL, "everything that was sealed here"},
};

static void report(app *a, const ew_exported *e)
{
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.export/1");
        ew_obj_int(&o, "items", (int64_t)e->items);
        ew_obj_int(&o, "files", (int64_t)e->files);
        ew_obj_int(&o, "bytes", (int64_t)e->bytes);
        out_object(a, &o);
        return;
    }
    if (!a->quiet)
        (void)printf("%" PRIu64 " items, %" PRIu64 " files, %" PRIu64 " bytes\n",
                     e->items, e->files, e->bytes);
}

static int run(app *a, const args *in)
{
    ew_export_opts opts = {.items = in->operands,
                           .n = in->count,
                           .all = in->values[OPT_ALL] != NULL,
                           .out = in->values[OPT_OUTPUT],
                           .time = (int64_t)time(NULL)};
    ew_exported done;
    ew_desk d;
    ew_err err;
    if (opts.out == NULL || opts.all == (opts.n > 0)) {
        (void)ew_fail(&err, EW_E_ARG, 0, "needed are -o DIR, and items or --all");
        return fail_command(a, &err);
    }
    int code = desk_open(a, in, &d);
    if (code != 0)
        return code;
    if (ew_ops_export(&d, &opts, &done, &err) != EW_OK)
        code = fail_desk(a, &err);
    else
        report(a, &done);
    ew_desk_close(&d);
    return code;
}

const command cmd_export = {
    .name = "export",
    .usage = "ITEM...|--all -o DIR",
    .summary = "sealed files and their record as a BagIt folder",
    .details =
        "Makes a folder (RFC 8493) that archives and courts can check without this "
        "program:\n"
        "'sha256sum -c manifest-sha256.txt'. It holds the files, which are checked to be "
        "what\n"
        "was sealed, their seals, proofs, time tokens and events, and no secret of the "
        "desk.\n"
        "Everything in these files is shown; to show a part, see 'earwitness disclose'",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 0,
    .operands_max = SIZE_MAX,
    .run = run,
};
