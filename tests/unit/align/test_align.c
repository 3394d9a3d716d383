/* SPDX-License-Identifier: Apache-2.0 */
/* A clip made of known pieces is taken apart again; no failure leaves anything behind. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "earwitness/align.h"
#include "small_archive.h"
#include "support.h"

enum { RATE = EW_FP_RATE_HZ, SOURCES = 3, SECONDS = 30, N = RATE * SECONDS };

static float sources[SOURCES + 1][N]; /* the last one is in no archive */
static ew_index *ix;
static char *dir;

static int build_archive(void **state)
{
    (void)state;
    dir = test_dir_new();
    for (int i = 0; i <= SOURCES; i++)
        test_speech(sources[i], N, RATE, 100 + (uint64_t)i);
    ix = small_archive(dir, sources[0], SOURCES, N);
    return 0;
}

static int drop_archive(void **state)
{
    (void)state;
    ew_index_close(ix);
    test_dir_remove(dir);
    return 0;
}

/* Pieces and gaps, merged in order, cover the clip once. */
static void assert_covers(const ew_map *map)
{
    size_t p = 0;
    size_t g = 0;
    int64_t at = 0;
    while (p < map->piece_count || g < map->gap_count) {
        if (p < map->piece_count && map->pieces[p].clip_start == at) {
            assert_true(map->pieces[p].clip_end > at);
            at = map->pieces[p++].clip_end;
        } else {
            assert_true(g < map->gap_count && map->gaps[g].clip_start == at);
            assert_true(map->gaps[g].clip_end > at);
            at = map->gaps[g++].clip_end;
        }
    }
    assert_true(at == map->clip_samples);
}

/* Is [from, to) s of the clip, but for 0.1 s at the ends, on `source` at `start` s? */
static void assert_found(const ew_map *map, double from, double to, size_t source,
                         double start)
{
    for (double t = from + 0.1; t < to - 0.1; t += 0.05) {
        int good = 0;
        for (size_t i = 0; i < map->piece_count && !good; i++) {
            const ew_piece *p = &map->pieces[i];
            double at = t * RATE;
            if (at < (double)p->clip_start || at >= (double)p->clip_end)
                continue;
            double told = p->source_start + (at - (double)p->clip_start) * p->speed;
            good = p->rec == source && !p->backwards &&
                   fabs(told / RATE - (start + t - from)) < 0.02;
        }
        if (!good)
            fail_msg("%.2f s of the clip is not on source %zu", t, source);
    }
}

static void test_pieces(void **state)
{
    (void)state;
    static float clip[12 * RATE];
    memcpy(clip, sources[0] + 5 * RATE, 4 * RATE * sizeof *clip);
    memcpy(clip + 4 * RATE, sources[2] + 17 * RATE, 5 * RATE * sizeof *clip);
    memcpy(clip + 9 * RATE, sources[1] + 1 * RATE, 3 * RATE * sizeof *clip);
    ew_map *map = small_map(ix, clip, 12 * RATE);
    assert_covers(map);
    assert_found(map, 0, 4, 0, 5);
    assert_found(map, 4, 9, 2, 17);
    assert_found(map, 9, 12, 1, 1);
    for (size_t i = 0; i < map->piece_count; i++)
        assert_true(map->pieces[i].certainty > 0.5 && map->pieces[i].certainty <= 1);
    ew_map_free(map);
}

static void test_foreign(void **state)
{
    (void)state;
    ew_map *map = small_map(ix, sources[SOURCES], N);
    assert_covers(map);
    /* Generated speech is more alike than human speech: a little may be claimed. */
    int64_t claimed = 0;
    for (size_t i = 0; i < map->piece_count; i++)
        claimed += map->pieces[i].clip_end - map->pieces[i].clip_start;
    assert_true(claimed < N / 20);
    ew_map_free(map);
}

static void test_backwards(void **state)
{
    (void)state;
    static float clip[6 * RATE];
    for (size_t i = 0; i < 6 * RATE; i++)
        clip[i] = sources[1][16 * RATE - 1 - i];
    ew_map *map = small_map(ix, clip, 6 * RATE);
    assert_covers(map);
    int64_t backwards = 0;
    for (size_t i = 0; i < map->piece_count; i++) {
        const ew_piece *p = &map->pieces[i];
        if (!p->backwards || p->rec != 1)
            continue;
        assert_true(p->source_start > p->source_end);
        backwards += p->clip_end - p->clip_start;
    }
    assert_true(backwards > 2 * RATE);
    ew_map_free(map);
}

static void test_nothing(void **state)
{
    (void)state;
    static float silence[4 * RATE];
    static const size_t lengths[] = {0, 1, 100, 127, 128, 1024, 4000, 4 * RATE};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        ew_map *map = small_map(ix, silence, lengths[i]);
        assert_covers(map);
        assert_int_equal(map->piece_count, 0);
        for (size_t g = 0; g < map->gap_count; g++)
            assert_true(map->gaps[g].kind != EW_GAP_NO_MATCH);
        ew_map_free(map);
    }
    ew_map_free(NULL);
}

static void test_short(void **state)
{
    (void)state;
    for (size_t n = 1; n < RATE; n += 617) {
        ew_map *map = small_map(ix, sources[0] + 3 * RATE, n);
        assert_covers(map);
        ew_map_free(map);
    }
}

static int stop_at(void *cookie, const char *stage, int64_t done, int64_t total)
{
    (void)stage;
    (void)done;
    (void)total;
    int *left = cookie;
    return (*left)-- <= 0;
}

static void test_cancel(void **state)
{
    (void)state;
    for (int after = 0; after < 3; after++) {
        int left = after;
        ew_progress prog = {stop_at, &left};
        ew_map *map = NULL;
        ew_err err = {.code = EW_OK};
        int64_t live = ew_alloc_live();
        ew_code code = ew_align_clip(ix, sources[0], N, NULL, &prog, &map, &err);
        if (left >= 0) { /* not asked that often */
            assert_int_equal(code, EW_OK);
            ew_map_free(map);
        } else {
            assert_int_equal(code, EW_E_CANCELLED);
            assert_int_equal(err.code, EW_E_CANCELLED);
            assert_null(map);
        }
        assert_true(ew_alloc_live() == live);
    }
}

static ew_code align_work(void *arg, ew_err *err)
{
    (void)arg;
    ew_map *map = NULL;
    ew_code code =
        ew_align_clip(ix, sources[2] + 8 * RATE, 2 * RATE, NULL, NULL, &map, err);
    if (code != EW_OK)
        assert_null(map);
    ew_map_free(map);
    return code;
}

static void test_no_memory(void **state)
{
    (void)state;
    assert_true(test_torture_alloc(align_work, NULL, 150) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces),    cmocka_unit_test(test_foreign),
        cmocka_unit_test(test_backwards), cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_short),     cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, build_archive, drop_archive);
}
