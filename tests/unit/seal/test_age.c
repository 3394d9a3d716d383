/* SPDX-License-Identifier: Apache-2.0 */
/* age: the vectors of C2SP/CCTV, round trips, limits. */
#include "seal/age.h"

#include <dirent.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "seal/bech32.h"
#include "vectors.h"

/* Bytes in memory, given out `step` at a time. */
typedef struct memory {
    const uint8_t *p;
    size_t n, at, step;
} memory;

static ew_code from_memory(void *cookie, void *out, size_t max, size_t *got, ew_err *err)
{
    memory *m = cookie;
    (void)err;
    size_t n = m->n - m->at;
    n = n < max ? n : max;
    n = m->step > 0 && n > m->step ? m->step : n;
    if (n > 0)
        memcpy(out, m->p + m->at, n);
    m->at += n;
    *got = n;
    return EW_OK;
}

static ew_code to_buf(void *cookie, const void *bytes, size_t n, ew_err *err)
{
    return ew_buf_append(cookie, bytes, n, err);
}

static ew_secret secret(const char *text, size_t n)
{
    ew_secret s;
    assert_int_equal(ew_secret_init(&s, 512, NULL), EW_OK);
    s.n = n;
    memcpy(s.bytes, text, n);
    return s;
}

/* What opening a whole file comes to; all that was given out goes to `out`. */
static ew_age_fault open_all(memory *m, const ew_age_opening *with, ew_buf *out)
{
    ew_age_source from = {m, from_memory};
    ew_age_reader *r = NULL;
    ew_age_fault fault = EW_AGE_FINE;
    ew_slice piece;
    ew_err err = {.code = EW_OK};
    ew_code code = ew_age_open(&r, &from, with, &fault, &err);
    if (code != EW_OK) {
        assert_int_equal(code, err.code);
        assert_int_not_equal(fault, EW_AGE_FINE);
        return fault;
    }
    do {
        code = ew_age_read(r, &piece, &err);
        if (code == EW_OK)
            assert_int_equal(ew_buf_append(out, piece.p, piece.n, NULL), EW_OK);
    } while (code == EW_OK && piece.n > 0);
    fault = ew_age_reader_fault(r);
    assert_true((code == EW_OK) == (fault == EW_AGE_FINE));
    ew_age_reader_free(r);
    return fault;
}

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

/* ------------------------------------------------------------------ keys */

static void test_bech32(void **state)
{
    (void)state;
    uint8_t key[32];
    uint8_t back[33];
    ew_buf b;
    ew_buf_init(&b, 200);
    /* the worked values of c2sp.org/age */
    memset(key, 0x42, sizeof key);
    assert_int_equal(ew_bech32_append(&b, "AGE-SECRET-KEY-", key, sizeof key, NULL),
                     EW_OK);
    assert_string_equal(
        (char *)b.data,
        "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX");
    for (size_t n = 0; n < sizeof back; n++) {
        for (size_t i = 0; i < n; i++)
            back[i] = (uint8_t)(i * 37 + n);
        ew_buf_reset(&b);
        assert_int_equal(ew_bech32_append(&b, "age", back, n, NULL), EW_OK);
        ew_slice text = {(char *)b.data, b.len};
        uint8_t got[33];
        assert_true(ew_bech32_read(text, "age", got, n));
        assert_memory_equal(got, back, n);
        assert_false(ew_bech32_read(text, "agf", got, n));
        assert_false(n > 0 && ew_bech32_read(text, "age", got, n - 1));
        for (size_t i = 0; i < b.len; i++) { /* no letter may change, and none its case */
            b.data[i] ^= 1;
            assert_false(ew_bech32_read(text, "age", got, n));
            b.data[i] ^= 1 ^ 0x20;
            assert_false(ew_bech32_read(text, "age", got, n));
            b.data[i] ^= 0x20;
        }
    }
    ew_buf_release(&b);
}

#define ALICE "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
#define ALICE_SECRET                                                                     \
    "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"

static void test_key_files(void **state)
{
    (void)state;
    ew_age_recipients to = {.n = 0};
    ew_age_identities ids;
    ew_secret file = secret("", 0);
    ew_buf name;
    ew_buf_init(&name, 200);
    assert_int_equal(ew_age_add_recipient(&to, ew_slice_of(ALICE), NULL), EW_OK);
    assert_int_equal(ew_age_add_recipient(&to, ew_slice_of(ALICE), NULL), EW_OK);
    assert_int_equal(to.n, 1);
    assert_int_equal(ew_age_add_recipient(&to, ew_slice_of("age1x"), NULL), EW_E_ARG);
    ew_err err;
    assert_int_equal(ew_age_add_recipient(&to, ew_slice_of(ALICE_SECRET), &err),
                     EW_E_ARG);
    assert_null(strstr(err.text, "GFPYY")); /* is not printed */
    assert_int_equal(
        ew_age_add_recipients(&to, ew_slice_of("# me\r\n\n" ALICE "\r\n"), NULL), EW_OK);
    assert_int_equal(to.n, 1);
    assert_int_equal(ew_age_add_recipients(&to, ew_slice_of(" " ALICE), NULL),
                     EW_E_FORMAT);

    assert_int_equal(ew_age_new_identity(&file, &name, 0, NULL), EW_OK);
    assert_memory_equal(file.bytes, "# created: 1970-01-01T00:00:00Z\n# public key: age1",
                        50);
    assert_int_equal(
        ew_age_add_recipient(&to, (ew_slice){(char *)name.data, name.len}, NULL), EW_OK);
    assert_int_equal(to.n, 2);
    assert_int_equal(ew_age_read_identities(&ids, (ew_slice){file.bytes, file.n}, NULL),
                     EW_OK);
    assert_int_equal(ids.n, 1);
    ew_age_identities_release(&ids);
    static const char *const bad[] = {
        "", "# nothing\n", ALICE "\n",
        ("age-secret-key-1gfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpyysj"
         "zgfpyysjzgfpq4egaex\n")};
    for (size_t i = 0; i < EW_COUNT(bad); i++) {
        assert_int_equal(ew_age_read_identities(&ids, ew_slice_of(bad[i]), NULL),
                         EW_E_FORMAT);
        ew_age_identities_release(&ids);
    }
    ew_buf_release(&name);
    ew_secret_release(&file);
}

/* ------------------------------------------------------------------ round trips */

static ew_code write_all(ew_buf *out, const ew_age_closing *how, const uint8_t *bytes,
                         size_t n, ew_err *err)
{
    ew_age_sink to = {out, to_buf};
    ew_age_writer *w = NULL;
    ew_code code = ew_age_create(&w, &to, how, err);
    for (size_t at = 0; at < n && code == EW_OK;) {
        size_t take = 1 + at % 7919;
        take = take < n - at ? take : n - at;
        code = ew_age_write(w, bytes + at, take, err);
        at += take;
    }
    if (code == EW_OK)
        code = ew_age_finish(w, err);
    ew_age_writer_free(w);
    return code;
}

static void round_trip(const ew_age_closing *how, const ew_age_opening *with, size_t n)
{
    uint8_t *bytes = malloc(n + 1);
    ew_buf file;
    ew_buf back;
    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)(i * 131 >> 3);
    ew_buf_init(&file, 1 << 20);
    ew_buf_init(&back, 1 << 20);
    assert_int_equal(write_all(&file, how, bytes, n, NULL), EW_OK);
    assert_true(ew_age_looks_so((ew_slice){(char *)file.data, file.len}));
    memory m = {file.data, file.len, 0, 0};
    assert_int_equal(open_all(&m, with, &back), EW_AGE_FINE);
    assert_int_equal(back.len, n);
    assert_memory_equal(back.data, bytes, n);
    ew_buf_release(&file);
    ew_buf_release(&back);
    free(bytes);
}

static void test_round_trips(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 47, 65535, 65536, 65537, 131072, 131073, 200000};
    ew_age_recipients to = {.n = 0};
    ew_age_identities ids;
    ew_secret pass = secret("word", 4);
    assert_int_equal(ew_age_add_recipient(&to, ew_slice_of(ALICE), NULL), EW_OK);
    assert_int_equal(ew_age_read_identities(&ids, ew_slice_of(ALICE_SECRET), NULL),
                     EW_OK);
    for (size_t i = 0; i < EW_COUNT(sizes); i++)
        for (int armor = 0; armor < 2; armor++) {
            ew_age_closing how = {&to, NULL, 0, armor != 0};
            ew_age_opening with = {&ids, NULL, EW_AGE_ARMOR_AUTO};
            round_trip(&how, &with, sizes[i]);
        }
    ew_age_closing how = {NULL, &pass, 4, true};
    ew_age_opening with = {NULL, &pass, EW_AGE_ARMOR_AUTO};
    round_trip(&how, &with, 1000);
    ew_age_identities_release(&ids);
    ew_secret_release(&pass);
}

/* No byte of a file may be changed, left out or added. */
static void test_changes(void **state)
{
    (void)state;
    static const uint8_t content[] = "seed";
    ew_age_recipients to = {.n = 0};
    ew_age_identities ids;
    ew_buf file;
    ew_buf back;
    ew_buf_init(&file, 4096);
    ew_buf_init(&back, 4096);
    assert_int_equal(ew_age_add_recipient(&to, ew_slice_of(ALICE), NULL), EW_OK);
    assert_int_equal(ew_age_read_identities(&ids, ew_slice_of(ALICE_SECRET), NULL),
                     EW_OK);
    ew_age_closing how = {&to, NULL, 0, false};
    ew_age_opening with = {&ids, NULL, EW_AGE_ARMOR_AUTO};
    assert_int_equal(write_all(&file, &how, content, sizeof content, NULL), EW_OK);
    for (size_t i = 0; i < file.len; i++) {
        memory m = {file.data, i, 0, 0};
        assert_int_not_equal(open_all(&m, &with, &back), EW_AGE_FINE);
        for (int bit = 0; bit < 8; bit++) {
            file.data[i] ^= (uint8_t)(1 << bit);
            m = (memory){file.data, file.len, 0, 0};
            assert_int_not_equal(open_all(&m, &with, &back), EW_AGE_FINE);
            file.data[i] ^= (uint8_t)(1 << bit);
        }
    }
    assert_int_equal(back.len, 0); /* and nothing of it is given out */
    assert_int_equal(ew_buf_append(&file, "x", 1, NULL), EW_OK);
    memory m = {file.data, file.len, 0, 0};
    assert_int_equal(open_all(&m, &with, &back), EW_AGE_BAD_PAYLOAD);
    ew_buf_release(&file);
    ew_buf_release(&back);
    ew_age_identities_release(&ids);
}

/* Attack 21: a stanza that asks for hours of work or all memory is refused at once, also where
 * the MAC would be good. */
static void row_21_scrypt_work_factor_bomb(void **state)
{
    (void)state;
    static const char *const work[] = {"21", "22",  "30",         "63",
                                       "64", "255", "4294967295", "18446744073709551616"};
    ew_secret pass = secret("word", 4);
    ew_age_opening with = {NULL, &pass, EW_AGE_ARMOR_AUTO};
    ew_buf out;
    ew_buf_init(&out, 100);
    for (size_t i = 0; i < EW_COUNT(work); i++) {
        char file[400];
        int n =
            snprintf(file, sizeof file,
                     "age-encryption.org/v1\n-> scrypt rF0/NwblUHHTpgQgRpe5CQ %s\n"
                     "qW9eVsT0NVb/Vswtw8kPIxUnaYmm9Px1dYmq2+4+qZA\n"
                     "--- 38TpQMxQRRNMfmYYpBX6DDrPx4/QY5UmJnhPyVoX/cw\n0123456789abcdef",
                     work[i]);
        memory m = {(const uint8_t *)file, (size_t)n, 0, 0};
        ew_age_source from = {&m, from_memory};
        ew_age_reader *r = NULL;
        assert_int_equal(ew_age_open(&r, &from, &with, NULL, NULL), EW_E_LIMIT);
    }
    ew_age_closing how = {NULL, &pass, EW_AGE_WORK_MAX + 1, false};
    assert_int_equal(write_all(&out, &how, NULL, 0, NULL), EW_E_ARG);
    ew_buf_release(&out);
    ew_secret_release(&pass);
}

/* A header without end does not fill the memory. */
static void row_21_endless_header(void **state)
{
    (void)state;
    size_t n = 8 << 20;
    char *file = malloc(n);
    int head = snprintf(file, n, "age-encryption.org/v1\n-> a\n");
    memset(file + head, 'A', n - (size_t)head);
    for (size_t i = (size_t)head + 64; i < n; i += 65)
        file[i] = '\n';
    memory m = {(const uint8_t *)file, n, 0, 0};
    ew_age_source from = {&m, from_memory};
    ew_age_opening with = {NULL, NULL, EW_AGE_ARMOR_AUTO};
    ew_age_reader *r = NULL;
    assert_int_equal(ew_age_open(&r, &from, &with, NULL, NULL), EW_E_LIMIT);
    assert_true(m.at < 1 << 20);
    free(file);
}

/* A recipient to whom everybody's secret is the same. */
static void test_low_order_recipient(void **state)
{
    (void)state;
    ew_age_recipients to = {.n = 1}; /* the key of zeros */
    ew_age_closing how = {&to, NULL, 0, false};
    ew_buf out;
    ew_buf_init(&out, 4096);
    assert_int_equal(write_all(&out, &how, NULL, 0, NULL), EW_E_ARG);
    to.n = 0;
    assert_int_equal(write_all(&out, &how, NULL, 0, NULL), EW_E_ARG);
    assert_int_equal(out.len, 0);
    ew_buf_release(&out);
}

/* ------------------------------------------------------------------ faults */

static ew_code age_work(void *arg, ew_err *err)
{
    const ew_age_recipients *to = arg;
    ew_age_closing how = {to, NULL, 0, true};
    ew_age_identities ids = {0};
    ew_age_reader *r = NULL;
    ew_buf file;
    ew_slice piece;
    ew_buf_init(&file, 4096);
    ew_code code = write_all(&file, &how, (const uint8_t *)"seed", 4, err);
    if (code == EW_OK)
        code = ew_age_read_identities(&ids, ew_slice_of(ALICE_SECRET), err);
    ew_age_opening with = {&ids, NULL, EW_AGE_ARMOR_AUTO};
    memory m = {file.data, file.len, 0, 0};
    ew_age_source from = {&m, from_memory};
    if (code == EW_OK)
        code = ew_age_open(&r, &from, &with, NULL, err);
    if (code == EW_OK)
        code = ew_age_read(r, &piece, err);
    if (code == EW_OK)
        assert_int_equal(piece.n, 4);
    ew_age_reader_free(r);
    ew_age_identities_release(&ids);
    ew_buf_release(&file);
    return code;
}

static void test_faults(void **state)
{
    (void)state;
    ew_age_recipients to = {.n = 0};
    assert_int_equal(ew_age_add_recipient(&to, ew_slice_of(ALICE), NULL), EW_OK);
    assert_true(test_torture_alloc(age_work, &to, 0) >= 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bech32),
        cmocka_unit_test(test_key_files),
        cmocka_unit_test(row_21_cctv_vectors),
        cmocka_unit_test(row_21_scrypt_work_factor_bomb),
        cmocka_unit_test(row_21_endless_header),
        cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_low_order_recipient),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
