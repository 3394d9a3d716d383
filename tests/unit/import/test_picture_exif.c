/* SPDX-License-Identifier: Apache-2.0 */
/* What EXIF says of pictures: in all shapes, contradicting itself, hostile. */
#include "base/bytes.h"
#include "told_picture.h"

/* ------------------------------------------------------------------ EXIF */

static void test_exif(void **state)
{
    static const char *const lines[] = {
        "Format: JPEG",
        "Size: 640 x 480",
        "Make: Kamera & Co",
        "Model: X\xC3\xA4 1",
        "Orientation: 1",
        "Software: Firmware 1.2",
        "ModifyDate: 2024:05:06 10:00:05",
        "Artist: Ann Example",
        "XPTitle: T\xC3\xA4\xF0\x9F\x98\x80.",
        "DateTimeOriginal: 2024:05:06 10:00:00",
        "OffsetTimeOriginal: +02:00",
        "MakerNote: 20 bytes",
        "UserComment: hello",
        "CameraOwnerName: Owner \xEF\xBF\xBD Name",
        "BodySerialNumber: SN-0042",
        "LensModel: Lens 50 mm",
        "LensSerialNumber: L-7",
        "GPSPosition: -52.510000, 13.400000",
        "GPSAltitude: 34.5 m",
        "GPSTime: 2024:05:06 08:00:10 UTC",
        "JPEGCoding: progressive, 8 bits, 3 components",
        "ChromaSubsampling: 4:2:0",
        "JPEGQuality: 100, standard tables",
    };
    made_dir main = {0}, exif = {0}, gps = {0};
    made m = {0}, tiff;
    char *text;

    (void)state;
    usual(&main, &exif, &gps);
    tiff = made_exif(&main, &exif, &gps, NULL);
    made_add(&m, "\xFF\xD8", 2);
    made_exif_segment(&m, &tiff);
    made_jpeg_rest(&m, 640, 480);
    text = tell(&m, NULL, false);
    for (size_t i = 0; i < EW_COUNT(lines); i++)
        must_say(text, lines[i]);
    must_not_say(text, "!");
    free(text);
    free(m.p);
    free(tiff.p);
}

/* Of ASCII values the place is where exactly these bytes stand. */
static void test_places(void **state)
{
    made_dir main = {0}, exif = {0};
    made m = {0}, tiff;

    (void)state;
    made_text(&main, 0x010F, "abcdef");
    made_text(&main, 0x0110, "xyz");
    made_text(&exif, 0x9003, "2024:05:06 10:00:00");
    tiff = made_exif(&main, &exif, NULL, NULL);
    made_add(&m, "\x89PNG\r\n\x1A\n", 8);
    made_chunk(&m, "IHDR", "\0\0\0\x20\0\0\0\x10\x8\0\0\0\0", 13);
    made_chunk(&m, "tEXt", "Author\0Somebody", 15);
    made_chunk(&m, "iTXt", "Title\0\0\0de\0Titel\0\xC3\xBC", 20);
    made_chunk(&m, "zTXt", "Packed\0\0....", 12);
    made_chunk(&m, "tIME", "\x07\xE8\5\6\7\x8\x9", 7);
    made_chunk(&m, "eXIf", tiff.p, tiff.n);
    made_chunk(&m, "caBX", "jumb", 4);
    made_chunk(&m, "IEND", "", 0);
    made_add(&m, "PK\3\4....", 8);
    {
        char *text = tell(&m, NULL, false);

        must_say(text, "Make: abcdef");
        must_say(text, "Model: xyz");
        must_say(text, "PNG:Author: Somebody");
        must_say(text, "PNG:Title: \xC3\xBC");
        must_say(text, "PNG:Packed: 12 bytes, packed");
        must_say(text, "PNG:tIME: 2024-05-06 07:08:09 UTC");
        must_say(text, "C2PA: has a C2PA manifest, not checked");
        must_say(text,
                 "TrailingData: 8 bytes after the end of the picture, a ZIP archive");
        must_say(text, "Size: 32 x 16");
        free(text);
    }
    free(m.p);
    free(tiff.p);
    /* text alone: its place is checked as it is told */
    m = (made){0};
    made_add(&m, "\x89PNG\r\n\x1A\n", 8);
    made_chunk(&m, "tEXt", "Author\0Somebody", 15);
    made_chunk(&m, "iTXt",
               "XML:com.adobe.xmp\0\0\0\0\0<a dc:title='abc'/><dc:x>yy</dc:x>", 55);
    made_chunk(&m, "IEND", "", 0);
    {
        char *text = tell(&m, NULL, true);

        must_say(text, "PNG:Author: Somebody");
        must_say(text, "XMP:dc:title: abc");
        must_say(text, "XMP:dc:x: yy");
        free(text);
    }
    free(m.p);
}

typedef struct contradiction {
    const char *original, *zone, *digitised, *modified, *gps_date;
    uint32_t gps_hour, width, height;
    const char *says; /* NULL: nothing */
} contradiction;

static void try_one(const contradiction *c)
{
    made_dir main = {0}, exif = {0}, gps = {0};
    const uint32_t time[] = {c->gps_hour, 0, 0};
    made m = {0}, tiff;
    char *text;

    made_text(&exif, 0x9003, c->original);
    if (c->zone != NULL)
        made_text(&exif, 0x9011, c->zone);
    if (c->digitised != NULL)
        made_text(&exif, 0x9004, c->digitised);
    if (c->modified != NULL)
        made_text(&main, 0x0132, c->modified);
    if (c->width > 0) {
        made_short(&exif, 0xA002, c->width);
        made_short(&exif, 0xA003, c->height);
    }
    if (c->gps_date != NULL) {
        made_fractions(&gps, 7, time, 3, 1);
        made_text(&gps, 0x1D, c->gps_date);
    }
    tiff = made_exif(&main, &exif, &gps, NULL);
    made_add(&m, "\xFF\xD8", 2);
    made_exif_segment(&m, &tiff);
    made_jpeg_rest(&m, 400, 300);
    text = tell(&m, NULL, false);
    if (c->says != NULL)
        must_say(text, c->says);
    else
        must_not_say(text, "!");
    free(text);
    free(m.p);
    free(tiff.p);
}

static void test_contradictions(void **state)
{
    static const contradiction all[] = {
        {.original = "2024:05:06 10:00:00",
         .digitised = "2024:05:06 10:00:00",
         .modified = "2024:05:07 10:00:00",
         .width = 400,
         .height = 300},
        {.original = "2024:05:06 10:00:00",
         .digitised = "2024:05:06 09:00:00",
         .says = "!DateOrder: the time of digitising (2024-05-06T09:00:00) lies 3600 s "
                 "before "
                 "it was taken (2024-05-06T10:00:00)"},
        {.original = "2024:05:06 10:00:00",
         .modified = "2023:05:06 10:00:00",
         .says = "!DateOrder: the time of the last change (2023-05-06T10:00:00) lies "
                 "31622400 "
                 "s before it was taken (2024-05-06T10:00:00)"},
        {.original = "2024:05:06 10:00:00",
         .width = 4000,
         .height = 3000,
         .says = "!EXIFSize: 4000 x 3000, but the picture is 400 x 300"},
        {.original = "2024:05:06 10:00:00",
         .width = 300,
         .height = 400,
         .says = "!EXIFSize: 300 x 400, but the picture is 400 x 300: turned since"},
        {.original = "2024:05:06 10:00:00", .gps_date = "2024:05:05", .gps_hour = 22},
        {.original = "2024:05:06 10:00:00", .gps_date = "2024:05:06", .gps_hour = 21},
        {.original = "2024:05:06 10:00:00",
         .gps_date = "2024:05:05",
         .gps_hour = 12,
         .says = "!GPSTime: -79200 s from the time when it was taken: more than any time "
                 "zone "
                 "makes"},
        {.original = "2024:05:06 10:00:00",
         .zone = "+02:00",
         .gps_date = "2024:05:06",
         .gps_hour = 8},
        {.original = "2024:05:06 10:00:00",
         .zone = "+02:00",
         .gps_date = "2024:05:06",
         .gps_hour = 10,
         .says = "!GPSTime: 7200 s from the time when it was taken, in its zone"},
        {.original = "    :  :     :  :  ", .digitised = "2024:05:06 09:00:00"},
    };

    (void)state;
    for (size_t i = 0; i < EW_COUNT(all); i++)
        try_one(&all[i]);
}

/* ------------------------------------------------------------------ detection, faults */

/* A directory that names itself, one with a thousand entries, values that lie nowhere. */
static void test_hostile_exif(void **state)
{
    static const uint8_t loop[] = {'I', 'I', '*', 0, 8, 0, 0, 0, 1, 0, 0x69, 0x87, 4,
                                   0,   1,   0,   0, 0, 8, 0, 0, 0, 8, 0,    0,    0};
    made m = {0}, tiff = {0};
    char *text;

    (void)state;
    made_add(&m, "\xFF\xD8", 2);
    made_segment(&m, 0xE1, "Exif\0", 6, &(made){(uint8_t *)(uintptr_t)loop, sizeof loop});
    made_add(&tiff, "MM\0*\0\0\0\x8\xFF\xFF", 10);
    for (int i = 0; i < 4000; i++)
        made_add(&tiff, "\1\x10\0\2\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 12);
    made_segment(&m, 0xE1, "Exif\0", 6, &tiff);
    made_jpeg_rest(&m, 16, 16);
    text = tell(&m, NULL, false);
    must_say(text, "!EXIF: block 2, where there should be one");
    free(text);
    free(m.p);
    free(tiff.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exif),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_contradictions),
        cmocka_unit_test(test_hostile_exif),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
