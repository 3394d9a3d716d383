/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness report results. */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "cli/case_held.h"
#include "cli/names.h"
#include "cli/report.h"

static const opt_spec options[] = {
    REPORT_OPTIONS,
    REPORT_PUBLISHER,
    {OPT_SOUNDS, 0, "sounds", "FILE|FOLDER",
     "recordings that the results are about, for excerpts; may be given several times"},
};

static ew_code gather_sounds(ew_inputs *out, const args *in, ew_err *err)
{
    const char **names = ew_alloc_array(in->given_count + 1, sizeof *names);
    if (names == NULL)
        return ew_fail_nomem(err);
    size_t n = held_values(in, OPT_SOUNDS, names);
    ew_code rc = ew_inputs_gather(out, names, n, &app_stop, err);
    ew_free(names);
    return rc;
}

/* Recordings in an archive can be heard, too; without one there is less to hear. */
static int open_if_there(app *a, ew_index **ix)
{
    ew_err err;
    int code = app_find_archive(a);
    *ix = NULL;
    if (code != 0)
        return code;
    if (ew_index_open(ix, a->archive_dir, &err) == EW_OK ||
        (err.code == EW_E_NOTFOUND && a->archive == NULL))
        return 0;
    return fail_archive(a, &err);
}

static int write_it(app *a, const args *in, ew_inputs *files, const ew_inputs *sounds,
                    const ew_report_opts *opts)
{
    ew_index *ix = NULL;
    ew_page p = {0};
    ew_report_told told = {0};
    ew_err err = {.code = EW_OK};
    int code = open_if_there(a, &ix);
    if (code == 0) {
        const ew_report_saved saved = {files, sounds, ix};
        ew_code rc = ew_ops_report_results(&saved, opts, &p, &told, &err);
        progress_clear(a);
        code = rc == EW_OK ? report_write_checked(a, in, &p) : fail_command(a, &err);
        code = code == 0 ? report_exit(&told) : code;
    }
    ew_page_release(&p);
    ew_index_close(ix);
    return code;
}

static int run(app *a, const args *in)
{
    ew_inputs files = {0};
    ew_inputs sounds = {0};
    ew_report_opts opts;
    ew_err err;
    ew_code rc = report_read(a, in, &opts, &err);
    if (rc == EW_OK)
        rc = gather_inputs(&files, in, &err);
    if (rc == EW_OK)
        rc = gather_sounds(&sounds, in, &err);
    int code =
        rc == EW_OK ? write_it(a, in, &files, &sounds, &opts) : fail_command(a, &err);
    ew_inputs_release(&files);
    ew_inputs_release(&sounds);
    return code;
}

const command report_results = {
    .name = "report results",
    .usage = "-o FILE.html RESULT.json ...",
    .summary = "one report on several results that were saved with --json",
    .details =
        "Takes what check, diff, family and inspect printed with --json, or reports on\n"
        "them, and puts all on one page, in the order in which they are named: with one\n"
        "table of contents, one list of files, and one limit for sound. Nothing is "
        "worked\n"
        "out again. Excerpts come from recordings in the archive, and from those named\n"
        "with --sounds, when their hashes are the ones in the results",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .run = run,
};
