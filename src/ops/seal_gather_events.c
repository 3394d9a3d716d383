/* SPDX-License-Identifier: Apache-2.0 */
/* Events about an item, for its bundle; and the one that says that a bundle was made. */
#include "ops/seal_gather.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "seal/policy.h"

enum { PROOF_MAX = 2 * EW_NOTE_MAX };

bool ew_ops__is_custody(ew_event_kind kind)
{
    return kind >= EW_EVENT_INGEST && kind <= EW_EVENT_DISCLOSURE;
}

void ew_ops__mark_event(uint8_t mark[EW_CHOICE_MARK], ew_slice bytes)
{
    uint8_t room[EW_CHOICE_MARK + EW_SHA256_BYTES];
    memcpy(room, mark, EW_CHOICE_MARK);
    ew_sha256_bytes(bytes.p, bytes.n, room + EW_CHOICE_MARK);
    ew_sha256_bytes(room, sizeof room, mark);
}

/* Its proof; one that the checkpoint does not reach yet is left out. */
static ew_code add_event(ew_gathered *g, const char *log, const ew_event_kept *k,
                         ew_err *err)
{
    if (g->event_count == EW_BUNDLE_EVENTS_MAX)
        return ew_fail(err, EW_E_LIMIT, 0, "more than %d events about one item",
                       (int)EW_BUNDLE_EVENTS_MAX);
    ew_buf *proof = &g->event_proofs[g->event_count];
    ew_slice salt = {(const char *)k->salt, sizeof k->salt};
    ew_buf_init(proof, PROOF_MAX);
    ew_code code = ew_log_prove(log, k->entry, salt, proof, err);
    if (code == EW_E_NOTFOUND) {
        ew_err_clear(err);
        ew_buf_release(proof);
        g->events_left_out++;
        return EW_OK;
    }
    if (code != EW_OK) {
        ew_buf_release(proof);
        return code;
    }
    g->events[g->event_count++] =
        (ew_bundle_event){.ssh = k->ssh,
                          .bytes = {(const char *)k->bytes.data, k->bytes.len},
                          .proof = {(const char *)proof->data, proof->len}};
    return EW_OK;
}

ew_code ew_ops__gather_events(ew_gathered *g, bool custody, ew_err *err)
{
    char *log = ew_desk_log_dir(g->d->dir);
    const ew_event_list *list = g->all_events;
    ew_code code = log != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK && list == NULL)
        code = ew_ops_events(g->d, g->seal.item, &g->event_list, err);
    if (list == NULL)
        list = &g->event_list;
    for (size_t i = 0; i < list->n && code == EW_OK; i++) {
        const ew_event_kept *k = &list->kept[i];
        bool about = k->event.has_item &&
                     memcmp(k->event.item, g->seal.item, sizeof k->event.item) == 0;
        if (about && k->logged && (custody || !ew_ops__is_custody(k->event.kind)))
            code = add_event(g, log, k, err);
    }
    ew_free(log);
    return code;
}

/* ------------------------------------------------------------------ the record of it */

static ew_code hash_file(const char *path, ew_hash *hash, ew_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return ew_fail_sys(err, errno, "cannot read '%s'", path);
    ew_code code = ew_sha256_fd(fd, hash->b, err);
    (void)close(fd);
    return code;
}

/* `after` commits to the bundle, so that the desk can show later which one it was. */
ew_code ew_ops__record_disclosure(const ew_gathered *g, const char *bundle, ew_err *err)
{
    ew_event e = {.kind = EW_EVENT_DISCLOSURE, .has_item = true, .has_after = true};
    ew_event_salts salts = {{0}, {0}, {0}};
    ew_hash hash;
    memcpy(e.item, g->seal.item, sizeof e.item);
    ew_code code = hash_file(bundle, &hash, err);
    if (code == EW_OK)
        code = ew_event_hide(&hash, e.after, salts.after, err);
    if (code == EW_OK)
        code = ew_ops_event_put(g->d, &e, &salts, NULL, err);
    return code;
}
