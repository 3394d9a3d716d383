/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness key: the keys of a desk, from making to revoking; public keys of others. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "base/when.h"
#include "cli/desk.h"
#include "ops/seal_key.h"
#include "ops/seal_sign.h"

static const opt_spec options[] = {
    DESK_OPTION,
    PASS_OPTIONS,
    {OPT_FORMAT, 0, "format", "FORM", "vkey, ssh, minisign, or of export: policy"},
    {OPT_SINCE, 0, "since", "TIME", "revoke as of then, as 2026-01-31T12:00:00Z"},
    {OPT_TEXT, 0, "text", "WORDS", "why it is revoked, for the record"},
    {OPT_YES, 0, "yes", NULL, "revoke without asking"},
};

enum { TEXT_MAX = 64 * 1024 };

/* The --format given, or `usual`; false when it is none, told. */
static bool take_form(app *a, const args *in, ew_pubkey_form *form)
{
    ew_err err;
    *form = EW_PUBKEY_VKEY;
    if (in->values[OPT_FORMAT] == NULL ||
        ew_pubkey_form_named(in->values[OPT_FORMAT], form))
        return true;
    (void)ew_fail(&err, EW_E_ARG, 0, "--format knows vkey, ssh and minisign");
    (void)fail_command(a, &err);
    return false;
}

/* ------------------------------------------------------------------ list */

static ew_code show_key(app *a, const char *use, const ew_vkey *key, const int64_t *since,
                        ew_pubkey_form form, ew_err *err)
{
    char iso[EW_ISO_TEXT];
    ew_pubkey k;
    ew_buf b;
    ew_buf_init(&b, TEXT_MAX);
    ew_ops_key_of(key, &k);
    ew_code code = EW_OK;
    if (!a->json && form == EW_PUBKEY_VKEY)
        code = ew_buf_printf(&b, err, "%-9s ", use);
    if (code == EW_OK)
        code = ew_ops_key_text(&k, form, &b, err);
    if (code == EW_OK && since != NULL && !a->json)
        code = ew_buf_printf(&b, err, "          revoked since %s\n",
                             ew_iso_text(*since, iso));
    if (code == EW_OK && a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.key/1");
        ew_obj_str(&o, "use", use);
        ew_obj_str(&o, "name", key->name);
        b.data[b.len - 1] = 0; /* without the line feed */
        ew_obj_str(&o, ew_pubkey_form_name(form), (const char *)b.data);
        if (since != NULL)
            ew_obj_str(&o, "revoked_since", ew_iso_text(*since, iso));
        out_object(a, &o);
    } else if (code == EW_OK) {
        out_write(a, &b);
    }
    ew_buf_release(&b);
    return code;
}

/* Keys of all uses, or of one. */
static int list(app *a, const char *dir, const char *use, ew_pubkey_form form)
{
    ew_old_key *old = NULL;
    size_t n = 0;
    ew_vkey key;
    ew_err err;
    ew_code code = EW_OK;
    for (size_t i = 0; ew_desk_uses[i] != NULL && code == EW_OK; i++) {
        if (use != NULL && ew_desk_uses[i] != use)
            continue;
        code = ew_desk_vkey(dir, ew_desk_uses[i], &key, &err);
        if (code == EW_OK)
            code = show_key(a, ew_desk_uses[i], &key, NULL, form, &err);
    }
    if (code == EW_OK && use == NULL)
        code = ew_desk_old_keys(dir, &old, &n, &err);
    for (size_t i = 0; i < n && code == EW_OK; i++)
        code = show_key(a, old[i].use, &old[i].key, &old[i].since, form, &err);
    ew_free(old);
    return code == EW_OK ? EXIT_FOUND : fail_desk(a, &err);
}

/* ------------------------------------------------------------------ export */

/* A policy for those who are to trust this desk. */
static int export_policy(app *a, const char *dir)
{
    ew_buf b;
    ew_err err;
    int code = EXIT_FOUND;
    ew_buf_init(&b, TEXT_MAX);
    if (ew_desk_policy(dir, &b, &err) != EW_OK) {
        code = fail_desk(a, &err);
    } else if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.policy/1");
        ew_obj_str(&o, "policy", (const char *)b.data);
        out_object(a, &o);
    } else {
        out_write(a, &b);
    }
    ew_buf_release(&b);
    return code;
}

/* The bare keys, each as the file that another program reads. */
static int export_keys(app *a, const char *dir, const char *use, ew_pubkey_form form)
{
    ew_vkey key;
    ew_pubkey k;
    ew_buf b;
    ew_err err;
    ew_code code = EW_OK;
    if (a->json)
        return list(a, dir, use, form);
    ew_buf_init(&b, TEXT_MAX);
    for (size_t i = 0; ew_desk_uses[i] != NULL && code == EW_OK; i++) {
        if (use != NULL && ew_desk_uses[i] != use)
            continue;
        code = ew_desk_vkey(dir, ew_desk_uses[i], &key, &err);
        ew_ops_key_of(&key, &k);
        if (code == EW_OK)
            code = ew_ops_key_text(&k, form, &b, &err);
    }
    if (code == EW_OK)
        out_write(a, &b);
    ew_buf_release(&b);
    return code == EW_OK ? EXIT_FOUND : fail_desk(a, &err);
}

static int unknown_use(app *a)
{
    ew_err err;
    (void)ew_fail(&err, EW_E_ARG, 0, "the uses of keys are log, seal and statement");
    return fail_command(a, &err);
}

static int export(app *a, const args *in, const char *dir)
{
    ew_pubkey_form form;
    const char *how = in->values[OPT_FORMAT];
    const char *use = in->count == 2 ? ew_desk_use(in->operands[1]) : NULL;
    if (in->count == 2 && use == NULL)
        return unknown_use(a);
    if ((how == NULL && use == NULL) || (how != NULL && strcmp(how, "policy") == 0))
        return export_policy(a, dir);
    return take_form(a, in, &form) ? export_keys(a, dir, use, form) : EXIT_USAGE;
}

/* ------------------------------------------------------------------ read */

/* The number as minisign shows it: its bytes are those of a little-endian integer. */
static void minisign_number(const ew_pubkey *k, char hex[2 * EW_MINISIGN_ID + 1])
{
    uint8_t turned[EW_MINISIGN_ID];
    for (size_t i = 0; i < EW_MINISIGN_ID; i++)
        turned[i] = k->minisign[EW_MINISIGN_ID - 1 - i];
    ew_hex(turned, sizeof turned, hex);
}

/* Without the line feed, and of minisign the last line only. */
static ew_code one_line(const ew_pubkey *k, ew_pubkey_form form, ew_buf *b, ew_err *err)
{
    ew_buf_reset(b);
    ew_code code = ew_ops_key_text(k, form, b, err);
    if (code != EW_OK)
        return code;
    b->data[--b->len] = 0;
    const char *line = strrchr((const char *)b->data, '\n');
    if (line != NULL) {
        size_t n = strlen(line + 1);
        memmove(b->data, line + 1, n + 1);
        b->len = n;
    }
    return EW_OK;
}

static ew_code show_forms(app *a, const ew_pubkey *from, const char *name, ew_err *err)
{
    static const char *const words[] = {"vkey", "SSH", "minisign"};
    char hex[2 * EW_MINISIGN_ID + 1];
    ew_pubkey k = *from;
    ew_obj o = ew_obj_new();
    ew_buf b;
    ew_code code = EW_OK;
    if (name != NULL)
        (void)snprintf(k.name, sizeof k.name, "%s", name);
    ew_buf_init(&b, TEXT_MAX);
    ew_obj_str(&o, "schema", "earwitness.public-key/1");
    ew_obj_str(&o, "read_as", ew_pubkey_form_name(from->form));
    for (int i = 0; i < 3 && code == EW_OK; i++) {
        code = one_line(&k, (ew_pubkey_form)i, &b, err);
        if (code == EW_OK && !a->json)
            (void)printf("%-9s %s\n", words[i], (const char *)b.data);
        else if (code == EW_OK)
            ew_obj_str(&o, ew_pubkey_form_name((ew_pubkey_form)i), (const char *)b.data);
    }
    minisign_number(&k, hex);
    bool sound = ew_pubkey_sound(&k);
    ew_obj_str(&o, "minisign_number", hex);
    ew_obj_bool(&o, "sound", sound);
    if (code == EW_OK && a->json) {
        out_object(a, &o);
    } else {
        ew_obj_release(&o);
        if (code == EW_OK && !sound)
            (void)printf("          this is no point that a key can have; nothing signed "
                         "by it is accepted\n");
    }
    ew_buf_release(&b);
    return code;
}

/* What was given is from strangers: a name that would spoil the terminal is left out. */
static void make_safe(ew_pubkey *k)
{
    ew_buf b;
    ew_buf_init(&b, sizeof k->name - 1);
    if (ew_utf8_append_safe(&b, k->name, strlen(k->name), NULL) == EW_OK)
        memcpy(k->name, b.data, b.len + 1);
    else
        k->name[0] = 0;
    ew_buf_release(&b);
}

static int read_keys(app *a, const args *in)
{
    const char *name = in->count == 3 ? in->operands[2] : NULL;
    ew_err err;
    ew_keyring *keys = ew_alloc(sizeof *keys);
    ew_code code = keys != NULL ? ew_ops_keys_read(in->operands[1], keys, &err)
                                : ew_fail_nomem(&err);
    if (code == EW_OK && name != NULL && !ew_key_name_ok(ew_slice_of(name)))
        code = ew_fail(&err, EW_E_ARG, 0, "a key's name has neither spaces nor '+'");
    for (size_t i = 0; code == EW_OK && i < keys->n; i++) {
        make_safe(&keys->keys[i]);
        code = show_forms(a, &keys->keys[i], name, &err);
    }
    ew_free(keys);
    return code == EW_OK ? EXIT_FOUND : fail_command(a, &err);
}

/* ------------------------------------------------------------------ new */

static int create(app *a, const args *in, const char *dir)
{
    ew_desk d;
    ew_secret pass;
    ew_err err;
    if (ew_desk_exists(dir)) {
        (void)ew_fail(&err, EW_E_ARG, 0, "there is a desk in '%s' already", dir);
        return fail_command(a, &err);
    }
    int code = desk_passphrase(a, in, true, &pass);
    if (code != 0)
        return code;
    ew_code rc = ew_desk_create(&d, dir, in->operands[1], &pass, NULL, &err);
    ew_secret_release(&pass);
    if (rc != EW_OK)
        return fail_command(a, &err);
    ew_desk_close(&d);
    say(a,
        "made a desk in '%s'; keep a copy of that folder, and the passphrase, apart from "
        "each other: nobody can replace either",
        dir);
    return list(a, dir, NULL, EW_PUBKEY_VKEY);
}

/* ------------------------------------------------------------------ revoke */

/* Asks on the terminal; --yes says it. 0 or the exit code, told. */
static int confirm(app *a, const args *in, const char *use)
{
    char answer[16];
    char prompt[200];
    ew_err err;
    if (in->values[OPT_YES] != NULL)
        return 0;
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty < 0) {
        (void)ew_fail(&err, EW_E_ARG, 0,
                      "a key is revoked for good; say --yes where there is no terminal");
        return fail_command(a, &err);
    }
    int n =
        snprintf(prompt, sizeof prompt,
                 "Revoke the %s key for good and make a new one? Type '%s': ", use, use);
    ssize_t got =
        write(tty, prompt, (size_t)n) == n ? read(tty, answer, sizeof answer - 1) : -1;
    (void)close(tty);
    answer[got > 0 ? got : 0] = 0;
    answer[strcspn(answer, "\n")] = 0;
    if (strcmp(answer, use) == 0)
        return 0;
    say(a, "nothing was revoked");
    return EXIT_NOTHING;
}

static void show_revoked(app *a, const char *use, const ew_revoked *r)
{
    char iso[EW_ISO_TEXT];
    ew_buf old;
    ew_buf fresh;
    ew_buf_init(&old, TEXT_MAX);
    ew_buf_init(&fresh, TEXT_MAX);
    if (ew_vkey_append(&old, &r->old, NULL) != EW_OK ||
        ew_vkey_append(&fresh, &r->fresh, NULL) != EW_OK) {
        ew_buf_release(&old);
        ew_buf_release(&fresh);
        return;
    }
    if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.key-revoked/1");
        ew_obj_str(&o, "use", use);
        ew_obj_str(&o, "old", (const char *)old.data);
        ew_obj_str(&o, "new", (const char *)fresh.data);
        ew_obj_str(&o, "since", ew_iso_text(r->since, iso));
        ew_obj_int(&o, "entry", (int64_t)r->entry);
        out_object(a, &o);
    } else {
        (void)printf("revoked   %s\n          since %s, entry %" PRIu64
                     "\n%-9s %s\n          entry %" PRIu64 "\n",
                     (const char *)old.data, ew_iso_text(r->since, iso), r->entry, use,
                     (const char *)fresh.data, r->entry + 1);
    }
    say(a, "sign the log ('earwitness log checkpoint') and publish the policy anew "
           "('earwitness key export'); what the old key signed counts from now on only "
           "where witnesses or time tokens show that it was on record before");
    if (strcmp(use, "log") == 0)
        say(a, "witnesses of this log must be told of its new key");
    ew_buf_release(&old);
    ew_buf_release(&fresh);
}

static ew_code revoke_open(app *a, const args *in, ew_desk *d, const char *use,
                           int64_t since, ew_err *err)
{
    ew_slice words =
        ew_slice_of(in->values[OPT_TEXT] != NULL ? in->values[OPT_TEXT] : "");
    ew_revocation what = {use, since, &words, words.n > 0 ? 1 : 0};
    ew_revoked told;
    /* What was interrupted is what is asked for now. */
    if (d->settled == use)
        return EW_OK;
    ew_code code = ew_ops_key_revoke(d, &what, &told, err);
    if (code == EW_OK)
        show_revoked(a, use, &told);
    return code;
}

static int run_revoke(app *a, const args *in)
{
    const char *use = ew_desk_use(in->operands[1]);
    const char *since = in->values[OPT_SINCE];
    int64_t t = 0;
    ew_desk d;
    ew_err err;
    if (use == NULL)
        return unknown_use(a);
    if (since != NULL && !ew_iso_parse(since, strlen(since), &t)) {
        (void)ew_fail(&err, EW_E_ARG, 0, "--since takes a time as 2026-01-31T12:00:00Z");
        return fail_command(a, &err);
    }
    int code = confirm(a, in, use);
    if (code == 0)
        code = desk_open(a, in, &d);
    if (code != 0)
        return code;
    if (revoke_open(a, in, &d, use, t, &err) != EW_OK)
        code = fail_desk(a, &err);
    ew_desk_close(&d);
    return code;
}

/* ------------------------------------------------------------------ all of them */

static int run_at(app *a, const args *in, const char *dir)
{
    const char *verb = in->operands[0];
    ew_pubkey_form form;
    ew_err err;
    if (strcmp(verb, "new") == 0 && in->count == 2)
        return create(a, in, dir);
    if (strcmp(verb, "list") == 0 && in->count == 1)
        return take_form(a, in, &form) ? list(a, dir, NULL, form) : EXIT_USAGE;
    if (strcmp(verb, "export") == 0 && in->count <= 2)
        return export(a, in, dir);
    (void)ew_fail(
        &err, EW_E_ARG, 0,
        "'key' knows new NAME, list, export [USE], read KEY [NAME] and revoke USE");
    return fail_command(a, &err);
}

static int run(app *a, const args *in)
{
    const char *verb = in->operands[0];
    char *dir = NULL;
    if (strcmp(verb, "read") == 0 && in->count >= 2)
        return read_keys(a, in);
    if (strcmp(verb, "revoke") == 0 && in->count == 2)
        return run_revoke(a, in);
    int code = desk_find(a, in, &dir);
    if (code == 0)
        code = run_at(a, in, dir);
    ew_free(dir);
    return code;
}

const command cmd_key = {
    .name = "key",
    .usage = "new NAME|list|export [USE]|read KEY [NAME]|revoke USE",
    .summary = "keys of the desk: make, list, export, revoke",
    .details =
        "new makes a desk with the keys NAME/log, NAME/seal and NAME/statement, wrapped\n"
        "with a passphrase; NAME is like desk.example. list prints the public keys, "
        "also\n"
        "those that were revoked; export a policy that names them, for those who are to\n"
        "check what this desk seals, or the keys in another program's format. read "
        "shows\n"
        "a public key in all formats. revoke puts on record that a key (log, seal or\n"
        "statement) is not to be trusted any more, and makes a new one",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = 3,
    .run = run,
};
