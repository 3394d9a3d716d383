/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of other projects: read where they are, beside the source tree; without them the
 * test that needs them says so and is skipped. */
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

/* The path of a vector, or NULL when there are none. */
static inline const char *vector_path(const char *name)
{
    static char paths[8][1024];
    static unsigned next;
    char *path = paths[next++ % 8];
    const char *source = getenv("EARWITNESS_SOURCE");
    struct stat st;
    if (snprintf(path, sizeof paths[0], "%s/../shared/vectors/%s",
                 source != NULL ? source : ".", name) >= (int)sizeof paths[0])
        return NULL;
    return stat(path, &st) == 0 ? path : NULL;
}

/* The same; skips the running test. */
static inline const char *vector_need(const char *name)
{
    const char *path = vector_path(name);
    if (path == NULL) {
        print_message("# SKIP no ../shared/vectors/%s\n", name);
        skip();
    }
    return path;
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
