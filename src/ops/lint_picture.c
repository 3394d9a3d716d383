/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures: EXIF and XMP, IPTC as agencies write it, texts of PNG, comments of JPEG and GIF. */
#include <string.h>

#include "base/bytes.h"
#include "base/utf8.h"
#include "ops/lint_in.h"

enum { VALUE_MOST = 1000, KEY_MOST = 79 };

static size_t be(ew_slice s, size_t at, size_t n)
{
    size_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | (uint8_t)s.p[at + i];
    return v;
}

/* ------------------------------------------------------------------ IPTC */

static const struct {
    uint8_t id;
    ew_lint_kind kind;
    const char *field;
} sets[] = {
    {5, EW_LINT_METADATA, "IPTC title"},      {65, EW_LINT_SOFTWARE, "IPTC program"},
    {80, EW_LINT_AUTHOR, "IPTC by-line"},     {85, EW_LINT_AUTHOR, "IPTC by-line title"},
    {90, EW_LINT_PLACE, "IPTC city"},         {92, EW_LINT_PLACE, "IPTC location"},
    {95, EW_LINT_PLACE, "IPTC province"},     {101, EW_LINT_PLACE, "IPTC country"},
    {105, EW_LINT_METADATA, "IPTC headline"}, {110, EW_LINT_AUTHOR, "IPTC credit"},
    {115, EW_LINT_AUTHOR, "IPTC source"},     {116, EW_LINT_AUTHOR, "IPTC copyright"},
    {118, EW_LINT_AUTHOR, "IPTC contact"},    {120, EW_LINT_METADATA, "IPTC caption"},
    {122, EW_LINT_AUTHOR, "IPTC writer"}};

/* Data sets in a row from `at` on, of the kind that tells about the picture. */
static ew_code iptc_at(ew_lint *l, ew_slice s, size_t at, ew_err *err)
{
    ew_code code = EW_OK;
    while (code == EW_OK && at + 5 <= s.n && s.p[at] == 0x1C) {
        size_t n = be(s, at + 3, 2);
        if (n > s.n - at - 5)
            break;
        ew_slice v = {s.p + at + 5, n < VALUE_MOST ? n : VALUE_MOST};
        for (size_t i = 0; i < EW_COUNT(sets) && code == EW_OK; i++)
            if (s.p[at + 1] == 2 && (uint8_t)s.p[at + 2] == sets[i].id)
                code = ew_lint__value(l, sets[i].kind, sets[i].field, at + 5, v, err);
        at += 5 + n;
    }
    return code;
}

/* In Photoshop's resource of the number 0x0404. */
static ew_code iptc(ew_lint *l, ew_slice s, ew_err *err)
{
    ew_code code = EW_OK;
    const char *p = s.p;
    const char *end = s.p + s.n;
    while (code == EW_OK && (p = memmem(p, (size_t)(end - p), "8BIM\4\4", 6)) != NULL) {
        size_t at = (size_t)(p - s.p) + 6;
        p += 6;
        if (at >= s.n)
            break;
        size_t name = (uint8_t)s.p[at] + 1u;
        at += name + (name & 1) + 4;
        if (at < s.n)
            code = iptc_at(l, s, at, err);
    }
    return code;
}

/* ------------------------------------------------------------------ PNG */

static ew_lint_kind kind_of(const char *key)
{
    if (strcmp(key, "Author") == 0 || strcmp(key, "Copyright") == 0)
        return EW_LINT_AUTHOR;
    if (strcmp(key, "Source") == 0)
        return EW_LINT_DEVICE;
    return strcmp(key, "Software") == 0 ? EW_LINT_SOFTWARE : EW_LINT_METADATA;
}

/* What is behind the keyword and what else of iTXt: a flag, a method, two names. */
static ew_slice png_value(ew_slice data, size_t key, bool international)
{
    size_t at = key + 1;
    if (international) {
        at += 2;
        for (int zeros = 0; at < data.n && zeros < 2; at++)
            zeros += data.p[at] == 0;
    }
    return at < data.n ? (ew_slice){data.p + at, data.n - at} : (ew_slice){data.p, 0};
}

static ew_code png_chunk(ew_lint *l, ew_slice s, size_t at, size_t n, ew_err *err)
{
    char key[KEY_MOST + 1] = "";
    ew_slice data = {s.p + at + 8, n};
    bool plain = memcmp(s.p + at + 4, "tEXt", 4) == 0;
    bool international = memcmp(s.p + at + 4, "iTXt", 4) == 0;
    bool packed = memcmp(s.p + at + 4, "zTXt", 4) == 0;
    size_t length = strnlen(data.p, n < KEY_MOST ? n : KEY_MOST);
    if (!plain && !international && !packed)
        return EW_OK;
    memcpy(key, data.p, length);
    if (!ew_utf8_valid(key, length))
        key[0] = 0;
    if (packed || (international && length + 1 < n && data.p[length + 1] != 0))
        return ew_lint__blank(l, "packed text in a picture", err);
    ew_slice v = png_value(data, length, international);
    v.n = v.n < VALUE_MOST ? v.n : VALUE_MOST;
    return ew_lint__value(l, kind_of(key), key, (uint64_t)(v.p - s.p), v, err);
}

static ew_code png(ew_lint *l, ew_slice s, ew_err *err)
{
    ew_code code = EW_OK;
    if (s.n < 8 || memcmp(s.p, "\x89PNG", 4) != 0)
        return EW_OK;
    for (size_t at = 8; at + 12 <= s.n && code == EW_OK;) {
        size_t n = be(s, at, 4);
        if (n > s.n - at - 12)
            break;
        code = png_chunk(l, s, at, n, err);
        at += n + 12;
    }
    return code;
}

/* ------------------------------------------------------------------ JPEG */

/* Comments before the picture itself. */
static ew_code jpeg(ew_lint *l, ew_slice s, ew_err *err)
{
    ew_code code = EW_OK;
    if (s.n < 4 || memcmp(s.p, "\xFF\xD8", 2) != 0)
        return EW_OK;
    for (size_t at = 2; at + 4 <= s.n && (uint8_t)s.p[at] == 0xFF && code == EW_OK;) {
        uint8_t marker = (uint8_t)s.p[at + 1];
        size_t n = be(s, at + 2, 2);
        if (marker == 0xDA || n < 2 || n > s.n - at - 2)
            break;
        if (marker == 0xFE)
            code = ew_lint__value(l, EW_LINT_METADATA, "comment", at + 4,
                                  (ew_slice){s.p + at + 4, n - 2}, err);
        at += 2 + n;
    }
    return code;
}

ew_code ew_lint__picture(ew_lint *l, ew_slice s, ew_err *err)
{
    ew_code code = ew_lint__exif(l, s, err);
    if (code == EW_OK)
        code = ew_lint__xml(l, s, err);
    if (code == EW_OK)
        code = iptc(l, s, err);
    if (code == EW_OK)
        code = png(l, s, err);
    if (code == EW_OK)
        code = jpeg(l, s, err);
    if (code == EW_OK)
        code = ew_lint__bytes(l, s, EW_LOOK_NAMES, err);
    return code == EW_OK ? ew_lint__blank(l, "what a picture shows", err) : code;
}
