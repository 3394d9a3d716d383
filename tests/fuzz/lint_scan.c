/* SPDX-License-Identifier: Apache-2.0 */
/* Any file looked into before publication. Whatever it is, nothing of the protected person is told, every
 * finding is a safe line, and a place lies in the file. The first byte says how it is looked at. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "ops/lint_in.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char identity[] =
    "Name: Sokha Vannak, \xE6\x9D\x8E\xE6\x98\x8E\nphone +855 12 345 678\n"
    "xq.zw@mail.example.org\n";

static void check_line(const char *text)
{
    size_t n = strlen(text);
    if (!ew_utf8_valid(text, n) || n > 8 * 4096)
        abort();
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
            abort();
    if (strstr(text, "okha Vannak") != NULL ||
        strstr(text, "\xE6\x9D\x8E\xE6\x98\x8E") != NULL)
        abort();
}

static ew_code finding(void *cookie, const ew_lint_finding *f, ew_err *err)
{
    (void)cookie;
    (void)err;
    check_line(f->excerpt);
    check_line(f->member);
    check_line(f->field);
    if (strlen(f->id) != EW_LINT_ID || f->count == 0 || f->kind >= EW_LINT_KINDS)
        abort();
    return EW_OK;
}

static ew_code blank(void *cookie, const ew_lint_blank *b, ew_err *err)
{
    (void)cookie;
    (void)err;
    check_line(b->member);
    if (b->why[0] == 0)
        abort();
    return EW_OK;
}

typedef ew_code looker(ew_lint *l, ew_slice s, ew_err *err);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static looker *const ways[] = {ew_lint__file,    ew_lint__xml,    ew_lint__exif,
                                   ew_lint__pdf,     ew_lint__rtf,    ew_lint__ole,
                                   ew_lint__archive, ew_lint__picture};
    ew_names *names = NULL;
    ew_lint_sum sum = {0};
    ew_lint_put put = {finding, blank, NULL};
    ew_err err;
    if (size < 2)
        return 0;
    if (ew_names_new(&names, &err) != EW_OK ||
        ew_names_add_identity(names, 3, ew_slice_of(identity), &err) != EW_OK ||
        ew_names_add(names, EW_NAME_PLACE, 0, ew_slice_of("Kampot"), &err) != EW_OK)
        abort();
    ew_lint l = {.names = names,
                 .put = &put,
                 .sum = &sum,
                 .decoder = "/nowhere/decoder",
                 .item = 1,
                 .fd = -1,
                 .table = ""};
    if (ew_lint__begin(&l, &err) != EW_OK)
        abort();
    size_t way = data[0] % (sizeof ways / sizeof ways[0]);
    ew_code code = ways[way](&l, (ew_slice){(const char *)data + 1, size - 1}, &err);
    if (code == EW_OK)
        code = ew_lint__flush(&l, &err);
    if (code != EW_OK && code != EW_E_LIMIT)
        abort();
    ew_lint__end(&l);
    ew_names_free(names);
    return 0;
}
