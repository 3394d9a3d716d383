/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from an inspection: how many signs, which is strongest, how rates are said. */
#include "report/inspect_view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "report/times.h"

size_t ew_inspect_signs(const ew_inspection *i)
{
    size_t n = 0;

    for (size_t k = 0; k < i->trace_count; k++)
        n += i->traces[k].kind == EW_TRACE_CHANGE;
    return n;
}

/* What a container says against itself is not chance; a rate that was not measured is worth
 * least. */
static double doubt(const ew_trace *t)
{
    if (strcmp(t->method, "container") == 0)
        return -1;
    return t->false_per_hour >= 0 ? t->false_per_hour : 1e9;
}

const ew_trace *ew_inspect_strongest(const ew_inspection *i)
{
    const ew_trace *best = NULL;

    for (size_t k = 0; k < i->trace_count; k++) {
        const ew_trace *t = &i->traces[k];
        if (t->kind == EW_TRACE_CHANGE && (best == NULL || doubt(t) < doubt(best)))
            best = t;
    }
    return best;
}

const char *ew_inspect_rate_text(const ew_trace *t, char text[EW_INSPECT_RATE_TEXT])
{
    const double hours = t->false_per_hour > 0 ? 1 / t->false_per_hour : 0;

    if (strcmp(t->method, "container") == 0)
        snprintf(text, EW_INSPECT_RATE_TEXT,
                 EW_N("read from the file, not measured on sound"));
    else if (t->false_per_hour < 0)
        snprintf(text, EW_INSPECT_RATE_TEXT, EW_N("how often it errs was not measured"));
    else if (t->false_per_hour == 0)
        snprintf(text, EW_INSPECT_RATE_TEXT, EW_N("never seen in untouched sound"));
    else if (hours < 1.5)
        snprintf(text, EW_INSPECT_RATE_TEXT,
                 EW_N("one such finding per %.*f min in untouched sound"),
                 hours < 0.05 ? 1 : 0, 60 * hours);
    else
        snprintf(text, EW_INSPECT_RATE_TEXT,
                 EW_N("one such finding per %.*f h in untouched sound"),
                 hours < 10 ? 1 : 0, hours);
    return text;
}

bool ew_inspect_is_whole(const ew_inspection *i, const ew_trace *t)
{
    return t->start == 0 && t->end >= i->samples;
}

const char *ew_inspect_place_text(const ew_inspection *i, const ew_trace *t,
                                  char text[EW_INSPECT_PLACE_TEXT])
{
    char from[EW_TIME_TEXT], to[EW_TIME_TEXT], off[EW_TIME_TEXT] = "";
    const double rate = i->rate_hz, s = (double)t->plus_minus / rate;

    if (ew_inspect_is_whole(i, t)) {
        snprintf(text, EW_INSPECT_PLACE_TEXT, EW_N("whole file"));
        return text;
    }
    if (t->plus_minus > 0 && s < 1)
        snprintf(off, sizeof off, " ± %.0f ms", ceil(s * 1000));
    else if (t->plus_minus > 0)
        snprintf(off, sizeof off, " ± %.1f s", s);
    (void)ew_time_text((double)t->start / rate, from);
    (void)ew_time_text((double)t->end / rate, to);
    if (t->start == t->end)
        snprintf(text, EW_INSPECT_PLACE_TEXT, "%s%s", from, off);
    else
        snprintf(text, EW_INSPECT_PLACE_TEXT, "%s – %s%s", from, to, off);
    return text;
}
