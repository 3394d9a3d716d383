/* SPDX-License-Identifier: Apache-2.0 */
/* Files, folders and ZIP files as lists of members; hostile ones too. */
#include "import/delivery.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "import/import.h"
#include "support.h"

static ew_delivery *opened(const char *path)
{
    ew_delivery *s = NULL;
    ew_err err;
    if (ew_delivery_open(&s, path, &err) != EW_OK)
        fail_msg("%s", err.text);
    return s;
}

static void holds(ew_delivery *s, size_t i, const char *name, const char *content)
{
    ew_slice bytes;
    ew_err err;
    assert_true(ew_slice_is(ew_delivery_name(s, i), name));
    if (ew_delivery_read(s, i, &bytes, &err) != EW_OK)
        fail_msg("%s", err.text);
    assert_true(ew_slice_is(bytes, content));
    assert_int_equal(ew_delivery_find(s, ew_slice_of(name)), i);
}

static void a_single_file(void **state)
{
    const char *path = test_path(*state, "chat.txt");
    test_file_put(path, "hello", 5);
    ew_delivery *s = opened(path);
    assert_int_equal(ew_delivery_kind_of(s), EW_DELIVERY_FILE);
    assert_int_equal(ew_delivery_count(s), 1);
    holds(s, 0, "chat.txt", "hello");
    assert_int_equal(ew_delivery_find(s, ew_slice_of("other")), SIZE_MAX);
    ew_delivery_close(s);
    test_file_put(path, "", 0);
    s = opened(path);
    holds(s, 0, "chat.txt", "");
    ew_delivery_close(s);
}

static void a_folder(void **state)
{
    const char *dir = *state;
    assert_int_equal(mkdir(test_path(dir, "files"), 0700), 0);
    test_file_put(test_path(dir, "result.json"), "{}", 2);
    test_file_put(test_path(dir, "files/b.ogg"), "bb", 2);
    test_file_put(test_path(dir, "files/a.ogg"), "a", 1);
    assert_int_equal(symlink("/etc/passwd", test_path(dir, "files/link")), 0);
    ew_delivery *s = opened(dir);
    assert_int_equal(ew_delivery_count(s), 3);
    holds(s, 0, "files/a.ogg", "a");
    holds(s, 1, "files/b.ogg", "bb");
    holds(s, 2, "result.json", "{}");
    assert_non_null(strstr(ew_delivery_odd(s, 0), "link"));
    assert_null(ew_delivery_odd(s, 1));
    ew_delivery_close(s);
}

typedef struct packed {
    const char *name;
    const char *content;
    size_t n;
} packed;

static void make_zip_by(const char *path, const packed *files, size_t count,
                        const char *how)
{
    struct archive *a = archive_write_new();
    assert_int_equal(archive_write_set_format_zip(a), ARCHIVE_OK);
    assert_int_equal(archive_write_set_format_option(a, "zip", "compression", how),
                     ARCHIVE_OK);
    assert_int_equal(archive_write_open_filename(a, path), ARCHIVE_OK);
    for (size_t i = 0; i < count; i++) {
        struct archive_entry *e = archive_entry_new();
        archive_entry_set_pathname(e, files[i].name);
        archive_entry_set_size(e, (la_int64_t)files[i].n);
        archive_entry_set_filetype(e, AE_IFREG);
        archive_entry_set_perm(e, 0644);
        assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
        assert_true(archive_write_data(a, files[i].content, files[i].n) ==
                    (la_ssize_t)files[i].n);
        archive_entry_free(e);
    }
    assert_int_equal(archive_write_close(a), ARCHIVE_OK);
    assert_int_equal(archive_write_free(a), ARCHIVE_OK);
}

static void make_zip(const char *path, const packed *files, size_t count)
{
    make_zip_by(path, files, count, "deflate");
}

static void a_zip(void **state)
{
    static const packed files[] = {{"_chat.txt", "chat", 4},
                                   {"b/\xE1\x9E\x81.jpg", "pic", 3},
                                   {"a.opus", "voice", 5}};
    const char *path = test_path(*state, "x.zip");
    make_zip(path, files, 3);
    ew_delivery *s = opened(path);
    assert_int_equal(ew_delivery_kind_of(s), EW_DELIVERY_ZIP);
    assert_int_equal(ew_delivery_count(s), 3);
    /* In any order, and again. */
    holds(s, 2, "b/\xE1\x9E\x81.jpg", "pic");
    holds(s, 0, "_chat.txt", "chat");
    holds(s, 1, "a.opus", "voice");
    holds(s, 0, "_chat.txt", "chat");
    ew_delivery_close(s);
}

/* Opened when cut to n bytes: so many members, all as they were, and that it breaks off is told. */
static size_t cut_to(const char *path, const char *zip, size_t n, const packed *files)
{
    ew_delivery *s = NULL;
    ew_err err;
    test_file_put(path, zip, n);
    ew_code code = ew_delivery_open(&s, path, &err);
    if (code != EW_OK) {
        assert_int_equal(code, EW_E_FORMAT);
        assert_non_null(strstr(err.text, "have it sent again"));
        return 0;
    }
    size_t count = ew_delivery_count(s);
    const char *odd = ew_delivery_odd(s, 0);
    assert_true(count > 0);
    assert_non_null(odd);
    assert_non_null(strstr(odd, "breaks off"));
    assert_non_null(strstr(odd, files[count - 1].name)); /* the last one before that */
    assert_null(ew_delivery_odd(s, 1));
    for (size_t i = count; i-- > 0;) { /* backwards: it begins anew each time */
        ew_slice bytes;
        assert_int_equal(ew_delivery_read(s, i, &bytes, &err), EW_OK);
        assert_int_equal(ew_delivery_bytes(s, i), files[i].n);
        assert_true(bytes.n == files[i].n &&
                    memcmp(bytes.p, files[i].content, bytes.n) == 0);
    }
    ew_delivery_close(s);
    return count;
}

static void what_is_whole_of_a_stump_is_there(void **state)
{
    enum { BYTES = 3000, STEP = 37 };
    static const char *const ways[] = {"store", "deflate"};
    const char *path = test_path(*state, "x.zip");
    static char noise[3][BYTES];
    const packed files[] = {{"_chat.txt", noise[0], BYTES},
                            {"a/b.opus", noise[1], BYTES},
                            {"c.jpg", noise[2], BYTES}};
    uint32_t x = 1;
    for (size_t i = 0; i < sizeof noise; i++)
        (&noise[0][0])[i] = (char)((x = x * 1664525 + 1013904223) >> 24);
    for (size_t w = 0; w < 2; w++) {
        size_t n;
        size_t before = 0;
        make_zip_by(path, files, 3, ways[w]);
        char *zip = test_file_get(path, &n);
        for (size_t cut = 4; cut < n; cut += STEP) {
            size_t count = cut_to(path, zip, cut, files);
            assert_true(count == before || count == before + 1);
            assert_true(count <= cut / BYTES);
            assert_true(cut < (count + 1) * BYTES + 3 * 200);
            before = count;
        }
        assert_int_equal(before, 3); /* only its list is missing */
        /* A member that is damaged ends it as well. */
        zip[BYTES + BYTES / 2] ^= 1;
        assert_int_equal(cut_to(path, zip, n - 30, files), 1);
        free(zip);
    }
}

static void names_that_lead_out_are_left_out(void **state)
{
    static const packed files[] = {
        {"../../etc/passwd", "x", 1}, {"a/../../b", "x", 1}, {"/abs", "x", 1},
        {"dir\\..\\c", "x", 1},       {"good.txt", "y", 1},  {"good.txt", "z", 1}};
    const char *path = test_path(*state, "x.zip");
    make_zip(path, files, 6);
    ew_delivery *s = opened(path);
    assert_int_equal(ew_delivery_count(s), 1);
    holds(s, 0, "good.txt", "y");
    for (size_t i = 0; i < 5; i++)
        assert_non_null(ew_delivery_odd(s, i));
    assert_null(ew_delivery_odd(s, 5));
    ew_delivery_close(s);
}

static void bombs_and_stumps_are_refused(void **state)
{
    enum { MB = 1 << 20, SIZE = 200 * MB };
    const char *path = test_path(*state, "bomb.zip");
    char *zeros = calloc(1, SIZE);
    assert_non_null(zeros);
    packed one = {"zeros", zeros, SIZE};
    make_zip(path, &one, 1);
    free(zeros);
    ew_delivery *s = opened(path);
    ew_slice bytes;
    assert_int_equal(ew_delivery_read(s, 0, &bytes, NULL), EW_E_LIMIT);
    ew_delivery_close(s);
    size_t n;
    char *whole = test_file_get(path, &n);
    ew_err err;
    for (size_t cut = 4; cut < n; cut += n / 7) {
        test_file_put(path, whole, cut);
        ew_code code = ew_delivery_open(&s, path, &err);
        if (code == EW_OK) {
            if (ew_delivery_count(s) > 0)
                assert_int_not_equal(ew_delivery_read(s, 0, &bytes, &err), EW_OK);
            ew_delivery_close(s);
        } else {
            assert_int_equal(code, EW_E_FORMAT);
        }
    }
    free(whole);
}

/* A Mac writes names with their marks apart; an export names them composed, or the other way round. */
static void names_are_found_in_any_form(void **state)
{
    char *dir = test_dir_new();
    ew_delivery *d = NULL;
    (void)state;
    test_file_put(test_path(dir, "cafe\xCC\x81.jpg"), "x", 1);
    test_file_put(test_path(dir, "na\xC3\xAFve.jpg"), "y", 1);
    assert_int_equal(ew_delivery_open(&d, dir, NULL), EW_OK);
    assert_int_equal(ew_delivery_find(d, ew_slice_of("caf\xC3\xA9.jpg")), 0);
    assert_int_equal(ew_delivery_find(d, ew_slice_of("cafe\xCC\x81.jpg")), 0);
    assert_int_equal(ew_delivery_find(d, ew_slice_of("nai\xCC\x88ve.jpg")), 1);
    assert_true(ew_delivery_find(d, ew_slice_of("cafe.jpg")) == SIZE_MAX);
    assert_true(ew_delivery_find(d, ew_slice_of("\xFF.jpg")) == SIZE_MAX);
    ew_delivery_close(d);
    test_dir_remove(dir);
}

/* What is not a copy of our own may change at any time. */
static ew_code shorten(void *cookie, const ew_message *m, ew_err *err)
{
    (void)m;
    (void)err;
    return truncate(cookie, 0) == 0 ? EW_OK : EW_E_IO;
}

static void what_becomes_shorter_is_told(void **state)
{
    const char *path = test_path(*state, "chat.txt");
    const ew_import_opts opts = {.format = EW_IMPORT_WHATSAPP};
    const ew_import_sink sink = {.cookie = (void *)(uintptr_t)path, .message = shorten};
    static const char line[] = "14/10/2026, 21:05 - Ann: what is said here\n";
    enum { LINES = 4000 };
    char *text = malloc(LINES * (sizeof line - 1) + 1);
    ew_err err;
    assert_non_null(text);
    for (size_t i = 0; i < LINES; i++)
        memcpy(text + i * (sizeof line - 1), line, sizeof line);
    test_file_put(path, text, LINES * (sizeof line - 1));
    free(text);
    ew_delivery *s = opened(path);
    assert_int_equal(ew_delivery_check(s, NULL), EW_OK);
    assert_int_equal(ew_import_run(s, &opts, &sink, &err), EW_E_IO);
    assert_non_null(strstr(err.text, "became shorter"));
    ew_delivery_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        /* first: cmocka takes the signal back after each test */
        TEST_IN_DIR(what_becomes_shorter_is_told),
        cmocka_unit_test(names_are_found_in_any_form),
        TEST_IN_DIR(a_single_file),
        TEST_IN_DIR(a_folder),
        TEST_IN_DIR(a_zip),
        TEST_IN_DIR(what_is_whole_of_a_stump_is_there),
        TEST_IN_DIR(names_that_lead_out_are_left_out),
        TEST_IN_DIR(bombs_and_stumps_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
