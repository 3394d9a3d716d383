/* SPDX-License-Identifier: Apache-2.0 */
/* The lists of an inspection: appending, thinning out, putting in order. */
#include "inspect/gather.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "inspect/inspect.h"
#include "inspect/rates.h"

/* Room for one more: lists grow when their count is a power of two. */
static ew_code grow(void **list, size_t count, size_t size, ew_err *err)
{
    void *more;

    if (count & (count - 1))
        return EW_OK;
    more = ew_realloc_array(*list, count ? 2 * count : 1, size);
    if (!more)
        return ew_fail_nomem(err);
    *list = more;
    return EW_OK;
}

/* Text that fits, cut where a character ends. */
EW_PRINTF(3, 0)
static void set_text(char *to, size_t cap, const char *fmt, va_list args)
{
    size_t n;

    vsnprintf(to, cap, fmt, args);
    n = strlen(to);
    while (n > 0 && !ew_utf8_valid(to, n))
        n--;
    to[n] = 0;
}

static void set_name(char *to, size_t cap, const char *from)
{
    snprintf(to, cap, "%s", from);
}

ew_code ew_inspect__trace(ew_inspection *out, const char *method, const ew_trace *t,
                          ew_err *err, const char *fmt, ...)
{
    ew_code rc;
    va_list args;
    ew_trace *one;

    rc = grow((void **)&out->traces, out->trace_count, sizeof *out->traces, err);
    if (rc < 0)
        return rc;
    one = &out->traces[out->trace_count];
    *one = *t;
    set_name(one->method, sizeof one->method, method);
    if (t->kind == EW_TRACE_CHANGE)
        one->false_per_hour = ew_inspect__false_per_hour(method, t->strength);
    else
        one->false_per_hour = -1;
    va_start(args, fmt);
    set_text(one->text, sizeof one->text, fmt, args);
    va_end(args);
    out->trace_count++;
    return EW_OK;
}

ew_code ew_inspect__curve(ew_inspection *out, const ew_curve *head, ew_curve **c,
                          ew_err *err)
{
    ew_code rc;
    float *values;

    rc = grow((void **)&out->curves, out->curve_count, sizeof *out->curves, err);
    if (rc < 0)
        return rc;
    values = ew_alloc_array(head->count, sizeof *values);
    if (!values)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < head->count; i++)
        values[i] = NAN;
    *c = &out->curves[out->curve_count++];
    **c = *head;
    (*c)->values = values;
    return EW_OK;
}

ew_code ew_inspect__untested(ew_inspection *out, const char *method, ew_err *err,
                             const char *fmt, ...)
{
    ew_code rc;
    va_list args;
    ew_untested *one;

    rc = grow((void **)&out->untested, out->untested_count, sizeof *out->untested, err);
    if (rc < 0)
        return rc;
    one = &out->untested[out->untested_count++];
    set_name(one->method, sizeof one->method, method);
    va_start(args, fmt);
    set_text(one->reason, sizeof one->reason, fmt, args);
    va_end(args);
    return EW_OK;
}

ew_code ew_inspect__fact(ew_inspection *out, const char *group, const char *name,
                         ew_err *err, const char *fmt, ...)
{
    ew_code rc;
    va_list args;
    ew_fact *one;

    rc = grow((void **)&out->facts, out->fact_count, sizeof *out->facts, err);
    if (rc < 0)
        return rc;
    one = &out->facts[out->fact_count++];
    set_name(one->group, sizeof one->group, group);
    set_name(one->name, sizeof one->name, name);
    va_start(args, fmt);
    set_text(one->text, sizeof one->text, fmt, args);
    va_end(args);
    return EW_OK;
}

static int order(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int by_place(const void *pa, const void *pb)
{
    const ew_trace *a = pa, *b = pb;
    int o = order(a->start, b->start);

    if (!o)
        o = order(a->end, b->end);
    if (!o)
        o = strcmp(a->method, b->method);
    if (!o)
        o = strcmp(a->text, b->text);
    return o ? o : (a->strength < b->strength) - (a->strength > b->strength);
}

/* Together by method, strongest first. */
static int by_strength(const void *pa, const void *pb)
{
    const ew_trace *a = pa, *b = pb;
    int o = strcmp(a->method, b->method);

    if (!o)
        o = (a->strength < b->strength) - (a->strength > b->strength);
    return o ? o : by_place(pa, pb);
}

static int curve_by_id(const void *pa, const void *pb)
{
    const ew_curve *a = pa, *b = pb;
    int o = strcmp(a->id, b->id);

    return o ? o : order(a->first, b->first);
}

static int untested_by_method(const void *pa, const void *pb)
{
    const ew_untested *a = pa, *b = pb;
    int o = strcmp(a->method, b->method);

    return o ? o : strcmp(a->reason, b->reason);
}

static void sort(void *list, size_t n, size_t size, int (*by)(const void *, const void *))
{
    if (n > 1)
        qsort(list, n, size, by);
}

static bool too_often(const ew_trace *t, double max_false_per_hour)
{
    return t->kind == EW_TRACE_CHANGE && t->false_per_hour >= 0 &&
           t->false_per_hour > max_false_per_hour;
}

/* Keeps the strongest EW_INSPECT_TRACES_MAX of each method. */
static size_t limit_each(ew_inspection *found)
{
    size_t kept = 0, of_method = 0;

    sort(found->traces, found->trace_count, sizeof *found->traces, by_strength);
    for (size_t i = 0; i < found->trace_count; i++) {
        if (i > 0 && strcmp(found->traces[i].method, found->traces[i - 1].method) != 0)
            of_method = 0;
        if (++of_method > EW_INSPECT_TRACES_MAX)
            found->dropped_count++;
        else
            found->traces[kept++] = found->traces[i];
    }
    return kept;
}

static int64_t clamp(int64_t v, int64_t low, int64_t high)
{
    return v < low ? low : v > high ? high : v;
}

void ew_inspect__settle(ew_inspection *found, double max_false_per_hour)
{
    size_t kept = 0;

    for (size_t i = 0; i < found->trace_count; i++) {
        ew_trace *t = &found->traces[i];
        if (too_often(t, max_false_per_hour))
            continue;
        t->start = clamp(t->start, 0, found->samples);
        t->end = clamp(t->end, t->start, found->samples);
        if (kept != i)
            found->traces[kept] = *t;
        kept++;
    }
    found->trace_count = kept;
    found->trace_count = limit_each(found);
    sort(found->traces, found->trace_count, sizeof *found->traces, by_place);
    sort(found->curves, found->curve_count, sizeof *found->curves, curve_by_id);
    sort(found->untested, found->untested_count, sizeof *found->untested,
         untested_by_method);
}

void ew_inspection_free(ew_inspection *i)
{
    if (!i)
        return;
    for (size_t k = 0; k < i->curve_count; k++)
        ew_free(i->curves[k].values);
    ew_free(i->traces);
    ew_free(i->curves);
    ew_free(i->untested);
    ew_free(i->facts);
    if (i->spectrogram)
        ew_free(i->spectrogram->db);
    ew_free(i->spectrogram);
    ew_free(i);
}
