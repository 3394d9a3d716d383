/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of a chat of WhatsApp. */
#ifndef EW_TEST_TOLD_WHATSAPP_H
#define EW_TEST_TOLD_WHATSAPP_H

#include "import/whatsapp_dates.h"
#include "told.h"

/* ------------------------------------------------------------------ heads */

static const struct {
    const char *text;
    unsigned a, b, c, hour, minute, second;
    bool seconds;
} good_heads[] = {
    {"[17.9.2019, 16:37:47] P: x", 17, 9, 2019, 16, 37, 47, true},
    {"2/11/19, 14:18 - n: x", 2, 11, 19, 14, 18, 0, false},
    {"09/17/19, 4:30:10 PM \xE2\x80\x93 J: x", 9, 17, 19, 16, 30, 10, true},
    {"9/17/19, 12:05 AM - J: x", 9, 17, 19, 0, 5, 0, false},
    {"9/17/19, 12:05 pm - J: x", 9, 17, 19, 12, 5, 0, false},
    {"\xE2\x80\x8E[1/2/24, 8:05:09\u202FAM] A: x", 1, 2, 24, 8, 5, 9, true},
    {"2020-01-02, 10:00 - A: x", 2020, 1, 2, 10, 0, 0, false},
    {"02-01-20 10:00 - A: x", 2, 1, 20, 10, 0, 0, false},
    {"1.2.2020 klo 10.00 - A: x", 1, 2, 2020, 10, 0, 0, false},
    {"2/1/2020, 9:03 p. m. - A: x", 2, 1, 2020, 21, 3, 0, false},
    {"2/1/2020 9:03\u00A0p.\u00A0m. - A: x", 2, 1, 2020, 21, 3, 0, false},
    {"2020/1/2 上午10:00 - A: x", 2020, 1, 2, 10, 0, 0, false},
    {"2020/1/2 下午1:00 - A: x", 2020, 1, 2, 13, 0, 0, false},
    {"2020년 1월 2일 오후 1:00 - A: x", 2020, 1, 2, 13, 0, 0, false},
    {"2020. 01. 02. 10:00 - A: x", 2020, 1, 2, 10, 0, 0, false},
    {"\u200F\u0662/\u0661/\u0662\u0660\u0662\u0660، \u0661\u0660:\u0660\u0665 م - A: "
     "x",
     2, 1, 2020, 22, 5, 0, false},
    {"01/02/2020 à 10:00 - A: x", 1, 2, 2020, 10, 0, 0, false},
    {"02.01.20, 10:00 - A: x", 2, 1, 20, 10, 0, 0, false},
    /* Android and iPhone, language by language */
    {"1/31/24, 8:05\u202FPM - A: x", 1, 31, 24, 20, 5, 0, false},
    {"31/01/2024, 20:05 - A: x", 31, 1, 2024, 20, 5, 0, false},
    {"[31/01/2024, 20:05:09] A: x", 31, 1, 2024, 20, 5, 9, true},
    {"31.01.24, 20:05 Uhr - A: x", 31, 1, 24, 20, 5, 0, false},
    {"31.01.24 um 20:05 - A: x", 31, 1, 24, 20, 5, 0, false},
    {"[31.01.24, 20:05:09] A: x", 31, 1, 24, 20, 5, 9, true},
    {"31/01/2024 \u00E0 20h05 - A: x", 31, 1, 2024, 20, 5, 0, false},
    {"31/1/24, 8:05 p.\u00A0m. - A: x", 31, 1, 24, 20, 5, 0, false},
    {"31/1/24 8:05 a. m. - A: x", 31, 1, 24, 8, 5, 0, false},
    {"31/01/2024 20:05 - A: x", 31, 1, 2024, 20, 5, 0, false},
    {"31-01-2024 20:05 - A: x", 31, 1, 2024, 20, 5, 0, false},
    {"[31-01-2024 20:05:09] A: x", 31, 1, 2024, 20, 5, 9, true},
    {"31.01.2024, 20:05 - A: x", 31, 1, 2024, 20, 5, 0, false},
    {"[31.01.2024 20:05:09] A: x", 31, 1, 2024, 20, 5, 9, true},
    {"\u200F[\u0663\u0661/\u0661/\u0662\u0660\u0662\u0664, "
     "\u0668:\u0660\u0665:\u0660\u0669 \u0645] A: x",
     31, 1, 2024, 20, 5, 9, true},
    {"\u0663\u0661\u200F/\u0661\u200F/\u0662\u0660\u0662\u0664\u060C "
     "\u0668:\u0660\u0665\u00A0\u0645 - A: x",
     31, 1, 2024, 20, 5, 0, false},
    {"\u06F1\u06F4\u06F0\u06F2/\u06F1\u06F1/\u06F1\u06F1\u060C\u200F "
     "\u06F2\u06F0:\u06F0\u06F5 - A: x",
     1402, 11, 11, 20, 5, 0, false},
    {"31/01/24, 8:05 pm - A: x", 31, 1, 24, 20, 5, 0, false},
    {"31/1/2567 20:05 - A: x", 31, 1, 2567, 20, 5, 0, false},
    {"[31/1/2567 BE 20:05:09] A: x", 31, 1, 2567, 20, 5, 9, true},
    {"2024/01/31 20:05 - A: x", 2024, 1, 31, 20, 5, 0, false},
    {"[2024/01/31 20:05:09] A: x", 2024, 1, 31, 20, 5, 9, true},
    {"2024. 1. 31. \uC624\uD6C4 8:05 - A: x", 2024, 1, 31, 20, 5, 0, false},
    {"[2024. 1. 31. \uC624\uC804 8:05:09] A: x", 2024, 1, 31, 8, 5, 9, true},
    {"[2024/1/31 \u665A\u4E0A8:05:09] A: x", 2024, 1, 31, 20, 5, 9, true},
    {"2024/1/31 \u4E2D\u534812:05 - A: x", 2024, 1, 31, 12, 5, 0, false},
    {"2024/1/31 \u51CC\u666812:05 - A: x", 2024, 1, 31, 0, 5, 0, false},
    {"2024\u5E741\u670831\u65E5 \u4E0B\u53488:05 - A: x", 2024, 1, 31, 20, 5, 0, false},
    {"31/01/24 20.05 - A: x", 31, 1, 24, 20, 5, 0, false},
    {"[31/01/24 20.05.09] A: x", 31, 1, 24, 20, 5, 9, true},
    {"31/01/2024, 8:05 PTG - A: x", 31, 1, 2024, 20, 5, 0, false},
    {"[31.1.2024 klo 20.05.09] A: x", 31, 1, 2024, 20, 5, 9, true},
    {"31.1.2024 kl. 20:05 - A: x", 31, 1, 2024, 20, 5, 0, false},
    {"20:05, 31/01/2024 - A: x", 31, 1, 2024, 20, 5, 0, false},
    {"[20:05, 31/1/2024] A: x", 31, 1, 2024, 20, 5, 0, false},
};

static inline void heads(void **state)
{
    static const char *const bad[] = {"2/11/19: Arrival",
                                      "12:30 - then we left",
                                      "call 1/2/3 10:00",
                                      "[x] 1/2/20, 10:00 - A",
                                      "2/11/19, 25:00 - A: x",
                                      "2/11/19, 10:61 - A: x",
                                      "",
                                      "2/11/19, 10:00",
                                      "20000/1/2, 10:00 - A: x",
                                      "[31/01/24 20:05 A: x",
                                      "31/01/24 20:05 A: x",
                                      "Ann 31/01/24, 20:05 - A: x"};
    (void)state;
    for (size_t i = 0; i < sizeof good_heads / sizeof good_heads[0]; i++) {
        ew_wa_head h;
        if (!ew_wa_head_at(ew_slice_of(good_heads[i].text), &h))
            fail_msg("not seen: %s", good_heads[i].text);
        if (h.number[0] != good_heads[i].a || h.number[1] != good_heads[i].b ||
            h.number[2] != good_heads[i].c || h.hour != good_heads[i].hour ||
            h.minute != good_heads[i].minute || h.second != good_heads[i].second ||
            h.seconds != good_heads[i].seconds)
            fail_msg("%s: %u %u %u %u:%u:%u", good_heads[i].text, h.number[0],
                     h.number[1], h.number[2], h.hour, h.minute, h.second);
        assert_int_equal(strcmp(good_heads[i].text + h.bytes + 1, ": x"), 0);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ew_wa_head h;
        if (ew_wa_head_at(ew_slice_of(bad[i]), &h))
            fail_msg("seen: %s", bad[i]);
    }
}

/* ------------------------------------------------------------------ chats */

static inline void expect_with(const char *dir, const char *text,
                               const ew_import_opts *opts, const char *want)
{
    const char *path = test_path(dir, "WhatsApp Chat with Ann.txt");
    test_file_put(path, text, strlen(text));
    char *got = told_import(path, opts);
    assert_string_equal(got, want);
    free(got);
}

static inline void expect(const char *dir, const char *text, const char *want)
{
    ew_import_opts opts = {.format = EW_IMPORT_AUTO};
    expect_with(dir, text, &opts, want);
}

#endif
