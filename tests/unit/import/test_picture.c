/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures: every fact with its place, contradictions and only those, thumbnails that show something
 * else. */
#include "import/picture.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "import/picture_look.h"
#include "made_picture.h"

/* ------------------------------------------------------------------ what is told */

enum { TEXT = 1 << 20 };

typedef struct heard {
    char *text; /* "name: value", "!name: value" when odd, one a line */
    size_t n;
    const made *file;
    bool places; /* tell them */
} heard;

static ew_code take_fact(void *cookie, const ew_picture_fact *f, ew_err *err)
{
    heard *h = cookie;

    (void)err;
    assert_true(f->place.at <= h->file->n && f->place.bytes <= h->file->n - f->place.at);
    assert_true(h->n + f->name.n + f->value.n + 60 < TEXT);
    h->n +=
        (size_t)snprintf(h->text + h->n, TEXT - h->n, "%s%.*s: %.*s\n", f->odd ? "!" : "",
                         (int)f->name.n, f->name.p, (int)f->value.n, f->value.p);
    if (h->places && f->place.at > 0 && f->place.bytes > 0)
        assert_memory_equal(h->file->p + f->place.at, f->value.p, f->value.n);
    return EW_OK;
}

static ew_code take_remark(void *cookie, const ew_remark *r, ew_err *err)
{
    heard *h = cookie;

    (void)err;
    h->n += (size_t)snprintf(h->text + h->n, TEXT - h->n, "remark %.*s\n", (int)r->text.n,
                             r->text.p);
    return EW_OK;
}

/* The whole file is one of these pictures, everything else the other. */
typedef struct shown {
    uint32_t width, height;
    uint8_t (*at)(uint32_t x, uint32_t y);
} shown;

typedef struct eyes {
    size_t whole;
    shown picture, thumb;
    ew_code picture_code;
} eyes;

static ew_code see(void *cookie, ew_slice bytes, ew_picture *out, ew_err *err)
{
    const eyes *e = cookie;
    const shown *s = bytes.n == e->whole ? &e->picture : &e->thumb;

    *out = (ew_picture){.width = s->width, .height = s->height};
    if (bytes.n == e->whole && e->picture_code != EW_OK)
        return e->picture_code;
    out->luma = ew_alloc_array(s->width, s->height);
    if (out->luma == NULL)
        return EW_E_NOMEM;
    (void)err;
    for (uint32_t y = 0; y < s->height; y++)
        for (uint32_t x = 0; x < s->width; x++)
            out->luma[(size_t)y * s->width + x] = s->at(x, y);
    return EW_OK;
}

static char *tell(const made *m, eyes *e, bool places)
{
    char *dir = test_dir_new();
    heard h = {.text = malloc(TEXT), .file = m, .places = places};
    ew_delivery *d = NULL;
    ew_err err;
    ew_import_sink sink = {.cookie = &h, .picture = take_fact, .remark = take_remark};
    ew_import_opts opts = {.format = EW_IMPORT_AUTO};

    assert_non_null(h.text);
    h.text[0] = 0;
    if (e != NULL) {
        e->whole = m->n;
        opts.decode = see;
        opts.decode_cookie = e;
    }
    test_file_put(test_path(dir, "a"), m->p, m->n);
    if (ew_delivery_open(&d, test_path(dir, "a"), &err) != EW_OK ||
        ew_import_run(d, &opts, &sink, &err) != EW_OK)
        fail_msg("%s", err.text);
    ew_delivery_close(d);
    test_dir_remove(dir);
    return h.text;
}

static void must_say(const char *text, const char *line)
{
    const size_t n = strlen(line);

    for (const char *at = text; (at = strstr(at, line)) != NULL; at++)
        if ((at == text || at[-1] == '\n') && at[n] == '\n')
            return;
    fail_msg("'%s' is missing in:\n%s", line, text);
}

static void must_not_say(const char *text, const char *words)
{
    if (strstr(text, words) != NULL)
        fail_msg("'%s' is in:\n%s", words, text);
}

/* ------------------------------------------------------------------ EXIF */

static void usual(made_dir *main, made_dir *exif, made_dir *gps)
{
    const uint32_t lat[] = {52, 30, 36}, lon[] = {13, 24, 0}, time[] = {8, 0, 10};
    const uint32_t alt[] = {345};

    made_text(main, 0x010F, "Kamera & Co");
    made_text(main, 0x0110, "X\xC3\xA4 1");
    made_short(main, 0x0112, 1);
    made_text(main, 0x0131, "Firmware 1.2");
    made_text(main, 0x0132, "2024:05:06 10:00:05");
    made_text(main, 0x013B, "Ann Example");
    made_entry(main, 0x9C9B, 1, 12, "T\0\xE4\0\x3D\xD8\0\xDE.\0\0\0");
    made_text(exif, 0x9003, "2024:05:06 10:00:00");
    made_text(exif, 0x9004, "2024:05:06 10:00:00");
    made_text(exif, 0x9011, "+02:00");
    made_entry(exif, 0x927C, 7, 20, "MakerNoteMakerNote..");
    made_entry(exif, 0x9286, 7, 13, "ASCII\0\0\0hello");
    made_long(exif, 0xA002, 640);
    made_long(exif, 0xA003, 480);
    made_text(exif, 0xA430, "Owner \xFF Name");
    made_text(exif, 0xA431, "SN-0042");
    made_text(exif, 0xA434, "Lens 50 mm");
    made_text(exif, 0xA435, "L-7");
    made_text(gps, 1, "S");
    made_fractions(gps, 2, lat, 3, 1);
    made_text(gps, 3, "E");
    made_fractions(gps, 4, lon, 3, 1);
    made_fractions(gps, 6, alt, 1, 10);
    made_fractions(gps, 7, time, 3, 1);
    made_text(gps, 0x1D, "2024:05:06");
}

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

/* ------------------------------------------------------------------ other metadata */

static void test_segments(void **state)
{
    static const char xmp[] =
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF><rdf:Description "
        "xmp:CreatorTool=\"Tool "
        "&amp; 1\" crs:Exposure='1'>\n<dc:title><rdf:Alt><rdf:li "
        "xml:lang=\"x-default\">A &lt; "
        "B</rdf:li></rdf:Alt></dc:title><xmpMM:DerivedFrom stRef:documentID='d1'/>"
        "<xmpMM:History><rdf:Seq><rdf:li stEvt:action=\"saved\" "
        "stEvt:softwareAgent=\"P\"/>"
        "</rdf:Seq></xmpMM:History></rdf:Description></rdf:RDF></x:xmpmeta>";
    static const char iptc[] =
        "8BIM\4\4\0\0\0\0\0\x13\x1C\2\x50\0\3Ann\x1C\2\x78\0\6A cap.\0";
    made m = {0};
    char *text;

    (void)state;
    made_add(&m, "\xFF\xD8", 2);
    made_segment(&m, 0xE1, "http://ns.adobe.com/xap/1.0/", 29,
                 &(made){(uint8_t *)(uintptr_t)xmp, sizeof xmp - 1});
    made_segment(&m, 0xED, "Photoshop 3.0", 14,
                 &(made){(uint8_t *)(uintptr_t)iptc, sizeof iptc - 1});
    made_segment(&m, 0xEB, "JP\0\1\0\0\0\1\0\0\0\x30jumb\0\0\0\x28jumdc2pa", 29, NULL);
    made_segment(&m, 0xFE, " by\nhand \x01 ", 11, NULL);
    made_jpeg_rest(&m, 16, 16);
    made_add(&m,
             "\0\0\0\x18"
             "ftypmp42....",
             16);
    text = tell(&m, NULL, false);
    must_say(text, "XMP:xmp:CreatorTool: Tool & 1");
    must_say(text, "XMP:dc:title: A < B");
    must_say(text, "XMP:xmpMM:DerivedFrom/stRef:documentID: d1");
    must_say(text, "XMP:xmpMM:History/stEvt:action: saved");
    must_say(text, "XMP: 1 other properties");
    must_say(text, "IPTC:By-line: Ann");
    must_say(text, "IPTC:Caption-Abstract: A cap.");
    must_say(text, "C2PA: has a C2PA manifest, not checked");
    must_say(text, "Comment: by hand");
    must_say(text,
             "TrailingData: 16 bytes after the end of the picture, a video or picture "
             "of the MP4 family");
    must_not_say(text, "!");
    free(text);
    free(m.p);
}

static void test_second_exif(void **state)
{
    made_dir a = {0}, b = {0};
    made m = {0}, one, two;
    char *text;

    (void)state;
    made_text(&a, 0x0110, "First");
    made_text(&b, 0x0110, "Second");
    one = made_exif(&a, NULL, NULL, NULL);
    two = made_exif(&b, NULL, NULL, NULL);
    made_add(&m, "\xFF\xD8", 2);
    made_exif_segment(&m, &one);
    made_exif_segment(&m, &two);
    made_jpeg_rest(&m, 16, 16);
    m.n -= 2; /* no end */
    text = tell(&m, NULL, false);
    must_say(text, "Model: First");
    must_say(text, "Model: Second");
    must_say(text, "!EXIF: block 2, where there should be one");
    must_say(text, "!End: the file ends before the picture does");
    free(text);
    free(m.p);
    free(one.p);
    free(two.p);
}

static void test_webp_gif(void **state)
{
    made_dir d = {0};
    made m = {0}, tiff;
    char *text;

    (void)state;
    made_text(&d, 0x0110, "Webcam");
    tiff = made_exif(&d, NULL, NULL, NULL);
    made_add(&m, "RIFF", 4);
    made_u32le(&m, (uint32_t)(4 + 18 + 8 + tiff.n + (tiff.n & 1)));
    made_add(&m, "WEBPVP8X\x0A\0\0\0\x8\0\0\0\x3F\1\0\xEF\0\0EXIF", 26);
    made_u32le(&m, (uint32_t)tiff.n);
    made_add(&m, tiff.p, tiff.n);
    made_add(&m, "\0", tiff.n & 1);
    made_add(&m, "junk", 4);
    text = tell(&m, NULL, false);
    must_say(text, "Format: WebP");
    must_say(text, "Size: 320 x 240");
    must_say(text, "Model: Webcam");
    must_say(text, "TrailingData: 4 bytes after the end of the picture");
    free(text);
    free(m.p);
    free(tiff.p);
    m = (made){0};
    made_add(&m, "GIF89a\x10\0\x8\0\0\0\0!\xFE\5hello\6 world\0;xyz", 32);
    m.n = 6 + 7 + 2 + 6 + 7 + 1 + 1 + 3;
    text = tell(&m, NULL, false);
    must_say(text, "Comment: hello world");
    must_say(text, "Size: 16 x 8");
    must_say(text, "TrailingData: 3 bytes after the end of the picture");
    free(text);
    free(m.p);
}

/* ------------------------------------------------------------------ thumbnails */

static uint8_t scene(double x, double y)
{
    const double dx = x - 0.3, dy = y - 0.4;
    double v = 90 + 80 * x + 40 * y;

    v += dx * dx + dy * dy < 0.02 ? 70 : 0;
    v -= x > 0.6 && x < 0.8 && y > 0.5 ? 80 : 0;
    return (uint8_t)v;
}

static uint8_t big(uint32_t x, uint32_t y)
{
    return scene((x + 0.5) / 900, (y + 0.5) / 600);
}

/* The same with something added: a tenth of its width. */
static uint8_t altered(uint32_t x, uint32_t y)
{
    return x > 450 && x < 540 && y > 60 && y < 120 ? 20 : big(x, y);
}

static uint8_t other(uint32_t x, uint32_t y)
{
    return (uint8_t)(x / 60 % 2 == y / 60 % 2 ? 220 : 40);
}

static uint8_t flat(uint32_t x, uint32_t y)
{
    (void)x;
    (void)y;
    return 128;
}

static uint8_t little(uint32_t x, uint32_t y)
{
    return (uint8_t)(15 + 0.8 * scene((x + 0.5) / 150, (y + 0.5) / 100));
}

/* 160 x 120 with bars of 7 rows. */
static uint8_t barred(uint32_t x, uint32_t y)
{
    return y < 7 || y >= 113 ? 2 : scene((x + 0.5) / 160, (y - 7 + 0.5) / 106.67);
}

static uint8_t mirrored(uint32_t x, uint32_t y)
{
    return scene(1 - (x + 0.5) / 150, (y + 0.5) / 100);
}

static uint8_t laid(uint32_t x, uint32_t y)
{
    return scene((y + 0.5) / 150, 1 - (x + 0.5) / 100);
}

static char *with_thumb(eyes e)
{
    made_dir d = {0};
    made m = {0}, tiff, thumb = {0};
    char *text;

    made_add(&thumb, "\xFF\xD8\xFF\xD9", 4);
    made_short(&d, 0x0112, 1);
    tiff = made_exif(&d, NULL, NULL, &thumb);
    made_add(&m, "\xFF\xD8", 2);
    made_exif_segment(&m, &tiff);
    made_jpeg_rest(&m, e.picture.width, e.picture.height);
    text = tell(&m, &e, false);
    free(m.p);
    free(tiff.p);
    free(thumb.p);
    return text;
}

static void test_thumbnails(void **state)
{
    static const struct {
        shown picture, thumb;
        const char *says;
        bool fine;
    } all[] = {
        {{900, 600, big}, {150, 100, little}, "shows the picture: likeness 1.000", true},
        {{900, 600, big}, {160, 120, barred}, "apart, with bars", true},
        {{900, 600, altered}, {150, 100, little}, "shows something else 5", false},
        {{900, 600, other}, {150, 100, little}, "shows another picture", false},
        {{900, 600, big}, {160, 120, little}, "of another shape than the picture", false},
        {{900, 600, big}, {150, 100, mirrored}, "turned or mirrored (left-right)", false},
        {{900, 600, big}, {100, 150, laid}, "turned or mirrored (right)", false},
        {{900, 600, flat}, {150, 100, flat}, "too little to see", true},
    };

    (void)state;
    for (size_t i = 0; i < EW_COUNT(all); i++) {
        char *text = with_thumb((eyes){.picture = all[i].picture, .thumb = all[i].thumb});
        const char *at = strstr(text, "ThumbnailMatch");

        assert_non_null(at);
        if (strstr(at, all[i].says) == NULL || (at[-1] == '!') == all[i].fine)
            fail_msg("%zu: %s", i, text);
        assert_non_null(strstr(text, "\npdq: "));
        assert_non_null(strstr(text, "\npdq turned: left "));
        assert_non_null(strstr(text, "\nthumbnail pdq: "));
        free(text);
    }
}

/* What cannot be decoded is told, and the facts stay. */
static void test_blind(void **state)
{
    char *text = with_thumb((eyes){.picture = {900, 600, big},
                                   .thumb = {150, 100, little},
                                   .picture_code = EW_E_LIMIT});

    (void)state;
    must_not_say(text, "\npdq: ");
    assert_non_null(strstr(text, "remark "));
    assert_non_null(strstr(text, "thumbnail pdq: "));
    must_say(text, "Size: 900 x 600");
    free(text);
}

/* ------------------------------------------------------------------ detection, faults */

static void test_looks(void **state)
{
    char *dir = test_dir_new();
    made m = {0};
    ew_delivery *d = NULL;
    ew_import_format f;

    (void)state;
    made_png_head(&m, 4, 4, 1);
    test_file_put(test_path(dir, "a.png"), m.p, m.n);
    assert_int_equal(ew_delivery_open(&d, test_path(dir, "a.png"), NULL), EW_OK);
    assert_int_equal(ew_import_detect(d, &f, NULL), EW_OK);
    assert_int_equal(f, EW_IMPORT_PICTURE);
    ew_delivery_close(d);
    test_file_put(test_path(dir, "b.txt"), "BM is no picture, but text", 26);
    assert_int_equal(ew_delivery_open(&d, test_path(dir, "b.txt"), NULL), EW_OK);
    assert_int_equal(ew_import_detect(d, &f, NULL), EW_OK);
    assert_int_not_equal(f, EW_IMPORT_PICTURE);
    ew_delivery_close(d);
    free(m.p);
    test_dir_remove(dir);
}

typedef struct torture {
    ew_delivery *d;
    eyes e;
} torture;

static ew_code ignore(void *cookie, const ew_picture_fact *f, ew_err *err)
{
    (void)cookie;
    (void)f;
    (void)err;
    return EW_OK;
}

static ew_code see_or_fail(void *cookie, ew_slice bytes, ew_picture *out, ew_err *err)
{
    ew_code code = see(cookie, bytes, out, err);

    return code == EW_E_NOMEM ? ew_fail_nomem(err) : code;
}

static ew_code import_all(void *arg, ew_err *err)
{
    torture *t = arg;
    ew_import_sink sink = {.picture = ignore};
    ew_import_opts opts = {
        .format = EW_IMPORT_PICTURE, .decode = see_or_fail, .decode_cookie = &t->e};

    return ew_import_run(t->d, &opts, &sink, err);
}

static void test_memory(void **state)
{
    made_dir main = {0}, exif = {0}, gps = {0};
    char *dir = test_dir_new();
    made m = {0}, tiff, thumb = {0};
    torture t = {.e = {.picture = {900, 600, big}, .thumb = {150, 100, little}}};

    (void)state;
    usual(&main, &exif, &gps);
    made_short(&main, 0x0112, 6);
    made_add(&thumb, "\xFF\xD8\xFF\xD9", 4);
    tiff = made_exif(&main, &exif, &gps, &thumb);
    made_add(&m, "\xFF\xD8", 2);
    made_exif_segment(&m, &tiff);
    made_segment(&m, 0xE1, "http://ns.adobe.com/xap/1.0/", 29,
                 &(made){(uint8_t *)(uintptr_t) "<dc:a>b</dc:a>", 14});
    made_jpeg_rest(&m, 900, 600);
    t.e.whole = m.n;
    test_file_put(test_path(dir, "a.jpg"), m.p, m.n);
    assert_int_equal(ew_delivery_open(&t.d, test_path(dir, "a.jpg"), NULL), EW_OK);
    assert_true(test_torture_alloc(import_all, &t, 0) > 4);
    ew_delivery_close(t.d);
    free(m.p);
    free(tiff.p);
    free(thumb.p);
    test_dir_remove(dir);
}

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
        cmocka_unit_test(test_exif),           cmocka_unit_test(test_places),
        cmocka_unit_test(test_contradictions), cmocka_unit_test(test_segments),
        cmocka_unit_test(test_second_exif),    cmocka_unit_test(test_webp_gif),
        cmocka_unit_test(test_thumbnails),     cmocka_unit_test(test_blind),
        cmocka_unit_test(test_looks),          cmocka_unit_test(test_memory),
        cmocka_unit_test(test_hostile_exif),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
