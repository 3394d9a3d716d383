/* SPDX-License-Identifier: Apache-2.0 */
/* What holds for every method that looks at the wave: pieces do not matter, odd sound is no
 * problem, and no memory is no crash. */
#include "methods.h"

#include "base/alloc.h"

enum { N = 14 * RATE };

static const char *const METHODS[] = {
    "bandwidth",     "clipping", "copy-move",    "dc-offset",   "digital-silence",
    "discontinuity", "hum",      "level-change", "noise-floor", "resampling"};
enum { COUNT = sizeof METHODS / sizeof *METHODS };

/* A recording with something for each method. */
static float *faulty(void)
{
    float *x = recording(N, 9, 0.001), *other = recording(N, 10, 0.004);

    for (size_t k = 6 * RATE; k < N; k++)
        x[k] = 0.7f * other[k] + 0.005f;
    memcpy(x + 11 * RATE, x + 2 * RATE, RATE * sizeof *x);
    memset(x + 4 * RATE, 0, RATE / 10 * sizeof *x);
    for (size_t k = 0; k < N; k++)
        x[k] += (float)(0.004 * sin(0.019635 * (double)k + (k < 7 * RATE ? 0 : 2)));
    free(other);
    return x;
}

static void assert_same(const ew_inspection *a, const ew_inspection *b)
{
    assert_int_equal(a->trace_count, b->trace_count);
    for (size_t i = 0; i < a->trace_count; i++) {
        assert_string_equal(a->traces[i].text, b->traces[i].text);
        assert_int_equal(a->traces[i].start, b->traces[i].start);
        assert_int_equal(a->traces[i].end, b->traces[i].end);
        assert_true(a->traces[i].strength >= b->traces[i].strength &&
                    a->traces[i].strength <= b->traces[i].strength);
    }
}

static void pieces_do_not_matter(void **state)
{
    static const size_t chunks[] = {1, 777, 4096, 100000};
    float *x = faulty();

    (void)state;
    for (size_t m = 0; m < COUNT; m++) {
        ew_inspection *whole = inspect(METHODS[m], x, N);

        for (size_t c = 0; c < sizeof chunks / sizeof *chunks; c++) {
            ew_err err;
            ew_inspection *part = inspect_with(METHODS[m], x, N, chunks[c], &err);

            assert_non_null(part);
            assert_same(whole, part);
            ew_inspection_free(part);
        }
        ew_inspection_free(whole);
    }
    free(x);
}

static void findings_lie_in_the_sound(void **state)
{
    float *x = faulty();

    (void)state;
    for (size_t m = 0; m < COUNT; m++) {
        ew_inspection *i = inspect(METHODS[m], x, N);

        for (size_t k = 0; k < i->trace_count; k++) {
            const ew_trace *t = &i->traces[k];

            assert_true(t->start >= 0 && t->start <= t->end && t->end <= N);
            assert_true(t->plus_minus >= 0 && t->strength > 0);
            assert_true(strlen(t->text) > 20 && t->text[strlen(t->text) - 1] != '.');
        }
        ew_inspection_free(i);
    }
    free(x);
}

static void odd_sound_is_survived(void **state)
{
    float *x = calloc(N, sizeof *x);
    uint64_t seed = 5;

    (void)state;
    assert_non_null(x);
    for (size_t m = 0; m < COUNT; m++) {
        static const size_t lengths[] = {0, 1, 2, 100, 4095, 4097, RATE, N};

        for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++)
            ew_inspection_free(inspect(METHODS[m], x, lengths[k]));
    }
    for (size_t k = 0; k < N; k++)
        x[k] = (test_random(&seed) & 1 ? 3e38f : -3e38f);
    for (size_t m = 0; m < COUNT; m++)
        ew_inspection_free(inspect(METHODS[m], x, N));
    for (size_t k = 0; k < N; k++)
        x[k] = k % 3 ? 1e-38f : -1e-42f;
    for (size_t m = 0; m < COUNT; m++)
        ew_inspection_free(inspect(METHODS[m], x, N));
    free(x);
}

static void every_rate_is_taken(void **state)
{
    static const uint32_t rates[] = {4000, 8000, 11025, 44100, 48000, 192000, 768000};
    float *x = faulty();

    (void)state;
    for (size_t m = 0; m < COUNT; m++) {
        for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
            ew_inspect_sound sound = {
                .rate_hz = rates[r], .channels = 1, .codec = "flac"};
            ew_inspect_opts o = ew_inspect_opts_default();
            ew_inspection *i = NULL;
            ew_inspector *in = NULL;
            ew_err err;

            o.only = METHODS[m];
            assert_int_equal(ew_inspector_new(&in, &sound, &o, &err), EW_OK);
            assert_int_equal(ew_inspector_feed(in, x, N, &err), EW_OK);
            assert_int_equal(ew_inspector_finish(in, &i, &err), EW_OK);
            ew_inspection_free(i);
            ew_inspector_free(in);
        }
    }
    free(x);
}

struct job {
    const char *method;
    const float *x;
};

static ew_code run(void *arg, ew_err *err)
{
    const struct job *j = arg;
    ew_inspection *i = inspect_with(j->method, j->x, N, N, err);
    ew_code rc = i ? EW_OK : err->code;

    ew_inspection_free(i);
    return rc;
}

static void no_memory_is_an_error(void **state)
{
    float *x = faulty();

    (void)state;
    for (size_t m = 0; m < COUNT; m++) {
        struct job j = {METHODS[m], x};

        test_torture_alloc(run, &j, 40);
    }
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_do_not_matter),
        cmocka_unit_test(findings_lie_in_the_sound),
        cmocka_unit_test(odd_sound_is_survived),
        cmocka_unit_test(every_rate_is_taken),
        cmocka_unit_test(no_memory_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
