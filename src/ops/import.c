/* SPDX-License-Identifier: Apache-2.0 */
/* Imports into a case: originals, records, suggestions, all in one event. */
#include "ops/import.h"

#include <string.h>

#include "base/alloc.h"
#include "import/picture.h"
#include "import/quotes.h"
#include "ops/case_json.h"
#include "ops/import_work.h"
#include "ops/picture.h"
#include "report/json.h"

enum { TICK_EVERY = 1024 /* messages */ };

static void note_read(ew_import_work *w, size_t member)
{
    if (member < w->members)
        w->read[member] = true;
}

/* The first member that something was read of is what a folder is about. */
static void begun(ew_import_work *w, size_t member)
{
    note_read(w, member);
    if (w->about || w->kept == NULL || w->kept->packed || member >= w->kept->count)
        return;
    const ew_kept_file *f = &w->kept->file[member];
    w->about = true;
    w->told->item = f->item;
    ew_case_event_item(w->c, f->item, NULL, f->sha256);
}

/* ------------------------------------------------------------------ counting */

/* Tells how far it is, and ends it when somebody wants that. */
static ew_code go_on(const ew_import_work *w, const char *stage, uint64_t done,
                     uint64_t total, ew_err *err)
{
    const ew_progress *p = &w->how->read.progress;
    if (ew_stopped(w->how->stop) ||
        (p->tick != NULL &&
         p->tick(p->cookie, stage, (int64_t)done, (int64_t)total) != 0))
        return ew_fail(err, EW_E_CANCELLED, 0, "interrupted; nothing was imported");
    return EW_OK;
}

static ew_code take_chat(void *cookie, const ew_chat *c, ew_err *err)
{
    ew_import_work *w = cookie;
    w->told->chats++;
    begun(w, c->place.member);
    return w->c != NULL ? w->to.chat(w->to.cookie, c, err) : EW_OK;
}

static ew_code take_message(void *cookie, const ew_message *m, ew_err *err)
{
    ew_import_work *w = cookie;
    w->told->messages++;
    w->told->attachments += m->attachment_count;
    note_read(w, m->place.member);
    for (size_t i = 0; i < m->attachment_count; i++)
        if (m->attachments[i].state == EW_ATTACH_PRESENT)
            note_read(w, m->attachments[i].member);
    if (w->told->messages % TICK_EVERY == 0 &&
        go_on(w, "read", w->told->messages, 0, err) != EW_OK)
        return EW_E_CANCELLED;
    return w->c != NULL ? w->to.message(w->to.cookie, m, err) : EW_OK;
}

static ew_code take_quote(void *cookie, const ew_quote *q, ew_err *err)
{
    ew_import_work *w = cookie;
    w->told->quotes++;
    w->told->shown += q->pattern->shown;
    return w->c != NULL ? ew_case_add_quote(&w->in, q, err) : EW_OK;
}

static ew_code take_article(void *cookie, const ew_article *a, ew_err *err)
{
    ew_import_work *w = cookie;
    ew_quote_in in = {.article = a, .items = w->names, .item_count = w->name_count};
    w->told->articles++;
    begun(w, a->place.member);
    ew_code code = w->c != NULL ? w->to.article(w->to.cookie, a, err) : EW_OK;
    return code == EW_OK ? ew_quotes_find(&in, take_quote, NULL, w, err) : code;
}

static ew_code take_capture(void *cookie, const ew_capture *p, ew_err *err)
{
    ew_import_work *w = cookie;
    w->told->captures++;
    if (go_on(w, "read", w->told->captures, 0, err) != EW_OK)
        return EW_E_CANCELLED;
    begun(w, p->place.member);
    return w->c != NULL ? w->to.capture(w->to.cookie, p, err) : EW_OK;
}

static ew_code odd_text(const ew_picture_fact *f, ew_buf *out, ew_err *err)
{
    ew_code code = ew_buf_append(out, f->name.p, f->name.n, err);
    if (code == EW_OK)
        code = ew_buf_append(out, ": ", 2, err);
    return code == EW_OK ? ew_buf_append(out, f->value.p, f->value.n, err) : code;
}

static ew_code take_fact(void *cookie, const ew_picture_fact *f, ew_err *err)
{
    ew_import_work *w = cookie;
    ew_buf text;
    ew_buf_init(&text, EW_CASE_WORDS);
    w->told->facts++;
    note_read(w, f->place.member);
    if (f->odd) { /* what contradicts is to be looked at */
        w->told->remarks++;
        if (w->how->remark != NULL && odd_text(f, &text, err) == EW_OK)
            w->how->remark(w->how->cookie, (const char *)text.data);
        ew_buf_release(&text);
    }
    return w->c != NULL ? w->to.picture(w->to.cookie, f, err) : EW_OK;
}

/* A slice as a string, for those who print it. */
static ew_code with_text(ew_slice s, char **out, ew_err *err)
{
    *out = ew_alloc(s.n + 1);
    if (*out == NULL)
        return ew_fail_nomem(err);
    memcpy(*out, s.p, s.n);
    return EW_OK;
}

ew_code ew_import__gap(void *cookie, const ew_gap *g, ew_err *err)
{
    ew_import_work *w = cookie;
    char *what = NULL;
    char *words = NULL;
    ew_code code = EW_OK;
    w->told->gaps++;
    if (w->how->gap != NULL) {
        code = with_text(g->what, &what, err);
        if (code == EW_OK)
            code = with_text(g->words, &words, err);
        if (code == EW_OK)
            w->how->gap(w->how->cookie, what, words);
    }
    ew_free(what);
    ew_free(words);
    return code == EW_OK && w->c != NULL ? w->to.gap(w->to.cookie, g, err) : code;
}

ew_code ew_import__remark(void *cookie, const ew_remark *r, ew_err *err)
{
    ew_import_work *w = cookie;
    char *text = NULL;
    ew_code code = EW_OK;
    w->told->remarks++;
    if (w->how->remark != NULL) {
        code = with_text(r->text, &text, err);
        if (code == EW_OK)
            w->how->remark(w->how->cookie, text);
    }
    ew_free(text);
    return code == EW_OK && w->c != NULL ? w->to.remark(w->to.cookie, r, err) : code;
}

static ew_import_sink sink_of(ew_import_work *w)
{
    return (ew_import_sink){.cookie = w,
                            .chat = take_chat,
                            .message = take_message,
                            .article = take_article,
                            .capture = take_capture,
                            .picture = take_fact,
                            .gap = ew_import__gap,
                            .remark = ew_import__remark};
}

/* ------------------------------------------------------------------ reading */

static ew_code read_all(ew_import_work *w, ew_delivery *from, ew_err *err)
{
    ew_import_opts opts = w->how->read;
    ew_import_sink sink = sink_of(w);
    opts.format = w->told->format;
    if (opts.decode == NULL)
        opts.decode = ew_ops_decode_picture;
    ew_code code = ew_import__tell_missing(w, from, err);
    return code == EW_OK ? ew_import_run(from, &opts, &sink, err) : code;
}

static ew_code choose_format(ew_delivery *from, const ew_import_how *how,
                             ew_imported *told, ew_err *err)
{
    told->format = how->read.format;
    ew_code code = EW_OK;
    if (told->format == EW_IMPORT_AUTO)
        code = ew_import_detect(from, &told->format, err);
    if (code == EW_OK && told->format == EW_IMPORT_AUTO)
        code = ew_fail(err, EW_E_FORMAT, 0,
                       "'%s' is of no format that is known; name it with --format",
                       ew_delivery_path(from));
    return code;
}

/* What an export spreads over many files. */
static bool is_spread(ew_import_format f)
{
    return f == EW_IMPORT_TELEGRAM_JSON || f == EW_IMPORT_TELEGRAM_HTML ||
           f == EW_IMPORT_WHATSAPP || f == EW_IMPORT_MESSENGER || f == EW_IMPORT_SIGNAL ||
           f == EW_IMPORT_WARC;
}

ew_code ew_ops_import_things(const char *path, const ew_import_how *how,
                             ew_code (*one)(void *cookie, const char *path, ew_err *err),
                             void *cookie, ew_err *err)
{
    ew_delivery *from = NULL;
    ew_import_format f = how->read.format;
    ew_code code = ew_delivery_open(&from, path, err);
    bool folder = code == EW_OK && ew_delivery_kind_of(from) == EW_DELIVERY_FOLDER;
    if (folder && f == EW_IMPORT_AUTO)
        code = ew_import_detect(from, &f, err);
    if (code == EW_OK && (!folder || is_spread(f)))
        code = one(cookie, path, err);
    else
        for (size_t i = 0; code == EW_OK && i < ew_delivery_count(from); i++) {
            char *file = ew_import__path_of(from, i);
            code = file != NULL ? one(cookie, file, err) : ew_fail_nomem(err);
            ew_free(file);
        }
    ew_delivery_close(from);
    return code;
}

ew_code ew_ops_import_try(const char *path, const ew_import_how *how, ew_imported *told,
                          ew_err *err)
{
    ew_delivery *from = NULL;
    *told = (ew_imported){0};
    ew_import_work *w = ew_alloc(sizeof *w);
    if (w == NULL)
        return ew_fail_nomem(err);
    w->how = how;
    w->told = told;
    ew_code code = ew_delivery_open(&from, path, err);
    if (code == EW_OK)
        code = choose_format(from, how, told, err);
    if (code == EW_OK)
        code = read_all(w, from, err);
    ew_delivery_close(from);
    ew_free(w);
    return code;
}

/* ------------------------------------------------------------------ the case */

/* What reports call the disputed things. */
static ew_code take_name(void *cookie, int64_t item, const char *words, ew_err *err)
{
    ew_import_work *w = cookie;
    (void)item;
    if (w->name_count == EW_IMPORT_NAMES)
        return EW_OK;
    char *text = ew_strdup(words);
    if (text == NULL)
        return ew_fail_nomem(err);
    w->name_text[w->name_count] = text;
    w->names[w->name_count++] = ew_slice_of(text);
    return EW_OK;
}

/* Pictures among the members of a chat or a folder of reports: what the case had already was looked at
 * when it came. */
static ew_code read_pictures(ew_import_work *w, ew_delivery *from, const ew_kept_files *k,
                             ew_err *err)
{
    ew_import_opts opts = w->how->read;
    ew_import_sink sink = sink_of(w);
    ew_code code = EW_OK;
    if (opts.decode == NULL)
        opts.decode = ew_ops_decode_picture;
    if (w->told->format == EW_IMPORT_PICTURE)
        return EW_OK; /* they are what was read */
    for (size_t i = 0; i < k->count && code == EW_OK; i++) {
        code = go_on(w, "look", i, k->count, err);
        if (code == EW_OK && !k->file[i].known && !k->file[i].broken)
            code = ew_import_picture_of(from, i, &opts, &sink, err);
    }
    return code;
}

static ew_code list_recordings(const ew_kept_files *k, ew_imported *told, ew_err *err)
{
    told->recordings = ew_alloc_array(k->count + 1, sizeof *told->recordings);
    if (told->recordings == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < k->count; i++)
        if (k->file[i].recording && !k->file[i].known)
            told->recordings[told->recording_count++] = k->file[i].item;
    return EW_OK;
}

static ew_code detail_of(ew_import_work *w, const ew_delivery *from, ew_err *err)
{
    ew_obj o = ew_obj_new();
    char *name = ew_safe_name(ew_delivery_path(from));
    ew_obj_str(&o, "path", name != NULL ? name : "");
    ew_obj_str(&o, "format", ew_import_format_name(w->told->format));
    ew_obj_int(&o, "originals", (int64_t)(w->told->items + w->told->known));
    ew_obj_int(&o, "chats", (int64_t)w->told->chats);
    ew_obj_int(&o, "messages", (int64_t)w->told->messages);
    ew_obj_int(&o, "articles", (int64_t)w->told->articles);
    ew_obj_int(&o, "captures", (int64_t)w->told->captures);
    ew_obj_int(&o, "gaps", (int64_t)w->told->gaps);
    ew_obj_int(&o, "remarks", (int64_t)w->told->remarks);
    ew_code code = ew_event_detail_json(w->c, &o, err);
    ew_free(name);
    return code;
}

/* Within the event. */
static ew_code fill_event(ew_import_work *w, ew_delivery *from, ew_kept_files *k,
                          ew_err *err)
{
    ew_imported *told = w->told;
    ew_code code = ew_import__add_items(w->c, from, w->how, k, told, err);
    if (code != EW_OK)
        return code;
    const ew_kept_file *first = &k->file[k->packed ? k->count : 0];
    told->item = first->item;
    w->in = (ew_case_intake){.c = w->c,
                             .item = k->packed ? first->item : 0,
                             .members = k->items,
                             .member_count = k->count};
    w->to = ew_case_sink(&w->in);
    w->kept = k;
    ew_case_event_item(w->c, first->item, NULL, first->sha256);
    /* The archives in a WACZ may have come alone before: what signs them is new. */
    for (size_t i = 0; i < k->count + k->packed && code == EW_OK; i++)
        if (k->file[i].known && (i == k->count || w->told->format != EW_IMPORT_WACZ))
            code = ew_case_not_imported(w->c, k->file[i].item, err);
    if (code == EW_OK)
        code = ew_case_called(w->c, 0, take_name, w, err);
    if (code == EW_OK)
        code = read_all(w, from, err);
    if (code == EW_OK)
        code = read_pictures(w, from, k, err);
    if (code == EW_OK)
        code = ew_import__tell_unread(w, from, err);
    if (code == EW_OK)
        code = list_recordings(k, told, err);
    return code == EW_OK ? detail_of(w, from, err) : code;
}

static ew_code run(ew_import_work *w, ew_delivery *from, ew_err *err)
{
    ew_kept_files k = {0};
    ew_case_act act = {.kind = "import", .who = w->how->who, .purpose = w->how->purpose};
    ew_code code = choose_format(from, w->how, w->told, err);
    if (code == EW_OK && ew_delivery_count(from) == 0)
        code = ew_fail(err, EW_E_FORMAT, 0, "there is nothing in '%s'",
                       ew_delivery_path(from));
    k.format = w->told->format;
    w->members = code == EW_OK ? ew_delivery_count(from) : 0;
    w->read = ew_alloc_array(w->members + 1, sizeof *w->read);
    if (w->read == NULL)
        code = ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_import__store(w->c, from, w->how, &k, err);
    if (code == EW_OK)
        code = ew_import__read_copies(w->c, from, &k, err);
    if (code == EW_OK)
        code = ew_case_begin(w->c, &act, &w->told->event, err);
    if (code == EW_OK) {
        code = fill_event(w, from, &k, err);
        if (code == EW_OK)
            code = ew_case_commit(w->c, err);
        else
            ew_case_rollback(w->c);
    }
    if (code != EW_OK)
        ew_import__drop(w->c, &k);
    ew_import__kept_release(&k);
    return code;
}

ew_code ew_ops_import(ew_case *c, const char *path, const ew_import_how *how,
                      ew_imported *told, ew_err *err)
{
    ew_delivery *from = NULL;
    *told = (ew_imported){0};
    ew_import_work *w = ew_alloc(sizeof *w);
    if (w == NULL)
        return ew_fail_nomem(err);
    w->c = c;
    w->how = how;
    w->told = told;
    ew_code code = ew_delivery_open(&from, path, err);
    if (code == EW_OK)
        code = run(w, from, err);
    if (code != EW_OK) {
        ew_free(told->recordings);
        told->recordings = NULL;
        told->recording_count = 0;
    }
    for (size_t i = 0; i < w->name_count; i++)
        ew_free(w->name_text[i]);
    ew_delivery_close(from);
    ew_free(w->read);
    ew_free(w);
    return code;
}
