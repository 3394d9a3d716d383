/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of other projects (support.h says where they are) that are JSON. */
#ifndef EW_TEST_SEAL_VECTORS_H
#define EW_TEST_SEAL_VECTORS_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <jansson.h>
#include <sodium.h>

#include "support.h"

/* Numbers are read as real ones, so that 2^64 - 1 is one too. */
static inline uint64_t vector_u64(const json_t *j, const char *key)
{
    double v = json_number_value(json_object_get(j, key));
    return v >= 0x1p64 ? UINT64_MAX : (uint64_t)v;
}

static inline json_t *vector_json(const char *path)
{
    json_error_t at;
    json_t *j = json_load_file(path, JSON_DECODE_INT_AS_REAL, &at);
    if (j == NULL)
        fail_msg("%s: %s", path, at.text);
    return j;
}

#endif
