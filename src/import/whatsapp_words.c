/* SPDX-License-Identifier: Apache-2.0 */
/* Phrases of WhatsApp's exports: how they stand in a line. */
#include "import/whatsapp_words.h"

#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "import/whatsapp_head.h"

enum { PHRASE_MAX = 200 /* bytes of a line that can be a phrase */ };

/* U+200E, which the program puts before what it says itself. */
static const char lrm[] = "\xE2\x80\x8E";

static bool ends_with(ew_slice s, const char *end)
{
    size_t n = strlen(end);
    return s.n >= n && strncasecmp(s.p + s.n - n, end, n) == 0;
}

static bool drop_end(ew_slice *s, const char *end)
{
    if (!ends_with(*s, end))
        return false;
    s->n -= strlen(end);
    return true;
}

ew_slice ew_wa_trim(ew_slice s)
{
    static const char *const ends[] = {" ",
                                       "\t",
                                       "\r",
                                       "\n",
                                       lrm,
                                       "\xE2\x80\x8F",
                                       "\xE2\x80\xAA",
                                       "\xE2\x80\xAB",
                                       "\xE2\x80\xAC",
                                       "\xE2\x81\xA8",
                                       "\xE2\x81\xA9",
                                       "\xE2\x80\xAF",
                                       "\xC2\xA0"};
    bool more = true;
    ew_wa_skip_marks(&s);
    while (more) {
        more = false;
        for (size_t i = 0; i < EW_COUNT(ends); i++)
            more = more || drop_end(&s, ends[i]);
    }
    return s;
}

/* Without angles around and a stop behind. */
static ew_slice bare(ew_slice s)
{
    s = ew_wa_trim(s);
    if (s.n > 1 && s.p[0] == '<' && s.p[s.n - 1] == '>')
        s = ew_wa_trim((ew_slice){s.p + 1, s.n - 2});
    (void)(drop_end(&s, ".") || drop_end(&s, "。"));
    return s;
}

/* Behind the last mark of direction in the line; the line itself when there is none. */
static ew_slice behind_mark(ew_slice line)
{
    for (size_t i = line.n; i >= sizeof lrm - 1 && i > 0; i--)
        if (memcmp(line.p + i - (sizeof lrm - 1), lrm, sizeof lrm - 1) == 0)
            return (ew_slice){line.p + i, line.n - i};
    return line;
}

ew_attachment_kind ew_wa_kind_of(ew_slice name)
{
    static const struct {
        const char *end;
        ew_attachment_kind kind;
    } ends[] = {{".jpg", EW_ATTACH_PHOTO},    {".jpeg", EW_ATTACH_PHOTO},
                {".png", EW_ATTACH_PHOTO},    {".heic", EW_ATTACH_PHOTO},
                {".webp", EW_ATTACH_STICKER}, {".mp4", EW_ATTACH_VIDEO},
                {".mov", EW_ATTACH_VIDEO},    {".3gp", EW_ATTACH_VIDEO},
                {".opus", EW_ATTACH_VOICE},   {".m4a", EW_ATTACH_AUDIO},
                {".mp3", EW_ATTACH_AUDIO},    {".aac", EW_ATTACH_AUDIO},
                {".ogg", EW_ATTACH_AUDIO},    {".amr", EW_ATTACH_VOICE},
                {".vcf", EW_ATTACH_CONTACT}};
    if (ew_slice_skip(&(ew_slice){name.p, name.n}, "PTT-"))
        return EW_ATTACH_VOICE;
    for (size_t i = 0; i < EW_COUNT(ends); i++)
        if (ends_with(name, ends[i].end))
            return ends[i].kind;
    return EW_ATTACH_FILE;
}

/* ------------------------------------------------------------------ files */

static bool digits(ew_slice s, size_t n)
{
    if (s.n < n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return true;
}

/* "00000012-AUDIO-2020.opus": so iPhones name what they export, in every language. */
static bool is_numbered(ew_slice name)
{
    return digits(name, 8) && name.n > 9 && name.p[8] == '-';
}

static bool known_word(ew_slice word)
{
    word = ew_wa_trim(word);
    (void)(drop_end(&word, ",") || drop_end(&word, "،"));
    for (size_t i = 0; ew_wa_angle_words[i] != NULL; i++)
        if (ew_slice_is(word, ew_wa_angle_words[i]))
            return true;
    return false;
}

/* "<attached: name>" at the end of the line; a caption or the document's name may stand before. */
static bool in_angles(ew_slice line, ew_wa_said *said)
{
    ew_slice s = ew_wa_trim(line);
    const char *open = s.n > 0 ? memrchr(s.p, '<', s.n) : NULL;
    if (open == NULL || s.p[s.n - 1] != '>')
        return false;
    ew_slice inner = {open + 1, (size_t)(s.p + s.n - 1 - (open + 1))};
    const char *colon = inner.n > 0 ? memchr(inner.p, ':', inner.n) : NULL;
    if (colon == NULL)
        return false;
    ew_slice word = {inner.p, (size_t)(colon - inner.p)};
    ew_slice name = ew_wa_trim((ew_slice){colon + 1, inner.n - word.n - 1});
    (void)ew_slice_skip(&name, " ");
    ew_wa_skip_marks(&name);
    if (name.n == 0 || word.n == 0 || word.n > 60 ||
        !(known_word(word) || is_numbered(name)))
        return false;
    said->name = name;
    said->whole = open == s.p;
    return true;
}

bool ew_wa_name_before_words(ew_slice line, ew_slice *name)
{
    ew_slice s = ew_wa_trim(line);
    const char *open = s.n > 0 ? memrchr(s.p, '(', s.n) : NULL;
    if (open == NULL || s.p[s.n - 1] != ')' || open - s.p < 2 || open[-1] != ' ')
        return false;
    *name = ew_wa_trim((ew_slice){s.p, (size_t)(open - s.p) - 1});
    return name->n > 0;
}

/* "IMG-20200102-WA0001.jpg": so Android names what it exports. */
static bool is_android_name(ew_slice name)
{
    static const char *const begins[] = {"IMG-", "VID-", "PTT-", "AUD-", "STK-", "DOC-"};
    bool known = false;
    for (size_t i = 0; i < EW_COUNT(begins) && !known; i++)
        known = ew_slice_skip(&name, begins[i]);
    return known && digits(name, 8) && name.n >= 11 && memcmp(name.p + 8, "-WA", 3) == 0;
}

static bool behind_name(ew_slice line, ew_wa_said *said)
{
    ew_slice name;
    if (!ew_wa_name_before_words(line, &name))
        return false;
    const char *from = memrchr(line.p, '(', line.n);
    const char *to = memrchr(line.p, ')', line.n);
    ew_slice words = ew_wa_trim((ew_slice){from + 1, (size_t)(to - from) - 1});
    bool known = is_android_name(name);
    for (size_t i = 0; ew_wa_attached_words[i] != NULL && !known; i++)
        known = ew_slice_is(words, ew_wa_attached_words[i]);
    said->name = name;
    said->whole = true;
    return known;
}

/* ------------------------------------------------------------------ phrases */

static bool same(ew_slice s, const ew_wa_phrase *p)
{
    return s.n == p->n && strncasecmp(s.p, p->text, s.n) == 0;
}

static const ew_wa_phrase *phrase_of(ew_slice s)
{
    for (size_t i = 0; i < ew_wa_phrase_count && s.n > 0; i++)
        if (same(s, &ew_wa_phrases[i]))
            return &ew_wa_phrases[i];
    return NULL;
}

/* "Voice call, 5 min", which the program says: something stands behind, and the mark before or within. */
static const ew_wa_phrase *call_before(ew_slice line)
{
    ew_slice s = ew_wa_trim(line);
    if (memmem(line.p, line.n, lrm, sizeof lrm - 1) == NULL)
        return NULL;
    for (size_t i = 0; i < ew_wa_phrase_count; i++) {
        const ew_wa_phrase *p = &ew_wa_phrases[i];
        if (p->what == EW_WA_CALL && s.n > p->n && strchr(",. \xE2", s.p[p->n]) != NULL &&
            strncasecmp(s.p, p->text, p->n) == 0)
            return p;
    }
    return NULL;
}

/* Of a poll, "POLL:" alone. */
static const ew_wa_phrase *find_phrase(ew_slice line)
{
    ew_slice all = bare(line);
    const ew_wa_phrase *p = phrase_of(all);
    if (p != NULL && p->what == EW_WA_POLL)
        return NULL;
    if (p == NULL && drop_end(&all, ":")) {
        p = phrase_of(ew_wa_trim(all));
        return p != NULL && p->what == EW_WA_POLL ? p : NULL;
    }
    if (p == NULL) /* "report.pdf - 2 pages document omitted" */
        p = phrase_of(bare(behind_mark(line)));
    if (p != NULL && p->what == EW_WA_POLL)
        p = NULL;
    return p != NULL ? p : call_before(line);
}

static bool is_map(ew_slice line)
{
    static const char *const links[] = {
        "https://maps.google.com/", "https://maps.apple.com/", "https://goo.gl/maps/",
        "https://maps.app.goo.gl/", "https://foursquare.com/"};
    for (size_t i = 0; i < EW_COUNT(links); i++)
        if (memmem(line.p, line.n, links[i], strlen(links[i])) != NULL)
            return true;
    return false;
}

ew_wa_said ew_wa_line(ew_slice line)
{
    ew_wa_said said = {.what = EW_WA_TEXT, .kind = EW_ATTACH_OTHER};
    said.name = ew_wa_trim(line);
    if (said.name.n == 0)
        return said;
    if (in_angles(line, &said) || behind_name(line, &said)) {
        said.what = EW_WA_ATTACHED;
        said.kind = ew_wa_kind_of(said.name);
        return said;
    }
    const ew_wa_phrase *p = line.n <= PHRASE_MAX ? find_phrase(line) : NULL;
    if (p != NULL) {
        said.what = p->what;
        said.kind = p->kind;
        said.whole = true;
    } else if (is_map(line)) {
        said.what = EW_WA_LOCATION;
        said.kind = EW_ATTACH_LOCATION;
    }
    return said;
}

bool ew_wa_take_edited(ew_slice *text, ew_slice *tag)
{
    ew_slice s = ew_wa_trim(*text);
    const char *open = s.n > 0 ? memrchr(s.p, '<', s.n) : NULL;
    if (open == NULL || s.p[s.n - 1] != '>')
        return false;
    ew_slice words = bare((ew_slice){open, (size_t)(s.p + s.n - open)});
    for (size_t i = 0; ew_wa_edited_tags[i] != NULL; i++) {
        if (!ew_slice_is(words, ew_wa_edited_tags[i]))
            continue;
        *tag = (ew_slice){open, (size_t)(s.p + s.n - open)};
        ew_slice before = {text->p, (size_t)(open - text->p)};
        ew_slice kept = ew_wa_trim(before);
        text->n = (size_t)(kept.p + kept.n - text->p);
        return true;
    }
    return false;
}

ew_slice ew_wa_title_of(ew_slice name)
{
    for (size_t i = 0; ew_wa_titles[i].before != NULL; i++) {
        ew_slice s = ew_wa_trim(name);
        if (ew_slice_skip(&s, ew_wa_titles[i].before) &&
            drop_end(&s, ew_wa_titles[i].behind) && s.n > 0)
            return ew_wa_trim(s);
    }
    return name;
}
