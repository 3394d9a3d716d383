/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a seal: written, and read by writing it again and comparing. */
#include "seal/statement.h"

#include <string.h>

#include <sodium.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/utf8.h"

#define HEAD "earwitness-seal/v1"
#define ENTRY_HEAD "earwitness-entry/v1 "
#define ENTRY_LABEL "ew-entry/v1" /* with its final 0 */

enum { TEXT_MAX = 8192, READ_BLOCK = 256 * 1024 };

static bool after_ok(const char *after)
{
    size_t n = strlen(after);
    if (!ew_utf8_valid(after, n))
        return false;
    for (size_t i = 0; i < n; i++)
        if ((uint8_t)after[i] < 0x20)
            return false;
    return n == 0 || (after[0] != ' ' && after[n - 1] != ' ');
}

bool ew_seal_after_ok(const char *after)
{
    return after[0] != 0 && strlen(after) <= EW_AFTER_MAX && after_ok(after);
}

static ew_code append_stream(ew_buf *b, size_t i, const ew_stream *s, ew_err *err)
{
    ew_code code = ew_buf_printf(b, err, "stream %zu %s n=%ju ", i,
                                 ew_splitter_name(s->splitter), (uintmax_t)s->n);
    if (code == EW_OK && s->splitter == EW_SPLIT_GRID)
        code = ew_buf_printf(b, err, "rate=%u ch=%u fmt=%s block=%u ", s->rate_hz,
                             s->channels, ew_sample_name(s->sample), s->block_frames);
    if (code == EW_OK)
        code = ew_buf_printf(b, err, "root=");
    if (code == EW_OK)
        code = ew_base64_append(b, s->root.b, EW_HASH, err);
    return code == EW_OK ? ew_buf_append(b, "\n", 1, err) : code;
}

ew_code ew_seal_append(ew_buf *b, const ew_seal *s, ew_err *err)
{
    if (!after_ok(s->after) || s->stream_count == 0 || s->stream_count > EW_STREAMS_MAX)
        return ew_fail(err, EW_E_ARG, 0, "a seal that cannot be written");
    ew_code code = ew_buf_printf(b, err, HEAD "\nitem ");
    if (code == EW_OK)
        code = ew_base64_append(b, s->item, EW_ITEM, err);
    if (code == EW_OK)
        code = ew_buf_append(b, "\n", 1, err);
    if (code == EW_OK && s->after[0] != 0)
        code = ew_buf_printf(b, err, "after %s\n", s->after);
    for (size_t i = 0; i < s->stream_count && code == EW_OK; i++)
        code = append_stream(b, i, &s->streams[i], err);
    return code;
}

/* ------------------------------------------------------------------ reading */

static bool take_u64(ew_slice *rest, const char *key, uint64_t max, uint64_t *out)
{
    ew_slice word;
    return ew_slice_word(rest, &word) && ew_slice_skip(&word, key) &&
           ew_slice_u64(word, out) && *out > 0 && *out <= max;
}

static bool take_grid(ew_slice *rest, ew_stream *s)
{
    uint64_t rate;
    uint64_t channels;
    uint64_t block;
    ew_slice fmt;
    if (!take_u64(rest, "rate=", UINT32_MAX, &rate) ||
        !take_u64(rest, "ch=", 64, &channels) || !ew_slice_word(rest, &fmt) ||
        !ew_slice_skip(&fmt, "fmt=") || !take_u64(rest, "block=", UINT32_MAX, &block))
        return false;
    s->rate_hz = (uint32_t)rate;
    s->channels = (uint32_t)channels;
    s->block_frames = (uint32_t)block;
    for (int i = EW_SAMPLE_U8; i <= EW_SAMPLE_F64LE; i++) {
        s->sample = (ew_sample)i;
        if (ew_slice_is(fmt, ew_sample_name(s->sample)))
            return true;
    }
    return false;
}

static bool parse_stream(ew_slice line, ew_stream *s)
{
    ew_slice word;
    if (!ew_slice_word(&line, &word) || !ew_slice_is(word, "stream") ||
        !ew_slice_word(&line, &word) || !ew_slice_word(&line, &word))
        return false;
    s->splitter = ew_splitter_named(word);
    if (s->splitter == EW_SPLIT_AUTO || !take_u64(&line, "n=", EW_PARTS_MAX, &s->n))
        return false;
    if (s->splitter == EW_SPLIT_GRID && !take_grid(&line, s))
        return false;
    return ew_slice_skip(&line, "root=") && ew_slice_base64(line, s->root.b, EW_HASH);
}

static bool parse_lines(ew_seal *s, ew_slice text)
{
    ew_slice line;
    if (!ew_slice_line(&text, &line) || !ew_slice_skip(&line, "item ") ||
        !ew_slice_base64(line, s->item, EW_ITEM))
        return false;
    ew_slice rest = text;
    if (ew_slice_line(&rest, &line) && ew_slice_skip(&line, "after ")) {
        if (line.n == 0 || line.n > EW_AFTER_MAX)
            return false;
        memcpy(s->after, line.p, line.n);
        text = rest;
    }
    while (text.n > 0) {
        if (s->stream_count == EW_STREAMS_MAX || !ew_slice_line(&text, &line) ||
            !parse_stream(line, &s->streams[s->stream_count++]))
            return false;
    }
    return s->stream_count > 0;
}

ew_code ew_seal_parse(ew_seal *s, ew_slice text, ew_err *err)
{
    ew_buf again;
    ew_slice rest = text;
    ew_slice line;
    memset(s, 0, sizeof *s);
    if (!ew_slice_line(&rest, &line) || !ew_slice_skip(&line, "earwitness-seal/"))
        return ew_fail(err, EW_E_FORMAT, 0, "not a seal");
    if (!ew_slice_is(line, "v1"))
        return ew_fail(err, EW_E_VERSION, 0, "a seal of a version that is not known");
    if (text.n > TEXT_MAX || !parse_lines(s, rest))
        return ew_fail(err, EW_E_FORMAT, 0, "not a seal");
    /* Numbers without leading zeros, streams counted from 0, single spaces: whatever has
     * another spelling does not come back the same. */
    ew_buf_init(&again, TEXT_MAX);
    ew_code code = ew_seal_append(&again, s, err);
    if (code == EW_E_ARG || code == EW_E_LIMIT ||
        (code == EW_OK &&
         (again.len != text.n || memcmp(again.data, text.p, text.n) != 0)))
        code = ew_fail(err, EW_E_FORMAT, 0, "not a seal");
    ew_buf_release(&again);
    return code;
}

/* ------------------------------------------------------------------ hashes */

ew_hash ew_entry_hash(const uint8_t salt[EW_SALT], ew_slice note)
{
    crypto_hash_sha256_state state;
    ew_hash hash;
    (void)crypto_hash_sha256_init(&state);
    (void)crypto_hash_sha256_update(&state, (const uint8_t *)ENTRY_LABEL,
                                    sizeof ENTRY_LABEL);
    (void)crypto_hash_sha256_update(&state, salt, EW_SALT);
    (void)crypto_hash_sha256_update(&state, (const uint8_t *)note.p, note.n);
    (void)crypto_hash_sha256_final(&state, hash.b);
    return hash;
}

ew_code ew_entry_text(ew_buf *b, const ew_hash *hash, ew_err *err)
{
    ew_code code = ew_buf_printf(b, err, ENTRY_HEAD);
    return code == EW_OK ? ew_base64_append(b, hash->b, EW_HASH, err) : code;
}

ew_code ew_entry_append(ew_buf *b, const uint8_t salt[EW_SALT], ew_slice note,
                        ew_err *err)
{
    ew_hash hash = ew_entry_hash(salt, note);
    return ew_entry_text(b, &hash, err);
}

/* The source in blocks; parts end where they end. */
static ew_code hash_blocks(const ew_src *src, const ew_cuts *cuts, ew_part *parts,
                           ew_sha256 *h, uint8_t *block, ew_err *err)
{
    uint64_t at = 0;
    size_t have = 0; /* bytes of the block that are left, at its end */
    size_t filled = 0;
    ew_code code = EW_OK;
    for (size_t i = 0; i < cuts->n && code == EW_OK; i++) {
        code = ew_sha256_restart(h, err);
        while (at < cuts->ends[i] && code == EW_OK) {
            if (have == 0) {
                uint64_t left = src->size - at;
                filled = left < READ_BLOCK ? (size_t)left : READ_BLOCK;
                code = src->read(src->cookie, at, block, filled, err);
                have = filled;
                continue;
            }
            uint64_t want = cuts->ends[i] - at;
            size_t n = want < have ? (size_t)want : have;
            code = ew_sha256_feed(h, block + filled - have, n, err);
            have -= n;
            at += n;
        }
        parts[i].kind = cuts->kinds[i];
        if (code == EW_OK)
            code = ew_sha256_finish(h, parts[i].content.b, err);
    }
    return code;
}

ew_code ew_parts_hash(const ew_src *src, const ew_cuts *cuts, ew_part *parts, ew_err *err)
{
    ew_sha256 *h = NULL;
    uint8_t *block = ew_alloc(READ_BLOCK);
    if (cuts->n > 0 && cuts->ends[cuts->n - 1] > src->size) {
        ew_free(block);
        return ew_fail(err, EW_E_ARG, 0, "parts beyond the end of the file");
    }
    ew_code code = block != NULL ? ew_sha256_new(&h, err) : ew_fail_nomem(err);
    if (code == EW_OK)
        code = hash_blocks(src, cuts, parts, h, block, err);
    ew_sha256_free(h);
    ew_free(block);
    return code;
}
