/* SPDX-License-Identifier: Apache-2.0 */
/* Whose texts are asked for: a name that has the words that were given, or is one of the names that the
 * person of that name has. */
#include "casefile/search_who.h"

#include <string.h>

#include "casefile/fold.h"
#include "casefile/people.h"

static ew_code add_name(ew_case__who *w, const char *name, ew_err *err)
{
    if (w->count == EW_WHO_NAMES)
        return ew_fail(err, EW_E_LIMIT, 0, "a person with more than %d names",
                       (int)EW_WHO_NAMES);
    ew_code code = ew_fold_text(ew_slice_of(name), &w->names, err);
    w->ends[w->count++] = w->names.len;
    return code;
}

static ew_slice name_at(const ew_case__who *w, size_t i)
{
    size_t from = i > 0 ? w->ends[i - 1] : 0;
    return (ew_slice){(const char *)w->names.data + from, w->ends[i] - from};
}

static bool same(ew_slice a, const ew_buf *b)
{
    return a.n == b->len && memcmp(a.p, b->data, a.n) == 0;
}

/* One name of the case: is its person the one that is asked for? */
typedef struct asked {
    ew_case__who *w;
    int64_t person;
} asked;

static ew_code fold_last(ew_case__who *w, const char *name, ew_err *err)
{
    ew_buf_reset(&w->folded);
    return ew_fold_text(ew_slice_of(name), &w->folded, err);
}

static ew_code look_name(void *cookie, const ew_person *p, ew_err *err)
{
    asked *a = cookie;
    ew_code code = fold_last(a->w, p->name, err);
    if (code == EW_OK && !p->undone && same(name_at(a->w, 0), &a->w->folded))
        a->person = p->id;
    return code;
}

static ew_code look_alias(void *cookie, const ew_alias *l, ew_err *err)
{
    asked *a = cookie;
    if (l->undone || l->name[0] == 0)
        return EW_OK;
    ew_code code = fold_last(a->w, l->name, err);
    if (code == EW_OK && same(name_at(a->w, 0), &a->w->folded))
        a->person = l->person;
    return code;
}

static ew_code take_name(void *cookie, const ew_person *p, ew_err *err)
{
    asked *a = cookie;
    return p->id == a->person ? add_name(a->w, p->name, err) : EW_OK;
}

static ew_code take_alias(void *cookie, const ew_alias *l, ew_err *err)
{
    asked *a = cookie;
    return l->person == a->person && !l->undone && l->name[0] != 0
               ? add_name(a->w, l->name, err)
               : EW_OK;
}

ew_code ew_case__who_read(ew_case__who *w, ew_case *c, const char *person, ew_err *err)
{
    asked a = {.w = w};
    *w = (ew_case__who){.any = person == NULL || person[0] == 0};
    ew_buf_init(&w->names, EW_FOLD_MAX);
    ew_buf_init(&w->last, EW_FOLD_MAX);
    ew_buf_init(&w->folded, EW_FOLD_MAX);
    if (w->any)
        return EW_OK;
    ew_code code = add_name(w, person, err);
    if (code == EW_OK && w->names.len == 0)
        code = ew_fail(err, EW_E_ARG, 0, "there is no name in what is asked for");
    if (code == EW_OK)
        code = ew_case_aliases(c, look_alias, &a, err);
    if (code == EW_OK)
        code = ew_case_people(c, look_name, &a, err);
    if (code == EW_OK && a.person != 0)
        code = ew_case_people(c, take_name, &a, err);
    return code == EW_OK && a.person != 0 ? ew_case_aliases(c, take_alias, &a, err)
                                          : code;
}

void ew_case__who_release(ew_case__who *w)
{
    ew_buf_release(&w->names);
    ew_buf_release(&w->last);
    ew_buf_release(&w->folded);
}

/* The first name's words stand in the folded one; or it is one of the others. */
static bool has_words(const ew_case__who *w)
{
    ew_slice s = {(const char *)w->folded.data, w->folded.len};
    ew_slice name = name_at(w, 0);
    for (size_t i = 1; i < w->count; i++)
        if (same(name_at(w, i), &w->folded))
            return true;
    for (size_t at = 0; at + name.n <= s.n; at++)
        if (memcmp(s.p + at, name.p, name.n) == 0 && !ew_letter_before(s, at) &&
            !ew_letter_after(s, at + name.n))
            return true;
    return false;
}

static ew_code fits_one(ew_case__who *w, const char *name, bool *fits, ew_err *err)
{
    size_t n = strlen(name);
    if (n > 0 && n == w->last.len && memcmp(name, w->last.data, n) == 0) {
        *fits = w->last_fits; /* senders repeat */
        return EW_OK;
    }
    ew_code code = fold_last(w, name, err);
    *fits = code == EW_OK && has_words(w);
    w->last_fits = *fits;
    ew_buf_reset(&w->last);
    return code == EW_OK ? ew_buf_append(&w->last, name, n, err) : code;
}

ew_code ew_case__who_fits(ew_case__who *w, const char *name, const char *other,
                          bool *fits, ew_err *err)
{
    *fits = true;
    if (w->any)
        return EW_OK;
    ew_code code = fits_one(w, name, fits, err);
    if (code == EW_OK && !*fits && other[0] != 0)
        code = fits_one(w, other, fits, err);
    return code;
}
