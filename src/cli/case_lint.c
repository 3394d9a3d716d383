/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case lint: what would leave with an export and leads to somebody. */
#include "ops/lint.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "cli/case.h"
#include "cli/case_held.h"
#include "cli/case_secret.h"
#include "cli/case_verbs.h"

enum { LINE_BYTES = 1 << 16, BLANKS = 64, SHOWN_ITEMS = 8 };

static const opt_spec options[] = {
    CASE_OPTION,
    KEY_OPTIONS,
    {OPT_PLACES, 0, "places", "FILE", "names of places to look for, one a line"},
    {OPT_ALLOW, 0, "allow", "ID", "not this finding; may be given several times"},
};

/* One reason why something was not looked into. */
typedef struct reason {
    char *why;
    uint64_t count;
    int64_t items[SHOWN_ITEMS];
    size_t shown;
} reason;

typedef struct listing {
    app *a;
    const args *in;
    ew_buf *out;
    uint64_t told, allowed;
    reason blanks[BLANKS];
    size_t n;
} listing;

static bool is_allowed(const args *in, const char *id)
{
    for (size_t i = 0; i < in->given_count; i++)
        if (in->given[i].id == OPT_ALLOW && strcmp(in->given[i].value, id) == 0)
            return true;
    return false;
}

static void finding_json(listing *l, const ew_lint_finding *f, bool allowed)
{
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.case-lint/1");
    ew_obj_str(&o, "row", "finding");
    ew_obj_str(&o, "id", f->id);
    ew_obj_str(&o, "kind", ew_lint_kind_name(f->kind));
    ew_obj_str(&o, "weight", ew_lint_weight_name(ew_lint_weight_of(f->kind)));
    if (f->item != 0)
        ew_obj_int(&o, "item", f->item);
    if (f->table[0] != 0) {
        ew_obj_str(&o, "table", f->table);
        ew_obj_int(&o, "table_row", f->row);
    }
    if (f->member[0] != 0)
        ew_obj_str(&o, "member", f->member);
    if (f->field[0] != 0)
        ew_obj_str(&o, "field", f->field);
    ew_obj_int(&o, "at", (int64_t)f->at);
    ew_obj_int(&o, "count", (int64_t)f->count);
    if (f->person != 0)
        ew_obj_int(&o, "person", f->person);
    ew_obj_str(&o, "excerpt", f->excerpt);
    ew_obj_bool(&o, "allowed", allowed);
    out_object(l->a, &o);
}

static ew_code add_place(listing *l, const ew_lint_finding *f, ew_err *err)
{
    ew_buf *b = l->out;
    ew_code code = EW_OK;
    if (f->table[0] != 0)
        code = ew_buf_printf(b, err, "records: %s %" PRId64 "%s%s", f->table, f->row,
                             f->field[0] != 0 ? ", " : "", f->field);
    else
        code = ew_buf_printf(b, err, "item %" PRId64, f->item);
    if (code == EW_OK && f->member[0] != 0)
        code = ew_buf_printf(b, err, ", %s", f->member);
    if (code == EW_OK && f->table[0] == 0 && f->field[0] != 0)
        code = ew_buf_printf(b, err, ", %s", f->field);
    if (code == EW_OK && f->table[0] == 0 && (f->at > 0 || f->field[0] == 0))
        code = ew_buf_printf(b, err, ", byte %" PRIu64, f->at);
    if (code == EW_OK && f->count > 1)
        code = ew_buf_printf(b, err, ", %" PRIu64 " times", f->count);
    return code;
}

static ew_code tell(void *cookie, const ew_lint_finding *f, ew_err *err)
{
    listing *l = cookie;
    const ew_text_style *st = &l->a->out_style;
    bool allowed = is_allowed(l->in, f->id);
    l->allowed += allowed;
    l->told += !allowed;
    progress_clear(l->a);
    if (l->a->json) {
        finding_json(l, f, allowed);
        return EW_OK;
    }
    if (allowed)
        return EW_OK;
    ew_buf_reset(l->out);
    ew_code code =
        ew_buf_printf(l->out, err, "%-6s %s%s%s: %s\n       %s",
                      ew_lint_weight_name(ew_lint_weight_of(f->kind)), ew_bold(st),
                      ew_lint_kind_name(f->kind), ew_plain(st), f->excerpt, ew_dim(st));
    if (code == EW_OK)
        code = add_place(l, f, err);
    if (code == EW_OK)
        code = ew_buf_printf(l->out, err, "  [%s]%s\n", f->id, ew_plain(st));
    if (code == EW_OK)
        out_write(l->a, l->out);
    return code;
}

/* ------------------------------------------------------------------ not looked into */

static ew_code blank(void *cookie, const ew_lint_blank *b, ew_err *err)
{
    listing *l = cookie;
    size_t i = 0;
    if (l->a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.case-lint/1");
        ew_obj_str(&o, "row", "not-looked-into");
        ew_obj_int(&o, "item", b->item);
        if (b->member[0] != 0)
            ew_obj_str(&o, "member", b->member);
        ew_obj_str(&o, "why", b->why);
        out_object(l->a, &o);
        return EW_OK;
    }
    while (i < l->n && strcmp(l->blanks[i].why, b->why) != 0)
        i++;
    if (i == BLANKS)
        return EW_OK;
    reason *r = &l->blanks[i];
    if (i == l->n) {
        *r = (reason){.why = ew_strdup(b->why)};
        if (r->why == NULL)
            return ew_fail_nomem(err);
        l->n++;
    }
    r->count++;
    bool again = r->shown > 0 && r->items[r->shown - 1] == b->item;
    if (!again && r->shown < SHOWN_ITEMS)
        r->items[r->shown++] = b->item;
    return EW_OK;
}

static ew_code tell_blanks(listing *l, ew_err *err)
{
    ew_code code = EW_OK;
    ew_buf_reset(l->out);
    if (l->a->json)
        return EW_OK;
    if (l->n > 0)
        code =
            ew_buf_printf(l->out, err, "%sNot looked into:\n", l->told > 0 ? "\n" : "");
    for (size_t i = 0; i < l->n && code == EW_OK; i++) {
        const reason *r = &l->blanks[i];
        code = ew_buf_printf(l->out, err, "       %s: %" PRIu64 " file%s, item", r->why,
                             r->count, r->count == 1 ? "" : "s");
        for (size_t k = 0; k < r->shown && code == EW_OK; k++)
            code = ew_buf_printf(l->out, err, " %" PRId64, r->items[k]);
        if (code == EW_OK)
            code =
                ew_buf_printf(l->out, err, "%s\n", r->shown == SHOWN_ITEMS ? " ..." : "");
    }
    if (code == EW_OK)
        code = ew_buf_printf(
            l->out, err, "%s%s", l->n == 0 && l->told > 0 ? "\n" : "",
            "Never looked for: transliterations, misspellings, descriptions of people;\n"
            "       IMEI and other numbers of devices in a text, MAC and IP addresses,\n"
            "       plus codes, coordinates in other digits or grids; what stands in\n"
            "       base64 within JSON, in a file within a PDF, between the members of\n"
            "       an archive\n");
    if (code == EW_OK)
        out_write(l->a, l->out);
    return code;
}

static void tell_sum(listing *l, const ew_lint_sum *sum)
{
    if (l->a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.case-lint/1");
        ew_obj_str(&o, "row", "summary");
        ew_obj_int(&o, "findings", (int64_t)l->told);
        ew_obj_int(&o, "allowed", (int64_t)l->allowed);
        ew_obj_int(&o, "not_looked_into", (int64_t)sum->blanks);
        ew_obj_int(&o, "identities_looked_for", (int64_t)sum->identities);
        ew_obj_int(&o, "identities_not_looked_for", (int64_t)sum->closed);
        out_object(l->a, &o);
        return;
    }
    if (sum->closed > 0)
        say(l->a,
            "%" PRIu64 " protected identit%s not looked for: give a key that opens them "
            "with --identity FILE",
            sum->closed, sum->closed == 1 ? "y was" : "ies or names were");
}

/* ------------------------------------------------------------------ the command */

typedef struct inputs {
    ew_age_identities keys;
    ew_buf places;
    int64_t *items;
    ew_lint_opts opts;
} inputs;

static ew_code find_items(const args *in, ew_case *c, inputs *x, ew_err *err)
{
    ew_code code = EW_OK;
    if (in->count == 0)
        return EW_OK;
    x->items = ew_alloc_array(in->count, sizeof *x->items);
    if (x->items == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < in->count && code == EW_OK; i++)
        code = ew_case_find_item(c, in->operands[i], &x->items[i], err);
    x->opts.items = x->items;
    x->opts.item_count = in->count;
    return code;
}

static int lint(app *a, const args *in, ew_case *c, inputs *x)
{
    ew_buf out;
    ew_lint_sum sum = {0};
    listing l = {.a = a, .in = in, .out = &out};
    ew_lint_put put = {tell, blank, &l};
    ew_err err;
    ew_buf_init(&out, LINE_BYTES);
    ew_code code = held_places(in, &x->places, &err);
    x->opts.places = (ew_slice){(const char *)x->places.data, x->places.len};
    if (code == EW_OK)
        code = find_items(in, c, x, &err);
    x->opts.keys = in->values[OPT_IDENTITY] != NULL ? &x->keys : NULL;
    x->opts.progress = app_progress(a);
    if (code == EW_OK)
        code = ew_ops_lint(c, &x->opts, &put, &sum, &err);
    progress_clear(a);
    if (code == EW_OK)
        code = tell_blanks(&l, &err);
    if (code == EW_OK)
        tell_sum(&l, &sum);
    for (size_t i = 0; i < l.n; i++)
        ew_free(l.blanks[i].why);
    ew_buf_release(&out);
    if (code != EW_OK)
        return fail_command(a, &err);
    if (l.told > 0)
        return EXIT_NOTHING; /* it is not clean */
    return sum.closed > 0 ? EXIT_SOME_FAILED : EXIT_FOUND;
}

static int run(app *a, const args *in)
{
    inputs x = {.items = NULL};
    ew_case *c = NULL;
    int exit = in->values[OPT_IDENTITY] != NULL ? case_keys(a, in, &x.keys) : 0;
    if (exit == 0)
        exit = case_open(a, in, false, &c);
    if (exit == 0)
        exit = lint(a, in, c, &x);
    ew_case_close(c);
    ew_age_identities_release(&x.keys);
    ew_buf_release(&x.places);
    ew_free(x.items);
    return exit;
}

const command case_lint = {
    .name = "case lint",
    .usage = "[ITEM ...]",
    .summary = "find what would give somebody away, before publication",
    .details =
        "Looks at all that an export would take along, records and every stored file, "
        "for\n"
        "names of protected people, other names of pseudonyms, places, coordinates, "
        "telephone\n"
        "numbers, mail addresses, authors, devices, and users' folders, and tells what "
        "it did\n"
        "not look into. Exit 0: nothing found; 1: something; 3: nothing, but protected\n"
        "identities were not looked for",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_max = SIZE_MAX,
    .run = run,
};
