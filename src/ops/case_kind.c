/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of items by their first bytes, and by what an importer would make of them. */
#include "ops/case_kind.h"

#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/err.h"
#include "import/import.h"

enum { HEAD_BYTES = 512, TS_PACKET = 188, ADTS_SYNC = 0xE0, TEXT_MAX = 64 << 20 };

#define RECORDING "recording"
#define IMAGE "image"
#define DOCUMENT "document"

static const struct mark {
    size_t at, n;
    const char *bytes, *kind;
} marks[] = {
    {8, 4, "WAVE", RECORDING},
    {8, 4, "AVI ", RECORDING},
    {8, 4, "WEBP", IMAGE},
    {8, 4, "AIFF", RECORDING},
    {8, 4, "AIFC", RECORDING},
    {0, 4, "OggS", RECORDING},
    {0, 4, "fLaC", RECORDING},
    {0, 3, "ID3", RECORDING},
    {0, 5, "#!AMR", RECORDING},
    {0, 4, "caff", RECORDING},
    {0, 4, ".snd", RECORDING},
    {0, 4, "wvpk", RECORDING},
    {0, 4, "MAC ", RECORDING},
    {0, 4, "TTA1", RECORDING},
    {0, 4, "riff", RECORDING},
    {0, 3, "FLV", RECORDING},
    {0, 4, ".RMF", RECORDING},
    {0, 4, "\x1A\x45\xDF\xA3", RECORDING}, /* Matroska, WebM */
    {0, 4, "\x30\x26\xB2\x75", RECORDING}, /* ASF */
    {0, 4, "\0\0\x01\xBA", RECORDING},     /* MPEG program stream */
    {4, 8, "ftypheic", IMAGE},
    {4, 8, "ftypheix", IMAGE},
    {4, 8, "ftypmif1", IMAGE},
    {4, 8, "ftypavif", IMAGE},
    {4, 4, "ftyp", RECORDING},
    {4, 4, "moov", RECORDING},
    {0, 3, "\xFF\xD8\xFF", IMAGE}, /* JPEG */
    {0, 4, "\x89PNG", IMAGE},
    {0, 4, "GIF8", IMAGE},
    {0, 4, "II*\0", IMAGE}, /* TIFF */
    {0, 4, "MM\0*", IMAGE},
    {0, 2, "BM", IMAGE},
    {0, 4, "%PDF", DOCUMENT},
};

/* MPEG audio has no mark but eleven set bits, which text in UTF-16 begins with, too. */
static bool is_mpeg(const uint8_t *b, size_t n)
{
    return n >= 4 && b[0] == 0xFF && (b[1] & ADTS_SYNC) == ADTS_SYNC &&
           ((b[1] & 0x06) != 0 || (b[1] & 0xF6) == 0xF0) && b[1] != 0xFE &&
           b[1] != 0xFF && (b[2] & 0xF0) != 0xF0;
}

static bool is_transport(const uint8_t *b, size_t n)
{
    return n > 2 * TS_PACKET && b[0] == 0x47 && b[TS_PACKET] == 0x47 &&
           b[2 * TS_PACKET] == 0x47;
}

static const char *by_mark(const uint8_t *b, size_t n)
{
    for (size_t i = 0; i < EW_COUNT(marks); i++)
        if (n >= marks[i].at + marks[i].n &&
            memcmp(b + marks[i].at, marks[i].bytes, marks[i].n) == 0)
            return marks[i].kind;
    return is_mpeg(b, n) || is_transport(b, n) ? RECORDING : NULL;
}

static const char *by_format(ew_import_format f)
{
    switch (f) {
    case EW_IMPORT_TELEGRAM_JSON:
    case EW_IMPORT_TELEGRAM_HTML:
    case EW_IMPORT_WHATSAPP:
    case EW_IMPORT_MESSENGER:
    case EW_IMPORT_SIGNAL:
        return "chat";
    case EW_IMPORT_PAGE:
    case EW_IMPORT_WARC:
    case EW_IMPORT_WACZ:
        return "page";
    case EW_IMPORT_MARKDOWN:
        return "article";
    case EW_IMPORT_PICTURE:
        return IMAGE;
    default:
        return DOCUMENT; /* plain text may be anything */
    }
}

ew_code ew_case_kind_of(int fd, const char *path, const char **kind, ew_err *err)
{
    uint8_t head[HEAD_BYTES];
    ew_delivery *d = NULL;
    ew_import_format format = EW_IMPORT_AUTO;
    ew_err why;
    ssize_t n = pread(fd, head, sizeof head, 0);
    *kind = n > 0 ? by_mark(head, (size_t)n) : NULL;
    if (*kind != NULL)
        return EW_OK;
    *kind = DOCUMENT;
    /* What large files are exports begins so. */
    if (n <= 0 ||
        (lseek(fd, 0, SEEK_END) > TEXT_MAX && strchr("P{\x1F", head[0]) == NULL))
        return EW_OK;
    ew_code code = ew_delivery_open(&d, path, &why);
    if (code == EW_OK)
        code = ew_import_detect(d, &format, &why);
    ew_delivery_close(d);
    if (code == EW_OK)
        *kind = by_format(format);
    return code == EW_E_NOMEM ? ew_fail_nomem(err) : EW_OK;
}

bool ew_case_kind_known(const char *kind)
{
    static const char *const kinds[] = {RECORDING, IMAGE,  DOCUMENT,
                                        "chat",    "page", "article"};
    for (size_t i = 0; i < EW_COUNT(kinds); i++)
        if (strcmp(kinds[i], kind) == 0)
            return true;
    return false;
}
