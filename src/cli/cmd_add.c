/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness add: recordings into the archive. */
#include <inttypes.h>
#include <stdio.h>

#include "base/bytes.h"
#include "base/err.h"
#include "cli/cli.h"
#include "cli/names.h"
#include "earwitness/fingerprint.h"
#include "ops/add.h"
#include "report/json.h"
#include "report/report.h"
#include "report/times.h"

static const opt_spec options[] = {
    {OPT_DRY_RUN, 'n', "dry-run", NULL, "only say what would be read"},
    {OPT_FILES_FROM, 0, "files-from", "FILE", "also read the names in FILE, one a line"},
    {OPT_NULL, '0', "null", NULL, "names in FILE end with NUL, not newline"},
};

static const char *kind_name(ew_add_kind kind)
{
    switch (kind) {
    case EW_ADD_ADDED:
        return "added";
    case EW_ADD_KNOWN:
        return "known";
    case EW_ADD_SKIPPED:
        return "skipped";
    case EW_ADD_FAILED:
        return "failed";
    case EW_ADD_NOT_TRIED:
        return "not-tried";
    }
    return "";
}

static void each_json(app *a, const ew_add_result *r)
{
    ew_obj o = ew_obj_new();

    ew_obj_str(&o, "schema", "earwitness.add/1");
    ew_obj_str(&o, "name", r->name);
    ew_obj_str(&o, "outcome", kind_name(r->kind));
    if (r->has_sha256)
        ew_obj_sha256(&o, "sha256", r->sha256);
    if (r->kind == EW_ADD_ADDED) {
        ew_obj_real(&o, "duration", (double)r->samples / EW_FP_RATE_HZ, 4);
        ew_obj_str(&o, "trouble", r->trouble);
    }
    if (r->kind == EW_ADD_FAILED)
        ew_obj_set(&o, "error", ew_json_error(&r->err, ew_ops_input_advice(&r->err)));
    out_object(a, &o);
}

static void each(void *cookie, const ew_add_result *r)
{
    app *a = cookie;

    if (a->json) {
        each_json(a, r);
        return;
    }
    switch (r->kind) {
    case EW_ADD_FAILED:
        say_error(a, &r->err, r->name);
        break;
    case EW_ADD_ADDED:
        if (r->trouble[0] != 0)
            say(a, "added with trouble: %s: %s", r->name, r->trouble);
        else
            say_verbose(a, "added: %s", r->name);
        break;
    case EW_ADD_KNOWN:
        say_verbose(a, "there already: %s", r->name);
        break;
    case EW_ADD_SKIPPED:
        say_verbose(a, "skipped, not a recording: %s", r->name);
        break;
    case EW_ADD_NOT_TRIED:
        break;
    }
}

static void tick(void *cookie, const ew_add_progress *now)
{
    progress_state p = {.stage = "add", .share = -1};

    if (now->bytes_total > 0)
        p.share = (double)now->bytes_done / (double)now->bytes_total;
    if (p.share > 1)
        p.share = 1;
    p.files_done = now->files_done;
    p.files_total = now->files_total;
    p.sound_seconds = (double)now->samples / EW_FP_RATE_HZ;
    progress_show(cookie, &p);
}

static void summary_json(app *a, const ew_add_summary *s)
{
    ew_obj o = ew_obj_new();

    ew_obj_str(&o, "schema", "earwitness.add-summary/1");
    ew_obj_int(&o, "added", (int64_t)s->added);
    ew_obj_int(&o, "known", (int64_t)s->known);
    ew_obj_int(&o, "skipped", (int64_t)s->skipped);
    ew_obj_int(&o, "failed", (int64_t)s->failed);
    ew_obj_int(&o, "not_tried", (int64_t)s->not_tried);
    ew_obj_real(&o, "hours_added", (double)s->samples / EW_FP_RATE_HZ / 3600, 4);
    out_object(a, &o);
}

static ew_code count_text(ew_buf *b, uint64_t n, const char *what, ew_err *err)
{
    return n == 0 ? EW_OK : ew_buf_printf(b, err, ", %" PRIu64 " %s", n, what);
}

static void summary_text(app *a, const ew_add_summary *s)
{
    char length[EW_TIME_TEXT];
    ew_buf b;
    ew_code rc;

    if (a->quiet)
        return;
    ew_buf_init(&b, EW_REPORT_MAX);
    rc = ew_buf_printf(&b, NULL, "added %" PRIu64 " recording%s (%s)", s->added,
                       s->added == 1 ? "" : "s",
                       ew_length_text((double)s->samples / EW_FP_RATE_HZ, length));
    if (rc == EW_OK)
        rc = count_text(&b, s->known, "there already", NULL);
    if (rc == EW_OK)
        rc = count_text(&b, s->skipped, "skipped as not recordings", NULL);
    if (rc == EW_OK)
        rc = count_text(&b, s->failed, "failed", NULL);
    if (rc == EW_OK)
        rc = count_text(&b, s->not_tried, "not tried", NULL);
    if (rc == EW_OK)
        rc = ew_buf_append(&b, "\n", 1, NULL);
    if (rc == EW_OK)
        out_write(a, &b);
    ew_buf_release(&b);
}

/* What the folders and names lead to, without reading any of it. */
static int dry_run(app *a, const ew_inputs *in)
{
    int code = in->count == 0 ? EXIT_NOTHING : EXIT_FOUND;

    for (size_t i = 0; i < in->count; i++) {
        const ew_input *x = &in->items[i];
        ew_add_result r = {.name = x->name, .trouble = ""};
        if (x->kind == EW_INPUT_PROBLEM) {
            r.kind = EW_ADD_FAILED;
            r.err = *x->problem;
            each(a, &r);
            code = EXIT_SOME_FAILED;
        } else if (x->kind == EW_INPUT_SKIP) {
            r.kind = EW_ADD_SKIPPED;
            each(a, &r);
        } else {
            ew_obj o = ew_obj_new();
            ew_obj_str(&o, "schema", "earwitness.add/1");
            ew_obj_str(&o, "name", x->name);
            ew_obj_str(&o, "outcome", "would-read");
            if (a->json)
                out_object(a, &o);
            else
                (void)printf("%s\n", x->name);
            ew_obj_release(&o);
        }
    }
    return code;
}

static int add_all(app *a, const ew_inputs *in)
{
    ew_add_opts opts = {.jobs = a->jobs, .wait = app_wait(a), .stop = &app_stop};
    ew_add_summary sum;
    ew_err err;
    ew_code rc;

    opts.each = each;
    opts.tick = tick;
    opts.cookie = a;
    rc = ew_ops_add(a->archive_dir, in, &opts, &sum, &err);
    if (rc == EW_OK || sum.added + sum.known + sum.skipped + sum.failed > 0) {
        if (a->json)
            summary_json(a, &sum);
        else
            summary_text(a, &sum);
    }
    if (rc == EW_E_CANCELLED) {
        say(a, "interrupted; what was added stays, and the same command continues");
        return EXIT_INTERRUPTED;
    }
    if (rc != EW_OK && sum.failed == 0) /* else it was told with the file that met it */
        return fail_command(a, &err);
    if (rc != EW_OK || sum.failed > 0)
        return EXIT_SOME_FAILED;
    return sum.added + sum.known > 0 ? EXIT_FOUND : EXIT_NOTHING;
}

static int run(app *a, const args *in)
{
    ew_inputs inputs;
    ew_err err;
    ew_code rc;
    int code = app_find_archive(a);

    if (code != 0)
        return code;
    rc = gather_inputs(&inputs, in, &err);
    if (rc != EW_OK)
        code = fail_command(a, &err);
    else if (in->values[OPT_DRY_RUN] != NULL)
        code = dry_run(a, &inputs);
    else
        code = add_all(a, &inputs);
    ew_inputs_release(&inputs);
    return code;
}

const command cmd_add = {
    .name = "add",
    .usage = "FILE|FOLDER|- ...",
    .summary = "put recordings into the archive",
    .details =
        "Reads any sound or video that FFmpeg decodes; folders with all they hold; - is\n"
        "standard input. The same content under two names is one recording with two "
        "names.\n"
        "Interrupted, it loses at most the files in work: run the same command again",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .run = run,
};
