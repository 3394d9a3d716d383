/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of Telegram Desktop: everything that its exporter writes, and what others do to it. */
#include "import/telegram_files.h"
#include "import/telegram_scan.h"
#include "test_telegram_made.h"

#define ZONE_REMARK                                                                      \
    "remark times are understood with the zone that stands beside them; Telegram "       \
    "Desktop writes that of winter all year, so where clocks are put forward a time in " \
    "summer may be an hour late\n"

static void expect(const char *dir, const char *page, const char *want)
{
    put_text(dir, "messages.html", page);
    expect_told(dir, EW_IMPORT_AUTO, want);
}

static void people_and_times(void **state)
{
    expect(
        *state,
        PAGE_HEAD("\u1780\u17D2\u179A\u17BB\u1798 &amp; Co") SERVICE(
            "-1",
            "2 January 2024") MESSAGE("4", "02.01.2024 03:04:05",
                                      "\u179F\u17BB\u1781 \u178A\u17B6\u179A\u17C9\u17B6",
                                      SAID("\u179F\u17BD\u179F\u17D2\u178F\u17B8"))
            JOINED("5", "02.01.2024 03:05:05", SAID("two")) MESSAGE(
                "6", "02.01.2024 03:06:05 UTC+07:00", "\u0644\u064A\u0644\u0649",
                REPLY("#go_to_message4") SAID("\u0646\u0639\u0645"))
                JOINED("7", "02.01.2024 03:06:06 UTC-03:30",
                       REPLY("messages.html#go_to_message-999999990") SAID("x"))
                    MESSAGE("8", "31.12.2023 24:00:00", "Deleted Account", SAID("odd"))
                        MESSAGE("9", "02.01.2024 03:07:00 UTC", "Ann via @gif",
                                DIV("reply_to details",
                                    "In reply to a message in another chat")) PAGE_TAIL,
        "chat |\u1780\u17D2\u179A\u17BB\u1798 & Co|\n"
        "message 4 <\u179F\u17BB\u1781 \u178A\u17B6\u179A\u17C9\u17B6|> at=1704164645: "
        "\u179F\u17BD\u179F\u17D2\u178F\u17B8\n"
        "message 5 <\u179F\u17BB\u1781 \u178A\u17B6\u179A\u17C9\u17B6|> at=1704164705: "
        "two\n" ZONE_REMARK
        "message 6 <\u0644\u064A\u0644\u0649|> at=1704139565Z re=4: \u0646\u0639\u0645\n"
        "message 7 <\u0644\u064A\u0644\u0649|> at=1704177366Z re=-999999990: x\n"
        "message 8 <Deleted Account|>: odd\n"
        "message 9 <Ann|> at=1704164820Z: \n"
        "remark in the original and not told here are messages 1 sent with the help of a "
        "bot, 1 that reply to a message of another chat, not named here\n");
}

static void texts(void **state)
{
    expect(
        *state,
        PAGE_HEAD("T") MESSAGE(
            "1", "02.01.2024 03:04:05", "A",
            SAID("one<br>two  spaces<br><br>&lt;b&gt; &amp;amp; &quot;q&quot; "
                 "&apos;s&apos; <strong>bold</strong><em>it</em> <a "
                 "href=\"https://x.example/?a=1&amp;b=2\">link</a>"))
            MESSAGE("2", "02.01.2024 03:04:05", "A",
                    SAID("<pre>a<br>  b</pre><code>c</code><span class=\"spoiler "
                         "hidden\" onclick=\"ShowSpoiler(this)\"><span "
                         "aria-hidden=\"true\">secret</span></span><blockquote>q"
                         "</blockquote><a href=\"\" onclick=\"return "
                         "ShowNotLoadedEmoji();\">\U0001F44B</a>&#x0C;&#x09;."))
                MESSAGE(
                    "3", "02.01.2024 03:04:05", "A",
                    SAID("x") DIV(
                        "signature details",
                        "Sok") "<span class=\"reactions\"><span class=\"reaction "
                               "active\"><span class=\"emoji\">\U0001F44D</span><span "
                               "class=\"count\">3</span></span></span><table "
                               "class=\"bot_buttons_table\"><tbody><tr><td "
                               "class=\"bot_button_row\"><div "
                               "class=\"bot_button\"><a><div>"
                               "Push</div></a></div></td></tr></tbody></table>")
                    PAGE_TAIL,
        "chat |T|\n"
        "message 1 <A|> at=1704164645: one\ntwo  spaces\n\n<b> &amp; \"q\" 's' boldit "
        "link\n"
        "  other inline |link||0|0|https://x.example/?a=1&b=2\n"
        "message 2 <A|> at=1704164645: a\n  bcsecretq\U0001F44B\f\t.\n"
        "remark message 3: signed 'Sok'\n"
        "message 3 <A|> at=1704164645: x\n"
        "remark in the original and not told here are messages 1 with reactions, 1 with "
        "buttons\n");
}

static void links_behind_words(void **state)
{
    expect(*state,
           PAGE_HEAD("T") MESSAGE(
               "1", "02.01.2024 03:04:05", "A",
               SAID("<a href=\"https://a.example/x\">a.example/x</a> <a "
                    "href=\"https://t.me/ann\">@ann</a> <a href=\"tel:+1 2\">+1 2</a> <a "
                    "href=\"#go_to_message1\" onclick=\"return "
                    "GoToMessage(1)\">this</a> <a href=\"messages2.html\">next</a> <a "
                    "href=\"https://b.example/\">a.example</a>")) PAGE_TAIL,
           "chat |T|\n"
           "message 1 <A|> at=1704164645: a.example/x @ann +1 2 this next a.example\n"
           "  other inline |link||0|0|https://b.example/\n");
}

static void forwards(void **state)
{
    expect(
        *state,
        PAGE_HEAD("T") MESSAGE("1", "10.01.2024 12:00:00 UTC+01:00", "A",
                               FORWARD("News \u0623\u062E\u0628\u0627\u0631",
                                       "01.01.2024 08:00:00 UTC+01:00",
                                       REPLY("#go_to_message9") SAID("x")))
            JOINED("2", "10.01.2024 12:00:01 UTC+01:00",
                   DIV("forwarded body", SAID("same source")))
                JOINED("3", "10.01.2024 12:00:01 UTC+01:00",
                       FORWARD("Other", "", SAID("its text")))
                    MESSAGE("4", "10.01.2024 12:00:01 UTC+01:00", "A",
                            FORWARD("B via @bot", "01.01.2024 08:00:00", "")) PAGE_TAIL,
        "chat |T|\n" ZONE_REMARK
        "message 1 <A|> at=1704884400Z re=9 fwd=News \u0623\u062E\u0628\u0627\u0631 "
        "sent=1704092400Z: x\n"
        "message 2 <A|> at=1704884401Z fwd=News \u0623\u062E\u0628\u0627\u0631: same "
        "source\n"
        "message 3 <A|> at=1704884401Z fwd=Other sent=1704067200: its text\n"
        "message 4 <A|> at=1704884401Z fwd=B sent=1704096000: \n"
        "remark in the original and not told here are messages 1 sent with the help of a "
        "bot\n");
}

/* As it was written in 2018: no title, and no class but one. */
static void old_forwards(void **state)
{
    expect(*state,
           PAGE_HEAD("T")
               MESSAGE("1", "10.01.2018 12:00:00", "A",
                       DIV("forwarded body",
                           DIV("from_name",
                               "News <span class=\"details\"> 09.01.2018 08:00:00</span>")
                               SAID("x"))) PAGE_TAIL,
           "chat |T|\nmessage 1 <A|> at=1515585600 fwd=News sent=1515484800: x\n");
}

static void files_that_are_there(void **state)
{
    make_folder(*state, "photos");
    make_folder(*state, "files");
    put_text(*state, "photos/p.jpg", "x");
    put_text(*state, "files/a b.pdf", "x");
    put_text(*state, "files/v.ogg", "x");
    expect(*state,
           PAGE_HEAD("T") MESSAGE(
               "1", "", "A",
               DIV("media_wrap clearfix",
                   "<a class=\"photo_wrap clearfix pull_left\" "
                   "href=\"photos/p.jpg\"><img class=\"photo\" "
                   "src=\"photos/p_thumb.jpg\" style=\"width: 1px\"/></a>") SAID("look"))
               MESSAGE("2", "", "A",
                       DIV("media_wrap clearfix",
                           "<a class=\"video_file_wrap clearfix pull_left\" "
                           "href=\"video_files/v.mp4\"><div class=\"video_play_bg\"><div "
                           "class=\"video_play\"></div></div><div "
                           "class=\"video_duration\">\n01:02:03\n</div><img "
                           "class=\"video_file\" src=\"v_thumb.jpg\"/></a>"))
                   MESSAGE("3", "", "A",
                           DIV("media_wrap clearfix",
                               "<a class=\"sticker_wrap clearfix pull_left\" "
                               "href=\"stickers/s.webp\"></a>")
                               DIV("media_wrap clearfix",
                                   "<a class=\"animated_wrap clearfix pull_left\" "
                                   "href=\"video_files/g.mp4\"><div "
                                   "class=\"gif_play\">GIF</div></a>"))
                       MESSAGE("4", "", "A",
                               MEDIA_LINK("media_file", "files/a b.pdf",
                                          TITLE("a b.pdf") STATUS("1.2 MB")))
                           MESSAGE("5", "", "A",
                                   MEDIA_LINK("media_voice_message", "files/v.ogg",
                                              TITLE("Voice message") STATUS("00:35")))
                               MESSAGE("6", "", "A",
                                       MEDIA_LINK("media_audio_file", "files/a%20b.pdf",
                                                  TITLE("Sok \u2013 Song")
                                                      STATUS("02:05"))) PAGE_TAIL,
           "chat |T|\n"
           "message 1 <A|>: look\n  photo present photos/p.jpg|||0|0|\n"
           "message 2 <A|>: \n  video named video_files/v.mp4|||0|3723|\n"
           "gap attachment: video_files/v.mp4\n"
           "message 3 <A|>: \n  sticker named stickers/s.webp|||0|0|\n"
           "  video named video_files/g.mp4|||0|0|\n"
           "gap attachment: stickers/s.webp\ngap attachment: video_files/g.mp4\n"
           "message 4 <A|>: \n  file present files/a b.pdf|a b.pdf||0|0|\n"
           "message 5 <A|>: \n  voice present files/v.ogg|||0|35|\n"
           "message 6 <A|>: \n  audio present files/a%20b.pdf|Sok \u2013 Song||0|125|\n");
}

static void files_that_are_not(void **state)
{
    expect(
        *state,
        PAGE_HEAD("T") MESSAGE(
            "1", "", "A",
            MEDIA("media_photo", TITLE("Photo") DESCRIPTION(
                                     "Not included, change data exporting settings to "
                                     "download.") STATUS("1280x720, 80.1 KB")))
            MESSAGE("2", "", "A",
                    MEDIA("media_video",
                          TITLE("Video file") DESCRIPTION(
                              "Exceeds maximum size, change data exporting "
                              "settings to download.") STATUS("00:07, 9.9 MB")))
                MESSAGE("3", "", "A",
                        MEDIA("media_voice_message",
                              TITLE("Voice message")
                                  DESCRIPTION("Unavailable, please try again later.")
                                      STATUS("00:07, 1 KB")))
                    MESSAGE("4", "", "A",
                            MEDIA("media_photo",
                                  TITLE("Self-destructing photo") STATUS("Expired")))
                        MESSAGE("5", "", "A",
                                MEDIA("media_photo",
                                      TITLE("Sticker") STATUS("\U0001F602, 12.0 KB")))
                            MESSAGE("6", "", "A", MEDIA("media_new", TITLE("What")))
                                PAGE_TAIL,
        "chat |T|\n"
        "message 1 <A|>: \n  photo left-out |||0|0|Not included, change data exporting "
        "settings to download.\n"
        "gap attachment: Not included, change data exporting settings to download.\n"
        "message 2 <A|>: \n  video too-large |||0|7|Exceeds maximum size, change data "
        "exporting settings to download.\n"
        "gap attachment: Exceeds maximum size, change data exporting settings to "
        "download.\n"
        "message 3 <A|>: \n  voice unavailable |||0|7|Unavailable, please try again "
        "later.\n"
        "gap attachment: Unavailable, please try again later.\n"
        "message 4 <A|>: \n  photo unavailable |Self-destructing "
        "photo||0|0|Self-destructing photo, Expired\n"
        "gap attachment: Self-destructing photo, Expired\n"
        "message 5 <A|>: \n  sticker named |||0|0|Sticker, \U0001F602, 12.0 KB\n"
        "gap attachment: Sticker, \U0001F602, 12.0 KB\n"
        "message 6 <A|>: \n  other named |What||0|0|What\n"
        "gap attachment: What\n");
}

static void things_without_files(void **state)
{
    put_text(*state, "card.vcf", "x");
    expect(
        *state,
        PAGE_HEAD("T") MESSAGE(
            "1", "", "A",
            MEDIA("media_contact", TITLE("Ann Sok") STATUS("+855 12 000 001")))
            MESSAGE("2", "", "A",
                    MEDIA_LINK("media_contact", "card.vcf",
                               TITLE("Ann ") STATUS("+1 - vCard")))
                MESSAGE("3", "", "A",
                        MEDIA_LINK("media_location",
                                   "https://maps.google.com/maps?q=11.5,104.9",
                                   TITLE("Location") STATUS("11.5, 104.9")))
                    MESSAGE("4", "", "A",
                            MEDIA("media_venue", TITLE("Market") DESCRIPTION("Street 1")))
                        MESSAGE("5", "", "A",
                                DIV("media_wrap clearfix",
                                    DIV("media_poll",
                                        DIV("question bold",
                                            "Where?") DIV("details", "Anonymous poll")
                                            DIV("answer",
                                                "- Here <span class=\"details\">2 "
                                                "votes</span>") DIV("answer", "- There")
                                                DIV("total details", "2 votes"))))
                            PAGE_TAIL,
        "chat |T|\n"
        "message 1 <A|>: \n  contact inline |||0|0|Ann Sok, +855 12 000 001\n"
        "message 2 <A|>: \n  contact present card.vcf|||0|0|Ann, +1 - vCard\n"
        "message 3 <A|>: \n  location inline |||0|0|11.5, 104.9\n"
        "message 4 <A|>: \n  location inline |||0|0|Market, Street 1\n"
        "message 5 <A|>: \n  other inline |||0|0|Where? Anonymous poll - Here 2 votes - "
        "There 2 votes\n");
}

static void what_the_program_says(void **state)
{
    make_folder(*state, "photos");
    put_text(*state, "photos/g.jpg", "x");
    expect(
        *state,
        PAGE_HEAD("T") SERVICE("-1", "2 January 2024") SERVICE(
            "1", "Ann created group &laquo;G&raquo; with members B and C")
            SERVICE("-999999990", "Ann joined group by link from B") SERVICE(
                "2",
                "This message is not supported by this version of Telegram Desktop. "
                "Please update the application.") "<div class=\"message service\" "
                                                  "id=\"message3\">" DIV("body details",
                                                                         "Ann changed "
                                                                         "group photo")
                                                      DIV("userpic_wrap",
                                                          "<a class=\"userpic_link\" "
                                                          "href=\"photos/g.jpg\"><img "
                                                          "class=\"userpic\" "
                                                          "src=\"photos/g_thumb.jpg\"/></"
                                                          "a>") "</div>" MESSAGE("4",
                                                                                 "02.01."
                                                                                 "2024 "
                                                                                 "03:04:"
                                                                                 "05",
                                                                                 "A",
                                                                                 MEDIA(
                                                                                     "med"
                                                                                     "ia_"
                                                                                     "cal"
                                                                                     "l "
                                                                                     "suc"
                                                                                     "ces"
                                                                                     "s",
                                                                                     TITLE(
                                                                                         "B")
                                                                                         STATUS(
                                                                                             "Outgoing (35 seconds)")))
                                                          PAGE_TAIL,
        "chat |T|\n"
        "service 1 <|>: Ann created group \u00ABG\u00BB with members B and C\n"
        "service -999999990 <|>: Ann joined group by link from B\n"
        "service 2 <|>: This message is not supported by this version of Telegram "
        "Desktop. Please update the application.\n"
        "gap message: the program that wrote the export did not know this kind\n"
        "service 3 <|>: Ann changed group photo\n  photo present photos/g.jpg|||0|0|\n"
        "service 4 <A|> at=1704164645: phone call: Outgoing (35 seconds)\n");
}

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
        TEST_IN_DIR(people_and_times),
        TEST_IN_DIR(texts),
        TEST_IN_DIR(links_behind_words),
        TEST_IN_DIR(forwards),
        TEST_IN_DIR(old_forwards),
        TEST_IN_DIR(files_that_are_there),
        TEST_IN_DIR(files_that_are_not),
        TEST_IN_DIR(things_without_files),
        TEST_IN_DIR(what_the_program_says),
        TEST_IN_DIR(pages_in_order),
        TEST_IN_DIR(all_chats),
        TEST_IN_DIR(damage),
        TEST_IN_DIR(bytes_that_are_none),
        TEST_IN_DIR(deep_and_huge),
        TEST_IN_DIR(pages_made_alike),
        TEST_IN_DIR(places),
        TEST_IN_DIR(what_it_is_not),
        TEST_IN_DIR(names_of_files),
        TEST_IN_DIR(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
