/* SPDX-License-Identifier: Apache-2.0 */
/* A sentence is read as a format of the catalogue was written: its fixed words must be there, numbers must be
 * numbers, and a name may be anything. The format with most fixed words wins. A sentence that such a
 * format fits in two ways, which would say different things, is left alone: nobody could say where a
 * name ends in it. */
#include "base/words_said.h"

#include <string.h>

#include "base/bytes.h"

enum {
    SLOTS = 12,       /* values in one format */
    WAYS = 4,         /* in which it may fit */
    STEPS = 200000,   /* tries before a sentence is given up, */
    CALLS = 200,      /* of it and of its parts */
    LETTERS = 2,      /* fixed letters that a format needs, */
    LETTERS_OPEN = 5, /* and one that begins with any name */
    DEPTH = 10        /* sentences in sentences */
};

/* One conversion of a format: "%5.1f", "%2$s", "%%". */
typedef struct slot {
    const char *end; /* behind it */
    unsigned number; /* "2" of "%2$s"; 0: the next one */
    char kind;       /* its last letter; */
    bool silent;     /* "%.0s": takes a value and shows nothing */
} slot;

static slot slot_at(const char *format)
{
    slot s = {format + 1, 0, 0, false};
    unsigned n = 0;
    const char *p = s.end;
    while (*p >= '0' && *p <= '9' && n < 100)
        n = n * 10 + (unsigned)(*p++ - '0');
    if (*p == '$' && n > 0) {
        s.number = n;
        s.end = p + 1;
    }
    const char *last = s.end + strspn(s.end, "-+#0123456789.*hljztL");
    s.silent = *last == 's' && last - s.end >= 2 && strncmp(last - 2, ".0", 2) == 0;
    s.kind = *last;
    s.end = *last != 0 ? last + 1 : last;
    return s;
}

/* ------------------------------------------------------------------ reading */

typedef struct piece {
    const char *p;
    size_t n;
    bool quoted; /* a name that stands in quotation marks */
    bool words;  /* may be words of the program */
} piece;

typedef struct reading {
    piece now[SLOTS];
    piece way[WAYS][SLOTS];
    size_t count; /* of each */
    unsigned ways;
    unsigned *steps; /* left for the whole sentence */
} reading;

static bool fits_number(char kind, const char *p, size_t n)
{
    static const char *const of[] = {"diu 0123456789+-", "xX0123456789abcdefABCDEFx",
                                     "fFgGeE 0123456789+-.einfa"};
    const char *letters = NULL;
    if (strchr("diu", kind) != NULL)
        letters = of[0];
    else if (strchr("xX", kind) != NULL)
        letters = of[1];
    else if (strchr("fFgGeE", kind) != NULL)
        letters = of[2];
    if (letters == NULL)
        return true;
    letters += strspn(letters, "diuxXfFgGeE");
    for (size_t i = 0; i < n; i++)
        if (strchr(letters, p[i]) == NULL)
            return false;
    return n > 0;
}

static bool is_name(char kind)
{
    return kind == 's' || kind == 'c';
}

static void note_way(reading *r, size_t used)
{
    if (r->ways < WAYS)
        memcpy(r->way[r->ways], r->now, sizeof r->now);
    r->ways++;
    r->count = used;
}

static void read_on(reading *r, const char *format, const char *text, size_t used);

static void read_slot(reading *r, const char *format, const char *text, size_t used)
{
    const slot s = slot_at(format);
    const bool quoted =
        used < SLOTS && text[0] != 0 &&
        (s.end[0] == '\'' || s.end[0] == '"' || strncmp(s.end, "\u201d", 3) == 0 ||
         strncmp(s.end, "\u2019", 3) == 0);
    if (used >= SLOTS || s.kind == 0)
        return;
    for (size_t n = 0; *r->steps > 0 && r->ways <= WAYS; n++) {
        --*r->steps;
        /* Most ends cannot be one: the fixed letter behind it is another. */
        bool may_end = s.end[0] == '%' || s.end[0] == text[n];
        if (may_end && (is_name(s.kind) || fits_number(s.kind, text, n))) {
            r->now[used] = (piece){text, n, quoted, is_name(s.kind)};
            read_on(r, s.end, text + n, used + 1);
        }
        if (text[n] == 0 || text[n] == '\n' ||
            (!is_name(s.kind) && !fits_number(s.kind, text, n + 1)))
            return;
    }
}

static void read_on(reading *r, const char *format, const char *text, size_t used)
{
    while (*format != 0) {
        if (format[0] == '%' && format[1] == '%') {
            format++;
        } else if (format[0] == '%') {
            read_slot(r, format, text, used);
            return;
        }
        if (*format++ != *text++)
            return;
    }
    if (*text == 0)
        note_way(r, used);
}

/* Fixed letters; 0 when it is too open to recognise anything by it. */
static size_t weight(const char *format)
{
    size_t letters = 0;
    size_t slots = 0;
    bool open = format[0] == '%' && is_name(slot_at(format).kind);
    const char *last_end = NULL;
    for (const char *p = format; *p != 0;) {
        if (p[0] == '%' && p[1] != '%') {
            if (p == last_end || slots++ == SLOTS)
                return 0;
            p = last_end = slot_at(p).end;
            continue;
        }
        letters += (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z');
        p += p[0] == '%' ? 2 : 1;
    }
    return slots > 0 && letters >= (open ? LETTERS_OPEN : LETTERS) ? letters : 0;
}

/* ------------------------------------------------------------------ writing */

typedef struct line {
    const ew_words_language *l;
    char *to;
    size_t room, used;
    unsigned depth, steps, calls;
    bool full;
} line;

static void put(line *w, const char *p, size_t n)
{
    if (w->full || n >= w->room - w->used) {
        w->full = true;
        return;
    }
    memcpy(w->to + w->used, p, n);
    w->used += n;
    w->to[w->used] = 0;
}

static bool say(line *w, const char *text, size_t n);

static void put_piece(line *w, const piece *p)
{
    if (p->quoted || !p->words || !say(w, p->p, p->n))
        put(w, p->p, p->n);
}

static void put_said(line *w, const char *said, const piece *pieces, size_t count)
{
    size_t next = 0;
    while (*said != 0) {
        size_t n = strcspn(said, "%");
        put(w, said, n);
        said += n;
        if (said[0] == '%' && said[1] == '%') {
            put(w, "%", 1);
            said += 2;
        } else if (said[0] == '%') {
            slot s = slot_at(said);
            size_t i = s.number > 0 ? s.number - 1 : next++;
            if (i < count && !s.silent)
                put_piece(w, &pieces[i]);
            said = s.end;
        }
    }
}

/* All ways in which it can be read must say the same. */
static bool put_ways(line *w, const char *said, const reading *r)
{
    const size_t from = w->used;
    put_said(w, said, r->way[0], r->count);
    const size_t to = w->used;
    for (unsigned i = 1; i < r->ways && !w->full; i++) {
        put_said(w, said, r->way[i], r->count);
        bool same = !w->full && w->used - to == to - from &&
                    memcmp(w->to + from, w->to + to, to - from) == 0;
        w->used = same ? to : from;
        w->to[w->used] = 0;
        if (!same)
            return false;
    }
    return true;
}

/* Most formats are out because of how they begin or end. */
static bool may_fit(const char *format, const char *text, size_t n)
{
    size_t fixed = strcspn(format, "%");
    const char *last = strrchr(format, '%');
    if (strncmp(format, text, fixed) != 0 || last == NULL)
        return false;
    if (last > format && last[-1] == '%')
        return true; /* "%%": looked at in full */
    size_t tail = strlen(slot_at(last).end);
    return tail <= n && memcmp(text + n - tail, slot_at(last).end, tail) == 0;
}

/* The first format that begins with this byte or a later one. */
static size_t first_with(const ew_words_language *l, unsigned byte)
{
    size_t from = 0;
    size_t to = l->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if ((unsigned char)l->text[l->pairs[middle].english] < byte)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

typedef struct match {
    reading r;
    size_t weight; /* 0: none yet */
    const char *said;
} match;

/* Tries the formats that begin with this byte. */
static void try_those(line *w, const char *text, unsigned byte, match *best)
{
    const ew_words_language *l = w->l;
    const size_t n = strlen(text);
    const size_t end = first_with(l, byte + 1);
    for (size_t i = first_with(l, byte); i < end; i++) {
        const char *format = l->text + l->pairs[i].english;
        if (!may_fit(format, text, n))
            continue;
        size_t heavy = weight(format);
        if (heavy <= best->weight)
            continue;
        reading r = {.steps = &w->steps};
        read_on(&r, format, text, 0);
        if (r.ways > 0)
            *best = (match){r, heavy, l->text + l->pairs[i].said};
    }
}

/* The catalogue's formats that can have made it begin with its first letter, or with a value. */
static bool recognise(line *w, const char *text)
{
    match best = {.weight = 0};
    try_those(w, text, (unsigned char)text[0], &best);
    if (text[0] != '%')
        try_those(w, text, '%', &best);
    if (best.weight == 0 || best.r.ways > WAYS || w->steps == 0)
        return false;
    return put_ways(w, best.said, &best.r);
}

/* "cannot open 'x': no such file": the longest beginning that is understood, and what is behind its colon or
 * semicolon. */
static bool divide(line *w, char *text, size_t n)
{
    for (size_t i = n - 1; i-- > 1;) {
        const char mark = text[i];
        if ((mark != ':' && mark != ';') || text[i + 1] != ' ')
            continue;
        text[i] = 0;
        const char *whole = ew_words_find(w->l, text);
        bool known = whole != NULL || recognise(w, text);
        text[i] = mark;
        if (!known)
            continue;
        if (whole != NULL)
            put(w, whole, strlen(whole));
        put(w, text + i, 2);
        if (!say(w, text + i + 2, n - i - 2))
            put(w, text + i + 2, n - i - 2);
        return true;
    }
    return false;
}

/* A sentence that is known without its full stop. */
static bool stopped(line *w, const char *text, size_t n)
{
    const char *stop = ew_words_find(w->l, ".");
    if (n < 2 || text[n - 1] != '.' || !say(w, text, n - 1))
        return false;
    stop = stop != NULL ? stop : ".";
    put(w, stop, strlen(stop));
    return true;
}

/* "x.wav: it is empty", "0:03; hum" */
static bool named(line *w, const char *text, size_t n)
{
    const size_t used = w->used;
    for (size_t i = 0; i + 2 < n; i++) {
        if ((text[i] != ':' && text[i] != ';') || text[i + 1] != ' ')
            continue;
        put(w, text, i + 2);
        if (say(w, text + i + 2, n - i - 2))
            return true;
        w->used = used;
        w->to[used] = 0;
    }
    return false;
}

enum { SENTENCE = 2048 };

static bool say(line *w, const char *text, size_t n)
{
    char copy[SENTENCE];
    if (n == 0 || n >= sizeof copy || w->depth == DEPTH || w->calls == 0 || w->steps == 0)
        return false;
    w->calls--;
    memcpy(copy, text, n);
    copy[n] = 0;
    const char *whole = ew_words_find(w->l, copy);
    if (whole != NULL) {
        put(w, whole, strlen(whole));
        return true;
    }
    w->depth++;
    bool done = recognise(w, copy) || stopped(w, copy, n) || divide(w, copy, n) ||
                named(w, copy, n);
    w->depth--;
    return done;
}

bool ew_words_recognise(const ew_words_language *l, const char *sentence, char *to,
                        size_t room)
{
    line w = {.l = l, .to = to, .room = room, .steps = STEPS, .calls = CALLS};
    to[0] = 0;
    return say(&w, sentence, strlen(sentence)) && !w.full;
}
