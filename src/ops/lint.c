/* SPDX-License-Identifier: Apache-2.0 */
/* All that would leave: the names to look for, the records, the originals. */
#include "ops/lint.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/mapped.h"
#include "casefile/people.h"
#include "casefile/texts.h"
#include "ops/case_people.h"
#include "ops/lint_in.h"

/* One run. */
typedef struct linting {
    ew_lint l;
    ew_names *names;
    ew_case *c;
    const ew_lint_opts *opts;
    char table[32];
    uint64_t done, total; /* items */
    struct item_list {
        int64_t id;
        uint8_t sha256[EW_SHA256_BYTES];
    } * items;
    size_t n, cap;
} linting;

/* ------------------------------------------------------------------ names */

static ew_code take_identity(void *cookie, const ew_unsealed *u, ew_err *err)
{
    linting *x = cookie;
    x->l.sum->identities++;
    return ew_names_add_identity(x->names, u->person, u->text, err);
}

static ew_code count_box(void *cookie, const ew_box *b, ew_err *err)
{
    ew_lint_sum *sum = cookie;
    (void)err;
    (void)b;
    sum->closed++;
    return EW_OK;
}

typedef struct kinds {
    linting *x;
    const ew_alias *alias;
} kinds;

static ew_code if_pseudonym(void *cookie, const ew_person *p, ew_err *err)
{
    kinds *k = cookie;
    if (p->undone || p->id != k->alias->person || p->kind != EW_PERSON_PSEUDONYM)
        return EW_OK;
    return ew_names_add(k->x->names, EW_NAME_PSEUDONYM, p->id,
                        ew_slice_of(k->alias->name), err);
}

static ew_code take_alias(void *cookie, const ew_alias *a, ew_err *err)
{
    kinds k = {cookie, a};
    return a->undone || a->sealed ? EW_OK : ew_case_people(k.x->c, if_pseudonym, &k, err);
}

static ew_code take_places(linting *x, ew_err *err)
{
    ew_code code = EW_OK;
    ew_slice s = x->opts->places;
    for (size_t at = 0; at < s.n && code == EW_OK;) {
        const char *end = memchr(s.p + at, '\n', s.n - at);
        size_t n = end != NULL ? (size_t)(end - s.p) - at : s.n - at;
        if (n > 0 && s.p[at] != '#')
            code = ew_names_add(x->names, EW_NAME_PLACE, 0, (ew_slice){s.p + at, n}, err);
        at += n + 1;
    }
    return code;
}

static ew_code take_names(linting *x, ew_err *err)
{
    ew_unsealed_to to = {.put = take_identity, .cookie = x};
    ew_code code = ew_names_new(&x->names, err);
    x->l.names = x->names;
    if (code != EW_OK || x->c == NULL)
        return code == EW_OK ? take_places(x, err) : code;
    if (x->opts->keys != NULL) {
        code = ew_ops_unseal(x->c, 0, x->opts->keys, &to, err);
        x->l.sum->closed = to.closed;
    } else {
        code = ew_case_boxes(x->c, 0, count_box, x->l.sum, err);
    }
    if (code == EW_OK)
        code = ew_case_aliases(x->c, take_alias, x, err);
    return code == EW_OK ? take_places(x, err) : code;
}

/* ------------------------------------------------------------------ records */

static bool is_asked(const linting *x, int64_t item)
{
    if (x->opts->items == NULL)
        return true;
    for (size_t i = 0; i < x->opts->item_count; i++)
        if (x->opts->items[i] == item)
            return true;
    return false;
}

static ew_code tick(const linting *x, const char *stage, ew_err *err)
{
    const ew_progress *p = &x->opts->progress;
    return p->tick != NULL &&
                   p->tick(p->cookie, stage, (int64_t)x->done, (int64_t)x->total) != 0
               ? ew_fail(err, EW_E_CANCELLED, 0, "interrupted")
               : EW_OK;
}

/* They come by number. */
static const struct item_list *find_item(const linting *x, int64_t id)
{
    size_t low = 0;
    size_t high = x->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (x->items[mid].id < id)
            low = mid + 1;
        else
            high = mid;
    }
    return low < x->n && x->items[low].id == id ? &x->items[low] : NULL;
}

static ew_code take_text(void *cookie, const ew_case_one_text *t, ew_err *err)
{
    linting *x = cookie;
    if (!is_asked(x, t->item))
        return EW_OK;
    ew_code code = EW_OK;
    if (strcmp(x->table, t->table) != 0) {
        code = ew_lint__flush(&x->l, err);
        if (code == EW_OK)
            code = tick(x, "records", err);
        (void)snprintf(x->table, sizeof x->table, "%s", t->table);
    }
    if (x->l.item != t->item) {
        const struct item_list *i = find_item(x, t->item);
        x->l.item = t->item;
        memset(x->l.sha256, 0, sizeof x->l.sha256);
        if (i != NULL)
            memcpy(x->l.sha256, i->sha256, sizeof i->sha256);
    }
    x->l.row = t->row;
    bool numbers = strcmp(t->table, "analysis") == 0; /* full of them */
    ew_lint_text u = {t->text, 0, 1, t->column, numbers ? EW_LOOK_NAMES : EW_LOOK_ALL, 0};
    return code == EW_OK ? ew_lint__text(&x->l, &u, err) : code;
}

static ew_code records(linting *x, ew_err *err)
{
    x->l.table = x->table;
    ew_code code = ew_case_every_text(x->c, take_text, x, err);
    if (code == EW_OK)
        code = ew_lint__flush(&x->l, err);
    x->l.table = "";
    x->l.row = 0;
    return code;
}

/* ------------------------------------------------------------------ originals */

static ew_code take_item(void *cookie, const ew_case_item *i, ew_err *err)
{
    linting *x = cookie;
    if (x->n == x->cap) {
        size_t cap = x->cap > 0 ? 2 * x->cap : 64;
        struct item_list *more = ew_realloc_array(x->items, cap, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(err);
        x->items = more;
        x->cap = cap;
    }
    x->items[x->n].id = i->id;
    memcpy(x->items[x->n].sha256, i->sha256, sizeof i->sha256);
    x->n++;
    return EW_OK;
}

/* Takes over fd. */
static ew_code map_file(linting *x, int fd, ew_err *err)
{
    ew_mapped m;
    ew_err why;
    x->l.fd = fd;
    bool gone = ew_mapped_open(&m, fd, &why) != EW_OK;
    ew_code code = gone ? EW_OK : ew_lint__file(&x->l, (ew_slice){m.p, m.n}, err);
    if (code == EW_OK && (gone || ew_mapped_torn(&m)))
        code = ew_lint__blank(&x->l, "an original that cannot be read", err);
    ew_mapped_close(&m);
    x->l.fd = -1;
    (void)close(fd);
    return code;
}

static ew_code original(linting *x, const struct item_list *i, ew_err *err)
{
    char *path = NULL;
    int fd = -1;
    ew_err why;
    x->l.item = i->id;
    x->l.member[0] = 0;
    x->l.depth = 0;
    memcpy(x->l.sha256, i->sha256, sizeof i->sha256);
    ew_code code = ew_case_original(x->c, i->id, &path, err);
    ew_code opened =
        code == EW_OK ? ew_case_original_whole(x->c, i->id, &fd, &why) : code;
    if (opened == EW_OK)
        code = map_file(x, fd, err);
    else if (code == EW_OK)
        code = ew_lint__blank(&x->l,
                              opened == EW_E_FORMAT
                                  ? "an original that is not what was put in"
                                  : "an original that cannot be read",
                              err);
    if (code == EW_OK && opened == EW_OK)
        code = ew_lint__web(&x->l, path, err);
    ew_free(path);
    return code == EW_OK ? ew_lint__flush(&x->l, err) : code;
}

static ew_code originals(linting *x, ew_err *err)
{
    ew_code code = EW_OK;
    x->total = x->n;
    for (size_t i = 0; i < x->n && code == EW_OK; i++) {
        code = tick(x, "files", err);
        if (code == EW_OK && is_asked(x, x->items[i].id))
            code = original(x, &x->items[i], err);
        x->done++;
    }
    return code;
}

ew_code ew_ops_lint(ew_case *c, const ew_lint_opts *opts, const ew_lint_put *put,
                    ew_lint_sum *sum, ew_err *err)
{
    linting x = {.c = c, .opts = opts};
    *sum = (ew_lint_sum){0};
    x.l = (ew_lint){
        .put = put, .sum = sum, .decoder = opts->decoder, .table = "", .fd = -1};
    ew_code code = ew_lint__begin(&x.l, err);
    if (code == EW_OK)
        code = take_names(&x, err);
    if (code == EW_OK)
        code = ew_case_items(c, take_item, &x, err);
    if (code == EW_OK)
        code = records(&x, err);
    if (code == EW_OK && !opts->records_only)
        code = originals(&x, err);
    ew_lint__end(&x.l);
    ew_names_free(x.names);
    ew_free(x.items);
    return code;
}

ew_code ew_lint__more(ew_case *c, const ew_lint_opts *opts, const ew_lint_put *put,
                      const ew_lint_feed *feed, ew_err *err)
{
    ew_lint_sum sum = {0};
    linting x = {.c = c, .opts = opts};
    x.l = (ew_lint){.put = put, .sum = &sum, .table = feed->table, .fd = -1};
    ew_code code = ew_lint__begin(&x.l, err);
    if (code == EW_OK)
        code = take_names(&x, err);
    if (code == EW_OK)
        code = feed->feed(&x.l, feed->cookie, err);
    if (code == EW_OK)
        code = ew_lint__flush(&x.l, err);
    ew_lint__end(&x.l);
    ew_names_free(x.names);
    return code;
}
