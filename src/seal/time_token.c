/* SPDX-License-Identifier: Apache-2.0 */
/* Time tokens in words. The words are the same wherever a bundle is checked; none of them says
 * more than what holds by the reader's own policy. docs/formats/time.md lists them. */
#include "seal/time_token.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <openssl/sha.h>

#include "base/alloc.h"
#include "base/when.h"
#include "base/words.h"
#include "seal/ots.h"
#include "seal/tsa.h"

enum { CALENDAR_SHOWN = 100 };

typedef struct judged {
    const ew_policy *policy; /* or NULL */
    uint8_t digest[32];
    ew_verdict *v;
} judged;

/* One line; NULL when there is no room for more. */
static ew_verdict_time *line(judged *j, const char *kind, const char *fmt, ...)
    EW_PRINTF(3, 4);

static ew_verdict_time *line(judged *j, const char *kind, const char *fmt, ...)
{
    va_list args;
    if (j->v->time_count == EW_VERDICT_TIMES)
        return NULL;
    ew_verdict_time *t = &j->v->times[j->v->time_count++];
    memset(t, 0, sizeof *t);
    (void)snprintf(t->kind, sizeof t->kind, "%s", kind);
    va_start(args, fmt);
    (void)vsnprintf(t->words, sizeof t->words, fmt, args);
    va_end(args);
    return t;
}

/* The line shows a time. */
static void proves(judged *j, ew_verdict_time *t, int64_t time)
{
    if (t == NULL)
        return;
    t->good = true;
    t->not_after = time;
    if (!j->v->timed || time < j->v->not_after) {
        j->v->timed = true;
        j->v->not_after = time;
    }
}

/* ------------------------------------------------------------------ RFC 3161 */

/* Those of which nobody is named: the signature was not reached. */
static const char *unsigned_words(ew_tsa_state state)
{
    switch (state) {
    case EW_TSA_REFUSED:
        return EW_N("the authority refused to stamp: proves nothing");
    case EW_TSA_OTHER:
        return EW_N(
            "a time stamp over something else than this checkpoint: proves nothing");
    case EW_TSA_FORGED:
        return EW_N("the signature of the time stamp does not hold: altered, or forged");
    case EW_TSA_METHOD:
        return EW_N(
            "a time stamp made in a way that is not accepted here: proves nothing");
    default:
        return EW_N("cannot be read as a time stamp: proves nothing");
    }
}

static void tell_tsa(judged *j, const ew_tsa_answer *a)
{
    char by[EW_TSA_NAME + 32];
    char when[EW_ISO_TEXT];
    (void)snprintf(by, sizeof by,
                   a->authority[0] != 0 ? EW_N("time stamp by \"%s\"")
                                        : EW_N("time stamp by somebody without a name%s"),
                   a->authority);
    switch (a->state) {
    case EW_TSA_GOOD:
        proves(j, line(j, "tsa", "%s: no later than %s", by, ew_iso_text(a->time, when)),
               a->time);
        return;
    case EW_TSA_UNKNOWN:
        (void)line(j, "tsa", "%s, for whom no authority in your policy vouches", by);
        return;
    case EW_TSA_EXPIRED:
        (void)line(j, "tsa",
                   "%s: a certificate had expired, or was not valid yet, at that time",
                   by);
        return;
    case EW_TSA_PURPOSE:
        (void)line(j, "tsa", "%s: the certificate is not for time stamping alone", by);
        return;
    default:
        (void)line(j, "tsa", "%s", unsigned_words(a->state));
    }
}

static ew_code judge_tsa(judged *j, ew_slice bytes, ew_err *err)
{
    ew_slice anchors[EW_POLICY_MAX];
    ew_tsa_answer answer;
    size_t n = j->policy != NULL ? j->policy->anchor_count : 0;
    for (size_t i = 0; i < n; i++)
        anchors[i] =
            (ew_slice){(const char *)j->policy->anchors[i].der, j->policy->anchors[i].n};
    ew_code code = ew_tsa_check(bytes, j->digest, anchors, n, &answer, err);
    if (code == EW_OK)
        tell_tsa(j, &answer);
    return code;
}

/* ------------------------------------------------------------------ OpenTimestamps */

static void tell_bitcoin(judged *j, const ew_ots_attestation *a)
{
    char when[EW_ISO_TEXT];
    uintmax_t height = a->height;
    const ew_policy_block *b =
        j->policy != NULL ? ew_policy_block_at(j->policy, a->height) : NULL;
    if (b == NULL)
        (void)line(j, "ots",
                   "in Bitcoin block %ju, whose header your policy does not give: not "
                   "checked",
                   height);
    else if (!a->root_fits || memcmp(a->root, b->root, sizeof b->root) != 0)
        (void)line(j, "ots",
                   "the header of Bitcoin block %ju that your policy gives does not hold "
                   "this: another chain, or a forged proof",
                   height);
    else
        proves(j,
               line(j, "ots", "Bitcoin block %ju: no later than %s, by its miner's clock",
                    height, ew_iso_text(b->time, when)),
               b->time);
}

static void tell_ots(judged *j, const ew_ots_attestation *a)
{
    int n = (int)(a->calendar.n < CALENDAR_SHOWN ? a->calendar.n : CALENDAR_SHOWN);
    switch (a->kind) {
    case EW_OTS_BITCOIN:
        tell_bitcoin(j, a);
        return;
    case EW_OTS_PENDING:
        (void)line(j, "ots", "pending at %.*s%s: proves nothing yet", n, a->calendar.p,
                   a->calendar.n > CALENDAR_SHOWN ? "..." : "");
        return;
    case EW_OTS_LITECOIN:
    case EW_OTS_ETHEREUM:
        (void)line(j, "ots", "in %s block %ju: that chain is not looked at",
                   a->kind == EW_OTS_LITECOIN ? "Litecoin" : "Ethereum",
                   (uintmax_t)a->height);
        return;
    default:
        (void)line(j, "ots", "an attestation of an unknown kind: proves nothing");
    }
}

static ew_code judge_ots(judged *j, ew_slice bytes, ew_err *err)
{
    ew_err why;
    ew_ots *o = ew_alloc(sizeof *o);
    if (o == NULL)
        return ew_fail_nomem(err);
    ew_code code = ew_ots_parse(o, bytes.p, bytes.n, &why);
    if (code == EW_E_FORMAT || code == EW_E_LIMIT)
        (void)line(j, "ots", "cannot be read as an OpenTimestamps proof: proves nothing");
    else if (code == EW_OK && (!o->sha256 || memcmp(o->digest, j->digest, 32) != 0))
        (void)line(j, "ots",
                   "an OpenTimestamps proof over something else than this checkpoint: "
                   "proves nothing");
    else
        for (size_t i = 0; code == EW_OK && i < o->count; i++)
            tell_ots(j, &o->found[i]);
    ew_free(o);
    if (code == EW_E_NOMEM)
        return ew_fail_nomem(err);
    return EW_OK;
}

ew_code ew_time_token_judge(ew_slice stamped, const ew_policy *policy, ew_slice bytes,
                            bool ots, ew_verdict *v, ew_err *err)
{
    judged j = {.policy = policy, .v = v};
    (void)SHA256((const unsigned char *)stamped.p, stamped.n, j.digest);
    return ots ? judge_ots(&j, bytes, err) : judge_tsa(&j, bytes, err);
}
