/* SPDX-License-Identifier: Apache-2.0 */
/* Archives that are damaged, of another version, hostile, copied, or on a read-only disk. */
#include <fcntl.h>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "broken_made.h"

/* VERB 'a' ['b'] */
static void shell(const char *verb, const char *a, const char *b)
{
    char command[600];
    (void)snprintf(command, sizeof command, "%s '%s' %s%s%s", verb, a, b ? "'" : "",
                   b ? b : "", b ? "'" : "");
    assert_int_equal(system(command), 0);
}

/* Lays a read-only mount over the folder; only root can. As root permissions do not hold. */
static bool mount_read_only(const char *dir)
{
    char command[900];
    (void)snprintf(
        command, sizeof command,
        "mount --bind '%s' '%s' 2>/dev/null && mount -o remount,ro,bind '%s' 2>/dev/null",
        dir, dir, dir);
    return geteuid() == 0 && system(command) == 0;
}

/* ------------------------------------------------------------------ verify */

static void poke(const char *path, size_t at, uint8_t x)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    uint8_t b;
    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &b, 1, (off_t)at), 1);
    b ^= x;
    assert_int_equal(pwrite(fd, &b, 1, (off_t)at), 1);
    assert_int_equal(close(fd), 0);
}

static const char *segment_path(const world *w)
{
    for (int i = 1; i < 20; i++) {
        char name[40];
        (void)snprintf(name, sizeof name, "segments/%06d.seg", i);
        if (access(test_path(w->archive, name), F_OK) == 0)
            return keep_path(w->archive, name);
    }
    fail_msg("no segment");
    return NULL;
}

static size_t size_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return (size_t)st.st_size;
}

static void open_and_ask(const char *dir)
{
    ew_index *ix = NULL;
    ew_probe probes[20];
    ew_hits hits = {0};
    fake_probes(probes, 20, 3);
    if (ew_index_open(&ix, dir, NULL) != EW_OK)
        return;
    assert_int_equal(ew_index_probe(ix, probes, 20, 0, &hits, NULL, NULL), EW_OK);
    for (size_t i = 0; i < hits.count; i++) {
        assert_true(hits.items[i].rec < ew_index_count(ix));
        assert_true(hits.items[i].frame < ew_index_frames(ix, hits.items[i].rec));
    }
    ew_hits_release(&hits);
    ew_index_close(ix);
}

/* Whatever byte of the segment is another one, verify says so, and reading stays safe. */
static void test_every_byte_of_segment(void **state)
{
    const world *w = *state;
    const char *path = segment_path(w);
    size_t n = size_of(path);
    assert_int_equal(verify(w->archive).count, 0);
    for (size_t i = 0; i < n; i++) {
        uint8_t x = (uint8_t)(1u << i % 8);
        poke(path, i, x);
        findings f = verify(w->archive);
        if (f.count == 0)
            fail_msg("byte %zu unnoticed", i);
        open_and_ask(w->archive);
        poke(path, i, x);
    }
    assert_int_equal(verify(w->archive).count, 0);
}

/* The same for the catalogue: what carries content is noticed. */
static void test_every_byte_of_catalogue(void **state)
{
    const world *w = *state;
    const char *path = keep_path(w->archive, "catalogue.sqlite");
    size_t n = 0;
    size_t unnoticed = 0;
    char *bytes = test_file_get(path, &n);
    for (size_t i = 0; i < n; i++) {
        /* Unused space is zero; a catalogue is mostly that. */
        if (bytes[i] == 0 && i % 61 != 0)
            continue;
        poke(path, i, 0x15);
        findings f = {0};
        uint64_t damaged = 0;
        ew_code code = ew_index_verify(w->archive, note, &f, NULL, &damaged, NULL);
        unnoticed += code == EW_OK && damaged == 0 && bytes[i] != 0 && i >= 100;
        open_and_ask(w->archive);
        test_file_put(path, bytes, n);
        (void)unlink(test_path(w->archive, "catalogue.sqlite-journal"));
    }
    /* Beyond the file's header of 100 bytes only free space left over from deleted rows. */
    print_message("# %zu bytes of %zu unnoticed\n", unnoticed, n);
    assert_true(unnoticed < 32);
    free(bytes);
    compare(w->archive, w);
}

static void test_names_of_affected(void **state)
{
    const world *w = *state;
    const char *path = segment_path(w);
    /* The words begin behind the table; those of the second recording there. */
    size_t words = (128 + 40 * TALKS + 63) / 64 * 64;
    poke(path, words + 4 * w->sorted[0]->fp.frames, 1);
    findings f = verify(w->archive);
    assert_int_equal(f.count, 1);
    assert_non_null(strstr(f.what, "earwitness remove"));
    assert_non_null(strstr(f.what, "earwitness add"));
    /* All share the block, as they are short. */
    assert_int_equal(f.affected, TALKS);
    /* The advice works. */
    ew_index_writer *writer = NULL;
    assert_int_equal(ew_index_writer_open(&writer, w->archive, 0, NULL), EW_OK);
    assert_int_equal(ew_index_writer_compact(writer, NULL, NULL), EW_E_FORMAT);
    for (int i = 0; i < TALKS; i++) {
        assert_int_equal(ew_index_writer_remove(writer, w->f[i].rec.sha256, NULL), EW_OK);
        assert_int_equal(fake_put(writer, &w->f[i], NULL), EW_OK);
    }
    compare(w->archive, w);
    assert_int_equal(ew_index_writer_merge(writer, NULL, NULL), EW_OK);
    ew_index_writer_close(writer);
    assert_int_equal(verify(w->archive).count, 0);
    compare(w->archive, w);
}

/* A segment that cannot be used takes its recordings out, and nothing else. */
static void test_rest_usable(void **state)
{
    const world *w = *state;
    ew_index_writer *writer = NULL;
    ew_index *ix = NULL;
    ew_index_stats s;
    fake extra;
    fake_make(&extra, 500, 100);
    assert_int_equal(ew_index_writer_open(&writer, w->archive, 0, NULL), EW_OK);
    const char *first = segment_path(w);
    assert_int_equal(fake_put(writer, &extra, NULL), EW_OK);
    for (int how = 0; how < 5; how++) {
        if (how == 0)
            poke(first, 8, 2); /* version */
        else if (how == 1)
            poke(first, 8, 2), poke(first, 20, 1); /* the rest of the header */
        else if (how == 2)
            poke(first, 20, 1), poke(first, 130, 1); /* table */
        else if (how == 3)
            assert_int_equal(truncate(first, (off_t)size_of(first) - 1), 0);
        else
            assert_int_equal(unlink(first), 0);
        assert_int_equal(ew_index_open(&ix, w->archive, NULL), EW_OK);
        const fake *only = &extra;
        fake_compare(ix, &only, 1);
        assert_int_equal(ew_index_get_stats(ix, &s, NULL), EW_OK);
        assert_int_equal(s.damaged, TALKS);
        ew_index_close(ix);
        findings f = verify(w->archive);
        assert_true(f.count >= 1);
        assert_int_equal(f.affected, TALKS);
        /* Work goes on around it. */
        assert_int_equal(ew_index_writer_merge(writer, NULL, NULL), EW_OK);
        assert_int_equal(ew_index_writer_compact(writer, NULL, NULL), EW_E_FORMAT);
    }
    ew_index_writer_close(writer);
    /* Adding the originals again repairs it. */
    add_what_is_missing(w, TALKS);
    assert_int_equal(ew_index_writer_open(&writer, w->archive, 0, NULL), EW_OK);
    assert_int_equal(ew_index_writer_remove(writer, extra.rec.sha256, NULL), EW_OK);
    assert_int_equal(ew_index_writer_compact(writer, NULL, NULL), EW_OK);
    ew_index_writer_close(writer);
    compare(w->archive, w);
    assert_int_equal(verify(w->archive).count, 0);
    fake_free(&extra);
}

/* ------------------------------------------------------------------ versions */

static void put_marker(const world *w, const char *text)
{
    test_file_put(test_path(w->archive, "archive.txt"), text, strlen(text));
}

static void test_versions(void **state)
{
    const world *w = *state;
    const char *newer = "written by a newer version; update earwitness";
    put_marker(w, "earwitness archive\nformat 2\nwhatever\n");
    expect_open(w->archive, EW_E_VERSION, newer);
    put_marker(w, "earwitness archive\nformat 1\nfingerprint 1000\n");
    expect_open(w->archive, EW_E_VERSION, newer);
    put_marker(w, "earwitness archive\nformat 1\nfingerprint 0\n");
    expect_open(w->archive, EW_E_VERSION, "older");
    static const char *const bad[] = {
        "",
        "earwitness",
        "earwitness archive\nformat x\n",
        "earwitness archive\nformat 0\nfingerprint 1\n",
        "earwitness archive\nformat 1\n",
        "earwitness archive\nformat 99999999999999999999\n"};
    for (size_t i = 0; i < EW_COUNT(bad); i++) {
        put_marker(w, bad[i]);
        expect_open(w->archive, EW_E_FORMAT, "archive.txt");
        assert_int_equal(verify(w->archive).count, 1);
    }
    expect_open(test_path(w->dir, "none"), EW_E_NOTFOUND, "no archive");
    expect_open(test_path(w->archive, "archive.txt"), EW_E_NOTFOUND, "no archive");
    /* Not among other people's files. */
    ew_index_writer *writer = NULL;
    assert_int_equal(ew_index_writer_open(&writer, w->dir, 0, NULL), EW_E_ARG);
    /* A lost marker is put back. */
    assert_int_equal(unlink(test_path(w->archive, "archive.txt")), 0);
    assert_int_equal(ew_index_writer_open(&writer, w->archive, 0, NULL), EW_OK);
    ew_index_writer_close(writer);
    compare(w->archive, w);
}

/* ------------------------------------------------------------------ places */

static void test_copies(void **state)
{
    const world *w = *state;
    const char *copy = keep_path(w->dir, "co py?a=1#%41");
    shell("cp -r", w->archive, copy);
    compare(copy, w);
    assert_int_equal(verify(copy).count, 0);
    ew_index_writer *writer = NULL;
    ew_index_writer *other = NULL;
    assert_int_equal(ew_index_writer_open(&writer, copy, 0, NULL), EW_OK);
    assert_int_equal(ew_index_writer_open(&other, w->archive, 0, NULL), EW_OK);
    ew_index_writer_close(writer);
    ew_index_writer_close(other);
    assert_int_equal(chdir(w->dir), 0);
    compare("archive", w);
    assert_int_equal(chdir("/"), 0);
}

static void test_read_only(void **state)
{
    const world *w = *state;
    assert_int_equal(unlink(test_path(w->archive, "lock")), 0);
    shell("chmod -R a-w", w->archive, NULL);
    compare(w->archive, w);
    assert_int_equal(verify(w->archive).count, 0);
    if (mount_read_only(w->archive)) {
        ew_index_writer *writer = NULL;
        compare(w->archive, w);
        assert_int_equal(verify(w->archive).count, 0);
        assert_int_equal(ew_index_writer_open(&writer, w->archive, 0, NULL), EW_E_IO);
        shell("umount", w->archive, NULL);
    } else {
        print_message("# no read-only mount here\n");
    }
    shell("chmod -R u+w", w->archive, NULL);
}

/* An archive whose writer was killed during a commit, as it lies on the disk. */
static void make_hot(const world *w, const char *to)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(test_path(w->archive, "catalogue.sqlite"), &db),
                     SQLITE_OK);
    /* With a tiny cache the pages are written to the file before the commit. */
    assert_int_equal(
        sqlite3_exec(db,
                     "PRAGMA cache_size=1; PRAGMA cache_spill=1; BEGIN IMMEDIATE;"
                     "DELETE FROM recording; DELETE FROM name;"
                     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n"
                     " WHERE i<2000) INSERT INTO segment SELECT i+50,i,i,i FROM n;",
                     NULL, NULL, NULL),
        SQLITE_OK);
    shell("cp -r", w->archive, to);
    assert_int_equal(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_true(size_of(test_path(to, "catalogue.sqlite-journal")) > 512);
}

static void test_interrupted(void **state)
{
    const world *w = *state;
    const char *copy = keep_path(w->dir, "hot");
    make_hot(w, copy);
    if (mount_read_only(copy)) {
        compare(copy, w);
        shell("umount", copy, NULL);
    } else if (geteuid() != 0) {
        shell("chmod -R a-w", copy, NULL);
        compare(copy, w);
        shell("chmod -R u+w", copy, NULL);
    }
    compare(copy, w);
    assert_int_equal(verify(copy).count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_byte_of_segment, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_every_byte_of_catalogue, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_names_of_affected, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rest_usable, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_versions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_copies, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_interrupted, set_up, tear_down),
    };
    fake_fast_disk();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
