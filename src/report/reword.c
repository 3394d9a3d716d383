/* SPDX-License-Identifier: Apache-2.0 */
/* Which fields of the results are sentences. */
#include "report/reword.h"

#include <string.h>

#include "base/bytes.h"
#include "base/words.h"

enum { DEPTH_MAX = 16 };

/* {object or list that it stands in, or "": any; key} */
static const char *const prose[][2] = {
    {"", "text"},         /* of findings, facts, reasons */
    {"", "reason"},       /* why it was not tested */
    {"", "rate"},         /* of inspect, how often it errs */
    {"", "trouble"},      /* with a file */
    {"", "message"},      /* of an error, */
    {"", "advice"},       /* and what to do */
    {"composite", "why"}, /* of family */
    {"facts", "group"},   /* of inspect: what a file says, */
    {"facts", "name"},    /* and its heading */
    {"", "not_tested"},   /* a list of sentences */
};

static bool is_prose(const char *within, const char *key)
{
    for (size_t i = 0; i < EW_COUNT(prose); i++)
        if (strcmp(key, prose[i][1]) == 0 &&
            (prose[i][0][0] == 0 || strcmp(within, prose[i][0]) == 0))
            return true;
    return false;
}

static void reword(json_t *v, const char *within, const char *key, int depth)
{
    const char *name;
    json_t *child;
    size_t i;
    if (depth == DEPTH_MAX)
        return;
    if (json_is_string(v) && is_prose(within, key)) {
        (void)json_string_set(v, ew_said(json_string_value(v)));
    } else if (json_is_object(v)) {
        json_object_foreach(v, name, child)
            reword(child, key[0] != 0 ? key : within, name, depth + 1);
    } else {
        json_array_foreach(v, i, child) reword(child, within, key, depth + 1);
    }
}

ew_code ew_result_reword(ew_buf *json, ew_err *err)
{
    if (strcmp(ew_language(), "en") == 0)
        return EW_OK;
    json_t *o = json_loadb((const char *)json->data, json->len, 0, NULL);
    if (!json_is_object(o)) {
        json_decref(o);
        return EW_OK;
    }
    reword(o, "", "", 0);
    ew_buf_reset(json);
    ew_obj whole = {o};
    return ew_obj_print(&whole, json, err);
}
