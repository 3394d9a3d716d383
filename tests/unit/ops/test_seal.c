/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing and disclosing with every allocation, write and sync failing in turn: nothing that
 * was acknowledged is lost, nothing half made is taken for whole. */
#include "ops/seal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "made_desk.h"
#include "ops/seal_make.h"

static const char chat[] =
    "1/2/20, 10:00 - Ann: Did you know?\n1/2/20, 10:01 - Bob: yes\n";

typedef struct fixture {
    char *dir, *file, *out, *folder, *folder_out;
    ew_secret pass;
    ew_desk desk;
    char last[EW_ITEM_HEX + 1]; /* what was sealed last */
    size_t acknowledged;
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    *state = f;
    f->dir = test_dir_new();
    f->file = ew_strdup(test_path(f->dir, "chat.txt"));
    f->out = ew_strdup(test_path(f->dir, "x.ewb"));
    f->folder = ew_strdup(test_path(f->dir, "folder"));
    f->folder_out = ew_strdup(test_path(f->dir, "bundles"));
    assert_int_equal(ew_mkdirs(test_path(f->folder, "b"), NULL), EW_OK);
    test_file_put(test_path(f->folder, "b/two"), "One.\n\nTwo.\n", 11);
    test_file_put(test_path(f->folder, "a"), chat, sizeof chat - 1);
    test_file_put(f->file, chat, sizeof chat - 1);
    made_desk(&f->desk, f->dir, &f->pass);
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    ew_desk_close(&f->desk);
    ew_secret_release(&f->pass);
    test_dir_remove(f->dir);
    ew_free(f->file);
    ew_free(f->out);
    ew_free(f->folder);
    ew_free(f->folder_out);
    free(f);
    return 0;
}

typedef struct told {
    fixture *f;
    ew_err why;
} told;

static void tell(void *cookie, const ew_sealed *s, const ew_err *why)
{
    told *t = cookie;
    if (why != NULL) {
        if (t->why.code == EW_OK) /* the first: others may follow from it */
            t->why = *why;
        return;
    }
    memcpy(t->f->last, s->hex, sizeof t->f->last);
    t->f->acknowledged++;
}

static ew_code seal_work(void *arg, ew_err *err)
{
    fixture *f = arg;
    told t = {f, {.code = EW_OK}};
    const char *paths[] = {f->file};
    ew_seal_opts opts = {.paths = paths, .n = 1, .told = tell, .cookie = &t};
    size_t failed = 0;
    ew_code code = ew_ops_seal(&f->desk, &opts, &failed, err);
    if (code == EW_OK && failed == 0)
        return EW_OK;
    /* One file: its trouble is that of the whole. */
    if (code == EW_OK && err != NULL)
        *err = t.why;
    return code == EW_OK ? t.why.code : code;
}

static ew_code checkpoint_work(void *arg, ew_err *err)
{
    const fixture *f = arg;
    ew_buf note;
    ew_buf_init(&note, EW_NOTE_MAX);
    ew_code code = ew_ops_checkpoint(&f->desk, &note, err);
    ew_buf_release(&note);
    return code;
}

static ew_code disclose_work(void *arg, ew_err *err)
{
    const fixture *f = arg;
    ew_disclosure what = {.item = f->last, .show = "1", .meta = "name", .out = f->out};
    ew_disclosed done;
    (void)unlink(f->out);
    ew_code code = ew_ops_disclose(&f->desk, &what, &done, err);
    if (code == EW_OK)
        assert_int_equal(done.shown, 3);
    else /* what is not on record was not done */
        assert_int_equal(access(f->out, F_OK), -1);
    ew_disclosed_release(&done);
    return code;
}

/* The folder, which has two files in it. */
static ew_code seal_folder_work(void *arg, ew_err *err)
{
    fixture *f = arg;
    const char *paths[] = {f->folder};
    told t = {f, {.code = EW_OK}};
    ew_seal_opts opts = {
        .paths = paths, .n = 1, .told = tell, .cookie = &t, .after = "bitcoin 1 00"};
    size_t failed = 0;
    size_t before = f->acknowledged;
    ew_code code = ew_ops_seal(&f->desk, &opts, &failed, err);
    if (code == EW_OK && failed > 0) {
        if (err != NULL)
            *err = t.why;
        return t.why.code;
    }
    assert_int_equal(f->acknowledged - before, code == EW_OK ? 3 : 0);
    return code;
}

static void look(void *cookie, const ew_preview *p)
{
    *(uint64_t *)cookie += p->state == EW_PART_SHOWN;
}

/* Both members and the collection. */
static ew_code disclose_members_work(void *arg, ew_err *err)
{
    const fixture *f = arg;
    uint64_t seen = 0;
    ew_disclosure what = {.item = f->last,
                          .show = "1-end",
                          .meta = "name",
                          .out = f->folder_out,
                          .members = true,
                          .preview = look,
                          .cookie = &seen};
    ew_disclosed done;
    ew_code code = ew_ops_disclose(&f->desk, &what, &done, err);
    if (code == EW_OK) {
        assert_int_equal(done.bundles, 3);
        assert_int_equal(seen, 3);
    }
    ew_disclosed_release(&done);
    return code;
}

static ew_code open_work(void *arg, ew_err *err)
{
    const fixture *f = arg;
    ew_desk d;
    ew_signer *s = NULL;
    bool right = false;
    ew_code code = ew_desk_open(&d, f->desk.dir, &f->pass, &right, err);
    if (code != EW_OK)
        return code;
    assert_true(right);
    code = ew_desk_signer(&d, "seal", &s, err);
    ew_signer_free(s);
    ew_desk_close(&d);
    return code;
}

static void check_log(fixture *f)
{
    char *log = ew_desk_log_dir(f->desk.dir);
    ew_fsck fsck = {.problem = NULL};
    assert_int_equal(ew_log_fsck(log, &fsck, NULL), EW_OK);
    assert_int_equal(fsck.problems, 0);
    assert_true(fsck.entries >= f->acknowledged);
    ew_free(log);
}

static void test_each_allocation_fails(void **state)
{
    fixture *f = *state;
    assert_true(test_torture_alloc(open_work, f, 0) > 5);
    assert_true(test_torture_alloc(seal_work, f, 60) > 40);
    check_log(f);
    assert_true(test_torture_alloc(checkpoint_work, f, 0) > 10);
    assert_true(test_torture_alloc(disclose_work, f, 60) > 40);
}

static void test_each_write_and_sync_fails(void **state)
{
    fixture *f = *state;
    assert_true(test_torture_write(seal_work, f) >= 6);
    assert_true(test_torture_sync(seal_work, f) >= 10);
    check_log(f);
    assert_int_equal(checkpoint_work(f, NULL), EW_OK);
    assert_int_equal(unlink(f->out) == 0 || errno == ENOENT, 1);
    assert_true(test_torture_write(disclose_work, f) >= 8);
    assert_true(test_torture_sync(disclose_work, f) >= 8);
    ew_verdict v;
    assert_int_equal(disclose_work(f, NULL), EW_OK);
    assert_int_equal(ew_ops_verify(f->out, NULL, NULL, &v, NULL), EW_OK);
    assert_int_equal(v.state, EW_UNVOUCHED);
}

static void test_collections_with_faults(void **state)
{
    fixture *f = *state;
    assert_true(test_torture_alloc(seal_folder_work, f, 25) > 20);
    assert_true(test_torture_write(seal_folder_work, f) >= 15);
    check_log(f);
    assert_int_equal(checkpoint_work(f, NULL), EW_OK);
    assert_true(test_torture_alloc(disclose_members_work, f, 25) > 20);
    assert_true(test_torture_sync(disclose_members_work, f) >= 20);
    check_log(f);
}

static ew_code member_work(void *arg, ew_err *err)
{
    const fixture *f = arg;
    ew_membership m;
    char *one = strdup(test_path(f->folder_out, "00000002.ewb"));
    assert_non_null(one);
    ew_code code =
        ew_ops_member(one, test_path(f->folder_out, "collection.ewb"), &m, err);
    free(one);
    if (code == EW_OK)
        assert_true(m.holds && m.number == 2 && m.members == 2);
    return code;
}

/* A member of a collection is known by its bundle, and nothing else is. */
static void test_members(void **state)
{
    fixture *f = *state;
    ew_membership m;
    ew_err err = {.code = EW_OK};
    char *list = ew_strdup(test_path(f->folder_out, "collection.ewb"));
    assert_int_equal(seal_folder_work(f, NULL), EW_OK);
    assert_int_equal(checkpoint_work(f, NULL), EW_OK);
    assert_int_equal(disclose_members_work(f, NULL), EW_OK);
    assert_true(test_torture_alloc(member_work, f, 0) > 5);
    const char *const others[] = {list, f->file};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(ew_ops_member(others[i], list, &m, &err), EW_OK);
        assert_false(m.holds);
        assert_int_equal(err.code, EW_OK);
        assert_int_equal(ew_ops_member(list, others[i], &m, &err), EW_OK);
        assert_false(m.holds);
    }
    assert_int_equal(ew_ops_member(list, test_path(f->dir, "none"), &m, &err),
                     EW_E_NOTFOUND);
    ew_free(list);
}

/* Long work says how far it is, and stops when it is told to. */
static int stop_at(void *cookie, const char *stage, int64_t done, int64_t total)
{
    (void)stage;
    assert_true(done >= 0 && done <= total);
    return (*(int *)cookie)-- == 0;
}

static void test_cancelling(void **state)
{
    fixture *f = *state;
    int left = 0;
    ew_progress prog = {stop_at, &left};
    f->desk.prog = &prog;
    for (int i = 0; i < 3; i++) { /* two members and the list */
        left = i;
        size_t before = f->acknowledged;
        assert_int_equal(seal_folder_work(f, NULL), EW_E_CANCELLED);
        assert_true(f->acknowledged == before);
    }
    left = 1000;
    assert_int_equal(seal_folder_work(f, NULL), EW_OK);
    check_log(f);
    f->desk.prog = NULL;
}

/* Row 8: a seed that was used is refused, also by the next process. */
static void row_08_seed_reuse(void **state)
{
    fixture *f = *state;
    ew_seed_book *b = NULL;
    ew_seed seeds[40];
    ew_err err;
    for (size_t i = 0; i < 40; i++)
        memset(seeds[i].b, (int)i, EW_HASH);
    assert_int_equal(ew_seed_book_open(&b, &f->desk, NULL), EW_OK);
    for (size_t i = 0; i < 39; i++)
        assert_int_equal(ew_seed_book_claim(b, &seeds[i], 1, NULL), EW_OK);
    assert_int_equal(ew_seed_book_claim(b, &seeds[7], 1, &err), EW_E_BUG);
    assert_non_null(strstr(err.text, "used before"));
    assert_int_equal(ew_seed_book_flush(b, NULL), EW_OK);
    ew_seed_book_close(b);
    assert_int_equal(ew_seed_book_open(&b, &f->desk, NULL), EW_OK);
    for (size_t i = 0; i < 39; i++)
        assert_int_equal(ew_seed_book_claim(b, &seeds[i], 1, NULL), EW_E_BUG);
    assert_int_equal(ew_seed_book_claim(b, &seeds[39], 1, NULL), EW_OK);
    assert_int_equal(ew_seed_book_claim(b, &seeds[39], 1, NULL), EW_E_BUG);
    ew_seed_book_close(b);
    /* Both seeds of what was sealed are marked; what is damaged is no list of seeds. */
    assert_int_equal(seal_work(f, NULL), EW_OK);
    ew_kept k;
    ew_kept_init(&k);
    assert_int_equal(ew_desk_find(&f->desk, f->last, &k, NULL), EW_OK);
    assert_int_equal(ew_seed_book_open(&b, &f->desk, NULL), EW_OK);
    assert_int_equal(ew_seed_book_claim(b, &k.seeds[0], 1, NULL), EW_E_BUG);
    assert_int_equal(ew_seed_book_claim(b, &k.seeds[1], 1, NULL), EW_E_BUG);
    ew_seed_book_close(b);
    ew_kept_release(&k);
    test_file_put(test_path(f->desk.dir, "seeds"), "half", 4);
    assert_int_equal(seal_work(f, NULL), EW_E_FORMAT);
}

/* Row 8: the same file twice has other seeds, another number and another root. */
static void row_08_fresh_seeds(void **state)
{
    fixture *f = *state;
    ew_kept k[2];
    for (int i = 0; i < 2; i++) {
        ew_kept_init(&k[i]);
        assert_int_equal(seal_work(f, NULL), EW_OK);
        assert_int_equal(ew_desk_find(&f->desk, f->last, &k[i], NULL), EW_OK);
    }
    assert_string_not_equal(k[0].hex, k[1].hex);
    assert_memory_not_equal(k[0].seeds[0].b, k[1].seeds[0].b, EW_HASH);
    assert_memory_not_equal(k[0].seeds[0].b, k[0].seeds[1].b, EW_HASH);
    assert_memory_not_equal(k[0].salt, k[1].salt, EW_SALT);
    assert_true(k[0].note.len == k[1].note.len);
    assert_memory_not_equal(k[0].note.data, k[1].note.data, k[0].note.len);
    ew_kept_release(&k[0]);
    ew_kept_release(&k[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each_allocation_fails, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_each_write_and_sync_fails, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_collections_with_faults, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_members, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cancelling, set_up, tear_down),
        cmocka_unit_test_setup_teardown(row_08_seed_reuse, set_up, tear_down),
        cmocka_unit_test_setup_teardown(row_08_fresh_seeds, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
