/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case verify: is the case what it was? */
#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "cli/case.h"
#include "cli/case_verbs.h"
#include "ops/case_seal.h"
#include "ops/case_view.h"

static const opt_spec options[] = {
    CASE_OPTION,
    {OPT_DESK, 0, "desk", "DIR", "also that its seals are of this desk, and in its log"},
};

typedef struct checking {
    app *a;
    uint64_t problems, items, events;
    ew_case_sealed sealed;
    json_t *list;
} checking;

static void problem(void *cookie, const char *text)
{
    checking *k = cookie;
    char *safe = ew_case_safe(text);
    k->problems++;
    if (k->a->json)
        ew_list_add(&k->list, json_string(safe != NULL ? safe : "?"));
    else
        (void)printf("%s\n", safe != NULL ? safe : "?");
    ew_free(safe);
}

static ew_code count_item(void *cookie, const ew_case_item *i, ew_err *err)
{
    (void)i, (void)err;
    ((checking *)cookie)->items++;
    return EW_OK;
}

static ew_code count_event(void *cookie, const ew_case_event *e, ew_err *err)
{
    (void)e, (void)err;
    ((checking *)cookie)->events++;
    return EW_OK;
}

/* What is whole may have lost its end, which nothing in the case itself can show. */
static void tell_sealed(const checking *k)
{
    const ew_case_sealed *s = &k->sealed;
    const char *cut = "nothing shows whether events at the end were taken out";
    if (s->seals > 0)
        (void)printf("the seals hold for events 1 to %" PRId64 "\n", s->upto);
    if (s->seals == 0)
        (void)printf("no event is sealed: %s\n", cut);
    else if (s->unsealed > 0)
        (void)printf("not sealed since then: %" PRIu64 " event%s; %s\n", s->unsealed,
                     s->unsealed == 1 ? "" : "s", cut);
    else
        (void)printf("%s but what 'case seal' answered: compare that\n", cut);
}

static void tell(checking *k)
{
    if (k->a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.case-verify/1");
        ew_obj_bool(&o, "whole", k->problems == 0);
        ew_obj_int(&o, "items", (int64_t)k->items);
        ew_obj_int(&o, "events", (int64_t)k->events);
        ew_obj_int(&o, "seals", (int64_t)k->sealed.seals);
        ew_obj_int(&o, "sealed_upto", k->sealed.upto);
        ew_obj_int(&o, "events_not_sealed",
                   (int64_t)(k->sealed.seals > 0 ? k->sealed.unsealed : k->events));
        ew_obj_set(&o, "problems", k->list);
        out_object(k->a, &o);
    } else if (k->problems == 0) {
        if (!k->a->quiet)
            (void)printf("all as it was: %" PRIu64 " event%s, %" PRIu64 " original%s\n",
                         k->events, k->events == 1 ? "" : "s", k->items,
                         k->items == 1 ? "" : "s");
        if (!k->a->quiet)
            tell_sealed(k);
    } else {
        (void)printf("%" PRIu64 " problem%s\n", k->problems, k->problems == 1 ? "" : "s");
    }
}

static int run(app *a, const args *in)
{
    checking k = {.a = a};
    ew_case *c = NULL;
    ew_err err;
    int exit = case_open(a, in, false, &c);
    if (exit != 0)
        return exit == EXIT_SOME_FAILED ? EXIT_BROKEN : exit;
    k.list = a->json ? json_array() : NULL;
    ew_code code = ew_case_verify(c, problem, &k, &err);
    if (code == EW_OK)
        code = ew_case_items(c, count_item, &k, &err);
    if (code == EW_OK)
        code = ew_case_events(c, 0, count_event, &k, &err);
    if (code == EW_OK)
        code = ew_ops_case_sealed_check(c, in->values[OPT_DESK], problem, &k, &k.sealed,
                                        &err);
    ew_case_close(c);
    if (code == EW_OK) {
        tell(&k);
        return k.problems > 0 ? EXIT_BROKEN : EXIT_FOUND;
    }
    json_decref(k.list);
    exit = fail_command(a, &err);
    return code == EW_E_FORMAT ? EXIT_BROKEN : exit;
}

const command case_verify = {
    .name = "case verify",
    .usage = "",
    .summary = "check the database, the chain of events, and every original",
    .details = "Exit status 0 when all is what it was, 4 when not",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_max = 0,
    .run = run,
};
