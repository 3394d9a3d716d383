/* SPDX-License-Identifier: Apache-2.0 */
/* What is put into an archive comes out of it, however it is cut and in whatever order. */
#include "fakes.h"

enum { TALKS = 12 };

typedef struct world {
    char *dir;
    fake f[TALKS];
    const fake *sorted[TALKS];
} world;

static int set_up(void **state)
{
    static world w;
    w.dir = test_dir_new();
    for (uint32_t i = 0; i < TALKS; i++) {
        fake_make(&w.f[i], i + 1, i == 3 ? 0 : i == 5 ? 30000 : 200 + 111 * i);
        w.sorted[i] = &w.f[i];
    }
    qsort(w.sorted, TALKS, sizeof *w.sorted, fake_order);
    *state = &w;
    return 0;
}

static int tear_down(void **state)
{
    world *w = *state;
    for (int i = 0; i < TALKS; i++)
        fake_free(&w->f[i]);
    test_dir_remove(w->dir);
    return 0;
}

static ew_index_writer *open_writer(const char *dir)
{
    ew_index_writer *w = NULL;
    ew_err err = {0};
    ew_code code = ew_index_writer_open(&w, dir, 0, &err);
    if (code != EW_OK)
        print_error("%s\n", err.text);
    assert_int_equal(code, EW_OK);
    return w;
}

static ew_index *open_index(const char *dir)
{
    ew_index *ix = NULL;
    ew_err err = {0};
    ew_code code = ew_index_open(&ix, dir, &err);
    if (code != EW_OK)
        print_error("%s\n", err.text);
    assert_int_equal(code, EW_OK);
    return ix;
}

static void put_all(ew_index_writer *w, const world *wo)
{
    for (int i = 0; i < TALKS; i++)
        assert_int_equal(fake_put(w, &wo->f[i], NULL), EW_OK);
}

static void compare_dir(const char *dir, const fake *const *sorted, size_t n)
{
    ew_index *ix = open_index(dir);
    fake_compare(ix, sorted, n);
    ew_index_close(ix);
}

static void test_round_trip(void **state)
{
    const world *wo = *state;
    const char *dir = test_path(wo->dir, "deep/er/archive");
    ew_index_writer *w = open_writer(dir);
    compare_dir(dir, NULL, 0);
    put_all(w, wo);
    compare_dir(dir, wo->sorted, TALKS);
    ew_index_writer_close(w);
    compare_dir(dir, wo->sorted, TALKS);
}

static void test_merge_and_compact(void **state)
{
    const world *wo = *state;
    const char *dir = test_path(wo->dir, "archive");
    ew_index_writer *w = open_writer(dir);
    ew_index *before;
    put_all(w, wo);
    before = open_index(dir);
    assert_int_equal(ew_index_writer_merge(w, NULL, NULL), EW_OK);
    compare_dir(dir, wo->sorted, TALKS);
    ew_index *ix = open_index(dir);
    ew_index_stats s;
    assert_int_equal(ew_index_get_stats(ix, &s, NULL), EW_OK);
    assert_int_equal(s.segments, 1);
    ew_index_close(ix);
    fake_compare(before, wo->sorted, TALKS); /* its files are gone, its maps are not */
    ew_index_close(before);
    assert_int_equal(ew_index_writer_remove(w, wo->sorted[4]->rec.sha256, NULL), EW_OK);
    const fake *rest[TALKS];
    size_t n = 0;
    for (int i = 0; i < TALKS; i++)
        if (i != 4)
            rest[n++] = wo->sorted[i];
    compare_dir(dir, rest, n);
    assert_int_equal(ew_index_writer_compact(w, NULL, NULL), EW_OK);
    compare_dir(dir, rest, n);
    assert_int_equal(fake_put(w, wo->sorted[4], NULL), EW_OK);
    compare_dir(dir, wo->sorted, TALKS);
    assert_int_equal(ew_index_writer_compact(w, NULL, NULL), EW_OK);
    compare_dir(dir, wo->sorted, TALKS);
    ew_index_writer_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_round_trip, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_merge_and_compact, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
