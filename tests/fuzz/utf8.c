/* SPDX-License-Identifier: Apache-2.0 */
/* Names made safe are valid UTF-8 without control characters, whatever they were. */
#include <stdlib.h>

#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ew_buf b;
    ew_buf_init(&b, 4096);
    ew_code code = ew_utf8_append_safe(&b, (const char *)data, size, NULL);
    if (code == EW_OK) {
        if (!ew_utf8_valid((const char *)b.data, b.len) || b.len < size)
            abort();
        for (size_t i = 0; i < b.len; i++)
            if (b.data[i] < 0x20 || b.data[i] == 0x7F)
                abort();
        if (ew_utf8_columns((const char *)b.data, b.len) > b.len)
            abort();
    } else if (code != EW_E_LIMIT || size < 4096 / 8) {
        abort();
    }
    (void)ew_utf8_columns((const char *)data, size);
    ew_buf_release(&b);
    return 0;
}
