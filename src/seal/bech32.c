/* SPDX-License-Identifier: Apache-2.0 */
/* Bech32. Secret keys come through here: nothing is kept but in the caller's memory. */
#include "seal/bech32.h"

#include <string.h>

static const char letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

enum { SUM = 6 }; /* letters of the checksum */

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

/* The checksum's generator polynomial, from BIP 173. */
static uint32_t step(uint32_t sum, uint32_t value)
{
    static const uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                         0x2a1462b3};
    uint32_t top = sum >> 25;
    sum = (sum & 0x1ffffff) << 5 ^ value;
    for (int i = 0; i < 5; i++)
        if (top >> i & 1)
            sum ^= generator[i];
    return sum;
}

/* Always of the small letters. */
static uint32_t sum_head(const char *head)
{
    uint32_t sum = 1;
    for (const char *p = head; *p != 0; p++)
        sum = step(sum, (uint32_t)small(*p) >> 5);
    sum = step(sum, 0);
    for (const char *p = head; *p != 0; p++)
        sum = step(sum, (uint32_t)small(*p) & 31);
    return sum;
}

static bool in_capitals(const char *head)
{
    for (const char *p = head; *p != 0; p++)
        if (*p >= 'a' && *p <= 'z')
            return false;
    return true;
}

static ew_code append_letter(ew_buf *b, uint32_t value, bool capital, ew_err *err)
{
    char c = letters[value & 31];
    if (capital && c >= 'a')
        c = (char)(c - 'a' + 'A');
    return ew_buf_append(b, &c, 1, err);
}

ew_code ew_bech32_append(ew_buf *b, const char *head, const void *bytes, size_t n,
                         ew_err *err)
{
    const uint8_t *from = bytes;
    bool capital = in_capitals(head);
    uint32_t sum = sum_head(head);
    uint32_t held = 0; /* bits that wait */
    unsigned bits = 0;
    ew_code code = ew_buf_append(b, head, strlen(head), err);
    if (code == EW_OK)
        code = ew_buf_append(b, "1", 1, err);
    for (size_t i = 0; code == EW_OK && (i < n || bits > 0);) {
        if (bits < 5 && i < n) {
            held = (held << 8 | from[i++]) & 0xfff;
            bits += 8;
        } else if (bits < 5) {
            held <<= 5 - bits;
            bits = 5;
        }
        bits -= 5;
        sum = step(sum, held >> bits & 31);
        code = append_letter(b, held >> bits, capital, err);
    }
    for (int i = 0; i < SUM; i++)
        sum = step(sum, 0);
    sum ^= 1;
    for (int i = SUM - 1; i >= 0 && code == EW_OK; i--)
        code = append_letter(b, sum >> 5 * i, capital, err);
    return code;
}

static bool value_of(char c, bool capital, uint32_t *value)
{
    if (c == 0 || (capital && c >= 'a' && c <= 'z'))
        return false;
    const char *at = strchr(letters, capital ? small(c) : c);
    if (at == NULL)
        return false;
    *value = (uint32_t)(at - letters);
    return true;
}

bool ew_bech32_read(ew_slice text, const char *head, uint8_t *out, size_t n)
{
    bool capital = in_capitals(head);
    uint32_t sum = sum_head(head);
    uint32_t held = 0;
    uint32_t value = 0;
    unsigned bits = 0;
    size_t got = 0;
    size_t data = (n * 8 + 4) / 5;
    if (!ew_slice_skip(&text, head) || !ew_slice_skip(&text, "1") || text.n != data + SUM)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        if (!value_of(text.p[i], capital, &value))
            return false;
        sum = step(sum, value);
        if (i >= data)
            continue;
        held = (held << 5 | value) & 0xfff;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            out[got++] = (uint8_t)(held >> bits);
        }
    }
    return sum == 1 && got == n && (held & ((1u << bits) - 1)) == 0;
}
