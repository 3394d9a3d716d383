/* SPDX-License-Identifier: Apache-2.0 */
/* Chats and articles are read a piece at a time, in the order of the export, and each byte leads to what was read
 * of it. */
#include "casefile/reading.h"

#include "chat_search.h"

typedef struct pages {
    uint64_t first, last, count;
    int64_t row;
    char text[64];
} pages;

static ew_code take_message(void *cookie, const ew_read_message *m, ew_err *err)
{
    pages *p = cookie;
    (void)err;
    if (p->count++ == 0) {
        p->first = m->number;
        p->row = m->id;
        (void)snprintf(p->text, sizeof p->text, "%s", m->text);
    }
    assert_true(p->count == 1 || m->number == p->last + 1);
    p->last = m->number;
    return EW_OK;
}

static pages read_pages(fixture *f, int64_t chat, uint64_t from, uint64_t to)
{
    pages p = {0};
    assert_int_equal(ew_case_read_messages(f->c, chat, (ew_read_range){from, to},
                                           take_message, &p, NULL),
                     EW_OK);
    return p;
}

static ew_code take_chat(void *cookie, const ew_read_chat *h, ew_err *err)
{
    (void)err;
    *(uint64_t *)cookie = h->messages;
    return EW_OK;
}

static void put(fixture *f, int64_t chat, const char *text, uint64_t at)
{
    ew_message m = {.sender = ew_slice_of("A"), .text = ew_slice_of(text)};
    m.place.at = at;
    m.place.bytes = 10;
    f->in.chat = chat;
    assert_int_equal(f->sink.message(&f->in, &m, NULL), EW_OK);
}

/* Two chats of one export, one message of each in turns: their rows are not in a row. */
static void chats_are_read_in_their_order(void **state)
{
    fixture *f = *state;
    char text[32];
    uint64_t all = 0;
    begin(f);
    int64_t one = f->in.chat;
    ew_chat other = {.name = ew_slice_of("another")};
    assert_int_equal(f->sink.chat(&f->in, &other, NULL), EW_OK);
    int64_t two = f->in.chat;
    for (int i = 0; i < 50; i++) {
        (void)snprintf(text, sizeof text, "one %d", i);
        put(f, one, text, (uint64_t)(20 * i));
        (void)snprintf(text, sizeof text, "two %d", i);
        put(f, two, text, (uint64_t)(20 * i + 10));
    }
    put(f, one, "only of the first", 5000);
    commit(f);
    assert_int_equal(ew_case_read_chat(f->c, one, take_chat, &all, NULL), EW_OK);
    assert_int_equal(all, 51);
    assert_int_equal(ew_case_read_chat(f->c, 99, take_chat, &all, NULL), EW_E_NOTFOUND);
    pages p = read_pages(f, two, 10, 20);
    assert_int_equal(p.first, 10);
    assert_int_equal(p.count, 10);
    assert_string_equal(p.text, "two 10");
    assert_int_equal(read_pages(f, two, 45, 1000).count, 5);
    assert_int_equal(read_pages(f, two, 50, 60).count, 0);
    assert_int_equal(read_pages(f, two, 5, 5).count, 0);
    assert_int_equal(read_pages(f, one, 50, 51).first, 50);
    /* Back from a row, and from a byte. */
    ew_read_place at;
    assert_int_equal(ew_case_read_message_place(f->c, p.row, &at, NULL), EW_OK);
    assert_int_equal(at.holder, two);
    assert_int_equal(at.number, 10);
    assert_int_equal(ew_case_read_at(f->c, f->in.item, 213, &at, NULL), EW_OK);
    assert_int_equal(at.kind, EW_PLACE_MESSAGE);
    assert_int_equal(at.holder, two);
    assert_int_equal(at.number, 10);
    assert_int_equal(ew_case_read_at(f->c, f->in.item, 4000, &at, NULL), EW_OK);
    assert_int_equal(at.kind, EW_PLACE_NONE);
    assert_int_equal(ew_case_read_message_place(f->c, 9999, &at, NULL), EW_E_NOTFOUND);
    assert_int_equal(ew_case_read_attachment_message(f->c, 1, &p.row, NULL),
                     EW_E_NOTFOUND);
}

static void what_was_taken_back_is_not_there(void **state)
{
    fixture *f = *state;
    int64_t event = 0;
    uint64_t all = 0;
    ew_read_place at;
    begin(f);
    ew_chat other = {.name = ew_slice_of("another")};
    assert_int_equal(f->sink.chat(&f->in, &other, NULL), EW_OK);
    int64_t chat = f->in.chat;
    put(f, chat, "gone", 100);
    commit(f);
    assert_int_equal(ew_case_read_chat(f->c, chat, take_chat, &all, NULL), EW_OK);
    pages p = read_pages(f, chat, 0, 10);
    ew_case_act act = {.kind = "undo", .who = "Ann", .undoes = 2};
    assert_int_equal(ew_case_begin(f->c, &act, &event, NULL), EW_OK);
    commit(f);
    assert_int_equal(ew_case_read_chat(f->c, chat, take_chat, &all, NULL), EW_E_NOTFOUND);
    assert_int_equal(ew_case_read_message_place(f->c, p.row, &at, NULL), EW_E_NOTFOUND);
    assert_int_equal(ew_case_read_at(f->c, f->in.item, 105, &at, NULL), EW_OK);
    assert_int_equal(at.kind, EW_PLACE_NONE);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(chats_are_read_in_their_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_taken_back_is_not_there, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
