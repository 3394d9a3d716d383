/* SPDX-License-Identifier: Apache-2.0 */
/* What setting made the quantisation tables of a JPEG file. */
#include <string.h>

#include "import/picture_facts.h"

/* Table K.1 of ITU-T T.81, in zigzag order: what nearly every program scales. */
static const uint8_t standard[64] = {
    16, 11, 12,  14,  12,  10, 16, 14,  13,  14,  18,  17,  16, 19,  24,  40,
    26, 24, 22,  22,  24,  49, 35, 37,  29,  40,  58,  51,  61, 60,  57,  51,
    56, 55, 64,  72,  92,  78, 64, 68,  87,  69,  55,  56,  80, 109, 81,  87,
    95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99};

static unsigned scaled(unsigned base, unsigned quality)
{
    const unsigned scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
    const unsigned v = (base * scale + 50) / 100;

    return v < 1 ? 1 : v > 255 ? 255 : v;
}

static unsigned far_from(const uint16_t table[64], unsigned quality)
{
    unsigned sum = 0;

    for (int i = 0; i < 64; i++) {
        const unsigned v = scaled(standard[i], quality);

        sum += v > table[i] ? v - table[i] : table[i] - v;
    }
    return sum;
}

ew_code ew_photo_quality(ew_photo *p, ew_span_of where, const uint16_t table[64],
                         ew_err *err)
{
    unsigned best = 1, least = far_from(table, 1);

    for (unsigned q = 2; q <= 100; q++) {
        const unsigned d = far_from(table, q);

        if (d < least) {
            least = d;
            best = q;
        }
    }
    if (least == 0)
        return ew_photo_say(p, where, "JPEGQuality", err, "%u, standard tables", best);
    return ew_photo_say(p, where, "JPEGQuality", err,
                        "about %u, tables of the program's own", best);
}
