/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness burn: forgets a part of what was sealed, for good. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "cli/desk.h"
#include "cli/names.h"
#include "ops/seal_burn.h"

enum { DIGITS = 8, ANSWER_MAX = 80 };

static const opt_spec options[] = {
    DESK_OPTION,
    PASS_OPTIONS,
    {OPT_SHOW, 0, "show", "RANGES", "keep these, burn the rest"},
    {OPT_HIDE, 0, "hide", "RANGES", "burn these"},
    {OPT_META, 0, "meta", "KEYS", "metadata to keep (default: all but its size)"},
    {OPT_FILE, 0, "file", "FILE", "where the sealed file is now"},
    {OPT_REMOVE_ORIGINAL, 0, "remove-original", NULL, "remove that file as well"},
    {OPT_CONFIRM, 0, "confirm", "DIGITS", "without asking: the item's first 8 digits"},
    {OPT_REALLY, 0, "really", "WORD", "and the word burn"},
};

/* ------------------------------------------------------------------ asking */

/* One line of the terminal must be what is wanted. */
static bool answer_is(const char *question, const char *want)
{
    char line[ANSWER_MAX];
    (void)fprintf(stderr, "%s", question);
    (void)fflush(stderr);
    if (fgets(line, sizeof line, stdin) == NULL)
        return false;
    line[strcspn(line, "\r\n")] = 0;
    return strcmp(line, want) == 0;
}

static int refuse(app *a, const char *why)
{
    ew_err err;
    (void)ew_fail(&err, EW_E_ARG, 0, "nothing was burned: %s", why);
    return fail_command(a, &err);
}

/* Twice, since it cannot be undone: which item, and that it is meant. 0 or the exit code, told. */
static int confirm(app *a, const args *in, const char *item)
{
    const char *digits = in->values[OPT_CONFIRM];
    const char *word = in->values[OPT_REALLY];
    char first[DIGITS + 1];
    (void)snprintf(first, sizeof first, "%s", item);
    if (digits != NULL || word != NULL) {
        if (digits == NULL || strlen(first) != DIGITS || strcmp(digits, first) != 0)
            return refuse(a, "--confirm must be the first 8 digits of the item");
        if (word == NULL || strcmp(word, "burn") != 0)
            return refuse(a, "--really must be the word burn");
        return 0;
    }
    if (!isatty(STDIN_FILENO))
        return refuse(a, "no terminal to ask; see --confirm and --really");
    (void)fprintf(
        stderr, "What is burned can never be shown or proved again. Backups of the desk "
                "made before\nstill hold it, and so may every copy of the file.\n");
    if (!answer_is("The first 8 digits of the item: ", first) ||
        !answer_is("And the word burn: ", "burn"))
        return refuse(a, "not confirmed");
    return 0;
}

/* ------------------------------------------------------------------ answers */

/* Whoever burns one of them thinks of the others. */
static void warn_of_twins(app *a, const ew_burned *b)
{
    for (size_t i = 0; i < b->twins.n; i++)
        say(a,
            "the item %s seems to be of the same file: what was burned here can still be "
            "shown from there, until it is burned there too",
            b->twins.hex[i]);
}

static void report_json(app *a, const ew_burned *b)
{
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.burn/1");
    ew_obj_str(&o, "item", b->hex);
    ew_obj_str(&o, "splitter", ew_splitter_name(b->stream.splitter));
    ew_obj_int(&o, "parts", (int64_t)b->stream.n);
    ew_obj_int(&o, "left", (int64_t)b->left);
    ew_obj_int(&o, "burned", (int64_t)b->burned);
    ew_obj_int(&o, "bytes_left", (int64_t)b->bytes);
    ew_obj_bool(&o, "original_removed", b->removed);
    json_t *twins = json_array();
    for (size_t i = 0; i < b->twins.n; i++)
        (void)json_array_append_new(twins, json_string(b->twins.hex[i]));
    ew_obj_set(&o, "same_file", twins);
    ew_obj_bool(&o, "recorded", b->recorded);
    out_object(a, &o);
}

static void report(app *a, const ew_burned *b)
{
    if (a->json) {
        report_json(a, b);
        return;
    }
    if (a->quiet)
        return;
    (void)printf("%s: %" PRIu64 " of %" PRIu64 " parts are burned, %" PRIu64
                 " are left\n",
                 b->hex, b->burned, b->stream.n, b->left);
    char *name = b->original != NULL ? ew_safe_name(b->original) : NULL;
    if (b->removed)
        (void)printf(
            "%s was written over and removed; flash memory, snapshots and backups "
            "may keep it all the same\n",
            name != NULL ? name : "the file");
    else if (b->original != NULL)
        (void)printf("%s still holds all of it: remove that too\n",
                     name != NULL ? name : "the file");
    (void)printf(
        "backups of the desk that were made before still hold what was burned\n");
    if (!b->recorded)
        (void)printf("that could not be put on record: the log was not to be written\n");
    ew_free(name);
}

/* ------------------------------------------------------------------ the command */

static int burn(app *a, const args *in, const ew_desk *d, ew_burn_opts *opts)
{
    ew_kept kept;
    ew_burned done;
    ew_err err;
    char hex[EW_ITEM_HEX + 1];
    ew_kept_init(&kept);
    ew_code code = ew_desk_find(d, opts->item, &kept, &err);
    memcpy(hex, kept.hex, sizeof hex);
    ew_kept_release(&kept);
    if (code != EW_OK)
        return fail_desk(a, &err);
    int exit_code = confirm(a, in, hex);
    if (exit_code != 0)
        return exit_code;
    opts->item = hex;
    if (ew_ops_burn(d, opts, &done, &err) != EW_OK)
        return fail_desk(a, &err);
    report(a, &done);
    warn_of_twins(a, &done);
    ew_burned_release(&done);
    return EXIT_FOUND;
}

static int run(app *a, const args *in)
{
    ew_burn_opts opts = {.item = in->operands[0],
                         .show = in->values[OPT_SHOW],
                         .hide = in->values[OPT_HIDE],
                         .meta = in->values[OPT_META],
                         .file = in->values[OPT_FILE],
                         .remove_original = in->values[OPT_REMOVE_ORIGINAL] != NULL};
    ew_desk d;
    if (opts.show == NULL && opts.hide == NULL)
        return refuse(a, "needed are --show or --hide or both");
    int code = desk_open(a, in, &d);
    if (code != 0)
        return code;
    code = burn(a, in, &d, &opts);
    ew_desk_close(&d);
    return code;
}

const command cmd_burn = {
    .name = "burn",
    .usage = "ITEM --show RANGES|--hide RANGES",
    .summary = "forget a part of what was sealed",
    .details =
        "For good: the desk's secrets of what is hidden are wiped, and what is shown is "
        "kept\n"
        "with the desk. From then on nobody can show the rest, prove what it was, or "
        "test a\n"
        "guess at it, whoever holds the desk and the passphrase; what is left can be\n"
        "disclosed as before. Asks twice. RANGES as for 'earwitness disclose', whose\n"
        "--dry-run says what would be left. The sealed file itself is not touched "
        "without\n"
        "--remove-original, and backups made before still hold everything",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
