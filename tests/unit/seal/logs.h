/* SPDX-License-Identifier: Apache-2.0 */
/* Logs in memory that tests show to witnesses: entry i of history h is "h i". */
#ifndef EW_TEST_SEAL_LOGS_H
#define EW_TEST_SEAL_LOGS_H

#include "base/alloc.h"
#include "base/file.h"
#include "seal/witness.h"
#include "signers.h"
#include "vectors.h"

#define ORIGIN "desk.example/log"

static inline ew_hash test_subtree(char history, uint64_t start, uint64_t n)
{
    char text[32];
    if (n == 1) {
        int len = snprintf(text, sizeof text, "%c %ju", history, (uintmax_t)start);
        return ew_merkle_leaf(text, (size_t)len);
    }
    uint64_t half = ew_merkle_split(n);
    ew_hash l = test_subtree(history, start, half);
    ew_hash r = test_subtree(history, start + half, n - half);
    return ew_merkle_node(&l, &r);
}

static inline ew_code test_read(void *cookie, unsigned level, uint64_t index,
                                ew_hash *out, ew_err *err)
{
    (void)err;
    *out = test_subtree(*(const char *)cookie, index << level, UINT64_C(1) << level);
    return EW_OK;
}

/* The signed head of a history. */
static inline void test_head(ew_buf *note, char history, uint64_t size,
                             const ew_signer *by)
{
    ew_buf text;
    ew_checkpoint c = {ew_slice_of(ew_signer_vkey(by)->name), size, ew_merkle_empty()};
    if (size > 0)
        c.root = test_subtree(history, 0, size);
    ew_buf_init(&text, 1000);
    assert_int_equal(ew_checkpoint_append(&text, &c, NULL), EW_OK);
    ew_slice s = {(const char *)text.data, text.len};
    assert_int_equal(ew_note_make(note, s, by, NULL), EW_OK);
    ew_buf_release(&text);
}

/* A request with an honest proof. */
static inline void test_request(ew_buf *out, char history, uint64_t old, uint64_t size,
                                const ew_signer *by)
{
    ew_path path = {.n = 0};
    ew_buf note;
    ew_tree tree = {test_read, &history};
    ew_buf_init(&note, 4000);
    test_head(&note, history, size, by);
    if (old > 0 && old < size)
        assert_int_equal(ew_merkle_prove_consistency(&tree, old, size, &path, NULL),
                         EW_OK);
    ew_slice s = {(const char *)note.data, note.len};
    ew_buf_reset(out);
    assert_int_equal(ew_witness_request_append(out, old, &path, s, NULL), EW_OK);
    ew_buf_release(&note);
}

#endif
