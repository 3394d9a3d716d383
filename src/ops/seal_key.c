/* SPDX-License-Identifier: Apache-2.0 */
/* Revoking keys. The new key and both events are on disk before the file keys/revoke, which
 * says what is to be done; from then on there is only one way, and whoever opens the desk next
 * goes on with it:
 *   events onto the log, old key into keys/old, new key into its place, old secret wiped,
 *   for the log's key a new checkpoint, keys/revoke away. */
#include "ops/seal_key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "ops/seal.h"
#include "ops/seal_event_kept.h"
#include "ops/seal_stamp.h"
#include "ops/seal_key_old.h"

#define REVOKE_HEAD "earwitness-revoke/v1"

enum { REVOKE_FILE_MAX = 4096, EVENTS = 2, FILE_NAME = 32 };

/* ------------------------------------------------------------------ what is to be done */

typedef struct plan {
    const char *use;
    char next[FILE_NAME], gone[FILE_NAME]; /* files of the new key and of the old one */
    ew_vkey old, fresh;
    int64_t since;
    char events[EVENTS][EW_EVENT_HEX + 1];
} plan;

static void name_files(plan *p, const char *use)
{
    p->use = use;
    (void)snprintf(p->next, sizeof p->next, "%s.next", use);
    (void)snprintf(p->gone, sizeof p->gone, "%s.gone", use);
}

static bool take_event(ew_slice *text, char hex[EW_EVENT_HEX + 1])
{
    ew_slice line;
    uint8_t id[EW_HASH];
    if (!ew_slice_line(text, &line) || !ew_slice_skip(&line, "event ") ||
        line.n != EW_EVENT_HEX)
        return false;
    memcpy(hex, line.p, EW_EVENT_HEX);
    hex[EW_EVENT_HEX] = 0;
    return ew_unhex(hex, id, sizeof id) == 0;
}

static bool parse_plan(ew_slice text, plan *p)
{
    ew_slice line;
    ew_old_key old;
    if (!ew_slice_line(&text, &line) || !ew_slice_is(line, REVOKE_HEAD) ||
        !ew_slice_line(&text, &line) || !ew_keys__parse(line, &old) ||
        !ew_slice_line(&text, &line) || !ew_slice_skip(&line, "new ") ||
        ew_vkey_parse(&p->fresh, line, NULL) != EW_OK ||
        !take_event(&text, p->events[0]) || !take_event(&text, p->events[1]))
        return false;
    name_files(p, old.use);
    p->old = old.key;
    p->since = old.since;
    return text.n == 0;
}

static ew_code read_plan(const char *dir, plan *p, bool *there, ew_err *err)
{
    ew_buf b;
    ew_buf_init(&b, REVOKE_FILE_MAX);
    memset(p, 0, sizeof *p);
    ew_code code = ew_keys__get(dir, "revoke", &b, err);
    *there = code == EW_OK;
    if (code == EW_OK && !parse_plan((ew_slice){(const char *)b.data, b.len}, p))
        code = ew_fail(err, EW_E_FORMAT, 0, "the file 'keys/revoke' in '%s' is damaged",
                       dir);
    else if (code == EW_E_NOTFOUND)
        code = EW_OK;
    ew_buf_release(&b);
    return code;
}

static ew_code write_plan(const char *dir, const plan *p, ew_err *err)
{
    ew_buf b;
    ew_buf_init(&b, REVOKE_FILE_MAX);
    ew_code code = ew_buf_printf(&b, err, REVOKE_HEAD "\n");
    if (code == EW_OK)
        code = ew_keys__append(&b, p->use, &p->old, &p->since, err);
    if (code == EW_OK)
        code = ew_keys__append(&b, "new", &p->fresh, NULL, err);
    if (code == EW_OK)
        code = ew_buf_printf(&b, err, "event %s\nevent %s\n", p->events[0], p->events[1]);
    if (code == EW_OK)
        code = ew_keys__put(dir, "revoke", &b, err);
    ew_buf_release(&b);
    return code;
}

/* ------------------------------------------------------------------ doing it */

/* Both events onto the log, unless they are there. *entry: of the first. */
static ew_code log_events(const ew_desk *d, ew_log *log, const plan *p, uint64_t *entry,
                          ew_err *err)
{
    ew_event_kept kept[EVENTS];
    ew_event_kept *both[EVENTS];
    ew_code code = EW_OK;
    for (int i = 0; i < EVENTS; i++) {
        ew_event_kept_init(&kept[i]);
        both[i] = &kept[i];
    }
    for (int i = 0; i < EVENTS && code == EW_OK; i++)
        code = ew_events__read(d, p->events[i], both[i], err);
    if (code == EW_OK)
        code = ew_events__look_up(d->dir, both, EVENTS, err);
    if (code == EW_OK && !kept[0].logged)
        code = ew_ops__events_log(d, log, both, EVENTS, err);
    *entry = kept[0].entry;
    for (int i = 0; i < EVENTS; i++)
        ew_event_kept_release(&kept[i]);
    return code;
}

/* Writes over a file before it is removed. What a disk keeps of it elsewhere is out of reach;
 * it is locked there as it was here. */
static ew_code wipe_file(const char *path, ew_err *err)
{
    static const uint8_t zeros[4096];
    struct stat st;
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT ? EW_OK
                               : ew_fail_sys(err, errno, "cannot open '%s'", path);
    ew_code code = EW_OK;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > (off_t)sizeof zeros)
        code = ew_fail(err, EW_E_FORMAT, 0, "'%s' is no key of this desk", path);
    if (code == EW_OK)
        code = ew_write_all(fd, zeros, (size_t)st.st_size, err);
    if (code == EW_OK && fsync(fd) != 0)
        code = ew_fail_sys(err, errno, "cannot write '%s'", path);
    (void)close(fd);
    if (code == EW_OK && unlink(path) != 0)
        code = ew_fail_sys(err, errno, "cannot remove '%s'", path);
    return code;
}

/* The old key keeps a second name until it is wiped. Where a file system has no such names it
 * goes without. */
static ew_code swap_files(const char *now, const char *next, const char *gone,
                          const char *keys, ew_err *err)
{
    if (link(now, gone) != 0 && errno != EEXIST && errno != EPERM && errno != ENOTSUP)
        return ew_fail_sys(err, errno, "cannot name '%s'", gone);
    if (rename(next, now) != 0)
        return ew_fail_sys(err, errno, "cannot rename '%s'", next);
    return ew_sync_dir(keys, err);
}

static ew_code exchange(const ew_desk *d, const plan *p, ew_err *err)
{
    ew_vkey key;
    char *now = ew_desk__key_path(d->dir, p->use);
    char *next = ew_desk__key_path(d->dir, p->next);
    char *gone = ew_desk__key_path(d->dir, p->gone);
    char *keys = ew_path_join(d->dir, "keys");
    ew_code code = EW_OK;
    if (now == NULL || next == NULL || gone == NULL || keys == NULL)
        code = ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_desk_vkey(d->dir, p->use, &key, err);
    if (code == EW_OK && !ew_vkey_same(&key, &p->fresh))
        code = swap_files(now, next, gone, keys, err);
    else if (code == EW_OK) /* the folder may not have been synced then */
        code = ew_sync_dir(keys, err);
    if (code == EW_OK)
        code = wipe_file(gone, err);
    ew_free(now);
    ew_free(next);
    ew_free(gone);
    ew_free(keys);
    return code;
}

static ew_code drop_plan(const ew_desk *d, ew_err *err)
{
    char *path = ew_desk__key_path(d->dir, "revoke");
    char *keys = ew_path_join(d->dir, "keys");
    ew_code code = path != NULL && keys != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK && unlink(path) != 0)
        code = ew_fail_sys(err, errno, "cannot remove '%s'", path);
    if (code == EW_OK)
        code = ew_sync_dir(keys, err);
    ew_free(path);
    ew_free(keys);
    return code;
}

/* A checkpoint by the old key would be the last word of a key that nobody is to trust. */
static ew_code sign_log(const ew_desk *d, ew_log *log, ew_err *err)
{
    ew_signer *by = NULL;
    ew_buf note;
    ew_buf_init(&note, EW_NOTE_MAX);
    ew_code code = ew_desk_signer(d, "log", &by, err);
    if (code == EW_OK)
        code = ew_ops_stamp_refresh(d->dir, err);
    if (code == EW_OK)
        code = ew_log_checkpoint(log, by, &note, err);
    ew_signer_free(by);
    ew_buf_release(&note);
    return code;
}

static ew_code carry_out(const ew_desk *d, ew_log *log, const plan *p, uint64_t *entry,
                         ew_err *err)
{
    ew_old_key old = {p->use, p->old, p->since};
    ew_code code = log_events(d, log, p, entry, err);
    if (code == EW_OK)
        code = ew_keys__add(d->dir, &old, err);
    if (code == EW_OK)
        code = exchange(d, p, err);
    if (code == EW_OK && strcmp(p->use, "log") == 0)
        code = sign_log(d, log, err);
    return code == EW_OK ? drop_plan(d, err) : code;
}

static void tell(const plan *p, uint64_t entry, ew_revoked *out)
{
    *out = (ew_revoked){p->old, p->fresh, p->since, entry};
}

/* *done: use of what was brought to its end, or NULL. */
static ew_code settle(const ew_desk *d, ew_log *log, const char **done, ew_revoked *out,
                      ew_err *err)
{
    plan p;
    uint64_t entry = 0;
    bool there = false;
    *done = NULL;
    ew_code code = read_plan(d->dir, &p, &there, err);
    if (code != EW_OK || !there)
        return code;
    code = carry_out(d, log, &p, &entry, err);
    if (code == EW_OK) {
        *done = p.use;
        tell(&p, entry, out);
    }
    return code;
}

ew_code ew_desk__settle(ew_desk *d, ew_err *err)
{
    ew_log *log = NULL;
    ew_revoked told;
    char *path = ew_desk__key_path(d->dir, "revoke");
    if (path == NULL)
        return ew_fail_nomem(err);
    bool there = access(path, F_OK) == 0;
    ew_free(path);
    if (!there)
        return EW_OK;
    ew_code code = ew_desk__open_log(d, &log, err);
    if (code == EW_OK)
        code = settle(d, log, &d->settled, &told, err);
    ew_log_close(log);
    return code;
}

/* ------------------------------------------------------------------ planning it */

/* Signed by the statement key; when that one is revoked, by the old and the new one: readers of
 * either policy understand it. */
static ew_code make_event(const ew_desk *d, const ew_event *e, const plan *p,
                          char hex[EW_EVENT_HEX + 1], ew_err *err)
{
    ew_signer *by = NULL;
    ew_event_kept k;
    ew_event_kept_init(&k);
    ew_code code = ew_desk_signer(d, "statement", &by, err);
    if (code == EW_OK)
        code = ew_ops__event_sign(e, by, &k.bytes, err);
    ew_signer_free(by);
    by = NULL;
    if (code == EW_OK && strcmp(p->use, "statement") == 0) {
        code = ew_desk__signer_at(d, (ew_key_place){p->next, p->use}, &by, err);
        if (code == EW_OK)
            code = ew_note_add(&k.bytes, by, 0, err);
        ew_signer_free(by);
    }
    if (code == EW_OK)
        code = ew_ops__event_keep(d, &k, err);
    ew_hex(k.id, EW_HASH, hex);
    ew_event_kept_release(&k);
    return code;
}

static ew_code make_events(const ew_desk *d, const ew_revocation *what, plan *p,
                           ew_err *err)
{
    ew_event e = {.kind = EW_EVENT_KEY_REVOKE, .since = p->since};
    ew_buf key;
    if (what->word_count > EW_EVENT_LINES)
        return ew_fail(err, EW_E_LIMIT, 0, "more than %d lines", (int)EW_EVENT_LINES);
    for (; e.line_count < what->word_count; e.line_count++)
        e.lines[e.line_count] = what->words[e.line_count];
    ew_buf_init(&key, EW_EVENT_LINE);
    ew_code code = ew_vkey_append(&key, &p->old, err);
    e.key = (ew_slice){(const char *)key.data, key.len};
    if (code == EW_OK)
        code = make_event(d, &e, p, p->events[0], err);
    ew_buf_reset(&key);
    if (code == EW_OK)
        code = ew_vkey_append(&key, &p->fresh, err);
    e = (ew_event){.kind = EW_EVENT_KEY_ADD, .key = {(const char *)key.data, key.len}};
    if (code == EW_OK)
        code = make_event(d, &e, p, p->events[1], err);
    ew_buf_release(&key);
    return code;
}

static ew_code make_plan(const ew_desk *d, const ew_revocation *what, plan *p,
                         ew_err *err)
{
    int64_t now = (int64_t)time(NULL);
    ew_old_key *old = NULL;
    size_t n = 0;
    memset(p, 0, sizeof *p);
    name_files(p, what->use);
    p->since = what->since != 0 ? what->since : now;
    if (p->since > now)
        return ew_fail(err, EW_E_ARG, 0,
                       "a key is revoked as of now or of a time before");
    ew_code code = ew_desk_old_keys(d->dir, &old, &n, err);
    ew_free(old);
    if (code == EW_OK && n == EW_OLD_KEYS_MAX)
        code =
            ew_fail(err, EW_E_LIMIT, 0, "this desk has revoked %d keys; make a new one",
                    (int)EW_OLD_KEYS_MAX);
    if (code == EW_OK)
        code = ew_desk_vkey(d->dir, p->use, &p->old, err);
    ew_key_place at = {p->next, p->use};
    if (code == EW_OK)
        code = ew_desk__make_key_at(d, p->old.name, at, p->old.type, err);
    if (code == EW_OK)
        code = ew_desk__vkey_at(d->dir, at, &p->fresh, err);
    if (code == EW_OK)
        code = make_events(d, what, p, err);
    return code == EW_OK ? write_plan(d->dir, p, err) : code;
}

ew_code ew_ops_key_revoke(ew_desk *d, const ew_revocation *what, ew_revoked *out,
                          ew_err *err)
{
    ew_log *log = NULL;
    const char *done = NULL;
    plan p;
    uint64_t entry = 0;
    memset(out, 0, sizeof *out);
    ew_code code = ew_desk__open_log(d, &log, err);
    if (code == EW_OK)
        code = settle(d, log, &done, out, err);
    if (code == EW_OK && done != what->use) {
        code = make_plan(d, what, &p, err);
        if (code == EW_OK)
            code = carry_out(d, log, &p, &entry, err);
        if (code == EW_OK)
            tell(&p, entry, out);
    }
    ew_log_close(log);
    return code;
}
