/* SPDX-License-Identifier: Apache-2.0 */
/* Links behind words of Telegram's messages: "here" that leads elsewhere. */
#include "import/telegram_links.h"

#include <string.h>

#include "import/page_tree.h"
#include "import/telegram_html.h"

/* ------------------------------------------------------------------ what a link adds to its words */

/* Without what the exporting program puts before an address that it found in a text. */
static ew_slice bare(ew_slice s)
{
    static const char *const before[] = {"http://", "https://", "mailto:", "tel:"};
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
        if (ew_slice_skip(&s, before[i]))
            break;
    while (s.n > 0 && memchr("/ \n", s.p[s.n - 1], 3) != NULL)
        s.n--;
    return s;
}

/* Do the words show where the link leads? */
static bool is_shown(ew_slice href, ew_slice words)
{
    ew_slice a = bare(href);
    ew_slice b = bare(words);
    if (ew_slice_skip(&b, "@") && !ew_slice_skip(&a, "t.me/"))
        return false;
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

ew_code ew_tg_link(ew_buf *links, ew_slice href, ew_slice words, ew_err *err)
{
    if (href.n == 0 || is_shown(href, words))
        return EW_OK;
    ew_code code = links->len > 0 ? ew_buf_append(links, " ", 1, err) : EW_OK;
    return code == EW_OK ? ew_buf_append(links, href.p, href.n, err) : code;
}

ew_code ew_tg_links_attach(ew_message_made *m, const ew_buf *links, ew_err *err)
{
    if (links->len == 0)
        return EW_OK;
    ew_made_attachment *a = ew_made_attachment_new(m);
    a->kind = EW_ATTACH_OTHER;
    a->state = EW_ATTACH_INLINE;
    ew_code code = ew_made_keep(m, ew_slice_of(EW_TG_LINK), &a->name, err);
    return code == EW_OK ? ew_made_keep(m, ew_tg_slice(links), &a->words, err) : code;
}

/* ------------------------------------------------------------------ pages */

/* "https:", "tg:"; not "#go_to_message12", "messages2.html". */
static bool leads_out(ew_slice href)
{
    size_t n = href.n > 0 ? strcspn(href.p, ":/?#") : 0;
    return n > 0 && n < href.n && href.p[n] == ':';
}

ew_code ew_tg_html_links(ew_tg_html *h, const GumboNode *node)
{
    ew_buf words;
    ew_buf links;
    ew_page_walk w = {.root = node};
    ew_code code = EW_OK;
    ew_buf_init(&words, EW_TG_BLOCK);
    ew_buf_init(&links, 2 * EW_TG_BLOCK);
    while (code == EW_OK && ew_page_next(&w)) {
        ew_slice href = ew_page_attribute(w.node, "href");
        if (w.leaving || ew_page_tag(w.node) != GUMBO_TAG_A || !leads_out(href))
            continue;
        ew_buf_reset(&words);
        code = ew_page_text(w.node, &words, h->err);
        if (code == EW_OK)
            code = ew_tg_link(&links, href, ew_tg_slice(&words), h->err);
    }
    if (code == EW_OK)
        code = ew_tg_links_attach(&h->made, &links, h->err);
    ew_buf_release(&words);
    ew_buf_release(&links);
    return code;
}
