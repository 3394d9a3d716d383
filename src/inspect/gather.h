/* SPDX-License-Identifier: Apache-2.0 */
/* The end of an inspection: what is kept of the candidates, and in which order. */
#ifndef EW_INSPECT_GATHER_H
#define EW_INSPECT_GATHER_H

#include "earwitness/inspect.h"

/* Leaves out signs of change that untouched sound gives too often, keeps spans inside the
 * sound, limits the number of findings per method, sorts all lists. */
void ew_inspect__settle(ew_inspection *found, double max_false_per_hour);

#endif
