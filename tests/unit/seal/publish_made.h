/* SPDX-License-Identifier: Apache-2.0 */
/* A log that is published. */
#ifndef EW_TEST_PUBLISH_MADE_H
#define EW_TEST_PUBLISH_MADE_H

#include "seal/log_publish.h"

#include <sys/wait.h>

#include "logs.h"
#include "seal/log_cosign.h"

/* A log, and where it is published. */
typedef struct desk {
    char *dir;
    char log[300], pub[300];
    ew_signer *key;
    ew_publication p;
} desk;

static inline int set_up(void **state)
{
    desk *d = calloc(1, sizeof *d);
    assert_non_null(d);
    d->dir = test_dir_new();
    (void)snprintf(d->log, sizeof d->log, "%s/log", d->dir);
    (void)snprintf(d->pub, sizeof d->pub, "%s/pub", d->dir);
    d->key = test_signer(ORIGIN, EW_SIG_ED25519, 1);
    assert_int_equal(ew_log_create(d->log, ORIGIN, NULL), EW_OK);
    *state = d;
    return 0;
}

static inline int tear_down(void **state)
{
    desk *d = *state;
    ew_signer_free(d->key);
    test_dir_remove(d->dir);
    free(d);
    return 0;
}

/* n more entries and a checkpoint; entries hold the letter. */
static inline void grow_with(desk *d, const char *dir, uint64_t n, char letter)
{
    ew_log *log = NULL;
    ew_buf note;
    uint64_t first;
    char(*texts)[32] = calloc(n + 1, sizeof *texts);
    ew_slice *entries = calloc(n + 1, sizeof *entries);
    assert_true(texts != NULL && entries != NULL);
    ew_buf_init(&note, EW_NOTE_MAX);
    assert_int_equal(ew_log_open(&log, dir, NULL), EW_OK);
    for (uint64_t i = 0; i < n; i++) {
        int len = snprintf(texts[i], sizeof texts[i], "%c %ju", letter,
                           (uintmax_t)(ew_log_size(log) + i));
        entries[i] = (ew_slice){texts[i], (size_t)len};
    }
    assert_int_equal(ew_log_append(log, entries, n, &first, NULL), EW_OK);
    assert_int_equal(ew_log_checkpoint(log, d->key, &note, NULL), EW_OK);
    ew_log_close(log);
    ew_buf_release(&note);
    free(entries);
    free(texts);
}

static inline void grow(desk *d, uint64_t n)
{
    grow_with(d, d->log, n, 'a');
}

static inline ew_code publish(desk *d, ew_err *err)
{
    return ew_log_publish(d->log, d->pub, ew_signer_vkey(d->key), 1, &d->p, err);
}

/* ------------------------------------------------------------------ cosignatures */

#define WITH_LOG(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
