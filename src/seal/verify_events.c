/* SPDX-License-Identifier: Apache-2.0 */
/* The verifier's look at events: what people signed about the item, and when that was on
 * record. An event never makes a bundle verified, and one that nobody vouches for is told as
 * such; one whose signature or proof does not hold breaks the bundle. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "seal/event.h"
#include "seal/sshsig.h"
#include "seal/verify.h"

/* One event on its way into the verdict. */
typedef struct look {
    ew_check *k;
    ew_verdict_event *e;
    ew_event event;
    const uint8_t *key; /* of the policy, which signed it; NULL: none of them */
} look;

/* The words, as many as there is room for. */
static ew_code copy_words(look *l)
{
    static const char cut[] = " (cut short)";
    ew_buf b;
    ew_buf_init(&b, sizeof l->e->words - sizeof cut);
    ew_code code = EW_OK;
    for (size_t i = 0; i < l->event.line_count && code == EW_OK; i++) {
        if (i > 0)
            code = ew_buf_append(&b, "\n", 1, l->k->err);
        if (code == EW_OK)
            code = ew_utf8_append_safe(&b, l->event.lines[i].p, l->event.lines[i].n,
                                       l->k->err);
    }
    if (b.data != NULL)
        memcpy(l->e->words, b.data, b.len + 1);
    if (code == EW_E_LIMIT) {
        memcpy(l->e->words + b.len, cut, sizeof cut);
        code = EW_OK;
    }
    ew_buf_release(&b);
    return code;
}

/* What the event says of itself. */
static ew_code describe(look *l, ew_slice text)
{
    ew_err why;
    ew_code code = ew_event_parse(&l->event, text, &why);
    if (code != EW_OK)
        return ew_verify__refused(l->k, code, &why);
    if (!l->event.has_item || memcmp(l->event.item, l->k->seal.item, EW_ITEM) != 0)
        return ew_verify__broken(l->k, "an event that is not about this item");
    (void)snprintf(l->e->kind, sizeof l->e->kind, "%s", ew_event_name(l->event.kind));
    (void)snprintf(l->e->stance, sizeof l->e->stance, "%s",
                   ew_stance_name(l->event.stance));
    l->e->claimed = l->event.time;
    code = ew_verify__safe(l->k, l->e->actor, sizeof l->e->actor, l->event.actor);
    return code == EW_OK ? copy_words(l) : code;
}

/* ------------------------------------------------------------------ who signed */

static ew_code by_note(look *l, ew_slice bytes)
{
    ew_check *k = l->k;
    ew_note *note = NULL;
    ew_err why;
    const ew_vkey *by = NULL;
    ew_code code = ew_note_parse(&note, bytes.p, bytes.n, &why);
    if (code != EW_OK)
        return ew_verify__refused(k, code, &why);
    if (k->policy != NULL)
        by = ew_verify__signer(k, note, k->policy->speakers, k->policy->speaker_count,
                               "event");
    l->key = by != NULL ? by->key : NULL;
    if (by == NULL && k->suggested != NULL && !ew_verify__is_broken(k))
        by = ew_verify__signer(k, note, k->suggested->speakers,
                               k->suggested->speaker_count, "event");
    if (by != NULL)
        code = ew_verify__safe(k, l->e->by, sizeof l->e->by, ew_slice_of(by->name));
    if (code == EW_OK && !ew_verify__is_broken(k))
        code = describe(l, note->text);
    ew_note_free(note);
    return code;
}

static const ew_policy_person *person(const ew_policy *p, const uint8_t *key)
{
    for (size_t i = 0; p != NULL && i < p->person_count; i++)
        if (memcmp(p->people[i].key, key, EW_ED25519_KEY) == 0)
            return &p->people[i];
    return NULL;
}

static ew_code by_person(look *l, ew_slice bytes)
{
    ew_check *k = l->k;
    ew_ssh_note note;
    ew_err why;
    bool good = false;
    ew_code code = ew_ssh_note_parse(&note, bytes, &why);
    if (code != EW_OK)
        return ew_verify__refused(k, code, &why);
    code = ew_sshsig_check(&note.sig, note.text, &good, k->err);
    if (code != EW_OK)
        return code;
    if (!good)
        return ew_verify__broken(k,
                                 "the event's signature is not by the key that it names");
    const ew_policy_person *who = person(k->policy, note.sig.key);
    l->key = who != NULL ? who->key : NULL;
    if (who == NULL)
        who = person(k->suggested, note.sig.key);
    if (who != NULL)
        code = ew_verify__safe(k, l->e->by, sizeof l->e->by, ew_slice_of(who->name));
    return code == EW_OK ? describe(l, note.text) : code;
}

/* ------------------------------------------------------------------ the log */

static ew_code weigh(look *l, const ew_tlog_proof *p)
{
    ew_endorsed e = {0};
    ew_code code = EW_OK;
    if (l->k->policy == NULL)
        return EW_OK;
    code = ew_policy_weigh(l->k->policy, p->note, &p->checkpoint, &e, l->k->err);
    if (code == EW_OK && e.broken)
        return ew_verify__broken(
            l->k, "the checkpoint has a signature that is not by the key it names");
    l->e->timed = e.log != NULL && e.quorum && e.timed;
    l->e->not_after = l->e->timed ? (int64_t)e.time : 0;
    l->e->logged =
        e.log != NULL && e.quorum &&
        ew_policy_stands(l->k->policy, e.log->key, l->e->timed, l->e->not_after);
    return code;
}

static ew_code on_log(look *l, ew_slice bytes, ew_slice proof)
{
    ew_tlog_proof *p = NULL;
    ew_buf entry;
    ew_err why;
    ew_code code = ew_tlog_proof_parse(&p, proof.p, proof.n, &why);
    if (code != EW_OK)
        return ew_verify__refused(l->k, code, &why);
    l->e->entry = p->index;
    ew_buf_init(&entry, 1024);
    if (p->extra_n != EW_SALT)
        (void)ew_verify__broken(l->k, "the proof lacks the salt of the entry");
    else
        code = ew_entry_append(&entry, p->extra, bytes, l->k->err);
    if (code == EW_OK && !ew_verify__is_broken(l->k) &&
        !ew_tlog_proof_holds(p, (ew_slice){(const char *)entry.data, entry.len}))
        (void)ew_verify__broken(l->k, "the log does not hold this event at this place");
    ew_buf_release(&entry);
    if (code == EW_OK && !ew_verify__is_broken(l->k))
        code = weigh(l, p);
    ew_tlog_proof_free(p);
    return code;
}

static ew_code check_event(ew_check *k, size_t i)
{
    const ew_zip_file *f = &k->files.events[2 * i];
    look *l = ew_alloc(sizeof *l);
    if (l == NULL)
        return ew_fail_nomem(k->err);
    l->k = k;
    l->e = &k->v->events[i];
    bool ssh = f->name.n > 4 && memcmp(f->name.p + f->name.n - 4, ".ssh", 4) == 0;
    ew_code code = ssh ? by_person(l, f[0].bytes) : by_note(l, f[0].bytes);
    if (code == EW_OK && !ew_verify__is_broken(k))
        code = on_log(l, f[0].bytes, f[1].bytes);
    if (code == EW_OK && !ew_verify__is_broken(k))
        l->e->trusted = l->key != NULL &&
                        ew_policy_stands(k->policy, l->key, l->e->timed, l->e->not_after);
    ew_free(l);
    return code;
}

ew_code ew_verify__events(ew_check *k)
{
    ew_code code = EW_OK;
    k->v->event_count = k->files.event_count;
    for (size_t i = 0;
         i < k->files.event_count && code == EW_OK && !ew_verify__is_broken(k); i++)
        code = check_event(k, i);
    return code;
}
