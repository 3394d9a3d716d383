/* SPDX-License-Identifier: Apache-2.0 */
/* Tables for people. Widths are counted in terminal columns, not bytes. */
#include "report/table.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "base/words.h"

enum { CELL_MAX = 1 << 16, GAP = 2 };

const char *ew_bold(const ew_text_style *s)
{
    return s->color ? "\033[1m" : "";
}

const char *ew_dim(const ew_text_style *s)
{
    return s->color ? "\033[2m" : "";
}

const char *ew_plain(const ew_text_style *s)
{
    return s->color ? "\033[0m" : "";
}

void ew_table_init(ew_table *t, const ew_cell_kind *kinds, size_t columns)
{
    *t = (ew_table){.columns = columns};
    memcpy(t->kinds, kinds, columns * sizeof(*kinds));
}

void ew_table_release(ew_table *t)
{
    for (size_t i = 0; i < t->count; i++)
        ew_free(t->cells[i]);
    ew_free(t->cells);
    t->cells = NULL;
    t->count = t->cap = 0;
}

static ew_code make_room(ew_table *t, ew_err *err)
{
    if (t->count < t->cap)
        return EW_OK;
    size_t cap = t->cap == 0 ? 64 : t->cap * 2;
    char **cells = ew_realloc_array(t->cells, cap, sizeof(*cells));
    if (cells == NULL)
        return ew_fail_nomem(err);
    t->cells = cells;
    t->cap = cap;
    return EW_OK;
}

ew_code ew_table_cell(ew_table *t, ew_err *err, const char *fmt, ...)
{
    va_list args;
    int n;
    char *cell = NULL;
    ew_code rc = make_room(t, err);

    if (rc != EW_OK)
        return rc;
    va_start(args, fmt);
    n = vsnprintf(NULL, 0, ew_tr(fmt), args);
    va_end(args);
    if (n < 0 || n > CELL_MAX)
        return ew_fail(err, EW_E_LIMIT, 0, "a table cell is longer than %d bytes",
                       CELL_MAX);
    cell = ew_alloc((size_t)n + 1);
    if (cell == NULL)
        return ew_fail_nomem(err);
    va_start(args, fmt);
    (void)vsnprintf(cell, (size_t)n + 1, ew_tr(fmt), args);
    va_end(args);
    t->cells[t->count++] = cell;
    return EW_OK;
}

/* Bytes of the longest beginning of s that fits into `columns`. */
static size_t head_bytes(const char *s, size_t n, size_t columns)
{
    size_t fits = 0;

    for (size_t i = 1; i <= n; i++)
        if (i == n || ((unsigned char)s[i] & 0xC0) != 0x80) {
            if (ew_utf8_columns(s, i) > columns)
                break;
            fits = i;
        }
    return fits;
}

/* Where the longest ending of s begins that fits into `columns`. */
static size_t tail_start(const char *s, size_t n, size_t columns)
{
    size_t start = n;

    for (size_t i = n; i-- > 0;)
        if (((unsigned char)s[i] & 0xC0) != 0x80) {
            if (ew_utf8_columns(s + i, n - i) > columns)
                break;
            start = i;
        }
    return start;
}

ew_code ew_text_squeeze(ew_buf *out, const char *s, size_t columns, ew_err *err)
{
    size_t n = strlen(s);

    if (ew_utf8_columns(s, n) <= columns)
        return ew_buf_append(out, s, n, err);
    if (columns < 3)
        return ew_buf_append(out, s, head_bytes(s, n, columns), err);
    size_t tail = (columns - 1) / 2;
    size_t head = head_bytes(s, n, columns - 1 - tail);
    size_t from = tail_start(s, n, tail);
    ew_code rc = ew_buf_append(out, s, head, err);
    if (rc == EW_OK)
        rc = ew_buf_append(out, "…", strlen("…"), err);
    return rc == EW_OK ? ew_buf_append(out, s + from, n - from, err) : rc;
}

static size_t cell_columns(const char *s)
{
    return ew_utf8_columns(s, strlen(s));
}

/* Natural widths, then the shrinkable columns give back what is too much, widest first. */
static void find_widths(const ew_table *t, size_t total, size_t *widths)
{
    size_t sum = 0;

    for (size_t c = 0; c < t->columns; c++) {
        widths[c] = 0;
        for (size_t i = c; i < t->count; i += t->columns) {
            size_t w = cell_columns(t->cells[i]);
            widths[c] = w > widths[c] ? w : widths[c];
        }
        sum += widths[c] + (c > 0 ? GAP : 0);
    }
    while (total > 0 && sum > total) {
        size_t widest = t->columns;
        for (size_t c = 0; c < t->columns; c++)
            if (t->kinds[c] == EW_CELL_SHRINK && widths[c] > EW_TABLE_SHRUNK_MIN &&
                (widest == t->columns || widths[c] > widths[widest]))
                widest = c;
        if (widest == t->columns)
            return;
        widths[widest]--;
        sum--;
    }
}

static ew_code pad(ew_buf *out, size_t n, ew_err *err)
{
    return n == 0 ? EW_OK : ew_buf_printf(out, err, "%*s", (int)n, "");
}

/* Is there nothing but empty cells from here to the end of the row? */
static bool ends_here(const ew_table *t, size_t i)
{
    for (; i % t->columns != 0; i++)
        if (t->cells[i][0] != 0)
            return false;
    return true;
}

static ew_code print_cell(const ew_table *t, size_t i, const size_t *widths, ew_buf *out,
                          ew_err *err)
{
    size_t c = i % t->columns;
    size_t have = cell_columns(t->cells[i]);
    size_t lack = have < widths[c] ? widths[c] - have : 0;
    bool right = t->kinds[c] == EW_CELL_RIGHT;
    ew_code rc = EW_OK;

    if (c > 0 && have == 0 && ends_here(t, i))
        return EW_OK;
    if (c > 0)
        rc = pad(out, GAP, err);
    if (rc == EW_OK && right)
        rc = pad(out, lack, err);
    if (rc == EW_OK)
        rc = ew_text_squeeze(out, t->cells[i], widths[c], err);
    if (rc == EW_OK && !right && !ends_here(t, i + 1))
        rc = pad(out, lack, err);
    return rc;
}

ew_code ew_table_print(const ew_table *t, const ew_text_style *style, ew_buf *out,
                       ew_err *err)
{
    size_t widths[EW_TABLE_COLUMNS_MAX];
    ew_code rc = EW_OK;

    find_widths(t, style->width, widths);
    for (size_t i = 0; i < t->count && rc == EW_OK; i++) {
        bool first = i % t->columns == 0;
        bool last = (i + 1) % t->columns == 0;
        bool head = i < t->columns;
        if (first && head)
            rc = ew_buf_printf(out, err, "%s", ew_bold(style));
        if (rc == EW_OK)
            rc = print_cell(t, i, widths, out, err);
        if (rc == EW_OK && last)
            rc = ew_buf_printf(out, err, "%s\n", head ? ew_plain(style) : "");
    }
    return rc;
}
