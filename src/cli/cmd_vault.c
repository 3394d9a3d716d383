/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness vault backup|restore|identity|passphrase: the desk's secrets outlive its disk. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "base/when.h"
#include "cli/desk.h"
#include "ops/seal_backup.h"

static const opt_spec options[] = {
    DESK_OPTION,
    PASS_OPTIONS,
    {OPT_RECIPIENT, 'r', "recipient", "AGE1...",
     "backup: who can open it; give two or more"},
    {OPT_RECIPIENTS_FILE, 'R', "recipients-file", "FILE", "backup: a file of them"},
    {OPT_ARMOR, 0, "armor", NULL, "backup: as text"},
    {OPT_IDENTITY, 'i', "identity", "FILE", "restore: the secret key of a recipient"},
    {OPT_CHECKPOINT, 0, "checkpoint", "FILE",
     "restore: the newest checkpoint that was published"},
    {OPT_LOG, 0, "log", "DIR", "restore: a published copy of the log, to go on from"},
    {OPT_PROTECT, 'p', "protect", NULL, "identity: lock it with a passphrase"},
    {OPT_OUTPUT, 'o', "output", "FILE", "backup, identity: the file to write"},
};

static int fail_with(app *a, const char *text)
{
    ew_err err;
    (void)ew_fail(&err, EW_E_ARG, 0, "%s", text);
    return fail_command(a, &err);
}

/* ------------------------------------------------------------------ backup */

static ew_code add_file(ew_age_recipients *to, const char *path, ew_err *err)
{
    ew_buf b;
    ew_buf_init(&b, EW_AGE_KEY_FILE_MAX);
    ew_code code = ew_file_get(path, &b, err);
    if (code == EW_OK)
        code = ew_age_add_recipients(to, (ew_slice){(const char *)b.data, b.len}, err);
    ew_buf_release(&b);
    return code;
}

static ew_code take_recipients(const args *in, ew_age_recipients *to, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < in->given_count && code == EW_OK; i++) {
        const char *value = in->given[i].value;
        if (in->given[i].id == OPT_RECIPIENT)
            code = ew_age_add_recipient(to, ew_slice_of(value), err);
        else if (in->given[i].id == OPT_RECIPIENTS_FILE)
            code = add_file(to, value, err);
    }
    if (code == EW_OK && to->n < 2)
        code = ew_fail(err, EW_E_ARG, 0,
                       "a backup needs two different recipients or more (-r, -R), one of "
                       "them kept offline: who loses the only key loses the desk");
    return code;
}

static void tell_backup(app *a, const ew_backed_up *done, size_t recipients)
{
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.vault-backup/1");
        ew_obj_int(&o, "files", (int64_t)done->files);
        ew_obj_int(&o, "secrets", (int64_t)done->secrets);
        ew_obj_int(&o, "recipients", (int64_t)recipients);
        ew_obj_str(&o, "log", done->log.origin);
        ew_obj_int(&o, "entries", (int64_t)done->log.size);
        out_object(a, &o);
    } else if (!a->quiet) {
        (void)printf("%" PRIu64 " files for %zu recipients, %" PRIu64
                     " of them with secrets; log %s with %" PRIu64 " entr%s\n",
                     done->files, recipients, done->secrets, done->log.origin,
                     done->log.size, done->log.size == 1 ? "y" : "ies");
    }
    say(a,
        "whoever holds one of these identities and the file has the whole desk: keep "
        "one identity offline, and none beside the file. What is sealed from now on is "
        "not in it");
}

static int backup(app *a, const args *in)
{
    ew_age_recipients to = {.n = 0};
    ew_backup_opts opts = {&to, in->values[OPT_OUTPUT], in->values[OPT_ARMOR] != NULL,
                           (int64_t)time(NULL)};
    ew_backed_up done;
    ew_desk d;
    ew_err err;
    if (opts.out == NULL)
        return fail_with(a, "'vault backup' needs a file to write: -o FILE");
    if (take_recipients(in, &to, &err) != EW_OK)
        return fail_command(a, &err);
    int code = desk_open(a, in, &d);
    if (code != 0)
        return code;
    ew_progress prog = app_progress(a);
    d.prog = &prog;
    ew_code rc = ew_ops_backup(&d, &opts, &done, &err);
    progress_clear(a);
    if (rc != EW_OK)
        code = fail_desk(a, &err);
    else
        tell_backup(a, &done, to.n);
    ew_desk_close(&d);
    return code;
}

/* ------------------------------------------------------------------ restore */

/* Before the passphrase of a locked identity file is asked for, which comes before that of the
 * desk. 0 or the exit code, told. */
static int tell_locked(app *a, const args *in)
{
    if (in->values[OPT_PASS_COMMAND] != NULL)
        return fail_with(a, "the identity file is locked with a passphrase of its own: "
                            "take --passphrase-fd, with one line for it and one for the "
                            "new desk");
    say(a,
        "the identity file is locked: first its passphrase, then a new one for the desk");
    return 0;
}

static void tell_history(app *a, const ew_restored *done)
{
    if (done->regained > 0)
        say(a,
            "%" PRIu64 " entr%s came from the published copy; what was sealed in them "
            "cannot be shown from this desk",
            done->regained, done->regained == 1 ? "y" : "ies");
    if (done->behind)
        say(a,
            "the log is %" PRIu64 " entries behind the checkpoint, and closed: entries "
            "put on it now would make "
            "a second history. What it holds can still be proven. Restore again with "
            "--log DIR, a newer published copy of it; or make another desk for new seals "
            "and say in public that this log ended",
            done->newest - done->log.size);
    else if (done->newest == 0)
        say(a,
            "if a checkpoint of %s with more than %" PRIu64
            " entries was ever published, do not go on with this log, it would make a "
            "second history: restore again with --checkpoint FILE, the newest one, and "
            "--log DIR, a published copy",
            done->log.origin, done->log.size);
}

static void tell_restore(app *a, const ew_restored *done, const char *dir)
{
    char when[EW_ISO_TEXT];
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.vault-restore/1");
        ew_obj_str(&o, "made", ew_iso_text(done->time, when));
        ew_obj_int(&o, "files", (int64_t)done->files);
        ew_obj_str(&o, "log", done->log.origin);
        ew_obj_int(&o, "entries", (int64_t)done->log.size);
        ew_obj_int(&o, "regained", (int64_t)done->regained);
        ew_obj_bool(&o, "behind", done->behind);
        out_object(a, &o);
    } else if (!a->quiet) {
        (void)printf(
            "restored %" PRIu64 " file%s of %s; log %s with %" PRIu64 " entr%s\n",
            done->files, done->files == 1 ? "" : "s", ew_iso_text(done->time, when),
            done->log.origin, done->log.size, done->log.size == 1 ? "y" : "ies");
    }
    say(a,
        "the desk is in '%s'. Anybody who knows a recipient can make a backup: compare "
        "its "
        "keys ('earwitness key list') with those that you published",
        dir);
    tell_history(a, done);
}

static int restore_desk(app *a, const args *in, ew_restore_opts *opts)
{
    ew_secret pass;
    ew_restored done;
    ew_err err;
    int code = desk_passphrase(a, in, true, &pass);
    if (code != 0)
        return code;
    ew_progress prog = app_progress(a);
    opts->pass = &pass;
    opts->prog = &prog;
    ew_code rc = ew_ops_restore(opts, &done, &err);
    progress_clear(a);
    ew_secret_release(&pass);
    if (rc != EW_OK) {
        code = fail_command(a, &err);
        return rc == EW_E_NOTFOUND ? EXIT_WRONG_KEY : code;
    }
    tell_restore(a, &done, opts->dir);
    return done.behind ? EXIT_NOTHING : EXIT_FOUND;
}

static int restore(app *a, const args *in, const char *dir)
{
    ew_age_identities ids = {0};
    ew_age_opening with = {&ids, NULL, EW_AGE_ARMOR_AUTO};
    ew_restore_opts opts = {
        .backup = in->operands[1], .with = &with, .dir = dir, .log = in->values[OPT_LOG]};
    const char *checkpoint = in->values[OPT_CHECKPOINT];
    ew_buf note;
    ew_err err;
    if (in->values[OPT_IDENTITY] == NULL)
        return fail_with(a, "'vault restore' needs the secret key of a recipient: "
                            "--identity FILE");
    if (ew_desk_exists(dir)) {
        (void)ew_fail(&err, EW_E_ARG, 0,
                      "there is a desk in '%s'; restore into another folder with --desk",
                      dir);
        return fail_command(a, &err);
    }
    ew_buf_init(&note, EW_NOTE_MAX);
    int code = 0;
    if (checkpoint != NULL && ew_file_get(checkpoint, &note, &err) != EW_OK)
        code = fail_command(a, &err);
    opts.checkpoint = (ew_slice){(const char *)note.data, note.len};
    if (code == 0)
        code = desk_identities(a, in, tell_locked, &ids);
    if (code == 0)
        code = restore_desk(a, in, &opts);
    ew_age_identities_release(&ids);
    ew_buf_release(&note);
    return code;
}

/* ------------------------------------------------------------------ identity */

static ew_code to_buf(void *cookie, const void *bytes, size_t n, ew_err *err)
{
    return ew_buf_append(cookie, bytes, n, err);
}

static ew_code lock_identity(const ew_secret *file, const ew_secret *pass, ew_buf *out,
                             ew_err *err)
{
    ew_age_sink to = {out, to_buf};
    ew_age_closing how = {NULL, pass, EW_AGE_WORK, true};
    ew_age_writer *w = NULL;
    ew_code code = ew_age_create(&w, &to, &how, err);
    if (code == EW_OK)
        code = ew_age_write(w, file->bytes, file->n, err);
    if (code == EW_OK)
        code = ew_age_finish(w, err);
    ew_age_writer_free(w);
    return code;
}

/* For the owner's eyes only, and never over another one. */
static ew_code put_identity(const char *path, const void *bytes, size_t n, ew_err *err)
{
    struct stat st;
    if (lstat(path, &st) == 0)
        return ew_fail(err, EW_E_ARG, 0, "'%s' is there already", path);
    mode_t before = umask(077);
    ew_code code = ew_file_put(path, bytes, n, err);
    (void)umask(before);
    return code;
}

static ew_code give_identity(app *a, const char *path, const void *bytes, size_t n,
                             ew_err *err)
{
    if (path != NULL)
        return put_identity(path, bytes, n, err);
    if (fwrite(bytes, 1, n, stdout) != n || fflush(stdout) != 0)
        a->out_failed = true;
    return EW_OK;
}

static void tell_identity(app *a, const char *recipient, bool on_stdout)
{
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.vault-identity/1");
        ew_obj_str(&o, "recipient", recipient);
        out_object(a, &o);
    } else if (on_stdout) {
        say(a, "recipient: %s", recipient);
    } else {
        (void)printf("%s\n", recipient);
    }
}

static int identity(app *a, const args *in)
{
    const char *path = in->values[OPT_OUTPUT];
    bool protect = in->values[OPT_PROTECT] != NULL;
    ew_secret file = {0};
    ew_secret pass = {0};
    ew_buf recipient;
    ew_buf locked;
    ew_err err;
    if (path == NULL && a->json)
        return fail_with(a, "'vault identity --json' needs a file to write: -o FILE");
    desk_guard_memory();
    int code = protect ? desk_passphrase(a, in, true, &pass) : 0;
    if (code != 0)
        return code;
    ew_buf_init(&recipient, 128);
    ew_buf_init(&locked, 4096);
    ew_code rc = ew_secret_init(&file, 512, &err);
    if (rc == EW_OK)
        rc = ew_age_new_identity(&file, &recipient, (int64_t)time(NULL), &err);
    if (rc == EW_OK && protect)
        rc = lock_identity(&file, &pass, &locked, &err);
    if (rc == EW_OK && protect)
        rc = give_identity(a, path, locked.data, locked.len, &err);
    else if (rc == EW_OK)
        rc = give_identity(a, path, file.bytes, file.n, &err);
    if (rc == EW_OK)
        tell_identity(a, (const char *)recipient.data, path == NULL);
    else
        code = fail_command(a, &err);
    ew_buf_release(&recipient);
    ew_buf_release(&locked);
    ew_secret_release(&file);
    ew_secret_release(&pass);
    return code;
}

/* ------------------------------------------------------------------ passphrase */

static int passphrase(app *a, const args *in)
{
    ew_secret pass;
    ew_desk d;
    ew_err err;
    int code = desk_open(a, in, &d);
    if (code != 0)
        return code;
    code = desk_passphrase(a, in, true, &pass);
    if (code == 0) {
        if (ew_desk_rewrap(&d, &pass, NULL, &err) != EW_OK)
            code = fail_desk(a, &err);
        else
            say(a, "the desk opens with the new passphrase only; copies of its folder "
                   "that were made before still open with the old one");
        ew_secret_release(&pass);
    }
    ew_desk_close(&d);
    return code;
}

/* ------------------------------------------------------------------ all */

static int run(app *a, const args *in)
{
    const char *verb = in->operands[0];
    char *dir = NULL;
    if (strcmp(verb, "backup") == 0 && in->count == 1)
        return backup(a, in);
    if (strcmp(verb, "identity") == 0 && in->count == 1)
        return identity(a, in);
    if (strcmp(verb, "passphrase") == 0 && in->count == 1)
        return passphrase(a, in);
    if (strcmp(verb, "restore") != 0 || in->count != 2)
        return fail_with(a,
                         "'vault' knows backup, restore FILE, identity and passphrase");
    int code = desk_find(a, in, &dir);
    if (code == 0)
        code = restore(a, in, dir);
    ew_free(dir);
    return code;
}

const command cmd_vault = {
    .name = "vault",
    .usage = "backup|restore FILE|identity|passphrase",
    .summary = "back up the desk for age recipients, restore it, change its passphrase",
    .details =
        "backup -r AGE1... -r AGE1... -o FILE writes all that cannot be made again, "
        "keys\n"
        "and secrets too, into one file that any of the recipients can open with age or\n"
        "with 'vault restore FILE --identity FILE --desk DIR', which makes a new desk "
        "of\n"
        "it. Two recipients at least, so that one identity can lie offline. identity\n"
        "makes one, as age-keygen does; passphrase changes that of the desk",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = 2,
    .run = run,
};
