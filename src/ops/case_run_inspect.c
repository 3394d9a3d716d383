/* SPDX-License-Identifier: Apache-2.0 */
/* Running inspect on an original of a case. By itself, since its headers and those of diff do not go
 * together. */
#include "base/buf.h"
#include "ops/case_run.h"
#include "ops/inspect.h"
#include "report/json.h"

/* What the reports end with is no part of what is kept. */
static void trim(ew_buf *b)
{
    while (b->len > 0 && b->data[b->len - 1] == '\n')
        b->data[--b->len] = 0;
}

static int on_progress(void *cookie, const char *stage, int64_t done, int64_t total)
{
    const ew_case_run *r = cookie;
    if (r->tick != NULL)
        r->tick(r->cookie, stage, done, total);
    return ew_stopped(r->stop);
}

ew_code ew_case_run_inspect(ew_case_run *r, const ew_case_sound *s, ew_buf *settings,
                            ew_buf *result, ew_err *err)
{
    const ew_progress prog = {.tick = on_progress, .cookie = r};
    ew_ops_inspect_opts opts = {ew_inspect_opts_default(), r->stop, &prog};
    ew_inspect_view *v = NULL;
    ew_obj o = ew_obj_new();
    ew_obj_real(&o, "rate", opts.inspect.max_false_per_hour, 6);
    ew_code code = ew_obj_print(&o, settings, err);
    trim(settings);
    if (code == EW_OK)
        code = ew_ops_inspect(&s->in, &opts, &v, err);
    if (code == EW_OK)
        code = ew_report_inspect_json(v, result, err);
    trim(result);
    ew_inspect_view_free(v);
    return code;
}
