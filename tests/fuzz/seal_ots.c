/* SPDX-License-Identifier: Apache-2.0 */
/* OpenTimestamps proofs: whatever comes, an answer within limits. */
#include <stdlib.h>

#include "seal/ots.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static ew_ots o;
    if (ew_ots_parse(&o, data, size, NULL) != EW_OK)
        return 0;
    if (o.count == 0 || o.count > EW_OTS_ATTESTATIONS)
        abort();
    for (size_t i = 0; i < o.count; i++) {
        const char *p = o.found[i].calendar.p;
        const char *file = (const char *)data;
        if (p != NULL && (p < file || p + o.found[i].calendar.n > file + size))
            abort();
    }
    return 0;
}
