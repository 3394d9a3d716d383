/* SPDX-License-Identifier: Apache-2.0 */
/* The transform of AAC against its definition. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "inspect/mdct.h"
#include "support.h"

enum { HOPS = 1024, SPAN = 7 * HOPS + EW_MDCT_SAMPLES };

static const double pi = 3.14159265358979323846;

static void compare(const float *x, size_t hop)
{
    static float window[EW_MDCT_SAMPLES];
    float *lines = ew_alloc_aligned((size_t)EW_MDCT_LINES * EW_MDCT_LANES, sizeof *lines);
    ew_mdct *m = NULL;

    for (int i = 0; i < EW_MDCT_SAMPLES; i++)
        window[i] =
            (float)(0.3 + i / 3000.0); /* not even: a reversed one would be seen */
    assert_non_null(lines);
    assert_int_equal(ew_mdct_new(&m, NULL), EW_OK);
    ew_mdct_step(m, x, hop, window, lines);
    for (size_t l = 0; l < EW_MDCT_LANES; l++) {
        for (int k = 0; k < EW_MDCT_LINES; k += 93) {
            double want = 0, got = (double)lines[k * EW_MDCT_LANES + (int)l];
            for (int i = 0; i < EW_MDCT_SAMPLES; i++)
                want += (double)(x[l * hop + (size_t)i] * window[i]) * sqrt(2.0 / 1024) *
                        cos(pi / 1024 * (i + 0.5 + 512) * (k + 0.5));
            if (fabs(got - want) > 2e-5)
                fail_msg("block %zu line %d: %g, not %g", l, k, got, want);
        }
    }
    ew_mdct_free(m);
    ew_free(lines);
}

static void test_definition(void **state)
{
    static float x[SPAN];
    uint64_t seed = 5;

    (void)state;
    for (size_t i = 0; i < SPAN; i++)
        x[i] = (float)((double)(test_random(&seed) >> 11) / 4503599627370496.0 - 1);
    compare(x, 1);
    compare(x, 7);
    compare(x, HOPS);
}

static ew_code make(void *arg, ew_err *err)
{
    ew_mdct *m = NULL;
    ew_code rc = ew_mdct_new(&m, err);

    (void)arg;
    ew_mdct_free(m);
    return rc;
}

static void test_alloc(void **state)
{
    (void)state;
    assert_true(test_torture_alloc(make, NULL, 0) >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_definition),
        cmocka_unit_test(test_alloc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
