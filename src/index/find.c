/* SPDX-License-Identifier: Apache-2.0 */
/* Finds a recording by what a person types: hash, name, last part of a name, path. */
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "index/snapshot.h"

enum { LEAST_DIGITS = 6, SHOWN = 3, MAX_SAFE = 1 << 16 };

/* Kinds of match, the surest first: the first kind that matches anything decides. */
enum kind { HASH, NAME, LAST_PART, HASH_BEGIN, KINDS };

typedef struct wanted {
    const char *raw;
    const char *safe; /* as names are kept */
    size_t digits;    /* hex digits that it consists of, or 0 */
    char hex[EW_SHA256_HEX + 1];
} wanted;

static size_t count_hex(const char *s, char lower[EW_SHA256_HEX + 1])
{
    size_t n = strlen(s);
    if (n < LEAST_DIGITS || n > EW_SHA256_HEX)
        return 0;
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        if (c >= 'A' && c <= 'F')
            c = (char)(c - 'A' + 'a');
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return 0;
        lower[i] = c;
    }
    lower[n] = 0;
    return n;
}

static const char *last_part(const char *s)
{
    const char *slash = strrchr(s, '/');
    return slash == NULL ? s : slash + 1;
}

static bool name_matches(const ew_recording *r, const wanted *w, bool last)
{
    for (size_t i = 0; i < r->name_count; i++) {
        const char *name = last ? last_part(r->names[i]) : r->names[i];
        const char *path = last ? last_part(r->paths[i]) : r->paths[i];
        if (strcmp(name, w->safe) == 0 || strcmp(name, w->raw) == 0 ||
            (path[0] != 0 && strcmp(path, w->raw) == 0))
            return true;
    }
    return false;
}

static bool matches(const ew_recording *r, const wanted *w, enum kind kind)
{
    char hex[EW_SHA256_HEX + 1];
    switch (kind) {
    case HASH:
    case HASH_BEGIN:
        if (w->digits == 0 || (kind == HASH && w->digits != EW_SHA256_HEX))
            return false;
        ew_hex(r->sha256, sizeof r->sha256, hex);
        return memcmp(hex, w->hex, w->digits) == 0;
    case NAME:
        return name_matches(r, w, false);
    default:
        return name_matches(r, w, true);
    }
}

static ew_code several(const ew_index *ix, const wanted *w, const size_t *shown,
                       size_t count, ew_err *err)
{
    ew_buf list;
    ew_buf_init(&list, MAX_SAFE);
    ew_code code = EW_OK;
    for (size_t i = 0; i < count && i < SHOWN && code == EW_OK; i++) {
        char hex[13];
        const ew_recording *r = ew_index_recording(ix, shown[i]);
        ew_hex(r->sha256, 6, hex);
        code = ew_buf_printf(&list, err, "%s%s '%.40s'", i == 0 ? "" : ", ", hex,
                             r->names[0]);
    }
    if (code == EW_OK)
        code = ew_fail(err, EW_E_ARG, 0,
                       "'%.40s' fits %zu recordings; name one by its hash: %s%s", w->safe,
                       count, (const char *)list.data, count > SHOWN ? ", ..." : "");
    ew_buf_release(&list);
    return code;
}

static ew_code find_wanted(const ew_index *ix, const wanted *w, size_t *rec, ew_err *err)
{
    for (int kind = HASH; kind < KINDS; kind++) {
        size_t found[SHOWN] = {0};
        size_t count = 0;
        for (size_t i = 0; i < ix->count; i++)
            if (matches(&ix->recs[i], w, (enum kind)kind)) {
                if (count < SHOWN)
                    found[count] = i;
                count++;
            }
        if (count > 1)
            return several(ix, w, found, count, err);
        if (count == 1) {
            *rec = found[0];
            return EW_OK;
        }
    }
    return ew_fail(err, EW_E_NOTFOUND, 0, "no recording '%.100s' in the archive",
                   w->safe);
}

ew_code ew_index_find(const ew_index *ix, const char *what, size_t *rec, ew_err *err)
{
    ew_buf safe;
    wanted w = {.raw = what};
    ew_buf_init(&safe, MAX_SAFE);
    ew_code code = ew_utf8_append_safe(&safe, what, strlen(what), err);
    if (code == EW_OK) {
        w.safe = safe.data == NULL ? "" : (const char *)safe.data;
        w.digits = count_hex(what, w.hex);
        code = find_wanted(ix, &w, rec, err);
    }
    ew_buf_release(&safe);
    return code;
}
