/* SPDX-License-Identifier: Apache-2.0 */
/* Lines with or without CR, folded or not, put into one spelling as they come. */
#include "import/warc_lines.h"

#include <string.h>
#include <strings.h>

void ew_warc_lines_init(ew_warc_lines *l, size_t max)
{
    *l = (ew_warc_lines){.max = max};
    ew_buf_init(&l->head, max + 2);
    ew_buf_init(&l->line, max + 2);
}

void ew_warc_lines_release(ew_warc_lines *l)
{
    ew_buf_release(&l->head);
    ew_buf_release(&l->line);
}

void ew_warc_lines_restart(ew_warc_lines *l)
{
    ew_buf_reset(&l->head);
    ew_buf_reset(&l->line);
    l->bytes = 0;
}

static ew_slice of(const ew_buf *b)
{
    return (ew_slice){b->len > 0 ? (const char *)b->data : "", b->len};
}

/* Pieces between control characters, each of which becomes a space. */
static ew_code append_line(ew_buf *head, ew_slice line, ew_err *err)
{
    ew_code code = EW_OK;
    size_t from = 0;
    for (size_t i = 0; i <= line.n && code == EW_OK; i++) {
        if (i < line.n && (unsigned char)line.p[i] >= 0x20 && line.p[i] != 0x7F)
            continue;
        code = ew_buf_append(head, line.p + from, i - from, err);
        if (code == EW_OK && i < line.n)
            code = ew_buf_append(head, " ", 1, err);
        from = i + 1;
    }
    return code;
}

/* A line that begins with space goes on with the one before: its LF is put behind only when the next begins. */
static ew_code finish_line(ew_warc_lines *l, bool *end, ew_err *err)
{
    ew_slice line = of(&l->line);
    while (line.n > 0 && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
        line.n--;
    *end = line.n == 0;
    bool goes_on = line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t');
    ew_code code = EW_OK;
    if (l->head.len > 0 && !goes_on)
        code = ew_buf_append(&l->head, "\n", 1, err);
    if (code == EW_OK)
        code = append_line(&l->head, line, err);
    ew_buf_reset(&l->line);
    return code;
}

ew_code ew_warc_lines_take(ew_warc_lines *l, ew_slice in, size_t *used, bool *end,
                           ew_err *err)
{
    const char *feed = memchr(in.p, '\n', in.n);
    size_t n = feed != NULL ? (size_t)(feed - in.p) + 1 : in.n;
    *end = false;
    *used = n;
    if (n > l->max || l->bytes > l->max - n)
        return ew_fail(err, EW_E_LIMIT, 0, "a head of more than %zu bytes", l->max);
    l->bytes += n;
    ew_code code = ew_buf_append(&l->line, in.p, n, err);
    return code == EW_OK && feed != NULL ? finish_line(l, end, err) : code;
}

ew_slice ew_warc_trim(ew_slice s)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
        s = (ew_slice){s.p + 1, s.n - 1};
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    return s;
}

ew_slice ew_warc_before(ew_slice s, char end)
{
    const char *p = s.n > 0 ? memchr(s.p, end, s.n) : NULL;
    return ew_warc_trim((ew_slice){s.p, p != NULL ? (size_t)(p - s.p) : s.n});
}

bool ew_warc_same(ew_slice s, const char *text)
{
    return s.n == strlen(text) && strncasecmp(s.p, text, s.n) == 0;
}

ew_slice ew_warc_lines_first(const ew_warc_lines *l)
{
    ew_slice rest = of(&l->head);
    ew_slice line = rest;
    (void)ew_slice_line(&rest, &line);
    return line;
}

/* Goes on to the next line of the name. */
static bool find(ew_slice *rest, const char *name, ew_slice *value)
{
    ew_slice line;
    while (ew_slice_line(rest, &line)) {
        const char *colon = line.n > 0 ? memchr(line.p, ':', line.n) : NULL;
        if (colon == NULL)
            continue;
        size_t n = (size_t)(colon - line.p);
        *value = ew_warc_trim((ew_slice){colon + 1, line.n - n - 1});
        if (ew_warc_same(ew_warc_trim((ew_slice){line.p, n}), name))
            return true;
    }
    return false;
}

ew_slice ew_warc_lines_value(const ew_warc_lines *l, const char *name)
{
    ew_slice rest = of(&l->head);
    ew_slice value;
    return find(&rest, name, &value) ? value : (ew_slice){"", 0};
}

bool ew_warc_lines_twice(const ew_warc_lines *l, const char *name)
{
    ew_slice rest = of(&l->head);
    ew_slice value;
    return find(&rest, name, &value) && find(&rest, name, &value);
}
