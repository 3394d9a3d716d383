/* SPDX-License-Identifier: Apache-2.0 */
/* The page's server: what it needs, in the order in which it is needed. */
#include "serve/serve.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/file.h"
#include "ops/jobs.h"
#include "ops/sounds.h"
#include "serve/held.h"

ew_code ew_page_serve(const ew_page_opts *o, ew_err *err)
{
    ew_server s = {.o = o};
    ew_code code = ew_guard_init(&s.guard, err);
    if (code != EW_OK)
        return code;
    code = ew_login_init(&s.login, o->pass, o->pass_n, err);
    if (o->pass != NULL)
        explicit_bzero(o->pass, o->pass_n);
    if (code != EW_OK) {
        ew_guard_destroy(&s.guard);
        return code;
    }
    (void)pthread_mutex_init(&s.telling, NULL);
    s.guard.tls = o->tls;
    s.guard.idle_s = o->pass != NULL ? o->idle_s : 0;
    code = ew_mkdirs(o->work, err);
    if (code == EW_OK && chmod(o->work, 0700) != 0)
        code = ew_fail_sys(err, errno, "cannot keep '%s' from others", o->work);
    if (code == EW_OK)
        code = ew_jobs_open(&s.jobs, o->work, o->archive, o->jobs, err);
    char *sounds = code == EW_OK ? ew_path_join(o->work, "sounds") : NULL;
    if (code == EW_OK)
        code =
            sounds != NULL ? ew_sounds_open(&s.sounds, sounds, err) : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_held_new(&s.held, s.sounds, o->work, err);
    if (code == EW_OK)
        code = ew_http_run(&s, err);
    ew_free(sounds);
    ew_held_free(s.held);
    ew_sounds_close(s.sounds);
    ew_jobs_close(s.jobs);
    (void)pthread_mutex_destroy(&s.telling);
    ew_login_destroy(&s.login);
    ew_guard_destroy(&s.guard);
    return code;
}
