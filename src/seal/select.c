/* SPDX-License-Identifier: Apache-2.0 */
/* What is shown: ranges of units (blocks, messages, paragraphs), then parts, then runs. */
#include "seal/select.h"

#include <string.h>

#include "base/alloc.h"

enum {
    GUARD_MP3 = 10,
    GUARD_AAC = 2,
    GUARD_OGG = 1,
    PLAIN_HEAD = 44, /* RIFF, fmt of 16 bytes, data: nothing else has room in it */
    MILLI = 1000,
    SECONDS_MAX = 10000000
};

typedef struct chooser {
    const ew_stream *s;
    const ew_cuts *cuts;
    uint64_t units; /* that can be named */
    bool *named;    /* by unit */
    bool *visible;  /* by part */
    ew_err *err;
} chooser;

/* ------------------------------------------------------------------ units */

/* Whether a part begins a unit. */
static bool begins_unit(const chooser *c, size_t part)
{
    uint8_t kind = c->cuts->kinds[part];
    return c->s->splitter == EW_SPLIT_CHAT ? kind == EW_PART_TIME
                                           : kind == EW_PART_CONTENT;
}

/* Head and tail belong to no unit. */
static bool outside_units(const chooser *c, size_t part)
{
    uint8_t kind = c->cuts->kinds[part];
    return kind == EW_PART_HEAD || kind == EW_PART_TAIL;
}

/* ------------------------------------------------------------------ ranges */

static ew_code bad_range(chooser *c, ew_slice r)
{
    return ew_fail(c->err, EW_E_ARG, 0, "cannot read the range '%.*s'%s", (int)r.n, r.p,
                   c->s->splitter == EW_SPLIT_GRID ? "; times are like 1:02.3-1:04"
                                                   : "; ranges are like 3-5 or 8");
}

/* Digits up to the end or one of `stops`; the stop is left. */
static bool take_number(ew_slice *s, const char *stops, uint64_t *out)
{
    size_t n = 0;
    *out = 0;
    while (n < s->n && s->p[n] >= '0' && s->p[n] <= '9' && n < 9)
        *out = *out * 10 + (uint64_t)(s->p[n++] - '0');
    if (n == 0 || (n < s->n && strchr(stops, s->p[n]) == NULL))
        return false;
    s->p += n;
    s->n -= n;
    return true;
}

/* h:mm:ss.sss to milliseconds */
static bool take_time(ew_slice s, uint64_t *ms)
{
    uint64_t v;
    uint64_t seconds = 0;
    int fields = 0;
    do {
        if (fields++ == 3 || !take_number(&s, ":.", &v))
            return false;
        seconds = seconds * 60 + v;
    } while (ew_slice_skip(&s, ":"));
    *ms = seconds * MILLI;
    if (seconds > SECONDS_MAX)
        return false;
    if (!ew_slice_skip(&s, "."))
        return s.n == 0;
    if (s.n == 0 || s.n > 3 || !take_number(&s, "", &v) || s.n != 0)
        return false;
    return true;
}

/* The digits after the point, which take_time has checked. */
static uint64_t fraction_ms(ew_slice s)
{
    const char *point = memchr(s.p, '.', s.n);
    uint64_t v = 0;
    uint64_t scale = 100;
    for (const char *p = point; p != NULL && ++p < s.p + s.n; scale /= 10)
        v += (uint64_t)(*p - '0') * scale;
    return v;
}

/* Blocks of a range of time: those touched, or only those wholly inside. */
static bool time_range(const chooser *c, ew_slice a, ew_slice b, bool inside,
                       uint64_t *first, uint64_t *end)
{
    uint64_t from;
    uint64_t to;
    uint64_t rate = c->s->rate_hz;
    uint64_t block =
        (uint64_t)c->s->block_frames * MILLI; /* in frames of a millisecond's sum */
    if (!take_time(a, &from) || !take_time(b, &to))
        return false;
    from = (from + fraction_ms(a)) * rate;
    to = (to + fraction_ms(b)) * rate;
    if (from >= to)
        return false;
    *first = inside ? (from + block - 1) / block : from / block;
    *end = inside ? to / block : (to + block - 1) / block;
    return *first < c->units;
}

static bool number_range(const chooser *c, ew_slice a, ew_slice b, uint64_t *first,
                         uint64_t *end)
{
    uint64_t from;
    uint64_t to;
    if (!take_number(&a, "", &from) || !take_number(&b, "", &to) || a.n != 0 || b.n != 0)
        return false;
    *first = from - 1;
    *end = to;
    return from >= 1 && from <= to && to <= c->units;
}

static ew_code name_range(chooser *c, ew_slice r, bool inside)
{
    const char *dash = r.n > 0 ? memchr(r.p, '-', r.n) : NULL;
    ew_slice a = {r.p, dash != NULL ? (size_t)(dash - r.p) : r.n};
    ew_slice b = dash != NULL ? (ew_slice){dash + 1, r.n - a.n - 1} : a;
    uint64_t first;
    uint64_t end;
    bool grid = c->s->splitter == EW_SPLIT_GRID;
    if (a.n == 0 || b.n == 0 || (grid && dash == NULL) ||
        !(grid ? time_range(c, a, b, inside, &first, &end)
               : number_range(c, a, b, &first, &end)))
        return bad_range(c, r);
    for (uint64_t i = first; i < end && i < c->units; i++)
        c->named[i] = true;
    return EW_OK;
}

static ew_code name_ranges(chooser *c, const char *text, bool inside)
{
    ew_slice rest = ew_slice_of(text);
    for (;;) {
        const char *comma = rest.n > 0 ? memchr(rest.p, ',', rest.n) : NULL;
        ew_slice r = {rest.p, comma != NULL ? (size_t)(comma - rest.p) : rest.n};
        ew_code code = name_range(c, r, inside);
        if (code != EW_OK || comma == NULL)
            return code;
        rest.n -= r.n + 1;
        rest.p = comma + 1;
    }
}

/* ------------------------------------------------------------------ parts */

static size_t guard_of(const ew_stream *s)
{
    switch (s->splitter) {
    case EW_SPLIT_MP3:
        return GUARD_MP3;
    case EW_SPLIT_AAC:
        return GUARD_AAC;
    case EW_SPLIT_OGG:
        return GUARD_OGG;
    default:
        return 0;
    }
}

/* Units to parts. show: those that are named are visible, else the others. */
static void choose_parts(chooser *c, bool show)
{
    size_t guard = guard_of(c->s);
    uint64_t unit = 0;
    bool any = false;
    for (size_t i = 0; i < c->cuts->n; i++) {
        if (outside_units(c, i))
            continue;
        unit += any && begins_unit(c, i);
        any = true;
        c->visible[i] = c->named[unit] == show;
    }
    if (guard == 0)
        return;
    size_t since = guard;
    unit = 0;
    any = false;
    for (size_t i = 0; i < c->cuts->n; i++) {
        if (outside_units(c, i))
            continue;
        unit += any && begins_unit(c, i);
        any = true;
        since = c->named[unit] == show ? since + 1 : 0;
        c->visible[i] = c->visible[i] && since > guard;
    }
}

/* The same backwards, on what was to be hidden before guards were added. */
static void guard_back(chooser *c, bool show)
{
    size_t guard = guard_of(c->s);
    size_t since = guard;
    uint64_t unit = c->units;
    for (size_t i = c->cuts->n; i > 0 && guard > 0; i--) {
        if (outside_units(c, i - 1))
            continue;
        unit--;
        since = c->named[unit] == show ? since + 1 : 0;
        c->visible[i - 1] = c->visible[i - 1] && since > guard;
    }
}

/* A plain WAV head says nothing that the seal and the last block do not. Hiding it would hide
 * nothing and cost an entry of the cover for each level of the tree. */
static void show_plain_head(chooser *c)
{
    size_t last = c->cuts->n - 1;
    if (c->s->splitter == EW_SPLIT_GRID && c->cuts->kinds[0] == EW_PART_HEAD &&
        c->cuts->ends[0] == PLAIN_HEAD && c->cuts->kinds[last] == EW_PART_CONTENT &&
        c->visible[last])
        c->visible[0] = true;
}

static ew_code make_runs(const chooser *c, ew_run **runs, size_t *n)
{
    size_t count = 0;
    for (size_t i = 0; i < c->cuts->n; i++)
        count += c->visible[i] && (i == 0 || !c->visible[i - 1]);
    ew_run *out = ew_alloc_array(count, sizeof *out);
    if (out == NULL)
        return ew_fail_nomem(c->err);
    *n = 0;
    for (size_t i = 0; i < c->cuts->n; i++) {
        if (!c->visible[i])
            continue;
        if (i == 0 || !c->visible[i - 1])
            out[(*n)++] = (ew_run){i, 0};
        out[*n - 1].count++;
    }
    *runs = out;
    return EW_OK;
}

static ew_code choose(chooser *c, const char *text, bool show)
{
    if (strcmp(text, "all") == 0) {
        for (size_t i = 0; i < c->cuts->n; i++)
            c->visible[i] = show;
        return EW_OK;
    }
    ew_code code = name_ranges(c, text, show);
    if (code == EW_OK) {
        choose_parts(c, show);
        guard_back(c, show);
        show_plain_head(c);
    }
    return code;
}

ew_code ew_select(const ew_stream *s, const ew_cuts *cuts, const char *show,
                  const char *hide, ew_run **runs, size_t *n, ew_err *err)
{
    chooser c = {.s = s, .cuts = cuts, .err = err};
    if ((show == NULL) == (hide == NULL))
        return ew_fail(err, EW_E_ARG, 0, "one of --show and --hide is needed");
    for (size_t i = 0; i < cuts->n; i++)
        c.units += begins_unit(&c, i);
    c.named = ew_alloc_array((size_t)c.units + 1, sizeof *c.named);
    c.visible = ew_alloc_array(cuts->n, sizeof *c.visible);
    ew_code code = c.named != NULL && c.visible != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK)
        code = choose(&c, show != NULL ? show : hide, show != NULL);
    if (code == EW_OK)
        code = make_runs(&c, runs, n);
    ew_free(c.named);
    ew_free(c.visible);
    return code;
}
