/* SPDX-License-Identifier: Apache-2.0 */
/* Frames to the client: docs/formats/decoder-protocol.md. */
#include <errno.h>
#include <libavutil/error.h>
#include <libavutil/log.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "media/decoder/decoder.h"

uint32_t damaged;

static uint64_t frames_sent;
static uint32_t notes_sent, notes_dropped, facts_sent;
static char last_note[EW_DP_NOTE_MAX_BYTES + 1];
static uint32_t last_note_again;
static char last_error[100]; /* what FFmpeg said last; better than its error codes */
static double now_s = -1.0;
static bool muted;
static void (*before_fail)(void);

static void write_all(const uint8_t *p, size_t n)
{
    while (n > 0) {
        ssize_t w = write(EW_DP_OUT_FD, p, n);

        if (w < 0 && errno == EINTR)
            continue;
        if (w <= 0)
            _exit(1); /* the client has gone: nobody to tell */
        p += w;
        n -= (size_t)w;
    }
}

static void frame_out(uint32_t tag, const void *payload, size_t n)
{
    static uint8_t buf[EW_DP_HEAD_BYTES + 512];

    ew_put_u32le(buf, tag);
    ew_put_u32le(buf + 4, (uint32_t)n);
    if (n > 0)
        memcpy(buf + EW_DP_HEAD_BYTES, payload, n);
    write_all(buf, EW_DP_HEAD_BYTES + n);
}

/* ---------------------------------------------------------------- notes */

void note_time(double seconds)
{
    now_s = seconds;
}

void note_mute(bool mute)
{
    muted = mute;
}

static void note_put(const char *text)
{
    if (notes_sent >= EW_DP_NOTES_MAX) {
        notes_dropped++;
        return;
    }
    notes_sent++;
    frame_out(EW_DP_NOTE, text, strlen(text));
}

static void note_flush_repeats(void)
{
    char line[64];

    if (last_note_again == 0)
        return;
    snprintf(line, sizeof line, "the same remark %u more time%s", last_note_again,
             last_note_again == 1 ? "" : "s");
    last_note_again = 0;
    note_put(line);
}

/* The same remark about every packet says no more than once and a count. */
static void note_line(const char *text)
{
    char line[EW_DP_NOTE_MAX_BYTES + 1];

    if (muted)
        return;
    if (strncmp(text, last_note, sizeof last_note - 1) == 0) {
        last_note_again++;
        return;
    }
    note_flush_repeats();
    snprintf(last_note, sizeof last_note, "%s", text);
    if (now_s >= 0.0)
        snprintf(line, sizeof line, "at %.3f s: %s", now_s, text);
    else
        snprintf(line, sizeof line, "%s", text);
    note_put(line);
}

void note(const char *fmt, ...)
{
    char text[EW_DP_NOTE_MAX_BYTES + 1];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    note_line(text);
}

/* Remarks that speak of our own restrictions or to FFmpeg's users, not of the file. */
static bool is_about_us(const char *text)
{
    static const char *const ours[] = {
        "not on whitelist",
        "Could not find codec parameters for stream",
        "Failed to open codec in avformat_find_stream_info",
        "Consider increasing the value for the",
        "Format mp3 detected only with low score",
        "If you want to help, upload a sample",
        "Estimating duration from bitrate",
    };

    for (size_t i = 0; i < EW_COUNT(ours); i++)
        if (strstr(text, ours[i]) != NULL)
            return true;
    return false;
}

/* "mov: " for what is called "mov,mp4,m4a,3gp,3g2,mj2". */
static void speaker(char out[40], void *who)
{
    const AVClass *class = who != NULL ? *(const AVClass *const *)who : NULL;
    const char *name = class != NULL ? class->item_name(who) : "";
    const size_t n = strcmp(name, "NULL") == 0 ? 0 : strcspn(name, ",");

    snprintf(out, 40, "%.*s%s", n < 30 ? (int)n : 30, name, n > 0 ? ": " : "");
}

__attribute__((format(printf, 3, 0))) static void on_log(void *who, int level,
                                                         const char *fmt, va_list args)
{
    static char pending[EW_DP_NOTE_MAX_BYTES + 1];
    static size_t used;
    char text[EW_DP_NOTE_MAX_BYTES + 64], prefix[40];
    int n;

    if (level > AV_LOG_WARNING)
        return;
    n = vsnprintf(pending + used, sizeof pending - used, fmt, args);
    if (n > 0)
        used += (size_t)n < sizeof pending - used ? (size_t)n : sizeof pending - used - 1;
    if (used == 0 || (pending[used - 1] != '\n' && used + 1 < sizeof pending))
        return; /* FFmpeg makes some lines in several calls */
    while (used > 0 && (pending[used - 1] == '\n' || pending[used - 1] == ' '))
        pending[--used] = 0;
    if (used > 0 && !is_about_us(pending)) {
        speaker(prefix, who);
        snprintf(text, sizeof text, "%s%s", prefix, pending);
        note_line(text);
        if (level <= AV_LOG_ERROR)
            snprintf(last_error, sizeof last_error, "%.99s", text);
    }
    used = 0;
    pending[0] = 0;
}

void note_log_init(void)
{
    av_log_set_level(AV_LOG_WARNING);
    av_log_set_callback(on_log);
}

/* ---------------------------------------------------------------- the rest */

void out_info(const uint8_t payload[EW_DP_INFO_BYTES])
{
    frame_out(EW_DP_INFO, payload, EW_DP_INFO_BYTES);
}

void out_beat(void)
{
    frame_out(EW_DP_BEAT, NULL, 0);
}

void out_fact(const char *key, const char *value, size_t n)
{
    uint8_t p[EW_DP_FACT_MAX_BYTES];
    const size_t k = strlen(key) + 1;

    if (k > EW_DP_FACT_KEY_MAX || facts_sent >= EW_DP_FACTS_MAX)
        return;
    facts_sent++;
    n = n < sizeof p - k ? n : sizeof p - k;
    memcpy(p, key, k);
    memcpy(p + k, value, n);
    frame_out(EW_DP_FACT, p, k + n);
}

void out_pcm(const float *samples, size_t frames, size_t channels)
{
    static uint8_t buf[EW_DP_HEAD_BYTES + EW_DP_PCM_MAX_BYTES];
    const size_t most = (EW_DP_PCM_MAX_BYTES - EW_DP_PCM_HEAD_BYTES) / (4 * channels);

    while (frames > 0) {
        size_t n = frames < most ? frames : most;
        size_t bytes = n * channels * 4;

        ew_put_u32le(buf, EW_DP_PCM);
        ew_put_u32le(buf + 4, (uint32_t)(EW_DP_PCM_HEAD_BYTES + bytes));
        ew_put_u32le(buf + 8, damaged);
        ew_put_u32le(buf + 12, (uint32_t)n);
        memcpy(buf + 16, samples, bytes);
        write_all(buf, 16 + bytes);
        frames_sent += n;
        frames -= n;
        samples += n * channels;
    }
}

void out_picture(const uint8_t payload[EW_DP_PICT_BYTES])
{
    frame_out(EW_DP_PICT, payload, EW_DP_PICT_BYTES);
}

void out_luma(const uint8_t *luma, size_t n)
{
    static uint8_t head[EW_DP_HEAD_BYTES];

    for (size_t some; n > 0; n -= some, luma += some) {
        some = n < EW_DP_LUMA_MAX_BYTES ? n : EW_DP_LUMA_MAX_BYTES;
        ew_put_u32le(head, EW_DP_LUMA);
        ew_put_u32le(head + 4, (uint32_t)some);
        write_all(head, sizeof head);
        write_all(luma, some);
        frames_sent += some;
    }
}

void out_end(void)
{
    uint8_t payload[EW_DP_END_BYTES];

    note_flush_repeats();
    ew_put_u64le(payload, frames_sent);
    ew_put_u32le(payload + 8, damaged);
    ew_put_u32le(payload + 12, notes_dropped);
    frame_out(EW_DP_END, payload, sizeof payload);
    _exit(0);
}

void out_before_fail(void (*give_rest)(void))
{
    before_fail = give_rest;
}

void fail(uint32_t kind, const char *fmt, ...)
{
    uint8_t payload[EW_DP_FAIL_MAX_BYTES + 1];
    void (*give_rest)(void) = before_fail;
    va_list args;

    before_fail = NULL; /* it may fail as well */
    if (give_rest != NULL)
        give_rest();
    note_flush_repeats();
    ew_put_u32le(payload, kind);
    va_start(args, fmt);
    vsnprintf((char *)payload + 4, sizeof payload - 4, fmt, args);
    va_end(args);
    frame_out(EW_DP_FAIL, payload, 4 + strlen((const char *)payload + 4));
    _exit(0);
}

void fail_av(int av_error, const char *doing)
{
    char text[AV_ERROR_MAX_STRING_SIZE] = "";

    if (av_error == AVERROR(ENOMEM))
        fail(EW_DP_FAIL_MEMORY, "%s", doing);
    if (input_io_error() != 0)
        fail(EW_DP_FAIL_SYSTEM, "reading the file failed (%s)",
             strerror(input_io_error()));
    av_strerror(av_error, text, sizeof text);
    fail(EW_DP_FAIL_FORMAT, "%s (%s)", doing, last_error[0] != 0 ? last_error : text);
}
