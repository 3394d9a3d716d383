/* SPDX-License-Identifier: Apache-2.0 */
/* Sound at other rates: tones keep their places, chunks do not matter, odd ratios are left. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "inspect/grid_rate.h"
#include "support.h"

enum { N = 6000, ROOM = 200000 };

static const double pi = 3.14159265358979323846;

typedef struct sink_state {
    float pair[2 * ROOM];
    size_t count;
} sink_state;

static ew_code sink(void *state, const float *pair, size_t samples, ew_err *err)
{
    sink_state *s = state;

    (void)err;
    assert_true(s->count + samples <= ROOM);
    memcpy(s->pair + 2 * s->count, pair, 2 * samples * sizeof(float));
    s->count += samples;
    return EW_OK;
}

static void resample(sink_state *to, uint32_t rate_hz, uint32_t had_hz, const float *pair,
                     size_t chunk)
{
    ew_mp3_grid *mp3 = NULL;
    ew_grid_rate *r = NULL;

    to->count = 0;
    assert_int_equal(ew_mp3_grid_new(&mp3, NULL), EW_OK);
    assert_int_equal(ew_grid_rate_new(&r, rate_hz, had_hz, mp3, NULL), EW_OK);
    assert_non_null(r);
    for (size_t at = 0; at < N; at += chunk) {
        size_t n = N - at < chunk ? N - at : chunk;
        assert_int_equal(ew_grid_rate_feed(r, pair + 2 * at, n, sink, to, NULL), EW_OK);
    }
    ew_grid_rate_free(r);
    ew_mp3_grid_free(mp3);
}

static void tones(float *pair, uint32_t rate_hz)
{
    for (size_t i = 0; i < N; i++) {
        pair[2 * i] = (float)(0.5 * sin(2 * pi * 1000 * (double)i / rate_hz));
        pair[2 * i + 1] = (float)(0.5 * cos(2 * pi * 5000 * (double)i / rate_hz));
    }
}

static void test_tones(void **state)
{
    static const uint32_t rates[][2] = {
        {16000, 44100}, {16000, 48000}, {44100, 48000}, {48000, 22050}, {22050, 44100}};
    static float pair[2 * N];
    static sink_state out;

    (void)state;
    for (size_t k = 0; k < sizeof rates / sizeof *rates; k++) {
        double fine = 4.0 * rates[k][1];
        size_t edge = 400 * 4;
        tones(pair, rates[k][0]);
        resample(&out, rates[k][0], rates[k][1], pair, 1000);
        assert_true((double)out.count > (N - 200.0) * fine / rates[k][0]);
        for (size_t i = edge; i + edge < out.count; i++) {
            double left = 0.5 * sin(2 * pi * 1000 * (double)i / fine);
            double right = 0.5 * cos(2 * pi * 5000 * (double)i / fine);
            assert_true(fabs((double)out.pair[2 * i] - left) < 1e-4);
            assert_true(fabs((double)out.pair[2 * i + 1] - right) < 1e-4);
        }
    }
}

static void test_chunks_do_not_matter(void **state)
{
    static float pair[2 * N];
    static sink_state want, got;

    (void)state;
    tones(pair, 16000);
    resample(&want, 16000, 44100, pair, N);
    for (size_t chunk = 1; chunk < 3000; chunk = chunk * 7 + 1) {
        resample(&got, 16000, 44100, pair, chunk);
        assert_int_equal(got.count, want.count);
        assert_memory_equal(got.pair, want.pair, 2 * want.count * sizeof(float));
    }
}

static void test_odd_ratio(void **state)
{
    ew_mp3_grid *mp3 = NULL;
    ew_grid_rate *r = NULL;

    (void)state;
    assert_int_equal(ew_mp3_grid_new(&mp3, NULL), EW_OK);
    assert_int_equal(ew_grid_rate_new(&r, 44101, 48000, mp3, NULL), EW_OK);
    assert_null(r);
    assert_int_equal(ew_grid_rate_new(&r, 768000, 22050, mp3, NULL), EW_OK);
    ew_grid_rate_free(r);
    ew_grid_rate_free(NULL);
    ew_mp3_grid_free(mp3);
}

static ew_code make(void *arg, ew_err *err)
{
    ew_mp3_grid *mp3 = NULL;
    ew_grid_rate *r = NULL;
    ew_code rc = ew_mp3_grid_new(&mp3, err);

    (void)arg;
    if (rc >= 0)
        rc = ew_grid_rate_new(&r, 16000, 44100, mp3, err);
    ew_grid_rate_free(r);
    ew_mp3_grid_free(mp3);
    return rc;
}

static void test_alloc(void **state)
{
    (void)state;
    assert_true(test_torture_alloc(make, NULL, 0) >= 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tones),
        cmocka_unit_test(test_chunks_do_not_matter),
        cmocka_unit_test(test_odd_ratio),
        cmocka_unit_test(test_alloc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
