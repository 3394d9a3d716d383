/* SPDX-License-Identifier: Apache-2.0 */
/* Which seconds are worth hearing: of each kind of result. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/words.h"
#include "ops/report_parts.h"
#include "report/page_results.h"
#include "report/times.h"

#define TEXT ew_json_text_of
#define REAL ew_json_real_of

enum { PIECES_HEARD = 20, JOINS_HEARD = 12, EDITS_HEARD = 15, SIGNS_HEARD = 15 };

static const double around = 2;   /* seconds on each side of a place */
static const double listened = 5; /* of something long */

typedef struct ear {
    ew_excerpts *x;
    const ew_report_places *where;
    const char *of;
    ew_err *err;
} ear;

/* A stretch of one file. */
typedef struct stretch {
    const char *file, *sha256;
    double from, to;
    const double
        *mark; /* two ends of what is marked in its picture; NULL: none is drawn */
} stretch;

static ew_code hear(const ear *e, const stretch *s, const char *caption)
{
    uint8_t sha256[EW_SHA256_BYTES];
    const char *path = e->where->path(e->where->cookie, s->sha256);
    if (path == NULL || ew_unhex(s->sha256, sha256, sizeof sha256) != 0)
        return EW_OK;
    const ew_excerpt_wish w = {path,
                               sha256,
                               s->file,
                               s->from,
                               s->to,
                               s->mark != NULL,
                               s->mark != NULL ? s->mark[0] : 0,
                               s->mark != NULL ? s->mark[1] : 0};
    return ew_excerpts_add(e->x, &w, e->err, "%s%s", e->of, caption);
}

/* ------------------------------------------------------------------ check */

static ew_code hear_piece(const ear *e, const json_t *clip, const json_t *span, size_t n)
{
    char caption[128];
    double start = REAL(span, "query_start");
    double most = fmin(REAL(span, "query_end") - start, listened);
    double a = REAL(span, "source_start");
    double b = REAL(span, "source_end");
    double speed = fmax(REAL(span, "speed"), 0.1);
    const stretch in_clip = {TEXT(clip, "name"), TEXT(clip, "sha256"), start,
                             start + most, NULL};
    const stretch there = {TEXT(span, "source"), TEXT(span, "sha256"),
                           a <= b ? a : fmax(b, a - most * speed),
                           a <= b ? a + most * speed : a, NULL};
    (void)snprintf(caption, sizeof caption, EW_N("Piece %zu in the clip"), n);
    ew_code rc = hear(e, &in_clip, caption);
    (void)snprintf(caption, sizeof caption, EW_N("Piece %zu in the recording%s"), n,
                   a <= b ? "" : EW_N(", where it runs the other way"));
    return rc == EW_OK ? hear(e, &there, caption) : rc;
}

ew_code ew_report__hear_check(ew_excerpts *x, const json_t *result,
                              const ew_report_places *where, const char *of, ew_err *err)
{
    const ear e = {x, where, of, err};
    ew_excerpts_group(x);
    const json_t *clip = json_object_get(result, "clip");
    const json_t *spans = json_object_get(result, "spans");
    const json_t *joins = json_object_get(result, "joins");
    char caption[128];
    ew_code rc = EW_OK;
    for (size_t i = 0; i < json_array_size(spans) && i < PIECES_HEARD && rc == EW_OK; i++)
        rc = hear_piece(&e, clip, json_array_get(spans, i), i + 1);
    for (size_t i = 0; i < json_array_size(joins) && i < JOINS_HEARD && rc == EW_OK;
         i++) {
        char at[EW_TIME_TEXT];
        double t = REAL(json_array_get(joins, i), "at");
        const double mark[2] = {t, t};
        const stretch s = {TEXT(clip, "name"), TEXT(clip, "sha256"), t - around,
                           t + around, mark};
        (void)snprintf(caption, sizeof caption, EW_N("The join at %s of the clip"),
                       ew_time_text(t, at));
        rc = hear(&e, &s, caption);
    }
    return rc;
}

/* ------------------------------------------------------------------ diff */

static ew_code hear_side(const ear *e, const json_t *r, const char *side,
                         const json_t *edit, size_t n)
{
    char start[16];
    char end[16];
    char caption[128];
    const json_t *file = json_object_get(r, side);
    (void)snprintf(start, sizeof start, "%s_start", side);
    (void)snprintf(end, sizeof end, "%s_end", side);
    double from = fmin(REAL(edit, start), REAL(edit, end));
    double to = fmax(REAL(edit, start), REAL(edit, end));
    const stretch s = {TEXT(file, "name"), TEXT(file, "sha256"), from - around / 2,
                       to + around / 2, NULL};
    (void)snprintf(caption, sizeof caption, EW_N("Edit %zu (%s), %s"), n,
                   ew_page_edit_words(edit), side[0] == 'a' ? "in A" : "in B");
    return hear(e, &s, caption);
}

ew_code ew_report__hear_diff(ew_excerpts *x, const json_t *result,
                             const ew_report_places *where, const char *of, ew_err *err)
{
    const ear e = {x, where, of, err};
    ew_excerpts_group(x);
    const json_t *edits = json_object_get(result, "edits");
    ew_code rc = EW_OK;
    for (size_t i = 0; i < json_array_size(edits) && i < EDITS_HEARD && rc == EW_OK;
         i++) {
        rc = hear_side(&e, result, "a", json_array_get(edits, i), i + 1);
        if (rc == EW_OK)
            rc = hear_side(&e, result, "b", json_array_get(edits, i), i + 1);
    }
    return rc;
}

/* ------------------------------------------------------------------ family */

/* The same seconds in each copy that has them: from the middle of the root. */
ew_code ew_report__hear_family(ew_excerpts *x, const json_t *result,
                               const ew_report_places *where, const char *of, ew_err *err)
{
    const ear e = {x, where, of, err};
    ew_excerpts_group(x);
    const json_t *copies = json_object_get(result, "copies");
    const char *root = TEXT(result, "root");
    double middle = -1;
    ew_code rc = EW_OK;
    for (size_t i = 0; i < json_array_size(copies); i++) {
        const json_t *c = json_array_get(copies, i);
        if (root[0] != 0 && strcmp(TEXT(c, "file"), root) == 0)
            middle = REAL(c, "offset") + REAL(c, "duration") / 2;
    }
    for (size_t i = 0; i < json_array_size(copies) && middle >= 0 && rc == EW_OK; i++) {
        const json_t *c = json_array_get(copies, i);
        double at = middle - REAL(c, "offset");
        const char *kind = TEXT(c, "kind");
        bool related = strcmp(kind, "unrelated") != 0 && strcmp(kind, "silent") != 0 &&
                       REAL(c, "family") < 0.5;
        const stretch s = {TEXT(c, "name"), TEXT(c, "sha256"), at, at + listened, NULL};
        if (related && at >= 0 && at < REAL(c, "duration"))
            rc = hear(&e, &s, EW_N("The same seconds in each copy"));
    }
    return rc;
}

/* ------------------------------------------------------------------ inspect */

ew_code ew_report__hear_inspect(ew_excerpts *x, const json_t *result,
                                const ew_report_places *where, const char *of,
                                ew_err *err)
{
    const ear e = {x, where, of, err};
    ew_excerpts_group(x);
    const json_t *file = json_object_get(result, "file");
    const json_t *list = json_object_get(result, "findings");
    char caption[128];
    size_t heard = 0;
    ew_code rc = EW_OK;
    for (size_t i = 0; i < json_array_size(list) && heard < SIGNS_HEARD && rc == EW_OK;
         i++) {
        const json_t *f = json_array_get(list, i);
        double start = REAL(f, "start");
        bool whole = start <= 0 && REAL(f, "end") >= REAL(file, "duration") - 1e-3;
        const double mark[2] = {start, REAL(f, "end")};
        const stretch s = {TEXT(file, "name"), TEXT(file, "sha256"), start - around,
                           REAL(f, "end") + around, mark};
        if (strcmp(TEXT(f, "kind"), "change") != 0 || whole)
            continue;
        heard++;
        (void)snprintf(caption, sizeof caption, EW_N("Around sign of change %.0f"),
                       REAL(f, "number"));
        rc = hear(&e, &s, caption);
    }
    return rc;
}

ew_code ew_report__hear(ew_excerpts *x, const char *tool, const json_t *result,
                        const ew_report_places *where, const char *of, ew_err *err)
{
    static const struct {
        const char *tool;
        ew_code (*hear)(ew_excerpts *x, const json_t *result,
                        const ew_report_places *where, const char *of, ew_err *err);
    } tools[] = {{"check", ew_report__hear_check},
                 {"diff", ew_report__hear_diff},
                 {"family", ew_report__hear_family},
                 {"inspect", ew_report__hear_inspect}};
    for (size_t i = 0; i < EW_COUNT(tools); i++)
        if (strcmp(tools[i].tool, tool) == 0)
            return tools[i].hear(x, result, where, of, err);
    return EW_OK;
}
