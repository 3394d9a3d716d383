/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness serve: the page on this machine. */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "cli/case.h"
#include "cli/desk.h"
#include "ops/case_dir.h"
#include "serve/serve.h"

extern char **environ;

static const opt_spec options[] = {
    CASE_OPTION,
    {OPT_LISTEN, 0, "listen", "ADDRESS",
     "where to listen (default: " EW_SERVE_LISTEN ")"},
    {OPT_DIR, 0, "dir", "DIR", "folder for what is sent and found"},
    {OPT_OPEN, 0, "open", NULL, "start the browser"},
};

typedef struct opening {
    app *a;
    bool browser;
} opening;

/* A browser that cannot be started is no reason to end: the address is on the terminal. */
static void start_browser(app *a, const char *url)
{
    char *const argv[] = {(char *)(uintptr_t) "xdg-open", (char *)(uintptr_t)url, NULL};
    pid_t pid;
    if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) != 0)
        say(a, "the browser cannot be started; open the address by hand");
}

static void ready(void *cookie, const char *url)
{
    opening *o = cookie;
    if (o->a->json) {
        ew_obj j = ew_obj_new();
        ew_obj_str(&j, "schema", "earwitness.serve/1");
        ew_obj_str(&j, "url", url);
        out_object(o->a, &j);
    } else {
        (void)printf("%s\n", url);
        (void)fflush(stdout);
        say(o->a, "open this address, once, in a browser on this machine; Ctrl-C ends");
    }
    if (o->browser)
        start_browser(o->a, url);
}

/* $XDG_STATE_HOME/earwitness/serve, else below the home folder. To be freed. */
static ew_code work_dir(const char *option, char **dir, ew_err *err)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    if (option != NULL)
        *dir = ew_strdup(option);
    else if (state != NULL && state[0] == '/')
        *dir = ew_path_join(state, "earwitness/serve");
    else if (home != NULL && home[0] != 0)
        *dir = ew_path_join(home, ".local/state/earwitness/serve");
    else
        return ew_fail(err, EW_E_ARG, 0,
                       "no place for what is sent: HOME is not set; name one with --dir");
    return *dir != NULL ? EW_OK : ew_fail_nomem(err);
}

static int run(app *a, const args *in)
{
    opening o = {a, in->values[OPT_OPEN] != NULL};
    char *work = NULL;
    char *casedir = NULL;
    ew_err err;
    desk_guard_memory(); /* a desk's passphrase may come */
    ew_code code = work_dir(in->values[OPT_DIR], &work, &err);
    if (code == EW_OK && ew_case_dir_find(in->values[OPT_CASE], &casedir, &err) != EW_OK)
        casedir = NULL; /* the page does without */
    ew_page_opts page = {.listen = in->values[OPT_LISTEN],
                         .archive = a->archive,
                         .casedir = casedir,
                         .work = work,
                         .jobs = a->jobs,
                         .stop = &app_stop,
                         .ready = ready,
                         .cookie = &o};
    if (page.listen == NULL)
        page.listen = EW_SERVE_LISTEN;
    if (code == EW_OK)
        code = ew_page_serve(&page, &err);
    ew_free(work);
    ew_free(casedir);
    return code == EW_OK ? EXIT_FOUND : fail_command(a, &err);
}

const command cmd_serve = {
    .name = "serve",
    .usage = "",
    .summary = "show what is found, and let it be heard, on a page of this machine",
    .details =
        "Serves a page to browsers on this machine and prints its address, with a token\n"
        "that is good for one window. Nothing leaves the machine, and nothing is loaded\n"
        "from elsewhere. What is sent is kept until it is removed on the page",
    .options = options,
    .option_count = EW_COUNT(options),
    .run = run,
};
