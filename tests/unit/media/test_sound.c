/* SPDX-License-Identifier: Apache-2.0 */
/* The samples themselves: rates, mixing, changes on the way; cutting changes nothing. */
#include <pthread.h>

#include "base/bytes.h"
#include "media_test.h"

static const double PI = 3.14159265358979323846;

/* A WAV with a list of loudspeakers, so that FFmpeg knows which channel is which. */
static void put_layout(const char *path, const float *x, size_t frames, uint16_t channels,
                       uint32_t mask)
{
    static const uint8_t guid[16] = {1,    0, 0,    0,    0,    0,    0x10, 0,
                                     0x80, 0, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71};
    const uint32_t data = (uint32_t)(frames * channels * 4);
    uint8_t *b = calloc(1, 68 + (size_t)data);

    assert_non_null(b);
    memcpy(b, "RIFF....WAVEfmt ", 16);
    ew_put_u32le(b + 4, 60 + data);
    ew_put_u32le(b + 16, 40);
    ew_put_u16le(b + 20, 0xFFFE);
    ew_put_u16le(b + 22, channels);
    ew_put_u32le(b + 24, 8000);
    ew_put_u32le(b + 28, 8000U * channels * 4);
    ew_put_u16le(b + 32, (uint16_t)(channels * 4));
    ew_put_u16le(b + 34, 32);
    ew_put_u16le(b + 36, 22);
    ew_put_u16le(b + 38, 32);
    ew_put_u32le(b + 40, mask);
    memcpy(b + 44, guid, 16);
    b[44] = 3; /* float */
    memcpy(b + 60, "data", 4);
    ew_put_u32le(b + 64, data);
    memcpy(b + 68, x, data);
    test_file_put(path, b, 68 + (size_t)data);
    free(b);
}

/* ---------------------------------------------------------------- time line */

static void test_stored_samples_come_back(void **state)
{
    const char *path = test_path(*state, "stereo.wav");
    float *x = voices(5000, 2, 44100);
    decoded d;

    test_wav_put(path, x, 5000, 2, 44100);
    d = decode(path, NULL);
    must_decode(&d);
    assert_int_equal(d.info.rate_hz, 44100);
    assert_int_equal(d.info.channels, 2);
    assert_int_equal(d.info.stored_rate_hz, 44100);
    assert_int_equal(d.info.stored_channels, 2);
    assert_int_equal(d.info.claimed_ms, 113);
    assert_string_equal(d.info.container, "wav");
    assert_string_equal(d.info.codec, "pcm_s16le");
    assert_int_equal(d.frames, 5000);
    for (size_t i = 0; i < 10000; i++)
        assert_true(fabsf(d.x[i] - x[i]) <= 2.0F / 32768.0F);
    decoded_free(&d);
    free(x);
}

static void test_cutting_changes_nothing(void **state)
{
    static const size_t cuts[] = {1, 7, 511, 4096, 1000000};
    const char *path = test_path(*state, "cuts.wav");
    const ew_media_opts o = mono_at(8000);
    decoded whole;

    put_speech(path, 100000, 2, 44100);
    whole = decode(path, &o);
    must_decode(&whole);
    for (size_t i = 0; i < EW_COUNT(cuts); i++) {
        decoded d = decode_chunks(path, &o, cuts[i]);

        must_decode(&d);
        assert_int_equal(d.frames, whole.frames);
        assert_memory_equal(d.x, whole.x, d.frames * sizeof(float));
        decoded_free(&d);
    }
    decoded_free(&whole);
}

/* A tone of 1 kHz comes out at 8 kHz as the same tone at the same place, whatever the rate
 * of the file: right number of samples, right level, no shift. */
static void test_rates(void **state)
{
    static const uint32_t rates[] = {6000,  8000,  11025, 12345, 16000,  22050,
                                     44100, 48000, 96000, 99991, 192000, 768000};
    static float x[768000];

    for (size_t r = 0; r < EW_COUNT(rates); r++) {
        const char *path = test_path(*state, "tone.wav");
        const ew_media_opts o = mono_at(8000);
        const size_t n = rates[r];
        double worst = 0.0;
        decoded d;

        for (size_t i = 0; i < n; i++)
            x[i] = (float)(0.5 * sin(2.0 * PI * 1000.0 * (double)i / rates[r]));
        test_wav_put(path, x, n, 1, rates[r]);
        d = decode(path, &o);
        must_decode(&d);
        assert_in_range(d.frames, 7999, 8001);
        for (size_t i = 400; i < 7600; i++) {
            double e = fabs((double)d.x[i] - 0.5 * sin(2.0 * PI * (double)i / 8.0));

            worst = e > worst ? e : worst;
        }
        print_message("# %u Hz: %zu samples, worst error %.1e\n", rates[r], d.frames,
                      worst);
        assert_true(worst < 2e-3);
        decoded_free(&d);
    }
}

static void test_length(void **state)
{
    const char *path = test_path(*state, "length.wav");
    ew_media_opts o = mono_at(8000);
    decoded d;

    put_speech(path, 44100, 1, 44100);
    o.length_ms = 250;
    d = decode(path, &o);
    must_decode(&d);
    assert_int_equal(d.frames, 2000);
    decoded_free(&d);
    o.start_ms = 900;
    d = decode(path, &o);
    must_decode(&d);
    assert_int_equal(d.frames, 800);
    decoded_free(&d);
    o.start_ms = 5000; /* behind the end: nothing, and no error */
    d = decode(path, &o);
    must_decode(&d);
    assert_int_equal(d.frames, 0);
    decoded_free(&d);
}

/* ---------------------------------------------------------------- mixing */

static void test_mono_is_the_mean(void **state)
{
    const char *path = test_path(*state, "two.wav");
    const ew_media_opts o = mono_at(0);
    float *x = voices(20000, 2, 8000);
    decoded d;

    test_wav_put(path, x, 20000, 2, 8000);
    d = decode(path, &o);
    must_decode(&d);
    assert_int_equal(d.frames, 20000);
    assert_int_equal(d.info.channels, 1);
    assert_int_equal(d.info.stored_channels, 2);
    for (size_t i = 0; i < 20000; i++)
        assert_true(fabsf(d.x[i] - 0.5F * (x[2 * i] + x[2 * i + 1])) < 1e-4F);
    decoded_free(&d);
    free(x);
}

/* One channel with its polarity inverted: the mean is silence, the voice must not be lost.
 * The file begins right and goes wrong in the middle, as at a loose plug. */
static void test_opposite_channels_are_not_lost(void **state)
{
    const char *path = test_path(*state, "opposite.wav");
    const ew_media_opts o = mono_at(8000);
    const size_t n = 64000;
    float *one = malloc(n * sizeof *one), *x = malloc(2 * n * sizeof *x);
    decoded d;

    assert_true(one != NULL && x != NULL);
    test_speech(one, n, 8000, 3);
    for (size_t i = 0; i < n; i++) {
        x[2 * i] = one[i];
        x[2 * i + 1] = i < n / 2 ? one[i] : -0.97F * one[i];
    }
    test_wav_put(path, x, n, 2, 8000);
    d = decode(path, &o);
    must_decode(&d);
    assert_int_equal(d.frames, n);
    assert_true(difference(one, d.x, n / 2 - 2000) < 1e-3);
    assert_true(difference(one + n / 2 + 2000, d.x + n / 2 + 2000, n / 2 - 2000) < 0.03);
    decoded_free(&d);
    free(one);
    free(x);
}

static void test_low_frequency_channel_is_left_out(void **state)
{
    const char *path = test_path(*state, "five.wav");
    const ew_media_opts o = mono_at(0);
    const size_t n = 16000;
    float *x = voices(n, 6, 8000);
    decoded d;

    for (size_t i = 0; i < n; i++)
        x[6 * i + 3] = i % 2 ? 0.9F : -0.9F;
    put_layout(path, x, n, 6, 0x3F); /* left right centre LFE back-left back-right */
    d = decode(path, &o);
    must_decode(&d);
    assert_int_equal(d.info.stored_channels, 6);
    for (size_t i = 0; i < n; i++) {
        const float *s = x + 6 * i;

        assert_true(fabsf(d.x[i] - 0.2F * (s[0] + s[1] + s[2] + s[4] + s[5])) < 1e-5F);
    }
    decoded_free(&d);
    free(x);
}

static void test_eight_channels(void **state)
{
    const char *path = test_path(*state, "eight.wav");
    const ew_media_opts o = mono_at(8000);
    float *x = voices(44100, 8, 44100);
    decoded d;

    test_wav_put(path, x, 44100, 8, 44100);
    d = decode(path, NULL);
    must_decode(&d);
    assert_int_equal(d.info.channels, 8);
    assert_int_equal(d.frames, 44100);
    for (size_t i = 0; i < (size_t)44100 * 8; i++)
        assert_true(fabsf(d.x[i] - x[i]) <= 2.0F / 32768.0F);
    decoded_free(&d);
    for (size_t i = 0; i < 44100; i++) /* all cancel but the loudest */
        for (size_t c = 0; c < 8; c++)
            x[8 * i + c] =
                (c % 2 ? -1.0F : 1.0F) * x[8 * i] * (c == 0 ? 1.0F : 0.9F) * 0.8F;
    test_wav_put(path, x, 44100, 8, 44100);
    d = decode(path, &o);
    must_decode(&d);
    assert_int_equal(d.frames, 8000);
    assert_true(rms(d.x, 8000) > 0.01);
    decoded_free(&d);
    free(x);
}

/* ---------------------------------------------------------------- changes on the way */

/* Two AAC streams of different rate and channels in one file, as streams joined by cutting
 * have it: both are there, one after the other. */
static void test_change_of_rate_and_channels(void **state)
{
    const char *a = test_path(*state, "a.aac"), *b = test_path(*state, "b.aac"),
               *out = test_path(*state, "ab.aac");
    ew_media_opts o = mono_at(8000);
    decoded d, part;

    if (!ffmpeg_make("-f lavfi -i sine=500:d=3:r=44100 -ac 2 -c:a aac '%s'", a) ||
        !ffmpeg_make("-f lavfi -i sine=1000:d=3:r=24000 -ac 1 -c:a aac '%s'", b))
        return;
    join(out, a, b);
    d = decode(out, &o);
    must_decode(&d);
    assert_in_range(d.frames, 6 * 8000, 6 * 8000 + 2000);
    assert_non_null(
        strstr(d.journal, "changes from 44100 Hz, 2 channels to 24000 Hz, 1 ch"));
    assert_true(rms(d.x + 8000, 8000) > 0.05 && rms(d.x + 4 * 8000, 8000) > 0.05);
    o.start_ms = 5000; /* behind the change: the same sound */
    part = decode(out, &o);
    must_decode(&part);
    assert_in_range(part.frames, d.frames - 5 * 8000 - 1, d.frames - 5 * 8000 + 1);
    assert_true(difference(d.x + 5 * 8000, part.x, 4000) < 0.02);
    decoded_free(&part);
    decoded_free(&d);
    d = decode(out, NULL);
    must_decode(&d);
    assert_int_equal(d.info.channels, 2);
    assert_int_equal(d.info.rate_hz, 44100);
    assert_in_range(d.frames, 6 * 44100, 6 * 44100 + 11000);
    assert_true(rms(d.x + 2 * 4 * 44100, 2 * 44100) > 0.05); /* mono went to both */
    decoded_free(&d);
}

/* A hole in the time stamps is told with its place and size, and not filled. */
static void test_jumps_are_told(void **state)
{
    const char *in = test_path(*state, "hole.wav"), *out = test_path(*state, "hole.mka");
    decoded d;

    put_speech(in, 80000, 1, 8000);
    if (!ffmpeg_make("-i '%s' -af 'aselect=not(between(t\\,3\\,5))' -c:a pcm_s16le '%s'",
                     in, out))
        return;
    d = decode(out, NULL);
    must_decode(&d);
    assert_in_range(d.frames, 7 * 8000, 9 * 8000);
    assert_non_null(strstr(d.journal, "time stamps jump by +"));
    decoded_free(&d);
}

/* ---------------------------------------------------------------- threads */

enum { THREADS = 4 };

static void *decode_in_thread(void *path)
{
    const ew_media_opts o = mono_at(8000);
    static const size_t chunk = 1000;
    ew_media *m = NULL;
    float x[1000];
    size_t got = 1, sum = 0;

    if (ew_media_open(&m, path, &o, NULL) < 0)
        return NULL;
    while (got > 0 && ew_media_read(m, x, chunk, &got, NULL) == EW_OK)
        sum += got;
    ew_media_close(m);
    return (void *)(uintptr_t)sum;
}

static void test_many_at_once(void **state)
{
    char path[300];
    pthread_t t[THREADS];

    snprintf(path, sizeof path, "%s/threads.wav", (const char *)*state);
    put_speech(path, 441000, 1, 44100);
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < THREADS; i++)
            assert_int_equal(pthread_create(&t[i], NULL, decode_in_thread, path), 0);
        for (int i = 0; i < THREADS; i++) {
            void *sum = NULL;

            assert_int_equal(pthread_join(t[i], &sum), 0);
            assert_int_equal((uintptr_t)sum, 80000);
        }
    }
}

/* ---------------------------------------------------------------- memory */

static ew_code decode_for_torture(void *arg, ew_err *err)
{
    const ew_media_opts o = mono_at(8000);
    ew_media *m = NULL;
    float x[500];
    size_t got = 1;
    ew_code rc = ew_media_open(&m, arg, &o, err);

    while (rc == EW_OK && got > 0)
        rc = ew_media_read(m, x, 500, &got, err);
    ew_media_close(m);
    return rc;
}

static void test_memory_may_run_out(void **state)
{
    char path[300];

    snprintf(path, sizeof path, "%s/torture.wav", (const char *)*state);
    put_speech(path, 8000, 1, 8000);
    assert_true(test_torture_alloc(decode_for_torture, path, 0) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stored_samples_come_back),
        cmocka_unit_test(test_cutting_changes_nothing),
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_length),
        cmocka_unit_test(test_mono_is_the_mean),
        cmocka_unit_test(test_opposite_channels_are_not_lost),
        cmocka_unit_test(test_low_frequency_channel_is_left_out),
        cmocka_unit_test(test_eight_channels),
        cmocka_unit_test(test_change_of_rate_and_channels),
        cmocka_unit_test(test_jumps_are_told),
        cmocka_unit_test(test_many_at_once),
        cmocka_unit_test(test_memory_may_run_out),
    };

    return cmocka_run_group_tests_name("media/sound", tests, test_dir_set_up,
                                       test_dir_tear_down);
}
