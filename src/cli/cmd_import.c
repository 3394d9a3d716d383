/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness import: takes an export, articles, a web archive or pictures into the case. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/slice.h"
#include "base/utf8.h"
#include "cli/case_analyses.h"
#include "ops/case_json.h"
#include "ops/import.h"

/* So many recordings are examined at once: a chat may hold thousands. */
enum { TOLD_MAX = 10, ANSWER_MAX = 32, EXAMINE_MAX = 20 };

static const opt_spec options[] = {
    CASE_OPTION,
    WHO_OPTIONS,
    {OPT_FORMAT, 0, "format", "NAME", "what it is (default: found by what is in it)"},
    {OPT_DATES, 0, "dates", "ORDER", "of 3/4/25: day-first or month-first"},
    {OPT_ORIGIN, 0, "origin", "TEXT", "where it comes from"},
    {OPT_OBTAINED, 0, "obtained", "TEXT", "when and how it was obtained"},
    {OPT_FROM, 0, "from", "TEXT", "from whom"},
    {OPT_NOTE, 0, "note", "TEXT", "anything else about it"},
    {OPT_NO_ANALYSES, 0, "no-analyses", NULL, "leave recordings unexamined"},
    {OPT_DRY_RUN, 0, "dry-run", NULL, "say what would be found; no case is needed"},
};

/* What one import says while it runs. */
typedef struct import_run {
    app *a;
    const char *path;
    uint64_t told, left_out; /* gaps and remarks */
} import_run;

/* ------------------------------------------------------------------ telling */

/* The first few; the case has all. */
static void tell_line(import_run *r, const char *what, const char *text)
{
    if (r->a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.import-notice/1");
        ew_obj_str(&o, "kind", what);
        ew_obj_str(&o, "text", text);
        out_object(r->a, &o);
        return;
    }
    if (r->a->quiet || r->told == TOLD_MAX) {
        r->left_out++;
        return;
    }
    char *safe = ew_safe_name(text);
    progress_clear(r->a);
    (void)printf("  %s: %s\n", what, safe != NULL ? safe : "?");
    ew_free(safe);
    r->told++;
}

static void gap(void *cookie, const char *what, const char *words)
{
    char line[512];
    (void)snprintf(line, sizeof line, "%s: %s", what, words);
    /* Cut in the middle of a letter, it would be no text. */
    for (size_t n = strlen(line); n > 0 && !ew_utf8_valid(line, n);)
        line[--n] = 0;
    tell_line(cookie, "missing", line);
}

static void remark(void *cookie, const char *text)
{
    tell_line(cookie, "look at", text);
}

static void add_count(char *line, size_t size, uint64_t n, const char *one,
                      const char *many)
{
    size_t at = strlen(line);
    if (n > 0 && at < size)
        (void)snprintf(line + at, size - at, "%s%" PRIu64 " %s", at > 0 ? ", " : "", n,
                       n == 1 ? one : many);
}

static void summary_text(const import_run *r, const ew_imported *t)
{
    char line[512] = "";
    char *safe = ew_safe_name(r->path);
    add_count(line, sizeof line, t->chats, "chat", "chats");
    add_count(line, sizeof line, t->messages, "message", "messages");
    add_count(line, sizeof line, t->attachments, "attachment", "attachments");
    add_count(line, sizeof line, t->articles, "article", "articles");
    add_count(line, sizeof line, t->captures, "capture", "captures");
    add_count(line, sizeof line, t->facts, "fact of pictures", "facts of pictures");
    add_count(line, sizeof line, t->shown, "suggested quotation", "suggested quotations");
    add_count(line, sizeof line, t->gaps, "known gap", "known gaps");
    add_count(line, sizeof line, t->remarks, "thing to look at", "things to look at");
    if (r->left_out > 0)
        (void)printf("  ... and %" PRIu64 " more\n", r->left_out);
    (void)printf("%s, %s: %s\n", safe != NULL ? safe : "?",
                 ew_import_format_name(t->format), line[0] != 0 ? line : "nothing");
    if (t->event != 0)
        (void)printf("item %" PRId64 ", event %" PRId64 "; 'earwitness case show %" PRId64
                     "' has more\n",
                     t->item, t->event, t->item);
    ew_free(safe);
}

static void summary_json(app *a, const char *path, const ew_imported *t)
{
    ew_obj o = ew_obj_new();
    char *safe = ew_safe_name(path);
    ew_obj_str(&o, "schema", "earwitness.import/1");
    ew_obj_str(&o, "path", safe != NULL ? safe : "");
    ew_imported_json(&o, t);
    out_object(a, &o);
    ew_free(safe);
}

/* ------------------------------------------------------------------ asking */

/* On a terminal only, and never in the middle of a pipe. */
static bool ask(void *cookie, const char *question, const char *const *answers, size_t n,
                size_t *chosen)
{
    app *a = cookie;
    char line[ANSWER_MAX];
    uint64_t number = 0;
    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO) || a->json)
        return false;
    progress_clear(a);
    for (int tries = 0; tries < 3; tries++) {
        say(a, "%s", question);
        for (size_t i = 0; i < n; i++)
            say(a, "  %zu  %s", i + 1, answers[i]);
        say(a, "which one? (empty: leave it open)");
        if (fgets(line, sizeof line, stdin) == NULL || line[0] == '\n')
            return false;
        line[strcspn(line, "\n")] = 0;
        if (ew_slice_u64(ew_slice_of(line), &number) && number >= 1 && number <= n) {
            *chosen = (size_t)number - 1;
            return true;
        }
    }
    return false;
}

/* ------------------------------------------------------------------ running */

static ew_code read_options(const args *in, ew_import_opts *o, ew_err *err)
{
    const char *format = in->values[OPT_FORMAT];
    const char *dates = in->values[OPT_DATES];
    char names[256] = "";
    if (format != NULL)
        o->format = ew_import_format_named(format);
    for (int f = EW_IMPORT_AUTO + 1; f < EW_IMPORT_FORMATS; f++)
        if (ew_import_format_name((ew_import_format)f) != NULL)
            (void)snprintf(names + strlen(names), sizeof names - strlen(names), " %s",
                           ew_import_format_name((ew_import_format)f));
    if (format != NULL && o->format == EW_IMPORT_AUTO)
        return ew_fail(err, EW_E_ARG, 0, "there is no format '%s'; one of%s", format,
                       names);
    if (dates != NULL && strcmp(dates, "day-first") == 0)
        o->dates = EW_DATES_DAY_FIRST;
    else if (dates != NULL && strcmp(dates, "month-first") == 0)
        o->dates = EW_DATES_MONTH_FIRST;
    else if (dates != NULL)
        return ew_fail(err, EW_E_ARG, 0, "--dates is day-first or month-first");
    return EW_OK;
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

/* All operands. */
typedef struct round {
    app *a;
    const args *in;
    ew_case *c; /* NULL: a dry run */
    ew_import_how *how;
    int code;
} round;

static void examine(round *all, const ew_imported *told)
{
    const ew_case_add_sum sum = {.recordings = told->recordings,
                                 .recording_count = told->recording_count};
    if (told->recording_count == 0 || all->in->values[OPT_NO_ANALYSES] != NULL)
        return;
    if (told->recording_count > EXAMINE_MAX) {
        say(all->a,
            "%zu recordings are not examined; 'earwitness case rerun ITEM' does that",
            told->recording_count);
        return;
    }
    int code = case_analyse(all->a, all->c, all->in, &sum);
    all->code = code != EXIT_FOUND ? code : all->code;
}

/* What cannot be imported does not keep the others from it. */
static ew_code import_one(void *cookie, const char *path, ew_err *err)
{
    round *all = cookie;
    app *a = all->a;
    import_run r = {.a = a, .path = path};
    ew_imported told;
    ew_err why;
    ew_err_clear(&why);
    all->how->cookie = &r;
    ew_code code = all->c != NULL ? ew_ops_import(all->c, path, all->how, &told, &why)
                                  : ew_ops_import_try(path, all->how, &told, &why);
    progress_clear(a);
    if (code == EW_E_CANCELLED || code == EW_E_NOMEM || code == EW_E_BUSY) {
        *err = why;
        return code;
    }
    if (code != EW_OK)
        all->code = fail_command(a, &why);
    else if (a->json)
        summary_json(a, path, &told);
    else if (!a->quiet)
        summary_text(&r, &told);
    if (code == EW_OK && all->c != NULL)
        examine(all, &told);
    ew_free(told.recordings);
    return EW_OK;
}

static int run(app *a, const args *in)
{
    ew_case *c = NULL;
    ew_err err;
    int code = 0;
    ew_import_how how = {.read = {.ask = ask, .ask_cookie = a},
                         .who = case_who(in),
                         .purpose = or_empty(in->values[OPT_PURPOSE]),
                         .origin = or_empty(in->values[OPT_ORIGIN]),
                         .obtained = or_empty(in->values[OPT_OBTAINED]),
                         .from = or_empty(in->values[OPT_FROM]),
                         .note = or_empty(in->values[OPT_NOTE]),
                         .stop = &app_stop,
                         .gap = gap,
                         .remark = remark};
    how.read.progress = app_progress(a);
    if (read_options(in, &how.read, &err) != EW_OK)
        return fail_command(a, &err);
    if (in->values[OPT_DRY_RUN] == NULL)
        code = case_open(a, in, true, &c);
    if (code != 0)
        return code;
    round all = {.a = a, .in = in, .c = c, .how = &how};
    for (size_t i = 0; i < in->count && all.code != EXIT_INTERRUPTED; i++)
        if (ew_ops_import_things(in->operands[i], &how, import_one, &all, &err) != EW_OK)
            all.code = fail_command(a, &err);
    ew_case_close(c);
    return all.code;
}

const command cmd_import = {
    .name = "import",
    .usage = "FILE|FOLDER|ZIP ...",
    .summary = "take chats, articles, web archives and pictures into the case",
    .details =
        "Keeps each original as an item of the case and reads it: messages with their\n"
        "senders, times and attachments, articles with their quotations, pages of web\n"
        "archives, facts of pictures. What an export lacks is told as missing, what can "
        "be\n"
        "read in two ways as something to look at. Each import is one event",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .run = run,
};
