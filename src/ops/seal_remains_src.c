/* SPDX-License-Identifier: Apache-2.0 */
/* What is left of a burned file, read as if all of it were there. In the place of burned sound
 * there are frames and pages like those around, of which only the heads mean anything. */
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "ops/seal_remains.h"

#define NOTHING UINT64_MAX

enum { PAGE_HEAD = 27, NOTES_AT = 1 };

/* ------------------------------------------------------------------ opening */

static bool is_frames(const ew_stream *stream)
{
    return stream->splitter == EW_SPLIT_MP3 || stream->splitter == EW_SPLIT_AAC;
}

/* Bytes that stand in for a burned part without being read from anywhere. */
static uint64_t empty_bytes(const ew_remains_src *r, size_t part, uint8_t kind)
{
    const ew_stream *s = r->stream;
    if (s->splitter == EW_SPLIT_OGG)
        return part == NOTES_AT ? sizeof r->notes : PAGE_HEAD;
    if (s->splitter == EW_SPLIT_GRID && kind == EW_PART_CONTENT)
        return (uint64_t)s->block_frames * s->channels * ew_sample_bytes(s->sample);
    return 0;
}

/* Where the parts that are left are in the file; the number of bytes there. */
static uint64_t place_left(ew_remains_src *r, const ew_remains_stream *s)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < s->n; i++)
        r->at[i] = NOTHING;
    for (size_t k = 0; k < s->run_count; k++)
        for (uint64_t i = s->runs[k].first; i < s->runs[k].first + s->runs[k].count;
             i++) {
            r->at[i] = sum;
            sum += s->lengths[i];
        }
    return sum;
}

/* The frame that stands in for burned ones: the last that is left before them, else the first. */
static uint64_t first_frame(const ew_remains_src *r, const ew_remains_stream *s)
{
    for (uint64_t i = 0; i < s->n; i++)
        if (r->at[i] != NOTHING && s->kinds[i] == EW_PART_CONTENT)
            return i;
    return NOTHING;
}

static ew_code cut(ew_remains_src *r, ew_cuts *cuts, const ew_remains_stream *s,
                   ew_err *err)
{
    uint64_t like = is_frames(r->stream) ? first_frame(r, s) : NOTHING;
    uint64_t end = 0;
    ew_code code = EW_OK;
    for (uint64_t i = 0; i < s->n && code == EW_OK; i++) {
        bool frame = s->kinds[i] == EW_PART_CONTENT;
        if (r->at[i] != NOTHING) {
            end += s->lengths[i];
            like = is_frames(r->stream) && frame ? i : like;
        } else if (frame && like != NOTHING) {
            r->at[i] = r->at[like];
            end += s->lengths[like];
        } else
            end += empty_bytes(r, (size_t)i, s->kinds[i]);
        code = ew_cuts_add(cuts, end, (ew_part_kind)s->kinds[i], err);
    }
    return code;
}

/* A page on which no packet ends, of the stream that the first page belongs to. */
static ew_code make_page(ew_remains_src *r, uint64_t size, ew_err *err)
{
    ew_code code = EW_OK;
    if (size >= PAGE_HEAD)
        code = ew_pread_all(r->fd, r->page, PAGE_HEAD, 0, err);
    memcpy(r->page, "OggS", 4);
    r->page[4] = r->page[5] = 0;
    memset(r->page + 6, 0xFF, 8);
    r->page[26] = 0;
    memcpy(r->notes, r->page, PAGE_HEAD);
    memset(r->notes + 6, 0, 8);
    r->notes[26] = 2;
    return code;
}

ew_code ew_remains_open(ew_remains_src *out, ew_cuts *cuts, const ew_remains_stream *s,
                        const ew_stream *stream, int fd, ew_err *err)
{
    struct stat st;
    *cuts = (ew_cuts){0};
    *out = (ew_remains_src){.stream = stream, .fd = fd, .cuts = cuts};
    out->at = ew_alloc_array((size_t)s->n, sizeof *out->at);
    if (out->at == NULL)
        return ew_fail_nomem(err);
    uint64_t size = place_left(out, s);
    if (fstat(fd, &st) != 0 || (uint64_t)st.st_size != size)
        return ew_fail(err, EW_E_FORMAT, 0, "not the file of what is left of it");
    ew_code code = cut(out, cuts, s, err);
    if (code == EW_OK && stream->splitter == EW_SPLIT_OGG)
        code = make_page(out, size, err);
    return code;
}

void ew_remains_release(ew_remains_src *r)
{
    ew_free(r->at);
    *r = (ew_remains_src){.fd = -1};
}

/* ------------------------------------------------------------------ reading */

static uint64_t begin_of(const ew_cuts *cuts, size_t i)
{
    return i > 0 ? cuts->ends[i - 1] : 0;
}

/* The part that byte `at` is in. */
static size_t part_of(const ew_cuts *cuts, uint64_t at)
{
    size_t low = 0;
    size_t high = cuts->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (cuts->ends[mid] > at)
            high = mid;
        else
            low = mid + 1;
    }
    return low;
}

/* n bytes of part i, from byte `skip` of it on. */
static ew_code read_part(const ew_remains_src *r, size_t i, uint64_t skip, uint8_t *out,
                         size_t n, ew_err *err)
{
    if (r->at[i] != NOTHING)
        return ew_pread_all(r->fd, out, n, r->at[i] + skip, err);
    if (r->stream->splitter == EW_SPLIT_OGG)
        memcpy(out, (i == NOTES_AT ? r->notes : r->page) + skip, n);
    else
        memset(out, 0, n);
    return EW_OK;
}

static ew_code read_any(void *cookie, uint64_t at, void *out, size_t n, ew_err *err)
{
    const ew_remains_src *r = cookie;
    uint8_t *to = out;
    uint64_t size = r->cuts->n > 0 ? r->cuts->ends[r->cuts->n - 1] : 0;
    ew_code code = EW_OK;
    if (at > size || n > size - at)
        return ew_fail(err, EW_E_FORMAT, at, "the file ends too early");
    for (size_t i = part_of(r->cuts, at); n > 0 && code == EW_OK; i++) {
        uint64_t left = r->cuts->ends[i] - at;
        size_t some = left < n ? (size_t)left : n;
        code = read_part(r, i, at - begin_of(r->cuts, i), to, some, err);
        to += some;
        at += some;
        n -= some;
    }
    return code;
}

ew_src ew_remains_read(ew_remains_src *r)
{
    uint64_t size = r->cuts->n > 0 ? r->cuts->ends[r->cuts->n - 1] : 0;
    return (ew_src){read_any, r, size};
}

/* ------------------------------------------------------------------ choosing */

ew_code ew_remains_within(const ew_remains_stream *s, ew_selection *chosen, ew_err *err)
{
    size_t count = 0;
    uint8_t *states = chosen->states;
    uint64_t next = 0;
    for (size_t k = 0; k <= s->run_count; k++) {
        uint64_t first = k < s->run_count ? s->runs[k].first : s->n;
        if (first > next)
            memset(states + next, EW_PART_WITHHELD, (size_t)(first - next));
        next = k < s->run_count ? first + s->runs[k].count : first;
    }
    for (uint64_t i = 0; i < s->n; i++)
        count += states[i] == EW_PART_SHOWN && (i == 0 || states[i - 1] != EW_PART_SHOWN);
    ew_run *runs = ew_alloc_array(count, sizeof *runs);
    if (runs == NULL)
        return ew_fail_nomem(err);
    count = 0;
    for (uint64_t i = 0; i < s->n; i++) {
        if (states[i] != EW_PART_SHOWN)
            continue;
        if (i == 0 || states[i - 1] != EW_PART_SHOWN)
            runs[count++] = (ew_run){i, 0};
        runs[count - 1].count++;
    }
    ew_free(chosen->runs);
    chosen->runs = runs;
    chosen->run_count = count;
    return EW_OK;
}
