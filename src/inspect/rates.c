/* SPDX-License-Identifier: Apache-2.0 */
/* The measured rates, by method and strength. tests/bench/inspect_rates.py --c-table prints the
 * lines; docs/inspect.md says what on. */
#include "inspect/rates.h"

#include <stddef.h>
#include <string.h>

enum { STEPS = 14 };

/* What is weaker than all that was counted. */
static const double VERY_OFTEN = 1000;

typedef struct rate {
    double strength, per_hour; /* at least so strong: at most so many */
} rate;

typedef struct method_rates {
    const char *method;
    rate steps[STEPS]; /* rising strengths, up to one with per_hour 0 */
} method_rates;

static const method_rates RATES[] = {
    {"bandwidth",
     {{14.13, 20},
      {17.24, 9.9},
      {19.62, 5.9},
      {21.66, 3.9},
      {23.26, 3},
      {25.13, 1.9},
      {26.01, 1.4},
      {26.54, 0.96},
      {27.09, 0.67},
      {27.37, 0.48},
      {30.44, 0.29},
      {32.5, 0.096}}},
    {"clipping", {{0, 0.096}}},
    {"copy-move",
     {{0.4373, 5.9},
      {0.6936, 3.9},
      {0.7919, 3},
      {0.9087, 1.9},
      {1.005, 1.4},
      {1.356, 0.96},
      {1.615, 0.67},
      {2.007, 0.48},
      {3.68, 0.29},
      {4.923, 0.096}}},
    {"dc-offset",
     {{4.631, 20},
      {5.066, 9.9},
      {5.458, 5.9},
      {5.761, 3.9},
      {6.079, 3},
      {6.609, 1.9},
      {6.906, 1.4},
      {8.595, 0.96},
      {10.16, 0.67},
      {11.13, 0.48},
      {11.21, 0.29},
      {24.28, 0.096}}},
    {"digital-silence", {{0, 0.096}}},
    {"discontinuity",
     {{5.933, 20},
      {6.874, 9.9},
      {7.681, 5.9},
      {8.435, 3.9},
      {9.09, 3},
      {10.12, 1.9},
      {10.22, 1.4},
      {10.68, 0.96},
      {11.08, 0.67},
      {11.89, 0.48},
      {13.23, 0.29},
      {15.96, 0.096}}},
    {"frame-grid", {{0, 0.12}}},
    {"hum",
     {{35.37, 20},
      {40.62, 10},
      {43.13, 5.8},
      {46.68, 3.9},
      {48.33, 2.9},
      {53.07, 1.9},
      {56.88, 1.3},
      {60.92, 0.64},
      {63.05, 0.32},
      {64.31, 0.32}}},
    {"level-change",
     {{1.077, 20},
      {1.392, 9.9},
      {1.707, 5.9},
      {1.955, 3.9},
      {2.193, 3},
      {2.442, 1.9},
      {2.558, 1.4},
      {2.959, 0.96},
      {3.086, 0.67},
      {3.121, 0.48},
      {3.269, 0.29},
      {4.277, 0.096}}},
    {"noise-floor",
     {{0.9364, 20},
      {1.099, 10},
      {1.256, 6},
      {1.368, 3.9},
      {1.489, 2.9},
      {1.89, 1.9},
      {2.332, 1.4},
      {2.627, 0.91},
      {2.891, 0.61},
      {3.552, 0.4},
      {3.82, 0.2},
      {4.323, 0.1}}},
    {"resampling",
     {{5.697, 20},
      {7.796, 9.8},
      {11.97, 5.9},
      {13.98, 3.9},
      {15.32, 2.9},
      {18.55, 2},
      {24.11, 1.4},
      {26.4, 0.98},
      {38.28, 0.59},
      {39.52, 0.39},
      {89.54, 0.2},
      {91.33, 0.2}}},
};

double ew_inspect__false_per_hour(const char *method, double strength)
{
    const method_rates *m = NULL;
    double found = VERY_OFTEN;

    for (size_t i = 0; i < sizeof RATES / sizeof *RATES; i++)
        if (strcmp(RATES[i].method, method) == 0)
            m = &RATES[i];
    if (!m)
        return -1;
    for (size_t i = 0; i < STEPS && m->steps[i].per_hour > 0; i++)
        if (strength >= m->steps[i].strength)
            found = m->steps[i].per_hour;
    return found;
}
