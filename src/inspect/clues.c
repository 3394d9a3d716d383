/* SPDX-License-Identifier: Apache-2.0 */
/* Reading clues. They come from a process that the file may have taken over, so nothing is
 * believed but that they are strings. */
#include "inspect/clues.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Beyond this no number of a file makes sense; products with rates stay in 63 bits. */
#define NUMBER_MAX INT64_C(1000000000000000)

const char *ew_inspect__clue_next(const ew_inspect__clues *c, const char *key, size_t *at)
{
    while (*at < c->count) {
        const ew_clue *one = &c->list[(*at)++];
        if (strcmp(one->key, key) == 0)
            return one->value;
    }
    return NULL;
}

const char *ew_inspect__clue(const ew_inspect__clues *c, const char *key)
{
    size_t at = 0;

    return ew_inspect__clue_next(c, key, &at);
}

size_t ew_inspect__clue_numbers(const char *value, int64_t *numbers, size_t most,
                                const char **rest)
{
    size_t n = 0;

    while (n < most) {
        char *end = NULL;
        long long v;
        if (!isdigit((unsigned char)value[0]) && value[0] != '-')
            break;
        errno = 0;
        v = strtoll(value, &end, 10);
        if (errno != 0 || end == value || (*end != 0 && *end != ' '))
            break;
        numbers[n++] = v > NUMBER_MAX ? NUMBER_MAX : v < -NUMBER_MAX ? -NUMBER_MAX : v;
        value = *end == ' ' ? end + 1 : end;
    }
    *rest = value;
    return n;
}

int64_t ew_inspect__clue_number(const ew_inspect__clues *c, const char *key,
                                int64_t otherwise)
{
    const char *value = ew_inspect__clue(c, key), *rest;
    int64_t n = 0;

    return value && ew_inspect__clue_numbers(value, &n, 1, &rest) == 1 ? n : otherwise;
}

static const char *tag_value(const char *tag, const char *name)
{
    size_t n = strlen(name);

    return strncasecmp(tag, name, n) == 0 && tag[n] == '=' ? tag + n + 1 : NULL;
}

const char *ew_inspect__tag(const ew_inspect__clues *c, const char *name)
{
    static const char *const from[] = {"tag.file", "tag.stream"};

    for (size_t k = 0; k < 2; k++) {
        const char *tag;
        for (size_t at = 0; (tag = ew_inspect__clue_next(c, from[k], &at)) != NULL;) {
            const char *value = tag_value(tag, name);
            if (value)
                return value;
        }
    }
    return NULL;
}

int64_t ew_inspect__clue_place(const ew_inspect__clues *c, int64_t packet_sample)
{
    int64_t rate = ew_inspect__clue_number(c, "stream.rate", c->sound->rate_hz);
    int64_t place = packet_sample - ew_inspect__clue_number(c, "packets.skip-start", 0);

    if (rate > 0 && rate != c->sound->rate_hz)
        place = (int64_t)((double)place * c->sound->rate_hz / (double)rate);
    return place < 0 ? 0 : place > c->samples ? c->samples : place;
}
