/* SPDX-License-Identifier: Apache-2.0 */
/* The first time over a chat of WhatsApp. */
#include "import/whatsapp_look.h"

#include <stdio.h>
#include <string.h>

#include "import/whatsapp_dates.h"
#include "import/whatsapp_words.h"

/* ------------------------------------------------------------------ the order of dates */

/* What may be shown on a terminal, in `out` with a 0 behind it. */
static void show(ew_slice s, char *out, size_t room)
{
    size_t n = s.n < room - 1 ? s.n : room - 1;
    while (n > 0 && n < s.n && ((unsigned char)s.p[n] & 0xC0) == 0x80)
        n--;
    for (size_t i = 0; i < n; i++)
        out[i] = (unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7F ? ' ' : s.p[i];
    out[n] = 0;
}

static void ask(ew_wa_look *l, ew_slice name, ew_slice head, const ew_import_opts *opts)
{
    enum { NAME = 200, HEAD = 80 };
    static const char *const answers[] = {"day before month", "month before day"};
    char file[NAME];
    char date[HEAD];
    char question[NAME + HEAD + 100];
    size_t chosen = 0;
    show(name, file, sizeof file);
    while (head.n > 0 && strchr("- \r\n", head.p[head.n - 1]) != NULL)
        head.n--;
    show(head, date, sizeof date);
    (void)snprintf(question, sizeof question,
                   "In which order are the dates of '%s'? It begins with '%s'.", file,
                   date);
    l->day_first = true;
    l->guessed = true;
    if (opts->ask != NULL && opts->ask(opts->ask_cookie, question, answers, 2, &chosen)) {
        l->day_first = chosen == 0;
        l->guessed = false;
    }
}

/* ------------------------------------------------------------------ what stands for something */

/* "<Media utelatt>", and nothing else. */
static bool in_angles(ew_slice *s)
{
    enum { LONGEST = 80 };
    *s = ew_wa_trim(*s);
    return s->n > 2 && s->n <= LONGEST && s->p[0] == '<' && s->p[s->n - 1] == '>' &&
           memchr(s->p + 1, '<', s->n - 1) == NULL && s->p[1] != '/';
}

static size_t find(const ew_wa_look *l, ew_slice words)
{
    size_t i = 0;
    while (i < l->wordings && (l->wording[i].words.n != words.n ||
                               memcmp(l->wording[i].words.p, words.p, words.n) != 0))
        i++;
    return i;
}

/* text: what follows a head. */
static void count_wording(ew_wa_look *l, ew_slice text)
{
    const char *colon = memmem(text.p, text.n, ": ", 2);
    if (colon == NULL)
        return;
    size_t at = (size_t)(colon - text.p) + 2;
    ew_slice body = {text.p + at, text.n - at};
    if (!in_angles(&body))
        return;
    size_t i = find(l, body);
    if (i == EW_WA_WORDINGS)
        return;
    l->wording[i].words = body;
    l->wording[i].count++;
    l->wordings += i == l->wordings;
}

bool ew_wa_stands_for(ew_wa_look *l, ew_slice body, bool *first)
{
    if (!in_angles(&body))
        return false;
    size_t i = find(l, body);
    if (i == l->wordings || l->wording[i].count < 2)
        return false;
    *first = !l->wording[i].told;
    l->wording[i].told = true;
    return true;
}

/* ------------------------------------------------------------------ all of it */

bool ew_wa_look_over(ew_wa_look *l, ew_slice all, ew_slice name,
                     const ew_import_opts *opts, ew_wa_names *names)
{
    ew_wa_evidence e = {.heads = 0};
    ew_slice begins = {"", 0};
    ew_wa_head h;
    bool any = false;
    *l = (ew_wa_look){.day_first = true};
    if (names->used > 0)
        memset(names, 0, sizeof *names);
    while (all.n > 0) {
        const char *end = memchr(all.p, '\n', all.n);
        ew_slice line = {all.p, end != NULL ? (size_t)(end - all.p) + 1 : all.n};
        all = (ew_slice){all.p + line.n, all.n - line.n};
        if (!ew_wa_head_at(line, &h))
            continue;
        if (!any)
            begins = (ew_slice){line.p, h.bytes};
        any = true;
        ew_wa_look_at(&e, &h);
        ew_slice text = {line.p + h.bytes, line.n - h.bytes};
        ew_wa_count_names(names, text);
        count_wording(l, text);
    }
    int way = ew_wa_decide(&e);
    if (opts->dates != EW_DATES_AUTO)
        l->day_first = opts->dates == EW_DATES_DAY_FIRST;
    else if (way != 0 || e.heads == 0)
        l->day_first = way >= 0;
    else if (any)
        ask(l, name, begins, opts);
    return any;
}
