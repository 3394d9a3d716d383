/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness disclose: shows a part of what was sealed. */
#include <inttypes.h>
#include <stdio.h>

#include "base/bytes.h"
#include "base/err.h"
#include "cli/desk.h"
#include "report/times.h"

static const opt_spec options[] = {
    DESK_OPTION,
    PASS_OPTIONS,
    {OPT_SHOW, 0, "show", "RANGES", "show these"},
    {OPT_HIDE, 0, "hide", "RANGES", "hide these; without --show, show the rest"},
    {OPT_FILE, 0, "file", "FILE", "where the sealed file is now"},
    {OPT_OUTPUT, 'o', "output", "FILE", "the bundle to write"},
    {OPT_DRY_RUN, 'n', "dry-run", NULL, "only say what would be shown"},
};

/* "0:01.200 - 0:03.400" on a grid, else numbers of parts. */
static void print_run(const ew_stream *s, const ew_run *r)
{
    char from[EW_TIME_TEXT];
    char to[EW_TIME_TEXT];
    if (s->splitter == EW_SPLIT_GRID && r->first + r->count > 1) {
        double block = (double)s->block_frames / s->rate_hz;
        uint64_t first = r->first > 0 ? r->first - 1 : 0;
        (void)printf("  %s%s - %s\n", r->first == 0 ? "the head, and " : "",
                     ew_time_text((double)first * block, from),
                     ew_time_text((double)(r->first - 1 + r->count) * block, to));
        return;
    }
    if (r->count == 1)
        (void)printf("  part %" PRIu64 "\n", r->first + 1);
    else
        (void)printf("  parts %" PRIu64 " to %" PRIu64 "\n", r->first + 1,
                     r->first + r->count);
}

static void print_json(app *a, const ew_disclosed *d, const char *out)
{
    ew_obj o = ew_obj_new();
    json_t *runs = json_array();
    for (size_t i = 0; i < d->run_count; i++) {
        ew_obj r = ew_obj_new();
        ew_obj_int(&r, "first", (int64_t)d->runs[i].first);
        ew_obj_int(&r, "count", (int64_t)d->runs[i].count);
        ew_list_add(&runs, r.json);
    }
    ew_obj_str(&o, "schema", "earwitness.disclose/1");
    ew_obj_str(&o, "item", d->hex);
    ew_obj_str(&o, "splitter", ew_splitter_name(d->stream.splitter));
    ew_obj_int(&o, "parts", (int64_t)d->stream.n);
    ew_obj_int(&o, "shown", (int64_t)d->shown);
    ew_obj_set(&o, "runs", runs);
    ew_obj_bool(&o, "written", out != NULL);
    out_object(a, &o);
}

static void report(app *a, const ew_disclosed *d, const char *out)
{
    if (a->json) {
        print_json(a, d, out);
        return;
    }
    if (a->quiet)
        return;
    (void)printf("%s: %" PRIu64 " of %" PRIu64 " parts %s, %" PRIu64 " hidden\n", d->hex,
                 d->shown, d->stream.n, out != NULL ? "shown" : "would be shown",
                 d->stream.n - d->shown);
    for (size_t i = 0; i < d->run_count; i++)
        print_run(&d->stream, &d->runs[i]);
}

static int run(app *a, const args *in)
{
    bool dry = in->values[OPT_DRY_RUN] != NULL;
    ew_disclosure what = {in->operands[0], in->values[OPT_SHOW], in->values[OPT_HIDE],
                          in->values[OPT_FILE], dry ? NULL : in->values[OPT_OUTPUT]};
    ew_disclosed done;
    ew_desk d;
    ew_err err;
    if ((what.show == NULL && what.hide == NULL) || (!dry && what.out == NULL)) {
        (void)ew_fail(&err, EW_E_ARG, 0,
                      "needed are --show or --hide or both, and -o FILE or --dry-run");
        return fail_command(a, &err);
    }
    int code = desk_open(a, in, &d);
    if (code != 0)
        return code;
    if (ew_ops_disclose(&d, &what, &done, &err) != EW_OK) {
        code = fail_desk(a, &err);
    } else {
        report(a, &done, what.out);
        ew_disclosed_release(&done);
    }
    ew_desk_close(&d);
    return code;
}

const command cmd_disclose = {
    .name = "disclose",
    .usage = "ITEM --show RANGES|--hide RANGES -o FILE",
    .summary = "show a part of what was sealed",
    .details =
        "Writes a bundle that holds what is shown, and the proof that it comes "
        "unaltered\n"
        "from what was sealed; hidden parts are not in it. ITEM is the number that\n"
        "'earwitness seal' printed, or its beginning. RANGES are times for sound\n"
        "(1:02.3-1:04), numbers of messages or sender:NAME for chats, numbers of\n"
        "paragraphs for text (3-5,8), #12-20 for pages and frames, or all; what --hide\n"
        "names is hidden even when --show names it",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
