/* SPDX-License-Identifier: Apache-2.0 */
/* Verifying bundles, and disclosing a part of what was sealed. The desk's passphrase comes with each request
 * that needs it, is used for that one and wiped. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/file.h"
#include "base/utf8.h"
#include "ops/jobs.h"
#include "ops/seal_json.h"
#include "ops/seal_list.h"
#include "report/verdict.h"
#include "serve/api_case.h"

enum { TEXT_MAX = 1 << 20, PASS_MAX = 1024, LOCK_WAIT_S = 5, BUNDLE_MAX = 256 << 20 };

/* ------------------------------------------------------------------ verify */

/* Copies of what a request names, as files for the length of it. */
typedef struct at_hand {
    char *bundle, *published;
    uint8_t bundle_sha256[EW_SHA256_BYTES], published_sha256[EW_SHA256_BYTES];
    char *policy; /* a file of ours, removed at the end */
} at_hand;

static ew_code find_sent(ew_server *s, const json_t *body, const char *key, char **path,
                         uint8_t sha256[EW_SHA256_BYTES], ew_err *err)
{
    const char *hex = ew_api_text(body, key);
    if (hex == NULL)
        return EW_OK;
    if (strlen(hex) != EW_SHA256_HEX || ew_unhex(hex, sha256, EW_SHA256_BYTES) != 0)
        return ew_fail(err, EW_E_ARG, 0, "a file is named by its SHA-256");
    return ew_jobs_file(s->jobs, sha256, path, err);
}

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

/* The verdict, as the command says it and as fields. */
static ew_code judge(const at_hand *f, const char *name, ew_obj *o, ew_err *err)
{
    ew_buf text;
    char *safe = ew_safe_name(name);
    ew_verdict *v = ew_alloc(sizeof *v);
    ew_buf_init(&text, TEXT_MAX);
    ew_code code = v != NULL && safe != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_ops_verify(f->bundle, f->policy, f->published, v, err);
    if (code == EW_OK)
        code = ew_verdict_text(v, safe, &text, err);
    if (code == EW_OK && v->state != EW_BROKEN)
        code = add_meta(f->bundle, &text, err);
    if (code == EW_OK)
        code = ew_buf_append(&text, "", 1, err);
    if (code == EW_OK) {
        ew_obj verdict = ew_verdict_json(v, safe);
        ew_obj_str(o, "text", (const char *)text.data);
        ew_obj_set(o, "verdict", verdict.json);
    }
    ew_buf_release(&text);
    ew_free(safe);
    ew_free(v);
    return code;
}

ew_code ew_api_verify(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    json_t *body = NULL;
    at_hand f = {0};
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.bundle-verify/1");
    ew_code code = ew_api_body(q, &body, err);
    const char *name = ew_api_text(body, "name");
    if (code == EW_OK)
        code = find_sent(s, body, "bundle", &f.bundle, f.bundle_sha256, err);
    if (code == EW_OK && f.bundle == NULL)
        code = ew_fail(err, EW_E_ARG, 0, "no bundle was sent");
    if (code == EW_OK)
        code = find_sent(s, body, "published", &f.published, f.published_sha256, err);
    if (code == EW_OK)
        code = keep_policy(s, body, &f, err);
    if (code == EW_OK)
        code = judge(&f, name != NULL ? name : "bundle", &o, err);
    let_go(s, &f);
    json_decref(body);
    return ew_api_end(r, &o, code, err);
}

/* ------------------------------------------------------------------ the desk */

ew_code ew_api_desk(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    char *dir = NULL;
    ew_buf policy;
    ew_obj o = ew_obj_new();
    (void)s;
    (void)q;
    ew_buf_init(&policy, TEXT_MAX);
    ew_code code = ew_desk_dir(NULL, &dir, err);
    bool there = code == EW_OK && ew_desk_exists(dir);
    ew_obj_str(&o, "schema", "earwitness.desk/1");
    ew_obj_bool(&o, "there", there);
    if (there)
        code = ew_desk_policy(dir, &policy, err);
    if (code == EW_OK && there)
        code = ew_buf_append(&policy, "", 1, err);
    if (code == EW_OK && there)
        ew_obj_str(&o, "policy", (const char *)policy.data);
    ew_buf_release(&policy);
    ew_free(dir);
    return ew_api_end(r, &o, code, err);
}

/* Deriving a key takes much memory: one at a time, which also slows down who guesses. */
static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;

/* Wipes the passphrase where it came, and where jansson put it. */
static void wipe_request(const ew_request *q, const json_t *body)
{
    const char *pass = json_string_value(json_object_get(body, "passphrase"));
    if (pass != NULL)
        explicit_bzero((char *)(uintptr_t)pass, strlen(pass));
    if (q->body.n > 0)
        explicit_bzero((char *)(uintptr_t)q->body.p, q->body.n);
}

static ew_code open_desk(ew_server *s, const json_t *body, ew_desk *d, ew_err *err)
{
    const ew_wait wait = {.seconds = LOCK_WAIT_S, .stop = s->o->stop};
    const char *given = ew_api_text(body, "passphrase");
    char *dir = NULL;
    bool right = false;
    ew_secret pass;
    size_t n = given != NULL ? strlen(given) : 0;
    if (n == 0 || n > PASS_MAX)
        return ew_fail(err, EW_E_ARG, 0, "the passphrase of the desk is needed");
    ew_code code = ew_secret_init(&pass, PASS_MAX, err);
    if (code != EW_OK)
        return code;
    memcpy(pass.bytes, given, n);
    pass.n = n;
    code = ew_desk_dir(NULL, &dir, err);
    if (code == EW_OK)
        code = ew_desk_open_with(d, dir, &pass, &wait, &right, err);
    if (code == EW_OK && !right)
        code = ew_fail(err, EW_E_ARG, 0, "the passphrase is wrong");
    ew_secret_release(&pass);
    ew_free(dir);
    return code;
}

/* ------------------------------------------------------------------ disclose */

static void add_line(void *cookie, const ew_preview *p)
{
    json_t **list = cookie;
    ew_list_add(list, ew_preview_json(p));
}

static ew_code preview(const ew_desk *d, ew_disclosure *what, ew_obj *o, ew_err *err)
{
    json_t *lines = json_array();
    ew_disclosed done;
    what->preview = add_line;
    what->cookie = &lines;
    ew_code code = ew_ops_disclose(d, what, &done, err);
    if (code != EW_OK) {
        json_decref(lines);
        return code;
    }
    ew_obj_str(o, "item", done.hex);
    ew_obj_int(o, "parts", (int64_t)done.stream.n);
    ew_obj_int(o, "shown", (int64_t)done.shown);
    ew_obj_set(o, "preview", lines);
    ew_disclosed_release(&done);
    return EW_OK;
}

/* Made in a folder of its own, sent, and gone: what was disclosed is the browser's to keep. */
static ew_code write_bundle(ew_server *s, const ew_desk *d, ew_disclosure *what,
                            ew_reply *r, ew_err *err)
{
    ew_disclosed done;
    ew_buf bundle;
    char *dir = ew_path_join(s->o->work, "bundle-XXXXXX");
    char *path = NULL;
    ew_buf_init(&bundle, BUNDLE_MAX);
    if (dir == NULL)
        return ew_fail_nomem(err);
    ew_code code =
        mkdtemp(dir) != NULL ? EW_OK : ew_fail_sys(err, errno, "cannot make the bundle");
    if (code == EW_OK && (path = ew_path_join(dir, "b.ewb")) == NULL)
        code = ew_fail_nomem(err);
    what->out = path;
    if (code == EW_OK)
        code = ew_ops_disclose(d, what, &done, err);
    if (code == EW_OK) {
        ew_disclosed_release(&done);
        code = ew_file_get(path, &bundle, err);
    }
    if (code == EW_OK) {
        r->type = "application/octet-stream";
        code = ew_buf_append(&r->body, bundle.data, bundle.len, err);
    }
    if (path != NULL)
        (void)unlink(path);
    (void)rmdir(dir);
    ew_buf_release(&bundle);
    ew_free(path);
    ew_free(dir);
    return code;
}

static ew_code add_item(void *cookie, const ew_sealed_item *i, ew_err *err)
{
    json_t **list = cookie;
    ew_obj o = ew_obj_new();
    (void)err;
    ew_obj_str(&o, "item", i->hex);
    ew_obj_str(&o, "name", i->name);
    ew_obj_bool(&o, "logged", i->logged);
    ew_obj_bool(&o, "burned", i->burned);
    ew_list_add(list, o.json);
    return EW_OK;
}

/* Without an item: which there are. */
static ew_code work(ew_server *s, const ew_desk *d, const json_t *body, ew_obj *o,
                    ew_reply *r, ew_err *err)
{
    json_t *items = NULL;
    bool write = json_is_true(json_object_get(body, "write"));
    ew_disclosure what = {.item = ew_api_text(body, "item"),
                          .show = ew_api_text(body, "show"),
                          .hide = ew_api_text(body, "hide"),
                          .meta = ew_api_text(body, "meta"),
                          .custody = json_is_true(json_object_get(body, "custody"))};
    if (what.item == NULL) {
        items = json_array();
        ew_code code = ew_ops_sealed(d, add_item, &items, err);
        ew_obj_set(o, "items", items);
        return code;
    }
    if (what.show == NULL && what.hide == NULL)
        return ew_fail(err, EW_E_ARG, 0, "say what to show or what to hide");
    return write ? write_bundle(s, d, &what, r, err) : preview(d, &what, o, err);
}

ew_code ew_api_disclose(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    json_t *body = NULL;
    ew_desk d = {0};
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.disclose-preview/1");
    ew_code code = ew_api_body(q, &body, err);
    pthread_mutex_lock(&opening);
    if (code == EW_OK)
        code = open_desk(s, body, &d, err);
    wipe_request(q, body);
    if (code == EW_OK) {
        code = work(s, &d, body, &o, r, err);
        ew_desk_close(&d);
    }
    pthread_mutex_unlock(&opening);
    json_decref(body);
    if (code == EW_OK && r->body.len == 0)
        return ew_api_reply(r, &o, err);
    ew_obj_release(&o);
    return code;
}
