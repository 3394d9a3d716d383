/* SPDX-License-Identifier: Apache-2.0 */
/* What `inspect` found, on a page. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/words.h"
#include "report/page_results.h"
#include "report/times.h"

enum { FINDINGS_SHOWN = 300 };

#define TEXT ew_json_text_of
#define REAL ew_json_real_of

static void answer(ew_page *p, const json_t *r)
{
    double signs = REAL(r, "signs_of_change");
    double chance = REAL(r, "by_chance");
    const json_t *file = json_object_get(r, "file");
    char length[EW_TIME_TEXT];
    if (signs < 1)
        ew_page_say(p, EW_PAGE_ANSWER,
                    "No sign of change was found. That none was found does not mean that "
                    "nothing was changed.");
    else
        ew_page_say(p, EW_PAGE_ANSWER,
                    "%.0f sign%s of change; the one that is least likely to be chance is "
                    "number %.0f.",
                    signs, signs < 2 ? "" : "s", REAL(r, "strongest"));
    if (signs >= 1 && chance >= 0.05)
        ew_page_say(
            p, EW_PAGE_PLAIN,
            "In untouched sound of this length up to %.1f such signs come by chance.",
            chance);
    ew_page_say(p, EW_PAGE_PLAIN, "The file is %s long, %s, %.0f Hz, %.0f channel%s.",
                ew_time_text(REAL(file, "duration"), length), TEXT(file, "codec"),
                REAL(file, "rate_hz"), REAL(file, "channels"),
                REAL(file, "channels") == 1 ? "" : "s");
    if (TEXT(file, "trouble")[0] != 0)
        ew_page_say(p, EW_PAGE_WARNING, "Trouble with the file: %s",
                    TEXT(file, "trouble"));
}

static void place_cell(ew_grid *g, const json_t *r, const json_t *f)
{
    double start = REAL(f, "start");
    double end = REAL(f, "end");
    double off = REAL(f, "plus_minus");
    char a[EW_TIME_TEXT];
    char b[EW_TIME_TEXT];
    char ms[EW_TIME_TEXT + 16] = "";
    if (off > 0 && off < 1)
        (void)snprintf(ms, sizeof ms, " ± %.0f ms", ceil(1000 * off));
    else if (off > 0)
        (void)snprintf(ms, sizeof ms, " ± %.1f s", off);
    if (start <= 0 && end >= REAL(json_object_get(r, "file"), "duration") - 1e-3)
        ew_grid_cell(g, "whole file");
    else if (start == end)
        ew_grid_cell(g, "%s%s", ew_time_text(start, a), ms);
    else
        ew_grid_cell(g, "%s – %s%s", ew_time_text(start, a), ew_time_text(end, b), ms);
}

static void findings(ew_page *p, const json_t *r, const char *kind, const char *caption)
{
    static const ew_column columns[] = {{"#", EW_COLUMN_NUMBER},
                                        {"where", EW_COLUMN_PLACE},
                                        {"method", EW_COLUMN_TEXT},
                                        {"what was found", EW_COLUMN_SAID},
                                        {"how often it errs", EW_COLUMN_TEXT}};
    bool change = strcmp(kind, "change") == 0;
    const json_t *list = json_object_get(r, "findings");
    size_t shown = 0;
    size_t left = 0;
    ew_grid g;
    ew_grid_begin(&g, caption, columns, change ? 5 : 4);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *f = json_array_get(list, i);
        if (strcmp(TEXT(f, "kind"), kind) != 0)
            continue;
        if (shown == FINDINGS_SHOWN) {
            left++;
            continue;
        }
        shown++;
        ew_grid_cell(&g, "%.0f", REAL(f, "number"));
        place_cell(&g, r, f);
        ew_grid_cell(&g, "%s", TEXT(f, "method"));
        ew_grid_cell(&g, "%s", TEXT(f, "text"));
        if (change)
            ew_grid_cell(&g, "%s", TEXT(f, "rate"));
    }
    ew_grid_end(&g, p);
    if (left > 0)
        ew_page_say(p, EW_PAGE_NOTE, "And %zu more, which the JSON of this report has.",
                    left);
}

static void pairs(ew_page *p, const json_t *list, const char *caption,
                  const ew_column *columns, const char *const keys[3])
{
    size_t n = keys[2] != NULL ? 3 : 2;
    ew_grid g;
    ew_grid_begin(&g, caption, columns, n);
    for (size_t i = 0; i < json_array_size(list); i++)
        for (size_t k = 0; k < n; k++)
            ew_grid_cell(&g, "%s", TEXT(json_array_get(list, i), keys[k]));
    ew_grid_end(&g, p);
}

static void rest(ew_page *p, const json_t *r)
{
    static const ew_column untested[] = {{"method", EW_COLUMN_TEXT},
                                         {"why not", EW_COLUMN_TEXT}};
    static const ew_column facts[] = {{"about", EW_COLUMN_TEXT},
                                      {"what", EW_COLUMN_SAID},
                                      {"as the file says", EW_COLUMN_SAID}};
    static const char *const untested_keys[3] = {"method", "reason", NULL};
    static const char *const fact_keys[3] = {"group", "name", "text"};
    const json_t *journal = json_object_get(r, "journal");
    json_t *lines = json_array();
    pairs(p, json_object_get(r, "not_tested"),
          EW_N("Methods that could not be used on this file"), untested, untested_keys);
    pairs(p, json_object_get(r, "facts"), EW_N("What the file says of itself"), facts,
          fact_keys);
    for (size_t i = 0; i < json_array_size(journal); i++) {
        const char *s = json_string_value(json_array_get(journal, i));
        ew_list_add(&lines, ew_page_string(s != NULL ? s : ""));
    }
    if (json_array_size(journal) > 0) {
        ew_page_say(p, EW_PAGE_PLAIN, "Remarks of the decoder:");
        ew_page_list(p, lines);
    } else {
        json_decref(lines);
    }
}

void ew_page_add_inspect(ew_page *p, const json_t *result, const char *svg)
{
    const json_t *file = json_object_get(result, "file");
    const ew_page_file f = {TEXT(file, "name"), EW_N("file that was inspected"), NULL,
                            TEXT(file, "sha256"), (int64_t)REAL(file, "bytes")};
    ew_page_add_file(p, &f);
    answer(p, result);
    if (svg != NULL)
        ew_page_picture(p,
                        strstr(svg, "<image ") != NULL
                            ? "Spectrogram with the findings marked; numbers as in the "
                              "tables below."
                            : "The findings over time, the upper edge of the sound and "
                              "its noise floor; numbers as in the tables below. A "
                              "spectrogram is not kept with a result.",
                        svg);
    findings(p, result, "change", EW_N("Signs of change"));
    findings(p, result, "fact", EW_N("Worth knowing, and innocent by itself"));
    rest(p, result);
}

void ew_page_add_result(ew_page *p, const char *tool, const json_t *result,
                        const char *svg)
{
    static const struct {
        const char *tool;
        void (*add)(ew_page *p, const json_t *result, const char *svg);
    } tools[] = {{"check", ew_page_add_check},
                 {"diff", ew_page_add_diff},
                 {"family", ew_page_add_family},
                 {"inspect", ew_page_add_inspect}};
    for (size_t i = 0; i < EW_COUNT(tools); i++)
        if (strcmp(tools[i].tool, tool) == 0 && json_is_object(result)) {
            tools[i].add(p, result, svg);
            return;
        }
    ew_page_say(p, EW_PAGE_WARNING, "A result of a kind that is not known here.");
}
