/* SPDX-License-Identifier: Apache-2.0 */
/* A proof that parses is written again byte for byte. */
#include <stdlib.h>
#include <string.h>

#include "seal/checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ew_tlog_proof *p = NULL;
    ew_buf b;
    if (ew_tlog_proof_parse(&p, data, size, NULL) != EW_OK)
        return 0;
    (void)ew_tlog_proof_holds(p, ew_slice_of("entry"));
    ew_slice note = {p->note->bytes, p->note->n};
    ew_buf_init(&b, size);
    if (ew_tlog_proof_append(&b, p, note, NULL) != EW_OK || b.len != size ||
        memcmp(b.data, data, size) != 0)
        abort();
    ew_buf_release(&b);
    ew_tlog_proof_free(p);
    return 0;
}
