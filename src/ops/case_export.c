/* SPDX-License-Identifier: Apache-2.0 */
/* Handing a case on. */
#include "ops/case_export.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/file.h"
#include "ops/case_export_parts.h"
#include "ops/case_export_write.h"

enum { COPY_BLOCK = 1 << 20, DETAIL_MAX = 1 << 20, HEAD_MAX = 1 << 20 };

#define TOOL "earwitness " EW_VERSION

/* ------------------------------------------------------------------ what goes along */

static ew_code find_only(ew_exporter *x, ew_err *err)
{
    ew_code code = EW_OK;
    x->only = ew_alloc_array(x->opts->only_count + 1, sizeof *x->only);
    if (x->only == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < x->opts->only_count && code == EW_OK; i++)
        code = ew_case_find_item(x->c, x->opts->only[i], &x->only[i], err);
    return code;
}

static bool is_only(const ew_exporter *x, int64_t item)
{
    for (size_t i = 0; i < x->opts->only_count; i++)
        if (x->only[i] == item)
            return true;
    return x->opts->only_count == 0;
}

/* What came out of an item has a higher number, most of the time; else another round finds it. */
static void choose(ew_exporter *x)
{
    bool more = true;
    for (size_t i = 0; i < x->book.item_count; i++)
        x->chosen[i] = is_only(x, x->book.items[i].id);
    while (more) {
        more = false;
        for (size_t i = 0; i < x->book.item_count; i++) {
            const ew_book_item *up = ew_book_item_of(&x->book, x->book.items[i].parent);
            if (x->chosen[i] || up == NULL || !x->chosen[up - x->book.items])
                continue;
            x->chosen[i] = more = true;
        }
    }
}

static ew_code gather(ew_exporter *x, ew_err *err)
{
    ew_code code = ew_case_book_read(x->c, &x->book, err);
    if (code == EW_OK)
        code = find_only(x, err);
    if (code == EW_OK) {
        x->chosen = ew_alloc_array(x->book.item_count + 1, sizeof *x->chosen);
        code = x->chosen != NULL ? EW_OK : ew_fail_nomem(err);
    }
    if (code != EW_OK)
        return code;
    choose(x);
    for (size_t i = 0; i < x->book.item_count; i++)
        x->out->items += x->chosen[i] && !x->book.items[i].undone;
    x->dump = (ew_dump_opts){.items = x->only,
                             .item_count = x->opts->only_count,
                             .identities = x->opts->with_identities};
    return EW_OK;
}

/* ------------------------------------------------------------------ events */

static const char *const format_names[] = {"bag", "json", "csv"};

/* The folder's own name: the way to it may say who works here. */
static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static ew_code note(ew_exporter *x, const char *state, const char *more, int64_t *event,
                    ew_err *err)
{
    ew_buf detail;
    ew_buf_init(&detail, DETAIL_MAX);
    ew_code code = ew_buf_printf(&detail, err, "{\"export\":\"%s\",\"folder\":", state);
    if (code == EW_OK)
        code = ew_json_text(&detail, ew_slice_of(last_part(x->opts->out)), err);
    if (code == EW_OK)
        code = ew_buf_printf(&detail, err, "%s}", more);
    ew_case_act act = {.kind = "export",
                       .who = x->opts->who,
                       .purpose = x->opts->purpose,
                       .detail = (const char *)detail.data};
    if (code == EW_OK)
        code = ew_case_begin(x->c, &act, event, err);
    if (code == EW_OK)
        code = ew_case_commit(x->c, err);
    ew_buf_release(&detail);
    return code;
}

/* Before anything leaves: what is going to. */
static ew_code note_intent(ew_exporter *x, ew_err *err)
{
    ew_buf more;
    const ew_case_export_opts *o = x->opts;
    ew_buf_init(&more, DETAIL_MAX / 2);
    ew_code code = ew_buf_printf(
        &more, err,
        ",\"format\":\"%s\",\"items\":%" PRIu64 ",\"originals\":%s,"
        "\"identities\":%s,\"checked\":%s",
        format_names[o->format], x->out->items,
        o->without_originals || o->format != EW_CASE_EXPORT_BAG ? "false" : "true",
        o->with_identities ? "true" : "false", o->unchecked ? "false" : "true");
    for (size_t i = 0; i < o->only_count && code == EW_OK; i++)
        code = ew_buf_printf(&more, err, "%s%" PRId64, i == 0 ? ",\"only\":[" : ",",
                             x->only[i]);
    if (code == EW_OK && o->only_count > 0)
        code = ew_buf_printf(&more, err, "]");
    for (size_t i = 0; i < o->allow_count && code == EW_OK; i++) {
        code = ew_buf_printf(&more, err, "%s", i == 0 ? ",\"allowed\":[" : ",");
        if (code == EW_OK)
            code = ew_json_text(&more, ew_slice_of(o->allow[i]), err);
    }
    if (code == EW_OK && o->allow_count > 0)
        code = ew_buf_printf(&more, err, "]");
    if (code == EW_OK)
        code = note(x, "begun", (const char *)more.data, &x->out->begun, err);
    x->dump.before = x->out->begun;
    ew_buf_release(&more);
    return code;
}

static ew_code note_done(ew_exporter *x, ew_err *err)
{
    char hex[EW_SHA256_HEX + 1];
    char more[256];
    ew_hex(x->out->manifest, EW_SHA256_BYTES, hex);
    (void)snprintf(more, sizeof more,
                   ",\"begun\":%" PRId64 ",\"files\":%" PRIu64 ",\"bytes\":%" PRIu64
                   ",\"manifest\":\"%s\"",
                   x->out->begun, x->out->files, x->out->bytes, hex);
    return note(x, "done", more, &x->out->done, err);
}

/* As well as it can: what failed may be what this needs, too. */
static void note_failed(ew_exporter *x)
{
    char more[64];
    int64_t event;
    ew_err ignored;
    (void)snprintf(more, sizeof more, ",\"begun\":%" PRId64, x->out->begun);
    if (note(x, "failed", more, &event, &ignored) != EW_OK)
        ew_err_clear(&ignored);
}

/* ------------------------------------------------------------------ originals */

static ew_code copy_bytes(ew_exporter *x, int fd, ew_sha256 *h, ew_err *err)
{
    const ew_progress *prog = x->opts->prog;
    ew_code code = EW_OK;
    uint8_t *block = ew_alloc(COPY_BLOCK);
    if (block == NULL)
        return ew_fail_nomem(err);
    for (uint64_t at = 0; code == EW_OK;) {
        ssize_t n = pread(fd, block, COPY_BLOCK, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            code = ew_fail_sys(err, errno, "cannot read an original");
        if (n <= 0)
            break;
        at += (uint64_t)n;
        code = ew_sha256_feed(h, block, (size_t)n, err);
        if (code == EW_OK)
            code = ew_bag_write(x->bag, block, (size_t)n, err);
        if (code == EW_OK && prog != NULL && prog->tick != NULL &&
            prog->tick(prog->cookie, "export", (int64_t)at, 0) != 0)
            code = ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
    }
    ew_free(block);
    return code;
}

/* What leaves is compared with what came: a bag's own sums would only repeat what is there now. */
static ew_code copy_original(ew_exporter *x, const ew_book_item *i, int fd, ew_err *err)
{
    uint8_t got[EW_SHA256_BYTES] = {0};
    ew_sha256 *h = NULL;
    ew_code code = ew_sha256_new(&h, err);
    if (code == EW_OK)
        code = copy_bytes(x, fd, h, err);
    if (code == EW_OK)
        code = ew_sha256_finish(h, got, err);
    ew_sha256_free(h);
    if (code == EW_OK && memcmp(got, i->sha256, sizeof got) != 0)
        code = ew_fail(err, EW_E_FORMAT, 0,
                       "the original of item %" PRId64 " was changed", i->id);
    return code;
}

static ew_code put_original(ew_exporter *x, const ew_book_item *i, ew_err *err)
{
    char hex[EW_SHA256_HEX + 1];
    char name[EW_SHA256_HEX + 32];
    int fd = -1;
    ew_hex(i->sha256, sizeof i->sha256, hex);
    (void)snprintf(name, sizeof name, "data/originals/%s", hex);
    ew_code code = ew_case_original_open(x->c, i->id, &fd, err);
    if (code == EW_OK)
        code = ew_bag_begin(x->bag, name, err);
    if (code == EW_OK)
        code = copy_original(x, i, fd, err);
    if (code == EW_OK)
        code = ew_bag_end(x->bag, err);
    if (fd >= 0)
        (void)close(fd);
    x->out->originals += code == EW_OK;
    return code;
}

static ew_code put_originals(ew_exporter *x, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < x->book.item_count && code == EW_OK; i++)
        if (ew_export__takes(x, &x->book.items[i]))
            code = put_original(x, &x->book.items[i], err);
    return code;
}

/* ------------------------------------------------------------------ tables */

static ew_code make_head(ew_exporter *x, const char *format, ew_buf *out, ew_err *err)
{
    ew_buf title;
    ew_buf_init(&title, EW_CASE_NAME + 1);
    ew_code code = ew_case_title(x->c, &title, err);
    if (code == EW_OK)
        code = ew_buf_printf(out, err, "\n\"format\":\"%s\",\n\"title\":", format);
    if (code == EW_OK)
        code = ew_json_text(out, (ew_slice){(const char *)title.data, title.len}, err);
    if (code == EW_OK)
        code = ew_buf_printf(out, err,
                             ",\n\"tool\":\"" TOOL "\",\n\"complete\":%s,\n"
                             "\"identities\":%s,",
                             x->opts->only_count == 0 ? "true" : "false",
                             x->opts->with_identities ? "true" : "false");
    ew_buf_release(&title);
    return code;
}

static ew_code put_json(ew_exporter *x, ew_row_writer *w, ew_err *err)
{
    ew_buf head;
    ew_dump_opts events = x->dump;
    events.events_alone = true;
    ew_buf_init(&head, HEAD_MAX);
    ew_code code = make_head(x, "earwitness-case-export/1", &head, err);
    if (code == EW_OK)
        code = ew_write_json(w, x->c, "data/case.json", (const char *)head.data, &x->dump,
                             err);
    ew_buf_reset(&head);
    if (code == EW_OK)
        code = make_head(x, "earwitness-case-events/1", &head, err);
    if (code == EW_OK)
        code = ew_write_json(w, x->c, "data/events.json", (const char *)head.data,
                             &events, err);
    ew_buf_release(&head);
    return code;
}

static ew_code put_tables(ew_exporter *x, ew_err *err)
{
    ew_row_writer w;
    ew_code code = EW_OK;
    ew_row_writer_init(&w, x->bag, x->opts->prog);
    if (x->opts->format != EW_CASE_EXPORT_CSV)
        code = put_json(x, &w, err);
    x->out->rows = (uint64_t)w.rows;
    if (code == EW_OK && x->opts->format != EW_CASE_EXPORT_JSON)
        code = ew_write_csv(&w, x->c, "data/csv/", &x->dump, err);
    if (x->opts->format == EW_CASE_EXPORT_CSV)
        x->out->rows = (uint64_t)w.rows;
    ew_row_writer_release(&w);
    return code;
}

/* Before anything is written: what is wrong in the options is nobody's event. */
static ew_code make_reviews(ew_exporter *x, ew_err *err)
{
    size_t n = 0;
    if (x->opts->jsonld == NULL)
        return EW_OK;
    ew_jsonld_opts opts = *x->opts->jsonld;
    int64_t *items = ew_alloc_array(x->book.item_count + 1, sizeof *items);
    if (items == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < x->book.item_count; i++)
        if (x->chosen[i])
            items[n++] = x->book.items[i].id;
    opts.items = items;
    opts.item_count = x->opts->only_count > 0 ? n : 0;
    ew_code code = ew_ops_case_jsonld(x->c, &opts, &x->reviews, err);
    ew_free(items);
    return code;
}

static ew_code put_reviews(ew_exporter *x, ew_err *err)
{
    return x->reviews.len == 0 ? EW_OK
                               : ew_bag_put(x->bag, "data/jsonld/reviews.json",
                                            x->reviews.data, x->reviews.len, err);
}

/* ------------------------------------------------------------------ the bag */

static const char readme[] =
    "This is a bag (RFC 8493) of earwitness: a case, or a part of one.\n"
    "\n"
    "data/originals/      the originals, each named by its SHA-256\n"
    "data/case.json       everything that the case says; names and hashes of items are "
    "in\n"
    "                     its table \"item\"\n"
    "data/events.json     who did what and when, with the values of the chain\n"
    "data/csv/            the same as tables: UTF-8, lines end with CR LF\n"
    "data/jsonld/         reviews for schema.org\n"
    "Some of these may be missing.\n"
    "\n"
    "To check: `sha256sum -c manifest-sha256.txt` for what is in data/, `sha256sum -c\n"
    "tagmanifest-sha256.txt` for the rest. That says that nothing was damaged on the "
    "way.\n"
    "The page docs/formats/case-export.md of earwitness has a short program that works\n"
    "out the chain of events anew: each value is a hash over the one before it, the "
    "event,\n"
    "and every row that the event added.\n"
    "\n"
    "Rows with \"undone\" were taken back by a later event; nothing is ever deleted.\n"
    "What is kept encrypted about people who are protected did not leave the case, "
    "unless\n"
    "case.json says \"identities\":true; it says {\"left_out\":true} in its place.\n"
    "In the CSV files a text that begins with = + - @ or a tab has an apostrophe (') "
    "before\n"
    "it, so that a spreadsheet does not run it as a formula. case.json has it as it "
    "is.\n";

static ew_code put_info(ew_exporter *x, ew_err *err)
{
    char date[16] = "1970-01-01";
    struct tm tm;
    time_t t = (time_t)x->opts->time;
    if (gmtime_r(&t, &tm) != NULL)
        (void)strftime(date, sizeof date, "%Y-%m-%d", &tm);
    ew_code code = ew_bag_info(x->bag, "Bag-Software-Agent", TOOL, err);
    if (code == EW_OK)
        code = ew_bag_info(x->bag, "Bagging-Date", date, err);
    return code == EW_OK
               ? ew_bag_put(x->bag, "README.txt", readme, sizeof readme - 1, err)
               : code;
}

/* Hash of the manifest, which fixes all that the bag holds. */
static ew_code read_manifest(ew_exporter *x, ew_err *err)
{
    char *path = ew_path_join(x->opts->out, "manifest-sha256.txt");
    if (path == NULL)
        return ew_fail_nomem(err);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ew_code code = fd >= 0 ? ew_sha256_fd(fd, x->out->manifest, err)
                           : ew_fail_sys(err, errno, "cannot read '%s'", path);
    if (fd >= 0)
        (void)close(fd);
    ew_free(path);
    return code;
}

static ew_code fill(ew_exporter *x, ew_err *err)
{
    ew_code code = put_info(x, err);
    if (code == EW_OK)
        code = put_tables(x, err);
    if (code == EW_OK)
        code = put_reviews(x, err);
    if (code == EW_OK)
        code = put_originals(x, err);
    if (code == EW_OK)
        ew_bag_payload(x->bag, &x->out->bytes, &x->out->files);
    return code == EW_OK ? ew_bag_finish(x->bag, err) : code;
}

ew_code ew_ops_case_export(ew_case *c, const ew_case_export_opts *opts,
                           ew_case_exported *out, ew_err *err)
{
    ew_exporter x = {.c = c, .opts = opts, .out = out};
    *out = (ew_case_exported){0};
    ew_buf_init(&x.reviews, EW_JSONLD_MAX);
    ew_code code = ew_bag_new(&x.bag, opts->out, err);
    if (code == EW_OK)
        code = gather(&x, err);
    if (code == EW_OK)
        code = make_reviews(&x, err);
    if (code == EW_OK)
        code = ew_export__check(&x, err);
    if (code == EW_OK)
        code = note_intent(&x, err);
    bool begun = code == EW_OK;
    if (code == EW_OK)
        code = fill(&x, err);
    if (code == EW_OK)
        code = read_manifest(&x, err);
    if (begun && code != EW_OK)
        note_failed(&x);
    if (code == EW_OK)
        code = note_done(&x, err);
    ew_bag_free(x.bag);
    ew_buf_release(&x.reviews);
    ew_case_book_release(&x.book);
    ew_free(x.only);
    ew_free(x.chosen);
    return code;
}
