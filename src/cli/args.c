/* SPDX-License-Identifier: Apache-2.0 */
/* The command line. Options stand before or after the command and the operands; "--" ends
 * them, so that a file may be called "-x" or "add". */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/err.h"

enum { NEAR_MAX = 2, WORD_MAX = 32 };

const opt_spec global_options[] = {
    {OPT_ARCHIVE, 'a', "archive", "DIR", "folder of the archive"},
    {OPT_JSON, 0, "json", NULL, "answer, and errors, as JSON"},
    {OPT_JOBS, 'j', "jobs", "N", "work on N files at a time (default: one per core)"},
    {OPT_WAIT, 0, "wait", "SECONDS", "how long to wait for another writer (default: 10)"},
    {OPT_COLOR, 0, "color", "WHEN", "auto, always or never"},
    {OPT_PROGRESS, 0, "progress", "HOW", "auto, json or none"},
    {OPT_LANGUAGE, 0, "language", "CODE",
     "say it in English (en) or Khmer (km); not JSON"},
    {OPT_QUIET, 'q', "quiet", NULL, "errors only"},
    {OPT_VERBOSE, 'v', "verbose", NULL, "say more"},
    {OPT_HELP, 'h', "help", NULL, "show help"},
    {OPT_VERSION, 0, "version", NULL, "show the version"},
};
const size_t global_option_count = EW_COUNT(global_options);

/* Edit distance with neighbours exchanged as one step; words longer than WORD_MAX are far. */
static size_t distance(const char *a, const char *b)
{
    size_t d[WORD_MAX + 1][WORD_MAX + 1];
    size_t n = strlen(a);
    size_t m = strlen(b);

    if (n > WORD_MAX || m > WORD_MAX)
        return SIZE_MAX;
    for (size_t i = 0; i <= n; i++)
        for (size_t k = 0; k <= m; k++) {
            if (i == 0 || k == 0) {
                d[i][k] = i + k;
                continue;
            }
            size_t best = d[i - 1][k - 1] + (a[i - 1] != b[k - 1]);
            best = d[i - 1][k] + 1 < best ? d[i - 1][k] + 1 : best;
            best = d[i][k - 1] + 1 < best ? d[i][k - 1] + 1 : best;
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1] &&
                d[i - 2][k - 2] + 1 < best)
                best = d[i - 2][k - 2] + 1;
            d[i][k] = best;
        }
    return d[n][m];
}

const char *nearest_name(const char *typed, const char *const *names, size_t n)
{
    const char *best = NULL;
    size_t best_distance = NEAR_MAX + 1;

    for (size_t i = 0; i < n; i++) {
        size_t d = distance(typed, names[i]);
        if (strlen(typed) > 2 && strncmp(typed, names[i], strlen(typed)) == 0)
            d = 1; /* a beginning of the name */
        if (d < best_distance && d < strlen(typed)) {
            best = names[i];
            best_distance = d;
        }
    }
    return best;
}

const command *command_find(const char *name)
{
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static const char *verb_of(const command *family, const command *pair)
{
    return pair->name + strlen(family->name) + 1;
}

const command *command_find_verb(const command *family, const char *verb)
{
    for (size_t i = 0; i < family->verb_count; i++)
        if (strcmp(verb_of(family, family->verbs[i]), verb) == 0)
            return family->verbs[i];
    return NULL;
}

ew_code command_unknown(const command *family, const char *name, ew_err *err)
{
    const char *names[64];
    size_t n = 0;
    const char *before = family != NULL ? family->name : "";
    const char *space = family != NULL ? " " : "";

    if (family != NULL)
        for (size_t i = 0; i < family->verb_count && n < EW_COUNT(names); i++)
            names[n++] = verb_of(family, family->verbs[i]);
    else
        for (size_t i = 0; i < command_count && n < EW_COUNT(names); i++)
            names[n++] = commands[i]->name;
    const char *near = nearest_name(name, names, n);
    if (near != NULL)
        return ew_fail(err, EW_E_ARG, 0,
                       "there is no command '%s%s%s'; did you mean '%s%s%s'?", before,
                       space, name, before, space, near);
    return ew_fail(err, EW_E_ARG, 0,
                   "there is no command '%s%s%s'; 'earwitness help%s%s' lists them",
                   before, space, name, space, before);
}

/* The i-th option of a command (global ones first); NULL beyond. */
static const opt_spec *option_at(const command *cmd, size_t i)
{
    if (i < global_option_count)
        return &global_options[i];
    i -= global_option_count;
    return cmd != NULL && i < cmd->option_count ? &cmd->options[i] : NULL;
}

static ew_code unknown_option(const command *cmd, const char *typed, ew_err *err)
{
    const char *names[OPT_COUNT * 2];
    char bare[WORD_MAX + 1] = "";
    const opt_spec *o;
    size_t n = 0;

    for (size_t i = 0; (o = option_at(cmd, i)) != NULL && n < EW_COUNT(names); i++)
        names[n++] = o->name;
    if (strncmp(typed, "--", 2) == 0) {
        size_t len = strcspn(typed + 2, "=");
        if (len <= WORD_MAX)
            memcpy(bare, typed + 2, len);
    }
    const char *near = nearest_name(bare, names, n);
    if (near != NULL)
        return ew_fail(err, EW_E_ARG, 0, "there is no option '%s'; did you mean '--%s'?",
                       typed, near);
    return ew_fail(err, EW_E_ARG, 0,
                   "there is no option '%s'; for a file of that name put -- before it",
                   typed);
}

/* Where the parser is. */
typedef struct parse {
    int argc, at;
    char **argv;
    const command *cmd;
    args *out;
} parse;

static const opt_spec *find_long(const command *cmd, const char *name, size_t len)
{
    const opt_spec *o;

    for (size_t i = 0; (o = option_at(cmd, i)) != NULL; i++)
        if (strlen(o->name) == len && memcmp(o->name, name, len) == 0)
            return o;
    return NULL;
}

static const opt_spec *find_letter(const command *cmd, char letter)
{
    const opt_spec *o;

    for (size_t i = 0; (o = option_at(cmd, i)) != NULL; i++)
        if (o->letter == letter)
            return o;
    return NULL;
}

static ew_code take_value(parse *p, const opt_spec *o, const char *attached, ew_err *err)
{
    if (o->arg == NULL) {
        p->out->values[o->id] = "";
        return EW_OK;
    }
    if (attached == NULL && p->at + 1 < p->argc)
        attached = p->argv[++p->at];
    if (attached == NULL)
        return ew_fail(err, EW_E_ARG, 0, "option '--%s' needs a value: --%s %s", o->name,
                       o->name, o->arg);
    p->out->values[o->id] = attached;
    if (p->out->given != NULL)
        p->out->given[p->out->given_count++] = (given){o->id, attached};
    return EW_OK;
}

static ew_code parse_long(parse *p, const char *arg, ew_err *err)
{
    size_t len = strcspn(arg + 2, "=");
    const opt_spec *o = find_long(p->cmd, arg + 2, len);
    const char *attached = arg[2 + len] == '=' ? arg + 3 + len : NULL;

    if (o == NULL)
        return unknown_option(p->cmd, arg, err);
    if (attached != NULL && o->arg == NULL)
        return ew_fail(err, EW_E_ARG, 0, "option '--%s' takes no value", o->name);
    return take_value(p, o, attached, err);
}

/* "-vq", "-j4", "-j 4" */
static ew_code parse_letters(parse *p, const char *arg, ew_err *err)
{
    for (size_t i = 1; arg[i] != 0; i++) {
        const opt_spec *o = find_letter(p->cmd, arg[i]);
        if (o == NULL)
            return unknown_option(p->cmd, arg, err);
        if (o->arg != NULL)
            return take_value(p, o, arg[i + 1] != 0 ? arg + i + 1 : NULL, err);
        p->out->values[o->id] = "";
    }
    return EW_OK;
}

/* The command decides which options there are, so it is looked for first: the first word
 * that is neither an option nor the value of one. */
static int command_position(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *a = argv[i];
        if (a[0] != '-' || a[1] == 0)
            return i;
        if (strcmp(a, "--") == 0)
            return i + 1;
        const opt_spec *o = NULL;
        if (a[1] == '-')
            o = find_long(NULL, a + 2,
                          strlen(a + 2)); /* "--x=y" is not found: no value */
        else
            o = find_letter(NULL, a[strlen(a) - 1]);
        if (o != NULL && o->arg != NULL)
            i++;
    }
    return argc;
}

static ew_code check_counts(const parse *p, ew_err *err)
{
    const command *c = p->cmd;

    if (p->out->values[OPT_HELP] != NULL || p->out->values[OPT_VERSION] != NULL ||
        c == NULL)
        return EW_OK;
    if (c->verbs != NULL)
        return ew_fail(err, EW_E_ARG, 0,
                       "'%s' needs a second word; 'earwitness help %s' lists them",
                       c->name, c->name);
    if (p->out->count < c->operands_min && p->out->values[OPT_FILES_FROM] == NULL)
        return ew_fail(err, EW_E_ARG, 0, "'%s' needs more: earwitness %s %s", c->name,
                       c->name, c->usage);
    if (p->out->count > c->operands_max)
        return ew_fail(err, EW_E_ARG, 0, "'%s' is too much: earwitness %s %s",
                       p->out->operands[c->operands_max], c->name, c->usage);
    return EW_OK;
}

/* Which command the words from `at` on name, and how many words those are. */
static ew_code find_command(parse *p, int at, int *words, ew_err *err)
{
    *words = 1;
    p->cmd = command_find(p->argv[at]);
    if (p->cmd == NULL)
        return command_unknown(NULL, p->argv[at], err);
    if (p->cmd->verbs == NULL || at + 1 >= p->argc || p->argv[at + 1][0] == '-')
        return EW_OK;
    const command *pair = command_find_verb(p->cmd, p->argv[at + 1]);
    *words = 2;
    if (pair == NULL)
        return command_unknown(p->cmd, p->argv[at + 1], err);
    p->cmd = pair;
    return EW_OK;
}

ew_code args_parse(int argc, char **argv, const command **cmd, args *out, ew_err *err)
{
    parse p = {.argc = argc, .argv = argv, .out = out};
    int command_at = command_position(argc, argv);
    int words = 0;
    bool names_only = false;
    ew_code rc = EW_OK;

    if (command_at < argc)
        rc = find_command(&p, command_at, &words, err);
    *cmd = p.cmd;
    for (p.at = 1; p.at < argc; p.at++) {
        const char *a = argv[p.at];
        ew_code got = EW_OK;
        if (p.at >= command_at && p.at < command_at + words)
            continue;
        if (names_only || a[0] != '-' || a[1] == 0)
            out->operands[out->count++] = a;
        else if (strcmp(a, "--") == 0)
            names_only = p.at > command_at;
        else if (a[1] == '-')
            got = parse_long(&p, a, rc == EW_OK ? err : NULL);
        else
            got = parse_letters(&p, a, rc == EW_OK ? err : NULL);
        rc = rc == EW_OK ? got : rc; /* the rest is read for --json's sake */
    }
    return rc == EW_OK ? check_counts(&p, err) : rc;
}

ew_code args_number(const args *in, opt_id id, double max, double *out, ew_err *err)
{
    const char *text = in->values[id];
    char *end = NULL;
    double x;

    if (text == NULL)
        return EW_OK;
    /* Decimal digits and a point only: strtod knows more than a user should have to. */
    if (text[0] == 0 || strspn(text, "0123456789.") != strlen(text)) {
        x = -1;
    } else {
        x = strtod(text, &end);
        if (*end != 0)
            x = -1;
    }
    if (x < 0 || x > max)
        return ew_fail(err, EW_E_ARG, 0, "'%s' is not a number from 0 to %.0f", text,
                       max);
    *out = x;
    return EW_OK;
}
