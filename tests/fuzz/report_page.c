/* SPDX-License-Identifier: Apache-2.0 */
/* Pages made of anything: a picture (first byte "s"), or a result as a case keeps it (first byte
 * "c", "d", "f", "i": its tool). Whatever it is, the page has no element and no attribute that is not ours. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "report/html.h"
#include "report/page_results.h"
#include "report/redraw.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUT_MAX = 64 << 20 };

static const char *const tags[] = {
    "!DOCTYPE", "html",   "head",       "meta",       "title",   "style",    "body",
    "header",   "nav",    "main",       "footer",     "section", "div",      "h1",
    "h2",       "h3",     "p",          "ul",         "ol",      "li",       "a",
    "bdi",      "span",   "pre",        "code",       "table",   "caption",  "thead",
    "tbody",    "tr",     "th",         "td",         "figure",  "dl",       "dt",
    "dd",       "svg",    "desc",       "defs",       "pattern", "g",        "rect",
    "path",     "circle", "ellipse",    "line",       "text",    "polyline", "polygon",
    "tspan",    "image",  "figcaption", "blockquote", "audio",
};

static void check_tag(const char *s)
{
    size_t n;
    bool known = false;
    s += *s == '/';
    n = strcspn(s, " >");
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
        known = known || (strlen(tags[i]) == n && memcmp(s, tags[i], n) == 0);
    if (!known)
        abort();
    s += n;
    while (*s == ' ') {
        s++;
        n = strcspn(s, "=> \"'<");
        if (n > 1 && strncmp(s, "on", 2) == 0)
            abort();
        s += n;
        if (*s == '=') {
            if (s[1] != '"')
                abort();
            s += 2;
            n = strcspn(s, "\"<>");
            if (s[n] != '"')
                abort();
            s += n + 1;
        }
    }
    if (*s != '>')
        abort();
}

static void check(const ew_buf *b)
{
    const char *s = (const char *)b->data;
    if (s == NULL)
        return;
    if (strlen(s) != b->len || !ew_utf8_valid(s, b->len))
        abort();
    for (s = strchr(s, '<'); s != NULL; s = strchr(s + 1, '<')) {
        if (strncmp(s, "<!DOCTYPE html>", 15) != 0)
            check_tag(s + 1);
    }
}

static void picture(const char *text)
{
    ew_html h;
    ew_err err;
    ew_buf out;
    ew_buf_init(&out, OUT_MAX);
    ew_html_init(&h, &out, &err);
    ew_html_open(&h, "div");
    ew_html_svg(&h, text, "p1");
    if (h.rc == EW_OK) {
        ew_html_close(&h);
        check(&out);
        if (h.depth != 0)
            abort();
    }
    ew_buf_release(&out);
}

static void result(const char *tool, const char *text)
{
    const ew_page_head head = {"case", NULL, NULL, NULL, NULL};
    json_t *r = json_loads(text, 0, NULL);
    ew_page p;
    ew_buf out;
    ew_buf svg;
    ew_err err;
    if (r == NULL)
        return;
    ew_page_init(&p, &head);
    ew_buf_init(&svg, OUT_MAX);
    if (ew_redraw(tool, r, &svg, &err) != EW_OK)
        abort();
    ew_page_add_result(&p, tool, r, svg.len > 0 ? (const char *)svg.data : NULL);
    ew_buf_release(&svg);
    ew_page_close(&p, json_object(), NULL);
    ew_buf_init(&out, OUT_MAX);
    if (ew_page_html(&p, &out, &err) != EW_OK)
        abort();
    check(&out);
    ew_buf_release(&out);
    ew_page_release(&p);
    json_decref(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const tools[] = {"check", "diff", "family", "inspect"};
    char *text = malloc(size + 1);
    if (text == NULL || size == 0) {
        free(text);
        return 0;
    }
    memcpy(text, data, size);
    text[size] = 0;
    if (text[0] == 's')
        picture(text + 1);
    for (size_t i = 0; i < 4; i++)
        if (tools[i][0] == text[0])
            result(tools[i], text + 1);
    free(text);
    return 0;
}
