/* SPDX-License-Identifier: Apache-2.0 */
/* The published file beside a bundle, with every allocation, write and sync failing in turn: it
 * is there whole, or not at all, and never without the bundle. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "ops/seal.h"
#include "support.h"

static const char chat[] =
    "1/2/20, 10:00 - Ann: Did you know?\n1/2/20, 10:01 - Bob: yes\n";
static const char filled[] = "1/2/20, 10:00 - Ann: Did you know?\n[withheld]\n";

typedef struct fixture {
    char *dir, *file, *out, *published;
    ew_secret pass;
    ew_desk desk;
    char item[EW_ITEM_HEX + 1];
} fixture;

static void tell(void *cookie, const ew_sealed *s, const ew_err *why)
{
    fixture *f = cookie;
    assert_null(why);
    memcpy(f->item, s->hex, sizeof f->item);
}

static int set_up(void **state)
{
    static const ew_vault_cost cheap = {1, 8192};
    fixture *f = calloc(1, sizeof *f);
    ew_buf note;
    size_t failed = 0;
    *state = f;
    f->dir = test_dir_new();
    f->file = ew_strdup(test_path(f->dir, "chat.txt"));
    f->out = ew_strdup(test_path(f->dir, "x.ewb"));
    f->published = ew_strdup(test_path(f->dir, "x.txt"));
    test_file_put(f->file, chat, sizeof chat - 1);
    assert_int_equal(ew_secret_init(&f->pass, 16, NULL), EW_OK);
    f->pass.n = 4;
    memcpy(f->pass.bytes, "word", 4);
    assert_int_equal(ew_desk_create(&f->desk, test_path(f->dir, "desk"), "desk.example",
                                    &f->pass, &cheap, NULL),
                     EW_OK);
    const char *paths[] = {f->file};
    ew_seal_opts opts = {
        .paths = paths, .n = 1, .splitter = EW_SPLIT_AUTO, .told = tell, .cookie = f};
    assert_int_equal(ew_ops_seal(&f->desk, &opts, &failed, NULL), EW_OK);
    ew_buf_init(&note, EW_NOTE_MAX);
    assert_int_equal(ew_ops_checkpoint(&f->desk, &note, NULL), EW_OK);
    ew_buf_release(&note);
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
    ew_free(f->published);
    free(f);
    return 0;
}

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static ew_code work(void *arg, ew_err *err)
{
    const fixture *f = arg;
    ew_disclosure what = {
        .item = f->item, .show = "1", .out = f->out, .published = f->published};
    ew_disclosed done;
    ew_code code = ew_ops_disclose(&f->desk, &what, &done, err);
    ew_disclosed_release(&done);
    if (is_there(f->published)) {
        size_t n;
        char *got = test_file_get(f->published, &n);
        assert_true(is_there(f->out));
        assert_string_equal(got, filled);
        free(got);
        (void)unlink(f->published);
    } else
        assert_int_not_equal(code, EW_OK);
    (void)unlink(f->out);
    return code;
}

static void test_whole_or_not_at_all(void **state)
{
    fixture *f = *state;
    assert_true(test_torture_alloc(work, f, 80) > 40);
    assert_true(test_torture_write(work, f) >= 9);
    assert_true(test_torture_sync(work, f) >= 4);
}

static void test_refused(void **state)
{
    fixture *f = *state;
    ew_disclosure what = {
        .item = f->item, .show = "1", .out = f->out, .published = f->published};
    ew_disclosed done;
    what.filler = "noise";
    assert_int_equal(ew_ops_disclose(&f->desk, &what, &done, NULL), EW_E_ARG);
    what.filler = "silence";
    assert_int_equal(ew_ops_disclose(&f->desk, &what, &done, NULL), EW_E_ARG);
    what.filler = NULL;
    what.published = f->out;
    assert_int_equal(ew_ops_disclose(&f->desk, &what, &done, NULL), EW_E_ARG);
    assert_false(is_there(f->out));
    assert_false(is_there(f->published));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_whole_or_not_at_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
