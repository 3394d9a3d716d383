/* SPDX-License-Identifier: Apache-2.0 */
/* Downloads of Facebook Messenger and Instagram, as JSON. A chat is one or more files, file 1 the newest, and the newest
 * message comes first in each; they are told from the oldest to the newest. Nothing is kept of a
 * message but where it begins and its time, and of a file not more than a block of those. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "import/clean.h"
#include "import/messenger.h"

enum { BLOCK = 1 << 16, NAME_MAX_BYTES = 1 << 20, WORDS_MAX = 16 << 20 };

/* Where a message is. */
typedef struct spot {
    size_t at;
    size_t number; /* in the file */
    int64_t ms;
} spot;

/* What a look over the whole file tells. */
typedef struct outline {
    size_t *blocks; /* where every BLOCK-th message begins */
    size_t count;   /* of messages */
    int64_t first_ms, last_ms;
    bool found;  /* there is "messages" */
    bool rising; /* the oldest comes first */
    bool broken; /* ends at `end` for the reason `why` */
    size_t end;
    ew_err why;
    size_t passed; /* of its values */
} outline;

static ew_slice of(const ew_buf *b)
{
    return (ew_slice){b->len > 0 ? (const char *)b->data : "", b->len};
}

static ew_code tell_remark(const ew_messenger *m, ew_place place, const char *text)
{
    ew_remark r = {place, ew_slice_of(text)};
    return m->sink->remark != NULL ? m->sink->remark(m->sink->cookie, &r, m->err) : EW_OK;
}

static const char too_much[] = "nested too deeply or too long to be read";
static ew_code tell_gap(const ew_messenger *m, ew_place place, const char *words)
{
    const char *what = words == too_much ? "value" : "messages";
    ew_gap g = {place, ew_slice_of(what), ew_slice_of(words)};
    return m->sink->gap != NULL ? m->sink->gap(m->sink->cookie, &g, m->err) : EW_OK;
}

/* ------------------------------------------------------------------ the outline */

/* Passes over a message; its time stays when it has none. */
static ew_code skim(ew_messenger *m, int64_t *ms, ew_err *err)
{
    ew_json *j = &m->j;
    size_t depth = j->depth;
    ew_code code = EW_OK;
    while (code == EW_OK) {
        code = ew_json_next(j, err);
        if (code != EW_OK || j->depth < depth)
            break;
        if (ew_slice_is(j->key, "timestamp_ms") || ew_slice_is(j->key, "timestamp"))
            (void)ew_messenger__time(m, ms);
        code = ew_json_skip(j, err);
    }
    return code;
}

static ew_code note_block(ew_messenger *m, outline *o, ew_err *err)
{
    if (o->count % BLOCK != 0)
        return EW_OK;
    size_t n = o->count / BLOCK;
    size_t *more = ew_realloc_array(o->blocks, n + 1, sizeof *more);
    if (more == NULL)
        return ew_fail_nomem(err);
    o->blocks = more;
    o->blocks[n] = m->j.begin;
    return EW_OK;
}

/* "messages": an array of objects; what is none is passed over. */
static ew_code outline_messages(ew_messenger *m, outline *o, ew_err *err)
{
    ew_json *j = &m->j;
    size_t depth = j->depth;
    ew_code code = EW_OK;
    if (j->kind != EW_JSON_ARRAY || o->count > 0)
        return ew_json_skip(j, err);
    o->found = true;
    while (code == EW_OK) {
        code = ew_json_next(j, err);
        if (code != EW_OK || j->depth < depth)
            break;
        if (j->kind != EW_JSON_OBJECT) {
            code = ew_json_skip(j, err);
            continue;
        }
        code = note_block(m, o, err);
        int64_t ms = o->last_ms;
        if (code == EW_OK)
            code = skim(m, &ms, err);
        if (code != EW_OK)
            break;
        if (o->count == 0)
            o->first_ms = ms;
        o->last_ms = ms;
        o->count++;
    }
    return code;
}

static ew_code set(ew_messenger *m, ew_buf *b, ew_err *err)
{
    ew_slice text;
    if (m->j.kind != EW_JSON_STRING)
        return ew_json_skip(&m->j, err);
    ew_code code = ew_messenger__text(m, &text);
    ew_buf_reset(b);
    return code == EW_OK ? ew_buf_append(b, text.p, text.n, err) : code;
}

/* "participants": [{"name": "Ann"}] or ["Ann"]. */
static ew_code take_people(ew_messenger *m, ew_err *err)
{
    ew_json *j = &m->j;
    size_t depth = j->depth;
    ew_slice text;
    ew_code code = EW_OK;
    ew_buf_reset(&m->people);
    m->people_count = 0;
    if (j->kind != EW_JSON_ARRAY)
        return ew_json_skip(j, err);
    while (code == EW_OK) {
        code = ew_json_next(j, err);
        if (code != EW_OK || j->depth < depth)
            break;
        bool name =
            j->kind == EW_JSON_STRING && (!j->has_key || ew_slice_is(j->key, "name"));
        if (!name || m->people.len > NAME_MAX_BYTES / 2)
            continue;
        m->people_count++;
        code = ew_messenger__text(m, &text);
        if (code == EW_OK)
            code = ew_buf_append(&m->people, ", ", m->people.len > 0 ? 2 : 0, err);
        if (code == EW_OK && text.n < NAME_MAX_BYTES / 2)
            code = ew_buf_append(&m->people, text.p, text.n, err);
    }
    return code;
}

static ew_code outline_object(ew_messenger *m, outline *o, ew_err *err)
{
    ew_json *j = &m->j;
    ew_code code = EW_OK;
    while (code == EW_OK) {
        code = ew_json_next(j, err);
        if (code != EW_OK || j->kind == EW_JSON_OBJECT_END)
            break;
        if (ew_slice_is(j->key, "messages"))
            code = outline_messages(m, o, err);
        else if (ew_slice_is(j->key, "participants"))
            code = take_people(m, err);
        else if (ew_slice_is(j->key, "title") || ew_slice_is(j->key, "threadName"))
            code = set(m, &m->title, err);
        else if (ew_slice_is(j->key, "thread_path"))
            code = set(m, &m->id, err);
        else if (ew_slice_is(j->key, "thread_type"))
            code = set(m, &m->kind, err);
        else
            code = ew_json_skip(j, err);
    }
    return code == EW_OK ? ew_json_next(j, err) : code; /* nothing may follow */
}

/* A file that breaks off is known as far as it goes. */
static ew_code make_outline(ew_messenger *m, outline *o)
{
    ew_json_again(&m->j, m->all.p, m->all.n);
    m->j.passed = m->passed_told = 0;
    ew_code code = ew_json_next(&m->j, &o->why);
    if (code == EW_OK && m->j.kind != EW_JSON_OBJECT)
        code = ew_fail(&o->why, EW_E_FORMAT, 0, "not a chat of Messenger");
    if (code == EW_OK)
        code = outline_object(m, o, &o->why);
    o->passed = m->j.passed;
    o->broken = code == EW_E_FORMAT || code == EW_E_LIMIT;
    o->end = m->j.at < m->all.n ? m->j.at : m->all.n;
    o->rising = o->first_ms < o->last_ms;
    if (code != EW_OK && !o->broken && m->err != NULL)
        *m->err = o->why;
    return o->broken ? EW_OK : code;
}

/* ------------------------------------------------------------------ messages */

/* The next message at or after `at`; SIZE_MAX when the array ends. What lies before it was read once. */
static size_t next_spot(const ew_messenger *m, size_t at)
{
    while (at < m->all.n && strchr(" \t\r\n,", m->all.p[at]) != NULL && m->all.p[at] != 0)
        at++;
    return at < m->all.n && m->all.p[at] != ']' ? at : SIZE_MAX;
}

static ew_code find_spots(ew_messenger *m, const outline *o, size_t block, spot *spots,
                          size_t *count)
{
    size_t want = o->count - block * BLOCK;
    size_t at = o->blocks[block];
    int64_t ms = o->first_ms;
    ew_code code = EW_OK;
    *count = 0;
    want = want < BLOCK ? want : BLOCK;
    while (*count < want && code == EW_OK && (at = next_spot(m, at)) != SIZE_MAX) {
        ew_json_again(&m->j, m->all.p + at, m->all.n - at);
        code = ew_json_next(&m->j, m->err);
        if (code == EW_OK && m->j.kind == EW_JSON_OBJECT) {
            code = skim(m, &ms, m->err);
            spots[*count] = (spot){at, *count, ms};
            *count += code == EW_OK;
        } else if (code == EW_OK) {
            code = ew_json_skip(&m->j, m->err);
        }
        at += m->j.at;
    }
    return code;
}

static int by_time(const void *a, const void *b)
{
    const spot *x = a;
    const spot *y = b;
    int order = (x->ms > y->ms) - (x->ms < y->ms);
    return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

static ew_code tell_block(ew_messenger *m, const outline *o, size_t block, spot *spots)
{
    size_t n = 0;
    ew_code code = find_spots(m, o, block, spots, &n);
    for (size_t i = 0; i < n && !o->rising; i++)
        spots[i].number = n - i;
    if (n > 1)
        qsort(spots, n, sizeof *spots, by_time);
    for (size_t i = 0; i < n && code == EW_OK; i++) {
        size_t passed = m->j.passed;
        ew_json_again(&m->j, m->all.p + spots[i].at, m->all.n - spots[i].at);
        code = ew_json_next(&m->j, m->err);
        if (code == EW_OK)
            code = ew_messenger__message(m, spots[i].at);
        m->passed_told += m->j.passed - passed;
        if (code == EW_OK && m->j.passed > passed)
            code = tell_gap(m, (ew_place){m->member, spots[i].at, m->j.at}, too_much);
        if (code == EW_E_LIMIT) /* more words than there is room for: nothing was told */
            code = tell_gap(m, (ew_place){m->member, spots[i].at, m->j.at},
                            "a message that is too large");
    }
    return code;
}

static ew_code tell_break(const ew_messenger *m, const outline *o)
{
    ew_place rest = {m->member, o->end, m->all.n - o->end};
    return o->broken ? tell_gap(m, rest, o->why.text) : EW_OK;
}

static ew_code tell_messages(ew_messenger *m, const outline *o)
{
    size_t blocks = (o->count + BLOCK - 1) / BLOCK;
    size_t room = o->count < BLOCK ? o->count : BLOCK;
    ew_code code = o->rising ? EW_OK : tell_break(m, o);
    spot *spots = o->count > 0 ? ew_alloc_array(room, sizeof *spots) : NULL;
    if (o->count > 0 && spots == NULL)
        return ew_fail_nomem(m->err);
    for (size_t i = 0; i < blocks && code == EW_OK; i++)
        code = tell_block(m, o, o->rising ? i : blocks - 1 - i, spots);
    ew_free(spots);
    if (code == EW_OK && o->passed > m->passed_told)
        code = tell_gap(m, (ew_place){m->member, 0, m->all.n}, too_much);
    return code == EW_OK && o->rising ? tell_break(m, o) : code;
}

/* ------------------------------------------------------------------ chats */

/* "Ann_40" of the separate download: "Ann". */
static ew_slice short_name(ew_slice name)
{
    size_t n = name.n;
    while (n > 0 && name.p[n - 1] >= '0' && name.p[n - 1] <= '9')
        n--;
    return n > 1 && n < name.n && name.p[n - 1] == '_' ? (ew_slice){name.p, n - 1} : name;
}

static ew_slice base_name(ew_slice path)
{
    while (path.n > 0 && path.p[path.n - 1] == '/')
        path.n--;
    const char *slash = path.n > 0 ? memrchr(path.p, '/', path.n) : NULL;
    size_t cut = slash != NULL ? (size_t)(slash - path.p) + 1 : 0;
    return (ew_slice){path.p + cut, path.n - cut};
}

static ew_code tell_chat(ew_messenger *m, const ew_messenger_file *f)
{
    bool bad = false;
    ew_slice key;
    ew_chat c = {.place = {m->member, 0, m->all.n}, .id = of(&m->id), .kind = f->section};
    m->told = true;
    ew_code code = ew_import_clean(f->key, &m->who, &key, &bad, m->err);
    if (code != EW_OK)
        return code;
    if (c.id.n == 0)
        c.id = key;
    c.name = m->title.len > 0 ? short_name(of(&m->title)) : base_name(key);
    if (c.kind.n == 0)
        c.kind = of(&m->kind);
    if (m->sink->chat != NULL)
        code = m->sink->chat(m->sink->cookie, &c, m->err);
    bool group = m->people_count > 2; /* of two, the other one is the chat's name */
    if (code != EW_OK || !group || m->sink->remark == NULL)
        return code;
    ew_buf_reset(&m->room);
    code = ew_buf_printf(&m->room, m->err, "in this chat: ");
    if (code == EW_OK)
        code = ew_import_line(&m->room, of(&m->people), m->err);
    ew_remark r = {c.place, of(&m->room)};
    return code == EW_OK ? m->sink->remark(m->sink->cookie, &r, m->err) : code;
}

/* Between two files of a chat: is a number missing? */
static ew_code look_at_numbers(const ew_messenger *m, const ew_messenger_file *f,
                               unsigned before)
{
    ew_place whole = {f->member, 0, 0};
    if (before == f->number && before > 0)
        return tell_remark(m, whole, "two files of this chat have one number");
    if (before > f->number + 1)
        return tell_gap(m, whole, "a file of this chat, before this one, is missing");
    return EW_OK;
}

/* A file without messages: the wrong one when it is the only one. */
static ew_code tell_none(const ew_messenger *m, const outline *o)
{
    const char *why = o->broken ? o->why.text : "no messages are in it";
    ew_gap g = {{m->member, 0, m->all.n}, ew_slice_of("file"), ew_slice_of(why)};
    if (m->file_count == 1)
        return ew_fail(m->err, EW_E_FORMAT, o->end, "not a chat of Messenger: %s", why);
    return m->sink->gap != NULL ? m->sink->gap(m->sink->cookie, &g, m->err) : EW_OK;
}

static ew_code tell_file(ew_messenger *m, const ew_messenger_file *f)
{
    outline o = {.blocks = NULL};
    m->member = f->member;
    m->folder = ew_delivery_name(m->from, f->member);
    while (m->folder.n > 0 && m->folder.p[m->folder.n - 1] != '/')
        m->folder.n--;
    ew_code code = ew_delivery_read(m->from, f->member, &m->all, m->err);
    if (code == EW_OK)
        code = make_outline(m, &o);
    if (code == EW_OK && !o.found)
        code = tell_none(m, &o);
    if (code == EW_OK && o.found && !m->told)
        code = tell_chat(m, f);
    if (code == EW_OK && o.found)
        code = tell_messages(m, &o);
    ew_free(o.blocks);
    return code;
}

/* Files [from, to) are one chat, the oldest first. */
static ew_code tell_files(ew_messenger *m, size_t from, size_t to)
{
    ew_code code = EW_OK;
    ew_buf_reset(&m->title);
    ew_buf_reset(&m->id);
    ew_buf_reset(&m->kind);
    ew_buf_reset(&m->people);
    m->people_count = 0;
    m->repaired = m->odd = m->told = false;
    m->last_ms = INT64_MIN;
    for (size_t i = from; i < to && code == EW_OK; i++) {
        if (i > from)
            code = look_at_numbers(m, &m->files[i], m->files[i - 1].number);
        if (code == EW_OK)
            code = tell_file(m, &m->files[i]);
    }
    const ew_messenger_file *last = &m->files[to - 1];
    ew_place end = {last->member, 0, 0};
    if (code == EW_OK && last->number > 1)
        code = tell_gap(m, end, "the newest files of this chat are missing");
    if (code == EW_OK && m->repaired)
        code = tell_remark(m, end, "texts that were encoded twice were set right");
    if (code == EW_OK && m->odd)
        code = tell_remark(m, end, "text that is not valid JSON or UTF-8 was understood");
    return code;
}

static bool same_chat(const ew_messenger_file *a, const ew_messenger_file *b)
{
    return a->key.n == b->key.n && memcmp(a->key.p, b->key.p, a->key.n) == 0;
}

static ew_code tell_all(ew_messenger *m)
{
    ew_code code = ew_messenger__list(m);
    if (code == EW_OK && m->file_count == 0)
        return ew_fail(m->err, EW_E_FORMAT, 0,
                       "there are no messages of Messenger in '%s'",
                       ew_delivery_path(m->from));
    for (size_t i = 0; i < m->file_count && code == EW_OK;) {
        size_t to = i + 1;
        while (to < m->file_count && same_chat(&m->files[i], &m->files[to]))
            to++;
        code = tell_files(m, i, to);
        i = to;
    }
    return code;
}

/* ------------------------------------------------------------------ the delivery */

static void begin(ew_messenger *m)
{
    ew_buf *bufs[] = {&m->title, &m->id,        &m->kind, &m->people,
                      &m->room,  &m->reactions, &m->who,  &m->what};
    ew_made_init(&m->made);
    ew_json_init(&m->j, "", 0);
    m->j.passes = true;
    for (size_t i = 0; i < EW_COUNT(bufs); i++)
        ew_buf_init(bufs[i], WORDS_MAX);
}

static void end(ew_messenger *m)
{
    ew_buf *bufs[] = {&m->title, &m->id,        &m->kind, &m->people,
                      &m->room,  &m->reactions, &m->who,  &m->what};
    ew_made_release(&m->made);
    ew_json_release(&m->j);
    for (size_t i = 0; i < EW_COUNT(bufs); i++)
        ew_buf_release(bufs[i]);
    ew_free(m->files);
}

ew_code ew_import__messenger(ew_delivery *from, const ew_import_opts *opts,
                             const ew_import_sink *sink, ew_err *err)
{
    ew_messenger *m = ew_alloc(sizeof *m);
    (void)opts;
    if (m == NULL)
        return ew_fail_nomem(err);
    m->from = from;
    m->sink = sink;
    m->err = err;
    begin(m);
    ew_code code = tell_all(m);
    end(m);
    ew_free(m);
    return code;
}

static bool holds(ew_slice s, const char *word)
{
    return memmem(s.p, s.n, word, strlen(word)) != NULL;
}

/* By what stands at the beginning of one file. */
static bool looks_like_chat(ew_slice s)
{
    enum { BEGINNING = 64 * 1024 };
    s.n = s.n < BEGINNING ? s.n : BEGINNING;
    (void)ew_slice_skip(&s, "\xEF\xBB\xBF");
    while (s.n > 0 && strchr(" \t\r\n", s.p[0]) != NULL && s.p[0] != 0) {
        s.p++;
        s.n--;
    }
    return s.n > 0 && s.p[0] == '{' && holds(s, "\"messages\"") &&
           (holds(s, "\"sender_name\"") || holds(s, "\"senderName\"") ||
            holds(s, "\"threadName\"") || holds(s, "\"thread_path\""));
}

ew_code ew_import__looks_messenger(ew_delivery *from, bool *yes, ew_err *err)
{
    enum { TRIES = 4 };
    ew_slice bytes;
    ew_messenger m = {.from = from, .err = err};
    ew_code code = ew_messenger__list(&m);
    *yes = false;
    for (size_t i = 0; i < m.file_count && i < TRIES && code == EW_OK && !*yes; i++) {
        code = ew_delivery_read(from, m.files[i].member, &bytes, err);
        *yes = code == EW_OK && looks_like_chat(bytes);
    }
    ew_free(m.files);
    return code;
}
