/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case search: everything that was said, in any script. */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/utf8.h"
#include "cli/case.h"
#include "cli/case_verbs.h"
#include "ops/case_search.h"

enum { LINE_BYTES = 64 << 20, QUERY_BYTES = 4096, INDENT = 6 };

static const opt_spec options[] = {
    CASE_OPTION,
    {OPT_PERSON, 0, "person", "NAME", "by this sender or person"},
    {OPT_STANCE, 0, "stance", "STANCE", "positions and quotations of this stance"},
    {OPT_MARK, 0, "mark", "MARK",
     "messages that are deleted, forwarded, time-guessed ..."},
    {OPT_SINCE, 0, "since", "DATE", "from this year, month, day or moment on"},
    {OPT_UNTIL, 0, "until", "DATE", "up to the end of this one"},
    {OPT_LIMIT, 0, "limit", "N", "the N newest (default: 100)"},
    {OPT_ALL, 0, "all", NULL, "also what was taken back"},
};

typedef struct listing {
    app *a;
    const ew_query *q;
    ew_buf *out;
    uint64_t told;
} listing;

static void add_mark(void *cookie, size_t at, size_t n)
{
    json_t **list = cookie;
    ew_list_add(list, json_pack("[I,I]", (json_int_t)at, (json_int_t)n));
}

static json_t *message_marks(const ew_case_hit *h)
{
    json_t *list = json_array();
    for (size_t i = 0; ew_found_mark_name(i) != NULL; i++)
        if ((h->marks >> i & 1) != 0)
            ew_list_add(&list, json_string(ew_found_mark_name(i)));
    return list;
}

static ew_code tell_json(listing *l, const ew_case_hit *h, ew_err *err)
{
    ew_obj o = ew_obj_new();
    json_t *marks = json_array();
    ew_code code = ew_query_marks(l->q, ew_slice_of(h->text), add_mark, &marks, err);
    ew_obj_str(&o, "schema", "earwitness.case-search/1");
    ew_obj_str(&o, "kind", ew_found_kind_name(h->kind));
    ew_obj_int(&o, "row", h->row);
    ew_obj_int(&o, "item", h->item);
    ew_obj_str(&o, "who", h->who);
    ew_obj_str(&o, "when", h->when);
    ew_obj_str(&o, "text", h->text);
    ew_obj_set(&o, "marks", marks);
    ew_obj_int(&o, "at", h->at);
    ew_obj_int(&o, "bytes", h->bytes);
    ew_obj_set(&o, "message_marks", message_marks(h));
    ew_obj_bool(&o, "undone", h->undone);
    if (code == EW_OK)
        out_object(l->a, &o);
    else
        ew_obj_release(&o);
    return code;
}

static ew_code add_head(listing *l, const ew_case_hit *h, ew_err *err)
{
    const ew_text_style *st = &l->a->out_style;
    ew_code code = ew_utf8_append_safe(l->out, h->when, strlen(h->when), err);
    if (code == EW_OK)
        code =
            ew_buf_printf(l->out, err, "%s%s", h->when[0] != 0 ? "  " : "", ew_bold(st));
    if (code == EW_OK)
        code = ew_utf8_append_safe(l->out, h->who, strlen(h->who), err);
    if (code == EW_OK)
        code = ew_buf_printf(l->out, err, "%s%s%s%s of item %" PRId64, ew_plain(st),
                             h->who[0] != 0 ? "  " : "", ew_dim(st),
                             ew_found_kind_name(h->kind), h->item);
    if (code == EW_OK && h->kind == EW_FOUND_POSITION)
        code = ew_buf_printf(l->out, err, ", number %" PRId64, h->row);
    for (size_t i = 0; code == EW_OK && ew_found_mark_name(i) != NULL; i++)
        if ((h->marks >> i & 1) != 0)
            code = ew_buf_printf(l->out, err, ", %s", ew_found_mark_name(i));
    return code == EW_OK ? ew_buf_printf(l->out, err, "%s%s\n",
                                         h->undone ? ", taken back" : "", ew_plain(st))
                         : code;
}

static ew_code tell(void *cookie, const ew_case_hit *h, ew_err *err)
{
    listing *l = cookie;
    const ew_text_style *st = &l->a->out_style;
    ew_snippet how = {.columns = st->width > 2 * INDENT ? st->width - INDENT : 0,
                      .open = st->color ? ew_bold(st) : "[",
                      .close = st->color ? ew_plain(st) : "]"};
    l->told++;
    if (l->a->json)
        return tell_json(l, h, err);
    ew_buf_reset(l->out);
    ew_code code = add_head(l, h, err);
    if (code == EW_OK)
        code = ew_buf_printf(l->out, err, "%*s", (int)INDENT, "");
    if (code == EW_OK)
        code = ew_ops_snippet(l->q, ew_slice_of(h->text), &how, l->out, err);
    if (code == EW_OK)
        code = ew_buf_printf(l->out, err, "\n");
    if (code == EW_OK)
        out_write(l->a, l->out);
    return code;
}

/* The operands, as they were typed. */
static ew_code join(const args *in, ew_buf *words, ew_err *err)
{
    ew_code code = ew_buf_printf(words, err, "%s", "");
    for (size_t i = 0; i < in->count && code == EW_OK; i++)
        code = ew_buf_printf(words, err, "%s%s", i > 0 ? " " : "", in->operands[i]);
    return code;
}

static ew_code search(app *a, const args *in, ew_case *c, uint64_t *told, ew_err *err)
{
    ew_query q;
    ew_buf words;
    ew_buf out;
    double limit = 0;
    ew_buf_init(&words, QUERY_BYTES);
    ew_buf_init(&out, LINE_BYTES);
    ew_search s = {.person = in->values[OPT_PERSON],
                   .stance = in->values[OPT_STANCE],
                   .mark = in->values[OPT_MARK],
                   .since = in->values[OPT_SINCE],
                   .until = in->values[OPT_UNTIL],
                   .undone = in->values[OPT_ALL] != NULL};
    listing l = {.a = a, .q = &q, .out = &out};
    ew_code code = join(in, &words, err);
    s.words = words.data != NULL ? (const char *)words.data : "";
    if (code == EW_OK && in->values[OPT_LIMIT] != NULL)
        code = args_number(in, OPT_LIMIT, EW_SEARCH_MOST, &limit, err);
    s.limit = (uint64_t)limit;
    if (code == EW_OK) {
        code = ew_query_read(&q, s.words, err);
        if (code == EW_OK)
            code = ew_case_search(c, &s, tell, &l, err);
        ew_query_release(&q);
    }
    *told = l.told;
    ew_buf_release(&words);
    ew_buf_release(&out);
    return code;
}

static int run(app *a, const args *in)
{
    ew_case *c = NULL;
    uint64_t told = 0;
    ew_err err;
    int exit = case_open(a, in, false, &c);
    if (exit != 0)
        return exit;
    ew_code code = search(a, in, c, &told, &err);
    ew_case_close(c);
    if (code != EW_OK)
        return fail_command(a, &err);
    return told > 0 ? EXIT_FOUND : EXIT_NOTHING;
}

const command case_search = {
    .name = "case search",
    .usage = "[WORD ...]",
    .summary = "search messages, reports, positions and items",
    .details =
        "Finds texts that have all of the words, in any script, whether composed or "
        "with\n"
        "marks apart, without regard to case, accents and vowel marks. A word is also "
        "found\n"
        "inside another; '\"these words\"' are whole and in this order, 'begin*' is a\n"
        "beginning. The newest come last. Exit 1: nothing was found",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_max = SIZE_MAX,
    .run = run,
};
