/* SPDX-License-Identifier: Apache-2.0 */
/* A message in the making. */
#include "import/message_made.h"

#include <string.h>

#include "base/when.h"

void ew_made_init(ew_message_made *m)
{
    memset(m, 0, sizeof *m);
    ew_buf_init(&m->arena, EW_MADE_BYTES);
}

void ew_made_release(ew_message_made *m)
{
    ew_buf_release(&m->arena);
}

/* The attachments stay as they are: only so many of them count as were made. */
void ew_made_restart(ew_message_made *m)
{
    ew_buf_reset(&m->arena);
    m->message = (ew_message){.marks = 0};
    m->id = m->sender = m->sender_id = m->text = m->reply_to = (ew_kept_text){0, 0};
    m->forwarded_from = m->forwarded_from_id = (ew_kept_text){0, 0};
    m->time_text = m->edited_text = m->forwarded_text = (ew_kept_text){0, 0};
    m->attachment_count = 0;
}

ew_code ew_made_keep(ew_message_made *m, ew_slice text, ew_kept_text *out, ew_err *err)
{
    *out = (ew_kept_text){m->arena.len, text.n};
    return text.n > 0 ? ew_buf_append(&m->arena, text.p, text.n, err) : EW_OK;
}

ew_code ew_made_grow(ew_message_made *m, ew_slice text, ew_kept_text *out, ew_err *err)
{
    if (out->n > 0 && out->at + out->n != m->arena.len)
        return ew_fail(err, EW_E_BUG, 0, "a text that is no longer the last one");
    if (out->n == 0)
        out->at = m->arena.len;
    out->n += text.n;
    return text.n > 0 ? ew_buf_append(&m->arena, text.p, text.n, err) : EW_OK;
}

ew_made_attachment *ew_made_attachment_new(ew_message_made *m)
{
    if (m->attachment_count < EW_MADE_ATTACHMENTS)
        m->attachment_count++;
    ew_made_attachment *a = &m->attachments[m->attachment_count - 1];
    *a = (ew_made_attachment){.state = EW_ATTACH_NAMED};
    return a;
}

static ew_slice text_of(const ew_message_made *m, ew_kept_text t)
{
    return (ew_slice){t.n > 0 ? (const char *)m->arena.data + t.at : "", t.n};
}

void ew_made_find(ew_message_made *m, ew_made_attachment *a, const ew_delivery *from,
                  ew_slice folder)
{
    enum { PATH_MAX_BYTES = EW_DELIVERY_NAME };
    char path[PATH_MAX_BYTES];
    ew_slice name = text_of(m, a->path);
    if (name.n == 0 || folder.n + name.n > sizeof path)
        return;
    if (folder.n > 0)
        memcpy(path, folder.p, folder.n);
    memcpy(path + folder.n, name.p, name.n);
    size_t i = ew_delivery_find(from, (ew_slice){path, folder.n + name.n});
    if (i == SIZE_MAX)
        return;
    a->state = EW_ATTACH_PRESENT;
    a->member = i;
}

static ew_code tell_gaps(const ew_message_made *m, const ew_import_sink *sink,
                         ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < m->attachment_count && code == EW_OK && sink->gap != NULL;
         i++) {
        const ew_made_attachment *a = &m->attachments[i];
        if (a->state == EW_ATTACH_PRESENT || a->state == EW_ATTACH_INLINE)
            continue;
        ew_kept_text words = a->words.n > 0 ? a->words : a->path;
        ew_gap gap = {m->message.place, ew_slice_of("attachment"), text_of(m, words)};
        code = sink->gap(sink->cookie, &gap, err);
    }
    return code;
}

ew_code ew_made_tell(ew_message_made *m, const ew_import_sink *sink, ew_err *err)
{
    ew_attachment out[EW_MADE_ATTACHMENTS];
    ew_message *msg = &m->message;
    for (size_t i = 0; i < m->attachment_count; i++) {
        const ew_made_attachment *a = &m->attachments[i];
        out[i] = (ew_attachment){a->kind,
                                 a->state,
                                 a->member,
                                 text_of(m, a->path),
                                 text_of(m, a->name),
                                 text_of(m, a->mime),
                                 a->bytes,
                                 a->seconds,
                                 text_of(m, a->words)};
    }
    msg->id = text_of(m, m->id);
    msg->sender = text_of(m, m->sender);
    msg->sender_id = text_of(m, m->sender_id);
    msg->text = text_of(m, m->text);
    msg->reply_to = text_of(m, m->reply_to);
    msg->forwarded_from = text_of(m, m->forwarded_from);
    msg->forwarded_from_id = text_of(m, m->forwarded_from_id);
    msg->time.text = text_of(m, m->time_text);
    msg->edited.text = text_of(m, m->edited_text);
    msg->forwarded_time.text = text_of(m, m->forwarded_text);
    msg->attachments = out;
    msg->attachment_count = m->attachment_count;
    ew_code code = EW_OK;
    if (sink->message != NULL)
        code = sink->message(sink->cookie, msg, err);
    return code == EW_OK ? tell_gaps(m, sink, err) : code;
}

bool ew_moment_local(ew_slice text, ew_moment *out)
{
    char full[EW_ISO_TEXT];
    if (text.n != EW_ISO_CHARS - 1)
        return false;
    memcpy(full, text.p, text.n);
    full[text.n] = 'Z';
    if (!ew_iso_parse(full, EW_ISO_CHARS, &out->unix_s))
        return false;
    out->known = true;
    out->exact = true;
    return true;
}
