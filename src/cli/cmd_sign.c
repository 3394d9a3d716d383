/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness sign: signatures of files that other programs check, and checking theirs. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "base/utf8.h"
#include "cli/desk.h"
#include "ops/seal_sign.h"

static const opt_spec options[] = {
    DESK_OPTION,
    PASS_OPTIONS,
    {OPT_FORMAT, 0, "format", "FORM", "ssh (default), minisign or note"},
    {OPT_OUTPUT, 'o', "output", "FILE",
     "the signature (default: FILE.sig, .minisig or .note)"},
    {OPT_CHECK, 0, "check", NULL, "check a signature instead"},
    {OPT_KEY, 0, "key", "KEY", "by this public key: of SSH, minisign, or a vkey"},
    {OPT_KEYS, 0, "keys", "FILE", "by one of these public keys"},
};

static const char *const form_names[] = {"ssh", "minisign", "note"};
static const char *const endings[] = {"sig", "minisig", "note"};
static const char *const state_names[] = {"verified", "not-vouched-for", "broken"};
static const char *const state_words[] = {"VERIFIED", "NOT VOUCHED FOR", "BROKEN"};
static const int exit_codes[] = {EXIT_FOUND, EXIT_NOTHING, EXIT_BROKEN};

static ew_code take_form(const args *in, ew_sign_form *form, ew_err *err)
{
    const char *name = in->values[OPT_FORMAT];
    *form = EW_SIGN_SSH;
    if (name == NULL)
        return EW_OK;
    for (int i = 0; i < 3; i++)
        if (strcmp(form_names[i], name) == 0) {
            *form = (ew_sign_form)i;
            return EW_OK;
        }
    return ew_fail(err, EW_E_ARG, 0, "--format knows ssh, minisign and note");
}

static ew_code sign(app *a, const args *in, const ew_desk *d, ew_sign_form form,
                    ew_err *err)
{
    ew_buf made;
    ew_buf name;
    const char *path = in->operands[0];
    const char *out = in->values[OPT_OUTPUT];
    ew_buf_init(&made, EW_SIGN_BYTES);
    ew_buf_init(&name, 8192);
    ew_code code = ew_ops_sign(d, path, form, &made, err);
    if (code == EW_OK && out == NULL) {
        code = ew_buf_printf(&name, err, "%s.%s", path, endings[form]);
        out = (const char *)name.data;
    }
    if (code == EW_OK)
        code = ew_file_put(out, made.data, made.len, err);
    if (code == EW_OK && a->json) {
        ew_buf safe;
        ew_obj o = ew_obj_new();
        ew_buf_init(&safe, 1 << 16);
        code = ew_utf8_append_safe(&safe, out, strlen(out), err);
        ew_obj_str(&o, "schema", "earwitness.signed/1");
        ew_obj_str(&o, "format", form_names[form]);
        if (code == EW_OK)
            ew_obj_str(&o, "file", (const char *)safe.data);
        out_object(a, &o);
        ew_buf_release(&safe);
    } else if (code == EW_OK) {
        say(a, "signed with the desk's statement key: '%s'", out);
    }
    ew_buf_release(&made);
    ew_buf_release(&name);
    return code;
}

static int run_sign(app *a, const args *in)
{
    ew_desk d;
    ew_err err;
    ew_sign_form form;
    if (in->count != 1 || in->values[OPT_KEY] != NULL || in->values[OPT_KEYS] != NULL) {
        (void)ew_fail(&err, EW_E_ARG, 0,
                      "one FILE to sign; or --check FILE SIGNATURE with --key or --keys");
        return fail_command(a, &err);
    }
    if (take_form(in, &form, &err) != EW_OK)
        return fail_command(a, &err);
    int code = desk_open(a, in, &d);
    if (code != 0)
        return code;
    if (sign(a, in, &d, form, &err) != EW_OK)
        code = fail_desk(a, &err);
    ew_desk_close(&d);
    return code;
}

/* ------------------------------------------------------------------ check */

/* The key that made it, as a line of SSH; its name is from a file, the comment from a stranger. */
static ew_code print_answer(app *a, const args *in, const ew_sign_answer *s, ew_err *err)
{
    ew_buf key;
    ew_buf safe;
    ew_pubkey by = s->by;
    bool known = s->form == EW_SIGN_SSH || s->state == EW_VERIFIED;
    ew_buf_init(&key, 1 << 16);
    ew_buf_init(&safe, 1 << 16);
    by.name[0] = 0;
    ew_code code = ew_ops_key_text(&by, EW_PUBKEY_SSH, &key, err);
    if (code == EW_OK)
        key.data[key.len - 1] = 0;
    if (code == EW_OK)
        code = ew_utf8_append_safe(&safe, s->by.name, strlen(s->by.name), err);
    if (code == EW_OK)
        code =
            ew_buf_append(&safe, "", 1, err); /* names one after another, each with a 0 */
    size_t comment = safe.len;
    if (code == EW_OK)
        code = ew_utf8_append_safe(&safe, s->comment, strlen(s->comment), err);
    if (code == EW_OK)
        code = ew_buf_append(&safe, "", 1, err);
    size_t file = safe.len;
    if (code == EW_OK)
        code = ew_utf8_append_safe(&safe, in->operands[0], strlen(in->operands[0]), err);
    const char *words = (const char *)safe.data;
    if (code == EW_OK && a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.signature/1");
        ew_obj_str(&o, "name", words + file);
        ew_obj_str(&o, "format", form_names[s->form]);
        ew_obj_str(&o, "verdict", state_names[s->state]);
        ew_obj_str(&o, "reason", s->reason);
        if (known && s->state != EW_BROKEN)
            ew_obj_str(&o, "key", (const char *)key.data);
        ew_obj_str(&o, "by", s->state == EW_VERIFIED ? words : "");
        ew_obj_str(&o, "comment", words + comment);
        out_object(a, &o);
    } else if (code == EW_OK) {
        (void)printf("%s: %s%s%s\n", words + file, state_words[s->state],
                     s->reason[0] != 0 ? ": " : "", s->reason);
        if (s->state != EW_BROKEN && known)
            (void)printf("  signed     by %s%s%s\n", s->state == EW_VERIFIED ? words : "",
                         s->state == EW_VERIFIED && words[0] != 0 ? ", " : "",
                         (const char *)key.data);
        if (s->comment[0] != 0)
            (void)printf("  comment    %s\n", words + comment);
    }
    ew_buf_release(&key);
    ew_buf_release(&safe);
    return code;
}

static int run_check(app *a, const args *in)
{
    const char *which =
        in->values[OPT_KEY] != NULL ? in->values[OPT_KEY] : in->values[OPT_KEYS];
    ew_sign_answer s;
    ew_err err;
    ew_code code = EW_OK;
    ew_keyring *keys = ew_alloc(sizeof *keys);
    if (keys == NULL)
        code = ew_fail_nomem(&err);
    else if (in->count != 2 ||
             (in->values[OPT_KEY] != NULL && in->values[OPT_KEYS] != NULL))
        code = ew_fail(&err, EW_E_ARG, 0,
                       "--check takes FILE and SIGNATURE, and --key or --keys");
    else if (which != NULL)
        code = ew_ops_keys_read(which, keys, &err);
    if (code == EW_OK)
        code = ew_ops_sign_check(in->operands[0], in->operands[1], keys, &s, &err);
    if (code == EW_OK)
        code = print_answer(a, in, &s, &err);
    ew_free(keys);
    return code == EW_OK ? exit_codes[s.state] : fail_command(a, &err);
}

static int run(app *a, const args *in)
{
    return in->values[OPT_CHECK] != NULL ? run_check(a, in) : run_sign(a, in);
}

const command cmd_sign = {
    .name = "sign",
    .usage = "FILE | --check FILE SIGNATURE --key KEY",
    .summary = "sign a file for other programs, or check such a signature",
    .details =
        "signs with the desk's statement key, in the format of ssh-keygen -Y (namespace\n"
        "earwitness), of minisign, or as a signed note. 'earwitness key export --format\n"
        "ssh statement' prints the key for those who are to check it. With --check the\n"
        "format is recognised; exit status 1 when no key of yours made the signature,\n"
        "4 when it does not hold. What is to be on record is a statement: see\n"
        "'earwitness statement'",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = 2,
    .run = run,
};
