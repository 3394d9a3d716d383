/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 and CRC-32 against published values; hex there and back. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "support.h"

static const char abc_hash[] =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
/* One million times "a", FIPS 180 example. */
static const char million_hash[] =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

static void test_sha256(void **state)
{
    (void)state;
    ew_sha256 *h = NULL;
    uint8_t out[EW_SHA256_BYTES];
    char hex[EW_SHA256_HEX + 1];
    assert_int_equal(ew_sha256_new(&h, NULL), EW_OK);
    assert_int_equal(ew_sha256_feed(h, "a", 1, NULL), EW_OK);
    assert_int_equal(ew_sha256_feed(h, NULL, 0, NULL), EW_OK);
    assert_int_equal(ew_sha256_feed(h, "bc", 2, NULL), EW_OK);
    assert_int_equal(ew_sha256_finish(h, out, NULL), EW_OK);
    ew_sha256_free(h);
    ew_sha256_free(NULL);
    ew_hex(out, sizeof out, hex);
    assert_string_equal(hex, abc_hash);
}

static ew_code hash_file(void *arg, ew_err *err)
{
    uint8_t out[EW_SHA256_BYTES];
    return ew_sha256_fd(*(int *)arg, out, err);
}

static void test_sha256_fd(void **state)
{
    (void)state;
    char *dir = test_dir_new();
    const char *path = test_path(dir, "million");
    char *text = malloc(1000000);
    assert_non_null(text);
    memset(text, 'a', 1000000);
    test_file_put(path, text, 1000000);
    free(text);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_true(lseek(fd, 5, SEEK_SET) == 5);
    uint8_t out[EW_SHA256_BYTES];
    uint8_t want[EW_SHA256_BYTES];
    assert_int_equal(ew_sha256_fd(fd, out, NULL), EW_OK);
    assert_int_equal(ew_unhex(million_hash, want, sizeof want), 0);
    assert_memory_equal(out, want, sizeof out);
    assert_true(lseek(fd, 0, SEEK_CUR) == 5);
    assert_true(test_torture_alloc(hash_file, &fd, 0) == 2);
    assert_int_equal(close(fd), 0);
    ew_err err;
    assert_int_equal(ew_sha256_fd(fd, out, &err), EW_E_IO);
    test_dir_remove(dir);
}

static void test_crc32(void **state)
{
    (void)state;
    assert_true(ew_crc32(0, "123456789", 9) == 0xCBF43926u);
    assert_true(ew_crc32(ew_crc32(0, "1234", 4), "56789", 5) == 0xCBF43926u);
    assert_true(ew_crc32(7, NULL, 0) == 7);
}

static void test_hex(void **state)
{
    (void)state;
    uint8_t b[3];
    char hex[7];
    assert_int_equal(ew_unhex("00fFa9", b, 3), 0);
    ew_hex(b, 3, hex);
    assert_string_equal(hex, "00ffa9");
    assert_int_equal(ew_unhex("00ffa", b, 3), -1);
    assert_int_equal(ew_unhex("00ffa90", b, 3), -1);
    assert_int_equal(ew_unhex("00fga9", b, 3), -1);
    assert_int_equal(ew_unhex("", b, 3), -1);
    assert_int_equal(ew_unhex("", b, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sha256),
        cmocka_unit_test(test_sha256_fd),
        cmocka_unit_test(test_crc32),
        cmocka_unit_test(test_hex),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
