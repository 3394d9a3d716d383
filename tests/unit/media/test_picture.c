/* SPDX-License-Identifier: Apache-2.0 */
/* Brightness of pictures: exact where the coding is, near where it is lossy; hostile pictures end in
 * an error and nothing else. */
#include "media/picture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "made_png.h"
#include "media/heif.h"
#include "media_test.h"

enum { W = 320, H = 214 };

static uint8_t pixel(uint32_t x, uint32_t y, int c)
{
    const uint32_t v = x * (c == 0 ? 3 : 1) / 4 + y * (c == 1 ? 3 : 1) / 4 +
                       40 * ((x / 32 + y / 24) % 2) + (uint32_t)c * 20;
    return (uint8_t)(v & 255);
}

static uint8_t *pixels(int colours)
{
    uint8_t *p = malloc((size_t)W * H * 3);

    assert_non_null(p);
    for (uint32_t y = 0; y < H; y++)
        for (uint32_t x = 0; x < W; x++)
            for (int c = 0; c < colours; c++)
                p[((size_t)y * W + x) * (size_t)colours + (size_t)c] = pixel(x, y, c);
    return p;
}

static uint8_t luma_at(const uint8_t *rgb, size_t i)
{
    return (uint8_t)((19595U * rgb[3 * i] + 38470U * rgb[3 * i + 1] +
                      7471U * rgb[3 * i + 2] + 32768U) >>
                     16);
}

static ew_code decode_bytes(const made *m, ew_picture *out, ew_err *err)
{
    ew_media_opts o = ew_media_opts_default();

    o.stall_seconds = 30;
    return ew_picture_decode(out, m->p, m->n, "made", &o, err);
}

/* Mean difference of brightness to the made picture; < 0: not decoded. */
static double far_from(const char *path, const uint8_t *rgb, ew_picture *out)
{
    ew_err err;
    double sum = 0;
    int fd = open(path, O_RDONLY);

    assert_true(fd >= 0);
    if (ew_picture_decode_fd(out, fd, path, NULL, &err) != EW_OK)
        fail_msg("%s", err.text);
    close(fd);
    assert_int_equal(out->width, W);
    assert_int_equal(out->height, H);
    for (size_t i = 0; i < (size_t)W * H; i++)
        sum += abs(out->luma[i] - luma_at(rgb, i));
    return sum / (W * H);
}

static void test_exact(void **state)
{
    uint8_t *rgb = pixels(3), *grey = pixels(1);
    made a = made_png(rgb, W, H, 3), b = made_png(grey, W, H, 1);
    ew_picture p;
    ew_err err;

    (void)state;
    if (decode_bytes(&a, &p, &err) != EW_OK)
        fail_msg("%s", err.text);
    assert_int_equal(p.width, W);
    assert_int_equal(p.height, H);
    assert_int_equal(p.turn, 0);
    assert_string_equal(p.codec, "png");
    for (size_t i = 0; i < (size_t)W * H; i++)
        assert_int_equal(p.luma[i], luma_at(rgb, i));
    ew_picture_release(&p);
    assert_int_equal(decode_bytes(&b, &p, NULL), EW_OK);
    assert_memory_equal(p.luma, grey, (size_t)W * H);
    ew_picture_release(&p);
    free(a.p);
    free(b.p);
    free(rgb);
    free(grey);
}

static void test_formats(void **state)
{
    static const struct {
        const char *name, *words;
        double most;
    } kinds[] = {
        {"a.jpg", "-q:v 2", 3},
        {"a.bmp", "", 1},
        {"a.tiff", "", 1},
        {"a.gif", "", 12},
        {"a.webp", "-q:v 90", 4},
        {"l.webp", "-lossless 1", 2},
        {"g.tiff", "-pix_fmt gray", 1},
    };
    char *dir = test_dir_new();
    uint8_t *rgb = pixels(3);
    made a = made_png(rgb, W, H, 3);
    ew_picture p;

    (void)state;
    test_file_put(test_path(dir, "a.png"), a.p, a.n);
    for (size_t i = 0; i < EW_COUNT(kinds); i++) {
        double far;
        char *from = strdup(test_path(dir, "a.png"));

        if (ffmpeg_make("-i %s %s %s", from, kinds[i].words,
                        test_path(dir, kinds[i].name))) {
            far = far_from(test_path(dir, kinds[i].name), rgb, &p);
            ew_picture_release(&p);
            if (far > kinds[i].most)
                fail_msg("%s is %.2f off", kinds[i].name, far);
        }
        free(from);
    }
    free(rgb);
    free(a.p);
    test_dir_remove(dir);
}

/* Of programs that FFmpeg has nothing to do with. */
static int made_by(const char *dir, const char *words)
{
    char line[1500];

    snprintf(line, sizeof line, "cd '%s' && (%s) >/dev/null 2>&1", dir, words);
    if (system(line) == 0)
        return 1;
    print_message("# skipped: %s\n", words);
    return 0;
}

static void test_heif(void **state)
{
    static const struct {
        const char *name, *words;
        unsigned turn;
    } kinds[] = {
        {"a.heic", "heif-enc -q 95 a.png -o a.heic", 1},
        {"a.avif", "avifenc -s 8 --min 0 --max 10 a.png a.avif", 1},
        {"g.avif", "avifenc -s 8 --min 0 --max 10 --grid 2x1 a.png g.avif", 1},
        {"t.avif", "avifenc -s 8 --min 0 --max 10 --irot 1 a.png t.avif", 8},
        {"m.avif", "avifenc -s 8 --min 0 --max 10 --irot 3 --imir 1 a.png m.avif", 5},
        {"n.avif", "avifenc -s 8 --min 0 --max 10 -r limited --cicp 1/13/1 a.png n.avif",
         1},
    };
    char *dir = test_dir_new();
    uint8_t *rgb = pixels(3);
    made a = made_png(rgb, W, H, 3);
    ew_picture p;

    (void)state;
    test_file_put(test_path(dir, "a.png"), a.p, a.n);
    for (size_t i = 0; i < EW_COUNT(kinds); i++) {
        double far;

        if (!made_by(dir, kinds[i].words))
            continue;
        far = far_from(test_path(dir, kinds[i].name), rgb, &p);
        assert_int_equal(p.turn, kinds[i].turn);
        ew_picture_release(&p);
        if (far > 4)
            fail_msg("%s is %.2f off", kinds[i].name, far);
    }
    free(rgb);
    free(a.p);
    test_dir_remove(dir);
}

/* Whatever is wrong with it, the decoder says so itself: no kill, no crash, no hang. */
static void must_end_well(const made *m, ew_code wanted)
{
    ew_picture p;
    ew_err err;
    ew_code code = decode_bytes(m, &p, &err);

    if (code == EW_OK && wanted == EW_OK)
        ew_picture_release(&p);
    else if (code != EW_E_FORMAT && code != EW_E_LIMIT)
        fail_msg("%s: %s", ew_code_name(code), code == EW_OK ? "decoded" : err.text);
    else if (wanted != EW_OK)
        assert_int_equal(code, wanted);
    if (code != EW_OK)
        assert_null(p.luma);
}

static void test_lies(void **state)
{
    static const uint32_t sizes[][2] = {{65535, 65535}, {20000, 20000}, {1, 0x7FFFFFFF},
                                        {100000, 900},  {0, 5},         {10001, 10000}};
    const uint8_t dot[3] = {1, 2, 3};
    static const uint8_t bmp[54] = {'B', 'M', 54,  0,   0,  0, 0, 0, 0,   0,
                                    54,  0,   0,   0,   40, 0, 0, 0, 255, 255,
                                    0,   0,   255, 255, 0,  0, 1, 0, 24,  0};
    made m;

    (void)state;
    for (size_t i = 0; i < EW_COUNT(sizes); i++) {
        m = (made){0};
        made_png_head(&m, sizes[i][0], sizes[i][1], 3);
        made_png_data(&m, dot, 1, 1, 3);
        must_end_well(&m, EW_E_FORMAT);
        free(m.p);
    }
    m = (made){(uint8_t *)(uintptr_t)bmp, sizeof bmp};
    must_end_well(&m, EW_E_FORMAT);
    m = (made){(uint8_t *)(uintptr_t) "no picture, this", 16};
    must_end_well(&m, EW_E_FORMAT);
    m.n = 0;
    must_end_well(&m, EW_E_FORMAT);
}

/* 80 megapixels of nothing in 80 kB. */
static void test_bomb(void **state)
{
    const uint32_t w = 8000, h = 10000;
    uint8_t *zeros = calloc(h, w);
    ew_picture p;
    ew_err err;
    made m;

    (void)state;
    assert_non_null(zeros);
    m = made_png(zeros, w, h, 1);
    free(zeros);
    if (decode_bytes(&m, &p, &err) != EW_OK)
        fail_msg("%s", err.text);
    assert_int_equal((uint64_t)p.width * p.height, (uint64_t)w * h);
    ew_picture_release(&p);
    free(m.p);
}

static made file_of(const char *path)
{
    made m = {0};

    m.p = (uint8_t *)test_file_get(path, &m.n);
    return m;
}

static void damage(made m, uint32_t *seed)
{
    uint8_t *whole = malloc(m.n);
    made bad = {whole, m.n};

    assert_non_null(whole);
    for (int i = 0; i < 12; i++) {
        memcpy(whole, m.p, m.n);
        for (int k = 0; k < 8; k++) {
            *seed = *seed * 1664525U + 1013904223U;
            whole[(*seed >> 8) % (i % 2 == 0 ? m.n : m.n / 8 + 1)] ^=
                (uint8_t)(1U << (*seed >> 29));
        }
        bad.n = i % 3 == 2 ? m.n * (size_t)(i + 1) / 14 : m.n;
        must_end_well(&bad, EW_OK);
    }
    free(whole);
}

static void test_damaged(void **state)
{
    static const char *const names[] = {"a.jpg",  "a.png",  "a.gif",  "a.webp",
                                        "a.tiff", "a.heic", "a.avif", "g.avif"};
    char *dir = test_dir_new();
    uint8_t *rgb = pixels(3);
    made a = made_png(rgb, W, H, 3);
    uint32_t seed = 7;

    (void)state;
    test_file_put(test_path(dir, "a.png"), a.p, a.n);
    made_by(
        dir,
        "for k in jpg gif webp tiff; do ffmpeg -nostdin -v quiet -i a.png a.$k; done");
    made_by(dir, "heif-enc a.png -o a.heic; avifenc -s 8 a.png a.avif;"
                 "avifenc -s 8 --grid 2x1 a.png g.avif");
    for (size_t i = 0; i < EW_COUNT(names); i++)
        if (access(test_path(dir, names[i]), R_OK) == 0) {
            made m = file_of(test_path(dir, names[i]));

            damage(m, &seed);
            free(m.p);
        }
    free(rgb);
    free(a.p);
    test_dir_remove(dir);
}

static void test_no_program(void **state)
{
    uint8_t *rgb = pixels(3);
    made a = made_png(rgb, W, H, 3);
    ew_media_opts o = ew_media_opts_default();
    ew_picture p;
    ew_err err;

    (void)state;
    o.decoder_path = "/nowhere/earwitness-decode";
    assert_int_equal(ew_picture_decode(&p, a.p, a.n, "a", &o, &err), EW_E_NOTFOUND);
    o.decoder_path = "/bin/true";
    assert_int_equal(ew_picture_decode(&p, a.p, a.n, "a", &o, &err), EW_E_IO);
    assert_null(p.luma);
    free(a.p);
    free(rgb);
}

static void frame(made *m, const char *tag, const void *bytes, size_t n)
{
    const uint8_t size[4] = {(uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16),
                             (uint8_t)(n >> 24)};
    made_add(m, tag, 4);
    made_add(m, size, 4);
    made_add(m, bytes, n);
}

static void head(made *m, uint32_t width, uint32_t height)
{
    uint8_t p[48] = {1};

    ew_put_u32le(p + 4, width);
    ew_put_u32le(p + 8, height);
    memcpy(p + 16, "png\x1B[31m", 8);
    frame(m, "PICT", p, sizeof p);
}

/* A decoder that was taken over writes what it likes. */
static ew_code lied_to(const char *dir, const made *says)
{
    const char *script = test_path(dir, "lies");
    char line[600];
    ew_media_opts o = ew_media_opts_default();
    ew_picture p;
    ew_err err;
    ew_code code;

    test_file_put(test_path(dir, "says"), says->p, says->n);
    (void)snprintf(line, sizeof line, "#!/bin/sh\ncat '%s' >&4\n",
                   test_path(dir, "says"));
    test_file_put(script, line, strlen(line));
    assert_int_equal(chmod(script, 0700), 0);
    o.decoder_path = script;
    code = ew_picture_decode(&p, "x", 1, "made", &o, &err);
    if (code == EW_OK) {
        assert_string_equal(p.codec, "png");
        ew_picture_release(&p);
    } else {
        assert_null(p.luma);
    }
    return code;
}

static void test_taken_over(void **state)
{
    char *dir = test_dir_new();
    static const uint8_t end[16] = {4}, wrong[16] = {5};

    (void)state;
    for (int kind = 0; kind < 9; kind++) {
        made m = {0};

        head(&m, kind == 1 ? 70000 : 2, kind == 2 ? 0 : 2);
        if (kind == 3)
            head(&m, 2, 2);
        frame(&m, "LUMA", "abcdefgh", kind == 4 ? 5 : 4);
        if (kind == 5)
            frame(&m, "PCM ", "abcd", 4);
        if (kind == 6)
            made_add(&m, "NOTE\xFF\xFF\xFF\xFF", 8);
        if (kind != 8)
            frame(&m, "END ", kind == 7 ? wrong : end, 16);
        assert_int_equal(lied_to(dir, &m), kind == 0 ? EW_OK : EW_E_IO);
        free(m.p);
    }
    test_dir_remove(dir);
}

/* An orientation after turning, then mirroring. */
static void test_orientation(void **state)
{
    ew_heif_item i = {0};

    (void)state;
    assert_int_equal(ew_heif_orientation(&i), 1);
    i.turn = 3;
    assert_int_equal(ew_heif_orientation(&i), 6);
    i.mirror = 1;
    assert_int_equal(ew_heif_orientation(&i), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact),      cmocka_unit_test(test_formats),
        cmocka_unit_test(test_heif),       cmocka_unit_test(test_lies),
        cmocka_unit_test(test_bomb),       cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_no_program), cmocka_unit_test(test_orientation),
        cmocka_unit_test(test_taken_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
