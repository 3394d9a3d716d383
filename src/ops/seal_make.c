/* SPDX-License-Identifier: Apache-2.0 */
/* One seal: cut, hash, draw seeds, describe, sign, keep the secret on disk. */
#include "ops/seal_make.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "base/when.h"

enum { SEAL_TEXT_MAX = 8192, STREAMS = 2, SAFE_MAX = 64 * 1024 };

/* ------------------------------------------------------------------ metadata */

static ew_code add_line(ew_buf *meta, const char *key, ew_slice value, ew_err *err)
{
    if (!ew_meta_value_ok(value))
        return ew_fail(err, EW_E_ARG, 0,
                       "what is said of '%s' is not a line of up to %d bytes of text",
                       key, (int)EW_META_VALUE);
    ew_code code = ew_buf_printf(meta, err, "%s=", key);
    if (code == EW_OK)
        code = ew_buf_append(meta, value.p, value.n, err);
    return code == EW_OK ? ew_buf_append(meta, "\n", 1, err) : code;
}

/* A name of a file, made safe; what is too long is cut: a name must keep nothing from being
 * sealed. */
static ew_code add_name(ew_buf *meta, const char *key, const char *name, ew_err *err)
{
    ew_buf safe;
    ew_buf_init(&safe, SAFE_MAX);
    ew_code code = ew_utf8_append_safe(&safe, name, strlen(name), err);
    size_t n = safe.len < EW_META_VALUE ? safe.len : EW_META_VALUE;
    while (code == EW_OK && n > 0 && !ew_utf8_valid((const char *)safe.data, n))
        n--;
    if (code == EW_OK && n > 0)
        code = add_line(meta, key, (ew_slice){(const char *)safe.data, n}, err);
    ew_buf_release(&safe);
    return code;
}

static ew_code add_number(ew_buf *meta, const char *key, uint64_t n, ew_err *err)
{
    return ew_buf_printf(meta, err, "%s=%ju\n", key, (uintmax_t)n);
}

/* What the desk says of its own, in the order of the slots. */
static ew_code describe(const ew_sealer *s, const ew_to_seal *what, const ew_cut_file *f,
                        ew_kept *k, ew_err *err)
{
    char time[EW_ISO_TEXT];
    bool list = what->seals != NULL;
    ew_code code = add_name(&k->meta, "name", ew_path_name(k->path), err);
    if (code == EW_OK && !list)
        code = add_line(&k->meta, "modified", ew_slice_of(ew_iso_text(f->modified, time)),
                        err);
    if (code == EW_OK && what->inside != NULL)
        code = add_name(&k->meta, "path", what->inside, err);
    if (code == EW_OK && list)
        code = add_number(&k->meta, "members", f->cuts.n, err);
    const char *how = s->which == EW_SPLIT_AUTO ? "by content" : "by hand";
    if (code == EW_OK && !list)
        code = add_line(&k->meta, "cut", ew_slice_of(how), err);
    if (code == EW_OK)
        code = add_line(&k->meta, "tool", ew_slice_of("earwitness " EW_VERSION), err);
    return code;
}

/* And what it was told. */
static ew_code describe_given(const ew_sealer *s, ew_kept *k, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = ew_meta_slot(ew_slice_of("from")); i < EW_META_SLOTS; i++)
        if (code == EW_OK && s->meta != NULL && s->meta[i] != NULL)
            code = add_line(&k->meta, ew_meta_key(i), ew_slice_of(s->meta[i]), err);
    return code;
}

/* ------------------------------------------------------------------ the seal */

static ew_code fill_secret(const ew_sealer *s, ew_kept *k, ew_seal *seal,
                           const char *path, ew_err *err)
{
    char *full = realpath(path, NULL);
    k->path = full != NULL ? ew_strdup(full) : NULL;
    int sys = errno;
    free(full);
    if (full == NULL)
        return ew_fail_sys(err, sys, "cannot find '%s'", path);
    if (k->path == NULL)
        return ew_fail_nomem(err);
    k->seed_count = STREAMS;
    ew_code code = ew_random(k->salt, sizeof k->salt, err);
    if (code == EW_OK)
        code = ew_random(k->seeds, STREAMS * sizeof k->seeds[0], err);
    if (code == EW_OK)
        code = ew_seed_book_claim(s->seeds, k->seeds, STREAMS, err);
    if (code == EW_OK)
        code = ew_random(seal->item, sizeof seal->item, err);
    ew_hex(seal->item, sizeof seal->item, k->hex);
    return code;
}

static ew_code sign(ew_kept *k, const ew_seal *seal, const ew_signer *by, ew_err *err)
{
    ew_buf text;
    ew_buf_init(&text, SEAL_TEXT_MAX);
    ew_code code = ew_seal_append(&text, seal, err);
    ew_slice s = {(const char *)text.data, text.len};
    if (code == EW_OK)
        code = ew_note_make(&k->note, s, by, err);
    ew_buf_release(&text);
    return code;
}

static ew_code sign_streams(const ew_sealer *s, ew_seal *seal, const ew_cut_file *f,
                            ew_kept *k, ew_err *err)
{
    ew_meta_cut m;
    ew_code code = ew_ops__cut_meta(&m, &k->meta, err);
    if (code == EW_OK) {
        seal->streams[0] = f->stream;
        seal->streams[0].root = ew_parts_root(&k->seeds[0], f->parts, f->stream.n);
        seal->streams[1] = (ew_stream){.splitter = EW_SPLIT_META, .n = EW_META_SLOTS};
        seal->streams[1].root = ew_parts_root(&k->seeds[1], m.parts, EW_META_SLOTS);
        code = sign(k, seal, s->by, err);
    }
    ew_cuts_release(&m.cuts);
    return code;
}

static ew_code cut(const ew_sealer *s, const ew_to_seal *what, ew_cut_file *f,
                   ew_err *err)
{
    if (what->seals != NULL)
        return ew_ops__cut_seals(f, what->seals, err);
    return what->inside != NULL
               ? ew_ops__cut_member(f, what->path, s->which, s->d->prog, err)
               : ew_ops__cut_file(f, what->path, s->which, s->d->prog, err);
}

static ew_code look_at_sound(const ew_cut_file *f, const char *path, bool *one_piece,
                             ew_err *err)
{
    char room[EW_SOUND_HEAD];
    ew_slice head;
    if (f->stream.splitter != EW_SPLIT_WHOLE)
        return EW_OK;
    ew_code code = ew_src_head(&f->src, room, &head, err);
    *one_piece = code == EW_OK && ew_seems_sound(head, path);
    return code;
}

ew_code ew_ops__seal_make(const ew_sealer *s, const ew_to_seal *what, ew_sealed *told,
                          ew_kept *k, ew_err *err)
{
    ew_cut_file f;
    ew_seal seal = {.stream_count = STREAMS};
    if (s->after != NULL) {
        if (!ew_seal_after_ok(s->after))
            return ew_fail(err, EW_E_ARG, 0, "what is to be quoted is no line of text");
        memcpy(seal.after, s->after, strlen(s->after));
    }
    ew_code code = cut(s, what, &f, err);
    if (code == EW_OK)
        code = look_at_sound(&f, what->path, &told->one_piece, err);
    if (code == EW_OK)
        code = fill_secret(s, k, &seal, what->path, err);
    if (code == EW_OK)
        code = describe(s, what, &f, k, err);
    if (code == EW_OK)
        code = describe_given(s, k, err);
    if (code == EW_OK)
        code = sign_streams(s, &seal, &f, k, err);
    if (code == EW_OK)
        code = ew_desk_keep(s->d, k, err);
    told->splitter = f.stream.splitter;
    told->parts = f.stream.n;
    told->bytes = f.src.size;
    memcpy(told->hex, k->hex, sizeof told->hex);
    ew_ops__close_cut(&f);
    return code;
}
