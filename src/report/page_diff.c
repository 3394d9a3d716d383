/* SPDX-License-Identifier: Apache-2.0 */
/* What `diff` found, on a page. */
#include <math.h>
#include <string.h>

#include "base/bytes.h"
#include "base/words.h"
#include "report/diff_finding.h"
#include "report/page_results.h"
#include "report/times.h"

#define TEXT ew_json_text_of
#define REAL ew_json_real_of

const char *ew_page_edit_words(const json_t *e)
{
    static const char *const words[][2] = {
        {"delete", EW_N("deleted")},     {"insert", EW_N("inserted")},
        {"move", EW_N("moved")},         {"silence", EW_N("silenced")},
        {"duplicate", EW_N("repeated")},
    };
    for (size_t i = 0; i < EW_COUNT(words); i++)
        if (strcmp(TEXT(e, "op"), words[i][0]) == 0)
            return words[i][1];
    if (strcmp(TEXT(e, "op"), "speed") == 0)
        return REAL(e, "speed") >= 1 ? EW_N("sped up") : EW_N("slowed down");
    if (strcmp(TEXT(e, "op"), "replace") == 0)
        return ew_json_true_of(e, "backwards") ? EW_N("reversed") : EW_N("replaced");
    return "";
}

static void answer(ew_page *p, const json_t *r)
{
    const char *verdict = TEXT(r, "verdict");
    size_t n = json_array_size(json_object_get(r, "edits"));
    for (int v = EW_VERDICT_SAME_BYTES; v <= EW_VERDICT_NOTHING; v++)
        if (v != EW_VERDICT_DIFFERS &&
            strcmp(verdict, ew_diff_verdict_name((ew_diff_verdict)v)) == 0)
            ew_page_say(p, EW_PAGE_ANSWER, "%s.",
                        ew_diff_verdict_words((ew_diff_verdict)v));
    if (strcmp(verdict, "differs") == 0)
        ew_page_say(p, EW_PAGE_ANSWER, "B differs from A in %zu place%s.", n,
                    n == 1 ? "" : "s");
    ew_page_say(p, EW_PAGE_NOTE,
                "This says what differs, not which of the two came first or is genuine.");
}

static void sides(ew_page *p, const json_t *r)
{
    static const ew_column columns[] = {
        {"", EW_COLUMN_TEXT},         {"file", EW_COLUMN_OUTSIDE},
        {"length", EW_COLUMN_NUMBER}, {"coding", EW_COLUMN_TEXT},
        {"rate", EW_COLUMN_NUMBER},   {"channels", EW_COLUMN_NUMBER},
        {"trouble", EW_COLUMN_TEXT}};
    static const char *const keys[] = {"a", "b"};
    ew_grid g;
    ew_grid_begin(&g, "The two recordings", columns, EW_COUNT(columns));
    for (int i = 0; i < 2; i++) {
        const json_t *s = json_object_get(r, keys[i]);
        bool decoded = json_object_get(s, "duration") != NULL;
        char length[EW_TIME_TEXT];
        ew_page_file f = {TEXT(s, "name"),
                          i == 0 ? EW_N("recording A") : EW_N("recording B"), NULL,
                          TEXT(s, "sha256"), (int64_t)REAL(s, "bytes")};
        ew_page_add_file(p, &f);
        ew_grid_cell(&g, "%s", i == 0 ? "A" : "B");
        ew_grid_cell(&g, "%s", TEXT(s, "name"));
        ew_grid_cell(&g, "%s", decoded ? ew_time_text(REAL(s, "duration"), length) : "");
        ew_grid_cell(&g, "%s", TEXT(s, "codec"));
        if (decoded) {
            ew_grid_cell(&g, "%.0f Hz", REAL(s, "rate"));
            ew_grid_cell(&g, "%.0f", REAL(s, "channels"));
        } else {
            ew_grid_cell(&g, "%s", "");
            ew_grid_cell(&g, "%s", "");
        }
        ew_grid_cell(&g, "%s", TEXT(s, "trouble"));
    }
    ew_grid_end(&g, p);
}

/* ------------------------------------------------------------------ edits */

static void range_cell(ew_grid *g, double from, double to)
{
    char a[EW_TIME_TEXT];
    char b[EW_TIME_TEXT];
    if (from == to)
        ew_grid_cell(g, "at %s", ew_time_text(from, a));
    else
        ew_grid_cell(g, "%s – %s", ew_time_text(from, a), ew_time_text(to, b));
}

static void note_cell(ew_grid *g, const json_t *e)
{
    const char *pause = ew_json_true_of(e, "at_pause") ? EW_N("in a pause") : "";
    double pitch = REAL(e, "pitch");
    char at[EW_TIME_TEXT];
    if (strcmp(TEXT(e, "op"), "speed") == 0)
        ew_grid_cell(g, "%.3f×, pitch %+.1f semitones", REAL(e, "speed"),
                     12 * log2(pitch > 0 ? pitch : 1));
    else if (json_is_number(json_object_get(e, "b_gap")) && pause[0] != 0)
        ew_grid_cell(g, "missing at %s of B, in a pause",
                     ew_time_text(REAL(e, "b_gap"), at));
    else if (json_is_number(json_object_get(e, "b_gap")))
        ew_grid_cell(g, "missing at %s of B", ew_time_text(REAL(e, "b_gap"), at));
    else
        ew_grid_cell(g, "%s", pause);
}

static void edits(ew_page *p, const json_t *r)
{
    static const ew_column columns[] = {{"#", EW_COLUMN_NUMBER},
                                        {"in B this was", EW_COLUMN_TEXT},
                                        {"in A", EW_COLUMN_PLACE},
                                        {"in B", EW_COLUMN_PLACE},
                                        {"length in A", EW_COLUMN_NUMBER},
                                        {"length in B", EW_COLUMN_NUMBER},
                                        {"±", EW_COLUMN_NUMBER},
                                        {"certainty", EW_COLUMN_NUMBER},
                                        {"", EW_COLUMN_TEXT}};
    const json_t *list = json_object_get(r, "edits");
    ew_grid g;
    ew_grid_begin(&g, "Edits, in the order of B", columns, EW_COUNT(columns));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *e = json_array_get(list, i);
        char sure[EW_TIME_TEXT];
        ew_grid_cell(&g, "%zu", i + 1);
        ew_grid_cell(&g, "%s", ew_page_edit_words(e));
        range_cell(&g, REAL(e, "a_start"), REAL(e, "a_end"));
        range_cell(&g, REAL(e, "b_start"), REAL(e, "b_end"));
        ew_grid_cell(&g, "%.3f s", fabs(REAL(e, "a_end") - REAL(e, "a_start")));
        ew_grid_cell(&g, "%.3f s", REAL(e, "b_end") - REAL(e, "b_start"));
        ew_grid_cell(&g, "±%.0f ms", fmax(1, ceil(1000 * REAL(e, "plus_minus"))));
        ew_grid_cell(&g, "%s", ew_certainty_text(REAL(e, "certainty"), sure));
        note_cell(&g, e);
    }
    ew_grid_end(&g, p);
}

/* ------------------------------------------------------------------ the whole */

static const char *state_words(const char *state)
{
    static const char *const words[][2] = {
        {"changed", EW_N("changed")},
        {"coding", EW_N("as coding or copying may leave it")},
        {"same", EW_N("the same in both")},
        {"not-tested", EW_N("not tested")},
    };
    for (size_t i = 0; i < EW_COUNT(words); i++)
        if (strcmp(state, words[i][0]) == 0)
            return words[i][1];
    return "";
}

static void whole(ew_page *p, const json_t *r)
{
    static const ew_column columns[] = {{"what", EW_COLUMN_TEXT},
                                        {"", EW_COLUMN_TEXT},
                                        {"in words", EW_COLUMN_TEXT},
                                        {"certainty", EW_COLUMN_NUMBER}};
    const json_t *facts = json_object_get(json_object_get(r, "whole"), "facts");
    ew_grid g;
    ew_grid_begin(&g, "What was done to the whole of B", columns, EW_COUNT(columns));
    for (size_t i = 0; i < json_array_size(facts); i++) {
        const json_t *f = json_array_get(facts, i);
        bool tested = strcmp(TEXT(f, "state"), "not-tested") != 0;
        char sure[EW_TIME_TEXT];
        ew_grid_cell(&g, "%s", TEXT(f, "kind"));
        ew_grid_cell(&g, "%s", state_words(TEXT(f, "state")));
        ew_grid_cell(&g, "%s", TEXT(f, "text"));
        ew_grid_cell(&g, "%s",
                     tested ? ew_certainty_text(REAL(f, "certainty"), sure) : "");
    }
    ew_grid_end(&g, p);
}

void ew_page_add_diff(ew_page *p, const json_t *result, const char *svg)
{
    answer(p, result);
    sides(p, result);
    if (svg != NULL)
        ew_page_picture(p,
                        "Both recordings, and ribbons between what they share. The table "
                        "below says the same.",
                        svg);
    edits(p, result);
    if (json_array_size(json_object_get(result, "edits")) > 0)
        ew_page_say(
            p, EW_PAGE_NOTE,
            "Times are minutes, seconds and thousandths. The true place lies within "
            "± in at least 95 of 100 cases, as measured.");
    whole(p, result);
}
