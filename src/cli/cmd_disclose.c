/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness disclose: shows a part of what was sealed. */
#include <inttypes.h>
#include <stdio.h>

#include "base/bytes.h"
#include "base/err.h"
#include "cli/desk.h"
#include "ops/seal_json.h"
#include "report/times.h"

static const opt_spec options[] = {
    DESK_OPTION,
    PASS_OPTIONS,
    {OPT_SHOW, 0, "show", "RANGES", "show these"},
    {OPT_HIDE, 0, "hide", "RANGES", "hide these; without --show, show the rest"},
    {OPT_META, 0, "meta", "KEYS", "show these lines of its metadata (default: none)"},
    {OPT_MEMBERS, 0, "members", NULL, "of a collection: bundles of its members too"},
    {OPT_WITH_CUSTODY, 0, "with-custody", NULL, "with what was done with the item"},
    {OPT_FILE, 0, "file", "FILE", "where the sealed file is now"},
    {OPT_OUTPUT, 'o', "output", "FILE", "the bundle to write; with --members a folder"},
    {OPT_PUBLISHED, 0, "published", "FILE",
     "write what can be published too, with its gaps filled"},
    {OPT_FILLER, 0, "filler", "KIND", "with silence (default) or a tone"},
    {OPT_DRY_RUN, 'n', "dry-run", NULL, "only say what would be shown"},
};

/* "0:01.200 - 0:03.400" on a grid, else numbers of parts. */
static void print_run(const ew_stream *s, const ew_run *r)
{
    char from[EW_TIME_TEXT];
    char to[EW_TIME_TEXT];
    if (s->splitter == EW_SPLIT_GRID && r->first + r->count > 1) {
        double block = (double)s->block_frames / s->rate_hz;
        uint64_t first = r->first > 0 ? r->first - 1 : 0;
        (void)printf("  %s%s - %s\n", r->first == 0 ? "the head, and " : "",
                     ew_time_text((double)first * block, from),
                     ew_time_text((double)(r->first - 1 + r->count) * block, to));
        return;
    }
    if (r->count == 1)
        (void)printf("  part %" PRIu64 "\n", r->first + 1);
    else
        (void)printf("  parts %" PRIu64 " to %" PRIu64 "\n", r->first + 1,
                     r->first + r->count);
}

/* ------------------------------------------------------------------ what is visible */

/* Where preview lines go. */
typedef struct viewed {
    app *a;
    json_t *list;
} viewed;

static void view_stretch(const ew_preview *p)
{
    static const char *const words[] = {"hidden", "hidden, beside what is hidden",
                                        "shown"};
    char from[EW_TIME_TEXT];
    char to[EW_TIME_TEXT];
    if (p->kind == EW_PREVIEW_HEAD || p->kind == EW_PREVIEW_TAIL)
        (void)printf("  %s", p->kind == EW_PREVIEW_HEAD ? "what comes before"
                                                        : "what comes after");
    else if (p->from >= 0)
        (void)printf("  %s - %s", ew_time_text(p->from, from), ew_time_text(p->to, to));
    else if (p->count == 1)
        (void)printf("  #%" PRIu64, p->first);
    else
        (void)printf("  #%" PRIu64 "-%" PRIu64, p->first, p->first + p->count - 1);
    (void)printf("  %s%s\n", words[p->state],
                 p->state == EW_PART_SHOWN && p->kind == EW_PREVIEW_HEAD
                     ? "; it may hold names, or a checksum of what is hidden"
                     : "");
}

static void view_text(const ew_preview *p)
{
    char number[48];
    if (p->kind == EW_PREVIEW_META)
        (void)snprintf(number, sizeof number, "metadata");
    else if (p->kind == EW_PREVIEW_HEAD)
        (void)snprintf(number, sizeof number, "before");
    else if (p->count == 1)
        (void)snprintf(number, sizeof number, "%" PRIu64, p->first);
    else
        (void)snprintf(number, sizeof number, "%" PRIu64 "-%" PRIu64, p->first,
                       p->first + p->count - 1);
    (void)printf("  %8s  %s\n", number, p->text);
    if (p->file != NULL && p->state == EW_PART_SHOWN)
        (void)printf("  %8s  (the file '%s' is not in the bundle)\n", "", p->file);
}

/* A member that is withheld is named here, and marked. */
static void view_member(const ew_preview *p)
{
    (void)printf("  %8" PRIu64 "  %s%s\n", p->first,
                 p->state == EW_PART_SHOWN ? "" : "[withheld] ", p->text);
}

static void view(void *cookie, const ew_preview *p)
{
    viewed *v = cookie;
    if (v->list != NULL)
        ew_list_add(&v->list, ew_preview_json(p));
    else if (v->a->quiet || v->a->json)
        return;
    else if (p->text == NULL)
        view_stretch(p);
    else if (p->state != EW_PART_SHOWN && p->text[0] != '[')
        view_member(p);
    else
        view_text(p);
}

/* ------------------------------------------------------------------ answers */

static void print_json(app *a, const ew_disclosed *d, const ew_disclosure *what,
                       json_t *preview)
{
    ew_obj o = ew_obj_new();
    json_t *runs = json_array();
    for (size_t i = 0; i < d->run_count; i++) {
        ew_obj r = ew_obj_new();
        ew_obj_int(&r, "first", (int64_t)d->runs[i].first);
        ew_obj_int(&r, "count", (int64_t)d->runs[i].count);
        ew_list_add(&runs, r.json);
    }
    ew_obj_str(&o, "schema", "earwitness.disclose/1");
    ew_obj_str(&o, "item", d->hex);
    ew_obj_str(&o, "splitter", ew_splitter_name(d->stream.splitter));
    ew_obj_int(&o, "parts", (int64_t)d->stream.n);
    ew_obj_int(&o, "shown", (int64_t)d->shown);
    ew_obj_set(&o, "runs", runs);
    ew_obj_bool(&o, "written", what->out != NULL);
    if (what->published != NULL)
        ew_obj_bool(&o, "published", what->out != NULL);
    if (what->out != NULL) {
        ew_obj_int(&o, "events", (int64_t)d->events);
        ew_obj_int(&o, "events_left_out", (int64_t)d->events_left_out);
    }
    if (what->members)
        ew_obj_int(&o, "bundles", (int64_t)d->bundles);
    if (preview != NULL)
        ew_obj_set(&o, "preview", preview);
    out_object(a, &o);
}

static void print_text(const ew_disclosed *d, const ew_disclosure *what)
{
    const char *unit = d->stream.splitter == EW_SPLIT_SEALS ? "members" : "parts";
    (void)printf("%s: %" PRIu64 " of %" PRIu64 " %s %s, %" PRIu64 " hidden\n", d->hex,
                 d->shown, d->stream.n, unit,
                 what->out != NULL ? "shown" : "would be shown", d->stream.n - d->shown);
    for (size_t i = 0; i < d->run_count && what->out != NULL; i++)
        print_run(&d->stream, &d->runs[i]);
    if (what->members && what->out != NULL)
        (void)printf("  %" PRIu64 " bundles\n", d->bundles);
}

static int disclose(app *a, const ew_desk *d, ew_disclosure *what)
{
    viewed v = {a, NULL};
    ew_disclosed done;
    ew_err err;
    bool dry = what->out == NULL;
    if (dry) {
        v.list = a->json ? json_array() : NULL;
        what->preview = view;
        what->cookie = &v;
    }
    ew_code rc = ew_ops_disclose(d, what, &done, &err);
    progress_clear(a);
    if (rc != EW_OK) {
        json_decref(v.list);
        return fail_desk(a, &err);
    }
    if (a->json)
        print_json(a, &done, what, v.list);
    else if (!a->quiet)
        print_text(&done, what);
    if (done.events_left_out > 0)
        say(a,
            "%" PRIu64 " events about it are not in the bundle: the log was not signed "
            "since; see 'earwitness log checkpoint'",
            done.events_left_out);
    ew_disclosed_release(&done);
    return EXIT_FOUND;
}

static int run(app *a, const args *in)
{
    bool dry = in->values[OPT_DRY_RUN] != NULL;
    ew_disclosure what = {.item = in->operands[0],
                          .show = in->values[OPT_SHOW],
                          .hide = in->values[OPT_HIDE],
                          .meta = in->values[OPT_META],
                          .file = in->values[OPT_FILE],
                          .out = dry ? NULL : in->values[OPT_OUTPUT],
                          .published = in->values[OPT_PUBLISHED],
                          .filler = in->values[OPT_FILLER],
                          .members = in->values[OPT_MEMBERS] != NULL,
                          .custody = in->values[OPT_WITH_CUSTODY] != NULL};
    ew_desk d;
    ew_err err;
    if ((what.show == NULL && what.hide == NULL) || (!dry && what.out == NULL)) {
        (void)ew_fail(&err, EW_E_ARG, 0,
                      "needed are --show or --hide or both, and -o FILE or --dry-run");
        return fail_command(a, &err);
    }
    if (what.filler != NULL && what.published == NULL) {
        (void)ew_fail(&err, EW_E_ARG, 0, "--filler is for --published");
        return fail_command(a, &err);
    }
    int code = desk_open(a, in, &d);
    if (code != 0)
        return code;
    ew_progress prog = app_progress(a);
    d.prog = &prog;
    code = disclose(a, &d, &what);
    ew_desk_close(&d);
    return code;
}

const command cmd_disclose = {
    .name = "disclose",
    .usage = "ITEM --show RANGES|--hide RANGES -o FILE",
    .summary = "show a part of what was sealed",
    .details =
        "Writes a bundle that holds what is shown, and the proof that it comes "
        "unaltered\n"
        "from what was sealed; hidden parts are not in it. ITEM is the number that\n"
        "'earwitness seal' printed, or its beginning. RANGES are times for sound\n"
        "(1:02.3-1:04), numbers of messages or sender:NAME for chats, numbers of\n"
        "paragraphs for text (3-5,8), #12-20 for pages and frames, or all; what --hide\n"
        "names is hidden even when --show names it",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
