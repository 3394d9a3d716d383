/* SPDX-License-Identifier: Apache-2.0 */
/* A desk with one sealed chat, made in a folder of the test, and the bundle that it shows. */
#ifndef MADE_BUNDLE_H
#define MADE_BUNDLE_H

#include "base/alloc.h"
#include "base/file.h"
#include "earwitness/seal.h"
#include "seal/bundle.h"
#include "seal/log.h"
#include "signers.h"
#include "vectors.h"

#define TIME 1790000000

static const char made_chat[] =
    "1/2/20, 10:00 - Ann: Did you know?\n1/2/20, 10:01 - Bob: yes\n"
    "1/2/20, 10:02 - Ann: Thanks.\n";
static const char made_meta[] = "name=chat.txt\nsource=Ann\n";

enum { STREAMS = 2, MADE_EVENTS = 4 };

/* All that a desk has of one sealed chat. */
typedef struct desk {
    char *dir;
    ew_signer *seal_key, *log_key, *witness;
    ew_cuts cuts[STREAMS];
    ew_memory bytes[STREAMS];
    ew_part parts[STREAMS][16];
    ew_seed seeds[STREAMS];
    ew_seal seal;
    ew_buf note, proof, policy;
    /* events on the log behind the seal, with what makes them; put there by sign_and_log */
    ew_buf events[MADE_EVENTS], event_proofs[MADE_EVENTS];
    bool event_ssh[MADE_EVENTS];
    size_t event_count;
    ew_bundle_time times[2];
    size_t time_count;
} desk;

static inline void add_stream(desk *d, size_t i, const char *text, ew_splitter which)
{
    ew_stream *s = &d->seal.streams[i];
    d->bytes[i] = (ew_memory){(const uint8_t *)text, strlen(text)};
    ew_src src = ew_src_memory(&d->bytes[i]);
    if (which == EW_SPLIT_META) {
        uint64_t at = 0;
        for (const char *p = text; *p != 0; p++)
            if (*p == '\n') {
                at = (uint64_t)(p + 1 - text);
                assert_int_equal(ew_cuts_add(&d->cuts[i], at, EW_PART_META, NULL), EW_OK);
            }
        *s = (ew_stream){.splitter = which, .n = d->cuts[i].n};
    } else {
        assert_int_equal(ew_split(&src, which, &d->cuts[i], s, NULL), EW_OK);
    }
    assert_true(s->n <= 16);
    memset(d->seeds[i].b, (int)(40 + i), EW_HASH);
    assert_int_equal(ew_parts_hash(&src, &d->cuts[i], d->parts[i], NULL), EW_OK);
    s->root = ew_parts_root(&d->seeds[i], d->parts[i], s->n);
}

static inline void add_policy_key(ew_buf *b, const char *before, const ew_signer *s)
{
    assert_int_equal(ew_buf_printf(b, NULL, "%s ", before), EW_OK);
    assert_int_equal(ew_vkey_append(b, ew_signer_vkey(s), NULL), EW_OK);
    assert_int_equal(ew_buf_printf(b, NULL, "\n"), EW_OK);
}

/* Puts what is signed on the log, with salt[0] = `mark`, into entries[*n]. */
static inline void add_entry(ew_buf *made, ew_slice *entries, size_t *n, uint8_t mark,
                             const ew_buf *signed_bytes)
{
    const uint8_t salt[EW_SALT] = {mark};
    ew_slice bytes = {(char *)signed_bytes->data, signed_bytes->len};
    ew_buf_init(made, 1024);
    assert_int_equal(ew_entry_append(made, salt, bytes, NULL), EW_OK);
    entries[(*n)++] = (ew_slice){(char *)made->data, made->len};
}

static inline void prove_entry(desk *d, uint64_t index, uint8_t mark, ew_buf *proof)
{
    const uint8_t salt[EW_SALT] = {mark};
    ew_slice extra = {(const char *)salt, sizeof salt};
    assert_int_equal(ew_log_prove(d->dir, index, extra, proof, NULL), EW_OK);
}

/* The seal and the events go into the log, the log gets a checkpoint, a witness signs that. */
static inline void put_on_record(desk *d)
{
    ew_log *log = NULL;
    ew_buf made[1 + MADE_EVENTS];
    ew_buf head;
    uint64_t first;
    ew_slice entries[3 + MADE_EVENTS] = {ew_slice_of("other")};
    size_t n = 1;
    ew_buf_init(&head, 4096);
    assert_int_equal(ew_log_create(d->dir, "desk.example/log", NULL), EW_OK);
    assert_int_equal(ew_log_open(&log, d->dir, NULL), EW_OK);
    add_entry(&made[0], entries, &n, 5, &d->note);
    entries[n++] = ew_slice_of("another");
    for (size_t i = 0; i < d->event_count; i++)
        add_entry(&made[1 + i], entries, &n, (uint8_t)(60 + i), &d->events[i]);
    assert_int_equal(ew_log_append(log, entries, n, &first, NULL), EW_OK);
    assert_int_equal(ew_log_checkpoint(log, d->log_key, &head, NULL), EW_OK);
    assert_int_equal(ew_note_add(&head, d->witness, TIME, NULL), EW_OK);
    test_file_put(test_path(d->dir, "checkpoint"), head.data, head.len);
    prove_entry(d, 1, 5, &d->proof);
    for (size_t i = 0; i < d->event_count; i++) {
        ew_buf_init(&d->event_proofs[i], 8192);
        prove_entry(d, 3 + i, (uint8_t)(60 + i), &d->event_proofs[i]);
    }
    ew_log_close(log);
    for (size_t i = 0; i <= d->event_count; i++)
        ew_buf_release(&made[i]);
    ew_buf_release(&head);
}

/* Keys and streams; nothing is signed yet. */
static inline int set_up_unsigned(void **state)
{
    desk *d = calloc(1, sizeof *d);
    assert_non_null(d);
    *state = d;
    d->dir = test_dir_new();
    d->seal_key = test_signer("desk.example/seal", EW_SIG_ED25519, 1);
    d->log_key = test_signer("desk.example/log", EW_SIG_ED25519, 2);
    d->witness = test_signer("witness.example/w", EW_SIG_COSIGNATURE, 3);
    memset(d->seal.item, 77, sizeof d->seal.item);
    d->seal.stream_count = STREAMS;
    add_stream(d, 0, made_chat, EW_SPLIT_CHAT);
    add_stream(d, 1, made_meta, EW_SPLIT_META);
    ew_buf_init(&d->note, 8192);
    ew_buf_init(&d->proof, 8192);
    ew_buf_init(&d->policy, 8192);
    return 0;
}

/* Signs, logs, and makes the policy of somebody who trusts all three keys. */
static inline void sign_and_log(desk *d)
{
    ew_buf text;
    ew_buf_init(&text, 8192);
    assert_int_equal(ew_seal_append(&text, &d->seal, NULL), EW_OK);
    ew_slice s = {(char *)text.data, text.len};
    assert_int_equal(ew_note_make(&d->note, s, d->seal_key, NULL), EW_OK);
    ew_buf_release(&text);
    put_on_record(d);
    add_policy_key(&d->policy, "#!earwitness seal", d->seal_key);
    add_policy_key(&d->policy, "log", d->log_key);
    add_policy_key(&d->policy, "witness w", d->witness);
    assert_int_equal(ew_buf_printf(&d->policy, NULL, "quorum w\n"), EW_OK);
}

static inline int set_up(void **state)
{
    (void)set_up_unsigned(state);
    sign_and_log(*state);
    return 0;
}

static inline int tear_down(void **state)
{
    desk *d = *state;
    test_dir_remove(d->dir);
    ew_signer_free(d->seal_key);
    ew_signer_free(d->log_key);
    ew_signer_free(d->witness);
    for (int i = 0; i < STREAMS; i++)
        ew_cuts_release(&d->cuts[i]);
    ew_buf_release(&d->note);
    ew_buf_release(&d->proof);
    ew_buf_release(&d->policy);
    for (size_t i = 0; i < d->event_count; i++) {
        ew_buf_release(&d->events[i]);
        ew_buf_release(&d->event_proofs[i]);
    }
    free(d);
    return 0;
}

/* Shows the question and the thanks, and hides who answered what. */
static const ew_run shown_runs[] = {{0, 4}, {6, 3}};

static inline ew_code write_bundle(desk *d, const char *path, ew_err *err)
{
    static const ew_run name_only[] = {{0, 1}};
    ew_bundle_stream s[STREAMS];
    for (int i = 0; i < STREAMS; i++)
        s[i] = (ew_bundle_stream){
            &d->seeds[i],
            d->parts[i],
            &d->cuts[i],
            ew_src_memory(&d->bytes[i]),
            {d->seal.streams[i].n, i == 0 ? shown_runs : name_only, i == 0 ? 2 : 1},
            NULL};
    ew_bundle_event events[MADE_EVENTS];
    for (size_t i = 0; i < d->event_count; i++)
        events[i] =
            (ew_bundle_event){d->event_ssh[i],
                              {(char *)d->events[i].data, d->events[i].len},
                              {(char *)d->event_proofs[i].data, d->event_proofs[i].len}};
    ew_bundle_in in = {.note = {(char *)d->note.data, d->note.len},
                       .proof = {(char *)d->proof.data, d->proof.len},
                       .policy = {(char *)d->policy.data, d->policy.len},
                       .times = d->times,
                       .time_count = d->time_count,
                       .events = events,
                       .event_count = d->event_count,
                       .streams = s,
                       .stream_count = STREAMS};
    return ew_bundle_write(path, &in, err);
}

static inline char *bundle_of(desk *d, size_t *n)
{
    const char *path = test_path(d->dir, "x.ewb");
    assert_int_equal(write_bundle(d, path, NULL), EW_OK);
    return test_file_get(path, n);
}

static inline ew_verdict judged(desk *d, const void *bytes, size_t n)
{
    ew_verdict v;
    ew_err err;
    ew_verify_in in = {.bundle = bytes,
                       .bundle_bytes = n,
                       .policy = (char *)d->policy.data,
                       .policy_bytes = d->policy.len};
    if (ew_bundle_verify(&in, &v, &err) != EW_OK)
        fail_msg("%s", err.text);
    assert_int_equal(v.state == EW_VERIFIED, v.reason[0] == 0);
    return v;
}

#endif
