/* SPDX-License-Identifier: Apache-2.0 */
/* Options of those commands that write schema.org's reviews. */
#ifndef EW_CLI_CASE_JSONLD_H
#define EW_CLI_CASE_JSONLD_H

#include "cli/cli.h"
#include "ops/case_jsonld.h"

#define JSONLD_OPTIONS                                                                   \
    {OPT_PUBLISHER, 0, "publisher", "NAME", "whose reviews they are"},                   \
        {OPT_PUBLISHER_URL, 0, "publisher-url", "URL", "the publisher's page"},          \
        {OPT_REVIEW_URL, 0, "review-url", "URL", "page with the reviews"},               \
        {OPT_REVIEW_DATE, 0, "review-date", "DATE", "when they are published"},          \
        {OPT_RATING, 0, "rating", "POSITION=RATING",                                     \
         "your verdict: \"3=False\", \"3=1/5 False\""},                                  \
        {OPT_AUTHENTICITY, 0, "authenticity", "ITEM=CATEGORY",                           \
         "your verdict: \"1=TransformedContent\" ..."},                                  \
        {OPT_MEDIA_CONTEXT, 0, "media-context", "ITEM=TEXT",                             \
         "what is to be known about an original"},                                       \
    {                                                                                    \
        OPT_ORGANIZATION, 0, "organization", "NAME", "that name is no person's"          \
    }

typedef struct case_jsonld {
    ew_jsonld_opts opts;
    const char **values; /* owned */
} case_jsonld;

EW_MUST_CHECK ew_code case_jsonld_read(const args *in, case_jsonld *out, ew_err *err);
void case_jsonld_release(case_jsonld *j);

#endif
