/* SPDX-License-Identifier: Apache-2.0 */
/* Excerpts fetched from real files: at the right place, at rates that differ, and stopped. */
#include "ops/diff_whole.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "earwitness/fingerprint.h"
#include "support.h"

enum { RATE = 16000, SECONDS = 100, SAMPLES = RATE * SECONDS, SKIPPED = 12345 };

typedef struct files {
    char *dir;
    ew_source source[2];
    ew_diff_file file[2];
    ew_stretch stretch;
    ew_diff diff;
} files;

static void put(files *f, int i, const float *x, size_t n, uint32_t rate)
{
    const char *path = test_path(f->dir, i == 0 ? "a.wav" : "b.wav");

    test_wav_put(path, x, n, 1, rate);
    f->source[i].fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(f->source[i].fd >= 0);
    f->file[i] = (ew_diff_file){&f->source[i], i == 0 ? "a.wav" : "b.wav"};
}

/* B is A from sample SKIPPED on, at half the level and half the rate. */
static int set_up(void **state)
{
    files *f = ew_alloc(sizeof(*f));
    float *x = ew_alloc_array(SAMPLES, sizeof(*x));
    float *y = ew_alloc_array(SAMPLES / 2, sizeof(*y));
    const size_t n = (SAMPLES - SKIPPED) / 2;

    if (f == NULL || x == NULL || y == NULL)
        return -1;
    f->dir = test_dir_new();
    test_speech(x, SAMPLES, RATE, 4);
    put(f, 0, x, SAMPLES, RATE);
    /* a short low-pass is enough: what folds back is noise that follows the sound */
    for (size_t i = 0; i < n; i++) {
        const float *at = x + SKIPPED + 2 * i;

        y[i] = 0.5f * (0.5f * at[0] + 0.25f * at[-1] + 0.25f * at[1]);
    }
    put(f, 1, y, n, RATE / 2);
    f->stretch = (ew_stretch){.a_start = SKIPPED * (double)EW_FP_RATE_HZ / RATE,
                              .a_end = (double)SAMPLES * EW_FP_RATE_HZ / RATE,
                              .b_end = (double)n * EW_FP_RATE_HZ / (RATE / 2.0),
                              .speed = 1,
                              .pitch = 1,
                              .by_wave = true};
    f->diff = (ew_diff){.related = true,
                        .speed = 1,
                        .pitch = 1,
                        .stretch_count = 1,
                        .stretches = &f->stretch};
    ew_free(x);
    ew_free(y);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    files *f = *state;

    (void)close(f->source[0].fd);
    (void)close(f->source[1].fd);
    test_dir_remove(f->dir);
    ew_free(f);
    return 0;
}

static void files_are_measured(void **state)
{
    files *f = *state;
    ew_whole *w;
    ew_err err;

    if (ew_diff_whole(&f->diff, &f->file[0], &f->file[1], NULL, &w, &err) != EW_OK)
        fail_msg("%s", err.text);
    assert_int_equal(w->excerpt_count, 10);
    assert_int_equal(w->facts[EW_FACT_GAIN].state, EW_FACT_CHANGED);
    assert_true(fabs(w->facts[EW_FACT_GAIN].values[0].value + 6) < 0.6);
    assert_int_equal(w->facts[EW_FACT_SPEED].state, EW_FACT_SAME);
    assert_true(fabs(w->facts[EW_FACT_OFFSET].values[0].value - 1000.0 * SKIPPED / RATE) <
                0.05);
    assert_int_equal(w->facts[EW_FACT_POLARITY].state, EW_FACT_SAME);
    ew_whole_free(w);
}

/* A diff that asks for excerpts of A back and forth; since it is wrong nothing is found. */
static void places_may_go_back(void **state)
{
    files *f = *state;
    const double half = f->stretch.b_end / 2, start = f->stretch.a_start;
    ew_stretch two[2] = {f->stretch, f->stretch};
    ew_diff d = f->diff;
    ew_whole *w;
    ew_err err;

    two[0].a_start = start + half;
    two[0].a_end = start + 2 * half;
    two[0].b_end = half;
    two[1].a_end = start + half;
    two[1].b_start = half;
    d.stretches = two;
    d.stretch_count = 2;
    assert_int_equal(ew_diff_whole(&d, &f->file[0], &f->file[1], NULL, &w, &err), EW_OK);
    assert_int_not_equal(w->facts[EW_FACT_POLARITY].state, EW_FACT_CHANGED);
    ew_whole_free(w);
}

static void a_stop_is_obeyed(void **state)
{
    files *f = *state;
    ew_stop stop = 1;
    ew_whole *w;
    ew_err err;

    assert_int_equal(ew_diff_whole(&f->diff, &f->file[0], &f->file[1], &stop, &w, &err),
                     EW_E_CANCELLED);
    assert_null(w);
}

static void what_is_no_sound_is_refused(void **state)
{
    files *f = *state;
    const char *path = test_path(f->dir, "none");
    ew_source none;
    const ew_diff_file file = {&none, "none"};
    ew_whole *w;
    ew_err err;

    test_file_put(path, "no sound at all", 15);
    none.fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(ew_diff_whole(&f->diff, &f->file[0], &file, NULL, &w, &err),
                     EW_E_FORMAT);
    assert_null(w);
    (void)close(none.fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_measured),
        cmocka_unit_test(places_may_go_back),
        cmocka_unit_test(a_stop_is_obeyed),
        cmocka_unit_test(what_is_no_sound_is_refused),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
