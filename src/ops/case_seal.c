/* SPDX-License-Identifier: Apache-2.0 */
/* Events of a case on the desk's log. */
#include "ops/case_seal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/alloc.h"
#include "base/err.h"
#include "ops/case_export_write.h"
#include "ops/seal_event.h"
#include "seal/event_check.h"

enum { DETAIL_MAX = 1 << 20, LINE = 128, PROBLEM = 320, SALT_TEXT = 64 };

#define HEAD "earwitness-case/v1"

/* ------------------------------------------------------------------ receipts */

/* One as the event keeps it. */
typedef struct receipt {
    int64_t upto;
    uint64_t entry;
    char log[EW_KEY_NAME_MAX + 1];
    uint8_t entry_salt[EW_SALT], salt[EW_SALT];
    ew_buf note;
} receipt;

static ew_code add_bytes(ew_buf *b, const char *key, const uint8_t bytes[EW_SALT],
                         ew_err *err)
{
    ew_code code = ew_buf_printf(b, err, ",\"%s\":\"", key);
    if (code == EW_OK)
        code = ew_base64_append(b, bytes, EW_SALT, err);
    return code == EW_OK ? ew_buf_append(b, "\"", 1, err) : code;
}

static ew_code write_receipt(const receipt *r, ew_buf *b, ew_err *err)
{
    ew_code code = ew_buf_printf(
        b, err, "{\"upto\":%" PRId64 ",\"entry\":%" PRIu64 ",\"log\":", r->upto,
        r->entry);
    if (code == EW_OK)
        code = ew_json_text(b, ew_slice_of(r->log), err);
    if (code == EW_OK)
        code = add_bytes(b, "entry_salt", r->entry_salt, err);
    if (code == EW_OK)
        code = add_bytes(b, "salt", r->salt, err);
    if (code == EW_OK)
        code = ew_buf_printf(b, err, ",\"note\":");
    if (code == EW_OK)
        code = ew_json_text(b, (ew_slice){(const char *)r->note.data, r->note.len}, err);
    return code == EW_OK ? ew_buf_append(b, "}", 1, err) : code;
}

static bool read_bytes(const json_t *o, const char *key, uint8_t out[EW_SALT])
{
    const char *text = json_string_value(json_object_get(o, key));
    return text != NULL && ew_slice_base64(ew_slice_of(text), out, EW_SALT);
}

/* EW_E_FORMAT when it is none. r->note: initialised. */
static ew_code read_receipt(const ew_case_event *e, receipt *r, ew_err *err)
{
    json_error_t where;
    json_t *o = strlen(e->detail) <= DETAIL_MAX ? json_loads(e->detail, 0, &where) : NULL;
    const json_t *upto = json_object_get(o, "upto");
    const json_t *entry = json_object_get(o, "entry");
    const char *log = json_string_value(json_object_get(o, "log"));
    const char *note = json_string_value(json_object_get(o, "note"));
    ew_code code = EW_OK;
    if (!json_is_integer(upto) || !json_is_integer(entry) || log == NULL ||
        note == NULL || strlen(log) > EW_KEY_NAME_MAX ||
        !read_bytes(o, "entry_salt", r->entry_salt) || !read_bytes(o, "salt", r->salt))
        code = ew_fail(err, EW_E_FORMAT, 0, "the receipt in event %" PRId64 " is damaged",
                       e->id);
    if (code == EW_OK) {
        r->upto = json_integer_value(upto);
        r->entry = (uint64_t)json_integer_value(entry);
        memcpy(r->log, log, strlen(log) + 1);
        ew_buf_reset(&r->note);
        code = ew_buf_append(&r->note, note, strlen(note), err);
    }
    json_decref(o);
    return code;
}

/* ------------------------------------------------------------------ the state */

typedef struct looker {
    ew_case_sealed *out;
    receipt last;
    int64_t event; /* the last one */
    uint8_t chain[EW_SHA256_BYTES];
} looker;

static ew_code look(void *cookie, const ew_case_event *e, ew_err *err)
{
    looker *l = cookie;
    bool is_receipt = strcmp(e->kind, EW_CASE_SEAL_KIND) == 0;
    ew_code code = EW_OK;
    l->event = e->id;
    memcpy(l->chain, e->chain, sizeof l->chain);
    if (!is_receipt) {
        l->out->unsealed++;
        return EW_OK;
    }
    code = read_receipt(e, &l->last, err);
    if (code != EW_OK)
        return code;
    l->out->event = e->id;
    l->out->upto = l->last.upto;
    l->out->entry = l->last.entry;
    memcpy(l->out->log, l->last.log, sizeof l->out->log);
    l->out->seals++;
    l->out->unsealed = 0;
    return EW_OK;
}

static ew_code look_all(ew_case *c, looker *l, ew_case_sealed *out, ew_err *err)
{
    *out = (ew_case_sealed){0};
    *l = (looker){.out = out};
    ew_buf_init(&l->last.note, DETAIL_MAX);
    ew_code code = ew_case_events(c, 0, look, l, err);
    ew_buf_release(&l->last.note);
    return code;
}

ew_code ew_ops_case_sealed(ew_case *c, ew_case_sealed *out, ew_err *err)
{
    looker l;
    return look_all(c, &l, out, err);
}

/* ------------------------------------------------------------------ sealing */

/* The commitment, and what it is of. */
typedef struct claim {
    char events[LINE], chain[LINE];
    ew_event event;
} claim;

static ew_code fill_claim(claim *k, const looker *l, receipt *r, ew_err *err)
{
    ew_hash value;
    uint8_t hidden[EW_HASH];
    ew_buf b;
    memcpy(value.b, l->chain, sizeof value.b);
    ew_buf_init(&b, LINE);
    ew_code code = ew_event_hide(&value, hidden, r->salt, err);
    if (code == EW_OK)
        code = ew_buf_printf(&b, err, "chain ");
    if (code == EW_OK)
        code = ew_base64_append(&b, hidden, sizeof hidden, err);
    if (code == EW_OK) {
        (void)snprintf(k->events, sizeof k->events, "events %" PRId64, l->event);
        (void)snprintf(k->chain, sizeof k->chain, "%s", (const char *)b.data);
        k->event = (ew_event){.kind = EW_EVENT_STATEMENT, .line_count = 3};
        k->event.lines[0] = ew_slice_of(HEAD);
        k->event.lines[1] = ew_slice_of(k->events);
        k->event.lines[2] = ew_slice_of(k->chain);
        r->upto = l->event;
    }
    ew_buf_release(&b);
    return code;
}

static ew_code put_on_log(const ew_desk *d, const claim *k, receipt *r, ew_err *err)
{
    ew_event_kept kept;
    ew_log_state state;
    char *dir = ew_desk_log_dir(d->dir);
    if (dir == NULL)
        return ew_fail_nomem(err);
    ew_event_kept_init(&kept);
    ew_code code = ew_log__read_state(dir, &state, err);
    if (code == EW_OK)
        code = ew_ops_event_put(d, &k->event, NULL, &kept, err);
    if (code == EW_OK) {
        (void)snprintf(r->log, sizeof r->log, "%s", state.origin);
        r->entry = kept.entry;
        memcpy(r->entry_salt, kept.salt, sizeof r->entry_salt);
        code = ew_buf_append(&r->note, kept.bytes.data, kept.bytes.len, err);
    }
    ew_event_kept_release(&kept);
    ew_free(dir);
    return code;
}

static ew_code keep_receipt(ew_case *c, const receipt *r, const char *who,
                            const char *purpose, ew_err *err)
{
    int64_t event;
    ew_buf detail;
    ew_buf_init(&detail, DETAIL_MAX);
    ew_code code = write_receipt(r, &detail, err);
    ew_case_act act = {.kind = EW_CASE_SEAL_KIND,
                       .who = who,
                       .purpose = purpose,
                       .detail = (const char *)detail.data};
    if (code == EW_OK)
        code = ew_case_begin(c, &act, &event, err);
    if (code == EW_OK)
        code = ew_case_commit(c, err);
    ew_buf_release(&detail);
    return code;
}

ew_code ew_ops_case_seal(ew_case *c, const ew_desk *d, const char *who,
                         const char *purpose, ew_case_sealed *out, ew_err *err)
{
    looker l;
    receipt r = {0};
    claim *k = ew_alloc(sizeof *k);
    if (k == NULL)
        return ew_fail_nomem(err);
    ew_buf_init(&r.note, EW_EVENT_FILE_MAX);
    ew_code code = look_all(c, &l, out, err);
    if (code == EW_OK && out->unsealed == 0)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "no event since the last seal");
    if (code == EW_OK)
        code = fill_claim(k, &l, &r, err);
    if (code == EW_OK)
        code = put_on_log(d, k, &r, err);
    if (code == EW_OK)
        code = keep_receipt(c, &r, who, purpose, err);
    if (code == EW_OK)
        code = ew_ops_case_sealed(c, out, err);
    ew_buf_release(&r.note);
    ew_free(k);
    return code;
}

/* ------------------------------------------------------------------ checking */

typedef struct checker {
    ew_case_sealed *out;
    const char *dir;
    ew_policy *policy; /* of the desk; NULL without one */
    void (*problem)(void *cookie, const char *text);
    void *cookie;
    uint8_t (*chains)[EW_SHA256_BYTES]; /* by event, from 1 on */
    size_t n, cap;
    receipt r;
} checker;

static void tell(const checker *k, const ew_case_event *e, const char *what)
{
    char text[PROBLEM];
    (void)snprintf(text, sizeof text, "seal in event %" PRId64 ": %s", e->id, what);
    k->problem(k->cookie, text);
}

static ew_code keep_chain(checker *k, const ew_case_event *e, ew_err *err)
{
    if (k->n == k->cap) {
        size_t cap = k->cap > 0 ? 2 * k->cap : 256;
        void *more = ew_realloc_array(k->chains, cap, sizeof *k->chains);
        if (more == NULL)
            return ew_fail_nomem(err);
        k->chains = more;
        k->cap = cap;
    }
    memcpy(k->chains[k->n++], e->chain, sizeof *k->chains);
    return EW_OK;
}

/* The words of a seal are these, and no others. */
static bool same_words(const checker *k, const ew_event *e)
{
    char events[LINE];
    ew_slice line = e->lines[2];
    uint8_t committed[EW_HASH];
    ew_hash value;
    (void)snprintf(events, sizeof events, "events %" PRId64, k->r.upto);
    if (e->kind != EW_EVENT_STATEMENT || e->line_count != 3 ||
        !ew_slice_is(e->lines[0], HEAD) || !ew_slice_is(e->lines[1], events) ||
        !ew_slice_skip(&line, "chain ") ||
        !ew_slice_base64(line, committed, sizeof committed))
        return false;
    memcpy(value.b, k->chains[k->r.upto - 1], sizeof value.b);
    ew_hash got = ew_commit(k->r.salt, &value);
    return memcmp(got.b, committed, sizeof committed) == 0;
}

static ew_code check_words(checker *k, const ew_case_event *e, ew_err *err)
{
    ew_note *note = NULL;
    ew_event said;
    ew_err why;
    ew_code code = ew_note_parse(&note, k->r.note.data, k->r.note.len, &why);
    if (code == EW_OK)
        code = ew_event_parse(&said, note->text, &why);
    if (code == EW_E_NOMEM) {
        ew_note_free(note);
        return ew_fail_nomem(err);
    }
    if (code != EW_OK)
        tell(k, e, "its statement cannot be read");
    else if (k->r.upto < 1 || k->r.upto >= e->id || (size_t)k->r.upto > k->n)
        tell(k, e, "it speaks of events that did not come before it");
    else if (!same_words(k, &said))
        tell(k, e, "the events are not those that were sealed");
    ew_note_free(note);
    return EW_OK;
}

/* Signed by a key of this desk? */
static ew_code check_signature(checker *k, const ew_case_event *e, ew_err *err)
{
    ew_event_in in = {.file = {(const char *)k->r.note.data, k->r.note.len},
                      .policy = k->policy};
    ew_event_answer *answer = ew_alloc(sizeof *answer);
    if (answer == NULL)
        return ew_fail_nomem(err);
    ew_code code = ew_event_check(&in, answer, err);
    if (code == EW_OK && answer->state != EW_VERIFIED && !answer->revoked)
        tell(k, e, "its statement is not signed by a key of this desk");
    ew_free(answer);
    return code;
}

static ew_code check_entry(checker *k, const ew_case_event *e, ew_err *err)
{
    uint8_t id[EW_HASH];
    ew_err why;
    ew_hash want = ew_entry_hash(k->r.entry_salt,
                                 (ew_slice){(const char *)k->r.note.data, k->r.note.len});
    ew_code code = ew_ops_entry_id(k->dir, k->r.entry, id, &why);
    if (code == EW_E_NOMEM)
        return ew_fail_nomem(err);
    if (code != EW_OK)
        tell(k, e, why.text);
    else if (memcmp(id, want.b, sizeof id) != 0)
        tell(k, e, "its entry in the log is of something else");
    return EW_OK;
}

static ew_code check_event(void *cookie, const ew_case_event *e, ew_err *err)
{
    checker *k = cookie;
    ew_err why;
    ew_code code = keep_chain(k, e, err);
    if (code != EW_OK || strcmp(e->kind, EW_CASE_SEAL_KIND) != 0) {
        k->out->unsealed += strcmp(e->kind, EW_CASE_SEAL_KIND) != 0;
        return code;
    }
    code = read_receipt(e, &k->r, &why);
    if (code == EW_E_NOMEM)
        return ew_fail_nomem(err);
    k->out->seals++;
    if (code != EW_OK) {
        tell(k, e, "its receipt is damaged");
        return EW_OK;
    }
    k->out->event = e->id;
    k->out->upto = k->r.upto;
    k->out->entry = k->r.entry;
    memcpy(k->out->log, k->r.log, sizeof k->out->log);
    k->out->unsealed = 0;
    code = check_words(k, e, err);
    if (code == EW_OK && k->policy != NULL)
        code = check_signature(k, e, err);
    return code == EW_OK && k->dir != NULL ? check_entry(k, e, err) : code;
}

static ew_code read_policy(checker *k, ew_err *err)
{
    ew_buf text;
    if (k->dir == NULL)
        return EW_OK;
    ew_buf_init(&text, EW_POLICY_BYTES_MAX);
    ew_code code = ew_desk_policy(k->dir, &text, err);
    if (code == EW_OK)
        code = ew_policy_parse(&k->policy, text.data, text.len, err);
    ew_buf_release(&text);
    return code;
}

ew_code ew_ops_case_sealed_check(ew_case *c, const char *dir,
                                 void (*problem)(void *cookie, const char *text),
                                 void *cookie, ew_case_sealed *out, ew_err *err)
{
    checker k = {.out = out, .dir = dir, .problem = problem, .cookie = cookie};
    *out = (ew_case_sealed){0};
    ew_buf_init(&k.r.note, DETAIL_MAX);
    ew_code code = read_policy(&k, err);
    if (code == EW_OK)
        code = ew_case_events(c, 0, check_event, &k, err);
    ew_policy_free(k.policy);
    ew_buf_release(&k.r.note);
    ew_free(k.chains);
    return code;
}
