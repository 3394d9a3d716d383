/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of `diff` for programs: schema earwitness.diff/1, docs/formats/diff-json.md. */
#include "earwitness/fingerprint.h"
#include "report/diff_finding.h"
#include "report/json.h"

enum { TIME_DIGITS = 4, SPEED_DIGITS = 5, SHARE_DIGITS = 4, VALUE_DIGITS = 4 };

static double seconds(double samples)
{
    return samples / EW_FP_RATE_HZ;
}

static void put_time(ew_obj *o, const char *key, double samples)
{
    ew_obj_real(o, key, seconds(samples), TIME_DIGITS);
}

static void put_times(ew_obj *o, double a_start, double a_end, double b_start,
                      double b_end)
{
    put_time(o, "a_start", a_start);
    put_time(o, "a_end", a_end);
    put_time(o, "b_start", b_start);
    put_time(o, "b_end", b_end);
}

static json_t *side_json(const ew_diff_side *s)
{
    ew_obj o = ew_obj_new();

    ew_obj_str(&o, "name", s->name);
    ew_obj_sha256(&o, "sha256", s->sha256);
    ew_obj_int(&o, "bytes", (int64_t)s->bytes);
    if (!s->decoded)
        return o.json;
    put_time(&o, "duration", (double)s->samples);
    ew_obj_str(&o, "container", s->info.container);
    ew_obj_str(&o, "codec", s->info.codec);
    ew_obj_int(&o, "rate", s->info.stored_rate_hz);
    ew_obj_int(&o, "channels", s->info.stored_channels);
    if (s->trouble[0] != 0)
        ew_obj_str(&o, "trouble", s->trouble);
    return o.json;
}

static json_t *samples_json(const ew_same_samples *s)
{
    ew_obj o;

    if (!s->tested)
        return json_null();
    o = ew_obj_new();
    ew_obj_bool(&o, "same", s->same);
    if (s->same) {
        ew_obj_real(&o, "shift", s->shift, 6);
        ew_obj_real(&o, "a_beyond", s->a_beyond, 6);
        ew_obj_real(&o, "b_beyond", s->b_beyond, 6);
    }
    return o.json;
}

static json_t *sd_json(const ew_edit *e)
{
    ew_obj o = ew_obj_new();

    ew_obj_real(&o, "a_start", e->a_start_sd_ms, 2);
    ew_obj_real(&o, "a_end", e->a_end_sd_ms, 2);
    ew_obj_real(&o, "b_start", e->b_start_sd_ms, 2);
    ew_obj_real(&o, "b_end", e->b_end_sd_ms, 2);
    return o.json;
}

static void put_name(ew_obj *o, const char *key, const char *name)
{
    if (name[0] != 0)
        ew_obj_str(o, key, name);
    else
        ew_obj_null(o, key);
}

static json_t *edit_json(const ew_edit *e, const ew_diff_export *files)
{
    ew_obj o = ew_obj_new();

    ew_obj_str(&o, "op", ew_edit_name(e->op));
    put_times(&o, e->a_start, e->a_end, e->b_start, e->b_end);
    ew_obj_real(&o, "speed", e->speed, SPEED_DIGITS);
    ew_obj_real(&o, "pitch", e->pitch, SPEED_DIGITS);
    ew_obj_real(&o, "certainty", e->certainty, SHARE_DIGITS);
    ew_obj_real(&o, "plus_minus", ew_edit_plus_minus(e), TIME_DIGITS);
    ew_obj_set(&o, "sd_ms", sd_json(e));
    ew_obj_bool(&o, "at_pause", e->at_pause);
    ew_obj_bool(&o, "backwards", e->backwards);
    if (e->op == EW_EDIT_MOVE && e->b_gap >= 0)
        put_time(&o, "b_gap", e->b_gap);
    else
        ew_obj_null(&o, "b_gap");
    if (files != NULL) {
        put_name(&o, "a_file", files->a);
        put_name(&o, "b_file", files->b);
    }
    return o.json;
}

static json_t *edits_json(const ew_diff_finding *f)
{
    json_t *list = json_array();

    for (size_t i = 0; f->diff != NULL && i < f->diff->edit_count; i++)
        ew_list_add(&list, edit_json(&f->diff->edits[i],
                                     f->exports == NULL ? NULL : &f->exports[i]));
    return list;
}

static json_t *stretch_json(const ew_stretch *s)
{
    ew_obj o = ew_obj_new();

    put_times(&o, s->a_start, s->a_end, s->b_start, s->b_end);
    ew_obj_real(&o, "speed", s->speed, SPEED_DIGITS);
    ew_obj_real(&o, "pitch", s->pitch, SPEED_DIGITS);
    ew_obj_real(&o, "gain_db", s->gain_db, 2);
    ew_obj_real(&o, "agreement", s->agreement, 3);
    ew_obj_bool(&o, "inverted", s->inverted);
    ew_obj_bool(&o, "in_order", s->in_order);
    ew_obj_bool(&o, "by_wave", s->by_wave);
    return o.json;
}

static json_t *stretches_json(const ew_diff_finding *f)
{
    json_t *list = json_array();

    for (size_t i = 0; f->diff != NULL && i < f->diff->stretch_count; i++)
        ew_list_add(&list, stretch_json(&f->diff->stretches[i]));
    return list;
}

static json_t *fact_json(const ew_fact *x)
{
    ew_obj o = ew_obj_new();
    ew_obj values = ew_obj_new();
    ew_obj sd = ew_obj_new();

    ew_obj_str(&o, "kind", ew_fact_name(x->kind));
    ew_obj_str(&o, "state", ew_fact_state_name(x->state));
    ew_obj_str(&o, "text", x->sentence);
    if (x->state != EW_FACT_NOT_TESTED)
        ew_obj_real(&o, "certainty", x->certainty, SHARE_DIGITS);
    for (size_t i = 0; i < x->value_count; i++) {
        ew_obj_real(&values, x->values[i].name, x->values[i].value, VALUE_DIGITS);
        if (x->values[i].sd > 0)
            ew_obj_real(&sd, x->values[i].name, x->values[i].sd, VALUE_DIGITS);
    }
    ew_obj_set(&o, "values", values.json);
    ew_obj_set(&o, "sd", sd.json);
    return o.json;
}

static json_t *curve_json(const ew_whole *w)
{
    json_t *list = json_array();

    for (size_t i = 0; i < w->curve_count; i++) {
        ew_obj o = ew_obj_new();
        ew_obj_real(&o, "hz", w->curve[i].hz, 1);
        ew_obj_real(&o, "db", w->curve[i].db, 2);
        ew_obj_real(&o, "sd_db", w->curve[i].sd_db, 2);
        ew_list_add(&list, o.json);
    }
    return list;
}

static json_t *whole_json(const ew_diff_finding *f)
{
    const ew_whole *w = f->whole;
    json_t *facts = json_array();
    ew_obj o = ew_obj_new();

    if (f->diff != NULL && f->diff->related) {
        ew_obj_real(&o, "speed", f->diff->speed, SPEED_DIGITS);
        ew_obj_real(&o, "pitch", f->diff->pitch, SPEED_DIGITS);
        put_time(&o, "offset", f->diff->offset);
    }
    for (size_t i = 0; w != NULL && i < EW_FACT_KINDS; i++)
        ew_list_add(&facts, fact_json(&w->facts[i]));
    ew_obj_set(&o, "facts", facts);
    if (w != NULL) {
        ew_obj_set(&o, "curve", curve_json(w));
        ew_obj_real(&o, "tested_seconds", w->tested_s, 1);
        ew_obj_int(&o, "excerpts", w->excerpt_count);
    }
    return o.json;
}

static json_t *not_tested_json(void)
{
    json_t *list = json_array();

    for (size_t i = 0; i < ew_diff_not_tested_count; i++)
        ew_list_add(&list, json_string(ew_diff_not_tested[i]));
    return list;
}

ew_code ew_report_diff_json(const ew_diff_finding *f, ew_buf *out, ew_err *err)
{
    ew_obj o = ew_obj_new();

    ew_obj_str(&o, "schema", "earwitness.diff/1");
    ew_obj_set(&o, "a", side_json(&f->sides[EW_SIDE_A]));
    ew_obj_set(&o, "b", side_json(&f->sides[EW_SIDE_B]));
    ew_obj_str(&o, "verdict", ew_diff_verdict_name(ew_diff_finding_verdict(f)));
    ew_obj_bool(&o, "same_content", ew_diff_finding_same(f));
    ew_obj_bool(&o, "same_bytes", f->same_bytes);
    ew_obj_set(&o, "samples", samples_json(&f->samples));
    ew_obj_set(&o, "edits", edits_json(f));
    ew_obj_set(&o, "stretches", stretches_json(f));
    ew_obj_set(&o, "whole", whole_json(f));
    if (f->export_dir != NULL)
        ew_obj_str(&o, "export", f->export_dir);
    ew_obj_set(&o, "not_tested", not_tested_json());
    return ew_obj_print(&o, out, err);
}
