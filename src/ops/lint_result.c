/* SPDX-License-Identifier: Apache-2.0 */
/* Results of analyses. They are full of numbers, which are not looked at; what they have of names of files, tags
 * and sentences is. */
#include <string.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "ops/lint_in.h"

enum { DEPTH_MOST = 64 };

static ew_slice text_of(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return ew_slice_of(s != NULL ? s : "");
}

static bool is_hash(ew_slice s)
{
    static const char digits[] = "0123456789abcdef";
    return s.n == EW_SHA256_HEX && strspn(s.p, digits) == s.n;
}

static ew_code words(ew_lint *l, const char *field, ew_slice text, ew_err *err)
{
    const ew_lint_text t = {text, 0, 1, field, EW_LOOK_ALL, 0};
    return is_hash(text) ? EW_OK : ew_lint__text(l, &t, err);
}

/* A fact out of the metadata of a file. */
static ew_code tag(ew_lint *l, const json_t *fact, ew_err *err)
{
    ew_slice name = text_of(fact, "name");
    ew_slice text = text_of(fact, "text");
    char field[EW_LINT_FIELD] = "";
    if (name.n < sizeof field)
        memcpy(field, name.p, name.n + 1);
    ew_code code = ew_lint__tag(l, name, text, err);
    return code == EW_OK ? words(l, field, text, err) : code;
}

static ew_code one(ew_lint *l, const json_t *value, int depth, ew_err *err)
{
    const char *key;
    json_t *member;
    ew_code code = EW_OK;
    if (depth > DEPTH_MOST)
        return ew_fail(err, EW_E_LIMIT, 0, "a result is nested too deeply");
    if (json_is_string(value))
        return words(
            l, "", (ew_slice){json_string_value(value), json_string_length(value)}, err);
    for (size_t i = 0; i < json_array_size(value) && code == EW_OK; i++)
        code = one(l, json_array_get(value, i), depth + 1, err);
    if (ew_slice_is(text_of(value, "group"), "metadata"))
        return tag(l, value, err);
    json_object_foreach((json_t *)(uintptr_t)value, key, member)
    {
        if (code == EW_OK)
            code = words(l, "", ew_slice_of(key), err); /* names of copies */
        if (code == EW_OK)
            code = one(l, member, depth + 1, err);
    }
    return code;
}

ew_code ew_lint__result(ew_lint *l, const json_t *result, ew_err *err)
{
    return one(l, result, 0, err);
}
