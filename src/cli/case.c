/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands of a case share. */
#include "cli/case.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "ops/case_dir.h"

int fail_case(app *a, const ew_err *e)
{
    if (e->code != EW_E_NOTFOUND)
        return fail_command(a, e);
    say_error(a, e, NULL);
    return EXIT_NO_ARCHIVE;
}

typedef struct opening {
    char *dir;
    bool write;
    ew_case **c;
} opening;

static ew_code try_open(void *cookie, ew_err *err)
{
    const opening *o = cookie;
    return ew_case_open(o->c, o->dir, o->write, 0, err);
}

int case_open(app *a, const args *in, bool write, ew_case **c)
{
    opening o = {.write = write, .c = c};
    ew_wait wait = app_wait(a);
    ew_err err;
    *c = NULL;
    ew_code code = ew_case_dir_find(in->values[OPT_CASE], &o.dir, &err);
    if (code == EW_OK)
        code = ew_wait_for(&wait, try_open, &o, &err);
    progress_clear(a);
    ew_free(o.dir);
    return code == EW_OK ? 0 : fail_case(a, &err);
}

const char *case_who(const args *in)
{
    const char *env = getenv("EARWITNESS_WHO");
    if (in->values[OPT_WHO] != NULL)
        return in->values[OPT_WHO];
    if (env != NULL && env[0] != 0)
        return env;
    const struct passwd *p = getpwuid(geteuid());
    return p != NULL && p->pw_name[0] != 0 ? p->pw_name : "unknown";
}

ew_code case_begin(ew_case *c, const args *in, const char *kind, const ew_case_act *act,
                   int64_t *event, ew_err *err)
{
    ew_case_act full = act != NULL ? *act : (ew_case_act){0};
    full.kind = kind;
    full.who = case_who(in);
    full.purpose = in->values[OPT_PURPOSE] != NULL ? in->values[OPT_PURPOSE] : "";
    return ew_case_begin(c, &full, event, err);
}

ew_code case_end(ew_case *c, ew_code code, ew_err *err)
{
    if (code == EW_OK)
        return ew_case_commit(c, err);
    ew_case_rollback(c);
    return code;
}
