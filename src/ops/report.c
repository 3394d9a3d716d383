/* SPDX-License-Identifier: Apache-2.0 */
/* What all reports share: names, beginning and end; and the same as JSON-LD. */
#include "ops/report.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/words.h"
#include "ops/report_parts.h"
#include "report/page_results.h"
#include "report/report.h"

/* ------------------------------------------------------------------ names */

/* "x.wav", or "x.wav (2)" for the second of that name. */
static char *short_name(const ew_inputs *in, size_t i, ew_err *err)
{
    const char *own = ew_path_name(in->items[i].name);
    char *name = NULL;
    size_t before = 0;
    ew_buf b;
    for (size_t k = 0; k < i; k++) {
        const char *other = in->items[k].path; /* has its short name by now */
        before += strncmp(other, own, strlen(own)) == 0 &&
                  (other[strlen(own)] == 0 || strncmp(other + strlen(own), " (", 2) == 0);
    }
    ew_buf_init(&b, 1 << 16);
    ew_code rc = ew_buf_printf(&b, err, "%s", own);
    if (rc == EW_OK && before > 0)
        rc = ew_buf_printf(&b, err, " (%zu)", before + 1);
    if (rc == EW_OK) {
        name = ew_strdup((const char *)b.data);
        if (name == NULL)
            (void)ew_fail_nomem(err);
    }
    ew_buf_release(&b);
    return name;
}

ew_code ew_report__names(ew_inputs *in, ew_err *err)
{
    for (size_t i = 0; i < in->count; i++) {
        ew_input *one = &in->items[i];
        if (one->kind == EW_INPUT_STDIN)
            return ew_fail(
                err, EW_E_ARG, 0,
                "a report needs files: standard input cannot be read again for "
                "excerpts, nor named");
        char *name = short_name(in, i, err);
        char *again = name != NULL ? ew_strdup(name) : NULL;
        if (again == NULL) {
            ew_free(name);
            return name == NULL && err != NULL && err->code != EW_OK ? err->code
                                                                     : ew_fail_nomem(err);
        }
        ew_free(one->name);
        ew_free(one->path);
        one->name = name;
        one->path = again;
    }
    return EW_OK;
}

/* ------------------------------------------------------------------ files */

const char *ew_report__path(void *cookie, const char *sha256)
{
    const ew_report_book *b = cookie;
    uint8_t bytes[EW_SHA256_BYTES];
    for (size_t i = 0; i < b->in->count; i++)
        if (strcmp(b->hex[i], sha256) == 0)
            return b->in->items[i].open_path;
    if (b->ix == NULL || ew_unhex(sha256, bytes, sizeof bytes) != 0)
        return NULL;
    for (size_t i = 0; i < ew_index_count(b->ix); i++) {
        const ew_recording *r = ew_index_recording(b->ix, i);
        if (memcmp(r->sha256, bytes, sizeof bytes) == 0)
            return r->paths[0];
    }
    return NULL;
}

ew_code ew_report__book_init(ew_report_book *b, const ew_inputs *in, const ew_index *ix,
                             ew_err *err)
{
    *b = (ew_report_book){in, ix, ew_alloc_array(in->count + 1, sizeof *b->hex)};
    return b->hex != NULL ? EW_OK : ew_fail_nomem(err);
}

/* name: the short one of an input. */
void ew_report__note(ew_report_book *b, const char *name, const char *sha256)
{
    for (size_t i = 0; i < b->in->count; i++)
        if (strcmp(b->in->items[i].name, name) == 0)
            (void)snprintf(b->hex[i], sizeof b->hex[i], "%s", sha256);
}

const char *ew_report__heading(const char *tool)
{
    static const char *const words[][2] = {
        {"check", EW_N("Where it comes from:")},
        {"diff", EW_N("What was changed:")},
        {"family", EW_N("Which copy was made from which")},
        {"inspect", EW_N("What the file betrays about itself:")},
    };
    for (size_t i = 0; i < EW_COUNT(words); i++)
        if (strcmp(tool, words[i][0]) == 0)
            return words[i][1];
    return EW_N("An analysis");
}

void ew_report__failed(ew_page *p, const char *name, const ew_err *why)
{
    ew_page_say(p, EW_PAGE_WARNING, "%s could not be read: %s", name, why->text);
}

/* ------------------------------------------------------------------ page */

void ew_report__begin(ew_page *p, const ew_report_opts *opts, const char *kind)
{
    ew_page_head head = opts->head;
    head.kind = kind;
    ew_page_init(p, &head);
}

ew_code ew_report__end(ew_page *p, const ew_report_opts *opts, ew_excerpts *x,
                       const ew_report_ending *how, ew_err *err)
{
    ew_code rc = EW_OK;
    if (opts->sound)
        rc = ew_excerpts_cut(x, opts->sound_limit, opts->stop, err);
    if (rc == EW_OK && opts->sound)
        ew_excerpts_put(x, p);
    if (rc != EW_OK) {
        json_decref(how->settings);
        json_decref(how->again);
        return rc;
    }
    json_t *again = how->again;
    if (strcmp(ew_json_text_of(p->doc.json, "kind"), "case") != 0)
        ew_report__again_archive(&again, p->files);
    ew_page_limits(p, how->limits);
    ew_page_close(p, how->settings, again);
    return p->doc.json != NULL ? EW_OK : ew_fail_nomem(err);
}

ew_code ew_report__load(const ew_buf *text, json_t **out, ew_err *err)
{
    *out = json_loadb((const char *)text->data, text->len, 0, NULL);
    return *out != NULL ? EW_OK : ew_fail_nomem(err);
}

/* ------------------------------------------------------------------ a few files */

ew_code ew_report__start(ew_report_maker *m, ew_inputs *in, const char *kind, ew_err *err)
{
    ew_buf_init(&m->json, EW_REPORT_MAX);
    ew_buf_init(&m->svg, EW_REPORT_MAX);
    m->again = json_array();
    ew_report__begin(m->page, m->opts, kind);
    ew_code rc = ew_report__names(in, err);
    for (size_t i = 0; i < in->count && rc == EW_OK; i++)
        if (in->items[i].kind == EW_INPUT_PROBLEM && strcmp(kind, "family") != 0) {
            rc = in->items[i].problem->code;
            *err = *in->items[i].problem;
        }
    return rc == EW_OK ? ew_report__book_init(&m->book, in, NULL, err) : rc;
}

ew_code ew_report__finish(ew_report_maker *m, unsigned limits, json_t *settings,
                          ew_err *err)
{
    const ew_report_ending how = {limits, settings, m->again};
    m->again = NULL;
    return ew_report__end(m->page, m->opts, &m->hear, &how, err);
}

void ew_report__done(ew_report_maker *m)
{
    ew_buf_release(&m->json);
    ew_buf_release(&m->svg);
    ew_excerpts_release(&m->hear);
    ew_free(m->book.hex);
    json_decref(m->again);
}

ew_code ew_report__take(ew_report_maker *m, ew_err *err)
{
    ew_code rc = ew_report__load(&m->json, &m->result, err);
    if (rc == EW_OK)
        ew_page_result(m->page, m->result); /* which holds it from now on */
    return rc;
}

void ew_report__note_one(ew_report_maker *m, const char *name_key, const char *key)
{
    const json_t *o = json_object_get(m->result, key);
    ew_report__note(&m->book, ew_json_text_of(o, name_key), ew_json_text_of(o, "sha256"));
}
