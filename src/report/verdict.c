/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict on a bundle in words. */
#include "report/verdict.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/when.h"
#include "base/words.h"

static const char *const state_names[] = {"verified", "not-vouched-for", "broken"};
static const char *const state_words[] = {EW_N("VERIFIED"), EW_N("NOT VOUCHED FOR"),
                                          EW_N("BROKEN")};
static const char not_proven[] =
    EW_N("Not proven, by any seal: that the content is true; that nothing was left out "
         "before it\n"
         "was sealed; that no other version was sealed elsewhere; that nothing else was "
         "said about it.\n");

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
        ew_obj_str(&o, "words", ew_said(t->words));
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
    ew_obj_str(&o, "reason", ew_said(v->reason));
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

EW_PRINTF(2, 3)
static void say(page *p, const char *fmt, ...)
{
    char text[1024];
    va_list list;
    va_start(list, fmt);
    int n = vsnprintf(text, sizeof text, ew_tr(fmt), list);
    va_end(list);
    if (n < 0 || (size_t)n >= sizeof text)
        p->code = ew_fail(p->err, EW_E_LIMIT, 0, "a line of a verdict is too long");
    else
        put(p, text);
}

/* Names and words of others, of any length. */
static void put_line(page *p, const char *words)
{
    put(p, words);
    put(p, "\n");
}

static void put_head(page *p, const ew_verdict *v, const char *name)
{
    put(p, name);
    put(p, ": ");
    put(p, ew_said(state_words[v->state]));
    put(p, v->reason[0] != 0 ? ": " : "");
    put_line(p, ew_said(v->reason));
}

static const char *signer(const char *key)
{
    return key[0] != 0 ? key : ew_tr("somebody whose key is not at hand");
}

static void put_keys(page *p, const ew_verdict *v)
{
    char hex[2 * sizeof v->item + 1];
    ew_hex(v->item, sizeof v->item, hex);
    say(p, "  item       %s\n", hex);
    if (v->seal_key_trusted)
        say(p, "  seal       signed by %s, whom your policy names\n",
            signer(v->seal_key));
    else
        say(p, "  seal       signed by %s, for whom nobody you named vouches\n",
            signer(v->seal_key));
    if (v->log_trusted)
        say(p,
            "  log        %s, entry %" PRIu64 " of %" PRIu64 " (counted from 0), %" PRIu64
            " of your witnesses\n",
            v->log, v->entry, v->log_size, (uint64_t)v->witnesses);
    else
        say(p,
            "  log        %s, entry %" PRIu64 " of %" PRIu64
            " (counted from 0) (not in your policy), %" PRIu64 " of your witnesses\n",
            v->log, v->entry, v->log_size, (uint64_t)v->witnesses);
}

static void put_times(page *p, const ew_verdict *v)
{
    char from[EW_ISO_TEXT];
    char to[EW_ISO_TEXT];
    (void)ew_iso_text(v->not_before, from);
    (void)ew_iso_text(v->not_after, to);
    if (v->dated && v->timed)
        say(p, "  time       sealed between %s and %s\n", from, to);
    else if (v->timed)
        say(p, "  time       on record no later than %s\n", to);
    else if (v->dated)
        say(p, "  time       sealed after %s; nothing that you trust says before when\n",
            from);
    else
        say(p, "  time       not known: nothing that you trust says when\n");
    if (v->after[0] != 0) {
        put(p, ew_tr("             it quotes: "));
        put_line(p, v->after);
    }
    for (size_t i = 0; i < v->time_count; i++) {
        put(p, "             ");
        put(p, ew_said(v->times[i].kind));
        put(p, ": ");
        put_line(p, ew_said(v->times[i].words));
    }
}

static void put_stream(page *p, size_t i, const ew_verdict_stream *s)
{
    say(p,
        "  stream %zu   %s: %" PRIu64 " of %" PRIu64 " parts shown, %" PRIu64 " hidden",
        i, s->splitter, (uint64_t)s->shown, (uint64_t)s->parts,
        (uint64_t)(s->parts - s->shown));
    if (s->part_ms > 0)
        say(p, "; a part is %" PRIu64 " ms", (uint64_t)(s->part_ms + 0.5));
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
    char time[EW_ISO_TEXT];
    put(p, ew_tr("  event      "));
    put(p, ew_said(e->kind));
    if (e->stance[0] != 0) {
        put(p, " (");
        put(p, ew_said(e->stance));
        put(p, ")");
    }
    if (e->trusted)
        say(p, ", signed by %s, whom your policy names\n", signer(e->by));
    else
        say(p,
            ", put in by whoever made this file, signed by %s, for whom nobody you named "
            "vouches\n",
            signer(e->by));
    say(p, "             dates itself %s; entry %" PRIu64, ew_iso_text(e->claimed, time),
        e->entry);
    if (!e->logged)
        say(p, " of a log that your policy does not name");
    if (e->timed)
        say(p, ", no later than %s", ew_iso_text(e->not_after, time));
    put(p, "\n");
    if (e->actor[0] != 0) {
        put(p, ew_tr("             in the name of, as the signer says: "));
        put_line(p, e->actor);
    }
    put_words(p, e->words);
}

static const char *filler_words(const char *filler)
{
    if (strcmp(filler, "tone") == 0)
        return ew_tr("a tone of 1 kHz");
    return strcmp(filler, "mark") == 0 ? ew_tr("the mark [withheld]") : filler;
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
        say(&p, "  published  is what is shown, with every gap filled with %s\n",
            filler_words(v->published));
    }
    for (size_t i = 0; i < v->event_count; i++)
        put_event(&p, &v->events[i]);
    put(&p, ew_tr(not_proven));
    return p.code;
}
