/* SPDX-License-Identifier: Apache-2.0 */
/* Which reader is for what. */
#include "import/import.h"

#include <string.h>

#include "import/article_made.h"

/* In this order they are asked whether it is theirs; articles, which anything can be, come last. */
static const struct {
    const char *name;
    ew_import_reader *read;
    ew_import_looks *looks;
} formats[EW_IMPORT_FORMATS] = {
    [EW_IMPORT_TELEGRAM_JSON] = {"telegram-json", ew_import__telegram_json,
                                 ew_import__looks_telegram_json},
    [EW_IMPORT_TELEGRAM_HTML] = {"telegram-html", ew_import__telegram_html,
                                 ew_import__looks_telegram_html},
    [EW_IMPORT_WHATSAPP] = {"whatsapp", ew_import__whatsapp, ew_import__looks_whatsapp},
    [EW_IMPORT_MESSENGER] = {"messenger", ew_import__messenger,
                             ew_import__looks_messenger},
    [EW_IMPORT_WACZ] = {"wacz", ew_import__wacz, ew_import__looks_wacz},
    [EW_IMPORT_WARC] = {"warc", ew_import__warc, ew_import__looks_warc},
    [EW_IMPORT_SIGNAL] = {"signal", ew_import__signal, ew_import__looks_signal},
    [EW_IMPORT_PICTURE] = {"picture", ew_import__picture, ew_import__looks_picture},
    [EW_IMPORT_PAGE] = {"page", ew_import__page, NULL},
    [EW_IMPORT_MARKDOWN] = {"markdown", ew_import__markdown, NULL},
    [EW_IMPORT_TEXT] = {"text", ew_import__text, NULL},
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

ew_code ew_import_detect(ew_delivery *from, ew_import_format *format, ew_err *err)
{
    bool yes = false;
    ew_code code = EW_OK;
    *format = EW_IMPORT_AUTO;
    for (int f = EW_IMPORT_AUTO + 1; f < EW_IMPORT_FORMATS && code == EW_OK && !yes;
         f++) {
        if (formats[f].looks != NULL)
            code = formats[f].looks(from, &yes, err);
        if (code == EW_OK && yes)
            *format = (ew_import_format)f;
    }
    return code == EW_OK && !yes ? ew_article_detect(from, format, err) : code;
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
    code = formats[f].read(from, opts, sink, err);
    ew_code whole = ew_delivery_check(from, err);
    return whole == EW_OK ? code : whole; /* whatever it thought of the zeros */
}
