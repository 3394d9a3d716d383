/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case recipient: who can read protected identities. */
#include <inttypes.h>
#include <stdio.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/utf8.h"
#include "cli/case.h"
#include "cli/case_secret.h"
#include "cli/case_verbs.h"
#include "ops/case_people.h"

static const opt_spec options[] = {
    CASE_OPTION,
    WHO_OPTIONS,
    KEY_OPTIONS,
};

typedef struct listing {
    app *a;
    uint64_t told;
} listing;

static ew_code tell(void *cookie, const ew_case_recipient *r, ew_err *err)
{
    listing *l = cookie;
    (void)err;
    if (r->undone)
        return EW_OK;
    l->told++;
    if (l->a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.case-recipient/1");
        ew_obj_str(&o, "recipient", r->age);
        ew_obj_int(&o, "event", r->added);
        out_object(l->a, &o);
    } else {
        (void)printf("%s\n", r->age);
    }
    return EW_OK;
}

static int list(app *a, const args *in)
{
    listing l = {.a = a};
    ew_case *c = NULL;
    ew_err err;
    int exit = case_open(a, in, false, &c);
    if (exit != 0)
        return exit;
    ew_code code = ew_case_recipients(c, tell, &l, &err);
    ew_case_close(c);
    if (code != EW_OK)
        return fail_command(a, &err);
    return l.told > 0 ? EXIT_FOUND : EXIT_NOTHING;
}

static void told(app *a, const ew_ops_recipients *done)
{
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.case-recipients-added/1");
        ew_obj_int(&o, "added", (int64_t)done->added);
        ew_obj_int(&o, "encrypted_again", (int64_t)done->resealed);
        ew_obj_int(&o, "not_opened", (int64_t)done->closed);
        out_object(a, &o);
    } else if (!a->quiet) {
        (void)printf("%" PRIu64 " added; %" PRIu64 " text%s encrypted again for all\n",
                     done->added, done->resealed, done->resealed == 1 ? "" : "s");
    }
    if (done->closed > 0)
        say(a, "this key does not open %" PRIu64 " of what is encrypted", done->closed);
}

/* Those who come later read what was encrypted before only when it is done once more. */
static void warn(app *a, ew_case *c, bool keys)
{
    bool any = false;
    ew_err err;
    if (!keys && ew_ops_has_boxes(c, &any, &err) == EW_OK && any)
        say(a, "what was encrypted before is not readable for them; with --identity FILE "
               "it will be");
}

static int run(app *a, const args *in)
{
    ew_ops_actor by = {case_who(in), in->values[OPT_PURPOSE]};
    ew_age_identities keys = {0};
    ew_ops_recipients done = {.ages = in->operands, .n = in->count};
    ew_case *c = NULL;
    ew_err err;
    bool with_keys = in->values[OPT_IDENTITY] != NULL;
    if (in->count == 0 && !with_keys)
        return list(a, in);
    int exit = with_keys ? case_keys(a, in, &keys) : 0;
    if (exit == 0)
        exit = case_open(a, in, true, &c);
    if (exit == 0) {
        done.keys = with_keys ? &keys : NULL;
        ew_code code = ew_ops_add_recipients(c, &by, &done, &err);
        if (code == EW_OK) {
            told(a, &done);
            warn(a, c, with_keys);
        } else {
            exit = fail_command(a, &err);
        }
    }
    ew_case_close(c);
    ew_age_identities_release(&keys);
    return exit;
}

const command case_recipient = {
    .name = "case recipient",
    .usage = "[AGE ...]",
    .summary = "say who can read protected identities",
    .details =
        "Adds recipients, the public halves of age keys ('age1...'), for whom identities "
        "are\n"
        "encrypted from now on; with --identity FILE, the key of one who is there "
        "already,\n"
        "also those that are kept. Without anything lists them. 'earwitness vault "
        "identity'\n"
        "and 'age-keygen' make keys",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_max = EW_AGE_KEYS_MAX,
    .run = run,
};
