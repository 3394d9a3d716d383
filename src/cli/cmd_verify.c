/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness verify: what a bundle proves, and what it does not. */
#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/hash.h"
#include "cli/cli.h"
#include "earwitness/seal.h"
#include "ops/seal.h"
#include "report/times.h"

static const opt_spec options[] = {
    {OPT_POLICY, 0, "policy", "FILE", "whom you trust; never from the bundle"},
};

static const char *const state_names[] = {"verified", "not-vouched-for", "broken"};
static const char *const state_words[] = {"VERIFIED", "NOT VOUCHED FOR", "BROKEN"};
static const char not_proven[] =
    "Not proven, by any seal: that the content is true; that nothing was left out before "
    "it\n"
    "was sealed; that no other version was sealed elsewhere.\n";

static json_t *streams_json(const ew_verdict *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->stream_count; i++) {
        const ew_verdict_stream *s = &v->streams[i];
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "splitter", s->splitter);
        ew_obj_int(&o, "parts", (int64_t)s->parts);
        ew_obj_int(&o, "shown", (int64_t)s->shown);
        ew_obj_int(&o, "runs", (int64_t)s->runs);
        ew_obj_int(&o, "bytes_shown", (int64_t)s->bytes_shown);
        ew_list_add(&list, o.json);
    }
    return list;
}

static void print_json(app *a, const char *name, const ew_verdict *v)
{
    char hex[2 * sizeof v->item + 1];
    char time[EW_TIME_TEXT];
    ew_obj o = ew_obj_new();
    ew_hex(v->item, sizeof v->item, hex);
    ew_obj_str(&o, "schema", "earwitness.verdict/1");
    ew_obj_str(&o, "name", name);
    ew_obj_str(&o, "verdict", state_names[v->state]);
    ew_obj_str(&o, "reason", v->reason);
    /* Of what is broken nothing is repeated: a reader might believe it. */
    if (v->state != EW_BROKEN) {
        ew_obj_str(&o, "item", hex);
        ew_obj_str(&o, "seal_key", v->seal_key);
        ew_obj_bool(&o, "seal_key_trusted", v->seal_key_trusted);
        ew_obj_str(&o, "log", v->log);
        ew_obj_bool(&o, "log_trusted", v->log_trusted);
        ew_obj_bool(&o, "quorum", v->quorum);
        ew_obj_int(&o, "witnesses", (int64_t)v->witnesses);
        ew_obj_int(&o, "entry", (int64_t)v->entry);
        ew_obj_int(&o, "log_size", (int64_t)v->log_size);
        if (v->timed)
            ew_obj_str(&o, "not_after", ew_iso_text(v->not_after, time));
        else
            ew_obj_null(&o, "not_after");
        ew_obj_str(&o, "after", v->after);
        ew_obj_int(&o, "time_tokens_not_looked_at", (int64_t)v->tokens);
        ew_obj_set(&o, "streams", streams_json(v));
    }
    out_object(a, &o);
}

static void print_stream(size_t i, const ew_verdict_stream *s)
{
    (void)printf("  stream %zu   %s: %" PRIu64 " of %" PRIu64 " parts shown, %" PRIu64
                 " hidden",
                 i, s->splitter, s->shown, s->parts, s->parts - s->shown);
    if (s->part_ms > 0)
        (void)printf("; a part is %.0f ms", s->part_ms);
    (void)printf("\n");
}

static void print_time(const ew_verdict *v)
{
    char time[EW_TIME_TEXT];
    if (v->timed)
        (void)printf("  time       on record no later than %s\n",
                     ew_iso_text(v->not_after, time));
    else
        (void)printf(
            "  time       not known: no witness that your policy asks for says when\n");
    if (v->after[0] != 0)
        (void)printf("             it quotes: %s\n", v->after);
    if (v->tokens > 0)
        (void)printf("             %" PRIu64 " time tokens were not looked at\n",
                     v->tokens);
}

static void print_text(const char *name, const ew_verdict *v)
{
    char hex[2 * sizeof v->item + 1];
    ew_hex(v->item, sizeof v->item, hex);
    (void)printf("%s: %s%s%s\n", name, state_words[v->state],
                 v->reason[0] != 0 ? ": " : "", v->reason);
    if (v->state == EW_BROKEN)
        return;
    (void)printf("  item       %s\n", hex);
    (void)printf("  seal       signed by %s%s\n",
                 v->seal_key[0] != 0 ? v->seal_key : "somebody whose key is not at hand",
                 v->seal_key_trusted ? ", whom your policy names"
                                     : ", for whom nobody you named vouches");
    (void)printf("  log        %s, entry %" PRIu64 " of %" PRIu64 "%s, %" PRIu64
                 " of your witnesses\n",
                 v->log, v->entry + 1, v->log_size,
                 v->log_trusted ? "" : " (not in your policy)", v->witnesses);
    print_time(v);
    for (size_t i = 0; i < v->stream_count; i++)
        print_stream(i, &v->streams[i]);
    (void)fputs(not_proven, stdout);
}

static int run(app *a, const args *in)
{
    static const int codes[] = {EXIT_FOUND, EXIT_NOTHING, EXIT_BROKEN};
    ew_verdict v;
    ew_err err;
    if (ew_ops_verify(in->operands[0], in->values[OPT_POLICY], &v, &err) != EW_OK)
        return fail_command(a, &err);
    char *name = ew_safe_name(in->operands[0]);
    if (name == NULL) {
        (void)ew_fail_nomem(&err);
        return fail_command(a, &err);
    }
    if (a->json)
        print_json(a, name, &v);
    else if (!a->quiet)
        print_text(name, &v);
    ew_free(name);
    return codes[v.state];
}

const command cmd_verify = {
    .name = "verify",
    .usage = "BUNDLE --policy FILE",
    .summary = "check what a bundle proves",
    .details =
        "Offline. The policy (c2sp.org/tlog-policy) is your own file: whose seals, "
        "whose\n"
        "logs, how many witnesses; 'earwitness key export' prints that of a desk. "
        "Without\n"
        "one nothing is called verified. Exit status: 0 verified, 1 nobody you trust\n"
        "vouches for it, 4 something does not hold",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};
