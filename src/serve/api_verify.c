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
#include "report/verdict.h"
#include "serve/api_bundle.h"
#include "serve/api_case.h"

enum { TEXT_MAX = 1 << 20 };

/* Copies of what a request names, as files for the length of it. */
typedef struct at_hand {
    char *bundle, *published;
    uint8_t bundle_sha256[EW_SHA256_BYTES], published_sha256[EW_SHA256_BYTES];
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
        code = ew_api_sent(s, body, "bundle", &f.bundle, f.bundle_sha256, err);
    if (code == EW_OK && f.bundle == NULL)
        code = ew_fail(err, EW_E_ARG, 0, "no bundle was sent");
    if (code == EW_OK)
        code = ew_api_sent(s, body, "published", &f.published, f.published_sha256, err);
    if (code == EW_OK)
        code = keep_policy(s, body, &f, err);
    if (code == EW_OK)
        code = judge(&f, name != NULL ? name : "bundle", &o, err);
    let_go(s, &f);
    json_decref(body);
    return ew_api_end(r, &o, code, err);
}
