/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case verify: is the case what it was? */
#include <inttypes.h>
#include <stdio.h>

#include "base/bytes.h"
#include "base/err.h"
#include "cli/case.h"
#include "cli/case_verbs.h"
#include "ops/case_check.h"

static const opt_spec options[] = {
    CASE_OPTION,
    {OPT_DESK, 0, "desk", "DIR", "also that its seals are of this desk, and in its log"},
};

typedef struct checking {
    app *a;
    ew_case_checked all;
    json_t *list;
} checking;

static void problem(void *cookie, const char *text)
{
    checking *k = cookie;
    if (k->a->json)
        ew_list_add(&k->list, json_string(text));
    else
        (void)printf("%s\n", text);
}

/* What is whole may have lost its end, which nothing in the case itself can show. */
static void tell_sealed(const checking *k)
{
    const ew_case_sealed *s = &k->all.sealed;
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
    const ew_case_checked *n = &k->all;
    if (k->a->json) {
        ew_obj o = ew_case_checked_json(n, k->list);
        out_object(k->a, &o);
    } else if (n->problems == 0) {
        if (!k->a->quiet)
            (void)printf("all as it was: %" PRIu64 " event%s, %" PRIu64 " original%s\n",
                         n->events, n->events == 1 ? "" : "s", n->items,
                         n->items == 1 ? "" : "s");
        if (!k->a->quiet)
            tell_sealed(k);
    } else {
        (void)printf("%" PRIu64 " problem%s\n", n->problems, n->problems == 1 ? "" : "s");
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
    ew_code code = ew_ops_case_verify(c, in->values[OPT_DESK], problem, &k, &k.all, &err);
    ew_case_close(c);
    if (code == EW_OK) {
        tell(&k);
        return k.all.problems > 0 ? EXIT_BROKEN : EXIT_FOUND;
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
