/* SPDX-License-Identifier: Apache-2.0 */
/* Thin cover over jansson: rounding, and failure that is remembered. */
#include "report/json.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "base/words.h"
#include "report/times.h"

enum {
    REAL_DIGITS = 15
}; /* enough for what ew_round leaves, without 0.30000000000000004 */

void ew_json_use_own_alloc(void)
{
    json_set_alloc_funcs(ew_alloc, ew_free);
}

ew_obj ew_obj_new(void)
{
    return (ew_obj){json_object()};
}

void ew_obj_release(ew_obj *o)
{
    json_decref(o->json);
    o->json = NULL;
}

void ew_obj_set(ew_obj *o, const char *key, json_t *value)
{
    if (o->json == NULL)
        json_decref(value);
    else if (json_object_set_new(o->json, key, value) != 0)
        ew_obj_release(o);
}

void ew_obj_str(ew_obj *o, const char *key, const char *value)
{
    ew_obj_set(o, key, json_string(value));
}

void ew_obj_int(ew_obj *o, const char *key, int64_t value)
{
    ew_obj_set(o, key, json_integer(value));
}

void ew_obj_real(ew_obj *o, const char *key, double value, int digits)
{
    ew_obj_set(o, key, json_real(ew_round(value, digits)));
}

void ew_obj_bool(ew_obj *o, const char *key, bool value)
{
    ew_obj_set(o, key, json_boolean(value));
}

void ew_obj_null(ew_obj *o, const char *key)
{
    ew_obj_set(o, key, json_null());
}

void ew_obj_sha256(ew_obj *o, const char *key, const uint8_t sha256[32])
{
    char hex[EW_SHA256_HEX + 1];

    ew_hex(sha256, EW_SHA256_BYTES, hex);
    ew_obj_str(o, key, hex);
}

void ew_list_add(json_t **list, json_t *value)
{
    if (*list == NULL) {
        json_decref(value);
    } else if (json_array_append_new(*list, value) != 0) {
        json_decref(*list);
        *list = NULL;
    }
}

json_t *ew_json_error(const ew_err *e, const char *advice)
{
    ew_obj o = ew_obj_new();

    ew_obj_str(&o, "code", ew_code_name(e->code));
    ew_obj_str(&o, "message", ew_said(e->text));
    if (advice != NULL && advice[0] != 0)
        ew_obj_str(&o, "advice", ew_said(advice));
    return o.json;
}

/* Where json_dump_callback puts its bytes. */
typedef struct dump {
    ew_buf *out;
    ew_err *err;
} dump;

static int append(const char *bytes, size_t n, void *cookie)
{
    dump *d = cookie;

    return ew_buf_append(d->out, bytes, n, d->err) == EW_OK ? 0 : -1;
}

ew_code ew_obj_print(ew_obj *o, ew_buf *out, ew_err *err)
{
    ew_err why = {.code = EW_OK};
    dump d = {out, &why};
    int failed = o->json == NULL ||
                 json_dump_callback(o->json, append, &d,
                                    JSON_COMPACT | JSON_REAL_PRECISION(REAL_DIGITS)) != 0;

    ew_obj_release(o);
    if (why.code !=
        EW_OK) { /* jansson 2.14 does not pass on every failure of its callback */
        if (err != NULL)
            *err = why;
        return why.code;
    }
    if (failed)
        return ew_fail_nomem(err);
    return ew_buf_append(out, "\n", 1, err);
}
