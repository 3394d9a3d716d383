/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness log checkpoint|publish|prove|fsck|witness: the desk's log. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "cli/desk.h"
#include "cli/log_witness.h"
#include "ops/seal_publish.h"

static const opt_spec options[] = {
    DESK_OPTION,
    PASS_OPTIONS,
    {OPT_OUTPUT, 'o', "output", "FILE", "write the proof or the request there"},
    {OPT_REQUEST, 0, "request", NULL, "witness: print a request, to be carried by hand"},
    {OPT_OLD, 0, "old", "N", "witness: it has seen N entries (default: as remembered)"},
    {OPT_ADD, 0, "add", "FILE", "witness: add the cosignature that came back"},
    {OPT_KEY, 0, "key", "VKEY", "witness: its public key"},
    {OPT_POLICY, 0, "policy", "FILE", "witness: the keys of all witnesses in a policy"},
};

static void write_text(app *a, const char *schema, const char *key, const ew_buf *b)
{
    if (!a->json) {
        out_write(a, b);
        return;
    }
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", schema);
    ew_obj_str(&o, key, (const char *)b->data);
    out_object(a, &o);
}

static int checkpoint(app *a, const args *in)
{
    ew_desk d;
    ew_buf note;
    ew_err err;
    int code = desk_open(a, in, &d);
    if (code != 0)
        return code;
    ew_buf_init(&note, EW_NOTE_MAX);
    if (ew_ops_checkpoint(&d, &note, &err) != EW_OK)
        code = fail_desk(a, &err);
    else
        write_text(a, "earwitness.checkpoint/1", "checkpoint", &note);
    ew_buf_release(&note);
    ew_desk_close(&d);
    return code;
}

/* Of an entry by its number: without the salt, for those who know the entry. */
static int prove(app *a, const args *in, const char *log)
{
    uint64_t index = 0;
    ew_buf proof;
    ew_err err;
    const char *out = in->values[OPT_OUTPUT];
    ew_code rc = EW_OK;
    ew_buf_init(&proof, 2 * EW_NOTE_MAX);
    if (!ew_slice_u64(ew_slice_of(in->operands[1]), &index))
        rc = ew_fail(&err, EW_E_ARG, 0, "an entry is named by its number, from 0");
    if (rc == EW_OK)
        rc = ew_log_prove(log, index, ew_slice_of(""), &proof, &err);
    if (rc == EW_OK && out != NULL)
        rc = ew_file_put(out, proof.data, proof.len, &err);
    else if (rc == EW_OK)
        write_text(a, "earwitness.proof/1", "proof", &proof);
    ew_buf_release(&proof);
    return rc == EW_OK ? EXIT_FOUND : fail_desk(a, &err);
}

static void problem(void *cookie, const char *text)
{
    app *a = cookie;
    if (!a->json) {
        (void)printf("%s\n", text);
        return;
    }
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.log-problem/1");
    ew_obj_str(&o, "problem", text);
    out_object(a, &o);
}

typedef struct publish_attempt {
    const char *dir, *to;
    ew_publication told;
} publish_attempt;

static ew_code try_publish(void *cookie, ew_err *err)
{
    publish_attempt *t = cookie;
    return ew_ops_publish(t->dir, t->to, &t->told, err);
}

static int publish(app *a, const char *dir, const char *to)
{
    publish_attempt attempt = {.dir = dir, .to = to};
    ew_wait wait = app_wait(a);
    ew_err err;
    if (ew_wait_for(&wait, try_publish, &attempt, &err) != EW_OK)
        return fail_desk(a, &err);
    ew_publication p = attempt.told;
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.log-publish/1");
        ew_obj_int(&o, "before", (int64_t)p.before);
        ew_obj_int(&o, "entries", (int64_t)p.size);
        ew_obj_int(&o, "files", (int64_t)p.files);
        ew_obj_bool(&o, "checkpoint", p.checkpoint);
        out_object(a, &o);
    } else if (!a->quiet) {
        (void)printf("%" PRIu64 " entries are public, %" PRIu64 " of them new\n", p.size,
                     p.size - p.before);
    }
    return EXIT_FOUND;
}

/* log: the desk's own, or a copy that was published. */
static int fsck(app *a, const char *dir, const char *log)
{
    ew_vkey key;
    ew_fsck f = {.problem = problem, .cookie = a, .key = &key};
    ew_err err;
    if (ew_desk_vkey(dir, "log", &key, &err) != EW_OK ||
        ew_log_fsck(log, &f, &err) != EW_OK)
        return fail_desk(a, &err);
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.log-fsck/1");
        ew_obj_int(&o, "entries", (int64_t)f.entries);
        ew_obj_int(&o, "problems", (int64_t)f.problems);
        out_object(a, &o);
    } else if (!a->quiet) {
        (void)printf("%" PRIu64 " entries read, %" PRIu64 " problem%s\n", f.entries,
                     f.problems, f.problems == 1 ? "" : "s");
    }
    return f.problems > 0 ? EXIT_NOTHING : EXIT_FOUND;
}

static int run(app *a, const args *in)
{
    const char *verb = in->operands[0];
    char *dir = NULL;
    ew_err err;
    if (strcmp(verb, "checkpoint") == 0 && in->count == 1)
        return checkpoint(a, in);
    int code = desk_find(a, in, &dir);
    if (code != 0)
        return code;
    char *log = ew_desk_log_dir(dir);
    if (log == NULL) {
        (void)ew_fail_nomem(&err);
        code = fail_command(a, &err);
    } else if (strcmp(verb, "prove") == 0 && in->count == 2) {
        code = prove(a, in, log);
    } else if (strcmp(verb, "fsck") == 0) {
        code = fsck(a, dir, in->count == 2 ? in->operands[1] : log);
    } else if (strcmp(verb, "publish") == 0 && in->count == 2) {
        code = publish(a, dir, in->operands[1]);
    } else if (strcmp(verb, "witness") == 0) {
        code = log_witness(a, in, log);
    } else {
        (void)ew_fail(&err, EW_E_ARG, 0,
                      "'log' knows checkpoint, publish DIR, prove ENTRY, fsck [DIR] and "
                      "witness");
        code = fail_command(a, &err);
    }
    ew_free(log);
    ew_free(dir);
    return code;
}

const command cmd_log = {
    .name = "log",
    .usage = "checkpoint|publish DIR|prove ENTRY|fsck|witness [URL]",
    .summary = "the desk's log: sign, publish, prove, check, have it witnessed",
    .details =
        "checkpoint signs the log as it is and prints what was signed; publish copies "
        "it,\n"
        "up to that, into a folder for a file server (c2sp.org/tlog-tiles); prove prints "
        "a\n"
        "tlog-proof that an entry stands in the signed log; fsck reads every entry and\n"
        "tile of the log or of a published copy (exit status 1 when something is "
        "wrong);\n"
        "witness has the signed log cosigned: over HTTP by the witness at URL, or by "
        "hand\n"
        "with --request and --add (exit status 1 when the witness refuses)",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = 2,
    .run = run,
};
