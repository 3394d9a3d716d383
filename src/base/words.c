/* SPDX-License-Identifier: Apache-2.0 */
/* Looking texts up in the catalogue of the thread's language. */
#include "base/words.h"

#include <string.h>
#include <strings.h>

#include "base/words_table.h"
#include "base/words_said.h"

static _Thread_local const ew_words_language *spoken; /* NULL: English */

bool ew_language_set(const char *code)
{
    if (strcmp(code, "en") == 0) {
        spoken = NULL;
        return true;
    }
    for (size_t i = 0; i < ew_words_language_count; i++)
        if (strcmp(ew_words_languages[i].code, code) == 0) {
            spoken = &ew_words_languages[i];
            return true;
        }
    return false;
}

const char *ew_language(void)
{
    return spoken != NULL ? spoken->code : "en";
}

const char *ew_language_code(size_t i)
{
    if (i == 0)
        return "en";
    return i <= ew_words_language_count ? ew_words_languages[i - 1].code : NULL;
}

const char *ew_language_name(size_t i)
{
    if (i == 0)
        return "English";
    return i <= ew_words_language_count ? ew_words_languages[i - 1].name : NULL;
}

const char *ew_language_accepted(const char *header)
{
    while (header != NULL && *header != 0) {
        header += strspn(header, " ,\t");
        size_t n = strcspn(header, "-;, \t");
        for (size_t i = 0; n > 0 && ew_language_code(i) != NULL; i++)
            if (strlen(ew_language_code(i)) == n &&
                strncasecmp(ew_language_code(i), header, n) == 0)
                return ew_language_code(i);
        header += strcspn(header, ",");
    }
    return "en";
}

const char *ew_words_find(const ew_words_language *l, const char *english)
{
    size_t from = 0;
    size_t to = l->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = strcmp(english, l->text + l->pairs[middle].english);
        if (order == 0)
            return l->text + l->pairs[middle].said;
        if (order < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return NULL;
}

const char *ew_tr(const char *english)
{
    const char *said = spoken != NULL ? ew_words_find(spoken, english) : NULL;
    return said != NULL ? said : english;
}

/* ------------------------------------------------------------------ sentences */

enum { KEPT = 8, KEPT_BYTES = 4096 };

const char *ew_said(const char *english)
{
    static _Thread_local char kept[KEPT][KEPT_BYTES];
    static _Thread_local unsigned next;
    if (spoken == NULL || english[0] == 0)
        return english;
    const char *whole = ew_words_find(spoken, english);
    if (whole != NULL)
        return whole;
    char *to = kept[next % KEPT];
    if (!ew_words_recognise(spoken, english, to, KEPT_BYTES))
        return english;
    next++;
    return to;
}
