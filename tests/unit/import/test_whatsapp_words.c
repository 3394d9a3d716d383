/* SPDX-License-Identifier: Apache-2.0 */
/* Heads, calendars and words of WhatsApp in many languages. */
#include "base/when.h"
#include "import/whatsapp_words.h"
#include "told_whatsapp.h"

/* ------------------------------------------------------------------ calendars */

static void expect_day(unsigned y, unsigned m, unsigned d, const char *iso)
{
    ew_wa_head h = {.number = {y, m, d}, .digits = {4, 2, 2}};
    ew_wa_date date = ew_wa_date_of(&h);
    int64_t day = 0;
    char text[EW_ISO_TEXT];
    assert_true(ew_wa_day(&date, true, &day));
    assert_memory_equal(ew_iso_text(day * 86400, text), iso, 10);
}

static void calendars(void **state)
{
    int64_t day;
    (void)state;
    expect_day(2024, 2, 29, "2024-02-29");
    expect_day(2567, 2, 29, "2024-02-29");
    expect_day(1388, 1, 1, "2009-03-21");
    expect_day(1400, 1, 1, "2021-03-21");
    expect_day(1402, 11, 11, "2024-01-31");
    expect_day(1403, 12, 30, "2025-03-20");
    expect_day(1404, 1, 1, "2025-03-21");
    expect_day(1404, 7, 1, "2025-09-23");
    ew_wa_head none[] = {{.number = {1404, 12, 30}, .digits = {4, 2, 2}},
                         {.number = {1404, 13, 1}, .digits = {4, 2, 2}},
                         {.number = {1445, 7, 1}, .digits = {4, 2, 2}},
                         {.number = {2023, 2, 29}, .digits = {4, 2, 2}}};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        ew_wa_date date = ew_wa_date_of(&none[i]);
        assert_false(ew_wa_day(&date, true, &day));
    }
}

static void other_calendars_are_told(void **state)
{
    expect(*state, "[31/1/2567 20:05:09] A: x\n[1/2/2567 20:05:09] A: y\n",
           "chat |Ann|\nremark years of the Buddhist era were converted\n"
           "message  <A|> at=1706731509: x\nmessage  <A|> at=1706817909: y\n");
    expect(*state, "1445/7/19, 20:05 - A: x\n",
           "chat |Ann|\nremark dates of the Islamic calendar, which are not converted\n"
           "message  <A|>: x\n");
}

/* ------------------------------------------------------------------ words */

static const struct {
    const char *line;
    ew_wa_what what;
    ew_attachment_kind kind;
    const char *name;
} lines[] = {
    {"<Media omitted>", EW_WA_OMITTED, EW_ATTACH_OTHER, NULL},
    {"\u200Eimage omitted", EW_WA_OMITTED, EW_ATTACH_PHOTO, NULL},
    {"<View once voice message omitted>", EW_WA_OMITTED, EW_ATTACH_VOICE, NULL},
    {"<Medien ausgeschlossen>", EW_WA_OMITTED, EW_ATTACH_OTHER, NULL},
    {"\u200EAudio weggelassen", EW_WA_OMITTED, EW_ATTACH_VOICE, NULL},
    {"<M\u00E9dias omis>", EW_WA_OMITTED, EW_ATTACH_OTHER, NULL},
    {"\u200Eaudio omis", EW_WA_OMITTED, EW_ATTACH_VOICE, NULL},
    {"<Multimedia omitido>", EW_WA_OMITTED, EW_ATTACH_OTHER, NULL},
    {"\u200Eaudio omitido", EW_WA_OMITTED, EW_ATTACH_VOICE, NULL},
    {"<M\u00EDdia oculta>", EW_WA_OMITTED, EW_ATTACH_OTHER, NULL},
    {"\u200E\u00E1udio ocultado", EW_WA_OMITTED, EW_ATTACH_VOICE, NULL},
    {"<Media omessi>", EW_WA_OMITTED, EW_ATTACH_OTHER, NULL},
    {"\u200Eaudio omesso", EW_WA_OMITTED, EW_ATTACH_VOICE, NULL},
    {"<Media weggelaten>", EW_WA_OMITTED, EW_ATTACH_OTHER, NULL},
    {"<Без медиафайлов>", EW_WA_OMITTED, EW_ATTACH_OTHER, NULL},
    {"\u200Eаудиофайл отсутствует", EW_WA_OMITTED, EW_ATTACH_VOICE, NULL},
    {"<Medya dahil edilmedi>", EW_WA_OMITTED, EW_ATTACH_OTHER, NULL},
    {"\u200Eses dahil edilmedi", EW_WA_OMITTED, EW_ATTACH_VOICE, NULL},
    {"<تم استبعاد الوسائط>", EW_WA_OMITTED, EW_ATTACH_OTHER, NULL},
    {"\u200Eصدا حذف شد", EW_WA_OMITTED, EW_ATTACH_VOICE, NULL},
    {"<मीडिया के बिना>", EW_WA_OMITTED, EW_ATTACH_OTHER, NULL},
    {"<Media tidak disertakan>", EW_WA_OMITTED, EW_ATTACH_OTHER, NULL},
    {"<สื่อถูกลบ>", EW_WA_OMITTED, EW_ATTACH_OTHER, NULL},
    {"\u200E音声は含まれていません", EW_WA_OMITTED, EW_ATTACH_VOICE, NULL},
    {"<미디어 파일을 생략한 대화내용>", EW_WA_OMITTED, EW_ATTACH_OTHER, NULL},
    {"\u200E音频已忽略", EW_WA_OMITTED, EW_ATTACH_VOICE, NULL},
    {"a.pdf \u2022 \u200E2 pages \u200Edocument omitted", EW_WA_OMITTED, EW_ATTACH_FILE,
     "a.pdf \u2022 \u200E2 pages \u200Edocument omitted"},
    {"This message was deleted.", EW_WA_DELETED, EW_ATTACH_OTHER, NULL},
    {"\u200E此訊息已刪除。", EW_WA_DELETED, EW_ATTACH_OTHER, NULL},
    {"Mensagem apagada", EW_WA_DELETED, EW_ATTACH_OTHER, NULL},
    {"\u200EVoice call, \u200E12 min", EW_WA_CALL, EW_ATTACH_OTHER, NULL},
    {"Verpasster Sprachanruf", EW_WA_CALL, EW_ATTACH_OTHER, NULL},
    {"Voice call, or not", EW_WA_TEXT, EW_ATTACH_OTHER, NULL},
    {"\u200EPOLL:", EW_WA_POLL, EW_ATTACH_OTHER, NULL},
    {"ANKET:", EW_WA_POLL, EW_ATTACH_OTHER, NULL},
    {"Poll", EW_WA_TEXT, EW_ATTACH_OTHER, NULL},
    {"live location shared", EW_WA_LOCATION, EW_ATTACH_LOCATION, NULL},
    {"Standort: https://maps.google.com/?q=11.5,104.9", EW_WA_LOCATION,
     EW_ATTACH_LOCATION, NULL},
    {"\u200E<attached: 00000012-AUDIO-2024-01-31-20-05-09.opus>", EW_WA_ATTACHED,
     EW_ATTACH_VOICE, "00000012-AUDIO-2024-01-31-20-05-09.opus"},
    {"\u200E<何か: 00000012-PHOTO-2024.jpg>", EW_WA_ATTACHED, EW_ATTACH_PHOTO,
     "00000012-PHOTO-2024.jpg"},
    {"a.pdf \u2022 2 pages \u200E<Anhang: 00000003-a.pdf>", EW_WA_ATTACHED,
     EW_ATTACH_FILE, "00000003-a.pdf"},
    {"\u200EPTT-20240131-WA0001.opus (Datei angeh\u00E4ngt)", EW_WA_ATTACHED,
     EW_ATTACH_VOICE, "PTT-20240131-WA0001.opus"},
    {"my report (2).pdf (archivo adjunto)", EW_WA_ATTACHED, EW_ATTACH_FILE,
     "my report (2).pdf"},
    {"\u200Fa.pdf (الملف مرفق)", EW_WA_ATTACHED, EW_ATTACH_FILE, "a.pdf"},
    {"Ann.vcf (dosya ekli)", EW_WA_ATTACHED, EW_ATTACH_CONTACT, "Ann.vcf"},
    {"so (file attached", EW_WA_TEXT, EW_ATTACH_OTHER, NULL},
    {"(file attached)", EW_WA_TEXT, EW_ATTACH_OTHER, NULL},
    {"<b>: x>", EW_WA_TEXT, EW_ATTACH_OTHER, NULL},
    {"<>", EW_WA_TEXT, EW_ATTACH_OTHER, NULL},
    {"<:>", EW_WA_TEXT, EW_ATTACH_OTHER, NULL},
    {")", EW_WA_TEXT, EW_ATTACH_OTHER, NULL},
    {"\u200E", EW_WA_TEXT, EW_ATTACH_OTHER, NULL},
};

static void words_of_many_languages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        ew_wa_said said = ew_wa_line(ew_slice_of(lines[i].line));
        if (said.what != lines[i].what || said.kind != lines[i].kind ||
            (lines[i].name != NULL && !ew_slice_is(said.name, lines[i].name)))
            fail_msg("%s: %d %d '%.*s'", lines[i].line, said.what, said.kind,
                     TEXT(said.name));
    }
}

static void titles(void **state)
{
    static const char *const with_ann[] = {
        "WhatsApp Chat with Ann",       "WhatsApp-Chat mit Ann",
        "Chat de WhatsApp con Ann",     "Discussion WhatsApp avec Ann",
        "Conversa do WhatsApp com Ann", "Чат WhatsApp с Ann",
        "Ann ile WhatsApp Sohbeti",     "\u202Bمحادثة واتساب مع Ann\u202C",
        "Chat WhatsApp dengan Ann",     "Ann"};
    (void)state;
    for (size_t i = 0; i < sizeof with_ann / sizeof with_ann[0]; i++)
        if (!ew_slice_is(ew_wa_title_of(ew_slice_of(with_ann[i])), "Ann"))
            fail_msg("%s", with_ann[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads),
        cmocka_unit_test(calendars),
        cmocka_unit_test(words_of_many_languages),
        cmocka_unit_test(titles),
        TEST_IN_DIR(other_calendars_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
