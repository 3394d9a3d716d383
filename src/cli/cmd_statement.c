/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness statement and repudiate: what somebody says, signed and on record. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "base/when.h"
#include "cli/desk.h"
#include "cli/statement.h"

#define SAYING_OPTIONS                                                                   \
    DESK_OPTION, PASS_OPTIONS, {OPT_TEXT, 0, "text", "WORDS", "what is said"},           \
        {OPT_TEXT_FILE, 0, "text-file", "FILE", "the same from a file; - is stdin"},     \
        {OPT_ACTOR, 0, "actor", "NAME", "who says it, as the statement has it"},         \
        {OPT_NAME_FILE, 0, "name-file", "FILE",                                          \
         "commit to the name in FILE that stands behind the actor"},                     \
        {OPT_PREV, 0, "prev", "ENTRY", "follows that entry of the log"},                 \
        {OPT_OUTPUT, 'o', "output", "FILE", "write the signed statement there too"},     \
    {                                                                                    \
        OPT_UNSIGNED, 0, "unsigned", NULL,                                               \
            "with -o: only the text, for a person to sign with ssh-keygen"               \
    }

static const opt_spec statement_options[] = {
    SAYING_OPTIONS,
    {OPT_ABOUT, 0, "about", "ITEM", "about what was sealed under this number"},
    {OPT_DIGEST_OF, 0, "digest-of", "FILE", "about this file, which is public"},
    {OPT_KIND, 0, "kind", "KIND", "statement (default), asked, answered or no-reply-by"},
    {OPT_STANCE, 0, "stance", "STANCE",
     "a position: denies, says-fabricated, retracts ..."},
    {OPT_KEY, 0, "key", "KEY", "of add: the person's public key"},
    {OPT_KEYS, 0, "keys", "FILE", "of add and check: public keys, as allowed signers"},
    {OPT_POLICY, 0, "policy", "FILE", "of check: whom you trust"},
    {OPT_SALT, 0, "salt", "SALT", "of check: what opens the name, with --name-file"},
    {OPT_PROOF, 0, "proof", "FILE", "of check: what proves that it is on record"},
};

static const opt_spec repudiate_options[] = {SAYING_OPTIONS};

enum { WORDS_MAX = EW_EVENT_BYTES };

/* ------------------------------------------------------------------ making */

/* The words, from wherever they come; may stay empty. */
static ew_code read_words(const args *in, ew_buf *words, ew_err *err)
{
    const char *text = in->values[OPT_TEXT];
    const char *file = in->values[OPT_TEXT_FILE];
    ew_code code = EW_OK;
    if (text != NULL && file != NULL)
        return ew_fail(err, EW_E_ARG, 0, "one of --text and --text-file is enough");
    if (text != NULL)
        code = ew_buf_append(words, text, strlen(text), err);
    else if (file != NULL)
        code = ew_file_get(strcmp(file, "-") == 0 ? "/dev/stdin" : file, words, err);
    if (code == EW_OK && words->len > 0 && memchr(words->data, 0, words->len) != NULL)
        code = ew_fail(err, EW_E_ARG, 0, "these are no words: they hold a zero byte");
    return code;
}

static ew_code take_kind(const args *in, ew_statement *s, ew_err *err)
{
    const char *kind = in->values[OPT_KIND];
    const char *stance = in->values[OPT_STANCE];
    if (stance != NULL) {
        s->kind = EW_EVENT_POSITION;
        if (kind != NULL || !ew_stance_named(ew_slice_of(stance), &s->stance))
            return ew_fail(err, EW_E_ARG, 0,
                           "--stance is confirms, denies, says-fabricated, says-altered, "
                           "no-comment or retracts, without --kind");
    } else if (kind != NULL &&
               (!ew_event_named(ew_slice_of(kind), &s->kind) ||
                s->kind > EW_EVENT_NO_REPLY_BY || s->kind == EW_EVENT_REPUDIATION)) {
        return ew_fail(err, EW_E_ARG, 0,
                       "--kind is statement, asked, answered or no-reply-by");
    }
    if (s->kind == EW_EVENT_STATEMENT && s->words == NULL)
        return ew_fail(err, EW_E_ARG, 0,
                       "what is to be said? give it with --text or --text-file");
    return EW_OK;
}

/* What opens a commitment: for whoever is to be shown what it is of, and nobody else. */
static ew_code show_salt(app *a, const char *of, const uint8_t salt[EW_SALT], ew_err *err)
{
    ew_buf b;
    ew_buf_init(&b, 256);
    ew_code code = ew_base64_append(&b, salt, EW_SALT, err);
    if (code == EW_OK && a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.salt/1");
        ew_obj_str(&o, "of", of);
        ew_obj_str(&o, "salt", (const char *)b.data);
        out_object(a, &o);
    } else if (code == EW_OK) {
        (void)printf("salt of the %s: %s\n", of, (const char *)b.data);
    }
    if (b.data != NULL)
        ew_wipe(b.data, b.len);
    ew_buf_release(&b);
    return code;
}

/* The text alone, for a person to sign. */
static int write_unsigned(app *a, const args *in, const ew_statement *s)
{
    const char *out = in->values[OPT_OUTPUT];
    char *dir = NULL;
    ew_said *said = NULL;
    ew_buf text;
    ew_err err;
    ew_code code = EW_OK;
    ew_buf_init(&text, EW_EVENT_BYTES);
    if (out == NULL)
        code = ew_fail(&err, EW_E_ARG, 0, "--unsigned writes to the file that -o names");
    if (code == EW_OK && s->prev != NULL)
        code = ew_desk_dir(in->values[OPT_DESK], &dir, &err);
    if (code == EW_OK)
        code = ew_ops_say(NULL, dir, s, &said, &err);
    if (code == EW_OK)
        code = ew_event_append(&text, &said->event, &err);
    if (code == EW_OK)
        code = ew_file_put(out, text.data, text.len, &err);
    if (code == EW_OK && s->name != NULL)
        code = show_salt(a, "name", said->salts.name, &err);
    if (code == EW_OK)
        say(a,
            "to be signed by whoever says it: ssh-keygen -Y sign -n earwitness -f KEY "
            "'%s'; then 'earwitness statement add' puts it on record",
            out);
    ew_buf_release(&text);
    ew_free(said);
    ew_free(dir);
    return code == EW_OK ? EXIT_FOUND : fail_command(a, &err);
}

/* What became of it; and the file of it where -o says. */
static ew_code tell_put(app *a, const args *in, const ew_event_kept *k, ew_err *err)
{
    const char *out = in->values[OPT_OUTPUT];
    ew_code code = EW_OK;
    if (out != NULL)
        code = ew_file_put(out, k->bytes.data, k->bytes.len, err);
    if (code == EW_OK && a->json)
        code = statement_json(a, k, err);
    else if (code == EW_OK && !a->quiet)
        (void)printf("%s  entry %" PRIu64 "\n", ew_event_name(k->event.kind), k->entry);
    return code;
}

static int put_signed(app *a, const args *in, const ew_statement *s)
{
    ew_desk d;
    ew_said *said = NULL;
    ew_event_kept k;
    ew_err err;
    int exit_code = desk_open(a, in, &d);
    if (exit_code != 0)
        return exit_code;
    ew_event_kept_init(&k);
    ew_code code = ew_ops_say(&d, d.dir, s, &said, &err);
    if (code == EW_OK)
        code = ew_ops_event_put(&d, &said->event, &said->salts, &k, &err);
    if (code == EW_OK)
        code = tell_put(a, in, &k, &err);
    ew_event_kept_release(&k);
    ew_free(said);
    ew_desk_close(&d);
    return code == EW_OK ? EXIT_FOUND : fail_desk(a, &err);
}

/* s: what it is about is filled in. */
static int make(app *a, const args *in, ew_statement *s)
{
    ew_buf words;
    ew_err err;
    int exit_code;
    ew_buf_init(&words, WORDS_MAX);
    s->actor = in->values[OPT_ACTOR];
    s->prev = in->values[OPT_PREV];
    s->name = in->values[OPT_NAME_FILE];
    ew_code code = read_words(in, &words, &err);
    if (words.len > 0)
        s->words = (const char *)words.data;
    if (code == EW_OK)
        code = take_kind(in, s, &err);
    if (code != EW_OK)
        exit_code = fail_command(a, &err);
    else if (in->values[OPT_UNSIGNED] != NULL)
        exit_code = write_unsigned(a, in, s);
    else
        exit_code = put_signed(a, in, s);
    ew_buf_release(&words);
    return exit_code;
}

/* ------------------------------------------------------------------ of persons */

static int add(app *a, const args *in)
{
    const char *which =
        in->values[OPT_KEY] != NULL ? in->values[OPT_KEY] : in->values[OPT_KEYS];
    ew_desk d;
    ew_event_kept k;
    ew_err err;
    ew_code code = EW_OK;
    ew_keyring *keys = ew_alloc(sizeof *keys);
    if (keys == NULL)
        code = ew_fail_nomem(&err);
    else if (which == NULL)
        code = ew_fail(&err, EW_E_ARG, 0,
                       "whose signature is it? give the key with --key or --keys");
    else
        code = ew_ops_keys_read(which, keys, &err);
    int exit_code = code == EW_OK ? desk_open(a, in, &d) : fail_command(a, &err);
    if (exit_code != 0) {
        ew_free(keys);
        return exit_code;
    }
    ew_event_kept_init(&k);
    code = ew_ops_statement_add(&d, in->operands[1],
                                in->count == 3 ? in->operands[2] : NULL, keys, &k, &err);
    if (code == EW_OK)
        code = tell_put(a, in, &k, &err);
    ew_event_kept_release(&k);
    ew_desk_close(&d);
    ew_free(keys);
    return code == EW_OK ? EXIT_FOUND : fail_desk(a, &err);
}

static int check(app *a, const args *in)
{
    ew_statement_files files = {in->operands[1],
                                in->count == 3 ? in->operands[2] : NULL,
                                in->values[OPT_POLICY],
                                in->values[OPT_KEYS] != NULL ? in->values[OPT_KEYS]
                                                             : in->values[OPT_KEY],
                                in->values[OPT_PROOF],
                                in->values[OPT_DIGEST_OF],
                                in->values[OPT_NAME_FILE],
                                in->values[OPT_SALT]};
    static const int codes[] = {EXIT_FOUND, EXIT_NOTHING, EXIT_BROKEN};
    ew_statement_check c;
    ew_err err;
    ew_code code = ew_ops_statement_check(&files, &c, &err);
    if (code != EW_OK)
        return fail_command(a, &err);
    int exit_code = codes[c.answer.state];
    code = statement_verdict(a, &files, &c, &err);
    ew_statement_check_release(&c);
    return code == EW_OK ? exit_code : fail_command(a, &err);
}

/* ------------------------------------------------------------------ those of the desk */

static int list(app *a, const args *in)
{
    ew_desk d;
    ew_event_list all;
    ew_err err;
    int exit_code = desk_open(a, in, &d);
    if (exit_code != 0)
        return exit_code;
    ew_code code = ew_ops_events(&d, NULL, &all, &err);
    for (size_t i = 0; code == EW_OK && i < all.n; i++)
        code = a->json ? statement_json(a, &all.kept[i], &err)
                       : statement_line(&all.kept[i], &err);
    ew_event_list_release(&all);
    ew_desk_close(&d);
    return code == EW_OK ? EXIT_FOUND : fail_desk(a, &err);
}

static int give(app *a, const args *in)
{
    ew_desk d;
    ew_err err;
    uint64_t entry = 0;
    const char *out = in->values[OPT_OUTPUT];
    if (out == NULL || !ew_slice_u64(ew_slice_of(in->operands[1]), &entry)) {
        (void)ew_fail(&err, EW_E_ARG, 0,
                      "'statement export' takes the number of an entry, and -o FILE");
        return fail_command(a, &err);
    }
    int exit_code = desk_open(a, in, &d);
    if (exit_code != 0)
        return exit_code;
    if (ew_ops_statement_export(&d, entry, out, &err) != EW_OK)
        exit_code = fail_desk(a, &err);
    else
        say(a, "wrote '%s' and what proves that it is on record, '%s.tlog-proof'", out,
            out);
    ew_desk_close(&d);
    return exit_code;
}

static ew_code show_salts(app *a, const ew_event_kept *k, ew_err *err)
{
    ew_code code = EW_OK;
    if (!k->event.has_name && !k->event.has_before && !k->event.has_after)
        return ew_fail(err, EW_E_NOTFOUND, 0, "this event commits to nothing");
    if (k->ssh)
        return ew_fail(err, EW_E_NOTFOUND, 0, "the salt is with the person who signed");
    if (k->event.has_name)
        code = show_salt(a, "name", k->salts.name, err);
    if (code == EW_OK && k->event.has_before)
        code = show_salt(a, "content before", k->salts.before, err);
    if (code == EW_OK && k->event.has_after)
        code = show_salt(a, "content after", k->salts.after, err);
    return code;
}

static int reveal(app *a, const args *in)
{
    ew_desk d;
    ew_event_kept k;
    ew_err err;
    uint64_t entry = 0;
    if (!ew_slice_u64(ew_slice_of(in->operands[1]), &entry)) {
        (void)ew_fail(&err, EW_E_ARG, 0, "an entry is named by its number, from 0");
        return fail_command(a, &err);
    }
    int exit_code = desk_open(a, in, &d);
    if (exit_code != 0)
        return exit_code;
    ew_event_kept_init(&k);
    ew_code code = ew_ops_statement_salts(&d, entry, &k, &err);
    if (code == EW_OK)
        code = show_salts(a, &k, &err);
    ew_event_kept_release(&k);
    ew_desk_close(&d);
    return code == EW_OK ? EXIT_FOUND : fail_desk(a, &err);
}

static int run(app *a, const args *in)
{
    const char *verb = in->count > 0 ? in->operands[0] : "";
    ew_statement s = {.kind = EW_EVENT_STATEMENT,
                      .item = in->values[OPT_ABOUT],
                      .file = in->values[OPT_DIGEST_OF]};
    ew_err err;
    if (in->count == 0)
        return make(a, in, &s);
    if (strcmp(verb, "add") == 0 && in->count >= 2)
        return add(a, in);
    if (strcmp(verb, "check") == 0 && in->count >= 2)
        return check(a, in);
    if (strcmp(verb, "list") == 0 && in->count == 1)
        return list(a, in);
    if (strcmp(verb, "export") == 0 && in->count == 2)
        return give(a, in);
    if (strcmp(verb, "reveal") == 0 && in->count == 2)
        return reveal(a, in);
    (void)ew_fail(&err, EW_E_ARG, 0,
                  "'statement' takes --text and no operand, or knows add FILE SIGNATURE, "
                  "check FILE, export ENTRY, reveal ENTRY and list");
    return fail_command(a, &err);
}

/* A file that is there, else the number of an item. */
static int repudiate(app *a, const args *in)
{
    struct stat st;
    ew_statement s = {.kind = EW_EVENT_REPUDIATION};
    if (stat(in->operands[0], &st) == 0)
        s.file = in->operands[0];
    else
        s.item = in->operands[0];
    return make(a, in, &s);
}

const command cmd_statement = {
    .name = "statement",
    .usage = "[add|check|export|reveal|list] [FILE SIG|ENTRY]",
    .summary = "put on record what somebody says; check what somebody said",
    .details =
        "without an operand: signs what --text says with the desk's statement key and\n"
        "puts it on the log, which shows it to nobody. With --unsigned it writes the\n"
        "text for a person to sign with ssh-keygen -Y sign -n earwitness; add checks\n"
        "that signature and puts it on the log. check says who signed a statement, by\n"
        "keys that you have, and since when it is on record; exit status 1 when none of\n"
        "your keys signed it, 4 when something does not hold. export writes a statement\n"
        "and its proof to give away; list shows what this desk has on record; reveal\n"
        "prints what opens its commitments to names and content. Stances:\n"
        "confirms, denies, says-fabricated, says-altered, no-comment, retracts",
    .options = statement_options,
    .option_count = EW_COUNT(statement_options),
    .operands_min = 0,
    .operands_max = 3,
    .run = run,
};

const command cmd_repudiate = {
    .name = "repudiate",
    .usage = "FILE|ITEM",
    .summary = "put on record that a file that is going round is not yours",
    .details =
        "a statement that a letter, recording or picture which was published in\n"
        "somebody's name is not by them: it quotes the digest of the file, or the\n"
        "number of a sealed item. Signed and put on the log as 'earwitness\n"
        "statement' does it, or with --unsigned written for a person to sign",
    .options = repudiate_options,
    .option_count = EW_COUNT(repudiate_options),
    .operands_min = 1,
    .operands_max = 1,
    .run = repudiate,
};
