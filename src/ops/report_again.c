/* SPDX-License-Identifier: Apache-2.0 */
/* What a stranger types to get the same results. */
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "ops/report_parts.h"
#include "report/page_results.h"
#include "report/report.h"

#define TEXT ew_json_text_of

/* Apart from the reader's own, so that it stays as it is. */
#define OWN_ARCHIVE "--archive report-archive"

/* ------------------------------------------------------------------ commands */

void ew_report__again(json_t **list, const char *before, const char *const *names,
                      size_t n)
{
    ew_buf b;
    ew_buf_init(&b, EW_REPORT_MAX);
    ew_code rc = ew_buf_printf(&b, NULL, "%s", before);
    for (size_t i = 0; i < n && rc == EW_OK; i++) {
        json_t *one = ew_page_quoted(" ", names[i]);
        rc = one != NULL ? ew_buf_printf(&b, NULL, "%s", json_string_value(one))
                         : EW_E_NOMEM;
        json_decref(one);
    }
    ew_list_add(list, rc == EW_OK ? ew_page_string((const char *)b.data) : NULL);
    ew_buf_release(&b);
}

static void again_family(json_t **list, const json_t *result)
{
    const json_t *copies = json_object_get(result, "copies");
    size_t n = json_array_size(copies);
    const char **names = ew_alloc_array(n + 1, sizeof *names);
    if (names == NULL) {
        json_decref(*list);
        *list = NULL;
        return;
    }
    for (size_t i = 0; i < n; i++)
        names[i] = TEXT(json_array_get(copies, i), "name");
    ew_report__again(list, "earwitness family --", names, n);
    ew_free(names);
}

void ew_report__again_result(json_t **list, const char *tool, const json_t *result)
{
    const char *two[2] = {TEXT(json_object_get(result, "a"), "name"),
                          TEXT(json_object_get(result, "b"), "name")};
    const char *clip = TEXT(json_object_get(result, "clip"), "name");
    const char *file = TEXT(json_object_get(result, "file"), "name");
    bool found = json_array_size(json_object_get(result, "spans")) > 0;
    if (strcmp(tool, "check") == 0)
        ew_report__again(
            list, found ? "earwitness check " OWN_ARCHIVE " --" : "earwitness check --",
            &clip, 1);
    else if (strcmp(tool, "diff") == 0)
        ew_report__again(list, "earwitness diff --", two, 2);
    else if (strcmp(tool, "inspect") == 0)
        ew_report__again(list, "earwitness inspect --", &file, 1);
    else
        again_family(list, result);
}

void ew_report__again_archive(json_t **list, const json_t *files)
{
    size_t n = 0;
    const char **names = ew_alloc_array(json_array_size(files) + 1, sizeof *names);
    json_t *all = json_array();
    for (size_t i = 0; names != NULL && i < json_array_size(files); i++)
        if (strcmp(TEXT(json_array_get(files, i), "role"), "recording") == 0)
            names[n++] = TEXT(json_array_get(files, i), "name");
    if (n > 0 && json_array_size(*list) > 0) {
        ew_report__again(&all, "earwitness add " OWN_ARCHIVE " --", names, n);
        for (size_t i = 0; i < json_array_size(*list); i++)
            ew_list_add(&all, json_incref(json_array_get(*list, i)));
        json_decref(*list);
        *list = all;
        all = NULL;
    }
    json_decref(all);
    ew_free(names);
}
