/* SPDX-License-Identifier: Apache-2.0 */
/* What burning leaves: made, written as text, read again. */
#include "ops/seal_remains.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "seal/vault.h"

enum { LINE_ROOM = 256, GROUP_ROOM = 24 };

static void release(ew_remains_stream *s)
{
    ew_free(s->kinds);
    ew_free(s->lengths);
    ew_free(s->runs);
    if (s->entries != NULL)
        ew_wipe(s->entries, s->entry_count * sizeof *s->entries);
    ew_free(s->entries);
    *s = (ew_remains_stream){0};
}

void ew_remains_free(ew_remains *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < EW_REMAINS_STREAMS; i++)
        release(&r->streams[i]);
    ew_free(r);
}

ew_left ew_remains_left(const ew_remains_stream *s)
{
    return (ew_left){{s->n, s->runs, s->run_count}, s->entries, s->entry_count};
}

bool ew_remains_has(const ew_remains_stream *s, uint64_t part)
{
    for (size_t r = 0; r < s->run_count; r++)
        if (part >= s->runs[r].first && part - s->runs[r].first < s->runs[r].count)
            return true;
    return false;
}

/* ------------------------------------------------------------------ making */

/* Of a burned part only what the numbers of others depend on. */
static uint8_t bare_kind(ew_splitter splitter, uint8_t kind)
{
    return splitter == EW_SPLIT_CHAT && kind != EW_PART_TIME && kind != EW_PART_HEAD
               ? EW_PART_BODY
               : kind;
}

static ew_code fill_parts(ew_remains_stream *out, const ew_remains_in *in, ew_err *err)
{
    size_t n = (size_t)in->view->n;
    size_t runs = in->view->run_count;
    out->kinds = ew_alloc_array(n, 1);
    out->lengths = ew_alloc_array(n, sizeof *out->lengths);
    out->runs = ew_alloc_array(runs, sizeof *out->runs);
    if (out->kinds == NULL || out->lengths == NULL || out->runs == NULL)
        return ew_fail_nomem(err);
    out->n = n;
    out->run_count = runs;
    for (size_t i = 0; i < n; i++)
        out->kinds[i] = bare_kind(in->splitter, in->cuts->kinds[i]);
    for (size_t r = 0; r < runs; r++) {
        out->runs[r] = in->view->runs[r];
        for (uint64_t i = out->runs[r].first; i < out->runs[r].first + out->runs[r].count;
             i++) {
            out->kinds[i] = in->cuts->kinds[i];
            out->lengths[i] = in->cuts->ends[i] - (i > 0 ? in->cuts->ends[i - 1] : 0);
        }
    }
    return EW_OK;
}

ew_code ew_remains_of(ew_remains_stream *out, const ew_remains_in *in, ew_err *err)
{
    ew_cover cover = {0};
    ew_code code;
    *out = (ew_remains_stream){0};
    if (in->seed != NULL) {
        code = ew_parts_cover(in->seed, in->parts, in->view, &cover, err);
    } else {
        ew_left before = ew_remains_left(in->before);
        code = ew_left_cover(&before, in->parts, in->view, &cover, err);
    }
    if (code == EW_OK)
        code = fill_parts(out, in, err);
    if (code == EW_OK) {
        out->entries = cover.entries;
        out->entry_count = cover.n;
        cover.entries = NULL;
    }
    ew_cover_release(&cover);
    return code;
}

/* ------------------------------------------------------------------ writing */

static ew_code append_runs(ew_buf *b, const ew_remains_stream *s, ew_err *err)
{
    ew_code code = ew_buf_printf(b, err, "parts %ju\nshown %s", (uintmax_t)s->n,
                                 s->run_count == 0 ? "-" : "");
    for (size_t i = 0; i < s->run_count && code == EW_OK; i++)
        code = ew_buf_printf(b, err, "%s%ju+%ju", i > 0 ? "," : "",
                             (uintmax_t)s->runs[i].first, (uintmax_t)s->runs[i].count);
    return code;
}

static ew_code append_kinds(ew_buf *b, const ew_remains_stream *s, ew_err *err)
{
    ew_code code = ew_buf_printf(b, err, "\nkinds ");
    for (uint64_t i = 0; i < s->n && code == EW_OK;) {
        uint64_t k = i;
        while (k < s->n && s->kinds[k] == s->kinds[i])
            k++;
        code = ew_buf_printf(b, err, "%s%jux%u", i > 0 ? "," : "", (uintmax_t)(k - i),
                             s->kinds[i]);
        i = k;
    }
    return code;
}

/* Of what is left; groups do not go on from one run to the next. */
static ew_code append_lengths(ew_buf *b, const ew_remains_stream *s, ew_err *err)
{
    ew_code code = ew_buf_printf(b, err, "\nlengths %s", s->run_count == 0 ? "-" : "");
    for (size_t r = 0; r < s->run_count; r++) {
        uint64_t end = s->runs[r].first + s->runs[r].count;
        for (uint64_t i = s->runs[r].first; i < end && code == EW_OK;) {
            uint64_t k = i;
            while (k < end && s->lengths[k] == s->lengths[i])
                k++;
            code = ew_buf_printf(b, err, "%s%jux%ju",
                                 r > 0 || i > s->runs[r].first ? "," : "",
                                 (uintmax_t)(k - i), (uintmax_t)s->lengths[i]);
            i = k;
        }
    }
    return code;
}

static ew_code append_stream(ew_buf *b, const ew_remains_stream *s, ew_err *err)
{
    ew_code code = append_runs(b, s, err);
    if (code == EW_OK)
        code = append_kinds(b, s, err);
    if (code == EW_OK)
        code = append_lengths(b, s, err);
    if (code == EW_OK)
        code = ew_buf_printf(b, err, "\ncover ");
    if (code == EW_OK)
        code = ew_base64_append(b, s->entries, s->entry_count * sizeof *s->entries, err);
    return code == EW_OK ? ew_buf_append(b, "\n", 1, err) : code;
}

ew_code ew_remains_append(ew_buf *b, const ew_remains *r, ew_err *err)
{
    ew_code code = ew_buf_printf(b, err, "left %s\n", r->file);
    for (size_t i = 0; i < EW_REMAINS_STREAMS && code == EW_OK; i++)
        code = append_stream(b, &r->streams[i], err);
    return code;
}

size_t ew_remains_bytes(const ew_remains *r)
{
    size_t sum = LINE_ROOM;
    for (size_t i = 0; i < EW_REMAINS_STREAMS; i++) {
        const ew_remains_stream *s = &r->streams[i];
        sum += LINE_ROOM + 2 * GROUP_ROOM * s->run_count + 44 * s->entry_count;
        for (uint64_t k = 1; k < s->n; k++)
            sum += (s->kinds[k] != s->kinds[k - 1]) * 10u +
                   (s->lengths[k] != s->lengths[k - 1]) * (size_t)GROUP_ROOM;
    }
    return sum;
}

/* ------------------------------------------------------------------ reading */

/* "3x1600": the next of a list of pairs joined by commas; false at its end. */
static bool take_pair(ew_slice *list, char sign, uint64_t *a, uint64_t *b)
{
    const char *comma = list->n > 0 ? memchr(list->p, ',', list->n) : NULL;
    ew_slice pair = {list->p, comma != NULL ? (size_t)(comma - list->p) : list->n};
    const char *x = pair.n > 0 ? memchr(pair.p, sign, pair.n) : NULL;
    if (x == NULL)
        return false;
    size_t n = (size_t)(x - pair.p);
    if (!ew_slice_u64((ew_slice){pair.p, n}, a) ||
        !ew_slice_u64((ew_slice){x + 1, pair.n - n - 1}, b))
        return false;
    n = pair.n + (comma != NULL);
    *list = (ew_slice){list->p + n, list->n - n};
    return true;
}

static bool take_line(ew_slice *rest, const char *word, ew_slice *line)
{
    return ew_slice_line(rest, line) && ew_slice_skip(line, word);
}

static bool take_runs(ew_remains_stream *s, ew_slice list)
{
    if (ew_slice_is(list, "-"))
        return true;
    while (s->run_count < s->n && take_pair(&list, '+', &s->runs[s->run_count].first,
                                            &s->runs[s->run_count].count))
        s->run_count++;
    ew_view v = {s->n, s->runs, s->run_count};
    return list.n == 0 && ew_view_ok(&v);
}

static bool take_kinds(ew_remains_stream *s, ew_slice list)
{
    uint64_t at = 0;
    uint64_t count;
    uint64_t kind;
    while (take_pair(&list, 'x', &count, &kind)) {
        if (count > s->n - at || kind < EW_PART_CONTENT || kind > EW_PART_META)
            return false;
        memset(s->kinds + at, (int)kind, (size_t)count);
        at += count;
    }
    return list.n == 0 && at == s->n;
}

static bool take_lengths(ew_remains_stream *s, ew_slice list)
{
    uint64_t count = 0;
    uint64_t length = 0;
    if (ew_slice_is(list, "-"))
        return s->run_count == 0;
    for (size_t r = 0; r < s->run_count; r++) {
        uint64_t end = s->runs[r].first + s->runs[r].count;
        for (uint64_t i = s->runs[r].first; i < end; i++, count--) {
            if (count == 0 && (!take_pair(&list, 'x', &count, &length) || count == 0 ||
                               length > INT64_MAX / EW_PARTS_MAX))
                return false;
            s->lengths[i] = length;
        }
    }
    return list.n == 0 && count == 0;
}

static bool take_cover(ew_remains_stream *s, ew_slice line)
{
    ew_view v = {s->n, s->runs, s->run_count};
    if (s->entry_count != ew_cover_count(&v))
        return false;
    return ew_slice_base64(line, s->entries[0].b, s->entry_count * sizeof *s->entries);
}

/* How many runs there may be, before anything is allocated for them. */
static size_t count_commas(ew_slice s)
{
    size_t n = 1;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == ',';
    return n;
}

static ew_code take_stream(ew_slice *rest, ew_remains_stream *s, bool *ok, ew_err *err)
{
    ew_slice parts;
    ew_slice shown;
    ew_slice kinds;
    ew_slice lengths;
    ew_slice cover;
    *ok = take_line(rest, "parts ", &parts) && take_line(rest, "shown ", &shown) &&
          take_line(rest, "kinds ", &kinds) && take_line(rest, "lengths ", &lengths) &&
          take_line(rest, "cover ", &cover) && ew_slice_u64(parts, &s->n) && s->n > 0 &&
          s->n <= EW_PARTS_MAX;
    if (!*ok)
        return EW_OK;
    s->runs = ew_alloc_array(count_commas(shown) + 1, sizeof *s->runs);
    s->kinds = ew_alloc_array((size_t)s->n, 1);
    s->lengths = ew_alloc_array((size_t)s->n, sizeof *s->lengths);
    s->entry_count = cover.n / 4 * 3 / EW_HASH;
    s->entries = ew_alloc_array(s->entry_count + 1, sizeof *s->entries);
    if (s->runs == NULL || s->kinds == NULL || s->lengths == NULL || s->entries == NULL)
        return ew_fail_nomem(err);
    *ok = count_commas(shown) <= s->n && take_runs(s, shown) && take_kinds(s, kinds) &&
          take_lengths(s, lengths) && take_cover(s, cover);
    return EW_OK;
}

/* "left/<hex and number>": no way out of the desk. */
static bool take_file(ew_slice *rest, char out[EW_REMAINS_FILE])
{
    ew_slice line;
    if (!take_line(rest, "left ", &line) || line.n < 6 || line.n >= EW_REMAINS_FILE ||
        memcmp(line.p, "left/", 5) != 0)
        return false;
    for (size_t i = 5; i < line.n; i++)
        if (strchr("0123456789abcdef-", line.p[i]) == NULL || line.p[i] == 0)
            return false;
    memcpy(out, line.p, line.n);
    return true;
}

ew_code ew_remains_take(ew_slice *rest, ew_remains **out, ew_err *err)
{
    ew_remains *r = ew_alloc(sizeof *r);
    *out = NULL;
    if (r == NULL)
        return ew_fail_nomem(err);
    bool ok = take_file(rest, r->file);
    ew_code code = EW_OK;
    for (size_t i = 0; i < EW_REMAINS_STREAMS && ok && code == EW_OK; i++)
        code = take_stream(rest, &r->streams[i], &ok, err);
    if (code == EW_OK && !ok)
        code = ew_fail(err, EW_E_FORMAT, 0, "what is left of it is not told rightly");
    if (code == EW_OK)
        *out = r;
    else
        ew_remains_free(r);
    return code;
}
