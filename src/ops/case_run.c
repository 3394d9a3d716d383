/* SPDX-License-Identifier: Apache-2.0 */
/* Running analyses on originals of a case. */
#include "ops/case_run.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "ops/archive.h"
#include "ops/check.h"
#include "ops/diff.h"
#include "ops/family.h"
#include "report/diff_finding.h"
#include "report/family_json.h"
#include "report/json.h"
#include "report/report.h"

/* ------------------------------------------------------------------ recordings */

typedef struct loader {
    ew_case *c;
    ew_case_sounds *out;
    size_t cap;
} loader;

static ew_code grow(loader *l, ew_err *err)
{
    if (l->out->count < l->cap)
        return EW_OK;
    size_t cap = l->cap == 0 ? 16 : 2 * l->cap;
    ew_case_sound *more = ew_realloc_array(l->out->list, cap, sizeof *more);
    if (more == NULL)
        return ew_fail_nomem(err);
    l->out->list = more;
    l->cap = cap;
    return EW_OK;
}

static ew_code take_sound(void *cookie, const ew_case_item *i, ew_err *err)
{
    loader *l = cookie;
    char number[32];
    ew_buf b;
    if (i->undone || strcmp(i->kind, "recording") != 0)
        return EW_OK;
    ew_code code = grow(l, err);
    if (code != EW_OK)
        return code;
    ew_case_sound *s = &l->out->list[l->out->count++];
    *s = (ew_case_sound){
        .item = i->id,
        .in = {.kind = EW_INPUT_FILE, .bytes = i->bytes, .media_name = true}};
    memcpy(s->sha256, i->sha256, sizeof s->sha256);
    (void)snprintf(number, sizeof number, " (item %lld)", (long long)i->id);
    ew_buf_init(&b, 2 * EW_CASE_NAME);
    code = ew_buf_printf(&b, err, "%s%s", i->name, number);
    if (code == EW_OK) {
        s->in.name = ew_strdup(i->name);
        s->in.path = ew_strdup((const char *)b.data);
        code = s->in.name != NULL && s->in.path != NULL ? EW_OK : ew_fail_nomem(err);
    }
    ew_buf_release(&b);
    return code == EW_OK ? ew_case_original(l->c, i->id, &s->in.open_path, err) : code;
}

ew_code ew_case_sounds_load(ew_case *c, ew_case_sounds *out, ew_err *err)
{
    *out = (ew_case_sounds){0};
    loader l = {.c = c, .out = out};
    ew_code code = ew_case_items(c, take_sound, &l, err);
    if (code != EW_OK)
        ew_case_sounds_release(out);
    return code;
}

void ew_case_sounds_release(ew_case_sounds *s)
{
    for (size_t i = 0; i < s->count; i++) {
        ew_free(s->list[i].in.open_path);
        ew_free(s->list[i].in.name);
        ew_free(s->list[i].in.path);
    }
    ew_free(s->list);
    *s = (ew_case_sounds){0};
}

const ew_case_sound *ew_case_sounds_find(const ew_case_sounds *s, int64_t item)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->list[i].item == item)
            return &s->list[i];
    return NULL;
}

/* ------------------------------------------------------------------ helpers */

/* What the reports end with is no part of what is kept. */
static void trim(ew_buf *b)
{
    while (b->len > 0 && b->data[b->len - 1] == '\n')
        b->data[--b->len] = 0;
}

static ew_code print_settings(ew_obj *o, ew_buf *out, ew_err *err)
{
    ew_code code = ew_obj_print(o, out, err);
    trim(out);
    return code;
}

static int on_progress(void *cookie, const char *stage, int64_t done, int64_t total)
{
    const ew_case_run *r = cookie;
    if (r->tick != NULL)
        r->tick(r->cookie, stage, done, total);
    return ew_stopped(r->stop);
}

void ew_case_run_end(ew_case_run *r)
{
    ew_index_close(r->ix);
    r->ix = NULL;
}

/* ------------------------------------------------------------------ check */

static ew_code open_archive(ew_case_run *r, ew_err *err)
{
    char *dir = NULL;
    if (r->ix != NULL)
        return EW_OK;
    ew_code code = ew_ops_archive_dir(r->archive, &dir, err);
    if (code == EW_OK)
        code = ew_index_open(&r->ix, dir, err);
    ew_free(dir);
    return code;
}

ew_code ew_case_run_has_archive(ew_case_run *r, bool *has, ew_err *err)
{
    ew_code code = open_archive(r, err);
    *has = code == EW_OK && ew_index_count(r->ix) > 0;
    return code == EW_E_NOTFOUND ? EW_OK : code;
}

/* Which recordings the archive holds, as one hash, so that an answer that differs later can be
 * explained. */
static ew_code archive_state(const ew_index *ix, uint8_t out[EW_SHA256_BYTES],
                             ew_err *err)
{
    ew_sha256 *h = NULL;
    ew_code code = ew_sha256_new(&h, err);
    for (size_t i = 0; i < ew_index_count(ix) && code == EW_OK; i++)
        code = ew_sha256_feed(h, ew_index_recording(ix, i)->sha256, EW_SHA256_BYTES, err);
    if (code == EW_OK)
        code = ew_sha256_finish(h, out, err);
    ew_sha256_free(h);
    return code;
}

static ew_code check_settings(const ew_index *ix, ew_buf *out, ew_err *err)
{
    uint8_t state[EW_SHA256_BYTES];
    ew_code code = archive_state(ix, state, err);
    if (code != EW_OK)
        return code;
    ew_obj o = ew_obj_new();
    ew_obj archive = ew_obj_new();
    ew_obj_int(&archive, "recordings", (int64_t)ew_index_count(ix));
    ew_obj_sha256(&archive, "sha256", state);
    ew_obj_set(&o, "archive", archive.json);
    return print_settings(&o, out, err);
}

ew_code ew_case_run_check(ew_case_run *r, const ew_case_sound *s, ew_buf *settings,
                          ew_buf *result, ew_err *err)
{
    const ew_progress prog = {.tick = on_progress, .cookie = r};
    ew_finding *f = NULL;
    ew_code code = open_archive(r, err);
    const ew_check_opts opts = {
        .align = ew_align_opts_default(), .jobs = r->jobs, .stop = r->stop};
    if (code == EW_OK)
        code = check_settings(r->ix, settings, err);
    if (code == EW_OK)
        code = ew_ops_check(r->ix, &s->in, &opts, &prog, &f, err);
    if (code == EW_OK)
        code = ew_report_check_json(f, result, err);
    trim(result);
    ew_finding_free(f);
    return code;
}

/* ------------------------------------------------------------------ diff */

ew_code ew_case_run_diff(ew_case_run *r, const ew_case_sound *a, const ew_case_sound *b,
                         ew_buf *settings, ew_buf *result, ew_err *err)
{
    const ew_diff_opts opts = {
        .jobs = r->jobs, .stop = r->stop, .tick = r->tick, .cookie = r->cookie};
    ew_diff_finding *f = NULL;
    ew_obj o = ew_obj_new();
    ew_obj_int(&o, "a", a->item);
    ew_obj_int(&o, "b", b->item);
    ew_code code = print_settings(&o, settings, err);
    if (code == EW_OK)
        code = ew_ops_diff(&a->in, &b->in, &opts, &f, err);
    if (code == EW_OK)
        code = ew_report_diff_json(f, result, err);
    trim(result);
    ew_diff_finding_free(f);
    return code;
}

/* ------------------------------------------------------------------ family */

static int64_t item_of(const ew_case_kins *k, const uint8_t sha256[EW_SHA256_BYTES])
{
    for (size_t i = 0; i < k->count; i++)
        if (memcmp(k->asked[i]->sha256, sha256, EW_SHA256_BYTES) == 0)
            return k->asked[i]->item;
    return 0;
}

static ew_code take_kin(ew_case_kins *k, const ew_family_finding *f, ew_err *err)
{
    const ew_family *fam = f->family;
    k->list = ew_alloc_array(fam->count, sizeof *k->list);
    if (k->list == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < fam->count; i++) {
        const ew_member *m = &fam->members[i];
        size_t parent = m->kind == EW_MEMBER_DUPLICATE ? m->duplicate_of : m->parent;
        size_t family = m->family;
        if (m->kind == EW_MEMBER_DUPLICATE && family == EW_NO_COPY &&
            m->duplicate_of < fam->count)
            family = fam->members[m->duplicate_of].family;
        k->list[k->found++] = (ew_case_kin){
            .item = item_of(k, f->copies[i].sha256),
            .family = family == EW_NO_COPY ? -1 : (int64_t)family,
            .parent = parent < fam->count ? item_of(k, f->copies[parent].sha256) : 0};
    }
    return EW_OK;
}

static ew_code family_settings(const ew_case_kins *k, ew_buf *out, ew_err *err)
{
    ew_obj o = ew_obj_new();
    json_t *items = json_array();
    for (size_t i = 0; i < k->count; i++)
        ew_list_add(&items, json_integer(k->asked[i]->item));
    ew_obj_set(&o, "items", items);
    return print_settings(&o, out, err);
}

ew_code ew_case_run_family(ew_case_run *r, ew_case_kins *k, ew_buf *settings,
                           ew_buf *result, ew_err *err)
{
    const ew_family_opts opts = {
        .jobs = r->jobs, .stop = r->stop, .tick = r->tick, .cookie = r->cookie};
    ew_family_finding *f = NULL;
    ew_inputs in = {.count = k->count, .cap = k->count};
    k->list = NULL;
    k->found = 0;
    ew_code code = family_settings(k, settings, err);
    in.items = ew_alloc_array(k->count, sizeof *in.items); /* borrows what they hold */
    if (code == EW_OK && in.items == NULL)
        code = ew_fail_nomem(err);
    for (size_t i = 0; i < k->count && code == EW_OK; i++)
        in.items[i] = k->asked[i]->in;
    if (code == EW_OK)
        code = ew_ops_family(&in, &opts, &f, err);
    if (code == EW_OK)
        code = ew_report_family_json(f, result, err);
    if (code == EW_OK)
        code = take_kin(k, f, err);
    trim(result);
    ew_family_finding_free(f);
    ew_free(in.items);
    return code;
}
