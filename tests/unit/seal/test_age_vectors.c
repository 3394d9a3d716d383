/* SPDX-License-Identifier: Apache-2.0 */
/* Age files of others: the vectors of the format. */
#include "seal/age.h"

#include <dirent.h>
#include <zlib.h>

#include "age_made.h"
#include "base/bytes.h"

/* ------------------------------------------------------------------ vectors */

typedef struct vector {
    ew_age_fault expect;
    bool known, compressed, armored, has_payload;
    char payload[65];
    ew_buf identities;
    ew_secret pass;
    bool has_pass;
} vector;

static ew_age_fault expected(const char *value)
{
    static const char *const names[] = {"success",  "armor failure", "header failure",
                                        "no match", "HMAC failure",  "payload failure"};
    for (size_t i = 0; i < EW_COUNT(names); i++)
        if (strcmp(value, names[i]) == 0)
            return (ew_age_fault)i;
    fail_msg("what is '%s'?", value);
    return EW_AGE_FINE;
}

static void take_field(vector *v, const char *key, const char *value)
{
    if (strcmp(key, "expect") == 0) {
        v->expect = expected(value);
    } else if (strcmp(key, "compressed") == 0) {
        v->compressed = true;
    } else if (strcmp(key, "armored") == 0) {
        v->armored = true;
    } else if (strcmp(key, "payload") == 0) {
        v->has_payload = true;
        (void)snprintf(v->payload, sizeof v->payload, "%s", value);
    } else if (strcmp(key, "identity") == 0) {
        if (strstr(value, "-PQ-") != NULL)
            v->known = false; /* post-quantum: out of scope */
        assert_int_equal(ew_buf_printf(&v->identities, NULL, "%s\n", value), EW_OK);
    } else if (strcmp(key, "passphrase") == 0 && !v->has_pass) {
        v->has_pass = true;
        v->pass = secret(value, strlen(value));
    }
}

/* The header; returns where the age file begins. */
static char *take_fields(vector *v, char *text)
{
    *v = (vector){.known = true};
    ew_buf_init(&v->identities, 4096);
    for (;;) {
        char *end = strchr(text, '\n');
        char *colon = strstr(text, ": ");
        if (end == text)
            return text + 1;
        assert_true(end != NULL && colon != NULL && colon < end);
        *end = 0;
        *colon = 0;
        take_field(v, text, colon + 2);
        text = end + 1;
    }
}

static uint8_t *inflate_all(const char *bytes, size_t n, size_t *out_n)
{
    uLongf size = 64 << 20;
    uint8_t *out = malloc(size);
    assert_non_null(out);
    assert_int_equal(uncompress(out, &size, (const Bytef *)bytes, (uLong)n), Z_OK);
    *out_n = size;
    return out;
}

static void check_vector(const vector *v, const char *name, memory *m)
{
    ew_age_identities ids = {0};
    ew_age_opening with = {NULL, v->has_pass ? &v->pass : NULL,
                           v->armored ? EW_AGE_ARMOR_YES : EW_AGE_ARMOR_NO};
    ew_buf out;
    ew_sha256 *h = NULL;
    uint8_t digest[EW_SHA256_BYTES];
    char hex[EW_SHA256_HEX + 1];
    ew_buf_init(&out, SIZE_MAX - 1);
    if (v->identities.len > 0) {
        ew_slice text = {(const char *)v->identities.data, v->identities.len};
        assert_int_equal(ew_age_read_identities(&ids, text, NULL), EW_OK);
        with.identities = &ids;
    }
    ew_age_fault got = open_all(m, &with, &out);
    if (got != v->expect)
        fail_msg("%s: fault %d, not %d", name, (int)got, (int)v->expect);
    assert_int_equal(ew_sha256_new(&h, NULL), EW_OK);
    assert_int_equal(ew_sha256_feed(h, out.data, out.len, NULL), EW_OK);
    assert_int_equal(ew_sha256_finish(h, digest, NULL), EW_OK);
    ew_hex(digest, sizeof digest, hex);
    if (v->has_payload ? strcmp(hex, v->payload) != 0 : out.len > 0)
        fail_msg("%s: other content", name);
    ew_sha256_free(h);
    ew_buf_release(&out);
    ew_age_identities_release(&ids);
}

static bool run_vector(const char *folder, const char *name, size_t step)
{
    vector v;
    size_t n = 0;
    char path[2048];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    char *text = test_file_get(path, &n);
    char *age = take_fields(&v, text);
    size_t age_n = n - (size_t)(age - text);
    uint8_t *big = NULL;
    memory m = {(const uint8_t *)age, age_n, 0, step};
    if (v.compressed)
        m.p = big = inflate_all(age, age_n, &m.n);
    if (v.known)
        check_vector(&v, name, &m);
    free(big);
    free(text);
    ew_buf_release(&v.identities);
    if (v.has_pass)
        ew_secret_release(&v.pass);
    return v.known;
}

/* Attack 21: every vector but those of post-quantum keys. */
static void row_21_cctv_vectors(void **state)
{
    (void)state;
    const char *folder = vector_need("cctv/age/testdata");
    DIR *dir = opendir(folder);
    const struct dirent *e;
    int done = 0;
    assert_non_null(dir);
    while ((e = readdir(dir)) != NULL) {
        if (e->d_name[0] == '.')
            continue;
        done += run_vector(folder, e->d_name, 0);
        /* in small pieces too, where that is quick */
        if (strncmp(e->d_name, "stream", 6) != 0 && strncmp(e->d_name, "scrypt", 6) != 0)
            (void)run_vector(folder, e->d_name, 1 + (size_t)done % 97);
    }
    (void)closedir(dir);
    assert_true(done >= 110);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_21_cctv_vectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
