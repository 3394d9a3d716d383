/* SPDX-License-Identifier: Apache-2.0 */
/* What is shown: ranges of units (blocks, messages, paragraphs), then parts, then guards, then
 * runs. */
#include "seal/select.h"

#include <string.h>

#include "base/alloc.h"

#define LRM "\xE2\x80\x8E" /* marks of direction that exports put around names */
#define BOM "\xEF\xBB\xBF"

enum {
    SHOW = 1,
    HIDE = 2,
    GUARD_MP3 = 10,
    GUARD_AAC = 2,
    GUARD_OGG = 1,
    GUARD_OGG_US = 100000, /* Opus needs 80 ms to forget what was before */
    GUARD_OGG_UNTIMED = 8,
    RESERVOIR = 511, /* bytes of sound that an MP3 frame may keep in those before it */
    TEXT_MAX = 64 * 1024,
    PLAIN_HEAD = 44, /* RIFF, fmt of 16 bytes, data: nothing else has room in it */
    OPUS_HEAD = 19,
    PLAIN_OPUS = 28 + OPUS_HEAD /* a page of Ogg */
};

typedef struct chooser {
    const ew_select_in *in;
    ew_selection *out;
    uint8_t *marks; /* SHOW, HIDE, for each part */
    size_t
        *starts; /* the first part of each unit, and after the last the number of parts */
    ew_err *err;
} chooser;

/* ------------------------------------------------------------------ parts */

bool ew_part_begins(const ew_stream *s, const ew_cuts *cuts, size_t part)
{
    uint8_t kind = cuts->kinds[part];
    return s->splitter == EW_SPLIT_CHAT ? kind == EW_PART_TIME : kind == EW_PART_CONTENT;
}

/* What belongs to no unit and is shown only when it is named, or all is: what comes before and
 * after, and what only a player needs. */
static bool is_apart(const chooser *c, size_t part)
{
    uint8_t kind = c->in->cuts->kinds[part];
    return kind == EW_PART_HEAD || kind == EW_PART_TAIL ||
           (c->out->heard != NULL && c->out->heard[part].head);
}

static ew_slice text_of_part(const chooser *c, size_t part, char *room, size_t max)
{
    const ew_cuts *cuts = c->in->cuts;
    uint64_t at = part > 0 ? cuts->ends[part - 1] : 0;
    uint64_t n = cuts->ends[part] - at;
    if (n > max || c->in->src.read(c->in->src.cookie, at, room, (size_t)n, NULL) != EW_OK)
        return (ew_slice){room, 0};
    return (ew_slice){room, (size_t)n};
}

/* ------------------------------------------------------------------ names */

static bool ends_with(ew_slice s, const char *end)
{
    size_t n = strlen(end);
    return s.n >= n && memcmp(s.p + s.n - n, end, n) == 0;
}

/* Without marks of direction at its ends. */
static ew_slice bare(ew_slice s)
{
    static const char *const marks[] = {LRM, "\xE2\x80\xAA", "\xE2\x80\xAC",
                                        "\xE2\x80\x8F", BOM};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0];) {
        size_t n = strlen(marks[i]);
        if (ew_slice_skip(&s, marks[i])) {
            i = 0;
        } else if (ends_with(s, marks[i])) {
            s.n -= n;
            i = 0;
        } else {
            i++;
        }
    }
    return s;
}

static bool same_text(ew_slice a, ew_slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

ew_slice ew_sender_name(ew_slice s)
{
    if (ends_with(s, " "))
        s.n--;
    if (ends_with(s, ":"))
        s.n--;
    return bare(s);
}

static bool is_sender(const chooser *c, size_t part, ew_slice name)
{
    char room[512];
    ew_slice s = text_of_part(c, part, room, sizeof room);
    return same_text(ew_sender_name(s), bare(name));
}

/* "17.9.2019" begins "[17.9.2019, 16:37] ", and "1/2/20" does not begin "1/2/2020, ". */
static bool is_on(const chooser *c, size_t part, ew_slice text)
{
    char room[256];
    ew_slice s = bare(text_of_part(c, part, room, sizeof room));
    (void)ew_slice_skip(&s, "[");
    if (s.n < text.n || memcmp(s.p, text.p, text.n) != 0)
        return false;
    return s.n == text.n || s.p[text.n] < '0' || s.p[text.n] > '9';
}

/* ------------------------------------------------------------------ marking */

/* Units first to end, counted from 0. */
static void mark_units(chooser *c, uint64_t first, uint64_t end, uint8_t mark)
{
    const uint8_t *kinds = c->in->cuts->kinds;
    end = end < c->out->units ? end : c->out->units;
    if (first >= end)
        return;
    for (size_t i = c->starts[first]; i < c->starts[end]; i++)
        if (kinds[i] != EW_PART_HEAD && kinds[i] != EW_PART_TAIL)
            c->marks[i] |= mark;
}

static ew_code mark_numbers(chooser *c, const ew_name *r, uint8_t mark)
{
    uint64_t units = c->out->units;
    if (r->a > units || (r->b > units && r->b != UINT64_MAX))
        return ew_fail(c->err, EW_E_ARG, 0, "there are only %ju to choose from",
                       (uintmax_t)units);
    mark_units(c, r->a - 1, r->b, mark);
    return EW_OK;
}

static ew_code mark_time(chooser *c, const ew_name *r, uint8_t mark)
{
    bool any = false;
    bool timed = false;
    int64_t from = (int64_t)r->a;
    int64_t to = r->b == UINT64_MAX ? INT64_MAX : (int64_t)r->b;
    for (size_t i = 0; i < c->in->cuts->n; i++) {
        const ew_heard *h = &c->out->heard[i];
        if (is_apart(c, i))
            continue;
        /* What has no time may be anywhere. */
        bool inside = h->from >= from && h->to <= to && h->from >= 0;
        bool touched = h->from < 0 || (h->from < to && h->to > from);
        timed = timed || h->from >= 0;
        any = any || (h->from >= 0 && touched);
        if (mark == SHOW ? inside : touched)
            c->marks[i] |= mark;
    }
    if (!timed)
        return ew_fail(c->err, EW_E_ARG, 0,
                       "the times of this sound cannot be told; take numbers like #3-5");
    return any ? EW_OK
               : ew_fail(c->err, EW_E_ARG, 0, "a range of time begins after the end");
}

/* The sender is the second part of a message; the first is marked when it is known. */
static ew_code mark_sender(chooser *c, const ew_name *r, uint8_t mark)
{
    bool any = false;
    bool here = false;
    for (size_t i = 0; i < c->in->cuts->n; i++) {
        uint8_t kind = c->in->cuts->kinds[i];
        if (kind == EW_PART_TIME)
            here = false;
        if (kind == EW_PART_SENDER && is_sender(c, i, r->text)) {
            here = any = true;
            c->marks[i - 1] |= mark;
        }
        if (here)
            c->marks[i] |= mark;
    }
    return any ? EW_OK
               : ew_fail(c->err, EW_E_ARG, 0, "nobody here is called '%.*s'",
                         (int)(r->text.n < 100 ? r->text.n : 100), r->text.p);
}

static ew_code mark_on(chooser *c, const ew_name *r, uint8_t mark)
{
    uint64_t unit = 0;
    uint64_t first = UINT64_MAX;
    uint64_t end = 0;
    for (size_t i = 0; i < c->in->cuts->n; i++) {
        if (c->in->cuts->kinds[i] != EW_PART_TIME)
            continue;
        if (first == UINT64_MAX && is_on(c, i, r->text))
            first = unit;
        unit++;
        if (is_on(c, i, r->text2))
            end = unit;
    }
    if (first >= end)
        return ew_fail(c->err, EW_E_ARG, 0, "no message has a time that begins so");
    mark_units(c, first, end, mark);
    return EW_OK;
}

static ew_code mark_kind(chooser *c, const ew_name *r, uint8_t mark)
{
    for (size_t i = 0; i < c->in->cuts->n; i++)
        if (c->in->cuts->kinds[i] == r->part ||
            (r->part == EW_PART_HEAD && c->out->heard != NULL && c->out->heard[i].head))
            c->marks[i] |= mark;
    return EW_OK;
}

/* All of the content; of what is beside it only when nothing is to be hidden: heads hold checksums, by which
 * a guess at what is hidden could be tested. */
static void mark_everything(chooser *c, uint8_t mark)
{
    bool apart = mark == HIDE || c->in->hide == NULL;
    for (size_t i = 0; i < c->in->cuts->n; i++)
        if (apart || !is_apart(c, i))
            c->marks[i] |= mark;
}

static ew_code mark_name(chooser *c, const ew_name *r, uint8_t mark)
{
    switch (r->kind) {
    case EW_NAME_ALL:
        mark_everything(c, mark);
        return EW_OK;
    case EW_NAME_KIND:
        return mark_kind(c, r, mark);
    case EW_NAME_COUNT:
        return mark_numbers(c, r, mark);
    case EW_NAME_TIME:
        return mark_time(c, r, mark);
    case EW_NAME_SENDER:
        return mark_sender(c, r, mark);
    default:
        return mark_on(c, r, mark);
    }
}

static ew_code mark_all(chooser *c, const char *text, uint8_t mark)
{
    ew_slice rest = ew_slice_of(text);
    ew_buf words;
    ew_name r;
    ew_code code = EW_OK;
    do {
        ew_buf_init(&words, TEXT_MAX);
        code = ew_select__next(&rest, c->in->stream, &words, &r, c->err);
        if (code == EW_OK)
            code = mark_name(c, &r, mark);
        ew_buf_release(&words);
    } while (code == EW_OK && rest.n > 0);
    return code;
}

/* ------------------------------------------------------------------ guards */

/* What was seen of one track on the way from a part that is withheld. */
typedef struct since {
    bool any;
    size_t units;
    int64_t edge; /* where what is withheld ends; < 0: not known */
    uint64_t room;
} since;

static bool is_guard(const chooser *c, const since *s, const ew_heard *h, bool back)
{
    size_t units = 0;
    switch (c->in->stream->splitter) {
    case EW_SPLIT_MP3:
        return s->units <= GUARD_MP3 || (back && s->room < RESERVOIR);
    case EW_SPLIT_AAC:
        return s->units <= GUARD_AAC;
    case EW_SPLIT_OGG:
        units = h->from < 0 || s->edge < 0 ? GUARD_OGG_UNTIMED : GUARD_OGG;
        return s->units <= units ||
               (units == GUARD_OGG &&
                (back ? s->edge - h->to : h->from - s->edge) < GUARD_OGG_US);
    default:
        return false;
    }
}

/* One part on the way forward or back. */
static void guard_part(chooser *c, since *tracks, size_t i, bool back)
{
    const ew_heard *h = &c->out->heard[i];
    since *s = &tracks[h->track];
    if (is_apart(c, i))
        return;
    if (c->out->states[i] == EW_PART_WITHHELD) {
        *s = (since){true, 0, back ? h->from : h->to, 0};
        return;
    }
    s->units++;
    if (s->any && is_guard(c, s, h, back))
        c->out->states[i] = EW_PART_GUARD;
    s->room += h->room;
}

static ew_code add_guards(chooser *c)
{
    size_t n = c->in->cuts->n;
    if (c->out->heard == NULL || c->in->stream->splitter == EW_SPLIT_GRID)
        return EW_OK;
    for (int back = 0; back < 2; back++) {
        since *tracks = ew_alloc_array(EW_TRACKS_MAX + 1, sizeof *tracks);
        if (tracks == NULL)
            return ew_fail_nomem(c->err);
        for (size_t i = 0; i < n; i++)
            guard_part(c, tracks, back ? n - 1 - i : i, back);
        ew_free(tracks);
    }
    return EW_OK;
}

/* ------------------------------------------------------------------ all of it */

/* The first page of Opus with nothing in it but how to play it: channels, delay, gain. Whoever is
 * to hear anything needs it. */
static bool is_plain_opus(const chooser *c)
{
    char room[PLAIN_OPUS];
    ew_slice page = text_of_part(c, 0, room, sizeof room);
    return c->in->stream->splitter == EW_SPLIT_OGG && page.n == PLAIN_OPUS &&
           memcmp(page.p + PLAIN_OPUS - OPUS_HEAD, "OpusHead", 8) == 0;
}

/* A plain WAV head says nothing that the seal and the last block do not. Hiding it would hide
 * nothing and cost an entry of the cover for each level of the tree. */
static void show_plain_head(chooser *c)
{
    const ew_cuts *cuts = c->in->cuts;
    size_t last = cuts->n - 1;
    bool any = memchr(c->out->states, EW_PART_SHOWN, cuts->n) != NULL;
    if (any && (c->marks[0] & HIDE) == 0 && is_plain_opus(c))
        c->out->states[0] = EW_PART_SHOWN;
    if (c->in->stream->splitter == EW_SPLIT_GRID && cuts->kinds[0] == EW_PART_HEAD &&
        cuts->ends[0] == PLAIN_HEAD && cuts->kinds[last] == EW_PART_CONTENT &&
        c->out->states[last] == EW_PART_SHOWN && (c->marks[0] & HIDE) == 0)
        c->out->states[0] = EW_PART_SHOWN;
}

static ew_code make_runs(const chooser *c)
{
    const uint8_t *states = c->out->states;
    size_t n = c->in->cuts->n;
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += states[i] == EW_PART_SHOWN && (i == 0 || states[i - 1] != EW_PART_SHOWN);
    ew_run *runs = ew_alloc_array(count, sizeof *runs);
    if (runs == NULL)
        return ew_fail_nomem(c->err);
    count = 0;
    for (size_t i = 0; i < n; i++) {
        if (states[i] != EW_PART_SHOWN)
            continue;
        if (i == 0 || states[i - 1] != EW_PART_SHOWN)
            runs[count++] = (ew_run){i, 0};
        runs[count - 1].count++;
    }
    c->out->runs = runs;
    c->out->run_count = count;
    return EW_OK;
}

static ew_code find_times(chooser *c)
{
    const ew_select_in *in = c->in;
    if (in->heard == NULL)
        return ew_sound_times(in->stream, in->cuts, &in->src, &c->out->heard, c->err);
    c->out->heard = ew_alloc_array(in->cuts->n, sizeof *c->out->heard);
    if (c->out->heard == NULL)
        return ew_fail_nomem(c->err);
    memcpy(c->out->heard, in->heard, in->cuts->n * sizeof *c->out->heard);
    return EW_OK;
}

/* Ranges can be many: where their units begin is looked up, not counted each time. */
static ew_code find_units(chooser *c)
{
    const ew_cuts *cuts = c->in->cuts;
    for (size_t i = 0; i < cuts->n; i++)
        c->out->units += ew_part_begins(c->in->stream, cuts, i);
    c->starts = ew_alloc_array((size_t)c->out->units + 1, sizeof *c->starts);
    if (c->starts == NULL)
        return ew_fail_nomem(c->err);
    size_t unit = 0;
    for (size_t i = 0; i < cuts->n; i++)
        if (ew_part_begins(c->in->stream, cuts, i))
            c->starts[unit++] = i;
    c->starts[unit] = cuts->n;
    return EW_OK;
}

static ew_code choose(chooser *c)
{
    const ew_select_in *in = c->in;
    ew_code code = find_times(c);
    if (code == EW_OK && in->show != NULL)
        code = mark_all(c, in->show, SHOW);
    if (code == EW_OK && in->hide != NULL)
        code = mark_all(c, in->hide, HIDE);
    if (code != EW_OK)
        return code;
    for (size_t i = 0; i < in->cuts->n; i++) {
        bool named = in->show != NULL ? (c->marks[i] & SHOW) != 0 : !is_apart(c, i);
        c->out->states[i] =
            named && (c->marks[i] & HIDE) == 0 ? EW_PART_SHOWN : EW_PART_WITHHELD;
    }
    code = add_guards(c);
    show_plain_head(c);
    return code == EW_OK ? make_runs(c) : code;
}

/* Of what is in one piece no range can be right: why is told rather than how ranges are
 * written. */
static ew_code tell_one_piece(const ew_select_in *in, ew_err *err)
{
    char room[EW_SOUND_HEAD];
    ew_slice head;
    ew_code code = ew_src_head(&in->src, room, &head, err);
    if (code != EW_OK)
        return code;
    return ew_fail(err, EW_E_ARG, 0, "%s",
                   ew_seems_sound(head, NULL)
                       ? EW_ONE_PIECE
                       : "sealed in one piece: it can only be shown whole");
}

ew_code ew_select(ew_selection *out, const ew_select_in *in, ew_err *err)
{
    chooser c = {.in = in, .out = out, .err = err};
    *out = (ew_selection){0};
    if (in->show == NULL && in->hide == NULL)
        return ew_fail(err, EW_E_ARG, 0, "one of --show and --hide is needed");
    c.marks = ew_alloc_array(in->cuts->n, sizeof *c.marks);
    out->states = ew_alloc_array(in->cuts->n, sizeof *out->states);
    ew_code code = c.marks != NULL && out->states != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK)
        code = find_units(&c);
    if (code == EW_OK)
        code = choose(&c);
    ew_free(c.starts);
    ew_free(c.marks);
    if (code == EW_E_ARG && in->stream->splitter == EW_SPLIT_WHOLE)
        code = tell_one_piece(in, err);
    if (code != EW_OK)
        ew_selection_release(out);
    return code;
}

void ew_selection_release(ew_selection *s)
{
    ew_free(s->states);
    ew_free(s->heard);
    ew_free(s->runs);
    *s = (ew_selection){0};
}
