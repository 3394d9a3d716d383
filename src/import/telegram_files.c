/* SPDX-License-Identifier: Apache-2.0 */
/* The files of an export. */
#include "import/telegram_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

ew_slice ew_tg_folder_of(ew_slice name)
{
    while (name.n > 0 && name.p[name.n - 1] != '/')
        name.n--;
    return name;
}

ew_slice ew_tg_base_of(ew_slice name)
{
    size_t folder = ew_tg_folder_of(name).n;
    return (ew_slice){name.p + folder, name.n - folder};
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

uint64_t ew_tg_page_number(ew_slice base)
{
    static const char end[] = ".html";
    uint64_t number = 0;
    if (!ew_slice_skip(&base, "messages") || base.n < sizeof end - 1)
        return 0;
    size_t digits = base.n - (sizeof end - 1);
    if (memcmp(base.p + digits, end, sizeof end - 1) != 0)
        return 0;
    if (digits == 0)
        return 1;
    while (digits > 1 && base.p[0] == '0') { /* as people rename them */
        base.p++;
        digits--;
    }
    bool right = ew_slice_u64((ew_slice){base.p, digits}, &number);
    return right && number < INT32_MAX ? number : 0;
}

uint64_t ew_tg_folder_number(ew_slice folder)
{
    size_t end = folder.n > 0 && folder.p[folder.n - 1] == '/' ? folder.n - 1 : folder.n;
    size_t at = end;
    uint64_t number = 0;
    while (at > 0 && is_digit(folder.p[at - 1]))
        at--;
    while (at < end && folder.p[at] == '0')
        at++;
    return ew_slice_u64((ew_slice){folder.p + at, end - at}, &number) ? number : 0;
}

/* The run of digits at *at, without leading zeros. */
static ew_slice run_at(ew_slice s, size_t *at)
{
    while (*at < s.n && s.p[*at] == '0')
        ++*at;
    ew_slice run = {s.p + *at, 0};
    while (*at < s.n && is_digit(s.p[*at])) {
        ++*at;
        run.n++;
    }
    return run;
}

static int compare_runs(ew_slice a, ew_slice b)
{
    if (a.n != b.n)
        return a.n < b.n ? -1 : 1;
    return a.n > 0 ? memcmp(a.p, b.p, a.n) : 0;
}

int ew_tg_natural(ew_slice a, ew_slice b)
{
    size_t i = 0;
    size_t j = 0;
    while (i < a.n && j < b.n) {
        int order = 0;
        if (is_digit(a.p[i]) && is_digit(b.p[j])) {
            ew_slice x = run_at(a, &i);
            ew_slice y = run_at(b, &j);
            order = compare_runs(x, y);
        } else {
            order = (int)(unsigned char)a.p[i++] - (int)(unsigned char)b.p[j++];
        }
        if (order != 0)
            return order;
    }
    if ((i < a.n) != (j < b.n))
        return i < a.n ? 1 : -1;
    size_t n = a.n < b.n ? a.n : b.n; /* "1" and "01": anything that is always the same */
    int order = n > 0 ? memcmp(a.p, b.p, n) : 0;
    return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

bool ew_tg_is_below(ew_slice name, ew_slice folder)
{
    return name.n >= folder.n &&
           (folder.n == 0 || memcmp(name.p, folder.p, folder.n) == 0);
}

static int by_folder(const void *a, const void *b)
{
    const ew_tg_page *x = a;
    const ew_tg_page *y = b;
    int order = ew_tg_natural(x->folder, y->folder);
    return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

static bool same_folder(const ew_tg_page *a, const ew_tg_page *b)
{
    return a->folder.n == b->folder.n &&
           (a->folder.n == 0 || memcmp(a->folder.p, b->folder.p, a->folder.n) == 0);
}

static void make_groups(ew_tg_files *f)
{
    for (size_t i = 0; i < f->page_count; i++) {
        if (i == 0 || !same_folder(&f->pages[i - 1], &f->pages[i]))
            f->groups[f->group_count++] = (ew_tg_group){.first = i};
        f->groups[f->group_count - 1].count++;
    }
}

/* A single member may have any name: what ends as a page is one, all else is JSON. */
static void take_single(ew_tg_files *f, ew_slice name)
{
    static const char *const ends[] = {".html", ".htm", ".HTML", ".HTM"};
    uint64_t number = ew_tg_page_number(ew_tg_base_of(name));
    bool page = false;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t n = strlen(ends[i]);
        page = page || (name.n >= n && memcmp(name.p + name.n - n, ends[i], n) == 0);
    }
    if (page)
        f->pages[f->page_count++] =
            (ew_tg_page){0, ew_tg_folder_of(name), number > 0 ? number : 1};
    else
        f->jsons[f->json_count++] = 0;
}

static void take_members(ew_tg_files *f, const ew_delivery *from)
{
    for (size_t i = 0; i < ew_delivery_count(from); i++) {
        ew_slice name = ew_delivery_name(from, i);
        ew_slice base = ew_tg_base_of(name);
        uint64_t number = ew_tg_page_number(base);
        if (ew_slice_is(base, "result.json"))
            f->jsons[f->json_count++] = i;
        if (number > 0)
            f->pages[f->page_count++] = (ew_tg_page){i, ew_tg_folder_of(name), number};
    }
}

ew_code ew_tg_files_list(ew_tg_files *f, const ew_delivery *from, ew_err *err)
{
    size_t jsons = 0;
    size_t pages = 0;
    *f = (ew_tg_files){.json_count = 0};
    for (size_t i = 0; i < ew_delivery_count(from); i++) {
        ew_slice base = ew_tg_base_of(ew_delivery_name(from, i));
        jsons += ew_slice_is(base, "result.json");
        pages += ew_tg_page_number(base) > 0;
    }
    bool single = ew_delivery_count(from) == 1;
    jsons += single;
    pages += single;
    f->jsons = ew_alloc_array(jsons, sizeof *f->jsons);
    f->pages = ew_alloc_array(pages, sizeof *f->pages);
    f->groups = ew_alloc_array(pages, sizeof *f->groups);
    if (f->jsons == NULL || f->pages == NULL || f->groups == NULL) {
        ew_tg_files_release(f);
        return ew_fail_nomem(err);
    }
    if (single)
        take_single(f, ew_delivery_name(from, 0));
    else
        take_members(f, from);
    if (f->page_count > 1)
        qsort(f->pages, f->page_count, sizeof *f->pages, by_folder);
    make_groups(f);
    return EW_OK;
}

void ew_tg_files_release(ew_tg_files *f)
{
    ew_free(f->jsons);
    ew_free(f->pages);
    ew_free(f->groups);
    *f = (ew_tg_files){.json_count = 0};
}
