/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the names before the quotations are looked at, and resolves. What is not certain stays open. */
#include "import/quote_names.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool has(const ew_tokens *t, size_t i, unsigned flags)
{
    return i < t->n && t->token[i].kind == EW_TOKEN_WORD &&
           (t->token[i].flags & flags) != 0;
}

static ew_slice plain(ew_slice s)
{
    if (s.n > 2 && memcmp(s.p + s.n - 2, "'s", 2) == 0)
        s.n -= 2;
    else if (s.n > 4 && memcmp(s.p + s.n - 4, "\xE2\x80\x99s", 4) == 0)
        s.n -= 4;
    return s;
}

static bool same(ew_slice a, ew_slice b)
{
    return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

static size_t word_count(ew_slice s)
{
    size_t n = s.n > 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == ' ';
    return n;
}

static bool has_word(ew_slice name, ew_slice word)
{
    for (size_t i = 0; i < name.n;) {
        size_t n = 0;
        while (i + n < name.n && name.p[i + n] != ' ')
            n++;
        if (same((ew_slice){name.p + i, n}, word))
            return true;
        i += n + 1;
    }
    return false;
}

/* Every word of part is one of whole. */
static bool is_part(ew_slice part, ew_slice whole)
{
    for (size_t i = 0; i < part.n;) {
        size_t n = 0;
        while (i + n < part.n && part.p[i + n] != ' ')
            n++;
        if (!has_word(whole, (ew_slice){part.p + i, n}))
            return false;
        i += n + 1;
    }
    return part.n > 0;
}

static bool before(ew_quote_place a, ew_quote_place b)
{
    return a.paragraph != b.paragraph ? a.paragraph < b.paragraph : a.token <= b.token;
}

/* The one person so far of whose name this is a form; SIZE_MAX: none, SIZE_MAX - 1: several. */
static size_t find(const ew_quote_names *names, ew_slice name, ew_quote_place here,
                   unsigned gender)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < names->count; i++) {
        const ew_quote_person *p = &names->people[i];
        if (!before(p->first, here) || !is_part(name, p->name))
            continue;
        if (same(name, p->name))
            return i;
        if (((gender & EW_WORD_MALE) != 0 && p->female) ||
            ((gender & EW_WORD_FEMALE) != 0 && p->male))
            continue;
        found = found == SIZE_MAX ? i : SIZE_MAX - 1;
    }
    return found;
}

static void add_role(ew_quote_person *p, ew_slice role)
{
    for (size_t i = 0; i < p->roles; i++)
        if (same(p->role[i], role))
            return;
    if (p->roles < EW_PERSON_ROLES && role.n > 0)
        p->role[p->roles++] = role;
}

static void learn(ew_quote_person *p, const ew_tokens *t, size_t i)
{
    p->male = p->male || has(t, i, EW_WORD_MALE);
    p->female = p->female || has(t, i, EW_WORD_FEMALE);
    p->likely = p->likely || has(t, i,
                                 EW_WORD_MALE | EW_WORD_FEMALE | EW_WORD_ROLE |
                                     EW_WORD_TITLE | EW_WORD_UNNAMED);
    if (has(t, i, EW_WORD_ROLE))
        add_role(p, ew_token_text(t, i, i + 1));
}

/* Titles and nouns directly before a name, and what stands behind its comma: ", a spokesman for". */
static void learn_around(ew_quote_person *p, const ew_tokens *t, size_t run, size_t core,
                         size_t end)
{
    for (size_t i = run; i < core; i++)
        learn(p, t, i);
    if (core == run && run > 0 && !t->token[run - 1].ends)
        learn(p, t, run - 1);
    /* "the minister's lawyer, Ann Roe," */
    if (core == run && run > 1 && ew_token_is_point(t, run - 1, ',') &&
        has(t, run - 2, EW_WORD_ROLE))
        learn(p, t, run - 2);
    p->likely = p->likely || (run > 1 && ew_token_is(t, run - 1, "to") &&
                              ew_token_is(t, run - 2, "according"));
    /* "his co-defendant, Ann Roe, wept" */
    if (run > 1 && ew_token_is_point(t, run - 1, ',') &&
        t->token[run - 2].kind == EW_TOKEN_WORD && !t->token[run - 2].capital &&
        t->token[end - 1].n > 0 && end < t->n && t->token[end].kind == EW_TOKEN_POINT)
        p->likely = true;
    if (!ew_token_is_point(t, end, ','))
        return;
    size_t i = end + 1;
    p->likely = p->likely || has(t, i, EW_WORD_WHO) ||
                (i < t->n && isdigit((unsigned char)t->text.p[t->token[i].at]));
    bool apposition =
        has(t, i, EW_WORD_A | EW_WORD_THE | EW_WORD_ROLE | EW_WORD_TITLE) ||
        (i < t->n && t->token[i].kind == EW_TOKEN_WORD && !t->token[i].capital);
    for (size_t steps = 0; apposition && i < t->n && steps < 6; i++, steps++) {
        if (t->token[i].kind != EW_TOKEN_WORD || has(t, i, EW_WORD_OF | EW_WORD_SAY) ||
            has(t, i, EW_WORD_WHO | EW_WORD_CUT))
            break;
        learn(p, t, i);
    }
}

static ew_code new_person(ew_quote_names *names, ew_slice name, bool body,
                          ew_quote_place place)
{
    void *items = names->people;
    ew_code code = ew_room_grow(names->room, &items, names->count, &names->cap,
                                sizeof *names->people, names->err);
    names->people = items;
    if (code == EW_OK)
        names->people[names->count++] =
            (ew_quote_person){.name = name, .body = body, .first = place};
    return code;
}

static ew_code mention(ew_quote_names *names, size_t person, ew_quote_place place,
                       bool speaks)
{
    void *items = names->mentions;
    ew_code code = ew_room_grow(names->room, &items, names->mention_count,
                                &names->mention_cap, sizeof *names->mentions, names->err);
    names->mentions = items;
    if (code == EW_OK)
        names->mentions[names->mention_count++] =
            (ew_quote_mention){person, place, speaks};
    return code;
}

static bool is_body(const ew_tokens *t, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (has(t, i, EW_WORD_BODY))
            return true;
    return false;
}

/* Does what stands around it show a person although it is one word? */
static bool speaks(const ew_tokens *t, size_t core, size_t run, size_t end)
{
    return core > run || has(t, end, EW_WORD_SAY) ||
           (core > 0 && has(t, core - 1, EW_WORD_SAY | EW_WORD_ROLE)) ||
           (core > 1 && ew_token_is_point(t, core - 1, ',') &&
            has(t, core - 2, EW_WORD_ROLE));
}

/* "X said", "X has also said", and "said X". */
static bool verb_behind(const ew_tokens *t, size_t end)
{
    while (has(t, end, EW_WORD_BETWEEN))
        end++;
    return has(t, end, EW_WORD_SAY | EW_WORD_CALL);
}

/* A run of capitals: a new name or a form of a known one. */
static ew_code take_run(ew_quote_names *names, const ew_tokens *t, size_t paragraph,
                        size_t run, size_t end)
{
    size_t core = ew_name_core(t, run, end);
    ew_slice name = plain(ew_token_text(t, core, end));
    ew_quote_place place = {paragraph, run};
    size_t words = word_count(name);
    unsigned gender = 0;
    for (size_t i = run; i < core; i++)
        gender |= t->token[i].flags;
    size_t who = find(names, name, place, gender);
    bool body = is_body(t, core, end) || (run > 1 && has(t, run - 1, EW_WORD_OF) &&
                                          has(t, run - 2, EW_WORD_SPEAKS_FOR));
    ew_code code = EW_OK;
    bool place_name = run > 0 && has(t, run - 1, EW_WORD_PLACE) && core == run;
    if (core + 1 == end && has(t, core, EW_WORD_ROLE | EW_WORD_TITLE) &&
        who >= names->count)
        return EW_OK; /* "the Prime Minister" */
    if (who == SIZE_MAX - 1 || names->mention_count >= EW_MENTIONS)
        return EW_OK;
    if (who == SIZE_MAX) {
        if (names->count >= EW_PEOPLE || (!body && place_name) || words > 6 ||
            (words < 2 && !body && !speaks(t, core, run, end)) || (words < 2 && body))
            return EW_OK;
        who = names->count;
        code = new_person(names, name, body, place);
    }
    if (code != EW_OK)
        return code;
    if (!names->people[who].body)
        learn_around(&names->people[who], t, run, core, end);
    bool said = verb_behind(t, end);
    names->people[who].likely = names->people[who].likely || said || words < 2;
    return mention(names, who, place, said);
}

ew_code ew_quote_names_read(ew_quote_names *names, const ew_tokens *paragraphs,
                            size_t count)
{
    ew_code code = EW_OK;
    names->paragraphs = paragraphs;
    for (size_t p = 0; p < count; p++) {
        const ew_tokens *t = &paragraphs[p];
        for (size_t i = 0; i < t->n && code == EW_OK;) {
            size_t end = ew_name_end(t, i, t->n);
            if (end > i)
                code = take_run(names, t, p, i, end);
            i = end > i ? end : i + 1;
        }
        if (code != EW_OK)
            return code;
    }
    return EW_OK;
}

/* ------------------------------------------------------------------ who is meant */

static bool fits(const ew_quote_person *p, unsigned flags)
{
    return !p->body && !((flags & EW_WORD_MALE) != 0 && p->female) &&
           !((flags & EW_WORD_FEMALE) != 0 && p->male);
}

/* Nobody else who fits was mentioned since the last speaker spoke. */
static bool alone_since(const ew_quote_names *names, const ew_quote_mention *last,
                        ew_quote_place here, unsigned flags)
{
    for (size_t i = 0; i < names->mention_count; i++) {
        const ew_quote_mention *m = &names->mentions[i];
        if (m->person != last->person && before(last->place, m->place) &&
            before(m->place, here) && fits(&names->people[m->person], flags))
            return false;
    }
    return true;
}

/* No more than `near` paragraphs of the report lie between; captions do not count. */
static bool is_near(const ew_quote_names *names, size_t a, size_t b, size_t near)
{
    size_t between = 0;
    for (size_t p = a; p < b && between <= near; p++)
        between += names->paragraphs[p].n > 0;
    return between <= near;
}

/* The only one who fits in this paragraph and the `near` before. */
static size_t only_near(const ew_quote_names *names, ew_quote_place here, unsigned flags,
                        size_t near)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < names->mention_count; i++) {
        const ew_quote_mention *m = &names->mentions[i];
        if (!before(m->place, here) ||
            !is_near(names, m->place.paragraph, here.paragraph, near) ||
            !fits(&names->people[m->person], flags) || m->person == found)
            continue;
        if (found != SIZE_MAX)
            return SIZE_MAX;
        found = m->person;
    }
    return found;
}

/* Who spoke last, in quotation marks or without them. */
static ew_quote_mention last_to_speak(const ew_quote_names *names, ew_quote_place here,
                                      const ew_quote_mention *last)
{
    ew_quote_mention found = *last;
    for (size_t i = 0; i < names->mention_count; i++) {
        const ew_quote_mention *m = &names->mentions[i];
        if (m->speaks && before(m->place, here) &&
            (found.person == SIZE_MAX || before(found.place, m->place)))
            found = *m;
    }
    return found;
}

/* The one person of this paragraph; else who spoke last, when nobody else came up since; else the one person of the
 * paragraphs before. */
static size_t resolve_pronoun(const ew_quote_names *names, const ew_speaker *s,
                              ew_quote_place here, const ew_quote_mention *before_it)
{
    enum { FAR = 3, NEAR = 2 };
    if ((s->flags & (EW_WORD_MALE | EW_WORD_FEMALE)) == 0)
        return SIZE_MAX;
    size_t only = only_near(names, here, s->flags, 0);
    if (only != SIZE_MAX)
        return names->people[only].likely ? only : SIZE_MAX;
    ew_quote_mention last = last_to_speak(names, here, before_it);
    if (last.person != SIZE_MAX &&
        is_near(names, last.place.paragraph, here.paragraph, FAR) &&
        fits(&names->people[last.person], s->flags) &&
        alone_since(names, &last, here, s->flags))
        return last.person;
    only = only_near(names, here, s->flags, NEAR);
    return only != SIZE_MAX && names->people[only].likely ? only : SIZE_MAX;
}

static size_t resolve_role(const ew_quote_names *names, const ew_speaker *s,
                           ew_quote_place here)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < names->count; i++) {
        const ew_quote_person *p = &names->people[i];
        bool is = p->body && has_word(p->name, s->role);
        for (size_t r = 0; r < p->roles && !p->body; r++)
            is = is || same(p->role[r], s->role);
        if (!is || !before(p->first, here))
            continue;
        if (found != SIZE_MAX)
            return SIZE_MAX;
        found = i;
    }
    return found;
}

size_t ew_quote_names_resolve(ew_quote_names *names, const ew_tokens *t,
                              const ew_speaker *s, ew_quote_place here,
                              const ew_quote_mention *last)
{
    size_t who = SIZE_MAX;
    if (s->kind == EW_SPEAKER_NAME)
        who = find(names, plain(ew_token_text(t, s->name_from, s->name_to)), here,
                   s->flags);
    else if (s->kind == EW_SPEAKER_PRONOUN)
        who = resolve_pronoun(names, s, here, last);
    else if (s->kind == EW_SPEAKER_ROLE && s->name_to > s->name_from) /* Mr Bishop */
        who = find(names, plain(ew_token_text(t, s->name_from, s->name_to)), here,
                   s->flags);
    if (s->kind == EW_SPEAKER_ROLE && who >= names->count)
        who = resolve_role(names, s, here);
    if (who >= names->count)
        return SIZE_MAX;
    if (s->kind == EW_SPEAKER_PRONOUN) { /* from now on */
        names->people[who].male =
            names->people[who].male || (s->flags & EW_WORD_MALE) != 0;
        names->people[who].female =
            names->people[who].female || (s->flags & EW_WORD_FEMALE) != 0;
    }
    return who;
}
