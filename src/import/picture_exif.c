/* SPDX-License-Identifier: Apache-2.0 */
/* EXIF: the directories of a TIFF structure. Read by hand, since libexif tells no places in the file and
 * drops what it does not know. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "import/picture_tiff.h"

enum { ENTRIES_MAX = 2000 };

static const struct {
    ew_tiff_dir in;
    uint16_t tag;
    const char *name;
} names[] = {
    {IFD_MAIN, 0x010E, "ImageDescription"},
    {IFD_MAIN, 0x010F, "Make"},
    {IFD_MAIN, 0x0110, "Model"},
    {IFD_MAIN, 0x0112, "Orientation"},
    {IFD_MAIN, 0x0131, "Software"},
    {IFD_MAIN, 0x0132, "ModifyDate"},
    {IFD_MAIN, 0x013B, "Artist"},
    {IFD_MAIN, 0x013C, "HostComputer"},
    {IFD_MAIN, 0x8298, "Copyright"},
    {IFD_MAIN, 0x9C9B, "XPTitle"},
    {IFD_MAIN, 0x9C9C, "XPComment"},
    {IFD_MAIN, 0x9C9D, "XPAuthor"},
    {IFD_MAIN, 0x9C9E, "XPKeywords"},
    {IFD_MAIN, 0x9C9F, "XPSubject"},
    {IFD_MAIN, 0xC614, "UniqueCameraModel"},
    {IFD_MAIN, 0xC62F, "CameraSerialNumber"},
    {IFD_MAIN, 0xC68B, "OriginalRawFileName"},
    {IFD_EXIF, 0x829A, "ExposureTime"},
    {IFD_EXIF, 0x829D, "FNumber"},
    {IFD_EXIF, 0x8827, "ISO"},
    {IFD_EXIF, 0x9000, "ExifVersion"},
    {IFD_EXIF, 0x9003, "DateTimeOriginal"},
    {IFD_EXIF, 0x9004, "DateTimeDigitized"},
    {IFD_EXIF, 0x9010, "OffsetTime"},
    {IFD_EXIF, 0x9011, "OffsetTimeOriginal"},
    {IFD_EXIF, 0x9012, "OffsetTimeDigitized"},
    {IFD_EXIF, 0x9209, "Flash"},
    {IFD_EXIF, 0x920A, "FocalLength"},
    {IFD_EXIF, 0x9286, "UserComment"},
    {IFD_EXIF, 0x9290, "SubSecTime"},
    {IFD_EXIF, 0x9291, "SubSecTimeOriginal"},
    {IFD_EXIF, 0x9292, "SubSecTimeDigitized"},
    {IFD_EXIF, 0xA004, "RelatedSoundFile"},
    {IFD_EXIF, 0xA420, "ImageUniqueID"},
    {IFD_EXIF, 0xA430, "CameraOwnerName"},
    {IFD_EXIF, 0xA431, "BodySerialNumber"},
    {IFD_EXIF, 0xA432, "LensSpecification"},
    {IFD_EXIF, 0xA433, "LensMake"},
    {IFD_EXIF, 0xA434, "LensModel"},
    {IFD_EXIF, 0xA435, "LensSerialNumber"},
    {IFD_EXIF, 0xA436, "ImageTitle"},
    {IFD_EXIF, 0xA437, "Photographer"},
    {IFD_EXIF, 0xA438, "ImageEditor"},
    {IFD_EXIF, 0xA439, "CameraFirmware"},
    {IFD_EXIF, 0xA43A, "RAWDevelopingSoftware"},
    {IFD_EXIF, 0xA43B, "ImageEditingSoftware"},
    {IFD_EXIF, 0xA43C, "MetadataEditingSoftware"},
    {IFD_EXIF, 0xA460, "CompositeImage"},
    {IFD_GPS, 0x0012, "GPSMapDatum"},
    {IFD_GPS, 0x0011, "GPSImgDirection"},
    {IFD_GPS, 0x000D, "GPSSpeed"},
    {IFD_GPS, 0x001B, "GPSProcessingMethod"},
    {IFD_GPS, 0x001C, "GPSAreaInformation"},
    {IFD_GPS, 0x001F, "GPSHPositioningError"},
};

/* ------------------------------------------------------------------ what is kept */

static void keep_time(const ew_tiff *t, const ew_tiff_entry *e, ew_photo_time *to)
{
    if (to->known)
        return;
    if (ew_photo_time_read(ew_tiff_text(t, e), to))
        to->span = e->value;
}

static void keep_zone(const ew_tiff *t, const ew_tiff_entry *e, ew_photo_time *to)
{
    if (!to->zoned)
        to->zoned = ew_photo_zone_read(ew_tiff_text(t, e), &to->zone_s);
}

static void keep_size(const ew_tiff *t, const ew_tiff_entry *e)
{
    ew_photo *p = t->photo;

    if (e->tag == 0xA002 && p->exif_width == 0)
        p->exif_width = ew_tiff_whole(t, e);
    else if (e->tag == 0xA003 && p->exif_height == 0)
        p->exif_height = ew_tiff_whole(t, e);
    p->exif_size = e->value;
}

static void keep_main(ew_tiff *t, const ew_tiff_entry *e)
{
    ew_photo *p = t->photo;
    const bool is_tiff = p->kind == EW_PICTURE_TIFF && t->span.at == 0;

    if (e->tag == 0x0112 && p->orientation == 0)
        p->orientation = ew_tiff_whole(t, e);
    else if (e->tag == 0x0132)
        keep_time(t, e, &p->modified);
    else if (e->tag == 0x0100 && is_tiff && p->width == 0)
        p->width = ew_tiff_whole(t, e);
    else if (e->tag == 0x0101 && is_tiff && p->height == 0)
        p->height = ew_tiff_whole(t, e);
}

static void keep_exif(ew_tiff *t, const ew_tiff_entry *e)
{
    ew_photo *p = t->photo;

    switch (e->tag) {
    case 0x9003:
        keep_time(t, e, &p->original);
        break;
    case 0x9004:
        keep_time(t, e, &p->digitised);
        break;
    case 0x9010:
        keep_zone(t, e, &p->modified);
        break;
    case 0x9011:
        keep_zone(t, e, &p->original);
        break;
    case 0x9012:
        keep_zone(t, e, &p->digitised);
        break;
    case 0xA002:
    case 0xA003:
        keep_size(t, e);
        break;
    default:
        break;
    }
}

static void keep_thumb(ew_tiff *t, const ew_tiff_entry *e)
{
    if (e->tag == 0x0201)
        t->thumb.at = ew_tiff_whole(t, e);
    else if (e->tag == 0x0202)
        t->thumb.n = ew_tiff_whole(t, e);
}

static bool degrees(const ew_tiff *t, const ew_tiff_entry *e, double *v)
{
    double d = 0, m = 0, s = 0;

    if (!ew_tiff_number(t, e, 0, &d))
        return false;
    (void)ew_tiff_number(t, e, 1, &m);
    (void)ew_tiff_number(t, e, 2, &s);
    *v = d + m / 60.0 + s / 3600.0;
    return true;
}

static void keep_gps(ew_tiff *t, const ew_tiff_entry *e)
{
    ew_tiff_gps *g = &t->gps;
    double h = 0, m = 0, s = 0;

    switch (e->tag) {
    case 1:
        g->lat_ref = e->value.n > 0 ? *ew_tiff_bytes(t, e).p : 0;
        break;
    case 2:
        g->lat_known = degrees(t, e, &g->lat);
        g->place = e->value;
        break;
    case 3:
        g->lon_ref = e->value.n > 0 ? *ew_tiff_bytes(t, e).p : 0;
        break;
    case 4:
        g->lon_known = degrees(t, e, &g->lon);
        break;
    case 5:
        g->below = ew_tiff_whole(t, e) == 1;
        break;
    case 6:
        g->alt_known = ew_tiff_number(t, e, 0, &g->alt);
        g->alt_place = e->value;
        break;
    case 7:
        g->time_known = ew_tiff_number(t, e, 0, &h) && ew_tiff_number(t, e, 1, &m) &&
                        ew_tiff_number(t, e, 2, &s) && h < 24 && m < 60 && s < 61;
        g->time_place = e->value;
        if (g->time_known) {
            g->h = (unsigned)h;
            g->m = (unsigned)m;
            g->s = (unsigned)s;
        }
        break;
    case 0x1D:
        g->date = ew_tiff_text(t, e);
        break;
    default:
        break;
    }
}

/* ------------------------------------------------------------------ directories */

static ew_code read_directory(ew_tiff *t, uint64_t at, ew_tiff_dir in, ew_err *err);

/* Blocks of other kinds within a TIFF, and directories below. */
static ew_code go_down(ew_tiff *t, const ew_tiff_entry *e, ew_err *err)
{
    if (e->tag == 0x8769 && e->in == IFD_MAIN)
        return read_directory(t, ew_tiff_whole(t, e), IFD_EXIF, err);
    if (e->tag == 0x8825 && (e->in == IFD_MAIN || e->in == IFD_EXIF))
        return read_directory(t, ew_tiff_whole(t, e), IFD_GPS, err);
    if (e->in == IFD_MAIN && e->tag == 0x02BC)
        return ew_photo_xmp(t->photo, e->value, err);
    if (e->in == IFD_MAIN && e->tag == 0x83BB)
        return ew_photo_iptc(t->photo, e->value, err);
    if (e->in == IFD_MAIN && e->tag == 0x8649)
        return ew_photo_photoshop(t->photo, e->value, err);
    if (e->in == IFD_EXIF && e->tag == 0x927C)
        return ew_photo_say(t->photo, e->value, "MakerNote", err, "%zu bytes",
                            e->value.n);
    return EW_OK;
}

static ew_code take_entry(ew_tiff *t, const ew_tiff_entry *e, ew_err *err)
{
    ew_code rc;

    if (e->in == IFD_MAIN)
        keep_main(t, e);
    else if (e->in == IFD_EXIF)
        keep_exif(t, e);
    else if (e->in == IFD_THUMB)
        keep_thumb(t, e);
    else if (e->in == IFD_GPS)
        keep_gps(t, e);
    rc = go_down(t, e, err);
    for (size_t i = 0; i < EW_COUNT(names) && rc == EW_OK; i++)
        if (names[i].in == e->in && names[i].tag == e->tag)
            rc = ew_tiff_say(t, e, names[i].name, err);
    return rc;
}

/* False when its value does not lie in the structure. */
static bool read_entry(const ew_tiff *t, size_t at, ew_tiff_dir in, ew_tiff_entry *e)
{
    size_t each;
    uint64_t from;

    *e = (ew_tiff_entry){.in = in,
                         .tag = (uint16_t)ew_tiff_u16(t, at),
                         .type = (uint16_t)ew_tiff_u16(t, at + 2),
                         .count = ew_tiff_u32(t, at + 4)};
    each = ew_tiff_size(e->type);
    if (each == 0 || e->count > t->span.n / each)
        return false;
    from = each * e->count <= 4 ? at + 8 - t->span.at : ew_tiff_u32(t, at + 8);
    if (from > t->span.n || each * e->count > t->span.n - from)
        return false;
    e->value = (ew_span_of){t->span.at + (size_t)from, each * e->count};
    return true;
}

static bool new_directory(ew_tiff *t, uint64_t at)
{
    for (unsigned i = 0; i < t->directories; i++)
        if (t->seen[i] == at)
            return false;
    if (t->directories == DIRECTORIES_MAX || at < 8 || at + 2 > t->span.n)
        return false;
    t->seen[t->directories++] = (uint32_t)at;
    return true;
}

static ew_code read_directory(ew_tiff *t, uint64_t at, ew_tiff_dir in, ew_err *err)
{
    ew_code rc = EW_OK;
    uint32_t count;
    size_t next;

    if (!new_directory(t, at))
        return EW_OK;
    count = ew_tiff_u16(t, t->span.at + (size_t)at);
    next = (size_t)at + 2;
    for (uint32_t i = 0; i < count && rc == EW_OK; i++, next += 12) {
        ew_tiff_entry e;

        if (next + 12 > t->span.n || t->entries++ == ENTRIES_MAX)
            return EW_OK;
        if (read_entry(t, t->span.at + next, in, &e))
            rc = take_entry(t, &e, err);
    }
    if (rc != EW_OK || next + 4 > t->span.n || in > IFD_THUMB)
        return rc;
    return read_directory(t, ew_tiff_u32(t, t->span.at + next),
                          in == IFD_MAIN ? IFD_THUMB : IFD_OTHER, err);
}

/* ------------------------------------------------------------------ the whole */

static ew_code say_place(ew_tiff *t, ew_err *err)
{
    const ew_tiff_gps *g = &t->gps;

    if (!g->lat_known || !g->lon_known)
        return EW_OK;
    if (g->lat > 90 || g->lon > 180)
        return ew_photo_odd(t->photo, g->place, "GPSPosition", err,
                            "%.6f, %.6f: no place on Earth", g->lat, g->lon);
    return ew_photo_say(t->photo, g->place, "GPSPosition", err, "%.6f, %.6f",
                        g->lat_ref == 'S' ? -g->lat : g->lat,
                        g->lon_ref == 'W' ? -g->lon : g->lon);
}

static ew_code say_gps(ew_tiff *t, ew_err *err)
{
    ew_tiff_gps *g = &t->gps;
    char text[32] = "";
    ew_code rc = say_place(t, err);

    if (rc == EW_OK && g->alt_known)
        rc = ew_photo_say(t->photo, g->alt_place, "GPSAltitude", err, "%.1f m",
                          g->below ? -g->alt : g->alt);
    if (rc != EW_OK || !g->time_known)
        return rc;
    (void)snprintf(text, sizeof text, "%.10s %02u:%02u:%02u",
                   g->date.n >= 10 ? g->date.p : "", g->h, g->m, g->s);
    if (ew_photo_time_read(ew_slice_of(text), &t->photo->gps)) {
        t->photo->gps.zoned = true;
        t->photo->gps.span = g->time_place;
    }
    return ew_photo_say(t->photo, g->time_place, "GPSTime", err, "%s UTC",
                        t->photo->gps.known ? text : strrchr(text, ' ') + 1);
}

static ew_code say_thumb(ew_tiff *t, ew_err *err)
{
    ew_span_of where;

    if (t->thumb.n == 0)
        return EW_OK;
    if (t->thumb.at > t->span.n || t->thumb.n > t->span.n - t->thumb.at)
        return ew_photo_odd(t->photo, t->span, "Thumbnail", err,
                            "%zu bytes at %zu, which is not in the block", t->thumb.n,
                            t->thumb.at);
    where = (ew_span_of){t->span.at + t->thumb.at, t->thumb.n};
    ew_photo_thumb(t->photo, where);
    return ew_photo_say(t->photo, where, "Thumbnail", err, "%zu bytes in EXIF",
                        t->thumb.n);
}

ew_code ew_photo_exif(ew_photo *p, ew_span_of span, ew_err *err)
{
    ew_tiff t = {.photo = p, .span = span};
    const uint8_t *b = ew_photo_at(p, span.at);
    ew_code rc;

    if (span.n < 8 || (memcmp(b, "II*\0", 4) != 0 && memcmp(b, "MM\0*", 4) != 0))
        return ew_photo_odd(p, span, "EXIF", err, "a block that is none, %zu bytes",
                            span.n);
    t.big_endian = b[0] == 'M';
    p->exif_blocks++;
    rc = p->exif_blocks > 1
             ? ew_photo_odd(p, span, "EXIF", err, "block %u, where there should be one",
                            p->exif_blocks)
             : EW_OK;
    if (rc == EW_OK)
        rc = read_directory(&t, ew_tiff_u32(&t, span.at + 4), IFD_MAIN, err);
    if (rc == EW_OK)
        rc = say_gps(&t, err);
    return rc == EW_OK ? say_thumb(&t, err) : rc;
}
