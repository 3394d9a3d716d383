/* SPDX-License-Identifier: Apache-2.0 */
/* Kept results are JSON that this program wrote; but a case comes from anywhere, so nothing in it is taken for
 * granted. */
#include "ops/case_result.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "report/page_results.h"
#include "report/times.h"

enum { NAMES_TOLD = 3, PATH_MAX_BYTES = 200, SCAN_MAX = 10000 };

static const char *text_of(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s != NULL ? s : "";
}

static int64_t number_of(const json_t *o, const char *key)
{
    return (int64_t)ew_json_real_of(o, key);
}

/* Text that may be anything, as one safe line. A backslash is part of an escape already. */
static ew_code add_safe(ew_buf *out, const char *text, ew_err *err)
{
    const char *from = text;
    ew_code code = EW_OK;
    for (const char *p = text;; p++) {
        if (*p != '\\' && *p != 0)
            continue;
        code = ew_utf8_append_safe(out, from, (size_t)(p - from), err);
        if (code == EW_OK && *p != 0)
            code = ew_buf_append(out, "\\", 1, err);
        if (code != EW_OK || *p == 0)
            return code;
        from = p + 1;
    }
}

static const char *plural(int64_t n)
{
    return n == 1 ? "" : "s";
}

/* ------------------------------------------------------------------ one line */

static ew_code line_inspect(const json_t *r, ew_buf *out, ew_err *err)
{
    int64_t signs = number_of(r, "signs_of_change");
    int64_t strongest = number_of(r, "strongest");
    const json_t *findings = json_object_get(r, "findings");
    if (signs == 0)
        return ew_buf_printf(out, err, "no signs of change");
    ew_code code =
        ew_buf_printf(out, err, "%" PRId64 " sign%s of change", signs, plural(signs));
    size_t n = json_array_size(findings);
    for (size_t i = 0; i < n && i < SCAN_MAX && code == EW_OK; i++) {
        const json_t *f = json_array_get(findings, i);
        if (number_of(f, "number") != strongest)
            continue;
        double at = json_number_value(json_object_get(f, "start"));
        code = ew_buf_printf(out, err, "; strongest at %.1f s: ", at);
        if (code == EW_OK)
            code = add_safe(out, text_of(f, "text"), err);
        break;
    }
    return code;
}

/* Names of the sources, each once. */
static ew_code add_sources(const json_t *spans, ew_buf *out, ew_err *err)
{
    const char *told[NAMES_TOLD];
    size_t names = 0;
    bool more = false;
    ew_code code = EW_OK;
    for (size_t i = 0; i < json_array_size(spans) && i < SCAN_MAX; i++) {
        const char *name = text_of(json_array_get(spans, i), "source");
        bool known = false;
        for (size_t k = 0; k < names; k++)
            known = known || strcmp(told[k], name) == 0;
        if (!known && names < NAMES_TOLD)
            told[names++] = name;
        else if (!known)
            more = true;
    }
    for (size_t k = 0; k < names && code == EW_OK; k++) {
        code = ew_buf_printf(out, err, "%s", k > 0 ? ", " : "");
        if (code == EW_OK)
            code = add_safe(out, told[k], err);
    }
    return code == EW_OK && more ? ew_buf_printf(out, err, " and others") : code;
}

static ew_code line_check(const json_t *r, ew_buf *out, ew_err *err)
{
    const json_t *spans = json_object_get(r, "spans");
    int64_t joins = (int64_t)json_array_size(json_object_get(r, "joins"));
    int64_t n = number_of(json_object_get(r, "archive"), "recordings");
    double explained = json_number_value(json_object_get(r, "explained"));
    if (json_array_size(spans) == 0)
        return ew_buf_printf(out, err, "not in the archive (%" PRId64 " recording%s)", n,
                             plural(n));
    char share[EW_TIME_TEXT];
    ew_code code = ew_buf_printf(out, err, "%s from ", ew_percent_text(explained, share));
    if (code == EW_OK)
        code = add_sources(spans, out, err);
    if (code == EW_OK && joins > 0)
        code = ew_buf_printf(out, err, "; %" PRId64 " join%s", joins, plural(joins));
    return code;
}

static ew_code line_diff(const json_t *r, ew_buf *out, ew_err *err)
{
    static const char *const words[][2] = {
        {"same-bytes", "the same file"},
        {"same-samples", "the same samples"},
        {"same-content", "the same content"},
        {"unrelated", "no sound in common"},
        {"nothing-to-compare", "nothing to compare"},
    };
    const char *verdict = text_of(r, "verdict");
    const json_t *edits = json_object_get(r, "edits");
    int64_t n = (int64_t)json_array_size(edits);
    ew_code code = EW_OK;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(verdict, words[i][0]) == 0)
            return ew_buf_printf(out, err, "%s", words[i][1]);
    code = ew_buf_printf(out, err, "%" PRId64 " edit%s", n, plural(n));
    for (int64_t i = 0; i < n && i < NAMES_TOLD && code == EW_OK; i++) {
        code = ew_buf_printf(out, err, "%s", i == 0 ? ": " : ", ");
        if (code == EW_OK)
            code = add_safe(out, text_of(json_array_get(edits, (size_t)i), "op"), err);
    }
    return code == EW_OK && n > NAMES_TOLD ? ew_buf_printf(out, err, " ...") : code;
}

static ew_code line_member(const json_t *m, ew_buf *out, ew_err *err)
{
    const char *kind = text_of(m, "kind");
    const char *parent = text_of(m, "parent");
    double sure = json_number_value(json_object_get(m, "certainty"));
    char share[EW_TIME_TEXT];
    ew_code code;
    if (strcmp(kind, "child") == 0) {
        code = ew_buf_printf(out, err, "made from ");
        if (code == EW_OK)
            code = add_safe(out, parent, err);
        return code == EW_OK
                   ? ew_buf_printf(out, err, " (%s)", ew_certainty_text(sure, share))
                   : code;
    }
    if (strcmp(kind, "duplicate") == 0) {
        code = ew_buf_printf(out, err, "the same sound as ");
        return code == EW_OK ? add_safe(out, text_of(m, "duplicate_of"), err) : code;
    }
    return ew_buf_printf(out, err, "%s",
                         strcmp(kind, "root") == 0        ? "nearest to the source"
                         : strcmp(kind, "undecided") == 0 ? "made from one of several"
                         : strcmp(kind, "silent") == 0    ? "nothing to compare"
                                                          : "belongs to no other");
}

static ew_code line_family(const json_t *r, const uint8_t *sha256, ew_buf *out,
                           ew_err *err)
{
    const json_t *copies = json_object_get(r, "copies");
    size_t n = json_array_size(copies);
    int64_t alone = 0;
    char hex[EW_SHA256_HEX + 1] = "";
    if (sha256 != NULL)
        ew_hex(sha256, EW_SHA256_BYTES, hex);
    for (size_t i = 0; i < n && i < SCAN_MAX; i++) {
        const json_t *m = json_array_get(copies, i);
        const char *kind = text_of(m, "kind");
        if (sha256 != NULL && strcmp(text_of(m, "sha256"), hex) == 0)
            return line_member(m, out, err);
        alone += strcmp(kind, "unrelated") == 0 || strcmp(kind, "silent") == 0;
    }
    ew_code code = EW_OK;
    if (text_of(r, "root")[0] == 0) {
        code = ew_buf_printf(out, err, "no two of %zu recordings belong together", n);
    } else {
        code = ew_buf_printf(out, err, "%zu recordings; nearest to the source: ", n);
        if (code == EW_OK)
            code = add_safe(out, text_of(r, "root"), err);
        if (code == EW_OK && alone > 0)
            code = ew_buf_printf(out, err, "; %" PRId64 " of no other", alone);
    }
    size_t failed = json_array_size(json_object_get(r, "failed"));
    if (code == EW_OK && failed > 0)
        code = ew_buf_printf(out, err, "; %zu could not be taken in", failed);
    return code;
}

ew_code ew_case_result_line(const ew_case_analysis *a, const uint8_t *sha256, ew_buf *out,
                            ew_err *err)
{
    json_t *r = json_loads(a->result, 0, NULL);
    ew_code code;
    if (!json_is_object(r))
        code = ew_buf_printf(out, err, "cannot be read");
    else if (strcmp(a->tool, "inspect") == 0)
        code = line_inspect(r, out, err);
    else if (strcmp(a->tool, "check") == 0)
        code = line_check(r, out, err);
    else if (strcmp(a->tool, "diff") == 0)
        code = line_diff(r, out, err);
    else if (strcmp(a->tool, "family") == 0)
        code = line_family(r, sha256, out, err);
    else
        code = ew_buf_printf(out, err, "a result of a kind that is not known here");
    json_decref(r);
    return code;
}

/* ------------------------------------------------------------------ the same? */

typedef struct comparer {
    ew_buf *fields;
    size_t n;
    int depth;
    ew_err *err;
    ew_code code;
} comparer;

static void differs(comparer *c, const char *path)
{
    c->n++;
    if (c->n > EW_CASE_DIFFERS || c->code != EW_OK)
        return;
    c->code = ew_buf_printf(c->fields, c->err, "%s", c->n > 1 ? ", " : "");
    if (c->code == EW_OK)
        c->code = add_safe(c->fields, path[0] != 0 ? path : "all", c->err);
}

static void compare(comparer *c, const json_t *a, const json_t *b, const char *path);

/* A path that does not fit is cut: the fields that follow have the same name then. */
static void compare_at(comparer *c, const json_t *a, const json_t *b, const char *path,
                       const char *step)
{
    char at[PATH_MAX_BYTES];
    (void)snprintf(at, sizeof at, "%s%s", path, step);
    while (at[0] != 0 && !ew_utf8_valid(at, strlen(at)))
        at[strlen(at) - 1] = 0;
    if (a == NULL || b == NULL)
        differs(c, at);
    else
        compare(c, a, b, at);
}

static void compare_objects(comparer *c, json_t *a, json_t *b, const char *path)
{
    const char *key;
    json_t *value;
    char step[PATH_MAX_BYTES];
    json_object_foreach(a, key, value)
    {
        (void)snprintf(step, sizeof step, "%s%s", path[0] != 0 ? "." : "", key);
        compare_at(c, value, json_object_get(b, key), path, step);
    }
    json_object_foreach(b, key, value)
    {
        (void)snprintf(step, sizeof step, "%s%s", path[0] != 0 ? "." : "", key);
        if (json_object_get(a, key) == NULL)
            compare_at(c, NULL, value, path, step);
    }
}

static void compare(comparer *c, const json_t *a, const json_t *b, const char *path)
{
    enum { DEPTH_MAX = 16 };
    char step[32];
    if (c->depth++ < DEPTH_MAX && json_is_object(a) && json_is_object(b)) {
        compare_objects(c, (json_t *)(uintptr_t)a, (json_t *)(uintptr_t)b, path);
    } else if (c->depth <= DEPTH_MAX && json_is_array(a) && json_is_array(b) &&
               json_array_size(a) == json_array_size(b)) {
        for (size_t i = 0; i < json_array_size(a) && c->n <= EW_CASE_DIFFERS; i++) {
            (void)snprintf(step, sizeof step, "[%zu]", i);
            compare_at(c, json_array_get(a, i), json_array_get(b, i), path, step);
        }
    } else if (!json_equal(a, b)) {
        differs(c, path);
    }
    c->depth--;
}

ew_code ew_case_results_same(const char *a, const char *b, bool *same, ew_buf *fields,
                             ew_err *err)
{
    comparer c = {.fields = fields, .err = err};
    json_t *x = json_loads(a, JSON_DECODE_ANY, NULL);
    json_t *y = json_loads(b, JSON_DECODE_ANY, NULL);
    if (x != NULL && y != NULL)
        compare(&c, x, y, "");
    else
        c.n = 1;
    *same = c.n == 0;
    if (c.code == EW_OK && c.n > EW_CASE_DIFFERS)
        c.code = ew_buf_printf(fields, err, ", ...");
    json_decref(x);
    json_decref(y);
    return c.code;
}

size_t ew_case_settings_items(const char *settings, int64_t *out, size_t room)
{
    json_t *s = json_loads(settings, 0, NULL);
    const json_t *items = json_object_get(s, "items");
    const json_t *pair[] = {json_object_get(s, "a"), json_object_get(s, "b")};
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(items); i++, n++)
        if (n < room)
            out[n] = (int64_t)json_integer_value(json_array_get(items, i));
    for (size_t i = 0; i < 2; i++)
        if (json_is_integer(pair[i])) {
            if (n < room)
                out[n] = (int64_t)json_integer_value(pair[i]);
            n++;
        }
    json_decref(s);
    return n;
}
