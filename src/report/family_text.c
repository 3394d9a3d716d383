/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of `family` for people: the root in one sentence, the tree, why each link was
 * drawn, the best copy for each second, and what the answer does not speak of. */
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "report/family_tree.h"
#include "report/lines.h"
#include "report/times.h"

enum { TREE_COLUMNS = 5, BEST_COLUMNS = 4, LINE_MAX_BYTES = 1 << 16 };

/* Where text goes. */
typedef struct page {
    const ew_family_finding *f;
    const ew_limbs *limbs;
    const ew_text_style *style;
    ew_buf *out;
    ew_err *err;
    ew_buf line; /* one sentence in the making */
} page;

static double seconds(double samples)
{
    return samples / EW_FAMILY_RATE_HZ;
}

static const char *name_of(const page *p, size_t copy)
{
    return p->f->copies[copy].name;
}

/* `indent` columns are taken on the first line, and left free on the others. */
static ew_code flush_line(page *p, int indent)
{
    ew_code rc = ew_text_wrap(p->out, p->style, (const char *)p->line.data,
                              (size_t)indent, indent, p->err);

    ew_buf_reset(&p->line);
    return rc;
}

/* ------------------------------------------------------------------ the verdict */

static ew_code put_root(page *p, size_t i)
{
    size_t root = p->f->family->roots[i];
    char sure[EW_TIME_TEXT];

    return ew_buf_printf(&p->line, p->err, "%s%s (%s)", i > 0 ? ", " : "",
                         name_of(p, root),
                         ew_certainty_text(p->f->family->members[root].certainty, sure));
}

/* Little better than a coin for two copies: whatever hangs from it is undecided too. */
static bool doubtful(const ew_family *f)
{
    return f->members[f->roots[0]].certainty < 0.65 &&
           ew_family_count(f, EW_MEMBER_CHILD) == 0 &&
           ew_family_count(f, EW_MEMBER_UNDECIDED) > 0;
}

static ew_code verdict(page *p)
{
    const ew_family *f = p->f->family;
    ew_code rc;

    if (f->count == 1)
        rc = ew_buf_printf(
            &p->line, p->err,
            ew_tr("Only one copy could be read; family compares two or more."));
    else if (f->root_count == 0)
        rc = ew_buf_printf(
            &p->line, p->err,
            ew_tr("No two of the %zu copies have sound in common, as far as can be "
                  "told."),
            f->count);
    else if (f->root_count == 1)
        rc = ew_buf_printf(&p->line, p->err,
                           ew_tr("Of %zu copies, the nearest to the source %s "),
                           f->count, doubtful(f) ? ew_tr("may be") : ew_tr("is"));
    else
        rc = ew_buf_printf(
            &p->line, p->err,
            ew_tr("%zu copies of %zu recordings; the nearest to their sources are "),
            f->count, f->root_count);
    for (size_t i = 0; i < f->root_count && rc == EW_OK; i++)
        rc = put_root(p, i);
    if (rc == EW_OK && f->root_count > 0)
        rc = ew_buf_append(&p->line, ".", 1, p->err);
    if (rc == EW_OK)
        rc = ew_buf_printf(p->out, p->err, "%s", ew_bold(p->style));
    if (rc == EW_OK)
        rc = flush_line(p, 0);
    return rc == EW_OK ? ew_buf_printf(p->out, p->err, "%s", ew_plain(p->style)) : rc;
}

static ew_code put_count(page *p, size_t n, const char *word)
{
    if (n == 0)
        return EW_OK;
    return ew_buf_printf(&p->line, p->err, "%s%zu %s", p->line.len > 0 ? ", " : "", n,
                         ew_said(word));
}

static ew_code counts(page *p)
{
    const ew_family *f = p->f->family;
    ew_code rc =
        put_count(p, ew_family_count(f, EW_MEMBER_CHILD), EW_N("made from another"));

    if (rc == EW_OK)
        rc = put_count(p, ew_family_count(f, EW_MEMBER_UNDECIDED), EW_N("undecided"));
    if (rc == EW_OK)
        rc = put_count(p, ew_family_count(f, EW_MEMBER_DUPLICATE),
                       EW_N("of the same sound as another"));
    if (rc == EW_OK && f->count > 1)
        rc = put_count(p, ew_family_count(f, EW_MEMBER_UNRELATED),
                       EW_N("that belong to no other"));
    if (rc == EW_OK)
        rc = put_count(p, ew_family_count(f, EW_MEMBER_SILENT),
                       EW_N("with nothing to compare"));
    if (rc == EW_OK)
        rc = put_count(p, p->f->failure_count, EW_N("that could not be read"));
    if (rc != EW_OK || p->line.len == 0)
        return rc;
    rc = ew_buf_append(&p->line, ".", 1, p->err);
    return rc == EW_OK ? flush_line(p, 0) : rc;
}

/* ------------------------------------------------------------------ the tree */

static const char *limb_end(const ew_limb *x)
{
    if (x->kind == EW_LIMB_MAYBE)
        return x->last ? "└? " : "├? ";
    if (x->kind == EW_LIMB_DUPLICATE)
        return x->last ? "└= " : "├= ";
    return x->last ? "└─ " : "├─ ";
}

/* open[d]: the line of depth d goes on below. */
static ew_code tree_cell(page *p, ew_table *t, const ew_limb *x, const bool *open)
{
    ew_code rc = EW_OK;

    ew_buf_reset(&p->line);
    for (size_t d = 1; d < x->depth && rc == EW_OK; d++)
        rc = ew_buf_printf(&p->line, p->err, "%s", open[d] ? "│  " : "   ");
    if (rc == EW_OK)
        rc = ew_buf_printf(&p->line, p->err, "%s%s", x->depth > 0 ? limb_end(x) : "",
                           name_of(p, x->copy));
    if (rc == EW_OK)
        rc = ew_table_cell(t, p->err, "%s", (const char *)p->line.data);
    ew_buf_reset(&p->line);
    return rc;
}

static const char *kind_words(ew_member_kind kind)
{
    switch (kind) {
    case EW_MEMBER_ROOT:
        return EW_N("nearest to the source");
    case EW_MEMBER_CHILD:
        return "";
    case EW_MEMBER_UNDECIDED:
        return EW_N("undecided");
    case EW_MEMBER_DUPLICATE:
        return EW_N("the same sound");
    case EW_MEMBER_UNRELATED:
        return EW_N("belongs to no other");
    case EW_MEMBER_SILENT:
        return EW_N("nothing to compare");
    }
    return "";
}

static ew_code tree_row(page *p, ew_table *t, const ew_limb *x, const bool *open)
{
    const ew_member *m = &p->f->family->members[x->copy];
    const ew_family_copy *c = &p->f->copies[x->copy];
    bool sure = m->kind == EW_MEMBER_ROOT || m->kind == EW_MEMBER_CHILD;
    bool alone = p->f->family->count == 1 && m->kind == EW_MEMBER_UNRELATED;
    const char *words = alone ? "" : kind_words(m->kind);
    char text[EW_TIME_TEXT];
    ew_code rc = tree_cell(p, t, x, open);

    if (rc == EW_OK)
        rc = ew_table_cell(t, p->err, "%s",
                           ew_time_text(seconds((double)m->samples), text));
    if (rc == EW_OK)
        rc = ew_table_cell(t, p->err, "%s", c->info.codec);
    if (rc == EW_OK)
        rc = ew_table_cell(t, p->err, "%s",
                           sure ? ew_certainty_text(m->certainty, text) : "");
    if (rc == EW_OK)
        rc = ew_table_cell(t, p->err, "%s%s%s", ew_said(words),
                           words[0] != 0 && c->trouble[0] != 0 ? "; " : "",
                           ew_said(c->trouble));
    return rc;
}

static ew_code tree(page *p)
{
    static const ew_cell_kind kinds[TREE_COLUMNS] = {
        EW_CELL_LEFT, EW_CELL_RIGHT, EW_CELL_LEFT, EW_CELL_RIGHT, EW_CELL_SHRINK};
    static const char *const names[TREE_COLUMNS] = {EW_N("copy"), EW_N("length"),
                                                    EW_N("codec"), EW_N("certainty"), ""};
    bool *open = ew_alloc_array(p->limbs->depth + 1, sizeof(*open));
    ew_table t;
    ew_code rc = open == NULL ? ew_fail_nomem(p->err) : EW_OK;

    ew_table_init(&t, kinds, TREE_COLUMNS);
    for (int i = 0; i < TREE_COLUMNS && rc == EW_OK; i++)
        rc = ew_table_cell(&t, p->err, "%s", ew_said(names[i]));
    for (size_t i = 0; i < p->limbs->count && rc == EW_OK; i++) {
        const ew_limb *x = &p->limbs->items[i];
        open[x->depth] = !x->last;
        rc = tree_row(p, &t, x, open);
    }
    if (rc == EW_OK)
        rc = ew_buf_append(p->out, "\n", 1, p->err);
    if (rc == EW_OK)
        rc = ew_table_print(&t, p->style, p->out, p->err);
    ew_table_release(&t);
    ew_free(open);
    return rc;
}

/* ------------------------------------------------------------------ the reasons */

static ew_code put_reasons(page *p, const ew_member *m)
{
    ew_code rc = EW_OK;

    for (size_t i = 0; i < m->reason_count && rc == EW_OK; i++)
        rc = ew_buf_printf(&p->line, p->err, "%s%s", i == 0 ? ": " : "; ",
                           ew_said(m->reasons[i].text));
    return rc;
}

static ew_code put_candidates(page *p, const ew_member *m)
{
    char share[EW_TIME_TEXT];
    ew_code rc = EW_OK;

    for (size_t i = 0; i < m->candidate_count && rc == EW_OK; i++)
        rc = ew_buf_printf(&p->line, p->err, "%s%s (%s)", i == 0 ? "" : ew_tr(" or "),
                           name_of(p, m->candidates[i].copy),
                           ew_percent_text(m->candidates[i].share, share));
    return rc;
}

static ew_code why(page *p, size_t copy)
{
    const ew_member *m = &p->f->family->members[copy];
    ew_code rc;

    if (m->kind == EW_MEMBER_CHILD)
        rc = ew_buf_printf(&p->line, p->err, ew_tr("%s from %s"), name_of(p, copy),
                           name_of(p, m->parent));
    else if (m->kind == EW_MEMBER_UNDECIDED)
        rc = ew_buf_printf(&p->line, p->err, ew_tr("%s undecided, from "),
                           name_of(p, copy));
    else
        return EW_OK;
    if (rc == EW_OK && m->kind == EW_MEMBER_UNDECIDED)
        rc = put_candidates(p, m);
    if (rc == EW_OK)
        rc = put_reasons(p, m);
    if (rc == EW_OK)
        rc = ew_buf_append(&p->line, ".", 1, p->err);
    if (rc == EW_OK)
        rc = ew_buf_printf(p->out, p->err, "  - ");
    return rc == EW_OK ? flush_line(p, 4) : rc;
}

static ew_code reasons(page *p)
{
    ew_code rc;

    if (ew_family_count(p->f->family, EW_MEMBER_CHILD) +
            ew_family_count(p->f->family, EW_MEMBER_UNDECIDED) ==
        0)
        return EW_OK;
    rc = ew_buf_printf(p->out, p->err, ew_tr("\n%sWhy:%s\n"), ew_bold(p->style),
                       ew_plain(p->style));
    for (size_t i = 0; i < p->limbs->count && rc == EW_OK; i++)
        rc = why(p, p->limbs->items[i].copy);
    return rc;
}

/* ------------------------------------------------------------------ the best sound */

static ew_code range_cell(const page *p, ew_table *t, double from, double to)
{
    char a[EW_TIME_TEXT];
    char b[EW_TIME_TEXT];

    return ew_table_cell(t, p->err, "%s – %s", ew_time_text(seconds(from), a),
                         ew_time_text(seconds(to), b));
}

static ew_code best_row(const page *p, ew_table *t, const ew_best *x)
{
    double offset = p->f->family->members[x->copy].offset;
    ew_code rc = range_cell(p, t, x->start, x->end);

    if (rc == EW_OK)
        rc = ew_table_cell(t, p->err, "%s", name_of(p, x->copy));
    if (rc == EW_OK)
        rc = range_cell(p, t, x->start - offset, x->end - offset);
    return rc == EW_OK ? ew_table_cell(t, p->err, "%s", ew_said(x->text)) : rc;
}

static ew_code best(page *p)
{
    static const ew_cell_kind kinds[BEST_COLUMNS] = {EW_CELL_LEFT, EW_CELL_LEFT,
                                                     EW_CELL_LEFT, EW_CELL_SHRINK};
    static const char *const names[BEST_COLUMNS] = {EW_N("best sound"), EW_N("copy"),
                                                    EW_N("in that copy"), ""};
    const ew_family *f = p->f->family;
    ew_table t;
    ew_code rc = EW_OK;

    if (f->best_count == 0)
        return EW_OK;
    ew_table_init(&t, kinds, BEST_COLUMNS);
    for (int i = 0; i < BEST_COLUMNS && rc == EW_OK; i++)
        rc = ew_table_cell(&t, p->err, "%s", ew_said(names[i]));
    for (size_t i = 0; i < f->best_count && rc == EW_OK; i++)
        rc = best_row(p, &t, &f->best[i]);
    if (rc == EW_OK)
        rc = ew_buf_append(p->out, "\n", 1, p->err);
    if (rc == EW_OK)
        rc = ew_table_print(&t, p->style, p->out, p->err);
    ew_table_release(&t);
    return rc;
}

/* ------------------------------------------------------------------ the end */

static ew_code close_words(page *p)
{
    const char *words = ew_tr(
        "This says which copy can have been made from which, since information only gets "
        "lost. It does not say who published first, nor whether the root is genuine. "
        "Copies "
        "that are not here may stand between any two. Not tested: copies at another "
        "speed, and "
        "copies put together from several.");
    ew_code rc = ew_buf_printf(p->out, p->err, "\n%s", ew_dim(p->style));

    if (rc == EW_OK)
        rc = ew_text_wrap(p->out, p->style, words, 0, 0, p->err);
    return rc == EW_OK ? ew_buf_printf(p->out, p->err, "%s", ew_plain(p->style)) : rc;
}

ew_code ew_report_family_text(const ew_family_finding *f, const ew_text_style *style,
                              ew_buf *out, ew_err *err)
{
    ew_limbs limbs;
    page p = {.f = f, .limbs = &limbs, .style = style, .out = out, .err = err};
    ew_code rc = ew_limbs_init(&limbs, f->family, err);

    if (rc != EW_OK)
        return rc;
    ew_buf_init(&p.line, LINE_MAX_BYTES);
    rc = verdict(&p);
    if (rc == EW_OK)
        rc = counts(&p);
    if (rc == EW_OK)
        rc = tree(&p);
    if (rc == EW_OK)
        rc = reasons(&p);
    if (rc == EW_OK)
        rc = best(&p);
    if (rc == EW_OK)
        rc = close_words(&p);
    ew_buf_release(&p.line);
    ew_limbs_release(&limbs);
    return rc;
}
