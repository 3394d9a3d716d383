/* SPDX-License-Identifier: Apache-2.0 */
/* What is in the archive. */
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/hash.h"
#include "ops/archive.h"
#include "ops/jobs.h"
#include "ops/sounds.h"
#include "report/report.h"
#include "serve/api.h"

enum { PAGE_MAX = 500, SEARCH_MAX = 200, WAIT_S = 5 };

static bool named(const ew_recording *rec, const char *part)
{
    for (size_t i = 0; i < rec->name_count; i++)
        if (strcasestr(rec->names[i], part) != NULL)
            return true;
    return part[0] == 0;
}

static ew_code add_one(const ew_index *ix, size_t i, json_t **list, ew_err *err)
{
    ew_buf b;
    json_error_t why;
    ew_buf_init(&b, EW_REPORT_MAX);
    ew_code code = ew_report_recording_json(ix, i, &b, err);
    if (code == EW_OK)
        ew_list_add(list, json_loadb((const char *)b.data, b.len, 0, &why));
    ew_buf_release(&b);
    return code;
}

/* Those whose name holds `search`, from the `from`-th on, by their hash. */
static ew_code list_some(const ew_index *ix, const char *search, size_t from,
                         size_t count, ew_obj *o, ew_err *err)
{
    json_t *list = json_array();
    size_t found = 0;
    ew_code code = EW_OK;
    for (size_t i = 0; i < ew_index_count(ix) && code == EW_OK; i++) {
        if (!named(ew_index_recording(ix, i), search))
            continue;
        if (found >= from && found < from + count)
            code = add_one(ix, i, &list, err);
        found++;
    }
    ew_obj_int(o, "found", (int64_t)found);
    ew_obj_set(o, "recordings", list);
    return code;
}

ew_code ew_api_archive(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    ew_index *ix = NULL;
    char *dir = NULL;
    double from = 0;
    double count = 0;
    const char *search = ew_request_query(q, "search");
    ew_code code = ew_request_number(q, "from", 0, 1e9, &from, err);
    if (code == EW_OK)
        code = ew_request_number(q, "count", 100, PAGE_MAX, &count, err);
    if (code == EW_OK && search != NULL && strlen(search) > SEARCH_MAX)
        code = ew_fail(err, EW_E_LIMIT, 0, "more than %d bytes to search for",
                       (int)SEARCH_MAX);
    if (code == EW_OK)
        code = ew_ops_archive_dir(s->o->archive, &dir, err);
    if (code == EW_OK)
        code = ew_index_open(&ix, dir, err);
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.archive-list/1");
    if (code == EW_OK)
        code = list_some(ix, search != NULL ? search : "", (size_t)from, (size_t)count,
                         &o, err);
    if (code == EW_OK)
        code = ew_api_reply(r, &o, err);
    else
        ew_obj_release(&o);
    ew_index_close(ix);
    ew_free(dir);
    return code;
}

/* ------------------------------------------------------------------ the whole, and changes */

ew_code ew_api_archive_info(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    ew_archive_info info = {0};
    ew_index *ix = NULL;
    char *dir = NULL;
    char *safe = NULL;
    (void)q;
    ew_code code = ew_ops_archive_dir(s->o->archive, &dir, err);
    if (code == EW_OK)
        code = ew_index_open(&ix, dir, err);
    if (code == EW_OK)
        code = ew_index_get_stats(ix, &info.stats, err);
    if (code == EW_OK && (safe = ew_safe_name(dir)) == NULL)
        code = ew_fail_nomem(err);
    info.dir = safe;
    if (code == EW_OK)
        code = ew_report_archive_json(&info, &r->body, err);
    ew_index_close(ix);
    ew_free(safe);
    ew_free(dir);
    return code;
}

typedef struct removal {
    ew_obj *o;
    ew_err why;
} removal;

static void told(void *cookie, const char *what, const ew_recording *rec,
                 const ew_err *why)
{
    removal *to = cookie;
    (void)what;
    if (rec == NULL) {
        to->why = *why;
        return;
    }
    ew_obj_sha256(to->o, "sha256", rec->sha256);
    ew_obj_str(to->o, "name", rec->names[0]);
}

/* By its whole hash only: a name or a part of a hash can mean another tomorrow. */
ew_code ew_api_archive_remove(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    char hex[EW_SHA256_HEX + 1] = "";
    uint8_t sha256[EW_SHA256_BYTES];
    const char *const what[] = {hex};
    uint64_t removed = 0;
    char *dir = NULL;
    ew_obj o = ew_obj_new();
    removal to = {.o = &o};
    const ew_remove_opts opts = {
        .wait = {.seconds = WAIT_S, .stop = s->o->stop}, .each = told, .cookie = &to};
    if (q->part[0].n == EW_SHA256_HEX)
        memcpy(hex, q->part[0].p, EW_SHA256_HEX);
    ew_obj_str(&o, "schema", "earwitness.remove/1");
    ew_code code =
        ew_unhex(hex, sha256, sizeof sha256) == 0 && hex[0] != 0
            ? EW_OK
            : ew_fail(err, EW_E_NOTFOUND, 0, "a recording is named by its SHA-256 here");
    if (code == EW_OK)
        code = ew_ops_archive_dir(s->o->archive, &dir, err);
    if (code == EW_OK)
        code = ew_ops_remove(dir, what, 1, &opts, &removed, err);
    if (code == EW_OK && removed == 0)
        code = ew_fail(err, to.why.code != EW_OK ? to.why.code : EW_E_NOTFOUND, 0, "%s",
                       to.why.code != EW_OK ? to.why.text : "there is no such recording");
    if (code == EW_OK) {
        ew_jobs_disown(s->jobs, sha256);
        ew_sounds_forget(s->sounds, sha256);
    }
    ew_obj_str(&o, "outcome", "removed");
    ew_free(dir);
    if (code == EW_OK)
        return ew_api_reply(r, &o, err);
    ew_obj_release(&o);
    return code;
}
