/* SPDX-License-Identifier: Apache-2.0 */
/* The vault: opens with its passphrase only, and tells what was changed. */
#include "seal/vault.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "support.h"

static const ew_vault_cost cheap = {1, 8192};

static ew_secret secret(const char *text)
{
    ew_secret s;
    assert_int_equal(ew_secret_init(&s, 64, NULL), EW_OK);
    s.n = strlen(text);
    memcpy(s.bytes, text, s.n);
    return s;
}

static void test_round_trip(void **state)
{
    (void)state;
    ew_secret pass = secret("correct horse");
    ew_secret wrong = secret("correct horsf");
    ew_secret none = secret("");
    ew_secret back = secret("");
    ew_vault *v = NULL;
    ew_vault *again = NULL;
    ew_buf file;
    ew_buf box;
    ew_slice label = ew_slice_of("label");
    ew_buf_init(&file, EW_VAULT_FILE_MAX);
    ew_buf_init(&box, 200);
    assert_int_equal(ew_vault_create(&v, &none, &cheap, &file, NULL), EW_E_ARG);
    assert_int_equal(ew_vault_create(&v, &pass, &cheap, &file, NULL), EW_OK);
    assert_int_equal(ew_vault_lock(v, label, "seed", 4, &box, NULL), EW_OK);
    assert_int_equal(box.len, 4 + EW_LOCKED_OVERHEAD);
    ew_slice text = {(char *)file.data, file.len};
    assert_int_equal(ew_vault_open(&again, &wrong, text, NULL), EW_OK);
    assert_null(again);
    assert_int_equal(ew_vault_open(&again, &pass, text, NULL), EW_OK);
    assert_non_null(again);
    ew_slice locked = {(char *)box.data, box.len};
    assert_int_equal(ew_vault_unlock(again, label, locked, &back, NULL), EW_OK);
    assert_true(back.n == 4 && memcmp(back.bytes, "seed", 4) == 0);
    assert_int_equal(ew_vault_unlock(again, ew_slice_of("labek"), locked, &back, NULL),
                     EW_E_FORMAT);
    for (size_t i = 0; i < box.len; i++) {
        box.data[i] ^= 1;
        assert_int_equal(ew_vault_unlock(again, label, locked, &back, NULL), EW_E_FORMAT);
        box.data[i] ^= 1;
        ew_slice cut = {locked.p, i};
        assert_int_equal(ew_vault_unlock(again, label, cut, &back, NULL), EW_E_FORMAT);
    }
    ew_vault_free(v);
    ew_vault_free(again);
    ew_buf_release(&file);
    ew_buf_release(&box);
    ew_secret_release(&pass);
    ew_secret_release(&wrong);
    ew_secret_release(&none);
    ew_secret_release(&back);
}

static void test_bad_files(void **state)
{
    (void)state;
#define SALT "AAAAAAAAAAAAAAAAAAAAAA=="
#define KEY                                                                              \
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" \
    "AAAAAAAAAA"                                                                         \
    "AAAA"
#define FILE_OF(passes, bytes)                                                           \
    "earwitness-vault/v1\nkdf argon2id passes=" passes " bytes=" bytes " salt=" SALT     \
    "\nkey " KEY "\n"
    static const char *const bad[] = {
        "",
        "earwitness-vault/v2\n",
        "earwitness-vault/v1\nkdf scrypt\n",
        "earwitness-vault/v1\nkdf argon2id passes=1 bytes=8192 salt=" SALT "\nkey AA==\n",
        FILE_OF("1", "8192") "x",
        FILE_OF("01", "8192"),
        FILE_OF("-1", "8192")};
    static const char *const bombs[] = {FILE_OF("17", "8192"), FILE_OF("0", "8192"),
                                        FILE_OF("1", "1073741825"), FILE_OF("1", "1")};
    ew_secret pass = secret("x");
    ew_vault *v = NULL;
    for (size_t i = 0; i < EW_COUNT(bad); i++)
        if (ew_vault_open(&v, &pass, ew_slice_of(bad[i]), NULL) != EW_E_FORMAT)
            fail_msg("'%s' is taken for a vault", bad[i]);
    for (size_t i = 0; i < EW_COUNT(bombs); i++)
        assert_int_equal(ew_vault_open(&v, &pass, ew_slice_of(bombs[i]), NULL),
                         EW_E_LIMIT);
    assert_int_equal(ew_vault_open(&v, &pass, ew_slice_of(FILE_OF("1", "8192")), NULL),
                     EW_OK);
    assert_null(v);
    ew_secret_release(&pass);
}

static ew_code vault_work(void *arg, ew_err *err)
{
    ew_vault *v = NULL;
    ew_vault *again = NULL;
    ew_buf file;
    ew_buf_init(&file, EW_VAULT_FILE_MAX);
    ew_code code = ew_vault_create(&v, arg, &cheap, &file, err);
    if (code == EW_OK) {
        ew_slice text = {(char *)file.data, file.len};
        code = ew_vault_open(&again, arg, text, err);
    }
    if (code == EW_OK)
        assert_non_null(again);
    ew_vault_free(v);
    ew_vault_free(again);
    ew_buf_release(&file);
    return code;
}

static void test_faults(void **state)
{
    (void)state;
    ew_secret pass = secret("x");
    assert_true(test_torture_alloc(vault_work, &pass, 0) >= 6);
    ew_secret_release(&pass);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_bad_files),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
