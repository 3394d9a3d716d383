/* SPDX-License-Identifier: Apache-2.0 */
/* Disclosing a part of what was sealed: an item, or a collection with those of its members that
 * are shown. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/file.h"
#include "ops/seal_choice.h"
#include "ops/seal_derivative.h"

enum { NAME_MAX_BYTES = 32 };

/* ------------------------------------------------------------------ one item */

/* Removes a bundle that is new; what stood there before stays. */
static void take_back(const char *path, bool was, const struct stat *before)
{
    struct stat now;
    if (stat(path, &now) == 0 && (!was || now.st_ino != before->st_ino))
        (void)unlink(path);
}

/* What is said of it is what was looked at. */
static ew_code compare_events(const ew_gathered *g, const ew_disclosure *what,
                              ew_err *err)
{
    uint8_t mark[EW_CHOICE_MARK] = {0};
    if (what->expected_events == NULL || what->members)
        return EW_OK;
    for (size_t i = 0; i < g->event_count; i++)
        ew_ops__mark_event(mark, g->events[i].bytes);
    if (memcmp(what->expected_events, mark, sizeof mark) == 0)
        return EW_OK;
    return ew_fail(
        err, EW_E_ARG, 0,
        "what is said of it has changed since it was looked at; open it again");
}

/* What was not put on record was not done: then the bundle goes again. */
static ew_code write_one(ew_gathered *g, const char *path, const ew_choice *c,
                         const ew_disclosure *what, ew_err *err)
{
    struct stat before;
    bool was = stat(path, &before) == 0;
    ew_code code = ew_ops__gather_proof(g, err);
    if (code == EW_OK)
        code = ew_ops__gather_events(g, what->custody, err);
    if (code == EW_OK)
        code = compare_events(g, what, err);
    if (code == EW_OK)
        code = ew_ops__gathered_write(g, path, &c->content, &c->meta, err);
    if (code == EW_OK)
        code = ew_ops__record_disclosure(g, path, err);
    if (code != EW_OK)
        take_back(path, was, &before);
    return code;
}

/* ------------------------------------------------------------------ members */

/* Bundles of members. */
typedef struct member_writer {
    const ew_gathered *g; /* the collection */
    const ew_disclosure *what;
    ew_event_list
        events; /* of the whole desk: reading them again for each would take long */
} member_writer;

/* All of one member. */
static ew_code write_member(const member_writer *w, const char *hex, size_t number,
                            ew_err *err)
{
    ew_disclosure all = {.item = hex, .show = "all", .meta = w->what->meta};
    ew_gathered *m = NULL;
    ew_choice c = {.parts = {0}};
    char name[NAME_MAX_BYTES];
    (void)snprintf(name, sizeof name, "%08zu.ewb", number);
    char *path = ew_path_join(w->what->out, name);
    ew_code code =
        path != NULL ? ew_ops__gather(&m, w->g->d, hex, NULL, err) : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_ops__choose(m, &all, NULL, &c, err);
    if (code == EW_OK) {
        m->all_events = &w->events;
        code = write_one(m, path, &c, w->what, err);
    }
    ew_selection_release(&c.parts);
    ew_ops__gathered_free(m);
    ew_free(path);
    return code;
}

static ew_code write_each(const member_writer *w, const ew_choice *c, uint64_t *bundles,
                          ew_err *err)
{
    ew_slice rest = {(const char *)w->g->kept.members.data, w->g->kept.members.len};
    char hex[EW_ITEM_HEX + 1];
    ew_hash entry;
    ew_code code = EW_OK;
    for (size_t i = 0; i < w->g->file.cuts.n && code == EW_OK &&
                       ew_desk_next_member(&rest, hex, &entry);
         i++) {
        if (c->parts.states[i] != EW_PART_SHOWN)
            continue;
        code = write_member(w, hex, i + 1, err);
        *bundles += code == EW_OK;
    }
    return code;
}

/* The collection's bundle comes last: when it is there, all are. */
static ew_code write_members(ew_gathered *g, const ew_disclosure *what,
                             const ew_choice *c, uint64_t *bundles, ew_err *err)
{
    member_writer w = {.g = g, .what = what};
    ew_code code = ew_mkdirs(what->out, err);
    if (code == EW_OK)
        code = ew_ops_events(g->d, NULL, &w.events, err);
    if (code == EW_OK)
        code = write_each(&w, c, bundles, err);
    char *path = ew_path_join(what->out, "collection.ewb");
    if (code == EW_OK)
        code = path != NULL ? write_one(g, path, c, what, err) : ew_fail_nomem(err);
    ew_free(path);
    ew_event_list_release(&w.events);
    return code;
}

/* ------------------------------------------------------------------ all of it */

/* a: for the published file, made before the bundle and given its name after it, so that no half
 * of it is ever there, and none when the bundle fails. */
static ew_code derive(const ew_gathered *g, const ew_disclosure *what, const ew_choice *c,
                      ew_atomic *a, ew_err *err)
{
    ew_derivative_in in = {what->published,   what->filler, &g->seal.streams[0],
                           &g->file.cuts,     &g->file.src, c->parts.runs,
                           c->parts.run_count};
    if (what->published == NULL)
        return EW_OK;
    if (what->out != NULL && strcmp(what->published, what->out) == 0)
        return ew_fail(err, EW_E_ARG, 0,
                       "the bundle and what is published are two files");
    return ew_ops__derive(what->out != NULL ? a : NULL, &in, err);
}

static ew_code write_all(ew_gathered *g, const ew_disclosure *what, const ew_choice *c,
                         ew_disclosed *out, ew_err *err)
{
    ew_atomic a = {.fd = -1};
    ew_code code = derive(g, what, c, &a, err);
    if (what->out == NULL || code != EW_OK)
        return code;
    code = what->members ? write_members(g, what, c, &out->bundles, err)
                         : write_one(g, what->out, c, what, err);
    out->bundles += code == EW_OK;
    out->events = g->event_count;
    out->events_left_out = g->events_left_out;
    if (code == EW_OK && what->published != NULL)
        return ew_atomic_commit(&a, err);
    ew_atomic_abort(&a);
    return code;
}

/* What was sealed may be the only copy there is: nothing is written over it. */
static ew_code spare_original(const ew_gathered *g, const char *out, ew_err *err)
{
    struct stat there;
    struct stat sealed;
    if (out == NULL || g->file.fd <= 0 || stat(out, &there) != 0 ||
        fstat(g->file.fd, &sealed) != 0 || there.st_dev != sealed.st_dev ||
        there.st_ino != sealed.st_ino)
        return EW_OK;
    return ew_fail(err, EW_E_ARG, 0, "'%s' is the file that was sealed; name another one",
                   out);
}

/* What was looked at, or nothing. */
static ew_code compare(const ew_gathered *g, const ew_disclosure *what,
                       const ew_choice *c, ew_disclosed *out, ew_err *err)
{
    ew_ops__choice_mark(g, c, out->mark);
    if (what->expected == NULL ||
        memcmp(what->expected, out->mark, sizeof out->mark) == 0)
        return EW_OK;
    return ew_fail(err, EW_E_ARG, 0, "this would show something else than was looked at");
}

static ew_code disclose(ew_gathered *g, const ew_disclosure *what, ew_disclosed *out,
                        ew_err *err)
{
    ew_choice c = {.parts = {0}};
    memcpy(out->hex, g->kept.hex, sizeof out->hex);
    out->stream = g->seal.streams[0];
    if (what->members && out->stream.splitter != EW_SPLIT_SEALS)
        return ew_fail(err, EW_E_ARG, 0, "only a collection has members");
    ew_code code = spare_original(g, what->out, err);
    if (code == EW_OK)
        code = spare_original(g, what->published, err);
    if (code == EW_OK)
        code = ew_ops__choose(g, what, NULL, &c, err);
    if (code == EW_OK)
        code = compare(g, what, &c, out, err);
    if (code == EW_OK && what->preview != NULL)
        code = ew_ops__preview(g, &c.parts, &c.meta, what, err);
    if (code == EW_OK)
        code = write_all(g, what, &c, out, err);
    out->runs = c.parts.runs;
    out->run_count = c.parts.run_count;
    c.parts.runs = NULL;
    ew_selection_release(&c.parts);
    for (size_t i = 0; i < out->run_count; i++)
        out->shown += out->runs[i].count;
    return code;
}

ew_code ew_ops_disclose(const ew_desk *d, const ew_disclosure *what, ew_disclosed *out,
                        ew_err *err)
{
    ew_gathered *g = NULL;
    memset(out, 0, sizeof *out);
    ew_code code = ew_ops__gather(&g, d, what->item, what->file, err);
    if (code == EW_OK)
        code = disclose(g, what, out, err);
    if (code != EW_OK)
        ew_disclosed_release(out);
    ew_ops__gathered_free(g);
    return code;
}

void ew_disclosed_release(ew_disclosed *d)
{
    ew_free(d->runs);
    memset(d, 0, sizeof *d);
}
