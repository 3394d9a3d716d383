/* SPDX-License-Identifier: Apache-2.0 */
/* The picture's levels: right frequency, right place, bounded size, any chunking. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "inspect/spectrogram.h"
#include "support.h"

enum { RATE = 16000 };

/* A sine of 4 kHz at half scale in the second half, nothing before. */
static float *half_tone(size_t n)
{
    float *x = calloc(n, sizeof *x);

    assert_non_null(x);
    for (size_t i = n / 2; i < n; i++)
        x[i] = 0.5F * (float)sin(2 * 3.14159265358979 * 4000 / RATE * (double)i);
    return x;
}

static ew_spectrogram *image_of(const float *x, size_t n, int64_t likely, size_t chunk)
{
    const ew_inspect_sound sound = {
        .rate_hz = RATE, .channels = 1, .samples_likely = likely};
    ew_inspect__image *i = NULL;
    ew_spectrogram *s = NULL;

    assert_int_equal(ew_inspect__image_new(&i, &sound, NULL), EW_OK);
    for (size_t at = 0; at < n; at += chunk)
        ew_inspect__image_feed(i, x + at, chunk < n - at ? chunk : n - at);
    assert_int_equal(ew_inspect__image_finish(i, &s, NULL), EW_OK);
    ew_inspect__image_free(i);
    return s;
}

static void drop(ew_spectrogram *s)
{
    ew_free(s->db);
    ew_free(s);
}

static void a_tone_is_where_it_is(void **state)
{
    const size_t n = 10 * RATE;
    float *x = half_tone(n);

    (void)state;
    for (int known = 0; known < 2; known++) {
        ew_spectrogram *s = image_of(x, n, known ? (int64_t)n : 0, 4096);
        const size_t row = s->rows / 2;
        size_t first = 0;
        assert_true(s->columns > 300 && s->columns <= EW_INSPECT_COLUMNS_MAX);
        while (s->db[first * s->rows + row] < -20)
            first++;
        assert_true(llabs((int64_t)first * s->step - (int64_t)n / 2) < 1200);
        assert_true(fabs((double)s->db[(s->columns - 9) * s->rows + row] + 6) < 1);
        assert_true(s->db[(s->columns - 9) * s->rows + 10] < -60);
        assert_true(llabs((int64_t)s->columns * s->step - (int64_t)n) < 2048);
        drop(s);
    }
    free(x);
}

static void any_chunking_gives_the_same(void **state)
{
    const size_t n = 100 * RATE;
    float *x = half_tone(n);
    ew_spectrogram *a = image_of(x, n, 0, n), *b = image_of(x, n, 0, 777);

    (void)state;
    assert_int_equal(a->columns, b->columns);
    assert_true(a->step == b->step);
    assert_memory_equal(a->db, b->db, a->columns * a->rows * sizeof *a->db);
    drop(a);
    drop(b);
    free(x);
}

/* Longer than any number of columns of the first size, and than what was announced. */
static void long_sound_is_bounded(void **state)
{
    const size_t n = 700 * RATE;
    float *x = half_tone(n);

    (void)state;
    for (int64_t likely = 1; likely < (int64_t)n * 1000; likely *= 1000) {
        ew_spectrogram *s = image_of(x, n, likely, 65536);
        assert_true(s->columns <= EW_INSPECT_COLUMNS_MAX);
        assert_true(llabs((int64_t)s->columns * s->step - (int64_t)n) <
                    3 * s->step + 20480);
        drop(s);
    }
    free(x);
}

static void short_sound(void **state)
{
    float x[700] = {0};

    (void)state;
    for (size_t n = 0; n <= 700; n += 100) {
        ew_spectrogram *s = image_of(x, n, (int64_t)n, n + 1);
        assert_true(s->columns < 20);
        drop(s);
    }
}

static ew_code work(void *arg, ew_err *err)
{
    const ew_inspect_sound sound = {.rate_hz = RATE, .channels = 1};
    ew_inspect__image *i = NULL;
    ew_spectrogram *s = NULL;
    ew_code rc = ew_inspect__image_new(&i, &sound, err);

    (void)arg;
    if (rc == EW_OK)
        rc = ew_inspect__image_finish(i, &s, err);
    if (s)
        drop(s);
    ew_inspect__image_free(i);
    return rc;
}

static void out_of_memory(void **state)
{
    (void)state;
    assert_true(test_torture_alloc(work, NULL, 0) > 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tone_is_where_it_is),
        cmocka_unit_test(any_chunking_gives_the_same),
        cmocka_unit_test(long_sound_is_bounded),
        cmocka_unit_test(short_sound),
        cmocka_unit_test(out_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
