/* SPDX-License-Identifier: Apache-2.0 */
/* Backup and restoring: complete or not at all, whatever fails; no secret on a disk; a desk as able as
 * the first one. */
#include "ops/seal_backup.h"

#include "backup_desk.h"

/* ------------------------------------------------------------------ as able */

static void same_signer(const ew_desk *a, const ew_desk *b, const char *use)
{
    uint8_t sigs[2][EW_ED25519_SIG];
    ew_signer *s = NULL;
    const ew_desk *desks[] = {a, b};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ew_desk_signer(desks[i], use, &s, NULL), EW_OK);
        ew_signer_sign(s, "text", 4, sigs[i]);
        ew_signer_free(s);
    }
    assert_memory_equal(sigs[0], sigs[1], EW_ED25519_SIG);
}

static void test_restored_desk_is_as_able(void **state)
{
    fixture *f = *state;
    ew_desk d;
    ew_kept k[2];
    ew_restored done;
    assert_int_equal(back_up(f, NULL), EW_OK);
    assert_int_equal(
        restore_with(f, 1, (ew_slice){(char *)f->note.data, f->note.len}, &done, NULL),
        EW_OK);
    assert_false(done.behind);
    assert_int_equal(done.time, 1000);
    open_copy(f, &d);
    for (size_t i = 0; ew_desk_uses[i] != NULL; i++)
        same_signer(&f->desk, &d, ew_desk_uses[i]);
    for (int i = 0; i < 2; i++) {
        ew_kept_init(&k[i]);
        assert_int_equal(ew_desk_find(i == 0 ? &f->desk : &d, f->last, &k[i], NULL),
                         EW_OK);
    }
    assert_int_equal(k[0].seed_count, k[1].seed_count);
    assert_memory_equal(k[0].seeds, k[1].seeds, sizeof k[0].seeds);
    assert_memory_equal(k[0].salt, k[1].salt, EW_SALT);
    assert_int_equal(k[0].entry, k[1].entry);
    assert_string_equal(k[0].path, k[1].path);
    ew_kept_release(&k[0]);
    ew_kept_release(&k[1]);

    /* The same disclosure, byte for byte; then the log goes on. */
    ew_disclosed shown;
    size_t n[2];
    char *bundle[2];
    char *log = ew_desk_log_dir(d.dir);
    ew_fsck fsck = {.problem = NULL};
    for (int i = 0; i < 2; i++) {
        char name[] = {'x', (char)('0' + i), 0};
        char *out = ew_strdup(test_path(f->dir, name));
        ew_disclosure what = {.item = f->last, .show = "1", .out = out};
        assert_int_equal(ew_ops_disclose(i == 0 ? &f->desk : &d, &what, &shown, NULL),
                         EW_OK);
        ew_disclosed_release(&shown);
        bundle[i] = test_file_get(out, &n[i]);
        ew_free(out);
    }
    assert_int_equal(n[0], n[1]);
    assert_memory_equal(bundle[0], bundle[1], n[0]);
    ew_buf note;
    ew_buf_init(&note, EW_NOTE_MAX);
    assert_int_equal(ew_ops_checkpoint(&d, &note, NULL), EW_OK);
    assert_int_equal(ew_log_fsck(log, &fsck, NULL), EW_OK);
    assert_int_equal(fsck.problems, 0);
    ew_buf_release(&note);
    ew_free(log);
    free(bundle[0]);
    free(bundle[1]);
    ew_desk_close(&d);
}

/* ------------------------------------------------------------------ refused */

static void test_what_is_refused(void **state)
{
    fixture *f = *state;
    ew_restored done;
    ew_slice none = {NULL, 0};
    ew_age_recipients all = f->to;
    f->to.n = 1;
    assert_int_equal(back_up(f, NULL), EW_E_ARG); /* one recipient */
    assert_int_equal(ew_age_add_recipient(&f->to, none, NULL), EW_E_ARG);
    f->to = all;
    assert_false(there(f->out));
    /* into the desk itself */
    char *out = f->out;
    f->out = ew_path_join(f->desk.dir, "keys/desk.age");
    assert_int_equal(back_up(f, NULL), EW_E_ARG);
    ew_free(f->out);
    f->out = out;

    assert_int_equal(back_up(f, NULL), EW_OK);
    assert_int_equal(restore_with(f, 2, none, &done, NULL), EW_E_NOTFOUND);
    assert_false(there(f->copy));
    /* into a folder with something in it */
    assert_int_equal(ew_mkdirs(f->copy, NULL), EW_OK);
    char *x = ew_path_join(f->copy, "x");
    test_file_put(x, "x", 1);
    assert_int_equal(restore(f, NULL), EW_E_ARG);
    assert_int_equal(unlink(x), 0);
    assert_int_equal(restore(f, NULL), EW_OK); /* an empty one is fine */
    assert_int_equal(restore(f, NULL), EW_E_ARG);
    ew_free(x);
}

/* A damaged secret, or a file of which nobody knows what it is, is told and not left out. */
static void test_no_half_backups(void **state)
{
    fixture *f = *state;
    char *path = ew_path_join(f->desk.dir, "items/new.bin");
    ew_err err;
    test_file_put(path, "\1\2\3", 3);
    assert_int_equal(back_up(f, &err), EW_E_FORMAT);
    assert_non_null(strstr(err.text, "items/new.bin"));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("keys", path), 0);
    assert_int_equal(back_up(f, &err), EW_E_FORMAT);
    assert_int_equal(unlink(path), 0);
    ew_free(path);

    char name[EW_ITEM_HEX + 32];
    (void)snprintf(name, sizeof name, "items/%s/secret", f->last);
    path = ew_path_join(f->desk.dir, name);
    size_t n = 0;
    char *bytes = test_file_get(path, &n);
    bytes[n / 2] ^= 1;
    test_file_put(path, bytes, n);
    assert_int_equal(back_up(f, &err), EW_E_FORMAT);
    assert_non_null(strstr(err.text, "secret"));
    bytes[n / 2] ^= 1;
    test_file_put(path, bytes, n);
    assert_int_equal(back_up(f, NULL), EW_OK);
    free(bytes);
    ew_free(path);
}

/* Later kinds of files are carried without new code: text, locked files, whatever lies with
 * the log and the times. */
static void test_unknown_kinds_are_carried(void **state)
{
    fixture *f = *state;
    static const char *const names[] = {"events/abc", "items/extra/secret", "notes/one"};
    static const char *const labels[] = {"event abc", "extra", "notes/one"};
    static const char secret[] = "a \0 secret \377 of some kind";
    ew_desk d;
    ew_buf box;
    ew_secret back;
    ew_buf_init(&box, 1000);
    assert_int_equal(ew_secret_init(&back, 1000, NULL), EW_OK);
    for (size_t i = 0; i < 3; i++) {
        char *path = ew_path_join(f->desk.dir, names[i]);
        char *slash = strrchr(path, '/');
        *slash = 0;
        assert_int_equal(ew_mkdirs(path, NULL), EW_OK);
        *slash = '/';
        ew_buf_reset(&box);
        assert_int_equal(ew_vault_lock(f->desk.vault, ew_slice_of(labels[i]), secret,
                                       sizeof secret, &box, NULL),
                         EW_OK);
        test_file_put(path, box.data, box.len);
        ew_free(path);
    }
    assert_int_equal(ew_mkdirs(test_path(f->desk.dir, "time/12"), NULL), EW_OK);
    test_file_put(test_path(f->desk.dir, "time/12/a.tsr"), "\0\1\2", 3);
    assert_int_equal(ew_mkdirs(test_path(f->desk.dir, "left"), NULL), EW_OK);
    test_file_put(test_path(f->desk.dir, "left/a-1"), "\0\1\2", 3);
    test_file_put(test_path(f->desk.dir, "events/old.gone"), "\0\1\2", 3);
    test_file_put(test_path(f->desk.dir, "settings"), "text\n", 5);
    test_file_put(test_path(f->desk.dir, "empty"), "", 0);
    assert_int_equal(back_up(f, NULL), EW_OK);
    assert_int_equal(restore(f, NULL), EW_OK);
    open_copy(f, &d);
    for (size_t i = 0; i < 3; i++) {
        size_t n = 0;
        char *bytes = test_file_get(test_path(f->copy, names[i]), &n);
        assert_int_equal(ew_vault_unlock(d.vault, ew_slice_of(labels[i]),
                                         (ew_slice){bytes, n}, &back, NULL),
                         EW_OK);
        assert_int_equal(back.n, sizeof secret);
        assert_memory_equal(back.bytes, secret, sizeof secret);
        free(bytes);
    }
    size_t n = 0;
    char *bytes = test_file_get(test_path(f->copy, "time/12/a.tsr"), &n);
    assert_int_equal(n, 3);
    assert_memory_equal(bytes, "\0\1\2", 3);
    free(bytes);
    assert_true(there(test_path(f->copy, "left/a-1")));
    assert_false(there(test_path(f->copy, "events/old.gone")));
    assert_true(there(test_path(f->copy, "settings")) &&
                there(test_path(f->copy, "empty")));
    ew_desk_close(&d);
    ew_buf_release(&box);
    ew_secret_release(&back);
}

static void test_truncated_and_changed(void **state)
{
    fixture *f = *state;
    size_t n = 0;
    static const char large[200000]; /* so that there are several chunks */
    assert_int_equal(ew_mkdirs(test_path(f->desk.dir, "time/1"), NULL), EW_OK);
    test_file_put(test_path(f->desk.dir, "time/1/a.ots"), large, sizeof large);
    assert_int_equal(back_up(f, NULL), EW_OK);
    char *bytes = test_file_get(f->out, &n);
    for (size_t i = 0; i < 24; i++) {
        size_t at = i < 8 ? i * 17 : n * i / 24;
        test_file_put(f->out, bytes, at);
        assert_int_equal(restore(f, NULL), EW_E_FORMAT);
        bytes[at] ^= 4;
        test_file_put(f->out, bytes, n);
        ew_code code = restore(f, NULL);
        /* a changed share of the other recipient's stanza is found by the MAC */
        if (code != EW_E_FORMAT && code != EW_E_NOTFOUND && code != EW_E_VERSION &&
            code != EW_E_LIMIT)
            fail_msg("byte %zu: %s", at, ew_code_name(code));
        bytes[at] ^= 4;
        assert_false(there(f->copy));
    }
    test_file_put(f->out, bytes, n);
    assert_int_equal(rmdir(f->place), 0); /* and nothing is left beside it */
    assert_int_equal(restore(f, NULL), EW_OK);
    free(bytes);
}

/* ------------------------------------------------------------------ faults */

static ew_code backup_work(void *arg, ew_err *err)
{
    const fixture *f = arg;
    ew_buf plain;
    test_file_put(f->out, "what was there", 14);
    ew_code code = back_up(f, err);
    if (code != EW_OK) { /* the old bytes, or all of the new ones */
        size_t n = 0;
        char *bytes = test_file_get(f->out, &n);
        bool old = n == 14 && memcmp(bytes, "what was there", 14) == 0;
        free(bytes);
        if (old)
            return code;
    }
    ew_buf_init(&plain, 1 << 20);
    assert_int_equal(open_backup(f, &plain), EW_OK);
    ew_buf_release(&plain);
    return code;
}

static ew_code plain_backup_work(void *arg, ew_err *err)
{
    return back_up(arg, err);
}

static ew_code restore_work(void *arg, ew_err *err)
{
    const fixture *f = arg;
    clear_place(f);
    ew_code code = restore(f, err);
    if (code == EW_OK)
        return code;
    if (there(f->copy)) /* it has its name: then it is all there */
        assert_true(there(test_path(f->copy, "keys/vault")));
    return code;
}

static ew_code rewrap_work(void *arg, ew_err *err)
{
    const fixture *f = arg;
    return ew_desk_rewrap(&f->desk, &f->pass, &cheap, err);
}

static void test_each_allocation_fails(void **state)
{
    fixture *f = *state;
    assert_true(test_torture_alloc(plain_backup_work, f, 30) > 60);
    assert_true(test_torture_alloc(restore_work, f, 30) > 60);
    assert_true(test_torture_alloc(rewrap_work, f, 0) > 3);
}

static void test_each_write_and_sync_fails(void **state)
{
    fixture *f = *state;
    assert_true(test_torture_write(backup_work, f) >= 3);
    assert_true(test_torture_sync(backup_work, f) == 2);
    assert_int_equal(back_up(f, NULL), EW_OK);
    assert_true(test_torture_write(restore_work, f) >= 10);
    assert_true(test_torture_sync(restore_work, f) >= 20);
    assert_true(test_torture_write(rewrap_work, f) == 1);
    assert_true(test_torture_sync(rewrap_work, f) == 2);
    ew_desk d;
    bool right = false;
    assert_int_equal(ew_desk_open(&d, f->desk.dir, &f->pass, &right, NULL), EW_OK);
    assert_true(right);
    ew_desk_close(&d);
}

/* Stops when so many have been done. */
static int stop_at(void *cookie, const char *stage, int64_t done, int64_t total)
{
    (void)stage;
    assert_true(done < total);
    return done == *(const int64_t *)cookie;
}

static void test_it_can_be_stopped(void **state)
{
    fixture *f = *state;
    int64_t at = 0;
    ew_progress prog = {stop_at, &at};
    test_file_put(f->out, "what was there", 14);
    f->desk.prog = &prog;
    for (; at < 12; at += 3) {
        size_t n = 0;
        assert_int_equal(back_up(f, NULL), EW_E_CANCELLED);
        char *bytes = test_file_get(f->out, &n);
        assert_int_equal(n, 14);
        free(bytes);
    }
    f->desk.prog = NULL;
    f->prog = &prog;
    assert_int_equal(back_up(f, NULL), EW_OK);
    for (at = 0; at < 12; at += 3) {
        assert_int_equal(restore(f, NULL), EW_E_CANCELLED);
        assert_int_equal(rmdir(f->place), 0);
    }
    at = -1;
    assert_int_equal(restore(f, NULL), EW_OK);
}

/* ------------------------------------------------------------------ secrets on the disk */

typedef struct needles {
    char base64[64][64];
    uint8_t raw[64][32];
    size_t n;
    const char *found;
} needles;

static needles sought;

/* Every value of 32 bytes in the files of the backup that holds secrets. */
static void gather(const ew_buf *plain)
{
    static const char *const words[] = {"\nsecret ", "\nsalt ", "\nseed "};
    sought.n = 0;
    for (size_t i = 0; i + 60 < plain->len; i++)
        for (size_t w = 0; w < EW_COUNT(words); w++) {
            size_t n = strlen(words[w]);
            ew_slice s = {(char *)plain->data + i + n, 44};
            if (memcmp(plain->data + i, words[w], n) != 0 || sought.n == 64 ||
                !ew_slice_base64(s, sought.raw[sought.n], 32))
                continue;
            memcpy(sought.base64[sought.n++], s.p, 44);
        }
}

static bool holds(const char *bytes, size_t n)
{
    for (size_t i = 0; i < sought.n; i++)
        if (memmem(bytes, n, sought.base64[i], 43) != NULL ||
            memmem(bytes, n, sought.raw[i], 32) != NULL)
            return true;
    return false;
}

static int look(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)at;
    size_t n = 0;
    if (type != FTW_F)
        return 0;
    char *bytes = test_file_get(path, &n);
    bool bad = holds(bytes, n);
    free(bytes);
    if (bad)
        print_message("a secret stands in %s\n", path);
    return bad;
}

static void test_no_secret_on_the_disk(void **state)
{
    fixture *f = *state;
    ew_buf plain;
    ew_buf_init(&plain, 1 << 22);
    assert_int_equal(back_up(f, NULL), EW_OK);
    assert_int_equal(open_backup(f, &plain), EW_OK);
    gather(&plain);
    assert_true(sought.n >= 6); /* three keys, a salt and two seeds */
    assert_true(holds((char *)plain.data, plain.len));
    assert_int_equal(restore(f, NULL), EW_OK);
    assert_int_equal(nftw(f->dir, look, 8, FTW_PHYS), 0);
    /* nor in what an interrupted restoring leaves behind */
    for (int64_t n = 0; n < 12; n++) {
        clear_place(f);
        ew_write_fail_at(n);
        ew_code code = restore(f, NULL);
        ew_write_fail_at(-1);
        (void)code;
        assert_int_equal(nftw(f->dir, look, 8, FTW_PHYS), 0);
    }
    ew_buf_release(&plain);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_restored_desk_is_as_able),  TEST(test_what_is_refused),
        TEST(test_no_half_backups),           TEST(test_unknown_kinds_are_carried),
        TEST(test_truncated_and_changed),     TEST(test_each_allocation_fails),
        TEST(test_each_write_and_sync_fails), TEST(test_it_can_be_stopped),
        TEST(test_no_secret_on_the_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
