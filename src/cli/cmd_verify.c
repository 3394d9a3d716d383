/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness verify: what a bundle proves, and what it does not. */
#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "cli/cli.h"
#include "ops/seal.h"
#include "report/verdict.h"

static const opt_spec options[] = {
    {OPT_POLICY, 0, "policy", "FILE", "whom you trust; never from the bundle"},
    {OPT_PUBLISHED, 0, "published", "FILE",
     "what was published of it, with its gaps filled"},
};

enum { TEXT_MAX = 1 << 20 };

static ew_code print(app *a, const ew_verdict *v, const char *name, ew_err *err)
{
    ew_buf b;
    ew_buf_init(&b, TEXT_MAX);
    ew_code code = ew_verdict_text(v, name, &b, err);
    if (code == EW_OK)
        out_write(a, &b);
    ew_buf_release(&b);
    return code;
}

static int run(app *a, const args *in)
{
    static const int codes[] = {EXIT_FOUND, EXIT_NOTHING, EXIT_BROKEN};
    ew_err err;
    ew_verdict *v = ew_alloc(sizeof *v);
    char *name = ew_safe_name(in->operands[0]);
    ew_code code = v != NULL && name != NULL ? EW_OK : ew_fail_nomem(&err);
    if (code == EW_OK)
        code = ew_ops_verify(in->operands[0], in->values[OPT_POLICY],
                             in->values[OPT_PUBLISHED], v, &err);
    if (code == EW_OK && a->json) {
        ew_obj o = ew_verdict_json(v, name);
        out_object(a, &o);
    } else if (code == EW_OK && !a->quiet) {
        code = print(a, v, name, &err);
    }
    int out = code == EW_OK ? codes[v->state] : fail_command(a, &err);
    ew_free(name);
    ew_free(v);
    return out;
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
