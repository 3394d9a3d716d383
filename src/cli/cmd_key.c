/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness key new|list|export: the keys of a desk. */
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "cli/desk.h"

static const opt_spec options[] = {DESK_OPTION, PASS_OPTIONS};

enum { TEXT_MAX = 16 * 1024 };

static ew_code list_one(app *a, const char *dir, const char *use, ew_err *err)
{
    ew_vkey key;
    ew_buf b;
    ew_buf_init(&b, TEXT_MAX);
    ew_code code = ew_desk_vkey(dir, use, &key, err);
    if (code == EW_OK && !a->json)
        code = ew_buf_printf(&b, err, "%-9s ", use);
    if (code == EW_OK)
        code = ew_vkey_append(&b, &key, err);
    if (code == EW_OK && a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.key/1");
        ew_obj_str(&o, "use", use);
        ew_obj_str(&o, "name", key.name);
        ew_obj_str(&o, "vkey", (const char *)b.data);
        out_object(a, &o);
    } else if (code == EW_OK) {
        code = ew_buf_append(&b, "\n", 1, err);
        if (code == EW_OK)
            out_write(a, &b);
    }
    ew_buf_release(&b);
    return code;
}

static int list(app *a, const char *dir)
{
    ew_err err;
    for (size_t i = 0; ew_desk_uses[i] != NULL; i++)
        if (list_one(a, dir, ew_desk_uses[i], &err) != EW_OK)
            return fail_desk(a, &err);
    return EXIT_FOUND;
}

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
        "each "
        "other: nobody can replace either",
        dir);
    return list(a, dir);
}

static int run(app *a, const args *in)
{
    const char *verb = in->operands[0];
    char *dir = NULL;
    ew_err err;
    int code = desk_find(a, in, &dir);
    if (code != 0)
        return code;
    if (strcmp(verb, "new") == 0 && in->count == 2)
        code = create(a, in, dir);
    else if (strcmp(verb, "list") == 0 && in->count == 1)
        code = list(a, dir);
    else if (strcmp(verb, "export") == 0 && in->count == 1)
        code = export_policy(a, dir);
    else {
        (void)ew_fail(&err, EW_E_ARG, 0, "'key' knows new NAME, list and export");
        code = fail_command(a, &err);
    }
    ew_free(dir);
    return code;
}

const command cmd_key = {
    .name = "key",
    .usage = "new NAME|list|export",
    .summary = "keys of the desk: make, list, export",
    .details =
        "new makes a desk with the keys NAME/log and NAME/seal, wrapped with a "
        "passphrase;\n"
        "NAME is like desk.example. list prints the public keys, export a policy that\n"
        "names them, for those who are to check what this desk seals",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = 2,
    .run = run,
};
