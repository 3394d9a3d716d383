/* SPDX-License-Identifier: Apache-2.0 */
/* Four bytes say how: the splitter, which parts are shown, how many parts are claimed. The rest is a
 * file that is cut, or the content of shown parts that somebody claims to have cut. What is made
 * checks, and the same with a byte changed, added or taken away does not. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "seal/published.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUT_MAX = 4 << 20, RUNS_MAX = 64, PARTS_MAX = 256 };

static ew_code put(void *cookie, const void *bytes, size_t n, ew_err *err)
{
    return ew_buf_append(cookie, bytes, n, err);
}

static bool is_published(const ew_published_in *in, ew_slice s, ew_filler *f)
{
    bool same = false;
    if (ew_published_check(in, s, &same, f, NULL) != EW_OK)
        abort();
    return same;
}

/* at: which byte to change */
static void attack(const ew_published_in *in, ew_buf *b, size_t at)
{
    ew_filler f;
    ew_slice s = {(const char *)b->data, b->len};
    if (!is_published(in, s, &f))
        abort();
    if (b->len == 0)
        return;
    b->data[at % b->len] ^= 1;
    if (is_published(in, s, &f))
        abort();
    b->data[at % b->len] ^= 1;
    s.n--;
    /* The tone may be what silence is. */
    if (is_published(in, s, &f) || ew_buf_append(b, "", 1, NULL) != EW_OK)
        abort();
    s = (ew_slice){(const char *)b->data, b->len};
    if (is_published(in, s, &f))
        abort();
}

static void make(const ew_published_in *in, size_t at)
{
    for (int f = EW_FILLER_SILENCE; f <= EW_FILLER_MARK; f++) {
        ew_buf b;
        ew_published_out out = {put, &b};
        ew_buf_init(&b, OUT_MAX);
        bool possible = ew_published_possible(in, (ew_filler)f, NULL);
        ew_code code = ew_published_make(in, (ew_filler)f, &out, NULL);
        if (possible != (code != EW_E_ARG) || (!possible && b.len > 0))
            abort();
        if (code == EW_OK && b.len < OUT_MAX)
            attack(in, &b, at);
        ew_buf_release(&b);
    }
}

/* A file, cut; the bits of `mask` say in turn what is shown. */
static void honest(const uint8_t *how, const uint8_t *data, size_t size)
{
    ew_memory m = {data, size};
    ew_src src = ew_src_memory(&m);
    ew_cuts cuts;
    ew_stream s;
    ew_shown runs[RUNS_MAX];
    uint64_t lengths[PARTS_MAX];
    size_t n = 0;
    if (ew_split(&src, (ew_splitter)(how[0] % EW_SPLIT_META), &cuts, &s, NULL) != EW_OK)
        return;
    if (cuts.n > PARTS_MAX) {
        ew_cuts_release(&cuts);
        return;
    }
    for (size_t i = 0; i < cuts.n; i++) {
        uint64_t at = i > 0 ? cuts.ends[i - 1] : 0;
        bool before = i > 0 && (how[1 + (i - 1) / 8 % 2] >> (i - 1) % 8 & 1) != 0;
        lengths[i] = cuts.ends[i] - at;
        if ((how[1 + i / 8 % 2] >> i % 8 & 1) == 0)
            continue;
        if (!before && n == RUNS_MAX)
            break;
        if (!before)
            runs[n++] = (ew_shown){i, 0, cuts.kinds + i, lengths + i, data + at};
        runs[n - 1].count++;
    }
    ew_published_in in = {.stream = &s, .runs = runs, .run_count = n};
    make(&in, how[3] * (size_t)257);
    ew_cuts_release(&cuts);
}

typedef struct claim {
    ew_shown runs[RUNS_MAX];
    uint8_t kinds[PARTS_MAX];
    uint64_t lengths[PARTS_MAX];
    size_t run_count, part_count;
} claim;

/* Takes parts from the input: two bytes each of kind and length, and what is in them. */
static bool take_claim(claim *c, const ew_stream *s, uint8_t *data, size_t size)
{
    uint64_t part = 0;
    size_t out = 0; /* contents are moved together */
    for (size_t at = 0; size - at >= 3 && c->part_count < PARTS_MAX; part++) {
        size_t skip = data[at] >> 4 & 7;
        size_t n = ew_get_u16le(data + at + 1);
        uint8_t kind = data[at] & 7;
        at += 3;
        n = n < size - at ? n : size - at;
        if ((skip > 0 || c->run_count == 0) && c->run_count == RUNS_MAX)
            return false;
        memmove(data + out, data + at, n);
        if (s->splitter == EW_SPLIT_OGG && n >= 27) {
            ew_put_u32le(data + out + 22, 0);
            ew_put_u32le(data + out + 22, ew_split__ogg_crc(0, data + out, n));
        }
        part += skip;
        if (skip > 0 || c->run_count == 0)
            c->runs[c->run_count++] = (ew_shown){part, 0, c->kinds + c->part_count,
                                                 c->lengths + c->part_count, data + out};
        c->kinds[c->part_count] = kind;
        c->lengths[c->part_count++] = n;
        c->runs[c->run_count - 1].count++;
        at += n;
        out += n;
    }
    return part <= s->n;
}

static void hostile(const uint8_t *how, const uint8_t *data, size_t size)
{
    static const uint32_t rates[] = {10, 999, 1000, 8000, 44100, 768000, 11, 48000};
    claim c = {.run_count = 0};
    ew_stream s = {.splitter = (ew_splitter)(1 + how[0] % EW_SPLIT_META),
                   .n = 1 + how[1],
                   .rate_hz = rates[how[2] & 7],
                   .channels = 1 + (how[2] >> 3 & 3),
                   .sample = (ew_sample)((how[2] >> 5) % 6)};
    s.block_frames = s.rate_hz / 10;
    uint8_t *copy = ew_alloc(size);
    if (copy == NULL)
        return;
    if (size > 0)
        memcpy(copy, data, size);
    bool ok = take_claim(&c, &s, copy, size);
    for (size_t i = 0; i < c.run_count && ok; i++)
        ok = ew_split_fits(&s, &c.runs[i]);
    ew_published_in in = {.stream = &s, .runs = c.runs, .run_count = c.run_count};
    if (ok)
        make(&in, how[3] * (size_t)257);
    ew_free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4)
        return 0;
    if ((data[0] & 0x80) == 0)
        honest(data, data + 4, size - 4);
    else
        hostile(data, data + 4, size - 4);
    return 0;
}
