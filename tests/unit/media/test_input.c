/* SPDX-License-Identifier: Apache-2.0 */
/* Bad input of every kind: each one line that names the file, and nothing is followed. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "media_test.h"

static decoded decode_bytes(const char *dir, const char *name, const void *bytes,
                            size_t n)
{
    const char *path = test_path(dir, name);

    test_file_put(path, bytes, n);
    return decode(path, NULL);
}

static decoded decode_text(const char *dir, const char *name, const char *text)
{
    return decode_bytes(dir, name, text, strlen(text));
}

/* A short WAV of a tone under `name`; its bytes come back for damaging. */
static char *good_wav(const char *dir, const char *name, size_t *n)
{
    const char *path = test_path(dir, name);
    float x[8000];

    for (size_t i = 0; i < 8000; i++)
        x[i] = 0.5F * sinf(0.3F * (float)i);
    test_wav_put(path, x, 8000, 1, 8000);
    return test_file_get(path, n);
}

static void test_no_media(void **state)
{
    uint8_t noise[20000];
    uint64_t seed = 1;
    decoded d = decode_text(*state, "a.txt", "This is a letter to nobody.\n");

    must_fail(&d, EW_E_FORMAT, "a.txt", "not sound");
    d = decode_text(*state, "text.mp3", "This is a letter to nobody.\n");
    must_fail(&d, EW_E_FORMAT, "text.mp3", "not sound");
    d = decode_text(*state, "text.wav", "This is a letter to nobody.\n");
    must_fail(&d, EW_E_FORMAT, "text.wav", "not sound");
    d = decode_text(*state, "page.mp4", "<!DOCTYPE html><html><body>404</body></html>\n");
    must_fail(&d, EW_E_FORMAT, "page.mp4", "not sound");
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)test_random(&seed);
    d = decode_bytes(*state, "noise.bin", noise, sizeof noise);
    assert_int_equal(d.code, EW_E_FORMAT);
    d = decode_bytes(*state, "one-byte.wav", "R", 1);
    must_fail(&d, EW_E_FORMAT, "one-byte.wav", "not sound");
}

/* The secret is a good file; were it followed, its second of sound would come out. */
static void test_lists_are_not_followed(void **state)
{
    const char *secret = test_path(*state, "secret.wav");
    char text[2000];
    size_t n;
    decoded d;

    free(good_wav(*state, "secret.wav", &n));
    snprintf(text, sizeof text,
             "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1,\n%s\n"
             "#EXT-X-ENDLIST\n",
             secret);
    d = decode_text(*state, "list.m3u8", text);
    must_fail(&d, EW_E_FORMAT, "list.m3u8", "points at other files");
    d = decode_text(*state, "list.mp3", text);
    assert_int_equal(d.code, EW_E_FORMAT); /* newer FFmpeg looks at the name, too */
    snprintf(text, sizeof text, "ffconcat version 1.0\nfile '%s'\n", secret);
    d = decode_text(*state, "list.ffconcat", text);
    must_fail(&d, EW_E_FORMAT, "list.ffconcat", "points at other files");
    d = decode_text(*state, "list.wav", text);
    must_fail(&d, EW_E_FORMAT, "list.wav", "points at other files");
    d = decode_text(*state, "call.sdp",
                    "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\n"
                    "c=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n");
    must_fail(&d, EW_E_FORMAT, "call.sdp", "points at other files");
    snprintf(text, sizeof text, "#EXTM3U\n%s\n", secret);
    d = decode_text(*state, "plain.m3u", text);
    assert_int_equal(d.code, EW_E_FORMAT);
    snprintf(text, sizeof text, "[playlist]\nFile1=%s\nNumberOfEntries=1\n", secret);
    d = decode_text(*state, "plain.pls", text);
    assert_int_equal(d.code, EW_E_FORMAT);
    d = decode_text(*state, "x.mpd",
                    "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" "
                    "profiles=\"urn:mpeg:dash:profile:isoff-live:2011\" type=\"static\">"
                    "<Period><AdaptationSet><Representation id=\"1\">"
                    "<BaseURL>http://127.0.0.1/a.mp4</BaseURL></Representation>"
                    "</AdaptationSet></Period></MPD>");
    assert_int_equal(d.code, EW_E_FORMAT);
}

static void test_truncated_wav(void **state)
{
    size_t n;
    char *bytes = good_wav(*state, "whole.wav", &n);
    decoded d = decode_bytes(*state, "half.wav", bytes, n / 2);

    must_decode(&d); /* what is there is given */
    assert_int_equal(d.frames, (n / 2 - TEST_WAV_HEAD) / 2);
    decoded_free(&d);
    d = decode_bytes(*state, "head.wav", bytes, TEST_WAV_HEAD);
    must_fail(&d, EW_E_FORMAT, "head.wav", "nothing in it");
    d = decode_bytes(*state, "part-of-head.wav", bytes, 30);
    assert_int_equal(d.code, EW_E_FORMAT);
    free(bytes);
}

static void test_absurd_headers(void **state)
{
    size_t n;
    char *wav = good_wav(*state, "good.wav", &n);
    uint8_t *b = (uint8_t *)wav;
    decoded d;

    ew_put_u32le(b + 24, 900);
    d = decode_bytes(*state, "slow.wav", b, n);
    must_fail(&d, EW_E_LIMIT, "slow.wav", "900 Hz");
    ew_put_u32le(b + 24, 2000000000);
    d = decode_bytes(*state, "fast.wav", b, n);
    must_fail(&d, EW_E_LIMIT, "fast.wav", "2000000000 Hz");
    ew_put_u32le(b + 24, 0);
    d = decode_bytes(*state, "still.wav", b, n);
    assert_true(d.code < 0);
    ew_put_u32le(b + 24, 8000);
    ew_put_u16le(b + 22, 9);
    ew_put_u16le(b + 32, 18);
    d = decode_bytes(*state, "nine.wav", b, n);
    must_fail(&d, EW_E_LIMIT, "nine.wav", "9 channels; at most 8");
    ew_put_u16le(b + 22, 65535);
    d = decode_bytes(*state, "many.wav", b, n);
    assert_true(d.code < 0);
    ew_put_u16le(b + 22, 0);
    d = decode_bytes(*state, "none.wav", b, n);
    assert_true(d.code < 0);
    ew_put_u16le(b + 22, 1);
    ew_put_u16le(b + 32, 2);
    ew_put_u32le(b + 4, 0xFFFFFFFF); /* lengths that are not there: the sound still is */
    ew_put_u32le(b + 40, 0xFFFFFFF0);
    d = decode_bytes(*state, "long.wav", b, n);
    must_decode(&d);
    assert_int_equal(d.frames, 8000);
    decoded_free(&d);
    free(wav);
}

/* A FLAC that claims to last for two years: said in the journal, not believed. */
static void test_absurd_duration(void **state)
{
    const char *in = test_path(*state, "good.wav"),
               *out = test_path(*state, "years.flac");
    size_t n;
    char *bytes = good_wav(*state, "good.wav", &n);
    uint8_t *b;
    decoded d;

    free(bytes);
    if (!ffmpeg_make("-i '%s' '%s'", in, out))
        return;
    bytes = test_file_get(out, &n);
    b = (uint8_t *)bytes;
    b[18] = 1000 >> 12; /* 20 bits: sample rate */
    b[19] = (1000 >> 4) & 0xFF;
    b[20] = (uint8_t)((1000 & 15) << 4 | (b[20] & 15));
    b[21] |= 15; /* 36 bits: number of samples */
    memset(b + 22, 0xFF, 4);
    d = decode_bytes(*state, "years.flac", bytes, n);
    must_decode(&d);
    assert_int_equal(d.info.claimed_ms, -1);
    assert_non_null(strstr(d.journal, "795 days"));
    assert_true(d.frames >= 8000);
    decoded_free(&d);
    free(bytes);
}

static void test_video_without_sound(void **state)
{
    const char *path = test_path(*state, "silent.mp4");
    decoded d;

    if (!ffmpeg_make("-f lavfi -i testsrc=s=64x64:d=1 -c:v mpeg4 '%s'", path))
        return;
    d = decode(path, NULL);
    must_fail(&d, EW_E_FORMAT, "silent.mp4", "no sound in it");
    if (!ffmpeg_make("-f lavfi -i testsrc=s=64x64:d=1 -frames:v 1 '%s'",
                     test_path(*state, "picture.png")))
        return;
    d = decode(test_path(*state, "picture.png"), NULL);
    must_fail(&d, EW_E_FORMAT, "picture.png", "no sound in it");
}

static void test_attached_picture(void **state)
{
    const char *path = test_path(*state, "cover.mp3");
    decoded d;

    if (!ffmpeg_make(
            "-f lavfi -i sine=d=2 -f lavfi -i testsrc=s=64x64:d=1:r=1 -map 0 -map 1 "
            "-c:v mjpeg -disposition:v attached_pic '%s'",
            path))
        return;
    d = decode(path, NULL);
    must_decode(&d);
    assert_int_equal(d.frames, 2 * 44100);
    assert_int_equal(d.info.audio_streams, 1);
    assert_string_equal(d.info.codec, "mp3");
    assert_string_equal(d.journal, "");
    decoded_free(&d);
}

/* The end of a file is often missing; what came before is good and the end is no error. */
static void test_truncated_coded(void **state)
{
    static const struct {
        const char *name, *words;
        int decodes;
    } kinds[] = {
        {"cut.mp3", "", 1},
        {"cut.ogg", "-c:a libopus", 1},
        {"cut.flac", "", 1},
        {"cut.mkv", "-c:a aac", 1},
        {"cut.ts", "-c:a aac", 1},
        {"cut.mp4", "-c:a aac", 0}, /* the index is at the end */
    };

    for (size_t i = 0; i < EW_COUNT(kinds); i++) {
        const char *path = test_path(*state, kinds[i].name);
        size_t n;
        decoded d;

        if (!ffmpeg_make("-f lavfi -i sine=d=6:r=48000 %s '%s'", kinds[i].words, path))
            continue;
        free(test_file_get(path, &n));
        assert_int_equal(truncate(path, (off_t)(n * 2 / 3)), 0);
        d = decode(path, NULL);
        print_message("# %s: %s %zu\n", kinds[i].name, d.err.text, d.frames);
        if (kinds[i].decodes) {
            must_decode(&d);
            assert_true(d.frames > 48000 * 3 && d.frames < 48000 * 5);
        } else {
            must_fail(&d, EW_E_FORMAT, kinds[i].name, "damaged");
        }
        decoded_free(&d);
    }
}

/* Bytes wrong in the middle: counted, said, and the rest is there. */
static void test_damaged_middle(void **state)
{
    static const char *const names[] = {"hurt.mp3", "hurt.flac", "hurt.aac"};
    uint64_t seed = 5;

    for (size_t i = 0; i < EW_COUNT(names); i++) {
        const char *path = test_path(*state, names[i]);
        size_t n;
        char *bytes;
        decoded d;

        if (!ffmpeg_make("-f lavfi -i 'sine=d=10:r=44100,tremolo' '%s'", path))
            continue;
        bytes = test_file_get(path, &n);
        for (size_t k = n / 2; k < n / 2 + 3000; k++)
            bytes[k] = (char)test_random(&seed);
        d = decode_bytes(*state, names[i], bytes, n);
        must_decode(&d);
        print_message("# %s: %llu damaged, %zu frames\n", names[i],
                      (unsigned long long)d.damaged, d.frames);
        assert_true(d.damaged > 0);
        assert_true(d.frames > 8 * 44100 && d.frames <= 11 * 44100);
        assert_non_null(strstr(d.journal, "at "));
        decoded_free(&d);
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_media),
        cmocka_unit_test(test_lists_are_not_followed),
        cmocka_unit_test(test_truncated_wav),
        cmocka_unit_test(test_absurd_headers),
        cmocka_unit_test(test_absurd_duration),
        cmocka_unit_test(test_video_without_sound),
        cmocka_unit_test(test_attached_picture),
        cmocka_unit_test(test_truncated_coded),
        cmocka_unit_test(test_damaged_middle),
    };

    return cmocka_run_group_tests_name("media/input", tests, test_dir_set_up,
                                       test_dir_tear_down);
}
