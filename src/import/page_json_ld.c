/* SPDX-License-Identifier: Apache-2.0 */
/* JSON-LD of an article. Only the shapes that publishers use: no contexts are read and nothing is fetched. */
#include <ctype.h>
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

/* ------------------------------------------------------------------ what is not quite JSON */

/* "<!--//--><![CDATA[// ><!--", "/" "* <![CDATA[ *" "/": what hides a script from programs that do not know scripts. */
static ew_slice without_wrapper(ew_slice s)
{
    static const char marks[] = " \t\r\n<!->/*;";
    ew_slice rest = s;
    while (rest.n > 0 && rest.p[0] != '{' && rest.p[0] != '[') {
        if (ew_slice_skip(&rest, "<![CDATA["))
            continue;
        if (memchr(marks, rest.p[0], sizeof marks - 1) == NULL)
            return s;
        rest.p++;
        rest.n--;
    }
    return rest;
}

/* A comma that nothing follows in its list. */
static bool is_trailing_comma(ew_slice s, size_t at)
{
    if (s.p[at] != ',')
        return false;
    do
        at++;
    while (at < s.n && memchr(" \t\r\n", s.p[at], 4) != NULL);
    return at < s.n && (s.p[at] == '}' || s.p[at] == ']');
}

/* What systems that keep pages write all the same, into as many bytes: control characters in strings, escapes that
 * there are not, commas behind the last of a list. All of it becomes spaces, which are made one later. */
static void mend(ew_slice s, char *out)
{
    bool text = false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        out[i] = s.p[i];
        if (text && c == '\\' && i + 1 < s.n) {
            bool known = memchr("\"\\/bfnrtu", s.p[i + 1], 9) != NULL;
            out[i] = known ? '\\' : ' ';
            i += known;
            out[i] = known ? s.p[i] : ' ';
        } else if (c < ' ' || (!text && is_trailing_comma(s, i))) {
            out[i] = ' ';
        } else if (c == '"') {
            text = !text;
        }
    }
}

/* NULL with *code EW_OK: it is none, which is told. */
static json_t *parse(ew_article_made *m, ew_slice json, ew_place place, ew_code *code)
{
    json_error_t why;
    json = without_wrapper(json);
    json_t *v = json_loadb(json.p, json.n, JSON_DISABLE_EOF_CHECK, &why);
    *code = EW_OK;
    if (v != NULL)
        return v;
    char *mended = ew_room_get(&m->room, json.n + 1);
    if (mended == NULL) {
        *code = ew_room_fail(&m->room, m->err);
        return NULL;
    }
    mend(json, mended);
    v = json_loadb(mended, json.n, JSON_DISABLE_EOF_CHECK, NULL);
    *code = v == NULL
                ? ew_article_remark(m, place, "JSON-LD that is no JSON: %s", why.text)
                : ew_article_remark(m, place,
                                    "JSON-LD that is not quite JSON was understood: %s",
                                    why.text);
    return v;
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

/* "&#039;", "&amp;": a reference to a character with its end. */
static bool is_reference(ew_slice s, size_t at)
{
    size_t from = ++at;
    while (at < s.n && at - from < 32 &&
           (isalnum((unsigned char)s.p[at]) || s.p[at] == '#'))
        at++;
    return at > from && at < s.n && s.p[at] == ';';
}

/* As HTML in which nothing is mark-up but references that end in a semicolon. */
static ew_code as_html(ew_slice s, ew_buf *out, ew_err *err)
{
    ew_code code = ew_buf_append(out, "<p>", 3, err);
    for (size_t i = 0; i < s.n && code == EW_OK; i++) {
        if (s.p[i] == '<')
            code = ew_buf_append(out, "&lt;", 4, err);
        else if (s.p[i] == '&' && !is_reference(s, i))
            code = ew_buf_append(out, "&amp;", 5, err);
        else
            code = ew_buf_append(out, s.p + i, 1, err);
    }
    return code;
}

/* Systems that keep pages write references into JSON too, where they are none. */
static ew_code offer_decoded(ew_article_made *m, ew_article_field f, ew_slice s)
{
    bool plain = f != EW_FIELD_TITLE && f != EW_FIELD_BYLINE && f != EW_FIELD_OUTLET;
    const GumboNode *root;
    ew_buf html;
    ew_buf text;
    bool any = false;
    for (size_t i = 0; i < s.n && !plain; i++)
        any = any || (s.p[i] == '&' && is_reference(s, i));
    if (!any)
        return ew_article_offer(m, f, EW_RANK_JSON_LD, s);
    ew_buf_init(&html, 8 * EW_ARTICLE_FIELD);
    ew_buf_init(&text, EW_ARTICLE_FIELD);
    ew_code code = as_html(s, &html, m->err);
    if (code == EW_OK)
        code = ew_page_parse(&root, (char *)html.data, html.len, &m->room, m->err);
    if (code == EW_OK)
        code = ew_page_text(root, &text, m->err);
    if (code == EW_OK && text.len > 0)
        code = ew_article_offer(m, f, EW_RANK_JSON_LD,
                                (ew_slice){(char *)text.data, text.len});
    ew_buf_release(&html);
    ew_buf_release(&text);
    return code;
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
    return n > 0 ? offer_decoded(m, f, (ew_slice){all, n}) : EW_OK;
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
    bool found = false;
    ew_code code;
    if (json.n > BYTES || !is_shallow(json))
        return ew_article_remark(m, place, "JSON-LD too large or too deep to be read");
    json_t *v = parse(m, json, place, &code);
    if (v != NULL && code == EW_OK)
        code = search(m, v, place, 0, &found);
    json_decref(v);
    return code;
}
