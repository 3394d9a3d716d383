/* SPDX-License-Identifier: Apache-2.0 */
/* What is not a file: the metadata of an item, a line for each slot, and the seals that make a
 * collection. */
#include <string.h>

#include "base/bytes.h"
#include "base/utf8.h"
#include "seal/split.h"

/* A key keeps its slot for ever, so that one of them can be shown without the others. There is none for the
 * size: less what is shown, it is the length of what is hidden. */
static const char *const keys[EW_META_SLOTS] = {
    "name",  "modified",     "path", "members", "cut",       "tool", "from", "obtained",
    "place", "time-claimed", "note", "device",  "reference", NULL,   NULL,   NULL};

const char *ew_meta_key(size_t slot)
{
    return slot < EW_COUNT(keys) ? keys[slot] : NULL;
}

size_t ew_meta_slot(ew_slice key)
{
    for (size_t i = 0; i < EW_COUNT(keys); i++)
        if (keys[i] != NULL && ew_slice_is(key, keys[i]))
            return i;
    return EW_META_SLOTS;
}

bool ew_meta_value_ok(ew_slice value)
{
    if (value.n == 0 || value.n > EW_META_VALUE || !ew_utf8_valid(value.p, value.n))
        return false;
    for (size_t i = 0; i < value.n; i++)
        if ((uint8_t)value.p[i] < 0x20 || value.p[i] == 0x7F)
            return false;
    return true;
}

static bool slot_fits(uint64_t slot, ew_slice text)
{
    ew_slice line;
    if (text.n == 0)
        return slot < EW_META_SLOTS;
    return slot < EW_META_SLOTS && keys[slot] != NULL && ew_slice_line(&text, &line) &&
           text.n == 0 && ew_slice_skip(&line, keys[slot]) && ew_slice_skip(&line, "=") &&
           ew_meta_value_ok(line);
}

bool ew_split__meta_fits(const ew_shown *run)
{
    const char *p = (const char *)run->bytes;
    for (size_t i = 0; i < run->count; i++) {
        ew_slice text = {p, (size_t)run->lengths[i]};
        if (run->kinds[i] != EW_PART_META || !slot_fits(run->first + i, text))
            return false;
        p += text.n;
    }
    return true;
}

ew_code ew_split__seals(uint64_t size, ew_cuts *out, ew_err *err)
{
    ew_code code = EW_OK;
    if (size == 0 || size % EW_HASH != 0)
        return ew_fail(err, EW_E_FORMAT, 0, "not a list of seals");
    for (uint64_t at = EW_HASH; at <= size && code == EW_OK; at += EW_HASH)
        code = ew_cuts_add(out, at, EW_PART_CONTENT, err);
    return code;
}

bool ew_split__seals_fit(const ew_shown *run)
{
    for (size_t i = 0; i < run->count; i++)
        if (run->kinds[i] != EW_PART_CONTENT || run->lengths[i] != EW_HASH)
            return false;
    return true;
}
