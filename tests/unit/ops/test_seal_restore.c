/* SPDX-License-Identifier: Apache-2.0 */
/* Restoring: a log that is behind what was published, what was published, and archives that are no
 * backups. */
#include "ops/seal_backup.h"

#include <archive.h>
#include <archive_entry.h>

#include "backup_desk.h"
#include "ops/seal_publish.h"

/* ------------------------------------------------------------------ going back */

static void test_older_than_the_checkpoint(void **state)
{
    fixture *f = *state;
    ew_restored done;
    ew_log *log = NULL;
    ew_err err;
    assert_int_equal(back_up(f, NULL), EW_OK);
    seal_one(f); /* after the backup, and published */
    ew_slice newest = {(char *)f->note.data, f->note.len};
    assert_int_equal(restore_with(f, 0, newest, &done, NULL), EW_OK);
    assert_true(done.behind);
    assert_true(done.newest > done.log.size);
    char *dir = ew_desk_log_dir(f->copy);
    assert_int_equal(ew_log_open(&log, dir, &err), EW_E_FORMAT);
    assert_non_null(strstr(err.text, "entries are lost"));
    ew_buf proof;
    ew_buf_init(&proof, 1 << 20);
    /* what it holds can still be proven */
    assert_int_equal(ew_log_prove(dir, 0, (ew_slice){NULL, 0}, &proof, NULL), EW_OK);
    ew_buf_release(&proof);
    ew_free(dir);

    /* a checkpoint of another log, and one that was changed */
    clear_place(f);
    ew_desk other;
    ew_buf note;
    ew_buf_init(&note, EW_NOTE_MAX);
    made_desk_at(&other, f->dir, "other", &f->pass);
    assert_int_equal(ew_ops_checkpoint(&other, &note, NULL), EW_OK);
    assert_int_equal(
        restore_with(f, 0, (ew_slice){(char *)note.data, note.len}, &done, NULL),
        EW_E_ARG);
    f->note.data[18] ^= 1;
    assert_int_not_equal(restore_with(f, 0, newest, &done, NULL), EW_OK);
    assert_false(there(f->copy));
    ew_desk_close(&other);
    ew_buf_release(&note);
}

static uint64_t log_size(const char *desk)
{
    ew_log_state s;
    char *dir = ew_desk_log_dir(desk);
    assert_int_equal(ew_log__read_state(dir, &s, NULL), EW_OK);
    ew_free(dir);
    return s.size;
}

/* What was published after the backup brings the log up to date, and it goes on. */
static void test_published_log_is_taken(void **state)
{
    fixture *f = *state;
    ew_restored done;
    ew_publication told;
    ew_slice none = {NULL, 0};
    char *copy = ew_strdup(test_path(f->dir, "public"));
    assert_int_equal(ew_ops_publish(f->desk.dir, copy, &told, NULL), EW_OK);
    seal_one(f);
    assert_int_equal(back_up(f, NULL), EW_OK);
    uint64_t held = log_size(f->desk.dir);
    f->log = copy; /* a copy that is older than the backup is of no use, and no harm */
    assert_int_equal(restore_with(f, 0, none, &done, NULL), EW_OK);
    assert_true(done.regained == 0 && done.log.size == held);
    assert_false(there(test_path(f->copy, "published")));
    clear_place(f);

    seal_one(f);
    assert_int_equal(ew_ops_publish(f->desk.dir, copy, &told, NULL), EW_OK);
    ew_slice newest = {(char *)f->note.data, f->note.len};
    assert_int_equal(restore_with(f, 0, newest, &done, NULL), EW_OK);
    assert_false(done.behind);
    assert_true(done.regained > 0 && done.log.size == held + done.regained);
    ew_desk_close(&f->desk);
    open_copy(f, &f->desk);
    seal_one(f);
    char *dir = ew_desk_log_dir(f->copy);
    ew_fsck fsck = {.problem = NULL};
    assert_int_equal(ew_log_fsck(dir, &fsck, NULL), EW_OK);
    assert_int_equal(fsck.problems, 0);
    assert_true(fsck.entries > done.log.size);
    ew_free(dir);
    ew_free(copy);
}

/* The copy of another log, none, and one that was changed. */
static void test_published_log_is_checked(void **state)
{
    fixture *f = *state;
    ew_restored done;
    ew_publication told;
    ew_desk other;
    ew_slice none = {NULL, 0};
    ew_buf note;
    char *copy = ew_strdup(test_path(f->dir, "public"));
    char *elsewhere = ew_strdup(test_path(f->dir, "elsewhere"));
    ew_buf_init(&note, EW_NOTE_MAX);
    assert_int_equal(back_up(f, NULL), EW_OK);
    seal_one(f);
    assert_int_equal(ew_ops_publish(f->desk.dir, copy, &told, NULL), EW_OK);
    made_desk_at(&other, f->dir, "other", &f->pass);
    assert_int_equal(ew_ops_checkpoint(&other, &note, NULL), EW_OK);
    assert_int_equal(ew_ops_publish(other.dir, elsewhere, &told, NULL), EW_OK);
    ew_desk_close(&other);
    ew_buf_release(&note);
    f->log = elsewhere;
    assert_int_equal(restore_with(f, 0, none, &done, NULL), EW_E_ARG);
    f->log = f->dir;
    assert_int_equal(restore_with(f, 0, none, &done, NULL), EW_E_ARG);
    f->log = copy;
    assert_int_equal(nftw(test_path(copy, "tile/0"), change_one, 8, FTW_PHYS), 1);
    assert_int_equal(restore_with(f, 0, none, &done, NULL), EW_E_FORMAT);
    assert_false(there(f->copy));
    ew_free(copy);
    ew_free(elsewhere);
}

/* The same key over another history of the same length. */
static void test_another_history(void **state)
{
    fixture *f = *state;
    ew_signer *s = NULL;
    ew_restored done;
    ew_buf text;
    ew_buf note;
    ew_checkpoint c = {ew_slice_of("desk.example/log"), 1, {{7}}};
    ew_buf_init(&text, 1000);
    ew_buf_init(&note, 1000);
    assert_int_equal(back_up(f, NULL), EW_OK);
    assert_int_equal(ew_checkpoint_append(&text, &c, NULL), EW_OK);
    assert_int_equal(ew_desk_signer(&f->desk, "log", &s, NULL), EW_OK);
    assert_int_equal(
        ew_note_make(&note, (ew_slice){(char *)text.data, text.len}, s, NULL), EW_OK);
    assert_int_equal(
        restore_with(f, 0, (ew_slice){(char *)note.data, note.len}, &done, NULL),
        EW_E_FORMAT);
    assert_false(there(f->copy));
    ew_signer_free(s);
    ew_buf_release(&text);
    ew_buf_release(&note);
}

/* ------------------------------------------------------------------ hostile archives */

typedef struct entry {
    const char *name;
    mode_t type;
    const char *content; /* or where a link leads */
} entry;

static la_ssize_t to_age(struct archive *a, void *cookie, const void *bytes, size_t n)
{
    (void)a;
    assert_int_equal(ew_age_write(cookie, bytes, n, NULL), EW_OK);
    return (la_ssize_t)n;
}

static ew_code to_buf(void *cookie, const void *bytes, size_t n, ew_err *err)
{
    return ew_buf_append(cookie, bytes, n, err);
}

static void add_entry(struct archive *a, const entry *e)
{
    struct archive_entry *h = archive_entry_new();
    size_t n = e->type == AE_IFREG && e->content != NULL ? strlen(e->content) : 0;
    archive_entry_set_pathname(h, e->name);
    archive_entry_set_filetype(h, e->type);
    archive_entry_set_perm(h, 0644);
    archive_entry_set_mtime(h, 1, 5); /* a fraction needs pax, where it is */
    archive_entry_set_size(h, (la_int64_t)n);
    if (e->type == AE_IFLNK)
        archive_entry_set_symlink(h, e->content);
    if (e->type == 0) {
        archive_entry_set_filetype(h, AE_IFREG);
        archive_entry_set_hardlink(h, e->content);
    }
    assert_int_equal(archive_write_header(a, h), ARCHIVE_OK);
    if (n > 0)
        assert_int_equal(archive_write_data(a, e->content, n), (la_ssize_t)n);
    archive_entry_free(h);
}

/* A backup of our own making: `how` makes the format. */
static void forge(const fixture *f, const entry *entries, size_t n,
                  int (*how)(struct archive *))
{
    ew_buf file;
    ew_age_closing closing = {&f->to, NULL, 0, false};
    ew_age_sink sink = {&file, to_buf};
    ew_age_writer *w = NULL;
    struct archive *a = archive_write_new();
    ew_buf_init(&file, 1 << 22);
    assert_int_equal(ew_age_create(&w, &sink, &closing, NULL), EW_OK);
    assert_int_equal(how(a), ARCHIVE_OK);
    assert_int_equal(archive_write_open(a, w, NULL, to_age, NULL), ARCHIVE_OK);
    for (size_t i = 0; i < n; i++)
        add_entry(a, &entries[i]);
    assert_int_equal(archive_write_close(a), ARCHIVE_OK);
    (void)archive_write_free(a);
    assert_int_equal(ew_age_finish(w, NULL), EW_OK);
    ew_age_writer_free(w);
    test_file_put(f->out, file.data, file.len);
    ew_buf_release(&file);
}

#define MANIFEST(n)                                                                      \
    {                                                                                    \
        EW_BACKUP__MANIFEST, AE_IFREG,                                                   \
            "earwitness-backup/v1\nmade 2026-11-22T07:00:00Z\nentries " n "\nlog a 0 "   \
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"                             \
    }
#define KEYS                                                                             \
    {                                                                                    \
        "keys/", AE_IFDIR, NULL                                                          \
    }

static void test_hostile_archives(void **state)
{
    fixture *f = *state;
    static const struct {
        entry e[4];
        size_t n;
    } bad[] = {
        {{{"x", AE_IFREG, "x"}}, 1},
        {{KEYS, MANIFEST("1")}, 2},
        {{{EW_BACKUP__MANIFEST, AE_IFREG, "earwitness-backup/v1\n"}}, 1},
        {{MANIFEST("1")}, 1},
        {{MANIFEST("1"), KEYS, {"x", AE_IFREG, "x"}}, 3},
        {{MANIFEST("2"), KEYS, {"../x", AE_IFREG, "x"}}, 3},
        {{MANIFEST("2"), KEYS, {"keys/../../x", AE_IFREG, "x"}}, 3},
        {{MANIFEST("2"), KEYS, {"/tmp/x", AE_IFREG, "x"}}, 3},
        {{MANIFEST("2"), KEYS, {"keys//x", AE_IFREG, "x"}}, 3},
        {{MANIFEST("2"), KEYS, {"./x", AE_IFREG, "x"}}, 3},
        {{MANIFEST("2"), KEYS, {"keys/a b", AE_IFREG, "x"}}, 3},
        {{MANIFEST("2"), KEYS, {"keys/vault", AE_IFREG, "x"}}, 3},
        {{MANIFEST("2"), KEYS, {"keys/vault.open", AE_IFREG, "label a\nx"}}, 3},
        {{MANIFEST("2"), KEYS, {"keys/.ew-tmp-1", AE_IFREG, "x"}}, 3},
        {{MANIFEST("2"), KEYS, {"keys/x", AE_IFLNK, "/tmp"}}, 3},
        {{MANIFEST("2"), KEYS, {"keys/x", AE_IFIFO, NULL}}, 3},
        {{MANIFEST("2"), KEYS, KEYS}, 3},
        {{MANIFEST("3"), KEYS, {"keys/x", AE_IFREG, "x"}, {"keys/x", 0, "keys/x"}}, 4},
        {{MANIFEST("3"), KEYS, {"keys/x", AE_IFREG, "x"}, {"keys/x", AE_IFREG, "y"}}, 4},
        {{MANIFEST("3"),
          KEYS,
          {"keys/x", AE_IFREG, "x"},
          {"keys/x.open", AE_IFREG, "label a\ny"}},
         4},
        {{MANIFEST("1"), {"none/x", AE_IFREG, "x"}}, 2},
        {{MANIFEST("2"), KEYS, {"keys/log.open", AE_IFREG, "secret !\n"}}, 3},
        {{MANIFEST("2"), KEYS, {"keys/log.open", AE_IFREG, "label"}}, 3},
        {{MANIFEST("2"), KEYS, {"keys/log", AE_IFREG, "not a key\n"}}, 3},
    };
    for (size_t i = 0; i < EW_COUNT(bad); i++) {
        forge(f, bad[i].e, bad[i].n, archive_write_set_format_ustar);
        ew_code code = restore(f, NULL);
        if (code != EW_E_FORMAT && !(code == EW_E_IO && i == 20))
            fail_msg("archive %zu: %s", i, ew_code_name(code));
        assert_false(there(f->copy));
        assert_int_equal(rmdir(f->place), 0);
    }
    static const entry good[] = {MANIFEST("1"), KEYS};
    forge(f, good, 2, archive_write_set_format_pax);
    assert_int_equal(restore(f, NULL), EW_E_FORMAT);
    forge(f, good, 2, archive_write_set_format_gnutar);
    assert_int_equal(restore(f, NULL), EW_E_FORMAT);
    forge(f, good, 2, archive_write_set_format_cpio_newc);
    assert_int_equal(restore(f, NULL), EW_E_FORMAT);
    forge(f, good, 2, archive_write_set_format_ustar);
    assert_int_equal(restore(f, NULL), EW_E_FORMAT); /* it has no log */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_older_than_the_checkpoint), TEST(test_another_history),
        TEST(test_published_log_is_taken),    TEST(test_published_log_is_checked),
        TEST(test_hostile_archives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
