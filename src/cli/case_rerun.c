/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case rerun: does an analysis say the same today? */
#include <inttypes.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/slice.h"
#include "cli/case_analyses.h"
#include "cli/case_verbs.h"

static const opt_spec options[] = {CASE_OPTION, WHO_OPTIONS};

typedef struct repeating {
    app *a;
    size_t different, failed;
} repeating;

static void told(void *cookie, const ew_case_told *t)
{
    repeating *r = cookie;
    r->different += t->outcome == EW_CASE_DIFFERENT;
    r->failed += t->outcome == EW_CASE_NO_RESULT;
    if (r->a->json)
        case_told_json(r->a, "earwitness.case-rerun/1", t);
    else
        case_told_text(r->a, t);
}

static void tick(void *cookie, const char *stage, int64_t done, int64_t total)
{
    case_tick(((repeating *)cookie)->a, stage, done, total);
}

/* "a12" is an analysis; everything else an item. */
static ew_code rerun_one(ew_case *c, const char *what, const ew_case_analyse_how *how,
                         size_t *count, ew_err *err)
{
    uint64_t analysis = 0;
    int64_t item = 0;
    if (what[0] == 'a' && ew_slice_u64(ew_slice_of(what + 1), &analysis) &&
        analysis > 0 && analysis <= INT64_MAX) {
        ew_code code = ew_ops_case_rerun(c, 0, (int64_t)analysis, how, count, err);
        return code == EW_OK && *count == 0
                   ? ew_fail(err, EW_E_NOTFOUND, 0, "there is no analysis %s", what)
                   : code;
    }
    ew_code code = ew_case_find_item(c, what, &item, err);
    if (code == EW_OK)
        code = ew_ops_case_rerun(c, item, 0, how, count, err);
    if (code == EW_OK &&
        *count == 0) { /* it came with a chat: then this is the first time */
        code = ew_ops_case_analyse(c, &item, 1, how, err);
        *count = 1;
    }
    return code;
}

static int rerun(app *a, ew_case *c, const args *in)
{
    repeating r = {.a = a};
    const ew_case_analyse_how how = {.who = case_who(in),
                                     .purpose = in->values[OPT_PURPOSE],
                                     .archive = a->archive,
                                     .jobs = a->jobs,
                                     .stop = &app_stop,
                                     .told = told,
                                     .tick = tick,
                                     .cookie = &r};
    size_t all = 0;
    size_t count = 0;
    ew_err err;
    ew_code code = EW_OK;
    if (in->count == 0)
        code = ew_ops_case_rerun(c, 0, 0, &how, &all, &err);
    for (size_t i = 0; i < in->count && code == EW_OK; i++) {
        code = rerun_one(c, in->operands[i], &how, &count, &err);
        all += count;
    }
    progress_clear(a);
    if (code != EW_OK)
        return fail_command(a, &err);
    if (all == 0)
        say(a, "there is no analysis to repeat");
    if (r.failed > 0)
        return EXIT_SOME_FAILED;
    return all == 0 || r.different > 0 ? EXIT_NOTHING : EXIT_FOUND;
}

static int run(app *a, const args *in)
{
    ew_case *c = NULL;
    int exit = case_open(a, in, true, &c);
    if (exit == 0)
        exit = rerun(a, c, in);
    ew_case_close(c);
    return exit;
}

const command case_rerun = {
    .name = "case rerun",
    .usage = "[ITEM|ANALYSIS ...]",
    .summary = "run kept analyses again and compare",
    .details =
        "With the kept settings, of the items that are named, of one analysis ('a12'), "
        "or\n"
        "of all. The new results are kept, too. A recording that was never examined is\n"
        "now. Exit status 0 when all say the same, 1 when one differs",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_max = SIZE_MAX,
    .run = run,
};
