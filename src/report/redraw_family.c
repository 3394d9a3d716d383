/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of a kept result of `family`. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "report/family_finding.h"
#include "report/page_results.h"
#include "report/redraw.h"

typedef struct reader {
    const json_t *list; /* of copies */
    ew_family fam;
    ew_family_copy *copies;
} reader;

static double samples(const json_t *o, const char *key)
{
    return ew_redraw__samples(o, key, EW_FAMILY_RATE_HZ);
}

/* Names in a result are those under "file", which differ. */
static size_t copy_named(const reader *r, const char *name)
{
    for (size_t i = 0; name[0] != 0 && i < json_array_size(r->list); i++)
        if (strcmp(ew_json_text_of(json_array_get(r->list, i), "file"), name) == 0)
            return i;
    return EW_NO_COPY;
}

static bool kind_of(const char *name, ew_member_kind *out)
{
    for (int k = EW_MEMBER_ROOT; k <= (int)EW_MEMBER_SILENT; k++)
        if (strcmp(ew_member_kind_name((ew_member_kind)k), name) == 0) {
            *out = (ew_member_kind)k;
            return true;
        }
    return false;
}

static void take_reasons(ew_member *m, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list) && i < EW_REASONS_MAX; i++) {
        const json_t *x = json_array_get(list, i);
        ew_reason *r = &m->reasons[i];
        const char *text = ew_json_text_of(x, "text");
        for (int w = EW_WHY_CLOSEST; w <= (int)EW_WHY_SAME_SOUND; w++)
            if (strcmp(ew_why_name((ew_why)w), ew_json_text_of(x, "kind")) == 0)
                r->why = (ew_why)w;
        if (strlen(text) < sizeof r->text) /* else it was not written by this program */
            (void)snprintf(r->text, sizeof r->text, "%s", text);
        m->reason_count++;
    }
}

static void take_candidates(const reader *r, ew_member *m, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list) && i < EW_CANDIDATES_MAX; i++) {
        const json_t *x = json_array_get(list, i);
        size_t copy = copy_named(r, ew_json_text_of(x, "copy"));
        if (copy != EW_NO_COPY)
            m->candidates[m->candidate_count++] =
                (ew_candidate){copy, fmin(fmax(ew_json_real_of(x, "share"), 0), 1)};
    }
}

static bool take_copy(reader *r, size_t i)
{
    const json_t *x = json_array_get(r->list, i);
    const json_t *family = json_object_get(x, "family");
    ew_family_copy *c = &r->copies[i];
    ew_member *m = &r->fam.members[i];
    *c = (ew_family_copy){.name = ew_json_text_of(x, "name"), .trouble = ""};
    ew_redraw__word(x, "codec", c->info.codec, sizeof c->info.codec);
    *m = (ew_member){.family = EW_NO_COPY,
                     .parent = copy_named(r, ew_json_text_of(x, "parent")),
                     .duplicate_of = copy_named(r, ew_json_text_of(x, "duplicate_of")),
                     .certainty = fmin(fmax(ew_json_real_of(x, "certainty"), 0), 1),
                     .samples = (int64_t)fmax(samples(x, "duration"), 0),
                     .offset = samples(x, "offset"),
                     .overlay_start = samples(x, "overlay_start"),
                     .overlay_end = samples(x, "overlay_end")};
    if (json_is_integer(family) && json_integer_value(family) >= 0)
        m->family = (size_t)json_integer_value(family);
    take_reasons(m, json_object_get(x, "reasons"));
    take_candidates(r, m, json_object_get(x, "candidates"));
    return kind_of(ew_json_text_of(x, "kind"), &m->kind);
}

static void take_best(reader *r, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *x = json_array_get(list, i);
        size_t copy = copy_named(r, ew_json_text_of(x, "copy"));
        if (copy != EW_NO_COPY)
            r->fam.best[r->fam.best_count++] =
                (ew_best){.start = samples(x, "start"),
                          .end = samples(x, "end"),
                          .family = r->fam.members[copy].family,
                          .copy = copy};
    }
}

static ew_code take(reader *r, const json_t *roots, const json_t *best, bool *right,
                    ew_err *err)
{
    size_t n = json_array_size(r->list);
    r->fam.members = ew_alloc_array(n + 1, sizeof *r->fam.members);
    r->fam.roots = ew_alloc_array(json_array_size(roots) + 1, sizeof *r->fam.roots);
    r->fam.best = ew_alloc_array(json_array_size(best) + 1, sizeof *r->fam.best);
    r->copies = ew_alloc_array(n + 1, sizeof *r->copies);
    if (r->fam.members == NULL || r->fam.roots == NULL || r->fam.best == NULL ||
        r->copies == NULL)
        return ew_fail_nomem(err);
    *right = true;
    r->fam.count = n;
    for (size_t i = 0; i < n && *right; i++)
        *right = take_copy(r, i);
    for (size_t i = 0; i < json_array_size(roots); i++) {
        const char *name = json_string_value(json_array_get(roots, i));
        size_t copy = copy_named(r, name != NULL ? name : "");
        *right = *right && copy != EW_NO_COPY;
        r->fam.roots[r->fam.root_count++] = copy;
    }
    if (*right)
        take_best(r, best);
    return EW_OK;
}

ew_code ew_redraw__family(const json_t *result, ew_buf *svg, ew_err *err)
{
    reader r = {.list = ew_redraw__list(result, "copies")};
    const json_t *roots = ew_redraw__list(result, "roots");
    const json_t *best = ew_redraw__list(result, "composite");
    bool right = false;
    if (r.list == NULL || roots == NULL || best == NULL ||
        json_array_size(r.list) > EW_FAMILY_COPIES_MAX || json_array_size(r.list) == 0)
        return EW_OK;
    ew_code rc = take(&r, roots, best, &right, err);
    const ew_family_finding f = {.family = &r.fam, .copies = r.copies};
    if (rc == EW_OK && right)
        rc = ew_report_family_svg(&f, svg, err);
    ew_free(r.fam.members);
    ew_free(r.fam.roots);
    ew_free(r.fam.best);
    ew_free(r.copies);
    return rc;
}
