/* SPDX-License-Identifier: Apache-2.0 */
/* What a page says of itself to machines and to readers: JSON-LD, OpenGraph, meta, link, time. */
#ifndef EW_IMPORT_PAGE_META_H
#define EW_IMPORT_PAGE_META_H

#include "import/article_made.h"
#include "import/page_bytes.h"
#include "import/page_tree.h"

enum { /* ranks: the lower one is believed */
       EW_RANK_JSON_LD = 1,
       EW_RANK_OPEN_GRAPH = 2,
       EW_RANK_META = 3,
       EW_RANK_TIME = 4,
       EW_RANK_VISIBLE = 5
};

EW_MUST_CHECK ew_code ew_page_meta(ew_article_made *m, const GumboNode *root,
                                   const ew_page_bytes *bytes);

/* One <script type="application/ld+json">. What is no JSON is told as a remark. */
EW_MUST_CHECK ew_code ew_page_json_ld(ew_article_made *m, ew_slice json, ew_place place);

#endif
