/* SPDX-License-Identifier: Apache-2.0 */
/* Results on their way into a case. */
#include "ops/case_keep.h"

#include <string.h>

#include "base/alloc.h"
#include "ops/case_json.h"
#include "ops/case_result.h"

enum { LINE_MAX_BYTES = 4096 };

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static const char *text_of(const ew_buf *b)
{
    return b->data != NULL ? (const char *)b->data : "";
}

/* What the event says beside the rows: in a repetition, how it compares. */
static ew_code put_detail(ew_case *c, const ew_case_keeping *k, const ew_case_told *t,
                          const ew_buf *fields, ew_err *err)
{
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "tool", k->tool);
    ew_obj_int(&o, "analysis", t->analysis);
    if (k->other != 0)
        ew_obj_int(&o, "other", k->other);
    if (k->before != NULL) {
        ew_obj_int(&o, "repeats", k->before->id);
        ew_obj_bool(&o, "same", t->outcome == EW_CASE_SAME);
        if (t->outcome == EW_CASE_DIFFERENT)
            ew_obj_str(&o, "differs", text_of(fields));
        if (strcmp(or_empty(k->before->settings), k->settings) != 0)
            ew_obj_bool(&o, "other_settings", true);
        if (strcmp(k->before->version, EW_VERSION) != 0)
            ew_obj_str(&o, "version_before", k->before->version);
    }
    return ew_event_detail_json(c, &o, err);
}

static ew_code write_down(ew_case *c, const ew_case_keeping *k, const ew_case_analysis *a,
                          ew_case_told *t, const ew_buf *fields, ew_err *err)
{
    const ew_case_act act = {.kind = "analysis",
                             .item = k->item,
                             .who = or_empty(k->who),
                             .purpose = or_empty(k->purpose)};
    ew_code code = ew_case_begin(c, &act, &t->event, err);
    if (code != EW_OK)
        return code;
    code = ew_case_add_analysis(c, a, &t->analysis, err);
    if (code == EW_OK)
        code = put_detail(c, k, t, fields, err);
    if (code == EW_OK)
        return ew_case_commit(c, err);
    ew_case_rollback(c);
    return code;
}

ew_code ew_case_keep(ew_case *c, const ew_case_keeping *k, ew_case_told *t, ew_buf *line,
                     ew_buf *fields, ew_err *err)
{
    const ew_case_analysis a = {.item = k->item,
                                .other = k->other,
                                .tool = k->tool,
                                .version = EW_VERSION,
                                .settings = k->settings,
                                .result = k->result};
    bool same = false;
    ew_code code = EW_OK;
    if (k->before != NULL) {
        code = ew_case_results_same(k->before->result, k->result, &same, fields, err);
        t->outcome = same ? EW_CASE_SAME : EW_CASE_DIFFERENT;
        t->before = k->before->id;
    }
    if (code == EW_OK)
        code = ew_case_result_line(&a, k->sha256, line, err);
    return code == EW_OK ? write_down(c, k, &a, t, fields, err) : code;
}

/* ------------------------------------------------------------------ what it repeats */

typedef struct finder {
    const ew_case_keeping *k;
    ew_case_analysis found; /* strings are copies */
} finder;

static void drop_found(finder *f)
{
    ew_free((void *)(uintptr_t)f->found.version);
    ew_free((void *)(uintptr_t)f->found.settings);
    ew_free((void *)(uintptr_t)f->found.result);
    f->found = (ew_case_analysis){0};
}

/* The last of its kind about the same; of families the last one, whatever it was made of. */
static ew_code take(void *cookie, const ew_case_analysis *a, ew_err *err)
{
    finder *f = cookie;
    bool family = strcmp(a->tool, "family") == 0;
    if (a->undone || strcmp(a->tool, f->k->tool) != 0 ||
        (!family && (a->item != f->k->item || a->other != f->k->other)))
        return EW_OK;
    drop_found(f);
    f->found.id = a->id;
    f->found.version = ew_strdup(a->version);
    f->found.settings = ew_strdup(a->settings);
    f->found.result = ew_strdup(a->result);
    return f->found.version != NULL && f->found.settings != NULL &&
                   f->found.result != NULL
               ? EW_OK
               : ew_fail_nomem(err);
}

ew_code ew_ops_case_keep(ew_case *c, const ew_case_keeping *k, int64_t *analysis,
                         ew_err *err)
{
    ew_case_keeping with = *k;
    finder f = {.k = k};
    ew_case_told t = {.outcome = EW_CASE_ANALYSED};
    ew_buf line;
    ew_buf fields;
    ew_buf_init(&line, LINE_MAX_BYTES);
    ew_buf_init(&fields, LINE_MAX_BYTES);
    ew_code code = ew_case_analyses(c, 0, take, &f, err);
    with.before = f.found.id != 0 ? &f.found : NULL;
    if (code == EW_OK)
        code = ew_case_keep(c, &with, &t, &line, &fields, err);
    *analysis = t.analysis;
    drop_found(&f);
    ew_buf_release(&line);
    ew_buf_release(&fields);
    return code;
}
