/* SPDX-License-Identifier: Apache-2.0 */
/* Correcting what is said of items, handing them on, copying them out. */
#include "ops/case_custody.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "ops/case_json.h"
#include "ops/input.h"

static ew_code end_event(ew_case *c, ew_code code, ew_err *err)
{
    if (code == EW_OK)
        return ew_case_commit(c, err);
    ew_case_rollback(c);
    return code;
}

/* An item as far as custody needs it. */
typedef struct wanted_item {
    int64_t id;
    bool found, undone;
    uint8_t sha256[EW_SHA256_BYTES];
    ew_obj before; /* what was said, of what is corrected */
    const ew_case_correction *to;
} wanted_item;

static const char *const fields[] = {"kind",     "name", "origin",
                                     "obtained", "from", "note"};
enum { FIELDS = sizeof fields / sizeof fields[0] };

static const char *field_of(const ew_case_correction *to, size_t i)
{
    const char *const texts[FIELDS] = {to->kind,     to->name, to->origin,
                                       to->obtained, to->from, to->note};
    return texts[i];
}

static ew_code look(void *cookie, const ew_case_item *i, ew_err *err)
{
    wanted_item *w = cookie;
    const char *const texts[FIELDS] = {i->kind,     i->name, i->origin,
                                       i->obtained, i->from, i->note};
    (void)err;
    if (i->id != w->id)
        return EW_OK;
    w->found = true;
    w->undone = i->undone;
    memcpy(w->sha256, i->sha256, sizeof w->sha256);
    for (size_t k = 0; k < FIELDS && w->to != NULL; k++)
        if (field_of(w->to, k) != NULL)
            ew_obj_str(&w->before, fields[k], texts[k]);
    return EW_OK;
}

static ew_code find_item(ew_case *c, wanted_item *w, ew_err *err)
{
    ew_code code = ew_case_items(c, look, w, err);
    if (code == EW_OK && !w->found)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no item %" PRId64, w->id);
    if (code == EW_OK && w->undone)
        code = ew_fail(err, EW_E_ARG, 0, "item %" PRId64 " was taken back", w->id);
    return code;
}

/* ------------------------------------------------------------------ correcting */

static ew_code write_fields(ew_case *c, int64_t item, const ew_case_correction *to,
                            ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < FIELDS && code == EW_OK; i++)
        if (field_of(to, i) != NULL)
            code = ew_case_correct(c, item, fields[i], field_of(to, i), err);
    for (size_t i = 0; i < to->called_count && code == EW_OK; i++)
        code = ew_case_add_called(c, item, to->called[i], err);
    return code;
}

static ew_code correction_detail(ew_case *c, wanted_item *w, ew_err *err)
{
    ew_obj o = ew_obj_new();
    ew_obj now = ew_obj_new();
    json_t *called = json_array();
    for (size_t i = 0; i < FIELDS; i++)
        if (field_of(w->to, i) != NULL)
            ew_obj_str(&now, fields[i], field_of(w->to, i));
    for (size_t i = 0; i < w->to->called_count; i++)
        ew_list_add(&called, json_string(w->to->called[i]));
    ew_obj_set(&o, "before", w->before.json);
    w->before.json = NULL;
    ew_obj_set(&o, "now", now.json);
    if (w->to->called_count > 0)
        ew_obj_set(&o, "called", called);
    else
        json_decref(called);
    return ew_event_detail_json(c, &o, err);
}

ew_code ew_ops_case_correct(ew_case *c, int64_t item, const ew_case_correction *to,
                            const ew_ops_actor *by, int64_t *event, ew_err *err)
{
    wanted_item w = {.id = item, .to = to};
    ew_case_act act = {.kind = "correct", .who = by->who, .purpose = by->purpose};
    bool any = to->called_count > 0;
    for (size_t i = 0; i < FIELDS; i++)
        any = any || field_of(to, i) != NULL;
    if (!any)
        return ew_fail(err, EW_E_ARG, 0, "nothing is said that is to be corrected");
    w.before = ew_obj_new();
    ew_code code = find_item(c, &w, err);
    if (code == EW_OK)
        code = ew_case_begin(c, &act, event, err);
    if (code == EW_OK) {
        ew_case_event_item(c, item, w.sha256, w.sha256);
        code = write_fields(c, item, to, err);
        if (code == EW_OK)
            code = correction_detail(c, &w, err);
        code = end_event(c, code, err);
    }
    ew_obj_release(&w.before);
    return code;
}

/* ------------------------------------------------------------------ handing on */

static ew_code changed(int64_t item, ew_err *err)
{
    return ew_fail(err, EW_E_FORMAT, 0,
                   "the original of item %" PRId64
                   " is not what was put in; 'earwitness case verify' says more",
                   item);
}

/* Opens the original; hashes it when `out` is -1, else copies it there, too. */
static ew_code read_original(ew_case *c, const wanted_item *w, int out, ew_err *err)
{
    uint8_t got[EW_SHA256_BYTES] = {0};
    char what[64];
    ew_sha256 *h = NULL;
    int fd = -1;
    (void)snprintf(what, sizeof what, "the original of item %" PRId64, w->id);
    ew_code code = ew_case_original_open(c, w->id, &fd, err);
    if (code == EW_OK)
        code = ew_sha256_new(&h, err);
    if (code == EW_OK)
        code = ew_copy_all(fd, out, h, what, NULL, err);
    if (code == EW_OK)
        code = ew_sha256_finish(h, got, err);
    if (code == EW_OK && memcmp(got, w->sha256, sizeof got) != 0)
        code = changed(w->id, err);
    ew_sha256_free(h);
    if (fd >= 0)
        (void)close(fd);
    return code;
}

static ew_code write_custody(ew_case *c, const wanted_item *w, const ew_case_act *act,
                             const char *to, int64_t *event, ew_err *err)
{
    ew_obj o = ew_obj_new();
    ew_code code = ew_case_begin(c, act, event, err);
    if (code != EW_OK) {
        ew_obj_release(&o);
        return code;
    }
    ew_case_event_item(c, w->id, w->sha256, w->sha256);
    ew_obj_str(&o, "to", to);
    return end_event(c, ew_event_detail_json(c, &o, err), err);
}

ew_code ew_ops_case_hand(ew_case *c, int64_t item, const char *to, const ew_ops_actor *by,
                         int64_t *event, ew_err *err)
{
    wanted_item w = {.id = item};
    const ew_case_act act = {.kind = "hand-over", .who = by->who, .purpose = by->purpose};
    if (to[0] == 0 || strlen(to) > EW_CASE_NAME || !ew_utf8_valid(to, strlen(to)))
        return ew_fail(err, EW_E_ARG, 0,
                       "somebody to hand it to is named in 1 to %d bytes of UTF-8",
                       (int)EW_CASE_NAME);
    ew_code code = find_item(c, &w, err);
    if (code == EW_OK)
        code = read_original(c, &w, -1, err);
    return code == EW_OK ? write_custody(c, &w, &act, to, event, err) : code;
}

ew_code ew_ops_case_get(ew_case *c, int64_t item, const char *path,
                        const ew_ops_actor *by, int64_t *event, ew_err *err)
{
    wanted_item w = {.id = item};
    const ew_case_act act = {.kind = "copy", .who = by->who, .purpose = by->purpose};
    ew_atomic a = {.fd = -1};
    struct stat st;
    if (lstat(path, &st) == 0)
        return ew_fail(err, EW_E_ARG, 0, "'%s' is there already", path);
    ew_code code = find_item(c, &w, err);
    if (code == EW_OK)
        code = ew_atomic_open(&a, path, err);
    if (code == EW_OK && fchmod(a.fd, 0600) != 0) /* as private as the case */
        code = ew_fail_sys(err, errno, "cannot protect '%s'", path);
    if (code == EW_OK)
        code = read_original(c, &w, a.fd, err);
    const char *slash = strrchr(path, '/');
    char *name = ew_safe_name(slash != NULL ? slash + 1 : path);
    if (code == EW_OK && name == NULL)
        code = ew_fail_nomem(err);
    if (code == EW_OK)
        code = write_custody(c, &w, &act, name, event, err);
    if (code == EW_OK)
        code = ew_atomic_commit(&a, err);
    else
        ew_atomic_abort(&a);
    ew_free(name);
    return code;
}
