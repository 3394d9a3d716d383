/* SPDX-License-Identifier: Apache-2.0 */
/* Positions as schema.org has them: a ClaimReview of each claim about an item, a MediaReview of each item.
 * docs/formats/case-export.md. */
#ifndef EW_OPS_CASE_JSONLD_H
#define EW_OPS_CASE_JSONLD_H

#include "casefile/casefile.h"

enum { EW_JSONLD_MAX = 256 << 20 };

/* What is said of one of several, as "NUMBER=VALUE". */
typedef struct ew_jsonld_list {
    const char *const *values;
    size_t n;
} ew_jsonld_list;

/* What only people can say. The program gives no verdict: without a rating there is none. */
typedef struct ew_jsonld_opts {
    const char *item, *person;   /* only about these; NULL: all */
    const int64_t *items;        /* and only these items, and reports among them; */
    size_t item_count;           /* 0: all */
    const char *publisher;       /* whose reviews they are; needed */
    const char *publisher_url;   /* NULL */
    const char *url;             /* of the page with the reviews; NULL */
    const char *date;            /* when they are published; NULL */
    ew_jsonld_list ratings;      /* "POSITION=TEXT", "POSITION=VALUE/BEST TEXT" */
    ew_jsonld_list authenticity; /* "ITEM=CATEGORY", one of schema.org's */
    ew_jsonld_list contexts;     /* "ITEM=TEXT": what is to be known about the original */
    ew_jsonld_list organizations; /* names of "people" that are organisations */
} ew_jsonld_opts;

/* One JSON document; the same case and options give the same bytes. EW_E_ARG for what is wrong in the
 * options; EW_E_NOTFOUND. */
EW_MUST_CHECK ew_code ew_ops_case_jsonld(ew_case *c, const ew_jsonld_opts *opts,
                                         ew_buf *out, ew_err *err);

#endif
