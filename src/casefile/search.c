/* SPDX-License-Identifier: Apache-2.0 */
/* Searching: texts that fit are looked up in rising order of their numbers, the newest are kept, and only these
 * are read whole. */
#include "casefile/search.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/when.h"
#include "casefile/dates.h"
#include "casefile/events.h"
#include "casefile/people_merge.h"
#include "casefile/search_who.h"
#include "casefile/sql.h"

/* What decides the order: the same for any order of adding, but for equal texts of equal time. */
typedef struct candidate {
    bool timed, undone;
    int64_t time;
    ew_found_kind kind;
    uint64_t content; /* beginning of the original's hash, or of the words' */
    int64_t at, row;
    unsigned marks;
} candidate;

typedef struct searcher {
    ew_case *c;
    const ew_search *s;
    ew_query query;
    ew_case__who who;
    ew_case__merges merges;
    unsigned mark; /* 0: any or none */
    bool has_since, has_until;
    int64_t since, until; /* moments; until is the first one after */
    candidate *best;      /* a heap: the oldest first */
    size_t n, cap, limit;
    int64_t last_item; /* whose hash is at hand */
    uint64_t last_content;
} searcher;

/* ------------------------------------------------------------------ order */

static int compare(const candidate *a, const candidate *b)
{
    if (a->timed != b->timed)
        return a->timed ? 1 : -1;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->content != b->content)
        return a->content < b->content ? -1 : 1;
    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

static int compare_any(const void *a, const void *b)
{
    return compare(a, b);
}

static void swap(candidate *a, candidate *b)
{
    candidate t = *a;
    *a = *b;
    *b = t;
}

static void sift_down(searcher *f)
{
    for (size_t i = 0;;) {
        size_t least = i;
        for (size_t k = 2 * i + 1; k <= 2 * i + 2 && k < f->n; k++)
            if (compare(&f->best[k], &f->best[least]) < 0)
                least = k;
        if (least == i)
            return;
        swap(&f->best[i], &f->best[least]);
        i = least;
    }
}

static ew_code keep(searcher *f, const candidate *x, ew_err *err)
{
    if (f->n == f->limit) {
        if (compare(x, &f->best[0]) > 0) {
            f->best[0] = *x;
            sift_down(f);
        }
        return EW_OK;
    }
    if (f->n == f->cap) {
        size_t cap = f->cap > 0 ? 2 * f->cap : 128;
        candidate *more = ew_realloc_array(f->best, cap, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(err);
        f->best = more;
        f->cap = cap;
    }
    f->best[f->n++] = *x;
    for (size_t i = f->n - 1; i > 0; i = (i - 1) / 2) {
        if (compare(&f->best[i], &f->best[(i - 1) / 2]) >= 0)
            break;
        swap(&f->best[i], &f->best[(i - 1) / 2]);
    }
    return EW_OK;
}

/* ------------------------------------------------------------------ dates */

/* The first moment that a date can be, and the first one after it. */
static bool date_span(const char *date, int64_t *from, int64_t *to)
{
    ew_date_span span;
    if (!ew_case__span_of(date, &span))
        return false;
    *from = span.first;
    *to = span.last + 1;
    return true;
}

static ew_code read_dates(searcher *f, ew_err *err)
{
    int64_t other;
    const ew_search *s = f->s;
    f->has_since = s->since != NULL && s->since[0] != 0;
    f->has_until = s->until != NULL && s->until[0] != 0;
    if ((f->has_since && !date_span(s->since, &f->since, &other)) ||
        (f->has_until && !date_span(s->until, &other, &f->until)))
        return ew_fail(
            err, EW_E_ARG, 0,
            "a date is like 2026, 2026-10, 2026-10-12 or 2026-10-12T14:05:00Z");
    return EW_OK;
}

/* Can something of [from, to) have been within what is asked for? */
static bool in_time(const searcher *f, bool timed, int64_t from, int64_t to)
{
    if (!f->has_since && !f->has_until)
        return true;
    return timed && (!f->has_since || to > f->since) &&
           (!f->has_until || from < f->until);
}

/* ------------------------------------------------------------------ marks */

const char *ew_found_mark_name(size_t i)
{
    static const char *const names[] = {
        "time-back", "time-guessed", "two-ways", "repaired",  "escaped",
        "only-html", "only-json",    "deleted",  "forwarded", "edited"};
    return i < EW_COUNT(names) ? names[i] : NULL;
}

static ew_code read_mark(searcher *f, ew_err *err)
{
    const char *mark = f->s->mark;
    if (mark == NULL || mark[0] == 0)
        return EW_OK;
    for (size_t i = 0; ew_found_mark_name(i) != NULL; i++)
        if (strcmp(ew_found_mark_name(i), mark) == 0)
            f->mark = 1U << i;
    return f->mark != 0
               ? EW_OK
               : ew_fail(err, EW_E_ARG, 0,
                         "a mark is one of time-back, time-guessed, two-ways, repaired, "
                         "escaped, only-html, only-json, deleted, forwarded, edited");
}

/* ------------------------------------------------------------------ candidates */

/* The first 8 bytes of an item's hash. */
static ew_code content_of(searcher *f, int64_t item, uint64_t *content, ew_err *err)
{
    bool row;
    if (item != f->last_item) {
        ew_sql q = ew_sql_begin(f->c, "SELECT sha256 FROM item WHERE id=?", err);
        ew_sql_int(&q, item);
        ew_code code = ew_sql_step(&q, &row);
        f->last_item = item;
        f->last_content = 0;
        if (code == EW_OK && row) {
            ew_slice sha = ew_sql_col_blob(&q, 0);
            for (size_t i = 0; i < 8 && i < sha.n; i++)
                f->last_content = f->last_content << 8 | (uint8_t)sha.p[i];
        }
        code = ew_sql_end(&q);
        if (code != EW_OK)
            return code;
    }
    *content = f->last_content;
    return EW_OK;
}

static uint64_t hash_words(const char *text)
{
    uint64_t h = 14695981039346656037u; /* FNV-1a */
    for (; *text != 0; text++)
        h = (h ^ (uint8_t)*text) * 1099511628211u;
    return h;
}

/* Bits of what a message is besides its marks. */
#define MARKS(m) m "marks|(" m "forwarded<>0)*256|(" m "edited IS NOT NULL)*512"

/* Columns of every statement here: time or null, date as text, added, item, at, who, another name for
 * who, stance, words, marks. */
static const char *const heads[] = {
    [EW_FOUND_MESSAGE] = "SELECT time,'',added,source,at,sender,sender_id,'',''," MARKS(
        "") " FROM message WHERE id=?",
    [EW_FOUND_PARAGRAPH] =
        "SELECT a.published,'',p.added,p.source,p.at,a.byline,'','','',0 "
        "FROM paragraph p JOIN article a ON a.id=p.article WHERE p.id=?",
    [EW_FOUND_POSITION] =
        "SELECT NULL,p.date,p.added,p.item,p.at,n.name,'',p.stance,"
        "p.words,0 FROM position p JOIN person n ON n.id=p.person WHERE "
        "p.id=?",
    [EW_FOUND_ITEM] =
        "SELECT e.time,'',i.added,i.id,0,'','','','',0 FROM item i JOIN event e "
        "ON e.id=i.added WHERE i.id=?",
    [EW_FOUND_QUOTE] = "SELECT a.published,'',q.added,p.source,p.at+q.at,q.speaker,"
                       "q.as_written,q.stance,'',0 FROM quote q JOIN article a ON "
                       "a.id=q.article JOIN paragraph p ON p.article=q.article AND "
                       "p.number=q.paragraph WHERE q.id=?",
    [EW_FOUND_ARTICLE] =
        "SELECT published,'',added,item,0,byline,outlet,'','',0 FROM article WHERE id=?",
    [EW_FOUND_ATTACHMENT] =
        "SELECT m.time,'',a.added,m.source,m.at,m.sender,m.sender_id,'',''," MARKS(
            "m.") " FROM "
                  "attachment a JOIN message m ON m.id=a.message WHERE a.id=?",
};

static ew_code judge(searcher *f, ew_sql *q, candidate *x, bool *fits)
{
    const char *date = ew_sql_col_text(q, 1);
    int64_t to = x->time = ew_sql_col_int(q, 0);
    x->timed = !ew_sql_col_null(q, 0);
    x->at = ew_sql_col_int(q, 4);
    to += x->kind == EW_FOUND_MESSAGE || x->kind == EW_FOUND_ATTACHMENT
              ? 60
              : 1; /* some clocks tell no seconds */
    if (date[0] != 0)
        x->timed = date_span(date, &x->time, &to);
    int64_t added = ew_sql_col_int(q, 2);
    x->undone = ew_case__undone(f->c, added);
    if (x->kind == EW_FOUND_ITEM) { /* it may have come back */
        ew_code code =
            ew_case__item_undone(f->c, x->row, added, &x->undone, &added, q->err);
        if (code != EW_OK)
            return code;
    }
    x->marks = (unsigned)ew_sql_col_int(q, 9) & (2U * EW_FOUND_EDITED - 1);
    *fits = (f->s->undone || !x->undone) && (f->mark == 0 || (x->marks & f->mark) != 0) &&
            in_time(f, x->timed, x->time, to);
    if (*fits && f->s->stance != NULL && f->s->stance[0] != 0)
        *fits = strcmp(ew_sql_col_text(q, 7), f->s->stance) == 0;
    if (!*fits)
        return q->code;
    ew_code code = ew_case__who_fits(&f->who, ew_sql_col_text(q, 5),
                                     ew_sql_col_text(q, 6), fits, q->err);
    x->content = hash_words(ew_sql_col_text(q, 8));
    if (code == EW_OK && *fits && x->kind != EW_FOUND_POSITION)
        code = content_of(f, ew_sql_col_int(q, 3), &x->content, q->err);
    return code == EW_OK ? q->code : code;
}

static ew_code consider(searcher *f, int64_t kind, int64_t row, ew_err *err)
{
    bool there;
    bool fits = false;
    candidate x = {.kind = (ew_found_kind)kind, .row = row};
    if (kind < 1 || kind >= (int64_t)EW_COUNT(heads))
        return EW_OK;
    ew_sql q = ew_sql_begin(f->c, heads[kind], err);
    ew_sql_int(&q, row);
    ew_code code = ew_sql_step(&q, &there);
    if (code == EW_OK && there)
        q.code = judge(f, &q, &x, &fits);
    code = ew_sql_end(&q);
    return code == EW_OK && fits ? keep(f, &x, err) : code;
}

static ew_code gather(searcher *f, const ew_case__bits *b, ew_err *err)
{
    bool row;
    ew_code code = EW_OK;
    ew_sql q = ew_sql_begin(f->c, "SELECT kind,row FROM found WHERE id=?", err);
    for (int64_t i = 1; i < b->count && code == EW_OK; i++) {
        if (b->words[i / 64] == 0) {
            i |= 63;
            continue;
        }
        if ((b->words[i / 64] >> (i % 64) & 1) == 0)
            continue;
        code = ew_sql_again(&q, i);
        if (code == EW_OK)
            code = ew_sql_step(&q, &row);
        if (code == EW_OK && row)
            code = consider(f, ew_sql_col_int(&q, 0), ew_sql_col_int(&q, 1), err);
    }
    if (q.code == EW_OK)
        q.code = code;
    return ew_sql_end(&q);
}

/* What is marked may have no text, and is not in the index then. */
static ew_code gather_messages(searcher *f, ew_err *err)
{
    bool row;
    ew_sql q =
        ew_sql_begin(f->c, "SELECT id FROM message WHERE " MARKS("") " ORDER BY id", err);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        q.code = consider(f, EW_FOUND_MESSAGE, ew_sql_col_int(&q, 0), err);
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

/* ------------------------------------------------------------------ telling */

/* Columns: who, when as text, moment or null, kind of moment, item, at, bytes, text, more text. */
static const char *const rows[] = {
    [EW_FOUND_MESSAGE] = "SELECT sender,time_text,time,time_kind,source,at,bytes,text,'' "
                         "FROM message WHERE id=?",
    [EW_FOUND_PARAGRAPH] =
        "SELECT a.byline,a.published_text,a.published,a.published_kind,p.source,p.at,"
        "p.bytes,p.text,'' FROM paragraph p JOIN article a ON "
        "a.id=p.article WHERE p.id=?",
    [EW_FOUND_POSITION] = "SELECT n.name,p.date,NULL,0,p.item,p.at,p.bytes,p.words,'' "
                          "FROM position p JOIN person n ON n.id=?2 WHERE p.id=?1",
    [EW_FOUND_ITEM] =
        "SELECT '','',e.time,3,i.id,0,0,i.name,"
        "(SELECT group_concat(t,char(10)) FROM (SELECT i.note t UNION ALL SELECT "
        "i.origin UNION ALL SELECT i.obtained UNION ALL SELECT i.giver UNION ALL SELECT "
        "value FROM correction WHERE item=i.id) WHERE t<>'') FROM item i JOIN event "
        "e ON e.id=i.added WHERE i.id=?",
    [EW_FOUND_QUOTE] =
        "SELECT q.speaker,a.published_text,a.published,a.published_kind,p.source,p.at,"
        "p.bytes,q.words,'' FROM quote q JOIN article a ON a.id=q.article "
        "JOIN paragraph p ON p.article=q.article AND p.number=q.paragraph "
        "WHERE q.id=?",
    [EW_FOUND_ARTICLE] =
        "SELECT byline,published_text,published,published_kind,item,0,0,title,outlet "
        "FROM article WHERE id=?",
    [EW_FOUND_ATTACHMENT] =
        "SELECT m.sender,m.time_text,m.time,m.time_kind,m.source,m.at,m.bytes,"
        "trim(a.name||char(10)||a.path||char(10)||a.words,char(10)),'' FROM attachment a "
        "JOIN message m ON m.id=a.message WHERE a.id=?",
};

static const char *when_text(ew_sql *q, char room[EW_ISO_TEXT])
{
    return ew_case__when_text(!ew_sql_col_null(q, 2), ew_sql_col_int(q, 2),
                              ew_sql_col_int(q, 3), ew_sql_col_text(q, 1), room);
}

/* Under whom the person of a position is shown. */
static int64_t who_said(searcher *f, int64_t position, ew_sql *outer)
{
    int64_t person = 0;
    ew_sql q = ew_sql_begin(f->c, "SELECT person FROM position WHERE id=?", outer->err);
    ew_sql_int(&q, position);
    ew_code code = ew_sql_number(&q, &person);
    if (outer->code == EW_OK)
        outer->code = code;
    return ew_case__merged(&f->merges, person);
}

static ew_code tell(searcher *f, const candidate *x,
                    ew_code (*put)(void *cookie, const ew_case_hit *h, ew_err *err),
                    void *cookie, ew_err *err)
{
    bool there;
    char when[EW_ISO_TEXT];
    ew_buf text;
    ew_buf_init(&text, EW_FOLD_MAX);
    ew_sql q = ew_sql_begin(f->c, rows[x->kind], err);
    ew_sql_int(&q, x->row);
    if (x->kind == EW_FOUND_POSITION)
        ew_sql_int(&q, who_said(f, x->row, &q));
    ew_code code = ew_sql_step(&q, &there);
    if (code == EW_OK && there) {
        const char *more = ew_sql_col_text(&q, 8);
        ew_case_hit h = {.kind = x->kind,
                         .row = x->row,
                         .undone = x->undone,
                         .marks = x->marks,
                         .who = ew_sql_col_text(&q, 0),
                         .when = when_text(&q, when),
                         .item = ew_sql_col_int(&q, 4),
                         .at = ew_sql_col_int(&q, 5),
                         .bytes = ew_sql_col_int(&q, 6)};
        if (q.code == EW_OK)
            q.code = ew_buf_printf(&text, err, "%s%s%s", ew_sql_col_text(&q, 7),
                                   more[0] != 0 ? "\n" : "", more);
        h.text = text.data != NULL ? (const char *)text.data : "";
        if (q.code == EW_OK)
            q.code = put(cookie, &h, err);
    }
    ew_buf_release(&text);
    return ew_sql_end(&q);
}

ew_code ew_case_search(ew_case *c, const ew_search *s,
                       ew_code (*put)(void *cookie, const ew_case_hit *h, ew_err *err),
                       void *cookie, ew_err *err)
{
    searcher f = {.c = c, .s = s};
    ew_case__bits bits = {0};
    f.limit = s->limit == 0               ? EW_SEARCH_LIMIT
              : s->limit > EW_SEARCH_MOST ? EW_SEARCH_MOST
                                          : (size_t)s->limit;
    ew_code code = ew_query_read(&f.query, s->words != NULL ? s->words : "", err);
    if (code == EW_OK)
        code = read_dates(&f, err);
    if (code == EW_OK)
        code = read_mark(&f, err);
    if (code == EW_OK)
        code = ew_case__merges_read(&f.merges, c, err);
    if (code == EW_OK)
        code = ew_case__who_read(&f.who, c, s->person, err);
    if (code == EW_OK && f.mark != 0 && f.query.count == 0)
        code = gather_messages(&f, err);
    else if (code == EW_OK)
        code = ew_case__match(c, &f.query, &bits, err);
    if (code == EW_OK)
        code = gather(&f, &bits, err);
    if (code == EW_OK && f.n > 1)
        qsort(f.best, f.n, sizeof *f.best, compare_any);
    for (size_t i = 0; i < f.n && code == EW_OK; i++)
        if (i == 0 || compare(&f.best[i], &f.best[i - 1]) != 0) /* indexed twice */
            code = tell(&f, &f.best[i], put, cookie, err);
    ew_free(bits.words);
    ew_free(f.best);
    ew_case__who_release(&f.who);
    ew_query_release(&f.query);
    return code;
}
