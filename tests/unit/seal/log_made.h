/* SPDX-License-Identifier: Apache-2.0 */
/* A log that grows, and is checked. */
#ifndef EW_TEST_LOG_MADE_H
#define EW_TEST_LOG_MADE_H

#include "seal/log.h"

#include "base/file.h"
#include "vectors.h"

#define ORIGIN "desk.example/log"
#define TESSERA_KEY                                                                      \
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"

static inline ew_signer *log_key(void)
{
    static const uint8_t seed[EW_ED25519_SEED] = {9};
    ew_signer *s = NULL;
    assert_int_equal(ew_signer_new(&s, ew_slice_of(ORIGIN), EW_SIG_ED25519, seed, NULL),
                     EW_OK);
    return s;
}

/* Entry i of every log here. */
static inline size_t entry_text(uint64_t i, char out[32])
{
    return (size_t)snprintf(out, 32, "entry %ju\n", (uintmax_t)i);
}

/* Appends n entries that continue the numbering. */
static inline ew_code append(ew_log *log, size_t n, ew_err *err)
{
    char(*texts)[32] = calloc(n, sizeof *texts);
    ew_slice *entries = calloc(n, sizeof *entries);
    uint64_t first = 0;
    assert_true(texts != NULL && entries != NULL);
    for (size_t i = 0; i < n; i++)
        entries[i] = (ew_slice){texts[i], entry_text(ew_log_size(log) + i, texts[i])};
    ew_code code = ew_log_append(log, entries, n, &first, err);
    free(entries);
    free(texts);
    return code;
}

static inline ew_log *opened(const char *dir)
{
    ew_log *log = NULL;
    ew_err err;
    if (ew_log_open(&log, dir, &err) != EW_OK)
        fail_msg("%s", err.text);
    return log;
}

static inline ew_log *created(const char *dir)
{
    assert_int_equal(ew_log_create(dir, ORIGIN, NULL), EW_OK);
    return opened(dir);
}

static inline void print_problem(void *cookie, const char *text)
{
    (void)cookie;
    print_error("%s\n", text);
}

static inline uint64_t problems(const char *dir, bool print)
{
    ew_fsck f = {.problem = print ? print_problem : NULL};
    ew_signer *s = log_key();
    f.key = ew_signer_vkey(s);
    assert_int_equal(ew_log_fsck(dir, &f, NULL), EW_OK);
    ew_signer_free(s);
    return f.problems;
}

/* ------------------------------------------------------------------ faults */

static inline ew_code append_and_sign(const char *dir, size_t n, uint64_t *acknowledged,
                                      ew_err *err)
{
    ew_log *log = NULL;
    ew_signer *key = log_key();
    ew_buf note;
    ew_buf_init(&note, EW_NOTE_MAX);
    ew_code code = ew_log_open(&log, dir, err);
    if (code == EW_OK)
        code = append(log, n, err);
    if (code == EW_OK) {
        *acknowledged = ew_log_size(log);
        code = ew_log_checkpoint(log, key, &note, err);
    }
    ew_buf_release(&note);
    ew_signer_free(key);
    ew_log_close(log);
    return code;
}

#endif
