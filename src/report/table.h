/* SPDX-License-Identifier: Apache-2.0 */
/* Text tables whose columns line up whatever script the names are in. */
#ifndef EW_REPORT_TABLE_H
#define EW_REPORT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

enum { EW_TABLE_COLUMNS_MAX = 12, EW_TABLE_SHRUNK_MIN = 12 };

typedef enum ew_cell_kind {
    EW_CELL_LEFT,
    EW_CELL_RIGHT,
    EW_CELL_SHRINK /* left; cut in the middle when the line would be too long */
} ew_cell_kind;

typedef struct ew_table {
    size_t columns;
    ew_cell_kind kinds[EW_TABLE_COLUMNS_MAX];
    char **cells; /* row after row, the first is the head; valid UTF-8 */
    size_t count, cap;
} ew_table;

/* How text is to look. */
typedef struct ew_text_style {
    bool color;
    size_t width; /* columns of the terminal; 0 = as wide as needed */
} ew_text_style;

void ew_table_init(ew_table *t, const ew_cell_kind *kinds, size_t columns);
/* The next cell; printf of valid UTF-8, in the language of the thread. */
EW_MUST_CHECK ew_code ew_table_cell(ew_table *t, ew_err *err, const char *fmt, ...)
    EW_PRINTF(3, 4);
EW_MUST_CHECK ew_code ew_table_print(const ew_table *t, const ew_text_style *style,
                                     ew_buf *out, ew_err *err);
void ew_table_release(ew_table *t);

/* Appends s in at most `columns` columns, with "…" for what is left out of the middle. */
EW_MUST_CHECK ew_code ew_text_squeeze(ew_buf *out, const char *s, size_t columns,
                                      ew_err *err);

/* Escape sequences, "" without colour. */
const char *ew_bold(const ew_text_style *s);
const char *ew_dim(const ew_text_style *s);
const char *ew_plain(const ew_text_style *s);

#endif
