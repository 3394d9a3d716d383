/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness help: what there is, or one command in detail. */
#include <stdio.h>

#include "base/err.h"
#include "base/words.h"
#include "cli/cli.h"

static void print_options(const opt_spec *options, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const opt_spec *o = &options[i];
        char left[64];
        (void)snprintf(left, sizeof(left), "--%s%s%s", o->name, o->arg != NULL ? " " : "",
                       o->arg != NULL ? o->arg : "");
        if (o->letter != 0)
            (void)printf("  -%c, %-20s %s\n", o->letter, left, ew_tr(o->help));
        else
            (void)printf("      %-20s %s\n", left, ew_tr(o->help));
    }
}

static void print_program(void)
{
    (void)printf(ew_tr("usage: earwitness COMMAND [OPTION ...] [ARGUMENT ...]\n\n"
                       "Traces a sound clip to the recordings it was taken from.\n\n"));
    for (size_t i = 0; i < command_count; i++)
        (void)printf("  %-9s %s\n", commands[i]->name, ew_tr(commands[i]->summary));
    (void)printf(ew_tr("\nOptions of all commands:\n"));
    print_options(global_options, global_option_count);
    (void)printf(ew_tr("\nThe archive is --archive DIR, else EARWITNESS_ARCHIVE, else\n"
                       "~/.local/share/earwitness/archive. First steps:\n\n"
                       "  earwitness add FOLDER-OF-RECORDINGS\n"
                       "  earwitness check CLIP\n"));
}

static void print_family(const command *cmd)
{
    (void)printf(ew_tr("usage: earwitness %s %s\n\n%s.\n\n"), cmd->name, cmd->usage,
                 ew_tr(cmd->details));
    for (size_t i = 0; i < cmd->verb_count; i++)
        (void)printf("  %-16s %s\n", cmd->verbs[i]->name, ew_tr(cmd->verbs[i]->summary));
    (void)printf(ew_tr("\n'earwitness help %s WORD' tells about one of them.\n"),
                 cmd->name);
}

void usage_print(const command *cmd)
{
    if (cmd == NULL) {
        print_program();
        return;
    }
    if (cmd->verbs != NULL) {
        print_family(cmd);
        return;
    }
    (void)printf(ew_tr("usage: earwitness %s [OPTION ...] %s\n\n%s.\n"), cmd->name,
                 cmd->usage, ew_tr(cmd->details));
    if (cmd->option_count > 0) {
        (void)printf(ew_tr("\nOptions:\n"));
        print_options(cmd->options, cmd->option_count);
    }
    (void)printf(ew_tr("\nOptions of all commands:\n"));
    print_options(global_options, global_option_count);
}

static int run(app *a, const args *in)
{
    ew_err err;

    if (in->count == 0) {
        usage_print(NULL);
        return EXIT_FOUND;
    }
    const command *family = NULL;
    const command *cmd = command_find(in->operands[0]);
    const char *last = in->operands[in->count - 1];
    if (cmd != NULL && in->count == 2) {
        family = cmd;
        cmd = family->verbs != NULL ? command_find_verb(family, last) : NULL;
    }
    if (cmd == NULL) {
        (void)command_unknown(family, last, &err);
        return fail_command(a, &err);
    }
    usage_print(cmd);
    return EXIT_FOUND;
}

const command cmd_help = {
    .name = "help",
    .usage = "[COMMAND [WORD]]",
    .summary = "show help, or the help of one command",
    .details = "Shows the commands, or one command with its options",
    .operands_max = 2,
    .run = run,
};
