/* SPDX-License-Identifier: Apache-2.0 */
/* Positions: adding and listing them. */
#include "casefile/positions.h"

#include <string.h>

#include "base/utf8.h"
#include "casefile/dates.h"
#include "casefile/events.h"
#include "casefile/people_merge.h"
#include "casefile/records.h"
#include "casefile/sql.h"

static const char *const stances[] = {"confirms",     "denies",     "says-fabricated",
                                      "says-altered", "no-comment", "retracts",
                                      "asked",        "answered",   "no-reply-by"};

static bool is_stance(const char *text)
{
    for (size_t i = 0; i < sizeof stances / sizeof stances[0]; i++)
        if (strcmp(text, stances[i]) == 0)
            return true;
    return false;
}

static ew_code check(const ew_position *p, ew_err *err)
{
    int64_t day;
    ew_date_span asked;
    ew_date_span until;
    size_t words = strlen(p->words);
    if (!is_stance(p->stance))
        return ew_fail(
            err, EW_E_ARG, 0,
            "a stance is one of confirms, denies, says-fabricated, says-altered, "
            "no-comment, retracts, asked, answered, no-reply-by");
    if (!ew_case__day_of(p->date, &day) ||
        (p->until[0] != 0 && !ew_case__day_of(p->until, &day)))
        return ew_fail(
            err, EW_E_ARG, 0,
            "a date is like 2026, 2026-10, 2026-10-12 or 2026-10-12T14:05:00Z");
    if (words > EW_CASE_WORDS || !ew_utf8_valid(p->words, words))
        return ew_fail(err, EW_E_LIMIT, 0, "words of more than %d bytes, or not UTF-8",
                       (int)EW_CASE_WORDS);
    if (strlen(p->channel) > EW_CASE_NAME ||
        !ew_utf8_valid(p->channel, strlen(p->channel)))
        return ew_fail(err, EW_E_LIMIT, 0,
                       "a channel of more than %d bytes, or not UTF-8",
                       (int)EW_CASE_NAME);
    if (p->until[0] != 0 && strcmp(p->stance, "asked") != 0)
        return ew_fail(err, EW_E_ARG, 0,
                       "only who is asked can be given a day to answer");
    if (p->until[0] != 0 && ew_case__span_of(p->date, &asked) &&
        ew_case__span_of(p->until, &until) && ew_case__before(&until, &asked))
        return ew_fail(err, EW_E_ARG, 0, "an answer by a day before the question");
    return EW_OK;
}

/* One number of a row and which event added it; EW_E_NOTFOUND where there is no such row. */
static ew_code look_up(ew_sql *q, int64_t *number, int64_t *added)
{
    bool row;
    *number = *added = 0;
    ew_code code = ew_sql_step(q, &row);
    if (code == EW_OK && row) {
        *number = ew_sql_col_int(q, 0);
        *added = ew_sql_col_int(q, 1);
    }
    return ew_sql_end(q);
}

/* "It is a fabrication" may be told as a denial. */
static bool is_denial(const char *stance)
{
    return strcmp(stance, "denies") == 0 || strcmp(stance, "says-fabricated") == 0 ||
           strcmp(stance, "says-altered") == 0;
}

static bool is_same(const char *a, const char *b)
{
    return strcmp(a, b) == 0 || (is_denial(a) && is_denial(b));
}

/* Who only repeats says the same, and not before it was said: a slip of a number would hide a reversal. */
static ew_code check_repeat(ew_case *c, const ew_position *p, ew_err *err)
{
    bool row;
    ew_date_span then;
    ew_date_span now;
    ew_sql q = ew_sql_begin(c, "SELECT stance,date FROM position WHERE id=?", err);
    ew_sql_int(&q, p->via);
    ew_code code = ew_sql_step(&q, &row);
    if (code == EW_OK && row && !is_same(ew_sql_col_text(&q, 0), p->stance))
        q.code = ew_fail(err, EW_E_ARG, 0,
                         "position %lld, which is to be repeated, is '%s', not '%s'",
                         (long long)p->via, ew_sql_col_text(&q, 0), p->stance);
    else if (code == EW_OK && row && ew_case__span_of(ew_sql_col_text(&q, 1), &then) &&
             ew_case__span_of(p->date, &now) && ew_case__before(&now, &then))
        q.code = ew_fail(err, EW_E_ARG, 0,
                         "position %lld, which is to be repeated, is of a later day",
                         (long long)p->via);
    return ew_sql_end(&q);
}

/* A position that this one repeats must be about the same item and not go round in a circle; later
 * numbers only ever name earlier ones. */
static ew_code check_via(ew_case *c, const ew_position *p, ew_err *err)
{
    int64_t item = 0;
    int64_t added = 0;
    if (p->via == 0)
        return EW_OK;
    ew_sql q = ew_sql_begin(c, "SELECT item,added FROM position WHERE id=?", err);
    ew_sql_int(&q, p->via);
    ew_code code = look_up(&q, &item, &added);
    if (code == EW_OK && item == 0)
        code = ew_fail(err, EW_E_ARG, 0, "there is no position %lld", (long long)p->via);
    if (code == EW_OK && item != p->item)
        code = ew_fail(err, EW_E_ARG, 0, "position %lld is not about this item",
                       (long long)p->via);
    if (code == EW_OK && ew_case__undone(c, added))
        code =
            ew_fail(err, EW_E_ARG, 0, "position %lld was taken back", (long long)p->via);
    return code == EW_OK ? check_repeat(c, p, err) : code;
}

/* The report is an item, and what is quoted is within its bytes. */
static ew_code check_report(ew_case *c, const ew_position *p, ew_err *err)
{
    int64_t bytes = 0;
    int64_t added = 0;
    if (p->report == 0)
        return p->at == 0 && p->bytes == 0
                   ? EW_OK
                   : ew_fail(err, EW_E_ARG, 0, "a place in no report");
    ew_sql q = ew_sql_begin(c, "SELECT bytes,added FROM item WHERE id=?", err);
    ew_sql_int(&q, p->report);
    ew_code code = look_up(&q, &bytes, &added);
    if (code == EW_OK && added == 0)
        code = ew_fail(err, EW_E_ARG, 0, "there is no item %lld", (long long)p->report);
    if (code == EW_OK && (p->at > (uint64_t)bytes || p->bytes > (uint64_t)bytes - p->at))
        code = ew_fail(err, EW_E_ARG, 0, "item %lld has %lld bytes, not as many",
                       (long long)p->report, (long long)bytes);
    return code;
}

static ew_code insert(ew_case *c, const ew_position *p, int64_t *id, ew_err *err)
{
    ew_sql q =
        ew_sql_begin(c, "INSERT INTO position VALUES(NULL,?,?,?,?,?,?,?,?,?,?,?,?)", err);
    ew_sql_int(&q, p->item);
    ew_sql_int(&q, p->person);
    ew_sql_words(&q, p->stance);
    ew_sql_words(&q, p->date);
    ew_sql_words(&q, p->channel);
    ew_sql_words(&q, p->words);
    ew_sql_int(&q, p->report);
    ew_sql_int(&q, (int64_t)p->at);
    ew_sql_int(&q, (int64_t)p->bytes);
    ew_sql_int(&q, p->via);
    ew_sql_words(&q, p->until);
    ew_sql_int(&q, c->event);
    return ew_sql_run(&q, id);
}

ew_code ew_case_add_position(ew_case *c, const ew_position *p, int64_t *id, ew_err *err)
{
    ew_code code = ew_case__in_event(c, err);
    if (code == EW_OK)
        code = check(p, err);
    if (code == EW_OK)
        code = check_via(c, p, err);
    if (code == EW_OK)
        code = check_report(c, p, err);
    if (code == EW_OK)
        code = insert(c, p, id, err);
    return code == EW_OK
               ? ew_case_index_text(c, EW_FOUND_POSITION, *id, ew_slice_of(p->words), err)
               : code;
}

ew_code ew_case_positions(ew_case *c, int64_t item, int64_t person,
                          ew_code (*put)(void *cookie, const ew_position *p, ew_err *err),
                          void *cookie, ew_err *err)
{
    bool row;
    ew_case__merges m;
    ew_sql q = ew_sql_begin(
        c, "SELECT * FROM position WHERE ?1=0 OR item=?1 ORDER BY date,id", err);
    if (q.code == EW_OK)
        q.code = ew_case__merges_read(&m, c, err);
    ew_sql_int(&q, item);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        ew_position p = {.id = ew_sql_col_int(&q, 0),
                         .item = ew_sql_col_int(&q, 1),
                         .person = ew_case__merged(&m, ew_sql_col_int(&q, 2)),
                         .stance = ew_sql_col_text(&q, 3),
                         .date = ew_sql_col_text(&q, 4),
                         .channel = ew_sql_col_text(&q, 5),
                         .words = ew_sql_col_text(&q, 6),
                         .report = ew_sql_col_int(&q, 7),
                         .at = (uint64_t)ew_sql_col_int(&q, 8),
                         .bytes = (uint64_t)ew_sql_col_int(&q, 9),
                         .via = ew_sql_col_int(&q, 10),
                         .until = ew_sql_col_text(&q, 11),
                         .added = ew_sql_col_int(&q, 12)};
        p.undone = ew_case__undone(c, p.added);
        if (q.code == EW_OK && (person == 0 || p.person == person))
            q.code = put(cookie, &p, err);
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

ew_code ew_case_texts(ew_case *c, int64_t item,
                      ew_code (*put)(void *cookie, ew_slice text, uint64_t at,
                                     uint64_t bytes, ew_err *err),
                      void *cookie, ew_err *err)
{
    bool row;
    ew_sql q = ew_sql_begin(
        c,
        "SELECT text,at,bytes,added FROM paragraph WHERE source=?1 UNION ALL "
        "SELECT text,at,bytes,added FROM message WHERE source=?1",
        err);
    ew_sql_int(&q, item);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        ew_slice text = ew_sql_col_blob(&q, 0);
        if (q.code == EW_OK && !ew_case__undone(c, ew_sql_col_int(&q, 3)))
            q.code = put(cookie, text, (uint64_t)ew_sql_col_int(&q, 1),
                         (uint64_t)ew_sql_col_int(&q, 2), err);
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

ew_code ew_case_articles(ew_case *c, int64_t item,
                         ew_code (*put)(void *cookie, const ew_case_article *a,
                                        ew_err *err),
                         void *cookie, ew_err *err)
{
    bool row;
    ew_sql q = ew_sql_begin(
        c,
        "SELECT id,item,title,byline,outlet,language,url,translation_of,published_text,"
        "published,added FROM article WHERE ?1=0 OR item=?1 ORDER BY item,id",
        err);
    ew_sql_int(&q, item);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        ew_case_article a = {.id = ew_sql_col_int(&q, 0),
                             .item = ew_sql_col_int(&q, 1),
                             .title = ew_sql_col_text(&q, 2),
                             .byline = ew_sql_col_text(&q, 3),
                             .outlet = ew_sql_col_text(&q, 4),
                             .language = ew_sql_col_text(&q, 5),
                             .url = ew_sql_col_text(&q, 6),
                             .translation_of = ew_sql_col_text(&q, 7),
                             .published = ew_sql_col_text(&q, 8),
                             .has_time = !ew_sql_col_null(&q, 9),
                             .time = ew_sql_col_int(&q, 9)};
        if (q.code == EW_OK && !ew_case__undone(c, ew_sql_col_int(&q, 10)))
            q.code = put(cookie, &a, err);
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}
