/* SPDX-License-Identifier: Apache-2.0 */
/* Segment files of every shape: what went in is found, and no byte can change unnoticed. */
#include <sys/stat.h>

#include "base/bytes.h"
#include "fakes.h"
#include "index/segment.h"

static void count_bad(void *cookie, const ew_seg_bad *b)
{
    assert_true(b->from < b->to);
    ++*(int *)cookie;
}

static int bad_blocks(const ew_seg *s)
{
    int bad = 0;
    assert_int_equal(ew_seg__check(s, count_bad, &bad, NULL, NULL), EW_OK);
    return bad;
}

/* Matches of a probe by lookup, in order of place. */
static size_t ask(const ew_seg *s, const ew_probe *p, ew_hit *out)
{
    ew_seg_match m[EW_SEG_SCAN];
    size_t count = 0;
    for (ew_seg_range r = ew_seg__range(s, p->word); r.lo < r.hi;) {
        size_t n = ew_seg__scan(s, r, p, m, &r.lo);
        assert_true(n <= EW_SEG_SCAN);
        for (size_t i = 0; i < n; i++, count++) {
            assert_true(
                ew_seg__place(s, m[i].i, m[i].top, &out[count].rec, &out[count].frame));
            out[count].tag = p->tag;
            out[count].distance = (uint16_t)m[i].distance;
        }
    }
    return count;
}

/* Number of keys of the prints that the probe means. */
static size_t expect(const fake *const *f, size_t n, const ew_probe *p)
{
    size_t count = 0;
    for (size_t r = 0; r < n; r++)
        for (uint32_t k = 0; k < f[r]->fp.key_count; k++) {
            uint32_t x = f[r]->fp.keys[k].word ^ p->word;
            count += x >> 10 == 0 && __builtin_popcount(x) <= p->slack;
        }
    return count;
}

static void check_lookup(const ew_seg *s, const fake *const *f, size_t n,
                         size_t probe_count)
{
    ew_probe *probes = calloc(probe_count, sizeof *probes);
    ew_hit *hits = calloc(s->shape.postings + 1, sizeof *hits);
    size_t total = 0;
    fake_probes(probes, probe_count, 3);
    for (size_t p = 0; p < probe_count; p++) {
        size_t count = ask(s, &probes[p], hits);
        total += count;
        assert_int_equal(count, expect(f, n, &probes[p]));
        for (size_t i = 0; i < count; i++) {
            if (i > 0 && hits[i - 1].rec == hits[i].rec)
                assert_true(hits[i - 1].frame <= hits[i].frame);
            if (i > 0)
                assert_true(hits[i - 1].rec <= hits[i].rec);
        }
    }
    assert_true(total > 0);
    free(hits);
    free(probes);
}

static void make_sorted(fake *f, const fake **sorted, size_t n, const uint32_t *frames)
{
    for (size_t i = 0; i < n; i++) {
        fake_make(&f[i], (uint32_t)i + 40, frames[i]);
        sorted[i] = &f[i];
    }
    qsort(sorted, n, sizeof *sorted, fake_order);
}

static void write_segment(const char *path, const fake *const *sorted, size_t n)
{
    ew_seg_source *src = calloc(n + 1, sizeof *src);
    ew_seg_made made;
    for (size_t i = 0; i < n; i++)
        src[i] = (ew_seg_source){sorted[i]->rec.sha256, &sorted[i]->fp};
    assert_int_equal(ew_seg__write(path, src, n, &made, NULL), EW_OK);
    free(src);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, made.bytes);
}

static void check_shape(const char *dir, const uint32_t *frames, size_t n,
                        ew_seg_shape want)
{
    fake *f = calloc(n, sizeof *f);
    const fake **sorted = calloc(n, sizeof *sorted);
    const char *path = test_path(dir, "x.seg");
    ew_seg s;
    make_sorted(f, sorted, n, frames);
    write_segment(path, sorted, n);
    assert_int_equal(ew_seg__open(&s, path, NULL), EW_OK);
    assert_int_equal(s.shape.dir_bits, want.dir_bits);
    assert_int_equal(s.shape.rest_bytes, want.rest_bytes);
    assert_int_equal(s.shape.pos_bytes, want.pos_bytes);
    assert_int_equal(bad_blocks(&s), 0);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t slot = 0;
        assert_true(ew_seg__find(&s, sorted[i]->rec.sha256, &slot));
        assert_int_equal(slot, i);
        assert_int_equal(ew_seg__frames(&s, i), sorted[i]->fp.frames);
        assert_int_equal(ew_seg__keys(&s, i), sorted[i]->fp.key_count);
        assert_memory_equal(ew_seg__words(&s, i), sorted[i]->fp.words,
                            (size_t)sorted[i]->fp.frames * 4);
    }
    check_lookup(&s, sorted, n, s.shape.postings > 1000000 ? 12 : 200);
    ew_seg__close(&s);
    for (size_t i = 0; i < n; i++)
        fake_free(&f[i]);
    free(sorted);
    free(f);
}

static void test_shapes(void **state)
{
    static const uint32_t tiny[] = {40};
    static const uint32_t wide[] = {3000, 0, 1, 9000, 0, 64, 300};
    static const uint32_t narrow[] = {100000, 50000, 0, 17};
    static const uint32_t large[] = {2000000, 100000, 200000};
    check_shape(*state, tiny, 1,
                (ew_seg_shape){.dir_bits = 4, .rest_bytes = 4, .pos_bytes = 3});
    check_shape(*state, wide, EW_COUNT(wide),
                (ew_seg_shape){.dir_bits = 9, .rest_bytes = 4, .pos_bytes = 3});
    check_shape(*state, narrow, EW_COUNT(narrow),
                (ew_seg_shape){.dir_bits = 16, .rest_bytes = 2, .pos_bytes = 3});
    check_shape(*state, large, EW_COUNT(large),
                (ew_seg_shape){.dir_bits = 17, .rest_bytes = 2, .pos_bytes = 3});
}

/* More frames than three bytes can count, and recordings without any at the ends. With many
 * keys the positions are packed. */
static void check_many_frames(const char *dir, uint32_t keys_each, ew_seg_shape want)
{
    enum { FRAMES = (1 << 24) + 5 };
    const char *path = test_path(dir, "x.seg");
    uint8_t sha[4][32] = {{0}, {1}, {2}, {3}};
    ew_fp none = {0};
    ew_fp some = {.frames = FRAMES, .key_count = keys_each};
    some.keys = calloc(keys_each, sizeof *some.keys);
    some.words = calloc(FRAMES, sizeof *some.words);
    some.wave = calloc(FRAMES, 1);
    for (uint32_t i = 0; i < keys_each; i++)
        some.keys[i] = (ew_key){0x80000000u | i << 8, FRAMES / 3};
    some.keys[0] = (ew_key){0x12345678, 0};
    some.keys[keys_each - 1] = (ew_key){0x12345679, FRAMES - 1};
    ew_seg_source src[] = {
        {sha[0], &none}, {sha[1], &some}, {sha[2], &some}, {sha[3], &none}};
    ew_seg_made made;
    ew_seg s;
    ew_hit hits[8];
    assert_int_equal(ew_seg__write(path, src, 4, &made, NULL), EW_OK);
    for (int merged = keys_each == 2; merged < 2; merged++) {
        assert_int_equal(ew_seg__open(&s, path, NULL), EW_OK);
        assert_int_equal(s.shape.pos_bytes, want.pos_bytes);
        assert_int_equal(s.shape.dir_bits, want.dir_bits);
        assert_int_equal(bad_blocks(&s), 0);
        ew_probe p = {.word = 0x12345678, .slack = 1};
        assert_int_equal(ask(&s, &p, hits), 4);
        static const ew_hit expected[] = {
            {1, 0, 0, 0}, {1, FRAMES - 1, 0, 1}, {2, 0, 0, 0}, {2, FRAMES - 1, 0, 1}};
        assert_memory_equal(hits, expected, sizeof expected);
        ew_seg_input in = {&s, NULL};
        path = test_path(dir, "merged.seg");
        if (!merged)
            assert_int_equal(ew_seg__merge(path, &in, 1, NULL, &made, NULL), EW_OK);
        ew_seg__close(&s);
    }
    free(some.words);
    free(some.wave);
    free(some.keys);
}

static void test_many_frames(void **state)
{
    check_many_frames(*state, 2, (ew_seg_shape){.pos_bytes = 4, .dir_bits = 4});
    check_many_frames(*state, 200000, (ew_seg_shape){.pos_bytes = 4, .dir_bits = 16});
    check_many_frames(*state, 1 << 23, (ew_seg_shape){.pos_bytes = 3, .dir_bits = 22});
}

static void test_empty(void **state)
{
    const char *path = test_path(*state, "x.seg");
    ew_seg_made made;
    ew_seg s;
    ew_hit hits[1];
    assert_int_equal(ew_seg__write(path, NULL, 0, &made, NULL), EW_OK);
    assert_int_equal(ew_seg__open(&s, path, NULL), EW_OK);
    assert_int_equal(ask(&s, &(ew_probe){.slack = 10}, hits), 0);
    assert_int_equal(bad_blocks(&s), 0);
    ew_seg__close(&s);
    assert_int_equal(ew_seg__open(&s, test_path(*state, "none"), NULL), EW_E_NOTFOUND);
}

/* Every bit of a file: either it is refused, or a block is named, or the header is another
 * one than the catalogue knows. */
static void test_every_bit(void **state)
{
    static const uint32_t frames[] = {30, 20};
    const char *path = test_path(*state, "x.seg");
    fake f[2];
    const fake *sorted[2];
    size_t n = 0;
    ew_seg s;
    make_sorted(f, sorted, 2, frames);
    write_segment(path, sorted, 2);
    char *bytes = test_file_get(path, &n);
    uint32_t *copy = malloc(n + 4);
    uint8_t *b = (uint8_t *)copy;
    memcpy(b, bytes, n);
    uint32_t head_crc = ew_get_u32le(b + 124);
    for (size_t bit = 0; bit < n * 8; bit++) {
        b[bit / 8] = (uint8_t)(b[bit / 8] ^ 1u << bit % 8);
        ew_err err = {0};
        ew_code code = ew_seg__open_bytes(&s, b, n, &err);
        if (code == EW_OK) {
            if (s.head_crc == head_crc && bad_blocks(&s) == 0)
                fail_msg("bit %zu unnoticed", bit);
            ew_seg__close(&s);
        } else {
            assert_true(code == EW_E_FORMAT || code == EW_E_VERSION);
            assert_true(err.text[0] != 0);
        }
        b[bit / 8] = (uint8_t)bytes[bit / 8];
    }
    for (size_t cut = 0; cut < n; cut++)
        assert_int_equal(ew_seg__open_bytes(&s, b, cut, NULL), EW_E_FORMAT);
    assert_int_equal(ew_seg__open_bytes(&s, b, n, NULL), EW_OK);
    ew_seg__close(&s);
    free(copy);
    free(bytes);
    fake_free(&f[0]);
    fake_free(&f[1]);
}

/* Merging all at once, in steps, in any order, makes the same bytes as writing at once. */
static void test_merge_is_the_same(void **state)
{
    enum { N = 6 };
    static const uint32_t frames[N] = {3000, 0, 70000, 1, 90000, 500};
    fake f[N];
    const fake *sorted[N];
    ew_seg seg[N], pair;
    ew_seg_input in[N];
    ew_seg_made made;
    size_t n, m;
    make_sorted(f, sorted, N, frames);
    write_segment(test_path(*state, "all"), sorted, N);
    for (int i = 0; i < N; i++) {
        const fake *one = &f[i];
        write_segment(test_path(*state, "one"), &one, 1);
        assert_int_equal(ew_seg__open(&seg[i], test_path(*state, "one"), NULL), EW_OK);
        in[i] = (ew_seg_input){&seg[i], NULL};
    }
    assert_int_equal(
        ew_seg__merge(test_path(*state, "pair"), in + 2, 3, NULL, &made, NULL), EW_OK);
    assert_int_equal(ew_seg__open(&pair, test_path(*state, "pair"), NULL), EW_OK);
    in[2] = (ew_seg_input){&pair, NULL};
    in[3] = in[5];
    assert_int_equal(ew_seg__merge(test_path(*state, "merged"), in, 4, NULL, &made, NULL),
                     EW_OK);
    char *a = test_file_get(test_path(*state, "all"), &n);
    char *b = test_file_get(test_path(*state, "merged"), &m);
    assert_int_equal(n, m);
    assert_memory_equal(a, b, n);
    in[1] = (ew_seg_input){&pair, NULL}; /* twice the same recordings: refused */
    assert_int_equal(ew_seg__merge(test_path(*state, "merged"), in, 3, NULL, &made, NULL),
                     EW_E_BUG);
    free(a);
    free(b);
    ew_seg__close(&pair);
    for (int i = 0; i < N; i++) {
        ew_seg__close(&seg[i]);
        fake_free(&f[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_DIR(test_shapes),
        TEST_IN_DIR(test_many_frames),
        TEST_IN_DIR(test_empty),
        TEST_IN_DIR(test_every_bit),
        TEST_IN_DIR(test_merge_is_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
