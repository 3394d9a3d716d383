/* SPDX-License-Identifier: Apache-2.0 */
/* Files, contacts and places of a message of Telegram's JSON. */
#include <string.h>

#include "import/telegram.h"
#include "import/telegram_links.h"

ew_slice ew_telegram__kept(const ew_telegram *t, ew_kept_text text)
{
    return (ew_slice){text.n > 0 ? (const char *)t->made.arena.data + text.at : "",
                      text.n};
}

static ew_code keep(ew_telegram *t, ew_kept_text *out)
{
    return ew_made_keep(&t->made, t->j.text, out, t->err);
}

static ew_code keep_buf(ew_telegram *t, const ew_buf *b, ew_kept_text *out)
{
    ew_slice s = {b->len > 0 ? (const char *)b->data : "", b->len};
    return ew_made_keep(&t->made, s, out, t->err);
}

/* ------------------------------------------------------------------ fields */

/* What stands in place of a file that was left out; a name may stand before it. */
static bool left_out(ew_slice words, ew_attachment_state *state)
{
    static const struct {
        const char *text;
        ew_attachment_state state;
    } known[] = {{"(File not included", EW_ATTACH_LEFT_OUT},
                 {"(File exceeds maximum size", EW_ATTACH_TOO_LARGE},
                 {"(File unavailable", EW_ATTACH_UNAVAILABLE}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (words.n == 0 || words.p[words.n - 1] != ')' ||
            memmem(words.p, words.n, known[i].text, strlen(known[i].text)) == NULL)
            continue;
        *state = known[i].state;
        return true;
    }
    return false;
}

static ew_code take_path(ew_telegram *t, bool *given)
{
    ew_attachment_state state;
    ew_tg_media *m = &t->media;
    ew_code code = *given ? ew_telegram__twice(t) : EW_OK;
    *given = true;
    m->path = m->left_out = (ew_kept_text){0, 0};
    if (code != EW_OK)
        return code;
    return keep(t, left_out(t->j.text, &state) ? &m->left_out : &m->path);
}

static ew_attachment_kind kind_of(ew_slice type)
{
    static const struct {
        const char *text;
        ew_attachment_kind kind;
    } known[] = {{"voice_message", EW_ATTACH_VOICE}, {"audio_file", EW_ATTACH_AUDIO},
                 {"video_message", EW_ATTACH_VIDEO}, {"video_file", EW_ATTACH_VIDEO},
                 {"animation", EW_ATTACH_VIDEO},     {"sticker", EW_ATTACH_STICKER},
                 {"photo", EW_ATTACH_PHOTO},         {"file", EW_ATTACH_FILE}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (ew_slice_is(type, known[i].text))
            return known[i].kind;
    return EW_ATTACH_OTHER;
}

static ew_code take_number(ew_telegram *t, uint64_t *out)
{
    uint64_t v;
    *out = ew_slice_u64(t->j.text, &v) ? v : 0;
    return EW_OK;
}

static ew_code take_type(ew_telegram *t)
{
    t->media.typed = true;
    t->media.kind = kind_of(t->j.text);
    return EW_OK;
}

ew_code ew_telegram__media_field(ew_telegram *t, bool *taken)
{
    ew_tg_media *m = &t->media;
    const ew_slice key = t->j.key;
    *taken = true;
    if (ew_slice_is(key, "file"))
        return take_path(t, &m->file);
    if (ew_slice_is(key, "photo"))
        return take_path(t, &m->photo);
    if (ew_slice_is(key, "contact_vcard")) {
        t->card_given = true;
        return keep(t, &t->card);
    }
    if (ew_slice_is(key, "file_name"))
        return keep(t, &m->name);
    if (ew_slice_is(key, "performer"))
        return keep(t, &m->performer);
    if (ew_slice_is(key, "mime_type"))
        return keep(t, &m->mime);
    if (ew_slice_is(key, "media_type"))
        return take_type(t);
    if (ew_slice_is(key, "file_size"))
        return take_number(t, &m->bytes);
    if (ew_slice_is(key, "photo_file_size"))
        return take_number(t, &m->photo_bytes);
    if (ew_slice_is(key, "self_destruct_period_seconds"))
        return take_number(t, &m->disappears);
    if (ew_slice_is(key, "sticker_emoji"))
        return keep(t, &m->emoji);
    *taken = false;
    return EW_OK;
}

/* ------------------------------------------------------------------ attachments */

/* A song without a file's name is called by what is sung. */
static ew_code name_song(ew_telegram *t, ew_made_attachment *a)
{
    ew_tg_media *m = &t->media;
    ew_kept_text both = {0, 0};
    ew_code code = EW_OK;
    ew_buf_reset(&t->details);
    ew_slice parts[] = {ew_telegram__kept(t, m->performer),
                        ew_slice_of(m->performer.n > 0 && m->title.n > 0 ? " - " : ""),
                        ew_telegram__kept(t, m->title)};
    for (size_t i = 0; i < 3 && code == EW_OK; i++)
        code = ew_buf_append(&t->details, parts[i].p, parts[i].n, t->err);
    if (code == EW_OK)
        code = keep_buf(t, &t->details, &both);
    a->name = both;
    return code;
}

/* Beside what stands in place of a file: what a sticker means, and that it disappears. */
static ew_code add_words(ew_telegram *t, ew_made_attachment *a)
{
    ew_tg_media *m = &t->media;
    ew_slice parts[] = {
        ew_telegram__kept(t, a->state == EW_ATTACH_NAMED ? a->path : a->words),
        ew_telegram__kept(t, m->emoji),
        ew_slice_of(m->disappears > 0 ? "disappears after it was seen" : "")};
    ew_code code = EW_OK;
    ew_buf_reset(&t->details);
    for (size_t i = 0; i < 3 && code == EW_OK; i++) {
        if (t->details.len > 0 && parts[i].n > 0)
            code = ew_buf_append(&t->details, "; ", 2, t->err);
        if (code == EW_OK)
            code = ew_buf_append(&t->details, parts[i].p, parts[i].n, t->err);
    }
    return code == EW_OK ? keep_buf(t, &t->details, &a->words) : code;
}

static ew_code attach_file(ew_telegram *t)
{
    static const char none[] = "the export names no file";
    ew_tg_media *m = &t->media;
    ew_made_attachment *a = ew_made_attachment_new(&t->made);
    ew_code code = EW_OK;
    a->kind = m->typed ? m->kind : m->photo ? EW_ATTACH_PHOTO : EW_ATTACH_FILE;
    a->path = m->path;
    a->name = m->name;
    a->mime = m->mime;
    a->bytes = m->photo && !m->file ? m->photo_bytes : m->bytes;
    a->seconds = (double)m->seconds;
    if (a->name.n == 0 && a->kind == EW_ATTACH_AUDIO)
        code = name_song(t, a);
    if (m->left_out.n > 0) {
        a->words = m->left_out;
        (void)left_out(ew_telegram__kept(t, m->left_out), &a->state);
    } else if (m->path.n == 0 && code == EW_OK) {
        a->state = EW_ATTACH_UNAVAILABLE;
        code = ew_made_keep(&t->made, ew_slice_of(none), &a->words, t->err);
    } else {
        ew_made_find(&t->made, a, t->from, t->folder);
    }
    bool more = m->emoji.n > 0 || m->disappears > 0;
    return code == EW_OK && more ? add_words(t, a) : code;
}

/* Links of text_entities are those of text once more. */
static ew_code attach_links(ew_telegram *t)
{
    ew_buf *a = &t->links;
    const ew_buf *b = &t->entity_links;
    bool same =
        a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
    ew_code code = EW_OK;
    if (!same && a->len > 0 && b->len > 0)
        code = ew_buf_append(a, " ", 1, t->err);
    if (!same && b->len > 0 && code == EW_OK)
        code = ew_buf_append(a, b->data, b->len, t->err);
    return code == EW_OK ? ew_tg_links_attach(&t->made, a, t->err) : code;
}

/* The card is a file of its own when the export has it. */
static ew_code attach_contact(ew_telegram *t)
{
    ew_attachment_state state;
    ew_made_attachment *a = ew_made_attachment_new(&t->made);
    a->kind = EW_ATTACH_CONTACT;
    a->state = EW_ATTACH_INLINE;
    ew_code code = keep_buf(t, &t->contact, &a->words);
    if (t->card_given && !left_out(ew_telegram__kept(t, t->card), &state)) {
        a->path = t->card;
        a->state = EW_ATTACH_NAMED;
        ew_made_find(&t->made, a, t->from, t->folder);
    }
    return code;
}

ew_code ew_telegram__attach(ew_telegram *t)
{
    ew_code code = EW_OK;
    const ew_tg_media *m = &t->media;
    if (m->file || m->photo || m->typed ||
        (m->disappears > 0 && !t->made.message.service))
        code = attach_file(t);
    if (code == EW_OK && (t->contact_given || t->card_given))
        code = attach_contact(t);
    if (code == EW_OK && t->place_given) {
        ew_made_attachment *a = ew_made_attachment_new(&t->made);
        a->kind = EW_ATTACH_LOCATION;
        a->state = EW_ATTACH_INLINE;
        code = keep_buf(t, &t->place, &a->words);
    }
    return code == EW_OK ? attach_links(t) : code;
}
