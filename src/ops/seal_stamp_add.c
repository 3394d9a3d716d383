/* SPDX-License-Identifier: Apache-2.0 */
/* Keeping checkpoints and the tokens over them. A token is on disk for good before anything that
 * it replaces goes, and one process at a time writes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "ops/seal_stamp_kept.h"
#include "seal/ots.h"
#include "seal/tsa.h"

enum { NUMBERS = 1000 };

/* ------------------------------------------------------------------ one writer */

/* *fd: to be closed. */
static ew_code take_lock(const char *desk, int *fd, ew_err *err)
{
    char *dir = ew_path_join(desk, "time");
    char *path = ew_path_join(desk, "time/.lock");
    ew_code code = dir != NULL && path != NULL ? ew_mkdirs(dir, err) : ew_fail_nomem(err);
    if (code == EW_OK) {
        *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (*fd < 0)
            code = ew_fail_sys(err, errno, "cannot open '%s'", path);
        else if (flock(*fd, LOCK_EX | LOCK_NB) != 0)
            code = errno == EWOULDBLOCK
                       ? ew_fail(err, EW_E_BUSY, 0, "another process writes to '%s'", dir)
                       : ew_fail_sys(err, errno, "cannot lock '%s'", path);
    }
    ew_free(dir);
    ew_free(path);
    return code;
}

static void drop_lock(int fd)
{
    if (fd >= 0)
        (void)close(fd);
}

/* ------------------------------------------------------------------ checkpoints */

static ew_code put_note(const char *desk, const ew_stamped *s, ew_err *err)
{
    char *path = ew_stamps__path(desk, s->size, "checkpoint");
    char *dir = ew_stamps__path(desk, s->size, "");
    char *all = ew_path_join(desk, "time");
    ew_code code = path != NULL && dir != NULL && all != NULL ? ew_mkdirs(dir, err)
                                                              : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_file_put(path, s->note.data, s->note.len, err);
    if (code == EW_OK)
        code = ew_sync_dir(all, err);
    if (code == EW_OK)
        code = ew_sync_dir(desk, err);
    ew_free(all);
    ew_free(dir);
    ew_free(path);
    return code;
}

/* What is kept is replaced only by the same with more signatures. */
static ew_code keep(const char *desk, const ew_stamped *newest, bool only_again,
                    ew_err *err)
{
    ew_err why;
    bool more = false;
    ew_stamped *kept = ew_alloc(sizeof *kept);
    if (kept == NULL)
        return ew_fail_nomem(err);
    ew_stamped_init(kept);
    ew_code code = ew_ops_stamp_read(desk, newest->size, kept, &why);
    if (code == EW_E_NOTFOUND) {
        code = only_again ? EW_OK : put_note(desk, newest, err);
    } else if (code == EW_OK && !ew_stamps__same_text(kept, newest)) {
        code = ew_fail(err, EW_E_FORMAT, 0,
                       "another checkpoint of %ju entries was kept: this log has two "
                       "histories",
                       (uintmax_t)newest->size);
    } else if (code == EW_OK) {
        code = ew_stamps__signed_too(newest, kept, &more, err);
        if (code == EW_OK && !more)
            code = put_note(desk, newest, err);
    } else if (err != NULL) {
        *err = why;
    }
    ew_stamped_release(kept);
    ew_free(kept);
    return code;
}

static ew_code keep_newest(const char *desk, ew_stamped *s, bool only_again, ew_err *err)
{
    int fd = -1;
    ew_code code = ew_stamps__newest(desk, s, err);
    if (code == EW_OK)
        code = take_lock(desk, &fd, err);
    if (code == EW_OK)
        code = keep(desk, s, only_again, err);
    drop_lock(fd);
    return code;
}

ew_code ew_ops_stamp_keep(const char *desk, ew_stamped *out, ew_err *err)
{
    return keep_newest(desk, out, false, err);
}

ew_code ew_ops_stamp_refresh(const char *desk, ew_err *err)
{
    uint64_t *sizes = NULL;
    size_t n = 0;
    ew_code code = ew_ops_stamp_sizes(desk, &sizes, &n, err);
    ew_free(sizes);
    if (code != EW_OK || n == 0)
        return code;
    ew_stamped *s = ew_alloc(sizeof *s);
    if (s == NULL)
        return ew_fail_nomem(err);
    ew_stamped_init(s);
    code = keep_newest(desk, s, true, err);
    ew_stamped_release(s);
    ew_free(s);
    return code;
}

/* ------------------------------------------------------------------ tokens */

/* Finds the kept checkpoint that a token is over; s->token_count is that of it. */
static ew_code find_kept(const char *desk, const uint8_t digest[32], ew_stamped *s,
                         ew_err *err)
{
    uint64_t *sizes = NULL;
    size_t n = 0;
    bool found = false;
    ew_code code = ew_ops_stamp_sizes(desk, &sizes, &n, err);
    for (size_t i = n; i-- > 0 && code == EW_OK && !found;) {
        ew_stamped_release(s);
        ew_stamped_init(s);
        code = ew_ops_stamp_read(desk, sizes[i], s, err);
        found = code == EW_OK && memcmp(s->digest, digest, 32) == 0;
    }
    ew_free(sizes);
    if (code == EW_OK && !found)
        code = ew_fail(err, EW_E_NOTFOUND, 0,
                       "this is over no checkpoint that was kept here; 'stamp request' "
                       "and 'stamp text' keep one");
    return code;
}

/* A token that no reader could ever accept is not kept. */
static ew_code check_tsa(ew_slice bytes, const uint8_t digest[32], ew_err *err)
{
    ew_tsa_answer a;
    ew_code code = ew_tsa_check(bytes, digest, NULL, 0, &a, err);
    if (code != EW_OK || a.state == EW_TSA_UNKNOWN)
        return code;
    return ew_fail(err, EW_E_FORMAT, 0,
                   a.state == EW_TSA_METHOD
                       ? "a time stamp made in a way that is not accepted"
                       : "the signature of the time stamp does not hold");
}

/* Why a token has no digest that it is over. */
static ew_code explain(ew_slice bytes, ew_err *err)
{
    static const uint8_t none[32] = {0};
    ew_tsa_answer a = {.state = EW_TSA_DAMAGED};
    if (!ew_ops__stamp_is_ots(bytes)) {
        ew_code code = ew_tsa_check(bytes, none, NULL, 0, &a, err);
        if (code != EW_OK)
            return code;
    }
    if (a.state == EW_TSA_REFUSED)
        return ew_fail(err, EW_E_FORMAT, 0, "the authority refused to stamp");
    return ew_fail(err, EW_E_FORMAT, 0,
                   "neither a time stamp (RFC 3161) nor an OpenTimestamps proof over "
                   "SHA-256");
}

static bool has_bitcoin(const ew_ots *o)
{
    for (size_t i = 0; i < o->count; i++)
        if (o->found[i].kind == EW_OTS_BITCOIN)
            return true;
    return false;
}

/* Is all that is promised in `old` promised in `now` too? */
static bool promises_kept(const ew_ots *old, const ew_ots *now)
{
    for (size_t i = 0; i < old->count; i++) {
        bool found = false;
        const ew_ots_attestation *a = &old->found[i];
        for (size_t j = 0; j < now->count && !found; j++) {
            const ew_ots_attestation *b = &now->found[j];
            found = a->kind == EW_OTS_PENDING && b->kind == EW_OTS_PENDING &&
                    a->calendar.n == b->calendar.n && a->root_fits == b->root_fits &&
                    memcmp(a->calendar.p, b->calendar.p, a->calendar.n) == 0 &&
                    memcmp(a->root, b->root, sizeof a->root) == 0;
        }
        if (!found)
            return false;
    }
    return true;
}

/* Marks the proofs that the new one contains: only pending, and all of it is in there. */
static ew_code find_replaced(const ew_stamped *s, ew_slice bytes, bool *gone, ew_err *err)
{
    ew_ots *both = ew_alloc_array(2, sizeof *both);
    if (both == NULL)
        return ew_fail_nomem(err);
    ew_code code = ew_ots_parse(&both[0], bytes.p, bytes.n, err);
    bool better = code == EW_OK && has_bitcoin(&both[0]);
    for (size_t i = 0; i < s->token_count && code == EW_OK; i++) {
        const ew_buf *old = &s->tokens[i].bytes;
        if (!better || !s->tokens[i].ots)
            continue;
        code = ew_ots_parse(&both[1], old->data, old->len, err);
        gone[i] = code == EW_OK && promises_kept(&both[1], &both[0]);
        if (code == EW_E_FORMAT ||
            code == EW_E_LIMIT) /* damaged on disk: stays as it is */
            code = EW_OK;
    }
    ew_free(both);
    return code;
}

static ew_code pick_name(const ew_stamped *s, bool ots, char name[EW_STAMP_NAME],
                         ew_err *err)
{
    unsigned last = 0;
    bool any;
    if (s->token_count > 0) {
        (void)ew_stamps__number(s->tokens[s->token_count - 1].name, &last, &any);
        last++;
    }
    if (last >= NUMBERS || s->token_count == EW_STAMP_TOKENS)
        return ew_fail(err, EW_E_LIMIT, 0,
                       "there are %d tokens over the checkpoint of %ju entries, and not "
                       "more are kept",
                       (int)s->token_count, (uintmax_t)s->size);
    (void)snprintf(name, EW_STAMP_NAME, "%03u.%s", last, ots ? "ots" : "tsr");
    return EW_OK;
}

static ew_code remove_replaced(const char *desk, const ew_stamped *s, const bool *gone,
                               size_t *count, ew_err *err)
{
    ew_code code = EW_OK;
    char *dir = ew_stamps__path(desk, s->size, "");
    if (dir == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < s->token_count && code == EW_OK; i++) {
        if (!gone[i])
            continue;
        char *path = ew_path_join(dir, s->tokens[i].name);
        if (path == NULL)
            code = ew_fail_nomem(err);
        else if (unlink(path) != 0)
            code = ew_fail_sys(err, errno, "cannot remove '%s'", path);
        else
            (*count)++;
        ew_free(path);
    }
    if (code == EW_OK && *count > 0)
        code = ew_sync_dir(dir, err);
    ew_free(dir);
    return code;
}

static ew_code put_token(const char *desk, const ew_stamped *s, ew_slice bytes,
                         ew_stamp_added *out, ew_err *err)
{
    bool gone[EW_STAMP_TOKENS] = {false};
    bool ots = ew_ops__stamp_is_ots(bytes);
    for (size_t i = 0; i < s->token_count; i++)
        if (s->tokens[i].bytes.len == bytes.n &&
            memcmp(s->tokens[i].bytes.data, bytes.p, bytes.n) == 0) {
            out->there = true;
            (void)snprintf(out->name, sizeof out->name, "%s", s->tokens[i].name);
            return EW_OK;
        }
    ew_code code = pick_name(s, ots, out->name, err);
    if (code == EW_OK)
        code =
            ots ? find_replaced(s, bytes, gone, err) : check_tsa(bytes, s->digest, err);
    if (code != EW_OK)
        return code;
    char *path = ew_stamps__path(desk, s->size, out->name);
    code = path != NULL ? ew_file_put(path, bytes.p, bytes.n, err) : ew_fail_nomem(err);
    ew_free(path);
    return code == EW_OK ? remove_replaced(desk, s, gone, &out->replaced, err) : code;
}

static ew_code add(const char *desk, ew_slice bytes, ew_stamped *s, ew_stamp_added *out,
                   ew_err *err)
{
    uint8_t digest[32];
    bool over = false;
    int fd = -1;
    ew_code code = ew_stamps__over(bytes, digest, &over, err);
    if (code == EW_OK && !over)
        code = explain(bytes, err);
    if (code == EW_OK)
        code = take_lock(desk, &fd, err);
    if (code == EW_OK)
        code = find_kept(desk, digest, s, err);
    if (code == EW_OK) {
        out->size = s->size;
        code = put_token(desk, s, bytes, out, err);
    }
    drop_lock(fd);
    return code;
}

ew_code ew_ops_stamp_add(const char *desk, const char *path, ew_stamp_added *out,
                         ew_err *err)
{
    ew_buf token;
    memset(out, 0, sizeof *out);
    ew_stamped *s = ew_alloc(sizeof *s);
    if (s == NULL)
        return ew_fail_nomem(err);
    ew_stamped_init(s);
    ew_buf_init(&token, EW_STAMP_BYTES);
    ew_code code = ew_ops_stamp_refresh(desk, err);
    if (code == EW_OK)
        code = ew_file_get(path, &token, err);
    if (code == EW_E_NOTFOUND)
        code = ew_fail(err, EW_E_IO, 0, "cannot open '%s': no such file", path);
    if (code == EW_OK)
        code = add(desk, (ew_slice){(const char *)token.data, token.len}, s, out, err);
    ew_buf_release(&token);
    ew_stamped_release(s);
    ew_free(s);
    return code;
}
