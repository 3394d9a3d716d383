/* SPDX-License-Identifier: Apache-2.0 */
/* What people say, from their words to the log, and from a file back to what it is worth. */
#include "ops/seal_statement.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "ops/seal_event_kept.h"
#include "ops/seal_sign.h"
#include "seal/sshsig.h"

enum { PROOF_MAX = 2 * EW_NOTE_MAX };

/* ------------------------------------------------------------------ words */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Where a line of more than EW_EVENT_LINE bytes is broken: at its last space, or else between
 * two characters. */
static size_t break_at(const char *p, size_t n)
{
    size_t at = EW_EVENT_LINE;
    if (n <= EW_EVENT_LINE)
        return n;
    while (at > EW_EVENT_LINE / 2 && p[at] != ' ')
        at--;
    if (p[at] == ' ')
        return at;
    for (at = EW_EVENT_LINE; at > 0 && ((uint8_t)p[at] & 0xC0) == 0x80;)
        at--;
    return at;
}

static ew_code add_line(ew_event *e, const char *p, size_t n, ew_err *err)
{
    while (n > 0 && p[n - 1] == ' ')
        n--;
    if (n == 0 && e->line_count == 0)
        return EW_OK;
    if (e->line_count == EW_EVENT_LINES)
        return ew_fail(err, EW_E_LIMIT, 0, "more than %d lines of words",
                       (int)EW_EVENT_LINES);
    e->lines[e->line_count++] = (ew_slice){p, n};
    return EW_OK;
}

/* One line of the words, without its end. */
static ew_code add_words(ew_event *e, const char *p, size_t n, ew_err *err)
{
    ew_code code = EW_OK;
    do {
        size_t take = break_at(p, n);
        code = add_line(e, p, take, err);
        while (take < n && p[take] == ' ')
            take++;
        p += take;
        n -= take;
    } while (code == EW_OK && n > 0);
    return code;
}

static ew_code take_words(ew_said *s, const char *words, ew_err *err)
{
    size_t n = strlen(words);
    ew_code code = EW_OK;
    if (n >= sizeof s->words)
        return ew_fail(err, EW_E_LIMIT, 0, "more than %zu bytes of words",
                       sizeof s->words - 1);
    memcpy(s->words, words, n);
    for (size_t i = 0; i < n; i++)
        if (is_blank(s->words[i]))
            s->words[i] = ' ';
    for (char *p = s->words; code == EW_OK && p < s->words + n;) {
        char *end = memchr(p, '\n', (size_t)(s->words + n - p));
        size_t line = end != NULL ? (size_t)(end - p) : (size_t)(s->words + n - p);
        code = add_words(&s->event, p, line, err);
        p += line + 1;
    }
    while (s->event.line_count > 0 && s->event.lines[s->event.line_count - 1].n == 0)
        s->event.line_count--;
    return code;
}

/* ------------------------------------------------------------------ what it is about */

static ew_code hash_file(const char *path, uint8_t out[EW_HASH], ew_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT
                   ? ew_fail(err, EW_E_NOTFOUND, 0, "'%s' does not exist", path)
                   : ew_fail_sys(err, errno, "cannot open '%s'", path);
    ew_code code = ew_sha256_fd(fd, out, err);
    (void)close(fd);
    return code;
}

static ew_code find_item(const ew_desk *d, const char *item, uint8_t out[EW_ITEM],
                         ew_err *err)
{
    ew_kept k;
    if (strlen(item) == EW_ITEM_HEX && ew_unhex(item, out, EW_ITEM) == 0)
        return EW_OK;
    if (d == NULL)
        return ew_fail(err, EW_E_ARG, 0,
                       "without a desk an item is named by all of its %d digits",
                       (int)EW_ITEM_HEX);
    ew_kept_init(&k);
    ew_code code = ew_desk_find(d, item, &k, err);
    if (code == EW_OK && ew_unhex(k.hex, out, EW_ITEM) != 0)
        code = ew_fail(err, EW_E_BUG, 0, "an item without a number");
    ew_kept_release(&k);
    return code;
}

/* SHA-256 of a name as it stands in a file: without the end of its line. */
static ew_code hash_name(const char *path, ew_hash *out, ew_err *err)
{
    ew_buf b;
    ew_buf_init(&b, EW_EVENT_LINE);
    ew_code code = ew_file_get(strcmp(path, "-") == 0 ? "/dev/stdin" : path, &b, err);
    size_t n = b.len;
    while (n > 0 && (b.data[n - 1] == '\n' || b.data[n - 1] == '\r'))
        n--;
    if (code == EW_OK && n == 0)
        code = ew_fail(err, EW_E_ARG, 0, "there is no name in '%s'", path);
    if (code == EW_OK)
        ew_sha256_bytes(b.data, n, out->b);
    if (b.data != NULL)
        ew_wipe(b.data, b.len);
    ew_buf_release(&b);
    return code;
}

static ew_code hide_name(const char *path, ew_said *s, ew_err *err)
{
    ew_hash name;
    ew_code code = hash_name(path, &name, err);
    if (code == EW_OK)
        code = ew_event_hide(&name, s->event.name, s->salts.name, err);
    s->event.has_name = code == EW_OK;
    return code;
}

static ew_code find_prev(const char *dir, const char *prev, uint8_t out[EW_HASH],
                         ew_err *err)
{
    uint64_t entry = 0;
    if (!ew_slice_u64(ew_slice_of(prev), &entry))
        return ew_fail(err, EW_E_ARG, 0, "an entry is named by its number, from 0");
    return ew_ops_entry_id(dir, entry, out, err);
}

ew_code ew_ops_say(const ew_desk *d, const char *dir, const ew_statement *s,
                   ew_said **out, ew_err *err)
{
    ew_said *said = ew_alloc(sizeof *said);
    ew_code code = EW_OK;
    if (said == NULL)
        return ew_fail_nomem(err);
    ew_event *e = &said->event;
    e->kind = s->kind;
    e->stance = s->stance;
    e->time = (int64_t)time(NULL);
    if (s->actor != NULL)
        e->actor = ew_slice_of(s->actor);
    if (s->words != NULL)
        code = take_words(said, s->words, err);
    if (code == EW_OK && s->item != NULL) {
        e->has_item = true;
        code = find_item(d, s->item, e->item, err);
    }
    if (code == EW_OK && s->file != NULL) {
        e->has_digest = true;
        code = hash_file(s->file, e->digest, err);
    }
    if (code == EW_OK && s->prev != NULL) {
        e->has_prev = true;
        code = find_prev(dir, s->prev, e->prev, err);
    }
    if (code == EW_OK && s->name != NULL)
        code = hide_name(s->name, said, err);
    if (code != EW_OK) {
        ew_free(said);
        return code;
    }
    *out = said;
    return EW_OK;
}

/* ------------------------------------------------------------------ persons */

/* Text and signature as one file. */
static ew_code join_files(const char *file, const char *sig, ew_buf *out, ew_err *err)
{
    ew_code code = ew_file_get(file, out, err);
    if (code != EW_OK || sig == NULL)
        return code;
    code = ew_buf_append(out, "\n", 1, err);
    return code == EW_OK ? ew_file_get(sig, out, err) : code;
}

ew_code ew_ops_statement_add(const ew_desk *d, const char *file, const char *sig,
                             const ew_keyring *keys, ew_event_kept *out, ew_err *err)
{
    ew_event_answer a;
    ew_buf b;
    ew_buf_init(&b, EW_EVENT_FILE_MAX);
    ew_code code = join_files(file, sig, &b, err);
    ew_event_in in = {.file = {(const char *)b.data, b.len}, .keys = keys};
    if (code == EW_OK)
        code = ew_event_check(&in, &a, err);
    if (code == EW_OK && a.state == EW_BROKEN)
        code = ew_fail(err, EW_E_FORMAT, 0, "%s", a.reason);
    else if (code == EW_OK && !a.ssh)
        code = ew_fail(err, EW_E_FORMAT, 0, "'%s' is not signed by a person", file);
    else if (code == EW_OK && a.state != EW_VERIFIED)
        code = ew_fail(err, EW_E_ARG, 0, "%s", a.reason);
    if (code == EW_OK && !ew_event_says(a.event.kind))
        code =
            ew_fail(err, EW_E_ARG, 0, "events about custody and keys are the desk's own");
    if (code == EW_OK)
        code = ew_ops_event_put_ssh(d, in.file, out, err);
    ew_buf_release(&b);
    return code;
}

/* ------------------------------------------------------------------ checking */

static ew_code get_policy(const char *path, ew_policy **out, ew_err *err)
{
    ew_buf b;
    ew_buf_init(&b, EW_POLICY_BYTES_MAX);
    ew_code code = ew_file_get(path, &b, err);
    if (code == EW_OK)
        code = ew_policy_parse(out, b.len > 0 ? (const char *)b.data : "", b.len, err);
    ew_buf_release(&b);
    return code;
}

static ew_code get_keys(const char *keys, ew_keyring **out, ew_err *err)
{
    *out = ew_alloc(sizeof **out);
    return *out != NULL ? ew_ops_keys_read(keys, *out, err) : ew_fail_nomem(err);
}

static ew_code read_files(const ew_statement_files *in, ew_statement_check *c,
                          ew_err *err)
{
    ew_code code = ew_file_get(in->file, &c->file, err);
    if (code == EW_OK && in->sig != NULL)
        code = ew_file_get(in->sig, &c->sig, err);
    if (code == EW_OK && in->proof != NULL)
        code = ew_file_get(in->proof, &c->proof, err);
    if (code == EW_OK && in->policy != NULL)
        code = get_policy(in->policy, &c->policy, err);
    if (code == EW_OK && in->keys != NULL)
        code = get_keys(in->keys, &c->keys, err);
    return code;
}

static ew_slice slice_of(const ew_buf *b)
{
    return (ew_slice){b->data != NULL ? (const char *)b->data : "", b->len};
}

static ew_code compare_name(const ew_statement_files *in, ew_statement_check *c,
                            ew_err *err)
{
    uint8_t salt[EW_SALT];
    ew_hash name;
    if (in->salt == NULL || !ew_slice_base64(ew_slice_of(in->salt), salt, sizeof salt))
        return ew_fail(err, EW_E_ARG, 0, "the salt of a name is base64 of 32 bytes");
    ew_code code = hash_name(in->name, &name, err);
    if (code != EW_OK)
        return code;
    ew_hash h = ew_commit(salt, &name);
    c->name_same =
        c->answer.event.has_name && memcmp(h.b, c->answer.event.name, EW_HASH) == 0;
    return EW_OK;
}

ew_code ew_ops_statement_check(const ew_statement_files *in, ew_statement_check *out,
                               ew_err *err)
{
    uint8_t digest[EW_HASH];
    memset(out, 0, sizeof *out);
    ew_buf_init(&out->file, EW_EVENT_FILE_MAX);
    ew_buf_init(&out->sig, EW_SSHSIG_MAX);
    ew_buf_init(&out->proof, PROOF_MAX);
    ew_code code = read_files(in, out, err);
    ew_event_in what = {slice_of(&out->file), slice_of(&out->sig), out->policy, out->keys,
                        slice_of(&out->proof)};
    if (code == EW_OK)
        code = ew_event_check(&what, &out->answer, err);
    if (code == EW_OK && in->about != NULL) {
        code = hash_file(in->about, digest, err);
        out->about_same = code == EW_OK && out->answer.event.has_digest &&
                          memcmp(digest, out->answer.event.digest, EW_HASH) == 0;
    }
    if (code == EW_OK && in->name != NULL)
        code = compare_name(in, out, err);
    if (code != EW_OK)
        ew_statement_check_release(out);
    return code;
}

void ew_statement_check_release(ew_statement_check *c)
{
    ew_buf_release(&c->file);
    ew_buf_release(&c->sig);
    ew_buf_release(&c->proof);
    ew_policy_free(c->policy);
    ew_free(c->keys);
    memset(c, 0, sizeof *c);
}

/* ------------------------------------------------------------------ giving away */

static ew_code write_proof(const ew_desk *d, const ew_event_kept *k, const char *path,
                           ew_err *err)
{
    ew_buf b;
    ew_buf name;
    ew_slice salt = {(const char *)k->salt, EW_SALT};
    char *log = ew_desk_log_dir(d->dir);
    ew_buf_init(&b, PROOF_MAX);
    ew_buf_init(&name, 8192);
    ew_code code = log != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_buf_printf(&name, err, "%s.tlog-proof", path);
    if (code == EW_OK)
        code = ew_log_prove(log, k->entry, salt, &b, err);
    if (code == EW_OK)
        code = ew_file_put((const char *)name.data, b.data, b.len, err);
    ew_buf_release(&b);
    ew_buf_release(&name);
    ew_free(log);
    return code;
}

/* The event of that entry among all that are kept; NULL when there is none, told. */
static const ew_event_kept *kept_at(const ew_event_list *list, uint64_t entry,
                                    ew_err *err)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->kept[i].entry == entry)
            return &list->kept[i];
    (void)ew_fail(err, EW_E_NOTFOUND, 0, "entry %ju is no event that is kept here",
                  (uintmax_t)entry);
    return NULL;
}

ew_code ew_ops_statement_salts(const ew_desk *d, uint64_t entry, ew_event_kept *out,
                               ew_err *err)
{
    ew_event_list list;
    ew_code code = ew_ops_events(d, NULL, &list, err);
    if (code != EW_OK)
        return code;
    const ew_event_kept *k = kept_at(&list, entry, err);
    if (k == NULL)
        code = EW_E_NOTFOUND;
    else
        code = ew_buf_append(&out->bytes, k->bytes.data, k->bytes.len, err);
    if (code == EW_OK) {
        out->ssh = k->ssh;
        out->salts = k->salts;
        out->entry = entry;
        out->logged = true;
        memcpy(out->id, k->id, EW_HASH);
        code = ew_events__read_event(out, err);
    }
    ew_event_list_release(&list);
    return code;
}

ew_code ew_ops_statement_export(const ew_desk *d, uint64_t entry, const char *path,
                                ew_err *err)
{
    ew_event_list list;
    ew_code code = ew_ops_events(d, NULL, &list, err);
    if (code != EW_OK)
        return code;
    const ew_event_kept *k = kept_at(&list, entry, err);
    if (k == NULL)
        code = EW_E_NOTFOUND;
    if (code == EW_OK)
        code = write_proof(d, k, path, err);
    if (code == EW_OK)
        code = ew_file_put(path, k->bytes.data, k->bytes.len, err);
    ew_event_list_release(&list);
    return code;
}
