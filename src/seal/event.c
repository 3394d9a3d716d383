/* SPDX-License-Identifier: Apache-2.0 */
/* The text of an event: written, and read by writing it again and comparing. */
#include "seal/event.h"

#include <stddef.h>
#include <string.h>

#include <sodium.h>

#include "base/bytes.h"
#include "base/utf8.h"
#include "base/when.h"
#include "seal/sshsig.h"

#define HEAD "earwitness-event/v1"
#define COMMIT_LABEL "ew-commit/v1" /* with its final 0 */

static const char *const kinds[EW_EVENT_KINDS] = {
    "statement", "repudiation", "asked",   "answered",     "no-reply-by",  "position",
    "ingest",    "fixity",      "copy",    "transfer-out", "transfer-ack", "analysis",
    "redaction", "disclosure",  "key-add", "key-revoke",
};

static const char *const stances[] = {
    "", "confirms", "denies", "says-fabricated", "says-altered", "no-comment", "retracts",
};

const char *ew_event_name(ew_event_kind kind)
{
    return kinds[kind];
}

const char *ew_stance_name(ew_stance stance)
{
    return stances[stance];
}

bool ew_event_named(ew_slice name, ew_event_kind *kind)
{
    for (int i = 0; i < EW_EVENT_KINDS; i++)
        if (ew_slice_is(name, kinds[i])) {
            *kind = (ew_event_kind)i;
            return true;
        }
    return false;
}

bool ew_stance_named(ew_slice name, ew_stance *stance)
{
    for (size_t i = 1; i < EW_COUNT(stances); i++)
        if (ew_slice_is(name, stances[i])) {
            *stance = (ew_stance)i;
            return true;
        }
    return false;
}

/* ------------------------------------------------------------------ which fields belong where */

typedef enum field_id {
    ACTOR,
    NAME,
    ITEM,
    DIGEST,
    BEFORE,
    AFTER,
    PURPOSE,
    AUTHORITY,
    TOOL,
    KEY,
    SINCE,
    STANCE,
    PREV,
    FIELDS
} field_id;

typedef enum field_type { TYPE_LINE, TYPE_HASH, TYPE_TIME, TYPE_STANCE } field_type;

/* In the order in which they stand in the text. */
static const struct field {
    const char *word;
    field_type type;
    size_t has, at; /* offsets in the event */
} fields[FIELDS] = {
#define LINE_FIELD(name)                                                                 \
    {                                                                                    \
#name " ", TYPE_LINE, 0, offsetof(ew_event, name)                                \
    }
#define HASH_FIELD(name)                                                                 \
    {                                                                                    \
#name " ", TYPE_HASH, offsetof(ew_event, has_##name), offsetof(ew_event, name)   \
    }
    LINE_FIELD(actor),
    HASH_FIELD(name),
    HASH_FIELD(item),
    HASH_FIELD(digest),
    HASH_FIELD(before),
    HASH_FIELD(after),
    LINE_FIELD(purpose),
    LINE_FIELD(authority),
    LINE_FIELD(tool),
    LINE_FIELD(key),
    {"since ", TYPE_TIME, 0, offsetof(ew_event, since)},
    {"stance ", TYPE_STANCE, 0, offsetof(ew_event, stance)},
    HASH_FIELD(prev),
};

#define BIT(f) (1U << (f))
#define WORDS BIT(FIELDS)
#define EVERY (BIT(ACTOR) | BIT(NAME) | BIT(PREV) | WORDS)
#define SAYING (EVERY | BIT(ITEM) | BIT(DIGEST))
#define CUSTODY                                                                          \
    (EVERY | BIT(ITEM) | BIT(BEFORE) | BIT(AFTER) | BIT(PURPOSE) | BIT(AUTHORITY) |      \
     BIT(TOOL))

static const struct rule {
    unsigned may, must;
} rules[EW_EVENT_KINDS] = {
    [EW_EVENT_STATEMENT] = {SAYING, WORDS},
    [EW_EVENT_REPUDIATION] = {SAYING, 0},
    [EW_EVENT_ASKED] = {SAYING, WORDS},
    [EW_EVENT_ANSWERED] = {SAYING, WORDS},
    [EW_EVENT_NO_REPLY_BY] = {SAYING, 0},
    [EW_EVENT_POSITION] = {SAYING | BIT(STANCE), BIT(STANCE)},
    [EW_EVENT_INGEST] = {CUSTODY, BIT(ITEM)},
    [EW_EVENT_FIXITY] = {CUSTODY, BIT(ITEM)},
    [EW_EVENT_COPY] = {CUSTODY, BIT(ITEM)},
    [EW_EVENT_TRANSFER_OUT] = {CUSTODY, BIT(ITEM)},
    [EW_EVENT_TRANSFER_ACK] = {CUSTODY, BIT(ITEM)},
    [EW_EVENT_ANALYSIS] = {CUSTODY, BIT(ITEM)},
    [EW_EVENT_REDACTION] = {CUSTODY, BIT(ITEM)},
    [EW_EVENT_DISCLOSURE] = {CUSTODY, BIT(ITEM)},
    [EW_EVENT_KEY_ADD] = {EVERY | BIT(KEY), BIT(KEY)},
    [EW_EVENT_KEY_REVOKE] = {EVERY | BIT(KEY) | BIT(SINCE), BIT(KEY)},
};

/* Fields of an event by their offsets. */
static const ew_slice *slice_at(const ew_event *e, const struct field *f)
{
    return (const ew_slice *)(const void *)((const char *)e + f->at);
}

static const uint8_t *hash_at(const ew_event *e, const struct field *f)
{
    return (const uint8_t *)e + f->at;
}

static bool has_field(const ew_event *e, const struct field *f)
{
    switch (f->type) {
    case TYPE_LINE:
        return slice_at(e, f)->n > 0;
    case TYPE_HASH:
        return *(const bool *)(const void *)((const char *)e + f->has);
    case TYPE_TIME:
        return e->since != 0;
    default:
        return e->stance != EW_STANCE_NONE;
    }
}

/* ------------------------------------------------------------------ what is good */

/* Valid UTF-8 in one line of at most EW_EVENT_LINE bytes: no control characters (C0, DEL, C1),
 * no line or paragraph separators, no space at the end. */
static bool line_ok(ew_slice s)
{
    uint32_t c = 0;
    if (s.n > EW_EVENT_LINE)
        return false;
    while (s.n > 0) {
        size_t n = ew_utf8_next(s.p, s.n, &c);
        if (n == 0 || c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029)
            return false;
        s.p += n;
        s.n -= n;
    }
    return c != ' ';
}

static bool key_ok(ew_slice s)
{
    uint8_t ssh[EW_ED25519_KEY];
    ew_vkey key;
    return ew_ssh_key_parse(s, ssh) || ew_vkey_parse(&key, s, NULL) == EW_OK;
}

static bool words_ok(const ew_event *e)
{
    if (e->line_count == 0)
        return true;
    if (e->line_count > EW_EVENT_LINES || e->lines[0].n == 0 ||
        e->lines[e->line_count - 1].n == 0)
        return false;
    for (size_t i = 0; i < e->line_count; i++)
        if (!line_ok(e->lines[i]))
            return false;
    return true;
}

static unsigned fields_of(const ew_event *e)
{
    unsigned there = e->line_count > 0 ? WORDS : 0;
    for (int i = 0; i < FIELDS; i++)
        if (has_field(e, &fields[i]))
            there |= BIT(i);
    return there;
}

/* Why an event cannot be written; NULL when it can. */
static const char *fault(const ew_event *e)
{
    char iso[EW_ISO_TEXT];
    if ((unsigned)e->kind >= EW_EVENT_KINDS || (unsigned)e->stance >= EW_COUNT(stances))
        return "an event of a kind that is not known";
    unsigned there = fields_of(e);
    if ((there & ~rules[e->kind].may) != 0)
        return "a field that does not belong to this kind of event";
    if ((there & rules[e->kind].must) != rules[e->kind].must ||
        (e->kind == EW_EVENT_REPUDIATION && (there & (BIT(ITEM) | BIT(DIGEST))) == 0))
        return "an event that does not say what it is about";
    if (e->has_name && e->actor.n == 0)
        return "a name that stands behind nobody";
    if (e->stance == EW_STANCE_RETRACTS && !e->has_prev)
        return "a position that does not say what it retracts";
    if (strlen(ew_iso_text(e->time, iso)) != EW_ISO_CHARS ||
        strlen(ew_iso_text(e->since, iso)) != EW_ISO_CHARS)
        return "a time outside the years 1 to 9999";
    for (int i = 0; i < FIELDS; i++) {
        if (fields[i].type != TYPE_LINE || !has_field(e, &fields[i]))
            continue;
        ew_slice s = *slice_at(e, &fields[i]);
        if (s.p[0] == ' ' || !line_ok(s))
            return "a text that is not one line";
    }
    if (e->key.n > 0 && !key_ok(e->key))
        return "a key that is neither a vkey nor of type ssh-ed25519";
    return words_ok(e) ? NULL : "words that cannot be written";
}

/* ------------------------------------------------------------------ writing */

static ew_code append_time(ew_buf *b, const char *word, int64_t t, ew_err *err)
{
    char iso[EW_ISO_TEXT];
    return ew_buf_printf(b, err, "%s%s", word, ew_iso_text(t, iso));
}

static ew_code append_field(ew_buf *b, const ew_event *e, const struct field *f,
                            ew_err *err)
{
    ew_code code;
    if (f->type == TYPE_TIME)
        code = append_time(b, f->word, e->since, err);
    else
        code = ew_buf_printf(b, err, "%s", f->word);
    if (code == EW_OK && f->type == TYPE_STANCE)
        code = ew_buf_printf(b, err, "%s", stances[e->stance]);
    if (code == EW_OK && f->type == TYPE_LINE)
        code = ew_buf_append(b, slice_at(e, f)->p, slice_at(e, f)->n, err);
    if (code == EW_OK && f->type == TYPE_HASH)
        code = ew_base64_append(b, hash_at(e, f), EW_HASH, err);
    return code == EW_OK ? ew_buf_append(b, "\n", 1, err) : code;
}

/* An empty line of words is the bare word. */
static ew_code append_words(ew_buf *b, ew_slice line, ew_err *err)
{
    ew_code code = ew_buf_printf(b, err, line.n > 0 ? "text " : "text");
    if (code == EW_OK)
        code = ew_buf_append(b, line.n > 0 ? line.p : "", line.n, err);
    return code == EW_OK ? ew_buf_append(b, "\n", 1, err) : code;
}

ew_code ew_event_append(ew_buf *b, const ew_event *e, ew_err *err)
{
    const char *why = fault(e);
    if (why != NULL)
        return ew_fail(err, EW_E_ARG, 0, "%s", why);
    ew_code code = ew_buf_printf(b, err, HEAD "\nkind %s\n", kinds[e->kind]);
    if (code == EW_OK)
        code = append_time(b, "time ", e->time, err);
    if (code == EW_OK)
        code = ew_buf_append(b, "\n", 1, err);
    for (int i = 0; i < FIELDS && code == EW_OK; i++)
        if (has_field(e, &fields[i]))
            code = append_field(b, e, &fields[i], err);
    for (size_t i = 0; i < e->line_count && code == EW_OK; i++)
        code = append_words(b, e->lines[i], err);
    return code;
}

/* ------------------------------------------------------------------ reading */

/* What follows the word, as the field has it. */
static bool parse_field(ew_event *e, const struct field *f, ew_slice s)
{
    switch (f->type) {
    case TYPE_LINE:
        *(ew_slice *)(void *)((char *)e + f->at) = s;
        return s.n > 0;
    case TYPE_HASH:
        *(bool *)(void *)((char *)e + f->has) = true;
        return ew_slice_base64(s, (uint8_t *)e + f->at, EW_HASH);
    case TYPE_TIME:
        return ew_iso_parse(s.p, s.n, &e->since);
    default:
        return ew_stance_named(s, &e->stance);
    }
}

static bool parse_words(ew_event *e, ew_slice text)
{
    ew_slice line;
    while (text.n > 0) {
        if (e->line_count == EW_EVENT_LINES || !ew_slice_line(&text, &line) ||
            !ew_slice_skip(&line, "text"))
            return false;
        (void)ew_slice_skip(&line, " ");
        e->lines[e->line_count++] = line;
    }
    return true;
}

static bool parse_lines(ew_event *e, ew_slice text)
{
    ew_slice line;
    if (!ew_slice_line(&text, &line) || !ew_slice_skip(&line, "kind ") ||
        !ew_event_named(line, &e->kind) || !ew_slice_line(&text, &line) ||
        !ew_slice_skip(&line, "time ") || !ew_iso_parse(line.p, line.n, &e->time))
        return false;
    for (int i = 0; i < FIELDS; i++) {
        ew_slice rest = text;
        if (!ew_slice_line(&rest, &line) || !ew_slice_skip(&line, fields[i].word))
            continue;
        if (!parse_field(e, &fields[i], line))
            return false;
        text = rest;
    }
    return parse_words(e, text);
}

ew_code ew_event_parse(ew_event *e, ew_slice text, ew_err *err)
{
    ew_buf again;
    ew_slice rest = text;
    ew_slice line;
    memset(e, 0, sizeof *e);
    if (!ew_slice_line(&rest, &line) || !ew_slice_skip(&line, "earwitness-event/"))
        return ew_fail(err, EW_E_FORMAT, 0, "not an event");
    if (!ew_slice_is(line, "v1"))
        return ew_fail(err, EW_E_VERSION, 0, "an event of a version that is not known");
    if (text.n > EW_EVENT_BYTES || !parse_lines(e, rest))
        return ew_fail(err, EW_E_FORMAT, 0, "not an event");
    /* Whatever has another spelling does not come back the same. */
    ew_buf_init(&again, EW_EVENT_BYTES);
    ew_code code = ew_event_append(&again, e, err);
    if (code == EW_E_ARG || code == EW_E_LIMIT ||
        (code == EW_OK &&
         (again.len != text.n || memcmp(again.data, text.p, text.n) != 0)))
        code = ew_fail(err, EW_E_FORMAT, 0, "not an event");
    ew_buf_release(&again);
    return code;
}

/* ------------------------------------------------------------------ commitments */

ew_hash ew_commit(const uint8_t salt[EW_SALT], const ew_hash *content)
{
    crypto_hash_sha256_state state;
    ew_hash out;
    (void)crypto_hash_sha256_init(&state);
    (void)crypto_hash_sha256_update(&state, (const uint8_t *)COMMIT_LABEL,
                                    sizeof COMMIT_LABEL);
    (void)crypto_hash_sha256_update(&state, salt, EW_SALT);
    (void)crypto_hash_sha256_update(&state, content->b, EW_HASH);
    (void)crypto_hash_sha256_final(&state, out.b);
    return out;
}
