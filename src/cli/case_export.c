/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case export: a bag with the case, or a part of it. */
#include "ops/case_export.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "cli/case.h"
#include "cli/case_jsonld.h"
#include "cli/case_held.h"
#include "cli/case_secret.h"
#include "cli/case_verbs.h"

static const opt_spec options[] = {
    CASE_OPTION,
    {OPT_OUTPUT, 'o', "output", "FOLDER", "write it there; needed, must not be there"},
    {OPT_FORMAT, 0, "format", "FORMAT", "bag (default), json or csv"},
    {OPT_WITHOUT_ORIGINALS, 0, "without-originals", NULL, "leave the originals out"},
    {OPT_WITH_UNDONE, 0, "with-undone", NULL, "also originals that were taken back"},
    {OPT_WITH_IDENTITIES, 0, "with-identities", NULL,
     "also what is kept encrypted about people who are protected"},
    {OPT_ONLY, 0, "only", "ITEM",
     "only this item and what came out of it; again for more"},
    {OPT_ALLOW, 0, "allow", "FINDING", "of the check before it: this one is known"},
    {OPT_UNCHECKED, 0, "unchecked", NULL, "whatever would leave with it"},
    KEY_OPTIONS,
    {OPT_PLACES, 0, "places", "FILE", "of the check: names of places, one a line"},
    JSONLD_OPTIONS,
    WHO_OPTIONS,
};

static void tell(app *a, const char *out, const ew_case_exported *e)
{
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.case-export/1");
        ew_obj_int(&o, "items", (int64_t)e->items);
        ew_obj_int(&o, "originals", (int64_t)e->originals);
        ew_obj_int(&o, "rows", (int64_t)e->rows);
        ew_obj_int(&o, "files", (int64_t)e->files);
        ew_obj_int(&o, "bytes", (int64_t)e->bytes);
        ew_obj_sha256(&o, "manifest", e->manifest);
        ew_obj_int(&o, "begun", e->begun);
        ew_obj_int(&o, "event", e->done);
        out_object(a, &o);
        return;
    }
    char *safe = ew_safe_name(out);
    if (!a->quiet)
        (void)printf("%s: %" PRIu64 " originals, %" PRIu64 " rows, %" PRIu64
                     " files, %" PRIu64 " bytes; event %" PRId64 "\n",
                     safe != NULL ? safe : "?", e->originals, e->rows, e->files, e->bytes,
                     e->done);
    ew_free(safe);
}

static ew_code read_format(const args *in, ew_case_export_opts *o, ew_err *err)
{
    static const char *const names[] = {"bag", "json", "csv"};
    const char *format = in->values[OPT_FORMAT];
    if (in->values[OPT_OUTPUT] == NULL)
        return ew_fail(err, EW_E_ARG, 0, "where to? name a new folder with -o");
    if (format == NULL)
        return EW_OK;
    for (size_t i = 0; i < EW_COUNT(names); i++)
        if (strcmp(names[i], format) == 0) {
            o->format = (ew_case_export_format)i;
            return EW_OK;
        }
    return ew_fail(err, EW_E_ARG, 0, "--format is bag, json or csv");
}

/* One line to people, who are about to hand something on. */
static void found(void *cookie, const ew_lint_finding *f)
{
    app *a = cookie;
    const char *weight = ew_lint_weight_name(ew_lint_weight_of(f->kind));
    if (a->json) {
        held_finding_json(a, "earwitness.case-export-finding/1", f);
        return;
    }
    progress_clear(a);
    if (f->table[0] != 0)
        say(a, "%s %s in the records: %s [%s]", weight, ew_lint_kind_name(f->kind),
            f->excerpt, f->id);
    else
        say(a, "%s %s in item %" PRId64 ": %s [%s]", weight, ew_lint_kind_name(f->kind),
            f->item, f->excerpt, f->id);
}

static ew_code export_with(app *a, const args *in, ew_case *c, ew_case_export_opts *o,
                           ew_case_exported *told, ew_err *err)
{
    ew_progress prog = app_progress(a);
    const char **only = ew_alloc_array(2 * in->given_count + 2, sizeof *only);
    const char **allow = only != NULL ? only + in->given_count + 1 : NULL;
    if (only == NULL)
        return ew_fail_nomem(err);
    o->only = only;
    o->only_count = held_values(in, OPT_ONLY, only);
    o->allow = allow;
    o->allow_count = held_values(in, OPT_ALLOW, allow);
    o->prog = &prog;
    ew_code code = ew_ops_case_export(c, o, told, err);
    progress_clear(a);
    if (code == EW_OK)
        tell(a, o->out, told);
    ew_free(only);
    return code;
}

/* Exit status 4 when the check before it holds it back. */
static int export_to(app *a, const args *in, ew_case *c, ew_case_export_opts *o)
{
    ew_case_exported told = {0};
    ew_err err;
    ew_buf places;
    ew_code code = held_places(in, &places, &err);
    o->places = (ew_slice){(const char *)places.data, places.len};
    o->found = found;
    o->cookie = a;
    if (code == EW_OK)
        code = export_with(a, in, c, o, &told, &err);
    ew_buf_release(&places);
    if (code == EW_OK)
        return EXIT_FOUND;
    int exit_code = fail_command(a, &err);
    return told.begun == 0 && (told.findings > 0 || told.closed > 0) ? EXIT_BROKEN
                                                                     : exit_code;
}

static int run(app *a, const args *in)
{
    ew_case *c = NULL;
    case_jsonld j = {0};
    ew_age_identities keys = {0};
    ew_err err;
    ew_case_export_opts o = {.who = case_who(in),
                             .purpose = in->values[OPT_PURPOSE],
                             .out = in->values[OPT_OUTPUT],
                             .without_originals =
                                 in->values[OPT_WITHOUT_ORIGINALS] != NULL,
                             .with_undone = in->values[OPT_WITH_UNDONE] != NULL,
                             .with_identities = in->values[OPT_WITH_IDENTITIES] != NULL,
                             .unchecked = in->values[OPT_UNCHECKED] != NULL,
                             .time = (int64_t)time(NULL)};
    ew_code code = read_format(in, &o, &err);
    if (code == EW_OK)
        code = case_jsonld_read(in, &j, &err);
    if (j.opts.publisher != NULL)
        o.jsonld = &j.opts;
    int exit_code = code == EW_OK ? 0 : fail_command(a, &err);
    if (exit_code == 0 && in->values[OPT_IDENTITY] != NULL)
        exit_code = case_keys(a, in, &keys);
    o.keys = in->values[OPT_IDENTITY] != NULL ? &keys : NULL;
    if (exit_code == 0)
        exit_code = case_open(a, in, true, &c);
    if (exit_code == 0)
        exit_code = export_to(a, in, c, &o);
    ew_case_close(c);
    ew_age_identities_release(&keys);
    case_jsonld_release(&j);
    return exit_code;
}

const command case_export = {
    .name = "case export",
    .usage = "-o FOLDER",
    .summary = "hand a case on: a bag with its originals and all that it says",
    .details =
        "Writes a bag (BagIt): the originals, everything the case says as JSON and CSV,\n"
        "the chain of events, and with --publisher reviews for schema.org. It is "
        "written\n"
        "into the case who handed on what, before and after. What is kept encrypted\n"
        "about people who are protected stays, unless asked for. First it looks at what\n"
        "would leave, as 'earwitness case lint' does; findings hold it back with exit\n"
        "status 4, unless they are allowed",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 0,
    .operands_max = 0,
    .run = run,
};
