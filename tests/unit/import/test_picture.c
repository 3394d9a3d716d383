/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures: every fact with its place, contradictions and only those, thumbnails that show something
 * else. */
#include "import/picture.h"

#include "base/bytes.h"
#include "told_picture.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_segments), cmocka_unit_test(test_second_exif),
        cmocka_unit_test(test_webp_gif), cmocka_unit_test(test_thumbnails),
        cmocka_unit_test(test_blind),    cmocka_unit_test(test_looks),
        cmocka_unit_test(test_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
