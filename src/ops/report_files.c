/* SPDX-License-Identifier: Apache-2.0 */
/* Reports on files that are compared: diff, family. */
#include <string.h>

#include "base/alloc.h"
#include "ops/diff.h"
#include "ops/family.h"
#include "ops/report_parts.h"
#include "report/family_json.h"
#include "report/page_results.h"
#include "report/report.h"

/* ------------------------------------------------------------------ diff */

static ew_code put_diff(ew_report_maker *m, const ew_diff_finding *f, ew_err *err)
{
    const ew_report_places where = {ew_report__path, &m->book};
    ew_code rc = ew_report_diff_json(f, &m->json, err);
    if (rc == EW_OK)
        rc = ew_report_diff_svg(f, &m->svg, err);
    if (rc == EW_OK)
        rc = ew_report__take(m, err);
    if (rc != EW_OK)
        return rc;
    ew_report__note_one(m, "name", "a");
    ew_report__note_one(m, "name", "b");
    ew_page_section(m->page, 2, "What B changes against A");
    ew_page_add_diff(m->page, m->result, (const char *)m->svg.data);
    ew_report__again_result(&m->again, "diff", m->result);
    return ew_report__hear_diff(&m->hear, m->result, &where, "", err);
}

ew_code ew_ops_report_diff(ew_inputs *both, const ew_report_opts *opts, ew_page *out,
                           ew_report_told *told, ew_err *err)
{
    const ew_diff_opts how = {opts->jobs, opts->stop, opts->tick, opts->cookie};
    ew_report_maker m = {.opts = opts, .page = out};
    ew_diff_finding *f = NULL;
    ew_code rc = ew_report__start(&m, both, "diff", err);
    if (rc == EW_OK)
        rc = ew_ops_diff(&both->items[0], &both->items[1], &how, &f, err);
    if (rc == EW_OK)
        rc = put_diff(&m, f, err);
    if (rc == EW_OK)
        rc = ew_report__finish(&m, EW_LIMITS_DIFF, json_object(), err);
    if (rc == EW_OK) {
        told->found = ew_diff_finding_same(f);
        told->nothing = !told->found;
    }
    ew_diff_finding_free(f);
    ew_report__done(&m);
    return rc;
}

/* ------------------------------------------------------------------ family */

static void note_copies(ew_report_maker *m)
{
    const json_t *copies = json_object_get(m->result, "copies");
    for (size_t i = 0; i < json_array_size(copies); i++) {
        const json_t *c = json_array_get(copies, i);
        ew_report__note(&m->book, ew_json_text_of(c, "name"),
                        ew_json_text_of(c, "sha256"));
    }
}

static ew_code put_family(ew_report_maker *m, const ew_family_finding *f, ew_err *err)
{
    const ew_report_places where = {ew_report__path, &m->book};
    ew_code rc = ew_report_family_json(f, &m->json, err);
    if (rc == EW_OK)
        rc = ew_report_family_svg(f, &m->svg, err);
    if (rc == EW_OK)
        rc = ew_report__take(m, err);
    if (rc != EW_OK)
        return rc;
    note_copies(m);
    ew_page_section(m->page, 2, "Who was made from whom");
    ew_page_add_family(m->page, m->result, (const char *)m->svg.data);
    ew_report__again_result(&m->again, "family", m->result);
    return ew_report__hear_family(&m->hear, m->result, &where, "", err);
}

ew_code ew_ops_report_family(ew_inputs *copies, const ew_report_opts *opts, ew_page *out,
                             ew_report_told *told, ew_err *err)
{
    const ew_family_opts how = {opts->jobs, opts->stop, opts->tick, opts->cookie};
    ew_report_maker m = {.opts = opts, .page = out};
    ew_family_finding *f = NULL;
    ew_code rc = ew_report__start(&m, copies, "family", err);
    if (rc == EW_OK)
        rc = ew_ops_family(copies, &how, &f, err);
    if (rc == EW_OK)
        rc = put_family(&m, f, err);
    if (rc == EW_OK)
        rc = ew_report__finish(&m, EW_LIMITS_FAMILY, json_object(), err);
    if (rc == EW_OK) {
        told->found = f->family->root_count;
        told->nothing = f->family->root_count == 0;
        told->failed = f->failure_count;
    }
    ew_family_finding_free(f);
    ew_report__done(&m);
    return rc;
}
