/* SPDX-License-Identifier: Apache-2.0 */
/* The verifier: container, seal, log, witnesses, times, parts, events, in this order. */
#include "seal/verify.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "seal/bundle.h"

ew_code ew_verify__broken(ew_check *k, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(k->v->reason, sizeof k->v->reason, fmt, args);
    va_end(args);
    k->v->state = EW_BROKEN;
    return EW_OK;
}

ew_code ew_verify__refused(ew_check *k, ew_code code, const ew_err *why)
{
    if (code == EW_E_FORMAT || code == EW_E_LIMIT || code == EW_E_VERSION ||
        code == EW_E_ARG)
        return ew_verify__broken(k, "%s", why->text);
    if (k->err != NULL)
        *k->err = *why;
    return code;
}

bool ew_verify__is_broken(const ew_check *k)
{
    return k->v->state == EW_BROKEN;
}

void ew_verify__unvouched(ew_check *k, const char *why)
{
    k->v->state = EW_UNVOUCHED;
    if (k->v->reason[0] == 0)
        (void)snprintf(k->v->reason, sizeof k->v->reason, "%s", why);
}

ew_code ew_verify__safe(ew_check *k, char *out, size_t room, ew_slice text)
{
    static const char cut[] = " (cut short)";
    ew_buf b;
    ew_buf_init(&b, room - sizeof cut);
    out[0] = 0;
    ew_code code = ew_utf8_append_safe(&b, text.p, text.n, k->err);
    if (b.data != NULL)
        memcpy(out, b.data, b.len + 1);
    if (code == EW_E_LIMIT) {
        memcpy(out + b.len, cut, sizeof cut);
        code = EW_OK;
    }
    ew_buf_release(&b);
    return code;
}

/* ------------------------------------------------------------------ container */

static bool numbered(ew_slice name, const char *folder, size_t number, const char *end)
{
    char want[EW_ZIP_NAME_MAX + 1];
    (void)snprintf(want, sizeof want, "%s/%08zu%s", folder, number, end);
    return ew_slice_is(name, want);
}

/* A file that may have either of two ends. */
static bool numbered_either(ew_slice name, const char *folder, size_t number,
                            const char *end, const char *or_end)
{
    return numbered(name, folder, number, end) || numbered(name, folder, number, or_end);
}

/* The numbered files from *at on, each kind as long as it goes. */
static void open_numbered(ew_bundle_files *c, const ew_zip_file *f, size_t n, size_t *at)
{
    c->parts = f + *at;
    while (*at < n && numbered(f[*at].name, "parts", c->part_count, "")) {
        c->part_count++;
        (*at)++;
    }
    c->times = f + *at;
    while (*at < n &&
           numbered_either(f[*at].name, "time", c->time_count, ".tsr", ".ots")) {
        c->time_count++;
        (*at)++;
    }
    c->events = f + *at;
    while (*at + 1 < n &&
           numbered_either(f[*at].name, "events", c->event_count, ".note", ".ssh") &&
           numbered(f[*at + 1].name, "events", c->event_count, ".tlog-proof")) {
        c->event_count++;
        *at += 2;
    }
}

/* Names are known and in order, so that none can be there twice. */
static ew_code open_container(ew_check *k, const ew_zip_file *f, size_t n)
{
    size_t at = 4;
    if (n < 4 || !ew_slice_is(f[0].name, "mimetype") ||
        !ew_slice_is(f[0].bytes, EW_BUNDLE_TYPE) ||
        !ew_slice_is(f[1].name, "seal.note") ||
        !ew_slice_is(f[2].name, "seal.tlog-proof") ||
        !ew_slice_is(f[3].name, "cover.bin"))
        return ew_verify__broken(k, "not a bundle: its first files are not those of one");
    k->files =
        (ew_bundle_files){.note = f[1].bytes, .proof = f[2].bytes, .cover = f[3].bytes};
    open_numbered(&k->files, f, n, &at);
    if (at < n && ew_slice_is(f[at].name, "policy.txt"))
        k->files.suggested = f[at++].bytes;
    if (at < n && ew_slice_is(f[at].name, "README.txt") &&
        !ew_slice_is(f[at++].bytes, ew_bundle_readme))
        return ew_verify__broken(k, "not a bundle: README.txt is not the one of bundles");
    if (at != n)
        return ew_verify__broken(k, "not a bundle: a file that does not belong there");
    if (k->files.time_count > EW_BUNDLE_TIMES_MAX)
        return ew_verify__broken(k, "not a bundle: too many time tokens");
    if (k->files.event_count > EW_BUNDLE_EVENTS_MAX)
        return ew_verify__broken(k, "not a bundle: too many events");
    return EW_OK;
}

/* A suggestion that does not parse suggests nothing. */
static ew_code read_suggestion(ew_check *k)
{
    if (k->files.suggested.n == 0)
        return EW_OK;
    ew_code code = ew_policy_parse(&k->suggested, k->files.suggested.p,
                                   k->files.suggested.n, k->err);
    return code == EW_E_NOMEM ? code : EW_OK;
}

/* ------------------------------------------------------------------ signatures */

const ew_vkey *ew_verify__signer(ew_check *k, const ew_note *note, const ew_vkey *keys,
                                 size_t n, const char *what)
{
    const ew_vkey *found = NULL;
    for (size_t i = 0; i < n && !ew_verify__is_broken(k); i++) {
        ew_sig_state state = ew_note_check(note, &keys[i], NULL);
        if (state == EW_SIG_BAD)
            (void)ew_verify__broken(
                k, "the %s's signature is not by the key that it names", what);
        if (state == EW_SIG_GOOD && found == NULL)
            found = &keys[i];
    }
    return found;
}

static const ew_vkey *sealer(ew_check *k, const ew_policy *p)
{
    return p != NULL ? ew_verify__signer(k, k->note, p->seals, p->seal_count, "seal")
                     : NULL;
}

static ew_code check_seal(ew_check *k)
{
    ew_err why;
    ew_code code = ew_note_parse(&k->note, k->files.note.p, k->files.note.n, &why);
    if (code == EW_OK)
        code = ew_seal_parse(&k->seal, k->note->text, &why);
    if (code != EW_OK)
        return ew_verify__refused(k, code, &why);
    memcpy(k->v->item, k->seal.item, sizeof k->v->item);
    k->v->item_known = true;
    code =
        ew_verify__safe(k, k->v->after, sizeof k->v->after, ew_slice_of(k->seal.after));
    k->seal_by = sealer(k, k->policy);
    k->v->seal_key_trusted = k->seal_by != NULL;
    const ew_vkey *by = k->seal_by;
    if (by == NULL && !ew_verify__is_broken(k))
        by = sealer(k, k->suggested);
    if (by != NULL && code == EW_OK)
        code = ew_verify__safe(k, k->v->seal_key, sizeof k->v->seal_key,
                               ew_slice_of(by->name));
    if (k->seal_by == NULL && !ew_verify__is_broken(k))
        ew_verify__unvouched(
            k, by == NULL          ? "nobody's key is at hand for the seal's signature"
               : k->policy == NULL ? "no policy: nobody vouches for the key of the seal"
                                   : "your policy does not name the key of the seal");
    return code;
}

static ew_code weigh(ew_check *k, const ew_policy *p, ew_endorsed *e)
{
    *e = (ew_endorsed){0};
    if (p == NULL)
        return EW_OK;
    ew_code code = ew_policy_weigh(p, k->proof->note, &k->proof->checkpoint, e, k->err);
    if (code == EW_OK && e->broken)
        (void)ew_verify__broken(
            k, "the checkpoint has a signature that is not by the key it names");
    return code;
}

static ew_code check_witnesses(ew_check *k)
{
    ew_endorsed e;
    ew_endorsed other;
    ew_code code = weigh(k, k->policy, &e);
    if (code == EW_OK && !ew_verify__is_broken(k))
        code = weigh(k, k->suggested, &other);
    if (code != EW_OK || ew_verify__is_broken(k))
        return code;
    k->log_by = e.log;
    k->v->log_trusted = e.log != NULL;
    k->v->quorum = e.quorum;
    k->v->witnesses = e.witnesses;
    if (e.log == NULL)
        ew_verify__unvouched(k, k->policy == NULL
                                    ? "no policy: nobody vouches for the log"
                                    : "your policy does not name the log");
    else if (!e.quorum)
        ew_verify__unvouched(k, "fewer witnesses than your policy asks for");
    else if (e.timed) {
        k->v->timed = true;
        k->v->not_after = (int64_t)e.time;
    }
    return EW_OK;
}

static ew_code check_log(ew_check *k)
{
    ew_err why;
    ew_buf entry;
    ew_code code =
        ew_tlog_proof_parse(&k->proof, k->files.proof.p, k->files.proof.n, &why);
    if (code != EW_OK)
        return ew_verify__refused(k, code, &why);
    k->v->entry = k->proof->index;
    k->v->log_size = k->proof->checkpoint.size;
    code = ew_verify__safe(k, k->v->log, sizeof k->v->log, k->proof->checkpoint.origin);
    if (code != EW_OK)
        return code;
    if (k->proof->extra_n != EW_SALT)
        return ew_verify__broken(k, "the proof lacks the salt of the entry");
    ew_buf_init(&entry, 1024);
    code = ew_entry_append(&entry, k->proof->extra, k->files.note, k->err);
    if (code == EW_OK &&
        !ew_tlog_proof_holds(k->proof, (ew_slice){(const char *)entry.data, entry.len}))
        (void)ew_verify__broken(k, "the log does not hold this seal at this place");
    ew_buf_release(&entry);
    return code == EW_OK && !ew_verify__is_broken(k) ? check_witnesses(k) : code;
}

/* ------------------------------------------------------------------ all of it */

static ew_code run_checks(ew_check *k)
{
    static ew_code (*const steps[])(ew_check *) = {read_suggestion,    check_seal,
                                                   check_log,          ew_verify__times,
                                                   ew_verify__streams, ew_verify__events};
    ew_zip_file *files = NULL;
    size_t count = 0;
    ew_err why;
    ew_code code = ew_zip_parse(k->in->bundle, k->in->bundle_bytes, &files, &count, &why);
    if (code != EW_OK)
        return ew_verify__refused(k, code, &why);
    code = open_container(k, files, count);
    for (size_t i = 0;
         i < sizeof steps / sizeof steps[0] && code == EW_OK && !ew_verify__is_broken(k);
         i++)
        code = steps[i](k);
    ew_free(files);
    return code;
}

ew_code ew_bundle_verify(const ew_verify_in *in, ew_verdict *out, ew_err *err)
{
    memset(out, 0, sizeof *out);
    out->state = EW_VERIFIED;
    ew_err_clear(err);
    ew_check *k = ew_alloc(sizeof *k);
    if (k == NULL)
        return ew_fail_nomem(err);
    k->v = out;
    k->in = in;
    k->err = err;
    ew_code code = EW_OK;
    if (in->policy != NULL)
        code = ew_policy_parse(&k->policy, in->policy, in->policy_bytes, err);
    if (code == EW_OK) {
        code = run_checks(k);
        if (code == EW_OK)
            ew_err_clear(err);
    }
    ew_cover_file_release(&k->cover);
    ew_tlog_proof_free(k->proof);
    ew_policy_free(k->suggested);
    ew_note_free(k->note);
    ew_policy_free(k->policy);
    ew_free(k);
    return code;
}
