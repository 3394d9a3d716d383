/* SPDX-License-Identifier: Apache-2.0 */
/* A set of texts, each with a number, that knows them by their hash and does not grow without end. */
#ifndef EW_IMPORT_WARC_SET_H
#define EW_IMPORT_WARC_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

enum { EW_WARC_SET_MAX = 1 << 20 };

typedef struct ew_warc_set ew_warc_set;

EW_MUST_CHECK ew_code ew_warc_set_new(ew_warc_set **out, ew_err *err);
void ew_warc_set_free(ew_warc_set *s);

/* A text that is there keeps its number. Beyond EW_WARC_SET_MAX nothing is added, and ew_warc_set_full is true. */
EW_MUST_CHECK ew_code ew_warc_set_add(ew_warc_set *s, ew_slice text, uint32_t number,
                                      ew_err *err);
bool ew_warc_set_find(const ew_warc_set *s, ew_slice text, uint32_t *number);
bool ew_warc_set_full(const ew_warc_set *s);

#endif
