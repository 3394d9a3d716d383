/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle is never verified by a policy that names nobody, and what is no bundle is broken. The
 * container is also read alone: with checksums in the way, little gets further. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "earwitness/seal.h"
#include "seal/cover_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input as a cover for a file of nine parts that is shown in two runs. */
static void read_cover(const uint8_t *data, size_t size)
{
    static const char zeros[64];
    const ew_zip_file files[2] = {{{"a", 1}, {zeros, 40}}, {{"b", 1}, {zeros, 20}}};
    ew_seal seal = {.stream_count = 1};
    ew_cover_file cover;
    seal.streams[0].splitter = EW_SPLIT_PARA;
    seal.streams[0].n = 9;
    ew_slice bytes = {(const char *)data, size};
    if (ew_cover_file_parse(&cover, bytes, &seal, files, 2, NULL) != EW_OK)
        return;
    uint64_t sum = 0;
    for (size_t i = 0; i < cover.streams[0].visible; i++)
        sum += cover.streams[0].lengths[i];
    if (sum != 60 || cover.run_total != 2)
        abort();
    ew_cover_file_release(&cover);
}

static void read_seal(const uint8_t *data, size_t size)
{
    ew_seal seal;
    ew_buf b;
    ew_slice text = {(const char *)data, size};
    if (ew_seal_parse(&seal, text, NULL) != EW_OK)
        return;
    ew_buf_init(&b, size);
    if (ew_seal_append(&b, &seal, NULL) != EW_OK || b.len != size ||
        memcmp(b.data, data, size) != 0)
        abort();
    ew_buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char nobody[] = "quorum none\n";
    ew_verdict v;
    ew_verify_in in = {.bundle = data,
                       .bundle_bytes = size,
                       .policy = nobody,
                       .policy_bytes = sizeof nobody - 1};
    if (ew_bundle_verify(&in, &v, NULL) != EW_OK)
        abort();
    if (v.state == EW_VERIFIED || v.reason[0] == 0 || v.seal_key_trusted || v.log_trusted)
        abort();
    read_cover(data, size);
    read_seal(data, size);
    return 0;
}
