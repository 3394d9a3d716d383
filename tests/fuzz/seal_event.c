/* SPDX-License-Identifier: Apache-2.0 */
/* An event that is read is written back byte for byte, and is text that a note can hold. */
#include <stdlib.h>
#include <string.h>

#include "seal/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ew_event e;
    ew_buf b;
    ew_slice text = {(const char *)data, size};
    if (ew_event_parse(&e, text, NULL) != EW_OK)
        return 0;
    if (!ew_note_text_ok(text) || memmem(data, size, "\n\n", 2) != NULL)
        abort();
    ew_buf_init(&b, EW_EVENT_BYTES);
    if (ew_event_append(&b, &e, NULL) != EW_OK || b.len != size ||
        memcmp(b.data, data, size) != 0)
        abort();
    ew_buf_release(&b);
    return 0;
}
