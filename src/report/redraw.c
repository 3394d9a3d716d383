/* SPDX-License-Identifier: Apache-2.0 */
/* What the four readers of results share. */
#include "report/redraw.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "report/page_results.h"
#include "report/report.h"

static const double seconds_max = 1e7; /* four months of sound */

static const struct {
    const char *tool, *schema;
    ew_code (*draw)(const json_t *r, ew_buf *svg, ew_err *err);
} tools[] = {
    {"check", "earwitness.check/1", ew_redraw__check},
    {"diff", "earwitness.diff/1", ew_redraw__diff},
    {"family", "earwitness.family/1", ew_redraw__family},
    {"inspect", "earwitness.inspect/1", ew_redraw__inspect},
};

double ew_redraw__samples(const json_t *o, const char *key, double rate_hz)
{
    double s = ew_json_real_of(o, key);
    return isfinite(s) ? fmin(fmax(s, -seconds_max), seconds_max) * rate_hz : 0;
}

void ew_redraw__word(const json_t *o, const char *key, char *out, size_t size)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.,-";
    const char *s = ew_json_text_of(o, key);
    bool plain = s[strspn(s, letters)] == 0 && strlen(s) < size;
    (void)snprintf(out, size, "%s", plain ? s : "");
}

const json_t *ew_redraw__list(const json_t *o, const char *key)
{
    const json_t *list = json_object_get(o, key);
    return json_is_array(list) && json_array_size(list) <= EW_REDRAW_LIST ? list : NULL;
}

const char *ew_redraw_tool(const json_t *result)
{
    for (size_t i = 0; i < EW_COUNT(tools); i++)
        if (strcmp(ew_json_text_of(result, "schema"), tools[i].schema) == 0)
            return tools[i].tool;
    return NULL;
}

ew_code ew_redraw(const char *tool, const json_t *result, ew_buf *svg, ew_err *err)
{
    ew_buf own;
    ew_err why = {.code = EW_OK};
    ew_code rc = EW_OK;
    ew_buf_init(&own, EW_REPORT_MAX);
    for (size_t i = 0; i < EW_COUNT(tools); i++)
        if (strcmp(tools[i].tool, tool) == 0 && json_is_object(result))
            rc = tools[i].draw(result, &own, &why);
    if (rc == EW_OK && own.len > 0)
        rc = ew_buf_append(svg, own.data, own.len, err);
    else if (rc == EW_E_NOMEM)
        rc = ew_fail_nomem(err);
    else
        rc = EW_OK; /* the table says it without a picture */
    ew_buf_release(&own);
    return rc;
}
