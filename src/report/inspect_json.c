/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of `inspect` for programs: earwitness.inspect/1, docs/formats/inspect-json.md. */
#include <math.h>

#include "report/inspect_view.h"
#include "report/json.h"
#include "report/times.h"

enum { TIME_DIGITS = 4, CURVE_VALUES_MAX = 1000 };

static void put_time(ew_obj *o, const ew_inspection *f, const char *key, int64_t samples)
{
    ew_obj_real(o, key, (double)samples / f->rate_hz, TIME_DIGITS);
}

static json_t *file_json(const ew_inspect_view *v)
{
    const ew_inspection *f = v->found;
    ew_obj o = ew_obj_new();

    ew_obj_str(&o, "name", v->name);
    ew_obj_sha256(&o, "sha256", v->sha256);
    ew_obj_int(&o, "bytes", (int64_t)v->bytes);
    ew_obj_str(&o, "container", v->info.container);
    ew_obj_str(&o, "codec", v->info.codec);
    ew_obj_int(&o, "rate_hz", v->info.stored_rate_hz);
    ew_obj_int(&o, "channels", v->info.stored_channels);
    ew_obj_int(&o, "samples", f->samples);
    put_time(&o, f, "duration", f->samples);
    ew_obj_str(&o, "trouble", v->trouble);
    return o.json;
}

static json_t *finding_json(const ew_inspection *f, size_t i)
{
    const ew_trace *t = &f->traces[i];
    char rate[EW_INSPECT_RATE_TEXT];
    ew_obj o = ew_obj_new();

    ew_obj_int(&o, "number", (int64_t)i + 1);
    ew_obj_str(&o, "method", t->method);
    ew_obj_str(&o, "kind", t->kind == EW_TRACE_CHANGE ? "change" : "fact");
    put_time(&o, f, "start", t->start);
    put_time(&o, f, "end", t->end);
    put_time(&o, f, "plus_minus", t->plus_minus);
    ew_obj_real(&o, "strength", t->strength, TIME_DIGITS);
    if (t->false_per_hour >= 0)
        ew_obj_real(&o, "false_per_hour", t->false_per_hour, 6);
    else
        ew_obj_null(&o, "false_per_hour");
    if (t->kind == EW_TRACE_CHANGE)
        ew_obj_str(&o, "rate", ew_inspect_rate_text(t, rate));
    ew_obj_str(&o, "text", t->text);
    return o.json;
}

static json_t *findings_json(const ew_inspection *f)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->trace_count; i++)
        ew_list_add(&list, finding_json(f, i));
    return list;
}

static json_t *untested_json(const ew_inspection *f)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->untested_count; i++) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "method", f->untested[i].method);
        ew_obj_str(&o, "reason", f->untested[i].reason);
        ew_list_add(&list, o.json);
    }
    return list;
}

static json_t *facts_json(const ew_inspection *f)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->fact_count; i++) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "group", f->facts[i].group);
        ew_obj_str(&o, "name", f->facts[i].name);
        ew_obj_str(&o, "text", f->facts[i].text);
        ew_list_add(&list, o.json);
    }
    return list;
}

/* Mean of the values that are known; null when none is. */
static json_t *mean_json(const float *values, size_t n)
{
    double sum = 0;
    size_t known = 0;

    for (size_t i = 0; i < n; i++) {
        if (!isfinite(values[i]))
            continue;
        sum += (double)values[i];
        known++;
    }
    return known > 0 ? json_real(ew_round(sum / (double)known, 2)) : json_null();
}

/* Thinned out, so that hours of sound stay readable. */
static json_t *curve_json(const ew_inspection *f, const ew_curve *c)
{
    const size_t each = 1 + c->count / (CURVE_VALUES_MAX + 1);
    json_t *values = json_array();
    ew_obj o = ew_obj_new();

    ew_obj_str(&o, "id", c->id);
    ew_obj_str(&o, "unit", c->unit);
    put_time(&o, f, "first", c->first);
    put_time(&o, f, "step", c->step * (int64_t)each);
    for (size_t i = 0; i < c->count; i += each)
        ew_list_add(&values,
                    mean_json(c->values + i, each < c->count - i ? each : c->count - i));
    ew_obj_set(&o, "values", values);
    return o.json;
}

static json_t *curves_json(const ew_inspection *f)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->curve_count; i++)
        ew_list_add(&list, curve_json(f, &f->curves[i]));
    return list;
}

static json_t *journal_json(const ew_inspect_view *v)
{
    json_t *list = json_array();

    for (size_t i = 0; i < v->journal_count; i++)
        ew_list_add(&list, json_string(v->journal[i]));
    return list;
}

ew_code ew_report_inspect_json(const ew_inspect_view *v, ew_buf *out, ew_err *err)
{
    const ew_inspection *f = v->found;
    const ew_trace *strongest = ew_inspect_strongest(f);
    ew_obj o = ew_obj_new();

    ew_obj_str(&o, "schema", "earwitness.inspect/1");
    ew_obj_set(&o, "file", file_json(v));
    ew_obj_int(&o, "signs_of_change", (int64_t)ew_inspect_signs(f));
    if (strongest != NULL)
        ew_obj_int(&o, "strongest", strongest - f->traces + 1);
    else
        ew_obj_null(&o, "strongest");
    ew_obj_real(&o, "by_chance", f->by_chance, 3);
    ew_obj_set(&o, "findings", findings_json(f));
    ew_obj_int(&o, "findings_left_out", (int64_t)f->dropped_count);
    ew_obj_set(&o, "not_tested", untested_json(f));
    ew_obj_set(&o, "facts", facts_json(f));
    ew_obj_set(&o, "curves", curves_json(f));
    ew_obj_set(&o, "journal", journal_json(v));
    return ew_obj_print(&o, out, err);
}
