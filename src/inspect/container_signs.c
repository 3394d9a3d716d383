/* SPDX-License-Identifier: Apache-2.0 */
/* Container and coding: what contradicts itself, and what that says about changes. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "inspect/clues.h"
#include "inspect/inspect.h"

enum {
    NAME_PARTS_MAX = 6,
    SAME_PLACE = 4096 /* samples: three packets and what is skipped */
};

static const char method[] = "container";

/* A remark about the file as a whole. */
#define WHOLE(sort, ...)                                                                 \
    ew_inspect__trace(out, method,                                                       \
                      &(ew_trace){.kind = (sort), .end = c->samples, .strength = 1},     \
                      err, __VA_ARGS__)
/* A remark about one place. */
#define PLACE(sort, at, off, ...)                                                        \
    ew_inspect__trace(out, method,                                                       \
                      &(ew_trace){.kind = (sort),                                        \
                                  .start = (at),                                         \
                                  .end = (at),                                           \
                                  .plus_minus = (off),                                   \
                                  .strength = 1},                                        \
                      err, __VA_ARGS__)

static double seconds(const ew_inspect__clues *c, int64_t samples)
{
    return (double)samples / c->sound->rate_hz;
}

/* ---------------------------------------------------------------- lengths and counts */

/* Headers round; a fiftieth of a second, and a packet of 2048, pass. */
static ew_code check_length(const ew_inspect__clues *c, ew_inspection *out, ew_err *err)
{
    int64_t ms = ew_inspect__clue_number(c, "stream.ms",
                                         ew_inspect__clue_number(c, "container.ms", -1));
    double have = seconds(c, c->samples), said = (double)ms / 1000;
    double pass = 0.1 + 4096.0 / c->sound->rate_hz;

    if (ms < 0 || fabs(have - said) <= pass)
        return EW_OK;
    if (have < said)
        return WHOLE(EW_TRACE_FACT,
                     "the headers claim %.2f s, but only %.2f s can be decoded: the file "
                     "is cut off, damaged, or was changed without its headers",
                     said, have);
    return WHOLE(EW_TRACE_FACT,
                 "the headers claim %.2f s, but %.2f s can be decoded: something was "
                 "added, or the headers are from another file",
                 said, have);
}

static ew_code check_mp3_counts(const ew_inspect__clues *c, ew_inspection *out,
                                ew_err *err)
{
    int64_t said = ew_inspect__clue_number(c, "mp3.xing-frames", -1);
    int64_t have = ew_inspect__clue_number(c, "mp3.frames", -1);
    int64_t said_bytes = ew_inspect__clue_number(c, "mp3.xing-bytes", -1);
    int64_t have_bytes = ew_inspect__clue_number(c, "mp3.bytes", -1);
    ew_code rc = EW_OK;

    if (said >= 0 && have >= 0 && have < said)
        rc = WHOLE(EW_TRACE_CHANGE,
                   "the Xing/Info header counts %" PRId64 " frames, the file has %" PRId64
                   ": frames were taken out after coding, or the end is missing",
                   said, have);
    else if (said >= 0 && have > said)
        rc = WHOLE(EW_TRACE_CHANGE,
                   "the Xing/Info header counts %" PRId64 " frames, the file has %" PRId64
                   ": frames were put in after coding",
                   said, have);
    else if (said_bytes > 0 && have_bytes > 0 && said_bytes != have_bytes)
        rc = WHOLE(EW_TRACE_FACT,
                   "the Xing/Info header counts %" PRId64 " bytes of sound, the file has "
                   "%" PRId64,
                   said_bytes, have_bytes);
    return rc;
}

static ew_code check_mp3_sums(const ew_inspect__clues *c, ew_inspection *out, ew_err *err)
{
    const char *sums = ew_inspect__clue(c, "mp3.music-crc");
    const bool all_there = ew_inspect__clue_number(c, "mp3.xing-frames", 0) ==
                           ew_inspect__clue_number(c, "mp3.frames", 0);
    int64_t n[2];
    const char *rest;

    if (!sums || !all_there || ew_inspect__clue_numbers(sums, n, 2, &rest) != 2 ||
        n[0] == n[1])
        return EW_OK;
    return WHOLE(EW_TRACE_CHANGE,
                 "the checksum of the coded sound in the LAME tag is wrong: MP3 frames "
                 "were changed after the encoder wrote them");
}

/* "constant" in the tag, but frames of several rates. */
static ew_code check_mp3_rates(const ew_inspect__clues *c, ew_inspection *out,
                               ew_err *err)
{
    const char *said = ew_inspect__clue(c, "mp3.vbr-method");
    const char *have = ew_inspect__clue(c, "mp3.bit-rates");

    if (!said || !have || strncmp(said, "constant", 8) != 0 || !strstr(have, " to "))
        return EW_OK;
    return WHOLE(EW_TRACE_CHANGE,
                 "the LAME tag says constant bit rate, but the frames have %.30s kbit/s: "
                 "frames of another coding were put in",
                 have);
}

static ew_code check_flac_sum(const ew_inspect__clues *c, ew_inspection *out, ew_err *err)
{
    const char *same = ew_inspect__clue(c, "flac.md5");

    if (!same || strcmp(same, "differs") != 0)
        return EW_OK;
    return WHOLE(EW_TRACE_CHANGE,
                 "the checksum of the sound in the FLAC header is wrong: the sound was "
                 "changed after coding without its header");
}

/* ---------------------------------------------------------------- gapless */

static ew_code check_gapless(const ew_inspect__clues *c, ew_inspection *out, ew_err *err)
{
    int64_t frames = ew_inspect__clue_number(c, "mp3.frames", -1);
    int64_t per_frame = ew_inspect__clue_number(c, "mp3.frame-samples", 1152);
    int64_t delay = ew_inspect__clue_number(c, "mp3.delay", -1);
    int64_t padding = ew_inspect__clue_number(c, "mp3.padding", -1);
    double left = (double)frames * (double)per_frame - (double)delay - (double)padding;

    if (frames < 0 || delay < 0 || padding < 0)
        return EW_OK;
    if (left <= 0)
        return WHOLE(EW_TRACE_CHANGE,
                     "delay and padding in the LAME tag are longer than the sound: most "
                     "of the frames were taken out");
    if (padding > per_frame * 2 || delay > per_frame * 2)
        return WHOLE(EW_TRACE_FACT,
                     "delay (%" PRId64 ") or padding (%" PRId64 ") in the LAME tag are "
                     "larger than any encoder needs",
                     delay, padding);
    return EW_OK;
}

/* " 00000000 00000840 000001CA 00000000003F31F6 ...": delay, padding, length, all hex. */
static ew_code check_itunsmpb(const ew_inspect__clues *c, ew_inspection *out, ew_err *err)
{
    const char *text = ew_inspect__clue(c, "mp4.itunsmpb");
    unsigned long long zero, delay, padding, length;
    double said, have = (double)c->samples;

    if (!text)
        text = ew_inspect__tag(c, "iTunSMPB");
    if (!text ||
        sscanf(text, " %8llx %8llx %8llx %16llx", &zero, &delay, &padding, &length) != 4)
        return EW_OK;
    said = (double)length;
    if (fabs(said - have) <= 4096 || fabs(said - have + (double)delay) <= 4096)
        return EW_OK;
    return WHOLE(
        EW_TRACE_CHANGE,
        "iTunSMPB says %.2f s of sound, %.2f s were decoded: the file was cut or "
        "extended after it was coded",
        said / c->sound->rate_hz, have / c->sound->rate_hz);
}

/* ---------------------------------------------------------------- MP4 */

/* Sound that is stored and not played: cut out without coding again. */
static ew_code check_edits(const ew_inspect__clues *c, ew_inspection *out, ew_err *err)
{
    int64_t stored = ew_inspect__clue_number(c, "mp4.media-ms", -1), played = 0, n[3];
    size_t parts = 0;
    const char *value, *rest;
    ew_code rc = EW_OK;

    for (size_t at = 0; (value = ew_inspect__clue_next(c, "mp4.edit", &at)) != NULL;) {
        if (ew_inspect__clue_numbers(value, n, 3, &rest) != 3 || n[1] < 0)
            continue;
        parts++;
        played += n[0];
    }
    if (parts > 1)
        rc = WHOLE(EW_TRACE_CHANGE,
                   "the edit list plays %zu pieces of the stored sound: it was cut and "
                   "rearranged without coding it again",
                   parts);
    if (rc >= 0 && parts > 0 && stored >= 0 && stored - played > 250)
        rc = WHOLE(
            EW_TRACE_CHANGE,
            "the edit list leaves out %.2f s of %.2f s of stored sound: what was cut "
            "off is still in the file",
            (double)(stored - played) / 1000, (double)stored / 1000);
    return rc;
}

static ew_code check_mp4_bytes(const ew_inspect__clues *c, ew_inspection *out,
                               ew_err *err)
{
    int64_t beyond = ew_inspect__clue_number(c, "mp4.beyond", 0);
    int64_t stored = ew_inspect__clue_number(c, "mp4.mdat-bytes", -1);
    int64_t used = ew_inspect__clue_number(c, "mp4.used-bytes", -1);
    ew_code rc = EW_OK;

    if (beyond > 0)
        rc = WHOLE(EW_TRACE_FACT,
                   "%" PRId64
                   " packets should lie behind the end of the file: it is cut off",
                   beyond);
    else if (stored > 0 && used > 0 && used < stored - stored / 100 - 4096)
        rc =
            WHOLE(EW_TRACE_CHANGE,
                  "%" PRId64 " of %" PRId64 " bytes of stored media belong to no stream: "
                  "parts were cut out without coding again and are still in the file",
                  stored - used, stored);
    return rc;
}

/* ---------------------------------------------------------------- places */

typedef struct event {
    const char *key;
    size_t numbers; /* that follow the place */
    ew_code (*tell)(const ew_inspect__clues *c, int64_t at, const int64_t *n,
                    const char *text, ew_inspection *out, ew_err *err);
} event;

static ew_code tell_jump(const ew_inspect__clues *c, int64_t at, const int64_t *n,
                         const char *text, ew_inspection *out, ew_err *err)
{
    double s = (double)n[0] /
               (double)ew_inspect__clue_number(c, "stream.rate", c->sound->rate_hz);

    (void)text;
    return PLACE(EW_TRACE_CHANGE, at, 2048,
                 "time stamps jump %s by %.3f s: something was taken out or joined, or "
                 "a recorder lost data",
                 s > 0 ? "ahead" : "back", fabs(s));
}

/* FFmpeg's AAC encoder signs every 256th packet: only another rhythm is a second one. */
static bool is_rhythm(const ew_inspect__clues *c, int64_t packet, const char *text)
{
    const char *codec = ew_inspect__clue(c, "stream.codec"), *value, *rest;
    bool known = packet % 256 == 0;

    if (!codec || strcmp(codec, "aac") != 0 || strncmp(text, "Lavc", 4) != 0)
        return false;
    for (size_t at = 0;
         !known && (value = ew_inspect__clue_next(c, "event.encoder", &at)) != NULL;) {
        int64_t n[2];
        if (ew_inspect__clue_numbers(value, n, 2, &rest) != 2 || n[1] >= packet)
            break;
        known = (packet - n[1]) % 256 == 0;
    }
    return known;
}

/* The same rhythm, but without its beginning. */
static bool lost_beginning(const ew_inspect__clues *c, int64_t packet, const char *text)
{
    const char *codec = ew_inspect__clue(c, "stream.codec");
    const char *first = ew_inspect__clue(c, "event.encoder"), *rest;
    int64_t n[2];

    return codec && strcmp(codec, "aac") == 0 && strncmp(text, "Lavc", 4) == 0 &&
           !ew_inspect__clue(c, "packets.mark") && first &&
           ew_inspect__clue_numbers(first, n, 2, &rest) == 2 && n[1] == packet &&
           packet < 256;
}

static ew_code tell_encoder(const ew_inspect__clues *c, int64_t at, const int64_t *n,
                            const char *text, ew_inspection *out, ew_err *err)
{
    int64_t last = ew_inspect__clue_number(c, "packets.count", INT64_MAX / 2) - 3;

    if (is_rhythm(c, n[0], text) || n[0] >= last)
        return EW_OK;
    if (lost_beginning(c, n[0], text))
        return PLACE(EW_TRACE_CHANGE, 0, 2048,
                     "FFmpeg's encoder signs every 256th packet, and here packet "
                     "%" PRId64 ": the first %" PRId64 " packets, or 256 more, or 512 "
                     "more ..., were cut off without coding again",
                     n[0], 256 - n[0] % 256);
    /* LAME signs where it fills up, mostly in its last frames and in pauses */
    if (strncmp(text, "LAME", 4) == 0)
        return EW_OK;
    return PLACE(EW_TRACE_CHANGE, at, 2304,
                 "the mark of an encoder's beginning (%.20s) stands in the middle of the "
                 "stream: two coded files were put together here",
                 text);
}

static ew_code tell_format(const ew_inspect__clues *c, int64_t at, const int64_t *n,
                           const char *text, ew_inspection *out, ew_err *err)
{
    (void)text;
    (void)c;
    return PLACE(EW_TRACE_CHANGE, at, 4096,
                 "the coded sound changes from %" PRId64 " Hz, %" PRId64
                 " channels to %" PRId64 " Hz, %" PRId64 " channels here",
                 n[0], n[1], n[2], n[3]);
}

static ew_code tell_corrupt(const ew_inspect__clues *c, int64_t at, const int64_t *n,
                            const char *text, ew_inspection *out, ew_err *err)
{
    (void)text;
    (void)n;
    if (at >= c->samples - SAME_PLACE) /* the last one of a file without a size */
        return EW_OK;
    return PLACE(EW_TRACE_FACT, at, 4096, "a packet is marked as damaged here");
}

static ew_code tell_elsewhere(const ew_inspect__clues *c, int64_t at, const int64_t *n,
                              const char *text, ew_inspection *out, ew_err *err)
{
    (void)text;
    (void)c;
    return PLACE(EW_TRACE_CHANGE, at, 2048,
                 "the packet played here lies before its forerunner in the file (byte "
                 "%" PRId64 "): the order was changed after recording",
                 n[0]);
}

static ew_code tell_mp3_break(const ew_inspect__clues *c, int64_t at, const int64_t *n,
                              const char *text, ew_inspection *out, ew_err *err)
{
    (void)text;
    (void)c;
    return PLACE(
        EW_TRACE_CHANGE, at, 2304,
        "an MP3 frame needs %" PRId64 " bytes of the frames before it, which hold "
        "only %" PRId64 ": the stream was cut or joined here without coding again",
        n[0], n[1]);
}

static ew_code tell_cut_start(const ew_inspect__clues *c, int64_t at, const int64_t *n,
                              const char *text, ew_inspection *out, ew_err *err)
{
    (void)text;
    (void)c;
    return PLACE(
        EW_TRACE_CHANGE, at, 2304,
        "the first MP3 frame needs %" PRId64 " bytes of frames before it: the file "
        "is a piece of a longer MP3, cut without coding again, or a recorded stream",
        n[0]);
}

static ew_code tell_mp3_settings(const ew_inspect__clues *c, int64_t at, const int64_t *n,
                                 const char *text, ew_inspection *out, ew_err *err)
{
    (void)n;
    (void)c;
    return PLACE(
        EW_TRACE_CHANGE, at, 2304,
        "settings in the MP3 frame headers change here (%.100s), which no encoder "
        "does on its own",
        text);
}

static ew_code tell_mp3_junk(const ew_inspect__clues *c, int64_t at, const int64_t *n,
                             const char *text, ew_inspection *out, ew_err *err)
{
    (void)c;
    return PLACE(EW_TRACE_CHANGE, at, 2304,
                 "%" PRId64 " bytes that are no MP3 frame stand between frames (%.60s): "
                 "files were put together or cut at a byte",
                 n[0], text);
}

static ew_code tell_ogg(const ew_inspect__clues *c, int64_t at, const int64_t *n,
                        const char *text, ew_inspection *out, ew_err *err)
{
    (void)n;
    (void)c;
    return PLACE(EW_TRACE_CHANGE, at, c->sound->rate_hz, "%.180s", text);
}

/* What tells most comes first: one place is told once. */
static const event events[] = {
    {"event.encoder", 1, tell_encoder},     {"mp3.junk", 1, tell_mp3_junk},
    {"mp3.break", 2, tell_mp3_break},       {"mp3.cut-start", 1, tell_cut_start},
    {"mp3.settings", 0, tell_mp3_settings}, {"ogg.event", 0, tell_ogg},
    {"event.format", 4, tell_format},       {"event.elsewhere", 1, tell_elsewhere},
    {"event.jump", 1, tell_jump},           {"event.back", 1, tell_jump},
    {"event.corrupt", 1, tell_corrupt},
};

static bool is_told(const ew_inspection *out, int64_t at)
{
    for (size_t i = 0; i < out->trace_count; i++) {
        const ew_trace *t = &out->traces[i];
        if (strcmp(t->method, method) == 0 && t->kind == EW_TRACE_CHANGE &&
            t->start == t->end && llabs(t->start - at) <= SAME_PLACE)
            return true;
    }
    return false;
}

static ew_code check_events(const ew_inspect__clues *c, const event *e,
                            ew_inspection *out, ew_err *err)
{
    const char *value, *rest;
    ew_code rc = EW_OK;

    for (size_t at = 0;
         rc >= 0 && (value = ew_inspect__clue_next(c, e->key, &at)) != NULL;) {
        int64_t n[NAME_PARTS_MAX] = {0};
        if (ew_inspect__clue_numbers(value, n, 1 + e->numbers, &rest) != 1 + e->numbers)
            continue;
        n[0] = ew_inspect__clue_place(c, n[0]);
        if (!is_told(out, n[0]))
            rc = e->tell(c, n[0], n + 1, rest, out, err);
    }
    return rc;
}

/* ---------------------------------------------------------------- the rest */

static ew_code check_other(const ew_inspect__clues *c, ew_inspection *out, ew_err *err)
{
    int64_t trailing = ew_inspect__clue_number(c, "trailing", 0);
    int64_t chapters = ew_inspect__clue_number(c, "chapters", 0);
    ew_code rc = EW_OK;

    if (trailing > 0)
        rc = WHOLE(EW_TRACE_FACT,
                   "%" PRId64 " bytes stand behind the sound that belong to no known "
                   "structure",
                   trailing);
    if (rc >= 0 && ew_inspect__clue(c, "picture"))
        rc = WHOLE(EW_TRACE_FACT, "the file holds a picture");
    if (rc >= 0 && chapters > 0)
        rc = WHOLE(EW_TRACE_FACT, "the file holds %" PRId64 " chapter marks", chapters);
    return rc;
}

static ew_code check_sizes(const ew_inspect__clues *c, ew_inspection *out, ew_err *err)
{
    const char *box = ew_inspect__clue(c, "mp4.box-beyond");
    int64_t riff = ew_inspect__clue_number(c, "riff.beyond", 0);
    ew_code rc = EW_OK;

    if (riff > 0)
        rc = WHOLE(EW_TRACE_FACT,
                   "the WAV header promises %" PRId64
                   " bytes more than the file has: it is "
                   "cut off, or was not closed",
                   riff);
    if (rc >= 0 && box)
        rc = WHOLE(EW_TRACE_FACT,
                   "a box goes beyond the end of the file (%.40s bytes): it is cut off",
                   box);
    return rc;
}

static ew_code check_streams(const ew_inspect__clues *c, ew_inspection *out, ew_err *err)
{
    size_t sounds = 1;
    const char *value;

    for (size_t at = 0; (value = ew_inspect__clue_next(c, "other", &at)) != NULL;)
        sounds += strncmp(value, "audio", 5) == 0;
    if (sounds < 2)
        return EW_OK;
    return WHOLE(EW_TRACE_FACT,
                 "the file holds %zu sound streams; only one of them was inspected",
                 sounds);
}

ew_code ew_inspect__container_signs(const ew_inspect__clues *c, ew_inspection *out,
                                    ew_err *err)
{
    static ew_code (*const checks[])(const ew_inspect__clues *, ew_inspection *,
                                     ew_err *) = {
        check_length,    check_mp3_counts, check_mp3_sums, check_mp3_rates,
        check_flac_sum,  check_gapless,    check_itunsmpb, check_edits,
        check_mp4_bytes, check_sizes,      check_other,    check_streams,
    };
    ew_code rc = EW_OK;

    for (size_t i = 0; i < EW_COUNT(checks) && rc >= 0; i++)
        rc = checks[i](c, out, err);
    for (size_t i = 0; i < EW_COUNT(events) && rc >= 0; i++)
        rc = check_events(c, &events[i], out, err);
    return rc;
}
