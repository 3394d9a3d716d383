/* SPDX-License-Identifier: Apache-2.0 */
/* Backup and restoring: complete or not at all, whatever fails; no secret on a disk; nothing but
 * backups is restored; a desk as able as the first one. */
#include "ops/seal_backup.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/file.h"
#include "ops/seal.h"
#include "ops/seal_backup_form.h"
#include "support.h"

static const char chat[] =
    "1/2/20, 10:00 - Ann: Did you know?\n1/2/20, 10:01 - Bob: yes\n";
static const ew_vault_cost cheap = {1, 8192};

typedef struct fixture {
    char *dir, *file, *out, *place, *copy;
    ew_secret pass, other;
    ew_desk desk;
    ew_age_recipients to;
    ew_age_identities ids[3]; /* the third is nobody's */
    char last[EW_ITEM_HEX + 1];
    ew_buf note; /* the newest checkpoint */
} fixture;

static void told(void *cookie, const ew_sealed *s, const ew_err *why)
{
    fixture *f = cookie;
    assert_null(why);
    memcpy(f->last, s->hex, sizeof f->last);
}

static void seal_one(fixture *f)
{
    const char *paths[] = {f->file};
    ew_seal_opts opts = {.paths = paths, .n = 1, .told = told, .cookie = f};
    opts.splitter = EW_SPLIT_AUTO;
    size_t failed = 0;
    assert_int_equal(ew_ops_seal(&f->desk, &opts, &failed, NULL), EW_OK);
    assert_int_equal(failed, 0);
    ew_buf_reset(&f->note);
    assert_int_equal(ew_ops_checkpoint(&f->desk, &f->note, NULL), EW_OK);
}

static void make_identity(ew_age_identities *ids, ew_age_recipients *to)
{
    ew_secret file;
    ew_buf name;
    ew_buf_init(&name, 200);
    assert_int_equal(ew_secret_init(&file, 512, NULL), EW_OK);
    assert_int_equal(ew_age_new_identity(&file, &name, 0, NULL), EW_OK);
    assert_int_equal(ew_age_read_identities(ids, (ew_slice){file.bytes, file.n}, NULL),
                     EW_OK);
    if (to != NULL)
        assert_int_equal(ew_age_add_recipient(to, ew_slice_of((char *)name.data), NULL),
                         EW_OK);
    ew_buf_release(&name);
    ew_secret_release(&file);
}

static void set_word(ew_secret *s, const char *word)
{
    assert_int_equal(ew_secret_init(s, 16, NULL), EW_OK);
    s->n = strlen(word);
    memcpy(s->bytes, word, s->n);
}

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    *state = f;
    f->dir = test_dir_new();
    f->file = ew_strdup(test_path(f->dir, "chat.txt"));
    f->out = ew_strdup(test_path(f->dir, "desk.age"));
    f->place = ew_strdup(test_path(f->dir, "place"));
    f->copy = ew_strdup(test_path(f->dir, "place/desk"));
    ew_buf_init(&f->note, EW_NOTE_MAX);
    test_file_put(f->file, chat, sizeof chat - 1);
    set_word(&f->pass, "old word");
    set_word(&f->other, "new word");
    assert_int_equal(ew_desk_create(&f->desk, test_path(f->dir, "desk"), "desk.example",
                                    &f->pass, &cheap, NULL),
                     EW_OK);
    make_identity(&f->ids[0], &f->to);
    make_identity(&f->ids[1], &f->to);
    make_identity(&f->ids[2], NULL);
    seal_one(f);
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    ew_desk_close(&f->desk);
    ew_secret_release(&f->pass);
    ew_secret_release(&f->other);
    for (int i = 0; i < 3; i++)
        ew_age_identities_release(&f->ids[i]);
    ew_buf_release(&f->note);
    test_dir_remove(f->dir);
    ew_free(f->file);
    ew_free(f->out);
    ew_free(f->place);
    ew_free(f->copy);
    free(f);
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static void clear_place(const fixture *f)
{
    assert_true(nftw(f->place, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0 ||
                errno == ENOENT);
}

static bool there(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

/* ------------------------------------------------------------------ work */

static ew_code back_up(const fixture *f, ew_err *err)
{
    ew_backup_opts opts = {&f->to, f->out, false, 1000};
    ew_backed_up done;
    ew_code code = ew_ops_backup(&f->desk, &opts, &done, err);
    if (code == EW_OK)
        assert_true(done.secrets >= 3 && done.files > done.secrets && done.log.there);
    return code;
}

static ew_code restore_with(const fixture *f, int identity, ew_slice checkpoint,
                            ew_restored *done, ew_err *err)
{
    ew_age_opening with = {&f->ids[identity], NULL, EW_AGE_ARMOR_AUTO};
    ew_restore_opts opts = {f->out, &with, f->copy, &f->other, &cheap, checkpoint};
    return ew_ops_restore(&opts, done, err);
}

static ew_code restore(const fixture *f, ew_err *err)
{
    ew_restored done;
    return restore_with(f, 0, (ew_slice){NULL, 0}, &done, err);
}

static ew_code slice_read(void *cookie, void *out, size_t max, size_t *got, ew_err *err)
{
    ew_slice *rest = cookie;
    (void)err;
    *got = rest->n < max ? rest->n : max;
    memcpy(out, rest->p, *got);
    rest->p += *got;
    rest->n -= *got;
    return EW_OK;
}

/* All that is in the backup, unlocked. EW_OK only when it is complete. */
static ew_code open_backup(const fixture *f, ew_buf *plain)
{
    size_t n = 0;
    char *bytes = test_file_get(f->out, &n);
    ew_slice rest = {bytes, n};
    ew_age_opening with = {&f->ids[1], NULL, EW_AGE_ARMOR_AUTO};
    ew_age_reader *r = NULL;
    ew_slice piece = {NULL, 1};
    ew_age_source from = {&rest, slice_read};
    ew_code code = ew_age_open(&r, &from, &with, NULL, NULL);
    while (code == EW_OK && piece.n > 0) {
        code = ew_age_read(r, &piece, NULL);
        if (code == EW_OK)
            assert_int_equal(ew_buf_append(plain, piece.p, piece.n, NULL), EW_OK);
    }
    ew_age_reader_free(r);
    free(bytes);
    return code;
}

static void open_copy(const fixture *f, ew_desk *d)
{
    bool right = false;
    assert_int_equal(ew_desk_open(d, f->copy, &f->pass, &right, NULL), EW_OK);
    assert_false(right); /* the old passphrase is gone */
    assert_int_equal(ew_desk_open(d, f->copy, &f->other, &right, NULL), EW_OK);
    assert_true(right);
}

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
    assert_true(done.newest > done.log.state.size);
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
    assert_int_equal(ew_desk_create(&other, test_path(f->dir, "other"), "desk.example",
                                    &f->pass, &cheap, NULL),
                     EW_OK);
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
            "earwitness-backup/v1\nmade 2026-11-22T07:00:00Z\nentries " n "\nlog none\n" \
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
    assert_int_equal(restore(f, NULL),
                     EW_OK); /* an empty desk, of which nothing is said */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_restored_desk_is_as_able),  TEST(test_what_is_refused),
        TEST(test_no_half_backups),           TEST(test_unknown_kinds_are_carried),
        TEST(test_truncated_and_changed),     TEST(test_older_than_the_checkpoint),
        TEST(test_another_history),           TEST(test_each_allocation_fails),
        TEST(test_each_write_and_sync_fails), TEST(test_no_secret_on_the_disk),
        TEST(test_hostile_archives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
