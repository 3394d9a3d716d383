/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness log witness: has the log's checkpoint cosigned, over HTTP or by hand. */
#include "cli/log_witness.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/file.h"
#include "base/when.h"
#include "ops/seal_cosign.h"

/* What is wanted of which witnesses. */
typedef struct wanted {
    ew_vkey *keys;
    ew_cosigned of[EW_WITNESSES_MAX];
    size_t n;
} wanted;

static ew_code take_keys(const args *in, wanted *w, ew_err *err)
{
    *w = (wanted){.keys = ew_alloc_array(EW_WITNESSES_MAX, sizeof *w->keys)};
    if (w->keys == NULL)
        return ew_fail_nomem(err);
    ew_code code = ew_ops_witness_keys(in->values[OPT_KEY], in->values[OPT_POLICY],
                                       w->keys, &w->n, err);
    for (size_t i = 0; i < w->n; i++)
        w->of[i].key = &w->keys[i];
    return code;
}

/* ------------------------------------------------------------------ telling */

static void tell_one(app *a, const ew_cosigned *c, uint64_t size)
{
    char when[EW_ISO_TEXT];
    (void)ew_iso_text((int64_t)c->time, when);
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.cosigned/1");
        ew_obj_str(&o, "witness", c->key->name);
        ew_obj_int(&o, "size", (int64_t)size);
        ew_obj_int(&o, "time", (int64_t)c->time);
        ew_obj_bool(&o, "added", c->added);
        out_object(a, &o);
    } else if (!a->quiet) {
        (void)printf("%s cosigned %" PRIu64 " entr%s at %s%s\n", c->key->name, size,
                     size == 1 ? "y" : "ies", when, c->added ? "" : ", as was known");
    }
}

static void tell_all(app *a, const wanted *w, uint64_t size)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->of[i].found)
            tell_one(a, &w->of[i], size);
}

static int tell_refusal(app *a, const char *url, const ew_submitted *s)
{
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.not-cosigned/1");
        ew_obj_str(&o, "url", url);
        ew_obj_int(&o, "status", s->status);
        ew_obj_str(&o, "why", ew_witness_status_text(s->status));
        ew_obj_int(&o, "size", (int64_t)s->size);
        if (s->status == EW_WITNESS_CONFLICT)
            ew_obj_int(&o, "seen", (int64_t)s->seen);
        out_object(a, &o);
        return EXIT_NOTHING;
    }
    (void)printf("not cosigned: %s (status %d)\n", ew_witness_status_text(s->status),
                 s->status);
    if (s->status == EW_WITNESS_CONFLICT)
        (void)printf("it has seen %" PRIu64 " entries, this log's checkpoint has %" PRIu64
                     "%s\n",
                     s->seen, s->size,
                     s->seen > s->size ? ": is this an old copy of the desk?"
                                       : ", and they are not of one history");
    return EXIT_NOTHING;
}

/* ------------------------------------------------------------------ ways */

static int submit(app *a, const args *in, const char *log)
{
    ew_submission s = {.log = log, .url = in->operands[1], .stop = &app_stop};
    ew_submitted told;
    ew_err err;
    wanted w;
    int code = EXIT_FOUND;
    ew_code rc = take_keys(in, &w, &err);
    s.of = w.of;
    s.n = w.n;
    if (rc == EW_OK)
        rc = ew_ops_submit(&s, &told, &err);
    if (rc != EW_OK)
        code = fail_command(a, &err);
    else if (told.status != EW_WITNESS_GOOD)
        code = tell_refusal(a, s.url, &told);
    else
        tell_all(a, &w, told.size);
    ew_free(w.keys);
    return code;
}

static ew_code from_size(const args *in, const char *log, uint64_t *old, ew_err *err)
{
    const char *text = in->values[OPT_OLD];
    wanted w;
    if (text != NULL)
        return ew_slice_u64(ew_slice_of(text), old)
                   ? EW_OK
                   : ew_fail(err, EW_E_ARG, 0, "--old takes a number of entries");
    *old = 0;
    if (in->values[OPT_KEY] == NULL)
        return EW_OK;
    ew_code code = take_keys(in, &w, err);
    if (code == EW_OK)
        code = ew_log_seen_by(log, &w.keys[0], old, err);
    ew_free(w.keys);
    return code;
}

/* To be carried by hand. */
static int request(app *a, const args *in, const char *log)
{
    uint64_t old = 0;
    ew_buf b;
    ew_err err;
    const char *out = in->values[OPT_OUTPUT];
    ew_buf_init(&b, EW_WITNESS_REQUEST_MAX);
    ew_code rc = from_size(in, log, &old, &err);
    if (rc == EW_OK)
        rc = ew_log_ask(log, old, &b, &err);
    if (rc == EW_OK && out != NULL) {
        rc = ew_file_put(out, b.data, b.len, &err);
    } else if (rc == EW_OK && a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.witness-request/1");
        ew_obj_int(&o, "old", (int64_t)old);
        ew_obj_str(&o, "request", (const char *)b.data);
        out_object(a, &o);
    } else if (rc == EW_OK) {
        out_write(a, &b);
    }
    ew_buf_release(&b);
    return rc == EW_OK ? EXIT_FOUND : fail_command(a, &err);
}

/* What came back by hand. */
static int add(app *a, const args *in, const char *log)
{
    uint64_t size = 0;
    size_t found = 0;
    ew_buf b;
    ew_err err;
    wanted w;
    ew_buf_init(&b, EW_NOTE_MAX);
    ew_code rc = take_keys(in, &w, &err);
    if (rc == EW_OK)
        rc = ew_file_get(in->values[OPT_ADD], &b, &err);
    ew_slice lines = {(const char *)b.data, b.len};
    if (rc == EW_OK)
        rc = ew_log_add_cosignatures(log, lines, w.of, w.n, &size, &err);
    if (rc == EW_OK)
        tell_all(a, &w, size);
    for (size_t i = 0; i < w.n && rc == EW_OK; i++)
        found += w.of[i].found;
    if (rc == EW_OK && found == 0)
        rc = ew_fail(&err, EW_E_FORMAT, 0, "'%s' holds no signature by a key asked for",
                     in->values[OPT_ADD]);
    ew_free(w.keys);
    ew_buf_release(&b);
    return rc == EW_OK ? EXIT_FOUND : fail_command(a, &err);
}

int log_witness(app *a, const args *in, const char *log)
{
    ew_err err;
    bool asks = in->values[OPT_REQUEST] != NULL;
    bool adds = in->values[OPT_ADD] != NULL;
    bool url = in->count == 2;
    if (asks + adds + url != 1) {
        (void)ew_fail(&err, EW_E_ARG, 0,
                      "'log witness' takes a URL, or --request, or --add FILE");
        return fail_command(a, &err);
    }
    if (asks)
        return request(a, in, log);
    return adds ? add(a, in, log) : submit(a, in, log);
}
