/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the elements of a page that tell about the article. */
#include "import/page_meta.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "import/page_blocks.h"

typedef struct looking {
    ew_article_made *m;
    const ew_page_bytes *bytes;
    ew_buf text;
} looking;

static ew_place place_of(const looking *l, const GumboNode *n)
{
    size_t at;
    size_t end;
    ew_page_span(n, l->bytes->text, l->bytes->n, &at, &end);
    uint64_t from = ew_page_back(l->bytes, at);
    return (ew_place){l->m->member, from, ew_page_back(l->bytes, end) - from};
}

static ew_code text_of(looking *l, const GumboNode *n, ew_slice *out)
{
    ew_buf_reset(&l->text);
    ew_code code = ew_page_text(n, &l->text, l->m->err);
    *out = (ew_slice){l->text.len > 0 ? (const char *)l->text.data : "", l->text.len};
    return code;
}

static bool is(ew_slice s, const char *word)
{
    return s.n == strlen(word) && strncasecmp(s.p, word, s.n) == 0;
}

static bool contains(ew_slice s, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= s.n; i++)
        if (strncasecmp(s.p + i, word, n) == 0)
            return true;
    return false;
}

/* "qo_admin", "newsdesk2": who is logged in, not who wrote. */
static bool is_account(ew_slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == ' ' || isupper((unsigned char)s.p[i]) ||
            ((unsigned char)s.p[i] & 0x80) != 0)
            return false;
    return true;
}

static ew_code take_meta(looking *l, const GumboNode *n)
{
    static const struct {
        const char *name;
        ew_article_field field;
        int rank;
    } fields[] = {{"og:title", EW_FIELD_TITLE, EW_RANK_OPEN_GRAPH},
                  {"og:site_name", EW_FIELD_OUTLET, EW_RANK_OPEN_GRAPH},
                  {"og:url", EW_FIELD_URL, EW_RANK_OPEN_GRAPH},
                  {"article:author", EW_FIELD_BYLINE, EW_RANK_VISIBLE + 1},
                  {"author", EW_FIELD_BYLINE, EW_RANK_META},
                  {"dc.creator", EW_FIELD_BYLINE, EW_RANK_META},
                  {"application-name", EW_FIELD_OUTLET, EW_RANK_META},
                  {"dc.publisher", EW_FIELD_OUTLET, EW_RANK_META},
                  {"og:locale", EW_FIELD_LANGUAGE, EW_RANK_META},
                  {"content-language", EW_FIELD_LANGUAGE, EW_RANK_META}};
    static const struct {
        const char *name, *source;
        bool modified;
        int rank;
    } dates[] = {{"article:published_time", "OpenGraph", false, EW_RANK_OPEN_GRAPH},
                 {"article:modified_time", "OpenGraph", true, EW_RANK_OPEN_GRAPH},
                 {"og:updated_time", "OpenGraph", true, EW_RANK_OPEN_GRAPH},
                 {"datePublished", "meta", false, EW_RANK_META},
                 {"dateModified", "meta", true, EW_RANK_META},
                 {"pubdate", "meta", false, EW_RANK_META},
                 {"date", "meta", false, EW_RANK_META},
                 {"dc.date", "meta", false, EW_RANK_META},
                 {"last-modified", "meta", true, EW_RANK_META},
                 {"parsely-pub-date", "meta", false, EW_RANK_META}};
    static const char *const keys[] = {"property", "name", "itemprop", "http-equiv"};
    ew_slice content = ew_page_attribute(n, "content");
    ew_code code = EW_OK;
    for (size_t k = 0; k < 4 && content.n > 0; k++) {
        ew_slice name = ew_page_attribute(n, keys[k]);
        if (is(name, "author") && is_account(content))
            continue;
        for (size_t i = 0; i < sizeof fields / sizeof fields[0] && code == EW_OK; i++)
            if (is(name, fields[i].name) && memcmp(content.p, "http", 4) != 0)
                code = ew_article_offer(l->m, fields[i].field, fields[i].rank, content);
            else if (is(name, fields[i].name) && fields[i].field == EW_FIELD_URL)
                code = ew_article_offer(l->m, fields[i].field, fields[i].rank, content);
        for (size_t i = 0; i < sizeof dates / sizeof dates[0] && code == EW_OK; i++)
            if (is(name, dates[i].name))
                code = ew_article_offer_date(l->m,
                                             (ew_article_source){dates[i].source,
                                                                 dates[i].rank,
                                                                 dates[i].modified},
                                             content, place_of(l, n));
    }
    return code;
}

/* The same report in another language: another language than the page says it is in, where it does. */
static bool is_other_language(const looking *l, ew_slice lang)
{
    ew_slice own = l->m->field[EW_FIELD_LANGUAGE];
    if (lang.n < 2 || is(lang, "x-default"))
        return false;
    return own.n < 2 || strncasecmp(own.p, lang.p, 2) != 0;
}

static ew_code take_link(looking *l, const GumboNode *n)
{
    ew_slice rel = ew_page_attribute(n, "rel");
    ew_slice href = ew_page_attribute(n, "href");
    ew_slice lang = ew_page_attribute(n, "hreflang");
    if (is(rel, "canonical"))
        return ew_article_offer(l->m, EW_FIELD_URL, EW_RANK_JSON_LD, href);
    if (contains(rel, "alternate") && is_other_language(l, lang))
        return ew_article_offer(l->m, EW_FIELD_TRANSLATION, EW_RANK_OPEN_GRAPH, href);
    return EW_OK;
}

static bool says_translation(ew_slice text)
{
    static const char *const words[] = {"read in ",
                                        "read this in ",
                                        "read this story in ",
                                        "read this article in ",
                                        "read the story in ",
                                        "read it in ",
                                        "this story in ",
                                        "lire en ",
                                        "leer en ",
                                        "auf deutsch",
                                        "en fran\xC3\xA7"
                                        "ais",
                                        "en espa\xC3\xB1ol",
                                        "in english",
                                        "khmer version",
                                        "english version",
                                        "version fran\xC3\xA7"
                                        "aise"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (text.n < 80 && text.n >= strlen(words[i]) &&
            strncasecmp(text.p, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

static ew_code take_anchor(looking *l, const GumboNode *n)
{
    ew_slice text;
    ew_slice href = ew_page_attribute(n, "href");
    ew_slice lang = ew_page_attribute(n, "hreflang");
    ew_code code = text_of(l, n, &text);
    if (code != EW_OK || href.n == 0 || href.p[0] == '#')
        return code;
    if (contains(ew_page_attribute(n, "rel"), "author"))
        return ew_article_offer(l->m, EW_FIELD_BYLINE, EW_RANK_TIME, text);
    if (is_other_language(l, lang) || says_translation(text))
        return ew_article_offer(l->m, EW_FIELD_TRANSLATION, EW_RANK_TIME, href);
    return EW_OK;
}

static bool is_update(const GumboNode *n, ew_slice text)
{
    static const char *const words[] = {"updated", "modified", NULL};
    ew_slice prop = ew_page_attribute(n, "itemprop");
    return is(prop, "dateModified") || ew_page_has_word(n, words) ||
           contains((ew_slice){text.p, text.n < 40 ? text.n : 40}, "updated") ||
           contains((ew_slice){text.p, text.n < 40 ? text.n : 40}, "modified");
}

/* Only what stands before the first comment counts, which the order of ranks and the limit in number see to. */
static ew_code take_time(looking *l, const GumboNode *n)
{
    ew_slice text;
    ew_slice exact = ew_page_attribute(n, "datetime");
    ew_code code = text_of(l, n, &text);
    bool update =
        is_update(n, text) || (n->parent != NULL && ew_page_is_element(n->parent) &&
                               is_update(n->parent, text));
    if (code == EW_OK && exact.n > 0)
        return ew_article_offer_date(l->m,
                                     (ew_article_source){"<time>", EW_RANK_TIME, update},
                                     exact, place_of(l, n));
    return code == EW_OK
               ? ew_article_offer_date(
                     l->m, (ew_article_source){"the text", EW_RANK_VISIBLE, update}, text,
                     place_of(l, n))
               : code;
}

/* Elements that are called "byline" or "date", short ones. */
static ew_code take_visible(looking *l, const GumboNode *n)
{
    static const char *const by[] = {"byline",  "author",    "writer",
                                     "authors", "reporters", NULL};
    static const char *const date[] = {"date",      "dateline", "published",
                                       "timestamp", "updated",  "pubdate",
                                       "time",      "posted",   NULL};
    ew_slice text;
    bool is_by = ew_page_has_word(n, by);
    bool is_date = ew_page_has_word(n, date);
    if (!is_by && !is_date)
        return EW_OK;
    ew_code code = text_of(l, n, &text);
    if (code == EW_OK && is_by && text.n < 120)
        code = ew_article_offer(l->m, EW_FIELD_BYLINE, EW_RANK_VISIBLE,
                                ew_article_byline(text));
    if (code == EW_OK && is_date && text.n < 120)
        code = ew_article_offer_date(
            l->m, (ew_article_source){"the text", EW_RANK_VISIBLE, is_update(n, text)},
            text, place_of(l, n));
    return code;
}

static ew_code take_script(looking *l, const GumboNode *n)
{
    if (!is(ew_page_attribute(n, "type"), "application/ld+json") ||
        n->v.element.children.length == 0)
        return EW_OK;
    const GumboNode *t = n->v.element.children.data[0];
    bool text = t->type == GUMBO_NODE_TEXT || t->type == GUMBO_NODE_CDATA;
    return text ? ew_page_json_ld(l->m, ew_slice_of(t->v.text.text), place_of(l, n))
                : EW_OK;
}

static ew_code take_title(looking *l, const GumboNode *n, int rank)
{
    ew_slice text;
    ew_code code = text_of(l, n, &text);
    return code == EW_OK ? ew_article_offer(l->m, EW_FIELD_TITLE, rank, text) : code;
}

static ew_code take(looking *l, const GumboNode *n)
{
    switch (ew_page_tag(n)) {
    case GUMBO_TAG_META:
        return take_meta(l, n);
    case GUMBO_TAG_LINK:
        return take_link(l, n);
    case GUMBO_TAG_SCRIPT:
        return take_script(l, n);
    case GUMBO_TAG_TITLE:
        return take_title(l, n, EW_RANK_VISIBLE + 1);
    case GUMBO_TAG_H1:
        return take_title(l, n, EW_RANK_TIME);
    case GUMBO_TAG_A:
        return take_anchor(l, n);
    case GUMBO_TAG_TIME:
        return take_time(l, n);
    case GUMBO_TAG_HTML:
        return ew_article_offer(l->m, EW_FIELD_LANGUAGE, EW_RANK_OPEN_GRAPH,
                                ew_page_attribute(n, "lang"));
    case GUMBO_TAG_BODY:
        return EW_OK;
    default:
        return take_visible(l, n);
    }
}

ew_code ew_page_meta(ew_article_made *m, const GumboNode *root,
                     const ew_page_bytes *bytes)
{
    looking l = {.m = m, .bytes = bytes};
    ew_page_walk w = {.root = root};
    ew_code code = EW_OK;
    ew_buf_init(&l.text, EW_ARTICLE_FIELD);
    while (code == EW_OK && ew_page_next(&w)) {
        if (w.leaving || !ew_page_is_element(w.node))
            continue;
        /* Dates and names in comments and boxes are those of others. */
        ew_page_mark mark = ew_page_mark_of(w.node);
        GumboTag t = ew_page_tag(w.node);
        if ((mark == EW_PAGE_COMMENT || mark == EW_PAGE_RELATED) && t != GUMBO_TAG_BODY &&
            t != GUMBO_TAG_ARTICLE && t != GUMBO_TAG_MAIN)
            w.leaving = true;
        else
            code = take(&l, w.node);
    }
    ew_buf_release(&l.text);
    return code;
}
