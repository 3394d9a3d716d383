/* SPDX-License-Identifier: Apache-2.0 */
/* What a report would tell of somebody, looked at before it is made. */
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/hash.h"
#include "ops/lint_in.h"
#include "ops/report_case.h"
#include "report/page_results.h"

/* Of these a report shows something. Messages, articles and files stay in the case. */
static const char *const shown[] = {
    "info",     "item",  "called",  "correction", "event",  "analysis", "person",
    "position", "quote", "article", "gap",        "remark", "again",    "report"};

typedef struct seen {
    char id[EW_LINT_ID + 1];
    ew_lint_kind kind;
    char *excerpt;
} seen;

typedef struct checker {
    const ew_report_gate *gate;
    ew_report_held *held;
    ew_case *c;
    const ew_page *page;
    const ew_page_head *head;
    seen *seen;
    size_t n, cap;
} checker;

static bool is_shown(const char *table)
{
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
        if (strcmp(shown[i], table) == 0)
            return true;
    return false;
}

static bool is_allowed(const checker *c, const char *id)
{
    for (size_t i = 0; i < c->gate->allow_count; i++)
        if (strcmp(c->gate->allow[i], id) == 0)
            return true;
    return false;
}

/* In the results of one file, or with the same words elsewhere on a page, it is the same thing. */
static bool is_seen(const checker *c, const ew_lint_finding *f)
{
    for (size_t i = 0; i < c->n; i++)
        if (strcmp(c->seen[i].id, f->id) == 0 ||
            (c->page != NULL && c->seen[i].kind == f->kind &&
             strcmp(c->seen[i].excerpt, f->excerpt) == 0))
            return true;
    return false;
}

static ew_code see(checker *c, const ew_lint_finding *f, ew_err *err)
{
    if (c->n == c->cap) {
        size_t cap = c->cap > 0 ? 2 * c->cap : 32;
        seen *more = ew_realloc_array(c->seen, cap, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(err);
        c->seen = more;
        c->cap = cap;
    }
    seen *s = &c->seen[c->n];
    *s = (seen){.kind = f->kind, .excerpt = ew_strdup(f->excerpt)};
    memcpy(s->id, f->id, sizeof s->id);
    c->n += s->excerpt != NULL;
    return s->excerpt != NULL ? EW_OK : ew_fail_nomem(err);
}

static void forget(checker *c)
{
    for (size_t i = 0; i < c->n; i++)
        ew_free(c->seen[i].excerpt);
    ew_free(c->seen);
}

static ew_code take_finding(void *cookie, const ew_lint_finding *f, ew_err *err)
{
    checker *c = cookie;
    if (!is_shown(f->table) || ew_lint_weight_of(f->kind) == EW_LINT_LOW || is_seen(c, f))
        return EW_OK;
    ew_code code = see(c, f, err);
    if (code != EW_OK || is_allowed(c, f->id))
        return code;
    c->held->findings++;
    if (c->gate->found != NULL)
        c->gate->found(c->gate->cookie, f);
    return EW_OK;
}

static ew_code take_blank(void *cookie, const ew_lint_blank *b, ew_err *err)
{
    (void)cookie, (void)b, (void)err;
    return EW_OK;
}

static int tick(void *cookie, const char *stage, int64_t done, int64_t total)
{
    const ew_report_opts *o = cookie;
    if (o->tick != NULL)
        o->tick(o->cookie, stage, done, total);
    return ew_stopped(o->stop);
}

static ew_code verdict(const ew_report_held *held, ew_err *err)
{
    if (held->findings > 0)
        return ew_fail(err, EW_E_ARG, 0,
                       "%" PRIu64
                       " findings would be in the report: allow each that may with "
                       "--allow and its number, or all with --unchecked",
                       held->findings);
    if (held->closed > 0)
        return ew_fail(err, EW_E_ARG, 0,
                       "%" PRIu64
                       " protected identities could not be looked for: give a key "
                       "with --identity, or --unchecked",
                       held->closed);
    return EW_OK;
}

static ew_code look(ew_lint *l, const char *field, const char *text, ew_err *err)
{
    const ew_lint_text t = {
        ew_slice_of(text != NULL ? text : ""), 0, 1, field, EW_LOOK_ALL, 0};
    return ew_lint__text(l, &t, err);
}

/* ------------------------------------------------------------------ a case */

/* The hash that a finding in a result is bound to: of the file that it is about. */
static void bind(ew_lint *l, const json_t *result)
{
    static const char *const keys[] = {"clip", "b", "file"};
    memset(l->sha256, 0, sizeof l->sha256);
    for (size_t i = 0; i < EW_COUNT(keys); i++) {
        const json_t *o = json_object_get(result, keys[i]);
        if (json_is_object(o))
            (void)ew_unhex(ew_json_text_of(o, "sha256"), l->sha256, sizeof l->sha256);
    }
}

/* Records are looked through for names alone, since results are full of numbers. */
static ew_code take_analysis(void *cookie, const ew_case_analysis *a, ew_err *err)
{
    ew_lint *l = cookie;
    json_t *result = a->undone ? NULL : json_loads(a->result, 0, NULL);
    ew_code code = EW_OK;
    if (result == NULL)
        return EW_OK;
    code = ew_lint__flush(l, err);
    l->item = a->item;
    l->row = a->id;
    bind(l, result);
    if (code == EW_OK)
        code = ew_lint__result(l, result, err);
    json_decref(result);
    return code;
}

static ew_code feed_analyses(ew_lint *l, void *cookie, ew_err *err)
{
    const checker *c = cookie;
    return ew_case_analyses(c->c, 0, take_analysis, l, err);
}

static ew_code feed_head(ew_lint *l, void *cookie, ew_err *err)
{
    const checker *c = cookie;
    const char *const fields[][2] = {{"title", c->head->title},
                                     {"publisher", c->head->publisher},
                                     {"note", c->head->note},
                                     {"date", c->head->date}};
    ew_code code = EW_OK;
    for (size_t i = 0; i < EW_COUNT(fields) && code == EW_OK; i++)
        code = look(l, fields[i][0], fields[i][1], err);
    for (size_t i = 0; i < c->gate->typed_count && code == EW_OK; i++)
        code = look(l, "typed", c->gate->typed[i], err);
    return code;
}

ew_code ew_ops_report_case_check(ew_case *c, const ew_report_case_opts *opts,
                                 ew_report_held *held, ew_err *err)
{
    checker k = {.gate = &opts->gate, .held = held, .c = c, .head = &opts->report.head};
    ew_lint_sum sum = {0};
    const ew_lint_put put = {take_finding, take_blank, &k};
    const ew_lint_opts how = {.keys = opts->gate.keys,
                              .places = opts->gate.places,
                              .records_only = true,
                              .progress = {tick, (void *)(uintptr_t)&opts->report}};
    const ew_lint_feed feeds[] = {{"analysis", feed_analyses, &k},
                                  {"report", feed_head, &k}};
    *held = (ew_report_held){0};
    if (opts->gate.unchecked)
        return EW_OK;
    ew_code code = ew_ops_lint(c, &how, &put, &sum, err);
    held->closed = sum.closed;
    for (size_t i = 0; i < EW_COUNT(feeds) && code == EW_OK; i++)
        code = ew_lint__more(c, &how, &put, &feeds[i], err);
    forget(&k);
    return code == EW_OK ? verdict(held, err) : code;
}

/* ------------------------------------------------------------------ a page */

/* All hashes on the page, in an order that does not depend on that of the files. */
static void bind_files(ew_lint *l, const json_t *files)
{
    memset(l->sha256, 0, sizeof l->sha256);
    for (size_t i = 0; i < json_array_size(files); i++) {
        const char *hex = ew_json_text_of(json_array_get(files, i), "sha256");
        uint8_t sha256[EW_SHA256_BYTES] = {0};
        uint8_t twice[EW_SHA256_BYTES];
        (void)ew_unhex(hex, sha256, sizeof sha256);
        ew_sha256_bytes(sha256, sizeof sha256, twice);
        for (size_t k = 0; k < sizeof twice; k++)
            l->sha256[k] = (uint8_t)(l->sha256[k] + twice[k]);
    }
}

static ew_code look_at_row(ew_lint *l, const json_t *columns, const json_t *row,
                           ew_err *err)
{
    static const char *const numbers[] = {"number", "place", "hash"};
    ew_code code = EW_OK;
    for (size_t i = 0; i < json_array_size(row) && code == EW_OK; i++) {
        const char *kind = ew_json_text_of(json_array_get(columns, i), "kind");
        bool number = false;
        for (size_t k = 0; k < EW_COUNT(numbers); k++)
            number = number || strcmp(kind, numbers[k]) == 0;
        if (!number)
            code = look(l, "", json_string_value(json_array_get(row, i)), err);
    }
    return code;
}

/* Not the pictures, which say what results say, nor commands, which have names and hashes only. */
static ew_code look_at_block(ew_lint *l, const json_t *b, ew_err *err)
{
    static const char *const keys[] = {"title", "of", "caption", "file", "text"};
    const json_t *rows = json_object_get(b, "rows");
    const json_t *items = json_object_get(b, "items");
    ew_code code = EW_OK;
    if (strcmp(ew_json_text_of(b, "role"), "command") == 0)
        return EW_OK;
    for (size_t i = 0; i < EW_COUNT(keys) && code == EW_OK; i++)
        code = look(l, "", ew_json_text_of(b, keys[i]), err);
    for (size_t i = 0; i < json_array_size(items) && code == EW_OK; i++)
        code = look(l, "", json_string_value(json_array_get(items, i)), err);
    for (size_t i = 0; i < json_array_size(rows) && code == EW_OK; i++)
        code =
            look_at_row(l, json_object_get(b, "columns"), json_array_get(rows, i), err);
    return code;
}

static ew_code feed_page(ew_lint *l, void *cookie, ew_err *err)
{
    const checker *c = cookie;
    static const char *const keys[] = {"title", "publisher", "note", "date"};
    const json_t *doc = c->page->doc.json;
    const json_t *blocks = json_object_get(doc, "blocks");
    const json_t *results = json_object_get(doc, "results");
    const json_t *files = json_object_get(doc, "files");
    ew_code code = EW_OK;
    bind_files(l, files);
    for (size_t i = 0; i < EW_COUNT(keys) && code == EW_OK; i++)
        code = look(l, "", ew_json_text_of(doc, keys[i]), err);
    for (size_t i = 0; i < c->gate->typed_count && code == EW_OK; i++)
        code = look(l, "", c->gate->typed[i], err);
    for (size_t i = 0; i < json_array_size(files) && code == EW_OK; i++)
        code = look(l, "", ew_json_text_of(json_array_get(files, i), "name"), err);
    for (size_t i = 0; i < json_array_size(results) && code == EW_OK; i++)
        code = ew_lint__result(l, json_array_get(results, i), err);
    for (size_t i = 0; i < json_array_size(blocks) && code == EW_OK; i++)
        code = look_at_block(l, json_array_get(blocks, i), err);
    return code;
}

ew_code ew_ops_report_gate(const ew_page *p, const ew_report_gate *gate,
                           ew_report_held *held, ew_err *err)
{
    checker k = {.gate = gate, .held = held, .page = p};
    const ew_lint_put put = {take_finding, take_blank, &k};
    const ew_lint_opts how = {.places = gate->places, .records_only = true};
    const ew_lint_feed feed = {"report", feed_page, &k};
    *held = (ew_report_held){0};
    if (gate->unchecked)
        return EW_OK;
    ew_code code = ew_lint__more(NULL, &how, &put, &feed, err);
    forget(&k);
    return code == EW_OK ? verdict(held, err) : code;
}
