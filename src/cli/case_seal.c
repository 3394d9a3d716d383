/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case seal: the events of a case on the desk's log. */
#include "ops/case_seal.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "cli/case.h"
#include "cli/case_verbs.h"
#include "cli/desk.h"

static const opt_spec options[] = {CASE_OPTION, DESK_OPTION, PASS_OPTIONS, WHO_OPTIONS};

static void tell(app *a, const ew_case_sealed *s, uint64_t events)
{
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.case-seal/1");
        ew_obj_int(&o, "events", (int64_t)events);
        ew_obj_int(&o, "upto", s->upto);
        ew_obj_int(&o, "event", s->event);
        ew_obj_int(&o, "entry", (int64_t)s->entry);
        ew_obj_str(&o, "log", s->log);
        out_object(a, &o);
    } else if (!a->quiet) {
        (void)printf("%" PRIu64 " event%s sealed, up to number %" PRId64
                     ": entry %" PRIu64 " of %s\n",
                     events, events == 1 ? "" : "s", s->upto, s->entry, s->log);
    }
}

static int nothing_new(app *a, const ew_case_sealed *s)
{
    if (a->json)
        tell(a, s, 0);
    else if (!a->quiet)
        (void)printf("no event since the last seal\n");
    return EXIT_NOTHING;
}

static int run(app *a, const args *in)
{
    ew_case *c = NULL;
    ew_desk d;
    ew_err err;
    ew_case_sealed sealed;
    int exit_code = case_open(a, in, true, &c);
    if (exit_code != 0)
        return exit_code;
    ew_code code = ew_ops_case_sealed(c, &sealed, &err);
    uint64_t events = sealed.unsealed;
    if (code != EW_OK)
        exit_code = fail_command(a, &err);
    else if (events == 0)
        exit_code = nothing_new(a, &sealed);
    else
        exit_code = desk_open(a, in, &d);
    if (code != EW_OK || events == 0 || exit_code != 0) {
        ew_case_close(c);
        return exit_code;
    }
    code = ew_ops_case_seal(c, &d, case_who(in), in->values[OPT_PURPOSE], &sealed, &err);
    ew_desk_close(&d);
    ew_case_close(c);
    if (code != EW_OK)
        return fail_desk(a, &err);
    tell(a, &sealed, events);
    return EXIT_FOUND;
}

const command case_seal = {
    .name = "case seal",
    .usage = "",
    .summary = "put the events of the case on the desk's log",
    .details =
        "Signs the last value of the chain of events, which fixes all of them and\n"
        "every row they added, and puts that on the desk's log, which shows nobody\n"
        "what it is. The receipt is kept as an event; 'earwitness case verify\n"
        "--desk DIR' checks it. Exit status 1 when there is nothing new",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 0,
    .operands_max = 0,
    .run = run,
};
