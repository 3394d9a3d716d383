/* SPDX-License-Identifier: Apache-2.0 */
/* Building JSON objects without checking every step: a failed step makes the whole fail. */
#ifndef EW_REPORT_JSON_H
#define EW_REPORT_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "earwitness/err.h"

/* An object in the making. Keys keep the order in which they were set. */
typedef struct ew_obj {
    json_t *json; /* NULL once something failed */
} ew_obj;

ew_obj ew_obj_new(void);
void ew_obj_str(ew_obj *o, const char *key, const char *value); /* valid UTF-8 */
void ew_obj_int(ew_obj *o, const char *key, int64_t value);
void ew_obj_real(ew_obj *o, const char *key, double value, int digits);
void ew_obj_bool(ew_obj *o, const char *key, bool value);
void ew_obj_sha256(ew_obj *o, const char *key, const uint8_t sha256[32]);
void ew_obj_null(ew_obj *o, const char *key);
/* Takes value over, also when something failed. */
void ew_obj_set(ew_obj *o, const char *key, json_t *value);
void ew_obj_release(ew_obj *o);

/* Appends value to the array *list, taking it over; *list becomes NULL when that fails. */
void ew_list_add(json_t **list, json_t *value);

/* {"code": ..., "message": ..., "advice": ...}; the latter two in the language of the thread. */
json_t *ew_json_error(const ew_err *e, const char *advice);

/* Appends the object as one line and releases it. */
EW_MUST_CHECK ew_code ew_obj_print(ew_obj *o, ew_buf *out, ew_err *err);

/* Makes jansson allocate through base/alloc. Process-wide: call once, before anything. */
void ew_json_use_own_alloc(void);

#endif
