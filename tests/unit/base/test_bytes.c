/* SPDX-License-Identifier: Apache-2.0 */
/* Little-endian integers round-trip and have the bytes that the formats promise. */
#include "base/bytes.h"
#include "support.h"

static void test_known_bytes(void **state)
{
    (void)state;
    const uint8_t b[8] = {0x01, 0x02, 0x03, 0x84, 0x05, 0x06, 0x07, 0xF8};
    assert_int_equal(ew_get_u16le(b), 0x0201);
    assert_true(ew_get_u32le(b) == 0x84030201u);
    assert_true(ew_get_u64le(b) == 0xF807060584030201u);
}

static void test_round_trip(void **state)
{
    (void)state;
    uint8_t b[8];
    for (int shift = 0; shift < 64; shift++) {
        uint64_t v = UINT64_C(1) << shift | 0x5A;
        ew_put_u64le(b, v);
        assert_true(ew_get_u64le(b) == v);
        ew_put_u32le(b, (uint32_t)v);
        assert_true(ew_get_u32le(b) == (uint32_t)v);
        ew_put_u16le(b, (uint16_t)v);
        assert_true(ew_get_u16le(b) == (uint16_t)v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_bytes),
        cmocka_unit_test(test_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
