/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the names before the quotations are looked at, and resolves. What is not certain stays open. */
#include "import/quote_names.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "import/quote_match.h"

static void add_role(ew_quote_person *p, ew_slice role)
{
    for (size_t i = 0; i < p->roles; i++)
        if (ew_name_same(p->role[i], role))
            return;
    if (p->roles < EW_PERSON_ROLES && role.n > 0)
        p->role[p->roles++] = role;
}

static void learn(ew_quote_person *p, const ew_tokens *t, size_t i)
{
    p->male = p->male || ew_token_has(t, i, EW_WORD_MALE);
    p->female = p->female || ew_token_has(t, i, EW_WORD_FEMALE);
    p->likely = p->likely || ew_token_has(t, i,
                                          EW_WORD_MALE | EW_WORD_FEMALE | EW_WORD_ROLE |
                                              EW_WORD_TITLE | EW_WORD_UNNAMED);
    ew_slice word = ew_token_text(t, i, i + 1);
    bool initials = ew_token_has(t, i, EW_WORD_TITLE) && word.n > 1 &&
                    isupper((unsigned char)word.p[0]) &&
                    isupper((unsigned char)word.p[1]);
    if (ew_token_has(t, i, EW_WORD_ROLE) || initials)
        add_role(p, word);
}

static void learn_before_comma(ew_quote_person *p, const ew_tokens *t, size_t run)
{
    enum { FAR = 8 };
    if (run < 2 || !ew_token_is_point(t, run - 1, ','))
        return;
    for (size_t i = run - 1; i > 1 && run - i < FAR; i--) {
        if (t->token[i - 1].kind != EW_TOKEN_WORD || t->token[i - 1].ends)
            return;
        if (!ew_token_has(t, i - 1, EW_WORD_ROLE) || !ew_token_has(t, i, EW_WORD_OF))
            continue;
        if (ew_token_has(t, i - 2, EW_WORD_THE | EW_WORD_TITLE))
            learn(p, t, i - 1);
        return;
    }
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
        ew_token_has(t, run - 2, EW_WORD_ROLE))
        learn(p, t, run - 2);
    p->likely = p->likely || (run > 1 && ew_token_is(t, run - 1, "to") &&
                              ew_token_is(t, run - 2, "according"));
    /* "the minister for energy, Ann Roe," */
    if (core == run || ew_token_is_point(t, run - (run > 0), ','))
        learn_before_comma(p, t, run);
    /* "his co-defendant, Ann Roe, wept" */
    if (run > 1 && ew_token_is_point(t, run - 1, ',') &&
        t->token[run - 2].kind == EW_TOKEN_WORD && !t->token[run - 2].capital &&
        t->token[end - 1].n > 0 && end < t->n && t->token[end].kind == EW_TOKEN_POINT)
        p->likely = true;
    if (!ew_token_is_point(t, end, ','))
        return;
    size_t i = end + 1;
    p->likely = p->likely || ew_token_has(t, i, EW_WORD_WHO) ||
                (i < t->n && isdigit((unsigned char)t->text.p[t->token[i].at]));
    bool apposition =
        ew_token_has(t, i, EW_WORD_A | EW_WORD_THE | EW_WORD_ROLE | EW_WORD_TITLE) ||
        (i < t->n && t->token[i].kind == EW_TOKEN_WORD && !t->token[i].capital);
    for (size_t steps = 0; apposition && i < t->n && steps < 6; i++, steps++) {
        if (t->token[i].kind != EW_TOKEN_WORD ||
            ew_token_has(t, i, EW_WORD_OF | EW_WORD_SAY) ||
            ew_token_has(t, i, EW_WORD_WHO | EW_WORD_CUT))
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
        names->people[names->count++] = (ew_quote_person){
            .name = name, .body = body, .words = ew_name_bits(name), .first = place};
    return code;
}

static ew_code mention(ew_quote_names *names, ew_quote_mention m)
{
    void *items = names->mentions;
    ew_code code = ew_room_grow(names->room, &items, names->mention_count,
                                &names->mention_cap, sizeof *names->mentions, names->err);
    names->mentions = items;
    if (code == EW_OK)
        names->mentions[names->mention_count++] = m;
    return code;
}

/* "retired dentist Ann Roe", "landlady Sue Lee": words of no other kind before a name; the last of them is no verb. */
static bool describes(const ew_tokens *t, size_t i, size_t name)
{
    ew_slice w = ew_token_text(t, i, i + 1);
    if (t->token[i].kind != EW_TOKEN_WORD || t->token[i].capital ||
        t->token[i].flags != 0 || w.n < 4)
        return false;
    bool verb = memcmp(w.p + w.n - 2, "ed", 2) == 0 ||
                memcmp(w.p + w.n - 3, "ing", 3) == 0 || w.p[w.n - 1] == 's';
    return i + 1 < name || !verb;
}

/* Does a clause begin with what begins at token i? Titles, "on Monday" and "the" may stand before it. */
static bool leads(const ew_tokens *t, size_t i)
{
    enum { FAR = 8 };
    size_t begin = t->token[i].begin;
    size_t name = i;
    for (size_t steps = 0; i > begin && steps < FAR; i--, steps++)
        if (!ew_token_has(t, i - 1,
                          EW_WORD_TITLE | EW_WORD_ROLE | EW_WORD_THE | EW_WORD_OPENING |
                              EW_WORD_BODY) &&
            !describes(t, i - 1, name))
            break;
    /* "Political analyst Ann Roe" */
    bool one = i == begin + 1 && i < name && t->token[begin].capital;
    return i == begin || one || ew_token_is_point(t, i - 1, ',') ||
           t->token[i - 1].kind == EW_TOKEN_QUOTE || ew_token_has(t, i - 1, EW_WORD_CUT);
}

static bool is_body(const ew_tokens *t, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (ew_token_has(t, i, EW_WORD_BODY))
            return true;
    return false;
}

/* "Bishnu, a student, was shot": somebody, or a place. */
static bool is_described(const ew_tokens *t, size_t run, size_t end)
{
    return run == t->token[run].begin && ew_token_is_point(t, end, ',') &&
           ew_token_has(t, end + 1, EW_WORD_A);
}

/* "his grandson, Anas, 12,": one word, but with an age or "who" behind it. */
static bool is_apposed(const ew_tokens *t, size_t run, size_t end)
{
    if (!ew_token_is_point(t, end, ',') || end + 1 >= t->n)
        return false;
    bool more = ew_token_has(t, end + 1, EW_WORD_WHO) ||
                isdigit((unsigned char)t->text.p[t->token[end + 1].at]);
    bool own = run > 2 && ew_token_is_point(t, run - 1, ',') &&
               ew_token_has(t, run - 3, EW_WORD_THE) && !ew_token_is(t, run - 3, "the");
    return more || own || is_described(t, run, end);
}

/* `"...," said X`; not "told X" or "said X was". */
static bool is_inverted(const ew_tokens *t, size_t run)
{
    size_t v = run;
    while (v > 0 && ew_token_has(t, v - 1, EW_WORD_TITLE | EW_WORD_ROLE | EW_WORD_THE))
        v--;
    if (v < 2 || !ew_token_has(t, v - 1, EW_WORD_SAY))
        return false;
    v -= ew_token_is_point(t, v - 2, ',') && v > 2;
    return t->token[v - 2].kind == EW_TOKEN_QUOTE;
}

/* Does what stands around it show a person although it is one word? */
static bool speaks(const ew_tokens *t, size_t core, size_t run, size_t end)
{
    return core > run || ew_token_has(t, end, EW_WORD_SAY) || is_inverted(t, run) ||
           (core > 0 && ew_token_has(t, core - 1, EW_WORD_ROLE)) ||
           (core > 1 && ew_token_is_point(t, core - 1, ',') &&
            ew_token_has(t, core - 2, EW_WORD_ROLE)) ||
           is_apposed(t, run, end);
}

/* "X said", "X has also said", and "said X". */
static bool verb_behind(const ew_tokens *t, size_t end)
{
    enum { LONGEST = 12 };
    if (ew_token_is_point(t, end, '('))
        for (size_t i = end; i < t->n && i - end < LONGEST; i++)
            if (ew_token_is_point(t, i, ')')) {
                end = i + 1;
                break;
            }
    while (ew_token_has(t, end, EW_WORD_BETWEEN))
        end++;
    return ew_token_has(t, end, EW_WORD_SAY | EW_WORD_CALL);
}

/* A run of capitals. */
typedef struct name_run {
    size_t run, core, end; /* with titles, without them, one past it */
    size_t words;
    unsigned given; /* what its first name says of who is called so */
    ew_slice name;
} name_run;

/* What the titles and the first name say. */
static unsigned gender_of(const ew_tokens *t, const name_run *r)
{
    unsigned gender = 0;
    for (size_t i = r->run; i < r->core; i++)
        gender |= t->token[i].flags;
    gender |= r->given == EW_WORD_GIVEN_MALE ? EW_WORD_MALE : 0;
    gender |= r->given == EW_WORD_GIVEN_FEMALE ? EW_WORD_FEMALE : 0;
    return gender;
}

/* "The Prime Minister said", "the Earl of Lor": who is so called, or somebody. */
static ew_code take_office(ew_quote_names *names, const ew_tokens *t, const name_run *r,
                           ew_quote_place place)
{
    bool office = ew_token_has(t, r->end, EW_WORD_OF) && leads(t, r->run);
    if (!office && !verb_behind(t, r->end))
        return EW_OK;
    ew_slice role = ew_token_text(t, r->end - 1, r->end);
    return mention(names,
                   (ew_quote_mention){ew_quote_person_with_role(names, role, place),
                                      place, true, leads(t, r->run)});
}

/* What this place says of the person. */
static void learn_person(ew_quote_person *p, const ew_tokens *t, const name_run *r,
                         bool fresh)
{
    if (p->body)
        return;
    bool single = r->words < 2 && fresh && !is_described(t, r->run, r->end);
    p->likely = p->likely || r->given != 0 || single || verb_behind(t, r->end);
    p->male = p->male || (r->given == EW_WORD_GIVEN_MALE && !p->female);
    p->female = p->female || (r->given == EW_WORD_GIVEN_FEMALE && !p->male);
    learn_around(p, t, r->run, r->core, r->end);
    if (r->run > 0 && r->words > 1 && describes(t, r->run - 1, r->run) &&
        leads(t, r->run))
        p->likely = true;
}

/* A new name or a form of a known one. */
static ew_code take_run(ew_quote_names *names, const ew_tokens *t, size_t paragraph,
                        size_t run, size_t end)
{
    enum { LONGEST = 6 };
    name_run r = {run, ew_name_core(t, run, end), end, 0, 0, {"", 0}};
    ew_quote_place place = {paragraph, run};
    ew_slice whole = ew_token_text(t, r.core, end);
    r.name = ew_name_plain(whole);
    r.words = ew_name_words(r.name);
    if (r.words > 1)
        r.given = t->token[r.core].flags & (EW_WORD_GIVEN_MALE | EW_WORD_GIVEN_FEMALE);
    size_t who = ew_quote_names_find(names, r.name, place, gender_of(t, &r));
    bool fresh = who == SIZE_MAX;
    if (names->mention_count >= EW_MENTIONS)
        return EW_OK;
    if (who >= names->count && (ew_name_is_role(t, r.core, end) ||
                                (r.words < 2 && ew_token_has(t, r.core, EW_WORD_TITLE))))
        return take_office(names, t, &r, place);
    bool owns = r.name.n < whole.n; /* "Roe's house" */
    bool said = !owns && (verb_behind(t, end) || is_inverted(t, run));
    if (fresh) {
        bool body =
            is_body(t, r.core, end) || (run > 1 && ew_token_has(t, run - 1, EW_WORD_OF) &&
                                        ew_token_has(t, run - 2, EW_WORD_SPEAKS_FOR));
        bool in = run > 0 && ew_token_has(t, run - 1, EW_WORD_PLACE) && r.core == run;
        bool single = r.words < 2 && (body || !speaks(t, r.core, run, end));
        if (names->count >= EW_PEOPLE || (!body && in) || r.words > LONGEST || single)
            return EW_OK;
        who = names->count;
        ew_code code = new_person(names, r.name, body, place);
        if (code != EW_OK)
            return code;
    }
    if (who < names->count)
        learn_person(&names->people[who], t, &r, fresh);
    else
        who = SIZE_MAX; /* one of several: somebody */
    return mention(names, (ew_quote_mention){who, place, said, !owns && leads(t, run)});
}

/* A headline or a line between: Most Words Begin With a Capital. */
static bool is_heading(const ew_tokens *t)
{
    enum { SHORT = 4, LEAST = 4, MOST = 40 };
    size_t words = 0;
    size_t capitals = 0;
    for (size_t i = 0; i < t->n; i++) {
        if (t->token[i].kind != EW_TOKEN_WORD || t->token[i].n < SHORT)
            continue;
        words++;
        capitals += t->token[i].capital;
    }
    return t->n <= MOST && words >= LEAST && capitals * 10 >= words * 9;
}

/* "a nurse said", "said two former officials": one past it, or i. */
static size_t unnamed_end(const ew_tokens *t, size_t i)
{
    enum { FAR = 4 };
    if (!ew_token_has(t, i, EW_WORD_A) || t->token[i].ends)
        return i;
    bool begins = i == t->token[i].begin || t->token[i - 1].kind == EW_TOKEN_QUOTE ||
                  ew_token_has(t, i - 1, EW_WORD_SAY | EW_WORD_CUT);
    for (size_t k = i + 1; begins && k < t->n && k <= i + FAR; k++) {
        if (t->token[k].kind != EW_TOKEN_WORD ||
            ew_token_has(t, k, EW_WORD_OF | EW_WORD_WHO))
            break;
        bool noun =
            ew_token_has(t, k, EW_WORD_ROLE) && !ew_token_has(t, k + 1, EW_WORD_ROLE);
        bool name =
            k + 2 < t->n && ew_token_is_point(t, k + 1, ',') && t->token[k + 2].capital;
        if (noun)
            return name || (k + 1 < t->n && t->token[k + 1].capital) ? i : k + 1;
        /* "a former cellmate, whose name is withheld," */
        if (!t->token[k].capital && ew_token_is_point(t, k + 1, ',') &&
            ew_token_has(t, k + 2, EW_WORD_WHO))
            return k + 1;
    }
    return i;
}

/* "The minister said": who is so called, or somebody. */
static ew_code take_role(ew_quote_names *names, size_t p, size_t i)
{
    enum { FAR = 3 };
    const ew_tokens *t = &names->paragraphs[p];
    ew_quote_place place = {p, i};
    if (!ew_token_has(t, i, EW_WORD_THE) || !leads(t, i) ||
        names->mention_count >= EW_MENTIONS)
        return EW_OK;
    for (size_t k = i + 1; k < t->n && k <= i + FAR; k++) {
        if (t->token[k].kind != EW_TOKEN_WORD || t->token[k].capital)
            break;
        if (ew_token_has(t, k, EW_WORD_ROLE) && verb_behind(t, k + 1))
            return mention(
                names, (ew_quote_mention){ew_quote_person_with_role(
                                              names, ew_token_text(t, k, k + 1), place),
                                          place, true, true});
    }
    return EW_OK;
}

static ew_code read_paragraph(ew_quote_names *names, size_t p)
{
    const ew_tokens *t = &names->paragraphs[p];
    ew_code code = EW_OK;
    if (is_heading(t))
        return EW_OK;
    for (size_t i = 0; i < t->n && code == EW_OK;) {
        size_t end = ew_name_end(t, i, t->n);
        if (end > i) {
            code = take_run(names, t, p, i, end);
            i = end;
            continue;
        }
        end = unnamed_end(t, i);
        if (end > i && names->mention_count < EW_MENTIONS)
            code =
                mention(names, (ew_quote_mention){SIZE_MAX, {p, i}, true, leads(t, i)});
        if (end == i && code == EW_OK)
            code = take_role(names, p, i);
        i = end > i ? end : i + 1;
    }
    return code;
}

/* A name of one word that is the last, or the only first, of one longer name is that one's. */
static void join_short(ew_quote_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        ew_quote_person *p = &names->people[i];
        size_t found = SIZE_MAX;
        if (p->body || ew_name_words(p->name) != 1)
            continue;
        for (size_t k = 0; k < names->count; k++) {
            const ew_quote_person *l = &names->people[k];
            if (k == i || ew_name_rank(p->name, p->words, l) == 0 || l->body)
                continue;
            found = found == SIZE_MAX ? k : SIZE_MAX - 1;
        }
        if (found >= names->count)
            continue;
        ew_quote_person *l = &names->people[found];
        if (ew_name_rank(p->name, p->words, l) < 2 || (l->male && p->female) ||
            (l->female && p->male))
            continue;
        p->name = l->name;
        p->words = l->words;
        p->male = p->male || l->male;
        p->female = p->female || l->female;
    }
}

/* Two entries of one name become the first. */
static void join_same(ew_quote_names *names)
{
    for (size_t i = 0; i < names->mention_count; i++) {
        ew_quote_mention *m = &names->mentions[i];
        for (size_t k = 0; m->person < names->count && k < m->person; k++) {
            ew_quote_person *a = &names->people[k];
            const ew_quote_person *b = &names->people[m->person];
            if (a->words != b->words || !ew_name_same(a->name, b->name))
                continue;
            for (size_t role = 0; role < b->roles; role++)
                add_role(a, b->role[role]);
            a->male = a->male || b->male;
            a->female = a->female || b->female;
            a->likely = a->likely || b->likely;
            m->person = k;
        }
    }
}

ew_code ew_quote_names_read(ew_quote_names *names, const ew_tokens *paragraphs,
                            size_t count)
{
    ew_code code = EW_OK;
    names->paragraphs = paragraphs;
    for (size_t p = 0; p < count && code == EW_OK; p++)
        code = read_paragraph(names, p);
    join_short(names);
    join_same(names);
    return code;
}
