/* SPDX-License-Identifier: Apache-2.0 */
/* Published Ogg files, of which parts are hidden. */
#include <stdio.h>

#include <stdio.h>

#include "published_made.h"

/* ------------------------------------------------------------------ Ogg */

/* The pages of a derivative: number, position and packets of each as text. */
static const char *pages_of(const ew_buf *b)
{
    static char text[1024];
    size_t n = 0;
    for (size_t at = 0; at < b->len;) {
        const uint8_t *p = b->data + at;
        size_t size = 27u + p[26];
        for (size_t i = 0; i < p[26]; i++)
            size += p[27 + i];
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%u:%jd:%u", at > 0 ? " " : "",
                              ew_get_u32le(p + 18), (intmax_t)ew_get_u64le(p + 6), p[26]);
        at += size;
    }
    return text;
}

static void check_pages(item *it, const char *which, const char *want)
{
    ew_buf b;
    item_show(it, which);
    make(it, &b);
    assert_string_equal(pages_of(&b), want);
    ew_buf_release(&b);
}

static void test_opus(void **state)
{
    (void)state;
    static file f;
    item it;
    make_opus(&f, 5, 1);
    item_cut(&it, f.bytes, f.n, EW_SPLIT_AUTO);
    assert_int_equal(it.s.splitter, EW_SPLIT_OGG);
    check_pages(&it, "#######",
                "0:0:1 1:0:1 2:48000:50 3:96000:50 4:144000:50 5:192000:50 6:240000:50");
    /* 400 units a page: 8 packets of 120 ms and 2 of 20. */
    check_pages(&it, "###..##",
                "0:0:1 1:0:1 2:48000:50 3:96000:10 4:144000:10 5:192000:50 6:240000:50");
    check_pages(&it, "#....##",
                "0:0:1 1:0:1 2:48000:10 3:96000:10 4:144000:10 5:192000:50 6:240000:50");
    check_pages(&it, "#.#####",
                "0:0:1 1:0:1 2:48000:50 3:96000:50 4:144000:50 5:192000:50 6:240000:50");
    check_pages(&it, "####...",
                "0:0:1 1:0:1 2:48000:50 3:96000:50 4:144000:10 5:192000:10 6:240000:10");
    refused(&it, ".######", "the first page");
    refused(&it, "##.....", "no page of the sound");
    refused(&it, "#......", "no page of the sound");
    refused(&it, ".......", "the first page");
    item_drop(&it);
}

/* The page of the format's description. */
static void test_opus_page(void **state)
{
    (void)state;
    static file f;
    item it;
    ew_buf b;
    make_opus(&f, 1, 1);
    ogg_page(&f, 3, 49320, 1, 0x78);
    ogg_page(&f, 4, 49320 + 960, 1, 0x78);
    item_cut(&it, f.bytes, f.n, EW_SPLIT_AUTO);
    item_show(&it, "###.#");
    make(&it, &b);
    char hex[2 * 39 + 1];
    size_t size = f.n - (size_t)(it.lengths[3] + it.lengths[4]);
    ew_hex(b.data + size, 39, hex);
    assert_string_equal(hex,
                        "4f6767530000a8c000000000000001000000030000008b02fbf603030303"
                        "f8fffee8fffee0fffe");
    assert_memory_equal(b.data + size + 39, f.bytes + size + it.lengths[3],
                        it.lengths[4]);
    ew_buf_release(&b);
    item_drop(&it);
}

/* The last page says how long the sound is, which may be less than its packets. */
static void test_opus_last(void **state)
{
    (void)state;
    static file f;
    item it;
    make_opus(&f, 3, 2);
    size_t at = f.n;
    ogg_page(&f, 5, 144000 + 20 * 960 - 312, 20, 0x78);
    f.bytes[at + 5] = 4;
    sum_page(f.bytes + at, f.n - at);
    item_cut(&it, f.bytes, f.n, EW_SPLIT_AUTO);
    check_pages(&it, "###..#",
                "0:0:1 1:0:1 2:48000:50 3:96000:10 4:144000:10 5:162888:20");
    f.bytes[at + 5] = 0;
    sum_page(f.bytes + at, f.n - at);
    refused(&it, "###..#", "do not fit");
    item_drop(&it);
}

/* After a change of part i its checksum is made again, else it would not be a page. */
static void changed(file *f, const item *it, size_t i, const char *why)
{
    item again = *it;
    sum_page(f->bytes + it->cuts.ends[i] - it->lengths[i], (size_t)it->lengths[i]);
    refused(&again, "###..#", why);
}

/* Files that a forger may make. */
static void test_opus_refused(void **state)
{
    (void)state;
    static file f;
    item it;
    make_opus(&f, 4, 1);
    item_cut(&it, f.bytes, f.n, EW_SPLIT_AUTO);
    size_t last = f.n - (size_t)it.lengths[5];
    static const struct {
        uint64_t position;
        const char *why;
    } bad[] = {{UINT64_MAX, "do not fit"},
               {UINT64_MAX - 1, "do not fit"},
               {(uint64_t)1 << 62, "do not fit"},
               {0, "do not fit"},
               {95999, "do not fit"},
               {144001, "do not fit"},
               {96000 + (uint64_t)2 * 11520 * 120, "too long"}};
    for (size_t i = 0; i < EW_COUNT(bad); i++) {
        ew_put_u64le(f.bytes + last + 6, bad[i].position);
        changed(&f, &it, 5, bad[i].why);
    }
    f.bytes[last + 5] = 4;
    ew_put_u64le(f.bytes + last + 6, (uint64_t)1 << 62);
    changed(&f, &it, 5, "do not fit");
    ew_put_u64le(f.bytes + last + 6, ((uint64_t)1 << 62) - 1);
    changed(&f, &it, 5, "too long");
    ew_put_u32le(f.bytes + last + 14, 2);
    changed(&f, &it, 5, "more than one stream");
    ew_put_u32le(f.bytes + last + 14, 1);
    sum_page(f.bytes + last, f.n - last);
    f.bytes[28 + 18] = 1;
    changed(&f, &it, 0, "neither one nor two");
    f.bytes[28 + 18] = 0;
    f.bytes[28 + 9] = 3;
    changed(&f, &it, 0, "neither one nor two");
    f.bytes[28 + 7] = 'X';
    changed(&f, &it, 0, "Opus only");
    item_drop(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_opus),
        cmocka_unit_test(test_opus_page),
        cmocka_unit_test(test_opus_last),
        cmocka_unit_test(test_opus_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
