/* SPDX-License-Identifier: Apache-2.0 */
/* inspect/frames and inspect/bands: which frames there are, and their levels. */
#include "methods.h"

#include "inspect/bands.h"
#include "inspect/frames.h"

struct count {
    size_t frames;
    double most;
};

static ew_code take(void *self, const float *power, size_t count, ew_err *err)
{
    struct count *c = self;

    (void)err;
    for (size_t k = 0; k < EW_SPECTRA_BINS; k++)
        for (size_t l = 0; l < count; l++)
            c->most = fmax(c->most, (double)power[k * 8 + l]);
    c->frames += count;
    return EW_OK;
}

static size_t frames_of(size_t n, size_t hop, size_t chunk, double *most)
{
    ew_inspect__frames *f = NULL;
    float *x = calloc(n + 1, sizeof *x);
    struct count c = {0};
    ew_err err;

    assert_non_null(x);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)sin(6.283185307179586 * 64 / 1024 * (double)i);
    assert_int_equal(ew_inspect__frames_new(&f, hop, &err), EW_OK);
    for (size_t i = 0; i < n; i += chunk)
        assert_int_equal(ew_inspect__frames_feed(f, x + i, n - i < chunk ? n - i : chunk,
                                                 take, &c, &err),
                         EW_OK);
    assert_int_equal(ew_inspect__frames_finish(f, take, &c, &err), EW_OK);
    ew_inspect__frames_free(f);
    free(x);
    *most = c.most;
    return c.frames;
}

static void every_whole_frame_is_given_once(void **state)
{
    static const size_t hops[] = {100, 320, 1024, 1500, 3840};

    (void)state;
    for (size_t h = 0; h < sizeof hops / sizeof *hops; h++) {
        for (size_t n = 0; n < 60000; n += 1777) {
            size_t want = n < 1024 ? 0 : 1 + (n - 1024) / hops[h];
            double most;

            assert_int_equal(frames_of(n, hops[h], 4096, &most), want);
            assert_int_equal(frames_of(n, hops[h], 333, &most), want);
        }
    }
}

static void a_full_sine_is_one(void **state)
{
    double most;

    (void)state;
    frames_of(20000, 500, 4096, &most);
    assert_true(most > 0.98 && most < 1.02);
}

static void bands_hold_levels(void **state)
{
    enum { N = 4 * RATE };
    ew_inspect__bands *b = NULL;
    float *x = calloc(N, sizeof *x);
    const uint8_t *row;
    ew_err err;

    (void)state;
    assert_non_null(x);
    for (size_t i = 0; i < N / 2; i++) /* 1 kHz, 40 dB below full scale; then nothing */
        x[i] = (float)(0.01 * sin(6.283185307179586 * 1000 / RATE * (double)i));
    assert_int_equal(ew_inspect__bands_new(&b, RATE, &err), EW_OK);
    assert_int_equal(ew_inspect__bands_feed(b, x, N, &err), EW_OK);
    assert_int_equal(ew_inspect__bands_finish(b, &err), EW_OK);
    row = ew_inspect__bands_row(b, 20);
    for (size_t k = 0; k < ew_inspect__bands_count(b); k++) {
        double db = ew_inspect__band_db(row[k]), hz = ew_inspect__band_hz(k);

        if (hz > 920 && hz < 1080)
            assert_true(fabs(db + 40 - 1.76) < 1.5); /* the window spreads it */
        else
            assert_true(db < -50);
    }
    row = ew_inspect__bands_row(b, ew_inspect__bands_rows(b) - 1);
    assert_int_equal(row[3], EW_INSPECT__BAND_SILENT);
    ew_inspect__bands_free(b);
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_whole_frame_is_given_once),
        cmocka_unit_test(a_full_sine_is_one),
        cmocka_unit_test(bands_hold_levels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
