/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case list: the cases that were opened here. */
#include <inttypes.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "cli/case_show.h"
#include "cli/case_verbs.h"
#include "ops/case_dir.h"
#include "report/times.h"

typedef struct listing {
    app *a;
    ew_table t;
    size_t n;
    const char *today;
} listing;

static void tell_json(listing *l, const char *dir, const ew_case_view *v,
                      const ew_err *why)
{
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.case-list/1");
    ew_obj_str(&o, "folder", dir);
    if (v != NULL) {
        ew_obj one = ew_case_view_json(v);
        static const char *const keys[] = {"title", "events", "last_change"};
        for (size_t i = 0; i < EW_COUNT(keys); i++) {
            json_t *value = json_object_get(one.json, keys[i]);
            if (value != NULL)
                ew_obj_set(&o, keys[i], json_incref(value));
        }
        ew_obj_int(&o, "items", (int64_t)v->here);
        ew_obj_release(&one);
    } else {
        ew_obj_set(&o, "error", ew_json_error(why, ""));
    }
    out_object(l->a, &o);
}

static ew_code tell_row(listing *l, const char *dir, const ew_case_view *v,
                        const ew_err *why, ew_err *err)
{
    char date[EW_TIME_TEXT];
    const char *title = v != NULL                    ? v->title
                        : why->code == EW_E_NOTFOUND ? "(missing)"
                                                     : "(cannot be read)";
    ew_code code = ew_table_cell(&l->t, err, "%s", title);
    if (code == EW_OK && v != NULL)
        code = ew_table_cell(&l->t, err, "%zu", v->here);
    else if (code == EW_OK)
        code = ew_table_cell(&l->t, err, "%s", "");
    if (code == EW_OK && v != NULL)
        code = ew_table_cell(&l->t, err, "%" PRIu64, v->events);
    else if (code == EW_OK)
        code = ew_table_cell(&l->t, err, "%s", "");
    if (code == EW_OK)
        code = ew_table_cell(
            &l->t, err, "%s",
            v != NULL && v->last_time != 0 ? ew_date_text(v->last_time, date) : "");
    return code == EW_OK ? ew_table_cell(&l->t, err, "%s", dir) : code;
}

static ew_code take(void *cookie, const char *dir, ew_err *err)
{
    listing *l = cookie;
    ew_case *c = NULL;
    ew_case_view v;
    ew_err why;
    char *safe = ew_safe_name(dir);
    if (safe == NULL)
        return ew_fail_nomem(err);
    ew_code code = ew_case_open(&c, dir, false, 0, &why);
    if (code == EW_OK)
        code = ew_case_view_load(c, l->today, false, &v, &why);
    ew_case_close(c);
    l->n++;
    bool there = code == EW_OK;
    if (l->a->json) {
        tell_json(l, safe, there ? &v : NULL, &why);
        code = EW_OK;
    } else {
        code = tell_row(l, safe, there ? &v : NULL, &why, err);
    }
    if (there)
        ew_case_view_release(&v);
    ew_free(safe);
    return code;
}

static ew_code put_head(ew_table *t, ew_err *err)
{
    static const char *const head[] = {"title", "items", "events", "last change",
                                       "folder"};
    static const ew_cell_kind kinds[] = {EW_CELL_SHRINK, EW_CELL_RIGHT, EW_CELL_RIGHT,
                                         EW_CELL_LEFT, EW_CELL_SHRINK};
    ew_code code = EW_OK;
    ew_table_init(t, kinds, EW_COUNT(kinds));
    for (size_t i = 0; i < EW_COUNT(head) && code == EW_OK; i++)
        code = ew_table_cell(t, err, "%s", head[i]);
    return code;
}

static int run(app *a, const args *in)
{
    char today[CASE_TODAY];
    listing l = {.a = a, .today = case_today(today)};
    ew_buf b;
    ew_err err;
    (void)in;
    ew_buf_init(&b, CASE_OUT_MAX);
    ew_code code = put_head(&l.t, &err);
    if (code == EW_OK)
        code = ew_case_dirs(take, &l, &err);
    if (code == EW_OK && l.n > 0 && !a->json)
        code = ew_table_print(&l.t, &a->out_style, &b, &err);
    if (code == EW_OK)
        out_write(a, &b);
    if (code == EW_OK && l.n == 0)
        say(a, "no case was opened here yet; 'earwitness case new FOLDER' makes one");
    ew_table_release(&l.t);
    ew_buf_release(&b);
    if (code != EW_OK)
        return fail_command(a, &err);
    return l.n > 0 ? EXIT_FOUND : EXIT_NOTHING;
}

const command case_list = {
    .name = "case list",
    .usage = "",
    .summary = "list the cases that were opened",
    .details = "The last one opened first; 'case close' takes one off the list",
    .operands_max = 0,
    .run = run,
};
