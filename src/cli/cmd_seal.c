/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness seal: puts on record what the desk holds. */
#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "cli/desk.h"

static const opt_spec options[] = {
    DESK_OPTION,
    PASS_OPTIONS,
    {OPT_SPLITTER, 0, "splitter", "NAME", "how files are cut (default: by content)"},
};

static void tell(void *cookie, const ew_sealed *s, const ew_err *why)
{
    app *a = cookie;
    char *name = ew_safe_name(s->path);
    if (name == NULL)
        return;
    if (why != NULL) {
        say_error(a, why, name);
    } else if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.seal/1");
        ew_obj_str(&o, "name", name);
        ew_obj_str(&o, "item", s->hex);
        ew_obj_str(&o, "splitter", ew_splitter_name(s->splitter));
        ew_obj_int(&o, "parts", (int64_t)s->parts);
        ew_obj_int(&o, "entry", (int64_t)s->entry);
        out_object(a, &o);
    } else {
        (void)printf("%s  %s  %s, %" PRIu64 " part%s, entry %" PRIu64 "\n", s->hex, name,
                     ew_splitter_name(s->splitter), s->parts, s->parts == 1 ? "" : "s",
                     s->entry);
    }
    ew_free(name);
}

static int run(app *a, const args *in)
{
    ew_seal_opts opts = {in->operands, in->count, EW_SPLIT_AUTO, tell, a};
    const char *splitter = in->values[OPT_SPLITTER];
    ew_desk d;
    ew_err err;
    size_t failed = 0;
    if (splitter != NULL) {
        opts.splitter = ew_splitter_named(ew_slice_of(splitter));
        if (opts.splitter == EW_SPLIT_AUTO || opts.splitter == EW_SPLIT_META) {
            (void)ew_fail(&err, EW_E_ARG, 0,
                          "no splitter '%s'; there are whole, grid, ogg-page, mp3-frame, "
                          "aac-frame, chat-v1, para-v1",
                          splitter);
            return fail_command(a, &err);
        }
    }
    int code = desk_open(a, in, &d);
    if (code != 0)
        return code;
    ew_code rc = ew_ops_seal(&d, &opts, &failed, &err);
    ew_desk_close(&d);
    if (rc != EW_OK)
        return fail_desk(a, &err);
    if (failed < in->count)
        say(a, "on the log; 'earwitness log checkpoint' signs it. Keep the files as they "
               "are, "
               "and a copy of the desk: both are needed to show a part of them");
    return failed > 0 ? EXIT_SOME_FAILED : EXIT_FOUND;
}

const command cmd_seal = {
    .name = "seal",
    .usage = "FILE ...",
    .summary = "put on record what files hold",
    .details =
        "Cuts each file into parts, signs a seal over them, and puts it on the desk's\n"
        "log. The seal says nothing of the content; any part of it can be shown later\n"
        "with 'earwitness disclose' while the rest stays hidden. Splitters: whole, grid\n"
        "(WAV), ogg-page, mp3-frame, aac-frame, chat-v1, para-v1 (text)",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .run = run,
};
