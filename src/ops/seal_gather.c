/* SPDX-License-Identifier: Apache-2.0 */
/* Gathering what a bundle is made of. */
#include "ops/seal_gather.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/alloc.h"
#include "ops/seal_burn.h"
#include "seal/policy.h"

enum { PROOF_MAX = 2 * EW_NOTE_MAX };

static ew_code read_seal(ew_gathered *g, ew_err *err)
{
    ew_note *note = NULL;
    ew_code code = ew_note_parse(&note, g->kept.note.data, g->kept.note.len, err);
    if (code == EW_OK)
        code = ew_seal_parse(&g->seal, note->text, err);
    if (code == EW_OK && (g->seal.stream_count != 2 ||
                          (g->kept.remains == NULL && g->kept.seed_count != 2)))
        code = ew_fail(err, EW_E_FORMAT, 0, "the kept seal and its secret do not agree");
    ew_note_free(note);
    return code;
}

/* The list of a collection is with the desk. */
static ew_code cut_members(ew_gathered *g, ew_err *err)
{
    ew_slice rest = {(const char *)g->kept.members.data, g->kept.members.len};
    char hex[EW_ITEM_HEX + 1];
    ew_hash entry;
    ew_code code = EW_OK;
    while (code == EW_OK && ew_desk_next_member(&rest, hex, &entry))
        code = ew_buf_append(&g->seals, entry.b, EW_HASH, err);
    if (code == EW_OK && (rest.n > 0 || g->seals.len == 0))
        code = ew_fail(err, EW_E_FORMAT, 0, "the list of members is damaged");
    return code == EW_OK ? ew_ops__cut_seals(&g->file, &g->seals, err) : code;
}

ew_code ew_ops__check_left(const ew_remains_stream *s, const ew_part *parts,
                           const ew_stream *stream, bool *same, ew_err *err)
{
    ew_left left = ew_remains_left(s);
    ew_hash root;
    size_t n = 0;
    ew_part *shown = ew_alloc_array((size_t)ew_view_visible(&left.view), sizeof *shown);
    if (shown == NULL)
        return ew_fail_nomem(err);
    for (size_t r = 0; r < s->run_count; r++)
        for (uint64_t i = 0; i < s->runs[r].count; i++)
            shown[n++] = parts[s->runs[r].first + i];
    *same = s->n == stream->n &&
            ew_parts_open(&left.view, shown, left.entries, left.entry_count, &root) &&
            ew_hash_same(&root, &stream->root);
    ew_free(shown);
    return EW_OK;
}

/* The content that is left lies with the desk. */
static ew_code open_left(ew_gathered *g, const char *path, ew_err *err)
{
    const ew_remains_stream *s = &g->kept.remains->streams[0];
    g->file.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (g->file.fd < 0) {
        g->file.fd = 0;
        return ew_fail_sys(err, errno, "cannot open '%s'", path);
    }
    g->file.stream = g->seal.streams[0];
    ew_code code =
        ew_remains_open(&g->left, &g->file.cuts, s, &g->seal.streams[0], g->file.fd, err);
    if (code != EW_OK)
        return code;
    g->file.src = ew_remains_read(&g->left);
    g->file.parts = ew_alloc_array(g->file.cuts.n, sizeof *g->file.parts);
    if (g->file.parts == NULL)
        return ew_fail_nomem(err);
    return ew_parts_hash(&g->file.src, &g->file.cuts, g->file.parts, err);
}

static ew_code cut_left(ew_gathered *g, const char *file, ew_err *err)
{
    const char *path = file != NULL ? file : g->kept.path;
    const ew_remains_stream *s = g->kept.remains->streams;
    bool same[EW_REMAINS_STREAMS] = {false};
    ew_code code = ew_ops__burn_settle(g->d, &g->kept, err);
    if (code == EW_OK)
        code = s[0].n == g->seal.streams[0].n && s[1].n == EW_META_SLOTS
                   ? open_left(g, path, err)
                   : ew_fail(err, EW_E_FORMAT, 0,
                             "the kept seal and what is left of it do not agree");
    if (code == EW_OK)
        code = ew_ops__cut_meta(&g->meta, &g->kept.meta, err);
    if (code == EW_OK)
        code =
            ew_ops__check_left(&s[0], g->file.parts, &g->seal.streams[0], &same[0], err);
    if (code == EW_OK)
        code =
            ew_ops__check_left(&s[1], g->meta.parts, &g->seal.streams[1], &same[1], err);
    if (code == EW_OK && !(same[0] && same[1]))
        code = ew_fail(err, EW_E_FORMAT, 0, "'%s' is not what is left of what was sealed",
                       path);
    return code;
}

/* The file must be what was sealed, to the last part. */
static ew_code cut_again(ew_gathered *g, const char *file, ew_err *err)
{
    const char *path = file != NULL ? file : g->kept.path;
    const ew_stream *s = g->seal.streams;
    if (g->kept.remains != NULL)
        return cut_left(g, file, err);
    ew_code code = s[0].splitter == EW_SPLIT_SEALS
                       ? cut_members(g, err)
                       : ew_ops__cut_file(&g->file, path, s[0].splitter, g->d->prog, err);
    if (code == EW_OK)
        code = ew_ops__cut_meta(&g->meta, &g->kept.meta, err);
    if (code != EW_OK)
        return code;
    bool same = g->file.cuts.n == s[0].n && g->meta.cuts.n == s[1].n;
    if (same) {
        ew_hash a = ew_parts_root(&g->kept.seeds[0], g->file.parts, s[0].n);
        ew_hash b = ew_parts_root(&g->kept.seeds[1], g->meta.parts, s[1].n);
        same = ew_hash_same(&a, &s[0].root) && ew_hash_same(&b, &s[1].root);
    }
    if (!same)
        return ew_fail(err, EW_E_FORMAT, 0, "'%s' is not what was sealed", path);
    return EW_OK;
}

/* The number of the entry may not have been kept: a process can die right after logging. */
static ew_code find_entry(ew_gathered *g, const char *log, ew_err *err)
{
    ew_log_state s;
    ew_tiles *t = NULL;
    ew_buf want;
    ew_buf got;
    ew_slice note = {(const char *)g->kept.note.data, g->kept.note.len};
    if (g->kept.logged)
        return EW_OK;
    ew_buf_init(&want, 256);
    ew_buf_init(&got, EW_ENTRY_MAX);
    ew_code code = ew_entry_append(&want, g->kept.salt, note, err);
    if (code == EW_OK)
        code = ew_log__read_state(log, &s, err);
    if (code == EW_OK)
        code = ew_tiles_new(&t, log, s.size, err);
    for (uint64_t i = 0; code == EW_OK && !g->kept.logged && i < s.size; i++) {
        ew_buf_reset(&got);
        code = ew_tiles_entry(t, i, &got, err);
        g->kept.logged = code == EW_OK && got.len == want.len &&
                         memcmp(got.data, want.data, got.len) == 0;
        g->kept.entry = i;
    }
    if (code == EW_OK && !g->kept.logged)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "the seal '%s' never reached the log",
                       g->kept.hex);
    ew_tiles_free(t);
    ew_buf_release(&want);
    ew_buf_release(&got);
    return code;
}

/* With tokens, against the earliest checkpoint that has some; else against the newest. */
static ew_code prove_when_stamped(ew_gathered *g, const char *log, ew_err *err)
{
    ew_slice salt = {(const char *)g->kept.salt, sizeof g->kept.salt};
    ew_leaf_extra of = {g->kept.entry, salt};
    ew_code code = ew_ops_stamped(g->d->dir, g->kept.entry, &g->stamped, err);
    ew_slice note = {(const char *)g->stamped.note.data, g->stamped.note.len};
    if (code != EW_OK)
        return code;
    return g->stamped.token_count > 0
               ? ew_log_prove_with(log, note, &of, &g->proof, err)
               : ew_log_prove(log, g->kept.entry, salt, &g->proof, err);
}

ew_code ew_ops__gather_proof(ew_gathered *g, ew_err *err)
{
    char *log = ew_desk_log_dir(g->d->dir);
    if (log == NULL)
        return ew_fail_nomem(err);
    ew_code code = find_entry(g, log, err);
    if (code == EW_OK)
        code = prove_when_stamped(g, log, err);
    ew_free(log);
    return code == EW_OK ? ew_desk_policy(g->d->dir, &g->policy, err) : code;
}

ew_code ew_ops__gather(ew_gathered **out, const ew_desk *d, const char *item,
                       const char *file, ew_err *err)
{
    ew_gathered *g = ew_alloc(sizeof *g);
    *out = NULL;
    if (g == NULL)
        return ew_fail_nomem(err);
    g->d = d;
    ew_kept_init(&g->kept);
    ew_stamped_init(&g->stamped);
    ew_buf_init(&g->proof, PROOF_MAX);
    ew_buf_init(&g->seals, EW_PARTS_MAX);
    ew_buf_init(&g->policy, EW_POLICY_BYTES_MAX);
    ew_code code = ew_desk_find(d, item, &g->kept, err);
    if (code == EW_OK)
        code = read_seal(g, err);
    if (code == EW_OK)
        code = cut_again(g, file, err);
    if (code == EW_OK)
        *out = g;
    else
        ew_ops__gathered_free(g);
    return code;
}

void ew_ops__gathered_free(ew_gathered *g)
{
    if (g == NULL)
        return;
    ew_buf_release(&g->proof);
    ew_buf_release(&g->policy);
    ew_stamped_release(&g->stamped);
    for (size_t i = 0; i < g->event_count; i++)
        ew_buf_release(&g->event_proofs[i]);
    ew_event_list_release(&g->event_list);
    ew_buf_release(&g->seals);
    ew_cuts_release(&g->meta.cuts);
    ew_ops__close_cut(&g->file);
    ew_remains_release(&g->left);
    ew_kept_release(&g->kept);
    ew_free(g);
}

ew_code ew_ops__gathered_write(ew_gathered *g, const char *path, const ew_view *content,
                               const ew_view *meta, ew_err *err)
{
    ew_left left[2];
    ew_bundle_stream s[2] = {
        {&g->kept.seeds[0], g->file.parts, &g->file.cuts, g->file.src, *content, NULL},
        {&g->kept.seeds[1], g->meta.parts, &g->meta.cuts, ew_src_memory(&g->meta.bytes),
         *meta, NULL},
    };
    for (int i = 0; i < 2 && g->kept.remains != NULL; i++) {
        left[i] = ew_remains_left(&g->kept.remains->streams[i]);
        s[i].left = &left[i];
    }
    ew_bundle_time times[EW_STAMP_TOKENS];
    for (size_t i = 0; i < g->stamped.token_count; i++) {
        const ew_stamp_token *t = &g->stamped.tokens[i];
        times[i] = (ew_bundle_time){t->ots, {(const char *)t->bytes.data, t->bytes.len}};
    }
    ew_bundle_in in = {.note = {(const char *)g->kept.note.data, g->kept.note.len},
                       .proof = {(const char *)g->proof.data, g->proof.len},
                       .policy = {(const char *)g->policy.data, g->policy.len},
                       .times = times,
                       .time_count = g->stamped.token_count,
                       .events = g->events,
                       .event_count = g->event_count,
                       .streams = s,
                       .stream_count = 2};
    return ew_bundle_write(path, &in, err);
}
