/* SPDX-License-Identifier: Apache-2.0 */
/* What holds of all that is imported, whatever the input: texts are valid UTF-8, places lie in the original,
 * chats come before messages, bodies have their limit, and the same input is told the same way twice. */
#ifndef FUZZ_IMPORTS_H
#define FUZZ_IMPORTS_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf8.h"
#include "import/import.h"
#include "import/warc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FUZZ_FILES = 8 };

typedef struct fuzz_told {
    const ew_delivery *from;
    bool chat;     /* one was told */
    uint64_t hash; /* of all that was told */
    size_t records;
} fuzz_told;

static char fuzz_dir[64];
static char fuzz_files[FUZZ_FILES][512]; /* to be removed at the end */
static char fuzz_dirs[FUZZ_FILES][512];

static inline void fuzz_mix(fuzz_told *f, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++)
        f->hash = (f->hash ^ p[i]) * 0x100000001B3u;
}

static inline void fuzz_text(fuzz_told *f, ew_slice s)
{
    if (s.p == NULL || !ew_utf8_valid(s.p, s.n))
        abort();
    fuzz_mix(f, s.p, s.n);
    fuzz_mix(f, &s.n, sizeof s.n);
}

static inline void fuzz_place(fuzz_told *f, const ew_place *p)
{
    if (p->member >= ew_delivery_count(f->from))
        abort();
    uint64_t all = ew_delivery_bytes(f->from, p->member);
    if (p->at > all || p->bytes > all - p->at)
        abort();
    fuzz_mix(f, &p->at, sizeof p->at);
    f->records++;
}

static inline ew_code fuzz_chat(void *cookie, const ew_chat *c, ew_err *err)
{
    fuzz_told *f = cookie;
    (void)err;
    f->chat = true;
    fuzz_place(f, &c->place);
    fuzz_text(f, c->id);
    fuzz_text(f, c->name);
    fuzz_text(f, c->kind);
    return EW_OK;
}

static inline void fuzz_attachment(fuzz_told *f, const ew_attachment *a)
{
    if (a->state == EW_ATTACH_PRESENT && a->member >= ew_delivery_count(f->from))
        abort();
    (void)ew_attachment_kind_name(a->kind);
    fuzz_text(f, a->path);
    fuzz_text(f, a->name);
    fuzz_text(f, a->mime);
    fuzz_text(f, a->words);
}

static inline ew_code fuzz_message(void *cookie, const ew_message *m, ew_err *err)
{
    fuzz_told *f = cookie;
    (void)err;
    if (!f->chat)
        abort();
    fuzz_place(f, &m->place);
    fuzz_text(f, m->id);
    fuzz_text(f, m->sender);
    fuzz_text(f, m->sender_id);
    fuzz_text(f, m->time.text);
    fuzz_text(f, m->edited.text);
    fuzz_text(f, m->text);
    fuzz_text(f, m->reply_to);
    fuzz_text(f, m->forwarded_from);
    fuzz_text(f, m->forwarded_from_id);
    fuzz_text(f, m->forwarded_time.text);
    fuzz_mix(f, &m->time.unix_s, sizeof m->time.unix_s);
    for (size_t i = 0; i < m->attachment_count; i++)
        fuzz_attachment(f, &m->attachments[i]);
    return EW_OK;
}

static inline ew_code fuzz_article(void *cookie, const ew_article *a, ew_err *err)
{
    fuzz_told *f = cookie;
    (void)err;
    fuzz_place(f, &a->place);
    fuzz_text(f, a->title);
    fuzz_text(f, a->byline);
    fuzz_text(f, a->outlet);
    fuzz_text(f, a->dateline);
    fuzz_text(f, a->language);
    fuzz_text(f, a->url);
    fuzz_text(f, a->translation_of);
    fuzz_text(f, a->published.text);
    fuzz_text(f, a->modified.text);
    for (size_t i = 0; i < a->paragraph_count; i++) {
        fuzz_place(f, &a->paragraphs[i].place);
        fuzz_text(f, a->paragraphs[i].text);
    }
    return EW_OK;
}

static inline ew_code fuzz_capture(void *cookie, const ew_capture *c, ew_err *err)
{
    fuzz_told *f = cookie;
    (void)err;
    fuzz_place(f, &c->place);
    fuzz_text(f, c->url);
    fuzz_text(f, c->mime);
    fuzz_text(f, c->title);
    fuzz_text(f, c->signed_by);
    fuzz_text(f, c->time.text);
    if (c->body.n > EW_WARC_BODY || (c->digest_right && !c->digest_given))
        abort();
    return EW_OK;
}

static inline ew_code fuzz_gap(void *cookie, const ew_gap *g, ew_err *err)
{
    (void)err;
    fuzz_place(cookie, &g->place);
    fuzz_text(cookie, g->what);
    fuzz_text(cookie, g->words);
    return EW_OK;
}

static inline ew_code fuzz_remark(void *cookie, const ew_remark *r, ew_err *err)
{
    (void)err;
    fuzz_place(cookie, &r->place);
    fuzz_text(cookie, r->text);
    if (memchr(r->text.p, '\n', r->text.n) != NULL)
        abort();
    return EW_OK;
}

/* Of an input before: files from the i-th on. */
static inline void fuzz_clear(int i)
{
    for (; i < FUZZ_FILES; i++)
        if (fuzz_files[i][0] != 0)
            (void)unlink(fuzz_files[i]);
}

/* Where the delivery of this process is; removed at the end. */
static inline void fuzz_remove(void)
{
    fuzz_clear(0);
    for (int i = FUZZ_FILES; i-- > 0;)
        if (fuzz_dirs[i][0] != 0)
            (void)rmdir(fuzz_dirs[i]);
    (void)rmdir(fuzz_dir);
}

/* Makes the folder of this process, called after the target; false: it is there already. */
static inline bool fuzz_begin(const char *name)
{
    if (fuzz_dir[0] != 0)
        return false;
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(fuzz_dir, sizeof fuzz_dir, "%s/ew-fuzz-%s-%ld", base, name,
                   (long)getpid());
    if (mkdir(fuzz_dir, 0700) != 0)
        abort();
    (void)atexit(fuzz_remove);
    return true;
}

/* Folders and files below it, each under a number of its own. */
static inline void fuzz_folder(int i, const char *name)
{
    (void)snprintf(fuzz_dirs[i], sizeof fuzz_dirs[i], "%s/%s", fuzz_dir, name);
    if (mkdir(fuzz_dirs[i], 0700) != 0)
        abort();
}

static inline void fuzz_put(int i, const char *name, const void *data, size_t n)
{
    (void)snprintf(fuzz_files[i], sizeof fuzz_files[i], "%s/%s", fuzz_dir, name);
    int fd = open(fuzz_files[i], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, data, n) != (ssize_t)n || close(fd) != 0)
        abort();
}

static inline fuzz_told fuzz_once(ew_import_format format, const char *path)
{
    ew_delivery *d = NULL;
    fuzz_told f = {.hash = 1};
    ew_import_opts opts = {.format = format};
    ew_import_sink sink = {.cookie = &f,
                           .chat = fuzz_chat,
                           .message = fuzz_message,
                           .article = fuzz_article,
                           .capture = fuzz_capture,
                           .gap = fuzz_gap,
                           .remark = fuzz_remark};
    if (ew_delivery_open(&d, path, NULL) == EW_OK) {
        f.from = d;
        (void)!ew_import_run(d, &opts, &sink, NULL);
        (void)!ew_import_detect(d, &opts.format, NULL);
    }
    ew_delivery_close(d);
    return f;
}

static inline void fuzz_run(ew_import_format format, const char *path)
{
    fuzz_told a = fuzz_once(format, path);
    if (a.records > 200) /* enough seen of it */
        return;
    fuzz_told b = fuzz_once(format, path);
    if (a.hash != b.hash || a.records != b.records)
        abort();
}

#endif
