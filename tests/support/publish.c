/* SPDX-License-Identifier: Apache-2.0 */
/* publish FILE OUT FILLER show|hide RANGES [SPLITTER]: the published derivative of a part of a
 * file, without a desk. Prints how it was cut and what is shown: "SPLITTER PARTS FIRST+COUNT ..."
 * Tests play the result with real decoders. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/file.h"
#include "seal/published.h"
#include "seal/select.h"

static ew_code put(void *cookie, const void *bytes, size_t n, ew_err *err)
{
    if (n > 0 && fwrite(bytes, 1, n, cookie) != n)
        return ew_fail(err, EW_E_IO, 0, "cannot write");
    return EW_OK;
}

static int fail(const ew_err *err)
{
    (void)fprintf(stderr, "publish: %s\n", err->text);
    return 1;
}

/* Of the fillers; 3: none of this name. */
static int filler_named(const char *name)
{
    static const char *const fillers[] = {"silence", "tone", "mark"};
    int i = 0;
    while (i < 3 && strcmp(fillers[i], name) != 0)
        i++;
    return i;
}

int main(int argc, char **argv)
{
    ew_buf b;
    ew_err err;
    ew_cuts cuts;
    ew_stream s;
    ew_selection chosen;
    int filler = argc < 6 ? 3 : filler_named(argv[3]);
    if (filler == 3)
        return 2;
    ew_buf_init(&b, SIZE_MAX / 4);
    if (ew_file_get(argv[1], &b, &err) != EW_OK)
        return fail(&err);
    ew_memory m = {b.data, b.len};
    ew_src src = ew_src_memory(&m);
    ew_splitter which =
        argc > 6 ? ew_splitter_named(ew_slice_of(argv[6])) : EW_SPLIT_AUTO;
    if (ew_split(&src, which, &cuts, &s, &err) != EW_OK)
        return fail(&err);
    bool show = strcmp(argv[4], "show") == 0;
    ew_select_in which_parts = {.stream = &s,
                                .cuts = &cuts,
                                .src = src,
                                .show = show ? argv[5] : NULL,
                                .hide = show ? NULL : argv[5]};
    if (ew_select(&chosen, &which_parts, &err) != EW_OK)
        return fail(&err);
    const ew_run *runs = chosen.runs;
    size_t n = chosen.run_count;
    uint64_t *lengths = ew_alloc_array(cuts.n, sizeof *lengths);
    ew_shown *shown = ew_alloc_array(n, sizeof *shown);
    if (lengths == NULL || shown == NULL)
        return 1;
    for (size_t i = 0; i < cuts.n; i++)
        lengths[i] = cuts.ends[i] - (i > 0 ? cuts.ends[i - 1] : 0);
    (void)printf("%s %ju", ew_splitter_name(s.splitter), (uintmax_t)s.n);
    for (size_t i = 0; i < n; i++) {
        size_t first = (size_t)runs[i].first;
        shown[i] =
            (ew_shown){first, (size_t)runs[i].count, cuts.kinds + first, lengths + first,
                       b.data + (first > 0 ? cuts.ends[first - 1] : 0)};
        (void)printf(" %zu+%zu", first, shown[i].count);
    }
    (void)printf("\n");
    ew_published_in in = {.stream = &s, .runs = shown, .run_count = n};
    FILE *f = fopen(argv[2], "wb");
    ew_published_out out = {put, f};
    if (f == NULL)
        return 1;
    ew_code code = ew_published_make(&in, (ew_filler)filler, &out, &err);
    if (fclose(f) != 0 || code != EW_OK)
        return fail(&err);
    ew_free(lengths);
    ew_free(shown);
    ew_selection_release(&chosen);
    ew_cuts_release(&cuts);
    ew_buf_release(&b);
    return 0;
}
