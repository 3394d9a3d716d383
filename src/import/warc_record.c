/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes to records: a machine that is fed in pieces of any size. A record is told when the next one begins, or
 * its gzip member ends: only then is known where it ends. */
#include <stdio.h>
#include <string.h>

#include "import/warc.h"

static const char mark[] = "\nWARC/1.";
enum { MARK = sizeof mark - 1 };

static ew_code get_lost(ew_warc *w, uint64_t at, const char *why)
{
    w->state = EW_WARC_LOST;
    w->lost_at = at;
    (void)snprintf(w->lost_why, sizeof w->lost_why, "%s", why);
    return EW_OK;
}

static ew_code tell(ew_warc *w, uint64_t end)
{
    w->state = EW_WARC_BETWEEN;
    w->record.waiting = false;
    return ew_warc__tell(w, end);
}

static void begin_head(ew_warc *w, uint64_t at, bool shares)
{
    w->record = (ew_warc_record){.at = at,
                                 .shares = shares,
                                 .url = {"", 0},
                                 .mime = {"", 0},
                                 .block = {.made = w->record.block.made},
                                 .payload = {.made = w->record.payload.made}};
    w->state = EW_WARC_IN_HEAD;
    ew_warc_lines_restart(&w->head);
    ew_warc_lines_restart(&w->http);
    ew_buf_reset(&w->body);
}

/* Bytes of the mark that went by after these; *used: up to the end of the mark when it is whole. */
static bool match_mark(ew_warc *w, ew_slice in, size_t *used)
{
    for (size_t i = 0; i < in.n; i++) {
        if (w->match == 0) { /* most bytes are of this kind */
            const char *feed = memchr(in.p + i, '\n', in.n - i);
            if (feed == NULL)
                break;
            i = (size_t)(feed - in.p);
        }
        w->match = in.p[i] == mark[w->match] ? w->match + 1 : in.p[i] == '\n';
        if (w->match == MARK) {
            w->match = 0;
            *used = i + 1;
            return true;
        }
    }
    *used = in.n;
    return false;
}

/* A record begins whose mark was read already. */
static ew_code begin_marked(ew_warc *w, uint64_t at, bool shares)
{
    size_t used;
    bool end;
    begin_head(w, at, shares);
    return ew_warc_lines_take(&w->head, (ew_slice){mark + 1, MARK - 1}, &used, &end,
                              w->err);
}

/* ------------------------------------------------------------------ the content ends */

/* "HTTP/1.1 200 OK" */
static unsigned status_of(ew_slice line)
{
    ew_slice word;
    unsigned n = 0;
    if (!ew_slice_skip(&line, "HTTP/") || !ew_slice_word(&line, &word))
        return 0;
    line = ew_warc_trim(line);
    for (size_t i = 0; i < 3; i++) {
        if (i >= line.n || line.p[i] < '0' || line.p[i] > '9')
            return 0;
        n = 10 * n + (unsigned)(line.p[i] - '0');
    }
    return n;
}

static void finish_http(ew_warc *w)
{
    ew_warc_record *r = &w->record;
    r->in_http = false;
    r->status = status_of(ew_warc_lines_first(&w->http));
    r->mime = ew_warc_before(ew_warc_lines_value(&w->http, "Content-Type"), ';');
    r->keep = r->type == EW_WARC_RESPONSE && ew_warc__is_document(r->mime);
}

/* Of a head that breaks off counts what is there. */
static ew_code end_http(ew_warc *w)
{
    size_t used;
    bool end;
    if (!w->record.in_http)
        return EW_OK;
    ew_code code = ew_warc_lines_take(&w->http, (ew_slice){"\n", 1}, &used, &end, w->err);
    finish_http(w);
    return code == EW_E_LIMIT ? EW_OK : code;
}

static ew_code finish_content(ew_warc *w)
{
    w->record.waiting = true;
    w->state = EW_WARC_BETWEEN;
    return end_http(w);
}

static ew_code cut_off(ew_warc *w, uint64_t end)
{
    w->record.broken = true;
    ew_code code = end_http(w);
    return code == EW_OK ? tell(w, end) : code;
}

/* ------------------------------------------------------------------ the head */

static ew_warc_type type_of(ew_slice name)
{
    static const char *const names[] = {"warcinfo", "response",   "resource",
                                        "revisit",  "conversion", "continuation",
                                        "request",  "metadata"};
    for (int i = 0; i < EW_WARC_OTHER; i++)
        if (ew_warc_same(name, names[i]))
            return (ew_warc_type)i;
    return EW_WARC_OTHER;
}

static bool read_length(ew_slice s, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9' || __builtin_mul_overflow(*out, 10, out) ||
            __builtin_add_overflow(*out, (uint64_t)(s.p[i] - '0'), out))
            return false;
    return s.n > 0;
}

static ew_slice without_brackets(ew_slice s)
{
    return s.n >= 2 && s.p[0] == '<' && s.p[s.n - 1] == '>' ? (ew_slice){s.p + 1, s.n - 2}
                                                            : s;
}

static bool can_be_told(ew_warc_type t)
{
    return t == EW_WARC_RESPONSE || t == EW_WARC_RESOURCE || t == EW_WARC_CONVERSION ||
           t == EW_WARC_REVISIT;
}

static ew_code begin_content(ew_warc *w)
{
    ew_warc_record *r = &w->record;
    ew_slice payload = ew_warc_lines_value(&w->head, "WARC-Payload-Digest");
    ew_slice media = ew_warc_lines_value(&w->head, "Content-Type");
    r->type = type_of(ew_warc_lines_value(&w->head, "WARC-Type"));
    r->url = without_brackets(ew_warc_lines_value(&w->head, "WARC-Target-URI"));
    r->http =
        (r->type == EW_WARC_RESPONSE || r->type == EW_WARC_REVISIT ||
         r->type == EW_WARC_REQUEST) &&
        (media.n == 0 || ew_warc_same(ew_warc_before(media, ';'), "application/http"));
    r->in_http = r->http;
    r->mime = r->http ? ew_slice_of("") : ew_warc_before(media, ';');
    r->keep = r->type == EW_WARC_INFO ||
              (!r->http && can_be_told(r->type) && ew_warc__is_document(r->mime));
    w->types[r->type]++;
    w->records++;
    /* The payload of a revisit is in another record, that of a part in several. */
    if (r->type == EW_WARC_REVISIT || r->type == EW_WARC_CONTINUATION ||
        ew_warc_lines_value(&w->head, "WARC-Segment-Number").n > 0)
        payload = (ew_slice){"", 0};
    ew_code code = ew_warc_digest_begin(&r->payload, payload, w->err);
    if (code == EW_OK)
        code = ew_warc_digest_begin(
            &r->block, ew_warc_lines_value(&w->head, "WARC-Block-Digest"), w->err);
    return code;
}

static ew_code finish_head(ew_warc *w, uint64_t at)
{
    ew_warc_record *r = &w->record;
    if (!read_length(ew_warc_lines_value(&w->head, "Content-Length"), &r->length))
        return get_lost(w, r->at, "a record that does not say how long it is");
    r->left = r->length;
    r->too_long = w->plain && at <= w->bytes && r->length > w->bytes - at;
    w->state = EW_WARC_IN_CONTENT;
    w->match = 0;
    w->match_once = false;
    ew_code code = begin_content(w);
    return code == EW_OK && r->left == 0 ? finish_content(w) : code;
}

static bool begins_record(ew_slice first)
{
    size_t n = first.n < MARK - 1 ? first.n : MARK - 1;
    return memcmp(first.p, mark + 1, n) == 0;
}

static const char *name_foreign(ew_slice begin)
{
    if (begin.n >= 5 && memcmp(begin.p, "WARC/", 5) == 0)
        return "is WARC of a version that is not understood here";
    if (begin.n >= 4 && memcmp(begin.p, "filedesc:", begin.n < 9 ? begin.n : 9) == 0)
        return "is an ARC file, the forerunner of WARC, which is not understood here";
    return "is no WARC file";
}

static ew_code feed_head(ew_warc *w, ew_slice in, uint64_t at, size_t *used)
{
    ew_err why;
    bool end;
    ew_code code = ew_warc_lines_take(&w->head, in, used, &end, &why);
    uint64_t behind = w->plain ? at + *used : at;
    w->match = *used > 0 && in.p[*used - 1] == '\n';
    if (code == EW_E_LIMIT)
        return get_lost(w, w->record.at, "a record whose head is too large");
    if (code != EW_OK) {
        if (w->err != NULL)
            *w->err = why;
        return code;
    }
    const ew_buf *first = w->head.head.len > 0 ? &w->head.head : &w->head.line;
    ew_slice begin = {(const char *)first->data, first->len};
    if (begin.n > 0 && !begins_record(begin)) {
        if (w->records == 0 && w->foreign == NULL)
            w->foreign = name_foreign(begin);
        return get_lost(w, w->record.at, "bytes that are no record");
    }
    return end ? finish_head(w, behind) : EW_OK;
}

/* ------------------------------------------------------------------ the content */

/* Bytes of the head of HTTP, as many as there are of it. */
static ew_code feed_http(ew_warc *w, ew_slice *in)
{
    ew_code code = EW_OK;
    while (in->n > 0 && w->record.in_http && code == EW_OK) {
        size_t used;
        bool end;
        code = ew_warc_lines_take(&w->http, *in, &used, &end, w->err);
        if (code == EW_E_LIMIT) { /* the rest is taken for the payload */
            end = true;
            used = 0;
            code = EW_OK;
        }
        *in = (ew_slice){in->p + used, in->n - used};
        if (end)
            finish_http(w);
    }
    return code;
}

static ew_code feed_bytes(ew_warc *w, ew_slice in)
{
    ew_warc_record *r = &w->record;
    r->left -= in.n;
    ew_code code = ew_warc_digest_feed(&r->block, in.p, in.n, w->err);
    if (code == EW_OK && r->in_http)
        code = feed_http(w, &in);
    if (code == EW_OK)
        code = ew_warc_digest_feed(&r->payload, in.p, in.n, w->err);
    r->payload_bytes += in.n;
    if (code != EW_OK || !r->keep)
        return code;
    size_t room = EW_WARC_BODY - w->body.len;
    r->more = r->more || in.n > room;
    return ew_buf_append(&w->body, in.p, in.n < room ? in.n : room, w->err);
}

static ew_code feed_content(ew_warc *w, ew_slice in, uint64_t at, size_t *used)
{
    const ew_warc_record *r = &w->record;
    bool marked = false;
    *used = r->left < in.n ? (size_t)r->left : in.n;
    if (r->too_long) {
        marked = match_mark(w, (ew_slice){in.p, *used}, used);
    } else if (w->match_once) {
        size_t seen = 0;
        for (; seen < *used && w->match_once && !marked; seen++) {
            w->match_once = in.p[seen] == mark[w->match];
            marked = w->match_once && ++w->match == MARK;
        }
        if (marked)
            *used = seen;
    }
    ew_code code = feed_bytes(w, (ew_slice){in.p, *used});
    if (code == EW_OK && marked) {
        uint64_t begin = w->plain ? at + *used - (MARK - 1) : at;
        w->match_once = false;
        code = cut_off(w, begin);
        return code == EW_OK ? begin_marked(w, begin, false) : code;
    }
    return code == EW_OK && r->left == 0 ? finish_content(w) : code;
}

/* ------------------------------------------------------------------ between, and lost */

static ew_code feed_between(ew_warc *w, ew_slice in, uint64_t at, size_t *used)
{
    size_t i = 0;
    while (i < in.n && (in.p[i] == '\r' || in.p[i] == '\n'))
        i++;
    *used = i;
    if (i == in.n)
        return EW_OK;
    uint64_t begin = w->plain ? at + i : at;
    ew_code code = EW_OK;
    bool shares = w->record.waiting && !w->plain;
    if (w->record.waiting) {
        w->record.shares = w->record.shares || shares;
        code = tell(w, begin);
    }
    begin_head(w, begin, shares);
    return code;
}

static ew_code feed_lost(ew_warc *w, ew_slice in, uint64_t at, size_t *used)
{
    if (!match_mark(w, in, used))
        return EW_OK;
    uint64_t begin = w->plain ? at + *used - (MARK - 1) : at;
    ew_code code = ew_warc__gap(w, w->lost_at, begin, "record", w->lost_why);
    return code == EW_OK ? begin_marked(w, begin, false) : code;
}

ew_code ew_warc__feed(ew_warc *w, ew_slice in, uint64_t at)
{
    ew_code code = EW_OK;
    while (in.n > 0 && code == EW_OK) {
        size_t used = 0;
        switch (w->state) {
        case EW_WARC_BETWEEN:
            code = feed_between(w, in, at, &used);
            break;
        case EW_WARC_IN_HEAD:
            code = feed_head(w, in, at, &used);
            break;
        case EW_WARC_IN_CONTENT:
            code = feed_content(w, in, at, &used);
            break;
        default:
            code = feed_lost(w, in, at, &used);
        }
        in = (ew_slice){in.p + used, in.n - used};
        at += w->plain ? used : 0;
    }
    return code;
}

ew_code ew_warc__break(ew_warc *w, uint64_t end, bool last)
{
    if (w->state == EW_WARC_BETWEEN)
        return w->record.waiting ? tell(w, end) : EW_OK;
    if (w->state == EW_WARC_IN_HEAD)
        (void)!get_lost(w, w->record.at, "a record that breaks off in its head");
    w->match = 1;
    if (w->state == EW_WARC_IN_CONTENT) {
        w->match_once = true;
        return last ? cut_off(w, end) : EW_OK;
    }
    if (!last)
        return EW_OK;
    w->state = EW_WARC_BETWEEN;
    if (w->records == 0) /* the reader of the file says so */
        return EW_OK;
    return ew_warc__gap(w, w->lost_at, end, "record", w->lost_why);
}

ew_code ew_warc__damaged(ew_warc *w, uint64_t at, const char *why)
{
    ew_code code = EW_OK;
    if (w->state == EW_WARC_IN_CONTENT)
        code = cut_off(w, at);
    else if (w->state == EW_WARC_BETWEEN && w->record.waiting)
        code = tell(w, at);
    if (w->state != EW_WARC_LOST)
        (void)!get_lost(w, w->state == EW_WARC_IN_HEAD ? w->record.at : at, why);
    w->match = 1;
    return code;
}
