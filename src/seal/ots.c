/* SPDX-License-Identifier: Apache-2.0 */
/* OpenTimestamps proofs: the tree of operations is walked with a stack of its own, since its
 * depth is chosen by whoever wrote the file. Strict as the reference, and numbers have one
 * spelling. */
#include "seal/ots.h"

#include <string.h>

#include <openssl/sha.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "seal/old_hash.h"

#define MAGIC "\0OpenTimestamps\0\0Proof\0\xbf\x89\xe2\xe8\x84\xe8\x92\x94"

enum {
    MAGIC_BYTES = sizeof MAGIC - 1,
    VERSION = 1,
    TAG_BYTES = 8,
    PAYLOAD_MAX = 8192,
    CALENDAR_MAX = 1000
};

/* Tags of operations; from the reference. */
enum {
    OP_ATTESTATION = 0x00,
    OP_SHA1 = 0x02,
    OP_RIPEMD160 = 0x03,
    OP_SHA256 = 0x08,
    OP_KECCAK256 = 0x67,
    OP_APPEND = 0xf0,
    OP_PREPEND = 0xf1,
    OP_REVERSE = 0xf2,
    OP_HEXLIFY = 0xf3,
    OP_FORK = 0xff
};

static const struct {
    uint8_t tag[TAG_BYTES];
    ew_ots_kind kind;
} notaries[] = {
    {{0x83, 0xdf, 0xe3, 0x0d, 0x2e, 0xf9, 0x0c, 0x8e}, EW_OTS_PENDING},
    {{0x05, 0x88, 0x96, 0x0d, 0x73, 0xd7, 0x19, 0x01}, EW_OTS_BITCOIN},
    {{0x06, 0x86, 0x9a, 0x0d, 0x73, 0xd7, 0x1b, 0x45}, EW_OTS_LITECOIN},
    {{0x30, 0xfe, 0x80, 0x87, 0xb5, 0xc7, 0xea, 0xd7}, EW_OTS_ETHEREUM},
};

/* A message that is needed again after the branch that comes first. */
typedef struct saved {
    uint8_t *bytes;
    size_t n;
    unsigned depth;
} saved;

/* The file, or the payload of an attestation. */
typedef struct reader {
    const uint8_t *p;
    size_t n;
    size_t at;
    ew_err *err;
} reader;

typedef struct walk {
    reader in;
    ew_ots *out;
    uint8_t message[EW_OTS_MESSAGE];
    uint8_t other[EW_OTS_MESSAGE]; /* where the next one is made */
    size_t len;
    unsigned depth;
    saved stack[EW_OTS_DEPTH]; /* at most one for each depth */
    size_t saved_count;
} walk;

static ew_code bad(const reader *r, const char *why)
{
    return ew_fail(r->err, EW_E_FORMAT, r->at, "not an OpenTimestamps proof: %s", why);
}

static ew_code too_much(const reader *r, const char *why)
{
    return ew_fail(r->err, EW_E_LIMIT, r->at, "an OpenTimestamps proof with %s", why);
}

/* ------------------------------------------------------------------ reading */

static ew_code take_byte(reader *r, uint8_t *v)
{
    if (r->at == r->n)
        return bad(r, "it ends too early");
    *v = r->p[r->at++];
    return EW_OK;
}

/* Seven bits in each byte, the lowest first; no longer than need be. */
static ew_code take_number(reader *r, uint64_t *v)
{
    uint8_t b = 0x80;
    *v = 0;
    for (unsigned shift = 0; (b & 0x80) != 0; shift += 7) {
        ew_code code = take_byte(r, &b);
        if (code != EW_OK)
            return code;
        if (shift > 63 || (shift == 63 && b > 1))
            return bad(r, "a number of more than 64 bits");
        if (b == 0 && shift > 0)
            return bad(r, "a number with another spelling");
        *v |= (uint64_t)(b & 0x7f) << shift;
    }
    return EW_OK;
}

static ew_code take_bytes(reader *r, size_t min, size_t max, ew_slice *out)
{
    uint64_t n = 0;
    ew_code code = take_number(r, &n);
    if (code != EW_OK)
        return code;
    if (n > max)
        return too_much(r, "bytes in a row beyond the limit");
    if (n < min)
        return bad(r, "something is missing");
    if (n > r->n - r->at)
        return bad(r, "it ends too early");
    *out = (ew_slice){(const char *)r->p + r->at, (size_t)n};
    r->at += (size_t)n;
    return EW_OK;
}

/* ------------------------------------------------------------------ attestations */

/* The letters that the reference lets a calendar's address have. */
static bool address_ok(ew_slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool fine = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                    (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_' ||
                    c == '/' || c == ':';
        if (!fine)
            return false;
    }
    return true;
}

/* What stands in an attestation of a kind that is known; nothing may follow it. */
static ew_code read_payload(const reader *r, ew_slice payload, ew_ots_attestation *a)
{
    reader inner = {.p = (const uint8_t *)payload.p, .n = payload.n, .err = r->err};
    ew_code code;
    if (a->kind == EW_OTS_UNKNOWN)
        return EW_OK;
    if (a->kind == EW_OTS_PENDING) {
        code = take_bytes(&inner, 0, CALENDAR_MAX, &a->calendar);
        if (code == EW_OK && !address_ok(a->calendar))
            code = bad(r, "the address of a calendar is none");
    } else {
        code = take_number(&inner, &a->height);
    }
    if (code == EW_OK && inner.at != inner.n)
        code = bad(r, "an attestation holds more than it should");
    return code;
}

static ew_code take_attestation(walk *w)
{
    ew_ots_attestation a = {.kind = EW_OTS_UNKNOWN};
    ew_slice payload;
    if (w->out->count == EW_OTS_ATTESTATIONS)
        return too_much(&w->in, "too many attestations");
    if (w->in.n - w->in.at < TAG_BYTES)
        return bad(&w->in, "it ends too early");
    for (size_t i = 0; i < EW_COUNT(notaries); i++)
        if (memcmp(w->in.p + w->in.at, notaries[i].tag, TAG_BYTES) == 0)
            a.kind = notaries[i].kind;
    w->in.at += TAG_BYTES;
    ew_code code = take_bytes(&w->in, 0, PAYLOAD_MAX, &payload);
    if (code == EW_OK)
        code = read_payload(&w->in, payload, &a);
    if (code != EW_OK)
        return code;
    a.root_fits = w->len == sizeof a.root;
    if (a.root_fits)
        memcpy(a.root, w->message, sizeof a.root);
    w->out->found[w->out->count++] = a;
    return EW_OK;
}

/* ------------------------------------------------------------------ operations */

/* Length of a digest; 0: the tag is that of no hash function. */
static size_t digest_bytes(uint8_t tag)
{
    switch (tag) {
    case OP_SHA1:
    case OP_RIPEMD160:
        return 20;
    case OP_SHA256:
    case OP_KECCAK256:
        return 32;
    default:
        return 0;
    }
}

static void hash(walk *w, uint8_t tag)
{
    if (tag == OP_SHA1)
        (void)SHA1(w->message, w->len, w->other);
    else if (tag == OP_SHA256)
        (void)SHA256(w->message, w->len, w->other);
    else if (tag == OP_RIPEMD160)
        ew_ripemd160(w->message, w->len, w->other);
    else
        ew_keccak256(w->message, w->len, w->other);
    w->len = digest_bytes(tag);
    memcpy(w->message, w->other, w->len);
}

static ew_code join(walk *w, uint8_t tag)
{
    ew_slice arg;
    ew_code code = take_bytes(&w->in, 1, EW_OTS_MESSAGE, &arg);
    if (code != EW_OK)
        return code;
    if (arg.n > EW_OTS_MESSAGE - w->len)
        return too_much(&w->in, "a message of more than 4096 bytes");
    if (tag == OP_PREPEND) {
        memmove(w->message + arg.n, w->message, w->len);
        memcpy(w->message, arg.p, arg.n);
    } else {
        memcpy(w->message + w->len, arg.p, arg.n);
    }
    w->len += arg.n;
    return EW_OK;
}

static ew_code hexlify(walk *w)
{
    static const char digits[] = "0123456789abcdef";
    if (w->len > EW_OTS_MESSAGE / 2)
        return too_much(&w->in, "a message of more than 4096 bytes");
    for (size_t i = w->len; i-- > 0;) {
        uint8_t b = w->message[i];
        w->message[2 * i] = (uint8_t)digits[b >> 4];
        w->message[2 * i + 1] = (uint8_t)digits[b & 15];
    }
    w->len *= 2;
    return EW_OK;
}

static void reverse(walk *w)
{
    for (size_t i = 0; i < w->len; i++)
        w->other[i] = w->message[w->len - 1 - i];
    memcpy(w->message, w->other, w->len);
}

/* A message is never empty: digests are not, and no operation makes it shorter. */
static ew_code apply(walk *w, uint8_t tag)
{
    if (++w->depth == EW_OTS_DEPTH)
        return too_much(&w->in, "too many operations one after another");
    if (tag == OP_APPEND || tag == OP_PREPEND)
        return join(w, tag);
    if (tag == OP_HEXLIFY)
        return hexlify(w);
    if (tag == OP_REVERSE)
        reverse(w);
    else if (digest_bytes(tag) > 0)
        hash(w, tag);
    else
        return bad(&w->in, "an operation that is not known");
    return EW_OK;
}

static ew_code save(walk *w)
{
    saved *s = &w->stack[w->saved_count];
    s->bytes = ew_alloc(w->len);
    if (s->bytes == NULL)
        return ew_fail_nomem(w->in.err);
    memcpy(s->bytes, w->message, w->len);
    s->n = w->len;
    s->depth = w->depth;
    w->saved_count++;
    return EW_OK;
}

static void restore(walk *w)
{
    saved *s = &w->stack[--w->saved_count];
    memcpy(w->message, s->bytes, s->n);
    w->len = s->n;
    w->depth = s->depth;
    ew_free(s->bytes);
}

/* Each branch ends with an attestation; OP_FORK says that another branch of the same message
 * follows the one that comes now. */
static ew_code walk_tree(walk *w)
{
    for (;;) {
        uint8_t tag = 0;
        ew_code code = take_byte(&w->in, &tag);
        bool more = tag == OP_FORK;
        if (code == EW_OK && more)
            code = take_byte(&w->in, &tag);
        if (code == EW_OK && tag == OP_ATTESTATION) {
            code = take_attestation(w);
            if (code == EW_OK && !more && w->saved_count == 0)
                return EW_OK;
            if (code == EW_OK && !more)
                restore(w);
        } else if (code == EW_OK) {
            if (more)
                code = save(w);
            if (code == EW_OK)
                code = apply(w, tag);
        }
        if (code != EW_OK)
            return code;
    }
}

static ew_code parse(walk *w)
{
    uint64_t version = 0;
    uint8_t tag = 0;
    if (w->in.n < MAGIC_BYTES || memcmp(w->in.p, MAGIC, MAGIC_BYTES) != 0)
        return bad(&w->in, "it does not begin like one");
    w->in.at = MAGIC_BYTES;
    ew_code code = take_number(&w->in, &version);
    if (code == EW_OK && version != VERSION)
        code = bad(&w->in, "of another version");
    if (code == EW_OK)
        code = take_byte(&w->in, &tag);
    if (code != EW_OK)
        return code;
    w->len = digest_bytes(tag);
    if (w->len == 0)
        return bad(&w->in, "it is over a digest of an unknown kind");
    if (w->in.n - w->in.at < w->len)
        return bad(&w->in, "it ends too early");
    memcpy(w->message, w->in.p + w->in.at, w->len);
    w->in.at += w->len;
    w->out->sha256 = tag == OP_SHA256;
    if (w->out->sha256)
        memcpy(w->out->digest, w->message, w->len);
    code = walk_tree(w);
    if (code == EW_OK && w->in.at != w->in.n)
        code = bad(&w->in, "something follows its end");
    return code;
}

ew_code ew_ots_parse(ew_ots *out, const void *bytes, size_t n, ew_err *err)
{
    memset(out, 0, sizeof *out);
    if (n > EW_OTS_BYTES)
        return ew_fail(err, EW_E_LIMIT, 0,
                       "an OpenTimestamps proof of more than %d bytes",
                       (int)EW_OTS_BYTES);
    walk *w = ew_alloc(sizeof *w);
    if (w == NULL)
        return ew_fail_nomem(err);
    w->in.p = bytes;
    w->in.n = n;
    w->out = out;
    w->in.err = err;
    ew_code code = parse(w);
    while (w->saved_count > 0)
        ew_free(w->stack[--w->saved_count].bytes);
    ew_free(w);
    return code;
}
