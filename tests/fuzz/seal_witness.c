/* SPDX-License-Identifier: Apache-2.0 */
/* A request to a witness, and a witness's memory: whatever the bytes, nothing is cosigned but a
 * continuation of what was seen, and what is understood has one spelling. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "seal/witness_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The key of the worked proof: what the corpus holds is signed by it. */
static const char log_key[] =
    "desk.example/log+1d9c0782+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";

static void same(const ew_buf *b, const uint8_t *data, size_t size)
{
    if (b->len != size || (size > 0 && memcmp(b->data, data, size) != 0))
        abort();
}

static void try_request(const uint8_t *data, size_t size)
{
    ew_witness_request *r = NULL;
    ew_witness_log log = {.key_count = 1};
    ew_buf b;
    ew_slice text = {(const char *)data, size};
    if (ew_witness_request_parse(&r, text, NULL) != EW_OK)
        return;
    ew_buf_init(&b, 2 * EW_WITNESS_REQUEST_MAX);
    ew_slice note = {r->note->bytes, r->note->n};
    if (ew_witness_request_append(&b, r->old, &r->path, note, NULL) == EW_OK)
        same(&b, data, size);
    ew_buf_release(&b);
    if (ew_vkey_parse(&log.keys[0], ew_slice_of(log_key), NULL) != EW_OK)
        abort();
    for (log.size = 0; log.size < 4; log.size++)
        if (ew_witness_decide(&log, r) == EW_WITNESS_GOOD &&
            (r->old != log.size || r->checkpoint.size < log.size))
            abort();
    ew_witness_request_free(r);
}

static void try_state(const uint8_t *data, size_t size)
{
    ew_witness_state *s = NULL;
    ew_buf b;
    ew_slice text = {(const char *)data, size};
    if (ew_witness_state_parse(&s, text, NULL) != EW_OK)
        return;
    ew_buf_init(&b, 2 * EW_WITNESS_STATE_MAX);
    if (ew_witness_state_append(&b, s, NULL) == EW_OK)
        same(&b, data, size);
    ew_buf_release(&b);
    ew_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try_request(data, size);
    try_state(data, size);
    return 0;
}
