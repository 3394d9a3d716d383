/* SPDX-License-Identifier: Apache-2.0 */
/* The real transform against a direct sum, and there and back again. */
#include "dsp/fft.h"

#include <math.h>

#include "support.h"

static const double pi = 3.14159265358979323846;

static void fill(float *x, size_t n)
{
    uint32_t s = 12345;

    for (size_t i = 0; i < n; i++) {
        s = s * 1664525u + 1013904223u;
        x[i] = (float)(s >> 8) / 8388608.0f - 1.0f;
    }
}

static void agrees_with_direct_sum(void **state)
{
    enum { SIZE = 90 };
    float x[SIZE];
    ew_cpx got[SIZE / 2 + 1];
    ew_fft *f;
    ew_err err;

    (void)state;
    assert_int_equal(ew_fft_new(&f, SIZE, &err), EW_OK);
    fill(x, SIZE);
    ew_fft_forward(f, x, got);
    for (int k = 0; k <= SIZE / 2; k++) {
        double re = 0, im = 0;

        for (int i = 0; i < SIZE; i++) {
            re += (double)x[i] * cos(2 * pi * i * k / SIZE);
            im -= (double)x[i] * sin(2 * pi * i * k / SIZE);
        }
        assert_true(fabs(re - (double)got[k].re) < 1e-4);
        assert_true(fabs(im - (double)got[k].im) < 1e-4);
    }
    ew_fft_free(f);
}

static void comes_back(void **state)
{
    enum { SIZE = 4096 };
    float x[SIZE], y[SIZE];
    ew_cpx s[SIZE / 2 + 1];
    ew_fft *f;
    ew_err err;

    (void)state;
    assert_int_equal(ew_fft_new(&f, SIZE, &err), EW_OK);
    fill(x, SIZE);
    ew_fft_forward(f, x, s);
    ew_fft_inverse(f, s, y);
    for (int i = 0; i < SIZE; i++)
        assert_true(fabsf(y[i] / SIZE - x[i]) < 1e-5f);
    ew_fft_free(f);
}

static void sizes_are_products_of_small_primes(void **state)
{
    (void)state;
    assert_int_equal(ew_fft_good_size(0), 2);
    assert_int_equal(ew_fft_good_size(7), 8);
    assert_int_equal(ew_fft_good_size(90), 90);
    assert_int_equal(ew_fft_good_size(91), 96);
    assert_int_equal(ew_fft_good_size(1021), 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_direct_sum),
        cmocka_unit_test(comes_back),
        cmocka_unit_test(sizes_are_products_of_small_primes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
