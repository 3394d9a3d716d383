/* SPDX-License-Identifier: Apache-2.0 */
/* The method as a whole: sound that was coded, cut and joined, and sound that was not. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "earwitness/inspect.h"
#include "lossy.h"
#include "support.h"

enum { RATE = 22050, PIECE = 2 * RATE, N = 3 * PIECE };

static float joined[N]; /* two joins between pieces coded by MP3 on three grids */
static float once[N];   /* coded by MP3, not cut */
static float plain[N];  /* never coded */

static int set_up(void **state)
{
    static const int offsets[] = {100, 333, 17};

    (void)state;
    lossy_speech(plain, N, RATE, 3);
    memcpy(once, plain, sizeof once);
    lossy_mp3(once, N, 250, 20);
    lossy_round(once, N);
    for (size_t p = 0; p < 3; p++) {
        static float whole[PIECE + 8000];
        lossy_speech(whole, PIECE + 8000, RATE, 10 + p);
        lossy_mp3(whole, PIECE + 8000, offsets[p], 20);
        for (size_t i = 0; i < PIECE; i++)
            joined[p * PIECE + i] = whole[4000 + i] * (p == 1 ? 0.7f : 1.0f);
    }
    lossy_round(joined, N);
    lossy_round(plain, N);
    return 0;
}

/* Feeds in pieces of `chunk` samples; 0 for pieces of any length. */
static ew_code inspect(const float *x, size_t n, const char *codec, size_t chunk,
                       ew_inspection **out, ew_err *err)
{
    ew_inspect_sound sound = {.rate_hz = RATE, .channels = 1};
    ew_inspect_opts opts = ew_inspect_opts_default();
    ew_inspector *in = NULL;
    uint64_t seed = 1;
    ew_code rc;

    *out = NULL;
    memcpy(sound.codec, codec, strlen(codec));
    opts.only = "frame-grid";
    opts.max_false_per_hour = 1e9;
    rc = ew_inspector_new(&in, &sound, &opts, err);
    while (n > 0 && rc >= 0) {
        size_t now = chunk > 0 ? chunk : 1 + (size_t)(test_random(&seed) % 9000);
        now = now < n ? now : n;
        rc = ew_inspector_feed(in, x, now, err);
        x += now;
        n -= now;
    }
    if (rc >= 0)
        rc = ew_inspector_finish(in, out, err);
    ew_inspector_free(in);
    return rc;
}

static size_t changes(const ew_inspection *i)
{
    size_t n = 0;

    for (size_t k = 0; k < i->trace_count; k++)
        n += i->traces[k].kind == EW_TRACE_CHANGE;
    return n;
}

static void test_joins(void **state)
{
    ew_inspection *i = NULL;
    int64_t place = PIECE;

    (void)state;
    assert_int_equal(inspect(joined, N, "pcm_s16le", 4096, &i, NULL), EW_OK);
    assert_int_equal(changes(i), 2);
    for (size_t k = 0; k < i->trace_count; k++) {
        const ew_trace *t = &i->traces[k];
        assert_string_equal(t->method, "frame-grid");
        assert_true(isfinite(t->strength) && t->strength > 0);
        if (t->kind != EW_TRACE_CHANGE)
            continue;
        assert_true(t->start - t->plus_minus <= place);
        assert_true(t->end + t->plus_minus >= place);
        assert_true(t->plus_minus < RATE / 4);
        place += PIECE;
    }
    ew_inspection_free(i);
}

static void test_coded_once(void **state)
{
    ew_inspection *i = NULL;

    (void)state;
    assert_int_equal(inspect(once, N, "pcm_s16le", 4096, &i, NULL), EW_OK);
    assert_int_equal(i->trace_count, 1);
    assert_int_equal(i->traces[0].kind, EW_TRACE_FACT);
    assert_non_null(strstr(i->traces[0].text, "MP3"));
    assert_non_null(strstr(i->traces[0].text, "begins at 250"));
    ew_inspection_free(i);
    /* What the file still is, is no finding. */
    for (size_t n = RATE / 2; n <= N; n += N - RATE / 2) {
        assert_int_equal(inspect(once, n, "mp3float", 4096, &i, NULL), EW_OK);
        assert_int_equal(i->trace_count, 0);
        ew_inspection_free(i);
    }
}

static void test_never_coded(void **state)
{
    static const size_t lengths[] = {0, 1, 575, 4096, 30000, N};
    static float silence[N];

    (void)state;
    for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
        ew_inspection *i = NULL;
        assert_int_equal(inspect(plain, lengths[k], "pcm_s16le", 4096, &i, NULL), EW_OK);
        assert_int_equal(i->trace_count, 0);
        ew_inspection_free(i);
        assert_int_equal(inspect(silence, lengths[k], "flac", 4096, &i, NULL), EW_OK);
        assert_int_equal(i->trace_count, 0);
        ew_inspection_free(i);
    }
}

static void test_loud_and_faint(void **state)
{
    static float x[N];

    (void)state;
    for (int power = -60; power <= 60; power += 30) {
        ew_inspection *i = NULL;
        for (size_t k = 0; k < N; k++)
            x[k] = joined[k] * (float)pow(10, power / 2.0);
        assert_int_equal(inspect(x, N, "pcm_f32le", 4096, &i, NULL), EW_OK);
        for (size_t k = 0; k < i->trace_count; k++)
            assert_true(isfinite(i->traces[k].strength));
        ew_inspection_free(i);
    }
}

static void test_chunks_do_not_matter(void **state)
{
    static const size_t chunks[] = {0, 1, 7, 511, 100000};
    ew_inspection *want = NULL;

    (void)state;
    assert_int_equal(inspect(joined, N, "pcm_s16le", 4096, &want, NULL), EW_OK);
    for (size_t c = 0; c < sizeof chunks / sizeof *chunks; c++) {
        ew_inspection *got = NULL;
        assert_int_equal(inspect(joined, N, "pcm_s16le", chunks[c], &got, NULL), EW_OK);
        assert_int_equal(got->trace_count, want->trace_count);
        assert_memory_equal(got->traces, want->traces,
                            want->trace_count * sizeof *want->traces);
        ew_inspection_free(got);
    }
    ew_inspection_free(want);
}

static ew_code work(void *arg, ew_err *err)
{
    ew_inspection *i = NULL;
    ew_code rc = inspect(joined, N, "pcm_s16le", 4096, &i, err);

    (void)arg;
    ew_inspection_free(i);
    return rc;
}

static void test_alloc(void **state)
{
    (void)state;
    assert_true(test_torture_alloc(work, NULL, 30) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_joins),
        cmocka_unit_test(test_coded_once),
        cmocka_unit_test(test_never_coded),
        cmocka_unit_test(test_chunks_do_not_matter),
        cmocka_unit_test(test_loud_and_faint),
        cmocka_unit_test(test_alloc),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
