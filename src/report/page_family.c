/* SPDX-License-Identifier: Apache-2.0 */
/* What `family` found, on a page. */
#include <string.h>

#include "base/bytes.h"
#include "base/words.h"
#include "report/page_results.h"
#include "report/report.h"
#include "report/times.h"

#define TEXT ew_json_text_of
#define REAL ew_json_real_of

static void answer(ew_page *p, const json_t *r)
{
    size_t n = json_array_size(json_object_get(r, "copies"));
    const json_t *roots = json_object_get(r, "roots");
    if (json_array_size(roots) == 0)
        ew_page_say(p, EW_PAGE_ANSWER,
                    n == 1
                        ? "Only one copy could be read; it takes two to compare."
                        : "No two of the copies have sound in common, as far as can be "
                          "told.");
    else if (json_array_size(roots) == 1)
        ew_page_say(p, EW_PAGE_ANSWER,
                    "Of %zu copies, the nearest to the source is “%s”.", n,
                    TEXT(r, "root"));
    else
        ew_page_say(
            p, EW_PAGE_ANSWER,
            "%zu copies of %zu recordings; of the largest family, the nearest to the "
            "source is “%s”.",
            n, json_array_size(roots), TEXT(r, "root"));
    ew_page_say(
        p, EW_PAGE_NOTE,
        "This says which copy can have been made from which, since information only "
        "gets lost. It does not say who published first, nor whether the root is "
        "genuine. Copies that are not here may stand between any two.");
}

static const char *kind_words(const char *kind)
{
    static const char *const words[][2] = {
        {"root", EW_N("nearest to the source")},
        {"child", EW_N("made from")},
        {"undecided", EW_N("undecided: made from one of")},
        {"duplicate", EW_N("the same sound as")},
        {"unrelated", EW_N("belongs to no other")},
        {"silent", EW_N("nothing to compare")},
    };
    for (size_t i = 0; i < EW_COUNT(words); i++)
        if (strcmp(kind, words[i][0]) == 0)
            return words[i][1];
    return "";
}

/* What it was made from; of an undecided one all candidates with their shares. */
static void parent_cell(ew_grid *g, const json_t *c)
{
    const json_t *list = json_object_get(c, "candidates");
    ew_buf b;
    ew_buf_init(&b, EW_REPORT_MAX);
    ew_code rc = ew_buf_append(&b, "", 0, NULL);
    if (strcmp(TEXT(c, "kind"), "undecided") != 0)
        rc = ew_buf_printf(&b, NULL, "%s%s", TEXT(c, "parent"), TEXT(c, "duplicate_of"));
    else
        for (size_t i = 0; i < json_array_size(list) && rc == EW_OK; i++) {
            const json_t *x = json_array_get(list, i);
            char share[EW_TIME_TEXT];
            rc = ew_buf_printf(&b, NULL, "%s%s (%s)", i > 0 ? ", " : "", TEXT(x, "copy"),
                               ew_percent_text(REAL(x, "share"), share));
        }
    ew_grid_cell(g, "%s", rc == EW_OK ? (const char *)b.data : "");
    ew_buf_release(&b);
}

static void reasons_cell(ew_grid *g, const json_t *c)
{
    const json_t *list = json_object_get(c, "reasons");
    ew_buf b;
    ew_buf_init(&b, EW_REPORT_MAX);
    ew_code rc = ew_buf_append(&b, "", 0, NULL);
    for (size_t i = 0; i < json_array_size(list) && rc == EW_OK; i++)
        rc = ew_buf_printf(&b, NULL, "%s%s", i > 0 ? "; " : "",
                           TEXT(json_array_get(list, i), "text"));
    if (rc == EW_OK && TEXT(c, "trouble")[0] != 0)
        rc = ew_buf_printf(&b, NULL, "%s%s", b.len > 0 ? "; " : "", TEXT(c, "trouble"));
    ew_grid_cell(g, "%s", rc == EW_OK ? (const char *)b.data : "");
    ew_buf_release(&b);
}

static void copies(ew_page *p, const json_t *r)
{
    static const ew_column columns[] = {
        {"copy", EW_COLUMN_OUTSIDE}, {"length", EW_COLUMN_NUMBER},
        {"coding", EW_COLUMN_TEXT},  {"what it is", EW_COLUMN_TEXT},
        {"of", EW_COLUMN_OUTSIDE},   {"certainty", EW_COLUMN_NUMBER},
        {"why", EW_COLUMN_TEXT}};
    const json_t *list = json_object_get(r, "copies");
    ew_grid g;
    ew_grid_begin(&g, "The copies", columns, EW_COUNT(columns));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *c = json_array_get(list, i);
        const char *kind = TEXT(c, "kind");
        bool sure = strcmp(kind, "root") == 0 || strcmp(kind, "child") == 0;
        char text[EW_TIME_TEXT];
        const ew_page_file f = {TEXT(c, "name"), EW_N("copy"), NULL, TEXT(c, "sha256"),
                                -1};
        ew_page_add_file(p, &f);
        ew_grid_cell(&g, "%s", TEXT(c, "name"));
        ew_grid_cell(&g, "%s", ew_time_text(REAL(c, "duration"), text));
        ew_grid_cell(&g, "%s", TEXT(c, "codec"));
        ew_grid_cell(&g, "%s", kind_words(kind));
        parent_cell(&g, c);
        ew_grid_cell(&g, "%s", sure ? ew_certainty_text(REAL(c, "certainty"), text) : "");
        reasons_cell(&g, c);
    }
    ew_grid_end(&g, p);
}

static void best(ew_page *p, const json_t *r)
{
    static const ew_column columns[] = {{"on the common time line", EW_COLUMN_PLACE},
                                        {"copy", EW_COLUMN_OUTSIDE},
                                        {"why", EW_COLUMN_TEXT}};
    const json_t *list = json_object_get(r, "composite");
    char a[EW_TIME_TEXT];
    char b[EW_TIME_TEXT];
    ew_grid g;
    ew_grid_begin(&g, "For each stretch, the copy that has lost least", columns,
                  EW_COUNT(columns));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *x = json_array_get(list, i);
        ew_grid_cell(&g, "%s – %s", ew_time_text(REAL(x, "start"), a),
                     ew_time_text(REAL(x, "end"), b));
        ew_grid_cell(&g, "%s", TEXT(x, "copy"));
        ew_grid_cell(&g, "%s", TEXT(x, "why"));
    }
    ew_grid_end(&g, p);
}

static void failed(ew_page *p, const json_t *r)
{
    static const ew_column columns[] = {{"file", EW_COLUMN_OUTSIDE},
                                        {"why", EW_COLUMN_SAID}};
    const json_t *list = json_object_get(r, "failed");
    ew_grid g;
    ew_grid_begin(&g, "Files that could not be read", columns, EW_COUNT(columns));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *x = json_array_get(list, i);
        ew_grid_cell(&g, "%s", TEXT(x, "name"));
        ew_grid_cell(&g, "%s", TEXT(json_object_get(x, "error"), "message"));
    }
    ew_grid_end(&g, p);
}

void ew_page_add_family(ew_page *p, const json_t *result, const char *svg)
{
    answer(p, result);
    if (svg != NULL)
        ew_page_picture(p,
                        "Each copy below the one that it was made from, with the part of "
                        "the whole that it holds. The table below says the same.",
                        svg);
    copies(p, result);
    best(p, result);
    failed(p, result);
}
