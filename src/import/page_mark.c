/* SPDX-License-Identifier: Apache-2.0 */
/* What elements say of themselves. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "import/page_blocks.h"

static bool in_list(const char *p, size_t n, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strlen(*list) == n && strncasecmp(*list, p, n) == 0)
            return true;
    return false;
}

/* Words end at what is no letter, and before a capital after a small letter. */
static bool has_word_in(ew_slice s, const char *const *words)
{
    enum { LONG = 2048 };
    size_t n = s.n < LONG ? s.n : LONG;
    for (size_t i = 0; i < n;) {
        size_t from = i;
        while (i < n && isalpha((unsigned char)s.p[i]) &&
               !(i > from && isupper((unsigned char)s.p[i]) &&
                 islower((unsigned char)s.p[i - 1])))
            i++;
        if (i > from && in_list(s.p + from, i - from, words))
            return true;
        if (i == from)
            i++;
    }
    return false;
}

bool ew_page_has_word(const GumboNode *n, const char *const *words)
{
    return has_word_in(ew_page_attribute(n, "class"), words) ||
           has_word_in(ew_page_attribute(n, "id"), words);
}

static ew_page_mark mark_of_words(const GumboNode *n)
{
    static const char *const comment[] = {"comment", "comments", "commentlist",
                                          "disqus",  "respond",  "commentary",
                                          "ugc",     NULL};
    static const char *const related[] = {"related",         "relatedposts",
                                          "relatedarticles", "recommended",
                                          "recommendations", "recirc",
                                          "recirculation",   "trending",
                                          "popular",         "sidebar",
                                          "promo",           "promos",
                                          "teaser",          "teasers",
                                          "outbrain",        "taboola",
                                          "readnext",        "morefrom",
                                          "seealso",         "readmore",
                                          "onward",          NULL};
    static const char *const caption[] = {"caption", "credit",     "photocredit",
                                          "cutline", "figcaption", NULL};
    static const char *const out[] = {
        "byline",     "author",     "authors",       "dateline",   "timestamp",
        "published",  "date",       "share",         "sharing",    "social",
        "tags",       "breadcrumb", "breadcrumbs",   "newsletter", "signup",
        "subscribe",  "advert",     "advertisement", "ad",         "ads",
        "cookie",     "cookies",    "banner",        "nav",        "menu",
        "navigation", "pagination", "copyright",     "kicker",     "eyebrow",
        "paywall",    "barrier",    "regwall",       "posted",     "donate",
        "sponsor",    "sponsored",  "skip",          NULL};
    static const char *const standfirst[] = {
        "standfirst", "dek",     "deck", "subtitle", "subhead", "subheadline",
        "intro",      "summary", "lede", "lead",     NULL};
    if (ew_page_has_word(n, comment))
        return EW_PAGE_COMMENT;
    if (ew_page_has_word(n, related))
        return EW_PAGE_RELATED;
    if (ew_page_has_word(n, caption))
        return EW_PAGE_CAPTION;
    if (ew_page_has_word(n, standfirst))
        return EW_PAGE_STANDFIRST;
    if (ew_page_has_word(n, out))
        return EW_PAGE_LEFT_OUT;
    return EW_PAGE_PLAIN;
}

static bool is_hidden(const GumboNode *n)
{
    ew_slice style = ew_page_attribute(n, "style");
    return gumbo_get_attribute(&n->v.element.attributes, "hidden") != NULL ||
           memmem(style.p, style.n, "display:none", 12) != NULL ||
           memmem(style.p, style.n, "display: none", 13) != NULL;
}

ew_page_mark ew_page_mark_of(const GumboNode *n)
{
    static const char *const item_comment[] = {"Comment", "UserComments", NULL};
    static const char *const out_roles[] = {
        "navigation", "banner", "contentinfo", "search", "menu", "dialog", NULL};
    if (is_hidden(n))
        return EW_PAGE_LEFT_OUT;
    switch (ew_page_tag(n)) {
    case GUMBO_TAG_HTML:
    case GUMBO_TAG_BODY:
    case GUMBO_TAG_MAIN:
        return EW_PAGE_PLAIN;
    case GUMBO_TAG_FIGCAPTION:
    case GUMBO_TAG_CAPTION:
    case GUMBO_TAG_FIGURE:
        return EW_PAGE_CAPTION;
    case GUMBO_TAG_NAV:
    case GUMBO_TAG_FOOTER:
    case GUMBO_TAG_FORM:
    case GUMBO_TAG_BUTTON:
    case GUMBO_TAG_LABEL:
    case GUMBO_TAG_ADDRESS:
    case GUMBO_TAG_TIME:
        return mark_of_words(n) == EW_PAGE_COMMENT ? EW_PAGE_COMMENT : EW_PAGE_LEFT_OUT;
    default:
        break;
    }
    if (has_word_in(ew_page_attribute(n, "itemtype"), item_comment) ||
        has_word_in(ew_page_attribute(n, "itemprop"), item_comment))
        return EW_PAGE_COMMENT;
    if (has_word_in(ew_page_attribute(n, "role"), out_roles))
        return EW_PAGE_LEFT_OUT;
    ew_page_mark m = mark_of_words(n);
    if (m == EW_PAGE_PLAIN && ew_page_tag(n) == GUMBO_TAG_ASIDE)
        return EW_PAGE_RELATED;
    return m;
}

double ew_page_weight_of(const GumboNode *n)
{
    static const char *const good[] = {"article", "body",  "content", "entry",
                                       "main",    "page",  "post",    "text",
                                       "blog",    "story", "hentry",  NULL};
    static const char *const bad[] = {"comment", "footer",   "foot",   "sidebar",
                                      "related", "widget",   "promo",  "sponsor",
                                      "header",  "menu",     "teaser", "list",
                                      "hidden",  "masthead", NULL};
    double w = 0;
    if (ew_page_has_word(n, good))
        w += 25;
    if (ew_page_has_word(n, bad))
        w -= 25;
    return w;
}
