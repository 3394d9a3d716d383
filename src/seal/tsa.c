/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to time stamping authorities, and the judgement of what they answer. The chain is
 * walked here, by few rules that are written down, because another implementation has to come to
 * the same answer. */
#include "seal/tsa.h"

#include <string.h>

#include <sodium.h>

#include "base/alloc.h"
#include "seal/tsa_token.h"

enum {
    ANCHORS_MAX = 64, /* as many as a policy can name */
    NODES = 1 + EW_TSA_CERTS +
            ANCHORS_MAX, /* the signer, then those of the token, then these */
    DEPTH_MAX = 8        /* issuers above the signer */
};

/* Whether one certificate was signed by another, once it was looked at. */
typedef enum link { LINK_UNKNOWN, LINK_YES, LINK_NO } link;

typedef struct chain {
    const ew_cert *nodes[NODES];
    size_t count;
    size_t anchors_at; /* nodes from here on are those of the policy */
    uint8_t links[1 + EW_TSA_CERTS][NODES];
    int64_t time;
} chain;

typedef struct work {
    ew_tsa_token token;
    ew_cert anchors[ANCHORS_MAX];
    size_t anchor_count;
    chain chain;
} work;

/* ------------------------------------------------------------------ asking */

ew_code ew_tsa_request(const uint8_t digest[32], ew_buf *out, ew_err *err)
{
    /* TimeStampReq: version 1, SHA-256, the digest, a nonce of 8 bytes, certReq TRUE. */
    uint8_t der[] = "\x30\x43\x02\x01\x01\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65"
                    "\x03\x04\x02\x01\x05\x00\x04\x20"
                    "................................"
                    "\x02\x08........\x01\x01\xff";
    enum { DIGEST_AT = 24, NONCE_AT = 58, NONCE = 8 };
    memcpy(der + DIGEST_AT, digest, 32);
    randombytes_buf(der + NONCE_AT, NONCE);
    /* A positive number of so many bytes. */
    der[NONCE_AT] = (uint8_t)((der[NONCE_AT] & 0x3f) | 0x40);
    return ew_buf_append(out, der, sizeof der - 1, err);
}

/* ------------------------------------------------------------------ the chain */

static bool valid(const chain *k, const ew_cert *c)
{
    return c->from <= k->time && k->time <= c->to;
}

/* May this certificate vouch for others, with so many issuers between it and the signer? */
static bool may_issue(const ew_cert *c, uint64_t between)
{
    return c->ca && !c->strange && (!c->has_path_limit || between <= c->path_limit) &&
           (!c->has_usage || (c->usage & EW_USAGE_CERT_SIGN) != 0) &&
           (!c->has_purposes || c->for_time || c->for_any);
}

/* Is node i, which is none of the policy, signed by node j? */
static bool linked(chain *k, size_t i, size_t j)
{
    uint8_t *known = &k->links[i][j];
    if (*known == LINK_UNKNOWN) {
        const ew_cert *c = k->nodes[i];
        bool yes = ew_slice_same(c->issuer, k->nodes[j]->subject) &&
                   ew_cert_signed(k->nodes[j], c->method, c->tbs, c->signature);
        *known = yes ? LINK_YES : LINK_NO;
    }
    return *known == LINK_YES;
}

/* Is there a way from the signer to a certificate of the policy? Nearest first: whoever may issue
 * from further away may do so from nearby. */
static bool reaches_anchor(chain *k, bool at_time)
{
    bool seen[NODES] = {true};
    uint8_t queue[NODES] = {0};
    uint8_t depth[NODES] = {0};
    size_t end = 1;
    if (at_time && !valid(k, k->nodes[0]))
        return false;
    for (size_t j = k->anchors_at; j < k->count; j++)
        if (ew_slice_same(k->nodes[0]->whole, k->nodes[j]->whole))
            return true;
    for (size_t begin = 0; begin < end; begin++) {
        size_t i = queue[begin];
        for (size_t j = 1; j < k->count && depth[i] < DEPTH_MAX; j++) {
            if (seen[j] || !may_issue(k->nodes[j], depth[i]) ||
                (at_time && !valid(k, k->nodes[j])) || !linked(k, i, j))
                continue;
            if (j >= k->anchors_at)
                return true;
            seen[j] = true;
            depth[j] = (uint8_t)(depth[i] + 1);
            queue[end++] = (uint8_t)j;
        }
    }
    return false;
}

/* ------------------------------------------------------------------ the signer */

/* RFC 3161, 2.3: for time stamping and nothing else, and nobody may overlook that. */
static bool purpose_ok(const ew_cert *c)
{
    const unsigned fit = EW_USAGE_SIGNATURE | EW_USAGE_COMMITMENT;
    return c->has_purposes && c->purposes_critical && c->purposes == 1 && c->for_time &&
           (!c->has_usage || ((c->usage & fit) != 0 && (c->usage & ~fit) == 0));
}

static bool is_signer(const ew_tsa_token *t, const ew_cert *c)
{
    return ew_slice_same(c->issuer, t->issuer) && ew_slice_same(c->serial, t->serial);
}

static const ew_cert *find_signer(const work *w)
{
    for (size_t i = 0; i < w->token.cert_count; i++)
        if (is_signer(&w->token, &w->token.certs[i]))
            return &w->token.certs[i];
    for (size_t i = 0; i < w->anchor_count; i++)
        if (is_signer(&w->token, &w->anchors[i]))
            return &w->anchors[i];
    return NULL;
}

static bool digest_is(ew_md md, ew_slice bytes, ew_slice want)
{
    uint8_t got[EW_MD_BYTES_MAX];
    return want.n == ew_md_bytes(md) && ew_md_of(md, bytes, got) &&
           memcmp(got, want.p, want.n) == 0;
}

/* The signature is over the attributes as a SET, whatever tag they have in the token. */
static bool signature_holds(const ew_tsa_token *t, const ew_cert *signer, uint8_t *room)
{
    ew_slice as_set = {(const char *)room, t->attributes.n};
    memcpy(room, t->attributes.p, t->attributes.n);
    room[0] = EW_DER_SET;
    return digest_is(t->md, t->content, t->content_digest) &&
           (t->cert_sha1.p == NULL ||
            digest_is(EW_MD_SHA1, signer->whole, t->cert_sha1)) &&
           (t->cert_hash.p == NULL ||
            digest_is(t->cert_md, signer->whole, t->cert_hash)) &&
           ew_cert_signed(signer, t->method, as_set, t->signature);
}

/* ------------------------------------------------------------------ judging */

static void build_chain(work *w, const ew_cert *signer)
{
    chain *k = &w->chain;
    k->time = w->token.time;
    k->nodes[k->count++] = signer;
    for (size_t i = 0; i < w->token.cert_count; i++)
        k->nodes[k->count++] = &w->token.certs[i];
    k->anchors_at = k->count;
    for (size_t i = 0; i < w->anchor_count; i++)
        k->nodes[k->count++] = &w->anchors[i];
}

static ew_code name_signer(const ew_cert *signer, ew_tsa_answer *out, ew_err *err)
{
    ew_buf b;
    ew_buf_init(&b, sizeof out->authority - 1);
    ew_code code = ew_cert_name(signer, &b, err);
    if (code == EW_OK && b.data != NULL)
        memcpy(out->authority, b.data, b.len + 1);
    ew_buf_release(&b);
    return code == EW_E_LIMIT ? EW_OK : code;
}

/* In this order, so that two programs tell the same of a token that is bad in two ways. */
static ew_code judge(work *w, const uint8_t digest[32], ew_tsa_answer *out, ew_err *err)
{
    const ew_tsa_token *t = &w->token;
    const ew_cert *signer = find_signer(w);
    out->time = t->no_later;
    out->state = EW_TSA_OTHER;
    if (t->imprint_md != EW_MD_SHA256 || t->imprint.n != 32 ||
        memcmp(t->imprint.p, digest, 32) != 0)
        return EW_OK;
    out->state = EW_TSA_UNKNOWN;
    if (signer == NULL)
        return EW_OK;
    out->state = EW_TSA_METHOD;
    if (signer->strange || ew_cert_key(signer) != t->method.by)
        return EW_OK;
    uint8_t *room = ew_alloc(t->attributes.n);
    if (room == NULL)
        return ew_fail_nomem(err);
    out->state = EW_TSA_FORGED;
    bool holds = signature_holds(t, signer, room);
    ew_free(room);
    if (!holds)
        return EW_OK;
    build_chain(w, signer);
    out->state = !reaches_anchor(&w->chain, false)  ? EW_TSA_UNKNOWN
                 : !purpose_ok(signer)              ? EW_TSA_PURPOSE
                 : !reaches_anchor(&w->chain, true) ? EW_TSA_EXPIRED
                                                    : EW_TSA_GOOD;
    return name_signer(signer, out, err);
}

bool ew_tsa_over(ew_slice token, uint8_t digest[32])
{
    ew_tsa_token t;
    ew_tsa_state state = ew_tsa_token_read(&t, token);
    if ((state != EW_TSA_GOOD && state != EW_TSA_METHOD) ||
        t.imprint_md != EW_MD_SHA256 || t.imprint.n != 32)
        return false;
    memcpy(digest, t.imprint.p, 32);
    return true;
}

ew_code ew_tsa_check(ew_slice token, const uint8_t digest[32], const ew_slice *anchors,
                     size_t anchor_count, ew_tsa_answer *out, ew_err *err)
{
    memset(out, 0, sizeof *out);
    work *w = ew_alloc(sizeof *w);
    if (w == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < anchor_count && w->anchor_count < ANCHORS_MAX; i++)
        if (ew_cert_read(&w->anchors[w->anchor_count], anchors[i]))
            w->anchor_count++;
    ew_code code = EW_OK;
    out->state = ew_tsa_token_read(&w->token, token);
    if (out->state == EW_TSA_GOOD)
        code = judge(w, digest, out, err);
    ew_free(w);
    return code;
}
