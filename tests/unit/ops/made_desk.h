/* SPDX-License-Identifier: Apache-2.0 */
/* Desks made for tests, with a vault that costs next to nothing, and files sealed at them. */
#ifndef EW_TEST_MADE_DESK_H
#define EW_TEST_MADE_DESK_H

#include <string.h>

#include "ops/seal.h"
#include "support.h"

static const ew_vault_cost cheap = {1, 8192};

/* A passphrase; release it with ew_secret_release. */
static inline void made_word(ew_secret *s, const char *word)
{
    size_t n = strlen(word);
    assert_int_equal(ew_secret_init(s, n, NULL), EW_OK);
    s->n = n;
    memcpy(s->bytes, word, n);
}

/* A new desk in "dir/name"; close it with ew_desk_close. */
static inline void made_desk_at(ew_desk *d, const char *dir, const char *name,
                                const ew_secret *pass)
{
    assert_int_equal(
        ew_desk_create(d, test_path(dir, name), "desk.example", pass, &cheap, NULL),
        EW_OK);
}

/* What most tests need: the desk "dir/desk" with the passphrase "word", to be released. */
static inline void made_desk(ew_desk *d, const char *dir, ew_secret *pass)
{
    made_word(pass, "word");
    made_desk_at(d, dir, "desk", pass);
}

static inline void made_item(void *cookie, const ew_sealed *s, const ew_err *why)
{
    assert_null(why);
    memcpy(cookie, s->hex, EW_ITEM_HEX + 1);
}

/* Seals one file, which must work; `hex` becomes the name of the item. */
static inline void made_seal(ew_desk *d, const char *file, char hex[EW_ITEM_HEX + 1])
{
    size_t failed = 0;
    ew_seal_opts opts = {.paths = &file, .n = 1, .told = made_item, .cookie = hex};
    opts.splitter = EW_SPLIT_AUTO;
    assert_int_equal(ew_ops_seal(d, &opts, &failed, NULL), EW_OK);
    assert_int_equal(failed, 0);
}

/* Signs the head of the desk's log. */
static inline void made_checkpoint(ew_desk *d)
{
    ew_buf note;
    ew_buf_init(&note, EW_NOTE_MAX);
    assert_int_equal(ew_ops_checkpoint(d, &note, NULL), EW_OK);
    ew_buf_release(&note);
}

#endif
