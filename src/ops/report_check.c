/* SPDX-License-Identifier: Apache-2.0 */
/* Reports on clips. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "ops/check.h"
#include "ops/report_parts.h"
#include "report/page_results.h"
#include "report/report.h"

typedef struct checking {
    ew_page *page;
    ew_report_told *told;
    ew_report_book book;
    ew_excerpts hear;
    json_t *again;
    const ew_report_opts *opts;
    bool several;
    ew_err err; /* the first failure of a report, not of a clip */
} checking;

/* Names of recordings tell folders of this machine: only their last parts are used, and a piece of the hash
 * where two share one. names: owned, one for each source. */
static ew_code shorten_sources(ew_finding *f, char **names, ew_err *err)
{
    for (size_t i = 0; i < f->source_count; i++) {
        const ew_source_info *s = &f->sources[i];
        char hex[EW_SHA256_HEX + 1];
        bool shared = false;
        ew_buf b;
        for (size_t k = 0; k < f->source_count; k++)
            shared = shared || (k != i && strcmp(f->sources[k].file, s->file) == 0);
        ew_hex(s->sha256, EW_SHA256_BYTES, hex);
        ew_buf_init(&b, 1 << 16);
        ew_code rc = ew_buf_printf(&b, err, "%s%s%.*s%s", s->file, shared ? " [" : "",
                                   shared ? 8 : 0, hex, shared ? "]" : "");
        names[i] = rc == EW_OK ? ew_strdup((const char *)b.data) : NULL;
        ew_buf_release(&b);
        if (names[i] == NULL)
            return rc == EW_OK ? ew_fail_nomem(err) : rc;
    }
    for (size_t i = 0; i < f->source_count; i++)
        f->sources[i].name = f->sources[i].file = names[i];
    return EW_OK;
}

static ew_code put_check(checking *c, const ew_finding *f, ew_err *err)
{
    const ew_report_places where = {ew_report__path, &c->book};
    const char *of = c->several ? f->clip_name : "";
    char before[512];
    ew_buf json;
    ew_buf svg;
    json_t *r = NULL;
    ew_buf_init(&json, EW_REPORT_MAX);
    ew_buf_init(&svg, EW_REPORT_MAX);
    ew_code rc = ew_report_check_json(f, &json, err);
    if (rc == EW_OK)
        rc = ew_report_check_svg(f, &svg, err);
    if (rc == EW_OK)
        rc = ew_report__load(&json, &r, err);
    if (rc == EW_OK) {
        ew_report__note(&c->book, f->clip_name,
                        ew_json_text_of(json_object_get(r, "clip"), "sha256"));
        ew_page_add_check(c->page, r, (const char *)svg.data);
        (void)snprintf(before, sizeof before, "%.400s%s", of, of[0] != 0 ? ": " : "");
        rc = ew_report__hear_check(&c->hear, r, &where, before, err);
        ew_report__again_result(&c->again, "check", r);
        ew_page_result(c->page, r);
    }
    ew_buf_release(&json);
    ew_buf_release(&svg);
    return rc;
}

static void each(void *cookie, const ew_input *clip, const ew_finding *f,
                 const ew_err *why)
{
    checking *c = cookie;
    char **names = NULL;
    ew_finding mine = f != NULL ? *f : (ew_finding){0};
    ew_page_section_of(c->page, 2, "The clip:", clip->name);
    if (f == NULL) {
        c->told->failed++;
        ew_report__failed(c->page, clip->name, why);
        return;
    }
    names = ew_alloc_array(f->source_count + 1, sizeof *names);
    ew_err err = {.code = EW_OK};
    ew_code rc =
        names != NULL ? shorten_sources(&mine, names, &err) : ew_fail_nomem(&err);
    if (rc == EW_OK)
        rc = put_check(c, &mine, &err);
    if (rc != EW_OK && c->err.code == EW_OK)
        c->err = err;
    c->told->found += f->map->piece_count > 0;
    c->told->nothing += f->map->piece_count == 0;
    for (size_t i = 0; names != NULL && i < f->source_count; i++)
        ew_free(names[i]);
    ew_free(names);
}

static void tick(void *cookie, const char *stage, int64_t done, int64_t total)
{
    const checking *c = cookie;
    if (c->opts->tick != NULL)
        c->opts->tick(c->opts->cookie, stage, done, total);
}

static json_t *check_settings(const ew_index *ix)
{
    ew_obj o = ew_obj_new();
    ew_obj_int(&o, "archive_recordings", (int64_t)ew_index_count(ix));
    return o.json;
}

ew_code ew_ops_report_check(const ew_index *ix, ew_inputs *clips,
                            const ew_report_opts *opts, ew_page *out,
                            ew_report_told *told, ew_err *err)
{
    checking c = {.page = out, .told = told, .opts = opts, .several = clips->count > 1};
    const ew_check_opts how = {.align = ew_align_opts_default(),
                               .jobs = opts->jobs,
                               .stop = opts->stop,
                               .each = each,
                               .tick = tick,
                               .cookie = &c};
    ew_report__begin(out, opts, "check");
    ew_code rc = ew_report__names(clips, err);
    if (rc == EW_OK)
        rc = ew_report__book_init(&c.book, clips, ix, err);
    c.again = json_array();
    if (rc == EW_OK)
        rc = ew_ops_check_all(ix, clips, &how, err);
    if (rc == EW_OK && c.err.code != EW_OK) {
        rc = c.err.code;
        *err = c.err;
    }
    const ew_report_ending end = {EW_LIMITS_CHECK, check_settings(ix), c.again};
    if (rc == EW_OK) {
        rc = ew_report__end(out, opts, &c.hear, &end, err);
    } else {
        json_decref(end.settings);
        json_decref(c.again);
    }
    ew_excerpts_release(&c.hear);
    ew_free(c.book.hex);
    return rc;
}
