/* SPDX-License-Identifier: Apache-2.0 */
/* Where things are in a download of Messenger: whole, in several parts, or only some folder of it. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "import/messenger.h"

static bool ends_with(ew_slice s, const char *end)
{
    size_t n = strlen(end);
    return s.n >= n && memcmp(s.p + s.n - n, end, n) == 0;
}

/* Up to and with its last slash. */
static ew_slice folder_of(ew_slice name)
{
    while (name.n > 0 && name.p[name.n - 1] != '/')
        name.n--;
    return name;
}

/* The last component of a folder "a/b/", without slash. */
static ew_slice last_of(ew_slice folder)
{
    ew_slice s = folder;
    if (s.n > 0)
        s.n--;
    size_t from = s.n;
    while (from > 0 && s.p[from - 1] != '/')
        from--;
    return (ew_slice){s.p + from, s.n - from};
}

static ew_slice parent_of(ew_slice folder)
{
    return folder_of((ew_slice){folder.p, folder.n > 0 ? folder.n - 1 : 0});
}

/* ------------------------------------------------------------------ files with messages */

/* "message_12.json": 12. */
static bool number_of(ew_slice name, unsigned *number)
{
    uint64_t v = 0;
    ew_slice s = {name.p + folder_of(name).n, name.n - folder_of(name).n};
    if (!ew_slice_skip(&s, "message_") || !ends_with(s, ".json"))
        return false;
    s.n -= 5;
    if (!ew_slice_u64(s, &v) || v > 1000000)
        return false;
    *number = (unsigned)v;
    return true;
}

static bool is_section(ew_slice s)
{
    static const char *const sections[] = {"inbox", "archived_threads",
                                           "filtered_threads", "message_requests",
                                           "e2ee_cutover"};
    for (size_t i = 0; i < EW_COUNT(sections); i++)
        if (ew_slice_is(s, sections[i]))
            return true;
    return false;
}

/* The folder in which "messages/inbox/" or "your_facebook_activity/messages/inbox/" begins. */
static ew_slice root_above(ew_slice section)
{
    ew_slice root = parent_of(section);
    if (!ew_slice_is(last_of(root), "messages"))
        return root;
    root = parent_of(root);
    ew_slice last = last_of(root);
    return ew_slice_skip(&last, "your_") ? parent_of(root) : root;
}

static void add_root(ew_messenger *m, ew_slice root)
{
    for (size_t i = 0; i < m->root_count; i++)
        if (m->roots[i].n == root.n && memcmp(m->roots[i].p, root.p, root.n) == 0)
            return;
    if (m->root_count < EW_MESSENGER_ROOTS)
        m->roots[m->root_count++] = root;
}

/* Of any member's name: what stands before what an export would call it. */
static void look_for_root(ew_messenger *m, ew_slice name)
{
    static const char *const marks[] = {"your_facebook_activity/",
                                        "your_instagram_activity/",
                                        "your_activity_across_facebook/", "messages/"};
    for (size_t i = 0; i < EW_COUNT(marks); i++) {
        const char *at = memmem(name.p, name.n, marks[i], strlen(marks[i]));
        if (at == NULL || (at > name.p && at[-1] != '/'))
            continue;
        add_root(m, (ew_slice){name.p, (size_t)(at - name.p)});
        return;
    }
}

static ew_code add_file(ew_messenger *m, const ew_messenger_file *f)
{
    if (m->file_count == m->file_cap) {
        size_t cap = m->file_cap > 0 ? 2 * m->file_cap : 16;
        ew_messenger_file *more = ew_realloc_array(m->files, cap, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(m->err);
        m->files = more;
        m->file_cap = cap;
    }
    m->files[m->file_count++] = *f;
    return EW_OK;
}

static ew_code take_member(ew_messenger *m, size_t i)
{
    ew_slice name = ew_delivery_name(m->from, i);
    ew_messenger_file f = {.member = i, .key = name, .section = {"", 0}};
    look_for_root(m, name);
    if (!number_of(name, &f.number))
        return ew_delivery_kind_of(m->from) == EW_DELIVERY_FILE ? add_file(m, &f) : EW_OK;
    f.key = folder_of(name);
    ew_slice above = parent_of(f.key);
    if (is_section(last_of(above))) {
        ew_slice root = root_above(above);
        f.section = last_of(above);
        f.key = (ew_slice){f.key.p + root.n, f.key.n - root.n};
    }
    return add_file(m, &f);
}

/* The separate download of encrypted chats: files beside each other, of any names. */
static ew_code take_flat(ew_messenger *m)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < ew_delivery_count(m->from) && code == EW_OK; i++) {
        ew_slice name = ew_delivery_name(m->from, i);
        ew_messenger_file f = {.member = i, .key = name, .section = {"", 0}};
        if (ends_with(name, ".json") && !ew_slice_is(last_of(folder_of(name)), "media"))
            code = add_file(m, &f);
    }
    return code;
}

static int compare_text(ew_slice a, ew_slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n > 0 ? memcmp(a.p, b.p, n) : 0;
    return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

static int by_chat(const void *a, const void *b)
{
    const ew_messenger_file *x = a;
    const ew_messenger_file *y = b;
    int order = compare_text(x->key, y->key);
    if (order == 0)
        order = (x->number < y->number) - (x->number > y->number);
    return order != 0 ? order : (x->member > y->member) - (x->member < y->member);
}

ew_code ew_messenger__list(ew_messenger *m)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < ew_delivery_count(m->from) && code == EW_OK; i++)
        code = take_member(m, i);
    if (code == EW_OK && m->file_count == 0)
        code = take_flat(m);
    if (code == EW_OK && m->file_count > 1)
        qsort(m->files, m->file_count, sizeof *m->files, by_chat);
    return code;
}

/* ------------------------------------------------------------------ attachments */

static size_t joined(const ew_messenger *m, ew_slice folder, ew_slice rest)
{
    char path[EW_DELIVERY_NAME];
    if (folder.n + rest.n > sizeof path)
        return SIZE_MAX;
    if (folder.n > 0)
        memcpy(path, folder.p, folder.n);
    memcpy(path + folder.n, rest.p, rest.n);
    return ew_delivery_find(m->from, (ew_slice){path, folder.n + rest.n});
}

/* `from` bytes of the uri are cut off: does what is left stand in this folder? Only when the last that was cut is
 * the folder itself, or nothing was cut, or nobody knows what the folder was called. */
static bool fits(ew_slice uri, size_t from, ew_slice folder)
{
    if (from == 0 || folder.n == 0)
        return true;
    ew_slice cut = last_of((ew_slice){uri.p, from});
    ew_slice last = last_of(folder);
    return cut.n == last.n && memcmp(cut.p, last.p, cut.n) == 0;
}

/* Below the folder of the message and the folders around it. */
static size_t find_near(const ew_messenger *m, ew_slice uri, size_t from)
{
    ew_slice rest = {uri.p + from, uri.n - from};
    ew_slice folder = m->folder;
    for (;;) {
        size_t i = fits(uri, from, folder) ? joined(m, folder, rest) : SIZE_MAX;
        if (i != SIZE_MAX || folder.n == 0)
            return i;
        folder = parent_of(folder);
    }
}

size_t ew_messenger__find(const ew_messenger *m, ew_slice uri)
{
    enum { PARTS_MAX = 16 };
    size_t found = SIZE_MAX;
    size_t from = 0;
    (void)ew_slice_skip(&uri, "./");
    if (uri.n == 0 || ew_delivery_kind_of(m->from) == EW_DELIVERY_FILE)
        return SIZE_MAX;
    for (size_t i = 0; i < m->root_count && found == SIZE_MAX; i++)
        found = joined(m, m->roots[i], uri);
    for (int parts = 0; parts < PARTS_MAX && found == SIZE_MAX; parts++) {
        const char *slash = memchr(uri.p + from, '/', uri.n - from);
        if (slash == NULL && from > 0) /* a name alone could be anybody's */
            break;
        found = find_near(m, uri, from);
        if (slash == NULL)
            break;
        from = (size_t)(slash - uri.p) + 1;
    }
    return found;
}
