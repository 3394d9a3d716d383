/* SPDX-License-Identifier: Apache-2.0 */
/* All that can be verified of a case, in one go. */
#include "ops/case_check.h"

#include "base/alloc.h"
#include "ops/case_view.h"

typedef struct checking {
    ew_case_checked *out;
    void (*problem)(void *cookie, const char *text);
    void *cookie;
} checking;

static void problem(void *cookie, const char *text)
{
    const checking *k = cookie;
    char *safe = ew_case_safe(text);
    k->out->problems++;
    k->problem(k->cookie, safe != NULL ? safe : "?");
    ew_free(safe);
}

static ew_code count_item(void *cookie, const ew_case_item *i, ew_err *err)
{
    (void)i, (void)err;
    ((ew_case_checked *)cookie)->items++;
    return EW_OK;
}

static ew_code count_event(void *cookie, const ew_case_event *e, ew_err *err)
{
    (void)e, (void)err;
    ((ew_case_checked *)cookie)->events++;
    return EW_OK;
}

ew_code ew_ops_case_verify(ew_case *c, const char *desk,
                           void (*tell)(void *cookie, const char *text), void *cookie,
                           ew_case_checked *out, ew_err *err)
{
    checking k = {out, tell, cookie};
    *out = (ew_case_checked){0};
    ew_code code = ew_case_verify(c, problem, &k, err);
    if (code == EW_OK)
        code = ew_case_items(c, count_item, out, err);
    if (code == EW_OK)
        code = ew_case_events(c, 0, count_event, out, err);
    return code == EW_OK
               ? ew_ops_case_sealed_check(c, desk, problem, &k, &out->sealed, err)
               : code;
}

ew_obj ew_case_checked_json(const ew_case_checked *k, json_t *problems)
{
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.case-verify/1");
    ew_obj_bool(&o, "whole", k->problems == 0);
    ew_obj_int(&o, "items", (int64_t)k->items);
    ew_obj_int(&o, "events", (int64_t)k->events);
    ew_obj_int(&o, "seals", (int64_t)k->sealed.seals);
    ew_obj_int(&o, "sealed_upto", k->sealed.upto);
    ew_obj_int(&o, "events_not_sealed",
               (int64_t)(k->sealed.seals > 0 ? k->sealed.unsealed : k->events));
    ew_obj_set(&o, "problems", problems);
    return o;
}
