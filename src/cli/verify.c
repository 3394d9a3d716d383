/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness archive verify: what is damaged, whom it concerns, and the commands that mend it. */
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/hash.h"
#include "cli/cli.h"
#include "report/report.h"

enum { COMMANDS_SHOWN = 50, SHA_SHOWN = 12 };

/* A recording that some damage affects. */
typedef struct affected {
    uint8_t sha256[EW_SHA256_BYTES];
    char *name;
} affected;

typedef struct round {
    app *a;
    affected *list; /* each recording once */
    size_t count, cap;
    ew_buf text; /* what is written next */
    ew_code rc;  /* the first failure in here */
} round;

static void note(round *r, const uint8_t sha256[EW_SHA256_BYTES], const char *name)
{
    for (size_t i = 0; i < r->count; i++)
        if (memcmp(r->list[i].sha256, sha256, EW_SHA256_BYTES) == 0)
            return;
    if (r->count == r->cap) {
        size_t cap = r->cap == 0 ? 16 : r->cap * 2;
        affected *list = ew_realloc_array(r->list, cap, sizeof(*list));
        if (list == NULL) {
            r->rc = EW_E_NOMEM;
            return;
        }
        r->list = list;
        r->cap = cap;
    }
    affected *one = &r->list[r->count];
    one->name = ew_strdup(name);
    if (one->name == NULL) {
        r->rc = EW_E_NOMEM;
        return;
    }
    memcpy(one->sha256, sha256, EW_SHA256_BYTES);
    r->count++;
}

static json_t *affected_json(const ew_damage *d)
{
    json_t *list = json_array();

    for (size_t i = 0; i < d->affected_count; i++) {
        ew_obj o = ew_obj_new();
        ew_obj_sha256(&o, "sha256", d->affected[i]);
        ew_obj_str(&o, "name", d->affected_names[i]);
        ew_list_add(&list, o.json);
    }
    return list;
}

static void damage_json(app *a, const ew_damage *d)
{
    ew_obj o = ew_obj_new();

    ew_obj_str(&o, "schema", "earwitness.damage/1");
    ew_obj_str(&o, "file", d->file);
    ew_obj_int(&o, "offset", (int64_t)d->offset);
    ew_obj_str(&o, "what", d->what);
    ew_obj_set(&o, "affected", affected_json(d));
    out_object(a, &o);
}

#define PUT(r, ...)                                                                      \
    do {                                                                                 \
        if ((r)->rc == EW_OK)                                                            \
            (r)->rc = ew_buf_printf(&(r)->text, NULL, __VA_ARGS__);                      \
    } while (0)

static void write_text(round *r)
{
    if (r->rc == EW_OK)
        out_write(r->a, &r->text);
    ew_buf_reset(&r->text);
}

static void found(void *cookie, const ew_damage *d)
{
    round *r = cookie;

    if (r->a->json)
        damage_json(r->a, d);
    else
        PUT(r, "%s, byte %" PRIu64 ": %s\n", d->file, d->offset, d->what);
    for (size_t i = 0; i < d->affected_count; i++) {
        note(r, d->affected[i], d->affected_names[i]);
        if (!r->a->json)
            PUT(r, "  affected: %s\n", d->affected_names[i]);
    }
    write_text(r);
}

/* The path in quotes for a shell, where it can be shown as it is; else its name. */
static void put_file(round *r, const ew_index *ix, const affected *one)
{
    char hex[EW_SHA256_HEX + 1];
    size_t rec = 0;
    const char *path = "";

    ew_hex(one->sha256, EW_SHA256_BYTES, hex);
    if (ix != NULL && ew_index_find(ix, hex, &rec, NULL) == EW_OK)
        path = ew_index_recording(ix, rec)->paths[0];
    char *safe = ew_safe_name(path);
    if (safe == NULL)
        r->rc = EW_E_NOMEM;
    else if (path[0] != 0 && strcmp(path, safe) == 0 && strchr(path, '\'') == NULL)
        PUT(r, "  earwitness add '%s'\n", path);
    else
        PUT(r, "  earwitness add with the original file of %s\n", one->name);
    ew_free(safe);
}

static void tell_how_to_mend(round *r)
{
    ew_index *ix = NULL;
    size_t shown = r->count < COMMANDS_SHOWN ? r->count : COMMANDS_SHOWN;

    if (r->count == 0)
        return;
    if (ew_index_open(&ix, r->a->archive_dir, NULL) != EW_OK)
        ix = NULL; /* then without the paths */
    PUT(r, "\nTo mend it, with the original files at hand:\n");
    for (size_t i = 0; i < shown; i++) {
        char hex[EW_SHA256_HEX + 1];
        ew_hex(r->list[i].sha256, EW_SHA256_BYTES, hex);
        PUT(r, "  earwitness remove %.*s\n", SHA_SHOWN, hex);
    }
    for (size_t i = 0; i < shown; i++)
        put_file(r, ix, &r->list[i]);
    if (shown < r->count)
        PUT(r, "  and the same for %zu more; --json names all\n", r->count - shown);
    PUT(r,
        "  earwitness archive compact\nUntil then the other recordings stay usable.\n");
    write_text(r);
    ew_index_close(ix);
}

static void tell_total(round *r, uint64_t damaged)
{
    ew_obj o = {NULL};

    if (r->a->json) {
        o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.verify/1");
        ew_obj_int(&o, "damaged", (int64_t)damaged);
        out_object(r->a, &o);
    } else if (damaged > 0) {
        tell_how_to_mend(r);
    } else if (!r->a->quiet) {
        PUT(r, "every byte is as it was written\n");
        write_text(r);
    }
}

int verify_archive(app *a)
{
    round r = {.a = a};
    ew_progress prog = app_progress(a);
    uint64_t damaged = 0;
    ew_err err;
    int code;

    ew_buf_init(&r.text, EW_REPORT_MAX);
    if (ew_index_verify(a->archive_dir, found, &r, &prog, &damaged, &err) != EW_OK) {
        code = fail_archive(a, &err);
    } else {
        tell_total(&r, damaged);
        code = damaged > 0 ? EXIT_NOTHING : EXIT_FOUND;
    }
    if (r.rc != EW_OK) {
        (void)ew_fail(&err, r.rc, 0, "out of memory");
        code = fail_command(a, &err);
    }
    for (size_t i = 0; i < r.count; i++)
        ew_free(r.list[i].name);
    ew_free(r.list);
    ew_buf_release(&r.text);
    return code;
}
