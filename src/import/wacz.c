/* SPDX-License-Identifier: Apache-2.0 */
/* Web archives as WACZ: a ZIP, or the folder of one unpacked, of WARC files with a list of what is in it. */
#include "import/wacz.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "import/article_made.h"
#include "import/clean.h"

ew_place ew_wacz__whole(const ew_wacz *z, size_t member)
{
    return (ew_place){member, 0, ew_delivery_bytes(z->from, member)};
}

ew_code ew_wacz__object(ew_json *j, ew_slice bytes, ew_err *why)
{
    ew_json_init(j, bytes.p, bytes.n);
    ew_code code = ew_json_next(j, why);
    if (code == EW_OK && j->kind != EW_JSON_OBJECT)
        code = ew_fail(why, EW_E_FORMAT, 0, "it is no object of JSON");
    return code;
}

bool ew_wacz__field(ew_json *j, ew_code *code, ew_err *why)
{
    if (*code == EW_OK)
        *code = ew_json_next(j, why);
    return *code == EW_OK && j->kind != EW_JSON_OBJECT_END && j->kind != EW_JSON_END;
}

ew_code ew_wacz__gap(ew_wacz *z, ew_place place, const char *what, const char *fmt, ...)
{
    char text[2048];
    ew_gap g = {.place = place, .what = ew_slice_of(what)};
    ew_warc *w = &z->warc;
    bool bad;
    va_list args;
    if (w->sink->gap == NULL)
        return EW_OK;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    ew_code code =
        ew_import_clean(ew_slice_of(text), &w->clean[2], &g.words, &bad, w->err);
    return code == EW_OK ? w->sink->gap(w->sink->cookie, &g, w->err) : code;
}

ew_code ew_wacz__keep(ew_wacz *z, ew_slice text, ew_kept_text *out)
{
    *out = (ew_kept_text){z->texts.len, 0};
    if (text.n > EW_WACZ_TEXTS - z->texts.len)
        return EW_OK;
    out->n = text.n;
    return ew_buf_append(&z->texts, text.p, text.n, z->warc.err);
}

ew_slice ew_wacz__kept(const ew_wacz *z, ew_kept_text t)
{
    return t.n > 0 ? (ew_slice){(const char *)z->texts.data + t.at, t.n}
                   : (ew_slice){"", 0};
}

static bool is_archive(ew_slice name)
{
    return ew_slice_skip(&name, "archive/") && ew_warc_named_so(name);
}

static ew_code read_archive(ew_wacz *z, size_t member)
{
    ew_warc *w = &z->warc;
    ew_err *outer = w->err;
    ew_err why;
    bool is_signed = z->signer.len > 0 && z->right[member];
    w->signed_by = is_signed ? (ew_slice){(const char *)z->signer.data, z->signer.len}
                             : (ew_slice){"", 0};
    w->err = &why;
    ew_code code = ew_warc_read(w, member);
    w->err = outer;
    if (code == EW_E_FORMAT || code == EW_E_LIMIT)
        return ew_wacz__gap(z, ew_wacz__whole(z, member), "file", "%s", why.text);
    if (code != EW_OK && outer != NULL)
        *outer = why;
    return code;
}

static ew_code read_archives(ew_wacz *z)
{
    size_t found = 0;
    size_t inner = 0;
    ew_code code = EW_OK;
    static const char *const wacz[] = {".wacz", NULL};
    for (size_t i = 0; i < ew_delivery_count(z->from) && code == EW_OK; i++) {
        ew_slice name = ew_delivery_name(z->from, i);
        inner += ew_article_name_ends(name, wacz);
        if (!is_archive(name))
            continue;
        found++;
        code = read_archive(z, i);
    }
    if (code == EW_OK && inner > 0)
        code = ew_wacz__gap(z, ew_wacz__whole(z, z->package), "file",
                            "holds %zu other WACZ files: each is to be imported alone",
                            inner);
    if (code == EW_OK && found == 0)
        code = ew_wacz__gap(z, ew_wacz__whole(z, z->package), "file",
                            "there is no WARC file in archive/");
    return code;
}

static ew_code start(ew_wacz *z, ew_delivery *from, const ew_import_sink *sink,
                     ew_err *err)
{
    size_t count = ew_delivery_count(from);
    *z = (ew_wacz){.from = from};
    ew_buf_init(&z->texts, EW_WACZ_TEXTS);
    ew_buf_init(&z->signer, EW_WACZ_WORDS);
    ew_code code = ew_warc_init(&z->warc, from, sink, err);
    z->warc.listed = ew_wacz__page_seen;
    z->warc.listed_cookie = z;
    if (code == EW_OK)
        code = ew_warc_set_new(&z->page_set, err);
    z->right = ew_alloc_array(count + 1, sizeof *z->right);
    z->listed = ew_alloc_array(count + 1, sizeof *z->listed);
    if (code == EW_OK && (z->right == NULL || z->listed == NULL))
        code = ew_fail_nomem(err);
    z->package = ew_delivery_find(from, ew_slice_of("datapackage.json"));
    if (code == EW_OK && z->package == SIZE_MAX)
        code = ew_fail(err, EW_E_FORMAT, 0, "there is no datapackage.json in '%s'",
                       ew_delivery_path(from));
    return code;
}

ew_code ew_import__wacz(ew_delivery *from, const ew_import_opts *opts,
                        const ew_import_sink *sink, ew_err *err)
{
    ew_wacz z;
    ew_code code = start(&z, from, sink, err);
    z.warc.progress = opts->progress;
    if (code == EW_OK)
        code = ew_wacz__package(&z);
    if (code == EW_OK)
        code = ew_wacz__digest(&z);
    if (code == EW_OK)
        code = ew_wacz__pages(&z);
    if (code == EW_OK)
        code = read_archives(&z);
    if (code == EW_OK)
        code = ew_wacz__pages_missing(&z);
    if (code == EW_OK) {
        z.warc.member = z.package;
        z.warc.bytes = ew_delivery_bytes(from, z.package);
        code = ew_warc__sum_up(&z.warc);
    }
    ew_warc_release(&z.warc);
    ew_warc_set_free(z.page_set);
    ew_buf_release(&z.texts);
    ew_buf_release(&z.signer);
    ew_free(z.right);
    ew_free(z.listed);
    ew_free(z.pages);
    return code;
}

ew_code ew_import__looks_wacz(ew_delivery *from, bool *yes, ew_err *err)
{
    bool package = ew_delivery_find(from, ew_slice_of("datapackage.json")) != SIZE_MAX;
    (void)err;
    *yes = false;
    for (size_t i = 0; package && i < ew_delivery_count(from) && !*yes; i++) {
        ew_slice name = ew_delivery_name(from, i);
        *yes = is_archive(name) || ew_slice_skip(&name, "pages/") ||
               ew_slice_skip(&name, "data/archive/");
    }
    return EW_OK;
}
