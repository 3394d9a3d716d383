/* SPDX-License-Identifier: Apache-2.0 */
/* The object of a report as one page of HTML: no script, nothing loaded, one style sheet whose hash the
 * page's own policy names. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/words.h"
#include "report/html.h"
#include "report/page.h"
#include "report/page_css.h"
#include "report/times.h"

enum { ID_TEXT = 32, POLICY_MAX = 400, STYLE_MAX = 1 << 20 };

typedef struct writer {
    ew_html h;
    const json_t *doc;
    size_t sections, tables, pictures;
    bool in_section, in_sounds;
} writer;

static const char *text_of(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s != NULL ? s : "";
}

static bool is(const json_t *o, const char *key, const char *value)
{
    return strcmp(text_of(o, key), value) == 0;
}

/* What the program says, in the reader's language. The object has it in English. */
static void put_words(writer *w, const char *english)
{
    ew_html_text(&w->h, ew_said(english));
}

static void put_element(writer *w, const char *name, const char *english)
{
    ew_html_element(&w->h, name, ew_said(english));
}

/* ------------------------------------------------------------------ head */

static void put_meta(writer *w, const char *key, const char *name, const char *content)
{
    ew_html_open(&w->h, "meta");
    ew_html_attr(&w->h, key, name);
    ew_html_attr(&w->h, "content", content);
}

static const ew_page_font *font_of(const ew_page_look *look)
{
    const ew_page_font *f = ew_page_fonts;
    while (look != NULL && f->name != NULL && strcmp(f->name, look->font) != 0)
        f++;
    return look != NULL && f->name != NULL ? f : NULL;
}

/* The style of all reports, and what this language needs. */
static ew_code style_of(ew_buf *css, const ew_page_look *look, ew_err *err)
{
    const ew_page_font *f = font_of(look);
    ew_code rc = ew_buf_append(css, ew_page_css, strlen(ew_page_css), err);
    if (rc == EW_OK)
        rc = ew_buf_append(css, ew_page_paper, strlen(ew_page_paper), err);
    if (rc == EW_OK && f != NULL)
        rc = ew_buf_printf(css, err,
                           "@font-face{font-family:'%s';src:url(data:font/woff2;base64,",
                           look->family);
    if (rc == EW_OK && f != NULL)
        rc = ew_base64(css, f->bytes, f->n, err);
    if (rc == EW_OK && f != NULL)
        rc = ew_buf_printf(css, err, ")}\n");
    if (rc == EW_OK && look != NULL)
        rc = ew_buf_append(css, look->css, strlen(look->css), err);
    return rc;
}

static void policy(writer *w, const ew_buf *css, bool font)
{
    char text[POLICY_MAX];
    uint8_t sha256[EW_SHA256_BYTES];
    ew_buf b;
    ew_sha256_bytes(css->data, css->len, sha256);
    ew_buf_init(&b, POLICY_MAX);
    if (w->h.rc == EW_OK)
        w->h.rc = ew_base64(&b, sha256, sizeof sha256, w->h.err);
    (void)snprintf(text, sizeof text,
                   "default-src 'none'; style-src 'sha256-%s'; img-src data:; "
                   "%smedia-src data:; base-uri 'none'; form-action 'none'",
                   b.data != NULL ? (const char *)b.data : "",
                   font ? "font-src data:; " : "");
    put_meta(w, "http-equiv", "Content-Security-Policy", text);
    ew_buf_release(&b);
}

static const char *title_of(const json_t *doc)
{
    static const char *const titles[][2] = {
        {"check", EW_N("Where a clip comes from")},
        {"diff", EW_N("What one recording changes against another")},
        {"family", EW_N("Which copy was made from which")},
        {"inspect", EW_N("What a file betrays about itself")},
        {"case", EW_N("A case")},
        {"results", EW_N("What was found")},
    };
    if (text_of(doc, "title")[0] != 0)
        return text_of(doc, "title");
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
        if (is(doc, "kind", titles[i][0]))
            return ew_said(titles[i][1]);
    return ew_tr("Report");
}

static void head(writer *w)
{
    const ew_page_look *look = ew_page_look_of(ew_language());
    ew_buf css;
    ew_buf_init(&css, STYLE_MAX);
    if (w->h.rc == EW_OK)
        w->h.rc = style_of(&css, look, w->h.err);
    ew_html_open(&w->h, "head");
    ew_html_open(&w->h, "meta");
    ew_html_attr(&w->h, "charset", "utf-8");
    policy(w, &css, font_of(look) != NULL);
    put_meta(w, "name", "viewport", "width=device-width, initial-scale=1");
    put_meta(w, "name", "color-scheme", "light dark");
    put_meta(w, "name", "referrer", "no-referrer");
    put_meta(w, "name", "generator", text_of(w->doc, "tool"));
    ew_html_element(&w->h, "title", title_of(w->doc));
    ew_html_style(&w->h, css.data != NULL ? (const char *)css.data : "");
    ew_buf_release(&css);
    ew_html_close(&w->h);
}

static void open_class(writer *w, const char *element, const char *class)
{
    ew_html_open(&w->h, element);
    ew_html_attr(&w->h, "class", class);
}

/* What others wrote: its language is not known, its direction is its own. */
static void attr_outside(writer *w)
{
    ew_html_attr(&w->h, "lang", "und");
    ew_html_attr(&w->h, "dir", "auto");
}

static void put_fact(writer *w, const char *name, const char *key)
{
    if (text_of(w->doc, key)[0] == 0)
        return;
    put_element(w, "dt", name);
    ew_html_open(&w->h, "dd");
    if (strcmp(key, "tool") != 0)
        attr_outside(w);
    ew_html_text(&w->h, text_of(w->doc, key));
    ew_html_close(&w->h);
}

static void header(writer *w)
{
    ew_html_open(&w->h, "header");
    open_class(w, "p", "kicker");
    ew_html_text(&w->h, ew_tr("Report of earwitness"));
    ew_html_close(&w->h);
    ew_html_open(&w->h, "h1");
    if (text_of(w->doc, "title")[0] != 0)
        attr_outside(w);
    ew_html_text(&w->h, title_of(w->doc));
    ew_html_close(&w->h);
    ew_html_open(&w->h, "dl");
    put_fact(w, EW_N("Published by"), "publisher");
    put_fact(w, EW_N("Date"), "date");
    put_fact(w, EW_N("Made with"), "tool");
    ew_html_close(&w->h);
    if (text_of(w->doc, "note")[0] != 0) {
        ew_html_open(&w->h, "blockquote");
        attr_outside(w);
        ew_html_element(&w->h, "p", text_of(w->doc, "note"));
        ew_html_close(&w->h);
    }
    ew_html_close(&w->h);
}

static void put_title(writer *w, const json_t *block)
{
    put_words(w, text_of(block, "title"));
    if (text_of(block, "of")[0] == 0)
        return;
    ew_html_text(&w->h, " ");
    ew_html_open(&w->h, "bdi");
    ew_html_attr(&w->h, "lang", "und");
    ew_html_text(&w->h, text_of(block, "of"));
    ew_html_close(&w->h);
}

static void contents(writer *w)
{
    const json_t *blocks = json_object_get(w->doc, "blocks");
    char id[ID_TEXT];
    size_t n = 0;
    ew_html_open(&w->h, "nav");
    ew_html_attr(&w->h, "aria-label", ew_tr("Contents"));
    ew_html_open(&w->h, "ol");
    for (size_t i = 0; i < json_array_size(blocks); i++) {
        const json_t *b = json_array_get(blocks, i);
        if (!is(b, "type", "section") ||
            json_integer_value(json_object_get(b, "level")) != 2)
            continue;
        (void)snprintf(id, sizeof id, "#s%zu", ++n);
        ew_html_open(&w->h, "li");
        ew_html_open(&w->h, "a");
        ew_html_attr(&w->h, "href", id);
        put_title(w, b);
        ew_html_close(&w->h);
        ew_html_close(&w->h);
    }
    ew_html_close(&w->h);
    ew_html_close(&w->h);
}

/* ------------------------------------------------------------------ blocks */

static void end_sounds(writer *w)
{
    if (w->in_sounds)
        ew_html_close(&w->h);
    w->in_sounds = false;
}

static void section(writer *w, const json_t *b)
{
    char id[ID_TEXT];
    if (json_integer_value(json_object_get(b, "level")) == 2) {
        if (w->in_section)
            ew_html_close(&w->h);
        (void)snprintf(id, sizeof id, "s%zu", ++w->sections);
        ew_html_open(&w->h, "section");
        ew_html_attr(&w->h, "id", id);
        w->in_section = true;
        ew_html_open(&w->h, "h2");
    } else {
        ew_html_open(&w->h, "h3");
    }
    put_title(w, b);
    ew_html_close(&w->h);
}

static void text(writer *w, const json_t *b)
{
    if (is(b, "role", "command")) {
        ew_html_open(&w->h, "pre");
        ew_html_element(&w->h, "code", text_of(b, "text"));
    } else if (is(b, "role", "outside")) {
        ew_html_open(&w->h, "blockquote");
        attr_outside(w);
        ew_html_element(&w->h, "p", text_of(b, "text"));
    } else {
        ew_html_open(&w->h, "p");
        if (!is(b, "role", "plain"))
            ew_html_attr(&w->h, "class", text_of(b, "role"));
        put_words(w, text_of(b, "text"));
    }
    ew_html_close(&w->h);
}

static void list(writer *w, const json_t *b)
{
    const json_t *items = json_object_get(b, "items");
    ew_html_open(&w->h, "ul");
    for (size_t i = 0; i < json_array_size(items); i++) {
        const char *s = json_string_value(json_array_get(items, i));
        put_element(w, "li", s != NULL ? s : "");
    }
    ew_html_close(&w->h);
}

/* What is wider than the page moves by itself, also by keys. */
static void open_wide(writer *w, const char *label_id)
{
    open_class(w, "div", "wide");
    ew_html_attr(&w->h, "role", "region");
    ew_html_attr(&w->h, "tabindex", "0");
    ew_html_attr(&w->h, "aria-labelledby", label_id);
}

static const char *kind_at(const json_t *columns, size_t i)
{
    return text_of(json_array_get(columns, i), "kind");
}

/* A sentence of ours that has words of others in it looks as those do. */
static const char *class_at(const json_t *columns, size_t i)
{
    const char *kind = kind_at(columns, i);
    return strcmp(kind, "said") == 0 ? "outside" : kind;
}

static bool is_ours(const char *kind)
{
    return strcmp(kind, "outside") != 0 && strcmp(kind, "hash") != 0;
}

static void table_head(writer *w, const json_t *columns)
{
    ew_html_open(&w->h, "thead");
    ew_html_open(&w->h, "tr");
    for (size_t i = 0; i < json_array_size(columns); i++) {
        ew_html_open(&w->h, "th");
        ew_html_attr(&w->h, "scope", "col");
        ew_html_attr(&w->h, "class", class_at(columns, i));
        put_words(w, text_of(json_array_get(columns, i), "name"));
        ew_html_close(&w->h);
    }
    ew_html_close(&w->h);
    ew_html_close(&w->h);
}

static void table_row(writer *w, const json_t *columns, const json_t *row)
{
    ew_html_open(&w->h, "tr");
    for (size_t i = 0; i < json_array_size(columns); i++) {
        const char *cell = json_string_value(json_array_get(row, i));
        ew_html_open(&w->h, "td");
        ew_html_attr(&w->h, "class", class_at(columns, i));
        if (strcmp(class_at(columns, i), "outside") == 0)
            attr_outside(w);
        if (cell != NULL && is_ours(kind_at(columns, i)))
            put_words(w, cell);
        else
            ew_html_text(&w->h, cell != NULL ? cell : "");
        ew_html_close(&w->h);
    }
    ew_html_close(&w->h);
}

static void table(writer *w, const json_t *b)
{
    const json_t *columns = json_object_get(b, "columns");
    const json_t *rows = json_object_get(b, "rows");
    char id[ID_TEXT];
    (void)snprintf(id, sizeof id, "t%zu", ++w->tables);
    open_wide(w, id);
    ew_html_open(&w->h, "table");
    ew_html_open(&w->h, "caption");
    ew_html_attr(&w->h, "id", id);
    open_class(w, "span", "seen"); /* where the table is wider than the page */
    put_words(w, text_of(b, "caption"));
    ew_html_close(&w->h);
    ew_html_close(&w->h);
    table_head(w, columns);
    ew_html_open(&w->h, "tbody");
    for (size_t i = 0; i < json_array_size(rows); i++)
        table_row(w, columns, json_array_get(rows, i));
    ew_html_close(&w->h);
    ew_html_close(&w->h);
    ew_html_close(&w->h);
}

static void picture(writer *w, const json_t *b)
{
    char id[ID_TEXT];
    char label[ID_TEXT + 8];
    (void)snprintf(id, sizeof id, "p%zu", ++w->pictures);
    (void)snprintf(label, sizeof label, "%s-caption", id);
    open_class(w, "figure", "picture");
    ew_html_open(&w->h, "figcaption");
    ew_html_attr(&w->h, "id", label);
    put_words(w, text_of(b, "title"));
    ew_html_close(&w->h);
    open_wide(w, label);
    ew_html_svg(&w->h, text_of(b, "svg"), id);
    ew_html_close(&w->h);
    ew_html_close(&w->h);
}

static void sound(writer *w, const json_t *b)
{
    char id[ID_TEXT];
    char from[EW_TIME_TEXT];
    char to[EW_TIME_TEXT];
    char place[2 * EW_TIME_TEXT + 8];
    if (!w->in_sounds)
        open_class(w, "div", "sounds");
    w->in_sounds = true;
    (void)snprintf(place, sizeof place, ", %s – %s",
                   ew_time_text(json_real_value(json_object_get(b, "from")), from),
                   ew_time_text(json_real_value(json_object_get(b, "to")), to));
    open_class(w, "figure", "sound");
    ew_html_open(&w->h, "figcaption");
    put_words(w, text_of(b, "caption"));
    open_class(w, "span", "detail");
    ew_html_open(&w->h, "bdi");
    ew_html_attr(&w->h, "lang", "und");
    ew_html_text(&w->h, text_of(b, "file"));
    ew_html_close(&w->h);
    ew_html_text(&w->h, place);
    ew_html_close(&w->h);
    ew_html_close(&w->h);
    if (text_of(b, "svg")[0] != 0) {
        (void)snprintf(id, sizeof id, "p%zu", ++w->pictures);
        ew_html_svg(&w->h, text_of(b, "svg"), id);
    }
    ew_html_open(&w->h, "audio");
    ew_html_attr(&w->h, "controls", "");
    ew_html_attr(&w->h, "preload", "none");
    ew_html_attr(&w->h, "aria-label", ew_said(text_of(b, "caption")));
    ew_html_attr_wav(&w->h, "src", text_of(b, "wav"));
    ew_html_close(&w->h);
    ew_html_close(&w->h);
}

static void block(writer *w, const json_t *b)
{
    static const struct {
        const char *type;
        void (*put)(writer *w, const json_t *b);
    } kinds[] = {{"section", section}, {"text", text},       {"list", list},
                 {"table", table},     {"picture", picture}, {"sound", sound}};
    if (!is(b, "type", "sound"))
        end_sounds(w);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (is(b, "type", kinds[i].type))
            kinds[i].put(w, b);
}

static void body(writer *w)
{
    const json_t *blocks = json_object_get(w->doc, "blocks");
    ew_html_open(&w->h, "body");
    header(w);
    contents(w);
    ew_html_open(&w->h, "main");
    for (size_t i = 0; i < json_array_size(blocks) && w->h.rc == EW_OK; i++)
        block(w, json_array_get(blocks, i));
    end_sounds(w);
    if (w->in_section)
        ew_html_close(&w->h);
    ew_html_close(&w->h);
    ew_html_open(&w->h, "footer");
    put_element(
        w, "p",
        EW_N("This page is one file. It has no scripts, loads nothing, and can be read "
             "without a network. Times are counted from the first sample that the "
             "program's own decoder gives."));
    ew_html_close(&w->h);
    ew_html_close(&w->h);
}

ew_code ew_page_html(const ew_page *p, ew_buf *out, ew_err *err)
{
    writer w = {.doc = p->doc.json};
    if (p->doc.json == NULL)
        return ew_fail_nomem(err);
    ew_html_init(&w.h, out, err);
    ew_html_doctype(&w.h);
    ew_html_open(&w.h, "html");
    ew_html_attr(&w.h, "lang", ew_language());
    head(&w);
    body(&w);
    ew_html_close(&w.h);
    return w.h.rc == EW_OK ? ew_buf_append(out, "\n", 1, err) : w.h.rc;
}
