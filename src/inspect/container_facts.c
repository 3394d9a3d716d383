/* SPDX-License-Identifier: Apache-2.0 */
/* Container, coding and their settings as people read them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "inspect/clues.h"
#include "inspect/inspect.h"

enum { LISTED_MAX = 60 };

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* Clues that are shown as they are. */
typedef struct plain {
    const char *key, *group, *name, *unit;
} plain;

static const plain plains[] = {
    {"container.bytes", "container", EW_N("size"), " bytes"},
    {"riff.chunks", "container", EW_N("chunks"), ""},
    {"flac.blocks", "container", EW_N("blocks"), ""},
    {"mp4.boxes", "container", EW_N("boxes"), ""},
    {"mp4.brand", "container", EW_N("brand"), ""},
    {"ogg.streams", "container", EW_N("logical streams"), ""},
    {"stream.profile", "sound", EW_N("profile"), ""},
    {"stream.layout", "sound", EW_N("channels"), ""},
    {"mp3.bit-rates", "sound", EW_N("bit rates of the frames, kbit/s"), ""},
    {"mp3.modes", "sound", EW_N("channel modes of the frames"), ""},
    {"mp3.frames", "sound", EW_N("MPEG frames"), ""},
    {"opus.frames", "sound", EW_N("Opus frames"), ""},
    {"mp3.encoder", "encoder", EW_N("encoder in the LAME tag"), ""},
    {"mp3.vbr-method", "encoder", EW_N("rate control in the LAME tag"), ""},
    {"mp3.lowpass", "encoder", EW_N("low-pass in the LAME tag"), " Hz"},
    {"ogg.vendor", "encoder", EW_N("vendor"), ""},
    {"flac.vendor", "encoder", EW_N("vendor"), ""},
    {"mp4.sound-handler", "encoder", EW_N("handler"), ""},
    {"mp3.delay", "gapless", EW_N("delay in the LAME tag"), " samples"},
    {"mp3.padding", "gapless", EW_N("padding in the LAME tag"), " samples"},
    {"stream.delay", "gapless", EW_N("delay of the codec"), " samples"},
    {"packets.skip-start", "gapless", EW_N("dropped at the start"), " samples"},
    {"packets.skip-end", "gapless", EW_N("dropped at the end"), " samples"},
    {"mp4.itunsmpb", "gapless", "iTunSMPB", ""},
    {"opus.pre-skip", "gapless", EW_N("pre-skip in the Opus head"), " samples of 48 kHz"},
    {"mp3.id3v2", "other", EW_N("ID3v2 tag"), ""},
    {"mp3.id3v1", "other", EW_N("ID3v1 tag"), ""},
    {"mp3.ape", "other", EW_N("APE tag"), ""},
};

static ew_code tell_plain(const ew_inspect__clues *c, const char *group,
                          ew_inspection *out, ew_err *err)
{
    ew_code rc = EW_OK;

    for (size_t i = 0; i < sizeof plains / sizeof *plains && rc >= 0; i++) {
        const plain *p = &plains[i];
        const char *value = ew_inspect__clue(c, p->key);
        if (value && strcmp(p->group, group) == 0)
            rc = ew_inspect__fact(out, group, p->name, err, "%s%s", value, p->unit);
    }
    return rc;
}

static ew_code tell_container(const ew_inspect__clues *c, ew_inspection *out, ew_err *err)
{
    const char *name = ew_inspect__clue(c, "container.name");
    ew_code rc = EW_OK;

    if (name)
        rc = ew_inspect__fact(out, "container", "format", err, "%s (%s)",
                              or_empty(ew_inspect__clue(c, "container.long")), name);
    if (rc >= 0)
        rc = tell_plain(c, "container", out, err);
    return rc;
}

/* What the headers claim against what was decoded. */
static ew_code tell_length(const ew_inspect__clues *c, ew_inspection *out, ew_err *err)
{
    int64_t ms = ew_inspect__clue_number(c, "stream.ms",
                                         ew_inspect__clue_number(c, "container.ms", -1));
    double seconds = (double)c->samples / c->sound->rate_hz;

    if (ms < 0)
        return ew_inspect__fact(out, "sound", "length", err,
                                "%.3f s decoded (%" PRId64
                                " samples); the headers say none",
                                seconds, c->samples);
    return ew_inspect__fact(out, "sound", "length", err,
                            "%.3f s decoded (%" PRId64
                            " samples); the headers say %.3f s",
                            seconds, c->samples, (double)ms / 1000);
}

static ew_code tell_rate(const ew_inspect__clues *c, ew_inspection *out, ew_err *err)
{
    int64_t claimed = ew_inspect__clue_number(c, "stream.bit-rate", 0);
    int64_t bytes = ew_inspect__clue_number(c, "packets.bytes", 0);
    double seconds = (double)c->samples / c->sound->rate_hz;
    char actual[64] = "", said[64] = "";

    if (bytes > 0 && seconds > 0)
        snprintf(actual, sizeof actual, EW_N("%.1f kbit/s over all packets"),
                 (double)bytes * 8 / seconds / 1000);
    if (claimed > 0)
        snprintf(said, sizeof said, EW_N("the headers say %.1f kbit/s"),
                 (double)claimed / 1000);
    if (!actual[0] && !said[0])
        return EW_OK;
    return ew_inspect__fact(out, "sound", "bit rate", err, "%s%s%s", actual,
                            actual[0] && said[0] ? "; " : "", said);
}

static ew_code tell_coding(const ew_inspect__clues *c, ew_inspection *out, ew_err *err)
{
    const char *codec = ew_inspect__clue(c, "stream.codec");
    const char *name = or_empty(ew_inspect__clue(c, "stream.long"));
    int64_t rate = ew_inspect__clue_number(c, "stream.rate", 0);
    ew_code rc = EW_OK;

    if (codec)
        rc = c->sound->lossy ? ew_inspect__fact(out, "sound", "coding", err,
                                                "%s (%s), changes the wave", name, codec)
                             : ew_inspect__fact(out, "sound", "coding", err,
                                                "%s (%s), keeps the wave", name, codec);
    if (rc >= 0 && rate > 0 && rate != c->sound->rate_hz)
        rc = ew_inspect__fact(out, "sound", "sample rate", err,
                              "%u Hz; the headers say %" PRId64 " Hz", c->sound->rate_hz,
                              rate);
    else if (rc >= 0)
        rc = ew_inspect__fact(out, "sound", "sample rate", err, "%u Hz",
                              c->sound->rate_hz);
    if (rc >= 0)
        rc = tell_length(c, out, err);
    if (rc >= 0)
        rc = tell_rate(c, out, err);
    if (rc >= 0)
        rc = tell_plain(c, "sound", out, err);
    return rc;
}

/* A clue that may come more than once, each shown. */
static ew_code tell_each(const ew_inspect__clues *c, const plain *p, ew_inspection *out,
                         ew_err *err)
{
    ew_code rc = EW_OK;
    const char *value;
    size_t told = 0;

    for (size_t at = 0; rc >= 0 && told < LISTED_MAX &&
                        (value = ew_inspect__clue_next(c, p->key, &at)) != NULL;
         told++)
        rc = ew_inspect__fact(out, p->group, p->name, err, "%s%s", value, p->unit);
    return rc;
}

static ew_code tell_chapters(const ew_inspect__clues *c, ew_inspection *out, ew_err *err)
{
    ew_code rc = EW_OK;
    const char *value;

    for (size_t at = 0;
         rc >= 0 && (value = ew_inspect__clue_next(c, "chapter", &at)) != NULL;) {
        int64_t ms[2];
        const char *title;
        if (ew_inspect__clue_numbers(value, ms, 2, &title) == 2)
            rc = ew_inspect__fact(out, "other", "chapter", err, "%.3f to %.3f s: %s",
                                  (double)ms[0] / 1000, (double)ms[1] / 1000, title);
    }
    return rc;
}

static ew_code tell_edits(const ew_inspect__clues *c, ew_inspection *out, ew_err *err)
{
    ew_code rc = EW_OK;
    const char *value;

    for (size_t at = 0;
         rc >= 0 && (value = ew_inspect__clue_next(c, "mp4.edit", &at)) != NULL;) {
        int64_t n[3];
        const char *rest;
        if (ew_inspect__clue_numbers(value, n, 3, &rest) != 3)
            continue;
        if (n[1] < 0)
            rc = ew_inspect__fact(out, "gapless", "edit list", err,
                                  "%" PRId64 " ms of nothing", n[0]);
        else
            rc = ew_inspect__fact(out, "gapless", "edit list", err,
                                  "plays %" PRId64 " ms from %" PRId64
                                  " ms on of the stored sound",
                                  n[0], n[1]);
    }
    return rc;
}

static ew_code tell_other(const ew_inspect__clues *c, ew_inspection *out, ew_err *err)
{
    static const plain each[] = {
        {"other", "other", EW_N("further stream"), ""},
        {"picture", "other", EW_N("attached picture (coding, bytes)"), ""},
        {"trailing", "other", EW_N("bytes behind the sound"), ""},
    };
    ew_code rc = tell_plain(c, "other", out, err);

    for (size_t i = 0; i < sizeof each / sizeof *each && rc >= 0; i++)
        rc = tell_each(c, &each[i], out, err);
    if (rc >= 0)
        rc = tell_chapters(c, out, err);
    return rc;
}

ew_code ew_inspect__container_facts(const ew_inspect__clues *c, ew_inspection *out,
                                    ew_err *err)
{
    ew_code rc = tell_container(c, out, err);

    if (rc >= 0)
        rc = tell_coding(c, out, err);
    if (rc >= 0)
        rc = tell_plain(c, "encoder", out, err);
    if (rc >= 0)
        rc = tell_plain(c, "gapless", out, err);
    if (rc >= 0)
        rc = tell_edits(c, out, err);
    if (rc >= 0)
        rc = ew_inspect__container_tags(c, out, err);
    if (rc >= 0)
        rc = tell_other(c, out, err);
    return rc;
}
