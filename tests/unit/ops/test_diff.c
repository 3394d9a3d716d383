/* SPDX-License-Identifier: Apache-2.0 */
/* Two files to an answer and to exported spans, with each allocation and each write on the
 * way failing. */
#include "ops/diff.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/json.h"
#include "report/report.h"
#include "support.h"

enum { RATE = 8000, SECONDS = 16, CUT_AT = 7 * RATE, CUT_N = 2 * RATE };

static float sound[SECONDS * RATE];
static char *dir;

static int make(void **state)
{
    (void)state;
    ew_json_use_own_alloc();
    dir = test_dir_new();
    test_speech(sound, SECONDS * RATE, RATE, 5);
    test_wav_put(test_path(dir, "a.wav"), sound, SECONDS * RATE, 1, RATE);
    test_wav_put(test_path(dir, "short.wav"), sound, RATE / 4, 1, RATE);
    memmove(sound + CUT_AT, sound + CUT_AT + CUT_N,
            (SECONDS * RATE - CUT_AT - CUT_N) * sizeof(*sound));
    test_wav_put(test_path(dir, "b.wav"), sound, SECONDS * RATE - CUT_N, 1, RATE);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    test_dir_remove(dir);
    return 0;
}

/* What is to be compared, and what came out. */
typedef struct question {
    const char *a, *b;
    const char *export; /* NULL: none */
    ew_diff_verdict verdict;
    ew_edit first;
} question;

static ew_code gather(ew_inputs *in, const char *name, ew_err *err)
{
    const char *operand = test_path(dir, name);

    return ew_inputs_gather(in, &operand, 1, NULL, err);
}

static ew_code answer(question *q, ew_diff_finding *f, ew_err *err)
{
    const ew_text_style style = {.width = 80};
    ew_diff_export_opts export = {.context_seconds = 0.5};
    ew_code rc = EW_OK;
    ew_buf b;

    ew_buf_init(&b, EW_REPORT_MAX);
    if (q->export != NULL) {
        export.dir = test_path(dir, q->export);
        rc = ew_ops_diff_export(f, &export, err);
    }
    if (rc == EW_OK)
        rc = ew_report_diff_json(f, &b, err);
    if (rc == EW_OK)
        rc = ew_report_diff_text(f, &style, &b, err);
    ew_buf_release(&b);
    q->verdict = ew_diff_finding_verdict(f);
    if (f->diff != NULL && f->diff->edit_count > 0)
        q->first = f->diff->edits[0];
    return rc;
}

static ew_code compare(void *arg, ew_err *err)
{
    question *q = arg;
    const ew_diff_opts opts = {.jobs = 1};
    ew_inputs in[2] = {0};
    ew_diff_finding *f = NULL;
    ew_code rc = gather(&in[0], q->a, err);

    if (rc == EW_OK)
        rc = gather(&in[1], q->b, err);
    if (rc == EW_OK)
        rc = ew_ops_diff(&in[0].items[0], &in[1].items[0], &opts, &f, err);
    if (rc == EW_OK)
        rc = answer(q, f, err);
    ew_diff_finding_free(f);
    ew_inputs_release(&in[0]);
    ew_inputs_release(&in[1]);
    return rc;
}

static void the_cut_is_found(void **state)
{
    (void)state;
    question q = {.a = "a.wav", .b = "b.wav"};
    ew_err err;

    if (compare(&q, &err) != EW_OK)
        fail_msg("%s", err.text);
    assert_int_equal(q.verdict, EW_VERDICT_DIFFERS);
    assert_int_equal(q.first.op, EW_EDIT_DELETE);
    assert_float_equal((float)q.first.a_start, CUT_AT, 0.1 * RATE);
    assert_float_equal((float)(q.first.a_end - q.first.a_start), CUT_N, 0.1 * RATE);
}

static void equal_files(void **state)
{
    (void)state;
    question q = {.a = "a.wav", .b = "a.wav"};

    assert_int_equal(compare(&q, NULL), EW_OK);
    assert_int_equal(q.verdict, EW_VERDICT_SAME_BYTES);
}

static void a_missing_file(void **state)
{
    (void)state;
    question q = {.a = "a.wav", .b = "nowhere.wav"};
    ew_err err;

    assert_int_equal(compare(&q, &err), EW_E_IO);
    assert_non_null(strstr(err.text, "nowhere.wav"));
}

static void folders_of_others(void **state)
{
    (void)state;
    ew_err err;

    assert_int_equal(ew_ops_diff_export_allowed(test_path(dir, "new"), &err), EW_OK);
    assert_int_equal(ew_ops_diff_export_allowed(dir, &err), EW_E_ARG);
    assert_int_equal(ew_ops_diff_export_allowed(test_path(dir, "a.wav"), &err), EW_E_ARG);
    assert_int_equal(ew_ops_diff_export_allowed("", &err), EW_E_ARG);
    assert_int_equal(mkdir(test_path(dir, "theirs"), 0777), 0);
    assert_int_equal(ew_ops_diff_export_allowed(test_path(dir, "theirs"), &err), EW_OK);
    /* Names like ours do not make it ours. */
    test_file_put(test_path(dir, "theirs/01-delete-a-0m01.000s.wav"), "x", 1);
    assert_int_equal(ew_ops_diff_export_allowed(test_path(dir, "theirs"), &err),
                     EW_E_ARG);
    test_file_put(test_path(dir, "theirs/earwitness-diff.json"), "{\"schema\":\"mine\"}",
                  17);
    assert_int_equal(ew_ops_diff_export_allowed(test_path(dir, "theirs"), &err),
                     EW_E_ARG);
}

static void our_folder_is_used_again(void **state)
{
    (void)state;
    question q = {.a = "a.wav", .b = "b.wav", .export = "ours"};
    ew_err err;

    for (int i = 0; i < 2; i++)
        if (compare(&q, &err) != EW_OK)
            fail_msg("%s", err.text);
    test_file_put(test_path(dir, "ours/.ew-tmp-left"), "x", 1);
    assert_int_equal(compare(&q, &err), EW_OK);
    assert_int_not_equal(access(test_path(dir, "ours/.ew-tmp-left"), F_OK), 0);
    test_file_put(test_path(dir, "ours/01-delete-c-0m01.000s.wav"), "x", 1);
    assert_int_equal(compare(&q, &err), EW_E_ARG);
    assert_non_null(strstr(err.text, "01-delete-c"));
    assert_int_equal(access(test_path(dir, "ours/01-delete-c-0m01.000s.wav"), F_OK), 0);
}

static void failing_allocations(void **state)
{
    (void)state;
    question q = {.a = "a.wav", .b = "b.wav", .export = "torture"};
    question small = {.a = "a.wav", .b = "short.wav"};

    assert_true(test_torture_alloc(compare, &q, 40) > 100);
    assert_true(test_torture_alloc(compare, &small, 20) > 50);
}

static void failing_writes(void **state)
{
    (void)state;
    question q = {.a = "a.wav", .b = "b.wav", .export = "full"};

    assert_true(test_torture_write(compare, &q) > 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cut_is_found),         cmocka_unit_test(equal_files),
        cmocka_unit_test(a_missing_file),           cmocka_unit_test(folders_of_others),
        cmocka_unit_test(our_folder_is_used_again), cmocka_unit_test(failing_allocations),
        cmocka_unit_test(failing_writes),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
