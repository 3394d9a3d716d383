/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as JSON and as CSV. Written by hand, since a case may have many millions of rows, and a reader is to
 * get the same bytes for the same case. */
#include "ops/case_export_write.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/utf8.h"

/* A row is in memory as a whole: a result of an analysis is up to 64 MB, and six times that as JSON when it
 * is full of control characters. */
enum { BLOCK = 1 << 20, BLOCK_MAX = 1 << 30, HEX_PIECE = 4096, TICK_ROWS = 4096 };

static const char replacement[] = "\xEF\xBF\xBD";

void ew_row_writer_init(ew_row_writer *w, ew_bag *bag, const ew_progress *prog)
{
    *w = (ew_row_writer){.bag = bag, .prog = prog};
    ew_buf_init(&w->block, BLOCK_MAX);
}

void ew_row_writer_release(ew_row_writer *w)
{
    ew_buf_release(&w->block);
}

/* ------------------------------------------------------------------ the file */

static ew_code flush(ew_row_writer *w, size_t unless_below, ew_err *err)
{
    if (w->block.len < unless_below || w->block.len == 0)
        return EW_OK;
    ew_code code = ew_bag_write(w->bag, w->block.data, w->block.len, err);
    ew_buf_reset(&w->block);
    return code;
}

static ew_code open_file(ew_row_writer *w, const char *path, ew_err *err)
{
    ew_code code = ew_bag_begin(w->bag, path, err);
    w->open = code == EW_OK;
    return code;
}

static ew_code close_file(ew_row_writer *w, ew_err *err)
{
    if (!w->open)
        return EW_OK;
    w->open = false;
    ew_code code = flush(w, 0, err);
    return code == EW_OK ? ew_bag_end(w->bag, err) : code;
}

/* After each row. */
static ew_code row_done(ew_row_writer *w, ew_err *err)
{
    w->rows++;
    if (w->prog != NULL && w->prog->tick != NULL && w->rows % TICK_ROWS == 0 &&
        w->prog->tick(w->prog->cookie, "export", w->rows, 0) != 0)
        return ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
    return flush(w, BLOCK, err);
}

static ew_code put(ew_row_writer *w, const char *text, ew_err *err)
{
    return ew_buf_append(&w->block, text, strlen(text), err);
}

/* ------------------------------------------------------------------ values */

/* How many bytes at the beginning stand for themselves in a JSON string. */
static size_t plain_run(ew_slice s)
{
    size_t n = 0;
    while (n < s.n && (unsigned char)s.p[n] >= 0x20 && (unsigned char)s.p[n] < 0x7F &&
           s.p[n] != '"' && s.p[n] != '\\')
        n++;
    return n;
}

/* One character that is not plain; answers the bytes that it takes. */
static size_t append_other(ew_buf *out, ew_slice s, ew_code *code, ew_err *err)
{
    uint32_t c;
    size_t used = ew_utf8_next(s.p, s.n, &c);
    if (used == 0)
        *code = ew_buf_append(out, replacement, sizeof replacement - 1, err);
    else if (c == '\n')
        *code = ew_buf_append(out, "\\n", 2, err);
    else if (c == '"' || c == '\\')
        *code = ew_buf_printf(out, err, "\\%c", (int)c);
    else if (c < 0x20 || c == 0x7F || c == 0x2028 || c == 0x2029)
        *code = ew_buf_printf(out, err, "\\u%04x", (unsigned)c);
    else
        *code = ew_buf_append(out, s.p, used, err);
    return used > 0 ? used : 1;
}

ew_code ew_json_text(ew_buf *out, ew_slice s, ew_err *err)
{
    ew_code code = ew_buf_append(out, "\"", 1, err);
    while (s.n > 0 && code == EW_OK) {
        size_t n = plain_run(s);
        if (n > 0)
            code = ew_buf_append(out, s.p, n, err);
        else
            n = append_other(out, s, &code, err);
        s.p += n;
        s.n -= n;
    }
    return code == EW_OK ? ew_buf_append(out, "\"", 1, err) : code;
}

static ew_code append_hex(ew_buf *out, ew_slice s, ew_err *err)
{
    char hex[2 * HEX_PIECE + 1];
    ew_code code = EW_OK;
    while (s.n > 0 && code == EW_OK) {
        size_t n = s.n < HEX_PIECE ? s.n : HEX_PIECE;
        ew_hex((const uint8_t *)s.p, n, hex);
        code = ew_buf_append(out, hex, 2 * n, err);
        s.p += n;
        s.n -= n;
    }
    return code;
}

/* Enough digits to read the same number again, and never without a point or an exponent. */
static ew_code append_real(ew_buf *out, double v, ew_err *err)
{
    char text[40];
    if (isinf(v))
        return ew_buf_printf(out, err, "%s", v < 0 ? "-1e999" : "1e999");
    (void)snprintf(text, sizeof text, "%.17g", v);
    return ew_buf_printf(out, err, "%s%s", text, strpbrk(text, ".e") != NULL ? "" : ".0");
}

static ew_code json_value(ew_buf *out, const ew_dump_cell *v, ew_err *err)
{
    ew_code code;
    switch (v->type) {
    case EW_DUMP_INT:
        return ew_buf_printf(out, err, "%" PRId64, v->number);
    case EW_DUMP_REAL:
        return append_real(out, v->real, err);
    case EW_DUMP_TEXT:
        return ew_json_text(out, v->bytes, err);
    case EW_DUMP_BLOB:
        code = ew_buf_append(out, "\"", 1, err);
        if (code == EW_OK)
            code = append_hex(out, v->bytes, err);
        return code == EW_OK ? ew_buf_append(out, "\"", 1, err) : code;
    case EW_DUMP_LEFT_OUT:
        return ew_buf_printf(out, err, "{\"left_out\":true}");
    case EW_DUMP_NULL:
        break;
    }
    return ew_buf_append(out, "null", 4, err);
}

/* ------------------------------------------------------------------ JSON */

static ew_code end_table(ew_row_writer *w, ew_err *err)
{
    if (!w->in_table)
        return EW_OK;
    return put(w, w->first ? "]" : "\n]", err);
}

static ew_code json_table(void *cookie, const char *name, const char *const *columns,
                          size_t n, ew_err *err)
{
    ew_row_writer *w = cookie;
    ew_code code = end_table(w, err);
    if (code == EW_OK)
        code =
            ew_buf_printf(&w->block, err, "%s\n\"%s\":[", w->in_table ? "," : "", name);
    w->in_table = true;
    w->first = true;
    w->columns = columns;
    w->column_count = n;
    return code;
}

static ew_code json_row(void *cookie, const ew_dump_cell *cells, size_t n, bool undone,
                        ew_err *err)
{
    ew_row_writer *w = cookie;
    ew_code code = put(w, w->first ? "\n{" : ",\n{", err);
    for (size_t i = 0; i < n && code == EW_OK; i++) {
        code =
            ew_buf_printf(&w->block, err, "%s\"%s\":", i > 0 ? "," : "", w->columns[i]);
        if (code == EW_OK)
            code = json_value(&w->block, &cells[i], err);
    }
    if (code == EW_OK)
        code = put(w, undone ? ",\"undone\":true}" : "}", err);
    w->first = false;
    return code == EW_OK ? row_done(w, err) : code;
}

ew_code ew_write_json(ew_row_writer *w, ew_case *c, const char *path, const char *head,
                      const ew_dump_opts *opts, ew_err *err)
{
    ew_dump_sink sink = {w, json_table, json_row};
    w->in_table = false;
    ew_code code = open_file(w, path, err);
    if (code == EW_OK)
        code = ew_buf_printf(&w->block, err, "{%s\n\"tables\":{", head);
    if (code == EW_OK)
        code = ew_case_dump(c, opts, &sink, err);
    if (code == EW_OK)
        code = end_table(w, err);
    if (code == EW_OK)
        code = put(w, "\n}}\n", err);
    return code == EW_OK ? close_file(w, err) : code;
}

/* ------------------------------------------------------------------ CSV */

/* A spreadsheet takes what begins so for a formula, and may do what it says. */
static bool is_formula(ew_slice s)
{
    return s.n > 0 && s.p[0] != 0 && strchr("=+-@\t\r", s.p[0]) != NULL;
}

static bool needs_quotes(ew_slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '"' || s.p[i] == ',' || s.p[i] == '\n' || s.p[i] == '\r')
            return true;
    return s.n > 0 && (s.p[0] == ' ' || s.p[s.n - 1] == ' ');
}

/* Valid UTF-8 without NUL, which many readers end at. */
static ew_code csv_text(ew_buf *out, ew_slice s, ew_err *err)
{
    bool quotes = needs_quotes(s);
    ew_code code =
        ew_buf_printf(out, err, "%s%s", quotes ? "\"" : "", is_formula(s) ? "'" : "");
    while (s.n > 0 && code == EW_OK) {
        uint32_t c;
        size_t run = plain_run(s);
        size_t used = run > 0 ? run : ew_utf8_next(s.p, s.n, &c);
        if (used == 0 || s.p[0] == 0)
            code = ew_buf_append(out, replacement, sizeof replacement - 1, err);
        else if (s.p[0] == '"')
            code = ew_buf_append(out, "\"\"", 2, err);
        else
            code = ew_buf_append(out, s.p, used, err);
        used = used > 0 ? used : 1;
        s.p += used;
        s.n -= used;
    }
    return code == EW_OK && quotes ? ew_buf_append(out, "\"", 1, err) : code;
}

static ew_code csv_value(ew_buf *out, const ew_dump_cell *v, ew_err *err)
{
    switch (v->type) {
    case EW_DUMP_INT:
        return ew_buf_printf(out, err, "%" PRId64, v->number);
    case EW_DUMP_REAL:
        return append_real(out, v->real, err);
    case EW_DUMP_TEXT:
        return csv_text(out, v->bytes, err);
    case EW_DUMP_BLOB:
        return append_hex(out, v->bytes, err);
    case EW_DUMP_LEFT_OUT:
        return ew_buf_printf(out, err, "(left out)");
    case EW_DUMP_NULL:
        break;
    }
    return EW_OK;
}

typedef struct csv {
    ew_row_writer *w;
    const char *folder;
} csv;

static ew_code csv_table(void *cookie, const char *name, const char *const *columns,
                         size_t n, ew_err *err)
{
    const csv *f = cookie;
    char path[EW_BAG_PATH];
    ew_code code = close_file(f->w, err);
    (void)snprintf(path, sizeof path, "%s%s.csv", f->folder, name);
    if (code == EW_OK)
        code = open_file(f->w, path, err);
    for (size_t i = 0; i < n && code == EW_OK; i++)
        code = ew_buf_printf(&f->w->block, err, "%s,", columns[i]);
    return code == EW_OK ? put(f->w, "undone\r\n", err) : code;
}

static ew_code csv_row(void *cookie, const ew_dump_cell *cells, size_t n, bool undone,
                       ew_err *err)
{
    const csv *f = cookie;
    ew_code code = EW_OK;
    for (size_t i = 0; i < n && code == EW_OK; i++) {
        code = csv_value(&f->w->block, &cells[i], err);
        if (code == EW_OK)
            code = put(f->w, ",", err);
    }
    if (code == EW_OK)
        code = put(f->w, undone ? "1\r\n" : "0\r\n", err);
    return code == EW_OK ? row_done(f->w, err) : code;
}

ew_code ew_write_csv(ew_row_writer *w, ew_case *c, const char *folder,
                     const ew_dump_opts *opts, ew_err *err)
{
    csv f = {w, folder};
    ew_dump_sink sink = {&f, csv_table, csv_row};
    ew_code code = ew_case_dump(c, opts, &sink, err);
    return code == EW_OK ? close_file(w, err) : code;
}
