/* SPDX-License-Identifier: Apache-2.0 */
/* What of a delivery could not be read, and what nobody read. */
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "base/utf8.h"
#include "ops/import_work.h"

/* What was left out of the delivery is told like everything else that is missing. */
static ew_code tell_odd(ew_import_work *w, const ew_delivery *from, ew_err *err)
{
    const char *text;
    ew_code code = EW_OK;
    for (size_t i = 0; code == EW_OK && (text = ew_delivery_odd(from, i)) != NULL; i++) {
        ew_gap g = {.what = ew_slice_of("file"), .words = ew_slice_of(text)};
        code = ew_import__gap(w, &g, err);
    }
    return code;
}

/* What is packed and damaged is missing, but the ZIP is kept as it is. */
static ew_code tell_broken(ew_import_work *w, const ew_delivery *from, ew_err *err)
{
    ew_buf words;
    ew_code code = EW_OK;
    ew_buf_init(&words, EW_CASE_WORDS);
    for (size_t i = 0; w->kept != NULL && i < w->kept->count && code == EW_OK; i++) {
        if (!w->kept->file[i].broken)
            continue;
        ew_slice name = ew_delivery_name(from, i);
        ew_gap g = {.place = {.member = i}, .what = ew_slice_of("file")};
        ew_buf_reset(&words);
        code = ew_utf8_append_safe(&words, name.p, name.n, err);
        if (code == EW_OK)
            code = ew_buf_printf(&words, err,
                                 w->kept->packed
                                     ? " cannot be unpacked: it is damaged or too large"
                                     : " cannot be read");
        g.words = (ew_slice){(const char *)words.data, words.len};
        if (code == EW_OK)
            code = ew_import__gap(w, &g, err);
    }
    ew_buf_release(&words);
    return code;
}

ew_code ew_import__tell_missing(ew_import_work *w, const ew_delivery *from, ew_err *err)
{
    ew_code code = tell_odd(w, from, err);
    return code == EW_OK ? tell_broken(w, from, err) : code;
}

/* Texts and archives of other kinds in a folder are kept, and it is said that nobody has read them. */
static bool is_unread(const ew_import_work *w, const ew_delivery *from, size_t i)
{
    static const char *const endings[] = {".html", ".htm",   ".md",    ".txt",
                                          ".zip",  ".warc",  ".wacz",  ".warc.gz",
                                          ".json", ".jsonl", ".xhtml", ".markdown"};
    ew_slice name = ew_delivery_name(from, i);
    if (w->read[i])
        return false;
    for (size_t k = 0; k < EW_COUNT(endings); k++) {
        size_t n = strlen(endings[k]);
        if (name.n > n && strncasecmp(name.p + name.n - n, endings[k], n) == 0)
            return true;
    }
    return false;
}

ew_code ew_import__tell_unread(ew_import_work *w, const ew_delivery *from, ew_err *err)
{
    ew_buf text;
    size_t unread = 0;
    size_t first = 0;
    for (size_t i = w->members; i-- > 0;)
        if (is_unread(w, from, i)) {
            first = i;
            unread++;
        }
    if (unread == 0)
        return EW_OK;
    ew_slice name = ew_delivery_name(from, first);
    ew_remark r = {.place = {.member = first}};
    ew_buf_init(&text, EW_CASE_WORDS);
    ew_code code = ew_utf8_append_safe(&text, name.p, name.n, err);
    if (code == EW_OK && unread > 1)
        code = ew_buf_printf(&text, err, " and %zu other file%s", unread - 1,
                             unread > 2 ? "s" : "");
    if (code == EW_OK)
        code = ew_buf_printf(
            &text, err, " %s not read with this %s; to read them, import them alone",
            unread > 1 ? "were" : "was", ew_import_format_name(w->told->format));
    r.text = (ew_slice){(const char *)text.data, text.len};
    if (code == EW_OK)
        code = ew_import__remark(w, &r, err);
    ew_buf_release(&text);
    return code;
}
