/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness log checkpoint|prove|fsck: the desk's log. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "cli/desk.h"

static const opt_spec options[] = {
    DESK_OPTION,
    PASS_OPTIONS,
    {OPT_OUTPUT, 'o', "output", "FILE", "write the proof there"},
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
    } else if (strcmp(verb, "fsck") == 0 && in->count == 1) {
        code = fsck(a, dir, log);
    } else {
        (void)ew_fail(&err, EW_E_ARG, 0, "'log' knows checkpoint, prove ENTRY and fsck");
        code = fail_command(a, &err);
    }
    ew_free(log);
    ew_free(dir);
    return code;
}

const command cmd_log = {
    .name = "log",
    .usage = "checkpoint|prove ENTRY|fsck",
    .summary = "the desk's log: sign it, prove an entry, check it",
    .details =
        "checkpoint signs the log as it is and prints what was signed; prove prints a\n"
        "tlog-proof that an entry stands in the signed log; fsck reads every entry and\n"
        "tile (exit status 1 when something is wrong). The log's folder is log/ in the\n"
        "desk, in the layout of c2sp.org/tlog-tiles",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = 2,
    .run = run,
};
