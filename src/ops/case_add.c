/* SPDX-License-Identifier: Apache-2.0 */
/* Items come into a case in batches: the originals of a batch are synced together, then its events are
 * written in one transaction, then they are told. */
#include "ops/case_add.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "base/when.h"
#include "ops/case_json.h"
#include "ops/case_kind.h"
#include "report/json.h"

enum { BATCH = 200, FD_PATH = 32 };

typedef struct adder {
    ew_case *c;
    const ew_case_add_how *how;
    ew_case_add_sum *sum;
    ew_inputs in;
    ew_case_added batch[BATCH];
    size_t n;
    uint64_t bytes; /* of the batch */
    size_t told;    /* inputs that were told */
    size_t recording_cap;
} adder;

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

/* ------------------------------------------------------------------ one file */

/* A folder's own name is no part of what its files are called; nor is a path that is too long. */
static const char *item_name(const ew_input *in)
{
    const char *name = in->name;
    const char *slash = strchr(name, '/');
    if (in->kind == EW_INPUT_STDIN)
        return "stdin";
    if (in->from_folder && slash != NULL)
        name = slash + 1;
    slash = strrchr(name, '/');
    return strlen(name) > EW_CASE_NAME && slash != NULL ? slash + 1 : name;
}

/* The disk, and not the file that was to be added. */
static bool cannot_write(const ew_err *e)
{
    return e->code == EW_E_NOMEM || e->code == EW_E_BUG ||
           (e->code == EW_E_IO &&
            (e->sys == ENOSPC || e->sys == EROFS || e->sys == EDQUOT || e->sys == EFBIG ||
             e->sys == EMFILE || e->sys == EACCES || e->sys == EPERM));
}

static ew_code hash_only(const ew_source *s, const char *name, ew_case_added *r,
                         const adder *a, ew_err *err)
{
    r->bytes = s->bytes;
    return ew_source_hash(s, name, r->sha256, a->how->stop, err);
}

/* Its content into the case's folder, where nothing refers to it yet. */
static ew_code store_one(adder *a, const ew_input *in, ew_case_added *r, bool *fatal,
                         ew_err *err)
{
    ew_source s;
    char path[FD_PATH];
    *fatal = false;
    ew_code code = ew_source_open(&s, in, a->how->stop, err);
    if (code != EW_OK)
        return code;
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", s.fd);
    r->kind = a->how->kind;
    if (in->kind == EW_INPUT_FILE)
        r->modified = s.mtime_ns / 1000000000;
    if (r->kind == NULL)
        code = ew_case_kind_of(s.fd, in->open_path != NULL ? in->open_path : path,
                               &r->kind, err);
    if (code != EW_OK) {
        ew_source_close(&s);
        return code;
    }
    if (a->how->dry_run) {
        code = hash_only(&s, in->name, r, a, err);
    } else {
        code = ew_case_store_later(a->c, s.fd, r->sha256, &r->bytes, err);
        *fatal = code != EW_OK && cannot_write(err);
    }
    if (code == EW_OK)
        code = ew_source_unchanged(&s, in->name, err);
    ew_source_close(&s);
    return code;
}

/* Takes the next file into the batch; what is wrong with it is told later, in its place. */
static ew_code take_one(adder *a, const ew_input *in, ew_err *err)
{
    ew_case_added *r = &a->batch[a->n];
    bool fatal = false;
    *r = (ew_case_added){.name = item_name(in), .kind = ""};
    ew_err_clear(&r->err);
    if (in->kind == EW_INPUT_PROBLEM)
        r->err = *in->problem;
    else if (strlen(r->name) > EW_CASE_NAME)
        (void)ew_fail(&r->err, EW_E_LIMIT, 0, "its name is longer than %d bytes",
                      (int)EW_CASE_NAME);
    else if (store_one(a, in, r, &fatal, &r->err) != EW_OK && fatal) {
        *err = r->err;
        return err->code;
    }
    if (r->err.code == EW_E_CANCELLED || r->err.code == EW_E_NOMEM) {
        *err = r->err;
        return err->code;
    }
    if (r->err.code != EW_OK)
        r->how = EW_CASE_FAILED;
    a->bytes += r->bytes;
    a->n++;
    return EW_OK;
}

/* ------------------------------------------------------------------ its event */

static ew_code put_detail(const adder *a, const ew_case_added *r, ew_err *err)
{
    char modified[EW_ISO_TEXT];
    ew_obj o = ew_obj_new();
    const char *const keys[] = {"name", "origin", "obtained", "from", "note"};
    const char *const texts[] = {r->name, a->how->origin, a->how->obtained, a->how->from,
                                 a->how->note};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (or_empty(texts[i])[0] != 0)
            ew_obj_str(&o, keys[i], texts[i]);
    if (r->modified != 0)
        ew_obj_str(&o, "modified", ew_iso_text(r->modified, modified));
    if (r->how == EW_CASE_BACK)
        ew_obj_bool(&o, "again", true);
    return ew_event_detail_json(a->c, &o, err);
}

static ew_code add_item(const adder *a, ew_case_added *r, ew_err *err)
{
    const ew_case_add_how *h = a->how;
    ew_case_item i = {.kind = r->kind,
                      .name = r->name,
                      .origin = or_empty(h->origin),
                      .obtained = or_empty(h->obtained),
                      .from = or_empty(h->from),
                      .note = or_empty(h->note),
                      .parent = h->parent,
                      .bytes = r->bytes};
    memcpy(i.sha256, r->sha256, sizeof i.sha256);
    return ew_case_add_item(a->c, &i, &r->item, err);
}

/* Is it there? Answers how it comes in. */
static ew_code look_up(const adder *a, ew_case_added *r, ew_err *err)
{
    bool undone = false;
    ew_code code = ew_case_same_content(a->c, r->sha256, &r->item, &undone, err);
    r->how = r->item == 0 ? EW_CASE_NEW : undone ? EW_CASE_BACK : EW_CASE_SEEN;
    return code;
}

static ew_code write_event(adder *a, ew_case_added *r, ew_err *err)
{
    ew_case_act act = {.who = or_empty(a->how->who),
                       .purpose = or_empty(a->how->purpose)};
    ew_code code = look_up(a, r, err);
    act.kind = r->how == EW_CASE_SEEN ? "seen" : "ingest";
    if (code == EW_OK)
        code = ew_case_begin(a->c, &act, &r->event, err);
    if (code != EW_OK)
        return code;
    if (r->how != EW_CASE_SEEN)
        code = add_item(a, r, err);
    for (size_t i = 0; i < a->how->called_count && code == EW_OK; i++)
        code = ew_case_add_called(a->c, r->item, a->how->called[i], err);
    ew_case_event_item(a->c, r->item, r->how == EW_CASE_SEEN ? r->sha256 : NULL,
                       r->sha256);
    if (code == EW_OK)
        code = put_detail(a, r, err);
    if (code == EW_OK)
        return ew_case_commit(a->c, err);
    ew_case_rollback(a->c);
    return code;
}

/* ------------------------------------------------------------------ batches */

static ew_code remember_recording(adder *a, int64_t item, ew_err *err)
{
    ew_case_add_sum *s = a->sum;
    if (s->recording_count == a->recording_cap) {
        size_t cap = a->recording_cap == 0 ? 16 : 2 * a->recording_cap;
        int64_t *more = ew_realloc_array(s->recordings, cap, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(err);
        s->recordings = more;
        a->recording_cap = cap;
    }
    s->recordings[s->recording_count++] = item;
    return EW_OK;
}

static ew_code tell(adder *a, const ew_case_added *r, ew_err *err)
{
    uint64_t *const counts[] = {&a->sum->added, &a->sum->back, &a->sum->seen,
                                &a->sum->failed, &a->sum->not_tried};
    ++*counts[r->how];
    a->told++;
    if (a->how->each != NULL)
        a->how->each(a->how->cookie, r);
    bool here = r->how == EW_CASE_NEW || r->how == EW_CASE_BACK;
    return here && r->item != 0 && strcmp(r->kind, "recording") == 0
               ? remember_recording(a, r->item, err)
               : EW_OK;
}

static ew_code write_batch(adder *a, ew_err *err)
{
    ew_code code = ew_case_store_sync(a->c, err);
    if (code == EW_OK)
        code = ew_case_group_begin(a->c, err);
    if (code != EW_OK)
        return code;
    for (size_t i = 0; i < a->n && code == EW_OK; i++)
        if (a->batch[i].how != EW_CASE_FAILED)
            code = write_event(a, &a->batch[i], err);
    if (code == EW_OK)
        return ew_case_group_end(a->c, err);
    ew_case_group_abandon(a->c);
    return code;
}

static ew_code look_up_batch(adder *a, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < a->n && code == EW_OK; i++)
        if (a->batch[i].how != EW_CASE_FAILED)
            code = look_up(a, &a->batch[i], err);
    return code;
}

static ew_code flush(adder *a, ew_err *err)
{
    ew_code code = a->n == 0         ? EW_OK
                   : a->how->dry_run ? look_up_batch(a, err)
                                     : write_batch(a, err);
    for (size_t i = 0; i < a->n && code == EW_OK; i++)
        code = tell(a, &a->batch[i], err);
    if (code == EW_OK) {
        a->n = 0;
        a->bytes = 0;
    }
    return code;
}

/* When writing fails: what stands before it in the batch may still get in. */
static ew_code add_all(adder *a, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < a->in.count && code == EW_OK; i++) {
        if (a->how->tick != NULL)
            a->how->tick(a->how->cookie, i, a->in.count);
        if (ew_stopped(a->how->stop))
            code = ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
        else
            code = take_one(a, &a->in.items[i], err);
        if (code == EW_OK && (a->n == BATCH || a->bytes >= EW_CASE_LATER_BYTES))
            code = flush(a, err);
    }
    ew_err ignored;
    ew_code rest = flush(a, code == EW_OK ? err : &ignored);
    return code == EW_OK ? rest : code;
}

static void tell_rest(adder *a)
{
    ew_case_added r = {.how = EW_CASE_NOT_TRIED, .kind = ""};
    ew_err ignored;
    while (a->told < a->in.count) {
        r.name = item_name(&a->in.items[a->told]);
        if (tell(a, &r, &ignored) != EW_OK)
            return;
    }
}

static ew_code check_how(ew_case *c, const ew_case_add_how *how, ew_err *err)
{
    char number[32];
    int64_t id;
    const char *const texts[] = {how->origin, how->obtained, how->from, how->note};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (!ew_utf8_valid(or_empty(texts[i]), strlen(or_empty(texts[i]))) ||
            strlen(or_empty(texts[i])) > EW_CASE_NAME)
            return ew_fail(err, EW_E_ARG, 0,
                           "what is said of an item is UTF-8 of at most %d bytes",
                           (int)EW_CASE_NAME);
    if (how->kind != NULL && !ew_case_kind_known(how->kind))
        return ew_fail(err, EW_E_ARG, 0,
                       "'%s' is no kind of item; recording, image, document, chat, page "
                       "or article",
                       how->kind);
    if (how->parent == 0)
        return EW_OK;
    (void)snprintf(number, sizeof number, "%lld", (long long)how->parent);
    return ew_case_find_item(c, number, &id, err);
}

ew_code ew_ops_case_add(ew_case *c, const char *const *operands, size_t n,
                        const ew_case_add_how *how, ew_case_add_sum *sum, ew_err *err)
{
    *sum = (ew_case_add_sum){0};
    ew_code code = check_how(c, how, err);
    if (code != EW_OK)
        return code;
    adder *a = ew_alloc(sizeof *a);
    if (a == NULL)
        return ew_fail_nomem(err);
    *a = (adder){.c = c, .how = how, .sum = sum};
    code = ew_inputs_gather(&a->in, operands, n, how->stop, err);
    if (code == EW_OK)
        code = add_all(a, err);
    if (code != EW_OK)
        tell_rest(a);
    ew_inputs_release(&a->in);
    ew_free(a);
    return code;
}
