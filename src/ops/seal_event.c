/* SPDX-License-Identifier: Apache-2.0 */
/* Putting events on record. As with seals: what proves an event is on disk before its entry is
 * on the log, so that nothing that is acknowledged lacks its salt. */
#include "ops/seal_event.h"

#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "ops/seal_event_kept.h"
#include "seal/sshsig.h"

enum { ENTRY_MAX = 128 };

#define TOOL "earwitness " EW_VERSION

void ew_event_kept_init(ew_event_kept *k)
{
    memset(k, 0, sizeof *k);
    ew_buf_init(&k->bytes, EW_EVENT_FILE_MAX);
}

void ew_event_kept_release(ew_event_kept *k)
{
    ew_buf_release(&k->bytes);
    ew_wipe(k, sizeof *k);
}

ew_code ew_event_hide(const ew_hash *content, uint8_t hash[EW_HASH],
                      uint8_t salt[EW_SALT], ew_err *err)
{
    ew_code code = ew_random(salt, EW_SALT, err);
    if (code != EW_OK)
        return code;
    ew_hash h = ew_commit(salt, content);
    memcpy(hash, h.b, EW_HASH);
    return EW_OK;
}

/* ------------------------------------------------------------------ making */

ew_code ew_ops__event_entry(const ew_event_kept *k, ew_buf *entry, ew_err *err)
{
    ew_slice file = {(const char *)k->bytes.data, k->bytes.len};
    return ew_entry_append(entry, k->salt, file, err);
}

bool ew_events__parse_entry(ew_slice entry, uint8_t id[EW_HASH])
{
    ew_slice head;
    return ew_slice_word(&entry, &head) && ew_slice_is(head, "earwitness-entry/v1") &&
           ew_slice_base64(entry, id, EW_HASH);
}

ew_code ew_ops__event_keep(const ew_desk *d, ew_event_kept *k, ew_err *err)
{
    ew_buf entry;
    ew_buf_init(&entry, ENTRY_MAX);
    ew_code code = ew_random(k->salt, sizeof k->salt, err);
    if (code == EW_OK)
        code = ew_ops__event_entry(k, &entry, err);
    if (code == EW_OK &&
        !ew_events__parse_entry((ew_slice){(const char *)entry.data, entry.len}, k->id))
        code = ew_fail(err, EW_E_BUG, 0, "an entry that cannot be read");
    ew_buf_release(&entry);
    return code == EW_OK ? ew_events__write(d, k, err) : code;
}

/* Empty fields that the desk knows itself. */
static ew_event completed(const ew_event *e)
{
    ew_event full = *e;
    if (full.time == 0)
        full.time = (int64_t)time(NULL);
    if (full.tool.n == 0 && full.kind >= EW_EVENT_INGEST &&
        full.kind <= EW_EVENT_DISCLOSURE)
        full.tool = ew_slice_of(TOOL);
    return full;
}

ew_code ew_ops__event_sign(const ew_event *e, const ew_signer *by, ew_buf *note,
                           ew_err *err)
{
    ew_event full = completed(e);
    ew_buf text;
    ew_buf_init(&text, EW_EVENT_BYTES);
    ew_code code = ew_event_append(&text, &full, err);
    ew_slice s = {(const char *)text.data, text.len};
    if (code == EW_OK)
        code = ew_note_make(note, s, by, err);
    ew_buf_release(&text);
    return code;
}

ew_code ew_ops__event_make(const ew_desk *d, const ew_event *e,
                           const ew_event_salts *salts, const ew_signer *by,
                           ew_event_kept *k, ew_err *err)
{
    if (salts != NULL)
        k->salts = *salts;
    ew_code code = ew_ops__event_sign(e, by, &k->bytes, err);
    if (code == EW_OK)
        code = ew_events__read_event(k, err);
    return code == EW_OK ? ew_ops__event_keep(d, k, err) : code;
}

/* ------------------------------------------------------------------ the log */

ew_code ew_ops__events_log(const ew_desk *d, ew_log *log, ew_event_kept *const *kept,
                           size_t n, ew_err *err)
{
    enum { SOME = 4 };
    ew_buf bufs[SOME];
    ew_slice entries[SOME] = {{NULL, 0}};
    uint64_t first = 0;
    ew_code code = n <= SOME ? EW_OK : ew_fail(err, EW_E_BUG, 0, "too many events");
    size_t made = 0;
    while (code == EW_OK && made < n) {
        ew_buf_init(&bufs[made], ENTRY_MAX);
        code = ew_ops__event_entry(kept[made], &bufs[made], err);
        entries[made] = (ew_slice){(const char *)bufs[made].data, bufs[made].len};
        made++;
    }
    if (code == EW_OK)
        code = ew_log_append(log, entries, n, &first, err);
    for (size_t i = 0; i < n && code == EW_OK; i++)
        code = ew_ops__event_noted(d, kept[i], first + i, err);
    while (made > 0)
        ew_buf_release(&bufs[--made]);
    return code;
}

/* One event that is kept already. */
static ew_code log_one(const ew_desk *d, ew_log *log, ew_event_kept *k, ew_err *err)
{
    ew_event_kept *all[] = {k};
    return ew_ops__events_log(d, log, all, 1, err);
}

ew_code ew_ops_event_put(const ew_desk *d, const ew_event *e, const ew_event_salts *salts,
                         ew_event_kept *out, ew_err *err)
{
    ew_event_kept own;
    ew_event_kept *k = out != NULL ? out : &own;
    ew_signer *by = NULL;
    ew_log *log = NULL;
    ew_event_kept_init(&own);
    ew_code code = ew_desk_signer(d, "statement", &by, err);
    if (code == EW_OK)
        code = ew_desk__open_log(d, &log, err);
    if (code == EW_OK)
        code = ew_ops__event_make(d, e, salts, by, k, err);
    if (code == EW_OK)
        code = log_one(d, log, k, err);
    ew_log_close(log);
    ew_signer_free(by);
    ew_event_kept_release(&own);
    return code;
}

ew_code ew_ops_event_put_ssh(const ew_desk *d, ew_slice file, ew_event_kept *out,
                             ew_err *err)
{
    ew_log *log = NULL;
    out->ssh = true;
    ew_code code = ew_buf_append(&out->bytes, file.p, file.n, err);
    if (code == EW_OK)
        code = ew_events__read_event(out, err);
    if (code == EW_OK)
        code = ew_desk__open_log(d, &log, err);
    if (code == EW_OK)
        code = ew_ops__event_keep(d, out, err);
    if (code == EW_OK)
        code = log_one(d, log, out, err);
    ew_log_close(log);
    return code;
}

ew_code ew_ops_entry_id(const char *desk_dir, uint64_t entry, uint8_t id[EW_HASH],
                        ew_err *err)
{
    ew_log_state s;
    ew_tiles *t = NULL;
    ew_buf b;
    char *dir = ew_desk_log_dir(desk_dir);
    if (dir == NULL)
        return ew_fail_nomem(err);
    ew_buf_init(&b, EW_ENTRY_MAX);
    ew_code code = ew_log__read_state(dir, &s, err);
    if (code == EW_OK && entry >= s.size)
        code = ew_fail(err, EW_E_NOTFOUND, 0,
                       "the log has %ju entries, none with number %ju", (uintmax_t)s.size,
                       (uintmax_t)entry);
    if (code == EW_OK)
        code = ew_tiles_new(&t, dir, s.size, err);
    if (code == EW_OK)
        code = ew_tiles_entry(t, entry, &b, err);
    if (code == EW_OK &&
        !ew_events__parse_entry((ew_slice){(const char *)b.data, b.len}, id))
        code =
            ew_fail(err, EW_E_FORMAT, 0, "entry %ju is none of ours", (uintmax_t)entry);
    ew_tiles_free(t);
    ew_buf_release(&b);
    ew_free(dir);
    return code;
}
