/* SPDX-License-Identifier: Apache-2.0 */
/* Boxes of HEIF files. Every box lies within the one that holds it. */
#include "media/heif.h"

#include <string.h>

/* Bytes that are left of a box. */
typedef struct part {
    const uint8_t *file;
    uint64_t at, end;
    bool bad; /* something was read beyond the end */
} part;

static uint64_t take(part *p, unsigned n)
{
    uint64_t v = 0;

    if (p->end - p->at < n) {
        p->bad = true;
        p->at = p->end;
        return 0;
    }
    for (unsigned i = 0; i < n; i++)
        v = v << 8 | p->file[p->at++];
    return v;
}

/* The next box of p; false at the end or when it does not fit. */
static bool next_box(part *p, uint32_t *type, part *box)
{
    uint64_t size, start = p->at;

    if (p->end - p->at < 8)
        return false;
    size = take(p, 4);
    *type = (uint32_t)take(p, 4);
    if (size == 1)
        size = take(p, 8);
    else if (size == 0)
        size = p->end - start;
    if (p->bad || size < p->at - start || size > p->end - start)
        return false;
    *box = (part){.file = p->file, .at = p->at, .end = start + size};
    p->at = start + size;
    return true;
}

static ew_heif_item *find(ew_heif *h, uint32_t id)
{
    for (size_t i = 0; i < h->count; i++)
        if (h->items[i].id == id)
            return &h->items[i];
    return NULL;
}

const ew_heif_item *ew_heif_find(const ew_heif *h, uint32_t id)
{
    for (size_t i = 0; i < h->count; i++)
        if (h->items[i].id == id)
            return &h->items[i];
    return NULL;
}

/* ---------------------------------------------------------------- iinf, iloc */

/* item_name and content_type: two strings that end with a zero. */
static bool is_xmp(part *p)
{
    static const char xmp[] = "application/rdf+xml";

    while (!p->bad && p->at < p->end && take(p, 1) != 0) {
    }
    return p->end - p->at >= sizeof xmp && memcmp(p->file + p->at, xmp, sizeof xmp) == 0;
}

static void read_infe(ew_heif *h, part p)
{
    const unsigned version = (unsigned)take(&p, 1);
    ew_heif_item item = {0};

    (void)take(&p, 3);
    if (version < 2)
        return;
    item.id = (uint32_t)take(&p, version == 2 ? 2 : 4);
    (void)take(&p, 2);
    item.type = (uint32_t)take(&p, 4);
    if (p.bad || find(h, item.id) != NULL)
        return;
    item.xmp = item.type == EW_HEIF_TYPE('m', 'i', 'm', 'e') && is_xmp(&p);
    if (h->count == EW_HEIF_ITEMS)
        h->too_many = true;
    else
        h->items[h->count++] = item;
}

static void read_iinf(ew_heif *h, part p)
{
    const unsigned version = (unsigned)take(&p, 1);
    uint32_t type;
    part box;

    (void)take(&p, 3);
    (void)take(&p, version == 0 ? 2 : 4);
    while (next_box(&p, &type, &box))
        if (type == EW_HEIF_TYPE('i', 'n', 'f', 'e'))
            read_infe(h, box);
}

typedef struct widths {
    unsigned offset, length, base, index;
} widths;

/* The extents of one item; only one in one piece is of use. */
static void read_extents(ew_heif *h, part *p, const widths *w, uint32_t id,
                         unsigned method)
{
    const uint64_t base = take(p, w->base), count = take(p, 2);
    ew_heif_item *item = find(h, id);
    uint64_t at = 0, bytes = 0;

    for (uint64_t i = 0; i < count && !p->bad; i++) {
        (void)take(p, w->index);
        at = take(p, w->offset);
        bytes = take(p, w->length);
    }
    if (p->bad || item == NULL || count != 1 || method > 1)
        return;
    /* idat comes wherever it likes in meta: made a place in the file at the end */
    item->at = base <= UINT64_MAX - at ? base + at : UINT64_MAX;
    item->bytes = bytes;
    item->in_idat = method == 1;
}

static void read_iloc(ew_heif *h, part p)
{
    const unsigned version = (unsigned)take(&p, 1);
    unsigned sizes;
    uint64_t count;
    widths w;

    (void)take(&p, 3);
    sizes = (unsigned)take(&p, 2);
    w = (widths){sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15,
                 version > 0 ? sizes & 15 : 0};
    if (version > 2 || w.offset > 8 || w.length > 8 || w.base > 8 || w.index > 8)
        return;
    count = take(&p, version < 2 ? 2 : 4);
    for (uint64_t i = 0; i < count && !p.bad; i++) {
        const uint32_t id = (uint32_t)take(&p, version < 2 ? 2 : 4);
        const unsigned method = version > 0 ? (unsigned)take(&p, 2) & 15 : 0;

        (void)take(&p, 2);
        read_extents(h, &p, &w, id, method);
    }
}

/* ---------------------------------------------------------------- iprp, iref */

static void read_ipco(ew_heif *h, part p)
{
    uint32_t type;
    part box;

    while (next_box(&p, &type, &box)) {
        if (h->property_count == EW_HEIF_PROPERTIES) {
            h->too_many = true;
            return;
        }
        h->properties[h->property_count].type = type;
        h->properties[h->property_count].at = box.at;
        h->properties[h->property_count].bytes = box.end - box.at;
        h->property_count++;
    }
}

static void read_colour(ew_heif_item *item, part *p)
{
    if (take(p, 4) != EW_HEIF_TYPE('n', 'c', 'l', 'x'))
        return;
    (void)take(p, 4);
    item->matrix = (uint16_t)take(p, 2);
    item->full_range = (take(p, 1) & 0x80) != 0;
    item->has_colour = !p->bad;
}

static void give_property(const ew_heif *h, const uint8_t *file, ew_heif_item *item,
                          size_t which)
{
    part p = {.file = file,
              .at = h->properties[which].at,
              .end = h->properties[which].at + h->properties[which].bytes};

    switch (h->properties[which].type) {
    case EW_HEIF_TYPE('i', 's', 'p', 'e'):
        (void)take(&p, 4);
        item->width = (uint32_t)take(&p, 4);
        item->height = (uint32_t)take(&p, 4);
        break;
    case EW_HEIF_TYPE('h', 'v', 'c', 'C'):
    case EW_HEIF_TYPE('a', 'v', '1', 'C'):
        item->config_at = p.at;
        item->config_bytes = p.end - p.at;
        break;
    case EW_HEIF_TYPE('i', 'r', 'o', 't'):
        item->turn = (uint8_t)(take(&p, 1) & 3);
        break;
    case EW_HEIF_TYPE('i', 'm', 'i', 'r'):
        item->mirror = (uint8_t)(1 + (take(&p, 1) & 1));
        break;
    case EW_HEIF_TYPE('c', 'o', 'l', 'r'):
        read_colour(item, &p);
        break;
    default:
        break;
    }
}

static void read_ipma(ew_heif *h, part p)
{
    const unsigned version = (unsigned)take(&p, 1), flags = (unsigned)take(&p, 3);
    const uint64_t count = take(&p, 4);

    for (uint64_t i = 0; i < count && !p.bad; i++) {
        ew_heif_item *item = find(h, (uint32_t)take(&p, version < 1 ? 2 : 4));
        const uint64_t links = take(&p, 1);

        for (uint64_t k = 0; k < links && !p.bad; k++) {
            const uint64_t which =
                (flags & 1) != 0 ? take(&p, 2) & 0x7FFF : take(&p, 1) & 0x7F;

            if (item != NULL && which > 0 && which <= h->property_count)
                give_property(h, p.file, item, (size_t)which - 1);
        }
    }
}

static void read_iprp(ew_heif *h, part p)
{
    uint32_t type;
    part box;

    while (next_box(&p, &type, &box)) {
        if (type == EW_HEIF_TYPE('i', 'p', 'c', 'o') && h->property_count == 0)
            read_ipco(h, box);
        else if (type == EW_HEIF_TYPE('i', 'p', 'm', 'a'))
            read_ipma(h, box);
    }
}

static void read_dimg(ew_heif *h, part p, unsigned bytes)
{
    ew_heif_item *item = find(h, (uint32_t)take(&p, bytes));
    const uint64_t count = take(&p, 2);

    if (item == NULL || item->tiles > 0)
        return;
    if (count > EW_HEIF_REFS - h->ref_count) {
        h->too_many = true;
        return;
    }
    item->first_tile = (uint16_t)h->ref_count;
    for (uint64_t i = 0; i < count; i++) {
        const uint32_t id = (uint32_t)take(&p, bytes);

        if (p.bad)
            return;
        h->refs[h->ref_count++] = id;
        item->tiles++;
    }
}

static void read_iref(ew_heif *h, part p)
{
    const unsigned version = (unsigned)take(&p, 1);
    uint32_t type;
    part box;

    (void)take(&p, 3);
    while (next_box(&p, &type, &box))
        if (type == EW_HEIF_TYPE('d', 'i', 'm', 'g'))
            read_dimg(h, box, version == 0 ? 2 : 4);
}

/* ---------------------------------------------------------------- the whole */

/* iloc, iprp and iref speak of items that iinf names, whatever their order. */
static void read_meta(ew_heif *h, part meta)
{
    part p = meta, box;
    uint32_t type;

    while (next_box(&p, &type, &box))
        if (type == EW_HEIF_TYPE('i', 'i', 'n', 'f'))
            read_iinf(h, box);
    for (p = meta; next_box(&p, &type, &box);) {
        if (type == EW_HEIF_TYPE('i', 'l', 'o', 'c'))
            read_iloc(h, box);
        else if (type == EW_HEIF_TYPE('i', 'p', 'r', 'p'))
            read_iprp(h, box);
        else if (type == EW_HEIF_TYPE('i', 'r', 'e', 'f'))
            read_iref(h, box);
        if (type == EW_HEIF_TYPE('i', 'd', 'a', 't')) {
            h->idat_at = box.at;
            h->idat_bytes = box.end - box.at;
        }
        if (type == EW_HEIF_TYPE('p', 'i', 't', 'm')) {
            const bool wide = take(&box, 4) >> 24 != 0;
            h->primary = (uint32_t)take(&box, wide ? 4 : 2);
        }
    }
}

static void settle_places(ew_heif *h, uint64_t n)
{
    for (size_t i = 0; i < h->count; i++) {
        ew_heif_item *item = &h->items[i];
        const uint64_t from = item->in_idat ? h->idat_at : 0;
        const uint64_t most = item->in_idat ? h->idat_bytes : n;

        if (item->at > most || item->bytes > most - item->at)
            item->at = item->bytes = 0;
        else
            item->at += from;
    }
}

bool ew_heif_is(const uint8_t *p, size_t n)
{
    static const char brands[][5] = {"mif1", "msf1", "heic", "heix", "heim", "heis",
                                     "hevc", "hevx", "avif", "avis", "miaf"};

    if (n < 16 || memcmp(p + 4, "ftyp", 4) != 0)
        return false;
    for (size_t i = 0; i < sizeof brands / sizeof brands[0]; i++)
        if (memcmp(p + 8, brands[i], 4) == 0)
            return true;
    return false;
}

bool ew_heif_read(ew_heif *h, const uint8_t *p, size_t n)
{
    part file = {.file = p, .end = n}, box;
    uint32_t type;

    memset(h, 0, sizeof *h);
    if (!ew_heif_is(p, n))
        return false;
    while (next_box(&file, &type, &box)) {
        if (type == EW_HEIF_TYPE('f', 't', 'y', 'p'))
            h->brand = (uint32_t)take(&box, 4);
        if (type != EW_HEIF_TYPE('m', 'e', 't', 'a') || h->count > 0)
            continue;
        (void)take(&box, 4);
        read_meta(h, box);
    }
    settle_places(h, n);
    return h->count > 0;
}

unsigned ew_heif_orientation(const ew_heif_item *i)
{
    /* first turned, then mirrored */
    static const uint8_t exif[4][3] = {{1, 4, 2}, {8, 5, 7}, {3, 2, 4}, {6, 7, 5}};

    return exif[i->turn & 3][i->mirror < 3 ? i->mirror : 0];
}
