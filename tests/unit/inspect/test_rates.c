/* SPDX-License-Identifier: Apache-2.0 */
/* inspect/rates: the table reads as it should. */
#include "support.h"

#include "earwitness/inspect.h"
#include "inspect/rates.h"

static void rates_never_rise_with_strength(void **state)
{
    (void)state;
    for (size_t i = 0; ew_inspect_method_name(i); i++) {
        double last = 1e9;

        for (double strength = 0.01; strength < 1e4; strength *= 1.05) {
            double rate = ew_inspect__false_per_hour(ew_inspect_method_name(i), strength);

            if (rate < 0)
                continue;
            assert_true(rate <= last && rate > 0);
            last = rate;
        }
    }
}

static void weak_findings_come_often(void **state)
{
    (void)state;
    assert_true(ew_inspect__false_per_hour("discontinuity", 1.8) >= 10);
    assert_true(ew_inspect__false_per_hour("discontinuity", 100) < 1);
    assert_true(ew_inspect__false_per_hour("hum", 1000) < 1);
}

static void unknown_methods_were_not_measured(void **state)
{
    (void)state;
    assert_true(ew_inspect__false_per_hour("tea-leaves", 5) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_never_rise_with_strength),
        cmocka_unit_test(weak_findings_come_often),
        cmocka_unit_test(unknown_methods_were_not_measured),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
