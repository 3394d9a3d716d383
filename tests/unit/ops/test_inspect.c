/* SPDX-License-Identifier: Apache-2.0 */
/* One file to an inspection: decoding, stopping, broken files, and each allocation on the way
 * failing. */
#include "ops/inspect.h"

#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "report/report.h"
#include "support.h"

enum { RATE = 16000, SECONDS = 8 };

static float sound[SECONDS * RATE];
static char *dir;

static int make(void **state)
{
    (void)state;
    dir = test_dir_new();
    test_speech(sound, SECONDS * RATE, RATE, 5);
    test_wav_put(test_path(dir, "a.wav"), sound, SECONDS * RATE, 1, RATE);
    test_wav_put(test_path(dir, "pair.wav"), sound, SECONDS * RATE / 2, 2, RATE);
    test_file_put(test_path(dir, "empty.wav"), "", 0);
    test_file_put(test_path(dir, "text.wav"), "this is no sound at all", 23);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    test_dir_remove(dir);
    return 0;
}

static ew_code inspect(const char *name, const ew_ops_inspect_opts *opts,
                       ew_inspect_view **v, ew_err *err)
{
    const char *operand = test_path(dir, name);
    ew_inputs in = {0};
    ew_code rc = ew_inputs_gather(&in, &operand, 1, NULL, err);

    if (rc == EW_OK && in.items[0].kind == EW_INPUT_PROBLEM)
        rc = ew_fail(err, in.items[0].problem->code, 0, "%s", in.items[0].problem->text);
    else if (rc == EW_OK)
        rc = ew_ops_inspect(&in.items[0], opts, v, err);
    ew_inputs_release(&in);
    return rc;
}

static ew_ops_inspect_opts all(void)
{
    ew_ops_inspect_opts o = {.inspect = ew_inspect_opts_default()};

    return o;
}

static void a_file_is_inspected(void **state)
{
    ew_ops_inspect_opts o = all();
    ew_inspect_view *v = NULL;
    ew_err err;

    (void)state;
    o.inspect.spectrogram = true;
    assert_int_equal(inspect("pair.wav", &o, &v, &err), EW_OK);
    assert_int_equal(v->found->samples, SECONDS * RATE / 2);
    assert_int_equal(v->found->rate_hz, RATE);
    assert_int_equal(v->info.stored_channels, 2);
    assert_string_equal(v->trouble, "");
    assert_true(v->bytes > SECONDS * RATE * 2);
    assert_true(v->found->fact_count > 4);
    assert_non_null(v->found->spectrogram);
    ew_inspect_view_free(v);
    ew_inspect_view_free(NULL);
}

/* Every method can be asked for alone, and only that one answers. */
static void one_method_at_a_time(void **state)
{
    const char *id;

    (void)state;
    for (size_t i = 0; (id = ew_inspect_method_name(i)) != NULL; i++) {
        ew_ops_inspect_opts o = all();
        ew_inspect_view *v = NULL;
        o.inspect.only = id;
        o.inspect.max_false_per_hour = 1000;
        assert_int_equal(inspect("a.wav", &o, &v, NULL), EW_OK);
        for (size_t k = 0; k < v->found->trace_count; k++)
            assert_true(strcmp(v->found->traces[k].method, id) == 0 ||
                        strcmp(v->found->traces[k].method, "container") == 0);
        ew_inspect_view_free(v);
    }
}

static void bad_files_are_refused(void **state)
{
    const ew_ops_inspect_opts o = all();
    ew_inspect_view *v = NULL;
    ew_err err;

    (void)state;
    assert_int_equal(inspect("empty.wav", &o, &v, &err), EW_E_FORMAT);
    assert_int_equal(inspect("text.wav", &o, &v, &err), EW_E_FORMAT);
    assert_int_equal(inspect("nowhere.wav", &o, &v, &err), EW_E_IO);
    assert_null(v);
}

static void it_can_be_stopped(void **state)
{
    ew_ops_inspect_opts o = all();
    ew_inspect_view *v = NULL;
    ew_stop stop = 1;
    ew_err err;

    (void)state;
    o.stop = &stop;
    assert_int_equal(inspect("a.wav", &o, &v, &err), EW_E_CANCELLED);
    assert_null(v);
}

static int ticks;

static int tick(void *cookie, const char *stage, int64_t done, int64_t total)
{
    int64_t *last = cookie;

    assert_non_null(stage);
    assert_true(done > *last && total == SECONDS * RATE);
    *last = done;
    ticks++;
    return 0;
}

static void progress_is_told(void **state)
{
    int64_t last = 0;
    const ew_progress prog = {tick, &last};
    ew_ops_inspect_opts o = all();
    ew_inspect_view *v = NULL;

    (void)state;
    o.prog = &prog;
    assert_int_equal(inspect("a.wav", &o, &v, NULL), EW_OK);
    assert_true(ticks > 3 && last == SECONDS * RATE);
    ew_inspect_view_free(v);
}

static ew_code work(void *arg, ew_err *err)
{
    ew_inspect_view *v = NULL;
    ew_code rc = inspect("pair.wav", arg, &v, err);

    ew_inspect_view_free(v);
    return rc;
}

static void out_of_memory(void **state)
{
    ew_ops_inspect_opts o = all();

    (void)state;
    o.inspect.spectrogram = true;
    assert_true(test_torture_alloc(work, &o, 60) > 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_inspected),   cmocka_unit_test(one_method_at_a_time),
        cmocka_unit_test(bad_files_are_refused), cmocka_unit_test(it_can_be_stopped),
        cmocka_unit_test(progress_is_told),      cmocka_unit_test(out_of_memory),
    };

    return cmocka_run_group_tests(tests, make, drop);
}
