/* SPDX-License-Identifier: Apache-2.0 */
/* What a case says, as JSON. */
#include "ops/case_json.h"

#include "ops/archive.h"
#include "ops/case_quotes.h"

/* ------------------------------------------------------------------ what came in */

void ew_case_added_json(ew_obj *o, const ew_case_added *i)
{
    static const char *const results[] = {"added", "back", "seen", "failed", "not-tried"};
    ew_obj_str(o, "result", results[i->how]);
    ew_obj_str(o, "name", i->name);
    if (i->how < EW_CASE_FAILED) {
        ew_obj_str(o, "kind", i->kind);
        ew_obj_sha256(o, "sha256", i->sha256);
        ew_obj_int(o, "bytes", (int64_t)i->bytes);
        if (i->item != 0)
            ew_obj_int(o, "item", i->item);
        if (i->event != 0)
            ew_obj_int(o, "event", i->event);
    } else if (i->how == EW_CASE_FAILED) {
        ew_obj_set(o, "error", ew_json_error(&i->err, ew_ops_input_advice(&i->err)));
    }
}

void ew_imported_json(ew_obj *o, const ew_imported *t)
{
    ew_obj_str(o, "format", ew_import_format_name(t->format));
    if (t->event != 0) {
        ew_obj_int(o, "item", t->item);
        ew_obj_int(o, "event", t->event);
    }
    ew_obj_int(o, "originals", (int64_t)t->items);
    ew_obj_int(o, "known", (int64_t)t->known);
    ew_obj_int(o, "chats", (int64_t)t->chats);
    ew_obj_int(o, "messages", (int64_t)t->messages);
    ew_obj_int(o, "attachments", (int64_t)t->attachments);
    ew_obj_int(o, "articles", (int64_t)t->articles);
    ew_obj_int(o, "captures", (int64_t)t->captures);
    ew_obj_int(o, "picture_facts", (int64_t)t->facts);
    ew_obj_int(o, "quotes", (int64_t)t->quotes);
    ew_obj_int(o, "quotes_shown", (int64_t)t->shown);
    ew_obj_int(o, "gaps", (int64_t)t->gaps);
    ew_obj_int(o, "remarks", (int64_t)t->remarks);
}

/* ------------------------------------------------------------------ suggestions */

void ew_suggestion_json(ew_obj *o, const ew_suggestion *s)
{
    static const char *const verdicts[] = {"undecided", "accepted", "refused"};
    static const char *const kinds[] = {"direct", "mixed", "indirect"};
    char said[EW_SAID_ON];
    ew_said_on(s->text, s->published, said);
    ew_obj_int(o, "suggestion", s->id);
    ew_obj_int(o, "item", s->item);
    ew_obj_str(o, "title", s->title);
    ew_obj_str(o, "outlet", s->outlet);
    ew_obj_str(o, "published", s->published);
    ew_obj_str(o, "said", said);
    ew_obj_str(o, "kind", kinds[s->kind]);
    ew_obj_str(o, "speaker", s->speaker);
    ew_obj_str(o, "as_written", s->as_written);
    ew_obj_bool(o, "anonymous", s->anonymous);
    ew_obj_str(o, "words", s->words);
    ew_obj_str(o, "stance", s->stance);
    ew_obj_str(o, "about", s->about);
    ew_obj_str(o, "pattern", s->pattern);
    ew_obj_real(o, "precision", s->precision, 2);
    ew_obj_bool(o, "shown", s->shown);
    ew_obj_str(o, "verdict", verdicts[s->verdict]);
    if (s->verdict == EW_ACCEPTED)
        ew_obj_int(o, "position", s->position);
    ew_obj_int(o, "paragraph", s->paragraph);
    ew_obj_int(o, "at", (int64_t)s->at);
    ew_obj_int(o, "bytes", (int64_t)s->bytes);
}

/* ------------------------------------------------------------------ timeline */

static void set_position(ew_obj *o, const ew_timeline_row *r)
{
    const ew_position *p = r->position;
    ew_obj_int(o, "position", p->id);
    ew_obj_str(o, "date", p->date);
    ew_obj_str(o, "person", r->person->name);
    ew_obj_int(o, "person_id", r->person->id);
    ew_obj_str(o, "stance", p->stance);
    ew_obj_int(o, "item", p->item);
    ew_obj_str(o, "item_name", r->item->name);
}

void ew_timeline_row_json(ew_obj *o, const ew_timeline_row *r)
{
    const ew_position *p = r->position;
    set_position(o, r);
    ew_obj_str(o, "channel", p->channel);
    ew_obj_str(o, "words", p->words);
    if (r->report != NULL) {
        ew_obj_int(o, "report", p->report);
        ew_obj_str(o, "report_name", r->report->name);
        ew_obj_int(o, "at", (int64_t)p->at);
        ew_obj_int(o, "bytes", (int64_t)p->bytes);
    }
    if (p->via != 0)
        ew_obj_int(o, "via", p->via);
    if (p->until[0] != 0)
        ew_obj_str(o, "until", p->until);
    ew_obj_int(o, "event", p->added);
    ew_obj_bool(o, "undone", p->undone);
}

static void set_one(ew_obj *o, const char *key, const ew_timeline_row *r)
{
    ew_obj one = ew_obj_new();
    set_position(&one, r);
    ew_obj_set(o, key, one.json);
}

void ew_timeline_finding_json(ew_obj *o, const ew_turn *t, const ew_timeline_row *first,
                              const ew_timeline_row *second)
{
    static const char *const names[] = {
        "reversal",  "order-not-known", "silence",     "late-answer",
        "one-voice", "same-words",      "translation", "loose"};
    ew_obj_str(o, "finding", names[t->kind]);
    ew_obj_bool(o, "suggestion",
                t->kind == EW_TURN_SAME_WORDS || t->kind == EW_TURN_TRANSLATION);
    set_one(o, "first", first);
    if (second != NULL && second->position->id != first->position->id)
        set_one(o, "second", second);
    if (t->days_sure)
        ew_obj_int(o, "days", t->days);
    if (t->kind == EW_TURN_SILENCE)
        ew_obj_int(o, "questions", (int64_t)t->count);
    else if (t->count > 0)
        ew_obj_int(o, "reports", (int64_t)t->count);
    if (t->has_until)
        ew_obj_int(o, "days_after_until", t->late);
}

ew_code ew_event_detail_json(ew_case *c, ew_obj *o, ew_err *err)
{
    ew_buf b;
    ew_buf_init(&b, EW_CASE_WORDS);
    ew_code code = ew_obj_print(o, &b, err);
    if (code == EW_OK && b.len > 0) {
        b.data[b.len - 1] = 0; /* its line feed */
        code = ew_case_event_detail(c, (const char *)b.data, err);
    }
    ew_buf_release(&b);
    return code;
}
