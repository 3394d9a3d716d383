/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness list: the recordings of the archive. */
#include "base/err.h"
#include "cli/cli.h"
#include "report/report.h"

static ew_code write_list(app *a, const ew_index *ix, ew_err *err)
{
    ew_buf b;
    ew_code rc = EW_OK;

    ew_buf_init(&b, EW_REPORT_MAX);
    if (!a->json)
        rc = ew_report_list_text(ix, &a->out_style, &b, err);
    for (size_t i = 0; a->json && i < ew_index_count(ix) && rc == EW_OK; i++) {
        rc = ew_report_recording_json(ix, i, &b, err);
        if (rc == EW_OK)
            out_write(a, &b);
        ew_buf_reset(&b);
    }
    if (rc == EW_OK)
        out_write(a, &b);
    ew_buf_release(&b);
    return rc;
}

static int run(app *a, const args *in)
{
    ew_index *ix = NULL;
    ew_err err;
    int code = open_archive(a, &ix);

    (void)in;
    if (code != 0)
        return code;
    if (ew_index_count(ix) == 0) {
        say(a,
            "the archive is empty; put recordings into it with 'earwitness add FOLDER'");
        code = EXIT_NOTHING;
    } else if (write_list(a, ix, &err) != EW_OK) {
        code = fail_command(a, &err);
    }
    ew_index_close(ix);
    return code;
}

const command cmd_list = {
    .name = "list",
    .usage = "",
    .summary = "list the recordings of the archive",
    .details = "Names, length, when added, and what was wrong with them. With --json one "
               "object\n"
               "per recording and line",
    .operands_max = 0,
    .run = run,
};
