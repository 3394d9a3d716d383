/* SPDX-License-Identifier: Apache-2.0 */
/* Splitter `para-v1`: a text as paragraphs, each with the blank lines after it; blank lines at
 * the very beginning belong to the first one. */
#include <string.h>

#include "seal/split.h"

static bool is_blank(ew_slice line)
{
    for (size_t i = 0; i < line.n; i++)
        if (line.p[i] != ' ' && line.p[i] != '\t' && line.p[i] != '\r')
            return false;
    return true;
}

/* The next line without its end, of a text whose last line may have none. */
static bool next_line(ew_slice *rest, ew_slice *line)
{
    if (ew_slice_line(rest, line))
        return true;
    *line = *rest;
    *rest = (ew_slice){rest->p + rest->n, 0};
    return line->n > 0;
}

ew_code ew_split__para(ew_slice text, ew_cuts *out, ew_err *err)
{
    ew_slice rest = text;
    ew_slice line;
    bool any = false;  /* text in this paragraph */
    bool open = false; /* and no blank line after it */
    ew_code code = EW_OK;
    if (text.n == 0)
        return ew_fail(err, EW_E_FORMAT, 0, "an empty text has no paragraphs");
    while (code == EW_OK && next_line(&rest, &line)) {
        bool blank = is_blank(line);
        if (!blank && any && !open)
            code = ew_cuts_add(out, (uint64_t)(line.p - text.p), EW_PART_CONTENT, err);
        any = any || !blank;
        open = !blank;
    }
    return code == EW_OK ? ew_cuts_add(out, text.n, EW_PART_CONTENT, err) : code;
}

/* A paragraph begins with text (the first may begin with blank lines) and ends with a blank
 * line (the last need not); nowhere inside is a blank line followed by text. */
static bool paragraph(ew_slice text, bool first, bool last)
{
    ew_slice line = {text.p, 0};
    bool any = false;
    bool open = false;
    bool ended = text.p[text.n - 1] == '\n';
    while (next_line(&text, &line)) {
        bool blank = is_blank(line);
        if (blank ? !any && !first : any && !open)
            return false;
        any = any || !blank;
        open = !blank;
    }
    return last || (ended && any && !open);
}

bool ew_split__para_fits(const ew_stream *s, const ew_shown *run)
{
    const char *p = (const char *)run->bytes;
    for (size_t i = 0; i < run->count; i++) {
        uint64_t index = run->first + i;
        ew_slice text = {p, (size_t)run->lengths[i]};
        if (run->kinds[i] != EW_PART_CONTENT ||
            !paragraph(text, index == 0, index + 1 == s->n))
            return false;
        p += text.n;
    }
    return true;
}
