/* SPDX-License-Identifier: Apache-2.0 */
/* What check, diff, family and inspect found, on a page: made from the same JSON that the commands
 * print and a case keeps, so that nothing is worked out twice. What is not as expected in it is
 * shown as empty. */
#ifndef EW_REPORT_PAGE_RESULTS_H
#define EW_REPORT_PAGE_RESULTS_H

#include "report/page.h"

/* One result, without a heading. svg: the picture of the same, or NULL. Its files are added to the page's. */
void ew_page_add_check(ew_page *p, const json_t *result, const char *svg);
void ew_page_add_diff(ew_page *p, const json_t *result, const char *svg);
void ew_page_add_family(ew_page *p, const json_t *result, const char *svg);
void ew_page_add_inspect(ew_page *p, const json_t *result, const char *svg);
/* What was done in an edit of `diff`: "deleted"; "" when it is not known. */
const char *ew_page_edit_words(const json_t *edit);
/* By the name of the tool; one that is not known is said to be so. */
void ew_page_add_result(ew_page *p, const char *tool, const json_t *result,
                        const char *svg);

/* Sections "What was not tested" and "How often it is wrong", for these kinds of results: bits. */
enum {
    EW_LIMITS_CHECK = 1,
    EW_LIMITS_DIFF = 2,
    EW_LIMITS_FAMILY = 4,
    EW_LIMITS_INSPECT = 8,
    EW_LIMITS_CASE = 16
};
unsigned ew_page_limits_of(const char *tool);
void ew_page_limits(ew_page *p, unsigned kinds);

/* A table of the methods of `inspect`. */
void ew_page_methods(ew_page *p);

/* Reading results. Missing: "", 0, NULL. */
const char *ew_json_text_of(const json_t *o, const char *key);
/* Cut to what still fits whole numbers as milliseconds and as samples: a result can come from anywhere. */
#define EW_JSON_REAL_MAX 1e14
double ew_json_real_of(const json_t *o, const char *key);
bool ew_json_true_of(const json_t *o, const char *key);

#endif
