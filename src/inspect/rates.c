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
     {{13.45, 20},
      {16.59, 9.9},
      {18.47, 5.9},
      {20.16, 4},
      {21.35, 2.9},
      {23.21, 2},
      {23.93, 1.4},
      {24.8, 0.93},
      {25.14, 0.7},
      {26.08, 0.47},
      {26.33, 0.23},
      {26.86, 0.12}}},
    {"clipping", {{0, 0.12}}},
    {"copy-move",
     {{0.5794, 5.9},
      {0.7739, 4},
      {0.8402, 2.9},
      {0.9679, 2},
      {1.185, 1.4},
      {1.396, 0.93},
      {1.815, 0.7},
      {2.7, 0.47},
      {4.656, 0.23},
      {4.923, 0.12}}},
    {"dc-offset",
     {{4.587, 20},
      {4.992, 9.9},
      {5.261, 5.9},
      {5.561, 4},
      {5.771, 2.9},
      {6.158, 2},
      {6.34, 1.4},
      {6.81, 0.93},
      {7.244, 0.7},
      {10.11, 0.47},
      {10.94, 0.23},
      {11.44, 0.12}}},
    {"digital-silence", {{0, 0.12}}},
    {"discontinuity",
     {{5.919, 20},
      {6.8, 9.9},
      {7.488, 5.9},
      {8.335, 4},
      {8.902, 2.9},
      {9.512, 2},
      {10.18, 1.4},
      {10.51, 0.93},
      {11.08, 0.7},
      {11.89, 0.47},
      {13.23, 0.23},
      {15.96, 0.12}}},
    {"hum",
     {{34.57, 20},
      {40.7, 9.8},
      {43.13, 5.7},
      {45.27, 3.8},
      {48.33, 2.6},
      {52.89, 1.9},
      {54.01, 1.1},
      {56.88, 0.75},
      {58.02, 0.38}}},
    {"level-change",
     {{1.127, 20},
      {1.479, 9.9},
      {1.834, 5.9},
      {2.106, 4},
      {2.284, 2.9},
      {2.515, 2},
      {2.638, 1.4},
      {2.996, 0.93},
      {3.102, 0.7},
      {3.153, 0.47},
      {3.308, 0.23},
      {4.277, 0.12}}},
    {"noise-floor",
     {{0.9284, 20},
      {1.074, 10},
      {1.253, 5.9},
      {1.368, 3.9},
      {1.489, 3},
      {1.918, 2},
      {2.34, 1.5},
      {2.627, 0.98},
      {2.891, 0.62},
      {3.661, 0.25},
      {3.896, 0.12}}},
    {"resampling",
     {{5.69, 20},
      {7.796, 9.9},
      {11.97, 5.9},
      {13.98, 4},
      {15.32, 3},
      {18.55, 2},
      {24.11, 1.4},
      {26.4, 0.99},
      {38.28, 0.59},
      {39.52, 0.4},
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
