/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of names too long for a command line. */
#include "cli/names.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"

enum { TEXT_MAX = 1 << 30, CHUNK = 1 << 16 };

typedef struct names {
    const char **items; /* borrowed from argv, or pointing into text */
    size_t count;
    ew_buf text; /* what --files-from gave */
} names;

static ew_code read_all(int fd, const char *name, ew_buf *text, ew_err *err)
{
    static char chunk[CHUNK];
    ew_code rc = EW_OK;
    ssize_t n = 1;

    while (rc == EW_OK && n != 0) {
        n = read(fd, chunk, sizeof(chunk));
        if (n < 0 && errno != EINTR)
            rc = ew_fail_sys(err, errno, "cannot read '%s'", name);
        else if (n > 0)
            rc = ew_buf_append(text, chunk, (size_t)n, err);
    }
    return rc;
}

static ew_code read_list(const char *from, ew_buf *text, ew_err *err)
{
    bool is_stdin = strcmp(from, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(from, O_RDONLY | O_CLOEXEC);
    ew_code rc;

    if (fd < 0)
        return ew_fail_sys(err, errno, "cannot open '%s'", from);
    rc = read_all(fd, from, text, err);
    if (!is_stdin)
        (void)close(fd);
    return rc;
}

/* Cuts text at `end` bytes; empty names are passed over. */
static void split(names *n, char end)
{
    char *at = (char *)n->text.data;
    char *stop = at + n->text.len;

    while (at < stop) {
        char *cut = memchr(at, end, (size_t)(stop - at));
        if (cut == NULL)
            cut = stop; /* a buffer has a 0 there */
        *cut = 0;
        if (*at != 0)
            n->items[n->count++] = at;
        at = cut + 1;
    }
}

static size_t count_names(const ew_buf *text, char end)
{
    size_t n = 1;

    for (size_t i = 0; i < text->len; i++)
        n += (char)text->data[i] == end;
    return n;
}

static void names_release(names *n)
{
    ew_free(n->items);
    ew_buf_release(&n->text);
}

static ew_code names_gather(names *n, const args *in, ew_err *err)
{
    const char *from = in->values[OPT_FILES_FROM];
    char end = in->values[OPT_NULL] != NULL ? 0 : '\n';
    ew_code rc = EW_OK;

    *n = (names){0};
    ew_buf_init(&n->text, TEXT_MAX);
    if (from != NULL)
        rc = read_list(from, &n->text, err);
    if (rc == EW_OK) {
        n->items =
            ew_alloc_array(in->count + count_names(&n->text, end), sizeof(*n->items));
        if (n->items == NULL)
            rc = ew_fail_nomem(err);
    }
    if (rc != EW_OK)
        return rc;
    for (size_t i = 0; i < in->count; i++)
        n->items[n->count++] = in->operands[i];
    if (n->text.len > 0)
        split(n, end);
    return EW_OK;
}

ew_code gather_inputs(ew_inputs *inputs, const args *in, ew_err *err)
{
    names n;
    ew_code rc = names_gather(&n, in, err);

    *inputs = (ew_inputs){0};
    if (rc == EW_OK)
        rc = ew_inputs_gather(inputs, n.items, n.count, &app_stop, err);
    names_release(&n);
    return rc;
}
