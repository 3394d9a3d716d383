/* SPDX-License-Identifier: Apache-2.0 */
/* Sound that is looked at and listened to is the sound of the file, to the sample. */
#include "ops/sounds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "ops/sounds_room.h"
#include "support.h"

enum { RATE = 8000, FRAMES = 3 * RATE + 17, HEAD = 44 };

/* Left a sine that grows louder, right silence with one click. */
static uint8_t *make_wav(size_t *n)
{
    *n = HEAD + 4 * FRAMES;
    uint8_t *b = calloc(1, *n);
    assert_non_null(b);
    memcpy(b, "RIFF....WAVEfmt ", 16);
    ew_put_u32le(b + 4, (uint32_t)*n - 8);
    ew_put_u32le(b + 16, 16);
    ew_put_u16le(b + 20, 1);
    ew_put_u16le(b + 22, 2);
    ew_put_u32le(b + 24, RATE);
    ew_put_u32le(b + 28, RATE * 4);
    ew_put_u16le(b + 32, 4);
    ew_put_u16le(b + 34, 16);
    memcpy(b + 36, "data", 4);
    ew_put_u32le(b + 40, 4 * FRAMES);
    for (int i = 0; i < FRAMES; i++)
        ew_put_u16le(b + HEAD + 4 * i,
                     (uint16_t)(int16_t)lrint(30000.0 * i / FRAMES * sin(0.3 * i)));
    ew_put_u16le(b + HEAD + 4 * 10000 + 2, 0x8000);
    return b;
}

static ew_sound_info ready(ew_sounds *s, const uint8_t *sha, const char *path)
{
    const struct timespec tick = {.tv_nsec = 20000000};
    ew_sound_info i = {.state = EW_SOUND_COMING};
    for (int k = 0; k < 3000 && i.state == EW_SOUND_COMING; k++) {
        assert_int_equal(ew_sounds_want(s, sha, path, &i, NULL), EW_OK);
        (void)nanosleep(&tick, NULL);
    }
    return i;
}

static void the_sound_is_that_of_the_file(void **state)
{
    char *dir = test_dir_new();
    const char *path = strdup(test_path(dir, "a.wav"));
    ew_sounds *s = NULL;
    uint8_t sha[EW_SHA256_BYTES];
    size_t n;
    ew_buf out;
    (void)state;
    uint8_t *wav = make_wav(&n);
    test_file_put(path, (const char *)wav, n);
    ew_sha256_bytes(wav, n, sha);
    assert_int_equal(ew_sounds_open(&s, test_path(dir, "cache"), NULL), EW_OK);
    ew_buf_init(&out, 1 << 20);
    assert_int_equal(ew_sounds_wav(s, sha, 0, 1, &out, NULL), EW_E_BUSY);
    ew_sound_info i = ready(s, sha, path);
    assert_int_equal(i.state, EW_SOUND_READY);
    assert_int_equal(i.rate_hz, RATE);
    assert_int_equal(i.channels, 2);
    assert_int_equal(i.frames, FRAMES);
    assert_int_equal(ew_sounds_wav(s, sha, 5000, 6000, &out, NULL), EW_OK);
    assert_int_equal(out.len, HEAD + 4 * 6000);
    assert_memory_equal(out.data + HEAD, wav + HEAD + 4 * 5000, 4 * 6000);
    /* The click is in one point of each level, and as loud as it is. */
    for (unsigned level = 0; level < 4; level++) {
        uint64_t point = 10000 / ((uint64_t)EW_SOUND_POINT << (2 * level));
        ew_buf_reset(&out);
        assert_int_equal(
            ew_sounds_peaks(s, sha, &(ew_points){level, point, 2}, &out, NULL), EW_OK);
        assert_int_equal((int8_t)out.data[0], -128);
    }
    ew_buf_reset(&out);
    assert_int_equal(
        ew_sounds_peaks(s, sha, &(ew_points){0, 0, EW_SOUND_POINTS_MAX}, &out, NULL),
        EW_OK);
    assert_int_equal(out.len, 2 * ((FRAMES + EW_SOUND_POINT - 1) / EW_SOUND_POINT));
    ew_buf_reset(&out);
    assert_int_equal(ew_sounds_wav(s, sha, FRAMES - 1, 100, &out, NULL), EW_OK);
    assert_int_equal(out.len, HEAD + 4);
    ew_buf_reset(&out);
    assert_int_equal(ew_sounds_tile(s, sha, 0, 0, &out, NULL), EW_OK);
    assert_memory_equal(out.data, "\x89PNG", 4);
    assert_int_equal(ew_sounds_tile(s, sha, 0, 99, &out, NULL), EW_E_NOTFOUND);
    ew_buf_release(&out);
    ew_sounds_close(s);
    free(wav);
    free((void *)(uintptr_t)path);
    test_dir_remove(dir);
}

static void what_is_no_sound_is_told(void **state)
{
    char *dir = test_dir_new();
    const char *path = strdup(test_path(dir, "a.txt"));
    uint8_t sha[EW_SHA256_BYTES];
    ew_sounds *s = NULL;
    (void)state;
    test_file_put(path, "no sound", 8);
    ew_sha256_bytes("no sound", 8, sha);
    assert_int_equal(ew_sounds_open(&s, test_path(dir, "cache"), NULL), EW_OK);
    ew_sound_info i = ready(s, sha, path);
    assert_int_equal(i.state, EW_SOUND_NONE);
    assert_true(i.why.text[0] != 0);
    ew_sounds_close(s);
    free((void *)(uintptr_t)path);
    test_dir_remove(dir);
}

/* A recording that was found, and replaced under its name since. */
static void another_file_is_not_heard_in_its_place(void **state)
{
    char *dir = test_dir_new();
    const char *path = strdup(test_path(dir, "a.wav"));
    ew_sounds *s = NULL;
    uint8_t sha[EW_SHA256_BYTES];
    size_t n;
    (void)state;
    uint8_t *wav = make_wav(&n);
    ew_sha256_bytes(wav, n, sha);
    wav[HEAD + 1] ^= 1;
    test_file_put(path, (const char *)wav, n);
    assert_int_equal(ew_sounds_open(&s, test_path(dir, "cache"), NULL), EW_OK);
    ew_sound_info i = ready(s, sha, path);
    assert_int_equal(i.state, EW_SOUND_NONE);
    assert_non_null(strstr(i.why.text, "a.wav"));
    /* Once it is back it is heard. */
    wav[HEAD + 1] ^= 1;
    test_file_put(path, (const char *)wav, n);
    i = ready(s, sha, path);
    assert_int_equal(i.state, EW_SOUND_READY);
    ew_sounds_close(s);
    free(wav);
    free((void *)(uintptr_t)path);
    test_dir_remove(dir);
}

/* A folder with so many sounds that were asked for in this order. */
static ew_sounds *some_sounds(char *dir, uint8_t (*sha)[EW_SHA256_BYTES], int count)
{
    char name[16] = "a.wav";
    size_t n;
    ew_sounds *s = NULL;
    uint8_t *wav = make_wav(&n);
    assert_int_equal(ew_sounds_open(&s, test_path(dir, "cache"), NULL), EW_OK);
    for (int i = 0; i < count; i++) {
        name[0] = (char)('a' + i);
        wav[HEAD] = (uint8_t)i;
        ew_sha256_bytes(wav, n, sha[i]);
        test_file_put(test_path(dir, name), (const char *)wav, n);
        char *path = strdup(test_path(dir, name));
        assert_int_equal(ready(s, sha[i], path).state, EW_SOUND_READY);
        free(path);
    }
    free(wav);
    return s;
}

static bool there(ew_sounds *s, const uint8_t *sha)
{
    ew_buf out;
    ew_buf_init(&out, 4096);
    ew_code code = ew_sounds_peaks(s, sha, &(ew_points){0, 0, 2}, &out, NULL);
    ew_buf_release(&out);
    return code == EW_OK;
}

static void sounds_do_not_fill_the_disk(void **state)
{
    char *dir = test_dir_new();
    uint8_t sha[4][EW_SHA256_BYTES];
    ew_sound_info i;
    (void)state;
    ew_sounds_room_is(250 * 1024); /* of 100 kB each: two */
    ew_sounds *s = some_sounds(dir, sha, 2);
    assert_true(there(s, sha[0]) && there(s, sha[1]));
    ew_sounds_close(s);
    assert_int_equal(ew_sounds_open(&s, test_path(dir, "cache"), NULL), EW_OK);
    (void)usleep(20000); /* the clock of files is coarse */
    assert_int_equal(ew_sounds_want(s, sha[0], "/none", &i, NULL), EW_OK);
    assert_int_equal(i.state, EW_SOUND_READY);
    ew_sounds_close(s);
    (void)usleep(20000);
    s = some_sounds(dir, sha, 3);
    assert_false(there(s, sha[0]) && there(s, sha[1]));
    assert_true(there(s, sha[2]));
    ew_sounds_room_is(0); /* what was asked for now is heard all the same */
    ew_sounds_close(s);
    s = some_sounds(dir, sha, 4);
    assert_true(there(s, sha[3]));
    assert_false(there(s, sha[0]) || there(s, sha[1]) || there(s, sha[2]));
    ew_sounds_room_is(-1);
    ew_sounds_close(s);
    test_dir_remove(dir);
}

static void what_a_killed_program_left_goes(void **state)
{
    char *dir = test_dir_new();
    uint8_t sha[1][EW_SHA256_BYTES];
    char hex[EW_SHA256_HEX + 1];
    char path[128];
    (void)state;
    ew_sounds *s = some_sounds(dir, sha, 1);
    ew_sounds_close(s);
    memset(hex, 'a', sizeof hex - 1);
    hex[sizeof hex - 1] = 0;
    (void)snprintf(path, sizeof path, "cache/%s", hex);
    assert_int_equal(mkdir(test_path(dir, path), 0700), 0);
    (void)snprintf(path, sizeof path, "cache/%s/.ew-tmp-1-1", hex);
    test_file_put(test_path(dir, path), "x", 1);
    (void)snprintf(path, sizeof path, "cache/%s/sound.pcm", hex);
    test_file_put(test_path(dir, path), "x", 1);
    test_file_put(test_path(dir, "cache/mine"), "x", 1);
    assert_int_equal(ew_sounds_open(&s, test_path(dir, "cache"), NULL), EW_OK);
    (void)snprintf(path, sizeof path, "cache/%s", hex);
    assert_int_not_equal(access(test_path(dir, path), F_OK), 0);
    assert_int_equal(access(test_path(dir, "cache/mine"), F_OK), 0);
    assert_true(there(s, sha[0]));
    ew_sounds_forget(s, sha[0]);
    assert_false(there(s, sha[0]));
    ew_sounds_close(s);
    test_dir_remove(dir);
}

/* Nobody comes to be told; others are heard all the same. */
static void many_failures_keep_nobody_out(void **state)
{
    char *dir = test_dir_new();
    uint8_t sha[1][EW_SHA256_BYTES];
    uint8_t none[EW_SHA256_BYTES] = {0};
    ew_sound_info info;
    (void)state;
    ew_sounds *s = some_sounds(dir, sha, 1);
    ew_sounds_forget(s, sha[0]);
    for (int i = 0; i < 600; i++) {
        none[0] = (uint8_t)i;
        none[1] = (uint8_t)(i >> 8);
        ew_code code = EW_E_LIMIT;
        for (int k = 0; k < 1000 && code == EW_E_LIMIT; k++) {
            code = ew_sounds_want(s, none, "/none", &info, NULL);
            if (code == EW_E_LIMIT)
                (void)usleep(10000);
        }
        assert_int_equal(code, EW_OK);
    }
    char *path = strdup(test_path(dir, "a.wav"));
    assert_int_equal(ready(s, sha[0], path).state, EW_SOUND_READY);
    free(path);
    ew_sounds_close(s);
    test_dir_remove(dir);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sound_is_that_of_the_file),
        cmocka_unit_test(what_is_no_sound_is_told),
        cmocka_unit_test(another_file_is_not_heard_in_its_place),
        cmocka_unit_test(sounds_do_not_fill_the_disk),
        cmocka_unit_test(what_a_killed_program_left_goes),
        cmocka_unit_test(many_failures_keep_nobody_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
