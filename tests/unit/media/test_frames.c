/* SPDX-License-Identifier: Apache-2.0 */
/* The parser of the decoder's frames: nothing a decoder can write does harm. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "media/frames.h"
#include "support.h"

/* A stream of frames in the making. */
typedef struct stream {
    uint8_t bytes[8192];
    size_t n;
} stream;

static void put(stream *s, uint32_t tag, const void *payload, size_t n)
{
    ew_put_u32le(s->bytes + s->n, tag);
    ew_put_u32le(s->bytes + s->n + 4, (uint32_t)n);
    if (n > 0)
        memcpy(s->bytes + s->n + 8, payload, n);
    s->n += 8 + n;
}

static void put_info(stream *s, uint32_t rate_hz, uint32_t channels)
{
    uint8_t p[EW_DP_INFO_BYTES] = {0};

    ew_put_u32le(p + EW_DP_INFO_AT_VERSION, EW_DP_VERSION);
    ew_put_u32le(p + EW_DP_INFO_AT_STORED_RATE, 44100);
    ew_put_u32le(p + EW_DP_INFO_AT_STORED_CHANNELS, 2);
    ew_put_u32le(p + EW_DP_INFO_AT_RATE, rate_hz);
    ew_put_u32le(p + EW_DP_INFO_AT_CHANNELS, channels);
    ew_put_u32le(p + EW_DP_INFO_AT_STREAMS, 1);
    ew_put_u64le(p + EW_DP_INFO_AT_CLAIMED_MS, (uint64_t)-1);
    memset(p + EW_DP_INFO_AT_CONTAINER, 'm', 48); /* no final 0 */
    memcpy(p + EW_DP_INFO_AT_CODEC, "aac", 3);
    put(s, EW_DP_INFO, p, sizeof p);
}

static void put_pcm(stream *s, const float *x, uint32_t frames, uint32_t channels,
                    uint32_t lost)
{
    uint8_t p[2048];

    ew_put_u32le(p, lost);
    ew_put_u32le(p + 4, frames);
    memcpy(p + 8, x, (size_t)frames * channels * sizeof *x);
    put(s, EW_DP_PCM, p, 8 + (size_t)frames * channels * sizeof *x);
}

static void put_end(stream *s, uint64_t frames, uint32_t lost, uint32_t left_out)
{
    uint8_t p[EW_DP_END_BYTES];

    ew_put_u64le(p, frames);
    ew_put_u32le(p + 8, lost);
    ew_put_u32le(p + 12, left_out);
    put(s, EW_DP_END, p, sizeof p);
}

/* Feeds the stream in pieces of `cut` bytes; stops at END, FAIL, an error, or its end. */
static ew_code run(ew_media__frames *f, const stream *s, size_t cut, float *out,
                   size_t *frames)
{
    size_t at = 0, room;
    ew_media__event ev = EW_MEDIA__MORE;
    ew_err err;

    *frames = 0;
    for (;;) {
        ew_code rc = ew_media__frames_next(f, &ev, &err);

        if (rc < 0 || ev == EW_MEDIA__END || ev == EW_MEDIA__FAIL)
            return rc;
        if (ev == EW_MEDIA__PCM)
            for (size_t got; (got = ew_media__frames_take(f, out + *frames, 3)) > 0;)
                *frames += got;
        if (ev == EW_MEDIA__MORE) {
            uint8_t *to = ew_media__frames_room(f, &room);
            size_t n = s->n - at < cut ? s->n - at : cut;

            if (n == 0)
                return EW_E_IO;
            assert_true(n <= room);
            memcpy(to, s->bytes + at, n);
            ew_media__frames_filled(f, n);
            at += n;
        }
    }
}

static ew_code run_new(const stream *s, ew_media__asked asked)
{
    ew_media__frames *f = NULL;
    float out[1024];
    size_t frames;
    ew_code rc;

    assert_int_equal(ew_media__frames_new(&f, asked, NULL), EW_OK);
    rc = run(f, s, 4096, out, &frames);
    ew_media__frames_free(f);
    return rc;
}

static void test_cutting_changes_nothing(void **state)
{
    static const size_t cuts[] = {1, 2, 3, 7, 8, 100, 8192};
    static stream s;
    float x[200], out[200];

    (void)state;
    for (size_t i = 0; i < 200; i++)
        x[i] = (float)i / 256.0F;
    s.n = 0;
    put_info(&s, 8000, 1);
    put(&s, EW_DP_NOTE, "at 1.000 s: bad", 15);
    put_pcm(&s, x, 150, 1, 0);
    put(&s, EW_DP_BEAT, NULL, 0);
    put_pcm(&s, x + 150, 50, 1, 3);
    put_end(&s, 200, 4, 7);
    for (size_t c = 0; c < EW_COUNT(cuts); c++) {
        ew_media__frames *f = NULL;
        size_t frames;

        assert_int_equal(ew_media__frames_new(&f, (ew_media__asked){8000, 1}, NULL),
                         EW_OK);
        assert_int_equal(run(f, &s, cuts[c], out, &frames), EW_OK);
        assert_int_equal(frames, 200);
        assert_memory_equal(out, x, sizeof x);
        assert_int_equal(f->damaged, 4);
        assert_int_equal(f->journal_count, 2);
        assert_string_equal(f->journal[0], "at 1.000 s: bad");
        assert_string_equal(f->journal[1], "7 more remarks were left out");
        assert_int_equal(strlen(f->info.container), 47);
        assert_string_equal(f->info.codec, "aac");
        assert_int_equal(f->info.claimed_ms, -1);
        ew_media__frames_free(f);
    }
}

static void test_values_are_finite(void **state)
{
    static stream s;
    const float x[6] = {NAN, INFINITY, -INFINITY, 1e30F, -1e30F, 0.25F};
    float out[6];
    ew_media__frames *f = NULL;
    size_t frames;

    (void)state;
    s.n = 0;
    put_info(&s, 8000, 2);
    put_pcm(&s, x, 3, 2, 0);
    put_end(&s, 3, 0, 0);
    assert_int_equal(ew_media__frames_new(&f, (ew_media__asked){0, 0}, NULL), EW_OK);
    assert_int_equal(run(f, &s, 8192, out, &frames), EW_OK);
    assert_int_equal(frames, 3);
    assert_true(out[0] == 0.0F && out[1] == 1000.0F && out[2] == -1000.0F);
    assert_true(out[3] == 1000.0F && out[4] == -1000.0F && out[5] == 0.25F);
    ew_media__frames_free(f);
}

static void test_info_must_fit(void **state)
{
    static stream s;

    (void)state;
    s.n = 0;
    put_info(&s, 8000, 1);
    put_end(&s, 0, 0, 0);
    assert_int_equal(run_new(&s, (ew_media__asked){8000, 1}), EW_OK);
    assert_int_equal(run_new(&s, (ew_media__asked){0, 0}), EW_OK);
    assert_int_equal(run_new(&s, (ew_media__asked){16000, 1}), EW_E_FORMAT);
    s.n = 0;
    put_info(&s, 8000, 2);
    assert_int_equal(run_new(&s, (ew_media__asked){8000, 1}), EW_E_FORMAT);
    s.n = 0;
    put_info(&s, 999, 1);
    assert_int_equal(run_new(&s, (ew_media__asked){0, 0}), EW_E_FORMAT);
    s.n = 0;
    put_info(&s, 8000, 9);
    assert_int_equal(run_new(&s, (ew_media__asked){0, 0}), EW_E_FORMAT);
    s.n = 0;
    put_info(&s, 8000, 1);
    put_info(&s, 8000, 1);
    assert_int_equal(run_new(&s, (ew_media__asked){0, 0}), EW_E_FORMAT);
}

static void test_counts_must_fit(void **state)
{
    static stream s;
    const float x[4] = {0};

    (void)state;
    s.n = 0; /* more than was sent */
    put_info(&s, 8000, 1);
    put_pcm(&s, x, 4, 1, 0);
    put_end(&s, 5, 0, 0);
    assert_int_equal(run_new(&s, (ew_media__asked){0, 0}), EW_E_FORMAT);
    s.n = 0; /* damage that heals */
    put_info(&s, 8000, 1);
    put_pcm(&s, x, 4, 1, 2);
    put_pcm(&s, x, 4, 1, 1);
    assert_int_equal(run_new(&s, (ew_media__asked){0, 0}), EW_E_FORMAT);
    s.n = 0; /* a frame of nothing */
    put_info(&s, 8000, 1);
    put_pcm(&s, x, 0, 1, 0);
    assert_int_equal(run_new(&s, (ew_media__asked){0, 0}), EW_E_FORMAT);
    s.n = 0; /* a count that does not go with the size */
    put_info(&s, 8000, 2);
    put_pcm(&s, x, 3, 1, 0);
    assert_int_equal(run_new(&s, (ew_media__asked){0, 0}), EW_E_FORMAT);
    s.n = 0; /* nothing at all, and half a frame */
    assert_int_equal(run_new(&s, (ew_media__asked){0, 0}), EW_E_IO);
    put_info(&s, 8000, 2);
    s.n -= 1;
    assert_int_equal(run_new(&s, (ew_media__asked){0, 0}), EW_E_IO);
}

static void test_sizes_are_limited(void **state)
{
    static const uint32_t tags[] = {EW_DP_INFO, EW_DP_PCM,  EW_DP_NOTE, EW_DP_BEAT,
                                    EW_DP_END,  EW_DP_FAIL, 0,          0xFFFFFFFF};
    static stream s;

    (void)state;
    for (size_t i = 0; i < EW_COUNT(tags); i++) {
        s.n = 8;
        ew_put_u32le(s.bytes, tags[i]);
        ew_put_u32le(s.bytes + 4, EW_DP_PCM_MAX_BYTES + 1);
        assert_int_equal(run_new(&s, (ew_media__asked){0, 0}), EW_E_FORMAT);
    }
}

static void test_remarks_are_limited(void **state)
{
    static stream s;
    ew_media__frames *f = NULL;
    float out[4];
    size_t frames;

    (void)state;
    s.n = 0;
    put_info(&s, 8000, 1);
    for (int i = 0; i < EW_DP_NOTES_MAX; i++)
        put(&s, EW_DP_NOTE, "\x1b!", 2);
    assert_int_equal(ew_media__frames_new(&f, (ew_media__asked){0, 0}, NULL), EW_OK);
    put_end(&s, 0, 0, 1000);
    assert_int_equal(run(f, &s, 8192, out, &frames), EW_OK);
    assert_int_equal(f->journal_count, EW_MEDIA__JOURNAL_MAX);
    assert_string_equal(f->journal[0], "\\x1b!");
    assert_string_equal(f->journal[199], "1000 more remarks were left out");
    ew_media__frames_free(f);
    s.n -= 8 + EW_DP_END_BYTES;
    put(&s, EW_DP_NOTE, "more", 4);
    assert_int_equal(run_new(&s, (ew_media__asked){0, 0}), EW_E_FORMAT);
}

static ew_code parse_all(void *arg, ew_err *err)
{
    static stream s;
    ew_media__frames *f = NULL;
    ew_media__event ev = EW_MEDIA__MORE;
    size_t room;
    ew_code rc;

    (void)arg;
    s.n = 0;
    put_info(&s, 8000, 1);
    put(&s, EW_DP_NOTE, "a remark", 8);
    put_end(&s, 0, 0, 1);
    rc = ew_media__frames_new(&f, (ew_media__asked){0, 0}, err);
    if (rc < 0)
        return rc;
    memcpy(ew_media__frames_room(f, &room), s.bytes, s.n);
    ew_media__frames_filled(f, s.n);
    while (rc == EW_OK && ev != EW_MEDIA__END)
        rc = ew_media__frames_next(f, &ev, err);
    ew_media__frames_free(f);
    return rc;
}

static ew_code facts_of(const stream *s, bool asked, ew_media__frames **f)
{
    float out[16];
    size_t frames;

    assert_int_equal(ew_media__frames_new(f, (ew_media__asked){0, 0}, NULL), EW_OK);
    (*f)->facts_asked = asked;
    return run(*f, s, 5, out, &frames);
}

static void put_fact(stream *s, const char *key, const char *value)
{
    char both[EW_DP_FACT_MAX_BYTES];
    const size_t k = strlen(key) + 1, v = strlen(value);

    memcpy(both, key, k);
    memcpy(both + k, value, v);
    put(s, EW_DP_FACT, both, k + v);
}

static void test_facts_are_kept(void **state)
{
    static stream s;
    ew_media__frames *f;

    (void)state;
    s.n = 0;
    put_fact(&s, "mp4.brand", "isom");
    put_info(&s, 8000, 1);
    put_fact(&s, "tag.file", "title=\x1b[2J\n\xff\"<&>");
    put_fact(&s, "empty", "");
    put_end(&s, 0, 0, 0);
    assert_int_equal(facts_of(&s, true, &f), EW_OK);
    assert_int_equal(f->fact_count, 3);
    assert_string_equal(f->facts[0].key, "mp4.brand");
    assert_string_equal(f->facts[0].value, "isom");
    assert_string_equal(f->facts[1].value, "title=\\x1b[2J\\x0a\\xff\"<&>");
    assert_string_equal(f->facts[2].value, "");
    ew_media__frames_free(f);
    assert_int_equal(facts_of(&s, false, &f), EW_E_FORMAT); /* nobody asked */
    ew_media__frames_free(f);
}

static void test_facts_are_limited(void **state)
{
    static const char *const bad[] = {
        "",     "Upper",    "with space",
        "a\"b", "\xc3\xa4", "0123456789012345678901234567890123456789x"};
    static stream s;
    static uint8_t payload[EW_DP_FACT_MAX_BYTES + 1] = "key";
    ew_media__frames *f;

    (void)state;
    for (size_t i = 0; i < EW_COUNT(bad); i++) {
        s.n = 0;
        put_fact(&s, bad[i], "x");
        assert_int_equal(facts_of(&s, true, &f), EW_E_FORMAT);
        ew_media__frames_free(f);
    }
    s.n = 0;
    put(&s, EW_DP_FACT, "nozero", 6);
    assert_int_equal(facts_of(&s, true, &f), EW_E_FORMAT);
    ew_media__frames_free(f);
    s.n = 0;
    put(&s, EW_DP_FACT, payload, sizeof payload);
    assert_int_equal(facts_of(&s, true, &f), EW_E_FORMAT);
    ew_media__frames_free(f);
}

static void test_facts_have_an_end(void **state)
{
    static stream s;
    ew_media__frames *f = NULL;
    ew_media__event ev;
    size_t room, n = 0;

    (void)state;
    s.n = 0;
    put_fact(&s, "k", "v");
    assert_int_equal(ew_media__frames_new(&f, (ew_media__asked){0, 0}, NULL), EW_OK);
    f->facts_asked = true;
    for (;; n++) {
        uint8_t *to = ew_media__frames_room(f, &room);
        memcpy(to, s.bytes, s.n);
        ew_media__frames_filled(f, s.n);
        if (ew_media__frames_next(f, &ev, NULL) != EW_OK)
            break;
    }
    assert_int_equal(n, EW_DP_FACTS_MAX);
    ew_media__frames_free(f);
}

static void test_memory_may_run_out(void **state)
{
    (void)state;
    assert_true(test_torture_alloc(parse_all, NULL, 0) >= 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cutting_changes_nothing),
        cmocka_unit_test(test_values_are_finite),
        cmocka_unit_test(test_info_must_fit),
        cmocka_unit_test(test_counts_must_fit),
        cmocka_unit_test(test_sizes_are_limited),
        cmocka_unit_test(test_remarks_are_limited),
        cmocka_unit_test(test_facts_are_kept),
        cmocka_unit_test(test_facts_are_limited),
        cmocka_unit_test(test_facts_have_an_end),
        cmocka_unit_test(test_memory_may_run_out),
    };

    return cmocka_run_group_tests_name("media/frames", tests, NULL, NULL);
}
