/* SPDX-License-Identifier: Apache-2.0 */
/* A bag of sealed items: their files, and all that is public about them. */
#include "ops/seal_export.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "ops/seal_gather.h"
#include "seal/bagit.h"
#include "seal/parts_copy.h"
#include "seal/policy.h"

enum {
    SHORT = 16, /* digits of an item in names */
    NAME_BYTES = 200,
    PATH_BYTES = 512,
    SOFTWARE_BYTES = 64
};

typedef struct bagger {
    const ew_desk *d;
    const ew_export_opts *opts;
    ew_bag *bag;
    char (*items)[EW_ITEM_HEX + 1]; /* in order, each once */
    size_t n, cap;
    ew_event_list events; /* of the desk */
    ew_exported *out;
} bagger;

/* ------------------------------------------------------------------ which items */

static ew_code add_item(bagger *b, const char *hex, ew_err *err)
{
    for (size_t i = 0; i < b->n; i++)
        if (strcmp(b->items[i], hex) == 0)
            return EW_OK;
    if (b->n == b->cap) {
        size_t cap = b->cap > 0 ? 2 * b->cap : 64;
        void *more = ew_realloc_array(b->items, cap, sizeof *b->items);
        if (more == NULL)
            return ew_fail_nomem(err);
        b->items = more;
        b->cap = cap;
    }
    memcpy(b->items[b->n++], hex, EW_ITEM_HEX + 1);
    return EW_OK;
}

/* An item and, of a collection, its members. */
static ew_code add_named(bagger *b, const char *beginning, ew_err *err)
{
    ew_kept k;
    char hex[EW_ITEM_HEX + 1];
    ew_hash entry;
    ew_kept_init(&k);
    ew_code code = ew_desk_find(b->d, beginning, &k, err);
    if (code == EW_OK)
        code = add_item(b, k.hex, err);
    ew_slice rest = {(const char *)k.members.data, k.members.len};
    while (code == EW_OK && ew_desk_next_member(&rest, hex, &entry))
        code = add_item(b, hex, err);
    ew_kept_release(&k);
    return code;
}

static int by_name(const void *x, const void *y)
{
    return strcmp(x, y);
}

static ew_code add_all(bagger *b, ew_err *err)
{
    const struct dirent *e;
    char *path = ew_path_join(b->d->dir, "items");
    DIR *dir = path != NULL ? opendir(path) : NULL;
    ew_code code = path == NULL  ? ew_fail_nomem(err)
                   : dir == NULL ? ew_fail_sys(err, errno, "cannot read '%s'", path)
                                 : EW_OK;
    while (dir != NULL && code == EW_OK && (e = readdir(dir)) != NULL)
        if (strlen(e->d_name) == EW_ITEM_HEX)
            code = add_item(b, e->d_name, err);
    if (dir != NULL)
        (void)closedir(dir);
    ew_free(path);
    if (b->n > 1)
        qsort(b->items, b->n, sizeof *b->items, by_name);
    return code;
}

/* ------------------------------------------------------------------ one item */

/* A name that every file system takes and that `sha256sum -c` reads as it stands. */
static void safe_name(const ew_gathered *g, char out[NAME_BYTES + 1])
{
    const char *slash = strrchr(g->kept.path != NULL ? g->kept.path : "", '/');
    const char *name = slash != NULL ? slash + 1 : "";
    size_t n = 0;
    for (const char *p = name; *p != 0 && n < NAME_BYTES; p++) {
        unsigned char c = (unsigned char)*p;
        bool plain = c >= ' ' && c < 0x7F && strchr("\\/:*?\"<>|%", c) == NULL &&
                     !(n == 0 && (c == '.' || c == '-' || c == '~' || c == ' '));
        out[n++] = plain ? *p : '_';
    }
    out[n] = 0;
    if (g->kept.remains != NULL)
        (void)snprintf(out, NAME_BYTES + 1, "what-is-left");
    else if (n == 0)
        (void)snprintf(out, NAME_BYTES + 1, "file");
}

static ew_code put_bytes(void *cookie, const void *bytes, size_t n, ew_err *err)
{
    bagger *b = cookie;
    return ew_bag_write(b->bag, bytes, n, err);
}

/* The file, or what burning left of it. */
static ew_code put_content(bagger *b, ew_gathered *g, ew_err *err)
{
    char name[NAME_BYTES + 1];
    char path[PATH_BYTES];
    const ew_cuts *cuts = &g->file.cuts;
    ew_run all = {0, cuts->n};
    const ew_run *runs = &all;
    size_t run_count = 1;
    if (g->seal.streams[0].splitter == EW_SPLIT_SEALS)
        return EW_OK;
    if (g->kept.remains != NULL) {
        runs = g->kept.remains->streams[0].runs;
        run_count = g->kept.remains->streams[0].run_count;
    }
    safe_name(g, name);
    (void)snprintf(path, sizeof path, "data/%.*s/%s", SHORT, g->kept.hex, name);
    ew_code code = ew_bag_begin(b->bag, path, err);
    ew_parts_from from = {&g->file.src, cuts, g->file.parts};
    for (size_t r = 0; r < run_count && code == EW_OK; r++)
        code = ew_parts_copy(&from, &runs[r], put_bytes, b, err);
    return code == EW_OK ? ew_bag_end(b->bag, err) : code;
}

static ew_code put(bagger *b, const char *folder, const char *hex, const char *name,
                   ew_slice bytes, ew_err *err)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s/%.*s/%s", folder, SHORT, hex, name);
    return ew_bag_put(b->bag, path, bytes.p, bytes.n, err);
}

static ew_slice bytes_of(const ew_buf *buf)
{
    return (ew_slice){(const char *)buf->data, buf->len};
}

/* The seal, its proof, tokens over the checkpoint of that, events with their proofs. */
static ew_code put_records(bagger *b, const ew_gathered *g, ew_err *err)
{
    char name[64];
    const char *hex = g->kept.hex;
    ew_code code = put(b, "seals", hex, "seal.note", bytes_of(&g->kept.note), err);
    if (code == EW_OK)
        code = put(b, "seals", hex, "seal.tlog-proof", bytes_of(&g->proof), err);
    for (size_t i = 0; i < g->stamped.token_count && code == EW_OK; i++) {
        (void)snprintf(name, sizeof name, "%08zu%s", i,
                       g->stamped.tokens[i].ots ? ".ots" : ".tsr");
        code = put(b, "time", hex, name, bytes_of(&g->stamped.tokens[i].bytes), err);
    }
    for (size_t i = 0; i < g->event_count && code == EW_OK; i++) {
        (void)snprintf(name, sizeof name, "%08zu%s", i,
                       g->events[i].ssh ? ".ssh" : ".note");
        code = put(b, "events", hex, name, g->events[i].bytes, err);
        (void)snprintf(name, sizeof name, "%08zu.tlog-proof", i);
        if (code == EW_OK)
            code = put(b, "events", hex, name, g->events[i].proof, err);
    }
    return code == EW_OK ? ew_bag_info(b->bag, "Earwitness-Item", hex, err) : code;
}

static ew_code put_item(bagger *b, const char *hex, ew_err *err)
{
    ew_gathered *g = NULL;
    ew_code code = ew_ops__gather(&g, b->d, hex, NULL, err);
    if (code != EW_OK)
        return code;
    g->all_events = &b->events;
    code = ew_ops__gather_proof(g, err);
    if (code == EW_OK)
        code = ew_ops__gather_events(g, true, err);
    if (code == EW_OK)
        code = put_content(b, g, err);
    if (code == EW_OK)
        code = put_records(b, g, err);
    ew_ops__gathered_free(g);
    return code;
}

/* ------------------------------------------------------------------ the bag */

static const char readme[] =
    "This is a bag (RFC 8493) of earwitness: files that were sealed, and the record of "
    "that.\n"
    "\n"
    "data/      the files themselves, by the first digits of the number of their seal\n"
    "seals/     the seal of each, and the proof that it stands in the log\n"
    "time/      time tokens over the checkpoints of these proofs\n"
    "events/    what was said and done about each, signed, with proofs\n"
    "policy.txt whose keys these are, as the sender says: no reason to trust them\n"
    "\n"
    "`sha256sum -c manifest-sha256.txt` checks the files, `sha256sum -c\n"
    "tagmanifest-sha256.txt` the rest. That says that nothing was damaged on the way; it "
    "does not\n"
    "say that a file is the one that was sealed: bundles do (`earwitness disclose`).\n";

static ew_code put_policy(bagger *b, ew_err *err)
{
    ew_buf policy;
    ew_buf_init(&policy, EW_POLICY_BYTES_MAX);
    ew_code code = ew_desk_policy(b->d->dir, &policy, err);
    if (code == EW_OK)
        code = ew_bag_put(b->bag, "policy.txt", policy.data, policy.len, err);
    ew_buf_release(&policy);
    return code;
}

static ew_code put_info(bagger *b, ew_err *err)
{
    char date[16] = "1970-01-01";
    struct tm tm;
    time_t t = (time_t)b->opts->time;
    if (gmtime_r(&t, &tm) != NULL)
        (void)strftime(date, sizeof date, "%Y-%m-%d", &tm);
    ew_code code =
        ew_bag_info(b->bag, "Bag-Software-Agent", "earwitness " EW_VERSION, err);
    if (code == EW_OK)
        code = ew_bag_info(b->bag, "Bagging-Date", date, err);
    return code == EW_OK
               ? ew_bag_put(b->bag, "README.txt", readme, sizeof readme - 1, err)
               : code;
}

static ew_code fill(bagger *b, ew_err *err)
{
    ew_code code = b->opts->all ? add_all(b, err) : EW_OK;
    for (size_t i = 0; i < b->opts->n && code == EW_OK; i++)
        code = add_named(b, b->opts->items[i], err);
    if (code == EW_OK && b->n == 0)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "nothing was sealed here");
    if (code == EW_OK)
        code = ew_ops_events(b->d, NULL, &b->events, err);
    if (code == EW_OK)
        code = ew_bag_new(&b->bag, b->opts->out, err);
    if (code == EW_OK)
        code = put_info(b, err);
    for (size_t i = 0; i < b->n && code == EW_OK; i++)
        code = put_item(b, b->items[i], err);
    if (code == EW_OK)
        code = put_policy(b, err);
    return code == EW_OK ? ew_bag_finish(b->bag, err) : code;
}

ew_code ew_ops_export(const ew_desk *d, const ew_export_opts *opts, ew_exported *out,
                      ew_err *err)
{
    bagger b = {.d = d, .opts = opts, .out = out};
    *out = (ew_exported){0};
    ew_code code = fill(&b, err);
    out->items = b.n;
    if (b.bag != NULL)
        ew_bag_payload(b.bag, &out->bytes, &out->files);
    ew_bag_free(b.bag);
    ew_event_list_release(&b.events);
    ew_free(b.items);
    return code;
}
