/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates: what is in them. cert_key.c has what their keys do. */
#include "seal/cert.h"

#include <string.h>

#include "base/bytes.h"
#include "base/utf8.h"

/* Object identifiers, as they are encoded. */
#define OID(bytes)                                                                       \
    {                                                                                    \
        bytes, sizeof(bytes) - 1                                                         \
    }

static const struct {
    ew_slice oid;
    ew_md md;
} digests[] = {
    {OID("\x2b\x0e\x03\x02\x1a"), EW_MD_SHA1},
    {OID("\x60\x86\x48\x01\x65\x03\x04\x02\x01"), EW_MD_SHA256},
    {OID("\x60\x86\x48\x01\x65\x03\x04\x02\x02"), EW_MD_SHA384},
    {OID("\x60\x86\x48\x01\x65\x03\x04\x02\x03"), EW_MD_SHA512},
};

static const struct {
    ew_slice oid;
    ew_sig_method method;
} methods[] = {
    {OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"), {EW_BY_RSA, EW_MD_NONE}},
    {OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"), {EW_BY_RSA, EW_MD_SHA256}},
    {OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c"), {EW_BY_RSA, EW_MD_SHA384}},
    {OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d"), {EW_BY_RSA, EW_MD_SHA512}},
    {OID("\x2a\x86\x48\xce\x3d\x04\x03\x02"), {EW_BY_ECDSA, EW_MD_SHA256}},
    {OID("\x2a\x86\x48\xce\x3d\x04\x03\x03"), {EW_BY_ECDSA, EW_MD_SHA384}},
    {OID("\x2a\x86\x48\xce\x3d\x04\x03\x04"), {EW_BY_ECDSA, EW_MD_SHA512}},
};

static const ew_slice basic_constraints = OID("\x55\x1d\x13");
static const ew_slice key_usage = OID("\x55\x1d\x0f");
static const ew_slice ext_key_usage = OID("\x55\x1d\x25");
static const ew_slice time_stamping = OID("\x2b\x06\x01\x05\x05\x07\x03\x08");
static const ew_slice any_purpose = OID("\x55\x1d\x25\x00");
static const ew_slice common_name = OID("\x55\x04\x03");
static const ew_slice organisation = OID("\x55\x04\x0a");

/* ------------------------------------------------------------------ algorithms */

/* Takes the identifier; its parameters are NULL or missing, or it is none. */
static bool read_algorithm(ew_slice algorithm, ew_slice *oid, bool *null)
{
    ew_slice value;
    if (!ew_der_take(&algorithm, EW_DER_OID, oid))
        return false;
    *null = algorithm.n > 0;
    if (!*null)
        return true;
    return ew_der_take(&algorithm, EW_DER_NULL, &value) && value.n == 0 &&
           algorithm.n == 0;
}

ew_md ew_md_read(ew_slice algorithm)
{
    ew_slice oid;
    bool null;
    if (!read_algorithm(algorithm, &oid, &null))
        return EW_MD_NONE;
    for (size_t i = 0; i < EW_COUNT(digests); i++)
        if (ew_slice_same(oid, digests[i].oid))
            return digests[i].md;
    return EW_MD_NONE;
}

ew_sig_method ew_sig_method_read(ew_slice algorithm)
{
    static const ew_sig_method none = {EW_BY_NONE, EW_MD_NONE};
    ew_slice oid;
    bool null;
    if (!read_algorithm(algorithm, &oid, &null))
        return none;
    for (size_t i = 0; i < EW_COUNT(methods); i++)
        if (ew_slice_same(oid, methods[i].oid))
            return null && methods[i].method.by == EW_BY_ECDSA ? none : methods[i].method;
    return none;
}

/* ------------------------------------------------------------------ extensions */

static bool read_constraints(ew_cert *c, ew_slice value)
{
    ew_slice in;
    ew_slice v;
    if (!ew_der_take(&value, EW_DER_SEQUENCE, &in) || value.n > 0)
        return false;
    if (ew_der_take(&in, EW_DER_BOOLEAN, &v) && !ew_der_bool(v, &c->ca))
        return false;
    c->has_path_limit = ew_der_take(&in, EW_DER_INTEGER, &v);
    if (c->has_path_limit && !ew_der_small(v, UINT64_MAX, &c->path_limit))
        return false;
    return in.n == 0;
}

static bool read_usage(ew_cert *c, ew_slice value)
{
    ew_slice v;
    if (!ew_der_take(&value, EW_DER_BITS, &v) || value.n > 0 || v.n < 2 || v.n > 3 ||
        (uint8_t)v.p[0] > 7)
        return false;
    c->has_usage = true;
    c->usage = (unsigned)(uint8_t)v.p[1] << 8 | (v.n > 2 ? (uint8_t)v.p[2] : 0U);
    return true;
}

static bool read_purposes(ew_cert *c, ew_slice value, bool critical)
{
    ew_slice in;
    ew_slice oid;
    if (!ew_der_take(&value, EW_DER_SEQUENCE, &in) || value.n > 0 || in.n == 0)
        return false;
    c->has_purposes = true;
    c->purposes_critical = critical;
    for (; in.n > 0; c->purposes++) {
        if (!ew_der_take(&in, EW_DER_OID, &oid))
            return false;
        c->for_time = c->for_time || ew_slice_same(oid, time_stamping);
        c->for_any = c->for_any || ew_slice_same(oid, any_purpose);
    }
    return true;
}

enum { SEEN_CONSTRAINTS = 1, SEEN_USAGE = 2, SEEN_PURPOSES = 4 };

/* One that is known may be there once. */
static bool read_extension(ew_cert *c, ew_slice in, unsigned *seen)
{
    ew_slice oid;
    ew_slice v;
    bool critical = false;
    if (!ew_der_take(&in, EW_DER_OID, &oid) ||
        (ew_der_take(&in, EW_DER_BOOLEAN, &v) && !ew_der_bool(v, &critical)) ||
        !ew_der_take(&in, EW_DER_OCTETS, &v) || in.n > 0)
        return false;
    unsigned which = ew_slice_same(oid, basic_constraints) ? SEEN_CONSTRAINTS
                     : ew_slice_same(oid, key_usage)       ? SEEN_USAGE
                     : ew_slice_same(oid, ext_key_usage)   ? SEEN_PURPOSES
                                                           : 0;
    if ((*seen & which) != 0)
        return false;
    *seen |= which;
    switch (which) {
    case SEEN_CONSTRAINTS:
        return read_constraints(c, v);
    case SEEN_USAGE:
        return read_usage(c, v);
    case SEEN_PURPOSES:
        return read_purposes(c, v, critical);
    default:
        c->strange = c->strange || critical;
        return true;
    }
}

static bool read_extensions(ew_cert *c, ew_slice in)
{
    ew_slice list;
    ew_slice one;
    unsigned seen = 0;
    if (!ew_der_take(&in, EW_DER_SEQUENCE, &list) || in.n > 0)
        return false;
    while (list.n > 0)
        if (!ew_der_take(&list, EW_DER_SEQUENCE, &one) || !read_extension(c, one, &seen))
            return false;
    return true;
}

/* ------------------------------------------------------------------ the whole */

static bool read_validity(ew_cert *c, ew_slice in)
{
    ew_tlv v;
    if (!ew_der_next(&in, &v) || !ew_der_time(&v, &c->from, NULL))
        return false;
    return ew_der_next(&in, &v) && ew_der_time(&v, &c->to, NULL) && in.n == 0;
}

/* Version 1, which is not written down, 2 or 3. What has no extensions can vouch for nobody. */
static bool read_version(ew_slice *in)
{
    ew_slice v;
    ew_slice number;
    uint64_t version = 0;
    if (!ew_der_comes(*in, EW_DER_IN_0))
        return true;
    return ew_der_take(in, EW_DER_IN_0, &v) && ew_der_take(&v, EW_DER_INTEGER, &number) &&
           v.n == 0 && ew_der_small(number, 2, &version) && version > 0;
}

/* What stands before the key, and the key. */
static bool read_tbs_head(ew_cert *c, ew_slice *in, ew_slice *algorithm)
{
    ew_slice v;
    if (!read_version(in))
        return false;
    return ew_der_take(in, EW_DER_INTEGER, &c->serial) && c->serial.n > 0 &&
           ew_der_take_whole(in, EW_DER_SEQUENCE, algorithm) &&
           ew_der_take_whole(in, EW_DER_SEQUENCE, &c->issuer) &&
           ew_der_take(in, EW_DER_SEQUENCE, &v) && read_validity(c, v) &&
           ew_der_take_whole(in, EW_DER_SEQUENCE, &c->subject) &&
           ew_der_take_whole(in, EW_DER_SEQUENCE, &c->spki);
}

static bool read_tbs(ew_cert *c, ew_slice *algorithm)
{
    ew_slice in;
    ew_slice v;
    ew_slice rest = c->tbs;
    if (!ew_der_take(&rest, EW_DER_SEQUENCE, &in) || !read_tbs_head(c, &in, algorithm))
        return false;
    (void)ew_der_take(&in, 0x81, &v); /* unique identifiers of issuer and subject */
    (void)ew_der_take(&in, 0x82, &v);
    if (ew_der_take(&in, EW_DER_IN_3, &v) && !read_extensions(c, v))
        return false;
    return in.n == 0;
}

bool ew_cert_read(ew_cert *c, ew_slice der)
{
    ew_slice in;
    ew_slice inner;
    ew_slice outer;
    ew_slice v;
    memset(c, 0, sizeof *c);
    c->whole = der;
    if (!ew_der_take(&der, EW_DER_SEQUENCE, &in) || der.n > 0 ||
        !ew_der_take_whole(&in, EW_DER_SEQUENCE, &c->tbs) ||
        !ew_der_take_whole(&in, EW_DER_SEQUENCE, &outer) ||
        !ew_der_take(&in, EW_DER_BITS, &v) || in.n > 0 ||
        !ew_der_whole_bits(v, &c->signature) || !read_tbs(c, &inner) ||
        !ew_slice_same(inner, outer))
        return false;
    (void)ew_der_take(&outer, EW_DER_SEQUENCE, &v);
    c->method = ew_sig_method_read(v);
    return true;
}

/* ------------------------------------------------------------------ its name */

/* The last attribute of this kind in a name that is a text. */
static ew_slice find_name(ew_slice name, ew_slice kind)
{
    ew_slice found = {NULL, 0};
    ew_slice set;
    ew_slice pair;
    ew_slice oid;
    ew_tlv v;
    (void)ew_der_take(&name, EW_DER_SEQUENCE, &set);
    name = set;
    while (ew_der_take(&name, EW_DER_SET, &set))
        while (ew_der_take(&set, EW_DER_SEQUENCE, &pair))
            if (ew_der_take(&pair, EW_DER_OID, &oid) && ew_slice_same(oid, kind) &&
                ew_der_next(&pair, &v) && pair.n == 0 &&
                (v.tag == EW_DER_UTF8 || v.tag == EW_DER_PRINTABLE ||
                 v.tag == EW_DER_IA5))
                found = v.value;
    return found;
}

ew_code ew_cert_name(const ew_cert *c, ew_buf *out, ew_err *err)
{
    ew_slice name = find_name(c->subject, common_name);
    if (name.p == NULL)
        name = find_name(c->subject, organisation);
    return name.p != NULL ? ew_utf8_append_safe(out, name.p, name.n, err) : EW_OK;
}
