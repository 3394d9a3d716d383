/* SPDX-License-Identifier: Apache-2.0 */
/* Signing files, and checking such signatures by keys that the reader has. */
#include "ops/seal_sign.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/when.h"
#include "seal/note.h"
#include "seal/sshsig.h"

static const char *const forms[] = {"vkey", "ssh", "minisign"};

const char *ew_pubkey_form_name(ew_pubkey_form form)
{
    return forms[form];
}

bool ew_pubkey_form_named(const char *name, ew_pubkey_form *form)
{
    for (int i = 0; i < 3; i++)
        if (strcmp(forms[i], name) == 0) {
            *form = (ew_pubkey_form)i;
            return true;
        }
    return false;
}

void ew_ops_key_of(const ew_vkey *v, ew_pubkey *out)
{
    memset(out, 0, sizeof *out);
    out->form = EW_PUBKEY_VKEY;
    out->type = v->type;
    memcpy(out->key, v->key, sizeof out->key);
    memcpy(out->name, v->name, sizeof out->name);
    ew_minisign_id(out->key, out->minisign);
}

ew_code ew_ops_key_text(const ew_pubkey *k, ew_pubkey_form form, ew_buf *out, ew_err *err)
{
    ew_vkey v;
    ew_code code = EW_OK;
    if (form == EW_PUBKEY_VKEY) {
        code = ew_pubkey_vkey(k, &v, err);
        if (code == EW_OK)
            code = ew_vkey_append(out, &v, err);
    } else if (form == EW_PUBKEY_SSH) {
        code = ew_ssh_key_append(out, k->key, err);
        if (code == EW_OK && k->name[0] != 0)
            code = ew_buf_printf(out, err, " %s", k->name);
    } else {
        code = ew_buf_printf(out, err, "untrusted comment: %s\n",
                             k->name[0] != 0 ? k->name : "minisign public key");
        if (code == EW_OK)
            code = ew_minisign_key_append(out, k->minisign, k->key, err);
    }
    return code == EW_OK ? ew_buf_append(out, "\n", 1, err) : code;
}

ew_code ew_ops_keys_read(const char *file_or_text, ew_keyring *out, ew_err *err)
{
    ew_buf b;
    ew_pubkey one;
    ew_slice text = ew_slice_of(file_or_text);
    ew_code code = EW_OK;
    ew_buf_init(&b, EW_KEYRING_BYTES);
    if (access(file_or_text, F_OK) == 0) {
        code = ew_file_get(file_or_text, &b, err);
        text = (ew_slice){(const char *)b.data, b.len};
    }
    if (code == EW_OK)
        code = ew_keyring_parse(out, text, err);
    if (code == EW_OK && out->n == 0) { /* in words of what it is instead */
        code = ew_pubkey_parse(&one, text, err);
        if (code == EW_OK)
            code = ew_fail(err, EW_E_FORMAT, 0, "there is no key in '%s'", file_or_text);
    }
    ew_buf_release(&b);
    return code;
}

/* ------------------------------------------------------------------ signing */

static ew_code sign_minisign(ew_slice message, const char *path, const ew_signer *by,
                             ew_buf *out, ew_err *err)
{
    char iso[EW_ISO_TEXT];
    char comment[256];
    const char *slash = strrchr(path, '/');
    (void)snprintf(comment, sizeof comment, "%s file:%s",
                   ew_iso_text((int64_t)time(NULL), iso),
                   slash != NULL ? slash + 1 : path);
    for (char *p = comment; *p != 0; p++)
        if ((uint8_t)*p < 0x20 || *p == 0x7F)
            *p = '?';
    return ew_minisig_make(out, message, ew_slice_of(comment), by, err);
}

static ew_code sign_note(ew_slice message, const ew_signer *by, ew_buf *out, ew_err *err)
{
    ew_slice rest = message;
    if (!ew_note_text_ok(message))
        return ew_fail(err, EW_E_ARG, 0,
                       "a note holds text, which ends with a line feed; sign other files "
                       "in another format");
    if (ew_slice_skip(&rest, "earwitness-"))
        return ew_fail(err, EW_E_ARG, 0,
                       "a text that begins with 'earwitness-' could be taken for one of "
                       "the desk's own; use 'earwitness statement'");
    return ew_note_make(out, message, by, err);
}

ew_code ew_ops_sign(const ew_desk *d, const char *path, ew_sign_form form, ew_buf *out,
                    ew_err *err)
{
    ew_signer *by = NULL;
    ew_buf b;
    ew_buf_init(&b, EW_SIGN_BYTES);
    ew_code code = ew_file_get(path, &b, err);
    ew_slice message = {b.data != NULL ? (const char *)b.data : "", b.len};
    if (code == EW_OK)
        code = ew_desk_signer(d, "statement", &by, err);
    if (code == EW_OK && form == EW_SIGN_SSH)
        code = ew_sshsig_make(out, message, by, err);
    else if (code == EW_OK && form == EW_SIGN_MINISIGN)
        code = sign_minisign(message, path, by, out, err);
    else if (code == EW_OK)
        code = sign_note(message, by, out, err);
    ew_signer_free(by);
    ew_buf_release(&b);
    return code;
}

/* ------------------------------------------------------------------ checking */

typedef struct check {
    ew_slice message, sig;
    const ew_keyring *keys;
    ew_sign_answer *out;
    ew_err *err;
} check;

static ew_code say(check *c, ew_verdict_state state, const char *why)
{
    c->out->state = state;
    (void)snprintf(c->out->reason, sizeof c->out->reason, "%s", why);
    return EW_OK;
}

/* A parser's refusal is the file's fault, anything else ours. */
static ew_code refused(check *c, ew_code code, const ew_err *why)
{
    if (code == EW_E_FORMAT || code == EW_E_LIMIT || code == EW_E_VERSION)
        return say(c, EW_BROKEN, why->text);
    if (c->err != NULL)
        *c->err = *why;
    return code;
}

static ew_code nobody(check *c)
{
    return say(c, EW_UNVOUCHED,
               c->keys->n == 0 ? "without keys nobody vouches for it"
                               : "none of your keys made it");
}

static ew_code check_ssh(check *c)
{
    ew_sshsig s;
    ew_err why;
    bool good = false;
    ew_code code = ew_sshsig_parse(&s, c->sig, &why);
    if (code != EW_OK)
        return refused(c, code, &why);
    code = ew_sshsig_check(&s, c->message, &good, c->err);
    if (code != EW_OK)
        return code;
    if (!good)
        return say(c, EW_BROKEN, "the signature is not of this file by the key it names");
    c->out->by.form = EW_PUBKEY_SSH;
    c->out->by.type = EW_SIG_ED25519;
    memcpy(c->out->by.key, s.key, sizeof s.key);
    for (size_t i = 0; i < c->keys->n; i++)
        if (memcmp(c->keys->keys[i].key, s.key, sizeof s.key) == 0) {
            c->out->by = c->keys->keys[i];
            return EW_OK;
        }
    return nobody(c);
}

/* Keys say their number; a signature by one with the same number must hold. */
static ew_code check_minisign(check *c)
{
    ew_minisig s;
    ew_err why;
    bool good = false;
    ew_code code = ew_minisig_parse(&s, c->sig, &why);
    if (code != EW_OK)
        return refused(c, code, &why);
    for (size_t i = 0; i < c->keys->n; i++) {
        const ew_pubkey *k = &c->keys->keys[i];
        if (memcmp(k->minisign, s.id, EW_MINISIGN_ID) != 0)
            continue;
        code = ew_minisig_check(&s, k->key, c->message, &good, c->err);
        if (code != EW_OK)
            return code;
        if (!good)
            return say(c, EW_BROKEN,
                       "the signature is not of this file by the key it names");
        c->out->by = *k;
        memcpy(c->out->comment, s.comment.p, s.comment.n);
        return EW_OK;
    }
    return nobody(c);
}

static ew_code judge_note(check *c, const ew_note *note)
{
    if (note->text.n != c->message.n ||
        memcmp(note->text.p, c->message.p, c->message.n) != 0)
        return say(c, EW_BROKEN, "the note holds another text than the file");
    for (size_t i = 0; i < c->keys->n; i++) {
        ew_vkey v;
        const ew_pubkey *k = &c->keys->keys[i];
        if (k->form != EW_PUBKEY_VKEY || ew_pubkey_vkey(k, &v, NULL) != EW_OK)
            continue;
        ew_sig_state s = ew_note_check(note, &v, NULL);
        if (s == EW_SIG_BAD)
            return say(c, EW_BROKEN,
                       "the signature is not of this file by the key it names");
        if (s == EW_SIG_GOOD) {
            c->out->by = *k;
            return EW_OK;
        }
    }
    return nobody(c);
}

static ew_code check_note(check *c)
{
    ew_note *note = NULL;
    ew_err why;
    ew_code code = ew_note_parse(&note, c->sig.p, c->sig.n, &why);
    if (code != EW_OK)
        return refused(c, code, &why);
    code = judge_note(c, note);
    ew_note_free(note);
    return code;
}

ew_code ew_ops_sign_check(const char *path, const char *sig_path, const ew_keyring *keys,
                          ew_sign_answer *out, ew_err *err)
{
    ew_buf b;
    ew_buf s;
    memset(out, 0, sizeof *out);
    ew_buf_init(&b, EW_SIGN_BYTES);
    ew_buf_init(&s, EW_SIGN_BYTES);
    ew_code code = ew_file_get(path, &b, err);
    if (code == EW_OK)
        code = ew_file_get(sig_path, &s, err);
    check c = {{b.data != NULL ? (const char *)b.data : "", b.len},
               {s.data != NULL ? (const char *)s.data : "", s.len},
               keys,
               out,
               err};
    ew_slice head = c.sig;
    if (code == EW_OK && ew_slice_skip(&head, "-----BEGIN SSH SIGNATURE-----")) {
        out->form = EW_SIGN_SSH;
        code = check_ssh(&c);
    } else if (code == EW_OK && ew_slice_skip(&head, "untrusted comment: ")) {
        out->form = EW_SIGN_MINISIGN;
        code = check_minisign(&c);
    } else if (code == EW_OK) {
        out->form = EW_SIGN_NOTE;
        code = check_note(&c);
    }
    ew_buf_release(&b);
    ew_buf_release(&s);
    return code;
}
