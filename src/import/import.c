/* SPDX-License-Identifier: Apache-2.0 */
/* Which reader is for what. */
#include "import/import.h"

#include <string.h>

#include "import/article_made.h"
#include "import/whatsapp_head.h"

static const struct {
    const char *name;
    ew_import_reader *read;
} formats[EW_IMPORT_FORMATS] = {
    [EW_IMPORT_TELEGRAM_JSON] = {"telegram-json", ew_import__telegram_json},
    [EW_IMPORT_WHATSAPP] = {"whatsapp", ew_import__whatsapp},
    [EW_IMPORT_PAGE] = {"page", ew_import__page},
    [EW_IMPORT_MARKDOWN] = {"markdown", ew_import__markdown},
    [EW_IMPORT_TEXT] = {"text", ew_import__text},
};

const char *ew_import_format_name(ew_import_format f)
{
    return formats[f].name;
}

ew_import_format ew_import_format_named(const char *name)
{
    for (int f = EW_IMPORT_AUTO + 1; f < EW_IMPORT_FORMATS; f++)
        if (formats[f].name != NULL && strcmp(formats[f].name, name) == 0)
            return (ew_import_format)f;
    return EW_IMPORT_AUTO;
}

static const char *const kinds[] = {"file",    "photo",   "video",    "voice", "audio",
                                    "sticker", "contact", "location", "other"};
static const char *const states[] = {"present",   "named",       "left-out",
                                     "too-large", "unavailable", "inline"};

const char *ew_attachment_kind_name(ew_attachment_kind k)
{
    return kinds[k];
}

const char *ew_attachment_state_name(ew_attachment_state s)
{
    return states[s];
}

static bool ends_with(ew_slice name, const char *end)
{
    size_t n = strlen(end);
    return name.n >= n && memcmp(name.p + name.n - n, end, n) == 0;
}

/* Is there a message of WhatsApp within the first lines? */
static ew_code looks_like_chat(ew_delivery *from, size_t i, bool *yes, ew_err *err)
{
    enum { LINES = 20 };
    ew_slice rest;
    ew_slice line;
    ew_wa_head h;
    *yes = false;
    ew_code code = ew_delivery_read(from, i, &rest, err);
    for (int n = 0; code == EW_OK && n < LINES && !*yes && ew_slice_line(&rest, &line);
         n++)
        *yes = ew_wa_head_at(line, &h);
    return code;
}

ew_code ew_import_detect(ew_delivery *from, ew_import_format *format, ew_err *err)
{
    bool chat = false;
    ew_code code = EW_OK;
    *format = EW_IMPORT_AUTO;
    for (size_t i = 0; i < ew_delivery_count(from); i++)
        if (ends_with(ew_delivery_name(from, i), "result.json"))
            *format = EW_IMPORT_TELEGRAM_JSON;
    for (size_t i = 0; i < ew_delivery_count(from) && code == EW_OK && !chat &&
                       *format == EW_IMPORT_AUTO;
         i++)
        if (ends_with(ew_delivery_name(from, i), ".txt"))
            code = looks_like_chat(from, i, &chat, err);
    if (chat)
        *format = EW_IMPORT_WHATSAPP;
    if (code == EW_OK && *format == EW_IMPORT_AUTO)
        code = ew_article_detect(from, format, err);
    return code;
}

ew_code ew_import_run(ew_delivery *from, const ew_import_opts *opts,
                      const ew_import_sink *sink, ew_err *err)
{
    ew_import_format f = opts->format;
    ew_code code = f == EW_IMPORT_AUTO ? ew_import_detect(from, &f, err) : EW_OK;
    if (code != EW_OK)
        return code;
    if (formats[f].read == NULL)
        return ew_fail(err, EW_E_FORMAT, 0, "'%s' is nothing that is known here",
                       ew_delivery_path(from));
    return formats[f].read(from, opts, sink, err);
}
