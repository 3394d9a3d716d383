/* SPDX-License-Identifier: Apache-2.0 */
/* What all routes share, what this program is, and the files of the page. */
#include "serve/api.h"

#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "casefile/casefile.h"
#include "ops/archive.h"

ew_code ew_api_reply(ew_reply *r, ew_obj *o, ew_err *err)
{
    return ew_obj_print(o, &r->body, err);
}

ew_code ew_api_body(const ew_request *q, json_t **out, ew_err *err)
{
    json_error_t why;
    *out = json_loadb(q->body.n > 0 ? q->body.p : "{}", q->body.n > 0 ? q->body.n : 2,
                      JSON_REJECT_DUPLICATES, &why);
    if (!json_is_object(*out)) {
        json_decref(*out);
        *out = NULL;
        return ew_fail(err, EW_E_FORMAT, 0, "what was sent is no JSON object");
    }
    /* Who logged in acts under that name, whatever the request says. */
    if (q->who != NULL && json_object_set_new(*out, "who", json_string(q->who)) != 0) {
        json_decref(*out);
        *out = NULL;
        return ew_fail_nomem(err);
    }
    return EW_OK;
}

ew_code ew_api_number(ew_slice part, uint64_t *out, ew_err *err)
{
    return ew_slice_u64(part, out)
               ? EW_OK
               : ew_fail(err, EW_E_NOTFOUND, 0, "there is no such number");
}

/* ------------------------------------------------------------------ about */

static void add_archive(ew_server *s, ew_obj *o)
{
    ew_index *ix = NULL;
    ew_index_stats stats;
    char *dir = NULL;
    if (ew_ops_archive_dir(s->o->archive, &dir, NULL) == EW_OK &&
        ew_index_open(&ix, dir, NULL) == EW_OK &&
        ew_index_get_stats(ix, &stats, NULL) == EW_OK) {
        ew_obj a = ew_obj_new();
        ew_obj_int(&a, "recordings", (int64_t)stats.recordings);
        ew_obj_real(&a, "seconds", (double)stats.samples / EW_FP_RATE_HZ, 1);
        ew_obj_set(o, "archive", a.json);
    } else {
        ew_obj_null(o, "archive");
    }
    ew_index_close(ix);
    ew_free(dir);
}

static void add_case(ew_server *s, ew_obj *o)
{
    ew_case *c = NULL;
    ew_buf title;
    ew_buf_init(&title, EW_CASE_NAME);
    if (s->o->casedir != NULL &&
        ew_case_open(&c, s->o->casedir, false, 0, NULL) == EW_OK &&
        ew_case_title(c, &title, NULL) == EW_OK)
        ew_obj_str(o, "case", (const char *)title.data);
    else
        ew_obj_null(o, "case");
    ew_case_close(c);
    ew_buf_release(&title);
}

ew_code ew_api_about(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    ew_obj o = ew_obj_new();
    (void)q;
    ew_obj_str(&o, "schema", "earwitness.about/1");
    ew_obj_str(&o, "version", EW_VERSION);
    add_archive(s, &o);
    add_case(s, &o);
    return ew_api_reply(r, &o, err);
}

/* ------------------------------------------------------------------ the page */

ew_code ew_page_file(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    bool root = strcmp(q->path, "/") == 0;
    (void)s;
    for (size_t i = 0; i < ew_embedded_count; i++) {
        const ew_embedded *f = &ew_embedded_files[i];
        if (root ? i != 0 : !ew_slice_is(q->part[0], f->name))
            continue;
        r->type = f->type;
        r->packed = true;
        return ew_buf_append(&r->body, f->bytes, f->n, err);
    }
    return ew_fail(err, EW_E_NOTFOUND, 0, "there is nothing at this address");
}
