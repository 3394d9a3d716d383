/* SPDX-License-Identifier: Apache-2.0 */
/* What `check` found, on a page. */
#include <math.h>
#include <string.h>

#include "base/bytes.h"
#include "base/words.h"
#include "report/page_results.h"
#include "report/times.h"

enum { OTHERS_SHOWN = 4 };

const char *ew_json_text_of(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s != NULL ? s : "";
}

double ew_json_real_of(const json_t *o, const char *key)
{
    return fmin(fmax(json_number_value(json_object_get(o, key)), -EW_JSON_REAL_MAX),
                EW_JSON_REAL_MAX);
}

bool ew_json_true_of(const json_t *o, const char *key)
{
    return json_is_true(json_object_get(o, key));
}

#define TEXT ew_json_text_of
#define REAL ew_json_real_of

static void range_cell(ew_grid *g, double from, double to)
{
    char a[EW_TIME_TEXT];
    char b[EW_TIME_TEXT];
    ew_grid_cell(g, "%s – %s", ew_time_text(from, a), ew_time_text(to, b));
}

/* ------------------------------------------------------------------ the answer */

static size_t source_count(const json_t *spans)
{
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(spans); i++) {
        const char *sha = TEXT(json_array_get(spans, i), "sha256");
        size_t k = 0;
        while (k < i && strcmp(TEXT(json_array_get(spans, k), "sha256"), sha) != 0)
            k++;
        n += k == i;
    }
    return n;
}

static double length_of(const json_t *list, const char *kind)
{
    double sum = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *x = json_array_get(list, i);
        if (kind == NULL || strcmp(TEXT(x, "kind"), kind) == 0)
            sum += REAL(x, "query_end") - REAL(x, "query_start");
    }
    return sum;
}

/* As exactly as the spans are told; `explained` is rounded. */
static double explained(const json_t *r)
{
    double found = length_of(json_object_get(r, "spans"), NULL);
    double all = found + length_of(json_object_get(r, "gaps"), "no-match");
    return all > 0 ? found / all : 0;
}

static void joins_answer(ew_page *p, size_t joins)
{
    if (joins == 0)
        ew_page_say(p, EW_PAGE_ANSWER, "No join was found in it.");
    else if (joins == 1)
        ew_page_say(
            p, EW_PAGE_ANSWER,
            "One join was found in it: a place where parts meet that do not belong "
            "together.");
    else
        ew_page_say(p, EW_PAGE_ANSWER,
                    "%zu joins were found in it: places where parts meet that do not "
                    "belong together.",
                    joins);
}

static void answer(ew_page *p, const json_t *r)
{
    const json_t *spans = json_object_get(r, "spans");
    size_t sources = source_count(spans);
    size_t joins = json_array_size(json_object_get(r, "joins"));
    double unmatched = length_of(json_object_get(r, "gaps"), "no-match");
    char share[EW_TIME_TEXT];
    char length[EW_TIME_TEXT];
    if (json_array_size(spans) == 0 && unmatched <= 0) {
        ew_page_say(
            p, EW_PAGE_ANSWER,
            "There is nothing to compare in this clip: silence, steady sound, or too "
            "short.");
        return;
    }
    if (json_array_size(spans) == 0) {
        ew_page_say(p, EW_PAGE_ANSWER, "Nothing of this clip was found in the archive.");
        return;
    }
    (void)ew_percent_text(explained(r), share);
    if (sources == 1)
        ew_page_say(p, EW_PAGE_ANSWER,
                    "%s of what can be compared was taken from one recording.", share);
    else
        ew_page_say(p, EW_PAGE_ANSWER,
                    "%s of what can be compared was taken from %zu recordings.", share,
                    sources);
    joins_answer(p, joins);
    if (unmatched > 0)
        ew_page_say(
            p, EW_PAGE_PLAIN,
            "%s of the clip matches nothing: that may come from a recording which was "
            "not compared.",
            ew_length_text(unmatched, length));
}

static void compared_with(ew_page *p, const json_t *r)
{
    const json_t *archive = json_object_get(r, "archive");
    const json_t *clip = json_object_get(r, "clip");
    double n = REAL(archive, "recordings");
    char length[EW_TIME_TEXT];
    char hours[EW_TIME_TEXT];
    ew_page_say(
        p, EW_PAGE_PLAIN,
        "The clip is %s long. It was compared with %.0f recording%s, %s of sound.",
        ew_time_text(REAL(clip, "duration"), length), n, n == 1 ? "" : "s",
        ew_length_text(3600 * REAL(archive, "hours"), hours));
    if (TEXT(clip, "trouble")[0] != 0)
        ew_page_say(p, EW_PAGE_WARNING, "Trouble with the clip: %s",
                    TEXT(clip, "trouble"));
}

/* ------------------------------------------------------------------ pieces */

static void note_cell(ew_grid *g, const json_t *x)
{
    double pitch = REAL(x, "pitch");
    double speed = REAL(x, "speed");
    double semitones = 12 * log2(pitch > 0 ? pitch : 1);
    double follows = 12 * log2(speed > 0 ? speed : 1);
    bool reversed = ew_json_true_of(x, "backwards");
    if (fabs(semitones - follows) < 0.3)
        ew_grid_cell(g, "%s", reversed ? "played backwards" : "");
    else if (fabs(semitones) < 0.3)
        ew_grid_cell(g, "%s", reversed ? "played backwards, pitch kept" : "pitch kept");
    else if (reversed)
        ew_grid_cell(g, "played backwards, pitch %+.1f semitones", semitones);
    else
        ew_grid_cell(g, "pitch %+.1f semitones", semitones);
}

static void place_cells(ew_grid *g, const json_t *x)
{
    ew_grid_cell(g, "%s", TEXT(x, "source"));
    range_cell(g, REAL(x, "source_start"), REAL(x, "source_end"));
}

static void others(ew_grid *g, const json_t *span)
{
    const json_t *list = json_object_get(span, "others");
    char sure[EW_TIME_TEXT];
    for (size_t i = 0; i < json_array_size(list) && i < OTHERS_SHOWN; i++) {
        const json_t *x = json_array_get(list, i);
        ew_grid_cell(g, "%s", "");
        ew_grid_cell(g, "also in");
        place_cells(g, x);
        ew_grid_cell(g, "%s", "");
        ew_grid_cell(g, "%.3f×", REAL(x, "speed"));
        ew_grid_cell(g, "%s", ew_certainty_text(REAL(x, "certainty"), sure));
        ew_grid_cell(g, "%s", "");
    }
}

static void piece(ew_grid *g, const json_t *x, size_t number)
{
    char sure[EW_TIME_TEXT];
    ew_grid_cell(g, "%zu", number);
    range_cell(g, REAL(x, "query_start"), REAL(x, "query_end"));
    place_cells(g, x);
    ew_grid_cell(g, "±%.0f ms", fmax(1, ceil(2 * REAL(x, "offset_sd_ms"))));
    ew_grid_cell(g, "%.3f×", REAL(x, "speed"));
    ew_grid_cell(g, "%s", ew_certainty_text(REAL(x, "certainty"), sure));
    note_cell(g, x);
    others(g, x);
}

static const char *gap_words(const char *kind)
{
    static const char *const words[][2] = {
        {"no-match", EW_N("matches nothing")},
        {"nothing-to-compare", EW_N("nothing to compare")},
        {"too-short", EW_N("too short to tell")},
        {"blanked", EW_N("blanked: silence or a tone over the recording")},
    };
    for (size_t i = 0; i < EW_COUNT(words); i++)
        if (strcmp(kind, words[i][0]) == 0)
            return words[i][1];
    return "";
}

static void gap(ew_grid *g, const json_t *x)
{
    ew_grid_cell(g, "%s", "");
    range_cell(g, REAL(x, "query_start"), REAL(x, "query_end"));
    ew_grid_cell(g, "— %s —", gap_words(TEXT(x, "kind")));
    for (int i = 0; i < 5; i++)
        ew_grid_cell(g, "%s", "");
}

static void pieces(ew_page *p, const json_t *r)
{
    static const ew_column columns[] = {
        {"#", EW_COLUMN_NUMBER},         {"in the clip", EW_COLUMN_PLACE},
        {"recording", EW_COLUMN_SAID},   {"in that recording", EW_COLUMN_PLACE},
        {"±", EW_COLUMN_NUMBER},         {"speed", EW_COLUMN_NUMBER},
        {"certainty", EW_COLUMN_NUMBER}, {"", EW_COLUMN_TEXT}};
    const json_t *spans = json_object_get(r, "spans");
    const json_t *gaps = json_object_get(r, "gaps");
    size_t s = 0;
    size_t k = 0;
    ew_grid g;
    ew_grid_begin(&g, "The clip, piece by piece", columns, EW_COUNT(columns));
    while (s < json_array_size(spans) || k < json_array_size(gaps)) {
        const json_t *span = json_array_get(spans, s);
        const json_t *none = json_array_get(gaps, k);
        if (none == NULL ||
            (span != NULL && REAL(span, "query_start") <= REAL(none, "query_start"))) {
            piece(&g, span, ++s);
        } else {
            gap(&g, none);
            k++;
        }
    }
    ew_grid_end(&g, p);
}

/* ------------------------------------------------------------------ joins */

static void side_cell(ew_grid *g, const json_t *r, const json_t *join, const char *key)
{
    const json_t *at = json_object_get(join, key);
    const json_t *span = NULL;
    char text[EW_TIME_TEXT];
    if (json_is_integer(at) && json_integer_value(at) >= 0)
        span =
            json_array_get(json_object_get(r, "spans"), (size_t)json_integer_value(at));
    if (span == NULL) {
        ew_grid_cell(g, "%s",
                     ew_json_true_of(join, "blanked") ? EW_N("silence or a tone")
                                                      : EW_N("unknown sound"));
        return;
    }
    ew_grid_cell(
        g, "%s, %s", TEXT(span, "source"),
        ew_time_text(REAL(span, key[0] == 'b' ? "source_end" : "source_start"), text));
}

static void joins(ew_page *p, const json_t *r)
{
    static const ew_column columns[] = {{"in the clip", EW_COLUMN_PLACE},
                                        {"±", EW_COLUMN_NUMBER},
                                        {"before it", EW_COLUMN_SAID},
                                        {"after it", EW_COLUMN_SAID},
                                        {"", EW_COLUMN_TEXT}};
    const json_t *list = json_object_get(r, "joins");
    char at[EW_TIME_TEXT];
    ew_grid g;
    ew_grid_begin(&g, "Joins: where parts meet that do not belong together", columns,
                  EW_COUNT(columns));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *j = json_array_get(list, i);
        ew_grid_cell(&g, "%s", ew_time_text(REAL(j, "at"), at));
        ew_grid_cell(&g, "±%.0f ms", 1000 * REAL(j, "plus_minus"));
        side_cell(&g, r, j, "before");
        side_cell(&g, r, j, "after");
        ew_grid_cell(&g, "%s", ew_json_true_of(j, "in_pause") ? EW_N("in a pause") : "");
    }
    ew_grid_end(&g, p);
}

/* ------------------------------------------------------------------ all of it */

static void files(ew_page *p, const json_t *r)
{
    const json_t *clip = json_object_get(r, "clip");
    const json_t *spans = json_object_get(r, "spans");
    ew_page_file f = {.name = TEXT(clip, "name"),
                      .role = EW_N("clip"),
                      .hex = TEXT(clip, "sha256"),
                      .bytes = -1};
    ew_page_add_file(p, &f);
    for (size_t i = 0; i < json_array_size(spans); i++) {
        const json_t *x = json_array_get(spans, i);
        const json_t *list = json_object_get(x, "others");
        f = (ew_page_file){TEXT(x, "source"), EW_N("recording"), NULL, TEXT(x, "sha256"),
                           -1};
        ew_page_add_file(p, &f);
        for (size_t k = 0; k < json_array_size(list) && k < OTHERS_SHOWN; k++) {
            x = json_array_get(list, k);
            f.name = TEXT(x, "source");
            f.hex = TEXT(x, "sha256");
            ew_page_add_file(p, &f);
        }
    }
}

void ew_page_add_check(ew_page *p, const json_t *result, const char *svg)
{
    answer(p, result);
    compared_with(p, result);
    if (svg != NULL)
        ew_page_picture(p,
                        "The clip on top, the recordings below; ribbons join each piece "
                        "to its place. The table below says the same.",
                        svg);
    pieces(p, result);
    joins(p, result);
    ew_page_say(
        p, EW_PAGE_NOTE,
        "Times are minutes, seconds and thousandths. The true place lies within ± in "
        "at least 95 of 100 cases, as measured. A speed of 1.000× is that of the "
        "recording. How certainties were counted stands below.");
    files(p, result);
}
