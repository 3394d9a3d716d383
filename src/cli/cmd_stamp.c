/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness stamp request|text|add|list|check: time tokens over checkpoints, as files, since a
 * desk may have no network. None of it needs the passphrase. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "base/when.h"
#include "cli/desk.h"
#include "cli/names.h"
#include "ops/seal_stamp.h"

static const opt_spec options[] = {
    DESK_OPTION,
    {OPT_OUTPUT, 'o', "output", "FILE", "write the request or the text there"},
    {OPT_POLICY, 0, "policy", "FILE", "which authorities and blocks you trust"},
    {OPT_DATA, 0, "data", "FILE", "what the token should be over"},
};

enum { REQUEST_MAX = 256, NAME_ROOM = 64 };

static bool desk_there(app *a, const char *desk)
{
    ew_err err;
    if (ew_desk_exists(desk))
        return true;
    (void)ew_fail(&err, EW_E_NOTFOUND, 0, "there is no desk in '%s'", desk);
    (void)fail_desk(a, &err);
    return false;
}

/* ------------------------------------------------------------------ asking */

static void told_written(app *a, const char *schema, const ew_stamped *s,
                         const char *file)
{
    char *safe = ew_safe_name(file);
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", schema);
        ew_obj_int(&o, "entries", (int64_t)s->size);
        ew_obj_sha256(&o, "sha256", s->digest);
        ew_obj_str(&o, "file", safe != NULL ? safe : "");
        out_object(a, &o);
    } else {
        say(a, "%s is for the checkpoint of %ju entries", file, (uintmax_t)s->size);
    }
    ew_free(safe);
}

static ew_code request(app *a, const args *in, const ew_stamped *s, ew_err *err)
{
    char name[NAME_ROOM];
    ew_buf der;
    const char *out = in->values[OPT_OUTPUT];
    (void)snprintf(name, sizeof name, "checkpoint-%ju.tsq", (uintmax_t)s->size);
    if (out == NULL)
        out = name;
    ew_buf_init(&der, REQUEST_MAX);
    ew_code code = ew_ops_stamp_request(s, &der, err);
    if (code == EW_OK)
        code = ew_file_put(out, der.data, der.len, err);
    if (code == EW_OK)
        told_written(a, "earwitness.stamp-request/1", s, out);
    ew_buf_release(&der);
    return code;
}

static ew_code text(app *a, const args *in, const ew_stamped *s, ew_err *err)
{
    const char *out = in->values[OPT_OUTPUT];
    ew_buf b;
    if (out != NULL) {
        ew_code code = ew_file_put(out, s->text.p, s->text.n, err);
        if (code == EW_OK)
            told_written(a, "earwitness.stamp-text/1", s, out);
        return code;
    }
    ew_buf_init(&b, s->text.n);
    ew_code code = ew_buf_append(&b, s->text.p, s->text.n, err);
    if (code == EW_OK && a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.stamp-text/1");
        ew_obj_int(&o, "entries", (int64_t)s->size);
        ew_obj_sha256(&o, "sha256", s->digest);
        ew_obj_str(&o, "text", (const char *)b.data);
        out_object(a, &o);
    } else if (code == EW_OK) {
        out_write(a, &b);
    }
    ew_buf_release(&b);
    return code;
}

typedef ew_code (*keep_then)(app *a, const args *in, const ew_stamped *s, ew_err *err);

/* The checkpoint is kept before anybody can be asked to stamp it. */
static int keep(app *a, const args *in, const char *desk, keep_then then)
{
    ew_err err;
    ew_stamped *s = ew_alloc(sizeof *s);
    if (s == NULL) {
        (void)ew_fail_nomem(&err);
        return fail_command(a, &err);
    }
    ew_stamped_init(s);
    ew_code code = ew_ops_stamp_keep(desk, s, &err);
    if (code == EW_OK)
        code = then(a, in, s, &err);
    ew_stamped_release(s);
    ew_free(s);
    return code == EW_OK ? EXIT_FOUND : fail_desk(a, &err);
}

/* ------------------------------------------------------------------ keeping */

static int add(app *a, const char *desk, const char *file)
{
    ew_stamp_added done;
    ew_err err;
    if (ew_ops_stamp_add(desk, file, &done, &err) != EW_OK)
        return fail_desk(a, &err);
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.stamp-added/1");
        ew_obj_int(&o, "entries", (int64_t)done.size);
        ew_obj_str(&o, "token", done.name);
        ew_obj_bool(&o, "added", !done.there);
        ew_obj_int(&o, "replaced", (int64_t)done.replaced);
        out_object(a, &o);
    } else if (done.there) {
        say(a, "was there before, over the checkpoint of %ju entries",
            (uintmax_t)done.size);
    } else {
        say(a, "kept, over the checkpoint of %ju entries%s", (uintmax_t)done.size,
            done.replaced > 0 ? "; it takes the place of one that was pending" : "");
    }
    return EXIT_FOUND;
}

/* ------------------------------------------------------------------ telling */

static void set_times(ew_obj *o, const ew_verdict *v)
{
    char when[EW_ISO_TEXT];
    json_t *list = json_array();
    for (size_t i = 0; i < v->time_count; i++) {
        const ew_verdict_time *t = &v->times[i];
        ew_obj one = ew_obj_new();
        ew_obj_str(&one, "kind", t->kind);
        ew_obj_bool(&one, "good", t->good);
        if (t->good)
            ew_obj_str(&one, "not_after", ew_iso_text(t->not_after, when));
        else
            ew_obj_null(&one, "not_after");
        ew_obj_str(&one, "words", t->words);
        ew_list_add(&list, one.json);
    }
    if (v->timed)
        ew_obj_str(o, "not_after", ew_iso_text(v->not_after, when));
    else
        ew_obj_null(o, "not_after");
    ew_obj_set(o, "times", list);
}

static void print_times(const ew_verdict *v)
{
    for (size_t i = 0; i < v->time_count; i++)
        (void)printf("  %s  %s\n", v->times[i].kind, v->times[i].words);
}

static void tell_kept(app *a, const ew_stamped *s, const ew_verdict *v)
{
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.stamps/1");
        ew_obj_int(&o, "entries", (int64_t)s->size);
        ew_obj_sha256(&o, "sha256", s->digest);
        json_t *names = json_array();
        for (size_t i = 0; i < s->token_count; i++)
            ew_list_add(&names, json_string(s->tokens[i].name));
        ew_obj_set(&o, "tokens", names);
        set_times(&o, v);
        out_object(a, &o);
        return;
    }
    if (s->size == 0)
        (void)printf("checkpoint of an empty log:");
    else
        (void)printf("checkpoint of %ju entries, 0 to %ju:", (uintmax_t)s->size,
                     (uintmax_t)(s->size - 1));
    (void)printf(" %zu token%s\n", s->token_count, s->token_count == 1 ? "" : "s");
    print_times(v);
}

static ew_code list_one(app *a, const char *desk, uint64_t size, const char *policy,
                        ew_err *err)
{
    ew_stamped *s = ew_alloc(sizeof *s);
    ew_verdict *v = ew_alloc(sizeof *v);
    ew_code code = s != NULL && v != NULL ? EW_OK : ew_fail_nomem(err);
    if (s != NULL)
        ew_stamped_init(s);
    if (code == EW_OK)
        code = ew_ops_stamp_read(desk, size, s, err);
    if (code == EW_OK)
        code = ew_ops_stamp_judge(s, policy, v, err);
    if (code == EW_OK)
        tell_kept(a, s, v);
    if (s != NULL)
        ew_stamped_release(s);
    ew_free(s);
    ew_free(v);
    return code;
}

static int list(app *a, const char *desk, const char *policy)
{
    uint64_t *sizes = NULL;
    size_t n = 0;
    ew_err err;
    ew_code code = ew_ops_stamp_sizes(desk, &sizes, &n, &err);
    for (size_t i = 0; i < n && code == EW_OK; i++)
        code = list_one(a, desk, sizes[i], policy, &err);
    if (code == EW_OK && n == 0)
        say(a, "no checkpoint was kept for stamping yet");
    ew_free(sizes);
    return code == EW_OK ? EXIT_FOUND : fail_command(a, &err);
}

static int check(app *a, const args *in)
{
    ew_stamp_check what = {in->operands[1], in->values[OPT_DATA], in->values[OPT_POLICY]};
    bool of_note = false;
    ew_err err;
    if (what.data == NULL) {
        (void)ew_fail(&err, EW_E_ARG, 0, "what should it be over? name that with --data");
        return fail_command(a, &err);
    }
    ew_verdict *v = ew_alloc(sizeof *v);
    ew_code code =
        v != NULL ? ew_ops_stamp_check(&what, &of_note, v, &err) : ew_fail_nomem(&err);
    int result = code != EW_OK ? fail_command(a, &err)
                 : v->timed    ? EXIT_FOUND
                               : EXIT_NOTHING;
    if (code == EW_OK && a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.stamp-check/1");
        ew_obj_str(&o, "over", of_note ? "checkpoint" : "file");
        set_times(&o, v);
        out_object(a, &o);
    } else if (code == EW_OK && !a->quiet) {
        (void)printf("over %s:\n", of_note ? "the text of the checkpoint" : "the file");
        print_times(v);
    }
    ew_free(v);
    return result;
}

/* ------------------------------------------------------------------ the command */

static int run_on_desk(app *a, const args *in, const char *desk)
{
    const char *verb = in->operands[0];
    if (strcmp(verb, "request") == 0 && in->count == 1)
        return keep(a, in, desk, request);
    if (strcmp(verb, "text") == 0 && in->count == 1)
        return keep(a, in, desk, text);
    if (strcmp(verb, "add") == 0 && in->count == 2)
        return add(a, desk, in->operands[1]);
    return list(a, desk, in->values[OPT_POLICY]);
}

static int run(app *a, const args *in)
{
    static const char *const verbs[] = {"request", "text", "list", "add"};
    const char *verb = in->operands[0];
    char *desk = NULL;
    ew_err err;
    if (strcmp(verb, "check") == 0 && in->count == 2)
        return check(a, in);
    bool known = false;
    for (size_t i = 0; i < EW_COUNT(verbs); i++)
        known = known || (strcmp(verb, verbs[i]) == 0 && in->count == (i < 3 ? 1 : 2));
    if (!known) {
        (void)ew_fail(&err, EW_E_ARG, 0,
                      "'stamp' knows request, text, add FILE, list and check FILE");
        return fail_command(a, &err);
    }
    int code = desk_find(a, in, &desk);
    if (code == 0)
        code = desk_there(a, desk) ? run_on_desk(a, in, desk) : EXIT_NO_ARCHIVE;
    ew_free(desk);
    return code;
}

const command cmd_stamp = {
    .name = "stamp",
    .usage = "request|text|add FILE|list|check FILE",
    .summary = "time tokens over the signed log",
    .details =
        "request writes what an authority (RFC 3161) is asked for the newest "
        "checkpoint;\n"
        "text writes the checkpoint itself, for 'ots stamp' or any other program; add\n"
        "keeps what comes back (.tsr or .ots); list says what each is worth by "
        "--policy;\n"
        "check judges a token over any --data, without a desk. No network is used",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = 2,
    .run = run,
};
