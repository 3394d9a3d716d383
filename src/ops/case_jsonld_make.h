/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the JSON-LD: what was read, and the objects made of it. */
#ifndef EW_OPS_CASE_JSONLD_MAKE_H
#define EW_OPS_CASE_JSONLD_MAKE_H

#include "casefile/positions.h"
#include "ops/case_book.h"
#include "ops/case_jsonld.h"

typedef struct ew_jsonld_claim {
    int64_t id, item, person, report, via, root;
    int stance; /* of those that claim something; -1: none of them */
    bool hidden;
    char *date, *words;
} ew_jsonld_claim;

typedef struct ew_jsonld_article {
    int64_t item, time;
    bool has_time;
    char *title, *outlet, *url, *language;
} ew_jsonld_article;

typedef struct ew_jsonld {
    const ew_jsonld_opts *opts;
    int64_t item, person; /* 0: all */
    ew_case_book book;
    ew_jsonld_claim *claims; /* all positions that count, by number */
    size_t n, cap;
    ew_jsonld_article *articles; /* by item */
    size_t article_count, article_cap;
} ew_jsonld;

/* May this item be named at all? */
bool ew_jsonld__shows(const ew_jsonld *j, int64_t item);

/* Which kind of claim a stance is; -1: none. */
int ew_jsonld__stance(const char *stance);
/* One that gets a review of its own: it claims something, and repeats no other. */
bool ew_jsonld__is_claim(const ew_jsonld_claim *c);

/* The value for a number in a list; the last one; NULL. */
const char *ew_jsonld__value(const ew_jsonld_list *list, int64_t number);

bool ew_jsonld__is_category(const char *text);
EW_MUST_CHECK ew_code ew_jsonld__check_categories(const ew_jsonld_list *list,
                                                  ew_err *err);
EW_MUST_CHECK ew_code ew_jsonld__write(const ew_jsonld *j, ew_buf *out, ew_err *err);

#endif
