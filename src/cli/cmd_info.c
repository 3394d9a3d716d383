/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness info: the archive as a whole, or single recordings. */
#include "base/alloc.h"
#include "base/err.h"
#include "cli/cli.h"
#include "report/report.h"

static ew_code about_archive(app *a, const ew_index *ix, ew_buf *b, ew_err *err)
{
    ew_archive_info info = {0};
    char *dir = ew_safe_name(a->archive_dir);
    ew_code rc;

    if (dir == NULL)
        return ew_fail_nomem(err);
    info.dir = dir;
    rc = ew_index_get_stats(ix, &info.stats, err);
    if (rc == EW_OK)
        rc = a->json ? ew_report_archive_json(&info, b, err)
                     : ew_report_archive_text(&info, b, err);
    ew_free(dir);
    return rc;
}

static ew_code about_recording(app *a, const ew_index *ix, const char *what, ew_buf *b,
                               ew_err *err)
{
    size_t rec = 0;
    ew_code rc = ew_index_find(ix, what, &rec, err);

    if (rc != EW_OK)
        return rc;
    if (a->json)
        return ew_report_recording_json(ix, rec, b, err);
    if (b->len > 0)
        rc = ew_buf_append(b, "\n", 1, err);
    return rc == EW_OK ? ew_report_recording_text(ix, rec, b, err) : rc;
}

static int about(app *a, const ew_index *ix, const args *in)
{
    ew_buf b;
    ew_err err;
    size_t failed = 0;
    int code = EXIT_FOUND;

    ew_buf_init(&b, EW_REPORT_MAX);
    if (in->count == 0 && about_archive(a, ix, &b, &err) != EW_OK)
        code = fail_command(a, &err);
    for (size_t i = 0; i < in->count; i++)
        if (about_recording(a, ix, in->operands[i], &b, &err) != EW_OK) {
            say_error(a, &err, NULL);
            failed++;
        }
    out_write(a, &b);
    ew_buf_release(&b);
    if (failed > 0)
        code = failed == in->count ? EXIT_NOTHING : EXIT_SOME_FAILED;
    return code;
}

static int run(app *a, const args *in)
{
    ew_index *ix = NULL;
    int code = open_archive(a, &ix);

    if (code != 0)
        return code;
    code = about(a, ix, in);
    ew_index_close(ix);
    return code;
}

const command cmd_info = {
    .name = "info",
    .usage = "[RECORDING ...]",
    .summary = "tell about the archive, or about recordings",
    .details =
        "A RECORDING is a SHA-256 or its beginning (6 digits or more), a name, or a path",
    .operands_max = SIZE_MAX,
    .run = run,
};
