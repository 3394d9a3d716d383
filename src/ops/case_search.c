/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of texts around what was found. */
#include "ops/case_search.h"

#include "base/bytes.h"
#include "base/utf8.h"

const char *ew_found_kind_name(ew_found_kind k)
{
    static const char *const names[] = {"",     "message", "paragraph", "position",
                                        "item", "quote",   "article",   "attachment"};
    return (size_t)k < EW_COUNT(names) ? names[k] : "";
}

typedef struct marks {
    size_t n;
    struct {
        size_t at, n;
    } list[EW_SNIPPET_MARKS];
} marks;

static void take(void *cookie, size_t at, size_t n)
{
    marks *m = cookie;
    if (m->n == EW_SNIPPET_MARKS)
        return;
    m->list[m->n].at = at;
    m->list[m->n++].n = n;
}

/* Bytes of the character at `at`; an invalid one is one byte. */
static size_t char_at(ew_slice s, size_t at, size_t *columns)
{
    uint32_t cp;
    size_t n = ew_utf8_next(s.p + at, s.n - at, &cp);
    *columns = n > 0 ? ew_utf8_columns(s.p + at, n) : 4;
    return n > 0 ? n : 1;
}

/* Where to begin, so that the first mark is in the first third. */
static size_t start_of(ew_slice s, const marks *m, size_t columns)
{
    size_t used = 0;
    size_t width;
    size_t at = m->n > 0 ? m->list[0].at : 0;
    if (columns == 0)
        return 0;
    while (at > 0) {
        size_t before = at - 1;
        while (before > 0 && ((unsigned char)s.p[before] & 0xC0) == 0x80)
            before--;
        (void)char_at(s, before, &width);
        if (used + width > columns / 3)
            break;
        used += width;
        at = before;
    }
    return at;
}

static bool is_blank(char c)
{
    return c == '\n' || c == '\r' || c == '\t' || c == ' ';
}

/* Where one piece is put out. */
typedef struct piece {
    ew_slice text;
    const marks *m;
    const ew_snippet *how;
    ew_buf *out;
} piece;

static ew_code put_marks(const piece *p, size_t at, bool open, ew_err *err)
{
    for (size_t i = 0; i < p->m->n; i++) {
        size_t edge = p->m->list[i].at + (open ? 0 : p->m->list[i].n);
        if (edge == at)
            return ew_buf_printf(p->out, err, "%s", open ? p->how->open : p->how->close);
    }
    return EW_OK;
}

/* Is the byte before `at` within a mark? */
static bool inside(const marks *m, size_t at)
{
    for (size_t i = 0; i < m->n; i++)
        if (at > m->list[i].at && at < m->list[i].at + m->list[i].n)
            return true;
    return false;
}

static ew_code put_piece(const piece *p, size_t at, ew_err *err)
{
    ew_slice s = p->text;
    size_t used = at > 0 ? 1 : 0;
    size_t width;
    ew_code code = at > 0 ? ew_buf_printf(p->out, err, "…") : EW_OK;
    while (at < s.n && code == EW_OK) {
        size_t n = char_at(s, at, &width);
        code = put_marks(p, at, false, err);
        if (p->how->columns > 0 && used + width + 1 > p->how->columns && at + n < s.n) {
            if (code == EW_OK && inside(p->m, at))
                code = ew_buf_printf(p->out, err, "%s", p->how->close);
            return code == EW_OK ? ew_buf_printf(p->out, err, "…") : code;
        }
        if (code == EW_OK)
            code = put_marks(p, at, true, err);
        if (code == EW_OK)
            code = is_blank(s.p[at]) ? ew_buf_append(p->out, " ", 1, err)
                                     : ew_utf8_append_safe(p->out, s.p + at, n, err);
        used += is_blank(s.p[at]) ? 1 : width;
        at += n;
    }
    return code == EW_OK ? put_marks(p, at, false, err) : code;
}

ew_code ew_ops_snippet(const ew_query *q, ew_slice text, const ew_snippet *how,
                       ew_buf *out, ew_err *err)
{
    marks m = {.n = 0};
    ew_code code = ew_query_marks(q, text, take, &m, err);
    piece p = {text, &m, how, out};
    return code == EW_OK ? put_piece(&p, start_of(text, &m, how->columns), err) : code;
}
