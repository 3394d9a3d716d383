/* SPDX-License-Identifier: Apache-2.0 */
/* Names in results that tell no folder of this machine: the last part of each, with a number where files share
 * one, and a piece of the hash where recordings of an archive do. */
#include <string.h>

#include "base/bytes.h"
#include "ops/report_parts.h"
#include "report/page_results.h"

#define TEXT ew_json_text_of

enum { NAMES_MAX = 4096, HASH_SHOWN = 8 };

/* What names became. */
typedef struct shortened {
    json_t *to;    /* object: old name, new name */
    json_t *taken; /* object: new name, how many have it */
    ew_code rc;
} shortened;

static const char *last_part(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash == NULL || slash[1] == 0 ? name : slash + 1;
}

/* Borrowed; NULL: it went wrong. */
static json_t *short_of(shortened *s, const char *name)
{
    json_t *there = json_object_get(s->to, name);
    const char *own = last_part(name);
    if (there != NULL || s->rc != EW_OK)
        return there;
    json_int_t n = json_integer_value(json_object_get(s->taken, own)) + 1;
    json_t *fresh = n > 1 ? json_sprintf("%s (%d)", own, (int)n) : json_string(own);
    if (json_object_size(s->to) == NAMES_MAX)
        s->rc = EW_E_LIMIT;
    else if (fresh == NULL || json_object_set(s->to, name, fresh) != 0 ||
             json_object_set_new(s->taken, own, json_integer(n)) != 0)
        s->rc = EW_E_NOMEM;
    json_decref(fresh);
    return s->rc == EW_OK ? fresh : NULL;
}

static void one(shortened *s, json_t *o, const char *key)
{
    const char *name = json_string_value(json_object_get(o, key));
    json_t *to = name != NULL ? short_of(s, name) : NULL;
    if (to != NULL && json_object_set(o, key, to) != 0)
        s->rc = EW_E_NOMEM;
}

static void list(shortened *s, json_t *names)
{
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        json_t *to = name != NULL ? short_of(s, name) : NULL;
        if (to != NULL && json_array_set(names, i, to) != 0)
            s->rc = EW_E_NOMEM;
    }
}

static void each(shortened *s, json_t *objects, const char *key)
{
    for (size_t i = 0; i < json_array_size(objects); i++)
        one(s, json_array_get(objects, i), key);
}

/* ------------------------------------------------------------------ family */

static void parents(shortened *s, json_t *result)
{
    const char *key;
    json_t *value;
    json_t *now = json_object();
    json_object_foreach(json_object_get(result, "parents"), key, value)
    {
        json_t *name = short_of(s, key);
        json_t *of =
            json_is_string(value) ? short_of(s, json_string_value(value)) : value;
        list(s, value);
        if (name != NULL && of != NULL &&
            json_object_set(now, json_string_value(name), of) != 0)
            s->rc = EW_E_NOMEM;
    }
    if (json_is_object(json_object_get(result, "parents")) &&
        json_object_set(result, "parents", now) != 0)
        s->rc = EW_E_NOMEM;
    json_decref(now);
}

static void family(shortened *s, json_t *result)
{
    static const char *const keys[] = {"file", "name", "parent", "duplicate_of"};
    json_t *copies = json_object_get(result, "copies");
    for (size_t i = 0; i < json_array_size(copies); i++) {
        /* "file" tells it apart from all others: the last part of "name", or all of it */
        const json_t *c = json_array_get(copies, i);
        json_t *to = short_of(s, TEXT(c, "name"));
        if (to != NULL && json_object_set(s->to, TEXT(c, "file"), to) != 0)
            s->rc = EW_E_NOMEM;
    }
    for (size_t k = 0; k < EW_COUNT(keys); k++)
        each(s, copies, keys[k]);
    for (size_t i = 0; i < json_array_size(copies); i++)
        each(s, json_object_get(json_array_get(copies, i), "candidates"), "copy");
    each(s, json_object_get(result, "composite"), "copy");
    each(s, json_object_get(result, "failed"), "name");
    list(s, json_object_get(result, "roots"));
    one(s, result, "root");
    parents(s, result);
}

/* ------------------------------------------------------------------ check */

/* Which names stand for recordings with different hashes: "" in `hashes`. */
static void note_hash(shortened *s, json_t *hashes, const json_t *x)
{
    const char *name = TEXT(x, "source");
    const char *sha256 = TEXT(x, "sha256");
    json_t *there = json_object_get(hashes, name);
    if (there != NULL && strcmp(json_string_value(there), sha256) == 0)
        return;
    if (json_object_set_new(hashes, name, json_string(there == NULL ? sha256 : "")) != 0)
        s->rc = EW_E_NOMEM;
}

static void name_source(shortened *s, const json_t *hashes, json_t *x)
{
    const char *name = TEXT(x, "source");
    bool shared = TEXT(hashes, name)[0] == 0 && TEXT(x, "sha256")[0] != 0;
    json_t *to =
        shared ? json_sprintf("%s [%.*s]", last_part(name), HASH_SHOWN, TEXT(x, "sha256"))
               : json_string(last_part(name));
    if (json_object_get(x, "source") != NULL &&
        (to == NULL || json_object_set(x, "source", to) != 0 ||
         json_object_set(x, "source_name", to) != 0))
        s->rc = EW_E_NOMEM;
    json_decref(to);
}

static void spans(shortened *s, json_t *all)
{
    json_t *hashes = json_object();
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < json_array_size(all); i++) {
            json_t *x = json_array_get(all, i);
            json_t *others = json_object_get(x, "others");
            if (pass == 0)
                note_hash(s, hashes, x);
            else
                name_source(s, hashes, x);
            for (size_t k = 0; k < json_array_size(others); k++)
                if (pass == 0)
                    note_hash(s, hashes, json_array_get(others, k));
                else
                    name_source(s, hashes, json_array_get(others, k));
        }
    json_decref(hashes);
}

/* ------------------------------------------------------------------ all */

ew_code ew_report__shorten(json_t *result, ew_err *err)
{
    static const char *const files[] = {"clip", "a", "b", "file"};
    shortened s = {json_object(), json_object(), EW_OK};
    if (s.to == NULL || s.taken == NULL)
        s.rc = EW_E_NOMEM;
    for (size_t i = 0; i < EW_COUNT(files) && s.rc == EW_OK; i++)
        one(&s, json_object_get(result, files[i]), "name");
    if (s.rc == EW_OK)
        family(&s, result);
    if (s.rc == EW_OK)
        spans(&s, json_object_get(result, "spans"));
    (void)json_object_del(result, "export");
    json_decref(s.to);
    json_decref(s.taken);
    if (s.rc == EW_E_LIMIT)
        return ew_fail(err, EW_E_LIMIT, 0, "a result names more than %d files",
                       NAMES_MAX);
    return s.rc == EW_OK ? EW_OK : ew_fail_nomem(err);
}
