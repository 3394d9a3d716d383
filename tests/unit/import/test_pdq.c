/* SPDX-License-Identifier: Apache-2.0 */
/* PDQ: the hashes of pictures made here are those of Meta's program (ThreatExchange, C++, pdqDihedralHash
 * 256esFromFloatLuma on the same brightness), also of all eight ways to lay them. */
#include "import/pdq.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "support.h"

typedef struct known {
    uint32_t width, height;
    const char *hash[EW_PDQ_TURNS];
    int quality;
} known;

/* Slopes, stripes, and a little noise. */
static uint8_t *made(uint32_t w, uint32_t h)
{
    uint8_t *p = malloc((size_t)w * h);
    uint32_t s = 1;

    assert_non_null(p);
    for (uint32_t y = 0; y < h; y++)
        for (uint32_t x = 0; x < w; x++) {
            const uint32_t a = x * 255 / w, b = y * 255 / h;

            s = s * 1664525 + 1013904223;
            p[(size_t)y * w + x] =
                (uint8_t)(a * b / 255 + (x * 7 / w + y * 5 / h * 3) % 4 * 40 + (s >> 28));
        }
    return p;
}

static const known all[] = {
    {5,
     5,
     {"348d9e27cb7261d861d89e27348d61d89e279e27348d9e27cb7261d861d89e27",
      "64d9c6f19b26390e64d9390e64d9c6f19b26c6f164d9c6f19b26390e64d9390e",
      "61d8348d9e27cb72348d3e8d65d8cb72cb72358d61d8348d9e27cb72348d348d",
      "318c6e5bce7393a4358c93a4318c6e5bce736c5b318c6e5bce7393a4318c93a4",
      "348d61d8cb729e2761d869d8759d9e279e2761d8348d61d8cb729e2761d861d8",
      "61d8cb729e27348d348dcb7261d8348dcb72cb7261d8cb729e27348d348dcb72",
      "64d9390e9b26c6f164d9c6f164d9390e9b26390e64d9390e9b26c6f164d9c6f1",
      "318c93a4ce736c5b358c6e5b358c93e4ce7393a4318c93a4ce736c5b318c6c5b"},
     100},
    {64,
     64,
     {"103dcc7d13c28ed216b9ed4a952b6ad5d327694c993d664d93c226d11c99b56b",
      "56e9ba2ff55555545562a1e8399cd9163d0ecaa2cab126d9ce733e0f36893448",
      "656866d74697647843ec4760c07ec07f8672c3e6cc68ccc7c6978c7b49cc1fc1",
      "07fc9085f000fffe00372b426cc9f3bc6c5b60089ff48c739b26d4a563dc9ee2",
      "713d33c637c2712d16b992b5952b952ad32796b3993d99b293c2d92e1c994a94",
      "6568b9686697fb8743ecb89fc07e3f808672bc19cc683338c697738449cce03e",
      "56a945d00555aaab55625e17399c26e9390e755dcaa1d926ce73c1f03689cbb7",
      "03fcff7ad00000010037f4bd6cc98c43685bdff79fe4738c9b266b5a63dc611d"},
     100},
    {130,
     90,
     {"687d992f6782ae935c98ad4a14396ed59327694c913d6ccd93826ed11c99a56b",
      "76a956abbd55b555dd56c0e8318c9916395e7aaac2a164d9ce733e0f74892448",
      "3d283395b2d7443929cd07e0c16cc47fc672c3e7c468c667c6d7c47b49cc0fc1",
      "23fcfc01e8003fffc823eb4264d933bc6c4bf00097f4ce739b2694a521dccee2",
      "6c7d6ed1f7c2516c7c9952b59539952a932796b3993d93329382912e1c995a94",
      "3d28cc7ab2d7fbc629ccf81fc06c3b80c6723c99c4683998c6d73b8449ccf03e",
      "54a9a954b5554aaadd563f17318c64e9391e8555c2a19b26ce73c1f07489d3b7",
      "23fc13fee800e000880395bd64d9ce436c4b2fff97f4718c9b266b5a21dc795d"},
     100},
    {500,
     333,
     {"203d487db782ced33c99ed4a95296ad59327694c903d6ccd93826ed31c99a56b",
      "76a92aabad55d5555d56c1e8318cd9363b1eaaaac2a126d9ce733e0f748d2448",
      "352862d5e2d7647969cc47e0c07cc07fc672c3e6c568c667c6d7c47949cc0fc1",
      "63fcc401f800ffff08236f4264d9739c6e4bc000d7f4cc739b2694a563dccee2",
      "707df7f3b782312c3c9956b595ab952a932796b3983d93329382912e1c995a94",
      "35689d2ae2d79b8669ccb81fc0fc3f80c6723c19c5683998c6d73b8649ccf03e",
      "36a95554ad552aaa5d563e17318c26c9391e5555c2a1d926ce73c1f0348ddbb7",
      "23fc7ffef8008000080394bd64d98c636c4b7fff97f4738c9b266b5a21d8711d"},
     100},
    {1024,
     1024,
     {"603dc9de3782ced33c99cd4a17a16ad59327694c903d6ccd93826ed11c99a56b",
      "76a92aabad55d5555d76c1e8338c99367b1eaaaa82a126d9cc733e0f74896448",
      "2168637462d7647969cc67e042f4c07fc672c3e6c568c667c6d7c47b49cc0fc1",
      "63fcc401fc00ffff0823ef4266d973bc2e4b9000d7f48c73992694a561dccee2",
      "747df723b782316c3c9976b597a1952a932796b3993d93329382912e1c995a94",
      "35689c8be2d79b8669ccb81fc2f43f80c6723c19cd683998c6d73b8449ccf03e",
      "54a9d554a9552aaa5d563e17338c66c97b1e555582a1d926cc73c1f074899bb7",
      "01fc7ffefc000000080314bd66d9cc632e4bffffd7f4738c99266b5a21dc311d"},
     100},
    {2000,
     77,
     {"603dc8753782ced23c99ed4a95236ad5932769cc993d6c4d938266d31c99a56b",
      "56a9aaabad55d5555d72c1e83b8cd916394eaaaac2a126d98e733e0f368d3448",
      "252862df62d7647869cc47e0c076c07fc672c366cc68c6e7c6d7cc7949cc0fc1",
      "03fcc401f800ffff08276b426ed973bc6c1b900097f48c73db26d6a563d89ee2",
      "707d778e3782316d3e9952b5972f952a93279633993d93b29382992c1c995a94",
      "75689d2062d79b876bccb81fc27e3f80c6723c99cc683918c6d7338649ccf03e",
      "56a9d554ad552aaa5d723e17318c26e9394e5555c2a1d9268c73c1f0368dcbb7",
      "03fc7ffef8000000082794bd64d98c436c1b7fff97f4738cd9266b5a63d8611d"},
     100}};

static void test_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < EW_COUNT(all); i++) {
        uint8_t *p = made(all[i].width, all[i].height);
        char text[EW_PDQ_TEXT];
        ew_pdq_of pdq;

        assert_int_equal(ew_pdq_make(&pdq, p, all[i].width, all[i].height, NULL), EW_OK);
        assert_int_equal(pdq.quality, all[i].quality);
        for (int t = 0; t < EW_PDQ_TURNS; t++) {
            ew_pdq_write(&pdq.turned[t], text);
            assert_string_equal(text, all[i].hash[t]);
        }
        free(p);
    }
}

/* What is at row y, column x of a picture of w x h when it is turned. */
static uint8_t laid(const uint8_t *p, uint32_t n, ew_pdq_turn t, uint32_t y, uint32_t x)
{
    const uint32_t u = n - 1 - y, v = n - 1 - x;

    switch (t) {
    case EW_PDQ_LEFT:
        return p[(size_t)x * n + u];
    case EW_PDQ_UPSIDE_DOWN:
        return p[(size_t)u * n + v];
    case EW_PDQ_RIGHT:
        return p[(size_t)v * n + y];
    case EW_PDQ_TOP_BOTTOM:
        return p[(size_t)u * n + x];
    case EW_PDQ_LEFT_RIGHT:
        return p[(size_t)y * n + v];
    case EW_PDQ_DIAGONAL:
        return p[(size_t)x * n + y];
    case EW_PDQ_OTHER_DIAGONAL:
        return p[(size_t)v * n + u];
    default:
        return p[(size_t)y * n + x];
    }
}

/* The hash of a turned picture is what the picture says of itself when turned so. */
static void test_turns(void **state)
{
    const uint32_t n = 256;
    uint8_t *p = made(n, n), *q = malloc((size_t)n * n);
    ew_pdq_of whole, one;

    (void)state;
    assert_non_null(q);
    assert_int_equal(ew_pdq_make(&whole, p, n, n, NULL), EW_OK);
    for (ew_pdq_turn t = EW_PDQ_AS_IS; t < EW_PDQ_TURNS; t++) {
        for (uint32_t i = 0; i < n * n; i++)
            q[i] = laid(p, n, t, i / n, i % n);
        assert_int_equal(ew_pdq_make(&one, q, n, n, NULL), EW_OK);
        const unsigned d = ew_pdq_distance(&one.turned[EW_PDQ_AS_IS], &whole.turned[t]);

        /* the rows and columns that stand for others are not the same from the other side */
        assert_true(d < 50);
        for (ew_pdq_turn o = EW_PDQ_AS_IS; o < EW_PDQ_TURNS; o++)
            assert_true(o == t || ew_pdq_distance(&one.turned[EW_PDQ_AS_IS],
                                                  &whole.turned[o]) > 90);
    }
    free(p);
    free(q);
}

static void test_small_and_flat(void **state)
{
    uint8_t *p = calloc(300, 300);
    ew_pdq_of pdq;
    char text[EW_PDQ_TEXT];

    (void)state;
    assert_non_null(p);
    assert_int_equal(ew_pdq_make(&pdq, p, 4, 300, NULL), EW_OK);
    assert_int_equal(pdq.quality, 0);
    ew_pdq_write(&pdq.turned[0], text);
    assert_string_equal(
        text, "0000000000000000000000000000000000000000000000000000000000000000");
    assert_int_equal(ew_pdq_make(&pdq, p, 300, 300, NULL), EW_OK);
    assert_true(pdq.quality < EW_PDQ_RELIABLE);
    free(p);
}

static void test_text(void **state)
{
    static const char hash[] =
        "103dcc7d13c28ed216b9ed4a952b6ad5d327694c993d664d93c226d11c99b56b";
    char text[EW_PDQ_TEXT];
    ew_pdq a, b;

    (void)state;
    assert_true(ew_pdq_read(&a, ew_slice_of(hash)));
    ew_pdq_write(&a, text);
    assert_string_equal(text, hash);
    b = a;
    b.bytes[0] ^= 0x81;
    b.bytes[31] ^= 1;
    assert_int_equal(ew_pdq_distance(&a, &b), 3);
    assert_false(ew_pdq_read(&a, (ew_slice){hash, 63}));
    memcpy(text, hash, sizeof text);
    text[5] = 'C';
    assert_false(ew_pdq_read(&a, ew_slice_of(text)));
}

typedef struct work {
    uint8_t *p;
} work;

static ew_code make(void *arg, ew_err *err)
{
    ew_pdq_of pdq;

    return ew_pdq_make(&pdq, ((work *)arg)->p, 500, 400, err);
}

static void test_memory(void **state)
{
    work w = {made(500, 400)};

    (void)state;
    assert_true(test_torture_alloc(make, &w, 0) > 0);
    free(w.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),          cmocka_unit_test(test_turns),
        cmocka_unit_test(test_small_and_flat), cmocka_unit_test(test_text),
        cmocka_unit_test(test_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
