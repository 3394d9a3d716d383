/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness serve: the page on this machine. */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "base/when.h"
#include "cli/case.h"
#include "cli/desk.h"
#include "ops/case_dir.h"
#include "serve/serve.h"

enum { IDLE_MAX = 7 * 24 * 60 }; /* minutes */

extern char **environ;

static const opt_spec options[] = {
    CASE_OPTION,
    {OPT_LISTEN, 0, "listen", "ADDRESS",
     "where to listen (default: " EW_SERVE_LISTEN ")"},
    {OPT_TLS, 0, "tls", NULL, "for other machines: encrypt, and ask for a passphrase"},
    {OPT_NAME, 0, "name", "HOST", "name or address that leads here; also more than one"},
    {OPT_CERT, 0, "cert", "FILE", "certificate (PEM) instead of one made here"},
    {OPT_CERT_KEY, 0, "cert-key", "FILE", "its private key (PEM)"},
    {OPT_PASS_FILE, 0, "passphrase-file", "FILE",
     "read the passphrase of this server from FILE"},
    PASS_OPTIONS,
    {OPT_IDLE, 0, "idle", "MINUTES", "end sessions not used for so long (default: 720)"},
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

static void ready_json(app *a, const ew_page_ready *at)
{
    ew_obj j = ew_obj_new();
    ew_obj_str(&j, "schema", "earwitness.serve/1");
    ew_obj_str(&j, "url", at->url);
    if (at->fingerprint != NULL) {
        char date[EW_ISO_TEXT];
        ew_obj_str(&j, "fingerprint", at->fingerprint);
        ew_obj_str(&j, "certificate_ends", ew_iso_text(at->certificate_ends, date));
        ew_obj_bool(&j, "certificate_made", at->certificate_made);
    }
    out_object(a, &j);
}

static void ready(void *cookie, const ew_page_ready *at)
{
    opening *o = cookie;
    if (o->a->json) {
        ready_json(o->a, at);
    } else {
        (void)printf("%s\n", at->url);
        if (at->fingerprint != NULL)
            (void)printf("SHA-256 %s\n", at->fingerprint);
        (void)fflush(stdout);
        if (at->fingerprint == NULL)
            say(o->a, "open this address, once, in a browser on this machine; Ctrl-C "
                      "ends");
        else
            say(o->a, "open this address in a browser, compare the certificate's "
                      "fingerprint, and log in; Ctrl-C ends");
    }
    if (at->certificate_made)
        say(o->a, "a new certificate was made: browsers warn until it is accepted there; "
                  "compare the fingerprint first");
    if (at->warning[0] != 0)
        say(o->a, "%s", at->warning);
    if (o->browser)
        start_browser(o->a, at->url);
}

/* Who came and went, with the time. */
static void note(void *cookie, const char *text)
{
    const opening *o = cookie;
    char now[EW_ISO_TEXT];
    say(o->a, "%s %s", ew_iso_text((int64_t)time(NULL), now), text);
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

/* What is for other machines. 0 or the exit code, told; *pass to be released when 0. */
static int take_desk_opts(app *a, const args *in, ew_page_opts *o, ew_secret *pass)
{
    ew_err err;
    double minutes = (double)EW_SERVE_IDLE_S / 60;
    bool secret = in->values[OPT_PASS_FILE] != NULL || in->values[OPT_PASS_FD] != NULL ||
                  in->values[OPT_PASS_COMMAND] != NULL;
    o->cert = in->values[OPT_CERT];
    o->cert_key = in->values[OPT_CERT_KEY];
    o->tls = in->values[OPT_TLS] != NULL || o->cert != NULL || o->cert_key != NULL;
    if (in->values[OPT_IDLE] != NULL &&
        args_number(in, OPT_IDLE, IDLE_MAX, &minutes, &err) != EW_OK)
        return fail_command(a, &err);
    o->idle_s = (int64_t)(minutes * 60 + 0.5);
    if (o->idle_s < 1) {
        (void)ew_fail(&err, EW_E_ARG, 0,
                      "--idle is the minutes after which a session ends");
        return fail_command(a, &err);
    }
    if (!o->tls && !secret)
        return 0;
    int code = desk_passphrase(a, in, true, pass);
    if (code == 0) {
        o->pass = pass->bytes;
        o->pass_n = pass->n;
    }
    return code;
}

static int serve(app *a, const args *in, ew_page_opts *page)
{
    ew_err err;
    const char **names = ew_alloc_array(in->given_count + 1, sizeof *names);
    ew_secret pass = {0};
    if (names == NULL) {
        (void)ew_fail_nomem(&err);
        return fail_command(a, &err);
    }
    for (size_t i = 0; i < in->given_count; i++)
        if (in->given[i].id == OPT_NAME)
            names[page->name_count++] = in->given[i].value;
    page->names = names;
    int code = take_desk_opts(a, in, page, &pass);
    if (code == 0 && ew_page_serve(page, &err) != EW_OK)
        code = fail_command(a, &err);
    ew_secret_release(&pass);
    ew_free(names);
    return code;
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
                         .note = note,
                         .cookie = &o};
    if (page.listen == NULL)
        page.listen = EW_SERVE_LISTEN;
    int exit = code == EW_OK ? serve(a, in, &page) : fail_command(a, &err);
    ew_free(work);
    ew_free(casedir);
    return exit;
}

const command cmd_serve = {
    .name = "serve",
    .usage = "",
    .summary = "show what is found, and let it be heard, on a page of this machine",
    .details =
        "Serves a page to browsers on this machine and prints its address, with a token\n"
        "that is good for one window. Nothing leaves the machine, and nothing is loaded\n"
        "from elsewhere. What is sent is kept until it is removed on the page.\n"
        "\n"
        "For other machines of a desk: --listen ADDRESS:PORT --tls, with a passphrase "
        "of\n"
        "at least 12 characters, which is asked for here unless it is in a file. People\n"
        "log in with it and with their name. A certificate is made once and kept; its\n"
        "fingerprint is printed, to be compared with what the browser shows",
    .options = options,
    .option_count = EW_COUNT(options),
    .run = run,
};
