/* SPDX-License-Identifier: Apache-2.0 */
/* The program: picks the command, sets signals, and turns what comes back into an exit code. */
#include "cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/words.h"
#include "casefile/casefile.h"
#include "report/json.h"

ew_stop app_stop;

const command *const commands[] = {
    &cmd_add,     &cmd_check,    &cmd_diff,      &cmd_family,    &cmd_list,  &cmd_remove,
    &cmd_inspect, &cmd_info,     &cmd_archive,   &cmd_key,       &cmd_seal,  &cmd_log,
    &cmd_stamp,   &cmd_disclose, &cmd_burn,      &cmd_export,    &cmd_vault, &cmd_verify,
    &cmd_witness, &cmd_sign,     &cmd_statement, &cmd_repudiate, &cmd_case,  &cmd_import,
    &cmd_report,  &cmd_serve,    &cmd_help,
};
const size_t command_count = EW_COUNT(commands);

/* The first signal asks everybody to stop; SA_RESETHAND makes the second one end us. */
static void on_signal(int number)
{
    (void)number;
    atomic_store_explicit(&app_stop, 1, memory_order_relaxed);
}

static void set_signals(void)
{
    struct sigaction stop = {.sa_handler = on_signal};
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    stop.sa_flags = (int)SA_RESETHAND;
    (void)sigaction(SIGINT, &stop, NULL);
    (void)sigaction(SIGTERM, &stop, NULL);
    (void)sigaction(SIGHUP, &stop, NULL);
    (void)sigaction(SIGPIPE, &ignore, NULL); /* writes fail instead, and are told */
    (void)sigaction(SIGXFSZ, &ignore, NULL); /* the same for a limit on file sizes */
}

static int usage_error(app *a, const args *in, const ew_err *err)
{
    a->json = in->values[OPT_JSON] != NULL;
    say_error(a, err, NULL);
    return EXIT_USAGE;
}

static int finish_output(app *a, int code)
{
    if (fflush(stdout) != 0 && !a->out_failed) {
        a->out_failed = true;
        say(a, "cannot write to standard output: %s", strerror(errno));
    }
    return a->out_failed && code < EXIT_USAGE ? EXIT_SOME_FAILED : code;
}

/* Not the locale's: what two people see of the same file is the same, unless they ask. JSON is in English. */
static ew_code choose_language(const args *in, ew_err *err)
{
    char known[64] = "";
    const char *code = in->values[OPT_LANGUAGE];
    if (code == NULL)
        code = getenv("EARWITNESS_LANGUAGE");
    if (code == NULL || code[0] == 0)
        return EW_OK;
    for (size_t i = 0; ew_language_code(i) != NULL; i++) {
        size_t n = strlen(known);
        (void)snprintf(known + n, sizeof known - n, "%s%s", n > 0 ? ", " : "",
                       ew_language_code(i));
    }
    if (!ew_language_set(code))
        return ew_fail(err, EW_E_ARG, 0, "there is no language '%s'; there are: %s", code,
                       known);
    if (in->values[OPT_JSON] != NULL)
        (void)ew_language_set("en");
    return EW_OK;
}

static int run(app *a, int argc, char **argv, args *in)
{
    const command *cmd = NULL;
    ew_err err;

    ew_err_clear(&err);
    ew_code rc = args_parse(argc, argv, &cmd, in, &err);
    if (rc == EW_OK)
        rc = choose_language(in, &err);
    else
        (void)choose_language(in, NULL);
    if (in->values[OPT_VERSION] != NULL) {
        (void)printf("earwitness %s\n", EW_VERSION);
        return EXIT_FOUND;
    }
    if (in->values[OPT_HELP] != NULL) {
        usage_print(cmd);
        return EXIT_FOUND;
    }
    if (rc == EW_OK && cmd == NULL)
        rc = ew_fail(&err, EW_E_ARG, 0,
                     "what is to be done? 'earwitness help' lists the commands");
    if (rc == EW_OK)
        rc = app_init(a, in, &err);
    if (rc != EW_OK)
        return usage_error(a, in, &err);
    return cmd->run(a, in);
}

int main(int argc, char **argv)
{
    app a = {0};
    args in = {0};
    int code;

    ew_json_use_own_alloc();
    ew_case_use_own_sqlite();
    set_signals();
    in.operands = ew_alloc_array((size_t)argc + 1, sizeof(*in.operands));
    in.given = ew_alloc_array((size_t)argc + 1, sizeof(*in.given));
    if (in.operands == NULL || in.given == NULL)
        return EXIT_SOME_FAILED;
    code = finish_output(&a, run(&a, argc, argv, &in));
    progress_clear(&a);
    app_release(&a);
    ew_free(in.operands);
    ew_free(in.given);
    return code;
}
