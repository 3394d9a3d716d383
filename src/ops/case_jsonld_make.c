/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of schema.org. Nothing is put into them that the case or a person does not say. */
#include "ops/case_jsonld_make.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/when.h"
#include "report/json.h"

#define CONTEXT "https://schema.org"

enum { TEXT_MAX = 2 * EW_CASE_WORDS + 4096, DAY_CHARS = 10 };

static const struct {
    const char *stance;
    const char *before, *after; /* around the item's name */
} claims[] = {
    {"confirms", " confirms \"", "\""},
    {"denies", " denies \"", "\""},
    {"says-fabricated", " says that \"", "\" is fabricated"},
    {"says-altered", " says that \"", "\" was altered"},
};

int ew_jsonld__stance(const char *stance)
{
    for (size_t i = 0; i < EW_COUNT(claims); i++)
        if (strcmp(claims[i].stance, stance) == 0)
            return (int)i;
    return -1;
}

bool ew_jsonld__is_claim(const ew_jsonld_claim *c)
{
    return c->stance >= 0 && c->root == c->id && !c->hidden;
}

/* schema.org's MediaManipulationRatingEnumeration. */
static const char *const categories[] = {
    "DecontextualizedContent", "EditedOrCroppedContent", "OriginalMediaContent",
    "SatireOrParodyContent",   "StagedContent",          "TransformedContent"};

bool ew_jsonld__is_category(const char *text)
{
    for (size_t i = 0; i < EW_COUNT(categories); i++)
        if (strcmp(text, categories[i]) == 0)
            return true;
    return false;
}

ew_code ew_jsonld__check_categories(const ew_jsonld_list *list, ew_err *err)
{
    for (size_t i = 0; i < list->n; i++) {
        const char *value = strchr(list->values[i], '=');
        if (value == NULL || !ew_jsonld__is_category(value + 1))
            return ew_fail(err, EW_E_ARG, 0,
                           "%s is none of DecontextualizedContent, "
                           "EditedOrCroppedContent, OriginalMediaContent, "
                           "SatireOrParodyContent, StagedContent, TransformedContent",
                           value != NULL ? value + 1 : "it");
    }
    return EW_OK;
}

/* ------------------------------------------------------------------ small objects */

static bool is_url(const char *text)
{
    return strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0;
}

static ew_obj typed(const char *type)
{
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "@type", type);
    return o;
}

static void set_some(ew_obj *o, const char *key, const char *text)
{
    if (text != NULL && text[0] != 0)
        ew_obj_str(o, key, text);
}

/* A node of this document, and a way to name it elsewhere. */
static void set_id(ew_obj *o, const char *what, int64_t number)
{
    char id[64];
    (void)snprintf(id, sizeof id, "_:%s-%" PRId64, what, number);
    ew_obj_str(o, "@id", id);
}

static json_t *publisher(const ew_jsonld *j)
{
    ew_obj o = typed("Organization");
    ew_obj_str(&o, "name", j->opts->publisher);
    set_some(&o, "url", j->opts->publisher_url);
    return o.json;
}

static json_t *person(const ew_jsonld *j, int64_t id)
{
    const ew_book_person *p = ew_book_person_of(&j->book, id);
    const char *name = p != NULL ? p->name : "";
    bool organization = false;
    for (size_t i = 0; i < j->opts->organizations.n; i++)
        organization =
            organization || strcmp(j->opts->organizations.values[i], name) == 0;
    ew_obj o = typed(organization ? "Organization" : "Person");
    ew_obj_str(&o, "name", name);
    return o.json;
}

static const char *media_type(const char *kind)
{
    static const char *const types[][2] = {{"recording", "AudioObject"},
                                           {"audio", "AudioObject"},
                                           {"video", "VideoObject"},
                                           {"image", "ImageObject"},
                                           {"picture", "ImageObject"}};
    for (size_t i = 0; i < EW_COUNT(types); i++)
        if (strcmp(types[i][0], kind) == 0)
            return types[i][1];
    return "MediaObject";
}

static json_t *media(const ew_book_item *item)
{
    char size[32];
    ew_obj o = typed(media_type(item->kind));
    set_id(&o, "item", item->id);
    ew_obj_str(&o, "name", item->name);
    ew_obj_sha256(&o, "sha256", item->sha256);
    (void)snprintf(size, sizeof size, "%" PRIu64 " B", item->bytes);
    ew_obj_str(&o, "contentSize", size);
    if (is_url(item->origin))
        ew_obj_str(&o, "contentUrl", item->origin);
    return o.json;
}

static const ew_jsonld_article *article_of(const ew_jsonld *j, int64_t item)
{
    for (size_t i = 0; i < j->article_count; i++)
        if (j->articles[i].item == item)
            return &j->articles[i];
    return NULL;
}

/* A report in which a claim stands. NULL: there is none. */
static json_t *report(const ew_jsonld *j, int64_t number)
{
    char day[EW_ISO_TEXT];
    const ew_book_item *item = ew_book_item_of(&j->book, number);
    const ew_jsonld_article *a = article_of(j, number);
    if (item == NULL || item->undone || !ew_jsonld__shows(j, number))
        return NULL;
    ew_obj o = typed(a != NULL ? "NewsArticle" : "CreativeWork");
    ew_obj_str(&o, "name", a != NULL && a->title[0] != 0 ? a->title : item->name);
    if (a != NULL && is_url(a->url))
        ew_obj_str(&o, "url", a->url);
    else if (is_url(item->origin))
        ew_obj_str(&o, "url", item->origin);
    if (a != NULL && a->has_time) {
        (void)ew_iso_text(a->time, day);
        day[DAY_CHARS] = 0;
        ew_obj_str(&o, "datePublished", day);
    }
    if (a != NULL)
        set_some(&o, "inLanguage", a->language);
    if (a != NULL && a->outlet[0] != 0) {
        ew_obj outlet = typed("Organization");
        ew_obj_str(&outlet, "name", a->outlet);
        ew_obj_set(&o, "publisher", outlet.json);
    }
    return o.json;
}

/* ------------------------------------------------------------------ reviews */

/* "1/5 False" or "False". */
static json_t *rating(const char *text)
{
    ew_obj o = typed("Rating");
    size_t value = strspn(text, "0123456789");
    size_t best =
        value > 0 && text[value] == '/' ? strspn(text + value + 1, "0123456789") : 0;
    const char *rest = text + value + 1 + best;
    if (best > 0 && value <= 9 && best <= 9 && (*rest == ' ' || *rest == 0)) {
        char number[16];
        (void)snprintf(number, sizeof number, "%.*s", (int)value, text);
        ew_obj_str(&o, "ratingValue", number);
        (void)snprintf(number, sizeof number, "%.*s", (int)best, text + value + 1);
        ew_obj_str(&o, "bestRating", number);
        ew_obj_str(&o, "worstRating", "1");
        text = *rest == ' ' ? rest + 1 : rest;
    }
    set_some(&o, "alternateName", text);
    return o.json;
}

static void set_review(const ew_jsonld *j, ew_obj *o)
{
    ew_obj_set(o, "author", publisher(j));
    set_some(o, "datePublished", j->opts->date);
    set_some(o, "url", j->opts->url);
}

/* All reports that give this claim, each once, the one that gave it first before the others. */
static json_t *appearances(const ew_jsonld *j, const ew_jsonld_claim *c)
{
    json_t *list = json_array();
    for (size_t i = 0; i < j->n; i++) {
        const ew_jsonld_claim *other = &j->claims[i];
        bool known = false;
        if (other->root != c->id || other->report == 0)
            continue;
        for (size_t k = 0; k < i && !known; k++)
            known = j->claims[k].root == c->id && j->claims[k].report == other->report;
        json_t *one = known ? NULL : report(j, other->report);
        if (one != NULL)
            ew_list_add(&list, one);
    }
    return list;
}

static ew_code claim_text(const ew_jsonld *j, const ew_jsonld_claim *c, ew_buf *out,
                          ew_err *err)
{
    const ew_book_person *p = ew_book_person_of(&j->book, c->person);
    const ew_book_item *i = ew_book_item_of(&j->book, c->item);
    ew_buf_reset(out);
    return ew_buf_printf(out, err, "%s%s%s%s", p != NULL ? p->name : "",
                         claims[c->stance].before, i != NULL ? i->name : "",
                         claims[c->stance].after);
}

static json_t *claim(const ew_jsonld *j, const ew_jsonld_claim *c, const char *text)
{
    ew_obj o = typed("Claim");
    ew_obj_set(&o, "author", person(j, c->person));
    ew_obj_str(&o, "datePublished", c->date);
    ew_obj_str(&o, "text", c->words[0] != 0 ? c->words : text);
    json_t *list = appearances(j, c);
    if (list != NULL && json_array_size(list) == 0)
        json_decref(list);
    else
        ew_obj_set(&o, "appearance", list);
    ew_obj about = ew_obj_new();
    set_id(&about, "item", c->item);
    ew_obj_set(&o, "about", about.json);
    return o.json;
}

static json_t *claim_review(const ew_jsonld *j, const ew_jsonld_claim *c,
                            const char *text)
{
    const char *verdict = ew_jsonld__value(&j->opts->ratings, c->id);
    ew_obj o = typed("ClaimReview");
    set_id(&o, "claim-review", c->id);
    set_review(j, &o);
    ew_obj_str(&o, "claimReviewed", text);
    ew_obj_set(&o, "itemReviewed", claim(j, c, text));
    if (verdict != NULL)
        ew_obj_set(&o, "reviewRating", rating(verdict));
    return o.json;
}

static json_t *media_review(const ew_jsonld *j, const ew_book_item *item)
{
    const char *authentic = ew_jsonld__value(&j->opts->authenticity, item->id);
    json_t *list = json_array();
    json_t *reviews = json_array();
    ew_obj o = typed("MediaReview");
    set_id(&o, "media-review", item->id);
    set_review(j, &o);
    ew_obj what = typed("MediaReviewItem");
    ew_obj_str(&what, "name", item->name);
    ew_list_add(&list, media(item));
    ew_obj_set(&what, "mediaItemAppearance", list);
    ew_obj_set(&o, "itemReviewed", what.json);
    set_some(&o, "mediaAuthenticityCategory", authentic);
    set_some(&o, "originalMediaContextDescription",
             ew_jsonld__value(&j->opts->contexts, item->id));
    for (size_t i = 0; i < j->n; i++) {
        if (j->claims[i].item != item->id || !ew_jsonld__is_claim(&j->claims[i]))
            continue;
        ew_obj ref = ew_obj_new();
        set_id(&ref, "claim-review", j->claims[i].id);
        ew_list_add(&reviews, ref.json);
    }
    if (reviews != NULL && json_array_size(reviews) == 0)
        json_decref(reviews);
    else
        ew_obj_set(&o, "associatedClaimReview", reviews);
    return o.json;
}

static bool is_reviewed(const ew_jsonld *j, const ew_book_item *item)
{
    bool yes = ew_jsonld__value(&j->opts->authenticity, item->id) != NULL ||
               ew_jsonld__value(&j->opts->contexts, item->id) != NULL;
    for (size_t i = 0; i < j->n && !yes; i++)
        yes = j->claims[i].item == item->id && ew_jsonld__is_claim(&j->claims[i]);
    return yes && !item->undone && ew_jsonld__shows(j, item->id) &&
           (j->item == 0 || j->item == item->id);
}

/* ------------------------------------------------------------------ the document */

/* Where jansson's pieces go. It does not heed every failure that it is told of. */
typedef struct sink {
    ew_buf *out;
    ew_code code;
    ew_err *err;
} sink;

static int append(const char *bytes, size_t n, void *cookie)
{
    sink *s = cookie;
    if (s->code == EW_OK)
        s->code = ew_buf_append(s->out, bytes, n, s->err);
    return s->code == EW_OK ? 0 : -1;
}

static ew_code print(ew_obj *o, ew_buf *out, ew_err *err)
{
    sink s = {out, EW_OK, err};
    if (o->json == NULL ||
        (json_dump_callback(o->json, append, &s, JSON_INDENT(2)) != 0 && s.code == EW_OK))
        s.code = ew_fail_nomem(err);
    ew_obj_release(o);
    return s.code == EW_OK ? ew_buf_append(out, "\n", 1, err) : s.code;
}

ew_code ew_jsonld__write(const ew_jsonld *j, ew_buf *out, ew_err *err)
{
    ew_buf text;
    ew_code code = EW_OK;
    json_t *graph = json_array();
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "@context", CONTEXT);
    ew_buf_init(&text, TEXT_MAX);
    for (size_t i = 0; i < j->n && code == EW_OK; i++) {
        if (!ew_jsonld__is_claim(&j->claims[i]))
            continue;
        code = claim_text(j, &j->claims[i], &text, err);
        if (code == EW_OK)
            ew_list_add(&graph, claim_review(j, &j->claims[i], (const char *)text.data));
    }
    for (size_t i = 0; i < j->book.item_count && code == EW_OK; i++)
        if (is_reviewed(j, &j->book.items[i]))
            ew_list_add(&graph, media_review(j, &j->book.items[i]));
    ew_buf_release(&text);
    ew_obj_set(&o, "@graph", graph);
    if (code == EW_OK)
        return print(&o, out, err);
    ew_obj_release(&o);
    return code;
}
