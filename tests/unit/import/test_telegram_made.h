/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of pages in the shapes that Telegram Desktop writes, with invented people. */
#ifndef TEST_TELEGRAM_MADE_H
#define TEST_TELEGRAM_MADE_H

#include <unistd.h>

#include "told.h"

#define DIV(classes, inner) "\n<div class=\"" classes "\">\n" inner "\n </div>"

#define PAGE_HEAD(name)                                                                  \
    "<!DOCTYPE html>\n<html>\n\n <head>\n\n  <meta "                                     \
    "charset=\"utf-8\"/>\n<title>Exported "                                              \
    "Data</title>\n  <link href=\"css/style.css\" rel=\"stylesheet\"/>\n\n  <script "    \
    "src=\"js/script.js\" type=\"text/javascript\">\n\n  </script>\n\n </head>\n\n "     \
    "<body onload=\"CheckLocation();\">\n\n  <div class=\"page_wrap\">\n" DIV(           \
        "page_header",                                                                   \
        DIV("content",                                                                   \
            DIV("text bold", name " "))) "\n   <div class=\"page_body chat_page\">\n\n " \
                                         "   <div class=\"history\">\n"
#define PAGE_TAIL "\n    </div>\n\n   </div>\n\n  </div>\n\n </body>\n\n</html>\n"
#define NEXT_PAGE(file)                                                                  \
    "\n     <a class=\"pagination block_link\" href=\"" file "\">\nNext messages\n     " \
    "</a>\n"

#define AT(time)                                                                         \
    "\n       <div class=\"pull_right date details\" title=\"" time "\">\n12:34\n"       \
    " </div>"
#define USERPIC DIV("pull_left userpic_wrap", "<div class=\"userpic\">XY</div>")
#define FROM(name) DIV("from_name", name " ")
#define SAID(text) DIV("text", text)
#define OPEN(id, joined)                                                                 \
    "\n     <div class=\"message default clearfix" joined "\" id=\"message" id "\">\n"
#define MESSAGE(id, time, name, rest)                                                    \
    OPEN(id, "") USERPIC DIV("body", AT(time) FROM(name) rest) "\n     </div>\n"
#define JOINED(id, time, rest)                                                           \
    OPEN(id, " joined") DIV("body", AT(time) rest) "\n     </div>\n"
#define SERVICE(id, text)                                                                \
    "\n     <div class=\"message service\" id=\"message" id                              \
    "\">\n" DIV("body details", text) "\n     </div>\n"
#define FORWARD(name, time, rest)                                                        \
    DIV("pull_left forwarded userpic_wrap", "")                                          \
    DIV("forwarded body",                                                                \
        DIV("from_name", name " <span class=\"date details\" title=\"" time              \
                              "\"> 01.01.2024 00:00:00</span>") rest)
#define REPLY(href)                                                                      \
    DIV("reply_to details", "In reply to <a href=\"" href "\">this message</a>")
#define MEDIA(classes, inner)                                                            \
    DIV("media_wrap clearfix", DIV("media clearfix pull_left " classes,                  \
                                   DIV("fill pull_left", "") DIV("body", inner)))
#define MEDIA_LINK(classes, href, inner)                                                 \
    DIV("media_wrap clearfix",                                                           \
        "<a class=\"media clearfix pull_left block_link " classes "\" href=\"" href      \
        "\">\n" DIV("fill pull_left", "") DIV("body", inner) "\n</a>")
#define TITLE(t) DIV("title bold", t)
#define DESCRIPTION(t) DIV("description", t)
#define STATUS(t) DIV("status details", t)

#endif
