/* SPDX-License-Identifier: Apache-2.0 */
/* The two bands of a kept result of `diff`, without their waveforms. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "earwitness/fingerprint.h"
#include "report/diff_finding.h"
#include "report/page_results.h"
#include "report/redraw.h"

static double samples(const json_t *o, const char *key)
{
    return ew_redraw__samples(o, key, EW_FP_RATE_HZ);
}

static void take_side(ew_diff_side *s, const json_t *o)
{
    s->name = ew_json_text_of(o, "name");
    s->trouble = "";
    s->decoded = json_object_get(o, "duration") != NULL;
    s->samples = (int64_t)fmax(samples(o, "duration"), 0);
    s->info.stored_rate_hz =
        (uint32_t)fmin(fmax(ew_json_real_of(o, "rate"), 0), 10000000);
    s->info.stored_channels =
        (uint32_t)fmin(fmax(ew_json_real_of(o, "channels"), 0), 1000);
    ew_redraw__word(o, "codec", s->info.codec, sizeof s->info.codec);
}

/* -1: none of them. */
static int op_of(const char *name)
{
    for (int op = EW_EDIT_DELETE; op <= (int)EW_EDIT_SPEED; op++)
        if (strcmp(ew_edit_name((ew_edit_op)op), name) == 0)
            return op;
    return -1;
}

static bool take_edits(ew_diff *d, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *x = json_array_get(list, i);
        int op = op_of(ew_json_text_of(x, "op"));
        if (op < 0)
            return false;
        d->edits[i] = (ew_edit){
            .op = (ew_edit_op)op,
            .a_start = samples(x, "a_start"),
            .a_end = samples(x, "a_end"),
            .b_start = samples(x, "b_start"),
            .b_end = samples(x, "b_end"),
            .b_gap =
                json_is_number(json_object_get(x, "b_gap")) ? samples(x, "b_gap") : -1,
            .speed = fmin(fmax(ew_json_real_of(x, "speed"), 0.01), 100),
            .pitch = 1,
            .certainty = 0,
            .backwards = ew_json_true_of(x, "backwards")};
        d->edit_count++;
    }
    return true;
}

static void take_stretches(ew_diff *d, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *x = json_array_get(list, i);
        d->stretches[i] = (ew_stretch){.a_start = samples(x, "a_start"),
                                       .a_end = samples(x, "a_end"),
                                       .b_start = samples(x, "b_start"),
                                       .b_end = samples(x, "b_end"),
                                       .in_order = ew_json_true_of(x, "in_order")};
        d->stretch_count++;
    }
}

/* The same verdict as the result has: it is worked out from these. False: it has none. */
static bool take_verdict(ew_diff_finding *f, ew_diff *d, const char *verdict)
{
    f->same_bytes = strcmp(verdict, "same-bytes") == 0;
    f->samples.same = strcmp(verdict, "same-samples") == 0;
    d->comparable = strcmp(verdict, "nothing-to-compare") != 0;
    d->related = d->comparable && strcmp(verdict, "unrelated") != 0;
    return strcmp(verdict, ew_diff_verdict_name(ew_diff_finding_verdict(f))) == 0;
}

ew_code ew_redraw__diff(const json_t *result, ew_buf *svg, ew_err *err)
{
    const json_t *edits = ew_redraw__list(result, "edits");
    const json_t *stretches = ew_redraw__list(result, "stretches");
    ew_diff d = {.speed = 1, .pitch = 1};
    ew_diff_finding f = {.diff = &d};
    ew_code rc = EW_OK;
    take_side(&f.sides[EW_SIDE_A], json_object_get(result, "a"));
    take_side(&f.sides[EW_SIDE_B], json_object_get(result, "b"));
    if (edits == NULL || stretches == NULL || f.sides[EW_SIDE_A].samples <= 0 ||
        f.sides[EW_SIDE_B].samples <= 0)
        return EW_OK;
    d.edits = ew_alloc_array(json_array_size(edits) + 1, sizeof *d.edits);
    d.stretches = ew_alloc_array(json_array_size(stretches) + 1, sizeof *d.stretches);
    if (d.edits == NULL || d.stretches == NULL)
        rc = ew_fail_nomem(err);
    if (rc == EW_OK)
        take_stretches(&d, stretches);
    if (rc == EW_OK && take_edits(&d, edits) &&
        take_verdict(&f, &d, ew_json_text_of(result, "verdict")))
        rc = ew_report_diff_svg(&f, svg, err);
    ew_free(d.edits);
    ew_free(d.stretches);
    return rc;
}
