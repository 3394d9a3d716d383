/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte chooses the splitter. What is cut is the whole input, and every part passes
 * the check for visible ones; the check takes any bytes. */
#include <stdlib.h>

#include "seal/split.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const ew_cuts *cuts, const ew_stream *s, const uint8_t *bytes,
                  size_t size)
{
    uint64_t at = 0;
    for (size_t i = 0; i < cuts->n; i++) {
        if (cuts->ends[i] < at)
            abort();
        uint64_t n = cuts->ends[i] - at;
        ew_shown run = {i, 1, &cuts->kinds[i], &n, bytes + at};
        if (!ew_split_fits(s, &run) && size > 0)
            abort();
        at = cuts->ends[i];
    }
    if (at != size)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    ew_splitter which = (ew_splitter)(data[0] % (EW_SPLIT_SEALS + 1));
    ew_memory m = {data + 1, size - 1};
    ew_src src = ew_src_memory(&m);
    ew_cuts cuts;
    ew_stream s;
    if (ew_split(&src, which, &cuts, &s, NULL) == EW_OK) {
        check(&cuts, &s, data + 1, size - 1);
        ew_cuts_release(&cuts);
    }
    /* As one visible part of whatever the first byte says. */
    uint8_t kind = data[0] >> 4;
    uint64_t n = size - 1;
    s = (ew_stream){.splitter = (ew_splitter)(1 + data[0] % EW_SPLIT_SEALS), .n = 3};
    s.rate_hz = 8000;
    s.channels = 1;
    s.block_frames = 800;
    ew_shown run = {data[0] & 1, 1, &kind, &n, data + 1};
    (void)ew_split_fits(&s, &run);
    return 0;
}
