/* SPDX-License-Identifier: Apache-2.0 */
/* Moments as text: "2026-03-01T14:05:09Z", the one spelling that formats and reports use. */
#ifndef EW_BASE_WHEN_H
#define EW_BASE_WHEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EW_ISO_CHARS = 20, EW_ISO_TEXT = EW_ISO_CHARS + 1 };

/* "unknown" outside the years 1 to 9999. POSIX seconds; Gregorian calendar, UTC. */
const char *ew_iso_text(int64_t unix_seconds, char text[EW_ISO_TEXT]);

/* Exactly what ew_iso_text writes for some moment; false for everything else. */
bool ew_iso_parse(const char *text, size_t n, int64_t *unix_seconds);

#endif
