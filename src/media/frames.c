/* SPDX-License-Identifier: Apache-2.0 */
/* Parser of the decoder's frames. The decoder may have been taken over by the file it
 * decodes: every number is checked and every text made harmless. */
#include "media/frames.h"

#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "base/utf8.h"

/* Louder than this is no sound; also keeps sums of squares finite. */
#define SAMPLE_MAX 1000.0F

enum {
    JOURNAL_LINE_MAX = 6 * EW_DP_NOTE_MAX_BYTES + 64,
    BEATS_MAX = 500000 /* without sound; 366 days of AAC that are skipped make 362000 */
};

ew_code ew_media__frames_new(ew_media__frames **out, ew_media__asked asked, ew_err *err)
{
    ew_media__frames *f = ew_alloc(sizeof *f);

    *out = f;
    if (f == NULL)
        return ew_fail_nomem(err);
    f->asked = asked;
    return EW_OK;
}

void ew_media__frames_free(ew_media__frames *f)
{
    if (f == NULL)
        return;
    for (size_t i = 0; i < f->journal_count; i++)
        ew_free(f->journal[i]);
    for (size_t i = 0; i < f->fact_count; i++)
        ew_free((void *)(uintptr_t)f->facts[i].key);
    ew_free(f->facts);
    ew_free(f);
}

uint8_t *ew_media__frames_room(ew_media__frames *f, size_t *room)
{
    if (f->begin > 0) {
        memmove(f->buf, f->buf + f->begin, f->end - f->begin);
        f->end -= f->begin;
        f->begin = 0;
    }
    *room = sizeof f->buf - f->end;
    return f->buf + f->end;
}

void ew_media__frames_filled(ew_media__frames *f, size_t n)
{
    f->end += n;
}

static ew_code broken(ew_err *err, const char *what)
{
    return ew_fail(err, EW_E_FORMAT, 0, "the decoder program gave nonsense (%s)", what);
}

/* ---------------------------------------------------------------- text */

/* Safe form of text from outside, cut to fit. */
static ew_code put_text(char *dst, size_t cap, const uint8_t *src, size_t n, ew_err *err)
{
    ew_buf b;
    ew_code rc;
    size_t len;

    ew_buf_init(&b, JOURNAL_LINE_MAX);
    rc = ew_utf8_append_safe(&b, (const char *)src, n, err);
    if (rc == EW_OK) {
        len = b.len < cap ? b.len : cap - 1;
        while (len > 0 && !ew_utf8_valid((const char *)b.data, len))
            len--;
        if (len > 0)
            memcpy(dst, b.data, len);
        dst[len] = 0;
    }
    ew_buf_release(&b);
    return rc;
}

static ew_code journal_add(ew_media__frames *f, const uint8_t *text, size_t n,
                           ew_err *err)
{
    ew_buf b;
    ew_code rc;

    if (f->journal_count >= EW_DP_NOTES_MAX)
        return broken(err, "too many remarks");
    ew_buf_init(&b, JOURNAL_LINE_MAX);
    rc = ew_utf8_append_safe(&b, (const char *)text, n, err);
    if (rc == EW_OK && b.len > 0) {
        f->journal[f->journal_count] = ew_strdup((const char *)b.data);
        if (f->journal[f->journal_count] == NULL)
            rc = ew_fail_nomem(err);
        else
            f->journal_count++;
    }
    ew_buf_release(&b);
    return rc;
}

/* The last line tells how many more there would have been. */
static ew_code journal_close(ew_media__frames *f, ew_err *err)
{
    ew_buf b;
    ew_code rc;

    if (f->journal_dropped == 0)
        return EW_OK;
    ew_buf_init(&b, 64);
    rc = ew_buf_printf(&b, err, "%llu more remarks were left out",
                       (unsigned long long)f->journal_dropped);
    if (rc == EW_OK) {
        f->journal[f->journal_count] = ew_strdup((const char *)b.data);
        if (f->journal[f->journal_count] == NULL)
            rc = ew_fail_nomem(err);
        else
            f->journal_count++;
    }
    ew_buf_release(&b);
    return rc;
}

/* ---------------------------------------------------------------- facts */

static bool key_ok(const uint8_t *p, size_t n)
{
    if (n == 0 || n > EW_DP_FACT_KEY_MAX)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!((p[i] >= 'a' && p[i] <= 'z') || (p[i] >= '0' && p[i] <= '9') ||
              p[i] == '.' || p[i] == '-'))
            return false;
    return true;
}

static ew_code facts_grow(ew_media__frames *f, ew_err *err)
{
    const size_t cap = f->fact_cap > 0 ? 2 * f->fact_cap : 64;
    ew_media_fact *more;

    if (f->fact_count < f->fact_cap)
        return EW_OK;
    more = ew_realloc_array(f->facts, cap, sizeof *more);
    if (more == NULL)
        return ew_fail_nomem(err);
    f->facts = more;
    f->fact_cap = cap;
    return EW_OK;
}

/* Key, 0, value. */
static ew_code take_fact(ew_media__frames *f, const uint8_t *p, size_t n, ew_err *err)
{
    const uint8_t *zero = memchr(p, 0, n);
    const size_t key = zero != NULL ? (size_t)(zero - p) : 0;
    char *both;
    ew_buf b;
    ew_code rc;

    if (!f->facts_asked || f->fact_count >= EW_DP_FACTS_MAX || !key_ok(p, key))
        return broken(err, "FACT");
    rc = facts_grow(f, err);
    if (rc < 0)
        return rc;
    ew_buf_init(&b, JOURNAL_LINE_MAX);
    rc = ew_utf8_append_safe(&b, (const char *)zero + 1, n - key - 1, err);
    both = rc == EW_OK ? ew_alloc(key + 1 + b.len + 1) : NULL;
    if (rc == EW_OK && both == NULL)
        rc = ew_fail_nomem(err);
    if (both != NULL) {
        memcpy(both, p, key);
        if (b.len > 0)
            memcpy(both + key + 1, b.data, b.len);
        f->facts[f->fact_count++] = (ew_media_fact){both, both + key + 1};
    }
    ew_buf_release(&b);
    return rc;
}

/* ---------------------------------------------------------------- frames */

static bool rate_ok(uint32_t hz)
{
    return hz >= EW_DP_RATE_MIN_HZ && hz <= EW_DP_RATE_MAX_HZ;
}

static bool channels_ok(uint32_t n)
{
    return n >= 1 && n <= EW_DP_CHANNELS_MAX;
}

static bool info_ok(const ew_media__asked *asked, const ew_media_info *i)
{
    const int64_t most_ms = (int64_t)EW_DP_DAYS_MAX * 86400 * 1000;

    return rate_ok(i->stored_rate_hz) && rate_ok(i->rate_hz) &&
           channels_ok(i->stored_channels) && channels_ok(i->channels) &&
           (asked->rate_hz == 0 || asked->rate_hz == i->rate_hz) &&
           (asked->channels == 0 || asked->channels == i->channels) &&
           i->audio_streams > 0 && i->claimed_ms >= -1 && i->claimed_ms <= most_ms;
}

static size_t padded_length(const uint8_t *p, size_t cap)
{
    const uint8_t *end = memchr(p, 0, cap);

    return end != NULL ? (size_t)(end - p) : cap;
}

static ew_code take_info(ew_media__frames *f, const uint8_t *p, size_t n, ew_err *err)
{
    ew_media_info *i = &f->info;
    const uint8_t *container = p + EW_DP_INFO_AT_CONTAINER,
                  *codec = p + EW_DP_INFO_AT_CODEC;
    ew_code rc;

    if (f->have_info || n != EW_DP_INFO_BYTES ||
        ew_get_u32le(p + EW_DP_INFO_AT_VERSION) != EW_DP_VERSION)
        return broken(err, "INFO; is it of another version?");
    i->stored_rate_hz = ew_get_u32le(p + EW_DP_INFO_AT_STORED_RATE);
    i->stored_channels = ew_get_u32le(p + EW_DP_INFO_AT_STORED_CHANNELS);
    i->rate_hz = ew_get_u32le(p + EW_DP_INFO_AT_RATE);
    i->channels = ew_get_u32le(p + EW_DP_INFO_AT_CHANNELS);
    i->audio_streams = ew_get_u32le(p + EW_DP_INFO_AT_STREAMS);
    i->claimed_ms = (int64_t)ew_get_u64le(p + EW_DP_INFO_AT_CLAIMED_MS);
    if (!info_ok(&f->asked, i))
        return broken(err, "values in INFO");
    rc = put_text(i->container, sizeof i->container, container,
                  padded_length(container, 48), err);
    if (rc == EW_OK)
        rc = put_text(i->codec, sizeof i->codec, codec, padded_length(codec, 32), err);
    f->have_info = rc == EW_OK;
    return rc;
}

static ew_code take_pcm(ew_media__frames *f, const uint8_t *p, size_t n, ew_err *err)
{
    uint32_t lost, count;

    if (!f->have_info || n < EW_DP_PCM_HEAD_BYTES)
        return broken(err, "PCM");
    lost = ew_get_u32le(p);
    count = ew_get_u32le(p + 4);
    f->beats = 0;
    if (count == 0 || count > EW_DP_PCM_MAX_BYTES || lost < f->damaged ||
        n != EW_DP_PCM_HEAD_BYTES + (size_t)count * f->info.channels * sizeof(float))
        return broken(err, "size of PCM");
    f->damaged = lost;
    f->pcm_at = (size_t)(p - f->buf) + EW_DP_PCM_HEAD_BYTES;
    f->pcm_left = count;
    f->pcm_total += count;
    return EW_OK;
}

static ew_code take_end(ew_media__frames *f, const uint8_t *p, size_t n, ew_err *err)
{
    uint32_t lost;

    if (!f->have_info || n != EW_DP_END_BYTES)
        return broken(err, "END");
    lost = ew_get_u32le(p + 8);
    if (ew_get_u64le(p) != f->pcm_total || lost < f->damaged)
        return broken(err, "count in END");
    f->damaged = lost;
    f->journal_dropped += ew_get_u32le(p + 12);
    f->ended = true;
    return journal_close(f, err);
}

static ew_code take_fail(ew_media__frames *f, const uint8_t *p, size_t n, ew_err *err)
{
    if (n < 4)
        return broken(err, "FAIL");
    f->fail_kind = ew_get_u32le(p);
    f->ended = true;
    return put_text(f->fail_text, sizeof f->fail_text, p + 4, n - 4, err);
}

static size_t most_bytes(uint32_t tag)
{
    switch (tag) {
    case EW_DP_INFO:
        return EW_DP_INFO_BYTES;
    case EW_DP_PCM:
        return EW_DP_PCM_MAX_BYTES;
    case EW_DP_NOTE:
        return EW_DP_NOTE_MAX_BYTES;
    case EW_DP_FACT:
        return EW_DP_FACT_MAX_BYTES;
    case EW_DP_END:
        return EW_DP_END_BYTES;
    case EW_DP_FAIL:
        return EW_DP_FAIL_MAX_BYTES;
    default:
        return 0;
    }
}

static ew_code take(ew_media__frames *f, uint32_t tag, size_t n, ew_media__event *event,
                    ew_err *err)
{
    const uint8_t *p = f->buf + f->begin + EW_DP_HEAD_BYTES;

    switch (tag) {
    case EW_DP_INFO:
        *event = EW_MEDIA__INFO;
        return take_info(f, p, n, err);
    case EW_DP_PCM:
        *event = EW_MEDIA__PCM;
        return take_pcm(f, p, n, err);
    case EW_DP_NOTE:
        *event = EW_MEDIA__OTHER;
        return journal_add(f, p, n, err);
    case EW_DP_FACT:
        *event = EW_MEDIA__OTHER;
        return take_fact(f, p, n, err);
    case EW_DP_BEAT:
        *event = EW_MEDIA__OTHER;
        return ++f->beats <= BEATS_MAX ? EW_OK
                                       : broken(err, "it only says that it is alive");
    case EW_DP_END:
        *event = EW_MEDIA__END;
        return take_end(f, p, n, err);
    case EW_DP_FAIL:
        *event = EW_MEDIA__FAIL;
        return take_fail(f, p, n, err);
    default:
        return broken(err, "unknown frame");
    }
}

ew_code ew_media__frames_next(ew_media__frames *f, ew_media__event *event, ew_err *err)
{
    const size_t have = f->end - f->begin;
    uint32_t tag;
    size_t n;
    ew_code rc;

    *event = EW_MEDIA__MORE;
    f->pcm_left = 0;
    if (f->ended)
        return broken(err, "more after the end");
    if (have < EW_DP_HEAD_BYTES)
        return EW_OK;
    tag = ew_get_u32le(f->buf + f->begin);
    n = ew_get_u32le(f->buf + f->begin + 4);
    if (n > most_bytes(tag))
        return broken(err, "unknown frame, or one too large");
    if (have - EW_DP_HEAD_BYTES < n)
        return EW_OK;
    rc = take(f, tag, n, event, err);
    f->begin += EW_DP_HEAD_BYTES + n;
    return rc;
}

size_t ew_media__frames_take(ew_media__frames *f, float *pcm, size_t cap)
{
    const size_t n = cap < f->pcm_left ? cap : f->pcm_left;
    const size_t samples = n * f->info.channels;

    if (n == 0)
        return 0;
    memcpy(pcm, f->buf + f->pcm_at, samples * sizeof *pcm);
    for (size_t i = 0; i < samples; i++) {
        float x = pcm[i];

        x = x > SAMPLE_MAX ? SAMPLE_MAX : x;
        x = x < -SAMPLE_MAX ? -SAMPLE_MAX : x;
        pcm[i] = x == x ? x : 0.0F;
    }
    f->pcm_at += samples * sizeof *pcm;
    f->pcm_left -= n;
    return n;
}
