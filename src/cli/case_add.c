/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case add: files become items of the case. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "cli/case.h"
#include "cli/case_analyses.h"
#include "cli/case_verbs.h"
#include "ops/case_json.h"
#include "report/times.h"

static const opt_spec options[] = {
    CASE_OPTION,
    WHO_OPTIONS,
    {OPT_ORIGIN, 0, "origin", "TEXT", "where it comes from"},
    {OPT_OBTAINED, 0, "obtained", "TEXT", "when and how it was obtained"},
    {OPT_FROM, 0, "from", "TEXT", "from whom"},
    {OPT_NOTE, 0, "note", "TEXT", "anything else about it"},
    {OPT_KIND, 0, "kind", "KIND", "what it is (default: found by what is in it)"},
    {OPT_CALLED, 0, "called", "WORDS", "how reports call it; may be given again"},
    {OPT_PARENT, 0, "parent", "ITEM", "the item that it came out of"},
    {OPT_NO_ANALYSES, 0, "no-analyses", NULL, "leave recordings unexamined"},
    {OPT_DRY_RUN, 0, "dry-run", NULL, "say what would be added, and add nothing"},
};

typedef struct adding {
    app *a;
    bool dry;
    bool readable; /* something came that an import could read */
} adding;

static void tell_json(const adding *r, const ew_case_added *i)
{
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.case-add/1");
    ew_case_added_json(&o, i);
    if (r->dry)
        ew_obj_bool(&o, "dry_run", true);
    out_object(r->a, &o);
}

static void tell_text(const adding *r, const ew_case_added *i)
{
    char size[EW_TIME_TEXT];
    char hex[EW_SHA256_HEX + 1];
    progress_clear(r->a);
    if (i->how == EW_CASE_FAILED)
        say_error(r->a, &i->err, i->name);
    if (r->a->quiet || i->how >= EW_CASE_FAILED)
        return;
    ew_hex(i->sha256, sizeof i->sha256, hex);
    hex[8] = 0;
    if (i->how == EW_CASE_SEEN && r->dry)
        (void)printf("%s is item %" PRId64 " already\n", i->name, i->item);
    else if (i->how == EW_CASE_SEEN)
        (void)printf("%s is item %" PRId64 " already; event %" PRId64
                     " says that it came again\n",
                     i->name, i->item, i->event);
    else if (r->dry)
        (void)printf("would add %s: %s, %s, %s\n", i->name, i->kind,
                     ew_bytes_text(i->bytes, size), hex);
    else
        (void)printf("item %" PRId64 "%s: %s: %s, %s, %s\n", i->item,
                     i->how == EW_CASE_BACK ? " is back" : "", i->name, i->kind,
                     ew_bytes_text(i->bytes, size), hex);
}

/* Documents may be anything, and recordings are examined here. */
static bool can_be_read(const ew_case_added *i)
{
    return (i->how == EW_CASE_NEW || i->how == EW_CASE_BACK) &&
           strcmp(i->kind, "recording") != 0 && strcmp(i->kind, "document") != 0;
}

static void each(void *cookie, const ew_case_added *i)
{
    adding *r = cookie;
    r->readable = r->readable || can_be_read(i);
    if (r->a->json)
        tell_json(r, i);
    else
        tell_text(r, i);
}

static void tick(void *cookie, uint64_t done, uint64_t total)
{
    const adding *r = cookie;
    progress_state p = {.stage = "store",
                        .share = (double)done / (double)total,
                        .files_done = done,
                        .files_total = total};
    progress_show(r->a, &p);
}

/* The words of every --called; to be freed. */
static ew_code read_called(const args *in, ew_case_add_how *how, const char ***words,
                           ew_err *err)
{
    *words = ew_alloc_array(in->given_count + 1, sizeof **words);
    if (*words == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < in->given_count; i++)
        if (in->given[i].id == OPT_CALLED)
            (*words)[how->called_count++] = in->given[i].value;
    how->called = *words;
    return EW_OK;
}

static ew_code read_how(ew_case *c, const args *in, ew_case_add_how *how,
                        const char ***words, ew_err *err)
{
    how->who = case_who(in);
    how->purpose = in->values[OPT_PURPOSE];
    how->origin = in->values[OPT_ORIGIN];
    how->obtained = in->values[OPT_OBTAINED];
    how->from = in->values[OPT_FROM];
    how->note = in->values[OPT_NOTE];
    how->kind = in->values[OPT_KIND];
    how->dry_run = in->values[OPT_DRY_RUN] != NULL;
    how->stop = &app_stop;
    ew_code code = read_called(in, how, words, err);
    if (code == EW_OK && in->values[OPT_PARENT] != NULL)
        code = ew_case_find_item(c, in->values[OPT_PARENT], &how->parent, err);
    return code;
}

static int add(app *a, ew_case *c, const args *in)
{
    adding r = {.a = a, .dry = in->values[OPT_DRY_RUN] != NULL};
    ew_case_add_how how = {.each = each, .tick = tick, .cookie = &r};
    ew_case_add_sum sum = {0};
    const char **words = NULL;
    ew_err err;
    int exit = EXIT_FOUND;
    ew_code code = read_how(c, in, &how, &words, &err);
    if (code == EW_OK)
        code = ew_ops_case_add(c, in->operands, in->count, &how, &sum, &err);
    progress_clear(a);
    if (code == EW_OK && !r.dry && sum.recording_count > 0 &&
        in->values[OPT_NO_ANALYSES] == NULL)
        exit = case_analyse(a, c, in, &sum);
    ew_free(sum.recordings);
    ew_free((void *)words);
    if (code == EW_OK && r.readable && !r.dry && !a->json)
        say(a, "kept as they are; what chats, pages and pictures say is read by "
               "'earwitness import FILE'");
    if (code != EW_OK && sum.not_tried > 0 && !a->json)
        say(a, "%" PRIu64 " files were not added", sum.not_tried);
    if (code != EW_OK)
        return fail_command(a, &err);
    return sum.failed > 0 ? EXIT_SOME_FAILED : exit;
}

static int run(app *a, const args *in)
{
    ew_case *c = NULL;
    int exit = case_open(a, in, in->values[OPT_DRY_RUN] == NULL, &c);
    if (exit == 0)
        exit = add(a, c, in);
    ew_case_close(c);
    return exit;
}

const command case_add = {
    .name = "case add",
    .usage = "FILE|FOLDER|- ...",
    .summary = "put files into the case as items",
    .details =
        "Keeps each original under its hash and writes an event that says who put it "
        "in,\n"
        "when, and where it comes from. Recordings are examined at once: inspect, check\n"
        "against the archive, family and diff with the other recordings of the case",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .run = run,
};
