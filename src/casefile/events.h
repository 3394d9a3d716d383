/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the case file: which events were taken back. */
#ifndef EW_CASEFILE_EVENTS_H
#define EW_CASEFILE_EVENTS_H

#include "casefile/casefile.h"

/* Reads it anew; after opening and after every event that takes one back. */
EW_MUST_CHECK ew_code ew_case__load_undone(ew_case *c, ew_err *err);

/* Was this event taken back, by one that still counts? */
bool ew_case__undone(const ew_case *c, int64_t event);

#endif
