/* SPDX-License-Identifier: Apache-2.0 */
/* The Hann window from either side. */
#include "dsp/window.h"

#include <math.h>

#include "support.h"

static void test_window(void **state)
{
    float w[8], sum = 0;

    (void)state;
    ew_hann_fill(w, 8, 0);
    assert_true(w[0] == 0 && w[4] == 1 && w[1] == w[7]);
    for (int i = 0; i < 4; i++)
        assert_true(fabsf(w[i] + w[i + 4] - 1) < 1e-6f); /* halves overlap to 1 */
    ew_hann_fill(w, 8, 0.5);
    for (int i = 0; i < 8; i++) {
        assert_true(fabsf(w[i] - w[7 - i]) < 1e-6f);
        sum += w[i];
    }
    assert_true(fabsf(sum - 4) < 1e-5f);
    assert_true(fabs(ew_hann(1, 4) - 0.5) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_window)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
