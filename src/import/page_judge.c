/* SPDX-License-Identifier: Apache-2.0 */
/* Which blocks are the report. */
#include <ctype.h>
#include <string.h>

#include "import/article_made.h"
#include "import/page_blocks.h"

enum { SHORT = 25 };

static size_t count_bytes(ew_page_blocks *b)
{
    size_t all = 0;
    for (size_t i = 0; i < b->block_count; i++) {
        const ew_page_block *k = &b->blocks[i];
        all += k->text.n;
        for (size_t up = k->element; up != SIZE_MAX; up = b->elements[up].parent) {
            b->elements[up].bytes += k->text.n;
            b->elements[up].link_bytes += k->link_bytes;
        }
    }
    return all;
}

/* What holds most of the page is not left out because of its name: "post author-ann date-2026". */
static ew_page_mark own_mark(const ew_page_element *e, size_t all)
{
    ew_page_mark m = ew_page_mark_of(e->node);
    if (e->has_h1 || e->body || (m == EW_PAGE_LEFT_OUT && e->bytes * 2 > all))
        return EW_PAGE_PLAIN;
    return m;
}

/* Marks are handed down, except by what holds the headline: a page whose body is "comments-open" is no comment. */
static void mark_elements(ew_page_blocks *b, size_t all)
{
    ew_page_element *e = b->elements;
    for (size_t i = b->element_count; i-- > 0;) {
        e[i].has_h1 = e[i].has_h1 || ew_page_tag(e[i].node) == GUMBO_TAG_H1;
        if (e[i].has_h1 && e[i].parent != SIZE_MAX)
            e[e[i].parent].has_h1 = true;
        if (e[i].body && e[i].parent != SIZE_MAX)
            e[e[i].parent].has_h1 = true;
    }
    for (size_t i = 0; i < b->element_count; i++) {
        ew_page_mark own = own_mark(&e[i], all);
        ew_page_mark above =
            e[i].parent != SIZE_MAX ? e[e[i].parent].mark : EW_PAGE_PLAIN;
        bool stays = above == EW_PAGE_COMMENT || above == EW_PAGE_RELATED ||
                     above == EW_PAGE_LEFT_OUT || own == EW_PAGE_PLAIN;
        e[i].mark = stays ? above : own;
        if (ew_page_tag(e[i].node) == GUMBO_TAG_FORM && own == EW_PAGE_LEFT_OUT)
            e[i].mark = own;
        if (above == EW_PAGE_LEFT_OUT && own == EW_PAGE_COMMENT)
            e[i].mark = own;
    }
}

static size_t commas(ew_slice s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == ',' ||
             (s.n - i >= 3 && (memcmp(s.p + i, "\xE3\x80\x81", 3) == 0 ||
                               memcmp(s.p + i, "\xEF\xBC\x8C", 3) == 0)) ||
             (s.n - i >= 2 && memcmp(s.p + i, "\xD8\x8C", 2) == 0);
    return n;
}

static bool is_paragraph(const GumboNode *n)
{
    GumboTag t = ew_page_tag(n);
    return t == GUMBO_TAG_P || t == GUMBO_TAG_LI || t == GUMBO_TAG_BLOCKQUOTE ||
           t == GUMBO_TAG_PRE;
}

/* The element that holds a block: around its paragraph. */
static size_t holder(const ew_page_blocks *b, size_t element)
{
    while (is_paragraph(b->elements[element].node) &&
           b->elements[element].parent != SIZE_MAX)
        element = b->elements[element].parent;
    return element;
}

static void give_points(ew_page_blocks *b)
{
    static const double share[] = {1, 0.5, 1.0 / 3, 0.25};
    for (size_t i = 0; i < b->block_count; i++) {
        const ew_page_block *k = &b->blocks[i];
        size_t at = holder(b, k->element);
        if (k->text.n < SHORT || k->heading ||
            b->elements[k->element].mark != EW_PAGE_PLAIN)
            continue;
        double length = (double)k->text.n / 100;
        double points = 1 + (double)commas(k->text) + (length < 3 ? length : 3);
        points *= 1 - (double)k->link_bytes / (double)k->text.n;
        for (size_t s = 0; s < 4 && at != SIZE_MAX; s++, at = b->elements[at].parent)
            b->elements[at].score += points * share[s];
    }
}

static size_t choose(const ew_page_blocks *b)
{
    size_t best = SIZE_MAX;
    double most = 0;
    for (size_t i = 0; i < b->element_count; i++) {
        const ew_page_element *e = &b->elements[i];
        if (e->body && e->bytes >= 140 && e->mark == EW_PAGE_PLAIN)
            return i;
        if (e->score <= 0)
            continue;
        double link = e->bytes > 0 ? (double)e->link_bytes / (double)e->bytes : 0;
        double score = (e->score + ew_page_weight_of(e->node)) * (1 - link);
        if (best == SIZE_MAX || score > most) {
            most = score;
            best = i;
        }
    }
    return best;
}

static bool is_below(const ew_page_blocks *b, size_t element, size_t top)
{
    while (element != SIZE_MAX && element > top)
        element = b->elements[element].parent;
    return element == top;
}

/* The posts of a live page: elements of one kind in one place. */
static bool is_like(const GumboNode *a, const GumboNode *b)
{
    ew_slice own = ew_page_attribute(a, "class");
    ew_slice other = ew_page_attribute(b, "class");
    return ew_page_tag(a) == GUMBO_TAG_ARTICLE && ew_page_tag(b) == GUMBO_TAG_ARTICLE &&
           own.n > 0 && own.n == other.n && memcmp(own.p, other.p, own.n) == 0;
}

/* A neighbour of the chosen element that is running text as well. */
static bool is_joined(const ew_page_blocks *b, const ew_page_block *k, size_t top)
{
    size_t at = k->element;
    size_t parent = b->elements[top].parent;
    if (parent == SIZE_MAX)
        return false;
    while (at != SIZE_MAX && b->elements[at].parent != parent)
        at = b->elements[at].parent;
    if (at == SIZE_MAX)
        return false;
    const ew_page_element *e = &b->elements[at];
    double least = b->elements[top].score * 0.2 > 10 ? b->elements[top].score * 0.2 : 10;
    if (ew_page_tag(e->node) == GUMBO_TAG_P)
        return k->text.n > 80 && k->link_bytes * 4 < k->text.n;
    return e->score >= least && e->link_bytes * 4 < e->bytes;
}

/* In a post beside the one that holds the chosen element. */
static bool is_in_like(const ew_page_blocks *b, const ew_page_block *k, size_t top)
{
    enum { ABOVE = 4 };
    for (int i = 0; i < ABOVE && top != SIZE_MAX; i++, top = b->elements[top].parent) {
        if (ew_page_tag(b->elements[top].node) != GUMBO_TAG_ARTICLE)
            continue;
        size_t at = k->element;
        while (at != SIZE_MAX && b->elements[at].parent != b->elements[top].parent)
            at = b->elements[at].parent;
        return at != SIZE_MAX && is_like(b->elements[at].node, b->elements[top].node) &&
               b->elements[at].link_bytes * 4 < b->elements[at].bytes;
    }
    return false;
}

static bool is_noise(ew_slice s)
{
    return ew_slice_is(s, "Advertisement") || ew_slice_is(s, "ADVERTISEMENT") ||
           ew_slice_is(s, "Advertising") || ew_slice_is(s, "Share") ||
           ew_slice_is(s, "Print") || ew_slice_is(s, "LIVE");
}

/* "The drawer, before. Clarion photo by Ed Pru" */
static bool ends_with_credit(ew_slice s)
{
    static const char *const credits[] = {
        "photo by ", "photograph by ", "Photo: ",      "photo: ",  "Photo by ",
        "PHOTO | ",  "PHOTO: ",        "Photograph: ", "Picture: "};
    enum { NAME = 40 };
    size_t from = s.n > NAME ? s.n - NAME : 0;
    for (size_t i = 0; i < sizeof credits / sizeof credits[0]; i++) {
        const char *at = memmem(s.p + from, s.n - from, credits[i], strlen(credits[i]));
        if (at != NULL && (at == s.p || isspace((unsigned char)at[-1])) &&
            memmem(at, (size_t)(s.p + s.n - at), "\"", 1) == NULL)
            return true;
    }
    return false;
}

/* Inside the report: a heading "Related stories" and the links that follow it, "Read more:" with its link. */
static void mark_runs(ew_page_blocks *b)
{
    ew_page_mark run = EW_PAGE_PLAIN;
    for (size_t i = 0; i < b->block_count; i++) {
        ew_page_block *k = &b->blocks[i];
        bool links = k->link_bytes * 5 >= k->text.n * 4;
        if (k->mark != EW_PAGE_PLAIN && k->mark != EW_PAGE_STANDFIRST)
            continue;
        bool comments = k->heading && ew_article_says_comments(k->text);
        bool related = ew_article_says_related(k->text) &&
                       (k->heading || k->link_bytes > 0 || k->text.n < 30);
        if (comments || related)
            run = comments ? EW_PAGE_COMMENT : EW_PAGE_RELATED;
        else if (run == EW_PAGE_RELATED && !links && !k->heading)
            run = EW_PAGE_PLAIN;
        else if (run == EW_PAGE_COMMENT && k->heading)
            run = EW_PAGE_PLAIN;
        if (run != EW_PAGE_PLAIN)
            k->mark = run;
        else if (is_noise(k->text) || (links && k->text.n < 20))
            k->mark = EW_PAGE_LEFT_OUT;
        else if (links && (k->item || k->text.n < 100))
            k->mark = EW_PAGE_RELATED;
        else if (k->text.n < 200 && ends_with_credit(k->text))
            k->mark = EW_PAGE_CAPTION;
    }
}

void ew_page_blocks_judge(ew_page_blocks *b)
{
    mark_elements(b, count_bytes(b));
    give_points(b);
    size_t top = choose(b);
    for (size_t i = 0; i < b->block_count; i++)
        b->blocks[i].mark = b->elements[b->blocks[i].element].mark;
    mark_runs(b);
    for (size_t i = 0; i < b->block_count && top != SIZE_MAX; i++) {
        ew_page_block *k = &b->blocks[i];
        bool inside =
            is_below(b, k->element, top) || is_joined(b, k, top) || is_in_like(b, k, top);
        k->report = inside && (k->mark == EW_PAGE_PLAIN || k->mark == EW_PAGE_STANDFIRST);
    }
}
