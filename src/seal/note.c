/* SPDX-License-Identifier: Apache-2.0 */
/* Signed notes: taking apart, checking, making. */
#include "seal/note.h"

#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "base/alloc.h"
#include "base/utf8.h"

#define DASH "\xE2\x80\x94 " /* U+2014 and a space */

enum {
    TIME_BYTES = 8,
    HEAD_MAX = 64 /* "cosignature/v1", "time " and 20 digits */
};

bool ew_note_text_ok(ew_slice text)
{
    if (text.n == 0 || text.p[text.n - 1] != '\n' || !ew_utf8_valid(text.p, text.n))
        return false;
    for (size_t i = 0; i < text.n; i++)
        if ((uint8_t)text.p[i] < 0x20 && text.p[i] != '\n')
            return false;
    return true;
}

static ew_code malformed(ew_err *err, const ew_note *note, const char *at,
                         const char *what)
{
    return ew_fail(err, EW_E_FORMAT, (uint64_t)(at - note->bytes),
                   "not a signed note: %s", what);
}

/* One line after the blank one; raw: where its bytes go. */
static ew_code parse_sig(ew_note *note, ew_slice line, uint8_t **raw, ew_err *err)
{
    ew_slice rest = line;
    ew_slice name;
    size_t n = 0;
    if (note->sig_count == EW_NOTE_SIGS_MAX)
        return ew_fail(err, EW_E_LIMIT, (uint64_t)(line.p - note->bytes),
                       "more than %d signatures", (int)EW_NOTE_SIGS_MAX);
    if (!ew_slice_skip(&rest, DASH) || !ew_slice_word(&rest, &name) ||
        !ew_key_name_ok(name))
        return malformed(err, note, line.p, "a bad signature line");
    if (!ew_slice_base64_any(rest, *raw, rest.n, &n) || n <= EW_KEY_ID)
        return malformed(err, note, line.p, "a signature that is no base64");
    ew_note_sig *sig = &note->sigs[note->sig_count++];
    sig->name = name;
    memcpy(sig->id, *raw, EW_KEY_ID);
    sig->bytes = *raw + EW_KEY_ID;
    sig->n = n - EW_KEY_ID;
    *raw += n;
    return EW_OK;
}

/* The last blank line parts the text from the signatures. */
static ew_code parse_whole(ew_note *note, ew_err *err)
{
    ew_slice all = {note->bytes, note->n};
    if (!ew_note_text_ok(all))
        return malformed(err, note, note->bytes,
                         "bad UTF-8, a control character, or no line feed at the end");
    const char *end = note->bytes + note->n;
    const char *blank = NULL;
    for (const char *p = end - 1; p > note->bytes && blank == NULL; p--)
        if (p[0] == '\n' && p[-1] == '\n')
            blank = p;
    if (blank == NULL || blank + 1 == end)
        return malformed(err, note, end, "no signatures");
    note->text = (ew_slice){note->bytes, (size_t)(blank - note->bytes)};
    ew_slice rest = {blank + 1, (size_t)(end - blank - 1)};
    note->raw = ew_alloc(rest.n);
    if (note->raw == NULL)
        return ew_fail_nomem(err);
    uint8_t *raw = note->raw;
    ew_slice line;
    ew_code code = EW_OK;
    while (code == EW_OK && ew_slice_line(&rest, &line))
        code = parse_sig(note, line, &raw, err);
    return code;
}

ew_code ew_note_parse(ew_note **out, const void *bytes, size_t n, ew_err *err)
{
    if (n > EW_NOTE_MAX)
        return ew_fail(err, EW_E_LIMIT, EW_NOTE_MAX, "a note of more than %d bytes",
                       (int)EW_NOTE_MAX);
    ew_note *note = ew_alloc(sizeof *note);
    if (note == NULL)
        return ew_fail_nomem(err);
    note->room = ew_alloc(HEAD_MAX + n + 1);
    note->n = n;
    ew_code code = note->room != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK) {
        note->bytes = note->room + HEAD_MAX;
        if (n > 0)
            memcpy(note->bytes, bytes, n);
        code = parse_whole(note, err);
    }
    if (code != EW_OK) {
        ew_note_free(note);
        return code;
    }
    *out = note;
    return EW_OK;
}

void ew_note_free(ew_note *note)
{
    if (note == NULL)
        return;
    ew_free(note->room);
    ew_free(note->raw);
    ew_free(note);
}

/* ------------------------------------------------------------------ cosignatures */

/* What a witness signs is this, and the text. */
static size_t cosign_head(char head[HEAD_MAX], uint64_t time)
{
    return (size_t)snprintf(head, HEAD_MAX, "cosignature/v1\ntime %ju\n",
                            (uintmax_t)time);
}

static uint64_t get_time(const uint8_t *p)
{
    uint64_t v = 0;
    for (int i = 0; i < TIME_BYTES; i++)
        v = v << 8 | p[i];
    return v;
}

/* libsodium verifies a message in one piece. The head goes before the text, into the space
 * kept there, so that checking cannot fail for want of memory. */
static bool cosignature_good(const ew_note *note, const ew_vkey *key,
                             const ew_note_sig *sig, uint64_t *time)
{
    char head[HEAD_MAX];
    if (sig->n != TIME_BYTES + EW_ED25519_SIG)
        return false;
    *time = get_time(sig->bytes);
    if (*time > INT64_MAX)
        return false;
    size_t n = cosign_head(head, *time);
    memcpy(note->bytes - n, head, n);
    return ew_ed25519_check(key->key, note->bytes - n, n + note->text.n,
                            sig->bytes + TIME_BYTES);
}

ew_sig_state ew_note_check(const ew_note *note, const ew_vkey *key, uint64_t *time)
{
    ew_sig_state state = EW_SIG_ABSENT;
    uint64_t when = 0;
    if (time != NULL)
        *time = 0;
    for (size_t i = 0; i < note->sig_count; i++) {
        const ew_note_sig *sig = &note->sigs[i];
        if (!ew_slice_is(sig->name, key->name) ||
            memcmp(sig->id, key->id, EW_KEY_ID) != 0)
            continue;
        bool good =
            key->type == EW_SIG_COSIGNATURE
                ? cosignature_good(note, key, sig, &when)
                : sig->n == EW_ED25519_SIG &&
                      ew_ed25519_check(key->key, note->text.p, note->text.n, sig->bytes);
        if (!good)
            return EW_SIG_BAD;
        /* Of several by one witness, the earliest counts: all of them were made. */
        if (time != NULL && (state == EW_SIG_ABSENT || when < *time))
            *time = when;
        state = EW_SIG_GOOD;
    }
    return state;
}

/* ------------------------------------------------------------------ making */

/* The text of a note that is being made: before its last blank line. */
static bool text_of(const ew_buf *note, ew_slice *text)
{
    const char *p = (const char *)note->data;
    for (size_t i = note->len; i >= 2; i--)
        if (p[i - 1] == '\n' && p[i - 2] == '\n') {
            *text = (ew_slice){p, i - 1};
            return true;
        }
    return false;
}

/* id, time of a cosigner, signature. */
static ew_code sign(const ew_signer *by, uint64_t time, ew_slice text, ew_buf *raw,
                    ew_err *err)
{
    const ew_vkey *key = ew_signer_vkey(by);
    uint8_t sig[EW_ED25519_SIG];
    uint8_t be[TIME_BYTES];
    char head[HEAD_MAX];
    ew_buf b;
    ew_buf_init(&b, text.n + HEAD_MAX);
    ew_code code = ew_buf_append(raw, key->id, EW_KEY_ID, err);
    if (code == EW_OK && key->type == EW_SIG_COSIGNATURE) {
        for (int i = 0; i < TIME_BYTES; i++)
            be[i] = (uint8_t)(time >> (8 * (TIME_BYTES - 1 - i)));
        code = ew_buf_append(raw, be, sizeof be, err);
        if (code == EW_OK)
            code = ew_buf_append(&b, head, cosign_head(head, time), err);
        if (code == EW_OK)
            code = ew_buf_append(&b, text.p, text.n, err);
        text = (ew_slice){(const char *)b.data, b.len};
    }
    if (code == EW_OK) {
        ew_signer_sign(by, text.p, text.n, sig);
        code = ew_buf_append(raw, sig, sizeof sig, err);
    }
    ew_buf_release(&b);
    return code;
}

ew_code ew_note_add(ew_buf *note, const ew_signer *by, uint64_t time, ew_err *err)
{
    ew_slice text;
    ew_buf raw;
    ew_buf line;
    if (!text_of(note, &text))
        return ew_fail(err, EW_E_ARG, 0, "not a note to be signed");
    ew_buf_init(&raw, 128);
    ew_buf_init(&line, 1024);
    ew_code code = sign(by, time, text, &raw, err);
    if (code == EW_OK)
        code = ew_buf_printf(&line, err, DASH "%s ", ew_signer_vkey(by)->name);
    if (code == EW_OK)
        code = ew_base64_append(&line, raw.data, raw.len, err);
    if (code == EW_OK)
        code = ew_buf_append(&line, "\n", 1, err);
    if (code == EW_OK)
        code = ew_buf_append(note, line.data, line.len, err);
    ew_buf_release(&line);
    ew_buf_release(&raw);
    return code;
}

ew_code ew_note_make(ew_buf *out, ew_slice text, const ew_signer *by, ew_err *err)
{
    if (!ew_note_text_ok(text))
        return ew_fail(err, EW_E_ARG, 0, "this text cannot be signed as a note");
    size_t before = out->len;
    ew_code code = ew_buf_append(out, text.p, text.n, err);
    if (code == EW_OK)
        code = ew_buf_append(out, "\n", 1, err);
    if (code == EW_OK)
        code = ew_note_add(out, by, 0, err);
    if (code != EW_OK && out->data != NULL) {
        out->len = before;
        out->data[before] = 0;
    }
    return code;
}
