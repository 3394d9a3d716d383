/* SPDX-License-Identifier: Apache-2.0 */
/* Events on the desk's disk: events/<hex> holds the signed file and its salts, locked, since the
 * words are nobody's business before they are shown; events/<hex>.entry the number. */
#include "ops/seal_event_kept.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "seal/sshsig.h"

#define HEAD "earwitness-event-kept/v1"

enum { PLAIN_MAX = EW_EVENT_FILE_MAX + 1024, BOX_MAX = PLAIN_MAX + EW_LOCKED_OVERHEAD };

static char *event_path(const char *desk_dir, const char *hex, const char *ending)
{
    char below[EW_EVENT_HEX + 32];
    (void)snprintf(below, sizeof below, "events/%s%s", hex, ending);
    return ew_path_join(desk_dir, below);
}

/* What the locked bytes are bound to. */
static ew_slice label_of(const char *hex, char label[EW_EVENT_HEX + 8])
{
    (void)snprintf(label, EW_EVENT_HEX + 8, "event %s", hex);
    return ew_slice_of(label);
}

ew_code ew_events__read_event(ew_event_kept *k, ew_err *err)
{
    ew_note *note = NULL;
    ew_ssh_note ssh;
    ew_slice file = {(const char *)k->bytes.data, k->bytes.len};
    if (k->ssh) {
        ew_code code = ew_ssh_note_parse(&ssh, file, err);
        return code == EW_OK ? ew_event_parse(&k->event, ssh.text, err) : code;
    }
    ew_code code = ew_note_parse(&note, file.p, file.n, err);
    if (code != EW_OK)
        return code;
    /* The text begins where the note does; what is parsed borrows from our bytes. */
    code = ew_event_parse(&k->event, (ew_slice){file.p, note->text.n}, err);
    ew_note_free(note);
    return code;
}

/* ------------------------------------------------------------------ writing */

static ew_code append_line(ew_buf *b, const char *word, const uint8_t bytes[EW_SALT],
                           ew_err *err)
{
    ew_code code = ew_buf_printf(b, err, "%s ", word);
    if (code == EW_OK)
        code = ew_base64_append(b, bytes, EW_SALT, err);
    return code == EW_OK ? ew_buf_append(b, "\n", 1, err) : code;
}

static ew_code append_plain(ew_buf *b, const ew_event_kept *k, ew_err *err)
{
    ew_code code = ew_buf_printf(b, err, HEAD "\n");
    if (code == EW_OK)
        code = append_line(b, "salt", k->salt, err);
    if (code == EW_OK)
        code = append_line(b, "name", k->salts.name, err);
    if (code == EW_OK)
        code = append_line(b, "before", k->salts.before, err);
    if (code == EW_OK)
        code = append_line(b, "after", k->salts.after, err);
    if (code == EW_OK)
        code = ew_buf_printf(b, err, "%s\n", k->ssh ? "ssh" : "note");
    return code == EW_OK ? ew_buf_append(b, k->bytes.data, k->bytes.len, err) : code;
}

/* The folder of a desk that is older than events. */
static ew_code make_folder(const ew_desk *d, ew_err *err)
{
    char *dir = ew_path_join(d->dir, "events");
    ew_code code = dir != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK && mkdir(dir, 0700) == 0)
        code = ew_sync_dir(d->dir, err);
    else if (code == EW_OK && errno != EEXIST)
        code = ew_fail_sys(err, errno, "cannot create folder '%s'", dir);
    ew_free(dir);
    return code;
}

ew_code ew_events__write(const ew_desk *d, const ew_event_kept *k, ew_err *err)
{
    char hex[EW_EVENT_HEX + 1];
    char label[EW_EVENT_HEX + 8];
    ew_secret held;
    ew_buf box;
    ew_hex(k->id, EW_HASH, hex);
    char *path = event_path(d->dir, hex, "");
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_buf_init(&box, BOX_MAX);
    ew_code code = ew_secret_init(&held, PLAIN_MAX + 1, err);
    ew_buf text = {(uint8_t *)held.bytes, 0, PLAIN_MAX + 1, PLAIN_MAX};
    if (code == EW_OK)
        code = append_plain(&text, k, err);
    if (code == EW_OK)
        code =
            ew_vault_lock(d->vault, label_of(hex, label), text.data, text.len, &box, err);
    if (code == EW_OK)
        code = make_folder(d, err);
    if (code == EW_OK)
        code = ew_file_put(path, box.data, box.len, err);
    ew_buf_release(&box);
    ew_secret_release(&held);
    ew_free(path);
    return code;
}

ew_code ew_ops__event_noted(const ew_desk *d, ew_event_kept *k, uint64_t entry,
                            ew_err *err)
{
    char hex[EW_EVENT_HEX + 1];
    ew_buf b;
    k->entry = entry;
    k->logged = true;
    ew_hex(k->id, EW_HASH, hex);
    char *path = event_path(d->dir, hex, ".entry");
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_buf_init(&b, 32);
    ew_code code = ew_buf_printf(&b, err, "%ju\n", (uintmax_t)entry);
    if (code == EW_OK)
        code = ew_file_put(path, b.data, b.len, err);
    ew_buf_release(&b);
    ew_free(path);
    return code;
}

/* ------------------------------------------------------------------ reading */

static bool take_line(ew_slice *rest, const char *word, uint8_t out[EW_SALT])
{
    ew_slice line;
    return ew_slice_line(rest, &line) && ew_slice_skip(&line, word) &&
           ew_slice_base64(line, out, EW_SALT);
}

static bool parse_plain(ew_slice text, ew_event_kept *k, ew_slice *file)
{
    ew_slice line;
    if (!ew_slice_line(&text, &line) || !ew_slice_is(line, HEAD) ||
        !take_line(&text, "salt ", k->salt) ||
        !take_line(&text, "name ", k->salts.name) ||
        !take_line(&text, "before ", k->salts.before) ||
        !take_line(&text, "after ", k->salts.after) || !ew_slice_line(&text, &line))
        return false;
    k->ssh = ew_slice_is(line, "ssh");
    *file = text;
    return k->ssh || ew_slice_is(line, "note");
}

static ew_code unlock(const ew_desk *d, const char *hex, const ew_buf *box,
                      ew_event_kept *k, ew_err *err)
{
    char label[EW_EVENT_HEX + 8];
    ew_secret held;
    ew_slice file = {NULL, 0};
    ew_slice locked = {(const char *)box->data, box->len};
    ew_code code = ew_secret_init(&held, PLAIN_MAX, err);
    if (code != EW_OK)
        return code;
    code = ew_vault_unlock(d->vault, label_of(hex, label), locked, &held, err);
    if (code == EW_OK && !parse_plain((ew_slice){held.bytes, held.n}, k, &file))
        code = ew_fail(err, EW_E_FORMAT, 0, "the event '%s' is damaged", hex);
    if (code == EW_OK)
        code = ew_buf_append(&k->bytes, file.p, file.n, err);
    ew_secret_release(&held);
    return code == EW_OK ? ew_events__read_event(k, err) : code;
}

/* The number of its entry, when it was noted. */
static ew_code read_entry(const ew_desk *d, const char *hex, ew_event_kept *k,
                          ew_err *err)
{
    char *path = event_path(d->dir, hex, ".entry");
    ew_code code = ew_desk__read_entry(path, &k->logged, &k->entry, err);
    ew_free(path);
    return code;
}

ew_code ew_events__read(const ew_desk *d, const char *hex, ew_event_kept *k, ew_err *err)
{
    ew_buf box;
    char *path = event_path(d->dir, hex, "");
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_buf_init(&box, BOX_MAX);
    ew_code code = ew_unhex(hex, k->id, EW_HASH) == 0
                       ? ew_file_get(path, &box, err)
                       : ew_fail(err, EW_E_FORMAT, 0, "not an event: '%s'", hex);
    if (code == EW_OK)
        code = unlock(d, hex, &box, k, err);
    if (code == EW_OK)
        code = read_entry(d, hex, k, err);
    ew_buf_release(&box);
    ew_free(path);
    return code;
}

/* ------------------------------------------------------------------ those not noted */

/* A process can die right after logging: then the entry tells its own number. */
static ew_code look_through(ew_tiles *t, uint64_t size, ew_event_kept *const *kept,
                            size_t n, ew_err *err)
{
    uint8_t id[EW_HASH];
    ew_buf got;
    ew_code code = EW_OK;
    ew_buf_init(&got, EW_ENTRY_MAX);
    for (uint64_t i = 0; i < size && code == EW_OK; i++) {
        ew_buf_reset(&got);
        code = ew_tiles_entry(t, i, &got, err);
        if (code != EW_OK ||
            !ew_events__parse_entry((ew_slice){(const char *)got.data, got.len}, id))
            continue;
        for (size_t j = 0; j < n; j++) {
            if (kept[j]->logged || memcmp(kept[j]->id, id, EW_HASH) != 0)
                continue;
            kept[j]->logged = true;
            kept[j]->entry = i;
        }
    }
    ew_buf_release(&got);
    return code;
}

ew_code ew_events__look_up(const char *desk_dir, ew_event_kept *const *kept, size_t n,
                           ew_err *err)
{
    ew_log_state s;
    ew_tiles *t = NULL;
    bool all = true;
    for (size_t i = 0; i < n; i++)
        all = all && kept[i]->logged;
    if (all)
        return EW_OK;
    char *dir = ew_desk_log_dir(desk_dir);
    ew_code code = dir != NULL ? ew_log__read_state(dir, &s, err) : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_tiles_new(&t, dir, s.size, err);
    if (code == EW_OK)
        code = look_through(t, s.size, kept, n, err);
    ew_tiles_free(t);
    ew_free(dir);
    return code;
}

/* ------------------------------------------------------------------ lists */

static ew_event_kept *new_place(ew_event_list *list, ew_err *err)
{
    if (list->n == list->cap) {
        size_t cap = list->cap > 0 ? 2 * list->cap : 16;
        ew_event_kept *more = ew_realloc_array(list->kept, cap, sizeof *more);
        if (more == NULL) {
            (void)ew_fail_nomem(err);
            return NULL;
        }
        list->kept = more;
        list->cap = cap;
    }
    ew_event_kept_init(&list->kept[list->n]);
    return &list->kept[list->n++];
}

static void drop_last(ew_event_list *list)
{
    ew_event_kept_release(&list->kept[--list->n]);
}

static bool is_about(const ew_event *e, const uint8_t *item)
{
    return item == NULL || (e->has_item && memcmp(e->item, item, EW_ITEM) == 0);
}

static ew_code read_all(const ew_desk *d, DIR *dir, const uint8_t *item,
                        ew_event_list *list, ew_err *err)
{
    const struct dirent *f;
    ew_code code = EW_OK;
    while (code == EW_OK && (f = readdir(dir)) != NULL) {
        if (strlen(f->d_name) != EW_EVENT_HEX)
            continue;
        ew_event_kept *k = new_place(list, err);
        code = k != NULL ? ew_events__read(d, f->d_name, k, err) : EW_E_NOMEM;
        if (code == EW_OK && !is_about(&k->event, item))
            drop_last(list);
    }
    return code;
}

/* Those that never reached the log are not on record. */
static ew_code keep_logged(const ew_desk *d, ew_event_list *list, ew_err *err)
{
    size_t kept = 0;
    ew_event_kept **all = ew_alloc_array(list->n, sizeof *all);
    if (all == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < list->n; i++)
        all[i] = &list->kept[i];
    ew_code code = ew_events__look_up(d->dir, all, list->n, err);
    for (size_t i = 0; i < list->n && code == EW_OK; i++) {
        if (list->kept[i].logged)
            list->kept[kept++] = list->kept[i];
        else
            ew_event_kept_release(&list->kept[i]);
    }
    if (code == EW_OK)
        list->n = kept;
    ew_free(all);
    return code;
}

static int compare(const void *a, const void *b)
{
    const ew_event_kept *x = a;
    const ew_event_kept *y = b;
    if (x->entry != y->entry)
        return x->entry < y->entry ? -1 : 1;
    return memcmp(x->id, y->id, EW_HASH);
}

ew_code ew_ops_events(const ew_desk *d, const uint8_t *item, ew_event_list *out,
                      ew_err *err)
{
    memset(out, 0, sizeof *out);
    char *path = ew_path_join(d->dir, "events");
    if (path == NULL)
        return ew_fail_nomem(err);
    DIR *dir = opendir(path);
    ew_code code = EW_OK;
    if (dir == NULL && errno != ENOENT)
        code = ew_fail_sys(err, errno, "cannot read '%s'", path);
    if (dir != NULL) {
        code = read_all(d, dir, item, out, err);
        (void)closedir(dir);
    }
    if (code == EW_OK && out->n > 0)
        code = keep_logged(d, out, err);
    if (code == EW_OK && out->n > 1)
        qsort(out->kept, out->n, sizeof *out->kept, compare);
    ew_free(path);
    if (code != EW_OK)
        ew_event_list_release(out);
    return code;
}

void ew_event_list_release(ew_event_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        ew_event_kept_release(&list->kept[i]);
    ew_free(list->kept);
    *list = (ew_event_list){0};
}
