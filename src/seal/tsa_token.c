/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens: TimeStampResp, ContentInfo, SignedData, TSTInfo, from the outside in. */
#include "seal/tsa_token.h"

#include <string.h>

#include "base/bytes.h"

#define OID(bytes)                                                                       \
    {                                                                                    \
        bytes, sizeof(bytes) - 1                                                         \
    }

#define PKCS9 "\x2a\x86\x48\x86\xf7\x0d\x01\x09"

static const ew_slice signed_data = OID("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02");
static const ew_slice tst_info = OID(PKCS9 "\x10\x01\x04");
static const ew_slice content_type = OID(PKCS9 "\x03");
static const ew_slice message_digest = OID(PKCS9 "\x04");
static const ew_slice signing_cert = OID(PKCS9 "\x10\x02\x0c");
static const ew_slice signing_cert_v2 = OID(PKCS9 "\x10\x02\x2f");

enum {
    STATUS_GRANTED_WITH_MODS = 1,
    ACCURACY_SECONDS_MAX = 86400, /* worse than a day says nothing */
    TAG_IN_0 = 0x80,
    TAG_IN_1 = 0x81
};

static bool all(ew_slice s)
{
    return s.n == 0;
}

/* ------------------------------------------------------------------ TSTInfo */

static bool read_accuracy(ew_slice in, int64_t *seconds, bool *fraction)
{
    ew_slice v;
    uint64_t n = 0;
    uint64_t part = 0;
    if (ew_der_take(&in, EW_DER_INTEGER, &v) &&
        !ew_der_small(v, ACCURACY_SECONDS_MAX, &n))
        return false;
    *seconds = (int64_t)n;
    for (uint8_t tag = TAG_IN_0; tag <= TAG_IN_1; tag++) /* thousandths, millionths */
        if (ew_der_take(&in, tag, &v)) {
            if (!ew_der_small(v, 999, &part))
                return false;
            *fraction = *fraction || part > 0;
        }
    return all(in);
}

static bool read_imprint(ew_tsa_token *t, ew_slice in)
{
    ew_slice v;
    if (!ew_der_take(&in, EW_DER_SEQUENCE, &v))
        return false;
    t->imprint_md = ew_md_read(v);
    return ew_der_take(&in, EW_DER_OCTETS, &t->imprint) && all(in);
}

/* *strange: one is critical, and none is known here. */
static bool read_info_extensions(ew_slice list, bool *strange)
{
    ew_slice in;
    ew_slice v;
    while (list.n > 0) {
        bool critical = false;
        if (!ew_der_take(&list, EW_DER_SEQUENCE, &in) ||
            !ew_der_take(&in, EW_DER_OID, &v) ||
            (ew_der_take(&in, EW_DER_BOOLEAN, &v) && !ew_der_bool(v, &critical)) ||
            !ew_der_take(&in, EW_DER_OCTETS, &v) || !all(in))
            return false;
        *strange = *strange || critical;
    }
    return true;
}

/* What may follow the time; everything but the accuracy says nothing that counts here. */
static bool read_info_tail(ew_slice in, int64_t *late, bool *fraction, bool *strange)
{
    ew_slice v;
    bool ordering;
    uint8_t tag;
    if (ew_der_take(&in, EW_DER_SEQUENCE, &v) && !read_accuracy(v, late, fraction))
        return false;
    if (ew_der_take(&in, EW_DER_BOOLEAN, &v) && !ew_der_bool(v, &ordering))
        return false;
    (void)ew_der_take(&in, EW_DER_INTEGER, &v); /* the nonce */
    tag = EW_DER_IN_0; /* a name that the authority gives itself */
    (void)ew_der_take(&in, tag, &v);
    if (ew_der_take(&in, EW_DER_IN_1, &v) && !read_info_extensions(v, strange))
        return false;
    return all(in);
}

static bool read_info(ew_tsa_token *t, bool *strange)
{
    ew_slice whole = t->content;
    ew_slice in;
    ew_slice v;
    ew_tlv time;
    uint64_t version;
    int64_t late = 0;
    bool fraction = false;
    bool fine = false;
    if (!ew_der_take(&whole, EW_DER_SEQUENCE, &in) || !all(whole) ||
        !ew_der_take(&in, EW_DER_INTEGER, &v) || !ew_der_small(v, 1, &version) ||
        version != 1 || !ew_der_take(&in, EW_DER_OID, &v) ||
        !ew_der_take(&in, EW_DER_SEQUENCE, &v) || !read_imprint(t, v) ||
        !ew_der_take(&in, EW_DER_INTEGER, &v) || !ew_der_next(&in, &time) ||
        time.tag != EW_DER_TIME || !ew_der_time(&time, &t->time, &fraction) ||
        !read_info_tail(in, &late, &fine, strange))
        return false;
    t->no_later = t->time + late + (fraction ? 1 : 0) + (fine ? 1 : 0);
    return true;
}

/* ------------------------------------------------------------------ what is signed */

/* Takes the hash from the first certificate that is named: the signer's. */
static bool read_signing_cert(ew_tsa_token *t, ew_slice in, bool v2)
{
    ew_slice list;
    ew_slice v;
    ew_slice one;
    ew_slice *hash = v2 ? &t->cert_hash : &t->cert_sha1;
    if (hash->p != NULL || !ew_der_take(&in, EW_DER_SEQUENCE, &v) || !all(in) ||
        !ew_der_take(&v, EW_DER_SEQUENCE, &list) ||
        !ew_der_take(&list, EW_DER_SEQUENCE, &one))
        return false;
    if (v2) {
        t->cert_md = EW_MD_SHA256;
        if (ew_der_take(&one, EW_DER_SEQUENCE, &v))
            t->cert_md = ew_md_read(v);
    }
    return ew_der_take(&one, EW_DER_OCTETS, hash);
}

/* Each kind may be there once, with one value. */
static bool read_attribute(ew_tsa_token *t, ew_slice in, bool *typed)
{
    ew_slice oid;
    ew_slice set;
    ew_slice v;
    if (!ew_der_take(&in, EW_DER_OID, &oid) || !ew_der_take(&in, EW_DER_SET, &set) ||
        !all(in))
        return false;
    if (ew_slice_same(oid, content_type)) {
        bool again = *typed;
        *typed = true;
        return !again && ew_der_take(&set, EW_DER_OID, &v) && all(set) &&
               ew_slice_same(v, tst_info);
    }
    if (ew_slice_same(oid, message_digest))
        return t->content_digest.p == NULL &&
               ew_der_take(&set, EW_DER_OCTETS, &t->content_digest) && all(set);
    if (ew_slice_same(oid, signing_cert))
        return read_signing_cert(t, set, false);
    if (ew_slice_same(oid, signing_cert_v2))
        return read_signing_cert(t, set, true);
    return true;
}

static bool read_attributes(ew_tsa_token *t)
{
    ew_slice whole = t->attributes;
    ew_slice list;
    ew_slice one;
    bool typed = false;
    (void)ew_der_take(&whole, EW_DER_IN_0, &list);
    while (list.n > 0)
        if (!ew_der_take(&list, EW_DER_SEQUENCE, &one) || !read_attribute(t, one, &typed))
            return false;
    return typed && t->content_digest.p != NULL &&
           (t->cert_sha1.p != NULL || t->cert_hash.p != NULL);
}

static bool read_signer(ew_tsa_token *t, ew_slice in)
{
    ew_slice v;
    ew_slice id;
    uint64_t version;
    if (!ew_der_take(&in, EW_DER_INTEGER, &v) || !ew_der_small(v, 1, &version) ||
        version != 1 || !ew_der_take(&in, EW_DER_SEQUENCE, &id) ||
        !ew_der_take_whole(&id, EW_DER_SEQUENCE, &t->issuer) ||
        !ew_der_take(&id, EW_DER_INTEGER, &t->serial) || !all(id) ||
        !ew_der_take(&in, EW_DER_SEQUENCE, &v))
        return false;
    t->md = ew_md_read(v);
    if (!ew_der_take_whole(&in, EW_DER_IN_0, &t->attributes) || !read_attributes(t) ||
        !ew_der_take(&in, EW_DER_SEQUENCE, &v))
        return false;
    t->method = ew_sig_method_read(v);
    if (!ew_der_take(&in, EW_DER_OCTETS, &t->signature))
        return false;
    (void)ew_der_take(&in, EW_DER_IN_1, &v); /* what is not signed */
    return all(in);
}

/* ------------------------------------------------------------------ the envelope */

static bool read_certs(ew_tsa_token *t, ew_slice list)
{
    ew_slice one;
    while (list.n > 0)
        if (t->cert_count == EW_TSA_CERTS ||
            !ew_der_take_whole(&list, EW_DER_SEQUENCE, &one) ||
            !ew_cert_read(&t->certs[t->cert_count++], one))
            return false;
    return true;
}

static bool read_signed_data(ew_tsa_token *t, ew_slice in, bool *strange)
{
    ew_slice v;
    ew_slice inner;
    ew_slice oid;
    if (!ew_der_take(&in, EW_DER_INTEGER, &v) || !ew_der_take(&in, EW_DER_SET, &v) ||
        !ew_der_take(&in, EW_DER_SEQUENCE, &inner) ||
        !ew_der_take(&inner, EW_DER_OID, &oid) || !ew_slice_same(oid, tst_info) ||
        !ew_der_take(&inner, EW_DER_IN_0, &v) || !all(inner) ||
        !ew_der_take(&v, EW_DER_OCTETS, &t->content) || !all(v) || !read_info(t, strange))
        return false;
    if (ew_der_take(&in, EW_DER_IN_0, &v) && !read_certs(t, v))
        return false;
    (void)ew_der_take(&in, EW_DER_IN_1, &v); /* revocation lists */
    return ew_der_take(&in, EW_DER_SET, &v) && all(in) &&
           ew_der_take(&v, EW_DER_SEQUENCE, &inner) && all(v) && read_signer(t, inner);
}

static bool read_token(ew_tsa_token *t, ew_slice in, bool *strange)
{
    ew_slice oid;
    ew_slice v;
    ew_slice data;
    return ew_der_take(&in, EW_DER_OID, &oid) && ew_slice_same(oid, signed_data) &&
           ew_der_take(&in, EW_DER_IN_0, &v) && all(in) &&
           ew_der_take(&v, EW_DER_SEQUENCE, &data) && all(v) &&
           read_signed_data(t, data, strange);
}

/* Of an answer: takes the status; what is left is the token. */
static ew_tsa_state read_status(ew_slice *in)
{
    ew_slice status;
    ew_slice v;
    uint64_t n;
    if (!ew_der_take(in, EW_DER_SEQUENCE, &status) ||
        !ew_der_take(&status, EW_DER_INTEGER, &v) || !ew_der_small(v, UINT64_MAX, &n))
        return EW_TSA_DAMAGED;
    if (n > STATUS_GRANTED_WITH_MODS)
        return EW_TSA_REFUSED;
    ew_slice token;
    if (!ew_der_take(in, EW_DER_SEQUENCE, &token) || !all(*in))
        return EW_TSA_DAMAGED;
    *in = token;
    return EW_TSA_GOOD;
}

ew_tsa_state ew_tsa_token_read(ew_tsa_token *t, ew_slice bytes)
{
    ew_slice in;
    bool strange = false;
    memset(t, 0, sizeof *t);
    if (bytes.n > EW_TSA_BYTES || !ew_der_take(&bytes, EW_DER_SEQUENCE, &in) ||
        !all(bytes))
        return EW_TSA_DAMAGED;
    if (ew_der_comes(in, EW_DER_SEQUENCE)) {
        ew_tsa_state state = read_status(&in);
        if (state != EW_TSA_GOOD)
            return state;
    }
    if (!read_token(t, in, &strange))
        return EW_TSA_DAMAGED;
    bool known = t->md > EW_MD_SHA1 && t->method.by != EW_BY_NONE &&
                 (t->method.md == EW_MD_NONE || t->method.md == t->md) &&
                 (t->cert_hash.p == NULL || t->cert_md > EW_MD_SHA1);
    t->method.md = t->md;
    return known && !strange ? EW_TSA_GOOD : EW_TSA_METHOD;
}
