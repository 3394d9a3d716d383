/* SPDX-License-Identifier: Apache-2.0 */
/* The published file beside a bundle, with every allocation, write and sync failing in turn: it
 * is there whole, or not at all, and never without the bundle. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "sealed_chat.h"

static const char chat[] =
    "1/2/20, 10:00 - Ann: Did you know?\n1/2/20, 10:01 - Bob: yes\n";
static const char filled[] = "1/2/20, 10:00 - Ann: Did you know?\n[withheld]\n";

static int set_up(void **state)
{
    return seal_chat(state, chat, "x.ewb");
}

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static ew_code work(void *arg, ew_err *err)
{
    const fixture *f = arg;
    const char *published = test_path(f->dir, "x.txt");
    ew_disclosure what = {
        .item = f->item, .show = "1", .out = f->out, .published = published};
    ew_disclosed done;
    ew_code code = ew_ops_disclose(&f->desk, &what, &done, err);
    ew_disclosed_release(&done);
    if (is_there(published)) {
        size_t n;
        char *got = test_file_get(published, &n);
        assert_true(is_there(f->out));
        assert_string_equal(got, filled);
        free(got);
        (void)unlink(published);
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
    const char *published = test_path(f->dir, "x.txt");
    ew_disclosure what = {
        .item = f->item, .show = "1", .out = f->out, .published = published};
    ew_disclosed done;
    what.filler = "noise";
    assert_int_equal(ew_ops_disclose(&f->desk, &what, &done, NULL), EW_E_ARG);
    what.filler = "silence";
    assert_int_equal(ew_ops_disclose(&f->desk, &what, &done, NULL), EW_E_ARG);
    what.filler = NULL;
    what.published = f->out;
    assert_int_equal(ew_ops_disclose(&f->desk, &what, &done, NULL), EW_E_ARG);
    assert_false(is_there(f->out));
    assert_false(is_there(published));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_whole_or_not_at_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
