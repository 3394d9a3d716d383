/* SPDX-License-Identifier: Apache-2.0 */
/* What a file is decides how it is looked into; what is not known is searched for strings, and told. */
#include <string.h>

#include "base/bytes.h"
#include "base/utf8.h"
#include "ops/lint_in.h"

enum { TEXT_LOOK = 64 * 1024 };

typedef ew_code looker(ew_lint *l, ew_slice s, ew_err *err);

static ew_code locked(ew_lint *l, ew_slice s, ew_err *err)
{
    (void)s;
    return ew_lint__blank(l, "encrypted", err);
}

static ew_code packed(ew_lint *l, ew_slice s, ew_err *err)
{
    (void)s;
    return ew_lint__blank(l, "packed in a way that is not unpacked", err);
}

/* Its pages are read one by one when it is an original of its own: ew_lint__web. */
static ew_code web_archive(ew_lint *l, ew_slice s, ew_err *err)
{
    bool own = l->depth == 0 || strcmp(l->member, "(unpacked)") == 0;
    ew_code code = ew_lint__bytes(l, s, EW_LOOK_NAMES, err);
    return code == EW_OK && !own
               ? ew_lint__blank(l, "packed pages of a web archive in an archive", err)
               : code;
}

static ew_code database(ew_lint *l, ew_slice s, ew_err *err)
{
    ew_code code = ew_lint__bytes(l, s, EW_LOOK_NAMES, err);
    return code == EW_OK ? ew_lint__blank(l, "a database: only searched for strings", err)
                         : code;
}

static const struct {
    const char *magic;
    size_t n, at;
    looker *look;
} known[] = {
    {"\xFF\xD8\xFF", 3, 0, ew_lint__picture},
    {"\x89PNG\r\n", 6, 0, ew_lint__picture},
    {"GIF8", 4, 0, ew_lint__picture},
    {"II*\0", 4, 0, ew_lint__picture},
    {"MM\0*", 4, 0, ew_lint__picture},
    {"WEBP", 4, 8, ew_lint__picture},
    {"BM", 2, 0, ew_lint__picture},
    {"ftypheic", 8, 4, ew_lint__picture},
    {"ftypheix", 8, 4, ew_lint__picture},
    {"ftypmif1", 8, 4, ew_lint__picture},
    {"ftypmsf1", 8, 4, ew_lint__picture},
    {"ftypavif", 8, 4, ew_lint__picture},
    {"ftyp", 4, 4, ew_lint__media},
    {"moov", 4, 4, ew_lint__media},
    {"WAVE", 4, 8, ew_lint__media},
    {"AVI ", 4, 8, ew_lint__media},
    {"RF64", 4, 0, ew_lint__media},
    {"fLaC", 4, 0, ew_lint__media},
    {"OggS", 4, 0, ew_lint__media},
    {"ID3", 3, 0, ew_lint__media},
    {"\x1A\x45\xDF\xA3", 4, 0, ew_lint__media},
    {"FORM", 4, 0, ew_lint__media},
    {"caff", 4, 0, ew_lint__media},
    {"#!AMR", 5, 0, ew_lint__media},
    {"\x30\x26\xB2\x75", 4, 0, ew_lint__media},
    {"\xFF\xFB", 2, 0, ew_lint__media},
    {"\xFF\xF3", 2, 0, ew_lint__media},
    {"\xFF\xF1", 2, 0, ew_lint__media},
    {"\xFF\xF9", 2, 0, ew_lint__media},
    {"%PDF-", 5, 0, ew_lint__pdf},
    {"{\\rtf", 5, 0, ew_lint__rtf},
    {"\xD0\xCF\x11\xE0", 4, 0, ew_lint__ole},
    {"PK\3\4", 4, 0, ew_lint__archive},
    {"\x1F\x8B", 2, 0, ew_lint__archive},
    {"BZh", 3, 0, ew_lint__archive},
    {"\xFD"
     "7zXZ",
     5, 0, ew_lint__archive},
    {"\x28\xB5\x2F\xFD", 4, 0, ew_lint__archive},
    {"ustar", 5, 257, ew_lint__archive},
    {"WARC/", 5, 0, web_archive},
    {"7z\xBC\xAF", 4, 0, packed},
    {"Rar!", 4, 0, packed},
    {"SQLite format 3", 15, 0, database},
    {"age-encryption.org", 18, 0, locked},
    {"-----BEGIN AGE", 14, 0, locked},
    {"-----BEGIN PGP MESSAGE", 22, 0, locked},
    {"Salted__", 8, 0, locked},
};

/* Has it so many control characters that it is no text? */
static bool is_odd(ew_slice s, size_t most)
{
    size_t odd = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        odd += c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != 0x1B && c != 0x0C;
    }
    return odd > most;
}

/* UTF-8 without zeros, or UTF-16 or UTF-32 with its mark; the last character may be cut. */
static bool is_text(ew_slice s)
{
    size_t n = s.n < TEXT_LOOK ? s.n : TEXT_LOOK;
    if (n >= 4 && memcmp(s.p, "\0\0\xFE\xFF", 4) == 0)
        return true;
    if (n >= 2 && (memcmp(s.p, "\xFF\xFE", 2) == 0 || memcmp(s.p, "\xFE\xFF", 2) == 0))
        return true;
    if (memchr(s.p, 0, n) != NULL || is_odd((ew_slice){s.p, n}, n / 100))
        return false;
    for (size_t drop = 0; drop < 4 && drop < n; drop++)
        if (ew_utf8_valid(s.p, n - drop))
            return true;
    return false;
}

static bool is_other_text(ew_slice s)
{
    return !is_odd((ew_slice){s.p, s.n < TEXT_LOOK ? s.n : TEXT_LOOK}, 0);
}

static ew_code text(ew_lint *l, ew_slice s, ew_err *err)
{
    ew_code code = ew_lint__bytes(l, s, EW_LOOK_ALL, err);
    if (code == EW_OK)
        code = ew_lint__xml(l, s, err);
    if (code == EW_OK && memmem(s.p, s.n, ";base64,", 8) != NULL)
        code = ew_lint__blank(l, "files within a text, as base64", err);
    if (code == EW_OK &&
        memmem(s.p, s.n, "Content-Transfer-Encoding: base64", 33) != NULL)
        code = ew_lint__blank(l, "parts of a mail, as base64", err);
    return code;
}

ew_code ew_lint__file(ew_lint *l, ew_slice s, ew_err *err)
{
    if (s.n == 0)
        return EW_OK;
    for (size_t i = 0; i < EW_COUNT(known); i++)
        if (s.n >= known[i].at + known[i].n &&
            memcmp(s.p + known[i].at, known[i].magic, known[i].n) == 0 &&
            !(known[i].n == 2 && known[i].magic[0] == 'B' && is_text(s)))
            return known[i].look(l, s, err);
    if (is_text(s))
        return text(l, s, err);
    bool other = is_other_text(s);
    ew_code code = ew_lint__bytes(l, s, other ? EW_LOOK_ALL : EW_LOOK_NAMES, err);
    if (code == EW_OK)
        code = ew_lint__exif(l, s, err);
    if (code != EW_OK)
        return code;
    return ew_lint__blank(l,
                          other ? "text in another encoding than UTF-8 and UTF-16"
                                : "an unknown format: only searched for strings",
                          err);
}
