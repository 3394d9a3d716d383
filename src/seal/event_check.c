/* SPDX-License-Identifier: Apache-2.0 */
/* Checking one event: signature, key, proof. */
#include "seal/event_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "seal/sshsig.h"

typedef struct check {
    const ew_event_in *in;
    ew_event_answer *out;
    ew_err *err;
} check;

static ew_code EW_PRINTF(2, 3) broken(check *c, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(c->out->reason, sizeof c->out->reason, fmt, ap);
    va_end(ap);
    c->out->state = EW_BROKEN;
    return EW_OK;
}

/* A parser's refusal is the file's fault, anything else ours. */
static ew_code refused(check *c, ew_code code, const ew_err *why)
{
    if (code == EW_E_FORMAT || code == EW_E_LIMIT || code == EW_E_VERSION)
        return broken(c, "%s", why->text);
    if (c->err != NULL)
        *c->err = *why;
    return code;
}

static void unvouched(check *c, const char *why)
{
    if (c->out->state != EW_VERIFIED)
        return;
    c->out->state = EW_UNVOUCHED;
    (void)snprintf(c->out->reason, sizeof c->out->reason, "%s", why);
}

static void know(check *c, const uint8_t key[EW_ED25519_KEY], const char *name)
{
    memcpy(c->out->key, key, EW_ED25519_KEY);
    c->out->key_known = true;
    (void)snprintf(c->out->by, sizeof c->out->by, "%s", name);
}

static ew_code parse_text(check *c, ew_slice text)
{
    ew_err why;
    ew_code code = ew_event_parse(&c->out->event, text, &why);
    return code == EW_OK ? EW_OK : refused(c, code, &why);
}

/* ------------------------------------------------------------------ notes */

static bool is_revoked(const check *c, const uint8_t key[EW_ED25519_KEY])
{
    return c->in->policy != NULL && !ew_policy_stands(c->in->policy, key, false, 0);
}

/* Every known key that the note claims must have signed it. The revocation of a key is signed by
 * that key and the next one: then the one that still stands counts. */
static bool try_vkey(check *c, const ew_note *note, const ew_vkey *key)
{
    ew_sig_state s = ew_note_check(note, key, NULL);
    if (s == EW_SIG_BAD)
        (void)broken(c, "the signature is not by the key '%s' that it names", key->name);
    else if (s == EW_SIG_GOOD && (!c->out->key_known || (is_revoked(c, c->out->key) &&
                                                         !is_revoked(c, key->key))))
        know(c, key->key, key->name);
    return s != EW_SIG_BAD;
}

static void find_note_key(check *c, const ew_note *note)
{
    const ew_policy *p = c->in->policy;
    const ew_keyring *r = c->in->keys;
    ew_vkey key;
    for (size_t i = 0; p != NULL && i < p->speaker_count; i++)
        if (!try_vkey(c, note, &p->speakers[i]))
            return;
    for (size_t i = 0; r != NULL && i < r->n; i++)
        if (r->keys[i].form == EW_PUBKEY_VKEY && r->keys[i].type == EW_SIG_ED25519 &&
            ew_pubkey_vkey(&r->keys[i], &key, NULL) == EW_OK && !try_vkey(c, note, &key))
            return;
}

static ew_code check_note(check *c)
{
    ew_note *note = NULL;
    ew_err why;
    ew_slice file = c->in->file;
    ew_code code = ew_note_parse(&note, file.p, file.n, &why);
    if (code != EW_OK)
        return refused(c, code, &why);
    find_note_key(c, note);
    if (!c->out->key_known && c->out->state != EW_BROKEN)
        (void)snprintf(c->out->by, sizeof c->out->by, "%.*s", (int)note->sigs[0].name.n,
                       note->sigs[0].name.p);
    if (c->out->state != EW_BROKEN) /* the text begins where the note does */
        code = parse_text(c, (ew_slice){file.p, note->text.n});
    ew_note_free(note);
    return code;
}

/* ------------------------------------------------------------------ persons */

static const char *name_of(const check *c, const uint8_t key[EW_ED25519_KEY])
{
    const ew_policy *p = c->in->policy;
    const ew_keyring *r = c->in->keys;
    for (size_t i = 0; p != NULL && i < p->person_count; i++)
        if (memcmp(p->people[i].key, key, EW_ED25519_KEY) == 0)
            return p->people[i].name;
    for (size_t i = 0; r != NULL && i < r->n; i++)
        if (r->keys[i].form == EW_PUBKEY_SSH &&
            memcmp(r->keys[i].key, key, EW_ED25519_KEY) == 0)
            return r->keys[i].name;
    return NULL;
}

static ew_code check_ssh(check *c)
{
    ew_ssh_note note = {c->in->file, {.sha256 = false}};
    ew_err why;
    bool good = false;
    ew_code code = c->in->sig.n > 0 ? ew_sshsig_parse(&note.sig, c->in->sig, &why)
                                    : ew_ssh_note_parse(&note, c->in->file, &why);
    if (code != EW_OK)
        return refused(c, code, &why);
    c->out->ssh = true;
    code = ew_sshsig_check(&note.sig, note.text, &good, c->err);
    if (code != EW_OK)
        return code;
    if (!good)
        return broken(c, "the signature is not of this text by the key that it names");
    const char *name = name_of(c, note.sig.key);
    if (name != NULL)
        know(c, note.sig.key, name);
    else /* the key is in the signature; nobody says whose it is */
        memcpy(c->out->key, note.sig.key, EW_ED25519_KEY);
    return parse_text(c, note.text);
}

/* ------------------------------------------------------------------ the log */

static ew_code weigh(check *c, const ew_tlog_proof *p)
{
    ew_endorsed e = {0};
    ew_event_answer *out = c->out;
    if (c->in->policy == NULL)
        return EW_OK;
    ew_code code = ew_policy_weigh(c->in->policy, p->note, &p->checkpoint, &e, c->err);
    if (code != EW_OK)
        return code;
    if (e.broken)
        return broken(c,
                      "the checkpoint has a signature that is not by the key it names");
    out->witnesses = e.witnesses;
    out->timed = e.log != NULL && e.quorum && e.timed;
    out->not_after = out->timed ? (int64_t)e.time : 0;
    out->logged = e.log != NULL && e.quorum &&
                  ew_policy_stands(c->in->policy, e.log->key, out->timed, out->not_after);
    return EW_OK;
}

/* The file whose bytes the entry is made of: text and signature apart are put together. */
static ew_code whole_file(check *c, ew_buf *b)
{
    ew_code code = ew_buf_append(b, c->in->file.p, c->in->file.n, c->err);
    if (code == EW_OK && c->in->sig.n > 0)
        code = ew_buf_append(b, "\n", 1, c->err);
    if (code == EW_OK && c->in->sig.n > 0)
        code = ew_buf_append(b, c->in->sig.p, c->in->sig.n, c->err);
    return code;
}

static ew_code holds(check *c, const ew_tlog_proof *p, bool *yes)
{
    ew_buf file;
    ew_buf entry;
    ew_buf_init(&file, 2 * EW_NOTE_MAX);
    ew_buf_init(&entry, 256);
    ew_code code = whole_file(c, &file);
    if (code == EW_OK)
        code = ew_entry_append(&entry, p->extra,
                               (ew_slice){(const char *)file.data, file.len}, c->err);
    if (code == EW_OK)
        *yes = ew_tlog_proof_holds(p, (ew_slice){(const char *)entry.data, entry.len});
    ew_buf_release(&file);
    ew_buf_release(&entry);
    return code;
}

static ew_code check_proof(check *c)
{
    ew_tlog_proof *p = NULL;
    ew_err why;
    bool yes = false;
    ew_code code = ew_tlog_proof_parse(&p, c->in->proof.p, c->in->proof.n, &why);
    if (code != EW_OK)
        return refused(c, code, &why);
    c->out->entry = p->index;
    c->out->log_size = p->checkpoint.size;
    (void)snprintf(c->out->log, sizeof c->out->log, "%.*s", (int)p->checkpoint.origin.n,
                   p->checkpoint.origin.p);
    if (p->extra_n != EW_SALT)
        code = broken(c, "the proof lacks the salt of the entry");
    else
        code = holds(c, p, &yes);
    if (code == EW_OK && c->out->state != EW_BROKEN)
        code = yes ? weigh(c, p)
                   : broken(c, "the log does not hold this event at this place");
    ew_tlog_proof_free(p);
    return code;
}

/* ------------------------------------------------------------------ all of it */

static void check_revoked(check *c)
{
    const ew_policy *p = c->in->policy;
    if (p == NULL || !c->out->key_known)
        return;
    for (size_t i = 0; i < p->revoked_count; i++) {
        if (memcmp(p->revoked[i].key, c->out->key, EW_ED25519_KEY) != 0)
            continue;
        if (!c->out->revoked || p->revoked[i].since < c->out->since)
            c->out->since = p->revoked[i].since;
        c->out->revoked = true;
    }
    if (!ew_policy_stands(p, c->out->key, c->out->timed, c->out->not_after))
        unvouched(
            c, "the key was revoked, and nothing shows that this was on record before");
}

ew_code ew_event_check(const ew_event_in *in, ew_event_answer *out, ew_err *err)
{
    /* A note has its signatures after its empty line, and an event has no other one. */
    static const char head[] = "\n\n-----BEGIN SSH SIGNATURE-----";
    check c = {in, out, err};
    memset(out, 0, sizeof *out);
    bool ssh = in->sig.n > 0 || (in->file.n > 0 && memmem(in->file.p, in->file.n, head,
                                                          sizeof head - 1) != NULL);
    ew_code code = ssh ? check_ssh(&c) : check_note(&c);
    if (code == EW_OK && out->state != EW_BROKEN && in->proof.n > 0)
        code = check_proof(&c);
    if (code != EW_OK || out->state == EW_BROKEN) {
        memset(&out->event, 0, sizeof out->event);
        return code;
    }
    if (in->policy == NULL && in->keys == NULL)
        unvouched(&c, "without keys nobody vouches for it");
    else if (!out->key_known)
        unvouched(&c, "none of your keys signed it");
    check_revoked(&c);
    return EW_OK;
}
