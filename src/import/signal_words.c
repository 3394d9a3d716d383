/* SPDX-License-Identifier: Apache-2.0 */
/* What Signal says itself ("groupMemberAddedUpdate", "individualCall") in words: the names of the fields taken apart,
 * people by their names. What a later version adds is told the same way. */
#include <string.h>

#include "base/bytes.h"
#include "base/when.h"
#include "import/clean.h"
#include "import/signal.h"

static bool ends_with(ew_slice s, const char *end)
{
    size_t n = strlen(end);
    return s.n >= n && memcmp(s.p + s.n - n, end, n) == 0;
}

static ew_code put(ew_signal *s, ew_slice text)
{
    return ew_import_line(&s->words, text, s->err);
}

/* Between two things that are told: written only when the second one comes. */
static ew_code put_between(ew_signal *s)
{
    ew_code code = ew_buf_append(&s->words, s->between, strlen(s->between), s->err);
    s->between = ", ";
    return code;
}

/* Names of fields and constants are short; what is not is none of the program's, and is cut, not within a
 * character. */
static ew_slice cut(ew_slice s)
{
    enum { WORD_MAX = 200 };
    if (s.n <= WORD_MAX)
        return s;
    s.n = WORD_MAX;
    while (s.n > 0 && ((unsigned char)s.p[s.n] & 0xC0) == 0x80)
        s.n--;
    return s;
}

/* "groupMemberAddedUpdate": "group member added" */
static ew_code put_key(ew_signal *s, ew_slice key)
{
    static const char *const ends[] = {"Update", "Timestamp", "Aci", "RecipientId", "Id"};
    ew_code code = EW_OK;
    for (size_t i = 0; i < EW_COUNT(ends); i++) {
        if (!ends_with(key, ends[i]) || key.n == strlen(ends[i]))
            continue;
        key.n -= strlen(ends[i]);
        break;
    }
    key = cut(key);
    for (size_t i = 0; i < key.n && code == EW_OK; i++) {
        char c[2] = {' ', key.p[i]};
        bool upper = c[1] >= 'A' && c[1] <= 'Z';
        if (upper)
            c[1] = (char)(c[1] - 'A' + 'a');
        code = put(s, upper && i > 0 ? (ew_slice){c, 2} : (ew_slice){c + 1, 1});
    }
    return code;
}

/* Of nobody the number, so that it can be looked up. */
static ew_code put_person(ew_signal *s, const ew_signal_recipient *r)
{
    return put(s, r != NULL ? ew_signal__shown(s, r) : s->j.text);
}

static ew_code put_time(ew_signal *s)
{
    char text[EW_ISO_TEXT];
    uint64_t ms;
    if (!ew_slice_u64(s->j.text, &ms) || ms > INT64_MAX)
        return put(s, s->j.text);
    return put(s, ew_slice_of(ew_iso_text((int64_t)(ms / 1000), text)));
}

/* "MISSED_NOTIFICATION_PROFILE": words of a closed list. */
static ew_code put_constant(ew_signal *s)
{
    ew_code code = EW_OK;
    ew_slice t = cut(s->j.text);
    for (size_t i = 0; i < t.n && code == EW_OK; i++) {
        char c = t.p[i] == '_' ? ' ' : t.p[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        code = put(s, (ew_slice){&c, 1});
    }
    return code;
}

static bool is_constant(ew_slice key)
{
    static const char *const keys[] = {"type",   "state",  "direction",
                                       "reason", "status", "accessLevel"};
    for (size_t i = 0; i < EW_COUNT(keys); i++)
        if (ew_slice_is(key, keys[i]))
            return true;
    return false;
}

/* Keys, hashes and other numbers for machines. */
static bool is_noise(ew_slice key)
{
    static const char *const keys[] = {
        "callId", "read",     "transactionDetails", "receiptCredentialPresentation",
        "packId", "packKey",  "stickerId",          "avatar",
        "data",   "longText", "bodyRanges"};
    for (size_t i = 0; i < EW_COUNT(keys); i++)
        if (ew_slice_is(key, keys[i]))
            return true;
    return false;
}

static ew_code put_value(ew_signal *s, ew_slice key)
{
    uint8_t aci[16];
    uint64_t id = 0;
    bool base64 = ends_with(key, "Aci") || ends_with(key, "aci") ||
                  ends_with(key, "Pni") || ends_with(key, "ServiceId");
    if (base64 && ew_signal__bytes(s->j.text, aci, sizeof aci) == sizeof aci)
        return put_person(s, ew_signal__by_aci(s, aci));
    if (ends_with(key, "Id") && ew_slice_u64(s->j.text, &id))
        return put_person(s, ew_signal__recipient_of(s, id));
    if (ends_with(key, "Timestamp"))
        return put_time(s);
    return is_constant(key) ? put_constant(s) : put(s, s->j.text);
}

/* A key that says nothing that its value does not say. */
static bool is_plain(ew_slice key)
{
    static const char *const keys[] = {"value",      "givenName", "familyName",
                                       "middleName", "prefix",    "suffix",
                                       "nickname",   "label",     "note"};
    for (size_t i = 0; i < EW_COUNT(keys); i++)
        if (ew_slice_is(key, keys[i]))
            return true;
    return is_constant(key);
}

static ew_code put_simple(ew_signal *s)
{
    ew_slice key = s->j.key;
    bool flag = s->j.kind == EW_JSON_TRUE || s->j.kind == EW_JSON_FALSE;
    ew_code code = put_between(s);
    if (code == EW_OK && s->j.kind == EW_JSON_FALSE)
        code = put(s, ew_slice_of("not "));
    if (code == EW_OK && s->j.has_key && !is_plain(key))
        code = put_key(s, key);
    if (flag)
        return code;
    if (code == EW_OK && s->j.has_key && !is_plain(key))
        code = put(s, ew_slice_of(" "));
    return code == EW_OK ? put_value(s, key) : code;
}

static ew_code put_opening(ew_signal *s)
{
    bool told = s->j.has_key && !ew_slice_is(s->j.key, "updates");
    ew_code code = told ? put_between(s) : EW_OK;
    if (code == EW_OK && told)
        code = put_key(s, s->j.key);
    if (told)
        s->between = ": ";
    return code;
}

ew_code ew_signal__describe(ew_signal *s)
{
    ew_json *j = &s->j;
    size_t depth = ew_signal__enter(s);
    ew_code code = EW_OK;
    ew_buf_reset(&s->words);
    s->between = "";
    while (ew_signal__inside(s, depth, &code)) {
        if (j->has_key && is_noise(j->key))
            code = ew_json_skip(j, s->err);
        else if (ew_signal__opens(s))
            code = put_opening(s);
        else if (j->kind != EW_JSON_OBJECT_END && j->kind != EW_JSON_ARRAY_END &&
                 j->kind != EW_JSON_NULL)
            code = put_simple(s);
        else if (s->words.len > 0)
            s->between = ", ";
    }
    return code;
}
