/* SPDX-License-Identifier: Apache-2.0 */
/* age: the vectors of C2SP/CCTV, round trips, limits. */
#include "seal/age.h"

#include "age_made.h"
#include "base/bytes.h"

static ew_code to_buf(void *cookie, const void *bytes, size_t n, ew_err *err)
{
    return ew_buf_append(cookie, bytes, n, err);
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
        cmocka_unit_test(row_21_scrypt_work_factor_bomb),
        cmocka_unit_test(row_21_endless_header),
        cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_low_order_recipient),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
