/* SPDX-License-Identifier: Apache-2.0 */
/* How files of the desk stand in its backup: names, the manifest, secrets unlocked and locked
 * again. */
#include "ops/seal_backup_form.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/utf8.h"
#include "base/when.h"

#define HEAD "earwitness-backup/v1"
#define SECRET "secret "
#define LABEL "label "

/* ------------------------------------------------------------------ names */

static bool name_ok(const char *name, size_t n)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789._+=@,-";
    size_t temp = strlen(EW_TEMP_PREFIX);
    return n > 0 && strspn(name, letters) >= n && strncmp(name, "..", n) != 0 &&
           (n < temp || strncmp(name, EW_TEMP_PREFIX, temp) != 0);
}

bool ew_backup__path_ok(const char *path)
{
    size_t depth = 0;
    if (strlen(path) > EW_BACKUP__PATH_MAX)
        return false;
    for (const char *p = path;; depth++) {
        size_t n = strcspn(p, "/");
        if (depth == EW_BACKUP__DEPTH_MAX || !name_ok(p, n))
            return false;
        if (p[n] == 0)
            return true;
        p += n + 1;
    }
}

/* What comes after the last slash. */
static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

bool ew_backup__left_out(const char *path)
{
    static const char gone[] = ".gone";
    const char *name = base_name(path);
    size_t n = strlen(name);
    size_t ending = sizeof gone - 1;
    return strcmp(path, "keys/vault") == 0 || strcmp(name, ".lock") == 0 ||
           strncmp(name, EW_TEMP_PREFIX, strlen(EW_TEMP_PREFIX)) == 0 ||
           (n >= ending && strcmp(name + n - ending, gone) == 0);
}

bool ew_backup__is_plain(const char *path)
{
    return strncmp(path, "log/", 4) == 0 || strncmp(path, "time/", 5) == 0 ||
           strncmp(path, "left/", 5) == 0;
}

ew_code ew_backup__tick(const ew_progress *prog, uint64_t done, uint64_t total,
                        ew_err *err)
{
    if (prog != NULL && prog->tick != NULL &&
        prog->tick(prog->cookie, "copy", (int64_t)done, (int64_t)total) != 0)
        return ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
    return EW_OK;
}

/* ------------------------------------------------------------------ manifest */

ew_code ew_backup__append_manifest(ew_buf *b, const ew_backup__manifest *m, ew_err *err)
{
    char when[EW_ISO_TEXT];
    ew_code code = ew_buf_printf(b, err, HEAD "\nmade %s\nentries %ju\nlog ",
                                 ew_iso_text(m->time, when), (uintmax_t)m->entries);
    if (code == EW_OK)
        code = ew_buf_printf(b, err, "%s %ju ", m->log.origin, (uintmax_t)m->log.size);
    if (code == EW_OK)
        code = ew_base64_append(b, m->log.root.b, EW_HASH, err);
    return code == EW_OK ? ew_buf_append(b, "\n", 1, err) : code;
}

static bool parse_log(ew_slice line, ew_log_state *log)
{
    ew_slice word;
    if (!ew_slice_word(&line, &word) || !ew_key_name_ok(word))
        return false;
    memcpy(log->origin, word.p, word.n);
    return ew_slice_word(&line, &word) && ew_slice_u64(word, &log->size) &&
           ew_slice_base64(line, log->root.b, EW_HASH);
}

ew_code ew_backup__parse_manifest(ew_backup__manifest *m, ew_slice text, ew_err *err)
{
    ew_slice line = {"", 0};
    memset(m, 0, sizeof *m);
    if (ew_slice_line(&text, &line) && !ew_slice_is(line, HEAD) &&
        ew_slice_skip(&line, "earwitness-backup/"))
        return ew_fail(err, EW_E_VERSION, 0, "a backup of a version not known here");
    if (ew_slice_is(line, HEAD) && ew_slice_line(&text, &line) &&
        ew_slice_skip(&line, "made ") && ew_iso_parse(line.p, line.n, &m->time) &&
        ew_slice_line(&text, &line) && ew_slice_skip(&line, "entries ") &&
        ew_slice_u64(line, &m->entries) && m->entries <= EW_BACKUP__ENTRIES_MAX &&
        ew_slice_line(&text, &line) && ew_slice_skip(&line, "log ") &&
        parse_log(line, &m->log) && text.n == 0)
        return EW_OK;
    return ew_fail(err, EW_E_FORMAT, 0, "this is no backup of a desk");
}

/* ------------------------------------------------------------------ unlocking */

static bool is_text(ew_slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((uint8_t)s.p[i] < 0x20 && strchr("\n\r\t", s.p[i]) == NULL)
            return false;
    return s.n == 0 || (memchr(s.p, 0, s.n) == NULL && ew_utf8_valid(s.p, s.n));
}

/* Where the last line begins. */
static size_t last_line(ew_slice text)
{
    size_t at = text.n > 0 ? text.n - 1 : 0;
    while (at > 0 && text.p[at - 1] != '\n')
        at--;
    return at;
}

/* Splits off a last line "secret <base64>"; the head is what it is bound to. */
static bool take_secret_line(ew_slice text, ew_slice *head, ew_slice *base64)
{
    size_t at = last_line(text);
    ew_slice rest = {text.p + at, text.n - at};
    *head = (ew_slice){text.p, at};
    return ew_slice_line(&rest, base64) && ew_slice_skip(base64, SECRET);
}

/* The text with its secret, and nothing of it anywhere else. */
static ew_code join_line(ew_slice head, const void *secret, size_t n, ew_buf *out,
                         ew_err *err)
{
    ew_code code = ew_buf_append(out, head.p, head.n, err);
    if (code == EW_OK)
        code = ew_buf_append(out, SECRET, strlen(SECRET), err);
    if (code == EW_OK)
        code = ew_base64_append(out, secret, n, err);
    return code == EW_OK ? ew_buf_append(out, "\n", 1, err) : code;
}

static ew_code unlock_line(const ew_vault *v, ew_slice file, ew_secret *out, ew_err *err)
{
    uint8_t box[1024];
    ew_secret seed;
    ew_slice head;
    ew_slice base64;
    size_t n = 0;
    ew_buf text = {(uint8_t *)out->bytes, 0, out->max, out->max - 1};
    if (!take_secret_line(file, &head, &base64) ||
        !ew_slice_base64_any(base64, box, sizeof box, &n))
        return ew_fail(err, EW_E_FORMAT, 0, "a key of the desk is damaged");
    ew_code code = ew_secret_init(&seed, sizeof box, err);
    if (code == EW_OK)
        code = ew_vault_unlock(v, head, (ew_slice){(const char *)box, n}, &seed, err);
    if (code == EW_OK)
        code = join_line(head, seed.bytes, seed.n, &text, err);
    out->n = code == EW_OK ? text.len : 0;
    ew_secret_release(&seed);
    return code;
}

/* Labels that whole files are locked under are made of their names: the folder's, their own, or
 * "event <name>" in events/. The n-th of these; false after the last. */
static bool label_at(const char *path, int n, char label[EW_BACKUP__PATH_MAX + 2])
{
    const char *name = base_name(path);
    int room = EW_BACKUP__PATH_MAX + 2;
    int parent_n = name > path ? (int)(name - path) - 1 : 0;
    const char *parent = path + parent_n;
    while (parent > path && parent[-1] != '/')
        parent--;
    parent_n -= (int)(parent - path);
    switch (n) {
    case 0:
        (void)snprintf(label, (size_t)room, "%.*s", parent_n, parent);
        return true;
    case 1:
        (void)snprintf(label, (size_t)room, "%s", name);
        return true;
    case 2:
        (void)snprintf(label, (size_t)room, "%.*s %s", parent_n > 0 ? parent_n - 1 : 0,
                       parent, name);
        return true;
    case 3:
        (void)snprintf(label, (size_t)room, "%s", path);
        return true;
    default:
        return false;
    }
}

/* "label <label>", then the secret. */
static ew_code unlock_whole(const ew_vault *v, const char *path, ew_slice file,
                            ew_secret *out, ew_err *err)
{
    char label[EW_BACKUP__PATH_MAX + 2];
    for (int i = 0; label_at(path, i, label); i++) {
        size_t head = strlen(LABEL) + strlen(label) + 1;
        if (head >= out->max)
            break;
        ew_secret rest = {out->bytes + head, 0, out->max - head};
        if (ew_vault_unlock(v, ew_slice_of(label), file, &rest, NULL) != EW_OK)
            continue;
        (void)memcpy(out->bytes, LABEL, strlen(LABEL));
        (void)memcpy(out->bytes + strlen(LABEL), label, strlen(label));
        out->bytes[head - 1] = '\n';
        out->n = head + rest.n;
        return EW_OK;
    }
    return ew_fail(err, EW_E_FORMAT, 0,
                   "'%s' does not open: it is damaged, or of a kind not known here",
                   path);
}

ew_code ew_backup__unlock(const ew_vault *v, const char *path, ew_slice file,
                          ew_secret *out, bool *locked, ew_err *err)
{
    ew_slice head;
    ew_slice base64;
    out->n = 0;
    *locked = true;
    if (!is_text(file))
        return unlock_whole(v, path, file, out, err);
    if (strncmp(path, "keys/", 5) == 0 && take_secret_line(file, &head, &base64))
        return unlock_line(v, file, out, err);
    *locked = false;
    return EW_OK;
}

/* ------------------------------------------------------------------ locking */

static ew_code lock_line(const ew_vault *v, ew_slice opened, ew_buf *file, ew_err *err)
{
    ew_secret seed;
    ew_slice head;
    ew_slice base64;
    ew_buf box;
    ew_code code = ew_secret_init(&seed, 1024, err);
    ew_buf_init(&box, 2048);
    if (code == EW_OK &&
        (!take_secret_line(opened, &head, &base64) ||
         !ew_slice_base64_any(base64, (uint8_t *)seed.bytes, seed.max, &seed.n)))
        code = ew_fail(err, EW_E_FORMAT, 0, "a secret of the backup is damaged");
    if (code == EW_OK)
        code = ew_vault_lock(v, head, seed.bytes, seed.n, &box, err);
    if (code == EW_OK)
        code = join_line(head, box.data, box.len, file, err);
    ew_buf_release(&box);
    ew_secret_release(&seed);
    return code;
}

ew_code ew_backup__lock(const ew_vault *v, ew_slice opened, ew_buf *file, ew_err *err)
{
    ew_slice rest = opened;
    ew_slice label;
    if (!ew_slice_skip(&rest, LABEL))
        return lock_line(v, opened, file, err);
    if (!ew_slice_line(&rest, &label))
        return ew_fail(err, EW_E_FORMAT, 0, "a secret of the backup is damaged");
    return ew_vault_lock(v, label, rest.p, rest.n, file, err);
}
