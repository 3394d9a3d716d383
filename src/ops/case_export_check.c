/* SPDX-License-Identifier: Apache-2.0 */
/* What would leave with an export, looked at before it does. */
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "ops/case_export_parts.h"

static bool is_allowed(const ew_exporter *x, const char *id)
{
    for (size_t i = 0; i < x->opts->allow_count; i++)
        if (strcmp(x->opts->allow[i], id) == 0)
            return true;
    return false;
}

bool ew_export__takes(const ew_exporter *x, const ew_book_item *i)
{
    return !x->opts->without_originals && x->opts->format == EW_CASE_EXPORT_BAG &&
           x->chosen[i - x->book.items] && (!i->undone || x->opts->with_undone);
}

static ew_code take_finding(void *cookie, const ew_lint_finding *f, ew_err *err)
{
    ew_exporter *x = cookie;
    const ew_book_item *i = ew_book_item_of(&x->book, f->item);
    bool stays = f->table[0] == 0 && (i == NULL || !ew_export__takes(x, i));
    (void)err;
    if (stays || is_allowed(x, f->id))
        return EW_OK;
    x->out->findings += ew_lint_weight_of(f->kind) != EW_LINT_LOW;
    if (x->opts->found != NULL)
        x->opts->found(x->opts->cookie, f);
    return EW_OK;
}

static ew_code take_blank(void *cookie, const ew_lint_blank *b, ew_err *err)
{
    (void)cookie, (void)b, (void)err; /* nothing is known of it, which is no finding */
    return EW_OK;
}

ew_code ew_export__check(ew_exporter *x, ew_err *err)
{
    size_t n = 0;
    ew_lint_sum sum = {0};
    ew_lint_put put = {take_finding, take_blank, x};
    ew_lint_opts opts = {
        .keys = x->opts->keys, .places = x->opts->places, .decoder = x->opts->decoder};
    if (x->opts->unchecked)
        return EW_OK;
    int64_t *items = ew_alloc_array(x->book.item_count + 1, sizeof *items);
    if (items == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < x->book.item_count; i++)
        if (x->chosen[i])
            items[n++] = x->book.items[i].id;
    if (x->opts->only_count > 0) {
        opts.items = items;
        opts.item_count = n;
    }
    if (x->opts->prog != NULL)
        opts.progress = *x->opts->prog;
    ew_code code = ew_ops_lint(x->c, &opts, &put, &sum, err);
    ew_free(items);
    x->out->closed = sum.closed;
    if (code == EW_OK && x->out->findings > 0)
        code = ew_fail(err, EW_E_ARG, 0,
                       "%" PRIu64 " findings would leave with it; see 'case lint', "
                       "--allow and --unchecked",
                       x->out->findings);
    else if (code == EW_OK && sum.closed > 0)
        code = ew_fail(err, EW_E_ARG, 0,
                       "%" PRIu64 " protected identities could not be looked for: give a "
                       "key with --identity, or --unchecked",
                       sum.closed);
    return code;
}
