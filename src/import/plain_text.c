/* SPDX-License-Identifier: Apache-2.0 */
/* Articles as plain text, as a scraper or a person saved them: the headline first, then byline and date, then the
 * report. */
#include <string.h>

#include "import/article_lines.h"
#include "import/page_meta.h"

static bool is_title(ew_slice text)
{
    size_t bytes;
    return text.n < 200 && text.n > 0 && text.p[text.n - 1] != '.' &&
           memchr(text.p, '\n', text.n) == NULL && ew_article_dateline(text, &bytes) == 0;
}

/* The lines at the top stand together often: each is looked at alone. */
static ew_code take_paragraph(ew_article_lines *l, ew_slice paragraph)
{
    enum { TOP = 4 };
    ew_slice text = ew_article_lines_trimmed(paragraph);
    ew_code code = EW_OK;
    for (int i = 0; i < TOP && l->made->count == 0 && code == EW_OK; i++) {
        const char *end = memchr(text.p, '\n', text.n);
        if (end == NULL)
            break;
        ew_slice line =
            ew_article_lines_trimmed((ew_slice){text.p, (size_t)(end - text.p)});
        bool first = l->made->rank[EW_FIELD_TITLE] == 0;
        if (line.n > 110 || (!first && line.n > 0 && line.p[line.n - 1] == '.'))
            break;
        if (first && is_title(line))
            code = ew_article_offer(l->made, EW_FIELD_TITLE, EW_RANK_VISIBLE, line);
        else
            code = ew_article_lines_take(l, line, line, false);
        text = ew_article_lines_trimmed(
            (ew_slice){end + 1, (size_t)(text.p + text.n - end - 1)});
    }
    if (code != EW_OK)
        return code;
    if (l->made->rank[EW_FIELD_TITLE] == 0 && l->number == 0 && is_title(text))
        return ew_article_offer(l->made, EW_FIELD_TITLE, EW_RANK_VISIBLE, text);
    return ew_article_lines_take(l, text, text, false);
}

static ew_code read_text(ew_article_made *m, ew_slice original)
{
    ew_page_bytes bytes;
    ew_slice paragraph;
    size_t at = 0;
    ew_place whole = {m->member, 0, original.n};
    ew_article_lines l;
    ew_code code = ew_article_lines_open(&l, m, original, &bytes);
    if (code != EW_OK)
        return code;
    l.by_line = !ew_article_lines_spaced((ew_slice){bytes.text, bytes.n});
    if (bytes.guessed)
        code = ew_article_remark(m, whole, "no encoding is declared: read as %s",
                                 bytes.encoding);
    while (code == EW_OK && ew_article_lines_next(&l, &at, &paragraph))
        code = take_paragraph(&l, paragraph);
    return code == EW_OK ? ew_article_tell(m, whole) : code;
}

ew_code ew_import__text(ew_delivery *from, const ew_import_opts *opts,
                        const ew_import_sink *sink, ew_err *err)
{
    static const char *const ends[] = {".txt", ".text", NULL};
    (void)opts;
    return ew_article_each(from, ends, read_text, sink, err);
}
