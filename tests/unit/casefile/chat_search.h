/* SPDX-License-Identifier: Apache-2.0 */
/* A case with one chat that is written to, and what a search in it finds. */
#ifndef EW_TEST_CHAT_SEARCH_H
#define EW_TEST_CHAT_SEARCH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "casefile/search.h"
#include "support.h"

typedef struct fixture {
    char *dir;
    ew_case *c;
    ew_case_intake in;
    ew_import_sink sink;
    int64_t clock;
} fixture;

static inline void begin(fixture *f)
{
    ew_case_act act = {.kind = "import", .who = "Ann"};
    int64_t event = 0;
    assert_int_equal(ew_case_begin(f->c, &act, &event, NULL), EW_OK);
}

static inline void commit(fixture *f)
{
    ew_err err;
    if (ew_case_commit(f->c, &err) != EW_OK)
        fail_msg("%s", err.text);
}

static inline void say_at(fixture *f, const char *who, int64_t time, const char *text)
{
    ew_message m = {.sender = ew_slice_of(who), .text = ew_slice_of(text)};
    ew_err err;
    m.time.known = time != 0;
    m.time.unix_s = time;
    m.time.exact = true;
    if (f->sink.message(&f->in, &m, &err) != EW_OK)
        fail_msg("%s", err.text);
}

static inline void say(fixture *f, const char *text)
{
    f->clock += 60;
    begin(f);
    say_at(f, "Somebody", f->clock, text);
    commit(f);
}

static inline int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->dir = test_dir_new();
    const char *path = test_path(f->dir, "case");
    assert_int_equal(ew_case_create(path, "t", NULL), EW_OK);
    assert_int_equal(ew_case_open(&f->c, path, true, 0, NULL), EW_OK);
    f->clock = 1790000000;
    ew_case_item item = {.kind = "chat", .name = "chat", .sha256 = {1}};
    begin(f);
    assert_int_equal(ew_case_add_item(f->c, &item, &f->in.item, NULL), EW_OK);
    f->in.c = f->c;
    f->sink = ew_case_sink(&f->in);
    ew_chat chat = {.name = ew_slice_of("a chat")};
    assert_int_equal(f->sink.chat(&f->in, &chat, NULL), EW_OK);
    commit(f);
    *state = f;
    return 0;
}

static inline int tear_down(void **state)
{
    fixture *f = *state;
    ew_case_close(f->c);
    test_dir_remove(f->dir);
    free(f);
    return 0;
}

/* ------------------------------------------------------------------ asking */

typedef struct hits {
    size_t n;
    char text[4096]; /* of all, divided by bars */
} hits;

static inline ew_code take(void *cookie, const ew_case_hit *h, ew_err *err)
{
    hits *all = cookie;
    size_t len = strlen(all->text);
    (void)err;
    all->n++;
    (void)snprintf(all->text + len, sizeof all->text - len, "%s%s", len > 0 ? "|" : "",
                   h->text);
    return EW_OK;
}

static inline hits ask(fixture *f, const ew_search *s)
{
    hits h = {0};
    ew_err err;
    if (ew_case_search(f->c, s, take, &h, &err) != EW_OK)
        fail_msg("%s: %s", s->words, err.text);
    return h;
}

static inline size_t found(fixture *f, const char *words)
{
    ew_search s = {.words = words};
    return ask(f, &s).n;
}

static inline void finds(fixture *f, const char *words, size_t n)
{
    size_t got = found(f, words);
    if (got != n)
        fail_msg("'%s' was found %zu times, not %zu", words, got, n);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
