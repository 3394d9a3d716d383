/* SPDX-License-Identifier: Apache-2.0 */
/* What is in the archive: `list` and `info`, for people and for programs. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "earwitness/fingerprint.h"
#include "report/json.h"
#include "report/report.h"
#include "base/when.h"
#include "base/words.h"
#include "report/times.h"

enum { LIST_COLUMNS = 5, SHA_SHOWN = 12, PATH_TEXT_MAX = 1 << 16 };

static double seconds(int64_t samples)
{
    return (double)samples / EW_FP_RATE_HZ;
}

static ew_code list_head(ew_table *t, ew_err *err)
{
    static const char *const names[LIST_COLUMNS] = {
        EW_N("name"), EW_N("duration"), EW_N("added"), "SHA-256", EW_N("trouble")};
    ew_code rc = EW_OK;

    for (int i = 0; i < LIST_COLUMNS && rc == EW_OK; i++)
        rc = ew_table_cell(t, err, "%s", ew_said(names[i]));
    return rc;
}

static ew_code list_row(ew_table *t, const ew_recording *r, ew_err *err)
{
    char text[EW_TIME_TEXT];
    char hex[EW_SHA256_HEX + 1];
    ew_code rc = ew_table_cell(t, err, "%s", r->names[0]);

    ew_hex(r->sha256, EW_SHA256_BYTES, hex);
    if (rc == EW_OK)
        rc = ew_table_cell(t, err, "%s", ew_time_text(seconds(r->samples), text));
    if (rc == EW_OK)
        rc = ew_table_cell(t, err, "%s", ew_date_text(r->added_unix, text));
    if (rc == EW_OK)
        rc = ew_table_cell(t, err, "%.*s", SHA_SHOWN, hex);
    if (rc == EW_OK)
        rc = ew_table_cell(t, err, "%s", ew_said(r->trouble));
    for (size_t i = 1; i < r->name_count && rc == EW_OK; i++) {
        rc = ew_table_cell(t, err, "  = %s", r->names[i]);
        for (int c = 1; c < LIST_COLUMNS && rc == EW_OK; c++)
            rc = ew_table_cell(t, err, "%s", "");
    }
    return rc;
}

/* People look for names, so they get them by name; ties cannot differ in what is shown
 * before the hash. */
typedef struct named {
    const char *name;
    size_t rec;
} named;

static int by_name(const void *a, const void *b)
{
    const named *x = a;
    const named *y = b;
    int d = strcmp(x->name, y->name);

    return d != 0 ? d : (x->rec > y->rec) - (x->rec < y->rec);
}

static ew_code sorted(const ew_index *ix, named **out, ew_err *err)
{
    size_t n = ew_index_count(ix);
    named *list = ew_alloc_array(n, sizeof(*list));

    if (list == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < n; i++)
        list[i] = (named){ew_index_recording(ix, i)->names[0], i};
    qsort(list, n, sizeof(*list), by_name);
    *out = list;
    return EW_OK;
}

ew_code ew_report_list_text(const ew_index *ix, const ew_text_style *style, ew_buf *out,
                            ew_err *err)
{
    static const ew_cell_kind kinds[LIST_COLUMNS] = {
        EW_CELL_SHRINK, EW_CELL_RIGHT, EW_CELL_LEFT, EW_CELL_LEFT, EW_CELL_LEFT};
    named *order = NULL;
    ew_table t;
    ew_code rc = sorted(ix, &order, err);

    if (rc != EW_OK)
        return rc;
    ew_table_init(&t, kinds, LIST_COLUMNS);
    rc = list_head(&t, err);
    for (size_t i = 0; i < ew_index_count(ix) && rc == EW_OK; i++)
        rc = list_row(&t, ew_index_recording(ix, order[i].rec), err);
    if (rc == EW_OK)
        rc = ew_table_print(&t, style, out, err);
    ew_table_release(&t);
    ew_free(order);
    return rc;
}

/* Paths are raw bytes; what is shown and what goes into JSON is the safe form. */
static char *safe_path(const char *raw)
{
    ew_buf b;
    char *copy = NULL;

    ew_buf_init(&b, PATH_TEXT_MAX);
    if (ew_utf8_append_safe(&b, raw, strlen(raw), NULL) == EW_OK)
        copy = ew_strdup(b.data == NULL ? "" : (const char *)b.data);
    ew_buf_release(&b);
    return copy;
}

static json_t *names_json(const ew_recording *r)
{
    json_t *list = json_array();

    for (size_t i = 0; i < r->name_count; i++)
        ew_list_add(&list, json_string(r->names[i]));
    return list;
}

static json_t *paths_json(const ew_recording *r)
{
    json_t *list = json_array();

    for (size_t i = 0; i < r->name_count; i++) {
        char *path = safe_path(r->paths[i]);
        ew_list_add(&list, path == NULL ? NULL : json_string(path));
        ew_free(path);
    }
    return list;
}

ew_code ew_report_recording_json(const ew_index *ix, size_t rec, ew_buf *out, ew_err *err)
{
    const ew_recording *r = ew_index_recording(ix, rec);
    char added[EW_TIME_TEXT];
    ew_obj o = ew_obj_new();

    ew_obj_str(&o, "schema", "earwitness.recording/1");
    ew_obj_sha256(&o, "sha256", r->sha256);
    ew_obj_set(&o, "names", names_json(r));
    ew_obj_set(&o, "paths", paths_json(r));
    ew_obj_real(&o, "duration", seconds(r->samples), 4);
    ew_obj_int(&o, "bytes", (int64_t)r->bytes);
    ew_obj_str(&o, "added", ew_iso_text(r->added_unix, added));
    ew_obj_str(&o, "container", r->container);
    ew_obj_str(&o, "codec", r->codec);
    ew_obj_int(&o, "rate_hz", r->stored_rate_hz);
    ew_obj_int(&o, "channels", r->stored_channels);
    ew_obj_str(&o, "trouble", r->trouble);
    return ew_obj_print(&o, out, err);
}

/* One line per name: "name: speeches/1998.mp3 (/mnt/desk/speeches/1998.mp3)". */
static ew_code name_lines(const ew_recording *r, ew_buf *out, ew_err *err)
{
    ew_code rc = EW_OK;

    for (size_t i = 0; i < r->name_count && rc == EW_OK; i++) {
        char *path = safe_path(r->paths[i]);
        if (path == NULL)
            return ew_fail_nomem(err);
        rc = ew_buf_printf(out, err, "%s  %s%s%s%s\n",
                           i == 0 ? ew_tr("name    ") : ew_tr("also    "), r->names[i],
                           path[0] != 0 ? "  (" : "", path, path[0] != 0 ? ")" : "");
        ew_free(path);
    }
    return rc;
}

ew_code ew_report_recording_text(const ew_index *ix, size_t rec, ew_buf *out, ew_err *err)
{
    const ew_recording *r = ew_index_recording(ix, rec);
    char hex[EW_SHA256_HEX + 1];
    char length[EW_TIME_TEXT];
    char size[EW_TIME_TEXT];
    char added[EW_TIME_TEXT];
    ew_code rc = name_lines(r, out, err);

    ew_hex(r->sha256, EW_SHA256_BYTES, hex);
    if (rc == EW_OK)
        rc = ew_buf_printf(
            out, err,
            ew_tr("SHA-256   %s\nduration  %s\nstored    %s, %s in %s, %" PRIu32
                  " Hz, %" PRIu32 " channel%s\nadded     %s\ntrouble   %s\n"),
            hex, ew_time_text(seconds(r->samples), length), ew_bytes_text(r->bytes, size),
            r->codec, r->container, r->stored_rate_hz, r->stored_channels,
            r->stored_channels == 1 ? "" : "s", ew_date_text(r->added_unix, added),
            r->trouble[0] != 0 ? ew_said(r->trouble) : ew_tr("none"));
    return rc;
}

ew_code ew_report_archive_text(const ew_archive_info *a, ew_buf *out, ew_err *err)
{
    char length[EW_TIME_TEXT];
    char size[EW_TIME_TEXT];
    char waste[EW_TIME_TEXT];
    const ew_index_stats *s = &a->stats;
    double hours = seconds(s->samples) / 3600;
    ew_code rc;

    rc = ew_buf_printf(
        out, err,
        ew_tr("archive     %s\nrecordings  %" PRIu64 ", %s of sound\nsize        %s"),
        a->dir, s->recordings, ew_length_text(seconds(s->samples), length),
        ew_bytes_text(s->bytes, size));
    if (rc == EW_OK && hours > 0.1)
        rc = ew_buf_printf(out, err, ew_tr(" (%.2f MB per hour)"),
                           (double)s->bytes / 1e6 / hours);
    if (rc == EW_OK)
        rc = ew_buf_printf(out, err, ew_tr(" in %" PRIu64 " segment%s\nformat      %d\n"),
                           s->segments, s->segments == 1 ? "" : "s", EW_INDEX_FORMAT);
    if (rc == EW_OK && s->removed > 0)
        rc = ew_buf_printf(out, err,
                           ew_tr("removed     %" PRIu64
                                 "; 'earwitness archive compact' gives back "
                                 "about %s\n"),
                           s->removed, ew_bytes_text(s->reclaimable, waste));
    if (rc == EW_OK && s->damaged > 0)
        rc = ew_buf_printf(out, err,
                           ew_tr("damaged     %" PRIu64
                                 " more; 'earwitness archive verify' says "
                                 "what and how to mend it\n"),
                           s->damaged);
    return rc;
}

ew_code ew_report_archive_json(const ew_archive_info *a, ew_buf *out, ew_err *err)
{
    const ew_index_stats *s = &a->stats;
    ew_obj o = ew_obj_new();

    ew_obj_str(&o, "schema", "earwitness.archive/1");
    ew_obj_str(&o, "archive", a->dir);
    ew_obj_int(&o, "format", EW_INDEX_FORMAT);
    ew_obj_int(&o, "recordings", (int64_t)s->recordings);
    ew_obj_real(&o, "hours", seconds(s->samples) / 3600, 4);
    ew_obj_int(&o, "bytes", (int64_t)s->bytes);
    ew_obj_int(&o, "reclaimable_bytes", (int64_t)s->reclaimable);
    ew_obj_int(&o, "removed", (int64_t)s->removed);
    ew_obj_int(&o, "damaged", (int64_t)s->damaged);
    ew_obj_int(&o, "segments", (int64_t)s->segments);
    ew_obj_int(&o, "keys", (int64_t)s->keys);
    return ew_obj_print(&o, out, err);
}
