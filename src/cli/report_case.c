/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness report case. */
#include "ops/report_case.h"

#include <inttypes.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "cli/case.h"
#include "cli/case_jsonld.h"
#include "cli/case_held.h"
#include "cli/case_secret.h"
#include "cli/report.h"

static const opt_spec options[] = {
    REPORT_OPTIONS,
    CASE_OPTION,
    KEY_OPTIONS,
    JSONLD_OPTIONS,
};

/* Reviews of schema.org, as case export writes them. */
static int write_jsonld(app *a, const args *in, ew_case *c,
                        const ew_report_case_opts *opts, ew_report_held *held)
{
    case_jsonld j = {0};
    ew_buf b;
    ew_err err;
    ew_buf_init(&b, EW_JSONLD_MAX);
    ew_code code = ew_ops_report_case_check(c, opts, held, &err);
    if (code == EW_OK)
        code = case_jsonld_read(in, &j, &err);
    if (code == EW_OK)
        code = ew_ops_case_jsonld(c, &j.opts, &b, &err);
    progress_clear(a);
    int exit_code = code == EW_OK ? report_put(a, in, &b) : fail_command(a, &err);
    case_jsonld_release(&j);
    ew_buf_release(&b);
    return exit_code;
}

static int write_page(app *a, const args *in, ew_case *c, const ew_report_case_opts *opts,
                      ew_report_held *held)
{
    ew_page p = {0};
    ew_err err;
    ew_code code = ew_ops_report_case(c, opts, &p, held, &err);
    progress_clear(a);
    int exit_code = code == EW_OK ? report_write(a, in, &p) : fail_command(a, &err);
    ew_page_release(&p);
    return exit_code;
}

/* Exit status 4 when the check before it holds it back. */
static int report_it(app *a, const args *in, ew_case *c, ew_report_case_opts *opts)
{
    ew_report_held held = {0};
    report_gate g;
    ew_err err;
    ew_code code = report_gate_read(a, in, &g, &err);
    g.gate.keys = opts->gate.keys;
    opts->gate = g.gate;
    int exit_code = code == EW_OK ? 0 : fail_command(a, &err);
    if (exit_code == 0 && in->values[OPT_JSONLD] != NULL)
        exit_code = write_jsonld(a, in, c, opts, &held);
    else if (exit_code == 0)
        exit_code = write_page(a, in, c, opts, &held);
    report_gate_release(&g);
    return exit_code != 0 && (held.findings > 0 || held.closed > 0) ? EXIT_BROKEN
                                                                    : exit_code;
}

static int run(app *a, const args *in)
{
    ew_report_case_opts opts = {0};
    ew_age_identities keys = {0};
    ew_case *c = NULL;
    ew_err err;
    int exit_code =
        report_read(a, in, &opts.report, &err) == EW_OK ? 0 : fail_command(a, &err);
    if (exit_code == 0 && in->values[OPT_IDENTITY] != NULL)
        exit_code = case_keys(a, in, &keys);
    opts.gate.keys = in->values[OPT_IDENTITY] != NULL ? &keys : NULL;
    if (exit_code == 0)
        exit_code = case_open(a, in, false, &c);
    if (exit_code == 0)
        exit_code = report_it(a, in, c, &opts);
    ew_case_close(c);
    ew_age_identities_release(&keys);
    return exit_code;
}

const command report_case = {
    .name = "report case",
    .usage = "-o FILE.html",
    .summary = "a report on a case: who said what, items, custody, what was found",
    .details =
        "Shows what the case keeps: positions by date with reversals, silence and one\n"
        "voice, items with hashes and custody, kept results of analyses, accepted\n"
        "quotations, known gaps, people under the names that are shown, and what is not\n"
        "sealed. Nothing is worked out again. First it looks at what it would tell, as\n"
        "'earwitness case lint' does; findings hold it back with exit status 4, unless\n"
        "they are allowed",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 0,
    .operands_max = 0,
    .run = run,
};
