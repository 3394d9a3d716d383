/* SPDX-License-Identifier: Apache-2.0 */
/* Little-endian integers in files, whatever the machine. */
#ifndef EW_BASE_BYTES_H
#define EW_BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>

#define EW_COUNT(a) (sizeof(a) / sizeof((a)[0]))

static inline uint16_t ew_get_u16le(const uint8_t *p)
{
    return (uint16_t)(p[0] | (uint16_t)(p[1] << 8));
}

static inline uint32_t ew_get_u32le(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

static inline uint64_t ew_get_u64le(const uint8_t *p)
{
    return (uint64_t)ew_get_u32le(p) | (uint64_t)ew_get_u32le(p + 4) << 32;
}

static inline void ew_put_u16le(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static inline void ew_put_u32le(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (8 * i));
}

static inline void ew_put_u64le(uint8_t *p, uint64_t v)
{
    for (int i = 0; i < 8; i++)
        p[i] = (uint8_t)(v >> (8 * i));
}

#endif
