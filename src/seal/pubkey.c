/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys in all their forms. */
#include "seal/pubkey.h"

#include <string.h>

#include <sodium.h>

#include "seal/sshsig.h"

#define SSH "ssh-ed25519 "
#define COMMENT "untrusted comment:"

/* What begins the line of an SSH key that is not taken. */
static const char *const other_types[] = {"ssh-rsa ", "ssh-dss ", "ecdsa-", "sk-",
                                          "rsa-"};

static void set_name(ew_pubkey *k, ew_slice name)
{
    size_t n = name.n <= EW_KEY_NAME_MAX ? name.n : EW_KEY_NAME_MAX;
    memcpy(k->name, name.p, n);
    k->name[n] = 0;
}

static bool begins(ew_slice s, const char *with)
{
    return ew_slice_skip(&s, with);
}

static bool is_other_type(ew_slice s)
{
    for (size_t i = 0; i < sizeof other_types / sizeof *other_types; i++)
        if (begins(s, other_types[i]))
            return true;
    return false;
}

/* "ssh-ed25519 BASE64", and what remark follows. */
static bool parse_ssh(ew_pubkey *k, ew_slice line)
{
    ew_slice rest = line;
    ew_slice word;
    if (!ew_slice_word(&rest, &word) || !ew_slice_word(&rest, &word))
        return false;
    k->form = EW_PUBKEY_SSH;
    set_name(k, rest);
    line.n = (size_t)(word.p + word.n - line.p);
    return ew_ssh_key_parse(line, k->key);
}

static bool parse_line(ew_pubkey *k, ew_slice line)
{
    ew_vkey v;
    k->type = EW_SIG_ED25519;
    if (begins(line, SSH)) {
        if (!parse_ssh(k, line))
            return false;
    } else if (ew_minisign_key_parse(line, k->minisign, k->key)) {
        k->form = EW_PUBKEY_MINISIGN;
        return true;
    } else if (ew_vkey_parse(&v, line, NULL) == EW_OK) {
        k->form = EW_PUBKEY_VKEY;
        k->type = v.type;
        memcpy(k->key, v.key, sizeof k->key);
        set_name(k, ew_slice_of(v.name));
    } else {
        return false;
    }
    ew_minisign_id(k->key, k->minisign);
    return true;
}

ew_code ew_pubkey_parse(ew_pubkey *out, ew_slice text, ew_err *err)
{
    ew_slice rest = text;
    ew_slice line;
    memset(out, 0, sizeof *out);
    if (begins(text, COMMENT) && ew_slice_line(&rest, &line))
        text = rest;
    if (text.n > 0 && text.p[text.n - 1] == '\n')
        text.n--;
    if (is_other_type(text))
        return ew_fail(
            err, EW_E_FORMAT, 0,
            "an SSH key of another type than ssh-ed25519, which alone is taken");
    if (text.n == 0 || !parse_line(out, text))
        return ew_fail(err, EW_E_FORMAT, 0,
                       "not a public key: neither a vkey nor one of minisign or SSH");
    return EW_OK;
}

ew_code ew_pubkey_vkey(const ew_pubkey *k, ew_vkey *out, ew_err *err)
{
    ew_slice name = ew_slice_of(k->name);
    if (!ew_key_name_ok(name))
        name = ew_slice_of("unnamed");
    return ew_vkey_init(out, name, k->type, k->key, err);
}

bool ew_pubkey_sound(const ew_pubkey *k)
{
    return crypto_core_ed25519_is_valid_point(k->key) == 1;
}

/* ------------------------------------------------------------------ files of several */

/* The value of namespaces="…": is ours among them? */
static bool ours_among(ew_slice list)
{
    while (list.n > 0) {
        const char *comma = memchr(list.p, ',', list.n);
        size_t n = comma != NULL ? (size_t)(comma - list.p) : list.n;
        ew_slice one = {list.p, n};
        if (ew_slice_is(one, EW_SSHSIG_NAMESPACE) || ew_slice_is(one, "*"))
            return true;
        n += comma != NULL;
        list.p += n;
        list.n -= n;
    }
    return false;
}

typedef enum taken { TAKEN, NOT_OURS, BAD_LINE } taken;

/* "NAME [options] ssh-ed25519 BASE64 [remark]". The one option that is understood says what the
 * key is for; to pass over another one could be to trust too much. */
static taken parse_signer(ew_pubkey *k, ew_slice line)
{
    ew_slice name;
    ew_slice option;
    bool ours = true;
    if (!ew_slice_word(&line, &name))
        return BAD_LINE;
    if (begins(line, "namespaces=\"")) {
        if (!ew_slice_word(&line, &option) || !ew_slice_skip(&option, "namespaces=\"") ||
            option.n == 0 || option.p[option.n - 1] != '"')
            return BAD_LINE;
        option.n--;
        if (option.n > 0 && memchr(option.p, '"', option.n) != NULL)
            return BAD_LINE; /* another option follows */
        ours = ours_among(option);
    }
    if (ours && is_other_type(line))
        return NOT_OURS;
    if (!begins(line, SSH) || !parse_line(k, line))
        return ours ? BAD_LINE : NOT_OURS;
    set_name(k, name);
    return ours ? TAKEN : NOT_OURS;
}

static bool passed_over(ew_slice line)
{
    for (size_t i = 0; i < line.n; i++)
        if (line.p[i] != ' ' && line.p[i] != '\t')
            return line.p[0] == '#' || begins(line, COMMENT);
    return true;
}

/* Keys of other types are nobody's mistake in a file that serves other programs too. */
static taken parse_any(ew_pubkey *k, ew_slice line)
{
    if (is_other_type(line))
        return NOT_OURS;
    if (parse_line(k, line))
        return TAKEN;
    memset(k, 0, sizeof *k);
    return parse_signer(k, line);
}

ew_code ew_keyring_parse(ew_keyring *out, ew_slice text, ew_err *err)
{
    ew_slice line;
    memset(out, 0, sizeof *out);
    for (size_t number = 1; text.n > 0; number++) {
        if (!ew_slice_line(&text, &line)) {
            line = text; /* the last one, without its end */
            text.n = 0;
        }
        if (passed_over(line))
            continue;
        if (out->n == EW_KEYRING_MAX)
            return ew_fail(err, EW_E_LIMIT, 0, "more than %d keys", (int)EW_KEYRING_MAX);
        ew_pubkey *k = &out->keys[out->n];
        memset(k, 0, sizeof *k);
        taken t = parse_any(k, line);
        if (t == BAD_LINE)
            return ew_fail(
                err, EW_E_FORMAT, number,
                "line %zu of the keys: not a key, or an option that is not known",
                number);
        out->n += t == TAKEN;
    }
    return EW_OK;
}
