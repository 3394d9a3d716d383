/* SPDX-License-Identifier: Apache-2.0 */
/* Lint: what is found, what is not, what is told of protected people, and that nothing is passed over in silence. */
#include "ops/lint.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "casefile/people.h"
#include "ops/case_people.h"
#include "ops/lint_in.h"
#include "support.h"

/* All that was told: "kind excerpt; " of each, and "(why)" of what was not looked into. */
typedef struct told {
    char text[8192];
    char ids[1024];
    size_t n, blanks;
} told;

static void add(char *to, size_t room, const char *a, const char *b, const char *c)
{
    size_t len = strlen(to);
    (void)snprintf(to + len, room - len, "%s%s%s", a, b, c);
}

static ew_code finding(void *cookie, const ew_lint_finding *f, ew_err *err)
{
    told *t = cookie;
    (void)err;
    t->n++;
    add(t->text, sizeof t->text, ew_lint_kind_name(f->kind), " ", f->excerpt);
    add(t->text, sizeof t->text, "; ", "", "");
    add(t->ids, sizeof t->ids, f->id, " ", "");
    return EW_OK;
}

static ew_code blank(void *cookie, const ew_lint_blank *b, ew_err *err)
{
    told *t = cookie;
    (void)err;
    t->blanks++;
    add(t->text, sizeof t->text, "(", b->why, ") ");
    return EW_OK;
}

static ew_names *names_of(const char *identity)
{
    ew_names *n = NULL;
    assert_int_equal(ew_names_new(&n, NULL), EW_OK);
    assert_int_equal(ew_names_add_identity(n, 3, ew_slice_of(identity), NULL), EW_OK);
    return n;
}

static ew_code look_into(ew_slice bytes, const ew_names *names, told *t)
{
    ew_lint_sum sum = {0};
    ew_lint_put put = {finding, blank, t};
    ew_lint l = {.names = names,
                 .put = &put,
                 .sum = &sum,
                 .decoder = "/nowhere",
                 .item = 1,
                 .fd = -1,
                 .table = ""};
    ew_code code = ew_lint__begin(&l, NULL);
    if (code == EW_OK)
        code = ew_lint__file(&l, bytes, NULL);
    if (code == EW_OK)
        code = ew_lint__flush(&l, NULL);
    ew_lint__end(&l);
    return code;
}

static told lint_bytes(const char *identity, const void *bytes, size_t n)
{
    told t = {.n = 0};
    ew_names *names = names_of(identity);
    assert_int_equal(look_into((ew_slice){bytes, n}, names, &t), EW_OK);
    ew_names_free(names);
    return t;
}

static told lint_text(const char *identity, const char *text)
{
    return lint_bytes(identity, text, strlen(text));
}

/* ------------------------------------------------------------------ signs */

typedef struct sample {
    const char *text, *told;
} sample;

static void check(const sample *s, size_t n, const char *identity)
{
    for (size_t i = 0; i < n; i++) {
        told t = lint_text(identity, s[i].text);
        if (strcmp(t.text, s[i].told) != 0)
            fail_msg("'%s':\n is   '%s'\n not  '%s'", s[i].text, t.text, s[i].told);
    }
}

#define CHECK(list, identity) check(list, sizeof(list) / sizeof((list)[0]), identity)

static void telephones(void **state)
{
    static const sample s[] = {
        {"call +855 12 345 678 now", "phone +855 12 345 678; "},
        {"+85512345678", "phone +85512345678; "},
        {"+44 20 7946 0958, x", "phone +44 20 7946 0958; "},
        {"0044 20 7946 0958", "phone 0044 20 7946 0958; "},
        {"(012) 345-678", "phone 012) 345-678; "},
        {"012 345 678", "phone 012 345 678; "},
        {"030/1234567", "phone 030/1234567; "},
        {"555-123-4567", "phone 555-123-4567; "},
        {"+1 (555) 123-4567", "phone +1 (555) 123-4567; "},
        {"on 01.10.2026 at 14:05", ""},
        {"01.10.2026 14:05", ""},
        {"2026-10-12 14:05:00", ""},
        {"0.0123456789", ""},
        {"version 1.2.3.4567890", ""},
        {"0123456789012345678", ""},
        {"id 1790000000, user123456789", ""},
        {"sha a0123456789b", ""},
        {"1/2/3/4/5/6/7/8/9", ""},
        {"12 345", ""},
    };
    (void)state;
    CHECK(s, "Nobody");
}

static void addresses_places_and_folders(void **state)
{
    static const sample s[] = {
        {"mail ann.b+c@mail.example.org.", "mail ann.b+c@mail.example.org; "},
        {"@handle a@b x@y.z1 a b@c", ""},
        {"at 11.5564, 104.9282 there", "coordinates 11.5564, 104.9282; "},
        {"?q=11.556412,104.928200&z", "coordinates 11.556412,104.928200; "},
        {"+11.5564+104.9282/", "coordinates +11.5564+104.9282; "},
        {"11\xC2\xB0"
         "33'23\"N",
         "coordinates 11\xC2\xB0"
         "33'23\"N; "},
        {"from 1.2345 to 200.1234; 91.2345,1.2345", ""},
        {"3.14, 2.71", ""},
        {"in /ho"
         "me/ann/case/x",
         "user-path /ho"
         "me/ann; "},
        {"C:\\Users\\Ann Lee\\x", "user-path \\\\Users\\\\Ann Lee; "},
        {"{\"p\":\"C:\\\\Users\\\\ann\\\\x\"}", "user-path \\\\Users\\\\\\\\ann; "},
        {"/home/ and /Users/", ""},
    };
    (void)state;
    CHECK(s, "Nobody");
}

static void coordinates(void **state)
{
    static const sample s[] = {
        {"104.928200, 11.556400", "coordinates 104.928200, 11.556400; "},
        {"104.928200,11.556400,0 ", "coordinates 104.928200,11.556400; "},
        {"at 104.9282, 11.5564", ""},
        {"coords 104.9282, 11.5564", "coordinates 104.9282, 11.5564; "},
        {"11.556400\t104.928200", "coordinates 11.556400\\x09104.928200; "},
        {"48.8566, 2.3522", "coordinates 48.8566, 2.3522; "},
        {"-23.5505, -46.6333", "coordinates -23.5505, -46.6333; "},
        {"POINT(104.9282 11.5564)", "coordinates 104.9282 11.5564; "},
        {"rates 1.0845, 1.0850 and 1.08451, 1.08503 or 83.1234, 83.1301", ""},
        {"163.24501, 163.25101 12.3456 34.5678", ""},
        {"<trkpt lat=\"11.5564\" lon=\"104.9282\">",
         "coordinates 11.5564\" lon=\"104.9282; "},
        {"{\"longitude\": 104.9282, \"latitude\": -11.556}",
         "coordinates 104.9282, \"latitude\": -11.556; "},
        {"<lat>11.5564</lat><lng>104.92</lng>", "coordinates 11.5564; "},
        {"\"latitudeE7\" : 115564000,\n\"longitudeE7\" : 1049282000",
         "coordinates 115564000,\\x0a\"longitudeE7\" : 1049282000; "},
        {"startLat=11.5564&x", "coordinates 11.5564; "},
        {"flat 1.2345 how long 3.14159 balloon=2.34567 lat 91.2345 lon", ""},
        {"[\n   104.92821,\n   11.55641\n]", "coordinates 104.92821,\\x0a   11.55641; "},
        {"$GPGGA,123519,4807.038,N,01131.000,E,1",
         "coordinates 4807.038,N,01131.000,E; "},
        {"4807.038,N", ""},
        {"lat=", ""},
        {"lat=-", ""},
    };
    (void)state;
    CHECK(s, "Nobody");
}

/* ------------------------------------------------------------------ names */

static void protected_names(void **state)
{
    static const char identity[] =
        "Name: Sokha Vannak, \xE6\x9D\x8E\xE6\x98\x8E\nTel: +855 12 345 678\n"
        "\xD0\x98\xD0\xB2\xD0\xB0\xD0\xBD\xD0\xBE\xD0\xB2\n"
        "\xD8\xA3\xD8\xAD\xD9\x85\xD8\xAF \xD8\xB9\xD9\x84\xD9\x8A\n"
        "s.v@mail.example.org\nLi\n";
    static const sample s[] = {
        {"SOKHA  vannak spoke", "protected-name protected person 3; "},
        {"Sokha\nVannak", "protected-name protected person 3; "},
        {"S\xC3\xB3kha", "protected-word protected person 3; "},
        {"Sokhas words", "protected-word protected person 3; "},
        {"Rosokha", ""},
        {"tel fax", ""},
        {"name", ""},
        {"x\xE6\x9D\x8E\xE6\x98\x8Ey", "protected-name protected person 3; "},
        {"\xE6\x9D\x8E", ""},
        {"\xD0\xB8\xD0\xB2\xD0\xB0\xD0\xBD\xD0\xBE\xD0\xB2\xD1\x8B\xD0\xBC",
         "protected-name protected person 3; "}, /* with an ending */
        {"\xD9\x88\xD8\xA7\xD8\xAD\xD9\x85\xD8\xAF",
         "protected-word protected person 3; "},
        {"012-345-678", "protected-name protected person 3; "},
        {"85512345678", "protected-name protected person 3; "},
        {"+855 12 345 679", "phone +855 12 345 679; "},
        {"Li said", "protected-name protected person 3; "},
        {"Like Lima", ""},
        {"s.v@mail.example.org", "protected-name protected person 3; "
                                 "mail [protected person 3]; "},
        {"\\u0053okha", "protected-word protected person 3; "},
        {"&#83;&#x6f;kha", "protected-word protected person 3; "},
        {"%53okha", "protected-word protected person 3; "},
        {"\\u00e6\\u009d\\u008e\\u00e6\\u0098\\u008e",
         "protected-name protected person 3; "},
        {"\\u674e\\u660e", "protected-name protected person 3; "},
    };
    (void)state;
    CHECK(s, identity);
}

static void numbers_in_other_digits(void **state)
{
    static const sample s[] = {
        {"x \341\237\240\341\237\241\341\237\242 \341\237\243\341\237\244\341\237\245 "
         "\341\237\246\341\237\247\341\237\250",
         "protected-name protected person 3; "},
        {"\331\240\331\241\331\242-\331\243\331\244\331\245-\331\246\331\247\331\250",
         "protected-name protected person 3; "},
        {"\357\274\213\357\274\230\357\274\225\357\274\225\357\274\221\357\274\222\357"
         "\274\223\357\274\224\357\274\225\357\274\226\357\274\227\357\274\230",
         "protected-name protected person 3; "},
        {"<meta name=author "
         "content="
         "\"\341\237\240\341\237\241\341\237\242\341\237\243\341\237\244\341\237\245\341"
         "\237\246\341\237\247\341\237\250 ann@mail.example\">",
         "mail ann@mail.example; protected-name protected person 3; "
         "author [protected person 3] ann@mail.example; mail ann@mail.example; "
         "protected-name protected person 3; "},
        {"\357\274\220\357\274\221\357\274\221 \357\274\222\357\274\222\357\274\222 "
         "\357\274\223\357\274\223\357\274\223",
         "phone \357\274\220\357\274\221\357\274\221 "
         "\357\274\222\357\274\222\357\274\222 \357\274\223\357\274\223\357\274\223; "},
        {"\341\237\242\341\237\240\341\237\242\341\237\246 \341\237\241\341\237\242", ""},
        {"\341\237\240\341\237\241\341\237\242\341\237\243\341\237\244\341\237\245\341"
         "\237\246\341\237\247\341\237\250\341\237\240\341\237\241\341\237\242\341\237"
         "\243\341\237\244\341\237\245\341\237\246\341\237\247\341\237\250\341\237\240"
         "\341\237\241",
         ""},
    };
    static const sample other[] = {
        {"012 345 678", "protected-name protected person 3; "},
    };
    (void)state;
    CHECK(s, "Tel: +855 12 345 678");
    CHECK(other,
          "Tel: \341\237\240\341\237\241\341\237\242 "
          "\341\237\243\341\237\244\341\237\245 \341\237\246\341\237\247\341\237\250");
}

static void names_in_utf16(void **state)
{
    static const char le[] = "\xFF\xFES\0o\0k\0h\0a\0";
    static const char odd[] = "\x01\x02\x03\0S\0o\0k\0h\0a\0\0\xFF";
    (void)state;
    told t = lint_bytes("Sokha", le, sizeof le - 1);
    assert_string_equal(t.text, "protected-name protected person 3; ");
    t = lint_bytes("Sokha", odd, sizeof odd - 1);
    assert_non_null(strstr(t.text, "protected-name protected person 3; "));
    assert_non_null(strstr(t.text, "(an unknown format"));
}

static void words_of_mails(void **state)
{
    static const sample s[] = {
        {"Subject: =?utf-8?B?U29raGEgVg==?=\r\n =?UTF-8?b?YW5uYWs=?=",
         "protected-name protected person 3; "},
        {"From: =?utf-8?Q?S=C3=B3kha_Vannak?= x",
         "protected-word protected person 3; protected-name protected person 3; "},
        {"=?utf-8?B?Kzg1NTExMjIyMzMz?=", "phone +85511222333; "},
        {"=?koi8-r?B?/////w==?=", "(words of a mail in another encoding) "},
        {"=?a?B?=? =?=?=?=? =?utf-8?X?a?= =?utf-8?B?", ""},
    };
    (void)state;
    CHECK(s, "Sokha Vannak");
}

static void names_in_utf32(void **state)
{
    static const char text[] = "\xFF\xFE"
                               "by Sokha Vannak, +85511222333";
    char little[4 * sizeof text] = "";
    char big[4 * sizeof text] = "";
    size_t n = 0;
    (void)state;
    memcpy(little, "\xFF\xFE", 2);
    memcpy(big, "\0\0\xFE\xFF", 4);
    for (n = 4; text[n / 4 + 1] != 0; n += 4) {
        little[n] = text[n / 4 + 1];
        big[n + 3] = text[n / 4 + 1];
    }
    told t = lint_bytes("Sokha Vannak", little, n);
    assert_string_equal(t.text, "protected-name protected person 3; "
                                "phone +85511222333; ");
    t = lint_bytes("Sokha Vannak", big, n);
    assert_string_equal(t.text, "protected-name protected person 3; "
                                "phone +85511222333; ");
    t = lint_bytes("Sokha Vannak", big, 5);
    assert_int_equal(t.n, 0);
    memcpy(little + 4, "Sokha Vannak", 12); /* the mark may be a lie */
    t = lint_bytes("Sokha Vannak", little, 16);
    assert_string_equal(t.text, "protected-name protected person 3; ");
}

static void nothing_protected_is_told(void **state)
{
    ew_names *n = names_of("Sokha Vannak\n+855 12 345 678");
    ew_buf out;
    (void)state;
    ew_buf_init(&out, 4096);
    assert_int_equal(ew_names_mask(n,
                                   ew_slice_of("a SOKHA vannak, 012 345 678! sokha.v 12"),
                                   &out, NULL),
                     EW_OK);
    assert_string_equal((char *)out.data, "a [protected person 3], [protected person 3]! "
                                          "[protected person 3].v 12");
    ew_buf_release(&out);
    ew_names_free(n);
    told t = lint_text("Sokha Vannak", "ann@example.org and /ho"
                                       "me/sokha/x, sokha@example.org");
    assert_null(strstr(t.text, "okha"));
    assert_non_null(strstr(t.text, "[protected person 3]@example.org"));
}

/* ------------------------------------------------------------------ documents */

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

/* ------------------------------------------------------------------ a case */

static int64_t add_file(ew_case *c, const char *dir, const char *name, const char *text)
{
    ew_case_act act = {.kind = "ingest", .who = "Ann"};
    ew_case_item item = {.kind = "document", .name = name};
    int64_t event;
    int64_t id = 0;
    const char *path = test_path(dir, "given");
    test_file_put(path, text, strlen(text));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(ew_case_store(c, fd, item.sha256, &item.bytes, NULL), EW_OK);
    (void)close(fd);
    assert_int_equal(ew_case_begin(c, &act, &event, NULL), EW_OK);
    assert_int_equal(ew_case_add_item(c, &item, &id, NULL), EW_OK);
    assert_int_equal(ew_case_commit(c, NULL), EW_OK);
    return id;
}

static told lint_case(ew_case *c, const ew_lint_opts *o, ew_lint_sum *sum)
{
    told t = {.n = 0};
    ew_lint_put put = {finding, blank, &t};
    ew_err err;
    if (ew_ops_lint(c, o, &put, sum, &err) != EW_OK)
        fail_msg("%s", err.text);
    return t;
}

/* What was put in is not what is there. */
static void changed_and_missing(ew_case *c, const ew_lint_opts *o, const char *original)
{
    ew_lint_sum sum;
    assert_int_equal(chmod(original, 0600), 0);
    FILE *f = fopen(original, "a");
    assert_true(f != NULL && fputs(", sokha vannak", f) >= 0 && fclose(f) == 0);
    told t = lint_case(c, o, &sum);
    assert_non_null(strstr(t.text, "(an original that is not what was put in)"));
    assert_int_equal(t.n, 1); /* the item's name */
    assert_int_equal(unlink(original), 0);
    t = lint_case(c, o, &sum);
    assert_non_null(strstr(t.text, "(an original that cannot be read)"));
}

static void a_case(void **state)
{
    char *dir = test_dir_new();
    const char *path = test_path(dir, "case");
    ew_case *c = NULL;
    ew_secret file;
    ew_buf recipient;
    ew_age_identities keys;
    ew_lint_sum sum;
    ew_lint_opts o = {.keys = NULL};
    ew_ops_actor by = {"Ann", ""};
    ew_person p = {.kind = EW_PERSON_PROTECTED, .name = "Source 1", .note = ""};
    int64_t id;
    (void)state;
    assert_int_equal(ew_case_create(path, "t", NULL), EW_OK);
    assert_int_equal(ew_case_open(&c, path, true, 0, NULL), EW_OK);
    assert_int_equal(ew_secret_init(&file, 512, NULL), EW_OK);
    ew_buf_init(&recipient, 256);
    assert_int_equal(ew_age_new_identity(&file, &recipient, 0, NULL), EW_OK);
    assert_int_equal(ew_age_read_identities(&keys, (ew_slice){file.bytes, file.n}, NULL),
                     EW_OK);
    const char *const ages[] = {(const char *)recipient.data};
    ew_ops_recipients r = {.ages = ages, .n = 1};
    assert_int_equal(ew_ops_add_recipients(c, &by, &r, NULL), EW_OK);
    assert_int_equal(
        ew_ops_add_person(c, &by, &p, ew_slice_of("Sokha Vannak"), &id, NULL), EW_OK);
    int64_t item = add_file(c, dir, "Sokha Vannak.txt", "written by sokha vannak");
    told t = lint_case(c, &o, &sum);
    assert_true(t.n == 0 && sum.closed == 1);
    o.keys = &keys;
    t = lint_case(c, &o, &sum);
    assert_true(sum.closed == 0 && sum.identities == 1);
    assert_string_equal(t.text,
                        "protected-name protected person 1; " /* the item's name */
                        "protected-name protected person 1; ");
    told again = lint_case(c, &o, &sum);
    assert_string_equal(t.ids, again.ids);
    /* Another item alone; one that is not there. */
    int64_t other = add_file(c, dir, "b.txt", "nothing");
    o.items = &other;
    o.item_count = 1;
    assert_int_equal(lint_case(c, &o, &sum).n, 0);
    char *original = NULL;
    assert_int_equal(ew_case_original(c, item, &original, NULL), EW_OK);
    o.items = &item;
    changed_and_missing(c, &o, original);
    ew_free(original);
    ew_case_close(c);
    ew_age_identities_release(&keys);
    ew_secret_release(&file);
    ew_buf_release(&recipient);
    test_dir_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(telephones),
        cmocka_unit_test(addresses_places_and_folders),
        cmocka_unit_test(coordinates),
        cmocka_unit_test(protected_names),
        cmocka_unit_test(numbers_in_other_digits),
        cmocka_unit_test(names_in_utf16),
        cmocka_unit_test(words_of_mails),
        cmocka_unit_test(names_in_utf32),
        cmocka_unit_test(nothing_protected_is_told),
        cmocka_unit_test(metadata_of_pages),
        cmocka_unit_test(metadata_of_documents),
        cmocka_unit_test(metadata_of_pictures),
        cmocka_unit_test(archives_two_deep),
        cmocka_unit_test(beside_the_members),
        cmocka_unit_test(a_bomb_is_told),
        cmocka_unit_test(a_name_across_two_pieces_is_one),
        cmocka_unit_test(memory_that_fails_is_told),
        cmocka_unit_test(a_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
