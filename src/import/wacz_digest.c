/* SPDX-License-Identifier: Apache-2.0 */
/* datapackage-digest.json: is it of this datapackage.json, and is it signed? */
#include <string.h>
#include <strings.h>

#include "import/wacz.h"

enum { DIGEST_BYTES = 1 << 20 };

typedef struct digest {
    ew_buf texts;
    ew_kept_text hash, signed_hash, created, software, signature, key, domain, cert;
    bool is_signed, time_token;
} digest;

static ew_slice of(const digest *d, ew_kept_text t)
{
    return t.n > 0 ? (ew_slice){(const char *)d->texts.data + t.at, t.n}
                   : (ew_slice){"", 0};
}

static ew_kept_text *place_of(digest *d, ew_slice key)
{
    struct {
        const char *name;
        ew_kept_text *place;
    } const all[] = {{"hash", &d->signed_hash},  {"created", &d->created},
                     {"software", &d->software}, {"signature", &d->signature},
                     {"publicKey", &d->key},     {"domain", &d->domain},
                     {"domainCert", &d->cert}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (ew_slice_is(key, all[i].name))
            return all[i].place;
    return NULL;
}

static ew_code keep(digest *d, ew_slice text, ew_kept_text *out, ew_err *why)
{
    *out = (ew_kept_text){d->texts.len, text.n};
    return ew_buf_append(&d->texts, text.p, text.n, why);
}

static ew_code take_signed(digest *d, ew_json *j, ew_err *why)
{
    ew_code code = EW_OK;
    if (j->kind != EW_JSON_OBJECT)
        return ew_json_skip(j, why);
    d->is_signed = true;
    while (ew_wacz__field(j, &code, why)) {
        ew_kept_text *place = j->kind == EW_JSON_STRING ? place_of(d, j->key) : NULL;
        d->time_token = d->time_token || ew_slice_is(j->key, "timeSignature");
        code = place != NULL ? keep(d, j->text, place, why) : ew_json_skip(j, why);
    }
    return code;
}

static ew_code take_digest(digest *d, ew_slice bytes, ew_err *why)
{
    ew_json j;
    ew_code code = ew_wacz__object(&j, bytes, why);
    while (ew_wacz__field(&j, &code, why)) {
        if (j.kind == EW_JSON_STRING && ew_slice_is(j.key, "hash"))
            code = keep(d, j.text, &d->hash, why);
        else if (ew_slice_is(j.key, "signedData"))
            code = take_signed(d, &j, why);
        else
            code = ew_json_skip(&j, why);
    }
    ew_json_release(&j);
    return code;
}

/* What is signed is the text of the hash; so that text must be the hash of the file that is here. */
static ew_code check_signed(ew_wacz *z, const digest *d, ew_place place)
{
    ew_wacz_signed s = {.hash = of(d, d->signed_hash),
                        .created = of(d, d->created),
                        .software = of(d, d->software),
                        .signature = of(d, d->signature),
                        .public_key = of(d, d->key),
                        .domain = of(d, d->domain),
                        .domain_cert = of(d, d->cert),
                        .time_token = d->time_token};
    ew_err *err = z->warc.err;
    bool holds = false;
    ew_buf why;
    ew_buf_init(&why, EW_WACZ_WORDS);
    ew_code code = ew_wacz__check(&s, &holds, &z->signer, &why, err);
    if (code == EW_OK && holds && !ew_slice_is(s.hash, z->package_hash)) {
        holds = false;
        code = ew_buf_printf(&why, err, "what is signed is not this datapackage.json");
    }
    if (code == EW_OK && !holds) {
        ew_buf_reset(&z->signer);
        code = ew_warc__remark(&z->warc, place, "signed, but it does not hold: %s",
                               (const char *)why.data);
    } else if (code == EW_OK) {
        code = ew_warc__remark(&z->warc, place, "signed by %.200s",
                               (const char *)z->signer.data);
    }
    if (code == EW_OK && holds && s.domain.n > 0)
        code = ew_warc__remark(
            &z->warc, place,
            "of this signature was checked that it is by the certificate's key, that the "
            "certificate is for the domain and that each is signed by the next; not "
            "whether the last is to be trusted, or one was revoked");
    if (code == EW_OK && s.time_token)
        code = ew_warc__remark(
            &z->warc, place,
            "a time token (RFC 3161) for the signature is there: it was not checked");
    ew_buf_release(&why);
    return code;
}

static ew_code check(ew_wacz *z, const digest *d, ew_place place)
{
    ew_slice hash = of(d, d->hash);
    ew_code code = EW_OK;
    if (hash.n != strlen(z->package_hash) ||
        strncasecmp(hash.p, z->package_hash, hash.n) != 0)
        code = ew_warc__remark(
            &z->warc, place, "datapackage.json is not what datapackage-digest.json says");
    if (code == EW_OK && d->is_signed)
        code = check_signed(z, d, place);
    return code;
}

ew_code ew_wacz__digest(ew_wacz *z)
{
    digest d = {.is_signed = false};
    ew_slice bytes;
    ew_err why = {.code = EW_OK};
    size_t member = ew_delivery_find(z->from, ew_slice_of("datapackage-digest.json"));
    if (member == SIZE_MAX)
        return ew_warc__remark(&z->warc, ew_wacz__whole(z, z->package),
                               "there is no datapackage-digest.json: nothing says that "
                               "datapackage.json is as it was made");
    ew_place place = ew_wacz__whole(z, member);
    ew_buf_init(&d.texts, DIGEST_BYTES);
    ew_code code = place.bytes <= DIGEST_BYTES
                       ? ew_delivery_read(z->from, member, &bytes, &why)
                       : ew_fail(&why, EW_E_LIMIT, 0, "it is too large");
    if (code == EW_OK)
        code = take_digest(&d, bytes, &why);
    if (code == EW_E_FORMAT || code == EW_E_LIMIT)
        code = ew_wacz__gap(z, place, "file", "datapackage-digest.json: %s", why.text);
    else if (code == EW_OK)
        code = check(z, &d, place);
    else if (z->warc.err != NULL)
        *z->warc.err = why;
    ew_buf_release(&d.texts);
    return code;
}
