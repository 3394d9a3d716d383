/* SPDX-License-Identifier: Apache-2.0 */
/* An import told as text, one line a record, so that tests can say what they expect. */
#ifndef TOLD_H
#define TOLD_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "import/import.h"
#include "support.h"

typedef struct told {
    char *text;
    size_t n, cap;
    bool places; /* tell those of captures */
    const ew_delivery *from;
} told;

static inline void told_add(told *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static inline void told_add(told *t, const char *fmt, ...)
{
    va_list args;
    char line[8192];
    va_start(args, fmt);
    int n = vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    assert_true(n >= 0 && n < (int)sizeof line);
    if (t->n + (size_t)n + 1 > t->cap) {
        t->cap = 2 * t->cap + (size_t)n + 1024;
        t->text = realloc(t->text, t->cap);
        assert_non_null(t->text);
    }
    memcpy(t->text + t->n, line, (size_t)n + 1);
    t->n += (size_t)n;
}

static inline void told_place(const told *t, const ew_place *p)
{
    assert_true(p->member < ew_delivery_count(t->from));
    uint64_t all = ew_delivery_bytes(t->from, p->member);
    assert_true(p->at <= all && p->bytes <= all - p->at);
}

#define TEXT(s) (int)(s).n, (s).p

static inline ew_code told_chat(void *cookie, const ew_chat *c, ew_err *err)
{
    (void)err;
    told_place(cookie, &c->place);
    told_add(cookie, "chat %.*s|%.*s|%.*s\n", TEXT(c->id), TEXT(c->name), TEXT(c->kind));
    return EW_OK;
}

static inline void told_moment(told *t, const char *name, const ew_moment *m)
{
    if (m->known)
        told_add(t, " %s=%" PRId64 "%s%s", name, m->unix_s, m->zoned ? "Z" : "",
                 m->exact ? "" : "~");
}

static inline ew_code told_message(void *cookie, const ew_message *m, ew_err *err)
{
    told *t = cookie;
    (void)err;
    told_place(t, &m->place);
    told_add(t, "%s %.*s <%.*s|%.*s>", m->service ? "service" : "message", TEXT(m->id),
             TEXT(m->sender), TEXT(m->sender_id));
    told_moment(t, "at", &m->time);
    told_moment(t, "edited", &m->edited);
    if (m->reply_to.n > 0)
        told_add(t, " re=%.*s", TEXT(m->reply_to));
    if (m->forwarded)
        told_add(t, " fwd=%.*s", TEXT(m->forwarded_from));
    told_moment(t, "sent", &m->forwarded_time);
    if (m->marks != 0)
        told_add(t, " marks=%u", m->marks);
    told_add(t, ": %.*s\n", TEXT(m->text));
    for (size_t i = 0; i < m->attachment_count; i++) {
        const ew_attachment *a = &m->attachments[i];
        told_add(t, "  %s %s %.*s|%.*s|%.*s|%" PRIu64 "|%g|%.*s\n",
                 ew_attachment_kind_name(a->kind), ew_attachment_state_name(a->state),
                 TEXT(a->path), TEXT(a->name), TEXT(a->mime), a->bytes, a->seconds,
                 TEXT(a->words));
    }
    return EW_OK;
}

static inline void told_field(told *t, const char *name, ew_slice s)
{
    if (s.n > 0)
        told_add(t, "  %s: %.*s\n", name, (int)(s.n < 4000 ? s.n : 4000), s.p);
}

static inline ew_code told_article(void *cookie, const ew_article *a, ew_err *err)
{
    static const char *const parts[] = {"body", "caption", "comment", "related"};
    told *t = cookie;
    (void)err;
    told_place(t, &a->place);
    told_add(t, "article");
    told_moment(t, "published", &a->published);
    told_moment(t, "modified", &a->modified);
    told_add(t, "\n");
    told_field(t, "title", a->title);
    told_field(t, "byline", a->byline);
    told_field(t, "outlet", a->outlet);
    told_field(t, "dateline", a->dateline);
    told_field(t, "language", a->language);
    told_field(t, "url", a->url);
    told_field(t, "translation", a->translation_of);
    for (size_t i = 0; i < a->paragraph_count; i++) {
        told_place(t, &a->paragraphs[i].place);
        told_field(t, parts[a->paragraphs[i].part], a->paragraphs[i].text);
    }
    return EW_OK;
}

static inline ew_code told_capture(void *cookie, const ew_capture *c, ew_err *err)
{
    told *t = cookie;
    (void)err;
    told_place(t, &c->place);
    told_add(t, "capture %.*s|%.*s|%u", TEXT(c->url), TEXT(c->mime), c->status);
    told_moment(t, "at", &c->time);
    told_add(t, " %zu bytes%s%s", c->body.n, c->cut ? " cut" : "",
             !c->digest_given  ? ""
             : c->digest_right ? " right"
                               : " wrong");
    if (t->places)
        told_add(t, " [%" PRIu64 "+%" PRIu64 "]", c->place.at, c->place.bytes);
    if (c->listed)
        told_add(t, " listed");
    if (c->title.n > 0)
        told_add(t, " '%.*s'", TEXT(c->title));
    told_add(t, "\n");
    told_field(t, "signed", c->signed_by);
    if (c->mime.n >= 5 && memcmp(c->mime.p, "text/", 5) == 0)
        told_field(t, "begins", (ew_slice){c->body.p, c->body.n < 60 ? c->body.n : 60});
    return EW_OK;
}

static inline ew_code told_gap(void *cookie, const ew_gap *g, ew_err *err)
{
    (void)err;
    told_place(cookie, &g->place);
    told_add(cookie, "gap %.*s: %.*s\n", TEXT(g->what), TEXT(g->words));
    return EW_OK;
}

static inline ew_code told_remark(void *cookie, const ew_remark *r, ew_err *err)
{
    (void)err;
    told_place(cookie, &r->place);
    told_add(cookie, "remark %.*s\n", TEXT(r->text));
    return EW_OK;
}

/* Runs an import; the text is to be freed. */
static inline char *told_import_as(const char *path, const ew_import_opts *opts,
                                   bool places)
{
    ew_delivery *d = NULL;
    ew_err err;
    told t = {.places = places};
    if (ew_delivery_open(&d, path, &err) != EW_OK)
        fail_msg("%s", err.text);
    t.from = d;
    told_add(&t, "%s", "");
    ew_import_sink sink = {.cookie = &t,
                           .chat = told_chat,
                           .message = told_message,
                           .article = told_article,
                           .capture = told_capture,
                           .gap = told_gap,
                           .remark = told_remark};
    ew_code code = ew_import_run(d, opts, &sink, &err);
    if (code != EW_OK)
        told_add(&t, "!%s %s\n", ew_code_name(code), err.text);
    ew_delivery_close(d);
    return t.text;
}

static inline char *told_import(const char *path, const ew_import_opts *opts)
{
    return told_import_as(path, opts, false);
}

/* ------------------------------------------------------------------ what tests do with it */

/* A file of text below a folder; the folders above it are made. */
static inline void put_text(const char *dir, const char *name, const char *text)
{
    char path[4096];
    assert_true(snprintf(path, sizeof path, "%s/%s", dir, name) < (int)sizeof path);
    for (char *p = path + strlen(dir) + 1; (p = strchr(p, '/')) != NULL; p++) {
        *p = 0;
        (void)mkdir(path, 0700);
        *p = '/';
    }
    test_file_put(path, text, strlen(text));
}

static inline void make_folder(const char *dir, const char *name)
{
    assert_int_equal(mkdir(test_path(dir, name), 0700), 0);
}

/* What an import of `path` tells is `want`, and no more. */
static inline void expect_told(const char *path, ew_import_format format,
                               const char *want)
{
    ew_import_opts opts = {.format = format};
    char *got = told_import(path, &opts);
    assert_string_equal(got, want);
    free(got);
}

/* It has these words in it. */
static inline void expect_words_told(const char *path, ew_import_format format,
                                     const char *words)
{
    ew_import_opts opts = {.format = format};
    char *got = told_import(path, &opts);
    if (strstr(got, words) == NULL)
        fail_msg("no '%s' in %s: %s", words, path, got);
    free(got);
}

typedef struct told_run {
    const char *path;
    ew_import_format format;
} told_run;

static inline ew_code told_again(void *arg, ew_err *err)
{
    const told_run *run = arg;
    ew_delivery *d = NULL;
    ew_import_opts opts = {.format = run->format};
    told t = {.n = 0};
    ew_import_sink sink = {.cookie = &t, .capture = told_capture, .remark = told_remark};
    ew_code code = ew_delivery_open(&d, run->path, err);
    t.from = d;
    if (code == EW_OK)
        code = ew_import_run(d, &opts, &sink, err);
    ew_delivery_close(d);
    free(t.text);
    return code;
}

/* Imports with each allocation failing in turn (at most `limit` of them, 0 = all), captures and
 * remarks being told: none may fail in silence, or leak. How many there are. */
static inline int64_t told_without_memory(const char *path, ew_import_format format,
                                          int64_t limit)
{
    told_run run = {path, format};
    return test_torture_alloc(told_again, &run, limit);
}

#endif
