/* SPDX-License-Identifier: Apache-2.0 */
/* Telegram's pages in order, damaged, hostile, and where messages stand in them. */
#include "import/telegram_files.h"

#include "import/telegram_scan.h"
#include "told_telegram_html.h"

static void pages_in_order(void **state)
{
    put_text(*state, "messages.html",
             PAGE_HEAD("T") MESSAGE("1", "", "A", SAID("1")) NEXT_PAGE("messages2.html")
                 PAGE_TAIL);
    put_text(*state, "messages2.html",
             PAGE_HEAD("T") JOINED("2", "", SAID("2")) NEXT_PAGE("messages3.html")
                 PAGE_TAIL);
    put_text(*state, "messages10.html",
             PAGE_HEAD("T") JOINED("10", "", SAID("10")) NEXT_PAGE("messages11.html")
                 PAGE_TAIL);
    put_text(*state, "messages9.html", PAGE_HEAD("T") MESSAGE("9", "", "B", SAID("9")));
    put_text(*state, "messages_9.html", "not one");
    expect_told(*state, EW_IMPORT_AUTO,
                "chat |T|\nmessage 1 <A|>: 1\nmessage 2 <A|>: 2\n"
                "gap file: 6 pages before this one are not there\n"
                "message 9 <B|>: 9\n"
                "gap messages: the page breaks off here: what followed is missing\n"
                "message 10 <B|>: 10\n"
                "gap file: the page that this one says to be next is not there\n");
    assert_int_equal(unlink(test_path(*state, "messages9.html")), 0);
    assert_int_equal(unlink(test_path(*state, "messages.html")), 0);
    expect_told(*state, EW_IMPORT_TELEGRAM_HTML,
                "chat |T|\ngap file: messages.html is not there\n"
                "remark the message before, which names the sender, is not there\n"
                "message 2 <|>: 2\n"
                "gap file: 7 pages before this one are not there\n"
                "remark the message before, which names the sender, is not there\n"
                "message 10 <|>: 10\n"
                "gap file: the page that this one says to be next is not there\n");
}

static void all_chats(void **state)
{
    static const char *const names[] = {"chats/chat_10", "chats/chat_2", "chats/chat_1"};
    char path[64];
    make_folder(*state, "chats");
    make_folder(*state, "lists");
    put_text(*state, "export_results.html", "<html></html>");
    put_text(*state, "lists/chats.html", "<html></html>");
    for (size_t i = 0; i < 3; i++) {
        make_folder(*state, names[i]);
        (void)snprintf(path, sizeof path, "%s/photos", names[i]);
        make_folder(*state, path);
        (void)snprintf(path, sizeof path, "%s/messages.html", names[i]);
        put_text(*state, path,
                 PAGE_HEAD("C")
                     MESSAGE("1", "", "A",
                             DIV("media_wrap clearfix",
                                 "<a class=\"photo_wrap clearfix pull_left\" "
                                 "href=\"../../chats/chat_2/photos/p.jpg\"></a>"))
                         PAGE_TAIL);
    }
    put_text(*state, "chats/chat_2/photos/p.jpg", "x");
    put_text(*state, "chats/chat_10/messages2.html",
             PAGE_HEAD("C") MESSAGE("7", "", "B", SAID("x")) PAGE_TAIL);
#define PHOTO                                                                            \
    "chat |C|\nmessage 1 <A|>: \n  photo present "                                       \
    "../../chats/chat_2/photos/p.jpg|||0|0|\n"
    expect_told(*state, EW_IMPORT_AUTO, PHOTO PHOTO PHOTO "message 7 <B|>: x\n");
}

static void damage(void **state)
{
    /* Divs that are not closed, a comment and a script that hold messages, other quotes. */
    expect(*state,
           PAGE_HEAD("T") "<!-- " MESSAGE(
               "90", "", "X",
               SAID("no")) " --><script>var "
                           "a='<div class=\"message\" id=\"message91\">';</script>"
                           "<div class=\"message default\" id=\"message1\"><div "
                           "class=\"body\">" FROM("A") SAID("cut") MESSAGE(
                               "2", "", "B",
                               SAID("whole")) "<DIV ID='message3' data-x='a > b' "
                                              "CLASS='message default clearfix "
                                              "joined'>\r\n<div class='body'>\r\n<div "
                                              "class=text>\r\none\r\n "
                                              "two</div></div></DIV>"
                                              "<div class=\"message\">no id</div><div "
                                              "class=\"messages\" "
                                              "id=\"message5\">no</div>" PAGE_TAIL,
           "chat |T|\n"
           "message 1 <A|>: cut\nremark the end of this message is missing in the page\n"
           "message 2 <B|>: whole\nmessage 3 <B|>: one two\n");
    expect(*state,
           PAGE_HEAD("T") MESSAGE("1", "", "A", SAID("x")) "<div class=\"message "
                                                           "default\" "
                                                           "id=\"message2\"><div "
                                                           "class=\"te",
           "chat |T|\nmessage 1 <A|>: x\nmessage 2 <|>: \n"
           "remark the end of this message is missing in the page\n"
           "gap messages: the page breaks off here: what followed is missing\n");
    expect(
        *state, PAGE_HEAD("T"),
        "chat |T|\ngap messages: the page breaks off here: what followed is missing\n");
}

static void bytes_that_are_none(void **state)
{
    static const char page[] = PAGE_HEAD("T\xFF")
        MESSAGE("1", "", "A\xC3", SAID("x\0y &#0; &#xD800; \xED\xA0\x80")) PAGE_TAIL;
    test_file_put(test_path(*state, "messages.html"), page, sizeof page - 1);
    expect_words_told(*state, EW_IMPORT_TELEGRAM_HTML,
                      "chat |T\uFFFD|\nmessage 1 <A\uFFFD|>: x y ");
}

/* Pages that other programs wrote alike: fewer wrappers, other numbers. */
static void pages_made_alike(void **state)
{
    expect(
        *state,
        "<html><body><div class=\"history\">"
        "<div class=\"message service\" id=\"service1\"><div class=\"body "
        "details\">18 July 2026</div></div>"
        "<div class=\"message service\" id=\"message3\"><div class=\"body "
        "details\">9 March 2026</div></div>"
        "<div class=\"message default clearfix\" id=\"msg1\"><div class=\"pull_right "
        "date details\" title=\"18.07.2026 09:00:00\">09:00</div><div "
        "class=\"from_name\">A</div><a class=\"photo_wrap clearfix\"><img "
        "class=\"photo\" src=\"photos/p.jpg\"></a><div class=\"text\">x</div></div>"
        "<div class=\"message service\" id=\"message8\"><div class=\"body "
        "details\">A pinned</div></div>"
        "<div class=\"message default clearfix joined\" id=\"msg2\"><div "
        "class=\"text\">y</div></div></div></body></html>",
        "chat ||\nmessage msg1 <A|> at=1784365200: x\n  photo named photos/p.jpg|||0|0|\n"
        "gap attachment: photos/p.jpg\nservice 8 <|>: A pinned\n"
        "remark message msg2: joined to one before what the program said, which no "
        "export does; its sender may be another\n"
        "message msg2 <A|> marks=4: y\n");
}

static void deep_and_huge(void **state)
{
    enum { DEEP = 20000, LONG = 5 << 20 };
    size_t cap = LONG + 12 * DEEP + 8192;
    char *page = malloc(cap);
    assert_non_null(page);
    int n = snprintf(page, cap, "%s", PAGE_HEAD("T") OPEN("1", ""));
    for (int i = 0; i < DEEP; i++)
        n += snprintf(page + n, cap - (size_t)n, "<div>");
    for (int i = 0; i < DEEP; i++)
        n += snprintf(page + n, cap - (size_t)n, "</div>");
    n += snprintf(page + n, cap - (size_t)n, "%s", SAID("deep") "</div>" OPEN("2", ""));
    n += snprintf(page + n, cap - (size_t)n, "<div class=\"text\">");
    memset(page + n, 'a', LONG);
    n += LONG;
    (void)snprintf(page + n, cap - (size_t)n, "</div></div>%s",
                   MESSAGE("3", "", "B", SAID("end")) PAGE_TAIL);
    put_text(*state, "messages.html", page);
    free(page);
    ew_delivery *d = NULL;
    told t = {.n = 0};
    ew_err err;
    assert_int_equal(ew_delivery_open(&d, *state, &err), EW_OK);
    t.from = d;
    ew_import_opts opts = {.format = EW_IMPORT_TELEGRAM_HTML};
    ew_import_sink sink = {.cookie = &t, .gap = told_gap};
    assert_int_equal(ew_import_run(d, &opts, &sink, &err), EW_OK);
    assert_string_equal(
        t.text, "gap message: the message is too large: only its beginning was read\n");
    free(t.text);
    ew_delivery_close(d);
}

/* Every message's place begins and ends with its own tags. */
static ew_code check_place(void *cookie, const ew_message *m, ew_err *err)
{
    ew_slice bytes;
    ew_delivery *d = NULL;
    char want[64];
    const char *dir = cookie;
    assert_int_equal(ew_delivery_open(&d, dir, err), EW_OK);
    assert_int_equal(ew_delivery_read(d, m->place.member, &bytes, err), EW_OK);
    ew_slice there = {bytes.p + m->place.at, (size_t)m->place.bytes};
    (void)snprintf(want, sizeof want, "id=\"message%.*s\"", TEXT(m->id));
    assert_true(there.n > 12 && memcmp(there.p, "<div class=\"message", 19) == 0);
    assert_int_equal(memcmp(there.p + there.n - 6, "</div>", 6), 0);
    assert_non_null(memmem(there.p, there.n, want, strlen(want)));
    assert_non_null(memmem(there.p, there.n, m->text.p, m->text.n));
    ew_delivery_close(d);
    return EW_OK;
}

static void places(void **state)
{
    ew_delivery *d = NULL;
    ew_err err;
    ew_import_opts opts = {.format = EW_IMPORT_TELEGRAM_HTML};
    ew_import_sink sink = {.cookie = *state, .message = check_place};
    put_text(*state, "messages.html",
             PAGE_HEAD("T") MESSAGE("1", "", "A", SAID("one")) SERVICE("2", "said")
                 PAGE_TAIL);
    put_text(*state, "messages2.html",
             PAGE_HEAD("T") JOINED("3", "", SAID("\u1796\u17B8\u179A")) PAGE_TAIL);
    assert_int_equal(ew_delivery_open(&d, *state, &err), EW_OK);
    assert_int_equal(ew_import_run(d, &opts, &sink, &err), EW_OK);
    ew_delivery_close(d);
}

static void what_it_is_not(void **state)
{
    bool yes = true;
    ew_err err;
    ew_delivery *d = NULL;
    static const char *const pages[] = {
        "", "<html><body><p>A report of some length.</p></body></html>",
        "<html><body><div class=\"page_wrap\"></div></body></html>"};
    for (size_t i = 0; i < 3; i++) {
        put_text(*state, "messages.html", pages[i]);
        assert_int_equal(ew_delivery_open(&d, *state, &err), EW_OK);
        assert_int_equal(ew_import__looks_telegram_html(d, &yes, &err), EW_OK);
        assert_false(yes);
        ew_delivery_close(d);
    }
    /* One page by itself may have any name. */
    put_text(*state, "saved.htm",
             PAGE_HEAD("S") MESSAGE("1", "", "A", SAID("x")) PAGE_TAIL);
    expect_told(test_path(*state, "saved.htm"), EW_IMPORT_AUTO,
                "chat |S|\nmessage 1 <A|>: x\n");
    put_text(*state, "messages.html", "");
    assert_int_equal(unlink(test_path(*state, "messages.html")), 0);
    expect_told(*state, EW_IMPORT_TELEGRAM_HTML, "chat |S|\nmessage 1 <A|>: x\n");
    put_text(*state, "other.txt", "x");
    expect_words_told(*state, EW_IMPORT_TELEGRAM_HTML,
                      "!format there is no messages.html in");
}

static void names_of_files(void **state)
{
    (void)state;
    assert_int_equal(ew_tg_page_number(ew_slice_of("messages.html")), 1);
    assert_int_equal(ew_tg_page_number(ew_slice_of("messages12.html")), 12);
    assert_int_equal(ew_tg_page_number(ew_slice_of("messages1.html")), 1);
    assert_int_equal(ew_tg_page_number(ew_slice_of("messages02.html")), 2);
    assert_int_equal(ew_tg_page_number(ew_slice_of("messages2.htm")), 0);
    assert_int_equal(ew_tg_page_number(ew_slice_of("messages99999999999999999999.html")),
                     0);
    assert_int_equal(ew_tg_folder_number(ew_slice_of("chats/chat_012/")), 12);
    assert_int_equal(ew_tg_folder_number(ew_slice_of("chats/")), 0);
    assert_int_equal(ew_tg_folder_number(ew_slice_of("")), 0);
    assert_true(ew_tg_natural(ew_slice_of("c_2/"), ew_slice_of("c_10/")) < 0);
    assert_true(ew_tg_natural(ew_slice_of("c_02/"), ew_slice_of("c_2/")) < 0);
    assert_true(ew_tg_natural(ew_slice_of("a"), ew_slice_of("a1")) < 0);
    assert_int_equal(ew_tg_natural(ew_slice_of("a1"), ew_slice_of("a1")), 0);
}

static void without_memory(void **state)
{
    put_text(*state, "messages.html",
             PAGE_HEAD("T") MESSAGE("1", "02.01.2024 03:06:05 UTC+07:00", "A",
                                    FORWARD("B", "01.01.2024 08:00:00", SAID("x")))
                 JOINED("2", "", MEDIA("media_file", TITLE("f") STATUS("1 B")))
                     PAGE_TAIL);
    assert_true(told_without_memory(*state, EW_IMPORT_TELEGRAM_HTML, 0) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_DIR(pages_in_order), TEST_IN_DIR(all_chats),
        TEST_IN_DIR(damage),         TEST_IN_DIR(bytes_that_are_none),
        TEST_IN_DIR(deep_and_huge),  TEST_IN_DIR(pages_made_alike),
        TEST_IN_DIR(places),         TEST_IN_DIR(what_it_is_not),
        TEST_IN_DIR(names_of_files), TEST_IN_DIR(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
