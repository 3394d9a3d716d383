/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case correct: what is said of an item from now on. */
#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "cli/case.h"
#include "cli/case_verbs.h"
#include "ops/case_custody.h"
#include "ops/case_kind.h"

static const opt_spec options[] = {
    CASE_OPTION,
    WHO_OPTIONS,
    {OPT_NAME, 0, "name", "TEXT", "what it is called"},
    {OPT_KIND, 0, "kind", "KIND", "what it is"},
    {OPT_ORIGIN, 0, "origin", "TEXT", "where it comes from"},
    {OPT_OBTAINED, 0, "obtained", "TEXT", "when and how it was obtained"},
    {OPT_FROM, 0, "from", "TEXT", "from whom"},
    {OPT_NOTE, 0, "note", "TEXT", "anything else about it"},
    {OPT_CALLED, 0, "called", "WORDS", "how reports call it; may be given again"},
};

static ew_code correct(ew_case *c, const args *in, int64_t *item, int64_t *event,
                       ew_err *err)
{
    const ew_ops_actor by = {case_who(in), in->values[OPT_PURPOSE]};
    ew_case_correction to = {.kind = in->values[OPT_KIND],
                             .name = in->values[OPT_NAME],
                             .origin = in->values[OPT_ORIGIN],
                             .obtained = in->values[OPT_OBTAINED],
                             .from = in->values[OPT_FROM],
                             .note = in->values[OPT_NOTE]};
    const char **words = ew_alloc_array(in->given_count + 1, sizeof *words);
    if (words == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < in->given_count; i++)
        if (in->given[i].id == OPT_CALLED)
            words[to.called_count++] = in->given[i].value;
    to.called = words;
    ew_code code = ew_case_find_item(c, in->operands[0], item, err);
    if (code == EW_OK && to.kind != NULL && !ew_case_kind_known(to.kind))
        code = ew_fail(err, EW_E_ARG, 0,
                       "'%s' is no kind of item; recording, image, document, chat, page "
                       "or article",
                       to.kind);
    if (code == EW_OK)
        code = ew_ops_case_correct(c, *item, &to, &by, event, err);
    ew_free((void *)words);
    return code;
}

static int run(app *a, const args *in)
{
    ew_case *c = NULL;
    int64_t item = 0;
    int64_t event = 0;
    ew_err err;
    int exit = case_open(a, in, true, &c);
    if (exit != 0)
        return exit;
    ew_code code = correct(c, in, &item, &event, &err);
    ew_case_close(c);
    if (code != EW_OK)
        return fail_command(a, &err);
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.case-correct/1");
        ew_obj_int(&o, "item", item);
        ew_obj_int(&o, "event", event);
        out_object(a, &o);
    } else if (!a->quiet) {
        (void)printf("item %" PRId64 " is corrected by event %" PRId64 "\n", item, event);
    }
    return EXIT_FOUND;
}

const command case_correct = {
    .name = "case correct",
    .usage = "ITEM",
    .summary = "correct what is said of an item",
    .details =
        "What was said before stays in the case; 'case undo' takes a correction back",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
