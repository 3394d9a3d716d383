/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of a witness: one small file that is replaced in one step, under a lock. */
#include "seal/witness_state.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"

#define HEAD "earwitness-witness/v1"
#define FILE_NAME "state"
#define LOCK_NAME ".lock"

enum {
    LOCK_TRIES = 500, /* of 20 ms: ten seconds */
    LOCK_PAUSE_NS = 20 * 1000 * 1000,
    DAY = 24 * 60 * 60
};

/* A clock before this moment, the beginning of 2025, was never set. */
#define CLOCK_MIN INT64_C(1735689600)

/* ------------------------------------------------------------------ text */

/* The keys of one log, and what was seen of it. */
static bool parse_log(ew_witness_log *log, ew_slice *rest)
{
    ew_slice line;
    ew_slice word;
    for (;;) {
        if (!ew_slice_line(rest, &line))
            return false;
        if (!ew_slice_skip(&line, "key "))
            break;
        if (log->key_count == EW_WITNESS_KEYS_MAX)
            return false;
        ew_vkey *key = &log->keys[log->key_count++];
        if (ew_vkey_parse(key, line, NULL) != EW_OK || key->type != EW_SIG_ED25519 ||
            strcmp(key->name, log->keys[0].name) != 0)
            return false;
    }
    return log->key_count > 0 && ew_slice_skip(&line, "seen ") &&
           ew_slice_word(&line, &word) && ew_slice_u64(word, &log->size) &&
           ew_slice_base64(line, log->root.b, EW_HASH);
}

static ew_witness_log *find_log(ew_witness_state *s, ew_slice origin)
{
    for (size_t i = 0; i < s->count; i++)
        if (ew_slice_is(origin, s->logs[i].keys[0].name))
            return &s->logs[i];
    return NULL;
}

static bool parse_all(ew_witness_state *s, ew_slice rest)
{
    ew_slice line;
    if (!ew_slice_line(&rest, &line) || !ew_slice_is(line, HEAD) ||
        !ew_slice_line(&rest, &line) || !ew_slice_skip(&line, "time ") ||
        !ew_slice_u64(line, &s->time) || s->time > INT64_MAX)
        return false;
    while (rest.n > 0) {
        ew_witness_log log = {.size = 0};
        if (s->count == EW_WITNESS_LOGS_MAX || !parse_log(&log, &rest) ||
            find_log(s, ew_slice_of(log.keys[0].name)) != NULL)
            return false;
        s->logs[s->count++] = log;
    }
    return true;
}

ew_code ew_witness_state_parse(ew_witness_state **out, ew_slice text, ew_err *err)
{
    ew_witness_state *s = ew_alloc(sizeof *s);
    if (s == NULL)
        return ew_fail_nomem(err);
    if (!parse_all(s, text)) {
        ew_free(s);
        return ew_fail(err, EW_E_FORMAT, 0, "the memory of the witness is damaged");
    }
    *out = s;
    return EW_OK;
}

static ew_code append_log(ew_buf *b, const ew_witness_log *log, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < log->key_count && code == EW_OK; i++) {
        code = ew_buf_printf(b, err, "key ");
        if (code == EW_OK)
            code = ew_vkey_append(b, &log->keys[i], err);
        if (code == EW_OK)
            code = ew_buf_append(b, "\n", 1, err);
    }
    if (code == EW_OK)
        code = ew_buf_printf(b, err, "seen %ju ", (uintmax_t)log->size);
    if (code == EW_OK)
        code = ew_base64_append(b, log->root.b, EW_HASH, err);
    return code == EW_OK ? ew_buf_append(b, "\n", 1, err) : code;
}

ew_code ew_witness_state_append(ew_buf *b, const ew_witness_state *s, ew_err *err)
{
    ew_code code = ew_buf_printf(b, err, HEAD "\ntime %ju\n", (uintmax_t)s->time);
    for (size_t i = 0; i < s->count && code == EW_OK; i++)
        code = append_log(b, &s->logs[i], err);
    return code;
}

/* ------------------------------------------------------------------ file */

ew_code ew_witness_state_read(const char *dir, ew_witness_state **out, ew_err *err)
{
    ew_buf b;
    char *path = ew_path_join(dir, FILE_NAME);
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_buf_init(&b, EW_WITNESS_STATE_MAX);
    ew_code code = ew_file_get(path, &b, err);
    if (code == EW_E_NOTFOUND)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no witness in '%s'", dir);
    ew_slice text = {(const char *)b.data, b.len};
    if (code == EW_OK)
        code = ew_witness_state_parse(out, text, err);
    ew_buf_release(&b);
    ew_free(path);
    return code;
}

static ew_code write_state(const char *dir, const ew_witness_state *s, ew_err *err)
{
    ew_buf b;
    char *path = ew_path_join(dir, FILE_NAME);
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_buf_init(&b, EW_WITNESS_STATE_MAX);
    ew_code code = ew_witness_state_append(&b, s, err);
    if (code == EW_OK)
        code = ew_file_put(path, b.data, b.len, err);
    ew_buf_release(&b);
    ew_free(path);
    return code;
}

ew_code ew_witness_state_create(const char *dir, ew_err *err)
{
    char *path = ew_path_join(dir, FILE_NAME);
    ew_witness_state *s = ew_alloc(sizeof *s);
    ew_code code = path != NULL && s != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK && access(path, F_OK) == 0)
        code = ew_fail(err, EW_E_ARG, 0, "there is a witness in '%s' already", dir);
    if (code == EW_OK)
        code = write_state(dir, s, err);
    ew_free(path);
    ew_free(s);
    return code;
}

/* A lock of its own for each request: it keeps out other threads as well as other processes. */
static ew_code take_lock(const char *dir, int *fd, ew_err *err)
{
    const struct timespec pause = {.tv_nsec = LOCK_PAUSE_NS};
    char *path = ew_path_join(dir, LOCK_NAME);
    if (path == NULL)
        return ew_fail_nomem(err);
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    int sys = errno;
    ew_free(path);
    if (*fd < 0)
        return ew_fail_sys(err, sys, "cannot lock the witness in '%s'", dir);
    for (int i = 0; i < LOCK_TRIES; i++) {
        if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
            return EW_OK;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return ew_fail_sys(err, errno, "cannot lock the witness in '%s'", dir);
        (void)nanosleep(&pause, NULL);
    }
    return ew_fail(err, EW_E_BUSY, 0, "the witness in '%s' is busy", dir);
}

/* The memory, with nobody else at it; drop_lock in any case. */
static ew_code lock_and_read(const char *dir, int *lock, ew_witness_state **s,
                             ew_err *err)
{
    *lock = -1;
    *s = NULL;
    /* So that no lock file appears where there is no witness. */
    ew_code code = ew_witness_state_read(dir, s, err);
    ew_free(*s);
    *s = NULL;
    if (code == EW_OK)
        code = take_lock(dir, lock, err);
    return code == EW_OK ? ew_witness_state_read(dir, s, err) : code;
}

static void drop_lock(int lock)
{
    if (lock >= 0)
        (void)close(lock);
}

/* ------------------------------------------------------------------ trust */

static ew_code add_key(ew_witness_state *s, const ew_vkey *key, bool *added, ew_err *err)
{
    ew_witness_log *log = find_log(s, ew_slice_of(key->name));
    if (log == NULL) {
        if (s->count == EW_WITNESS_LOGS_MAX)
            return ew_fail(err, EW_E_LIMIT, 0, "a witness follows at most %d logs",
                           (int)EW_WITNESS_LOGS_MAX);
        log = &s->logs[s->count++];
        log->root = ew_merkle_empty();
    }
    for (size_t i = 0; i < log->key_count; i++)
        if (ew_vkey_same(&log->keys[i], key))
            return EW_OK;
    if (log->key_count == EW_WITNESS_KEYS_MAX)
        return ew_fail(err, EW_E_LIMIT, 0, "a log has at most %d keys",
                       (int)EW_WITNESS_KEYS_MAX);
    log->keys[log->key_count++] = *key;
    *added = true;
    return EW_OK;
}

ew_code ew_witness_trust(const char *dir, const ew_vkey *key, bool *added, ew_err *err)
{
    ew_witness_state *s = NULL;
    int lock;
    *added = false;
    if (key->type != EW_SIG_ED25519)
        return ew_fail(err, EW_E_ARG, 0, "'%s' is not the key of a log", key->name);
    ew_code code = lock_and_read(dir, &lock, &s, err);
    if (code == EW_OK)
        code = add_key(s, key, added, err);
    if (code == EW_OK && *added)
        code = write_state(dir, s, err);
    ew_free(s);
    drop_lock(lock);
    return code;
}

static ew_code drop_key(ew_witness_state *s, const ew_vkey *key, ew_err *err)
{
    ew_witness_log *log = find_log(s, ew_slice_of(key->name));
    for (size_t i = 0; log != NULL && i < log->key_count; i++) {
        if (!ew_vkey_same(&log->keys[i], key))
            continue;
        if (log->key_count == 1)
            return ew_fail(err, EW_E_ARG, 0,
                           "this is the only key of '%s': trust its new one first",
                           key->name);
        log->key_count--;
        for (; i < log->key_count; i++)
            log->keys[i] = log->keys[i + 1];
        return EW_OK;
    }
    return ew_fail(err, EW_E_NOTFOUND, 0, "this key of '%s' is not trusted", key->name);
}

ew_code ew_witness_distrust(const char *dir, const ew_vkey *key, ew_err *err)
{
    ew_witness_state *s = NULL;
    int lock;
    ew_code code = lock_and_read(dir, &lock, &s, err);
    if (code == EW_OK)
        code = drop_key(s, key, err);
    if (code == EW_OK)
        code = write_state(dir, s, err);
    ew_free(s);
    drop_lock(lock);
    return code;
}

/* ------------------------------------------------------------------ answers */

/* A cosignature says that something was there no later than its time. A time that is too late
 * is therefore harmless, and one that is too early a lie: time never goes back, and a clock
 * that was never set signs nothing. */
static ew_code take_time(const ew_witness *w, ew_witness_state *s, ew_err *err)
{
    struct timespec t = {0};
    int64_t now;
    if (w->clock != NULL) {
        now = w->clock(w->cookie);
    } else {
        (void)clock_gettime(CLOCK_REALTIME, &t);
        now = (int64_t)t.tv_sec;
    }
    if (now < CLOCK_MIN)
        return ew_fail(err, EW_E_IO, 0, "the clock of this machine is not set");
    if (s->time > (uint64_t)now + DAY)
        return ew_fail(err, EW_E_IO, 0,
                       "the clock of this machine is behind the last cosignature by more "
                       "than a day");
    if (s->time < (uint64_t)now)
        s->time = (uint64_t)now;
    return EW_OK;
}

/* The signature line alone. */
static ew_code sign(const ew_witness *w, const ew_note *note, uint64_t time, ew_buf *body,
                    ew_err *err)
{
    ew_buf b;
    ew_buf_init(&b, note->n + 1024);
    ew_code code = ew_buf_append(&b, note->bytes, note->n, err);
    if (code == EW_OK)
        code = ew_note_add(&b, w->key, time, err);
    if (code == EW_OK)
        code = ew_buf_append(body, b.data + note->n, b.len - note->n, err);
    ew_buf_release(&b);
    return code;
}

/* First the memory, then the signature. */
static ew_code cosign(const ew_witness *w, const ew_witness_request *r,
                      ew_witness_state *s, ew_witness_log *log, ew_buf *body, ew_err *err)
{
    ew_code code = take_time(w, s, err);
    if (code != EW_OK)
        return code;
    log->size = r->checkpoint.size;
    log->root = r->checkpoint.root;
    code = write_state(w->dir, s, err);
    if (code != EW_OK)
        return code;
    if (w->remembered != NULL)
        w->remembered(w->cookie);
    return sign(w, r->note, s->time, body, err);
}

static ew_code respond(const ew_witness *w, const ew_witness_request *r,
                       ew_witness_answer *out, ew_buf *body, ew_err *err)
{
    ew_witness_state *s = NULL;
    int lock;
    ew_code code = lock_and_read(w->dir, &lock, &s, err);
    if (code == EW_OK) {
        ew_witness_log *log = find_log(s, r->checkpoint.origin);
        out->status = ew_witness_decide(log, r);
        if (out->status == EW_WITNESS_CONFLICT) {
            out->seen = log->size;
            code = ew_buf_printf(body, err, "%ju\n", (uintmax_t)log->size);
        } else if (out->status == EW_WITNESS_GOOD) {
            code = cosign(w, r, s, log, body, err);
            out->time = s->time;
        }
    }
    ew_free(s);
    drop_lock(lock);
    return code;
}

ew_code ew_witness_respond(const ew_witness *w, ew_slice request, ew_witness_answer *out,
                           ew_buf *body, ew_err *err)
{
    ew_witness_request *r = NULL;
    *out = (ew_witness_answer){.status = EW_WITNESS_MALFORMED};
    ew_code code = ew_witness_request_parse(&r, request, err);
    if (code == EW_E_FORMAT || code == EW_E_LIMIT)
        return EW_OK;
    if (code != EW_OK)
        return code;
    out->size = r->checkpoint.size;
    if (r->checkpoint.origin.n < sizeof out->origin)
        memcpy(out->origin, r->checkpoint.origin.p, r->checkpoint.origin.n);
    code = respond(w, r, out, body, err);
    ew_witness_request_free(r);
    return code;
}
