/* SPDX-License-Identifier: Apache-2.0 */
/* WACZ files, made up and signed here: what holds, what does not, and what is missing. */
#include "warc_made.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/hash.h"

/* ------------------------------------------------------------------ making */

typedef struct wacz {
    ew_buf warc, pages, package, digest;
    char package_hash[72];
    const char *created;
} wacz;

static void say_hash(char out[72], const ew_buf *b)
{
    uint8_t hash[32];
    ew_sha256_bytes(b->data, b->len, hash);
    memcpy(out, "sha256:", 8);
    ew_hex(hash, sizeof hash, out + 7);
}

static void seal_package(wacz *z)
{
    say_hash(z->package_hash, &z->package);
    ew_buf_reset(&z->digest);
    assert_int_equal(ew_buf_printf(&z->digest, NULL,
                                   "{\"path\": \"datapackage.json\", \"hash\": \"%s\"}",
                                   z->package_hash),
                     EW_OK);
}

static void list_files(wacz *z, bool old)
{
    char warc[72];
    char pages[72];
    const char *form =
        old ? "{\"profile\":\"data-package\",\"resources\":[{\"path\":\"archive/"
              "a.warc.gz\",\"stats\":{\"hash\":\"%s\",\"bytes\":%zu},\"hashing\":"
              "\"sha256\"},{\"path\":\"pages/pages.jsonl\",\"stats\":{\"hash\":\"%s\","
              "\"bytes\":%zu},\"hashing\":\"sha256\"}]}"
            : "{\"profile\":\"data-package\",\"more\":[{\"path\":\"x\"}],\"resources\":[{"
              "\"path\":\"archive/a.warc.gz\",\"hash\":\"%s\",\"bytes\":%zu},{\"path\":"
              "\"pages/pages.jsonl\",\"hash\":\"%s\",\"bytes\":%zu}],\"wacz_version\":"
              "\"1.1.1\"}";
    say_hash(warc, &z->warc);
    say_hash(pages, &z->pages);
    ew_buf_reset(&z->package);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    assert_int_equal(ew_buf_printf(&z->package, NULL, form, warc + (old ? 7 : 0),
                                   z->warc.len, pages + (old ? 7 : 0), z->pages.len),
                     EW_OK);
#pragma GCC diagnostic pop
    seal_package(z);
}

static void begin(wacz *z)
{
    *z = (wacz){.created = "2024-05-06T08:00:00Z"};
    ew_buf_init(&z->warc, MADE_MAX);
    ew_buf_init(&z->pages, 1 << 20);
    ew_buf_init(&z->package, 1 << 20);
    ew_buf_init(&z->digest, 1 << 20);
    made_response(&z->warc, true, "", "Content-Type: text/html\r\n", MADE_PAGE,
                  strlen(MADE_PAGE));
    made_text(&z->pages,
              "{\"format\": \"json-pages-1.0\", \"id\": \"pages\", \"title\": \"All\"}\n"
              "{\"url\": \"http://a.example/#top\", \"ts\": \"2024-05-06T07:08:09Z\", "
              "\"title\": \"The \\u00e9 page\", \"text\": \"x\"}\n");
    list_files(z, false);
}

static void end(wacz *z)
{
    ew_buf_release(&z->warc);
    ew_buf_release(&z->pages);
    ew_buf_release(&z->package);
    ew_buf_release(&z->digest);
}

static void put_file(struct archive *a, const char *name, const ew_buf *b)
{
    struct archive_entry *e = archive_entry_new();
    if (b->len == 0) {
        archive_entry_free(e);
        return;
    }
    archive_entry_set_pathname(e, name);
    archive_entry_set_size(e, (la_int64_t)b->len);
    archive_entry_set_filetype(e, AE_IFREG);
    archive_entry_set_perm(e, 0600);
    assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
    assert_int_equal(archive_write_data(a, b->data, b->len), (la_ssize_t)b->len);
    archive_entry_free(e);
}

static const char *write_wacz(const char *dir, const wacz *z)
{
    const char *path = test_path(dir, "a.wacz");
    struct archive *a = archive_write_new();
    assert_int_equal(archive_write_set_format_zip(a), ARCHIVE_OK);
    assert_int_equal(archive_write_zip_set_compression_store(a), ARCHIVE_OK);
    assert_int_equal(archive_write_open_filename(a, path), ARCHIVE_OK);
    put_file(a, "archive/a.warc.gz", &z->warc);
    put_file(a, "pages/pages.jsonl", &z->pages);
    put_file(a, "datapackage.json", &z->package);
    put_file(a, "datapackage-digest.json", &z->digest);
    assert_int_equal(archive_write_close(a), ARCHIVE_OK);
    archive_write_free(a);
    return path;
}

static char *told_of(const char *dir, const wacz *z)
{
    ew_import_opts opts = {.format = EW_IMPORT_AUTO};
    return told_import(write_wacz(dir, z), &opts);
}

static void expect_words(const char *dir, const wacz *z, const char *words, bool there)
{
    char *got = told_of(dir, z);
    if ((strstr(got, words) != NULL) != there)
        fail_msg("%s '%s' in:\n%s", there ? "no" : "there is", words, got);
    free(got);
}

/* ------------------------------------------------------------------ signing */

static void base64(const uint8_t *bytes, size_t n, char *out, size_t room)
{
    assert_true(room > 4 * ((n + 2) / 3));
    assert_true(EVP_EncodeBlock((uint8_t *)out, bytes, (int)n) > 0);
}

static EVP_PKEY *new_key(const char *curve)
{
    EVP_PKEY *key = EVP_EC_gen(curve);
    assert_non_null(key);
    return key;
}

/* Signs the hash; raw: two numbers side by side. */
static void sign(EVP_PKEY *key, const char *text, bool raw, char out[400])
{
    uint8_t der[200];
    uint8_t both[200];
    size_t n = sizeof der;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key), 1);
    assert_int_equal(EVP_DigestSign(ctx, der, &n, (const uint8_t *)text, strlen(text)),
                     1);
    EVP_MD_CTX_free(ctx);
    if (!raw) {
        base64(der, n, out, 400);
        return;
    }
    const uint8_t *p = der;
    int each = (EVP_PKEY_get_bits(key) + 7) / 8;
    ECDSA_SIG *s = d2i_ECDSA_SIG(NULL, &p, (long)n);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(s), both, each), each);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(s), both + each, each), each);
    ECDSA_SIG_free(s);
    base64(both, 2 * (size_t)each, out, 400);
}

static void sign_with_key(wacz *z, const char *curve, bool raw)
{
    char signature[400];
    char spki[400];
    uint8_t *der = NULL;
    EVP_PKEY *key = new_key(curve);
    int n = i2d_PUBKEY(key, &der);
    assert_true(n > 0);
    base64(der, (size_t)n, spki, sizeof spki);
    sign(key, z->package_hash, raw, signature);
    ew_buf_reset(&z->digest);
    assert_int_equal(
        ew_buf_printf(&z->digest, NULL,
                      "{\"path\":\"datapackage.json\",\"hash\":\"%s\",\"signedData\":{"
                      "\"hash\":\"%s\",\"signature\":\"%s\",\"publicKey\":\"%s\","
                      "\"created\":\"%s\",\"software\":\"Made Up\"}}",
                      z->package_hash, z->package_hash, signature, spki, z->created),
        EW_OK);
    OPENSSL_free(der);
    EVP_PKEY_free(key);
}

typedef struct cert {
    X509 *x;
    EVP_PKEY *key;
} cert;

static cert new_cert(const char *name, const cert *by, bool ca)
{
    cert c = {X509_new(), new_key("P-256")};
    X509_NAME *n = X509_get_subject_name(c.x);
    char alt[100];
    (void)snprintf(alt, sizeof alt, "DNS:%s", name);
    X509_set_version(c.x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(c.x), 7);
    ASN1_TIME_set(X509_getm_notBefore(c.x), 1714900000);
    ASN1_TIME_set(X509_getm_notAfter(c.x), 1722000000);
    X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_ASC, (const uint8_t *)name, -1, -1, 0);
    X509_set_issuer_name(c.x, by != NULL ? X509_get_subject_name(by->x) : n);
    X509_set_pubkey(c.x, c.key);
    X509_EXTENSION *e =
        X509V3_EXT_conf_nid(NULL, NULL, ca ? NID_basic_constraints : NID_subject_alt_name,
                            ca ? "critical,CA:TRUE" : alt);
    assert_non_null(e);
    X509_add_ext(c.x, e, -1);
    X509_EXTENSION_free(e);
    assert_true(X509_sign(c.x, by != NULL ? by->key : c.key, EVP_sha256()) > 0);
    return c;
}

static void free_cert(cert *c)
{
    X509_free(c->x);
    EVP_PKEY_free(c->key);
}

/* As it stands in JSON, line breaks escaped. */
static void put_pem(ew_buf *b, const cert *c)
{
    uint8_t *der = NULL;
    char text[4000];
    int n = i2d_X509(c->x, &der);
    assert_true(n > 0);
    base64(der, (size_t)n, text, sizeof text);
    assert_int_equal(ew_buf_printf(b, NULL,
                                   "-----BEGIN CERTIFICATE-----\\n%.64s\\n%s\\n-----END "
                                   "CERTIFICATE-----\\n\\n",
                                   text, text + 64),
                     EW_OK);
    OPENSSL_free(der);
}

static void sign_with_certs(wacz *z, const char *domain, const cert *leaf, const cert *ca)
{
    char signature[400];
    sign(leaf->key, z->package_hash, false, signature);
    ew_buf_reset(&z->digest);
    assert_int_equal(
        ew_buf_printf(&z->digest, NULL,
                      "{\"path\":\"datapackage.json\",\"hash\":\"%s\",\"signedData\":{"
                      "\"hash\":\"%s\",\"signature\":\"%s\",\"domain\":\"%s\","
                      "\"created\":\"%s\",\"timeSignature\":\"AAAA\",\"domainCert\":\"",
                      z->package_hash, z->package_hash, signature, domain, z->created),
        EW_OK);
    put_pem(&z->digest, leaf);
    if (ca != NULL)
        put_pem(&z->digest, ca);
    made_text(&z->digest, "\"}}");
}

/* ------------------------------------------------------------------ tests */

#define CAPTURE                                                                          \
    "capture http://a.example/|text/html|200 at=1714979289Z 224 bytes listed 'The "      \
    "\xC3\xA9 page'\n"

static void plain_one(void **state)
{
    wacz z;
    begin(&z);
    for (int old = 0; old < 2; old++) {
        list_files(&z, old == 1);
        char *got = told_of(*state, &z);
        assert_string_equal(
            got, CAPTURE
            "  begins: <html><head><title>Minister denies it</title></head><body><a\n"
            "article\n  title: Minister denies it\n  url: http://a.example/\n"
            "  body: The recording is not real, said the minister on Monday, and "
            "added that nobody had asked him before.\n"
            "");
        free(got);
    }
    z.digest.len = 0;
    expect_words(*state, &z, "remark there is no datapackage-digest.json", true);
    end(&z);
}

static void what_does_not_fit(void **state)
{
    wacz z;
    begin(&z);
    z.warc.data[z.warc.len - 6] ^= 1; /* of the check value of gzip */
    expect_words(*state, &z,
                 "remark archive/a.warc.gz: its bytes are not what its hash says", true);
    made_text(&z.warc, "more");
    expect_words(*state, &z, "listed with ", true);
    list_files(&z, false);
    made_text(&z.package, " ");
    expect_words(*state, &z,
                 "remark datapackage.json is not what datapackage-digest.json says",
                 true);
    ew_buf_reset(&z.package);
    made_text(&z.package,
              "{\"resources\":[{\"path\":\"archive/b.warc\",\"hash\":\"x:y\"},"
              "{\"path\":\"pages/pages.jsonl\",\"hash\":\"sha224:ab\"},5]}");
    char *got = told_of(*state, &z);
    assert_non_null(strstr(got, "gap file: archive/b.warc is listed and not there\n"));
    assert_non_null(strstr(got, "pages/pages.jsonl: its hash is of a kind that is not"));
    assert_non_null(strstr(got, "archive/a.warc.gz: datapackage.json does not list it"));
    assert_non_null(strstr(got, CAPTURE));
    free(got);
    end(&z);
}

static void pages(void **state)
{
    wacz z;
    begin(&z);
    ew_buf_reset(&z.pages);
    made_text(&z.pages,
              "{\"url\":\"http://b.example/\",\"title\":7}\r\n\n{\"url\":\n[1]\n"
              "{\"url\":\"http://b.example/#x\"}\n{\"title\":\"t\"}");
    list_files(&z, false);
    char *got = told_of(*state, &z);
    assert_non_null(strstr(got, "gap page: a line of a list of pages: "));
    assert_non_null(strstr(got, "gap page: a line of a list of pages: it is no object"));
    assert_non_null(strstr(got,
                           "gap page: on the list of pages, and not in the archives: "
                           "http://b.example/\nremark pages of the archives "
                           "that are on no list: 1\n"));
    free(got);
    z.pages.len = 0;
    expect_words(*state, &z, "gap file: there is no list of pages in pages/", true);
    end(&z);
}

static void keys(void **state)
{
    static const char *const curves[] = {"P-256", "P-384", "P-521"};
    wacz z;
    begin(&z);
    for (int i = 0; i < 6; i++) {
        sign_with_key(&z, curves[i / 2], i % 2 == 1);
        char *got = told_of(*state, &z);
        assert_non_null(strstr(got, "remark signed by the key with SHA-256 "));
        assert_non_null(strstr(got, CAPTURE "  signed: the key with SHA-256 "));
        free(got);
    }
    end(&z);
}

static void keys_that_do_not_hold(void **state)
{
    wacz z;
    begin(&z);
    sign_with_key(&z, "P-384", true);
    char *at = strstr((char *)z.digest.data, "\"signature\":\"") + 13;
    char was = at[20];
    at[20] = was == 'A' ? 'B' : 'A';
    expect_words(*state, &z, "remark signed, but it does not hold: the signature is not",
                 true);
    expect_words(*state, &z, "  signed:", false);
    at[20] = '!';
    expect_words(*state, &z, "does not hold: the signature cannot be read", true);
    at[20] = was;
    at = strstr((char *)z.digest.data, "\"publicKey\":\"") + 13;
    at[4] ^= 1;
    expect_words(*state, &z, "remark signed, but it does not hold: the key", true);
    at[4] ^= 1;
    expect_words(*state, &z, "  signed:", true);
    /* The archive is another one than what was signed. */
    z.warc.data[4] ^= 1;
    expect_words(*state, &z, "remark signed by the key", true);
    expect_words(*state, &z, "  signed:", false);
    list_files(&z, false);
    sign_with_key(&z, "P-256", false);
    made_text(&z.package, " ");
    expect_words(*state, &z, "does not hold: what is signed is not this datapackage",
                 true);
    expect_words(*state, &z, "  signed:", false);
    sign_with_key(&z, "P-224", false);
    expect_words(*state, &z, "does not hold: the key is of a kind", true);
    end(&z);
}

static void certificates(void **state)
{
    wacz z;
    cert ca = new_cert("Made Up CA", NULL, true);
    cert other = new_cert("Made Up CA", NULL, true);
    cert leaf = new_cert("sign.example", &ca, false);
    cert alone = new_cert("sign.example", NULL, false);
    cert below = new_cert("news.example", &leaf, false);
    begin(&z);
    sign_with_certs(&z, "sign.example", &leaf, &ca);
    char *got = told_of(*state, &z);
    assert_non_null(strstr(got, "remark signed by sign.example (issuer not judged) by a "
                                "certificate of CN=Made Up CA\n"));
    assert_non_null(strstr(got, "  signed: sign.example (issuer not judged) by a "));
    assert_non_null(strstr(got, "remark a time token (RFC 3161) for the signature is "
                                "there: it was not checked"));
    free(got);
    sign_with_certs(&z, "other.example", &leaf, &ca);
    expect_words(*state, &z, "hold: the certificate is not for the domain", true);
    sign_with_certs(&z, ".example", &leaf, &ca);
    expect_words(*state, &z, "hold: the certificate is not for the domain", true);
    sign_with_certs(&z, "sign.example", &leaf, &other);
    expect_words(*state, &z, "hold: a certificate is not signed by the next", true);
    sign_with_certs(&z, "news.example", &below, &leaf); /* which may not sign others */
    expect_words(*state, &z, "hold: a certificate is not signed by the next", true);
    sign_with_certs(&z, "sign.example", &alone, NULL);
    expect_words(*state, &z, "by a certificate that it made for itself", true);
    z.created = "2030-01-01T00:00:00Z";
    sign_with_certs(&z, "sign.example", &leaf, &ca);
    expect_words(*state, &z, "not valid when the archive says", true);
    char *at = strstr((char *)z.digest.data, "BEGIN CERTIFICATE");
    at[40] = '*';
    expect_words(*state, &z, "hold: the certificates cannot be read", true);
    end(&z);
    free_cert(&ca);
    free_cert(&other);
    free_cert(&leaf);
    free_cert(&alone);
    free_cert(&below);
}

/* Cut anywhere, what is left is told. */
static void broken_json(void **state)
{
    wacz z;
    begin(&z);
    sign_with_key(&z, "P-256", false);
    size_t package = z.package.len;
    size_t digest = z.digest.len;
    for (size_t i = 1; i < package; i += 17) {
        z.package.len = i;
        expect_words(*state, &z, "  signed:", false);
    }
    z.package.len = package;
    for (size_t i = 1; i < digest; i += 29) {
        z.digest.len = i;
        expect_words(*state, &z, "gap file: datapackage-digest.json: ", true);
    }
    z.digest.len = digest;
    ew_buf_reset(&z.package);
    for (int i = 0; i < 100000; i++)
        made_text(&z.package, "[");
    expect_words(*state, &z, "gap file: datapackage.json: ", true);
    end(&z);
}

static void out_of_memory(void **state)
{
    wacz z;
    begin(&z);
    sign_with_key(&z, "P-256", false);
    char *path = strdup(write_wacz(*state, &z));
    assert_true(told_without_memory(path, EW_IMPORT_AUTO, 150) > 10);
    free(path);
    end(&z);
}

/* ------------------------------------------------------------------ files of other programs */

static void others(void **state)
{
    static const other_file all[] = {
        {"valid_example_1.wacz", "bytes right listed 'Example Domain'"},
        {"valid_signed_example_1.wacz", "signed: btrix-sign-test.webrecorder.net (issuer "
                                        "not judged) by a certificate of CN=R3,"},
        {"invalid_signed_example_1.wacz", "by a certificate of CN=(STAGING) "},
        {"invalid_example_1.wacz", "gap file: data/indexes/index.cdx.gz is listed and"}};
    (void)state;
    expect_others("py-wacz/tests/fixtures", all, sizeof all / sizeof all[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_DIR(plain_one),
        TEST_IN_DIR(what_does_not_fit),
        TEST_IN_DIR(pages),
        TEST_IN_DIR(keys),
        TEST_IN_DIR(keys_that_do_not_hold),
        TEST_IN_DIR(certificates),
        TEST_IN_DIR(broken_json),
        TEST_IN_DIR(out_of_memory),
        cmocka_unit_test(others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
