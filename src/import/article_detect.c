/* SPDX-License-Identifier: Apache-2.0 */
/* Is it an article, and as what? */
#include <string.h>
#include <strings.h>

#include "import/article_made.h"

static ew_slice without_space(ew_slice s)
{
    if (s.n >= 3 && memcmp(s.p, "\xEF\xBB\xBF", 3) == 0)
        s = (ew_slice){s.p + 3, s.n - 3};
    while (s.n > 0 && s.p[0] != 0 && strchr(" \t\r\n", s.p[0]) != NULL)
        s = (ew_slice){s.p + 1, s.n - 1};
    return s;
}

static bool begins(ew_slice s, const char *with)
{
    size_t n = strlen(with);
    return s.n >= n && strncasecmp(s.p, with, n) == 0;
}

/* By its first bytes, which may be in UTF-16. */
static bool is_page(ew_slice s)
{
    static const char *const starts[] = {"<!doctype html", "<html",  "<head",   "<body",
                                         "<meta",          "<title", "<article"};
    char narrow[64];
    size_t n = 0;
    bool wide =
        s.n >= 2 && (memcmp(s.p, "\xFF\xFE", 2) == 0 || memcmp(s.p, "\xFE\xFF", 2) == 0);
    s = without_space(s);
    for (size_t i = 0; wide && i < s.n && n < sizeof narrow; i++)
        if (s.p[i] > ' ' || s.p[i] == ' ')
            narrow[n++] = s.p[i];
    if (wide)
        s = (ew_slice){narrow, n};
    if (begins(s, "<!--")) { /* a comment of the program that saved it */
        const char *end = memmem(s.p, s.n, "-->", 3);
        if (end != NULL)
            s = without_space((ew_slice){end + 3, (size_t)(s.p + s.n - end) - 3});
    }
    if (begins(s, "<?xml")) {
        const char *end = memchr(s.p, '>', s.n);
        if (end != NULL)
            s = without_space((ew_slice){end + 1, (size_t)(s.p + s.n - end) - 1});
    }
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
        if (begins(s, starts[i]))
            return true;
    return false;
}

static bool is_markdown(ew_slice s)
{
    s = without_space(s);
    return begins(s, "---\n") || begins(s, "---\r\n") || begins(s, "# ") ||
           memmem(s.p, s.n, "\n# ", 3) != NULL || memmem(s.p, s.n, "\n## ", 4) != NULL;
}

ew_code ew_article_detect(ew_delivery *from, ew_import_format *format, ew_err *err)
{
    static const char *const pages[] = {".html", ".htm", ".xhtml", NULL};
    static const char *const marked[] = {".md", ".markdown", NULL};
    static const char *const plain[] = {".txt", ".text", NULL};
    size_t count = ew_delivery_count(from);
    *format = EW_IMPORT_AUTO;
    for (size_t i = 0; i < count; i++) {
        ew_slice name = ew_delivery_name(from, i);
        ew_slice bytes;
        bool md = ew_article_name_ends(name, marked);
        if (ew_article_name_ends(name, pages)) {
            *format = EW_IMPORT_PAGE;
            return EW_OK;
        }
        if (!md && count > 1)
            continue;
        ew_code code = ew_delivery_read(from, i, &bytes, err);
        if (code != EW_OK)
            return code;
        if (!md && is_page(bytes))
            *format = EW_IMPORT_PAGE;
        else if (md && is_markdown(bytes))
            *format = EW_IMPORT_MARKDOWN;
        else if (ew_article_name_ends(name, plain))
            *format = EW_IMPORT_TEXT;
        if (*format != EW_IMPORT_AUTO)
            return EW_OK;
    }
    return EW_OK;
}
