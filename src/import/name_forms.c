/* SPDX-License-Identifier: Apache-2.0 */
/* Names in one form. */
#include "import/name_forms.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "base/alloc.h"

enum { NAME_MAX_BYTES = 4096 };

typedef struct ew_name_form {
    char *name; /* composed; memory of utf8proc's */
    size_t number;
} ew_name_form;

/* NULL: there is but one form, or no memory. */
static char *compose(ew_slice name)
{
    utf8proc_uint8_t *out = NULL;
    bool ascii = true;
    for (size_t i = 0; i < name.n && ascii; i++)
        ascii = (name.p[i] & 0x80) == 0;
    if (ascii || name.n > NAME_MAX_BYTES ||
        utf8proc_map((const utf8proc_uint8_t *)name.p, (utf8proc_ssize_t)name.n, &out,
                     UTF8PROC_STABLE | UTF8PROC_COMPOSE) < 0)
        return NULL;
    return (char *)out;
}

ew_code ew_name_forms_add(ew_name_forms *f, ew_slice name, size_t number, ew_err *err)
{
    char *composed = compose(name);
    if (composed == NULL)
        return EW_OK;
    if (f->count == f->cap) {
        size_t cap = f->cap > 0 ? 2 * f->cap : 16;
        ew_name_form *more = ew_realloc_array(f->list, cap, sizeof *more);
        if (more == NULL) {
            free(composed);
            return ew_fail_nomem(err);
        }
        f->list = more;
        f->cap = cap;
    }
    f->list[f->count++] = (ew_name_form){composed, number};
    return EW_OK;
}

static int by_name(const void *a, const void *b)
{
    const ew_name_form *x = a;
    const ew_name_form *y = b;
    int order = strcmp(x->name, y->name);
    return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

void ew_name_forms_end(ew_name_forms *f)
{
    if (f->count > 1)
        qsort(f->list, f->count, sizeof *f->list, by_name);
}

size_t ew_name_forms_find(const ew_name_forms *f, ew_slice name)
{
    size_t low = 0;
    size_t high = f->count;
    char *composed = f->count > 0 ? compose(name) : NULL;
    while (composed != NULL && low < high) {
        size_t mid = low + (high - low) / 2;
        if (strcmp(f->list[mid].name, composed) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    bool found =
        composed != NULL && low < f->count && strcmp(f->list[low].name, composed) == 0;
    free(composed);
    return found ? f->list[low].number : SIZE_MAX;
}

void ew_name_forms_release(ew_name_forms *f)
{
    for (size_t i = 0; i < f->count; i++)
        free(f->list[i].name);
    ew_free(f->list);
    *f = (ew_name_forms){0};
}
