/* SPDX-License-Identifier: Apache-2.0 */
/* From words to what is shown of an item. */
#include "ops/seal_choice.h"

#include <string.h>

#include "base/bytes.h"
#include "base/hash.h"

/* One key of --meta: its slot, which must hold something. */
static ew_code name_slot(const ew_gathered *g, ew_slice key, bool *shown, ew_err *err)
{
    size_t slot = ew_meta_slot(key);
    const uint64_t *ends = g->meta.cuts.ends;
    if (slot == EW_META_SLOTS)
        return ew_fail(err, EW_E_ARG, 0, "no metadata is called '%.*s'",
                       (int)(key.n < 100 ? key.n : 100), key.p);
    if (ends[slot] == (slot > 0 ? ends[slot - 1] : 0))
        return ew_fail(err, EW_E_NOTFOUND, 0, "nothing was said of '%.*s' in this seal",
                       (int)key.n, key.p);
    shown[slot] = true;
    return EW_OK;
}

static ew_code name_slots(const ew_gathered *g, const char *keys, bool *shown,
                          ew_err *err)
{
    ew_slice rest = ew_slice_of(keys != NULL ? keys : "");
    ew_code code = EW_OK;
    if (ew_slice_is(rest, "all")) {
        memset(shown, true, EW_META_SLOTS);
        return EW_OK;
    }
    while (rest.n > 0 && code == EW_OK) {
        const char *comma = memchr(rest.p, ',', rest.n);
        ew_slice key = {rest.p, comma != NULL ? (size_t)(comma - rest.p) : rest.n};
        code = name_slot(g, key, shown, err);
        size_t n = key.n + (comma != NULL);
        rest = (ew_slice){rest.p + n, rest.n - n};
    }
    return code;
}

/* runs: room for half the slots. */
static ew_code choose_meta(const ew_gathered *g, const char *keys, ew_run *runs,
                           ew_view *view, ew_err *err)
{
    bool shown[EW_META_SLOTS] = {false};
    ew_code code = name_slots(g, keys, shown, err);
    *view = (ew_view){EW_META_SLOTS, runs, 0};
    for (size_t i = 0; i < EW_META_SLOTS; i++) {
        shown[i] = shown[i] && (g->kept.remains == NULL ||
                                ew_remains_has(&g->kept.remains->streams[1], i));
        if (!shown[i])
            continue;
        if (i == 0 || !shown[i - 1])
            runs[view->run_count++] = (ew_run){i, 0};
        runs[view->run_count - 1].count++;
    }
    return code;
}

ew_code ew_ops__choose(const ew_gathered *g, const ew_disclosure *what,
                       const ew_heard *heard, ew_choice *c, ew_err *err)
{
    ew_select_in in = {.stream = &g->seal.streams[0],
                       .cuts = &g->file.cuts,
                       .src = g->file.src,
                       .show = what->show,
                       .hide = what->hide,
                       .heard = heard};
    ew_code code = ew_select(&c->parts, &in, err);
    if (code == EW_OK && g->kept.remains != NULL)
        code = ew_remains_within(&g->kept.remains->streams[0], &c->parts, err);
    if (code == EW_OK)
        code = choose_meta(g, what->meta, c->slots, &c->meta, err);
    c->content = (ew_view){g->file.cuts.n, c->parts.runs, c->parts.run_count};
    return code;
}

/* n is chained, since there is no end to the runs. */
static void mix(uint8_t mark[EW_CHOICE_MARK], const void *bytes, size_t n)
{
    uint8_t room[EW_CHOICE_MARK + 2 * sizeof(uint64_t)];
    memcpy(room, mark, EW_CHOICE_MARK);
    memcpy(room + EW_CHOICE_MARK, bytes, n);
    ew_sha256_bytes(room, EW_CHOICE_MARK + n, mark);
}

static void mix_view(uint8_t mark[EW_CHOICE_MARK], const ew_view *v)
{
    const uint64_t head[2] = {v->n, v->run_count};
    mix(mark, head, sizeof head);
    for (size_t i = 0; i < v->run_count; i++) {
        const uint64_t run[2] = {v->runs[i].first, v->runs[i].count};
        mix(mark, run, sizeof run);
    }
}

void ew_ops__choice_mark(const ew_gathered *g, const ew_choice *c,
                         uint8_t out[EW_CHOICE_MARK])
{
    ew_sha256_bytes(g->kept.hex, EW_ITEM_HEX, out);
    mix_view(out, &c->content);
    mix_view(out, &c->meta);
}
