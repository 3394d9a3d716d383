/* SPDX-License-Identifier: Apache-2.0 */
/* What is attached to a message of a page of Telegram Desktop. */
#include <string.h>

#include "import/page_tree.h"
#include "import/telegram_html.h"

/* ------------------------------------------------------------------ files */

/* "%20" and the like, as browsers write them when they save a page; what is none stays. */
static ew_code decoded(ew_buf *out, ew_slice s, ew_err *err)
{
    static const char hex[] = "0123456789abcdef0123456789ABCDEF";
    ew_code code = EW_OK;
    ew_buf_reset(out);
    for (size_t i = 0; i < s.n && code == EW_OK; i++) {
        const char *a = s.p[i] == '%' && i + 2 < s.n ? strchr(hex, s.p[i + 1]) : NULL;
        const char *b = a != NULL ? strchr(hex, s.p[i + 2]) : NULL;
        char c = s.p[i];
        if (a != NULL && *a != 0 && b != NULL && *b != 0) {
            c = (char)((a - hex) % 16 * 16 + (b - hex) % 16);
            i += 2;
        }
        code = ew_buf_append(out, &c, 1, err);
    }
    return code;
}

ew_code ew_tg_resolve(ew_buf *out, ew_slice folder, ew_slice path, ew_err *err)
{
    ew_buf_reset(out);
    while (ew_slice_skip(&path, "./")) {
    }
    while (ew_slice_skip(&path, "../")) {
        folder.n -= folder.n > 0;
        while (folder.n > 0 && folder.p[folder.n - 1] != '/')
            folder.n--;
    }
    ew_code code = ew_buf_append(out, folder.p, folder.n, err);
    return code == EW_OK ? ew_buf_append(out, path.p, path.n, err) : code;
}

static ew_code find(ew_tg_html *h, ew_slice path, size_t *member)
{
    ew_buf name;
    ew_buf_init(&name, 2 * EW_DELIVERY_NAME);
    *member = SIZE_MAX;
    if (path.n == 0 || path.n + h->folder.n > EW_DELIVERY_NAME)
        return EW_OK;
    ew_code code = ew_tg_resolve(&name, h->folder, path, h->err);
    if (code == EW_OK)
        *member = ew_delivery_find(h->from, ew_tg_slice(&name));
    if (code == EW_OK && *member == SIZE_MAX && memchr(path.p, '%', path.n) != NULL) {
        code = decoded(&h->text, path, h->err);
        if (code == EW_OK)
            code = ew_tg_resolve(&name, h->folder, ew_tg_slice(&h->text), h->err);
        if (code == EW_OK)
            *member = ew_delivery_find(h->from, ew_tg_slice(&name));
    }
    ew_buf_release(&name);
    return code;
}

ew_code ew_tg_html_file(ew_tg_html *h, ew_attachment_kind kind, ew_slice path,
                        ew_made_attachment **out)
{
    size_t member;
    ew_made_attachment *a = ew_made_attachment_new(&h->made);
    a->kind = kind;
    *out = a;
    ew_code code = find(h, path, &member);
    if (code == EW_OK && member != SIZE_MAX) {
        a->state = EW_ATTACH_PRESENT;
        a->member = member;
    }
    return code == EW_OK ? ew_made_keep(&h->made, path, &a->path, h->err) : code;
}

/* ------------------------------------------------------------------ words */

/* The first element below that has the class; NULL: there is none. */
static const GumboNode *below(const GumboNode *n, const char *word)
{
    ew_page_walk w = {.root = n};
    while (ew_page_next(&w))
        if (!w.leaving && w.node != n && ew_tg_has_class(w.node, word))
            return w.node;
    return NULL;
}

/* Text of that element, kept; nothing when it is not there. */
static ew_code keep_below(ew_tg_html *h, const GumboNode *n, const char *word,
                          ew_kept_text *out)
{
    const GumboNode *found = below(n, word);
    ew_code code = found != NULL ? ew_tg_html_text(h, found) : EW_OK;
    *out = (ew_kept_text){0, 0};
    if (code != EW_OK || found == NULL)
        return code;
    ew_slice s = ew_tg_slice(&h->text);
    while (s.n > 0 && s.p[s.n - 1] == ' ')
        s.n--;
    return ew_made_keep(&h->made, s, out, h->err);
}

static ew_slice kept(const ew_tg_html *h, ew_kept_text t)
{
    return (ew_slice){t.n > 0 ? (const char *)h->made.arena.data + t.at : "", t.n};
}

/* "1:02:03, 4.5 MB": 3723; 0 when it does not begin so. */
static double seconds_of(ew_slice s)
{
    double all = 0;
    double part = 0;
    size_t digits = 0;
    size_t colons = 0;
    for (size_t i = 0; i < s.n && digits < 10; i++) {
        if (s.p[i] >= '0' && s.p[i] <= '9') {
            part = 10 * part + (s.p[i] - '0');
            digits++;
        } else if (s.p[i] == ':' && digits > 0) {
            all = 60 * (all + part);
            part = 0;
            colons++;
        } else if (s.p[i] != ',') {
            return 0;
        } else {
            break;
        }
    }
    return colons > 0 ? all + part : 0;
}

/* Of several texts one, with ", " between. */
static ew_code join(ew_tg_html *h, const ew_kept_text *parts, size_t n, ew_kept_text *out)
{
    ew_code code = EW_OK;
    ew_buf_reset(&h->text);
    for (size_t i = 0; i < n && code == EW_OK; i++) {
        ew_slice s = kept(h, parts[i]);
        if (s.n > 0 && h->text.len > 0)
            code = ew_buf_append(&h->text, ", ", 2, h->err);
        if (s.n > 0 && code == EW_OK)
            code = ew_buf_append(&h->text, s.p, s.n, h->err);
    }
    return code == EW_OK ? ew_made_keep(&h->made, ew_tg_slice(&h->text), out, h->err)
                         : code;
}

/* ------------------------------------------------------------------ kinds */

typedef struct media {
    const char *word;
    ew_attachment_kind kind;
    bool words_only; /* a thing without a file */
} media;

static const media *media_of(const GumboNode *n)
{
    static const media known[] = {{"photo_wrap", EW_ATTACH_PHOTO, false},
                                  {"video_file_wrap", EW_ATTACH_VIDEO, false},
                                  {"animated_wrap", EW_ATTACH_VIDEO, false},
                                  {"sticker_wrap", EW_ATTACH_STICKER, false},
                                  {"media_photo", EW_ATTACH_PHOTO, false},
                                  {"media_video", EW_ATTACH_VIDEO, false},
                                  {"media_voice_message", EW_ATTACH_VOICE, false},
                                  {"media_audio_file", EW_ATTACH_AUDIO, false},
                                  {"media_file", EW_ATTACH_FILE, false},
                                  {"media_contact", EW_ATTACH_CONTACT, true},
                                  {"media_location", EW_ATTACH_LOCATION, true},
                                  {"media_live_location", EW_ATTACH_LOCATION, true},
                                  {"media_venue", EW_ATTACH_LOCATION, true},
                                  {"media_game", EW_ATTACH_OTHER, true},
                                  {"media_invoice", EW_ATTACH_OTHER, true},
                                  {"media_poll", EW_ATTACH_OTHER, true},
                                  {"media_giveaway", EW_ATTACH_OTHER, true},
                                  {"media_call", EW_ATTACH_OTHER, true},
                                  {"media", EW_ATTACH_OTHER, false}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (ew_tg_has_class(n, known[i].word))
            return &known[i];
    return NULL;
}

/* What stands for the name when there is none. */
static bool is_generic(ew_slice title)
{
    static const char *const words[] = {
        "Photo", "Video file", "Video message", "Voice message", "Audio file",
        "File",  "Animation",  "Sticker",       "Location",      "Live location"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (ew_slice_is(title, words[i]))
            return true;
    return false;
}

static ew_attachment_state state_of(ew_slice description, ew_slice title)
{
    if (ew_slice_skip(&description, "Not included"))
        return EW_ATTACH_LEFT_OUT;
    if (ew_slice_skip(&description, "Exceeds maximum size"))
        return EW_ATTACH_TOO_LARGE;
    if (ew_slice_skip(&description, "Unavailable") ||
        ew_slice_skip(&title, "Self-destructing"))
        return EW_ATTACH_UNAVAILABLE;
    return EW_ATTACH_NAMED;
}

enum { TITLE, DESCRIPTION, STATUS, PARTS };

static ew_code take_parts(ew_tg_html *h, const GumboNode *n, ew_kept_text parts[PARTS])
{
    ew_code code = keep_below(h, n, "title", &parts[TITLE]);
    if (code == EW_OK)
        code = keep_below(h, n, "description", &parts[DESCRIPTION]);
    return code == EW_OK ? keep_below(h, n, "status", &parts[STATUS]) : code;
}

/* A call is no file: the program says that it was. */
static ew_code take_call(ew_tg_html *h, const ew_kept_text parts[PARTS])
{
    ew_kept_text *text = &h->made.text;
    h->made.message.service = true;
    ew_code code = ew_made_keep(&h->made, ew_slice_of("phone call: "), text, h->err);
    ew_slice status = kept(h, parts[STATUS]);
    ew_buf_reset(&h->text);
    if (code == EW_OK)
        code = ew_buf_append(&h->text, status.p, status.n, h->err);
    return code == EW_OK ? ew_made_grow(&h->made, ew_tg_slice(&h->text), text, h->err)
                         : code;
}

/* A contact, place, poll: nothing but its words; a contact may have a card as a file. */
static ew_code take_words(ew_tg_html *h, const GumboNode *n, const media *what,
                          const ew_kept_text parts[PARTS])
{
    ew_made_attachment *a = NULL;
    ew_slice link = ew_page_attribute(n, "href");
    bool card = what->kind == EW_ATTACH_CONTACT && link.n > 0;
    ew_code code = EW_OK;
    if (card)
        code = ew_tg_html_file(h, what->kind, link, &a);
    else
        a = ew_made_attachment_new(&h->made);
    if (code != EW_OK)
        return code;
    a->kind = what->kind;
    if (!card)
        a->state = EW_ATTACH_INLINE;
    if (parts[TITLE].n + parts[DESCRIPTION].n + parts[STATUS].n == 0) {
        code = ew_tg_html_text(h, n);
        return code == EW_OK
                   ? ew_made_keep(&h->made, ew_tg_slice(&h->text), &a->words, h->err)
                   : code;
    }
    size_t from = is_generic(kept(h, parts[TITLE])) ? DESCRIPTION : TITLE;
    return join(h, parts + from, PARTS - from, &a->words);
}

/* Where the file is; of a picture without link the picture that is shown. */
static ew_slice link_of(const GumboNode *n)
{
    ew_page_walk w = {.root = n};
    ew_slice link = ew_page_attribute(n, "href");
    bool shown = ew_tg_has_class(n, "photo_wrap") || ew_tg_has_class(n, "sticker_wrap");
    while (shown && link.n == 0 && ew_page_next(&w))
        if (!w.leaving && ew_page_tag(w.node) == GUMBO_TAG_IMG)
            link = ew_page_attribute(w.node, "src");
    return link;
}

static ew_code take_file(ew_tg_html *h, const GumboNode *n, const media *what,
                         const ew_kept_text parts[PARTS])
{
    ew_made_attachment *a;
    ew_kept_text duration;
    ew_slice title = kept(h, parts[TITLE]);
    bool sticker = ew_slice_is(title, "Sticker");
    ew_code code =
        ew_tg_html_file(h, sticker ? EW_ATTACH_STICKER : what->kind, link_of(n), &a);
    if (code == EW_OK)
        code = keep_below(h, n, "video_duration", &duration);
    if (code != EW_OK)
        return code;
    title = kept(h, parts[TITLE]);
    if (title.n > 0 && !is_generic(title))
        a->name = parts[TITLE];
    a->seconds = seconds_of(kept(h, duration.n > 0 ? duration : parts[STATUS]));
    if (a->state == EW_ATTACH_PRESENT) {
        a->words = sticker ? parts[STATUS] : (ew_kept_text){0, 0};
        return EW_OK;
    }
    a->state = state_of(kept(h, parts[DESCRIPTION]), title);
    if (parts[DESCRIPTION].n > 0)
        a->words = parts[DESCRIPTION];
    else if (a->path.n == 0)
        code = join(h, parts, PARTS, &a->words);
    return code;
}

static ew_code take_one(ew_tg_html *h, const GumboNode *n, const media *what)
{
    ew_kept_text parts[PARTS];
    ew_code code = take_parts(h, n, parts);
    if (code != EW_OK)
        return code;
    if (strcmp(what->word, "media_call") == 0)
        return take_call(h, parts);
    return what->words_only ? take_words(h, n, what, parts)
                            : take_file(h, n, what, parts);
}

bool ew_tg_is_media(const GumboNode *n)
{
    return ew_tg_has_class(n, "media_wrap") || media_of(n) != NULL;
}

ew_code ew_tg_html_media(ew_tg_html *h, const GumboNode *wrap)
{
    ew_page_walk w = {.root = wrap};
    ew_code code = EW_OK;
    while (code == EW_OK && ew_page_next(&w)) {
        const media *what = w.leaving ? NULL : media_of(w.node);
        if (what == NULL)
            continue;
        code = take_one(h, w.node, what);
        w.leaving = true;
    }
    return code;
}
