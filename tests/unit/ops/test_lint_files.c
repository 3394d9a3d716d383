/* SPDX-License-Identifier: Apache-2.0 */
/* Lint of files: documents, pictures, archives; what cannot be looked into is never passed over in silence. */
#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "lint_told.h"

static void metadata_of_pages(void **state)
{
    static const sample s[] = {
        {"<html><META content='Ana B' Name=Author />", "author Ana B; "},
        {"<meta name=generator content=Word>x", "software Word; "},
        {"<meta\nproperty = \"og:latitude\" content=\"11.55\">", "coordinates 11.55; "},
        {"<meta name=\"DC.Creator\" content=\"by ann@mail.example\">",
         "mail ann@mail.example; author by ann@mail.example; mail ann@mail.example; "},
        {"<meta name=\"viewport\" content=\"width=3\">", ""},
        {"<meta name=\"author\" content=\"\"><meta name=\"author\"", ""},
        {"<metadata name=\"author\" content=\"x\">", ""},
        {"<meta name=author content=\"open", "author open; "},
        {"<meta content=\"Sokha\" name=\"author\">",
         "protected-word protected person 3; author [protected person 3]; "
         "protected-word protected person 3; "},
    };
    (void)state;
    CHECK(s, "Sokha Vannak");
}

static void metadata_of_documents(void **state)
{
    static const sample s[] = {
        {"<x><dc:creator>Helen</dc:creator><w:ins w:author=\"Tom\"/></x>",
         "author Helen; author Tom; "},
        {"<rdf><dc:creator><rdf:Seq><rdf:li>Ann</rdf:li></rdf:Seq></dc:creator></rdf>",
         "author Ann; "},
        {"<w:t>So</w:t><w:t>kha</w:t>", "protected-name protected person 3; "},
        {"<p>So</p><p>kha</p>", ""},
        {"{\\rtf1{\\info{\\author Rita}}}", "(letters written as codes) author Rita; "},
        {"%PDF-1.4 /Author (A \\(B\\)) /Producer <4142>",
         "(words and pictures as they are drawn on pages of a PDF) author A (B); "
         "software AB; "},
        {"age-encryption.org/v1\n-> X25519", "(encrypted) "},
        {"Rar!\x1A\x07", "(packed in a way that is not unpacked) "},
        {"\xE9t\xE9 en France", "(text in another encoding than UTF-8 and UTF-16) "},
        {"a data:image/png;base64,AAAA", "(files within a text, as base64) "},
        {"\x01\x02\x03\x04\x05\x06", "(an unknown format: only searched for strings) "},
        {"GIF89a", "(what a picture shows) "},
        {"OggS",
         "(tags of a recording that cannot be decoded) (what is heard and seen) "},
        {"PK\3\4 nothing", "(a damaged archive) "},
        {"", ""},
    };
    (void)state;
    CHECK(s, "Sokha");
}

static void metadata_of_pictures(void **state)
{
    static const char png[] = "\x89PNG\r\n\x1A\n\0\0\0\x0atext"
                              "0123456789crc4"
                              "\0\0\0\x0atEXtAuthor\0Ann" /* 10 bytes */
                              "crc4";
    static const char jpeg[] = "\xFF\xD8\xFF\xFE\0\6Hi!!\xFF\xED\0\x28Photoshop 3.0\0"
                               "8BIM\4\4\0\0\0\0\0\x0a\x1C\2\x50\0\5Peter"
                               "\xFF\xDA";
    (void)state;
    told t = lint_bytes("Sokha", png, sizeof png - 1);
    assert_string_equal(t.text, "(what a picture shows) author Ann; ");
    t = lint_bytes("Sokha", jpeg, sizeof jpeg - 1);
    assert_string_equal(t.text, "(what a picture shows) author Peter; metadata Hi!!; ");
}

/* A ZIP of one member; to be freed. */
static char *zip_of(const char *name, const void *bytes, size_t n, const char *pass,
                    size_t *len)
{
    size_t room = n + 65536;
    char *out = calloc(1, room);
    struct archive *a = archive_write_new();
    struct archive_entry *e = archive_entry_new();
    assert_non_null(out);
    (void)archive_write_set_format_zip(a);
    if (pass != NULL) {
        assert_int_equal(archive_write_set_options(a, "zip:encryption=zipcrypt"),
                         ARCHIVE_OK);
        assert_int_equal(archive_write_set_passphrase(a, pass), ARCHIVE_OK);
    }
    assert_int_equal(archive_write_open_memory(a, out, room, len), ARCHIVE_OK);
    archive_entry_set_pathname(e, name);
    archive_entry_set_size(e, (la_int64_t)n);
    archive_entry_set_filetype(e, AE_IFREG);
    archive_entry_set_perm(e, 0644);
    assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
    assert_int_equal(archive_write_data(a, bytes, n), (la_ssize_t)n);
    assert_int_equal(archive_write_close(a), ARCHIVE_OK);
    archive_entry_free(e);
    (void)archive_write_free(a);
    return out;
}

static void archives_two_deep(void **state)
{
    static const char text[] = "by Sokha";
    size_t n[4];
    (void)state;
    char *one = zip_of("Sokha.txt", text, sizeof text - 1, NULL, &n[0]);
    char *two = zip_of("one.zip", one, n[0], NULL, &n[1]);
    char *three = zip_of("two.zip", two, n[1], NULL, &n[2]);
    told t = lint_bytes("Sokha", two, n[1]);
    assert_int_equal(t.n, 2); /* the name of the file, and what is in it */
    assert_null(strstr(t.text, "okha"));
    t = lint_bytes("Sokha", three, n[2]);
    assert_int_equal(t.n, 0);
    assert_string_equal(t.text, "(an archive in an archive in an archive) ");
    char *locked = zip_of("a.txt", text, sizeof text - 1, "pass", &n[3]);
    t = lint_bytes("Sokha", locked, n[3]);
    assert_string_equal(t.text, "(encrypted) ");
    free(one);
    free(two);
    free(three);
    free(locked);
}

/* Two members of different people, all of one group. */
static told lint_tar(const char *one, const char *other, const char *group)
{
    static char out[16384];
    size_t len = 0;
    struct archive *a = archive_write_new();
    (void)archive_write_set_format_ustar(a);
    assert_int_equal(archive_write_open_memory(a, out, sizeof out, &len), ARCHIVE_OK);
    for (int i = 0; i < 3; i++) {
        struct archive_entry *e = archive_entry_new();
        archive_entry_set_pathname(e, i == 0 ? "a" : i == 1 ? "b" : "c");
        archive_entry_set_filetype(e, AE_IFREG);
        archive_entry_set_perm(e, 0644);
        archive_entry_set_size(e, 0);
        archive_entry_set_uname(e, i < 2 ? one : other);
        archive_entry_set_gname(e, group);
        assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
        archive_entry_free(e);
    }
    assert_int_equal(archive_write_close(a), ARCHIVE_OK);
    (void)archive_write_free(a);
    return lint_bytes("Sokha Vannak", out, len);
}

static void beside_the_members(void **state)
{
    static const char zip[] =
        "PK\003\004\024\000\000\000\000\000\000\000!\000\203\026\334\214\001"
        "\000\000\000\001\000\000\000\001\000\000\000axPK\001\002\024\003\024"
        "\000\000\000\000\000\000\000!\000\203\026\334\214\001\000\000\000\001"
        "\000\000\000\001\000\000\000\010\000\000\000\000\000\000\000\200\001"
        "\000\000\000\000axy SokhaPK\005\006\000\000\000\000\001\000\001\000"
        "7\000\000\000 \000\000\000\006\000Vannak +85511222333";
    static const char gzip[] =
        "\037\213\010\030\000\000\000\000\000\003Sokha Vannak.txt\000by ann@"
        "mail.example\000\253P\250\004\000\300\015\376\031\003\000\000\000";
    (void)state;
    told t = lint_bytes("Sokha Vannak", zip, sizeof zip - 1);
    assert_string_equal(t.text, "protected-word protected person 3; "
                                "phone +85511222333; ");
    t = lint_bytes("Sokha Vannak", gzip, sizeof gzip - 1);
    assert_string_equal(t.text, "protected-name protected person 3; "
                                "mail ann@mail.example; ");
    for (size_t n = 0; n < sizeof gzip - 1; n++)
        (void)lint_bytes("Sokha Vannak", gzip, n);
    for (size_t n = 0; n < sizeof zip - 1; n++)
        (void)lint_bytes("Sokha Vannak", zip, n);
    t = lint_tar("ann", "Vannak", "root");
    assert_string_equal(t.text, "author ann; author [protected person 3]; "
                                "protected-word protected person 3; ");
}

static void a_bomb_is_told(void **state)
{
    size_t n;
    size_t big = 64 << 20;
    (void)state;
    char *zeros = calloc(1, big);
    assert_non_null(zeros);
    char *zip = zip_of("zeros", zeros, big, NULL, &n);
    told t = lint_bytes("Sokha", zip, n);
    assert_non_null(strstr(t.text, "too large to be unpacked"));
    free(zip);
    free(zeros);
}

static void a_name_across_two_pieces_is_one(void **state)
{
    enum { LONG = 200000 };
    char *text = malloc(LONG + 1);
    size_t names = 0;
    (void)state;
    assert_non_null(text);
    memset(text, '.', LONG);
    text[LONG] = 0;
    for (size_t at = 5; at + 20 < LONG; at += 1021, names++)
        memcpy(text + at, "Sokha Vannak", 12);
    ew_names *n = names_of("Sokha Vannak");
    ew_lint_sum sum = {0};
    told t = {.n = 0};
    ew_lint_put put = {finding, blank, &t};
    ew_lint l = {.names = n, .put = &put, .sum = &sum, .table = ""};
    assert_int_equal(ew_lint__begin(&l, NULL), EW_OK);
    assert_int_equal(ew_lint__file(&l, (ew_slice){text, LONG}, NULL), EW_OK);
    assert_int_equal(l.n, 1);
    assert_int_equal(l.list[0].count, names);
    assert_int_equal(l.list[0].at, 5);
    ew_lint__end(&l);
    ew_names_free(n);
    free(text);
}

static void memory_that_fails_is_told(void **state)
{
    static const char text[] = "<dc:creator>Sokha</dc:creator> +855 12 345 678 &#83;okha";
    ew_names *names = names_of("Sokha Vannak");
    (void)state;
    for (int64_t i = 0; i < 500; i++) {
        told t = {.n = 0};
        ew_alloc_fail_at(i, 1);
        ew_code code = look_into((ew_slice){text, sizeof text - 1}, names, &t);
        ew_alloc_fail_at(-1, 0);
        if (code == EW_OK) {
            ew_names_free(names);
            return;
        }
        assert_int_equal(code, EW_E_NOMEM);
    }
    fail_msg("it never succeeded");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metadata_of_pages),
        cmocka_unit_test(metadata_of_documents),
        cmocka_unit_test(metadata_of_pictures),
        cmocka_unit_test(archives_two_deep),
        cmocka_unit_test(beside_the_members),
        cmocka_unit_test(a_bomb_is_told),
        cmocka_unit_test(a_name_across_two_pieces_is_one),
        cmocka_unit_test(memory_that_fails_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
