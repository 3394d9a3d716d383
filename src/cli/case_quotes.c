/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case quotes|accept|refuse: suggested quotations, and deciding about them. */
#include "ops/case_quotes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/utf8.h"
#include "cli/case.h"
#include "cli/case_verbs.h"
#include "ops/case_json.h"

enum { LINE_MAX_BYTES = 1 << 20 };

/* ------------------------------------------------------------------ quotes */

static const opt_spec list_options[] = {
    CASE_OPTION,
    {OPT_ALL, 0, "all", NULL, "also those that are often wrong, and those decided"},
};

typedef struct listing {
    app *a;
    bool all;
    int64_t article; /* whose head was printed last */
    uint64_t told, kept_back;
} listing;

static void tell_json(app *a, const ew_suggestion *s)
{
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.case-quotes/1");
    ew_suggestion_json(&o, s);
    out_object(a, &o);
}

static ew_code add_safe(ew_buf *b, const char *text, ew_err *err)
{
    return ew_utf8_append_safe(b, text, strlen(text), err);
}

/* Which report the ones that follow are from. */
static ew_code add_head(listing *l, const ew_suggestion *s, ew_buf *b, ew_err *err)
{
    const ew_text_style *st = &l->a->out_style;
    ew_code code =
        ew_buf_printf(b, err, "%s%s", l->article != 0 ? "\n" : "", ew_bold(st));
    if (code == EW_OK)
        code = add_safe(b, s->title[0] != 0 ? s->title : "(no title)", err);
    if (code == EW_OK)
        code = ew_buf_printf(b, err, "%s (item %" PRId64, ew_plain(st), s->item);
    if (code == EW_OK && s->outlet[0] != 0)
        code = ew_buf_printf(b, err, ", ");
    if (code == EW_OK)
        code = add_safe(b, s->outlet, err);
    if (code == EW_OK)
        code = ew_buf_printf(b, err, "%s%s)\n", s->published[0] != 0 ? ", " : "",
                             s->published);
    l->article = s->article;
    return code;
}

static ew_code add_speaker(const ew_suggestion *s, ew_buf *b, ew_err *err)
{
    bool named = s->speaker[0] != 0;
    ew_code code = add_safe(b, named ? s->speaker : s->as_written, err);
    if (code == EW_OK && named && s->as_written[0] != 0 &&
        strcmp(s->speaker, s->as_written) != 0) {
        code = ew_buf_printf(b, err, " (\"");
        if (code == EW_OK)
            code = add_safe(b, s->as_written, err);
        if (code == EW_OK)
            code = ew_buf_printf(b, err, "\")");
    }
    if (code == EW_OK && !named)
        code = ew_buf_printf(b, err, "%s",
                             s->anonymous            ? ", not named"
                             : s->as_written[0] != 0 ? ", who is not certain"
                                                     : "somebody");
    return code;
}

static ew_code add_suggestion(listing *l, const ew_suggestion *s, ew_buf *b, ew_err *err)
{
    const ew_text_style *st = &l->a->out_style;
    char said[EW_SAID_ON];
    const char *mark =
        s->kind == EW_QUOTE_INDIRECT ? "" : "\""; /* the report's own words */
    ew_said_on(s->text, s->published, said);
    ew_code code = ew_buf_printf(b, err, "%5" PRId64 "  %s%s", s->id, said,
                                 said[0] != 0 ? "  " : "");
    if (code == EW_OK)
        code = add_speaker(s, b, err);
    if (code == EW_OK && s->stance[0] != 0)
        code = ew_buf_printf(b, err, ": %s%s%s", ew_bold(st), s->stance, ew_plain(st));
    if (code == EW_OK && s->about[0] != 0)
        code = ew_buf_printf(b, err, " of ");
    if (code == EW_OK)
        code = add_safe(b, s->about, err);
    if (code == EW_OK)
        code = ew_buf_printf(b, err, "  %s%s, right %.0f %%%s", ew_dim(st), s->pattern,
                             100 * s->precision, ew_plain(st));
    if (code == EW_OK && s->verdict == EW_ACCEPTED)
        code = ew_buf_printf(b, err, ", accepted as position %" PRId64, s->position);
    if (code == EW_OK && s->verdict == EW_REFUSED)
        code = ew_buf_printf(b, err, ", refused");
    if (code == EW_OK)
        code = ew_buf_printf(b, err, "\n       %s", mark);
    if (code == EW_OK)
        code = add_safe(b, s->words, err);
    return code == EW_OK ? ew_buf_printf(b, err, "%s\n", mark) : code;
}

static ew_code tell(void *cookie, const ew_suggestion *s, ew_err *err)
{
    listing *l = cookie;
    ew_buf b;
    if (s->undone)
        return EW_OK;
    if (!l->all && (!s->shown || s->verdict != EW_UNDECIDED)) {
        l->kept_back++;
        return EW_OK;
    }
    l->told++;
    if (l->a->json) {
        tell_json(l->a, s);
        return EW_OK;
    }
    ew_buf_init(&b, LINE_MAX_BYTES);
    ew_code code = l->article != s->article ? add_head(l, s, &b, err) : EW_OK;
    if (code == EW_OK)
        code = add_suggestion(l, s, &b, err);
    if (code == EW_OK)
        out_write(l->a, &b);
    ew_buf_release(&b);
    return code;
}

static int run_quotes(app *a, const args *in)
{
    listing l = {.a = a, .all = in->values[OPT_ALL] != NULL};
    ew_case *c = NULL;
    int64_t item = 0;
    ew_err err;
    int exit = case_open(a, in, false, &c);
    if (exit != 0)
        return exit;
    ew_code code = EW_OK;
    if (in->count > 0)
        code = ew_case_find_item(c, in->operands[0], &item, &err);
    if (code == EW_OK)
        code = ew_case_suggestions(c, item, tell, &l, &err);
    ew_case_close(c);
    if (code != EW_OK)
        return fail_command(a, &err);
    if (l.kept_back > 0)
        say_verbose(a, "%" PRIu64 " more with --all", l.kept_back);
    return l.told > 0 ? EXIT_FOUND : EXIT_NOTHING;
}

const command case_quotes = {
    .name = "case quotes",
    .usage = "[ITEM]",
    .summary = "list suggested quotations of reports",
    .details =
        "Lists what the program takes for quotations in the reports of the case, with "
        "the\n"
        "pattern that found each and how often that pattern was right where it was\n"
        "measured. A suggestion counts for nothing before it is accepted. Exit 1: none",
    .options = list_options,
    .option_count = EW_COUNT(list_options),
    .operands_max = 1,
    .run = run_quotes,
};

/* ------------------------------------------------------------------ accept, refuse */

static const opt_spec accept_options[] = {
    CASE_OPTION,
    WHO_OPTIONS,
    {OPT_ITEM, 0, "item", "ITEM", "what it is about (default: as suggested)"},
    {OPT_PERSON, 0, "person", "NAME", "who says it (default: as suggested)"},
    {OPT_STANCE, 0, "stance", "STANCE", "confirms, denies, says-fabricated ..."},
    {OPT_DATE, 0, "date", "DATE", "when (default: when the report appeared)"},
    {OPT_CHANNEL, 0, "channel", "TEXT", "where it was said: press conference, X ..."},
};
static const opt_spec refuse_options[] = {
    CASE_OPTION,
    WHO_OPTIONS,
};

static ew_code number_of(const char *text, int64_t *number, ew_err *err)
{
    uint64_t n = 0;
    if (!ew_slice_u64(ew_slice_of(text), &n) || n > INT64_MAX)
        return ew_fail(err, EW_E_ARG, 0, "'%s' is not the number of a suggestion", text);
    *number = (int64_t)n;
    return EW_OK;
}

static void told(app *a, const char *verdict, int64_t suggestion, int64_t position)
{
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.case-decide/1");
        ew_obj_int(&o, "suggestion", suggestion);
        ew_obj_str(&o, "verdict", verdict);
        if (position != 0)
            ew_obj_int(&o, "position", position);
        out_object(a, &o);
    } else if (!a->quiet && position != 0) {
        (void)printf("suggestion %" PRId64 " is position %" PRId64 "\n", suggestion,
                     position);
    } else if (!a->quiet) {
        (void)printf("suggestion %" PRId64 " was refused\n", suggestion);
    }
}

static int decide(app *a, const args *in, bool accept)
{
    const char *purpose = in->values[OPT_PURPOSE] != NULL ? in->values[OPT_PURPOSE] : "";
    ew_acceptance how = {.who = case_who(in),
                         .purpose = purpose,
                         .person = in->values[OPT_PERSON],
                         .stance = in->values[OPT_STANCE],
                         .date = in->values[OPT_DATE],
                         .channel = in->values[OPT_CHANNEL]};
    ew_case *c = NULL;
    ew_err err;
    int exit = case_open(a, in, true, &c);
    if (exit != 0)
        return exit;
    ew_code code = EW_OK;
    if (in->values[OPT_ITEM] != NULL)
        code = ew_case_find_item(c, in->values[OPT_ITEM], &how.item, &err);
    for (size_t i = 0; i < in->count && code == EW_OK; i++) {
        int64_t number = 0;
        int64_t position = 0;
        code = number_of(in->operands[i], &number, &err);
        if (code == EW_OK)
            code = accept ? ew_ops_accept_quote(c, number, &how, &position, &err)
                          : ew_ops_refuse_quote(c, number, how.who, purpose, &err);
        if (code == EW_OK)
            told(a, accept ? "accepted" : "refused", number, position);
        else if (in->count > 1)
            say(a, "suggestion %s and those after it are as they were", in->operands[i]);
    }
    ew_case_close(c);
    return code == EW_OK ? EXIT_FOUND : fail_command(a, &err);
}

static int run_accept(app *a, const args *in)
{
    return decide(a, in, true);
}

static int run_refuse(app *a, const args *in)
{
    return decide(a, in, false);
}

const command case_accept = {
    .name = "case accept",
    .usage = "SUGGESTION ...",
    .summary = "make positions of suggested quotations",
    .details =
        "Makes a position of each suggestion that 'case quotes' numbers. What it lacks, "
        "the\n"
        "item, the speaker, the stance or the date, has to be said; what it says can be\n"
        "said otherwise",
    .options = accept_options,
    .option_count = EW_COUNT(accept_options),
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .run = run_accept,
};

const command case_refuse = {
    .name = "case refuse",
    .usage = "SUGGESTION ...",
    .summary = "put suggested quotations aside",
    .details = "Says of suggestions that they are not to be positions. They are kept",
    .options = refuse_options,
    .option_count = EW_COUNT(refuse_options),
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .run = run_refuse,
};
