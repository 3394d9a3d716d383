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

/* Bytes of the only segment file in an archive. */
static char *only_segment(const char *dir, size_t *n)
{
    char command[300];
    (void)snprintf(command, sizeof command, "mv %s/segments/*.seg %s/../only", dir, dir);
    assert_int_equal(system(command), 0);
    (void)snprintf(command, sizeof command, "%s/../only", dir);
    return test_file_get(command, n);
}

/* In whatever order and with whatever merging things are added, the result is the same to
 * the byte. */
static void test_order(void **state)
{
    const world *wo = *state;
    const char *dir[2] = {test_path(wo->dir, "a"), test_path(wo->dir, "b")};
    char *bytes[2];
    size_t n[2];
    for (int k = 0; k < 2; k++) {
        ew_index_writer *w = open_writer(dir[k]);
        for (int i = 0; i < TALKS; i++) {
            assert_int_equal(fake_put(w, &wo->f[k == 0 ? i : TALKS - 1 - i], NULL),
                             EW_OK);
            if (k == 1 && i % 3 == 0)
                assert_int_equal(ew_index_writer_merge(w, NULL, NULL), EW_OK);
        }
        compare_dir(dir[k], wo->sorted, TALKS);
        assert_int_equal(ew_index_writer_compact(w, NULL, NULL), EW_OK);
        ew_index_writer_close(w);
        bytes[k] = only_segment(dir[k], &n[k]);
    }
    assert_int_equal(n[0], n[1]);
    assert_memory_equal(bytes[0], bytes[1], n[0]);
    free(bytes[0]);
    free(bytes[1]);
}

static void check_same(const ew_recording *a, const ew_recording *b)
{
    assert_memory_equal(a->sha256, b->sha256, 32);
    assert_int_equal(a->bytes, b->bytes);
    assert_int_equal(a->samples, b->samples);
    assert_int_equal(a->added_unix, b->added_unix);
    assert_string_equal(a->container, b->container);
    assert_string_equal(a->codec, b->codec);
    assert_string_equal(a->trouble, b->trouble);
    assert_int_equal(a->stored_rate_hz, b->stored_rate_hz);
    assert_int_equal(a->stored_channels, b->stored_channels);
    assert_int_equal(a->name_count, b->name_count);
    for (size_t i = 0; i < a->name_count; i++) {
        assert_string_equal(a->names[i], b->names[i]);
        assert_string_equal(a->paths[i], b->paths[i]);
    }
}

static void test_metadata(void **state)
{
    const world *wo = *state;
    const char *dir = test_path(wo->dir, "archive");
    ew_index_writer *w = open_writer(dir);
    fake odd;
    fake_make(&odd, 99, 50);
    /* Names in another order than bytewise, a path that is no UTF-8, standard input. */
    const char *names[] = {"z\u00fcrich.mp3", "b \\x41.mp3", "a.mp3"};
    const char *paths[] = {"/z\xff\x01", "", "/a.mp3"};
    odd.rec.name_count = 3;
    odd.rec.names = names;
    odd.rec.paths = paths;
    put_all(w, wo);
    assert_int_equal(fake_put(w, &odd, NULL), EW_OK);
    ew_index *ix = open_index(dir);
    assert_int_equal(ew_index_count(ix), TALKS + 1);
    for (size_t i = 0, k = 0; i <= TALKS; i++) {
        const ew_recording *r = ew_index_recording(ix, i);
        if (memcmp(r->sha256, odd.rec.sha256, 32) != 0) {
            check_same(r, &wo->sorted[k++]->rec);
            continue;
        }
        const char *sorted_names[] = {"a.mp3", "b \\x41.mp3", "z\u00fcrich.mp3"};
        const char *sorted_paths[] = {"/a.mp3", "", "/z\xff\x01"};
        odd.rec.names = sorted_names;
        odd.rec.paths = sorted_paths;
        check_same(r, &odd.rec);
    }
    assert_null(ew_index_recording(ix, TALKS + 1));
    assert_null(ew_index_words(ix, TALKS + 1));
    assert_int_equal(ew_index_frames(ix, TALKS + 1), 0);
    ew_index_close(ix);
    ew_index_writer_close(w);
    fake_free(&odd);
}

static void test_names_and_seen(void **state)
{
    const world *wo = *state;
    const char *dir = test_path(wo->dir, "archive");
    ew_index_writer *w = open_writer(dir);
    fake other = wo->f[0];
    bool yes = true;
    (void)snprintf(other.name, sizeof other.name, "same talk.wav");
    (void)snprintf(other.path, sizeof other.path, "/elsewhere/same talk.wav");
    other.rec.names = (const char *const[]){other.name};
    other.rec.paths = (const char *const[]){other.path};
    assert_int_equal(ew_index_writer_has(w, other.rec.sha256, &yes, NULL), EW_OK);
    assert_false(yes);
    /* Without a print there is nothing to add. */
    assert_int_equal(ew_index_writer_put(w, &other.rec, NULL, 1, NULL), EW_E_ARG);
    assert_int_equal(fake_put(w, &wo->f[0], NULL), EW_OK);
    assert_int_equal(ew_index_writer_put(w, &other.rec, NULL, 55, NULL), EW_OK);
    assert_int_equal(ew_index_writer_put(w, &other.rec, NULL, 55, NULL), EW_OK);
    assert_int_equal(ew_index_writer_has(w, other.rec.sha256, &yes, NULL), EW_OK);
    assert_true(yes);
    ew_index *ix = open_index(dir);
    assert_int_equal(ew_index_count(ix), 1);
    assert_int_equal(ew_index_recording(ix, 0)->name_count, 2);
    assert_string_equal(ew_index_recording(ix, 0)->names[0], "same talk.wav");
    ew_index_close(ix);
    assert_int_equal(ew_index_writer_seen(w, other.path, other.rec.bytes, 55, &yes, NULL),
                     EW_OK);
    assert_true(yes);
    assert_int_equal(ew_index_writer_seen(w, other.path, other.rec.bytes, 56, &yes, NULL),
                     EW_OK);
    assert_false(yes);
    assert_int_equal(ew_index_writer_seen(w, other.path, 1, 55, &yes, NULL), EW_OK);
    assert_false(yes);
    /* What was removed has to be added again, so it was not seen. */
    assert_int_equal(ew_index_writer_remove(w, other.rec.sha256, NULL), EW_OK);
    assert_int_equal(ew_index_writer_remove(w, other.rec.sha256, NULL), EW_E_NOTFOUND);
    assert_int_equal(ew_index_writer_has(w, other.rec.sha256, &yes, NULL), EW_OK);
    assert_false(yes);
    assert_int_equal(ew_index_writer_seen(w, other.path, other.rec.bytes, 55, &yes, NULL),
                     EW_OK);
    assert_false(yes);
    compare_dir(dir, NULL, 0);
    assert_int_equal(ew_index_writer_put(w, &other.rec, NULL, 57, NULL), EW_OK);
    const fake *one = &wo->f[0];
    compare_dir(dir, &one, 1);
    ew_index_writer_close(w);
}

static void expect_find(const ew_index *ix, const char *what, ew_code code, const fake *f)
{
    ew_err err = {0};
    size_t rec = 0;
    assert_int_equal(ew_index_find(ix, what, &rec, &err), code);
    if (code == EW_OK)
        assert_memory_equal(ew_index_recording(ix, rec)->sha256, f->rec.sha256, 32);
    else
        assert_true(err.text[0] != 0);
}

static void test_find(void **state)
{
    const world *wo = *state;
    const char *dir = test_path(wo->dir, "archive");
    ew_index_writer *w = open_writer(dir);
    fake twin;
    char hex[EW_SHA256_HEX + 1];
    fake_make(&twin, 77, 10);
    twin.names[0] = "other/talk 2.wav";
    twin.paths[0] = "/srv/odd\n.wav";
    put_all(w, wo);
    assert_int_equal(fake_put(w, &twin, NULL), EW_OK);
    ew_index *ix = open_index(dir);
    ew_hex(wo->f[7].rec.sha256, 32, hex);
    expect_find(ix, hex, EW_OK, &wo->f[7]);
    hex[0] = (char)(hex[0] >= 'a' ? hex[0] - 'a' + 'A' : hex[0]);
    hex[6] = 0;
    expect_find(ix, hex, EW_OK, &wo->f[7]);
    hex[5] = 0;
    expect_find(ix, hex, EW_E_NOTFOUND, NULL);
    expect_find(ix, "talk 2.wav", EW_OK, &wo->f[1]); /* a whole name goes before a part */
    expect_find(ix, "other/talk 2.wav", EW_OK, &twin);
    expect_find(ix, "/srv/talks/talk 5.wav", EW_OK, &wo->f[4]);
    expect_find(ix, "/srv/odd\n.wav", EW_OK, &twin);
    expect_find(ix, "nothing", EW_E_NOTFOUND, NULL);
    expect_find(ix, "", EW_E_NOTFOUND, NULL);
    ew_index_close(ix);
    ((world *)*state)->f[0].rec.names = twin.names; /* now two have that name */
    assert_int_equal(fake_put(w, &wo->f[0], NULL), EW_OK);
    ix = open_index(dir);
    expect_find(ix, "other/talk 2.wav", EW_E_ARG, NULL);
    ew_index_close(ix);
    ew_index_writer_close(w);
    fake_free(&twin);
}

static void test_stats(void **state)
{
    const world *wo = *state;
    const char *dir = test_path(wo->dir, "archive");
    ew_index_writer *w = open_writer(dir);
    ew_index_stats s, after;
    put_all(w, wo);
    assert_int_equal(ew_index_writer_remove(w, wo->f[5].rec.sha256, NULL), EW_OK);
    ew_index *ix = open_index(dir);
    assert_int_equal(ew_index_get_stats(ix, &s, NULL), EW_OK);
    assert_int_equal(s.recordings, TALKS - 1);
    assert_int_equal(s.removed, 1);
    assert_int_equal(s.damaged, 0);
    assert_int_equal(s.segments, TALKS);
    assert_true(s.reclaimable > wo->f[5].fp.frames * 8);
    uint64_t keys = 0;
    int64_t samples = 0;
    for (int i = 0; i < TALKS; i++) {
        keys += i == 5 ? 0 : wo->f[i].fp.key_count;
        samples += i == 5 ? 0 : wo->f[i].rec.samples;
    }
    assert_int_equal(s.keys, keys);
    assert_int_equal(s.samples, samples);
    ew_index_close(ix);
    assert_int_equal(ew_index_writer_compact(w, NULL, NULL), EW_OK);
    ix = open_index(dir);
    assert_int_equal(ew_index_get_stats(ix, &after, NULL), EW_OK);
    assert_int_equal(after.removed, 0);
    assert_int_equal(after.reclaimable, 0);
    assert_int_equal(after.segments, 1);
    assert_true(after.bytes + s.reclaimable <= s.bytes);
    ew_index_close(ix);
    ew_index_writer_close(w);
}

static void test_probe_arguments(void **state)
{
    const world *wo = *state;
    const char *dir = test_path(wo->dir, "archive");
    ew_index_writer *w = open_writer(dir);
    put_all(w, wo);
    ew_index_writer_close(w);
    ew_index *ix = open_index(dir);
    ew_probe bad = {.slack = 11};
    ew_probe good = {.word = wo->f[5].fp.keys[0].word, .tag = 77};
    ew_hits h = {0};
    uint64_t skipped = 9;
    assert_int_equal(ew_index_probe(ix, &bad, 1, 0, &h, &skipped, NULL), EW_E_ARG);
    assert_int_equal(ew_index_probe(ix, NULL, 0, 0, &h, &skipped, NULL), EW_OK);
    assert_int_equal(skipped, 0);
    assert_int_equal(h.count, 0);
    assert_int_equal(ew_index_probe(ix, &good, 1, 0, &h, NULL, NULL), EW_OK);
    size_t once = h.count;
    assert_true(once > 0);
    assert_int_equal(h.items[0].tag, 77);
    assert_int_equal(ew_index_probe(ix, &good, 1, 0, &h, NULL, NULL),
                     EW_OK); /* appended */
    assert_int_equal(h.count, 2 * once);
    assert_memory_equal(h.items, h.items + once, once * sizeof *h.items);
    assert_int_equal(ew_index_probe(ix, &good, 1, 1, &h, &skipped, NULL), EW_OK);
    assert_int_equal(h.count, 2 * once);
    assert_int_equal(skipped, 1);
    ew_hits_release(&h);
    ew_index_close(ix);
}

static void test_refused(void **state)
{
    const world *wo = *state;
    const char *dir = test_path(wo->dir, "archive");
    ew_index_writer *w = open_writer(dir);
    fake bad = wo->f[0];
    bad.rec.names = bad.names;
    bad.rec.paths = bad.paths;
    bad.rec.name_count = 0;
    assert_int_equal(fake_put(w, &bad, NULL), EW_E_ARG);
    bad.rec.name_count = 1;
    bad.names[0] = "\xff";
    assert_int_equal(fake_put(w, &bad, NULL), EW_E_ARG);
    bad.names[0] = "good";
    bad.paths[0] = NULL;
    assert_int_equal(fake_put(w, &bad, NULL), EW_E_ARG);
    bad.paths[0] = "";
    bad.rec.codec = "\xff";
    assert_int_equal(fake_put(w, &bad, NULL), EW_E_ARG);
    bad.rec.codec = "";
    ew_key keys[] = {{1, 5}, {1, 4}};
    ew_fp fp = {.frames = 6,
                .words = bad.fp.words,
                .wave = bad.fp.wave,
                .key_count = 2,
                .keys = keys};
    assert_int_equal(ew_index_writer_put(w, &bad.rec, &fp, 0, NULL), EW_E_ARG);
    keys[1].frame = 6;
    assert_int_equal(ew_index_writer_put(w, &bad.rec, &fp, 0, NULL), EW_E_ARG);
    keys[1].frame = 5;
    assert_int_equal(ew_index_writer_put(w, &bad.rec, &fp, 0, NULL), EW_OK);
    ew_index_writer_close(w);
    ew_index *ix = open_index(dir);
    assert_int_equal(ew_index_count(ix), 1);
    ew_index_close(ix);
}

/* 25 recordings of five minutes: the whole folder against the promise of 2.5 MB per hour. */
static void test_size(void **state)
{
    enum { N = 25, FRAMES = 300 * EW_FP_RATE_HZ / EW_FP_HOP };
    const world *wo = *state;
    const char *dir = test_path(wo->dir, "archive");
    ew_index_writer *w = open_writer(dir);
    ew_index_stats s;
    for (uint32_t i = 0; i < N; i++) {
        fake f;
        fake_make(&f, 1000 + i, FRAMES);
        f.fp.key_count = FRAMES; /* one for each frame, as many as there can be */
        for (uint32_t k = 0; k < FRAMES; k++)
            f.fp.keys[k].frame = k;
        assert_int_equal(fake_put(w, &f, NULL), EW_OK);
        if (i % 10 == 9)
            assert_int_equal(ew_index_writer_merge(w, NULL, NULL), EW_OK);
        fake_free(&f);
    }
    assert_int_equal(ew_index_writer_merge(w, NULL, NULL), EW_OK);
    ew_index_writer_close(w);
    ew_index *ix = open_index(dir);
    assert_int_equal(ew_index_get_stats(ix, &s, NULL), EW_OK);
    double hours = (double)s.samples / EW_FP_RATE_HZ / 3600;
    print_message("# %.3f MB per hour\n", (double)s.bytes / 1e6 / hours);
    assert_true((double)s.bytes <= 2.5e6 * hours);
    ew_index_close(ix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_round_trip, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_merge_and_compact, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_metadata, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_names_and_seen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_find, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stats, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_probe_arguments, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_size, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
