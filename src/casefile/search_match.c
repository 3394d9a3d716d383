/* SPDX-License-Identifier: Apache-2.0 */
/* Which texts have all terms. Three characters are what the index `runs` is made of, so that what is shorter
 * is asked of its list of terms: every place of a text begins one, since two line feeds stand
 * behind each. */
#include <string.h>

#include "base/alloc.h"
#include "casefile/search.h"
#include "casefile/sql.h"

enum { FOUND_MAX = 1 << 30 };

static ew_code make_bits(ew_case *c, ew_case__bits *b, ew_err *err)
{
    ew_sql q = ew_sql_begin(c, "SELECT ifnull(max(id),0)+1 FROM found", err);
    ew_code code = ew_sql_number(&q, &b->count);
    if (code == EW_OK && (b->count < 1 || b->count > FOUND_MAX))
        code = ew_fail(err, EW_E_LIMIT, 0, "more texts than can be searched");
    if (code != EW_OK)
        return code;
    b->words = ew_alloc_array((size_t)b->count / 64 + 1, sizeof *b->words);
    return b->words != NULL ? EW_OK : ew_fail_nomem(err);
}

static void set(ew_case__bits *b, int64_t i)
{
    if (i > 0 && i < b->count)
        b->words[i / 64] |= (uint64_t)1 << (i % 64);
}

static ew_code collect(ew_sql *q, ew_case__bits *b)
{
    bool row;
    ew_code code = ew_sql_step(q, &row);
    while (code == EW_OK && row) {
        set(b, ew_sql_col_int(q, 0));
        code = ew_sql_step(q, &row);
    }
    return ew_sql_end(q);
}

/* "term" with quotes doubled, and AND before all but the first. */
static ew_code append_term(ew_buf *b, const ew_term *t, ew_err *err)
{
    ew_code code = ew_buf_printf(b, err, "%s\"", b->len > 0 ? " AND " : "");
    for (size_t i = 0; i < t->text.n && code == EW_OK; i++)
        code = t->text.p[i] == '"' ? ew_buf_append(b, "\"\"", 2, err)
                                   : ew_buf_append(b, &t->text.p[i], 1, err);
    return code == EW_OK
               ? ew_buf_printf(b, err, "\"%s", t->way == EW_TERM_BEGINNING ? " *" : "")
               : code;
}

/* All terms for one of the two indexes at once; "" when there are none. */
static ew_code expression(const ew_query *q, bool runs, ew_buf *b, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < q->count && code == EW_OK; i++) {
        ew_term_way way = q->terms[i].way;
        if (runs ? way == EW_TERM_ANYWHERE
                 : way == EW_TERM_WORDS || way == EW_TERM_BEGINNING)
            code = append_term(b, &q->terms[i], err);
    }
    return code;
}

static ew_code match(ew_case *c, const char *sql, const ew_buf *terms, ew_case__bits *b,
                     ew_err *err)
{
    ew_sql q = ew_sql_begin(c, sql, err);
    ew_sql_text(&q, (ew_slice){(const char *)terms->data, terms->len});
    return collect(&q, b);
}

static ew_code match_short(ew_case *c, const ew_term *t, ew_case__bits *b, ew_err *err)
{
    char after[16]; /* two characters and the last there can be */
    if (t->text.n > sizeof after - 4)
        return ew_fail(err, EW_E_BUG, 0, "a short term that is long");
    memcpy(after, t->text.p, t->text.n);
    memcpy(after + t->text.n, "\xF4\x8F\xBF\xBF", 4);
    ew_sql q = ew_sql_begin(c, "SELECT doc FROM run_terms WHERE term>=? AND term<?", err);
    ew_sql_text(&q, t->text);
    ew_sql_text(&q, (ew_slice){after, t->text.n + 4});
    return collect(&q, b);
}

static void keep_common(ew_case__bits *a, ew_case__bits *b)
{
    for (int64_t i = 0; i <= a->count / 64; i++)
        a->words[i] &= b->words[i];
    memset(b->words, 0, ((size_t)b->count / 64 + 1) * sizeof *b->words);
}

/* One of the two indexes; `first`: nothing was asked yet. */
static ew_code match_index(ew_case *c, const ew_query *q, bool runs, ew_case__bits *b,
                           ew_err *err)
{
    ew_buf terms;
    ew_buf_init(&terms, 1 << 20);
    ew_code code = expression(q, runs, &terms, err);
    if (code == EW_OK && terms.len > 0) {
        code = match(c,
                     runs ? "SELECT rowid FROM runs WHERE runs MATCH ?"
                          : "SELECT rowid FROM words WHERE words MATCH ?",
                     &terms, &b[1], err);
        keep_common(&b[0], &b[1]);
    }
    ew_buf_release(&terms);
    return code;
}

ew_code ew_case__match(ew_case *c, const ew_query *q, ew_case__bits *out, ew_err *err)
{
    ew_case__bits b[2] = {{0}, {0}};
    ew_code code = make_bits(c, &b[0], err);
    if (code == EW_OK)
        code = make_bits(c, &b[1], err);
    if (code == EW_OK)
        memset(b[0].words, 0xFF, ((size_t)b[0].count / 64 + 1) * sizeof *b[0].words);
    if (code == EW_OK)
        code = match_index(c, q, false, b, err);
    if (code == EW_OK)
        code = match_index(c, q, true, b, err);
    for (size_t i = 0; i < q->count && code == EW_OK; i++)
        if (q->terms[i].way == EW_TERM_SHORT) {
            code = match_short(c, &q->terms[i], &b[1], err);
            keep_common(&b[0], &b[1]);
        }
    ew_free(b[1].words);
    *out = b[0];
    return code;
}
