/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of `check` for programs: schema earwitness.check/1, docs/formats/check-json.md. */
#include <math.h>

#include "earwitness/fingerprint.h"
#include "report/json.h"
#include "report/report.h"
#include "report/times.h"

enum { TIME_DIGITS = 4, SPEED_DIGITS = 5 };

static double seconds(double samples)
{
    return samples / EW_FP_RATE_HZ;
}

static void put_time(ew_obj *o, const char *key, double samples)
{
    ew_obj_real(o, key, seconds(samples), TIME_DIGITS);
}

static void put_source(ew_obj *o, const ew_finding *f, size_t rec)
{
    const ew_source_info *s = ew_finding_source(f, rec);

    ew_obj_str(o, "source", s->file);
    ew_obj_str(o, "source_name", s->name);
    ew_obj_sha256(o, "sha256", s->sha256);
}

static void put_places(ew_obj *o, const ew_source_info *s, double start, double end)
{
    put_time(o, "source_start", ew_finding_place(s, start));
    put_time(o, "source_end", ew_finding_place(s, end));
    put_time(o, "source_duration", (double)s->samples);
}

static json_t *others_json(const ew_finding *f, const ew_piece *p)
{
    json_t *list = json_array();

    for (size_t i = 0; i < p->other_count; i++) {
        const ew_other *x = &p->others[i];
        ew_obj o = ew_obj_new();
        put_source(&o, f, x->rec);
        put_places(&o, ew_finding_source(f, x->rec), x->source_start, x->source_end);
        ew_obj_real(&o, "speed", x->speed, SPEED_DIGITS);
        ew_obj_real(&o, "certainty", x->certainty, 6);
        ew_list_add(&list, o.json);
    }
    return list;
}

static json_t *span_json(const ew_finding *f, const ew_piece *p)
{
    const ew_source_info *s = ew_finding_source(f, p->rec);
    ew_obj o = ew_obj_new();

    put_time(&o, "query_start", (double)p->clip_start);
    put_time(&o, "query_end", (double)p->clip_end);
    ew_obj_str(&o, "source", s->file);
    put_places(&o, s, p->source_start, p->source_end);
    ew_obj_real(&o, "speed", p->speed, SPEED_DIGITS);
    ew_obj_real(&o, "score", p->score, 2);
    ew_obj_real(&o, "certainty", p->certainty, 6);
    ew_obj_real(&o, "pitch", p->pitch, SPEED_DIGITS);
    ew_obj_bool(&o, "backwards", p->backwards);
    ew_obj_bool(&o, "refined", p->refined);
    ew_obj_real(&o, "agreement", p->agreement, 3);
    ew_obj_real(&o, "wave", p->wave, 3);
    ew_obj_real(&o, "offset_sd_ms", p->offset_sd_ms, 2);
    ew_obj_str(&o, "source_name", s->name);
    ew_obj_sha256(&o, "sha256", s->sha256);
    ew_obj_set(&o, "others", others_json(f, p));
    return o.json;
}

static json_t *spans_json(const ew_finding *f)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->map->piece_count; i++)
        ew_list_add(&list, span_json(f, &f->map->pieces[i]));
    return list;
}

static void put_side(ew_obj *o, const char *key, size_t piece)
{
    if (piece == EW_NO_PIECE)
        ew_obj_null(o, key);
    else
        ew_obj_int(o, key, (int64_t)piece);
}

static json_t *joins_json(const ew_summary *s)
{
    json_t *list = json_array();

    for (size_t i = 0; i < s->join_count; i++) {
        const ew_join *j = &s->joins[i];
        ew_obj o = ew_obj_new();
        put_time(&o, "at", (double)j->at);
        put_time(&o, "plus_minus", (double)j->plus_minus);
        ew_obj_bool(&o, "in_pause", j->in_pause);
        ew_obj_bool(&o, "blanked", j->blanked);
        put_side(&o, "before", j->before);
        put_side(&o, "after", j->after);
        ew_list_add(&list, o.json);
    }
    return list;
}

static const char *gap_name(ew_gap_kind kind)
{
    switch (kind) {
    case EW_GAP_NO_MATCH:
        return "no-match";
    case EW_GAP_SILENCE:
        return "nothing-to-compare";
    case EW_GAP_SHORT:
        return "too-short";
    case EW_GAP_BLANKED:
        return "blanked";
    }
    return "";
}

static json_t *gaps_json(const ew_finding *f)
{
    json_t *list = json_array();

    for (size_t i = 0; i < f->map->gap_count; i++) {
        const ew_gap *g = &f->map->gaps[i];
        ew_obj o = ew_obj_new();
        put_time(&o, "query_start", (double)g->clip_start);
        put_time(&o, "query_end", (double)g->clip_end);
        ew_obj_str(&o, "kind", gap_name(g->kind));
        ew_list_add(&list, o.json);
    }
    return list;
}

static json_t *clip_json(const ew_finding *f)
{
    ew_obj o = ew_obj_new();

    ew_obj_str(&o, "name", f->clip_name);
    ew_obj_sha256(&o, "sha256", f->clip_sha256);
    put_time(&o, "duration", (double)f->clip_samples);
    if (f->trouble[0] != 0)
        ew_obj_str(&o, "trouble", f->trouble);
    return o.json;
}

static json_t *archive_json(const ew_finding *f)
{
    ew_obj o = ew_obj_new();

    ew_obj_int(&o, "recordings", (int64_t)f->archive_recordings);
    ew_obj_real(&o, "hours", seconds((double)f->archive_samples) / 3600, 4);
    return o.json;
}

static json_t *not_tested_json(void)
{
    json_t *list = json_array();

    for (size_t i = 0; i < ew_not_tested_count; i++)
        ew_list_add(&list, json_string(ew_not_tested[i]));
    return list;
}

ew_code ew_report_check_json(const ew_finding *f, ew_buf *out, ew_err *err)
{
    ew_summary sum;
    ew_obj o;
    ew_code rc = ew_summary_init(&sum, f, err);

    if (rc != EW_OK)
        return rc;
    o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.check/1");
    ew_obj_set(&o, "clip", clip_json(f));
    ew_obj_set(&o, "archive", archive_json(f));
    ew_obj_real(&o, "explained", ew_summary_explained(&sum), 4);
    ew_obj_set(&o, "spans", spans_json(f));
    ew_obj_set(&o, "joins", joins_json(&sum));
    ew_obj_set(&o, "gaps", gaps_json(f));
    ew_obj_set(&o, "not_tested", not_tested_json());
    rc = ew_obj_print(&o, out, err);
    ew_summary_release(&sum);
    return rc;
}
