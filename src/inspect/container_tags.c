/* SPDX-License-Identifier: Apache-2.0 */
/* Metadata: all of it to be read, and what in it does not fit together or can do harm. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "inspect/clues.h"
#include "inspect/inspect.h"

enum { TAGS_MAX = 120, DAY_S = 86400 };

static const char method[] = "container";

/* A remark about the file as a whole. */
#define TELL(...)                                                                        \
    ew_inspect__trace(                                                                   \
        out, method,                                                                     \
        &(ew_trace){.kind = EW_TRACE_FACT, .end = c->samples, .strength = 1}, err,       \
        __VA_ARGS__)

static ew_code list_tags(const ew_inspect__clues *c, const char *key, ew_inspection *out,
                         ew_err *err)
{
    ew_code rc = EW_OK;
    const char *tag;
    size_t told = 0;

    for (size_t at = 0;
         rc >= 0 && told < TAGS_MAX && (tag = ew_inspect__clue_next(c, key, &at)) != NULL;
         told++) {
        const char *equal = strchr(tag, '=');
        char name[48];
        if (!equal)
            continue;
        snprintf(name, sizeof name, "%.*s", (int)(equal - tag), tag);
        rc = ew_inspect__fact(out, "metadata", name, err, "%s", equal + 1);
    }
    return rc;
}

/* ---------------------------------------------------------------- places and devices */

static bool has_word(const char *text, size_t n, const char *word)
{
    size_t w = strlen(word);

    for (size_t i = 0; i + w <= n; i++)
        if (strncasecmp(text + i, word, w) == 0)
            return true;
    return false;
}

typedef struct warning {
    const char *words[8]; /* parts of a key */
    const char *before, *after;
} warning;

static const warning warnings[] = {
    {{"location", "gps", "geotag", "xyz", "geo-"},
     "the file tells where it was recorded",
     ": this can endanger a source"},
    {{"make", "model", "device", "android.", "quicktime.software", "serial", "imei"},
     "the file names the device or system that made it",
     ": this can lead to a source"},
    {{"author", "artist", "owner", "originator", "encoded_by", "performer", "engineer"},
     "the file names a person or an office",
     ""},
};

static bool warns(const warning *w, const char *key, size_t n)
{
    for (size_t k = 0; k < EW_COUNT(w->words) && w->words[k]; k++)
        if (has_word(key, n, w->words[k]))
            return true;
    return false;
}

/* Once for each kind of warning. */
static ew_code warn_of(const ew_inspect__clues *c, const warning *w, ew_inspection *out,
                       ew_err *err)
{
    for (size_t i = 0; i < c->count; i++) {
        const char *tag = c->list[i].value, *equal = strchr(tag, '=');
        if (strncmp(c->list[i].key, "tag.", 4) != 0 || !equal || equal[1] == 0 ||
            !warns(w, tag, (size_t)(equal - tag)))
            continue;
        return TELL("%s (tag '%.*s')%s", w->before,
                    equal - tag < 40 ? (int)(equal - tag) : 40, tag, w->after);
    }
    return EW_OK;
}

/* ---------------------------------------------------------------- makers */

typedef struct maker {
    const char *word, *name;
    bool editor;
} maker;

static const maker makers[] = {
    {"Lavf", "FFmpeg", false},
    {"Lavc", "FFmpeg", false},
    {"Apple", "Apple", false},
    {"Core Media", "Apple", false},
    {"iTunes", "Apple", false},
    {"QuickTime", "Apple", false},
    {"com.apple", "Apple", false},
    {"Android", "Android", false},
    {"Google", "Google", false},
    {"Samsung", "Samsung", false},
    {"Huawei", "Huawei", false},
    {"Xiaomi", "Xiaomi", false},
    {"Zoom", "Zoom", false},
    {"Microsoft", "Microsoft", false},
    {"Audacity", "Audacity", true},
    {"Adobe", "Adobe", true},
    {"Audition", "Adobe", true},
    {"GoldWave", "GoldWave", true},
    {"WaveLab", "WaveLab", true},
    {"Pro Tools", "Pro Tools", true},
    {"REAPER", "REAPER", true},
    {"Logic", "Logic", true},
    {"GarageBand", "GarageBand", true},
    {"Sound Forge", "Sound Forge", true},
    {"ocenaudio", "ocenaudio", true},
    {"WavePad", "WavePad", true},
    {"CapCut", "CapCut", true},
    {"iZotope", "iZotope", true},
    {"HandBrake", "HandBrake", true},
    {"SoX", "SoX", true},
};

/* Tags in which programs and devices sign. */
static bool signs(const char *tag)
{
    static const char *const keys[] = {
        "encoder", "software",  "encoded_by", "originator", "tool",
        "make",    "model",     "handler",    "vendor",     "coding_history",
        "creator", "muxing",    "writing",    "android",    "major_brand",
        "IRT",     "quicktime",
    };
    const char *equal = strchr(tag, '=');

    for (size_t i = 0; equal && i < EW_COUNT(keys); i++)
        if (has_word(tag, (size_t)(equal - tag), keys[i]))
            return true;
    return false;
}

static void look_for_makers(const char *text, bool found[EW_COUNT(makers)])
{
    for (size_t k = 0; k < EW_COUNT(makers); k++)
        if (has_word(text, strlen(text), makers[k].word))
            found[k] = true;
}

static void find_makers(const ew_inspect__clues *c, bool found[EW_COUNT(makers)])
{
    for (size_t i = 0; i < c->count; i++) {
        const ew_clue *one = &c->list[i];
        bool tag = strncmp(one->key, "tag.", 4) == 0 && signs(one->value);
        if (tag || strcmp(one->key, "ogg.vendor") == 0 ||
            strcmp(one->key, "flac.vendor") == 0 || strcmp(one->key, "mp3.encoder") == 0)
            look_for_makers(one->value, found);
    }
}

static ew_code tell_makers(const ew_inspect__clues *c, ew_inspection *out, ew_err *err)
{
    bool found[EW_COUNT(makers)] = {false};
    char names[160] = "";
    const char *editor = NULL;
    size_t count = 0;
    ew_code rc = EW_OK;

    find_makers(c, found);
    for (size_t k = 0; k < EW_COUNT(makers); k++) {
        if (!found[k])
            continue;
        if (makers[k].editor)
            editor = makers[k].name;
        if (strstr(names, makers[k].name) != NULL)
            continue;
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s",
                 count++ > 0 ? ", " : "", makers[k].name);
    }
    if (editor)
        rc = TELL("the file was written by a program made for editing (%s)", editor);
    if (rc >= 0 && count > 1)
        rc = TELL("marks of several makers stand in the file (%s): it was saved again "
                  "after it was made",
                  names);
    return rc;
}

/* ---------------------------------------------------------------- dates */

static bool digits(const char *s, size_t n, int *value)
{
    *value = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isdigit((unsigned char)s[i]))
            return false;
        *value = *value * 10 + (s[i] - '0');
    }
    return true;
}

/* Days since 1970-01-01 of a date in the Gregorian calendar. */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t shifted = (month + 9) % 12;
    int64_t leap = y * 365 + y / 4 - y / 100 + y / 400;

    return leap + (shifted * 306 + 5) / 10 + day - 1 - 719468;
}

/* "2026-03-01", also with "T14:05:09" or " 14-05-09" behind it. */
static bool parse_date(const char *s, int64_t *seconds)
{
    int year, month, day, h = 0, m = 0, sec = 0;
    size_t n = strlen(s);

    if (n < 10 || !digits(s, 4, &year) || !digits(s + 5, 2, &month) ||
        !digits(s + 8, 2, &day) || month < 1 || month > 12 || day < 1 || day > 31 ||
        year < 1)
        return false;
    if (n >= 19 &&
        (!digits(s + 11, 2, &h) || !digits(s + 14, 2, &m) || !digits(s + 17, 2, &sec)))
        h = m = sec = 0;
    *seconds = days_of(year, month, day) * DAY_S + h * 3600 + m * 60 + sec;
    return true;
}

static const char *const date_tags[] = {
    "creation_time",
    "date",
    "origination_date",
    "com.apple.quicktime.creationdate",
    "year",
    "date_released",
    "date_recorded",
    "encoding_time",
    "modify_date",
    "tagging_time",
};

/* A day is allowed everywhere: dates come without time zone. */
static ew_code tell_late(const ew_inspect__clues *c, ew_inspection *out, ew_err *err)
{
    int64_t now = ew_inspect__clue_number(c, "now", 0);
    int64_t written = ew_inspect__clue_number(c, "file.modified", 0);

    for (size_t i = 0; i < EW_COUNT(date_tags); i++) {
        const char *value = ew_inspect__tag(c, date_tags[i]);
        int64_t at;
        if (!value || !parse_date(value, &at))
            continue;
        if (now > 0 && at > now + DAY_S)
            return TELL("the date in tag '%s' (%.40s) lies in the future", date_tags[i],
                        value);
        if (written > 0 && at > written + DAY_S)
            return TELL("the date in tag '%s' (%.40s) is later than the last change of "
                        "the file on this disk",
                        date_tags[i], value);
    }
    return EW_OK;
}

static ew_code tell_movie_dates(const ew_inspect__clues *c, ew_inspection *out,
                                ew_err *err)
{
    int64_t made = ew_inspect__clue_number(c, "mp4.created", 0);
    int64_t changed = ew_inspect__clue_number(c, "mp4.modified", 0);

    if (made <= 0 || changed <= 0 || made == changed)
        return EW_OK;
    if (made > changed)
        return TELL("the movie header says that the file was changed %" PRId64
                    " s before it was made",
                    made - changed);
    if (changed - made < 2)
        return EW_OK;
    return TELL("the movie header says that the file was changed %" PRId64
                " s after it was made (a recorder writes the two at start and end)",
                changed - made);
}

/* Two dates of making that are more than a day apart. */
static ew_code tell_two_dates(const ew_inspect__clues *c, ew_inspection *out, ew_err *err)
{
    int64_t first = 0, at;
    const char *first_value = NULL, *first_tag = "";

    for (size_t i = 0; i < 4; i++) {
        const char *value = ew_inspect__tag(c, date_tags[i]);
        if (!value || !parse_date(value, &at))
            continue;
        if (first_value && (at > first + 2 * DAY_S || at < first - 2 * DAY_S))
            return TELL("tags '%s' (%.30s) and '%s' (%.30s) give different dates",
                        first_tag, first_value, date_tags[i], value);
        if (!first_value) {
            first_value = value;
            first_tag = date_tags[i];
            first = at;
        }
    }
    return EW_OK;
}

ew_code ew_inspect__container_tags(const ew_inspect__clues *c, ew_inspection *out,
                                   ew_err *err)
{
    ew_code rc = list_tags(c, "tag.file", out, err);

    if (rc >= 0)
        rc = list_tags(c, "tag.stream", out, err);
    if (rc >= 0)
        rc = list_tags(c, "tag.other", out, err);
    for (size_t i = 0; i < EW_COUNT(warnings) && rc >= 0; i++)
        rc = warn_of(c, &warnings[i], out, err);
    if (rc >= 0)
        rc = tell_makers(c, out, err);
    if (rc >= 0)
        rc = tell_late(c, out, err);
    if (rc >= 0)
        rc = tell_movie_dates(c, out, err);
    if (rc >= 0)
        rc = tell_two_dates(c, out, err);
    return rc;
}
