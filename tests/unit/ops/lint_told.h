/* SPDX-License-Identifier: Apache-2.0 */
/* What lint tells of bytes and texts, as one string, for tests of it. */
#ifndef EW_TEST_LINT_TOLD_H
#define EW_TEST_LINT_TOLD_H

#include <stdio.h>
#include <string.h>

#include "ops/lint.h"
#include "ops/lint_in.h"
#include "support.h"

/* All that was told: "kind excerpt; " of each, and "(why)" of what was not looked into. */
typedef struct told {
    char text[8192];
    char ids[1024];
    size_t n, blanks;
} told;

static inline void add(char *to, size_t room, const char *a, const char *b, const char *c)
{
    size_t len = strlen(to);
    (void)snprintf(to + len, room - len, "%s%s%s", a, b, c);
}

static inline ew_code finding(void *cookie, const ew_lint_finding *f, ew_err *err)
{
    told *t = cookie;
    (void)err;
    t->n++;
    add(t->text, sizeof t->text, ew_lint_kind_name(f->kind), " ", f->excerpt);
    add(t->text, sizeof t->text, "; ", "", "");
    add(t->ids, sizeof t->ids, f->id, " ", "");
    return EW_OK;
}

static inline ew_code blank(void *cookie, const ew_lint_blank *b, ew_err *err)
{
    told *t = cookie;
    (void)err;
    t->blanks++;
    add(t->text, sizeof t->text, "(", b->why, ") ");
    return EW_OK;
}

static inline ew_names *names_of(const char *identity)
{
    ew_names *n = NULL;
    assert_int_equal(ew_names_new(&n, NULL), EW_OK);
    assert_int_equal(ew_names_add_identity(n, 3, ew_slice_of(identity), NULL), EW_OK);
    return n;
}

static inline ew_code look_into(ew_slice bytes, const ew_names *names, told *t)
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

static inline told lint_bytes(const char *identity, const void *bytes, size_t n)
{
    told t = {.n = 0};
    ew_names *names = names_of(identity);
    assert_int_equal(look_into((ew_slice){bytes, n}, names, &t), EW_OK);
    ew_names_free(names);
    return t;
}

static inline told lint_text(const char *identity, const char *text)
{
    return lint_bytes(identity, text, strlen(text));
}

typedef struct sample {
    const char *text, *told;
} sample;

static inline void check(const sample *s, size_t n, const char *identity)
{
    for (size_t i = 0; i < n; i++) {
        told t = lint_text(identity, s[i].text);
        if (strcmp(t.text, s[i].told) != 0)
            fail_msg("'%s':\n is   '%s'\n not  '%s'", s[i].text, t.text, s[i].told);
    }
}

#define CHECK(list, identity) check(list, sizeof(list) / sizeof((list)[0]), identity)

#endif
