/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of SVG that all pictures need. */
#include "report/svg.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "report/report.h"
#include "report/times.h"

enum { PUT_MAX = 4096 };

void ew_svg_put(ew_svg *p, const char *fmt, ...)
{
    char text[PUT_MAX];
    va_list list;
    int n;

    if (p->rc != EW_OK)
        return;
    va_start(list, fmt);
    n = vsnprintf(text, sizeof(text), fmt, list);
    va_end(list);
    if (n < 0 || (size_t)n >= sizeof(text))
        p->rc = ew_fail(p->err, EW_E_BUG, 0, "a part of a picture is too long");
    else
        p->rc = ew_buf_append(p->out, text, (size_t)n, p->err);
}

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    default:
        return NULL;
    }
}

void ew_svg_text(ew_svg *p, const char *s)
{
    for (size_t i = 0; s[i] != 0 && p->rc == EW_OK; i++) {
        const char *as = entity(s[i]);
        if (strncmp(s + i, "\xEF\xBF\xBE", 3) == 0 ||
            strncmp(s + i, "\xEF\xBF\xBF", 3) == 0) {
            as = "?";
            i += 2;
        }
        p->rc = as != NULL ? ew_buf_append(p->out, as, strlen(as), p->err)
                           : ew_buf_append(p->out, s + i, 1, p->err);
    }
}

void ew_svg_squeezed(ew_svg *p, const char *s, size_t columns)
{
    ew_buf b;

    ew_buf_init(&b, EW_REPORT_MAX);
    if (p->rc == EW_OK)
        p->rc = ew_text_squeeze(&b, s, columns, p->err);
    if (p->rc == EW_OK && b.data != NULL)
        ew_svg_text(p, (const char *)b.data);
    ew_buf_release(&b);
}

double ew_svg_tick_step(double length, int most)
{
    static const double steps[] = {0.1, 0.2, 0.5, 1,   2,   5,    10,   15,  30,
                                   60,  120, 300, 600, 900, 1800, 3600, 7200};

    for (size_t i = 0; i < EW_COUNT(steps); i++)
        if (length / steps[i] <= most)
            return steps[i];
    return ceil(length / most / 3600) * 3600;
}

void ew_svg_tick_label(ew_svg *p, double at, double step)
{
    char text[EW_TIME_TEXT];

    (void)ew_time_text(at, text);
    ew_svg_put(p, "%.*s", (int)(strlen(text) - (step < 1 ? 2 : 4)), text);
}
