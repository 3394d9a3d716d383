/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness report check, diff, family, inspect. */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "cli/names.h"
#include "cli/report.h"

static const opt_spec list_options[] = {
    REPORT_OPTIONS,
    REPORT_PUBLISHER,
    {OPT_FILES_FROM, 0, "files-from", "FILE", "also take the names in FILE"},
    {OPT_NULL, '0', "null", NULL, "names in FILE end with NUL, not newline"},
};

static const opt_spec diff_options[] = {
    REPORT_OPTIONS,
    REPORT_PUBLISHER,
};

static const opt_spec inspect_options[] = {
    REPORT_OPTIONS,
    REPORT_PUBLISHER,
    {OPT_RATE, 0, "rate", "N", "signs that err up to N times an hour; default 1"},
};

/* Writes the page, or tells why there is none. */
static int finish(app *a, const args *in, ew_page *p, const ew_report_told *told,
                  const ew_err *err)
{
    int code;
    progress_clear(a);
    if (err->code != EW_OK) {
        code = fail_command(a, err);
    } else {
        code = report_write_checked(a, in, p);
        code = code == 0 ? report_exit(told) : code;
    }
    ew_page_release(p);
    return code;
}

/* ------------------------------------------------------------------ check */

static int check_clips(app *a, const args *in, ew_inputs *inputs,
                       const ew_report_opts *opts)
{
    ew_index *ix = NULL;
    ew_page p = {0};
    ew_report_told told = {0};
    ew_err err = {.code = EW_OK};
    int code = open_archive(a, &ix);
    if (code == 0) {
        err.code = ew_ops_report_check(ix, inputs, opts, &p, &told, &err);
        code = finish(a, in, &p, &told, &err);
    }
    ew_index_close(ix);
    return code;
}

static int run_check(app *a, const args *in)
{
    ew_inputs inputs = {0};
    ew_report_opts opts;
    ew_err err;
    ew_code rc = report_read(a, in, &opts, &err);
    if (rc == EW_OK)
        rc = gather_inputs(&inputs, in, &err);
    int code = rc == EW_OK ? check_clips(a, in, &inputs, &opts) : fail_command(a, &err);
    ew_inputs_release(&inputs);
    return code;
}

const command report_check = {
    .name = "report check",
    .usage = "-o FILE.html CLIP|FOLDER ...",
    .summary = "a report on the recordings that clips were taken from",
    .details = "Runs check. Exit status as of check",
    .options = list_options,
    .option_count = EW_COUNT(list_options),
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .run = run_check,
};

/* ------------------------------------------------------------------ the others */

typedef ew_code (*maker)(ew_inputs *in, const ew_report_opts *opts, ew_page *out,
                         ew_report_told *told, ew_err *err);

/* exactly: how many files it must be; 0: any. */
static int run_files(app *a, const args *in, maker make, size_t exactly)
{
    ew_inputs inputs = {0};
    ew_report_opts opts;
    ew_page p = {0};
    ew_report_told told = {0};
    ew_err err = {.code = EW_OK};
    ew_code rc = report_read(a, in, &opts, &err);
    if (rc == EW_OK)
        rc = args_number(in, OPT_RATE, 1000, &opts.rate, &err);
    if (rc == EW_OK)
        rc = gather_inputs(&inputs, in, &err);
    bool folder = inputs.count != exactly || (exactly > 0 && inputs.items[0].from_folder);
    if (rc == EW_OK && exactly > 0 && folder)
        rc = ew_fail(&err, EW_E_ARG, 0, "name %zu file%s, no folder", exactly,
                     exactly == 1 ? "" : "s");
    if (rc == EW_OK)
        rc = make(&inputs, &opts, &p, &told, &err);
    err.code = rc;
    int code = finish(a, in, &p, &told, &err);
    ew_inputs_release(&inputs);
    return code;
}

static int run_diff(app *a, const args *in)
{
    return run_files(a, in, ew_ops_report_diff, 2);
}

static int run_family(app *a, const args *in)
{
    return run_files(a, in, ew_ops_report_family, 0);
}

static int run_inspect(app *a, const args *in)
{
    return run_files(a, in, ew_ops_report_inspect, 1);
}

const command report_diff = {
    .name = "report diff",
    .usage = "-o FILE.html A B",
    .summary = "a report on what recording B changes against recording A",
    .details = "Runs diff. Exit status as of diff",
    .options = diff_options,
    .option_count = EW_COUNT(diff_options),
    .operands_min = 2,
    .operands_max = 2,
    .run = run_diff,
};

const command report_family = {
    .name = "report family",
    .usage = "-o FILE.html FILE|FOLDER ...",
    .summary = "a report on who was made from whom among copies",
    .details = "Runs family. Exit status as of family",
    .options = list_options,
    .option_count = EW_COUNT(list_options),
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .run = run_family,
};

const command report_inspect = {
    .name = "report inspect",
    .usage = "-o FILE.html FILE",
    .summary = "a report on what one file betrays about itself",
    .details = "Runs inspect. Exit status as of inspect",
    .options = inspect_options,
    .option_count = EW_COUNT(inspect_options),
    .operands_min = 1,
    .operands_max = 1,
    .run = run_inspect,
};
