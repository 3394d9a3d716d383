/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of a burned item. Whatever is taken is written and taken again as the same, and
 * its lists stay within the parts that it has. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ops/seal_remains.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_stream(const ew_remains_stream *s)
{
    ew_left left = ew_remains_left(s);
    if (!ew_view_ok(&left.view) || ew_cover_count(&left.view) != left.entry_count)
        abort();
    for (size_t r = 0; r < s->run_count; r++)
        if (!ew_remains_has(s, s->runs[r].first) ||
            s->runs[r].first + s->runs[r].count > s->n)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ew_remains *r;
    ew_remains *again;
    ew_buf one;
    ew_buf two;
    ew_slice rest = {(const char *)data, size};
    if (ew_remains_take(&rest, &r, NULL) != EW_OK)
        return 0;
    for (int i = 0; i < EW_REMAINS_STREAMS; i++)
        check_stream(&r->streams[i]);
    size_t room = ew_remains_bytes(r);
    ew_buf_init(&one, room);
    ew_buf_init(&two, room);
    if (ew_remains_append(&one, r, NULL) != EW_OK)
        abort();
    rest = (ew_slice){(const char *)one.data, one.len};
    if (ew_remains_take(&rest, &again, NULL) != EW_OK || rest.n != 0 ||
        ew_remains_append(&two, again, NULL) != EW_OK || one.len != two.len ||
        memcmp(one.data, two.data, one.len) != 0)
        abort();
    ew_buf_release(&one);
    ew_buf_release(&two);
    ew_remains_free(r);
    ew_remains_free(again);
    return 0;
}
