/* SPDX-License-Identifier: Apache-2.0 */
/* What results do not speak of, and how often they are wrong: the figures of docs/accuracy.md and
 * docs/inspect.md. */
#include <string.h>

#include "base/bytes.h"
#include "base/words.h"
#include "report/diff_finding.h"
#include "report/finding.h"
#include "report/page_results.h"

static const char *const family_not_tested[] = {
    EW_N("copies at another speed"),
    EW_N("copies put together from several"),
    EW_N("copies that are not here"),
    EW_N("who published first, and whether the root is genuine"),
};

static const char *const inspect_not_tested[] = {
    EW_N("who speaks"),
    EW_N(
        "changes made before a recording of the recording was made, and changes that are "
        "smoothed "
        "over without a trace"),
    EW_N("marks of a file whose whole container was written anew"),
};

static const char *const case_not_tested[] = {
    EW_N("what is said in the recordings, and whether words and translations are right"),
    EW_N("whether somebody is who they are said to be"),
    EW_N("what is not in the case"),
};

/* What is known to be hard, beside the figures. */
static const char *const check_hard[] = {
    EW_N("speech under noise or babble as loud as itself: up to a tenth of such seconds "
         "is "
         "not found; what is claimed is right"),
    EW_N("pieces under half a second, and under three seconds where the speed was "
         "changed: "
         "mostly not found"),
    EW_N("speed or pitch changed alone: about three seconds of clear sound are needed"),
    EW_N("another word of exactly the same length in a pause or in loud noise: can be "
         "taken for the pause"),
};

/* ------------------------------------------------------------------ figures */

typedef struct figure {
    const char *what, *measured, *figure;
} figure;

static const figure check_figures[] = {
    {EW_N("seconds of excerpts of 1 to 10 s that are found, at the right place"),
     EW_N("242 clips, three sets"), "100 %"},
    {EW_N("the same of clips put together from long pieces"),
     EW_N("242 clips, three sets"), "99.7–99.9 %"},
    {EW_N("the same of clips put together from short pieces"),
     EW_N("242 clips, three sets"), "98.5–99.3 %"},
    {EW_N("the same of speech under noise or babble as loud as itself"),
     EW_N("242 clips, three sets"), "94.1–97.7 %"},
    {EW_N("claims over foreign sound"), EW_N("sound that is in no recording"),
     EW_N("0–0.3 s per hour")},
    {EW_N("claimed pieces that were wrong"), EW_N("1,972 pieces"),
     EW_N("none; so many without an error still allow for up to 0.15 % (95 % sure)")},
    {EW_N("places of joins"), EW_N("spliced clips with known joins"),
     EW_N("half within 12 ms, 95 % within 70 ms (130 ms beside sound that matches "
          "nothing)")},
};

static const figure diff_figures[] = {
    {EW_N("edits that are found, with all times within 0.1 s"),
     EW_N("646 edits, 188 pairs"), "99.6–100 %"},
    {EW_N("edits claimed that are right"), EW_N("646 edits, 188 pairs"), "99.3–100 %"},
    {EW_N("the same, of harshly treated recordings"), EW_N("147 edits, 42 pairs"),
     EW_N("98.6 % and 98.6 %")},
    {EW_N("claims on copies without any edit"), EW_N("100 pairs, 25 treatments"),
     EW_N("none")},
    {EW_N("borders of edits"), EW_N("646 edits"),
     EW_N("half within 2.2 ms, 95 % within 29 ms")},
};

static const figure family_figures[] = {
    {EW_N("roots that are right"), EW_N("61 trees of 9 to 15 copies"), EW_N("60 of 61")},
    {EW_N("copies for which a parent is named"), EW_N("the same trees"), "98.7–100 %"},
    {EW_N("named parents that are right"), EW_N("the same trees"), "96.6–98.7 %"},
};

static const figure inspect_figures[] = {
    {EW_N("a sign of change that a method gives on untouched sound"),
     EW_N("10.5 h of untouched sound"),
     EW_N("once an hour for each method at most; its own rate stands beside each "
          "finding")},
    {EW_N("signs of change read from headers and packets"),
     EW_N("492 files, none changed after coding"), EW_N("none")},
    {EW_N("joins found by all methods together, each of which errs once an hour"),
     EW_N("joins made for the test, saved without loss"),
     EW_N("21–100 %, by the kind of join")},
    {EW_N(
         "the same of joins that were blended, before the whole was coded at a low rate"),
     EW_N("1,410 joins of three kinds"), "1–8 %"},
};

static const figure case_figures[] = {
    {EW_N("speakers of suggested quotations that were right, before anybody accepted "
          "them"),
     EW_N("328 quotations in made-up articles"), EW_N("94 % (95 % sure: 91–96 %)")},
    {EW_N("stances that were suggested with them and were right"),
     EW_N("82 stances in the same articles"), EW_N("84 % (95 % sure: 75–90 %)")},
};

static const struct {
    unsigned bit;
    const char *tool, *heading;
    const char *const *not_tested;
    const size_t *count;
    size_t own_count; /* when count is NULL */
    const figure *figures;
    size_t figure_count;
    const char *source; /* of the figures, beside the program */
} kinds[] = {
    {EW_LIMITS_CHECK, "check", EW_N("Finding a clip in recordings (check)"),
     ew_not_tested, &ew_not_tested_count, 0, check_figures, EW_COUNT(check_figures),
     "docs/accuracy.md"},
    {EW_LIMITS_DIFF, "diff", EW_N("Comparing two recordings (diff)"), ew_diff_not_tested,
     &ew_diff_not_tested_count, 0, diff_figures, EW_COUNT(diff_figures),
     "docs/accuracy.md"},
    {EW_LIMITS_FAMILY, "family", EW_N("Ordering copies (family)"), family_not_tested,
     NULL, EW_COUNT(family_not_tested), family_figures, EW_COUNT(family_figures),
     "docs/accuracy.md"},
    {EW_LIMITS_INSPECT, "inspect", EW_N("Looking at one file alone (inspect)"),
     inspect_not_tested, NULL, EW_COUNT(inspect_not_tested), inspect_figures,
     EW_COUNT(inspect_figures), "docs/inspect.md"},
    {EW_LIMITS_CASE, "case", EW_N("What people said (case)"), case_not_tested, NULL,
     EW_COUNT(case_not_tested), case_figures, EW_COUNT(case_figures), "docs/quotes.md"},
};

unsigned ew_page_limits_of(const char *tool)
{
    for (size_t i = 0; i < EW_COUNT(kinds); i++)
        if (strcmp(kinds[i].tool, tool) == 0)
            return kinds[i].bit;
    return 0;
}

static void put_not_tested(ew_page *p, size_t k)
{
    size_t n = kinds[k].count != NULL ? *kinds[k].count : kinds[k].own_count;
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        ew_list_add(&list, ew_page_string(kinds[k].not_tested[i]));
    ew_page_list(p, list);
}

static void put_figures(ew_page *p, size_t k)
{
    static const ew_column columns[] = {{"what", EW_COLUMN_TEXT},
                                        {"measured on", EW_COLUMN_TEXT},
                                        {"result", EW_COLUMN_TEXT}};
    ew_grid g;
    ew_grid_begin(&g, kinds[k].heading, columns, EW_COUNT(columns));
    for (size_t i = 0; i < kinds[k].figure_count; i++) {
        const figure *f = &kinds[k].figures[i];
        ew_grid_cell(&g, "%s", f->what);
        ew_grid_cell(&g, "%s", f->measured);
        ew_grid_cell(&g, "%s", f->figure);
    }
    ew_grid_end(&g, p);
}

/* Where the figures are from, and what goes with them. */
static void put_more(ew_page *p, size_t k)
{
    ew_page_say(p, EW_PAGE_NOTE,
                "These figures are from %s of earwitness %s, which says on what and how "
                "they were measured, and how to measure them again.",
                kinds[k].source, EW_VERSION);
    if (kinds[k].bit == EW_LIMITS_INSPECT)
        ew_page_methods(p);
    if (kinds[k].bit != EW_LIMITS_CHECK)
        return;
    json_t *hard = json_array();
    for (size_t i = 0; i < EW_COUNT(check_hard); i++)
        ew_list_add(&hard, ew_page_string(check_hard[i]));
    ew_page_say(p, EW_PAGE_PLAIN, "What is known to be hard:");
    ew_page_list(p, hard);
}

static void not_tested(ew_page *p, unsigned bits)
{
    ew_page_section(p, 2, "What was not tested");
    ew_page_say(p, EW_PAGE_PLAIN,
                "No report of this program says whether a voice was made by a machine, "
                "whether what is said is true, or who changed something and why. Nor was "
                "tested:");
    for (size_t k = 0; k < EW_COUNT(kinds); k++) {
        if ((bits & kinds[k].bit) == 0)
            continue;
        if ((bits & (bits - 1)) != 0) /* several */
            ew_page_section(p, 3, kinds[k].heading);
        put_not_tested(p, k);
    }
}

void ew_page_limits(ew_page *p, unsigned bits)
{
    if (bits == 0)
        return;
    not_tested(p, bits);
    ew_page_section(p, 2, "How often it is wrong");
    ew_page_say(
        p, EW_PAGE_PLAIN,
        "Measured with this version of the program on recordings whose truth was known. "
        "A certainty in this report is the share of such claims that were right there, "
        "taken down a little; on other kinds of recordings it may be less.");
    for (size_t k = 0; k < EW_COUNT(kinds); k++)
        if ((bits & kinds[k].bit) != 0) {
            put_figures(p, k);
            put_more(p, k);
        }
}
