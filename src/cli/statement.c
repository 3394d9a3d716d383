/* SPDX-License-Identifier: Apache-2.0 */
/* Statements as text and as JSON. Their words come from strangers: nothing of them reaches the
 * terminal that is not made safe. */
#include "cli/statement.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "base/when.h"

enum { SAFE_MAX = 1 << 20 };

static const char *const state_names[] = {"verified", "not-vouched-for", "broken"};
static const char *const state_words[] = {"VERIFIED", "NOT VOUCHED FOR", "BROKEN"};

static void set_safe(ew_obj *o, const char *key, ew_slice s)
{
    ew_buf b;
    ew_buf_init(&b, SAFE_MAX);
    if (ew_utf8_append_safe(&b, s.p, s.n, NULL) == EW_OK)
        ew_obj_str(o, key, (const char *)b.data);
    else
        ew_obj_set(o, key, NULL); /* makes the object fail */
    ew_buf_release(&b);
}

static void set_hash(ew_obj *o, const char *key, bool there, const uint8_t hash[EW_HASH])
{
    char hex[2 * EW_HASH + 1];
    if (!there)
        return;
    ew_hex(hash, EW_HASH, hex);
    ew_obj_str(o, key, hex);
}

static void set_line(ew_obj *o, const char *key, ew_slice s)
{
    if (s.n > 0)
        set_safe(o, key, s);
}

/* The fields of an event, those that it has. */
static void set_event(ew_obj *o, const ew_event *e)
{
    char iso[EW_ISO_TEXT];
    json_t *words = json_array();
    ew_obj_str(o, "kind", ew_event_name(e->kind));
    ew_obj_str(o, "time", ew_iso_text(e->time, iso));
    set_line(o, "actor", e->actor);
    set_hash(o, "name_commitment", e->has_name, e->name);
    set_hash(o, "item", e->has_item, e->item);
    set_hash(o, "digest", e->has_digest, e->digest);
    set_hash(o, "before_commitment", e->has_before, e->before);
    set_hash(o, "after_commitment", e->has_after, e->after);
    set_line(o, "purpose", e->purpose);
    set_line(o, "authority", e->authority);
    set_line(o, "tool", e->tool);
    set_line(o, "key", e->key);
    if (e->since != 0)
        ew_obj_str(o, "since", ew_iso_text(e->since, iso));
    if (e->stance != EW_STANCE_NONE)
        ew_obj_str(o, "stance", ew_stance_name(e->stance));
    set_hash(o, "prev", e->has_prev, e->prev);
    for (size_t i = 0; i < e->line_count; i++) {
        ew_obj line = ew_obj_new();
        set_safe(&line, "t", e->lines[i]);
        json_t *text = json_incref(json_object_get(line.json, "t"));
        ew_obj_release(&line);
        ew_list_add(&words, text);
    }
    ew_obj_set(o, "text", words);
}

ew_code statement_json(app *a, const ew_event_kept *k, ew_err *err)
{
    ew_obj o = ew_obj_new();
    (void)err;
    ew_obj_str(&o, "schema", "earwitness.event/1");
    ew_obj_int(&o, "entry", (int64_t)k->entry);
    set_hash(&o, "id", true, k->id);
    ew_obj_str(&o, "signed_with", k->ssh ? "ssh" : "desk");
    set_event(&o, &k->event);
    out_object(a, &o);
    return EW_OK;
}

/* "before", the text made safe, a line feed. */
static ew_code print_safe(const char *before, ew_slice s, ew_err *err)
{
    ew_buf b;
    ew_buf_init(&b, SAFE_MAX);
    ew_code code = ew_utf8_append_safe(&b, s.p, s.n, err);
    if (code == EW_OK)
        (void)printf("%s%s\n", before, (const char *)b.data);
    ew_buf_release(&b);
    return code;
}

static ew_code print_words(const ew_event *e, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < e->line_count && code == EW_OK; i++)
        code = print_safe("  | ", e->lines[i], err);
    return code;
}

static void print_hash(const char *before, bool there, const uint8_t hash[EW_HASH])
{
    char hex[2 * EW_HASH + 1];
    if (!there)
        return;
    ew_hex(hash, EW_HASH, hex);
    (void)printf("%s%s\n", before, hex);
}

ew_code statement_line(const ew_event_kept *k, ew_err *err)
{
    char iso[EW_ISO_TEXT];
    const ew_event *e = &k->event;
    ew_code code = EW_OK;
    (void)printf("%6" PRIu64 "  %s  %s%s%s%s\n", k->entry, ew_iso_text(e->time, iso),
                 ew_event_name(e->kind), e->stance != EW_STANCE_NONE ? " " : "",
                 ew_stance_name(e->stance), k->ssh ? ", signed by a person" : "");
    if (e->actor.n > 0)
        code = print_safe("        actor   ", e->actor, err);
    print_hash("        item    ", e->has_item, e->item);
    print_hash("        digest  ", e->has_digest, e->digest);
    if (code == EW_OK && e->key.n > 0)
        code = print_safe("        key     ", e->key, err);
    for (size_t i = 0; i < e->line_count && code == EW_OK; i++)
        code = print_safe("        | ", e->lines[i], err);
    return code;
}

/* ------------------------------------------------------------------ what it is worth */

/* Whose key it is, as text with a final 0. */
static ew_code append_key(const ew_event_answer *v, ew_buf *b, ew_err *err)
{
    ew_pubkey k = {.form = EW_PUBKEY_SSH};
    memcpy(k.key, v->key, sizeof k.key);
    ew_code code = ew_ops_key_text(&k, EW_PUBKEY_SSH, b, err);
    if (code == EW_OK)
        b->data[--b->len] = 0;
    return code;
}

static void set_record(ew_obj *o, const ew_event_answer *v)
{
    char iso[EW_ISO_TEXT];
    set_safe(o, "log", ew_slice_of(v->log));
    ew_obj_bool(o, "logged", v->logged);
    ew_obj_int(o, "entry", (int64_t)v->entry);
    ew_obj_int(o, "log_size", (int64_t)v->log_size);
    ew_obj_int(o, "witnesses", (int64_t)v->witnesses);
    if (v->timed)
        ew_obj_str(o, "not_after", ew_iso_text(v->not_after, iso));
    else
        ew_obj_null(o, "not_after");
}

static ew_code print_json(app *a, const ew_statement_files *in,
                          const ew_statement_check *c, ew_err *err)
{
    char iso[EW_ISO_TEXT];
    const ew_event_answer *v = &c->answer;
    ew_code code = EW_OK;
    ew_buf key;
    ew_buf_init(&key, 1024);
    if (v->ssh || v->key_known)
        code = append_key(v, &key, err);
    if (code != EW_OK)
        return code;
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.statement/1");
    set_safe(&o, "name", ew_slice_of(in->file));
    ew_obj_str(&o, "verdict", state_names[v->state]);
    set_safe(&o, "reason", ew_slice_of(v->reason));
    /* Of what is broken nothing is repeated: a reader might believe it. */
    if (v->state != EW_BROKEN) {
        ew_obj_str(&o, "signed_with", v->ssh ? "ssh" : "desk");
        ew_obj_bool(&o, "key_known", v->key_known);
        set_safe(&o, v->key_known ? "by" : "claims_to_be_by", ew_slice_of(v->by));
        if (key.len > 0)
            ew_obj_str(&o, "public_key", (const char *)key.data);
        if (v->revoked)
            ew_obj_str(&o, "revoked_since", ew_iso_text(v->since, iso));
        if (in->proof != NULL)
            set_record(&o, v);
        if (in->about != NULL)
            ew_obj_bool(&o, "digest_is_of_file", c->about_same);
        if (in->name != NULL)
            ew_obj_bool(&o, "name_is_in_file", c->name_same);
        set_event(&o, &v->event);
    }
    out_object(a, &o);
    ew_buf_release(&key);
    return EW_OK;
}

static ew_code print_signer(const ew_event_answer *v, ew_err *err)
{
    char iso[EW_ISO_TEXT];
    ew_buf key;
    ew_buf_init(&key, 1024);
    ew_code code = EW_OK;
    if (v->ssh || v->key_known)
        code = append_key(v, &key, err);
    if (code == EW_OK && v->key_known)
        code = print_safe("  signed     by a key of yours: ",
                          ew_slice_of(v->by[0] != 0 ? v->by : "(without a name)"), err);
    else if (code == EW_OK && !v->ssh)
        code =
            print_safe("  signed     by somebody who signs as ", ew_slice_of(v->by), err);
    else if (code == EW_OK)
        (void)printf("  signed     by a key that none of yours is\n");
    if (code == EW_OK && key.len > 0)
        (void)printf("             %s\n", (const char *)key.data);
    if (code == EW_OK && v->revoked)
        (void)printf("  revoked    as of %s\n", ew_iso_text(v->since, iso));
    ew_buf_release(&key);
    return code;
}

static ew_code print_record(const ew_event_answer *v, bool proof, ew_err *err)
{
    char iso[EW_ISO_TEXT];
    if (!proof) {
        (void)printf("  log        not looked at: no proof was given\n");
        return EW_OK;
    }
    ew_code code = print_safe("  log        ", ew_slice_of(v->log), err);
    if (code != EW_OK)
        return code;
    (void)printf("             entry %" PRIu64 " of %" PRIu64 "%s, %" PRIu64
                 " of your witnesses\n",
                 v->entry + 1, v->log_size,
                 v->logged ? "" : "; nobody vouches for that log", v->witnesses);
    if (v->timed)
        (void)printf("  time       on record no later than %s\n",
                     ew_iso_text(v->not_after, iso));
    else
        (void)printf("  time       not known: no witness that your policy asks for says "
                     "when\n");
    return EW_OK;
}

static ew_code print_event(const ew_statement_files *in, const ew_statement_check *c,
                           ew_err *err)
{
    char iso[EW_ISO_TEXT];
    const ew_event *e = &c->answer.event;
    ew_code code = EW_OK;
    (void)printf("  kind       %s%s%s, at %s by its own clock\n", ew_event_name(e->kind),
                 e->stance != EW_STANCE_NONE ? " " : "", ew_stance_name(e->stance),
                 ew_iso_text(e->time, iso));
    if (e->actor.n > 0)
        code = print_safe("  actor      ", e->actor, err);
    if (in->name != NULL)
        (void)printf("             the name behind that is %sthe given one\n",
                     c->name_same ? "" : "NOT ");
    print_hash("  item       ", e->has_item, e->item);
    print_hash("  digest     ", e->has_digest, e->digest);
    if (code == EW_OK && in->about != NULL)
        code = print_safe(c->about_same ? "             that of the file "
                                        : "             NOT that of the file ",
                          ew_slice_of(in->about), err);
    if (code == EW_OK && e->key.n > 0)
        code = print_safe("  key        ", e->key, err);
    print_hash("  follows    ", e->has_prev, e->prev);
    return code == EW_OK ? print_words(e, err) : code;
}

ew_code statement_verdict(app *a, const ew_statement_files *in,
                          const ew_statement_check *c, ew_err *err)
{
    const ew_event_answer *v = &c->answer;
    ew_buf b;
    if (a->json)
        return print_json(a, in, c, err);
    ew_buf_init(&b, SAFE_MAX);
    ew_code code = ew_utf8_append_safe(&b, in->file, strlen(in->file), err);
    if (code == EW_OK)
        code = ew_buf_printf(&b, err, ": %s%s", state_words[v->state],
                             v->reason[0] != 0 ? ": " : "");
    if (code == EW_OK)
        code = ew_utf8_append_safe(&b, v->reason, strlen(v->reason), err);
    if (code == EW_OK)
        code = ew_buf_append(&b, "\n", 1, err);
    if (code == EW_OK)
        out_write(a, &b);
    ew_buf_release(&b);
    if (code != EW_OK || v->state == EW_BROKEN)
        return code;
    code = print_signer(v, err);
    if (code == EW_OK)
        code = print_record(v, in->proof != NULL, err);
    if (code == EW_OK)
        code = print_event(in, c, err);
    if (code == EW_OK)
        (void)printf("Not proven, by any signature: that what is said is true.\n");
    return code;
}
