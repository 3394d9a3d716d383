/* SPDX-License-Identifier: Apache-2.0 */
/* What a report on a case would tell of somebody, looked at before it is made. */
#include <inttypes.h>
#include <string.h>

#include "base/err.h"
#include "ops/report_case.h"

/* Of these a report shows something. Messages, articles and files stay in the case. */
static const char *const shown[] = {
    "info",     "item",  "called",  "correction", "event",  "analysis", "person",
    "position", "quote", "article", "gap",        "remark", "again"};

typedef struct checker {
    const ew_report_case_opts *opts;
    ew_report_held *held;
} checker;

static bool is_shown(const char *table)
{
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
        if (strcmp(shown[i], table) == 0)
            return true;
    return false;
}

static bool is_allowed(const checker *c, const char *id)
{
    for (size_t i = 0; i < c->opts->allow_count; i++)
        if (strcmp(c->opts->allow[i], id) == 0)
            return true;
    return false;
}

static ew_code take_finding(void *cookie, const ew_lint_finding *f, ew_err *err)
{
    checker *c = cookie;
    (void)err;
    if (!is_shown(f->table) || is_allowed(c, f->id))
        return EW_OK;
    c->held->findings += ew_lint_weight_of(f->kind) != EW_LINT_LOW;
    if (c->opts->found != NULL)
        c->opts->found(c->opts->cookie, f);
    return EW_OK;
}

static ew_code take_blank(void *cookie, const ew_lint_blank *b, ew_err *err)
{
    (void)cookie, (void)b, (void)err;
    return EW_OK;
}

static int tick(void *cookie, const char *stage, int64_t done, int64_t total)
{
    const ew_report_opts *o = cookie;
    if (o->tick != NULL)
        o->tick(o->cookie, stage, done, total);
    return ew_stopped(o->stop);
}

ew_code ew_ops_report_case_check(ew_case *c, const ew_report_case_opts *opts,
                                 ew_report_held *held, ew_err *err)
{
    checker k = {opts, held};
    ew_lint_sum sum = {0};
    const ew_lint_put put = {take_finding, take_blank, &k};
    const ew_lint_opts how = {.keys = opts->keys,
                              .places = opts->places,
                              .records_only = true,
                              .progress = {tick, (void *)(uintptr_t)&opts->report}};
    *held = (ew_report_held){0};
    if (opts->unchecked)
        return EW_OK;
    ew_code code = ew_ops_lint(c, &how, &put, &sum, err);
    held->closed = sum.closed;
    if (code == EW_OK && held->findings > 0)
        return ew_fail(err, EW_E_ARG, 0,
                       "%" PRIu64
                       " findings would be in the report; see 'case lint', --allow "
                       "and --unchecked",
                       held->findings);
    if (code == EW_OK && held->closed > 0)
        return ew_fail(err, EW_E_ARG, 0,
                       "%" PRIu64
                       " protected identities could not be looked for: give a key "
                       "with --identity, or --unchecked",
                       held->closed);
    return code;
}
