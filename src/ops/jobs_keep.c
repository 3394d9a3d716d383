/* SPDX-License-Identifier: Apache-2.0 */
/* Results of jobs on their way into a case, and the jobs that follow from what is new there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/utf8.h"
#include "ops/case_keep.h"
#include "ops/jobs_run.h"
#include "report/json.h"

enum { WAIT_S = 600, EXAMINE_MAX = 20 };

/* ------------------------------------------------------------------ what is asked */

const char *ew_job_said(const json_t *how, const char *key)
{
    const char *text = json_string_value(json_object_get(how, key));
    return text != NULL ? text : "";
}

json_t *ew_job_how(const ew_job_record *r)
{
    json_t *how = r->how != NULL ? json_loads(r->how, 0, NULL) : NULL;
    return how != NULL ? how : json_object();
}

bool ew_job_keeps(const ew_job_record *r)
{
    json_t *how = ew_job_how(r);
    bool keeps = r->kind <= EW_JOB_FAMILY && json_is_true(json_object_get(how, "keep"));
    json_decref(how);
    return keeps;
}

/* ------------------------------------------------------------------ keeping */

static const ew_case_sound *same_sound(const ew_case_sounds *all, const ew_job_file *f,
                                       ew_err *err)
{
    const ew_case_sound *s = f->item != 0 ? ew_case_sounds_find(all, f->item) : NULL;
    if (s != NULL && memcmp(s->sha256, f->sha256, sizeof s->sha256) == 0)
        return s;
    (void)ew_fail(err, EW_E_ARG, 0, "'%s' is no recording of the case: add it first",
                  f->name);
    return NULL;
}

ew_code ew_job_keep_in_case(const ew_job_record *r, const char *result, const char *who,
                            const char *purpose, int64_t *analysis, ew_err *err)
{
    ew_case *c = NULL;
    ew_case_sounds all = {0};
    json_t *how = ew_job_how(r);
    ew_code code = ew_case_open(&c, r->casedir, true, WAIT_S, err);
    if (code == EW_OK)
        code = ew_case_sounds_load(c, &all, err);
    for (size_t i = 0; i < r->file_count && code == EW_OK; i++)
        if (same_sound(&all, &r->files[i], err) == NULL)
            code = EW_E_ARG;
    const ew_case_keeping k = {
        .tool = ew_job_kind_name(r->kind),
        .item = r->files[0].item,
        .other = r->kind == EW_JOB_DIFF ? r->files[1].item : 0,
        .sha256 = r->kind == EW_JOB_FAMILY ? NULL : r->files[0].sha256,
        .settings = r->settings,
        .result = result,
        .who = who != NULL ? who : ew_job_said(how, "who"),
        .purpose = purpose != NULL ? purpose : ew_job_said(how, "purpose")};
    if (code == EW_OK)
        code = ew_ops_case_keep(c, &k, analysis, err);
    ew_case_sounds_release(&all);
    ew_case_close(c);
    json_decref(how);
    return code;
}

/* ------------------------------------------------------------------ what follows */

typedef struct follower {
    const ew_job_record *r;
    char *how; /* of each */
    ew_code (*put)(void *cookie, const char *path, const ew_job_order *o, ew_err *err);
    void *cookie;
} follower;

static void fill_file(ew_job_file *f, const ew_case_sound *s)
{
    *f = (ew_job_file){.item = s->item, .bytes = s->in.bytes};
    memcpy(f->sha256, s->sha256, sizeof f->sha256);
    (void)snprintf(f->name, sizeof f->name, "%s", s->in.name);
    for (size_t n = strlen(f->name); n > 0 && !ew_utf8_valid(f->name, n);)
        f->name[--n] = 0;
}

/* What is wrong with one original, or a queue that is full, does not undo that others came in. */
static ew_code let_pass(ew_code code, ew_err *err)
{
    if (code == EW_E_NOMEM || code == EW_E_CANCELLED || code == EW_E_BUG)
        return code;
    ew_err_clear(err);
    return EW_OK;
}

static ew_code examine(const follower *f, const ew_case_sound *s, bool archive,
                       ew_err *err)
{
    ew_job_file file;
    fill_file(&file, s);
    ew_job_order o = {EW_JOB_INSPECT, &file, 1, f->r->casedir, f->how};
    ew_code code = f->put(f->cookie, s->in.open_path, &o, err);
    o.kind = EW_JOB_CHECK;
    if (code == EW_OK && archive)
        code = f->put(f->cookie, NULL, &o, err);
    return let_pass(code, err);
}

/* All recordings of the case, as far as one job takes them; the new ones are there already. */
static ew_code order_family(const follower *f, const ew_case_sounds *all, ew_err *err)
{
    size_t n = all->count < EW_JOB_FILES ? all->count : EW_JOB_FILES;
    ew_job_file *files = n > 1 ? ew_alloc_array(n, sizeof *files) : NULL;
    ew_code code = EW_OK;
    if (n < 2)
        return EW_OK;
    if (files == NULL)
        return ew_fail_nomem(err);
    size_t good = 0;
    for (size_t i = 0; i < n && code == EW_OK; i++) {
        const ew_case_sound *s = &all->list[all->count - n + i];
        const ew_job_order none = {.files = &files[good], .n = 1};
        fill_file(&files[good], s);
        code = f->put(f->cookie, s->in.open_path, &none, err);
        good += code == EW_OK;
        code = let_pass(code, err);
    }
    const ew_job_order o = {EW_JOB_FAMILY, files, good, f->r->casedir, f->how};
    if (code == EW_OK && good > 1)
        code = let_pass(f->put(f->cookie, NULL, &o, err), err);
    ew_free(files);
    return code;
}

/* The result is kept, by who ordered this; made: also what is new, for what follows from a family. */
static char *keep_order(const ew_job_record *r, const ew_job_made *made)
{
    json_t *how = ew_job_how(r);
    ew_obj o = ew_obj_new();
    ew_obj_bool(&o, "keep", true);
    ew_obj_str(&o, "who", ew_job_said(how, "who"));
    ew_obj_str(&o, "purpose", ew_job_said(how, "purpose"));
    if (made != NULL) {
        json_t *items = json_array();
        for (size_t i = 0; i < made->recording_count; i++)
            ew_list_add(&items, json_integer(made->recordings[i]));
        ew_obj_set(&o, "follow", items);
    }
    char *text = o.json != NULL ? json_dumps(o.json, JSON_COMPACT) : NULL;
    ew_obj_release(&o);
    json_decref(how);
    return text;
}

ew_code ew_job_follow(const ew_job_record *r, const ew_job_made *made,
                      const char *archive,
                      ew_code (*put)(void *cookie, const char *path,
                                     const ew_job_order *o, ew_err *err),
                      void *cookie, ew_err *err)
{
    follower f = {r, keep_order(r, made), put, cookie};
    ew_case *c = NULL;
    ew_case_sounds all = {0};
    ew_case_run run = {.archive = archive};
    bool has = false;
    ew_code code = f.how != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK && made->recording_count > EXAMINE_MAX)
        code = EW_E_LIMIT;
    if (code == EW_OK)
        code = ew_case_open(&c, r->casedir, false, 0, err);
    if (code == EW_OK)
        code = ew_case_sounds_load(c, &all, err);
    ew_case_close(c);
    if (code == EW_OK && ew_case_run_has_archive(&run, &has, NULL) != EW_OK)
        has = false;
    ew_case_run_end(&run);
    for (size_t i = 0; i < made->recording_count && code == EW_OK; i++) {
        const ew_case_sound *s = ew_case_sounds_find(&all, made->recordings[i]);
        if (s != NULL)
            code = examine(&f, s, has, err);
    }
    if (code == EW_OK)
        code = order_family(&f, &all, err);
    ew_case_sounds_release(&all);
    ew_free(f.how);
    return code == EW_E_LIMIT ? EW_OK : code;
}

/* ------------------------------------------------------------------ what follows from a family */

static const ew_job_file *file_of(const ew_job_record *r, int64_t item)
{
    for (size_t i = 0; i < r->file_count; i++)
        if (r->files[i].item == item)
            return &r->files[i];
    return NULL;
}

static void choose(const json_t *how, const ew_job_made *made, ew_case_pairs *p)
{
    const json_t *list = json_object_get(how, "follow");
    int64_t items[EXAMINE_MAX];
    size_t n = 0;
    const ew_case_kins k = {.list = made->kins, .found = made->kin_count};
    for (size_t i = 0; i < json_array_size(list) && n < EXAMINE_MAX; i++)
        items[n++] = json_integer_value(json_array_get(list, i));
    if (n > 0)
        ew_case_choose_pairs(&k, items, n, p);
}

ew_code ew_job_follow_family(const ew_job_record *r, const ew_job_made *made,
                             ew_code (*put)(void *cookie, const char *path,
                                            const ew_job_order *o, ew_err *err),
                             void *cookie, ew_err *err)
{
    json_t *how = ew_job_how(r);
    ew_case_pairs p = {.n = 0};
    char *keep = r->casedir != NULL ? keep_order(r, NULL) : NULL;
    ew_code code = EW_OK;
    if (keep != NULL)
        choose(how, made, &p);
    for (size_t i = 0; i < p.n && code == EW_OK; i++) {
        const ew_job_file *a = file_of(r, p.list[i].a);
        const ew_job_file *b = file_of(r, p.list[i].b);
        if (a == NULL || b == NULL)
            continue;
        const ew_job_file two[] = {*a, *b};
        const ew_job_order o = {EW_JOB_DIFF, two, 2, r->casedir, keep};
        code = let_pass(put(cookie, NULL, &o, err), err);
    }
    ew_free(keep);
    json_decref(how);
    return code;
}
