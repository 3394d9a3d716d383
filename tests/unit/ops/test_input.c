/* SPDX-License-Identifier: Apache-2.0 */
/* Listing what the user named, and opening it. */
#include "ops/input.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

static char *dir;

static int make(void **state)
{
    (void)state;
    static const char *const names[] = {"b.wav", "a.MP3", ".hidden.wav", "x.txt", "odd"};

    dir = test_dir_new();
    for (size_t i = 0; i < 5; i++)
        test_file_put(test_path(dir, names[i]), "data", 4);
    assert_int_equal(mkdir(test_path(dir, "sub"), 0700), 0);
    test_file_put(test_path(dir, "sub/c.wav"), "data", 4);
    assert_int_equal(symlink("..", test_path(dir, "sub/up")), 0);
    assert_int_equal(symlink("sub", test_path(dir, "again")), 0);
    assert_int_equal(symlink("nowhere", test_path(dir, "dead.wav")), 0);
    assert_int_equal(mkfifo(test_path(dir, "pipe"), 0600), 0);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    test_dir_remove(dir);
    return 0;
}

static const char *shown(const ew_input *in)
{
    return strchr(in->name, '/') + 1;
}

static void a_folder_in_order(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        ew_input_kind kind;
    } expected[] = {
        {"a.MP3", EW_INPUT_FILE},       {"again/c.wav", EW_INPUT_FILE},
        {"again/up", EW_INPUT_PROBLEM}, {"b.wav", EW_INPUT_FILE},
        {"dead.wav", EW_INPUT_PROBLEM}, {"odd", EW_INPUT_FILE},
        {"pipe", EW_INPUT_PROBLEM},     {"x.txt", EW_INPUT_SKIP},
    };
    const char *operand = dir;
    ew_inputs in;

    assert_int_equal(ew_inputs_gather(&in, &operand, 1, NULL, NULL), EW_OK);
    assert_int_equal(in.count, sizeof(expected) / sizeof(expected[0]));
    for (size_t i = 0; i < in.count; i++) {
        assert_string_equal(shown(&in.items[i]), expected[i].name);
        assert_int_equal(in.items[i].kind, expected[i].kind);
        assert_int_equal(in.items[i].path[0], '/');
    }
    assert_true(in.items[0].media_name);
    assert_false(in.items[5].media_name);
    ew_inputs_release(&in);
}

static void named_files(void **state)
{
    (void)state;
    const char *operands[] = {test_path(dir, "x.txt"), "-", test_path(dir, "none"),
                              test_path(dir, "pipe")};
    ew_inputs in;

    assert_int_equal(ew_inputs_gather(&in, operands, 4, NULL, NULL), EW_OK);
    assert_int_equal(in.count, 4);
    assert_string_equal(in.items[0].name, "x.txt");
    assert_int_equal(in.items[0].kind, EW_INPUT_FILE); /* named: not for us to skip */
    assert_int_equal(in.items[1].kind, EW_INPUT_STDIN);
    assert_int_equal(in.items[2].kind, EW_INPUT_PROBLEM);
    assert_int_equal(in.items[2].problem->code, EW_E_IO);
    assert_int_equal(in.items[3].problem->code, EW_E_ARG);
    ew_inputs_release(&in);
}

static void what_became_a_pipe_is_not_opened(void **state)
{
    (void)state;
    ew_input in = {.kind = EW_INPUT_FILE,
                   .open_path = (char *)(uintptr_t)test_path(dir, "pipe"),
                   .name = (char *)(uintptr_t) "pipe"};
    ew_source s;
    ew_err err;

    assert_int_equal(ew_source_open(&s, &in, NULL, &err), EW_E_ARG);
    assert_int_equal(s.fd, -1);
}

static void a_change_is_noticed(void **state)
{
    (void)state;
    const char *path = test_path(dir, "b.wav");
    ew_input in = {.kind = EW_INPUT_FILE,
                   .open_path = (char *)(uintptr_t)path,
                   .name = (char *)(uintptr_t) "b.wav"};
    ew_source s;
    ew_err err;

    assert_int_equal(ew_source_open(&s, &in, NULL, &err), EW_OK);
    assert_int_equal(ew_source_unchanged(&s, in.name, &err), EW_OK);
    assert_int_equal(truncate(path, 2), 0);
    assert_int_equal(ew_source_unchanged(&s, in.name, &err), EW_E_IO);
    ew_source_close(&s);
}

static void a_stop_is_heeded(void **state)
{
    (void)state;
    const char *operand = dir;
    ew_stop stop = 1;
    ew_inputs in;

    assert_int_equal(ew_inputs_gather(&in, &operand, 1, &stop, NULL), EW_E_CANCELLED);
}

static ew_code gather(void *arg, ew_err *err)
{
    const char *operand = dir;
    ew_inputs in;
    ew_code rc = ew_inputs_gather(&in, &operand, 1, NULL, err);

    (void)arg;
    if (rc == EW_OK)
        ew_inputs_release(&in);
    return rc;
}

static void failing_allocations(void **state)
{
    (void)state;
    assert_true(test_torture_alloc(gather, NULL, 0) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_in_order),
        cmocka_unit_test(named_files),
        cmocka_unit_test(what_became_a_pipe_is_not_opened),
        cmocka_unit_test(a_stop_is_heeded),
        cmocka_unit_test(failing_allocations),
        cmocka_unit_test(a_change_is_noticed),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
