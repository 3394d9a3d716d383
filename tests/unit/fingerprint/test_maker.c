/* SPDX-License-Identifier: Apache-2.0 */
/* Prints: the same whatever the chunks, gain and polarity; near for near sound. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "earwitness/fingerprint.h"
#include "support.h"

enum { RATE = EW_FP_RATE_HZ, SECONDS = 12, N = RATE * SECONDS };

static float sound[N];

static int make_sound(void **state)
{
    (void)state;
    test_speech(sound, N, RATE, 7);
    return 0;
}

static ew_fp *print_of(const float *x, size_t n, size_t chunk)
{
    ew_fp_maker *m = NULL;
    ew_fp *fp = NULL;
    assert_int_equal(ew_fp_maker_new(&m, NULL), EW_OK);
    for (size_t at = 0; at < n; at += chunk)
        assert_int_equal(
            ew_fp_maker_feed(m, x + at, n - at < chunk ? n - at : chunk, NULL), EW_OK);
    assert_int_equal(ew_fp_maker_finish(m, &fp, NULL), EW_OK);
    ew_fp_maker_free(m);
    return fp;
}

static void assert_same(const ew_fp *a, const ew_fp *b)
{
    assert_int_equal(a->frames, b->frames);
    assert_int_equal(a->key_count, b->key_count);
    assert_memory_equal(a->words, b->words, a->frames * sizeof *a->words);
    assert_memory_equal(a->keys, b->keys, a->key_count * sizeof *a->keys);
}

/* Share of differing bits between words i of a and i + shift of b. Silent frames, which are
 * those below a fixed power, have the word 0 and are left out. */
static double distance(const ew_fp *a, const ew_fp *b, uint32_t shift)
{
    double bits = 0;
    uint32_t n = 0;
    for (uint32_t i = 10; i + 10 < a->frames && i + shift < b->frames; i++) {
        if (a->words[i] == 0 || b->words[i + shift] == 0)
            continue;
        bits += __builtin_popcount(a->words[i] ^ b->words[i + shift]);
        n++;
    }
    assert_true(n > a->frames / 2);
    return bits / 32 / n;
}

static void test_shape(void **state)
{
    (void)state;
    ew_fp *fp = print_of(sound, N, N);
    assert_true(fp->frames >= N / EW_FP_HOP && fp->frames <= N / EW_FP_HOP + 1);
    assert_true(fp->key_count > fp->frames / 3 && fp->key_count <= fp->frames);
    for (uint32_t i = 0; i < fp->key_count; i++) {
        assert_true(fp->keys[i].frame < fp->frames);
        assert_true(i == 0 || fp->keys[i].frame > fp->keys[i - 1].frame);
    }
    ew_fp_free(fp);
}

static void test_chunks(void **state)
{
    (void)state;
    static const size_t chunks[] = {1, 7, 128, 1000, 1024, 4097, 50000};
    ew_fp *whole = print_of(sound, N, N);
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
        ew_fp *fp = print_of(sound, N, chunks[i]);
        assert_same(whole, fp);
        ew_fp_free(fp);
    }
    ew_fp_free(whole);
}

/* Powers of two change no mantissa, so every bit stays; so does turning the wave over. */
static void test_gain(void **state)
{
    (void)state;
    static const float gains[] = {-1.0f, 0.5f, 0.125f, -2.0f};
    ew_fp *whole = print_of(sound, N, N);
    float *x = malloc(sizeof sound);
    assert_non_null(x);
    for (size_t g = 0; g < sizeof gains / sizeof *gains; g++) {
        for (size_t i = 0; i < N; i++)
            x[i] = sound[i] * gains[g];
        ew_fp *fp = print_of(x, N, N);
        assert_int_equal(fp->frames, whole->frames);
        assert_true(distance(whole, fp, 0) < 0.01);
        ew_fp_free(fp);
    }
    free(x);
    ew_fp_free(whole);
}

static void test_shift(void **state)
{
    (void)state;
    ew_fp *whole = print_of(sound, N, N);
    ew_fp *later = print_of(sound + 20 * EW_FP_HOP, N - 20 * EW_FP_HOP, 999);
    assert_true(distance(later, whole, 20) < 0.001);
    assert_true(distance(later, whole, 60) > 0.3);
    ew_fp_free(whole);
    ew_fp_free(later);
}

static void test_noise(void **state)
{
    (void)state;
    float *x = malloc(sizeof sound);
    assert_non_null(x);
    uint64_t seed = 5;
    for (size_t i = 0; i < N; i++)
        x[i] =
            sound[i] + 0.004f * (float)((double)(test_random(&seed) >> 11) / 4.5e15 - 1);
    ew_fp *clean = print_of(sound, N, N);
    ew_fp *noisy = print_of(x, N, N);
    assert_true(distance(clean, noisy, 0) < 0.3);
    ew_fp_free(clean);
    ew_fp_free(noisy);
    free(x);
}

static void test_odd_lengths(void **state)
{
    (void)state;
    static const size_t lengths[] = {0,   1,   127,  128,  129,  511,
                                     512, 513, 1023, 1024, 2048, 5000};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        ew_fp *fp = print_of(sound + RATE, lengths[i], 100);
        assert_true(fp->frames <= lengths[i] / EW_FP_HOP + 1);
        assert_true(fp->key_count <= fp->frames);
        ew_fp_free(fp);
    }
    ew_fp_free(NULL);
    ew_fp_maker_free(NULL);
}

static void test_silence(void **state)
{
    (void)state;
    float *x = calloc(N, sizeof *x);
    assert_non_null(x);
    ew_fp *fp = print_of(x, N, 4000);
    assert_true(fp->frames > 0);
    assert_int_equal(fp->key_count, 0);
    ew_fp_free(fp);
    free(x);
}

static void test_again(void **state)
{
    (void)state;
    ew_fp_maker *m = NULL;
    ew_fp *first = NULL;
    ew_fp *second = NULL;
    assert_int_equal(ew_fp_maker_new(&m, NULL), EW_OK);
    assert_int_equal(ew_fp_maker_feed(m, sound, N / 2, NULL), EW_OK);
    assert_int_equal(ew_fp_maker_finish(m, &first, NULL), EW_OK);
    assert_int_equal(ew_fp_maker_feed(m, sound, N, NULL), EW_OK);
    assert_int_equal(ew_fp_maker_finish(m, &second, NULL), EW_OK);
    ew_fp_maker_free(m);
    ew_fp *fresh = print_of(sound, N, N);
    assert_same(fresh, second);
    ew_fp_free(first);
    ew_fp_free(second);
    ew_fp_free(fresh);
}

static ew_code make(void *arg, ew_err *err)
{
    (void)arg;
    ew_fp_maker *m = NULL;
    ew_fp *fp = NULL;
    ew_code code = ew_fp_maker_new(&m, err);
    for (int i = 0; i < 7 && code == EW_OK; i++)
        code = ew_fp_maker_feed(m, sound, N, err);
    if (code == EW_OK)
        code = ew_fp_maker_finish(m, &fp, err);
    ew_fp_free(fp);
    ew_fp_maker_free(m);
    return code;
}

static void test_no_memory(void **state)
{
    (void)state;
    assert_true(test_torture_alloc(make, NULL, 0) >= 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shape),     cmocka_unit_test(test_chunks),
        cmocka_unit_test(test_gain),      cmocka_unit_test(test_shift),
        cmocka_unit_test(test_noise),     cmocka_unit_test(test_odd_lengths),
        cmocka_unit_test(test_silence),   cmocka_unit_test(test_again),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, make_sound, NULL);
}
