/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case position: who said what about an item. */
#include "ops/case_position.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "cli/case.h"
#include "cli/case_verbs.h"

static const opt_spec options[] = {
    CASE_OPTION,
    {OPT_PERSON, 0, "person", "NAME", "who says it; somebody new becomes public"},
    {OPT_NEW_PERSON, 0, "new-person", NULL,
     "somebody new, although a name in the case is like it"},
    {OPT_STANCE, 0, "stance", "STANCE", "confirms, denies, says-fabricated ..."},
    {OPT_DATE, 0, "date", "DATE", "when: 2026, 2026-10, 2026-10-12 or to the second"},
    {OPT_CHANNEL, 0, "channel", "TEXT", "how: press conference, statement ..."},
    {OPT_WORDS, 0, "words", "TEXT", "the exact words"},
    {OPT_REPORT, 0, "report", "ITEM[:AT+BYTES]", "in which they stand, and where"},
    {OPT_VIA, 0, "via", "POSITION", "which this report only repeats"},
    {OPT_UNTIL, 0, "until", "DATE", "of asked: by when an answer is asked for"},
    WHO_OPTIONS,
};

static const char *const words_json[] = {"not-looked-for", "at-place", "found", "in-text",
                                         "not-found"};

static void tell_json(app *a, const ew_position_told *t)
{
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.case-position/1");
    ew_obj_int(&o, "position", t->id);
    ew_obj_int(&o, "event", t->event);
    ew_obj_int(&o, "item", t->item);
    ew_obj_int(&o, "person", t->person);
    ew_obj_bool(&o, "new_person", t->new_person);
    if (t->report != 0)
        ew_obj_int(&o, "report", t->report);
    ew_obj_str(&o, "words", words_json[t->words.in]);
    if (t->words.in != EW_WORDS_NOT_LOOKED_FOR) {
        ew_obj_int(&o, "at", (int64_t)t->words.at);
        ew_obj_int(&o, "bytes", (int64_t)t->words.bytes);
        ew_obj_int(&o, "places", (int64_t)t->words.count);
    }
    out_object(a, &o);
}

static void tell_words(app *a, const ew_position_told *t)
{
    const ew_words_place *w = &t->words;
    switch (w->in) {
    case EW_WORDS_NOT_LOOKED_FOR:
        break;
    case EW_WORDS_AT_PLACE:
        (void)printf("the words stand at that place\n");
        break;
    case EW_WORDS_FOUND:
        (void)printf("the words stand in item %" PRId64 " at byte %" PRIu64 "%s\n",
                     t->report, w->at,
                     w->count > 1 ? ", and again further on: the first is taken" : "");
        break;
    case EW_WORDS_IN_TEXT:
        (void)printf("the words stand in what was read of item %" PRId64
                     ", in its bytes from %" PRIu64 " on\n",
                     t->report, w->at);
        break;
    case EW_WORDS_NOT_THERE:
        say(a, "the words are NOT %s item %" PRId64 "; the position is kept, and says so",
            w->bytes > 0 ? "at that place of" : "in", t->report);
        break;
    }
}

static void tell(app *a, const ew_position_told *t)
{
    if (a->json) {
        tell_json(a, t);
        return;
    }
    if (!a->quiet)
        (void)printf("position %" PRId64 "%s\n", t->id,
                     t->new_person ? "; the person is new in the case, and public" : "");
    if (!a->quiet || t->words.in == EW_WORDS_NOT_THERE)
        tell_words(a, t);
}

/* Is it the one whose name is like it? 1 yes, 0 no, -1: nobody to ask. */
static int ask_person(const app *a, const char *near)
{
    char answer[16];
    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO) || a->json)
        return -1;
    char *safe = ew_safe_name(near);
    (void)fprintf(stderr, "Is this '%s', who is in the case? [y/n] ",
                  safe != NULL ? safe : "?");
    ew_free(safe);
    if (fgets(answer, sizeof answer, stdin) == NULL)
        return -1;
    return answer[0] == 'y' || answer[0] == 'Y'   ? 1
           : answer[0] == 'n' || answer[0] == 'N' ? 0
                                                  : -1;
}

static int run(app *a, const args *in)
{
    ew_case *c = NULL;
    ew_position_told told;
    ew_err err;
    ew_position_how how = {.who = case_who(in),
                           .purpose = in->values[OPT_PURPOSE],
                           .item = in->operands[0],
                           .person = in->values[OPT_PERSON],
                           .stance = in->values[OPT_STANCE],
                           .date = in->values[OPT_DATE],
                           .channel = in->values[OPT_CHANNEL],
                           .words = in->values[OPT_WORDS],
                           .until = in->values[OPT_UNTIL],
                           .report = in->values[OPT_REPORT],
                           .via = in->values[OPT_VIA],
                           .new_person = in->values[OPT_NEW_PERSON] != NULL};
    int exit_code = case_open(a, in, true, &c);
    if (exit_code != 0)
        return exit_code;
    ew_code code = ew_ops_case_position(c, &how, &told, &err);
    if (code == EW_E_ARG && told.near[0] != 0) {
        char near[EW_CASE_NAME + 1];
        memcpy(near, told.near, sizeof near);
        int same = ask_person(a, near);
        if (same == 1)
            how.person = near;
        how.new_person = same == 0;
        if (same >= 0)
            code = ew_ops_case_position(c, &how, &told, &err);
    }
    ew_case_close(c);
    if (code != EW_OK)
        return fail_command(a, &err);
    tell(a, &told);
    return EXIT_FOUND;
}

const command case_position = {
    .name = "case position",
    .usage = "ITEM",
    .summary = "write down who said what about an item, and when",
    .details =
        "Adds a position. Stances: confirms, denies, says-fabricated, says-altered,\n"
        "no-comment, retracts, asked, answered, no-reply-by. The words are looked for "
        "in\n"
        "the report; where they are not there, the position is kept and says so",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
