/* SPDX-License-Identifier: Apache-2.0 */
/* Findings and curves of a kept result of `inspect`, without the spectrogram. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "earwitness/inspect.h"
#include "report/inspect_view.h"
#include "report/page_results.h"
#include "report/redraw.h"

enum { CURVES_MAX = 16 };

typedef struct reader {
    ew_inspection f;
    ew_inspect_view v;
    ew_curve curves[CURVES_MAX];
    float *values;
} reader;

static int64_t samples(const reader *r, const json_t *o, const char *key)
{
    double s = ew_redraw__samples(o, key, r->f.rate_hz);
    return llround(fmin(fmax(s, 0), (double)r->f.samples));
}

/* False: there is no sound to draw. */
static bool take_file(reader *r, const json_t *file)
{
    double rate = ew_json_real_of(file, "rate_hz");
    double length = ew_redraw__samples(file, "duration", 1);
    if (!(rate >= EW_INSPECT_RATE_MIN_HZ) || !(rate <= EW_INSPECT_RATE_MAX_HZ) ||
        !(length > 0))
        return false;
    r->f.rate_hz = (uint32_t)rate;
    r->f.samples = llround(length * (double)r->f.rate_hz);
    r->v.name = ew_json_text_of(file, "name");
    r->v.trouble = "";
    r->v.info.stored_rate_hz = r->f.rate_hz;
    r->v.info.stored_channels =
        (uint32_t)fmin(fmax(ew_json_real_of(file, "channels"), 0), 1000);
    ew_redraw__word(file, "codec", r->v.info.codec, sizeof r->v.info.codec);
    return ew_unhex(ew_json_text_of(file, "sha256"), r->v.sha256, sizeof r->v.sha256) ==
               0 &&
           r->f.samples > 0;
}

static void take_trace(reader *r, const json_t *x)
{
    ew_trace *t = &r->f.traces[r->f.trace_count++];
    const char *text = ew_json_text_of(x, "text");
    const json_t *rate = json_object_get(x, "false_per_hour");
    *t = (ew_trace){
        .kind = strcmp(ew_json_text_of(x, "kind"), "change") == 0 ? EW_TRACE_CHANGE
                                                                  : EW_TRACE_FACT,
        .start = samples(r, x, "start"),
        .end = samples(r, x, "end"),
        .plus_minus = samples(r, x, "plus_minus"),
        .false_per_hour = json_is_number(rate) ? json_number_value(rate) : -1};
    ew_redraw__word(x, "method", t->method, sizeof t->method);
    if (strlen(text) < sizeof t->text)
        (void)snprintf(t->text, sizeof t->text, "%s", text);
}

static void take_curve(reader *r, const json_t *x, float **at)
{
    const json_t *values = ew_redraw__list(x, "values");
    ew_curve *c = &r->curves[r->f.curve_count];
    *c = (ew_curve){.first = samples(r, x, "first"),
                    .step = samples(r, x, "step"),
                    .count = json_array_size(values),
                    .values = *at};
    ew_redraw__word(x, "id", c->id, sizeof c->id);
    ew_redraw__word(x, "unit", c->unit, sizeof c->unit);
    const double most = strcmp(c->unit, "dB") == 0 ? 1000 : EW_INSPECT_RATE_MAX_HZ;
    if (c->step <= 0 || c->count == 0)
        return;
    for (size_t i = 0; i < c->count; i++) {
        const json_t *v = json_array_get(values, i);
        (*at)[i] = json_is_number(v)
                       ? (float)fmin(fmax(json_number_value(v), -most), most)
                       : NAN;
    }
    *at += c->count;
    r->f.curve_count++;
}

ew_code ew_redraw__inspect(const json_t *result, ew_buf *svg, ew_err *err)
{
    reader r = {.v = {.found = NULL}};
    const json_t *findings = ew_redraw__list(result, "findings");
    const json_t *curves = ew_redraw__list(result, "curves");
    ew_code rc = EW_OK;
    if (findings == NULL || curves == NULL ||
        !take_file(&r, json_object_get(result, "file")))
        return EW_OK;
    r.f.traces = ew_alloc_array(json_array_size(findings) + 1, sizeof *r.f.traces);
    r.values = ew_alloc_array((size_t)CURVES_MAX * EW_REDRAW_LIST, sizeof *r.values);
    if (r.f.traces == NULL || r.values == NULL)
        rc = ew_fail_nomem(err);
    r.f.curves = r.curves;
    r.v.found = &r.f;
    for (size_t i = 0; i < json_array_size(findings) && rc == EW_OK; i++)
        take_trace(&r, json_array_get(findings, i));
    float *at = r.values;
    for (size_t i = 0; i < json_array_size(curves) && i < CURVES_MAX && rc == EW_OK; i++)
        take_curve(&r, json_array_get(curves, i), &at);
    if (rc == EW_OK)
        rc = ew_report_inspect_svg(&r.v, svg, err);
    ew_free(r.f.traces);
    ew_free(r.values);
    return rc;
}
