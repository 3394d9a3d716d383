/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict on a bundle in words. */
#include "report/verdict.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/when.h"

static const char *const state_names[] = {"verified", "not-vouched-for", "broken"};
static const char *const state_words[] = {"VERIFIED", "NOT VOUCHED FOR", "BROKEN"};
static const char not_proven[] =
    "Not proven, by any seal: that the content is true; that nothing was left out before "
    "it\n"
    "was sealed; that no other version was sealed elsewhere; that nothing else was said "
    "about it.\n";

/* ------------------------------------------------------------------ JSON */

static json_t *streams_json(const ew_verdict *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->stream_count; i++) {
        const ew_verdict_stream *s = &v->streams[i];
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "splitter", s->splitter);
        ew_obj_int(&o, "parts", (int64_t)s->parts);
        ew_obj_int(&o, "shown", (int64_t)s->shown);
        ew_obj_int(&o, "runs", (int64_t)s->runs);
        ew_obj_int(&o, "bytes_shown", (int64_t)s->bytes_shown);
        ew_list_add(&list, o.json);
    }
    return list;
}

static void set_time(ew_obj *o, const char *key, bool known, int64_t time)
{
    char text[EW_ISO_TEXT];
    if (known)
        ew_obj_str(o, key, ew_iso_text(time, text));
    else
        ew_obj_null(o, key);
}

static json_t *times_json(const ew_verdict *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->time_count; i++) {
        const ew_verdict_time *t = &v->times[i];
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "kind", t->kind);
        ew_obj_bool(&o, "good", t->good);
        set_time(&o, "not_after", t->good, t->not_after);
        ew_obj_str(&o, "words", t->words);
        ew_list_add(&list, o.json);
    }
    return list;
}

static json_t *events_json(const ew_verdict *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->event_count; i++) {
        const ew_verdict_event *e = &v->events[i];
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "kind", e->kind);
        ew_obj_str(&o, "by", e->by);
        ew_obj_bool(&o, "trusted", e->trusted);
        ew_obj_bool(&o, "logged", e->logged);
        ew_obj_int(&o, "entry", (int64_t)e->entry);
        set_time(&o, "not_after", e->timed, e->not_after);
        set_time(&o, "claimed", true, e->claimed);
        ew_obj_str(&o, "actor", e->actor);
        ew_obj_str(&o, "stance", e->stance);
        ew_obj_str(&o, "words", e->words);
        ew_list_add(&list, o.json);
    }
    return list;
}

ew_obj ew_verdict_json(const ew_verdict *v, const char *name)
{
    char hex[2 * sizeof v->item + 1];
    ew_obj o = ew_obj_new();
    ew_hex(v->item, sizeof v->item, hex);
    ew_obj_str(&o, "schema", "earwitness.verdict/1");
    ew_obj_str(&o, "name", name);
    ew_obj_str(&o, "verdict", state_names[v->state]);
    ew_obj_str(&o, "reason", v->reason);
    /* Of what is broken nothing is repeated: a reader might believe it. */
    if (v->state == EW_BROKEN)
        return o;
    ew_obj_str(&o, "item", hex);
    ew_obj_str(&o, "seal_key", v->seal_key);
    ew_obj_bool(&o, "seal_key_trusted", v->seal_key_trusted);
    ew_obj_str(&o, "log", v->log);
    ew_obj_bool(&o, "log_trusted", v->log_trusted);
    ew_obj_bool(&o, "quorum", v->quorum);
    ew_obj_int(&o, "witnesses", (int64_t)v->witnesses);
    ew_obj_int(&o, "entry", (int64_t)v->entry);
    ew_obj_int(&o, "log_size", (int64_t)v->log_size);
    set_time(&o, "not_before", v->dated, v->not_before);
    set_time(&o, "not_after", v->timed, v->not_after);
    ew_obj_str(&o, "after", v->after);
    ew_obj_set(&o, "times", times_json(v));
    ew_obj_set(&o, "streams", streams_json(v));
    ew_obj_str(&o, "published", v->published);
    ew_obj_set(&o, "events", events_json(v));
    return o;
}

/* ------------------------------------------------------------------ text */

/* A text in the making: after a failure the rest is skipped. */
typedef struct page {
    ew_buf *out;
    ew_code code;
    ew_err *err;
} page;

static void put(page *p, const char *text)
{
    if (p->code == EW_OK)
        p->code = ew_buf_append(p->out, text, strlen(text), p->err);
}

static void put_number(page *p, uint64_t n)
{
    if (p->code == EW_OK)
        p->code = ew_buf_printf(p->out, p->err, "%" PRIu64, n);
}

static void put_when(page *p, int64_t time)
{
    char text[EW_ISO_TEXT];
    put(p, ew_iso_text(time, text));
}

static void put_head(page *p, const ew_verdict *v, const char *name)
{
    put(p, name);
    put(p, ": ");
    put(p, state_words[v->state]);
    put(p, v->reason[0] != 0 ? ": " : "");
    put(p, v->reason);
    put(p, "\n");
}

static void put_keys(page *p, const ew_verdict *v)
{
    char hex[2 * sizeof v->item + 1];
    ew_hex(v->item, sizeof v->item, hex);
    put(p, "  item       ");
    put(p, hex);
    put(p, "\n  seal       signed by ");
    put(p, v->seal_key[0] != 0 ? v->seal_key : "somebody whose key is not at hand");
    put(p, v->seal_key_trusted ? ", whom your policy names"
                               : ", for whom nobody you named vouches");
    put(p, "\n  log        ");
    put(p, v->log);
    put(p, ", entry ");
    put_number(p, v->entry);
    put(p, " of ");
    put_number(p, v->log_size);
    put(p, " (counted from 0)");
    put(p, v->log_trusted ? "" : " (not in your policy)");
    put(p, ", ");
    put_number(p, v->witnesses);
    put(p, " of your witnesses\n");
}

static void put_times(page *p, const ew_verdict *v)
{
    put(p, "  time       ");
    if (v->dated && v->timed) {
        put(p, "sealed between ");
        put_when(p, v->not_before);
        put(p, " and ");
        put_when(p, v->not_after);
    } else if (v->timed) {
        put(p, "on record no later than ");
        put_when(p, v->not_after);
    } else if (v->dated) {
        put(p, "sealed after ");
        put_when(p, v->not_before);
        put(p, "; nothing that you trust says before when");
    } else {
        put(p, "not known: nothing that you trust says when");
    }
    put(p, "\n");
    if (v->after[0] != 0) {
        put(p, "             it quotes: ");
        put(p, v->after);
        put(p, "\n");
    }
    for (size_t i = 0; i < v->time_count; i++) {
        put(p, "             ");
        put(p, v->times[i].kind);
        put(p, ": ");
        put(p, v->times[i].words);
        put(p, "\n");
    }
}

static void put_stream(page *p, size_t i, const ew_verdict_stream *s)
{
    put(p, "  stream ");
    put_number(p, i);
    put(p, "   ");
    put(p, s->splitter);
    put(p, ": ");
    put_number(p, s->shown);
    put(p, " of ");
    put_number(p, s->parts);
    put(p, " parts shown, ");
    put_number(p, s->parts - s->shown);
    put(p, " hidden");
    if (s->part_ms > 0) {
        put(p, "; a part is ");
        put_number(p, (uint64_t)(s->part_ms + 0.5));
        put(p, " ms");
    }
    put(p, "\n");
}

/* The words of an event, indented, in quotation marks. */
static void put_words(page *p, const char *words)
{
    while (words[0] != 0) {
        size_t n = strcspn(words, "\n");
        put(p, "             | ");
        if (p->code == EW_OK)
            p->code = ew_buf_append(p->out, words, n, p->err);
        put(p, "\n");
        words += n + (words[n] == '\n');
    }
}

static void put_event(page *p, const ew_verdict_event *e)
{
    put(p, "  event      ");
    put(p, e->kind);
    if (e->stance[0] != 0) {
        put(p, " (");
        put(p, e->stance);
        put(p, ")");
    }
    put(p,
        e->trusted ? ", signed by " : ", put in by whoever made this file, signed by ");
    put(p, e->by[0] != 0 ? e->by : "somebody whose key is not at hand");
    put(p,
        e->trusted ? ", whom your policy names" : ", for whom nobody you named vouches");
    put(p, "\n             dates itself ");
    put_when(p, e->claimed);
    put(p, "; entry ");
    put_number(p, e->entry);
    if (!e->logged)
        put(p, " of a log that your policy does not name");
    if (e->timed) {
        put(p, ", no later than ");
        put_when(p, e->not_after);
    }
    put(p, "\n");
    if (e->actor[0] != 0) {
        put(p, "             in the name of, as the signer says: ");
        put(p, e->actor);
        put(p, "\n");
    }
    put_words(p, e->words);
}

static const char *filler_words(const char *filler)
{
    if (strcmp(filler, "tone") == 0)
        return "a tone of 1 kHz";
    return strcmp(filler, "mark") == 0 ? "the mark [withheld]" : filler;
}

ew_code ew_verdict_text(const ew_verdict *v, const char *name, ew_buf *out, ew_err *err)
{
    page p = {out, EW_OK, err};
    put_head(&p, v, name);
    if (v->state == EW_BROKEN)
        return p.code;
    put_keys(&p, v);
    put_times(&p, v);
    for (size_t i = 0; i < v->stream_count; i++)
        put_stream(&p, i, &v->streams[i]);
    if (v->published[0] != 0) {
        put(&p, "  published  is what is shown, with every gap filled with ");
        put(&p, filler_words(v->published));
        put(&p, "\n");
    }
    for (size_t i = 0; i < v->event_count; i++)
        put_event(&p, &v->events[i]);
    put(&p, not_proven);
    return p.code;
}
