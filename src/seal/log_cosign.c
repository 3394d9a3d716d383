/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to witnesses, and their signatures on the log's checkpoint. The file `.witnesses`
 * remembers how far each of them has come: a convenience, since a witness that is asked from
 * the wrong size answers with the right one. */
#include "seal/log_cosign.h"

#include <string.h>

#include "base/alloc.h"
#include "base/file.h"

#define WITNESSES ".witnesses"
#define DASH "\xE2\x80\x94 " /* U+2014 and a space */

enum { WITNESSES_MAX = 64 * 1024, TIME_BYTES = 8 };

/* ------------------------------------------------------------------ asking */

static ew_code find_proof(const char *dir, uint64_t old, const ew_checkpoint *c,
                          ew_path *path, ew_err *err)
{
    ew_log_state s;
    ew_tiles *t = NULL;
    path->n = 0;
    if (old > c->size)
        return ew_fail(err, EW_E_ARG, 0,
                       "the witness has seen %ju entries, the checkpoint of '%s' has %ju",
                       (uintmax_t)old, dir, (uintmax_t)c->size);
    if (old == 0 || old == c->size)
        return EW_OK;
    ew_code code = ew_log__read_state(dir, &s, err);
    if (code == EW_OK)
        code = ew_tiles_new(&t, dir, s.size > c->size ? s.size : c->size, err);
    if (code != EW_OK)
        return code;
    ew_tree tree = ew_tiles_tree(t);
    code = ew_merkle_prove_consistency(&tree, old, c->size, path, err);
    ew_tiles_free(t);
    return code;
}

ew_code ew_log_ask(const char *dir, uint64_t old, ew_buf *request, ew_err *err)
{
    ew_note *note = NULL;
    ew_checkpoint c;
    ew_path path;
    ew_buf b;
    ew_buf_init(&b, EW_NOTE_MAX);
    ew_code code = ew_log_read_checkpoint(dir, &b, err);
    if (code == EW_OK)
        code = ew_note_parse(&note, b.data, b.len, err);
    if (code == EW_OK)
        code = ew_checkpoint_parse(&c, note->text, err);
    if (code == EW_OK)
        code = find_proof(dir, old, &c, &path, err);
    ew_slice whole = {(const char *)b.data, b.len};
    if (code == EW_OK)
        code = ew_witness_request_append(request, old, &path, whole, err);
    ew_note_free(note);
    ew_buf_release(&b);
    return code;
}

/* ------------------------------------------------------------------ remembering */

/* Takes a line "SIZE VKEY". */
static bool next_seen(ew_slice *rest, uint64_t *size, ew_slice *vkey)
{
    ew_slice word;
    return ew_slice_line(rest, vkey) && ew_slice_word(vkey, &word) &&
           ew_slice_u64(word, size);
}

static ew_code read_seen(const char *dir, ew_buf *b, ew_err *err)
{
    char *path = ew_path_join(dir, WITNESSES);
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_code code = ew_file_get(path, b, err);
    ew_free(path);
    return code == EW_E_NOTFOUND ? EW_OK : code;
}

static ew_code append_vkey(ew_buf *b, const ew_vkey *key, ew_slice *text, ew_err *err)
{
    ew_code code = ew_vkey_append(b, key, err);
    *text = (ew_slice){(const char *)b->data, b->len};
    return code;
}

static bool same_text(ew_slice a, ew_slice b)
{
    return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

ew_code ew_log_seen_by(const char *dir, const ew_vkey *key, uint64_t *size, ew_err *err)
{
    ew_buf b;
    ew_buf mine;
    ew_slice me = {0};
    ew_slice vkey;
    uint64_t n;
    *size = 0;
    ew_buf_init(&b, WITNESSES_MAX);
    ew_buf_init(&mine, WITNESSES_MAX);
    ew_code code = read_seen(dir, &b, err);
    if (code == EW_OK)
        code = append_vkey(&mine, key, &me, err);
    ew_slice rest = {(const char *)b.data, b.len};
    while (code == EW_OK && next_seen(&rest, &n, &vkey))
        if (same_text(vkey, me))
            *size = n;
    ew_buf_release(&mine);
    ew_buf_release(&b);
    return code;
}

/* All lines of others stay; one for this key comes last. */
static ew_code append_seen(ew_buf *out, ew_slice old, const ew_vkey *key, uint64_t size,
                           ew_err *err)
{
    ew_buf mine;
    ew_slice me = {0};
    ew_slice vkey;
    uint64_t n;
    ew_buf_init(&mine, WITNESSES_MAX);
    ew_code code = append_vkey(&mine, key, &me, err);
    while (code == EW_OK && next_seen(&old, &n, &vkey))
        if (!same_text(vkey, me))
            code =
                ew_buf_printf(out, err, "%ju %.*s\n", (uintmax_t)n, (int)vkey.n, vkey.p);
    if (code == EW_OK)
        code = ew_buf_printf(out, err, "%ju %s\n", (uintmax_t)size, me.p);
    ew_buf_release(&mine);
    return code;
}

static ew_code remember(const char *dir, const ew_cosigned *of, size_t n, uint64_t size,
                        ew_err *err)
{
    ew_buf now;
    ew_buf next;
    char *path = ew_path_join(dir, WITNESSES);
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_buf_init(&now, WITNESSES_MAX);
    ew_code code = read_seen(dir, &now, err);
    for (size_t i = 0; i < n && code == EW_OK; i++) {
        if (!of[i].found)
            continue;
        ew_slice old = {(const char *)now.data, now.len};
        ew_buf_init(&next, WITNESSES_MAX);
        code = append_seen(&next, old, of[i].key, size, err);
        ew_buf_release(&now);
        now = next;
    }
    if (code == EW_OK && now.len > 0)
        code = ew_file_put(path, now.data, now.len, err);
    ew_buf_release(&now);
    ew_free(path);
    return code;
}

/* ------------------------------------------------------------------ adding */

static uint64_t time_of(const ew_note_sig *sig)
{
    uint64_t v = 0;
    for (int i = 0; i < TIME_BYTES; i++)
        v = v << 8 | sig->bytes[i];
    return v;
}

static ew_code append_line(ew_buf *b, const ew_note_sig *sig, ew_err *err)
{
    uint8_t raw[EW_KEY_ID + TIME_BYTES + EW_ED25519_SIG];
    memcpy(raw, sig->id, EW_KEY_ID);
    memcpy(raw + EW_KEY_ID, sig->bytes, sizeof raw - EW_KEY_ID);
    ew_code code = ew_buf_printf(b, err, DASH "%.*s ", (int)sig->name.n, sig->name.p);
    if (code == EW_OK)
        code = ew_base64_append(b, raw, sizeof raw, err);
    return code == EW_OK ? ew_buf_append(b, "\n", 1, err) : code;
}

/* The signature by this key with this time, which was found to be good. */
static const ew_note_sig *find_sig(const ew_note *note, const ew_vkey *key, uint64_t time)
{
    for (size_t i = 0; i < note->sig_count; i++) {
        const ew_note_sig *sig = &note->sigs[i];
        if (ew_slice_is(sig->name, key->name) &&
            memcmp(sig->id, key->id, EW_KEY_ID) == 0 &&
            sig->n == TIME_BYTES + EW_ED25519_SIG && time_of(sig) == time)
            return sig;
    }
    return NULL;
}

/* One key. Of several times the earliest counts, so a later one adds nothing. */
static ew_code add_one(const ew_note *ours, const ew_note *sent, ew_cosigned *of,
                       ew_buf *next, ew_err *err)
{
    uint64_t before = 0;
    ew_sig_state had = ew_note_check(ours, of->key, &before);
    ew_sig_state has = ew_note_check(sent, of->key, &of->time);
    of->found = has == EW_SIG_GOOD;
    if (has == EW_SIG_BAD)
        return ew_fail(err, EW_E_FORMAT, 0,
                       "the signature of '%s' is not over the log's present checkpoint",
                       of->key->name);
    if (!of->found || (had == EW_SIG_GOOD && before <= of->time)) {
        of->time = of->found ? before : 0;
        return EW_OK;
    }
    const ew_note_sig *sig = find_sig(sent, of->key, of->time);
    if (sig == NULL)
        return ew_fail(err, EW_E_BUG, 0, "a signature was found and is not there");
    of->added = true;
    return append_line(next, sig, err);
}

/* Our text with their signatures. */
static ew_code parse_sent(const ew_note *ours, ew_slice lines, ew_note **sent,
                          ew_err *err)
{
    ew_buf b;
    for (size_t i = lines.n; i >= 2; i--) /* of a whole note, what comes after the text */
        if (lines.p[i - 1] == '\n' && lines.p[i - 2] == '\n') {
            lines = (ew_slice){lines.p + i, lines.n - i};
            break;
        }
    ew_buf_init(&b, EW_NOTE_MAX);
    ew_code code = ew_buf_append(&b, ours->text.p, ours->text.n, err);
    if (code == EW_OK)
        code = ew_buf_append(&b, "\n", 1, err);
    if (code == EW_OK)
        code = ew_buf_append(&b, lines.p, lines.n, err);
    if (code == EW_OK)
        code = ew_note_parse(sent, b.data, b.len, err);
    if (code == EW_E_FORMAT)
        code = ew_fail(err, EW_E_FORMAT, 0, "these are not signature lines of a witness");
    ew_buf_release(&b);
    return code;
}

static ew_code add_all(const char *dir, const ew_buf *now, ew_slice lines,
                       ew_cosigned *of, size_t n, ew_err *err)
{
    ew_note *ours = NULL;
    ew_note *sent = NULL;
    ew_buf next;
    bool any = false;
    ew_buf_init(&next, EW_NOTE_MAX);
    char *path = ew_path_join(dir, "checkpoint");
    ew_code code = path != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_note_parse(&ours, now->data, now->len, err);
    if (code == EW_OK)
        code = parse_sent(ours, lines, &sent, err);
    if (code == EW_OK)
        code = ew_buf_append(&next, now->data, now->len, err);
    for (size_t i = 0; i < n && code == EW_OK; i++) {
        of[i].added = of[i].found = false;
        code = add_one(ours, sent, &of[i], &next, err);
        any = any || of[i].added;
    }
    if (code == EW_OK && any) { /* what is too much for a reader is not written */
        ew_note *whole = NULL;
        code = ew_note_parse(&whole, next.data, next.len, err);
        ew_note_free(whole);
    }
    if (code == EW_OK && any)
        code = ew_file_put(path, next.data, next.len, err);
    ew_note_free(sent);
    ew_note_free(ours);
    ew_buf_release(&next);
    ew_free(path);
    return code;
}

ew_code ew_log_add_cosignatures(const char *dir, ew_slice lines, ew_cosigned *of,
                                size_t n, uint64_t *size, ew_err *err)
{
    ew_log *log = NULL;
    ew_buf now;
    ew_buf_init(&now, EW_NOTE_MAX);
    ew_code code = ew_log_open(&log, dir, err); /* which keeps others out */
    if (code == EW_OK)
        code = ew_log_read_checkpoint(dir, &now, err);
    if (code == EW_OK)
        code = ew_checkpoint_size(&now, size, err);
    if (code == EW_OK)
        code = add_all(dir, &now, lines, of, n, err);
    if (code == EW_OK)
        code = remember(dir, of, n, *size, err);
    ew_log_close(log);
    ew_buf_release(&now);
    return code;
}
