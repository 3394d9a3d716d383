/* SPDX-License-Identifier: Apache-2.0 */
/* A desk with one sealed chat and a signed log, for tests of what is done with a sealed item. */
#ifndef EW_TEST_SEALED_CHAT_H
#define EW_TEST_SEALED_CHAT_H

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "made_desk.h"

typedef struct fixture {
    char *dir, *file, *out; /* the folder of the test, the chat, what the test makes */
    ew_secret pass;
    ew_desk desk;
    char item[EW_ITEM_HEX + 1]; /* the chat, as sealed last */
} fixture;

/* Seals the chat (again), and signs the log. */
static inline void seal(fixture *f)
{
    made_seal(&f->desk, f->file, f->item);
    made_checkpoint(&f->desk);
}

/* Seals `chat`; `out` is the name, in the folder of the test, of what the test makes. */
static inline int seal_chat(void **state, const char *chat, const char *out)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    *state = f;
    f->dir = test_dir_new();
    f->file = ew_strdup(test_path(f->dir, "chat.txt"));
    f->out = ew_strdup(test_path(f->dir, out));
    test_file_put(f->file, chat, strlen(chat));
    made_desk(&f->desk, f->dir, &f->pass);
    seal(f);
    return 0;
}

static inline int tear_down(void **state)
{
    fixture *f = *state;
    ew_desk_close(&f->desk);
    ew_secret_release(&f->pass);
    test_dir_remove(f->dir);
    ew_free(f->file);
    ew_free(f->out);
    free(f);
    return 0;
}

#endif
