/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness diff: what does B change against A? */
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "cli/cli.h"
#include "ops/diff.h"
#include "report/json.h"
#include "report/report.h"

static const double context_max = 60;

static const opt_spec options[] = {
    {OPT_SVG, 0, "svg", "FILE", "also draw both recordings and what joins them"},
    {OPT_EXPORT, 0, "export", "DIR", "also write each changed span as WAV"},
    {OPT_CONTEXT, 0, "context", "SECONDS", "with so much around each span (default: 0)"},
};

/* What the user asked for. */
typedef struct wish {
    const char *svg;
    ew_diff_export_opts export; /* dir NULL: none */
} wish;

static ew_code print(app *a, const ew_diff_finding *f, ew_err *err)
{
    ew_buf b;
    ew_code rc;

    ew_buf_init(&b, EW_REPORT_MAX);
    rc = a->json ? ew_report_diff_json(f, &b, err)
                 : ew_report_diff_text(f, &a->out_style, &b, err);
    if (rc == EW_OK)
        out_write(a, &b);
    ew_buf_release(&b);
    return rc;
}

static ew_code draw(const ew_diff_finding *f, const char *path, ew_err *err)
{
    ew_buf b;
    ew_code rc;

    ew_buf_init(&b, EW_REPORT_MAX);
    rc = ew_report_diff_svg(f, &b, err);
    if (rc == EW_OK)
        rc = ew_file_put(path, b.data, b.len, err);
    ew_buf_release(&b);
    return rc;
}

/* The answer is printed also when what was to be written with it could not be. */
static int report(app *a, ew_diff_finding *f, const wish *w)
{
    ew_err export_err = {.code = EW_OK};
    ew_err err = {.code = EW_OK};
    ew_code rc = EW_OK;

    if (w->export.dir != NULL)
        export_err.code = ew_ops_diff_export(f, &w->export, &export_err);
    rc = print(a, f, &err);
    if (rc == EW_OK && w->svg != NULL)
        rc = draw(f, w->svg, &err);
    if (rc == EW_OK && export_err.code != EW_OK) {
        err = export_err;
        rc = err.code;
    }
    if (rc != EW_OK)
        return fail_command(a, &err);
    return ew_diff_finding_same(f) ? EXIT_FOUND : EXIT_NOTHING;
}

static void tick(void *cookie, const char *stage, int64_t done, int64_t total)
{
    progress_state p = {.stage = stage, .share = (double)done / (double)total};

    progress_show(cookie, &p);
}

/* One operand is one file; a folder would be many. */
static ew_code gather(ew_inputs *in, const char *operand, ew_err *err)
{
    ew_code rc = ew_inputs_gather(in, &operand, 1, &app_stop, err);

    if (rc != EW_OK)
        return rc;
    if (in->count == 1 && !in->items[0].from_folder)
        return EW_OK;
    char *shown = ew_safe_name(operand);
    rc =
        ew_fail(err, EW_E_ARG, 0, "'%s' is a folder; diff compares one file with another",
                shown == NULL ? "" : shown);
    ew_free(shown);
    return rc;
}

/* Leaving a file out is no advice where there are but two. */
static int fail_diff(app *a, const ew_err *e)
{
    bool unreadable = e->code == EW_E_FORMAT || e->code == EW_E_LIMIT;
    ew_err told = *e;

    if (unreadable && strchr(e->text, ';') == NULL)
        (void)ew_fail(&told, e->code, e->pos,
                      "%s; convert it to WAV if it plays elsewhere", e->text);
    return fail_command(a, &told);
}

static int compare(app *a, const ew_input *in[2], const wish *w)
{
    const ew_diff_opts opts = {
        .jobs = a->jobs, .stop = &app_stop, .tick = tick, .cookie = a};
    ew_diff_finding *f = NULL;
    ew_err err;
    int code;

    if (ew_ops_diff(in[0], in[1], &opts, &f, &err) != EW_OK)
        return fail_diff(a, &err);
    code = report(a, f, w);
    ew_diff_finding_free(f);
    return code;
}

static ew_code read_wish(const args *in, wish *w, ew_err *err)
{
    ew_code rc;

    *w = (wish){.svg = in->values[OPT_SVG],
                .export = {.dir = in->values[OPT_EXPORT], .stop = &app_stop}};
    rc = args_number(in, OPT_CONTEXT, context_max, &w->export.context_seconds, err);
    if (rc == EW_OK && in->values[OPT_CONTEXT] != NULL && w->export.dir == NULL)
        rc = ew_fail(err, EW_E_ARG, 0, "--context is of use with --export DIR only");
    if (rc == EW_OK && w->export.dir != NULL)
        rc = ew_ops_diff_export_allowed(w->export.dir, err);
    if (rc == EW_OK && strcmp(in->operands[0], "-") == 0 &&
        strcmp(in->operands[1], "-") == 0)
        rc = ew_fail(err, EW_E_ARG, 0,
                     "only one of the two can come from standard input; name the other");
    return rc;
}

static int run(app *a, const args *in)
{
    ew_inputs inputs[2] = {0};
    ew_err err;
    wish w;
    int code;
    ew_code rc = read_wish(in, &w, &err);

    for (int i = 0; i < 2 && rc == EW_OK; i++)
        rc = gather(&inputs[i], in->operands[i], &err);
    if (rc == EW_OK) {
        const ew_input *both[2] = {&inputs[0].items[0], &inputs[1].items[0]};
        code = compare(a, both, &w);
    } else {
        code = fail_command(a, &err);
    }
    for (int i = 0; i < 2; i++)
        ew_inputs_release(&inputs[i]);
    return code;
}

const command cmd_diff = {
    .name = "diff",
    .usage = "A B",
    .summary = "say what recording B changes against recording A",
    .details = "Says what was deleted, inserted, replaced, moved, repeated, silenced or "
               "played at\n"
               "another speed, with times on both sides, and what was done to B as a "
               "whole. One of\n"
               "the two may be - for standard input. Exit status 0 when both hold the "
               "same content,\n"
               "1 when they differ",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 2,
    .operands_max = 2,
    .run = run,
};
