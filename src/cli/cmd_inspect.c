/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness inspect: what does one file betray? */
#include <string.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "cli/cli.h"
#include "ops/inspect.h"
#include "report/report.h"

static const opt_spec options[] = {
    {OPT_SVG, 0, "svg", "FILE", "also draw the spectrogram with the findings marked"},
    {OPT_PNG, 0, "png", "FILE", "the same as a PNG"},
    {OPT_RATE, 0, "rate", "N", "signs that err up to N times an hour; default 1"},
    {OPT_ONLY, 0, "only", "METHOD", "run this one method"},
};

/* What the user wants besides the text. */
typedef struct wish {
    const char *svg, *png;
    ew_inspect_opts inspect;
} wish;

static int show(void *cookie, const char *stage, int64_t done, int64_t total)
{
    progress_state p = {.stage = stage, .share = -1};

    if (total > 0)
        p.share = done < total ? (double)done / (double)total : 1;
    progress_show(cookie, &p);
    return 0;
}

typedef ew_code (*draw_fn)(const ew_inspect_view *v, ew_buf *out, ew_err *err);

static ew_code draw(const ew_inspect_view *v, draw_fn fn, const char *path, ew_err *err)
{
    ew_buf b;
    ew_code rc;

    if (path == NULL)
        return EW_OK;
    ew_buf_init(&b, EW_REPORT_MAX);
    rc = fn(v, &b, err);
    if (rc == EW_OK)
        rc = ew_file_put(path, b.data, b.len, err);
    ew_buf_release(&b);
    return rc;
}

static ew_code report(app *a, const ew_inspect_view *v, const wish *w, ew_err *err)
{
    ew_buf b;
    ew_code rc;

    ew_buf_init(&b, EW_REPORT_MAX);
    rc = a->json ? ew_report_inspect_json(v, &b, err)
                 : ew_report_inspect_text(v, &a->out_style, &b, err);
    if (rc == EW_OK)
        out_write(a, &b);
    ew_buf_release(&b);
    if (rc == EW_OK)
        rc = draw(v, ew_report_inspect_svg, w->svg, err);
    if (rc == EW_OK)
        rc = draw(v, ew_report_inspect_png, w->png, err);
    return rc;
}

/* In JSON mode a file that could not be read has its line as well. */
static void failed_json(app *a, const ew_input *file, const ew_err *why)
{
    ew_obj o = ew_obj_new();
    ew_obj f = ew_obj_new();

    ew_obj_str(&o, "schema", "earwitness.inspect/1");
    ew_obj_str(&f, "name", file->name);
    ew_obj_set(&o, "file", f.json);
    ew_obj_set(&o, "error", ew_json_error(why, ew_ops_input_advice(why)));
    out_object(a, &o);
}

/* The file is at fault, not the command. */
static bool file_failed(ew_code rc)
{
    return rc == EW_E_FORMAT || rc == EW_E_LIMIT || rc == EW_E_IO;
}

static int inspect(app *a, const ew_input *file, const wish *w)
{
    const ew_progress prog = {.tick = show, .cookie = a};
    const ew_ops_inspect_opts opts = {w->inspect, &app_stop, &prog};
    ew_inspect_view *v = NULL;
    ew_err err;
    int code;
    ew_code rc;

    ew_err_clear(&err);
    if (file->kind == EW_INPUT_PROBLEM) {
        err = *file->problem;
        rc = err.code;
    } else {
        rc = ew_ops_inspect(file, &opts, &v, &err);
    }
    progress_clear(a);
    if (rc != EW_OK && (file->kind == EW_INPUT_PROBLEM || file_failed(rc))) {
        if (a->json)
            failed_json(a, file, &err);
        else
            say_error(a, &err, file->name);
        return EXIT_SOME_FAILED;
    }
    if (rc == EW_OK)
        rc = report(a, v, w, &err);
    code = rc != EW_OK                      ? fail_command(a, &err)
           : ew_inspect_signs(v->found) > 0 ? EXIT_FOUND
                                            : EXIT_NOTHING;
    ew_inspect_view_free(v);
    return code;
}

static ew_code read_wish(const args *in, wish *w, ew_err *err)
{
    w->svg = in->values[OPT_SVG];
    w->png = in->values[OPT_PNG];
    w->inspect = ew_inspect_opts_default();
    w->inspect.only = in->values[OPT_ONLY];
    w->inspect.spectrogram = w->svg != NULL || w->png != NULL;
    return args_number(in, OPT_RATE, 1000, &w->inspect.max_false_per_hour, err);
}

/* One file: a folder of them would give pages that nobody reads. */
static ew_code one_file(const ew_inputs *inputs, const char *operand, ew_err *err)
{
    if (inputs->count == 1 && !inputs->items[0].from_folder)
        return EW_OK;
    return ew_fail(err, EW_E_ARG, 0, "'%s' is a folder; inspect takes one file", operand);
}

static int run(app *a, const args *in)
{
    ew_inputs inputs = {0};
    ew_err err;
    wish w;
    int code;
    ew_code rc = read_wish(in, &w, &err);

    if (rc == EW_OK)
        rc = ew_inputs_gather(&inputs, in->operands, 1, &app_stop, &err);
    if (rc == EW_OK)
        rc = one_file(&inputs, in->operands[0], &err);
    code = rc == EW_OK ? inspect(a, &inputs.items[0], &w) : fail_command(a, &err);
    ew_inputs_release(&inputs);
    return code;
}

const command cmd_inspect = {
    .name = "inspect",
    .usage = "FILE|-",
    .summary = "say what one file betrays about itself",
    .details = "Looks for signs of change in the sound (joins, cuts, earlier coding) and "
               "in the file\n"
               "around it; says for each how often untouched sound shows the same, and "
               "what was not\n"
               "tested. Exit status 0 when signs of change were found, 1 when none were",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
