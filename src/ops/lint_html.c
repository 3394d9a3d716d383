/* SPDX-License-Identifier: Apache-2.0 */
/* What pages say of themselves in their head: <meta name="author" content="...">. */
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "ops/lint_in.h"

enum { TAG_MOST = 4000 };

static const struct {
    const char *name;
    ew_lint_kind kind;
} names[] = {
    {"author", EW_LINT_AUTHOR},
    {"web_author", EW_LINT_AUTHOR},
    {"owner", EW_LINT_AUTHOR},
    {"creator", EW_LINT_AUTHOR},
    {"publisher", EW_LINT_AUTHOR},
    {"copyright", EW_LINT_AUTHOR},
    {"reply-to", EW_LINT_AUTHOR},
    {"changedby", EW_LINT_AUTHOR},
    {"dc.creator", EW_LINT_AUTHOR},
    {"dc.contributor", EW_LINT_AUTHOR},
    {"dc.publisher", EW_LINT_AUTHOR},
    {"dcterms.creator", EW_LINT_AUTHOR},
    {"dcterms.contributor", EW_LINT_AUTHOR},
    {"article:author", EW_LINT_AUTHOR},
    {"book:author", EW_LINT_AUTHOR},
    {"profile:username", EW_LINT_AUTHOR},
    {"twitter:creator", EW_LINT_AUTHOR},
    {"parsely-author", EW_LINT_AUTHOR},
    {"sailthru.author", EW_LINT_AUTHOR},
    {"citation_author", EW_LINT_AUTHOR},
    {"byl", EW_LINT_AUTHOR},
    {"generator", EW_LINT_SOFTWARE},
    {"progid", EW_LINT_SOFTWARE},
    {"originator", EW_LINT_SOFTWARE},
    {"geo.position", EW_LINT_COORDINATES},
    {"icbm", EW_LINT_COORDINATES},
    {"og:latitude", EW_LINT_COORDINATES},
    {"og:longitude", EW_LINT_COORDINATES},
    {"place:location:latitude", EW_LINT_COORDINATES},
    {"place:location:longitude", EW_LINT_COORDINATES},
    {"geo.placename", EW_LINT_PLACE},
    {"geo.region", EW_LINT_PLACE},
    {"og:locality", EW_LINT_PLACE},
    {"og:street-address", EW_LINT_PLACE},
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static size_t skip_spaces(ew_slice s, size_t at)
{
    while (at < s.n && (is_space(s.p[at]) || s.p[at] == '/'))
        at++;
    return at;
}

/* The attribute at `at`: its key and its value, which may stand without quotation marks; where the next is. */
static size_t attribute(ew_slice s, size_t at, ew_slice *key, ew_slice *value)
{
    size_t from = at;
    *value = (ew_slice){s.p, 0};
    while (at < s.n && !is_space(s.p[at]) && strchr("=>/\"'", s.p[at]) == NULL)
        at++;
    *key = (ew_slice){s.p + from, at - from};
    size_t sign = skip_spaces(s, at);
    if (sign >= s.n || s.p[sign] != '=')
        return at > from ? at : at + 1;
    at = sign + 1;
    while (at < s.n && is_space(s.p[at]))
        at++;
    char mark = at < s.n && (s.p[at] == '"' || s.p[at] == '\'') ? s.p[at++] : 0;
    from = at;
    while (at < s.n &&
           (mark != 0 ? s.p[at] != mark : !is_space(s.p[at]) && s.p[at] != '>'))
        at++;
    *value = (ew_slice){s.p + from, at - from};
    return at < s.n ? at + (mark != 0) : at;
}

static bool is_key(ew_slice key, const char *word)
{
    return key.n == strlen(word) && strncasecmp(key.p, word, key.n) == 0;
}

/* The attributes of one tag; all: of the whole page. */
static ew_code meta(ew_lint *l, ew_slice all, ew_slice tag, ew_err *err)
{
    ew_slice name = {tag.p, 0};
    ew_slice content = {tag.p, 0};
    for (size_t at = skip_spaces(tag, 0); at < tag.n && tag.p[at] != '>';) {
        ew_slice key;
        ew_slice value;
        at = skip_spaces(tag, attribute(tag, at, &key, &value));
        if (is_key(key, "content"))
            content = value;
        else if (is_key(key, "name") || is_key(key, "property") ||
                 is_key(key, "itemprop") || is_key(key, "http-equiv"))
            name = value;
    }
    for (size_t i = 0; i < EW_COUNT(names) && content.n > 0; i++)
        if (is_key(name, names[i].name))
            return ew_lint__value(l, names[i].kind, names[i].name,
                                  (uint64_t)(content.p - all.p), content, err);
    return EW_OK;
}

ew_code ew_lint__html(ew_lint *l, ew_slice s, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t at = 0; at + 6 < s.n && code == EW_OK; at++) {
        const char *open = memchr(s.p + at, '<', s.n - at - 6);
        if (open == NULL)
            break;
        at = (size_t)(open - s.p);
        if (strncasecmp(open + 1, "meta", 4) != 0 ||
            (!is_space(open[5]) && open[5] != '/'))
            continue;
        size_t n = s.n - at - 5 < TAG_MOST ? s.n - at - 5 : TAG_MOST;
        code = meta(l, s, (ew_slice){open + 5, n}, err);
    }
    return code;
}
