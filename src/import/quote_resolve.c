/* SPDX-License-Identifier: Apache-2.0 */
/* Who is meant by a part of a name, a pronoun or a role. What is not certain stays open. */
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "import/quote_match.h"

static bool fits(const ew_quote_person *p, unsigned flags)
{
    return !p->body && !((flags & EW_WORD_MALE) != 0 && p->female) &&
           !((flags & EW_WORD_FEMALE) != 0 && p->male);
}

size_t ew_quote_mentions_before(const ew_quote_names *names, ew_quote_place here)
{
    size_t low = 0;
    size_t high = names->mention_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ew_place_before(names->mentions[middle].place, here))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* No more than `near` paragraphs of the report lie between; captions do not count. */
static bool is_near(const ew_quote_names *names, size_t a, size_t b, size_t near)
{
    size_t between = 0;
    for (size_t p = a; p < b && between <= near; p++)
        between += names->paragraphs[p].n > 0;
    return between <= near;
}

static bool is_candidate(const ew_quote_names *names, const ew_quote_mention *m,
                         unsigned flags)
{
    return m->person < names->count && fits(&names->people[m->person], flags);
}

/* Nobody else who fits was mentioned between two places. */
static bool alone_since(const ew_quote_names *names, size_t person, ew_quote_place since,
                        ew_quote_place here, unsigned flags)
{
    for (size_t i = ew_quote_mentions_before(names, here); i > 0; i--) {
        const ew_quote_mention *m = &names->mentions[i - 1];
        if (!ew_place_before(since, m->place))
            break;
        if (m->person != person &&
            (m->person == SIZE_MAX ||
             (is_candidate(names, m, flags) && names->people[m->person].likely)))
            return false;
    }
    return true;
}

/* The only one who fits in this paragraph and the `near` before. */
static size_t only_near(const ew_quote_names *names, ew_quote_place here, unsigned flags,
                        size_t near)
{
    size_t found = SIZE_MAX;
    for (size_t i = ew_quote_mentions_before(names, here); i > 0; i--) {
        const ew_quote_mention *m = &names->mentions[i - 1];
        if (!is_near(names, m->place.paragraph, here.paragraph, near))
            break;
        if (m->person == SIZE_MAX)
            return SIZE_MAX;
        if (!is_candidate(names, m, flags) || m->person == found)
            continue;
        if (found != SIZE_MAX)
            return SIZE_MAX;
        found = m->person;
    }
    return found;
}

/* The last who spoke, in quotation marks or without them, or whose clause began with the name. */
static ew_quote_mention last_subject(const ew_quote_names *names, ew_quote_place here,
                                     const ew_quote_mention *last, unsigned flags)
{
    enum { FAR = 3 };
    for (size_t i = ew_quote_mentions_before(names, here); i > 0; i--) {
        const ew_quote_mention *m = &names->mentions[i - 1];
        if (!is_near(names, m->place.paragraph, here.paragraph, FAR) ||
            (last->speaks && ew_place_before(m->place, last->place)))
            break;
        if (!m->speaks && !m->leads)
            continue;
        if (m->person == SIZE_MAX ||
            (is_candidate(names, m, flags) && names->people[m->person].likely))
            return *m;
        if (is_candidate(names, m, flags)) /* perhaps a person: nobody is certain */
            return (ew_quote_mention){SIZE_MAX, m->place, true, true};
    }
    if (last->speaks && is_near(names, last->place.paragraph, here.paragraph, FAR) &&
        (last->person == SIZE_MAX || is_candidate(names, last, flags)))
        return *last;
    return (ew_quote_mention){SIZE_MAX, {0, 0}, false, false};
}

/* Is somebody else who fits named in this paragraph, and not after "he" or "she" began a sentence of it? */
static bool is_contested(const ew_quote_names *names, size_t person, ew_quote_place here,
                         unsigned flags)
{
    const ew_tokens *t = &names->paragraphs[here.paragraph];
    for (size_t i = 0; i < t->n && i + 1 < here.token; i = t->token[i].end)
        if (ew_token_has(t, i, EW_WORD_PRONOUN) &&
            ew_token_has(t, i, flags & (EW_WORD_MALE | EW_WORD_FEMALE)))
            return false;
    for (size_t i = ew_quote_mentions_before(names, here); i > 0; i--) {
        const ew_quote_mention *m = &names->mentions[i - 1];
        if (m->place.paragraph != here.paragraph)
            break;
        if (m->person != person && is_candidate(names, m, flags) &&
            names->people[m->person].likely)
            return true;
    }
    return false;
}

/* Who spoke last or was the subject, when nobody else came up since; else the one person of the paragraphs
 * before. */
static size_t resolve_pronoun(const ew_quote_names *names, const ew_speaker *s,
                              ew_quote_place here, const ew_quote_mention *before_it)
{
    enum { NEAR = 2 };
    if ((s->flags & (EW_WORD_MALE | EW_WORD_FEMALE)) == 0)
        return SIZE_MAX;
    ew_quote_mention last = last_subject(names, here, before_it, s->flags);
    if (last.person == SIZE_MAX && last.speaks)
        return SIZE_MAX; /* somebody without a name */
    if (last.person != SIZE_MAX && last.place.paragraph != here.paragraph &&
        is_contested(names, last.person, here, s->flags))
        return SIZE_MAX;
    if (last.person != SIZE_MAX &&
        (last.speaks || alone_since(names, last.person, last.place, here, s->flags)))
        return last.person;
    size_t only = only_near(names, here, s->flags, NEAR);
    return only != SIZE_MAX && names->people[only].likely ? only : SIZE_MAX;
}

size_t ew_quote_person_with_role(const ew_quote_names *names, ew_slice role,
                                 ew_quote_place here)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < names->count; i++) {
        const ew_quote_person *p = &names->people[i];
        bool is = p->body && ew_name_has_word(p->name, role);
        for (size_t r = 0; r < p->roles && !p->body; r++)
            is = is || ew_name_same(p->role[r], role);
        if (!is || !ew_place_before(p->first, here))
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
        who = ew_quote_names_find(
            names, ew_name_plain(ew_token_text(t, s->name_from, s->name_to)), here,
            s->flags);
    else if (s->kind == EW_SPEAKER_PRONOUN)
        who = resolve_pronoun(names, s, here, last);
    else if (s->kind == EW_SPEAKER_ROLE && s->name_to > s->name_from) /* Mr Bishop */
        who = ew_quote_names_find(
            names, ew_name_plain(ew_token_text(t, s->name_from, s->name_to)), here,
            s->flags);
    if (s->kind == EW_SPEAKER_ROLE && who >= names->count)
        who = ew_quote_person_with_role(names, s->role, here);
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
