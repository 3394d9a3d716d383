/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness verify: what a bundle proves, and what it does not. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "ops/seal.h"
#include "report/verdict.h"

static const opt_spec options[] = {
    {OPT_POLICY, 0, "policy", "FILE", "whom you trust; never from the bundle"},
    {OPT_PUBLISHED, 0, "published", "FILE",
     "what was published of it, with its gaps filled"},
    {OPT_COLLECTION, 0, "collection", "BUNDLE", "of a collection that it belongs to"},
};

enum { TEXT_MAX = 1 << 20 };

/* What was said of the item: "key=value" as a line each, safe. */
static ew_code print_meta(const ew_buf *meta, ew_buf *out, ew_err *err)
{
    ew_slice rest = {(const char *)meta->data, meta->len};
    ew_slice line;
    ew_code code = EW_OK;
    if (meta->len > 0)
        code =
            ew_buf_printf(out, err, "What the desk says of it, which no seal proves:\n");
    while (code == EW_OK && ew_slice_line(&rest, &line)) {
        code = ew_buf_printf(out, err, "  ");
        if (code == EW_OK)
            code = ew_utf8_append_safe(out, line.p, line.n, err);
        if (code == EW_OK)
            code = ew_buf_append(out, "\n", 1, err);
    }
    return code;
}

static json_t *json_meta(const ew_buf *meta)
{
    ew_slice rest = {(const char *)meta->data, meta->len};
    ew_slice line;
    ew_obj o = ew_obj_new();
    char key[64];
    while (ew_slice_line(&rest, &line)) {
        const char *sign = memchr(line.p, '=', line.n);
        size_t n = sign != NULL ? (size_t)(sign - line.p) : sizeof key;
        if (n >= sizeof key)
            continue;
        memcpy(key, line.p, n);
        key[n] = 0;
        char *value = ew_alloc(line.n - n);
        if (value != NULL) /* it ends with a zero, where the line does */
            memcpy(value, sign + 1, line.n - n - 1);
        ew_obj_str(&o, key, value != NULL ? value : "");
        ew_free(value);
    }
    return o.json;
}

/* One bundle, told. */
static ew_code verify(app *a, const char *bundle, const char *published, const args *in,
                      ew_verdict *v, ew_err *err)
{
    char *name = ew_safe_name(bundle);
    ew_buf meta;
    ew_buf text;
    ew_buf_init(&meta, TEXT_MAX);
    ew_buf_init(&text, TEXT_MAX);
    ew_code code = name != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_ops_verify(bundle, in->values[OPT_POLICY], published, v, err);
    if (code == EW_OK && v->state != EW_BROKEN)
        code = ew_ops_shown_meta(bundle, &meta, err);
    if (code == EW_OK && a->json) {
        ew_obj o = ew_verdict_json(v, name);
        if (v->state != EW_BROKEN)
            ew_obj_set(&o, "metadata", json_meta(&meta));
        out_object(a, &o);
    } else if (code == EW_OK && !a->quiet) {
        code = ew_verdict_text(v, name, &text, err);
        if (code == EW_OK)
            code = print_meta(&meta, &text, err);
        if (code == EW_OK)
            out_write(a, &text);
    }
    ew_buf_release(&meta);
    ew_buf_release(&text);
    ew_free(name);
    return code;
}

static void tell_member(app *a, const char *bundle, const char *collection,
                        const ew_membership *m)
{
    char *name = ew_safe_name(bundle);
    char *of = ew_safe_name(collection);
    if (name != NULL && of != NULL && a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.membership/1");
        ew_obj_str(&o, "name", name);
        ew_obj_str(&o, "collection", of);
        ew_obj_bool(&o, "member", m->holds);
        if (m->holds) {
            ew_obj_int(&o, "number", (int64_t)m->number);
            ew_obj_int(&o, "members", (int64_t)m->members);
        }
        out_object(a, &o);
    } else if (name != NULL && of != NULL && !a->quiet) {
        if (m->holds)
            (void)printf("%s: number %" PRIu64 " of the %" PRIu64
                         " members of the collection in %s\n",
                         name, m->number, m->members, of);
        else
            (void)printf("%s: NOT a member that %s shows\n", name, of);
    }
    ew_free(name);
    ew_free(of);
}

/* The collection's own bundle, and whether the first belongs to it. *state: the worse. */
static ew_code verify_member(app *a, const args *in, ew_verdict *v,
                             ew_verdict_state *state, ew_err *err)
{
    const char *collection = in->values[OPT_COLLECTION];
    ew_membership m;
    ew_code code = verify(a, collection, NULL, in, v, err);
    if (code != EW_OK)
        return code;
    if (v->state > *state)
        *state = v->state;
    if (*state == EW_BROKEN) /* of what is broken nothing is repeated */
        return EW_OK;
    code = ew_ops_member(in->operands[0], collection, &m, err);
    if (code != EW_OK)
        return code;
    tell_member(a, in->operands[0], collection, &m);
    if (!m.holds)
        *state = EW_UNVOUCHED;
    return EW_OK;
}

static int run(app *a, const args *in)
{
    static const int codes[] = {EXIT_FOUND, EXIT_NOTHING, EXIT_BROKEN};
    ew_verdict_state state = EW_BROKEN;
    ew_err err;
    ew_verdict *v = ew_alloc(sizeof *v);
    ew_code code = v != NULL ? EW_OK : ew_fail_nomem(&err);
    if (code == EW_OK)
        code = verify(a, in->operands[0], in->values[OPT_PUBLISHED], in, v, &err);
    if (code == EW_OK) {
        state = v->state;
        if (in->values[OPT_COLLECTION] != NULL)
            code = verify_member(a, in, v, &state, &err);
    }
    ew_free(v);
    return code == EW_OK ? codes[state] : fail_command(a, &err);
}

const command cmd_verify = {
    .name = "verify",
    .usage = "BUNDLE --policy FILE",
    .summary = "check what a bundle proves",
    .details =
        "Offline. The policy is your own file: whose seals, whose logs, how many "
        "witnesses;\n"
        "'earwitness key export' prints that of a desk. Without one nothing is called\n"
        "verified. Exit status: 0 verified, 1 nobody you trust vouches for it, 4 "
        "something\n"
        "does not hold",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
