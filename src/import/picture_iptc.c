/* SPDX-License-Identifier: Apache-2.0 */
/* IPTC-IIM, and Photoshop's resources around it. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "import/picture_facts.h"

enum { RECORD_APPLICATION = 2, THUMB_HEAD = 28 };

static const struct {
    uint8_t set;
    const char *name;
} names[] = {
    {5, "IPTC:ObjectName"},
    {7, "IPTC:EditStatus"},
    {15, "IPTC:Category"},
    {25, "IPTC:Keywords"},
    {40, "IPTC:SpecialInstructions"},
    {55, "IPTC:DateCreated"},
    {60, "IPTC:TimeCreated"},
    {62, "IPTC:DigitalCreationDate"},
    {63, "IPTC:DigitalCreationTime"},
    {65, "IPTC:OriginatingProgram"},
    {80, "IPTC:By-line"},
    {85, "IPTC:By-lineTitle"},
    {90, "IPTC:City"},
    {92, "IPTC:Sub-location"},
    {95, "IPTC:Province-State"},
    {101, "IPTC:Country"},
    {103, "IPTC:OriginalTransmissionReference"},
    {105, "IPTC:Headline"},
    {110, "IPTC:Credit"},
    {115, "IPTC:Source"},
    {116, "IPTC:CopyrightNotice"},
    {118, "IPTC:Contact"},
    {120, "IPTC:Caption-Abstract"},
    {122, "IPTC:Writer-Editor"},
};

ew_code ew_photo_iptc(ew_photo *p, ew_span_of iptc, ew_err *err)
{
    const uint8_t *b = ew_photo_at(p, iptc.at);
    ew_code rc = EW_OK;

    for (size_t i = 0; rc == EW_OK && iptc.n - i >= 5 && b[i] == 0x1C;) {
        const uint8_t record = b[i + 1], set = b[i + 2];
        const size_t n = ew_photo_u16be(b + i + 3);

        i += 5;
        if (n > iptc.n - i) /* also the extended form, which nobody writes */
            return EW_OK;
        for (size_t k = 0; k < EW_COUNT(names) && rc == EW_OK; k++)
            if (record == RECORD_APPLICATION && names[k].set == set)
                rc = ew_photo_text(p, (ew_span_of){iptc.at + i, n},
                                   ew_slice_of(names[k].name),
                                   (ew_slice){(const char *)b + i, n}, err);
        i += n;
    }
    return rc;
}

static ew_code take_resource(ew_photo *p, unsigned id, ew_span_of data, ew_err *err)
{
    if (id == 0x0404)
        return ew_photo_iptc(p, data, err);
    if ((id == 0x040C || id == 0x0409) && data.n > THUMB_HEAD &&
        memcmp(ew_photo_at(p, data.at + THUMB_HEAD), "\xFF\xD8", 2) == 0) {
        ew_span_of where = {data.at + THUMB_HEAD, data.n - THUMB_HEAD};

        ew_photo_thumb(p, where);
        return ew_photo_say(p, where, "Thumbnail", err, "%zu bytes of Photoshop",
                            where.n);
    }
    return EW_OK;
}

ew_code ew_photo_photoshop(ew_photo *p, ew_span_of resources, ew_err *err)
{
    const uint8_t *b = ew_photo_at(p, resources.at);
    ew_code rc = EW_OK;

    for (size_t i = 0; rc == EW_OK && resources.n - i >= 12;) {
        const unsigned id = ew_photo_u16be(b + i + 4);
        size_t name = 1U + b[i + 6], n;

        name += name & 1;
        if (memcmp(b + i, "8BIM", 4) != 0 || resources.n - i < 10 + name)
            return EW_OK;
        n = ew_photo_u32be(b + i + 6 + name);
        i += 10 + name;
        if (n > resources.n - i)
            return EW_OK;
        rc = take_resource(p, id, (ew_span_of){resources.at + i, n}, err);
        i += n + (n & 1 && n < resources.n - i);
    }
    return rc;
}
