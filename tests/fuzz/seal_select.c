/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte chooses the splitter; what comes before the first line feed are the words of
 * --show and --hide (the rest of the line from '|' on), the rest is the file. What is chosen is a
 * good view, times are in order, and what --hide names alone is never shown. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "seal/select.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WORDS_MAX = 256 };

static void check(const ew_selection *s, const ew_cuts *cuts)
{
    ew_view v = {cuts->n, s->runs, s->run_count};
    uint64_t shown = 0;
    if (!ew_view_ok(&v))
        abort();
    for (size_t i = 0; i < cuts->n; i++) {
        shown += s->states[i] == EW_PART_SHOWN;
        if (s->heard != NULL && s->heard[i].from > s->heard[i].to)
            abort();
    }
    if (shown != ew_view_visible(&v))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char words[WORDS_MAX];
    const uint8_t *end = size > 1 ? memchr(data + 1, '\n', size - 1) : NULL;
    if (end == NULL || end - data > WORDS_MAX)
        return 0;
    size_t n = (size_t)(end - data - 1);
    memcpy(words, data + 1, n);
    words[n] = 0;
    char *hide = strchr(words, '|');
    if (hide != NULL)
        *hide++ = 0;
    ew_memory m = {end + 1, size - n - 2};
    ew_src src = ew_src_memory(&m);
    ew_cuts cuts;
    ew_stream s;
    ew_selection got;
    ew_splitter which = (ew_splitter)(data[0] % (EW_SPLIT_SEALS + 1));
    if (ew_split(&src, which, &cuts, &s, NULL) != EW_OK)
        return 0;
    ew_select_in in = {&s, &cuts, src, words[0] != 0 ? words : NULL, hide, NULL};
    if (ew_select(&got, &in, NULL) == EW_OK) {
        check(&got, &cuts);
        ew_selection_release(&got);
    }
    ew_cuts_release(&cuts);
    return 0;
}
