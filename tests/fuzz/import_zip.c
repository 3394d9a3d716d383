/* SPDX-License-Identifier: Apache-2.0 */
/* ZIP files, whole, cut off and hostile: every member is read forwards and backwards, and is the
 * same when it can be read both times. */
#include "imports.h"

static uint64_t hashes[16];

static ew_code add(void *cookie, const void *bytes, size_t n, ew_err *err)
{
    uint64_t *h = cookie;
    (void)err;
    for (size_t i = 0; i < n; i++)
        *h = (*h ^ ((const uint8_t *)bytes)[i]) * 0x100000001B3;
    return EW_OK;
}

static uint64_t hash_of(ew_delivery *d, size_t i)
{
    uint64_t h = 1;
    return ew_delivery_stream(d, i, add, &h, NULL) == EW_OK ? h : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[128];
    ew_delivery *d = NULL;
    (void)fuzz_begin("zip");
    fuzz_clear(0);
    fuzz_put(0, "x.zip", data, size);
    (void)snprintf(path, sizeof path, "%s/x.zip", fuzz_dir);
    if (ew_delivery_open(&d, path, NULL) != EW_OK)
        return 0;
    size_t n = ew_delivery_count(d);
    n = n < sizeof hashes / sizeof hashes[0] ? n : sizeof hashes / sizeof hashes[0];
    for (size_t i = 0; i < n; i++)
        hashes[i] = hash_of(d, i);
    for (size_t i = n; i-- > 0;) {
        uint64_t h = hash_of(d, i);
        if (h != 0 && hashes[i] != 0 && h != hashes[i])
            abort();
    }
    for (size_t i = 0; ew_delivery_odd(d, i) != NULL; i++)
        if (ew_delivery_odd(d, i)[0] == 0)
            abort();
    ew_delivery_close(d);
    return 0;
}
