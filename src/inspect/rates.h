/* SPDX-License-Identifier: Apache-2.0 */
/* How often each method finds a sign of change where there is none, as measured. */
#ifndef EW_INSPECT_RATES_H
#define EW_INSPECT_RATES_H

/* Findings of `method` at least this strong per hour of sound that nobody changed;
 * -1 when that was not measured. Never rises with strength. */
double ew_inspect__false_per_hour(const char *method, double strength);

#endif
