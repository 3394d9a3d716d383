/* SPDX-License-Identifier: Apache-2.0 */
/* Reports on one file alone. */
#include <stdio.h>

#include "ops/inspect.h"
#include "ops/report_parts.h"
#include "report/page_results.h"

typedef struct watch {
    const ew_report_opts *opts;
} watch;

static int tick(void *cookie, const char *stage, int64_t done, int64_t total)
{
    const watch *w = cookie;
    if (w->opts->tick != NULL)
        w->opts->tick(w->opts->cookie, stage, done, total);
    return 0;
}

static ew_code put_inspect(ew_report_maker *m, const ew_inspect_view *v, ew_err *err)
{
    const ew_report_places where = {ew_report__path, &m->book};
    char command[64];
    ew_code rc = ew_report_inspect_json(v, &m->json, err);
    if (rc == EW_OK)
        rc = ew_report_inspect_svg(v, &m->svg, err);
    if (rc == EW_OK)
        rc = ew_report__take(m, err);
    if (rc != EW_OK)
        return rc;
    ew_report__note_one(m, "name", "file");
    ew_page_section(m->page, 2, "What was found in the file");
    ew_page_add_inspect(m->page, m->result, (const char *)m->svg.data);
    (void)snprintf(command, sizeof command, "earwitness inspect --rate %g --",
                   m->opts->rate);
    if (m->opts->rate == 1)
        ew_report__again_result(&m->again, "inspect", m->result);
    else
        ew_report__again(&m->again, command, &v->name, 1);
    return ew_report__hear_inspect(&m->hear, m->result, &where, "", err);
}

static json_t *inspect_settings(const ew_inspect_opts *o)
{
    ew_obj s = ew_obj_new();
    ew_obj_real(&s, "max_false_per_hour", o->max_false_per_hour, 6);
    return s.json;
}

ew_code ew_ops_report_inspect(ew_inputs *file, const ew_report_opts *opts, ew_page *out,
                              ew_report_told *told, ew_err *err)
{
    watch w = {opts};
    const ew_progress prog = {.tick = tick, .cookie = &w};
    ew_ops_inspect_opts how = {ew_inspect_opts_default(), opts->stop, &prog};
    ew_report_maker m = {.opts = opts, .page = out};
    ew_inspect_view *v = NULL;
    how.inspect.spectrogram = true;
    how.inspect.max_false_per_hour = opts->rate;
    ew_code rc = ew_report__start(&m, file, "inspect", err);
    if (rc == EW_OK)
        rc = ew_ops_inspect(&file->items[0], &how, &v, err);
    if (rc == EW_OK)
        rc = put_inspect(&m, v, err);
    if (rc == EW_OK)
        rc =
            ew_report__finish(&m, EW_LIMITS_INSPECT, inspect_settings(&how.inspect), err);
    if (rc == EW_OK) {
        told->found = ew_inspect_signs(v->found) > 0;
        told->nothing = !told->found;
    }
    ew_inspect_view_free(v);
    ew_report__done(&m);
    return rc;
}
