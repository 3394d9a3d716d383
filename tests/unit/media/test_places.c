/* SPDX-License-Identifier: Apache-2.0 */
/* The time line is that of the ffmpeg program, and a start in the middle changes nothing. */
#include "base/bytes.h"
#include "media_test.h"

/* `most` is how much codecs may differ that need time to settle or add noise of their own. */
static void same_after_seek(const char *path, double most)
{
    static const int64_t starts[] = {1, 999, 4321, 9000, 14567};
    ew_media_opts o = mono_at(8000);
    decoded whole = decode(path, &o), d;

    must_decode(&whole);
    o.length_ms = 1000;
    for (size_t i = 0; i < EW_COUNT(starts); i++) {
        const size_t at = (size_t)starts[i] * 8;
        size_t shared;
        double e;

        o.start_ms = starts[i];
        d = decode(path, &o);
        must_decode(&d);
        assert_int_equal(d.frames, 8000);
        shared = whole.frames - at < 8000 ? whole.frames - at : 8000;
        e = difference(whole.x + at, d.x, shared);
        if (e > most)
            fail_msg("%s from %lld ms: differs by %g", path, (long long)starts[i], e);
        decoded_free(&d);
    }
    decoded_free(&whole);
}

static void test_seeking_changes_nothing(void **state)
{
    static const struct {
        const char *name, *words;
        double most;
    } kinds[] = {
        {"k.flac", "", 1e-6},
        {"k.m4a", "-c:a aac -b:a 96k", 1e-3},
        {"k.m4b", "-c:a alac -f mp4", 1e-6},
        {"k.ogg", "-c:a libvorbis", 1e-3},
        {"k.opus", "-c:a libopus -b:a 24k", 1e-3},
        {"k.webm", "-c:a libopus", 1e-3},
        {"k.mka", "-c:a libvorbis", 1e-3},
        {"k2.mka", "-c:a flac", 1e-6},
        {"cbr.mp3", "-b:a 64k", 1e-3},
        {"vbr.mp3", "-q:a 5", 1e-3},
        {"bare.mp3", "-q:a 5 -write_xing 0 -id3v2_version 0", 1e-3},
        {"k.aac", "-c:a aac", 1e-3},
        {"k.ts", "-c:a aac", 1e-3},
        {"adpcm.wav", "-c:a adpcm_ima_wav", 1e-6},
        {"k.amr", "-ar 8000 -ac 1 -c:a libopencore_amrnb", 1e-3},
        {"k.gsm", "-ar 8000 -ac 1 -c:a libgsm", 1e-6},
    };
    const char *in = test_path(*state, "voice.wav");

    put_speech(in, 16 * 44100, 2, 44100);
    same_after_seek(in, 1e-6);
    for (size_t i = 0; i < EW_COUNT(kinds); i++) {
        char out[300];

        snprintf(out, sizeof out, "%s/%s", (const char *)*state, kinds[i].name);
        if (ffmpeg_make("-i '%s' %s '%s'", test_path(*state, "voice.wav"), kinds[i].words,
                        out))
            same_after_seek(out, kinds[i].most);
    }
}

/* Files put one after the other, as radio recorders do: time stamps begin again, or tags lie
 * between; the time line goes on. */
static void test_joined_files(void **state)
{
    static const struct {
        const char *ending, *words;
        double most;
    } kinds[] = {
        {"ogg", "-c:a libvorbis", 1e-3},
        {"opus", "-c:a libopus", 1e-3},
        {"mp3", "-b:a 64k", 1e-3},
        {"aac", "-c:a aac", 1e-3},
    };

    put_speech(test_path(*state, "joined.wav"), 6 * 44100, 2, 44100);
    for (size_t i = 0; i < EW_COUNT(kinds); i++) {
        char in[300], one[300], two[300], three[300];

        snprintf(in, sizeof in, "%s/joined.wav", (const char *)*state);
        snprintf(one, sizeof one, "%s/one.%s", (const char *)*state, kinds[i].ending);
        snprintf(two, sizeof two, "%s/two.%s", (const char *)*state, kinds[i].ending);
        snprintf(three, sizeof three, "%s/three.%s", (const char *)*state,
                 kinds[i].ending);
        if (!ffmpeg_make("-i '%s' %s '%s'", in, kinds[i].words, one))
            continue;
        join(two, one, one);
        join(three, two, one);
        same_after_seek(three, kinds[i].most);
    }
}

/* Time stamps that jump, as in recordings of calls: the jump is not on the time line, so a
 * start behind it must not count it. */
static void test_jumps_do_not_count(void **state)
{
    static const struct {
        const char *name, *words;
        double most;
    } kinds[] = {
        {"hole.webm", "-c:a libopus", 1e-3},
        {"hole.mp4", "-c:a aac", 1e-3},
        {"fragments.mp4",
         "-c:a aac -movflags frag_keyframe+empty_moov -frag_duration 1000000", 1e-3},
        {"hole.mkv", "-c:a pcm_s16le", 1e-6},
        {"hole.opus", "-c:a libopus", 1e-3},
    };

    put_speech(test_path(*state, "whole.wav"), 18 * 48000, 1, 48000);
    for (size_t i = 0; i < EW_COUNT(kinds); i++) {
        char in[300], out[300];

        snprintf(in, sizeof in, "%s/whole.wav", (const char *)*state);
        snprintf(out, sizeof out, "%s/%s", (const char *)*state, kinds[i].name);
        if (ffmpeg_make("-i '%s' -af "
                        "'aselect=not(between(t\\,3\\,5)+between(t\\,8\\,8.3))' %s '%s'",
                        in, kinds[i].words, out))
            same_after_seek(out, kinds[i].most);
    }
}

/* The same samples as the ffmpeg program gives, encoder delays left out as it does. */
static void test_time_line_is_that_of_ffmpeg(void **state)
{
    static const struct {
        const char *name, *words;
    } kinds[] = {
        {"t.mp3", ""},
        {"t.m4a", "-c:a aac"},
        {"t.opus", "-c:a libopus"},
        {"t.ogg", ""},
        {"t.webm", "-c:a libopus"},
        {"t.flac", ""},
        {"t.ts", "-c:a mp2"},
        {"t.mkv", "-c:a ac3"},
        {"t.wma", ""},
        {"t.avi", "-c:a mp3"},
        {"t.spx", ""},
        {"t.mov", "-c:a pcm_s24be"},
    };

    put_speech(test_path(*state, "line.wav"), 4 * 48000, 1, 48000);
    for (size_t i = 0; i < EW_COUNT(kinds); i++) {
        char in[300], path[300], raw[300];
        float *x;
        size_t bytes;
        decoded d;

        snprintf(in, sizeof in, "%s/line.wav", (const char *)*state);
        snprintf(path, sizeof path, "%s/%s", (const char *)*state, kinds[i].name);
        snprintf(raw, sizeof raw, "%s/line.f32", (const char *)*state);
        if (!ffmpeg_make("-i '%s' %s '%s'", in, kinds[i].words, path) ||
            !ffmpeg_make("-i '%s' -vn -c:a pcm_f32le -f f32le '%s'", path, raw))
            continue;
        x = (float *)(void *)test_file_get(raw, &bytes);
        d = decode(path, NULL);
        must_decode(&d);
        if (d.frames != bytes / 4 || difference(x, d.x, d.frames) > 1e-6)
            fail_msg("%s: %zu samples, ffmpeg has %zu", kinds[i].name, d.frames,
                     bytes / 4);
        decoded_free(&d);
        free(x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seeking_changes_nothing),
        cmocka_unit_test(test_joined_files),
        cmocka_unit_test(test_jumps_do_not_count),
        cmocka_unit_test(test_time_line_is_that_of_ffmpeg),
    };

    return cmocka_run_group_tests_name("media/places", tests, test_dir_set_up,
                                       test_dir_tear_down);
}
