/* SPDX-License-Identifier: Apache-2.0 */
/* Verifying bundles. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/file.h"
#include "base/utf8.h"
#include "ops/jobs.h"
#include "ops/seal_shown.h"
#include "report/verdict.h"
#include "serve/api_bundle.h"
#include "serve/api_case.h"
#include "serve/held.h"

enum { TEXT_MAX = 1 << 20 };

/* Copies of what a request names, as files for the length of it. */
typedef struct at_hand {
    char *bundle, *published, *collection;
    uint8_t bundle_sha256[EW_SHA256_BYTES], published_sha256[EW_SHA256_BYTES],
        collection_sha256[EW_SHA256_BYTES];
    char *policy; /* a file of ours, removed at the end */
} at_hand;

/* The policy that was pasted or chosen, or that of this machine's desk. */
static ew_code keep_policy(ew_server *s, const json_t *body, at_hand *f, ew_err *err)
{
    const char *text = ew_api_text(body, "policy");
    bool desk = json_is_true(json_object_get(body, "desk"));
    char *dir = NULL;
    ew_buf b;
    ew_buf_init(&b, TEXT_MAX);
    ew_code code = EW_OK;
    if (desk)
        code = ew_desk_dir(NULL, &dir, err);
    if (code == EW_OK && desk)
        code = ew_desk_policy(dir, &b, err);
    else if (code == EW_OK && text != NULL)
        code = ew_buf_append(&b, text, strlen(text), err);
    if (code == EW_OK && b.len > 0) {
        f->policy = ew_path_join(s->o->work, "policy-XXXXXX");
        int fd = f->policy != NULL ? mkstemp(f->policy) : -1;
        code = fd >= 0 ? ew_write_all(fd, b.data, b.len, err)
                       : ew_fail_sys(err, errno, "cannot keep the policy");
        if (fd >= 0)
            (void)close(fd);
    }
    ew_free(dir);
    ew_buf_release(&b);
    return code;
}

static void let_go(ew_server *s, at_hand *f)
{
    if (f->policy != NULL)
        (void)unlink(f->policy);
    if (f->bundle != NULL)
        ew_jobs_drop(s->jobs, f->bundle_sha256);
    if (f->published != NULL)
        ew_jobs_drop(s->jobs, f->published_sha256);
    if (f->collection != NULL)
        ew_jobs_drop(s->jobs, f->collection_sha256);
    ew_free(f->collection);
    ew_free(f->policy);
    ew_free(f->bundle);
    ew_free(f->published);
}

static ew_code add_meta(const char *bundle, ew_buf *text, ew_err *err)
{
    ew_buf meta;
    ew_slice line;
    ew_buf_init(&meta, TEXT_MAX);
    ew_code code = ew_ops_shown_meta(bundle, &meta, err);
    ew_slice rest = {(const char *)meta.data, meta.len};
    if (code == EW_OK && meta.len > 0)
        code =
            ew_buf_printf(text, err, "What the desk says of it, which no seal proves:\n");
    while (code == EW_OK && ew_slice_line(&rest, &line)) {
        code = ew_buf_printf(text, err, "  ");
        if (code == EW_OK)
            code = ew_utf8_append_safe(text, line.p, line.n, err);
        if (code == EW_OK)
            code = ew_buf_append(text, "\n", 1, err);
    }
    ew_buf_release(&meta);
    return code;
}

/* A verdict, as the command says it and as fields. */
static ew_code tell(const ew_verdict *v, const char *bundle, const char *name, ew_obj *o,
                    ew_err *err)
{
    ew_buf text;
    char *safe = ew_safe_name(name);
    ew_buf_init(&text, TEXT_MAX);
    ew_code code = safe != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_verdict_text(v, safe, &text, err);
    if (code == EW_OK && v->state != EW_BROKEN)
        code = add_meta(bundle, &text, err);
    if (code == EW_OK)
        code = ew_buf_append(&text, "", 1, err);
    if (code == EW_OK) {
        ew_obj verdict = ew_verdict_json(v, safe);
        ew_obj_str(o, "text", (const char *)text.data);
        ew_obj_set(o, "verdict", verdict.json);
    }
    ew_buf_release(&text);
    ew_free(safe);
    return code;
}

/* The bundle of a collection: verified by itself, then asked whether it shows this member. */
static ew_code judge_collection(const at_hand *f, const ew_verdict *v, ew_obj *o,
                                ew_err *err)
{
    ew_membership m = {.holds = false};
    ew_obj c = ew_obj_new();
    ew_verdict *other = ew_alloc(sizeof *other);
    ew_code code = other != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_ops_verify(f->collection, f->policy, NULL, other, err);
    if (code == EW_OK)
        code = tell(other, f->collection, "collection", &c, err);
    if (code == EW_OK && v->state != EW_BROKEN && other->state != EW_BROKEN)
        code = ew_ops_member(f->bundle, f->collection, &m, err);
    ew_obj_bool(&c, "member", m.holds);
    if (m.holds) {
        ew_obj_int(&c, "number", (int64_t)m.number);
        ew_obj_int(&c, "members", (int64_t)m.members);
    }
    ew_obj_set(o, "collection", c.json);
    ew_free(other);
    return code;
}

/* ------------------------------------------------------------------ what it shows */

/* One that is held. */
typedef struct shown {
    ew_shown_view *view;
    ew_shown_facts facts;
    char *dir;
} shown;

static void shown_free(void *cookie)
{
    shown *n = cookie;
    ew_shown_close(n->view);
    ew_api_folder_remove(n->dir);
    ew_free(n->dir);
    ew_free(n);
}

static void tell_shown(const ew_shown_facts *f, ew_obj *o)
{
    ew_obj_str(o, "splitter", f->splitter);
    ew_obj_str(o, "kind", f->sound ? "sound" : f->text ? "text" : "file");
    ew_obj_int(o, "parts", (int64_t)f->parts);
    ew_obj_int(o, "shown", (int64_t)f->shown);
    ew_obj_int(o, "lines", (int64_t)f->lines);
    if (f->seconds > 0)
        ew_obj_real(o, "seconds", f->seconds, 6);
    if (f->heard)
        ew_obj_sha256(o, "sha256", f->sha256);
    else if (f->sound)
        ew_obj_set(o, "why", ew_json_error(&f->why, ""));
}

/* Held, so that it can be read in pages and heard. */
static ew_code hold_shown(ew_server *s, const at_hand *f, const ew_verdict *v, ew_obj *o,
                          ew_err *err)
{
    char name[EW_TOKEN_TEXT];
    ew_obj told = ew_obj_new();
    shown *n = ew_alloc(sizeof *n);
    ew_code code = n != NULL ? ew_api_folder(s, &n->dir, err) : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_shown_open(&n->view, f->bundle, n->dir, v->published, err);
    if (code == EW_OK) {
        n->facts = ew_shown_tell(n->view);
        tell_shown(&n->facts, &told);
        const ew_held_thing t = {.kind = EW_HELD_SHOWN,
                                 .what = n,
                                 .drop = shown_free,
                                 .sha256 = n->facts.heard ? n->facts.sha256 : NULL,
                                 .path = n->facts.path};
        code = ew_held_put(s->held, &t, name, err);
        ew_obj_str(&told, "name", name);
    } else if (n != NULL) {
        shown_free(n);
    }
    ew_obj_set(o, "shown", told.json);
    return code;
}

static void add_line(void *cookie, const ew_preview *p)
{
    json_t **list = cookie;
    ew_list_add(list, ew_api_line(p));
}

ew_code ew_api_shown_lines(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    void *what = NULL;
    ew_stretch which = {0, 0};
    json_t *list = json_array();
    ew_obj o = ew_obj_new();
    ew_code code = ew_api_stretch(q, &which.from, &which.count, err);
    if (code == EW_OK)
        code = ew_held_take(s->held, EW_HELD_SHOWN, q->part[0], &what, err);
    if (code == EW_OK)
        code = ew_shown_lines(((shown *)what)->view, which, add_line, &list, err);
    ew_held_give(s->held, what);
    ew_obj_str(&o, "schema", "earwitness.shown-lines/1");
    ew_obj_int(&o, "from", (int64_t)which.from);
    ew_obj_set(&o, "lines", list);
    return ew_api_end(r, &o, code, err);
}

ew_code ew_api_shown_remove(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.removed/1");
    return ew_api_end(r, &o, ew_held_remove(s->held, EW_HELD_SHOWN, q->part[0], err),
                      err);
}

/* ------------------------------------------------------------------ the request */

static ew_code find_files(ew_server *s, const json_t *body, at_hand *f, ew_err *err)
{
    ew_code code = ew_api_sent(s, body, "bundle", &f->bundle, f->bundle_sha256, err);
    if (code == EW_OK && f->bundle == NULL)
        code = ew_fail(err, EW_E_ARG, 0, "no bundle was sent");
    if (code == EW_OK)
        code = ew_api_sent(s, body, "published", &f->published, f->published_sha256, err);
    if (code == EW_OK)
        code =
            ew_api_sent(s, body, "collection", &f->collection, f->collection_sha256, err);
    return code == EW_OK ? keep_policy(s, body, f, err) : code;
}

ew_code ew_api_verify(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    json_t *body = NULL;
    at_hand f = {0};
    ew_obj o = ew_obj_new();
    ew_verdict *v = ew_alloc(sizeof *v);
    ew_obj_str(&o, "schema", "earwitness.bundle-verify/1");
    ew_code code = v != NULL ? ew_api_body(q, &body, err) : ew_fail_nomem(err);
    const char *name = ew_api_text(body, "name");
    if (code == EW_OK)
        code = find_files(s, body, &f, err);
    if (code == EW_OK)
        code = ew_ops_verify(f.bundle, f.policy, f.published, v, err);
    if (code == EW_OK)
        code = tell(v, f.bundle, name != NULL ? name : "bundle", &o, err);
    if (code == EW_OK && f.collection != NULL)
        code = judge_collection(&f, v, &o, err);
    if (code == EW_OK && v->state != EW_BROKEN &&
        json_is_true(json_object_get(body, "shown")))
        code = hold_shown(s, &f, v, &o, err);
    let_go(s, &f);
    ew_free(v);
    json_decref(body);
    return ew_api_end(r, &o, code, err);
}
