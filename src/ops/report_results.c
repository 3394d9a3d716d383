/* SPDX-License-Identifier: Apache-2.0 */
/* A report on results that were saved: what `check --json` and the like printed. They may come from anywhere, so
 * that their size is bounded and nothing in them is believed to be as it should. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/words.h"
#include "ops/case_result.h"
#include "ops/report_parts.h"
#include "report/page_results.h"
#include "report/redraw.h"
#include "report/report.h"

enum { RESULT_BYTES = 16 << 20, RESULTS_MAX = 200, OF_BYTES = 64, LINE_BYTES = 8192 };

typedef struct saved {
    json_t *result;
    const char *tool;
    size_t file; /* which of the inputs it is from */
} saved;

typedef struct reporter {
    const ew_report_opts *opts;
    ew_page *page;
    ew_report_told *told;
    const ew_inputs *files;
    ew_report_book book;
    ew_excerpts hear;
    saved list[RESULTS_MAX];
    size_t n;
    unsigned limits;
    json_t *again;
} reporter;

/* ------------------------------------------------------------------ reading */

static ew_code take_one(reporter *r, json_t *o, size_t file, ew_err *err)
{
    const char *name = r->files->items[file].name;
    const char *tool = ew_redraw_tool(o);
    if (tool == NULL)
        return ew_fail(err, EW_E_FORMAT, 0,
                       "%.60s: not what check, diff, family or inspect print with --json",
                       name);
    if (r->n == RESULTS_MAX)
        return ew_fail(err, EW_E_LIMIT, 0, "more than %d results", RESULTS_MAX);
    r->list[r->n++] = (saved){json_incref(o), tool, file};
    return EW_OK;
}

/* A result, or a report that has some. */
static ew_code take_object(reporter *r, json_t *o, size_t file, ew_err *err)
{
    json_t *list = json_object_get(o, "results");
    ew_code rc = EW_OK;
    if (strcmp(ew_json_text_of(o, "schema"), "earwitness.report/1") != 0)
        return take_one(r, o, file, err);
    for (size_t i = 0; i < json_array_size(list) && rc == EW_OK; i++)
        rc = take_one(r, json_array_get(list, i), file, err);
    return rc;
}

/* One object after the other, as several clips give them. */
static ew_code parse(reporter *r, const ew_buf *text, size_t file, ew_err *err)
{
    const char *s = (const char *)text->data;
    size_t at = 0;
    ew_code rc = EW_OK;
    while (rc == EW_OK) {
        json_error_t why;
        while (at < text->len && strchr(" \t\r\n", s[at]) != NULL && s[at] != 0)
            at++;
        if (at == text->len)
            break;
        json_t *o = json_loadb(s + at, text->len - at,
                               JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, &why);
        if (o == NULL)
            return ew_fail(err, EW_E_FORMAT, at, "%.60s: no JSON",
                           r->files->items[file].name);
        at += (size_t)why.position;
        rc = take_object(r, o, file, err);
        json_decref(o);
    }
    return rc;
}

static ew_code read_file(reporter *r, size_t i, ew_err *err)
{
    const ew_input *in = &r->files->items[i];
    uint8_t sha256[EW_SHA256_BYTES];
    size_t before = r->n;
    ew_buf text;
    if (in->kind == EW_INPUT_PROBLEM) {
        *err = *in->problem;
        return in->problem->code;
    }
    ew_buf_init(&text, RESULT_BYTES);
    ew_code rc = ew_file_get(in->open_path, &text, err);
    if (rc == EW_OK)
        rc = parse(r, &text, i, err);
    if (rc == EW_OK && r->n == before)
        rc = ew_fail(err, EW_E_FORMAT, 0, "%.60s: there is no result in it", in->name);
    if (rc == EW_OK) {
        ew_sha256_bytes(text.data, text.len, sha256);
        const ew_page_file f = {in->name, "saved results", sha256, NULL,
                                (int64_t)text.len};
        ew_page_add_file(r->page, &f);
    }
    ew_buf_release(&text);
    return rc;
}

/* ------------------------------------------------------------------ sounds */

/* Which of the files are spoken of: their hashes say. */
static ew_code know_sounds(reporter *r, const ew_inputs *sounds, const ew_index *ix,
                           ew_err *err)
{
    ew_code rc = ew_report__book_init(&r->book, sounds, ix, err);
    for (size_t i = 0; i < sounds->count && rc == EW_OK; i++) {
        const ew_input *in = &sounds->items[i];
        uint8_t sha256[EW_SHA256_BYTES];
        ew_source s = {.fd = -1};
        ew_err why = {.code = EW_OK};
        if (in->kind != EW_INPUT_FILE ||
            ew_source_open(&s, in, r->opts->stop, &why) != EW_OK)
            continue; /* without it there is less to hear, which is told */
        if (ew_source_hash(&s, in->name, sha256, r->opts->stop, &why) == EW_OK)
            ew_hex(sha256, EW_SHA256_BYTES, r->book.hex[i]);
        else if (why.code == EW_E_CANCELLED)
            rc = ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
        ew_source_close(&s);
    }
    return rc;
}

/* ------------------------------------------------------------------ the page */

static const json_t *about(const saved *s)
{
    static const char *const keys[] = {"clip", "b", "file"};
    for (size_t i = 0; i < EW_COUNT(keys); i++)
        if (json_is_object(json_object_get(s->result, keys[i])))
            return json_object_get(s->result, keys[i]);
    return NULL;
}

static ew_code put_line(ew_grid *g, const saved *s, ew_err *err)
{
    char *text = json_dumps(s->result, JSON_COMPACT);
    const ew_case_analysis a = {
        .tool = s->tool, .version = "", .settings = "{}", .result = text};
    ew_buf line;
    if (text == NULL)
        return ew_fail_nomem(err);
    ew_buf_init(&line, LINE_BYTES);
    ew_code rc = ew_case_result_line(&a, NULL, &line, err);
    ew_grid_cell(g, "%s", line.data != NULL ? (const char *)line.data : "");
    ew_buf_release(&line);
    ew_free(text);
    return rc;
}

static ew_code put_summary(reporter *r, ew_err *err)
{
    static const ew_column columns[] = {{"#", EW_COLUMN_NUMBER},
                                        {"tool", EW_COLUMN_TEXT},
                                        {"about", EW_COLUMN_OUTSIDE},
                                        {"what it says", EW_COLUMN_SAID},
                                        {"saved in", EW_COLUMN_OUTSIDE}};
    ew_code rc = EW_OK;
    ew_grid g;
    ew_page_section(r->page, 2, "In short");
    ew_page_say(
        r->page, EW_PAGE_PLAIN,
        "The results below were read from files, in which they had been saved. "
        "Nothing was worked out again for this report, and a saved result does not "
        "show whether somebody changed it: the commands under “How to verify” "
        "make the results anew.");
    ew_grid_begin(&g, "Results in this report", columns, EW_COUNT(columns));
    for (size_t i = 0; i < r->n && rc == EW_OK; i++) {
        const saved *s = &r->list[i];
        ew_grid_cell(&g, "%zu", i + 1);
        ew_grid_cell(&g, "%s", s->tool);
        ew_grid_cell(&g, "%s", ew_json_text_of(about(s), "name"));
        rc = put_line(&g, s, err);
        ew_grid_cell(&g, "%s", r->files->items[s->file].name);
    }
    ew_grid_end(&g, r->page);
    return rc;
}

static bool is_failed(reporter *r, const saved *s)
{
    const json_t *why = json_object_get(s->result, "error");
    if (why == NULL)
        return false;
    ew_page_say(r->page, EW_PAGE_WARNING, "This file could not be read: %s",
                ew_json_text_of(why, "message"));
    r->told->failed++;
    return true;
}

static ew_code put_result(reporter *r, size_t i, ew_err *err)
{
    const saved *s = &r->list[i];
    const ew_report_places where = {ew_report__path, &r->book};
    char of[OF_BYTES];
    ew_buf svg;
    ew_page_section_of(r->page, 2, ew_report__heading(s->tool),
                       about(s) != NULL ? ew_json_text_of(about(s), "name") : NULL);
    ew_page_say(r->page, EW_PAGE_NOTE, "Result %zu, as it was saved in ‘%s’.", i + 1,
                r->files->items[s->file].name);
    if (is_failed(r, s))
        return EW_OK;
    ew_buf_init(&svg, EW_REPORT_MAX);
    ew_code rc = ew_redraw(s->tool, s->result, &svg, err);
    ew_page_add_result(r->page, s->tool, s->result,
                       svg.len > 0 ? (const char *)svg.data : NULL);
    ew_buf_release(&svg);
    (void)snprintf(of, sizeof of, EW_N("Result %zu") ": ", i + 1);
    if (rc == EW_OK)
        rc = ew_report__hear(&r->hear, s->tool, s->result, &where, of, err);
    ew_report__again_result(&r->again, s->tool, s->result);
    r->limits |= ew_page_limits_of(s->tool);
    return rc;
}

static ew_code make(reporter *r, ew_err *err)
{
    ew_code rc = put_summary(r, err);
    for (size_t i = 0; i < r->n && rc == EW_OK; i++)
        rc = put_result(r, i, err);
    for (size_t i = 0; i < r->n && rc == EW_OK; i++)
        ew_page_result(r->page, json_incref(r->list[i].result));
    if (rc != EW_OK)
        return rc;
    const ew_report_ending end = {r->limits, json_object(), r->again};
    r->again = NULL;
    return ew_report__end(r->page, r->opts, &r->hear, &end, err);
}

ew_code ew_ops_report_results(const ew_report_saved *in, const ew_report_opts *opts,
                              ew_page *out, ew_report_told *told, ew_err *err)
{
    ew_inputs *results = in->results;
    reporter *r = ew_alloc(sizeof *r);
    if (r == NULL)
        return ew_fail_nomem(err);
    *r = (reporter){
        .opts = opts, .page = out, .told = told, .files = results, .again = json_array()};
    ew_report__begin(out, opts, "results");
    ew_code rc = ew_report__names(results, err);
    for (size_t i = 0; i < results->count && rc == EW_OK; i++)
        rc = read_file(r, i, err);
    for (size_t i = 0; i < r->n && rc == EW_OK; i++)
        rc = ew_report__shorten(r->list[i].result, err);
    if (rc == EW_OK)
        rc = know_sounds(r, in->sounds, in->ix, err);
    if (rc == EW_OK)
        rc = make(r, err);
    told->found = rc == EW_OK;
    for (size_t i = 0; i < r->n; i++)
        json_decref(r->list[i].result);
    ew_excerpts_release(&r->hear);
    ew_free(r->book.hex);
    json_decref(r->again);
    ew_free(r);
    return rc;
}
