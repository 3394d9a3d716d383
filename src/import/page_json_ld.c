/* SPDX-License-Identifier: Apache-2.0 */
/* JSON-LD of an article. Only the shapes that publishers use: no contexts are read and nothing is fetched. */
#include <jansson.h>
#include <string.h>
#include <strings.h>

#include "import/page_meta.h"

enum { DEPTH = 32, BYTES = 1 << 20, OBJECTS = 1000 };

/* So that the parser, which recurses, is not given what nests deeply. */
static bool is_shallow(ew_slice s)
{
    int depth = 0;
    bool text = false;
    for (size_t i = 0; i < s.n; i++) {
        if (text) {
            i += s.p[i] == '\\';
            text = i >= s.n || s.p[i] != '"';
            continue;
        }
        text = s.p[i] == '"';
        depth += s.p[i] == '{' || s.p[i] == '[';
        depth -= s.p[i] == '}' || s.p[i] == ']';
        if (depth > DEPTH)
            return false;
    }
    return true;
}

static bool is_type(const json_t *type, const char *const *names)
{
    if (json_is_array(type)) {
        for (size_t i = 0; i < json_array_size(type) && i < 16; i++)
            if (json_is_string(json_array_get(type, i)) &&
                is_type(json_array_get(type, i), names))
                return true;
        return false;
    }
    const char *s = json_string_value(type);
    for (; s != NULL && *names != NULL; names++)
        if (strcmp(s, *names) == 0)
            return true;
    return false;
}

static bool is_article(const json_t *o)
{
    static const char *const names[] = {"NewsArticle",
                                        "Article",
                                        "ReportageNewsArticle",
                                        "BlogPosting",
                                        "AnalysisNewsArticle",
                                        "BackgroundNewsArticle",
                                        "OpinionNewsArticle",
                                        "LiveBlogPosting",
                                        "Report",
                                        "ScholarlyArticle",
                                        NULL};
    return is_type(json_object_get(o, "@type"), names);
}

/* A text, or of an object its name, or of a list the first ones, joined. */
static ew_code offer(ew_article_made *m, ew_article_field f, const json_t *v,
                     const char *key)
{
    char all[512];
    size_t n = 0;
    size_t count = json_is_array(v) ? json_array_size(v) : 1;
    for (size_t i = 0; i < count && i < 8; i++) {
        const json_t *one = json_is_array(v) ? json_array_get(v, i) : v;
        const json_t *s = json_is_object(one) ? json_object_get(one, key) : one;
        size_t len = json_string_length(s);
        if (!json_is_string(s) || len == 0 || n + len + 3 > sizeof all)
            continue;
        if (n > 0) {
            memcpy(all + n, ", ", 2);
            n += 2;
        }
        memcpy(all + n, json_string_value(s), len);
        n += len;
    }
    return n > 0 ? ew_article_offer(m, f, EW_RANK_JSON_LD, (ew_slice){all, n}) : EW_OK;
}

static ew_code offer_date(ew_article_made *m, bool modified, const json_t *v,
                          ew_place place)
{
    ew_slice s = {json_string_value(v), json_string_length(v)};
    return json_is_string(v)
               ? ew_article_offer_date(
                     m, (ew_article_source){"JSON-LD", EW_RANK_JSON_LD, modified}, s,
                     place)
               : EW_OK;
}

static ew_code take_article(ew_article_made *m, const json_t *o, ew_place place)
{
    const json_t *page = json_object_get(o, "mainEntityOfPage");
    ew_code code = offer(m, EW_FIELD_TITLE, json_object_get(o, "headline"), "name");
    if (code == EW_OK)
        code = offer(m, EW_FIELD_TITLE, json_object_get(o, "name"), "name");
    if (code == EW_OK)
        code = offer(m, EW_FIELD_BYLINE, json_object_get(o, "author"), "name");
    if (code == EW_OK)
        code = offer(m, EW_FIELD_OUTLET, json_object_get(o, "publisher"), "name");
    if (code == EW_OK)
        code = offer(m, EW_FIELD_LANGUAGE, json_object_get(o, "inLanguage"), "name");
    if (code == EW_OK)
        code = offer(m, EW_FIELD_URL, json_object_get(o, "url"), "@id");
    if (code == EW_OK && !json_is_boolean(page))
        code = offer(m, EW_FIELD_URL, page, "@id");
    if (code == EW_OK)
        code = offer(m, EW_FIELD_TRANSLATION, json_object_get(o, "translationOfWork"),
                     "@id");
    if (code == EW_OK)
        code = offer(m, EW_FIELD_TRANSLATION, json_object_get(o, "translationOfWork"),
                     "url");
    if (code == EW_OK)
        code =
            offer(m, EW_FIELD_TRANSLATION, json_object_get(o, "workTranslation"), "url");
    if (code == EW_OK)
        code = offer_date(m, false, json_object_get(o, "datePublished"), place);
    return code == EW_OK ? offer_date(m, true, json_object_get(o, "dateModified"), place)
                         : code;
}

/* The article is the root, in a list, or in "@graph", which may be in a list; of several the first counts. */
static ew_code search(ew_article_made *m, const json_t *v, ew_place place, int depth,
                      bool *found)
{
    enum { LISTS = 3 };
    const json_t *list = json_is_object(v) ? json_object_get(v, "@graph") : v;
    ew_code code = EW_OK;
    if (json_is_object(v) && is_article(v)) {
        *found = true;
        return take_article(m, v, place);
    }
    for (size_t i = 0; json_is_array(list) && i < json_array_size(list) && i < OBJECTS &&
                       code == EW_OK && !*found;
         i++) {
        const json_t *one = json_array_get(list, i);
        if (json_is_object(one) && depth < LISTS)
            code = search(m, one, place, depth + 1, found);
    }
    return code;
}

ew_code ew_page_json_ld(ew_article_made *m, ew_slice json, ew_place place)
{
    json_error_t why;
    bool found = false;
    if (json.n > BYTES || !is_shallow(json))
        return ew_article_remark(m, place, "JSON-LD too large or too deep to be read");
    json_t *v = json_loadb(json.p, json.n, JSON_DISABLE_EOF_CHECK, &why);
    if (v == NULL)
        return ew_article_remark(m, place, "JSON-LD that is no JSON: %s", why.text);
    ew_code code = search(m, v, place, 0, &found);
    json_decref(v);
    return code;
}
