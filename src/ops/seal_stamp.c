/* SPDX-License-Identifier: Apache-2.0 */
/* Time tokens on the desk: what is kept, and what is said of it. seal_stamp_add.c adds. */
#include "ops/seal_stamp.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "ops/seal_stamp_kept.h"
#include "seal/ots.h"
#include "seal/time_token.h"
#include "seal/tsa.h"

void ew_stamped_init(ew_stamped *s)
{
    memset(s, 0, sizeof *s);
    ew_buf_init(&s->note, EW_NOTE_MAX);
    for (size_t i = 0; i < EW_STAMP_TOKENS; i++)
        ew_buf_init(&s->tokens[i].bytes, EW_STAMP_BYTES);
}

void ew_stamped_release(ew_stamped *s)
{
    ew_buf_release(&s->note);
    for (size_t i = 0; i < EW_STAMP_TOKENS; i++)
        ew_buf_release(&s->tokens[i].bytes);
    memset(s, 0, sizeof *s);
}

bool ew_ops__stamp_is_ots(ew_slice bytes)
{
    return bytes.n > 0 && bytes.p[0] == 0;
}

/* ------------------------------------------------------------------ names */

char *ew_stamps__path(const char *desk, uint64_t size, const char *name)
{
    char below[64];
    (void)snprintf(below, sizeof below, "time/%ju/%s", (uintmax_t)size, name);
    return ew_path_join(desk, below);
}

/* "000.tsr", "017.ots"; anything else is not ours. */
bool ew_stamps__number(const char *name, unsigned *number, bool *ots)
{
    char want[EW_STAMP_NAME];
    *number = 0;
    if (strlen(name) != 7 || strspn(name, "0123456789") != 3)
        return false;
    for (int i = 0; i < 3; i++)
        *number = *number * 10 + (unsigned)(name[i] - '0');
    *ots = name[4] == 'o';
    (void)snprintf(want, sizeof want, "%03u.%s", *number, *ots ? "ots" : "tsr");
    return strcmp(want, name) == 0;
}

/* ------------------------------------------------------------------ reading */

static int compare_sizes(const void *a, const void *b)
{
    const uint64_t *x = a;
    const uint64_t *y = b;
    return (*x > *y) - (*x < *y);
}

/* A folder without its checkpoint is an interrupted beginning, and holds nothing yet. */
static ew_code add_size(const char *desk, uint64_t **sizes, size_t *n, uint64_t size,
                        ew_err *err)
{
    char *path = ew_stamps__path(desk, size, "checkpoint");
    bool there = path != NULL && access(path, F_OK) == 0;
    ew_free(path);
    if (path == NULL)
        return ew_fail_nomem(err);
    if (!there)
        return EW_OK;
    uint64_t *more = ew_realloc_array(*sizes, *n + 1, sizeof **sizes);
    if (more == NULL)
        return ew_fail_nomem(err);
    *sizes = more;
    more[(*n)++] = size;
    return EW_OK;
}

ew_code ew_ops_stamp_sizes(const char *desk, uint64_t **sizes, size_t *n, ew_err *err)
{
    const struct dirent *e;
    uint64_t size;
    ew_code code = EW_OK;
    char *path = ew_path_join(desk, "time");
    *sizes = NULL;
    *n = 0;
    if (path == NULL)
        return ew_fail_nomem(err);
    DIR *dir = opendir(path);
    if (dir == NULL && errno != ENOENT)
        code = ew_fail_sys(err, errno, "cannot read '%s'", path);
    while (dir != NULL && code == EW_OK && (e = readdir(dir)) != NULL)
        if (ew_slice_u64(ew_slice_of(e->d_name), &size))
            code = add_size(desk, sizes, n, size, err);
    if (dir != NULL)
        (void)closedir(dir);
    ew_free(path);
    if (code != EW_OK) {
        ew_free(*sizes);
        *sizes = NULL;
        *n = 0;
    } else if (*n > 1) {
        qsort(*sizes, *n, sizeof **sizes, compare_sizes);
    }
    return code;
}

static int compare_tokens(const void *a, const void *b)
{
    const ew_stamp_token *x = a;
    const ew_stamp_token *y = b;
    return strcmp(x->name, y->name);
}

static ew_code list_tokens(const char *path, ew_stamped *s, ew_err *err)
{
    const struct dirent *e;
    unsigned number;
    bool ots;
    DIR *dir = opendir(path);
    if (dir == NULL)
        return ew_fail_sys(err, errno, "cannot read '%s'", path);
    while ((e = readdir(dir)) != NULL) {
        if (!ew_stamps__number(e->d_name, &number, &ots) ||
            s->token_count == EW_STAMP_TOKENS)
            continue;
        ew_stamp_token *t = &s->tokens[s->token_count++];
        (void)snprintf(t->name, sizeof t->name, "%03u.%s", number, ots ? "ots" : "tsr");
        t->ots = ots;
    }
    (void)closedir(dir);
    if (s->token_count > 1)
        qsort(s->tokens, s->token_count, sizeof *s->tokens, compare_tokens);
    return EW_OK;
}

ew_code ew_stamps__set_note(ew_stamped *s, ew_err *err)
{
    ew_note *note = NULL;
    ew_checkpoint c;
    ew_code code = ew_note_parse(&note, s->note.data, s->note.len, err);
    if (code == EW_OK)
        code = ew_checkpoint_parse(&c, note->text, err);
    if (code == EW_OK) {
        s->size = c.size;
        s->text = (ew_slice){(const char *)s->note.data, note->text.n};
        ew_sha256_bytes(s->text.p, s->text.n, s->digest);
    }
    ew_note_free(note);
    return code;
}

static ew_code read_note(const char *desk, uint64_t size, ew_stamped *s, ew_err *err)
{
    char *path = ew_stamps__path(desk, size, "checkpoint");
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_code code = ew_file_get(path, &s->note, err);
    if (code == EW_E_NOTFOUND)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "no checkpoint of %ju entries was kept",
                       (uintmax_t)size);
    if (code == EW_OK)
        code = ew_stamps__set_note(s, err);
    if (code == EW_OK && s->size != size)
        code = ew_fail(err, EW_E_FORMAT, 0, "'%s' is of another size", path);
    ew_free(path);
    return code;
}

ew_code ew_ops_stamp_read(const char *desk, uint64_t size, ew_stamped *s, ew_err *err)
{
    char *dir = ew_stamps__path(desk, size, "");
    if (dir == NULL)
        return ew_fail_nomem(err);
    ew_code code = read_note(desk, size, s, err);
    if (code == EW_OK)
        code = list_tokens(dir, s, err);
    for (size_t i = 0; i < s->token_count && code == EW_OK; i++) {
        char *path = ew_stamps__path(desk, size, s->tokens[i].name);
        code = path != NULL ? ew_file_get(path, &s->tokens[i].bytes, err)
                            : ew_fail_nomem(err);
        ew_free(path);
    }
    ew_free(dir);
    return code;
}

ew_code ew_stamps__newest(const char *desk, ew_stamped *s, ew_err *err)
{
    char *log = ew_path_join(desk, "log");
    if (log == NULL)
        return ew_fail_nomem(err);
    ew_code code = ew_log_read_checkpoint(log, &s->note, err);
    if (code == EW_OK)
        code = ew_stamps__set_note(s, err);
    ew_free(log);
    return code;
}

/* Does b have a signature by each of the keys that signed a? */
ew_code ew_stamps__signed_too(const ew_stamped *a, const ew_stamped *b, bool *all,
                              ew_err *err)
{
    ew_note *x = NULL;
    ew_note *y = NULL;
    ew_code code = ew_note_parse(&x, a->note.data, a->note.len, err);
    if (code == EW_OK)
        code = ew_note_parse(&y, b->note.data, b->note.len, err);
    *all = code == EW_OK;
    for (size_t i = 0; code == EW_OK && i < x->sig_count && *all; i++) {
        const ew_note_sig *want = &x->sigs[i];
        bool found = false;
        for (size_t j = 0; j < y->sig_count && !found; j++)
            found = memcmp(want->id, y->sigs[j].id, EW_KEY_ID) == 0 &&
                    want->name.n == y->sigs[j].name.n &&
                    memcmp(want->name.p, y->sigs[j].name.p, want->name.n) == 0;
        *all = found;
    }
    ew_note_free(x);
    ew_note_free(y);
    return code;
}

bool ew_stamps__same_text(const ew_stamped *a, const ew_stamped *b)
{
    return a->text.n == b->text.n && memcmp(a->text.p, b->text.p, a->text.n) == 0;
}

/* ------------------------------------------------------------------ for a bundle */

/* Reads one kept checkpoint; *fits when it is what the bundle should have. */
static ew_code try_size(const char *desk, uint64_t size, const ew_stamped *newest,
                        ew_stamped *s, bool *fits, ew_err *err)
{
    ew_code code = ew_ops_stamp_read(desk, size, s, err);
    *fits = false;
    if (code != EW_OK || s->token_count == 0)
        return code;
    if (ew_stamps__same_text(s, newest)) { /* with all cosignatures that came since */
        ew_buf_reset(&s->note);
        code = ew_buf_append(&s->note, newest->note.data, newest->note.len, err);
        *fits = code == EW_OK;
        return code == EW_OK ? ew_stamps__set_note(s, err) : code;
    }
    return ew_stamps__signed_too(newest, s, fits, err);
}

ew_code ew_ops_stamped(const char *desk, uint64_t entry, ew_stamped *s, ew_err *err)
{
    uint64_t *sizes = NULL;
    size_t n = 0;
    bool fits = false;
    ew_stamped *newest = ew_alloc(sizeof *newest);
    if (newest == NULL)
        return ew_fail_nomem(err);
    ew_stamped_init(newest);
    ew_code code = ew_ops_stamp_sizes(desk, &sizes, &n, err);
    if (code == EW_OK && n > 0)
        code = ew_stamps__newest(desk, newest, err);
    for (size_t i = 0; i < n && code == EW_OK && !fits; i++) {
        if (sizes[i] <= entry)
            continue;
        code = try_size(desk, sizes[i], newest, s, &fits, err);
        if (code != EW_OK || !fits) {
            ew_stamped_release(s);
            ew_stamped_init(s);
        }
    }
    ew_stamped_release(newest);
    ew_free(newest);
    ew_free(sizes);
    return code;
}

/* ------------------------------------------------------------------ judging */

ew_code ew_ops_stamp_request(const ew_stamped *s, ew_buf *out, ew_err *err)
{
    return ew_tsa_request(s->digest, out, err);
}

/* path: NULL for none. */
static ew_code read_policy(const char *path, ew_policy **p, ew_err *err)
{
    ew_buf text;
    if (path == NULL)
        return EW_OK;
    ew_buf_init(&text, EW_POLICY_BYTES_MAX);
    ew_code code = ew_file_get(path, &text, err);
    if (code == EW_OK) /* an empty policy is none, and told as such */
        code = ew_policy_parse(p, text.len > 0 ? (const char *)text.data : "", text.len,
                               err);
    ew_buf_release(&text);
    return code;
}

ew_code ew_ops_stamp_judge(const ew_stamped *s, const char *policy, ew_verdict *v,
                           ew_err *err)
{
    ew_policy *p = NULL;
    ew_code code = read_policy(policy, &p, err);
    for (size_t i = 0; i < s->token_count && code == EW_OK; i++) {
        ew_slice bytes = {(const char *)s->tokens[i].bytes.data, s->tokens[i].bytes.len};
        code = ew_time_token_judge(s->text, p, bytes, s->tokens[i].ots, v, err);
    }
    ew_policy_free(p);
    return code;
}

ew_code ew_stamps__over(ew_slice token, uint8_t digest[32], bool *over, ew_err *err)
{
    if (!ew_ops__stamp_is_ots(token)) {
        *over = ew_tsa_over(token, digest);
        return EW_OK;
    }
    ew_ots *o = ew_alloc(sizeof *o);
    *over = false;
    if (o == NULL)
        return ew_fail_nomem(err);
    ew_code code = ew_ots_parse(o, token.p, token.n, err);
    *over = code == EW_OK && o->sha256;
    if (*over)
        memcpy(digest, o->digest, 32);
    ew_free(o);
    return code == EW_E_NOMEM ? code : EW_OK;
}

/* A file that is a signed note is stamped without its signatures, unless the token says that it
 * was stamped with them. */
static ew_code judge_file(ew_slice token, ew_stamped *data, const ew_policy *p,
                          bool *of_note, ew_verdict *v, ew_err *err)
{
    uint8_t over[32] = {0};
    uint8_t whole[32];
    ew_slice bytes = {(const char *)data->note.data, data->note.len};
    ew_sha256_bytes(bytes.p, bytes.n, whole);
    bool raw = false;
    *of_note = false;
    ew_code code = ew_stamps__over(token, over, &raw, err);
    if (code == EW_OK && (!raw || memcmp(over, whole, sizeof over) != 0)) {
        code = ew_stamps__set_note(data, err);
        *of_note = code == EW_OK;
    }
    if (code == EW_E_NOMEM)
        return code;
    return ew_time_token_judge(*of_note ? data->text : bytes, p, token,
                               ew_ops__stamp_is_ots(token), v, err);
}

ew_code ew_ops_stamp_check(const ew_stamp_check *what, bool *of_note, ew_verdict *v,
                           ew_err *err)
{
    ew_policy *p = NULL;
    ew_buf token;
    ew_stamped *data = ew_alloc(sizeof *data);
    if (data == NULL)
        return ew_fail_nomem(err);
    ew_stamped_init(data);
    ew_buf_init(&data->note, EW_STAMP_DATA);
    ew_buf_init(&token, EW_STAMP_BYTES);
    ew_code code = ew_file_get(what->token, &token, err);
    if (code == EW_OK)
        code = ew_file_get(what->data, &data->note, err);
    if (code == EW_OK)
        code = read_policy(what->policy, &p, err);
    ew_slice bytes = {(const char *)token.data, token.len};
    if (code == EW_OK)
        code = judge_file(bytes, data, p, of_note, v, err);
    ew_policy_free(p);
    ew_buf_release(&token);
    ew_stamped_release(data);
    ew_free(data);
    return code;
}
