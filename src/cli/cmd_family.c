/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness family: which of these copies was made from which? */
#include <string.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "cli/cli.h"
#include "cli/names.h"
#include "ops/family.h"
#include "report/family_json.h"
#include "report/report.h"

static const opt_spec options[] = {
    {OPT_SVG, 0, "svg", "FILE", "also draw the tree"},
    {OPT_DOT, 0, "dot", "FILE", "also write the tree for Graphviz"},
    {OPT_FILES_FROM, 0, "files-from", "FILE", "also take the copies named in FILE"},
    {OPT_NULL, '0', "null", NULL, "names in FILE end with NUL, not newline"},
};

typedef ew_code (*drawing)(const ew_family_finding *f, ew_buf *out, ew_err *err);

static ew_code print(app *a, const ew_family_finding *f, ew_err *err)
{
    ew_buf b;
    ew_code rc;

    ew_buf_init(&b, EW_REPORT_MAX);
    rc = a->json ? ew_report_family_json(f, &b, err)
                 : ew_report_family_text(f, &a->out_style, &b, err);
    if (rc == EW_OK)
        out_write(a, &b);
    ew_buf_release(&b);
    return rc;
}

static ew_code draw(const ew_family_finding *f, drawing how, const char *path,
                    ew_err *err)
{
    ew_buf b;
    ew_code rc;

    if (path == NULL)
        return EW_OK;
    ew_buf_init(&b, EW_REPORT_MAX);
    rc = how(f, &b, err);
    if (rc == EW_OK)
        rc = ew_file_put(path, b.data, b.len, err);
    ew_buf_release(&b);
    return rc;
}

static void tick(void *cookie, const char *stage, int64_t done, int64_t total)
{
    progress_state p = {.stage = stage, .share = -1};

    if (total > 0)
        p.share = (double)done / (double)total;
    progress_show(cookie, &p);
}

static int report(app *a, const args *in, const ew_family_finding *f)
{
    ew_err err;
    ew_code rc = print(a, f, &err);

    if (rc == EW_OK)
        rc = draw(f, ew_report_family_svg, in->values[OPT_SVG], &err);
    if (rc == EW_OK)
        rc = draw(f, ew_report_family_dot, in->values[OPT_DOT], &err);
    if (rc != EW_OK)
        return fail_command(a, &err);
    for (size_t i = 0; i < f->failure_count; i++)
        say_error(a, &f->failures[i].why, f->failures[i].name);
    if (f->failure_count > 0)
        return EXIT_SOME_FAILED;
    return f->family->root_count > 0 ? EXIT_FOUND : EXIT_NOTHING;
}

static int order(app *a, const args *in, const ew_inputs *inputs)
{
    const ew_family_opts opts = {
        .jobs = a->jobs, .stop = &app_stop, .tick = tick, .cookie = a};
    ew_family_finding *f = NULL;
    ew_err err;
    int code;

    if (ew_ops_family(inputs, &opts, &f, &err) != EW_OK)
        return fail_command(a, &err);
    progress_clear(a);
    code = report(a, in, f);
    ew_family_finding_free(f);
    return code;
}

static int run(app *a, const args *in)
{
    ew_inputs inputs;
    ew_err err;
    ew_code rc = gather_inputs(&inputs, in, &err);
    int code;

    code = rc == EW_OK ? order(a, in, &inputs) : fail_command(a, &err);
    ew_inputs_release(&inputs);
    return code;
}

const command cmd_family = {
    .name = "family",
    .usage = "FILE|FOLDER|- ...",
    .summary = "order copies of one recording: who was made from whom",
    .details =
        "Which copy is nearest to the source, from which copy each other one was made, "
        "why and\n"
        "how certain; equal sounds; copies that belong to no other; for each second "
        "the copy\n"
        "that sounds best. Exit status 0 when copies belong together, 1 when none do",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .run = run,
};
