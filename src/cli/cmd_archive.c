/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness archive verify|compact: looking after the archive. */
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/hash.h"
#include "cli/cli.h"
#include "report/json.h"
#include "report/report.h"
#include "report/times.h"

static int compact(app *a)
{
    ew_progress prog = app_progress(a);
    ew_wait wait = app_wait(a);
    char was[EW_TIME_TEXT];
    char is[EW_TIME_TEXT];
    uint64_t before = 0;
    uint64_t after = 0;
    ew_buf b;
    ew_err err;

    if (ew_ops_compact(a->archive_dir, &wait, &prog, &before, &after, &err) != EW_OK)
        return fail_archive(a, &err);
    ew_buf_init(&b, EW_REPORT_MAX);
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.compact/1");
        ew_obj_int(&o, "bytes_before", (int64_t)before);
        ew_obj_int(&o, "bytes_after", (int64_t)after);
        out_object(a, &o);
    } else if (!a->quiet) {
        if (ew_buf_printf(&b, NULL, "%s before, %s now\n", ew_bytes_text(before, was),
                          ew_bytes_text(after, is)) == EW_OK)
            out_write(a, &b);
    }
    ew_buf_release(&b);
    return EXIT_FOUND;
}

static int run(app *a, const args *in)
{
    static const char *const verbs[] = {"verify", "compact"};
    ew_err err;
    int code = app_find_archive(a);

    if (code != 0)
        return code;
    if (strcmp(in->operands[0], "verify") == 0)
        return verify_archive(a);
    if (strcmp(in->operands[0], "compact") == 0)
        return compact(a);
    const char *near = nearest_name(in->operands[0], verbs, 2);
    (void)ew_fail(&err, EW_E_ARG, 0, "'archive' knows verify and compact, not '%s'%s%s%s",
                  in->operands[0], near != NULL ? "; did you mean '" : "",
                  near != NULL ? near : "", near != NULL ? "'?" : "");
    return fail_command(a, &err);
}

const command cmd_archive = {
    .name = "archive",
    .usage = "verify|compact",
    .summary = "verify or compact the archive",
    .details = "verify reads every byte and says what is damaged, which recordings that "
               "affects, and\n"
               "how to rebuild them (exit status 1 when there is damage). compact gives "
               "back the space\n"
               "of removed recordings",
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
