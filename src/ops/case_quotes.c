/* SPDX-License-Identifier: Apache-2.0 */
/* Deciding about suggested quotations. */
#include "ops/case_quotes.h"

#include <stdio.h>
#include <strings.h>
#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "casefile/dates.h"
#include "base/when.h"
#include "base/file.h"
#include "ops/case_people.h"

enum { PARAGRAPH_MAX = 1 << 20, DETAIL = 128 };

/* A suggestion, and what it takes to make a position of it. */
typedef struct decision {
    int64_t number;
    bool found;
    ew_suggestion s; /* its texts are copies below */
    char *text[8];
    size_t texts;
    ew_case *c;
    int64_t item; /* the only one that it can be about; 0 */
    uint64_t items;
    char said[EW_SAID_ON]; /* the day on which it was said, as far as the report tells */
} decision;

static const char *keep(decision *d, const char *text)
{
    char *copy = ew_strdup(text);
    d->text[d->texts++] = copy;
    return copy;
}

static ew_code take(void *cookie, const ew_suggestion *s, ew_err *err)
{
    decision *d = cookie;
    if (s->id != d->number)
        return EW_OK;
    d->found = true;
    d->s = *s;
    d->s.words = keep(d, s->words);
    d->s.speaker = keep(d, s->speaker);
    d->s.stance = keep(d, s->stance);
    d->s.about = keep(d, s->about);
    d->s.published = keep(d, s->published);
    d->s.text = keep(d, s->text);
    for (size_t i = 0; i < d->texts; i++)
        if (d->text[i] == NULL)
            return ew_fail_nomem(err);
    return EW_OK;
}

static void release(decision *d)
{
    for (size_t i = 0; i < d->texts; i++)
        ew_free(d->text[i]);
}

static ew_code find(decision *d, ew_err *err)
{
    ew_code code = ew_case_suggestions(d->c, 0, take, d, err);
    if (code == EW_OK && (!d->found || d->s.undone))
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no suggestion %lld",
                       (long long)d->number);
    if (code == EW_OK && d->s.verdict != EW_UNDECIDED)
        code = ew_fail(err, EW_E_ARG, 0, "suggestion %lld was %s already",
                       (long long)d->number,
                       d->s.verdict == EW_ACCEPTED ? "accepted" : "refused");
    return code;
}

/* ------------------------------------------------------------------ accepting */

/* Items that a report can be about. */
static ew_code take_item(void *cookie, const ew_case_item *i, ew_err *err)
{
    decision *d = cookie;
    (void)err;
    if (i->undone || i->id == d->s.item || strcmp(i->kind, "article") == 0)
        return EW_OK;
    d->item = i->id;
    d->items++;
    return EW_OK;
}

static ew_code take_called(void *cookie, int64_t item, const char *words, ew_err *err)
{
    decision *d = cookie;
    (void)err;
    if (strcmp(words, d->s.about) == 0 && item != d->item) {
        d->item = item;
        d->items++;
    }
    return EW_OK;
}

/* Only what is certain: the item that is called so, or the only one that there is. */
static ew_code which_item(decision *d, int64_t said, int64_t *item, ew_err *err)
{
    *item = said;
    if (said != 0)
        return EW_OK;
    ew_code code = d->s.about[0] != 0 ? ew_case_called(d->c, 0, take_called, d, err)
                                      : ew_case_items(d->c, take_item, d, err);
    if (code == EW_OK && d->items != 1)
        code = ew_fail(err, EW_E_ARG, 0,
                       "it is not certain which item suggestion %lld is about; name it "
                       "with --item",
                       (long long)d->number);
    *item = d->item;
    return code;
}

static ew_code need(const char *said, const char *suggested, const char *what,
                    const char *option, const char **out, ew_err *err)
{
    *out = said != NULL ? said : suggested;
    if ((*out)[0] == 0)
        return ew_fail(err, EW_E_ARG, 0, "%s is not known; say it with %s", what, option);
    return EW_OK;
}

/* Where in the original the quotation stands: exactly, when its bytes are there as they are; else the
 * paragraph. */
static ew_code narrow(decision *d, ew_position *p, ew_err *err)
{
    int fd = -1;
    uint8_t *bytes = NULL;
    p->report = d->s.item;
    p->at = d->s.at;
    p->bytes = d->s.bytes;
    if (d->s.bytes == 0 || d->s.bytes > PARAGRAPH_MAX ||
        d->s.from + d->s.n > strlen(d->s.text))
        return EW_OK;
    ew_code code = ew_case_original_open(d->c, d->s.item, &fd, err);
    bytes = code == EW_OK ? ew_alloc(d->s.bytes) : NULL;
    if (code == EW_OK && bytes == NULL)
        code = ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_pread_all(fd, bytes, d->s.bytes, d->s.at, err);
    if (code == EW_OK && d->s.n > 0) {
        const uint8_t *there = memmem(bytes, d->s.bytes, d->s.text + d->s.from, d->s.n);
        if (there != NULL) {
            p->at = d->s.at + (uint64_t)(there - bytes);
            p->bytes = d->s.n;
        }
    }
    if (fd >= 0)
        (void)close(fd);
    ew_free(bytes);
    return code;
}

/* Weekdays of English, from the day of 1970-01-01 on. */
static const char *const weekdays[] = {"thursday", "friday",  "saturday", "sunday",
                                       "monday",   "tuesday", "wednesday"};

static bool is_word(const char *at, const char *text, const char *word)
{
    size_t n = strlen(word);
    bool begins = at == text || isalpha((unsigned char)at[-1]) == 0;
    return begins && strncasecmp(at, word, n) == 0 && isalpha((unsigned char)at[n]) == 0;
}

/* Days before publication that the paragraph speaks of; -1: of none, or of several. */
static int days_before(const char *text, int64_t published)
{
    int found = -1;
    for (const char *p = text; *p != 0; p++) {
        int days = is_word(p, text, "yesterday") ? 1 : -1;
        for (int w = 0; w < 7 && days < 0; w++)
            if (is_word(p, text, weekdays[w]))
                days = (int)(((published % 7 - w) % 7 + 7) % 7);
        if (days >= 0 && found >= 0 && days != found)
            return -1;
        found = days >= 0 ? days : found;
    }
    return found;
}

void ew_said_on(const char *paragraph, const char *published, char out[EW_SAID_ON])
{
    char moment[EW_ISO_TEXT];
    int64_t day = 0;
    (void)snprintf(out, EW_SAID_ON, "%.10s", published);
    if (!ew_case__day_of(out, &day))
        return;
    int before = days_before(paragraph, day);
    if (before > 0)
        (void)snprintf(out, EW_SAID_ON, "%.10s",
                       ew_iso_text((day - before) * 86400, moment));
}

static ew_code fill(decision *d, const ew_acceptance *a, ew_position *p,
                    const char **person, ew_err *err)
{
    ew_said_on(d->s.text, d->s.published, d->said);
    ew_code code = need(a->person, d->s.speaker, "who says it", "--person", person, err);
    if (code == EW_OK)
        code = need(a->stance, d->s.stance, "the stance", "--stance", &p->stance, err);
    if (code == EW_OK)
        code = need(a->date, d->said, "the date", "--date", &p->date, err);
    if (code == EW_OK)
        code = which_item(d, a->item, &p->item, err);
    p->channel = a->channel != NULL ? a->channel : "";
    /* Of a stance that is told, not quoted, the sentence is the reporter's. */
    p->words = d->s.kind == EW_QUOTE_INDIRECT ? "" : d->s.words;
    p->until = "";
    p->via = a->via;
    return code == EW_OK ? narrow(d, p, err) : code;
}

static ew_code add(decision *d, const ew_position *p, int64_t *position, ew_err *err)
{
    char detail[DETAIL];
    ew_code code = ew_case_add_position(d->c, p, position, err);
    if (code == EW_OK)
        code = ew_case_decide(d->c, d->number, *position, err);
    (void)snprintf(detail, sizeof detail, "{\"suggestion\":%lld,\"position\":%lld}",
                   (long long)d->number, (long long)*position);
    return code == EW_OK ? ew_case_event_detail(d->c, detail, err) : code;
}

/* The event, and one of the person before it, when that is new. */
static ew_code write_down(decision *d, const ew_acceptance *a, const char *person,
                          ew_position *p, int64_t *position, ew_err *err)
{
    const ew_ops_actor by = {a->who, a->purpose};
    const ew_case_act act = {
        .kind = "accept", .item = p->item, .who = a->who, .purpose = a->purpose};
    int64_t event;
    ew_code code = ew_ops_person_named(d->c, &by, person, false, &p->person, err);
    if (code == EW_OK)
        code = ew_case_begin(d->c, &act, &event, err);
    if (code != EW_OK)
        return code;
    code = add(d, p, position, err);
    if (code == EW_OK)
        return ew_case_commit(d->c, err);
    ew_case_rollback(d->c);
    return code;
}

ew_code ew_ops_accept_quote(ew_case *c, int64_t suggestion, const ew_acceptance *a,
                            int64_t *position, ew_err *err)
{
    decision d = {.number = suggestion, .c = c};
    ew_position p = {0};
    const char *person = NULL;
    ew_code code = find(&d, err);
    if (code == EW_OK)
        code = fill(&d, a, &p, &person, err);
    if (code == EW_OK)
        code = ew_case_group_begin(c, err);
    if (code == EW_OK) {
        code = write_down(&d, a, person, &p, position, err);
        if (code == EW_OK)
            code = ew_case_group_end(c, err);
        else
            ew_case_group_abandon(c);
    }
    release(&d);
    return code;
}

ew_code ew_ops_refuse_quote(ew_case *c, int64_t suggestion, const char *who,
                            const char *purpose, ew_err *err)
{
    decision d = {.number = suggestion, .c = c};
    char detail[DETAIL];
    int64_t event;
    (void)snprintf(detail, sizeof detail, "{\"suggestion\":%lld}", (long long)suggestion);
    ew_code code = find(&d, err);
    ew_case_act act = {.kind = "refuse",
                       .item = d.s.item,
                       .who = who,
                       .purpose = purpose,
                       .detail = detail};
    if (code == EW_OK)
        code = ew_case_begin(c, &act, &event, err);
    if (code == EW_OK) {
        code = ew_case_decide(c, suggestion, 0, err);
        if (code == EW_OK)
            code = ew_case_commit(c, err);
        else
            ew_case_rollback(c);
    }
    release(&d);
    return code;
}
