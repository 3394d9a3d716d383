/* SPDX-License-Identifier: Apache-2.0 */
/* From files to an answer, with each allocation on the way failing. */
#include "ops/check.h"

#include <string.h>

#include "base/alloc.h"
#include "earwitness/fingerprint.h"
#include "ops/add.h"
#include "report/json.h"
#include "report/report.h"
#include "support.h"

enum { RATE = 8000, SECONDS = 20, CLIP_AT = 5 * RATE, CLIP_N = 3 * RATE };

static float sound[SECONDS * RATE];
static char *dir;

static ew_inputs gather(const char *name)
{
    ew_inputs in;
    const char *operand = test_path(dir, name);

    assert_int_equal(ew_inputs_gather(&in, &operand, 1, NULL, NULL), EW_OK);
    assert_int_equal(in.count, 1);
    return in;
}

static int make(void **state)
{
    (void)state;
    ew_add_opts opts = {.jobs = 2};
    ew_add_summary sum;
    ew_err err;

    ew_json_use_own_alloc();
    dir = test_dir_new();
    test_speech(sound, SECONDS * RATE, RATE, 5);
    test_wav_put(test_path(dir, "source.wav"), sound, SECONDS * RATE, 1, RATE);
    test_wav_put(test_path(dir, "clip.wav"), sound + CLIP_AT, CLIP_N, 1, RATE);
    ew_inputs in = gather("source.wav");
    if (ew_ops_add(test_path(dir, "archive"), &in, &opts, &sum, &err) != EW_OK)
        fail_msg("%s", err.text);
    assert_int_equal(sum.added, 1);
    ew_inputs_release(&in);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    test_dir_remove(dir);
    return 0;
}

static ew_code reports(const ew_finding *f, ew_err *err)
{
    ew_text_style style = {.width = 80};
    ew_buf b;
    ew_code rc;

    ew_buf_init(&b, EW_REPORT_MAX);
    rc = ew_report_check_json(f, &b, err);
    if (rc == EW_OK)
        rc = ew_report_check_text(f, &style, &b, err);
    ew_buf_release(&b);
    return rc;
}

static ew_code check(void *arg, ew_err *err)
{
    ew_check_opts opts = {.align = ew_align_opts_default()};
    const char *operand = test_path(dir, "clip.wav");
    ew_index *ix = NULL;
    ew_inputs in = {0};
    ew_finding *f = NULL;
    ew_code rc = ew_index_open(&ix, test_path(dir, "archive"), err);

    if (rc == EW_OK)
        rc = ew_inputs_gather(&in, &operand, 1, NULL, err);
    if (rc == EW_OK)
        rc = ew_ops_check(ix, &in.items[0], &opts, NULL, &f, err);
    if (rc == EW_OK)
        rc = reports(f, err);
    if (rc == EW_OK && arg != NULL)
        *(ew_piece *)arg = f->map->piece_count > 0 ? f->map->pieces[0] : (ew_piece){0};
    ew_finding_free(f);
    ew_inputs_release(&in);
    ew_index_close(ix);
    return rc;
}

static void the_clip_is_found(void **state)
{
    (void)state;
    ew_piece p;
    ew_err err;

    if (check(&p, &err) != EW_OK)
        fail_msg("%s", err.text);
    assert_true(p.clip_end - p.clip_start > CLIP_N * 9 / 10);
    assert_float_equal((float)(p.source_start - (double)p.clip_start), CLIP_AT,
                       0.02 * RATE);
}

static void failing_allocations(void **state)
{
    (void)state;
    assert_true(test_torture_alloc(check, NULL, 0) > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_clip_is_found),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(tests, make, drop);
}
