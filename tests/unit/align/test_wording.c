/* SPDX-License-Identifier: Apache-2.0 */
/* What a piece may be called: one piece that drifts, a blanked word, silence around, a word
 * replaced, the same sound in several recordings. */
#include <math.h>
#include <string.h>

#include "earwitness/align.h"
#include "small_archive.h"
#include "support.h"

enum { RATE = EW_FP_RATE_HZ, SOURCES = 3, SECONDS = 40, N = RATE * SECONDS };
enum { JINGLE = 4 * RATE, JINGLE_AT = 20 * RATE };

static float sources[SOURCES + 1][N]; /* the last one is in no archive */
static float clip[N];
static ew_index *ix;
static char *dir;

/* Sources 1 and 2 share a jingle. */
static int build_archive(void **state)
{
    (void)state;
    dir = test_dir_new();
    for (int i = 0; i <= SOURCES; i++)
        test_speech(sources[i], N, RATE, 500 + (uint64_t)i);
    memcpy(sources[2] + JINGLE_AT, sources[1] + JINGLE_AT, JINGLE * sizeof(float));
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

/* The kind of the gap at a time in seconds; fails when a piece is there. */
static ew_gap_kind gap_at(const ew_map *map, double t)
{
    for (size_t i = 0; i < map->gap_count; i++)
        if (t * RATE >= (double)map->gaps[i].clip_start &&
            t * RATE < (double)map->gaps[i].clip_end)
            return map->gaps[i].kind;
    fail_msg("at %.2f s a piece is claimed", t);
    return EW_GAP_SHORT;
}

/* Half a percent faster is one piece with that speed, not several that jump. */
static void test_drift(void **state)
{
    const double speed = 1.005;
    const size_t n = 30 * RATE;
    ew_map *map;

    (void)state;
    for (size_t i = 0; i < n; i++) {
        double at = 2 * RATE + (double)i * speed;
        size_t k = (size_t)at;

        clip[i] =
            sources[0][k] + (sources[0][k + 1] - sources[0][k]) * (float)(at - (double)k);
    }
    map = small_map(ix, clip, n);
    assert_int_equal(map->piece_count, 1);
    assert_true(fabs(map->pieces[0].speed - speed) < 0.0005);
    assert_true(map->pieces[0].clip_start == 0 && map->pieces[0].clip_end == (int64_t)n);
    ew_map_free(map);
}

static void test_silence_around(void **state)
{
    ew_map *map;

    (void)state;
    memset(clip, 0, sizeof(clip));
    memcpy(clip + 3 * RATE, sources[0] + 10 * RATE, 6 * RATE * sizeof(float));
    map = small_map(ix, clip, 12 * RATE);
    assert_int_equal(map->piece_count, 1);
    assert_int_equal(gap_at(map, 1), EW_GAP_SILENCE);
    assert_int_equal(gap_at(map, 11), EW_GAP_SILENCE);
    ew_map_free(map);
}

/* Zeros or a tone over a name: the recording has other sound there, and that is said. */
static void test_blanked(void **state)
{
    (void)state;
    for (int tone = 0; tone < 2; tone++) {
        ew_map *map;

        memcpy(clip, sources[0] + 5 * RATE, 12 * RATE * sizeof(float));
        for (int i = 5 * RATE; i < 13 * RATE / 2; i++)
            clip[i] = tone ? 0.3f * (float)sin(0.785398163 * i) : 0;
        map = small_map(ix, clip, 12 * RATE);
        assert_int_equal(gap_at(map, 5.7), EW_GAP_BLANKED);
        assert_int_equal(map->piece_count, 2);
        ew_map_free(map);
    }
}

/* A word of half a second put in the place of another is not taken for the recording. */
static void test_replaced(void **state)
{
    ew_map *map;

    (void)state;
    memcpy(clip, sources[0] + 5 * RATE, 12 * RATE * sizeof(float));
    memcpy(clip + 5 * RATE, sources[SOURCES] + 7 * RATE, RATE / 2 * sizeof(float));
    map = small_map(ix, clip, 12 * RATE);
    assert_true(gap_at(map, 5.25) != EW_GAP_SILENCE);
    ew_map_free(map);
}

static void test_others(void **state)
{
    ew_map *map;

    (void)state;
    memcpy(clip, sources[1] + JINGLE_AT, JINGLE * sizeof(float));
    map = small_map(ix, clip, JINGLE);
    assert_int_equal(map->piece_count, 1);
    assert_int_equal(map->pieces[0].other_count, 1);
    assert_int_equal(map->pieces[0].rec + map->pieces[0].others[0].rec, 3);
    assert_true(fabs(map->pieces[0].others[0].source_start - JINGLE_AT) < RATE / 10);
    ew_map_free(map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_drift),   cmocka_unit_test(test_silence_around),
        cmocka_unit_test(test_blanked), cmocka_unit_test(test_replaced),
        cmocka_unit_test(test_others),
    };
    return cmocka_run_group_tests(tests, build_archive, drop_archive);
}
