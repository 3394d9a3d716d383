/* SPDX-License-Identifier: Apache-2.0 */
/* Where the facts of a picture contradict each other. A contradiction is no proof of anything: clocks are
 * wrong, and programs forget to change what they should. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/when.h"
#include "import/picture_facts.h"

enum {
    ZONE_WEST_S = 12 * 3600,
    ZONE_EAST_S = 14 * 3600,
    FIX_OLD_S = 3600, /* a receiver may tell when it last knew where it was */
    SLACK_S = 2
};

/* a - b; moments when both have zones, else two readings of one clock. */
static int64_t later_by(const ew_photo_time *a, const ew_photo_time *b)
{
    if (a->zoned && b->zoned)
        return (a->s - a->zone_s) - (b->s - b->zone_s);
    return a->s - b->s;
}

static ew_code check_order(ew_photo *p, const ew_photo_time *t, const char *what,
                           ew_err *err)
{
    char first[EW_ISO_TEXT], second[EW_ISO_TEXT];
    int64_t d;

    if (!t->known || !p->original.known)
        return EW_OK;
    d = later_by(t, &p->original);
    if (d >= -SLACK_S)
        return EW_OK;
    return ew_photo_odd(p, t->span, "DateOrder", err,
                        "%s (%.19s) lies %" PRId64 " s before it was taken (%.19s)", what,
                        ew_iso_text(t->s, first), -d, ew_iso_text(p->original.s, second));
}

/* GPS tells UTC, the camera what its clock shows. */
static ew_code check_gps(ew_photo *p, ew_err *err)
{
    const ew_photo_time *t = &p->original;
    int64_t d;

    if (!t->known || !p->gps.known)
        return EW_OK;
    d = t->s - p->gps.s;
    if (t->zoned) {
        d -= t->zone_s;
        if (llabs(d) <= FIX_OLD_S)
            return EW_OK;
        return ew_photo_odd(p, p->gps.span, "GPSTime", err,
                            "%" PRId64 " s from the time when it was taken, in its zone",
                            -d);
    }
    if (d >= -(ZONE_WEST_S + FIX_OLD_S) && d <= ZONE_EAST_S + FIX_OLD_S)
        return EW_OK;
    return ew_photo_odd(p, p->gps.span, "GPSTime", err,
                        "%" PRId64 " s from the time when it was taken: more than any "
                        "time zone makes",
                        -d);
}

static ew_code check_size(ew_photo *p, ew_err *err)
{
    if (p->exif_width == 0 || p->exif_height == 0 || p->width == 0 || p->height == 0 ||
        (p->exif_width == p->width && p->exif_height == p->height))
        return EW_OK;
    if (p->exif_width == p->height && p->exif_height == p->width)
        return ew_photo_odd(p, p->exif_size, "EXIFSize", err,
                            "%u x %u, but the picture is %u x %u: turned since",
                            p->exif_width, p->exif_height, p->width, p->height);
    return ew_photo_odd(p, p->exif_size, "EXIFSize", err,
                        "%u x %u, but the picture is %u x %u", p->exif_width,
                        p->exif_height, p->width, p->height);
}

ew_code ew_photo_contradictions(ew_photo *p, ew_err *err)
{
    ew_code rc = check_size(p, err);

    if (rc == EW_OK)
        rc = check_order(p, &p->digitised, "the time of digitising", err);
    if (rc == EW_OK)
        rc = check_order(p, &p->modified, "the time of the last change", err);
    if (rc == EW_OK)
        rc = check_gps(p, err);
    if (rc == EW_OK && p->orientation > 8)
        rc = ew_photo_odd(p, (ew_span_of){0, 0}, "Orientation", err,
                          "%u, where 1 to 8 are known", p->orientation);
    return rc;
}
