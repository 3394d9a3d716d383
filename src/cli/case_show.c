/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case show: the case on one screen, or one of its items. */
#include "cli/case_show.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/utf8.h"
#include "base/when.h"
#include "base/words.h"
#include "cli/case_verbs.h"
#include "report/times.h"

enum { ITEMS_SHOWN = 16, HASH_DIGITS = 8, INDENT = 5 };

static const opt_spec options[] = {
    CASE_OPTION,
    {OPT_ALL, 0, "all", NULL, "all items, also those taken back or out of others"},
    {OPT_TODAY, 0, "today", "DATE", "count from this day (default: today)"},
};

const char *case_today(char text[CASE_TODAY])
{
    (void)ew_iso_text((int64_t)time(NULL), text);
    text[10] = 0;
    return text;
}

int case_print_object(app *a, ew_obj *o)
{
    ew_buf b;
    ew_err err;
    ew_buf_init(&b, CASE_OUT_MAX);
    ew_code code = ew_obj_print(o, &b, &err);
    if (code == EW_OK)
        out_write(a, &b);
    ew_buf_release(&b);
    return code == EW_OK ? EXIT_FOUND : fail_command(a, &err);
}

/* ------------------------------------------------------------------ text */

/* A line cut to the terminal, after some spaces. */
static ew_code put_line(ew_buf *out, const ew_text_style *style, size_t indent,
                        const char *text, ew_err *err)
{
    size_t room = style->width > indent ? style->width - indent : SIZE_MAX;
    ew_code code = ew_buf_printf(out, err, "%*s", (int)indent, "");
    if (code == EW_OK)
        code = style->width == 0 ? ew_buf_append(out, text, strlen(text), err)
                                 : ew_text_squeeze(out, text, room, err);
    return code == EW_OK ? ew_buf_append(out, "\n", 1, err) : code;
}

static ew_code put_counts(const ew_case_view *v, const ew_text_style *style, ew_buf *out,
                          ew_err *err)
{
    static const struct {
        ew_case_thing thing;
        const char *one;
    } told[] = {
        {EW_THING_MESSAGE, EW_N("message")},   {EW_THING_ARTICLE, EW_N("article")},
        {EW_THING_POSITION, EW_N("position")}, {EW_THING_PERSON, EW_N("person")},
        {EW_THING_QUOTE, EW_N("quotation")},   {EW_THING_CAPTURE, EW_N("capture")},
        {EW_THING_GAP, EW_N("gap")},           {EW_THING_REMARK, EW_N("remark")},
    };
    ew_buf line;
    ew_buf_init(&line, 1024);
    ew_code code = EW_OK;
    for (size_t i = 0; i < EW_COUNT(told) && code == EW_OK; i++) {
        uint64_t n = v->counts[told[i].thing];
        if (n > 0)
            code = ew_buf_printf(
                &line, err, "%s%" PRIu64 " %s", line.len > 0 ? ", " : "", n,
                ew_said(n == 1 ? told[i].one : ew_case_things(told[i].thing)));
    }
    if (code == EW_OK && v->reversals > 0)
        code = ew_buf_printf(&line, err, ew_tr("%s%s%" PRIu64 " reversal%s%s"),
                             line.len > 0 ? ", " : "", "", v->reversals,
                             v->reversals == 1 ? "" : "s", "");
    if (code == EW_OK && v->silences > 0)
        code = ew_buf_printf(&line, err, ew_tr("%s%" PRIu64 " unanswered"),
                             line.len > 0 ? ", " : "", v->silences);
    if (code == EW_OK && line.len > 0)
        code = put_line(out, style, 0, (const char *)line.data, err);
    ew_buf_release(&line);
    return code;
}

static ew_code put_head(const ew_case_view *v, const ew_text_style *style, ew_buf *out,
                        ew_err *err)
{
    char date[EW_TIME_TEXT];
    char line[512];
    size_t gone = v->count - v->here;
    ew_code code = ew_buf_printf(out, err, "%s", ew_bold(style));
    if (code == EW_OK)
        code = put_line(out, style, 0, v->title, err);
    if (code == EW_OK)
        code = ew_buf_printf(out, err, "%s%s", ew_plain(style), ew_dim(style));
    if (code == EW_OK)
        code = put_line(out, style, 0, v->dir, err);
    if (code == EW_OK)
        code = ew_buf_printf(out, err, ew_tr("%s%zu item%s"), ew_plain(style), v->here,
                             v->here == 1 ? "" : "s");
    if (code == EW_OK && gone > 0)
        code = ew_buf_printf(out, err, ew_tr(" (%zu taken back)"), gone);
    if (code == EW_OK && v->events > 0) {
        (void)snprintf(line, sizeof line, ew_tr(", %" PRIu64 " event%s, the last %s"),
                       v->events, v->events == 1 ? "" : "s",
                       ew_date_text(v->last_time, date));
        code = ew_buf_printf(out, err, "%s", line);
    }
    if (code == EW_OK)
        code = ew_buf_append(out, "\n", 1, err);
    if (code == EW_OK)
        code = put_counts(v, style, out, err);
    if (code == EW_OK && v->events > 0)
        code = v->sealed && v->unsealed == 0
                   ? ew_buf_printf(out, err, ew_tr("all events are sealed\n"))
               : v->sealed
                   ? ew_buf_printf(out, err,
                                   ew_tr("%" PRIu64 " event%s since the last seal\n"),
                                   v->unsealed, v->unsealed == 1 ? "" : "s")
                   : ew_buf_printf(out, err, ew_tr("no event is sealed yet\n"));
    return code;
}

static ew_code put_item(ew_table *t, const ew_case_seen_item *i, ew_err *err)
{
    char hex[EW_SHA256_HEX + 1];
    char size[EW_TIME_TEXT];
    ew_hex(i->sha256, sizeof i->sha256, hex);
    hex[HASH_DIGITS] = 0;
    ew_code code = ew_table_cell(t, err, "%" PRId64, i->id);
    if (code == EW_OK)
        code =
            ew_table_cell(t, err, "%s", i->undone ? ew_tr("(gone)") : ew_said(i->kind));
    if (code == EW_OK)
        code = ew_table_cell(t, err, "%s", i->name);
    if (code == EW_OK)
        code = ew_table_cell(t, err, "%s", ew_bytes_text(i->bytes, size));
    return code == EW_OK ? ew_table_cell(t, err, "%s", hex) : code;
}

/* The table's lines with what analyses say of the items between them. */
static ew_code weave(const char *table, const ew_case_seen_item *const *items, size_t n,
                     const ew_text_style *style, ew_buf *out, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t row = 0; code == EW_OK; row++) {
        const char *end = strchr(table, '\n');
        if (end == NULL)
            break;
        code = ew_buf_append(out, table, (size_t)(end + 1 - table), err);
        table = end + 1;
        if (code == EW_OK && row > 0 && row <= n && items[row - 1]->line[0] != 0)
            code = put_line(out, style, INDENT, ew_said(items[row - 1]->line), err);
    }
    return code;
}

static ew_code put_table(const ew_case_seen_item *const *items, size_t n,
                         const ew_text_style *style, ew_buf *out, ew_err *err)
{
    static const char *const head[] = {"#", EW_N("kind"), EW_N("name"), EW_N("size"),
                                       "SHA-256"};
    static const ew_cell_kind kinds[] = {EW_CELL_RIGHT, EW_CELL_LEFT, EW_CELL_SHRINK,
                                         EW_CELL_RIGHT, EW_CELL_LEFT};
    ew_table t;
    ew_buf b;
    ew_code code = EW_OK;
    ew_buf_init(&b, CASE_OUT_MAX);
    ew_table_init(&t, kinds, EW_COUNT(kinds));
    for (size_t i = 0; i < EW_COUNT(head) && code == EW_OK; i++)
        code = ew_table_cell(&t, err, "%s", ew_said(head[i]));
    for (size_t i = 0; i < n && code == EW_OK; i++)
        code = put_item(&t, items[i], err);
    if (code == EW_OK)
        code = ew_table_print(&t, style, &b, err);
    if (code == EW_OK && b.data != NULL)
        code = weave((const char *)b.data, items, n, style, out, err);
    ew_table_release(&t);
    ew_buf_release(&b);
    return code;
}

/* The last ones that came in by themselves; all when asked for. */
static ew_code put_items(const ew_case_view *v, bool all, const ew_text_style *style,
                         ew_buf *out, ew_err *err)
{
    const ew_case_seen_item *shown[ITEMS_SHOWN];
    size_t n = 0;
    if (all) {
        ew_code code = EW_OK;
        for (size_t i = 0; i < v->count && code == EW_OK; i += ITEMS_SHOWN) {
            n = 0;
            for (size_t k = i; k < v->count && n < ITEMS_SHOWN; k++)
                shown[n++] = &v->items[k];
            code = put_table(shown, n, style, out, err);
        }
        return code;
    }
    for (size_t i = v->count; i-- > 0 && n < ITEMS_SHOWN;)
        if (!v->items[i].undone && v->items[i].parent == 0)
            shown[ITEMS_SHOWN - ++n] = &v->items[i];
    if (n == 0)
        return EW_OK;
    ew_code code = ew_buf_append(out, "\n", 1, err);
    if (code == EW_OK)
        code = put_table(shown + ITEMS_SHOWN - n, n, style, out, err);
    if (code == EW_OK && n < v->here)
        code = ew_buf_printf(out, err, ew_tr("and %zu more: --all\n"), v->here - n);
    return code;
}

static ew_code view_text(const ew_case_view *v, bool all, const ew_text_style *style,
                         ew_buf *out, ew_err *err)
{
    ew_code code = put_head(v, style, out, err);
    if (code == EW_OK)
        code = put_items(v, all, style, out, err);
    if (code == EW_OK && v->last.n > 0)
        code = ew_buf_append(out, "\n", 1, err);
    return code == EW_OK && v->last.n > 0 ? case_events_text(&v->last, style, out, err)
                                          : code;
}

/* ------------------------------------------------------------------ running */

static int show_case(app *a, ew_case *c, const args *in)
{
    char today[CASE_TODAY];
    ew_case_view v;
    ew_buf b;
    ew_err err;
    const char *day = in->values[OPT_TODAY];
    ew_code code =
        ew_case_view_load(c, day != NULL ? day : case_today(today), true, &v, &err);
    if (code != EW_OK)
        return fail_command(a, &err);
    if (a->json) {
        ew_obj o = ew_case_view_json(&v);
        ew_case_view_release(&v);
        return case_print_object(a, &o);
    }
    ew_buf_init(&b, CASE_OUT_MAX);
    code = view_text(&v, in->values[OPT_ALL] != NULL, &a->out_style, &b, &err);
    if (code == EW_OK)
        out_write(a, &b);
    ew_buf_release(&b);
    ew_case_view_release(&v);
    return code == EW_OK ? EXIT_FOUND : fail_command(a, &err);
}

static int show_item(app *a, ew_case *c, const char *what)
{
    int64_t item = 0;
    ew_case_item_view v;
    ew_buf b;
    ew_err err;
    ew_code code = ew_case_find_item(c, what, &item, &err);
    if (code == EW_OK)
        code = ew_case_item_view_load(c, item, &v, &err);
    if (code != EW_OK)
        return fail_command(a, &err);
    if (a->json) {
        ew_obj o = ew_case_item_view_json(&v);
        ew_case_item_view_release(&v);
        return case_print_object(a, &o);
    }
    ew_buf_init(&b, CASE_OUT_MAX);
    code = case_item_text(&v, &a->out_style, &b, &err);
    if (code == EW_OK)
        out_write(a, &b);
    ew_buf_release(&b);
    ew_case_item_view_release(&v);
    return code == EW_OK ? EXIT_FOUND : fail_command(a, &err);
}

static int run(app *a, const args *in)
{
    ew_case *c = NULL;
    int exit = case_open(a, in, false, &c);
    if (exit == 0)
        exit = in->count > 0 ? show_item(a, c, in->operands[0]) : show_case(a, c, in);
    ew_case_close(c);
    return exit;
}

const command case_show = {
    .name = "case show",
    .usage = "[ITEM]",
    .summary = "show the case on one screen, or all about one item",
    .details =
        "An item is named by its number, its name, or the first digits of its hash",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_max = 1,
    .run = run,
};
