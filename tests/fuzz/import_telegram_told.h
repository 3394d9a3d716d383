/* SPDX-License-Identifier: Apache-2.0 */
/* What both attacks on Telegram's exports look at. */
#ifndef IMPORT_TELEGRAM_TOLD_H
#define IMPORT_TELEGRAM_TOLD_H

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "import/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void put_file(const char *path, const void *data, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size || close(fd) != 0)
        abort();
}

static inline void look(ew_slice s)
{
    if (!ew_utf8_valid(s.p, s.n))
        abort();
}

static inline void look_place(const ew_delivery *d, const ew_place *p)
{
    if (p->member >= ew_delivery_count(d))
        abort();
    uint64_t all = ew_delivery_bytes(d, p->member);
    if (p->at > all || p->bytes > all - p->at)
        abort();
}

static inline ew_code look_chat(void *cookie, const ew_chat *c, ew_err *err)
{
    (void)err;
    look_place(cookie, &c->place);
    look(c->id);
    look(c->name);
    look(c->kind);
    return EW_OK;
}

static inline void look_attachment(const ew_delivery *d, const ew_attachment *a)
{
    look(a->path);
    look(a->name);
    look(a->mime);
    look(a->words);
    if (a->state == EW_ATTACH_PRESENT && a->member >= ew_delivery_count(d))
        abort();
}

static inline ew_code look_message(void *cookie, const ew_message *m, ew_err *err)
{
    (void)err;
    look_place(cookie, &m->place);
    look(m->id);
    look(m->sender);
    look(m->sender_id);
    look(m->text);
    look(m->reply_to);
    look(m->forwarded_from);
    look(m->forwarded_from_id);
    look(m->time.text);
    look(m->edited.text);
    look(m->forwarded_time.text);
    for (size_t i = 0; i < m->attachment_count; i++)
        look_attachment(cookie, &m->attachments[i]);
    return EW_OK;
}

static inline ew_code look_gap(void *cookie, const ew_gap *g, ew_err *err)
{
    (void)err;
    look_place(cookie, &g->place);
    look(g->what);
    look(g->words);
    return EW_OK;
}

static inline ew_code look_remark(void *cookie, const ew_remark *r, ew_err *err)
{
    (void)err;
    look_place(cookie, &r->place);
    look(r->text);
    if (memchr(r->text.p, '\n', r->text.n) != NULL)
        abort();
    return EW_OK;
}

static inline void look_told(ew_delivery *d, const ew_import_opts *opts)
{
    ew_import_sink sink = {.cookie = d,
                           .chat = look_chat,
                           .message = look_message,
                           .gap = look_gap,
                           .remark = look_remark};
    (void)!ew_import_run(d, opts, &sink, NULL);
}

#endif
