/* SPDX-License-Identifier: Apache-2.0 */
/* A closed list of what people do about a disputed thing. A stance is suggested only for a sentence that names
 * the thing, and not where it is negated or asked. */
#include <string.h>
#include <strings.h>

#include "import/quote_find.h"

/* Words in their order, with at most two others between; '|' divides words that do the same. */
typedef struct stance {
    const char *name;
    const char *words;
    bool says; /* needs a verb of saying before it, whose subject takes the stance */
} stance;

/* What has to stand a few words before "fake": said to be so, not "fake letters". */
static const char copulas[] =
    "is|was|were|are|be|been|being|as|it's|isn't|called|calls|calling|branded|labelled|"
    "labeled|dubbed|declared|considers|considered|deems|deemed|looks|had|s";

/* The first that fits counts. */
static const stance stances[] = {
    {"no-comment", "neither confirmed|confirm|confirms nor denied|deny|denies", false},
    {"no-comment", "would|did|could|can|will|does not confirm or|nor deny", false},
    {"no-comment", "declined|declines|refused|refuses to confirm or deny", false},
    {"no-comment", "neither confirming nor denying", false},
    {"no-comment", "declined|declines|refused|refuses to comment|discuss|answer|say",
     false},
    {"no-comment", "declined|declines|refused to be interviewed", false},
    {"no-comment", "would|did not comment|discuss", false},
    {"no-comment", "could|can not comment", false},
    {"no-comment", "cannot|couldn't|can't|wouldn't comment", false},
    {"no-reply-by", "could not be reached|contacted", false},
    {"no-reply-by",
     "did|has|had|have not immediately respond|reply|return|responded|replied", false},
    {"no-reply-by",
     "did|has|had|have not "
     "respond|reply|return|responded|replied|returned|answer|answered",
     false},
    {"retracts", "retracted|retracts|recanted|withdrew|repudiated|repudiates|disavowed",
     false},
    {"says-fabricated",
     "fabricated|fabrication|fake|faked|forged|forgery|deepfake|hoax|concocted|invented|"
     "ai-generated|computer-generated|synthetic|bogus|fakes|forgeries|spurious",
     true},
    {"says-fabricated",
     "generated|created|made|produced with|by|using ai|artificial|a-i|algorithm|software",
     true},
    {"says-altered",
     "doctored|edited|altered|manipulated|tampered|spliced|retouched|photoshopped|"
     "morphed|stitched|rearranged",
     true},
    {"says-altered", "was|were|been|being cut", true},
    {"confirms", "confirmed|confirms|acknowledged|acknowledges|authenticated|verified",
     false},
    {"confirms", "authentic|genuine|real|unaltered", true},
    {"denies", "denied|denies|rejected|rejects|disputed|disputes|disowned|disowns",
     false},
};

/* What such sentences speak of when they name nothing of the case. */
static const char things[] = "recording recordings audio clip clips tape tapes video "
                             "videos footage image images photo "
                             "photos photograph photographs document documents letter "
                             "memo email emails transcript "
                             "screenshot screenshots affidavit";
/* The same where it is said what the thing is: "said it was fake". */
static const char pointers[] =
    "it that this they these picture message messages call post "
    "statement voice file conversation";

static bool one_of(ew_slice word, const char *list, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t len = 0;
        while (i + len < n && list[i + len] != '|')
            len++;
        if (len == word.n && strncasecmp(list + i, word.p, len) == 0)
            return true;
        i += len + 1;
    }
    return false;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           ((unsigned char)c & 0x80) != 0;
}

/* The next word of a text, marks and points passed over. */
static bool next_word(ew_slice s, size_t *at, ew_slice *word)
{
    while (*at < s.n && (!is_letter(s.p[*at]) ||
                         memcmp(s.p + *at, "\xE2\x80", s.n - *at < 2 ? 0 : 2) == 0))
        *at += is_letter(s.p[*at]) && s.n - *at >= 3 ? 3 : 1;
    size_t from = *at;
    while (*at < s.n && is_letter(s.p[*at]) &&
           (s.n - *at < 2 || memcmp(s.p + *at, "\xE2\x80", 2) != 0))
        (*at)++;
    *word = (ew_slice){s.p + from, *at - from};
    return *at > from;
}

/* The rest of a phrase from `at` on. */
static bool follows(ew_slice s, size_t at, const char *phrase)
{
    enum { BETWEEN = 2 };
    ew_slice word;
    while (*phrase != 0) {
        size_t n = strcspn(phrase, " ");
        int between = 0;
        bool met = false;
        while (!met && between++ <= BETWEEN && next_word(s, &at, &word))
            met = one_of(word, phrase, n);
        if (!met)
            return false;
        phrase += n;
        phrase += *phrase == ' ';
    }
    return true;
}

/* Where a phrase begins in a sentence; SIZE_MAX. Not behind "not", "whether", "if" and the like. */
static size_t find_phrase(ew_slice s, const char *phrase)
{
    static const char doubt[] = "not|never|whether|if|without|n't|nor|no|cannot|didn't|"
                                "hasn't|wasn't|isn't|could|may|might|neither";
    enum { NEAR = 4 };
    size_t first = strcspn(phrase, " ");
    size_t at = 0;
    size_t since = NEAR + 1;
    ew_slice word;
    while (next_word(s, &at, &word)) {
        size_t from = (size_t)(word.p - s.p);
        const char *rest = phrase + first + (phrase[first] == ' ');
        bool own = phrase[first] == ' '; /* phrases bring their own "not" */
        if ((own || since > NEAR) && one_of(word, phrase, first) && follows(s, at, rest))
            return from;
        since = one_of(word, doubt, sizeof doubt - 1) ? 0 : since + 1;
    }
    return SIZE_MAX;
}

static bool contains(ew_slice s, ew_slice what)
{
    for (size_t i = 0; what.n > 0 && i + what.n <= s.n; i++)
        if (strncasecmp(s.p + i, what.p, what.n) == 0 &&
            (i == 0 || !is_letter(s.p[i - 1])) &&
            (i + what.n == s.n || !is_letter(s.p[i + what.n]) || s.p[i + what.n] == 's'))
            return true;
    return false;
}

/* "the recording" where "the audio recording" is named and is an item too. */
static bool longer_too(const ew_quoting *g, ew_slice sentence, ew_slice name)
{
    for (size_t i = 0; i < g->in->item_count; i++) {
        ew_slice other = g->in->items[i];
        (void)ew_slice_skip(&other, "the ");
        if (other.n > name.n && contains(other, name) && contains(sentence, other))
            return true;
    }
    return false;
}

/* Which item of the case: *item is set when one only is named. False: the sentence speaks of none. */
static bool speaks_of(const ew_quoting *g, ew_slice sentence, bool loosely,
                      ew_slice *item)
{
    size_t hits = 0;
    for (size_t i = 0; i < g->in->item_count; i++) {
        ew_slice name = g->in->items[i];
        (void)ew_slice_skip(&name, "the ");
        if (contains(sentence, name) && !longer_too(g, sentence, name)) {
            hits++;
            *item = g->in->items[i];
        }
    }
    if (hits > 1)
        *item = ew_slice_of("");
    if (hits > 0)
        return true;
    size_t at = 0;
    ew_slice word;
    while (next_word(sentence, &at, &word))
        if (ew_words_has(things, word.p, word.n) ||
            (loosely && ew_words_has(pointers, word.p, word.n)))
            return true;
    return false;
}

/* Silence needs no object: "The ministry did not respond to requests for comment." */
static bool needs_no_thing(const stance *s)
{
    return strcmp(s->name, "no-comment") == 0 || strcmp(s->name, "no-reply-by") == 0;
}

/* Do the words before `at` say that something is what comes there? */
static bool is_said_so(ew_slice sentence, size_t at)
{
    static const char between[] = "after|over|about|in|with|of|from|who|which|how|when";
    enum { NEAR = 6 };
    ew_slice word;
    size_t since = NEAR + 1;
    for (size_t i = 0; next_word(sentence, &i, &word);) {
        if ((size_t)(word.p - sentence.p) > at)
            break;
        if (one_of(word, "if|whether", 10))
            return false; /* what follows "if" is not said to be so */
        since = one_of(word, copulas, sizeof copulas - 1) ? 0 : since + 1;
        if (one_of(word, between, sizeof between - 1))
            since = NEAR + 1; /* "are shocked after fake ..." */
    }
    return since < NEAR;
}

/* "denied having forged it", "denied saying it was edited", "it was not true that": what is denied; but not "denied
 * it, saying it was fake" or "rejected it as fake". */
static bool is_denied(ew_slice sentence, size_t at)
{
    static const char deny[] =
        "denied|denies|denying|deny|disputed|disputes|rejected|rejects|untrue";
    static const char no[] = "not|never|no|n't|wasn't|isn't|neither";
    static const char truth[] = "true|correct|accurate|evidence|proof|truth|case";
    static const char anew[] = "calling|called|as|but";
    static const char say[] = "saying|said|says|insisting|insisted";
    enum { NEAR = 3 };
    size_t since = NEAR + 1; /* words since one of `no` */
    size_t denied_at = SIZE_MAX;
    ew_slice word;
    for (size_t i = 0; next_word(sentence, &i, &word);) {
        size_t here = (size_t)(word.p - sentence.p);
        if (here >= at)
            break;
        since = one_of(word, no, sizeof no - 1) ? 0 : since + 1;
        if (one_of(word, deny, sizeof deny - 1) ||
            (since <= NEAR && one_of(word, truth, sizeof truth - 1)))
            denied_at = here;
        else if (denied_at != SIZE_MAX &&
                 (one_of(word, anew, sizeof anew - 1) ||
                  (one_of(word, say, sizeof say - 1) &&
                   memchr(sentence.p + denied_at, ',', here - denied_at) != NULL)))
            denied_at = SIZE_MAX;
    }
    return denied_at != SIZE_MAX;
}

/* "denied that the general had confirmed it", not "denied the letter and confirmed the recording". */
static bool is_denied_deed(ew_slice sentence, size_t at)
{
    static const char that[] = "that|having";
    size_t denied = find_phrase((ew_slice){sentence.p, at}, "denied|denies|denying");
    ew_slice word;
    if (denied == SIZE_MAX || memchr(sentence.p + denied, ',', at - denied) != NULL)
        return false;
    size_t i = denied;
    return next_word(sentence, &i, &word) && next_word(sentence, &i, &word) &&
           one_of(word, that, sizeof that - 1);
}

/* Is what is confirmed or denied a thing, soon behind the verb? */
static bool follows_thing(const ew_quoting *g, ew_slice sentence, size_t at)
{
    enum { NEAR = 9 };
    size_t i = at;
    ew_slice word;
    for (size_t n = 0; n <= NEAR && next_word(sentence, &i, &word); n++)
        ;
    ew_slice near = {sentence.p + at, i - at};
    ew_slice item = ew_slice_of("");
    return speaks_of(g, near, false, &item);
}

static const stance *stance_in(const ew_quoting *g, ew_slice sentence, size_t *at,
                               ew_slice *item)
{
    *item = ew_slice_of("");
    bool loosely = speaks_of(g, sentence, true, item);
    bool thing = loosely && speaks_of(g, sentence, false, item);
    for (size_t i = 0; i < sizeof stances / sizeof stances[0]; i++) {
        const stance *s = &stances[i];
        *at = find_phrase(sentence, s->words);
        if (*at == SIZE_MAX || !(needs_no_thing(s) || thing || (s->says && loosely)))
            continue;
        if (s->says && (!is_said_so(sentence, *at) || is_denied(sentence, *at)))
            continue;
        if (!s->says && !needs_no_thing(s) && is_denied_deed(sentence, *at))
            continue;
        if (needs_no_thing(s) || s->says || follows_thing(g, sentence, *at))
            return s;
    }
    return NULL;
}

/* The token of the sentence that begins at or behind a byte of it. */
static size_t token_at(const ew_tokens *t, size_t from, size_t end, size_t byte)
{
    while (from < end && t->token[from].at + t->token[from].n <= byte)
        from++;
    return from;
}

/* "X said it was real, two days after Y called it a fake": between the verb of saying and the phrase begins a clause
 * with a verb of saying of its own, so that the phrase is not X's. "Which he called a fake" is. */
static bool is_of_other_clause(const ew_tokens *t, size_t verb, size_t at)
{
    static const char begin[] = "after|when|although|though|while|before|since|because|"
                                "until|once|whereas|despite|which|who|hours|days|weeks";
    bool below = false;
    for (size_t i = verb + 1; i < at; i++) {
        ew_slice word = ew_token_text(t, i, i + 1);
        size_t subject = i - 1;
        if (t->token[i].kind == EW_TOKEN_WORD && one_of(word, begin, sizeof begin - 1))
            below = true;
        if (!below || !ew_token_has(t, i, EW_WORD_SAY | EW_WORD_CALL))
            continue;
        while (subject > verb && ew_token_has(t, subject, EW_WORD_BETWEEN))
            subject--;
        if (!ew_token_has(t, subject, EW_WORD_PRONOUN) ||
            !ew_token_has(t, subject - 1, EW_WORD_WHO))
            return true;
    }
    return false;
}

/* Who takes it: the subject of the phrase's own verb, or of a verb of saying in the sentence. */
static ew_speaker taker(const ew_tokens *t, size_t from, size_t end, size_t at,
                        const stance *s)
{
    ew_speaker none = {.kind = EW_SPEAKER_NONE};
    bool role;
    if (!s->says) {
        /* "neither confirmed", "would neither confirm": the subject is before all of it */
        size_t v = at;
        while (v > from + 1 && ew_token_has(t, v - 1, EW_WORD_BETWEEN))
            v--;
        return ew_quote_subject(t, from, v, &role);
    }
    for (size_t v = from; v < end; v++)
        if (ew_token_has(t, v, EW_WORD_SAY | EW_WORD_CALL)) {
            size_t begin = v;
            while (begin > from && t->token[begin - 1].kind != EW_TOKEN_QUOTE)
                begin--;
            return is_of_other_clause(t, v, at) ? none
                                                : ew_quote_subject(t, begin, v, &role);
        }
    return none;
}

ew_code ew_quote_stances(ew_quoting *g, size_t paragraph, size_t from,
                         ew_code (*put)(void *cookie, const ew_quote *q, ew_err *err),
                         void *cookie)
{
    const ew_tokens *t = &g->paragraphs[paragraph];
    size_t end = ew_sentence_end(t, from);
    ew_slice sentence = ew_token_text(t, from, end);
    ew_slice item;
    size_t at;
    if (g->lang == NULL || from >= end)
        return EW_OK;
    const stance *s = stance_in(g, sentence, &at, &item);
    if (s == NULL)
        return EW_OK;
    size_t verb = token_at(t, from, end, t->token[from].at + at);
    if (verb < end && t->token[verb].kind == EW_TOKEN_QUOTE)
        return EW_OK; /* said in quotation marks: told with the quotation */
    ew_speaker who = taker(t, from, end, verb, s);
    if (who.kind == EW_SPEAKER_NONE || who.from >= who.to)
        return EW_OK;
    ew_quote_mention nobody = {SIZE_MAX, {0, 0}, false, false};
    for (size_t i = g->count; i > 0 && nobody.person == SIZE_MAX; i--) {
        const ew_quoted *k = &g->quotes[i - 1];
        if (k->found && k->person != SIZE_MAX &&
            (k->paragraph < paragraph || (k->paragraph == paragraph && k->token < from)))
            nobody = (ew_quote_mention){
                k->person, {k->speaker_paragraph, k->verb}, true, false};
    }
    size_t person = ew_quote_names_resolve(&g->names, t, &who,
                                           (ew_quote_place){paragraph, who.to}, &nobody);
    ew_quote told = {.kind = EW_QUOTE_INDIRECT,
                     .paragraph = paragraph,
                     .at = t->token[from].at,
                     .n = sentence.n,
                     .words = sentence,
                     .speaker = {"", 0},
                     .speaker_as_written = ew_token_text(t, who.from, who.to),
                     .anonymous = who.anonymous,
                     .pattern = &ew_quote_patterns[EW_PATTERN_STANCE],
                     .stance = s->name,
                     .item = item};
    if (person != SIZE_MAX)
        told.speaker = g->names.people[person].name;
    else if (who.kind == EW_SPEAKER_NAME)
        told.speaker = ew_token_text(t, who.name_from, who.name_to);
    return put(cookie, &told, g->err);
}

static bool is_no_comment(ew_slice words)
{
    while (words.n > 0 && memchr(".,! ", words.p[words.n - 1], 4) != NULL)
        words.n--;
    return words.n == 10 && strncasecmp(words.p, "no comment", words.n) == 0;
}

const char *ew_quote_stance_of(const ew_quoting *g, const ew_quoted *q, ew_slice *item)
{
    const ew_tokens *t = &g->paragraphs[q->paragraph];
    size_t from = ew_sentence_begin(t, q->token);
    size_t end = ew_sentence_end(t, q->token);
    ew_slice sentence = ew_token_text(t, from, end);
    size_t at;
    if (g->lang == NULL || !q->found || q->words.n == 0 ||
        q->words.p[q->words.n - 1] == '?')
        return "";
    if (is_no_comment(q->words))
        return "no-comment";
    const stance *s = stance_in(g, sentence, &at, item);
    if (s == NULL || !s->says) {
        *item = ew_slice_of("");
        return "";
    }
    /* The words themselves have to be in this quotation. */
    size_t byte = t->token[from].at + at;
    if (byte < q->span.at || byte >= q->span.end) {
        *item = ew_slice_of("");
        return "";
    }
    return s->name;
}
