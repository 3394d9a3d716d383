/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of Telegram Desktop: everything that its exporter writes, and what others do to it. */
#include "told_telegram_html.h"

#define ZONE_REMARK                                                                      \
    "remark times are understood with the zone that stands beside them; Telegram "       \
    "Desktop writes that of winter all year, so where clocks are put forward a time in " \
    "summer may be an hour late\n"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_DIR(people_and_times),      TEST_IN_DIR(texts),
        TEST_IN_DIR(links_behind_words),    TEST_IN_DIR(forwards),
        TEST_IN_DIR(old_forwards),          TEST_IN_DIR(files_that_are_there),
        TEST_IN_DIR(files_that_are_not),    TEST_IN_DIR(things_without_files),
        TEST_IN_DIR(what_the_program_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
