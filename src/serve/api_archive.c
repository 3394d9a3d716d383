/* SPDX-License-Identifier: Apache-2.0 */
/* What is in the archive. */
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/err.h"
#include "ops/archive.h"
#include "report/report.h"
#include "serve/api.h"

enum { PAGE_MAX = 500, SEARCH_MAX = 200 };

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
