/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness check: from which recordings was this clip taken? */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "cli/cli.h"
#include "cli/names.h"
#include "ops/check.h"
#include "report/json.h"
#include "report/report.h"

static const opt_spec options[] = {
    {OPT_SVG, 0, "svg", "FILE", "also draw the piece map of the one clip"},
    {OPT_FILES_FROM, 0, "files-from", "FILE", "also check the clips named in FILE"},
    {OPT_NULL, '0', "null", NULL, "names in FILE end with NUL, not newline"},
};

/* The clips of one run, and what came out over all of them. */
typedef struct round {
    app *a;
    const char *svg;
    size_t found, nothing, failed;
} round;

static ew_code report(app *a, const ew_finding *f, const char *svg, bool more,
                      ew_err *err)
{
    ew_buf b;
    ew_code rc = EW_OK;

    ew_buf_init(&b, EW_REPORT_MAX);
    if (more && !a->json)
        rc = ew_buf_append(&b, "\n", 1, err);
    if (rc == EW_OK)
        rc = a->json ? ew_report_check_json(f, &b, err)
                     : ew_report_check_text(f, &a->out_style, &b, err);
    if (rc == EW_OK)
        out_write(a, &b);
    if (rc == EW_OK && svg != NULL) {
        ew_buf_reset(&b);
        rc = ew_report_check_svg(f, &b, err);
        if (rc == EW_OK)
            rc = ew_file_put(svg, b.data, b.len, err);
    }
    ew_buf_release(&b);
    return rc;
}

/* In JSON mode every clip has its line, also the one that could not be read. */
static void failed_json(app *a, const ew_input *clip, const ew_err *why)
{
    ew_obj o = ew_obj_new();
    ew_obj c = ew_obj_new();

    ew_obj_str(&o, "schema", "earwitness.check/1");
    ew_obj_str(&c, "name", clip->name);
    ew_obj_set(&o, "clip", c.json);
    ew_obj_set(&o, "error", ew_json_error(why, ew_ops_input_advice(why)));
    out_object(a, &o);
}

static void each(void *cookie, const ew_input *clip, const ew_finding *f,
                 const ew_err *why)
{
    round *r = cookie;
    bool more = r->found + r->nothing > 0;
    ew_err err;

    ew_err_clear(&err);
    if (f != NULL && report(r->a, f, r->svg, more, &err) == EW_OK) {
        if (f->map->piece_count > 0)
            r->found++;
        else
            r->nothing++;
        return;
    }
    r->failed++;
    if (r->a->json && f == NULL)
        failed_json(r->a, clip, why);
    else
        say_error(r->a, f == NULL ? why : &err, clip->name);
}

static void tick(void *cookie, const char *stage, int64_t done, int64_t total)
{
    round *r = cookie;
    progress_state p = {.stage = stage, .share = -1};

    if (total > 0)
        p.share = done < total ? (double)done / (double)total : 1;
    progress_show(r->a, &p);
}

static int check_all(app *a, const ew_index *ix, const ew_inputs *in, const char *svg)
{
    round r = {.a = a, .svg = svg};
    const ew_check_opts opts = {.align = ew_align_opts_default(),
                                .jobs = a->jobs,
                                .stop = &app_stop,
                                .each = each,
                                .tick = tick,
                                .cookie = &r};
    ew_err err;

    if (ew_ops_check_all(ix, in, &opts, &err) != EW_OK)
        return fail_command(a, &err);
    if (r.failed > 0)
        return EXIT_SOME_FAILED;
    return r.found > 0 ? EXIT_FOUND : EXIT_NOTHING;
}

static int open_and_check(app *a, const ew_inputs *in, const char *svg)
{
    ew_index *ix = NULL;
    int code = open_archive(a, &ix);

    if (code == 0)
        code = check_all(a, ix, in, svg);
    ew_index_close(ix);
    return code;
}

static size_t clip_count(const ew_inputs *in)
{
    size_t n = 0;

    for (size_t i = 0; i < in->count; i++)
        n += in->items[i].kind != EW_INPUT_SKIP;
    return n;
}

static int run(app *a, const args *in)
{
    const char *svg = in->values[OPT_SVG];
    ew_inputs inputs;
    ew_err err;
    ew_code rc = gather_inputs(&inputs, in, &err);
    int code;

    if (rc == EW_OK && svg != NULL && clip_count(&inputs) != 1)
        rc = ew_fail(&err, EW_E_ARG, 0, "--svg draws one clip, but there are %zu",
                     clip_count(&inputs));
    if (rc == EW_OK && clip_count(&inputs) == 0)
        say(a, "there are no clips to check");
    code = rc == EW_OK ? open_and_check(a, &inputs, svg) : fail_command(a, &err);
    ew_inputs_release(&inputs);
    return code;
}

const command cmd_check = {
    .name = "check",
    .usage = "CLIP|FOLDER|- ...",
    .summary = "say from which recordings a clip was taken",
    .details = "For every part of the clip: which second of which recording, at which "
               "speed, how\n"
               "certain; where the joins are; what matches nothing. Exit status 0 when "
               "something was\n"
               "found, 1 when nothing was",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .run = run,
};
