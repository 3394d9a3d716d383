/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness report WORD: what a command finds as one page that can be given to anybody. */
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "cli/case_held.h"
#include "cli/report.h"
#include "report/report.h"

static const command *const report_verbs[] = {
    &report_check,   &report_diff, &report_family,
    &report_inspect, &report_case, &report_results,
};

const command cmd_report = {
    .name = "report",
    .usage = "WORD [OPTION ...] [ARGUMENT ...]",
    .summary = "write what was found as one page that can be given to anybody",
    .details =
        "Runs check, diff, family or inspect, or takes a case or saved results, and\n"
        "writes one HTML file: pictures, tables, excerpts of sound, what was not "
        "tested,\n"
        "how often it is wrong, hashes of all files, and how to verify. It has no "
        "scripts\n"
        "and loads nothing; it names no folder of this machine, and the same input "
        "gives\n"
        "the same bytes",
    .verbs = report_verbs,
    .verb_count = EW_COUNT(report_verbs),
};

static void tick(void *cookie, const char *stage, int64_t done, int64_t total)
{
    progress_state p = {.stage = stage, .share = -1};
    if (total > 0)
        p.share = done < total ? (double)done / (double)total : 1;
    progress_show(cookie, &p);
}

ew_code report_read(app *a, const args *in, ew_report_opts *out, ew_err *err)
{
    double mb = EW_REPORT_SOUND_MB;
    bool html = !a->json && in->values[OPT_JSONLD] == NULL;
    *out = (ew_report_opts){.head = {.title = in->values[OPT_TITLE],
                                     .publisher = in->values[OPT_PUBLISHER],
                                     .note = in->values[OPT_NOTE],
                                     .date = in->values[OPT_DATE]},
                            .sound = in->values[OPT_NO_SOUND] == NULL,
                            .rate = 1,
                            .jobs = a->jobs,
                            .stop = &app_stop,
                            .tick = tick,
                            .cookie = a};
    ew_code rc = args_number(in, OPT_SOUND_LIMIT, EW_REPORT_SOUND_MB_MAX, &mb, err);
    out->sound_limit = (uint64_t)(mb * 1e6);
    if (rc == EW_OK && html && in->values[OPT_OUTPUT] == NULL)
        rc = ew_fail(
            err, EW_E_ARG, 0,
            "where to? name a file with -o report.html, or - for standard output");
    if (rc == EW_OK && in->values[OPT_JSONLD] != NULL &&
        in->values[OPT_PUBLISHER] == NULL)
        rc = ew_fail(err, EW_E_ARG, 0,
                     "whose reviews are they? name the publisher with --publisher");
    if (in->values[OPT_JSONLD] != NULL)
        out->sound = false; /* there is none in it */
    return rc;
}

int report_put(app *a, const args *in, const ew_buf *b)
{
    const char *file = in->values[OPT_OUTPUT];
    ew_err err;
    if (file == NULL || strcmp(file, "-") == 0) {
        out_write(a, b);
        return 0;
    }
    return ew_file_put(file, b->data, b->len, &err) == EW_OK ? 0 : fail_command(a, &err);
}

static ew_code write_reviews(const args *in, const ew_page *p, ew_buf *out, ew_err *err)
{
    ew_report_review how = {.publisher_url = in->values[OPT_PUBLISHER_URL],
                            .url = in->values[OPT_REVIEW_URL]};
    const char **verdicts = ew_alloc_array(in->given_count + 1, sizeof *verdicts);
    if (verdicts == NULL)
        return ew_fail_nomem(err);
    how.authenticity = verdicts;
    how.authenticity_count = held_values(in, OPT_AUTHENTICITY, verdicts);
    ew_code rc = ew_ops_report_jsonld(p, &how, out, err);
    ew_free(verdicts);
    return rc;
}

int report_write(app *a, const args *in, const ew_page *p)
{
    ew_buf b;
    ew_err err;
    ew_code rc;
    ew_buf_init(&b, EW_REPORT_MAX);
    if (in->values[OPT_JSONLD] != NULL)
        rc = write_reviews(in, p, &b, &err);
    else
        rc = a->json ? ew_page_json(p, &b, &err) : ew_page_html(p, &b, &err);
    progress_clear(a);
    int code = rc == EW_OK ? report_put(a, in, &b) : fail_command(a, &err);
    ew_buf_release(&b);
    return code;
}

int report_exit(const ew_report_told *told)
{
    if (told->failed > 0)
        return EXIT_SOME_FAILED;
    return told->found > 0 ? EXIT_FOUND : EXIT_NOTHING;
}

/* ------------------------------------------------------------------ the check before it */

static void found(void *cookie, const ew_lint_finding *f)
{
    app *a = cookie;
    const char *weight = ew_lint_weight_name(ew_lint_weight_of(f->kind));
    progress_clear(a);
    if (a->json)
        held_finding_json(a, "earwitness.report-finding/1", f);
    else if (strcmp(f->table, "report") == 0)
        say(a, "%s %s in the report: %s [%s]", weight, ew_lint_kind_name(f->kind),
            f->excerpt, f->id);
    else
        say(a, "%s %s in the records (%s): %s [%s]", weight, ew_lint_kind_name(f->kind),
            f->table, f->excerpt, f->id);
}

ew_code report_gate_read(app *a, const args *in, report_gate *out, ew_err *err)
{
    static const opt_id words[] = {OPT_PUBLISHER_URL, OPT_REVIEW_URL,
                                   OPT_RATING,        OPT_AUTHENTICITY,
                                   OPT_MEDIA_CONTEXT, OPT_ORGANIZATION};
    const size_t room = in->given_count + 1;
    size_t n = 0;
    *out = (report_gate){.allow = ew_alloc_array(room, sizeof *out->allow),
                         .typed = ew_alloc_array(room, sizeof *out->typed)};
    ew_code rc = held_places(in, &out->places, err);
    if (out->allow == NULL || out->typed == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < EW_COUNT(words); i++)
        n += held_values(in, words[i], out->typed + n);
    out->gate =
        (ew_report_gate){.unchecked = in->values[OPT_UNCHECKED] != NULL,
                         .allow = out->allow,
                         .allow_count = held_values(in, OPT_ALLOW, out->allow),
                         .typed = out->typed,
                         .typed_count = n,
                         .places = {(const char *)out->places.data, out->places.len},
                         .found = found,
                         .cookie = a};
    return rc;
}

void report_gate_release(report_gate *g)
{
    ew_buf_release(&g->places);
    ew_free(g->allow);
    ew_free(g->typed);
    *g = (report_gate){0};
}

int report_write_checked(app *a, const args *in, const ew_page *p)
{
    report_gate g;
    ew_report_held held = {0};
    ew_err err;
    ew_code rc = report_gate_read(a, in, &g, &err);
    if (rc == EW_OK)
        rc = ew_ops_report_gate(p, &g.gate, &held, &err);
    int code = rc == EW_OK ? report_write(a, in, p) : fail_command(a, &err);
    report_gate_release(&g);
    return held.findings > 0 ? EXIT_BROKEN : code;
}
