/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness witness new|key|trust|distrust|list|serve|sign: cosigns the logs of others. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "base/when.h"
#include "cli/desk.h"
#include "ops/seal_witness.h"

static const opt_spec options[] = {
    {OPT_DIR, 0, "dir", "DIR", "folder of the witness"},
    PASS_OPTIONS,
    {OPT_LISTEN, 0, "listen", "ADDRESS:PORT", "where to serve (default: 127.0.0.1:8642)"},
    {OPT_REMOTE, 0, "remote", NULL, "allow addresses that other machines can reach"},
    {OPT_OUTPUT, 'o', "output", "FILE", "write the cosignature there"},
};

static int fail_witness(app *a, const ew_err *e)
{
    if (e->code != EW_E_NOTFOUND || strstr(e->text, "no witness in") == NULL)
        return fail_command(a, e);
    ew_err none;
    (void)ew_fail(&none, EW_E_NOTFOUND, 0,
                  "%s; make one with 'earwitness witness new NAME', or name another with "
                  "--dir",
                  e->text);
    say_error(a, &none, NULL);
    return EXIT_NO_ARCHIVE;
}

/* ------------------------------------------------------------------ keys */

static ew_code append_policy_line(ew_buf *b, const ew_vkey *key, ew_err *err)
{
    ew_code code = ew_buf_printf(b, err, "witness %s ", key->name);
    return code == EW_OK ? ew_vkey_append(b, key, err) : code;
}

static ew_code show_key(app *a, const char *dir, ew_err *err)
{
    ew_vkey key;
    ew_buf vkey;
    ew_buf line;
    ew_buf_init(&vkey, EW_KEY_NAME_MAX + 128);
    ew_buf_init(&line, 2 * EW_KEY_NAME_MAX + 256);
    ew_code code = ew_witness_vkey(dir, &key, err);
    if (code == EW_OK)
        code = ew_vkey_append(&vkey, &key, err);
    if (code == EW_OK)
        code = append_policy_line(&line, &key, err);
    if (code == EW_OK && a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.witness-key/1");
        ew_obj_str(&o, "name", key.name);
        ew_obj_str(&o, "vkey", (const char *)vkey.data);
        ew_obj_str(&o, "policy", (const char *)line.data);
        out_object(a, &o);
    } else if (code == EW_OK) {
        (void)printf("%s\n%s\n", (const char *)vkey.data, (const char *)line.data);
    }
    ew_buf_release(&line);
    ew_buf_release(&vkey);
    return code;
}

static int key(app *a, const char *dir)
{
    ew_err err;
    return show_key(a, dir, &err) == EW_OK ? EXIT_FOUND : fail_witness(a, &err);
}

static int create(app *a, const args *in, const char *dir)
{
    ew_secret pass;
    ew_err err;
    if (ew_witness_exists(dir)) {
        (void)ew_fail(&err, EW_E_ARG, 0, "there is a witness in '%s' already", dir);
        return fail_command(a, &err);
    }
    int code = desk_passphrase(a, in, true, &pass);
    if (code != 0)
        return code;
    ew_code rc = ew_witness_create(dir, in->operands[1], &pass, NULL, &err);
    ew_secret_release(&pass);
    if (rc != EW_OK)
        return fail_command(a, &err);
    say(a,
        "made a witness in '%s'; never let an old copy of that folder sign: when it is "
        "lost "
        "or was set back, make a new one",
        dir);
    return key(a, dir);
}

/* ------------------------------------------------------------------ logs */

/* drop: not any more */
static int trust(app *a, const args *in, const char *dir, bool drop)
{
    ew_vkey log;
    ew_err err;
    bool added = false;
    if (ew_vkey_parse(&log, ew_slice_of(in->operands[1]), NULL) != EW_OK) {
        (void)ew_fail(&err, EW_E_ARG, 0, "'%s' is not a key", in->operands[1]);
        return fail_command(a, &err);
    }
    if (drop && ew_witness_distrust(dir, &log, &err) != EW_OK)
        return fail_witness(a, &err);
    if (!drop && ew_witness_trust(dir, &log, &added, &err) != EW_OK)
        return fail_witness(a, &err);
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.witness-trust/1");
        ew_obj_str(&o, "log", log.name);
        ew_obj_bool(&o, "added", added);
        ew_obj_bool(&o, "removed", drop);
        out_object(a, &o);
    } else if (drop) {
        say(a, "does not trust this key of '%s' any more", log.name);
    } else {
        say(a, added ? "follows '%s' from now on" : "followed '%s' already", log.name);
    }
    return EXIT_FOUND;
}

static int list(app *a, const char *dir)
{
    ew_witness_state *s = NULL;
    ew_err err;
    if (ew_witness_state_read(dir, &s, &err) != EW_OK)
        return fail_witness(a, &err);
    for (size_t i = 0; i < s->count; i++) {
        const ew_witness_log *log = &s->logs[i];
        if (!a->json) {
            (void)printf("%s  %" PRIu64 " entr%s\n", log->keys[0].name, log->size,
                         log->size == 1 ? "y" : "ies");
            continue;
        }
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.witness-log/1");
        ew_obj_str(&o, "log", log->keys[0].name);
        ew_obj_int(&o, "keys", (int64_t)log->key_count);
        ew_obj_int(&o, "size", (int64_t)log->size);
        out_object(a, &o);
    }
    ew_free(s);
    return EXIT_FOUND;
}

/* ------------------------------------------------------------------ answering */

/* The secret half, or the exit code, told. */
static int open_key(app *a, const args *in, const char *dir, ew_signer **by)
{
    ew_secret pass;
    ew_vkey there;
    ew_err err;
    if (ew_witness_vkey(dir, &there, &err) != EW_OK)
        return fail_witness(a, &err);
    int code = desk_passphrase(a, in, false, &pass);
    if (code != 0)
        return code;
    if (ew_witness_signer(dir, &pass, by, &err) != EW_OK) {
        code = fail_witness(a, &err);
    } else if (*by == NULL) {
        (void)ew_fail(&err, EW_E_ARG, 0, "the passphrase is wrong");
        say_error(a, &err, NULL);
        code = EXIT_WRONG_KEY;
    }
    ew_secret_release(&pass);
    return code;
}

static void tell_json(app *a, unsigned status, const ew_witness_answer *w,
                      const char *why, const ew_buf *signature)
{
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.witness-answer/1");
    ew_obj_int(&o, "status", (int64_t)status);
    ew_obj_str(&o, "why", why);
    if (w != NULL && w->origin[0] != 0) {
        ew_obj_str(&o, "log", w->origin);
        ew_obj_int(&o, "size", (int64_t)w->size);
    }
    if (w != NULL && status == EW_WITNESS_CONFLICT)
        ew_obj_int(&o, "seen", (int64_t)w->seen);
    if (w != NULL && status == EW_WITNESS_GOOD)
        ew_obj_int(&o, "time", (int64_t)w->time);
    if (signature != NULL && status == EW_WITNESS_GOOD)
        ew_obj_str(&o, "cosignature", (const char *)signature->data);
    out_object(a, &o);
}

static void tell_served(void *cookie, unsigned status, const ew_witness_answer *w,
                        const ew_err *why)
{
    app *a = cookie;
    const char *text = why != NULL ? why->text : ew_witness_status_text((int)status);
    if (w == NULL)
        text = "not a request to a witness";
    if (a->json)
        tell_json(a, status, w, text, NULL);
    else if (w != NULL && w->origin[0] != 0)
        say(a, "%u %s, %ju entries: %s", status, w->origin, (uintmax_t)w->size, text);
    else
        say(a, "%u %s", status, text);
}

static void tell_ready(void *cookie, const char *address)
{
    app *a = cookie;
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.witness-serve/1");
        ew_obj_str(&o, "address", address);
        out_object(a, &o);
        return;
    }
    (void)printf("http://%s\n", address);
    (void)fflush(stdout);
}

static int serve(app *a, const args *in, const char *dir)
{
    ew_signer *by = NULL;
    ew_err err;
    ew_serve_opts o = {.listen = in->values[OPT_LISTEN],
                       .remote = in->values[OPT_REMOTE] != NULL,
                       .stop = &app_stop,
                       .ready = tell_ready,
                       .told = tell_served,
                       .cookie = a};
    if (o.listen == NULL)
        o.listen = EW_WITNESS_LISTEN;
    int code = open_key(a, in, dir, &by);
    if (code != 0)
        return code;
    o.witness = (ew_witness){.dir = dir, .key = by};
    if (o.remote)
        say(a, "anybody who can reach this machine can talk to the witness, unencrypted; "
               "put a proxy with TLS in front of it");
    ew_code rc = ew_witness_serve(&o, &err);
    ew_signer_free(by);
    if (rc == EW_E_ARG && !o.remote && strstr(err.text, "other machines") != NULL) {
        ew_err more;
        (void)ew_fail(&more, EW_E_ARG, 0, "%s; --remote allows that", err.text);
        return fail_command(a, &more);
    }
    return rc == EW_OK ? EXIT_FOUND : fail_witness(a, &err);
}

/* By hand: a request that came by mail or on a stick. */
static int tell_signed(app *a, const ew_witness_answer *w, const ew_buf *body)
{
    const char *why = ew_witness_status_text((int)w->status);
    char when[EW_ISO_TEXT];
    if (a->json) {
        tell_json(a, w->status, w, why, body);
    } else if (w->status == EW_WITNESS_GOOD) {
        (void)ew_iso_text((int64_t)w->time, when);
        say(a, "cosigned %ju entries of '%s' at %s", (uintmax_t)w->size, w->origin, when);
    } else {
        say(a, "not cosigned: %s", why);
        if (w->status == EW_WITNESS_CONFLICT)
            say(a, "the last one had %ju entries: ask for a request with --old %ju",
                (uintmax_t)w->seen, (uintmax_t)w->seen);
    }
    return w->status == EW_WITNESS_GOOD ? EXIT_FOUND : EXIT_NOTHING;
}

static int sign(app *a, const args *in, const char *dir)
{
    ew_witness w = {.dir = dir};
    ew_witness_answer answer;
    ew_signer *by = NULL;
    ew_buf request;
    ew_buf body;
    ew_err err;
    const char *out = in->values[OPT_OUTPUT];
    int code = open_key(a, in, dir, &by);
    if (code != 0)
        return code;
    w.key = by;
    ew_buf_init(&request, EW_WITNESS_REQUEST_MAX);
    ew_buf_init(&body, EW_WITNESS_ANSWER_MAX);
    ew_code rc = ew_file_get(in->operands[1], &request, &err);
    ew_slice text = {(const char *)request.data, request.len};
    if (rc == EW_OK)
        rc = ew_witness_respond(&w, text, &answer, &body, &err);
    bool good = rc == EW_OK && answer.status == EW_WITNESS_GOOD;
    if (good && out != NULL)
        rc = ew_file_put(out, body.data, body.len, &err);
    else if (good && !a->json)
        out_write(a, &body);
    code = rc == EW_OK ? tell_signed(a, &answer, &body) : fail_witness(a, &err);
    ew_buf_release(&body);
    ew_buf_release(&request);
    ew_signer_free(by);
    return code;
}

/* ------------------------------------------------------------------ the command */

static int run(app *a, const args *in)
{
    const char *verb = in->operands[0];
    char *dir = NULL;
    ew_err err;
    int code;
    if (ew_witness_dir(in->values[OPT_DIR], &dir, &err) != EW_OK)
        return fail_command(a, &err);
    if (strcmp(verb, "new") == 0 && in->count == 2)
        code = create(a, in, dir);
    else if (strcmp(verb, "key") == 0 && in->count == 1)
        code = key(a, dir);
    else if (strcmp(verb, "trust") == 0 && in->count == 2)
        code = trust(a, in, dir, false);
    else if (strcmp(verb, "distrust") == 0 && in->count == 2)
        code = trust(a, in, dir, true);
    else if (strcmp(verb, "list") == 0 && in->count == 1)
        code = list(a, dir);
    else if (strcmp(verb, "serve") == 0 && in->count == 1)
        code = serve(a, in, dir);
    else if (strcmp(verb, "sign") == 0 && in->count == 2)
        code = sign(a, in, dir);
    else {
        (void)ew_fail(
            &err, EW_E_ARG, 0,
            "'witness' knows new NAME, key, trust VKEY, distrust VKEY, list, serve "
            "and sign REQUEST");
        code = fail_command(a, &err);
    }
    ew_free(dir);
    return code;
}

const command cmd_witness = {
    .name = "witness",
    .usage = "new NAME|key|[dis]trust KEY|list|serve|sign REQUEST",
    .summary = "cosign the logs of others, and never two histories of one",
    .details =
        "new makes a witness with a key of its own, wrapped with a passphrase; key "
        "prints\n"
        "its public key and the line for a policy; trust names a log to follow, or "
        "another\n"
        "key of it, distrust takes such a key away; list shows what is followed. serve\n"
        "answers over HTTP (c2sp.org/tlog-witness) on this machine only, unless --remote "
        "is\n"
        "given; sign answers a request that was carried by hand (exit status 1 when it\n"
        "refuses)",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = 2,
    .run = run,
};
