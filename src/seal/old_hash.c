/* SPDX-License-Identifier: Apache-2.0 */
/* RIPEMD-160 (Dobbertin, Bosselaers, Preneel 1996) and Keccak-256 (Keccak reference 3.0). */
#include "seal/old_hash.h"

#include <string.h>

#include "base/bytes.h"

/* ------------------------------------------------------------------ RIPEMD-160 */

enum { RIPEMD_BLOCK = 64, RIPEMD_STEPS = 80 };

/* Which word of the block each step takes, and by how much it turns: left line, right line. */
static const uint8_t words[2][RIPEMD_STEPS] = {
    {0,  1, 2,  3, 4,  5,  6, 7,  8, 9,  10, 11, 12, 13, 14, 15, 7,  4,  13, 1,
     10, 6, 15, 3, 12, 0,  9, 5,  2, 14, 11, 8,  3,  10, 14, 4,  9,  15, 8,  1,
     2,  7, 0,  6, 13, 11, 5, 12, 1, 9,  11, 10, 0,  8,  12, 4,  13, 3,  7,  15,
     14, 5, 6,  2, 4,  0,  5, 9,  7, 12, 2,  10, 14, 1,  3,  8,  11, 6,  15, 13},
    {5,  14, 7,  0,  9,  2,  11, 4,  13, 6, 15, 8, 1,  10, 3,  12, 6, 11, 3, 7,
     0,  13, 5,  10, 14, 15, 8,  12, 4,  9, 1,  2, 15, 5,  1,  3,  7, 14, 6, 9,
     11, 8,  12, 2,  10, 0,  4,  13, 8,  6, 4,  1, 3,  11, 15, 0,  5, 12, 2, 13,
     9,  7,  10, 14, 12, 15, 10, 4,  1,  5, 8,  7, 6,  2,  13, 14, 0, 3,  9, 11},
};
static const uint8_t turns[2][RIPEMD_STEPS] = {
    {11, 14, 15, 12, 5, 8,  7,  9,  11, 13, 14, 15, 6,  7,  9,  8,  7,  6,  8,  13,
     11, 9,  7,  15, 7, 12, 15, 9,  11, 7,  13, 12, 11, 13, 6,  7,  14, 9,  13, 15,
     14, 8,  13, 6,  5, 12, 7,  5,  11, 12, 14, 15, 14, 15, 9,  8,  9,  14, 5,  6,
     8,  6,  5,  12, 9, 15, 5,  11, 6,  8,  13, 12, 5,  12, 13, 14, 11, 8,  5,  6},
    {8,  9,  9,  11, 13, 15, 15, 5, 7,  7,  8,  11, 14, 14, 12, 6,  9,  13, 15, 7,
     12, 8,  9,  11, 7,  7,  12, 7, 6,  15, 13, 11, 9,  7,  15, 11, 8,  6,  6,  14,
     12, 13, 5,  14, 13, 13, 7,  5, 15, 5,  8,  11, 14, 14, 6,  14, 6,  9,  12, 9,
     12, 5,  15, 8,  8,  5,  12, 9, 12, 5,  14, 6,  8,  13, 6,  5,  15, 13, 11, 11},
};
static const uint32_t adds[2][5] = {
    {0, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e},
    {0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0},
};

static uint32_t turn32(uint32_t v, unsigned by)
{
    return v << by | v >> (32 - by);
}

static uint32_t mix(unsigned round, uint32_t x, uint32_t y, uint32_t z)
{
    switch (round) {
    case 0:
        return x ^ y ^ z;
    case 1:
        return (x & y) | (~x & z);
    case 2:
        return (x | ~y) ^ z;
    case 3:
        return (x & z) | (y & ~z);
    default:
        return x ^ (y | ~z);
    }
}

static void ripemd_line(int line, const uint8_t *block, uint32_t v[5])
{
    for (unsigned i = 0; i < RIPEMD_STEPS; i++) {
        unsigned round = i / 16;
        uint32_t t = v[0] + mix(line == 0 ? round : 4 - round, v[1], v[2], v[3]) +
                     ew_get_u32le(block + 4 * (size_t)words[line][i]) + adds[line][round];
        t = turn32(t, turns[line][i]) + v[4];
        v[0] = v[4];
        v[4] = v[3];
        v[3] = turn32(v[2], 10);
        v[2] = v[1];
        v[1] = t;
    }
}

static void ripemd_block(uint32_t h[5], const uint8_t *block)
{
    uint32_t l[5];
    uint32_t r[5];
    memcpy(l, h, sizeof l);
    memcpy(r, h, sizeof r);
    ripemd_line(0, block, l);
    ripemd_line(1, block, r);
    uint32_t t = h[1] + l[2] + r[3];
    h[1] = h[2] + l[3] + r[4];
    h[2] = h[3] + l[4] + r[0];
    h[3] = h[4] + l[0] + r[1];
    h[4] = h[0] + l[1] + r[2];
    h[0] = t;
}

void ew_ripemd160(const void *bytes, size_t n, uint8_t out[EW_RIPEMD160_BYTES])
{
    uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    uint8_t last[2 * RIPEMD_BLOCK] = {0};
    const uint8_t *p = bytes;
    size_t whole = n - n % RIPEMD_BLOCK;
    size_t rest = n - whole;
    for (size_t i = 0; i < whole; i += RIPEMD_BLOCK)
        ripemd_block(h, p + i);
    if (rest > 0)
        memcpy(last, p + whole, rest);
    last[rest] = 0x80;
    size_t end = rest + 9 > RIPEMD_BLOCK ? sizeof last : RIPEMD_BLOCK;
    ew_put_u64le(last + end - 8, (uint64_t)n * 8);
    for (size_t i = 0; i < end; i += RIPEMD_BLOCK)
        ripemd_block(h, last + i);
    for (size_t i = 0; i < 5; i++)
        ew_put_u32le(out + 4 * i, h[i]);
}

/* ------------------------------------------------------------------ Keccak-256 */

enum { KECCAK_RATE = 136, KECCAK_ROUNDS = 24 };

static uint64_t turn64(uint64_t v, unsigned by)
{
    return by == 0 ? v : v << by | v >> (64 - by);
}

/* rho and pi: each lane turns and takes the place of the next. */
static void keccak_move(uint64_t a[25])
{
    size_t x = 1;
    size_t y = 0;
    uint64_t lane = a[1];
    for (unsigned t = 0; t < 24; t++) {
        size_t down = (2 * x + 3 * y) % 5;
        x = y;
        y = down;
        uint64_t next = a[x + 5 * y];
        a[x + 5 * y] = turn64(lane, (t + 1) * (t + 2) / 2 % 64);
        lane = next;
    }
}

/* The round constants, from the register that makes them. */
static uint64_t keccak_iota(uint8_t *lfsr)
{
    uint64_t c = 0;
    for (unsigned j = 0; j < 7; j++) {
        if ((*lfsr & 1) != 0)
            c |= UINT64_C(1) << ((1U << j) - 1);
        *lfsr = (uint8_t)((*lfsr << 1) ^ ((*lfsr & 0x80) != 0 ? 0x71 : 0));
    }
    return c;
}

static void keccak_permute(uint64_t a[25])
{
    uint64_t c[5];
    uint8_t lfsr = 1;
    for (unsigned round = 0; round < KECCAK_ROUNDS; round++) {
        for (size_t x = 0; x < 5; x++)
            c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        for (size_t i = 0; i < 25; i++)
            a[i] ^= c[(i + 4) % 5] ^ turn64(c[(i + 1) % 5], 1);
        keccak_move(a);
        for (size_t y = 0; y < 25; y += 5) {
            memcpy(c, a + y, sizeof c);
            for (size_t x = 0; x < 5; x++)
                a[y + x] = c[x] ^ (~c[(x + 1) % 5] & c[(x + 2) % 5]);
        }
        a[0] ^= keccak_iota(&lfsr);
    }
}

static void keccak_block(uint64_t a[25], const uint8_t *block)
{
    for (size_t i = 0; i < KECCAK_RATE / 8; i++)
        a[i] ^= ew_get_u64le(block + 8 * i);
    keccak_permute(a);
}

void ew_keccak256(const void *bytes, size_t n, uint8_t out[EW_KECCAK256_BYTES])
{
    uint64_t a[25] = {0};
    uint8_t last[KECCAK_RATE] = {0};
    const uint8_t *p = bytes;
    size_t whole = n - n % KECCAK_RATE;
    for (size_t i = 0; i < whole; i += KECCAK_RATE)
        keccak_block(a, p + i);
    if (n > whole)
        memcpy(last, p + whole, n - whole);
    last[n - whole] = 0x01;
    last[KECCAK_RATE - 1] |= 0x80;
    keccak_block(a, last);
    for (size_t i = 0; i < EW_KECCAK256_BYTES / 8; i++)
        ew_put_u64le(out + 8 * i, a[i]);
}
