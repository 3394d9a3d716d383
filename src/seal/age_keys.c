/* SPDX-License-Identifier: Apache-2.0 */
/* Recipients and identities of age, as text and in files. */
#include <string.h>

#include <sodium.h>

#include "base/err.h"
#include "base/when.h"
#include "seal/age.h"
#include "seal/bech32.h"

#define RECIPIENT "age"
#define IDENTITY "AGE-SECRET-KEY-"

enum { RECIPIENT_TEXT_MAX = 128 };

/* The next line that says something; the last one needs no line feed. */
static bool next_line(ew_slice *rest, ew_slice *line)
{
    while (rest->n > 0) {
        if (!ew_slice_line(rest, line)) {
            *line = *rest;
            rest->n = 0;
        }
        if (line->n > 0 && line->p[line->n - 1] == '\r')
            line->n--;
        if (line->n > 0 && line->p[0] != '#')
            return true;
    }
    return false;
}

static ew_code add_key(ew_age_recipients *to, const uint8_t *key, ew_err *err)
{
    for (size_t i = 0; i < to->n; i++)
        if (memcmp(to->keys[i], key, EW_AGE_KEY) == 0)
            return EW_OK;
    if (to->n == EW_AGE_KEYS_MAX)
        return ew_fail(err, EW_E_LIMIT, 0, "more than %d recipients",
                       (int)EW_AGE_KEYS_MAX);
    memcpy(to->keys[to->n++], key, EW_AGE_KEY);
    return EW_OK;
}

ew_code ew_age_add_recipient(ew_age_recipients *to, ew_slice text, ew_err *err)
{
    uint8_t key[EW_AGE_KEY];
    if (ew_bech32_read(text, RECIPIENT, key, sizeof key))
        return add_key(to, key, err);
    ew_slice rest = text;
    if (ew_slice_skip(&rest, IDENTITY)) /* and it is not repeated on the screen */
        return ew_fail(err, EW_E_ARG, 0,
                       "a secret key was given in place of a recipient, which begins "
                       "with 'age1'");
    int shown = text.n < RECIPIENT_TEXT_MAX ? (int)text.n : RECIPIENT_TEXT_MAX;
    return ew_fail(err, EW_E_ARG, 0, "'%.*s' is no age recipient of the X25519 kind",
                   shown, text.p);
}

ew_code ew_age_add_recipients(ew_age_recipients *to, ew_slice file, ew_err *err)
{
    ew_slice line;
    size_t before = to->n;
    while (next_line(&file, &line)) {
        ew_code code = ew_age_add_recipient(to, line, err);
        if (code != EW_OK) {
            to->n = before;
            return code == EW_E_ARG ? ew_fail(err, EW_E_FORMAT, 0,
                                              "a line of the file of recipients is none "
                                              "of the X25519 kind")
                                    : code;
        }
    }
    return EW_OK;
}

ew_code ew_age_read_identities(ew_age_identities *ids, ew_slice file, ew_err *err)
{
    ew_slice line;
    *ids = (ew_age_identities){0};
    ew_code code = ew_secret_init(&ids->keys, EW_AGE_KEYS_MAX * EW_AGE_KEY, err);
    while (code == EW_OK && next_line(&file, &line)) {
        uint8_t *to = (uint8_t *)ids->keys.bytes + ids->keys.n;
        if (ids->n == EW_AGE_KEYS_MAX)
            code = ew_fail(err, EW_E_LIMIT, 0, "more than %d identities in a file",
                           (int)EW_AGE_KEYS_MAX);
        else if (!ew_bech32_read(line, IDENTITY, to, EW_AGE_KEY))
            code = ew_fail(err, EW_E_FORMAT, 0,
                           "a line of the identity file is no AGE-SECRET-KEY of the "
                           "X25519 kind");
        if (code == EW_OK) {
            ids->n++;
            ids->keys.n += EW_AGE_KEY;
        }
    }
    if (code == EW_OK && ids->n == 0)
        code = ew_fail(err, EW_E_FORMAT, 0, "the identity file holds no identity");
    return code;
}

void ew_age_identities_release(ew_age_identities *ids)
{
    ew_secret_release(&ids->keys);
    ids->n = 0;
}

static ew_code append_identity(ew_buf *b, const ew_secret *key, const ew_buf *recipient,
                               int64_t created, ew_err *err)
{
    char when[EW_ISO_TEXT];
    ew_code code =
        ew_buf_printf(b, err, "# created: %s\n# public key: %s\n",
                      ew_iso_text(created, when), (const char *)recipient->data);
    if (code == EW_OK)
        code = ew_bech32_append(b, IDENTITY, key->bytes, key->n, err);
    return code == EW_OK ? ew_buf_append(b, "\n", 1, err) : code;
}

ew_code ew_age_new_identity(ew_secret *file, ew_buf *recipient, int64_t created,
                            ew_err *err)
{
    uint8_t public_key[EW_AGE_KEY];
    ew_secret key;
    ew_buf name;
    /* Grows nowhere, so that no copy is left behind. */
    ew_buf text = {(uint8_t *)file->bytes, 0, file->max, file->max - 1};
    ew_buf_init(&name, RECIPIENT_TEXT_MAX);
    ew_code code = ew_secret_init(&key, EW_AGE_KEY, err);
    if (code == EW_OK)
        code = ew_random(key.bytes, EW_AGE_KEY, err);
    key.n = EW_AGE_KEY;
    if (code == EW_OK &&
        crypto_scalarmult_base(public_key, (const uint8_t *)key.bytes) != 0)
        code = ew_fail(err, EW_E_BUG, 0, "a new key is no key");
    if (code == EW_OK)
        code = ew_bech32_append(&name, RECIPIENT, public_key, sizeof public_key, err);
    if (code == EW_OK)
        code = append_identity(&text, &key, &name, created, err);
    if (code == EW_OK)
        code = ew_buf_append(recipient, name.data, name.len, err);
    file->n = code == EW_OK ? text.len : 0;
    ew_buf_release(&name);
    ew_secret_release(&key);
    return code;
}
