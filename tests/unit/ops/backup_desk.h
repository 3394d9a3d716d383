/* SPDX-License-Identifier: Apache-2.0 */
/* A desk to back up and restore, with identities, for the tests of both. */
#ifndef EW_TEST_BACKUP_DESK_H
#define EW_TEST_BACKUP_DESK_H

#include "ops/seal_backup.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/file.h"
#include "made_desk.h"
#include "ops/seal_backup_form.h"

static const char chat[] =
    "1/2/20, 10:00 - Ann: Did you know?\n1/2/20, 10:01 - Bob: yes\n";

typedef struct fixture {
    char *dir, *file, *out, *place, *copy;
    const char *log; /* a published copy, or NULL */
    const ew_progress *prog;
    ew_secret pass, other;
    ew_desk desk;
    ew_age_recipients to;
    ew_age_identities ids[3]; /* the third is nobody's */
    char last[EW_ITEM_HEX + 1];
    ew_buf note; /* the newest checkpoint */
} fixture;

static inline void seal_one(fixture *f)
{
    made_seal(&f->desk, f->file, f->last);
    ew_buf_reset(&f->note);
    assert_int_equal(ew_ops_checkpoint(&f->desk, &f->note, NULL), EW_OK);
}

static inline void make_identity(ew_age_identities *ids, ew_age_recipients *to)
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

static inline int set_up(void **state)
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
    made_word(&f->pass, "old word");
    made_word(&f->other, "new word");
    made_desk_at(&f->desk, f->dir, "desk", &f->pass);
    make_identity(&f->ids[0], &f->to);
    make_identity(&f->ids[1], &f->to);
    make_identity(&f->ids[2], NULL);
    seal_one(f);
    return 0;
}

static inline int tear_down(void **state)
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

static inline int remove_one(const char *path, const struct stat *st, int type,
                             struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

/* Changes the first file, and ends there. */
static inline int change_one(const char *path, const struct stat *st, int type,
                             struct FTW *at)
{
    (void)st;
    (void)at;
    size_t n = 0;
    if (type != FTW_F)
        return 0;
    char *bytes = test_file_get(path, &n);
    bytes[0] ^= 1;
    test_file_put(path, bytes, n);
    free(bytes);
    return 1;
}

static inline void clear_place(const fixture *f)
{
    assert_true(nftw(f->place, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0 ||
                errno == ENOENT);
}

static inline bool there(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

/* ------------------------------------------------------------------ work */

static inline ew_code back_up(const fixture *f, ew_err *err)
{
    ew_backup_opts opts = {&f->to, f->out, false, 1000};
    ew_backed_up done;
    ew_code code = ew_ops_backup(&f->desk, &opts, &done, err);
    if (code == EW_OK)
        assert_true(done.secrets >= 3 && done.files > done.secrets && done.log.size > 0);
    return code;
}

static inline ew_code restore_with(const fixture *f, int identity, ew_slice checkpoint,
                                   ew_restored *done, ew_err *err)
{
    ew_age_opening with = {&f->ids[identity], NULL, EW_AGE_ARMOR_AUTO};
    ew_restore_opts opts = {.backup = f->out, .with = &with, .dir = f->copy};
    opts.pass = &f->other;
    opts.cost = &cheap;
    opts.log = f->log;
    opts.prog = f->prog;
    opts.checkpoint = checkpoint;
    return ew_ops_restore(&opts, done, err);
}

static inline ew_code restore(const fixture *f, ew_err *err)
{
    ew_restored done;
    return restore_with(f, 0, (ew_slice){NULL, 0}, &done, err);
}

static inline ew_code slice_read(void *cookie, void *out, size_t max, size_t *got,
                                 ew_err *err)
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
static inline ew_code open_backup(const fixture *f, ew_buf *plain)
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

static inline void open_copy(const fixture *f, ew_desk *d)
{
    bool right = false;
    assert_int_equal(ew_desk_open(d, f->copy, &f->pass, &right, NULL), EW_OK);
    assert_false(right); /* the old passphrase is gone */
    assert_int_equal(ew_desk_open(d, f->copy, &f->other, &right, NULL), EW_OK);
    assert_true(right);
}

#endif
