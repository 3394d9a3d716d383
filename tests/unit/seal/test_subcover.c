/* SPDX-License-Identifier: Apache-2.0 */
/* Whoever has only a cover can make the covers of all that it shows, the same as from the seed, and
 * none of anything else. */
#include "seal/subcover.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "support.h"

enum { N_MAX = 9 };

static ew_part parts[N_MAX];
static ew_seed seed;

/* Runs of the bits of a mask. */
static ew_view view_of(unsigned mask, uint64_t n, ew_run *runs)
{
    ew_view v = {n, runs, 0};
    for (uint64_t i = 0; i < n; i++) {
        if ((mask >> i & 1) == 0)
            continue;
        if (i == 0 || (mask >> (i - 1) & 1) == 0)
            runs[v.run_count++] = (ew_run){i, 0};
        runs[v.run_count - 1].count++;
    }
    return v;
}

static void check(const ew_left *left, unsigned shown, unsigned of, const ew_part *known)
{
    ew_run runs[N_MAX];
    ew_cover got;
    ew_cover want;
    ew_view show = view_of(shown, left->view.n, runs);
    ew_code code = ew_left_cover(left, known, &show, &got, NULL);
    if ((shown & ~of) != 0) {
        assert_int_equal(code, EW_E_ARG);
        return;
    }
    assert_int_equal(code, EW_OK);
    assert_int_equal(ew_parts_cover(&seed, parts, &show, &want, NULL), EW_OK);
    assert_int_equal(got.n, want.n);
    assert_memory_equal(got.entries, want.entries, got.n * sizeof *got.entries);
    assert_memory_equal(got.seeds, want.seeds, got.n);
    ew_cover_release(&got);
    ew_cover_release(&want);
}

static void test_all_views(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_MAX; i++)
        parts[i] = (ew_part){EW_PART_CONTENT, {{(uint8_t)(i + 1)}}};
    memset(seed.b, 7, sizeof seed.b);
    for (unsigned n = 1; n <= N_MAX; n += n < 6 ? 1 : 3)
        for (unsigned of = 0; of < 1u << n; of++) {
            ew_run runs[N_MAX];
            ew_cover kept;
            ew_view v = view_of(of, n, runs);
            ew_part known[N_MAX] = {{0}}; /* of the others nothing is known */
            for (unsigned i = 0; i < n; i++)
                if ((of >> i & 1) != 0)
                    known[i] = parts[i];
            assert_int_equal(ew_parts_cover(&seed, parts, &v, &kept, NULL), EW_OK);
            ew_left left = {v, kept.entries, kept.n};
            for (unsigned shown = 0; shown < 1u << n; shown++)
                check(&left, shown, of, known);
            /* An entry too many, one too few. */
            ew_cover none;
            ew_left other = {v, kept.entries, kept.n - 1};
            assert_int_equal(ew_left_cover(&other, known, &v, &none, NULL), EW_E_ARG);
            ew_cover_release(&kept);
        }
}

static ew_code work(void *arg, ew_err *err)
{
    ew_cover out;
    ew_run runs[N_MAX];
    ew_view show = view_of(0x55, 9, runs);
    ew_code code = ew_left_cover(arg, parts, &show, &out, err);
    ew_cover_release(&out);
    return code;
}

static void test_out_of_memory(void **state)
{
    (void)state;
    ew_run runs[N_MAX];
    ew_cover kept;
    ew_view v = view_of(0xD7, 9, runs);
    assert_int_equal(ew_parts_cover(&seed, parts, &v, &kept, NULL), EW_OK);
    ew_left left = {v, kept.entries, kept.n};
    (void)test_torture_alloc(work, &left, 0);
    ew_cover_release(&kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_views),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
