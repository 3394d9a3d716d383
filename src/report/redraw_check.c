/* SPDX-License-Identifier: Apache-2.0 */
/* The piece map of a kept result. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "earwitness/fingerprint.h"
#include "report/page_results.h"
#include "report/redraw.h"
#include "report/report.h"

typedef struct reader {
    ew_finding f;
    ew_map map;
} reader;

static double samples(const json_t *o, const char *key)
{
    return ew_redraw__samples(o, key, EW_FP_RATE_HZ);
}

/* The number of the recording that a span is from; SIZE_MAX: there are too many. */
static size_t source_of(reader *r, const json_t *span)
{
    uint8_t sha256[EW_SHA256_BYTES] = {0};
    double last = fmax(samples(span, "source_start"), samples(span, "source_end"));
    double length = samples(span, "source_duration");
    size_t i = 0;
    if (ew_unhex(ew_json_text_of(span, "sha256"), sha256, sizeof sha256) != 0)
        return SIZE_MAX;
    while (i < r->f.source_count &&
           memcmp(r->f.sources[i].sha256, sha256, sizeof sha256) != 0)
        i++;
    if (i == EW_REDRAW_SOURCES)
        return SIZE_MAX;
    ew_source_info *s = &r->f.sources[i];
    if (i == r->f.source_count) {
        r->f.source_count++;
        *s = (ew_source_info){.rec = i,
                              .name = ew_json_text_of(span, "source_name"),
                              .file = ew_json_text_of(span, "source"),
                              .length_unknown = length <= 0};
        memcpy(s->sha256, sha256, sizeof sha256);
    }
    s->samples = (int64_t)fmax((double)s->samples, fmax(last, length));
    return i;
}

static bool take_pieces(reader *r, const json_t *spans)
{
    for (size_t i = 0; i < json_array_size(spans); i++) {
        const json_t *x = json_array_get(spans, i);
        ew_piece *p = &r->map.pieces[i];
        size_t rec = source_of(r, x);
        if (rec == SIZE_MAX)
            return false;
        *p = (ew_piece){.clip_start = (int64_t)samples(x, "query_start"),
                        .clip_end = (int64_t)samples(x, "query_end"),
                        .rec = rec,
                        .source_start = samples(x, "source_start"),
                        .source_end = samples(x, "source_end"),
                        .speed = fmin(fmax(ew_json_real_of(x, "speed"), 0.01), 100),
                        .pitch = 1,
                        .certainty = fmin(fmax(ew_json_real_of(x, "certainty"), 0), 1),
                        .backwards = ew_json_true_of(x, "backwards")};
        r->map.piece_count++;
    }
    return true;
}

static ew_gap_kind gap_kind(const char *name)
{
    if (strcmp(name, "no-match") == 0)
        return EW_GAP_NO_MATCH;
    if (strcmp(name, "blanked") == 0)
        return EW_GAP_BLANKED;
    return strcmp(name, "too-short") == 0 ? EW_GAP_SHORT : EW_GAP_SILENCE;
}

static void take_gaps(reader *r, const json_t *gaps)
{
    for (size_t i = 0; i < json_array_size(gaps); i++) {
        const json_t *x = json_array_get(gaps, i);
        r->map.gaps[i] =
            (ew_gap){(int64_t)samples(x, "query_start"), (int64_t)samples(x, "query_end"),
                     gap_kind(ew_json_text_of(x, "kind"))};
        r->map.gap_count++;
    }
}

static void take_head(reader *r, const json_t *result)
{
    const json_t *clip = json_object_get(result, "clip");
    const json_t *archive = json_object_get(result, "archive");
    r->f.clip_name = ew_json_text_of(clip, "name");
    r->f.clip_samples = (int64_t)samples(clip, "duration");
    r->f.trouble = "";
    r->f.archive_recordings =
        (uint64_t)fmin(fmax(ew_json_real_of(archive, "recordings"), 0), 1e12);
    r->f.archive_samples =
        (int64_t)(fmin(fmax(ew_json_real_of(archive, "hours"), 0), 1e9) * 3600 *
                  EW_FP_RATE_HZ);
    r->f.map = &r->map;
    r->map.clip_samples = r->f.clip_samples;
}

ew_code ew_redraw__check(const json_t *result, ew_buf *svg, ew_err *err)
{
    const json_t *spans = ew_redraw__list(result, "spans");
    const json_t *gaps = ew_redraw__list(result, "gaps");
    reader r = {0};
    ew_code rc = EW_OK;
    take_head(&r, result);
    if (spans == NULL || gaps == NULL || r.f.clip_samples <= 0)
        return EW_OK;
    r.map.pieces = ew_alloc_array(json_array_size(spans) + 1, sizeof *r.map.pieces);
    r.map.gaps = ew_alloc_array(json_array_size(gaps) + 1, sizeof *r.map.gaps);
    r.f.sources = ew_alloc_array(EW_REDRAW_SOURCES, sizeof *r.f.sources);
    if (r.map.pieces == NULL || r.map.gaps == NULL || r.f.sources == NULL)
        rc = ew_fail_nomem(err);
    if (rc == EW_OK)
        take_gaps(&r, gaps);
    if (rc == EW_OK && take_pieces(&r, spans))
        rc = ew_report_check_svg(&r.f, svg, err);
    ew_free(r.map.pieces);
    ew_free(r.map.gaps);
    ew_free(r.f.sources);
    return rc;
}
