/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness archive verify|compact: looking after the archive. */
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/hash.h"
#include "cli/cli.h"
#include "report/json.h"
#include "report/report.h"
#include "report/times.h"

static void write_obj(app *a, ew_obj *o)
{
    ew_buf b;

    ew_buf_init(&b, EW_REPORT_MAX);
    if (ew_obj_print(o, &b, NULL) == EW_OK)
        out_write(a, &b);
    ew_buf_release(&b);
}

/* ------------------------------------------------------------------ verify */

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
    write_obj(a, &o);
}

static void damage_text(app *a, const ew_damage *d)
{
    char hex[EW_SHA256_HEX + 1];
    ew_buf b;
    ew_code rc;

    ew_buf_init(&b, EW_REPORT_MAX);
    rc = ew_buf_printf(&b, NULL, "%s, byte %" PRIu64 ": %s\n", d->file, d->offset,
                       d->what);
    for (size_t i = 0; i < d->affected_count && rc == EW_OK; i++) {
        ew_hex(d->affected[i], EW_SHA256_BYTES, hex);
        rc =
            ew_buf_printf(&b, NULL, "  affected: %.12s  %s\n", hex, d->affected_names[i]);
    }
    if (rc == EW_OK)
        out_write(a, &b);
    ew_buf_release(&b);
}

static void found(void *cookie, const ew_damage *d)
{
    app *a = cookie;

    if (a->json)
        damage_json(a, d);
    else
        damage_text(a, d);
}

static const char rebuild_words[] = "To rebuild: take the affected recordings out with "
                                    "'earwitness remove', compact with\n"
                                    "'earwitness archive compact', and add their files "
                                    "again with 'earwitness add'. The rest\n"
                                    "stays usable meanwhile.\n";

static int verify(app *a)
{
    ew_progress prog = app_progress(a);
    uint64_t damaged = 0;
    ew_buf b;
    ew_err err;

    if (ew_index_verify(a->archive_dir, found, a, &prog, &damaged, &err) != EW_OK)
        return fail_archive(a, &err);
    ew_buf_init(&b, EW_REPORT_MAX);
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.verify/1");
        ew_obj_int(&o, "damaged", (int64_t)damaged);
        write_obj(a, &o);
    } else if (damaged > 0) {
        if (ew_buf_append(&b, rebuild_words, strlen(rebuild_words), NULL) == EW_OK)
            out_write(a, &b);
    } else if (!a->quiet) {
        if (ew_buf_printf(&b, NULL, "every byte is as it was written\n") == EW_OK)
            out_write(a, &b);
    }
    ew_buf_release(&b);
    return damaged > 0 ? EXIT_NOTHING : EXIT_FOUND;
}

/* ------------------------------------------------------------------ compact */

static int compact(app *a)
{
    ew_progress prog = app_progress(a);
    ew_wait wait = app_wait(a);
    char was[EW_TIME_TEXT];
    char is[EW_TIME_TEXT];
    uint64_t before = 0;
    uint64_t after = 0;
    ew_buf b;
    ew_err err;

    if (ew_ops_compact(a->archive_dir, &wait, &prog, &before, &after, &err) != EW_OK)
        return fail_archive(a, &err);
    ew_buf_init(&b, EW_REPORT_MAX);
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.compact/1");
        ew_obj_int(&o, "bytes_before", (int64_t)before);
        ew_obj_int(&o, "bytes_after", (int64_t)after);
        write_obj(a, &o);
    } else if (!a->quiet) {
        if (ew_buf_printf(&b, NULL, "%s before, %s now\n", ew_bytes_text(before, was),
                          ew_bytes_text(after, is)) == EW_OK)
            out_write(a, &b);
    }
    ew_buf_release(&b);
    return EXIT_FOUND;
}

static int run(app *a, const args *in)
{
    static const char *const verbs[] = {"verify", "compact"};
    ew_err err;
    int code = app_find_archive(a);

    if (code != 0)
        return code;
    if (strcmp(in->operands[0], "verify") == 0)
        return verify(a);
    if (strcmp(in->operands[0], "compact") == 0)
        return compact(a);
    const char *near = nearest_name(in->operands[0], verbs, 2);
    (void)ew_fail(&err, EW_E_ARG, 0, "'archive' knows verify and compact, not '%s'%s%s%s",
                  in->operands[0], near != NULL ? "; did you mean '" : "",
                  near != NULL ? near : "", near != NULL ? "'?" : "");
    return fail_command(a, &err);
}

const command cmd_archive = {
    .name = "archive",
    .usage = "verify|compact",
    .summary = "verify or compact the archive",
    .details = "verify reads every byte and says what is damaged, which recordings that "
               "affects, and\n"
               "how to rebuild them (exit status 1 when there is damage). compact gives "
               "back the space\n"
               "of removed recordings",
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
