/* SPDX-License-Identifier: Apache-2.0 */
/* A record that is over: digests, captures, articles, and what is odd about it. */
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "import/article_made.h"
#include "import/clean.h"
#include "import/warc.h"
#include "import/warc_coding.h"

static const char *const type_names[EW_WARC_TYPES] = {
    "warcinfo",     "response", "resource", "revisit", "conversion",
    "continuation", "request",  "metadata", "other"};

ew_code ew_warc__gap(ew_warc *w, uint64_t from, uint64_t end, const char *what,
                     const char *words)
{
    ew_gap g = {{w->member, from, end > from ? end - from : 0},
                ew_slice_of(what),
                ew_slice_of(words)};
    return w->sink->gap != NULL ? w->sink->gap(w->sink->cookie, &g, w->err) : EW_OK;
}

ew_code ew_warc__remark(ew_warc *w, ew_place place, const char *fmt, ...)
{
    char text[1024];
    ew_err line; /* cuts, and makes it one line of UTF-8 */
    ew_buf room;
    bool bad;
    va_list args;
    if (w->sink->remark == NULL)
        return EW_OK;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    (void)!ew_fail(&line, EW_E_FORMAT, 0, "%s", text);
    ew_remark r = {.place = place};
    ew_buf_init(&room, 4 * sizeof line.text);
    ew_code code = ew_import_clean(ew_slice_of(line.text), &room, &r.text, &bad, w->err);
    if (code == EW_OK)
        code = w->sink->remark(w->sink->cookie, &r, w->err);
    ew_buf_release(&room);
    return code;
}

/* ------------------------------------------------------------------ moments */

static bool take_number(ew_slice *s, size_t digits, char before, int *out)
{
    ew_slice in = *s;
    if (before != 0 && (in.n == 0 || in.p[0] != before))
        return false;
    if (before != 0)
        in = (ew_slice){in.p + 1, in.n - 1};
    if (in.n < digits)
        return false;
    *out = 0;
    for (size_t i = 0; i < digits; i++) {
        if (isdigit((unsigned char)in.p[i]) == 0)
            return false;
        *out = 10 * *out + (in.p[i] - '0');
    }
    *s = (ew_slice){in.p + digits, in.n - digits};
    return true;
}

/* "Z", "+02:00" */
static bool take_zone(ew_slice s, int *minutes)
{
    int hour;
    int minute;
    *minutes = 0;
    if (ew_slice_is(s, "Z"))
        return true;
    int sign = s.n > 0 && s.p[0] == '-' ? -1 : 1;
    if (!(take_number(&s, 2, '+', &hour) || take_number(&s, 2, '-', &hour)) ||
        !take_number(&s, 2, ':', &minute) || s.n > 0 || hour > 14 || minute > 59)
        return false;
    *minutes = sign * (60 * hour + minute);
    return true;
}

/* Less than a minute's precision is text only. */
ew_moment ew_warc__moment(ew_slice text)
{
    ew_moment m = {.text = text};
    ew_slice s = text;
    int v[6] = {0};
    int zone;
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (!take_number(&s, 4, 0, &v[0]) || !take_number(&s, 2, '-', &v[1]) ||
        !take_number(&s, 2, '-', &v[2]) || !take_number(&s, 2, 'T', &v[3]) ||
        !take_number(&s, 2, ':', &v[4]))
        return m;
    m.exact = take_number(&s, 2, ':', &v[5]);
    if (m.exact && s.n > 0 && s.p[0] == '.') {
        size_t n = 1;
        while (n < s.n && isdigit((unsigned char)s.p[n]) != 0)
            n++;
        s = (ew_slice){s.p + n, s.n - n};
    }
    if (!take_zone(s, &zone) || v[1] < 1 || v[1] > 12 || v[2] < 1 ||
        v[2] > days[v[1] - 1] || v[3] > 23 || v[4] > 59 || v[5] > 60)
        return m;
    int64_t y = v[1] > 2 ? v[0] : v[0] - 1; /* years begin in March */
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t day = (153 * (v[1] + (v[1] > 2 ? -3 : 9)) + 2) / 5 + v[2] - 1;
    int64_t of_days = of_era * 365 + of_era / 4 - of_era / 100 + day;
    m.unix_s = (era * 146097 + of_days - 719468) * 86400 + v[3] * 3600 + v[4] * 60 +
               v[5] - zone * 60;
    m.known = true;
    m.zoned = true;
    return m;
}

/* ------------------------------------------------------------------ kinds */

bool ew_warc__is_document(ew_slice mime)
{
    static const char *const parts[] = {"image/",
                                        "font/",
                                        "text/css",
                                        "text/javascript",
                                        "text/ecmascript",
                                        "text/dns",
                                        "application/javascript",
                                        "application/x-javascript",
                                        "application/ecmascript",
                                        "application/json",
                                        "application/manifest",
                                        "application/wasm",
                                        "application/font",
                                        "application/x-font",
                                        "application/vnd.ms-fontobject"};
    for (size_t i = 0; i < EW_COUNT(parts); i++)
        if (mime.n >= strlen(parts[i]) &&
            strncasecmp(mime.p, parts[i], strlen(parts[i])) == 0)
            return false;
    return mime.n < 5 || strncasecmp(mime.p + mime.n - 5, "+json", 5) != 0;
}

static bool is_page(ew_slice mime)
{
    return ew_warc_same(mime, "text/html") || ew_warc_same(mime, "application/xhtml+xml");
}

/* ------------------------------------------------------------------ digests */

/* What was chunked on its way has a digest with or without the chunks: both are in use. */
static ew_code check_dechunked(ew_warc *w, bool *right)
{
    ew_warc_digest *d = &w->record.payload;
    ew_slice in = {w->body.len > 0 ? (const char *)w->body.data : "", w->body.len};
    ew_warc_coded how;
    ew_code code = ew_warc_dechunk(in, &w->decoded[0], &how, w->err);
    if (code == EW_OK)
        code = ew_warc_digest_begin(d, d->told, w->err);
    if (code == EW_OK)
        code = ew_warc_digest_feed(d, w->decoded[0].data, w->decoded[0].len, w->err);
    return code == EW_OK ? ew_warc_digest_end(d, right, w->err) : code;
}

static ew_code check_payload(ew_warc *w, ew_capture *c)
{
    ew_warc_record *r = &w->record;
    bool right = false;
    bool chunked =
        r->http &&
        ew_warc_same(ew_warc_lines_value(&w->http, "Transfer-Encoding"), "chunked");
    ew_code code = ew_warc_digest_end(&r->payload, &right, w->err);
    if (code == EW_OK && !right && chunked) {
        if (!r->keep || r->more)
            return EW_OK; /* not all of it is there any more: it cannot be known */
        code = check_dechunked(w, &right);
    }
    c->digest_given = true;
    c->digest_right = c->digest_right && right;
    if (code == EW_OK && !right)
        code = ew_warc__remark(w, c->place, "%s: the payload is not what its digest says",
                               type_names[r->type]);
    return code;
}

static ew_code check_digests(ew_warc *w, ew_capture *c)
{
    ew_warc_record *r = &w->record;
    bool right = false;
    ew_code code = EW_OK;
    if (r->broken)
        return EW_OK;
    c->digest_right = true;
    if (r->block.known) {
        code = ew_warc_digest_end(&r->block, &right, w->err);
        c->digest_given = true;
        c->digest_right = right;
        if (code == EW_OK && !right)
            code =
                ew_warc__remark(w, c->place, "%s: the record is not what its digest says",
                                type_names[r->type]);
    }
    if (code == EW_OK && r->payload.known)
        code = check_payload(w, c);
    const ew_warc_digest *odd = r->block.given && !r->block.known       ? &r->block
                                : r->payload.given && !r->payload.known ? &r->payload
                                                                        : NULL;
    if (code == EW_OK && odd != NULL)
        code = ew_warc__remark(w, c->place, "a digest that is not understood: %.*s",
                               (int)(odd->told.n < 80 ? odd->told.n : 80), odd->told.p);
    c->digest_right = c->digest_right && c->digest_given;
    return code;
}

/* ------------------------------------------------------------------ captures */

static ew_code clean(ew_warc *w, int i, ew_slice *s)
{
    bool bad = false;
    return ew_import_clean(*s, &w->clean[i], s, &bad, w->err);
}

/* "text/html; charset=utf-8" */
static ew_slice charset_of(ew_slice media)
{
    static const char name[] = "charset=";
    while (media.n > 0) {
        ew_slice part = ew_warc_before(media, ';');
        const char *end = memchr(media.p, ';', media.n);
        size_t used = end != NULL ? (size_t)(end + 1 - media.p) : media.n;
        media = (ew_slice){media.p + used, media.n - used};
        if (part.n < sizeof name - 1 || strncasecmp(part.p, name, sizeof name - 1) != 0)
            continue;
        part = (ew_slice){part.p + sizeof name - 1, part.n - (sizeof name - 1)};
        if (part.n >= 2 && (part.p[0] == '"' || part.p[0] == '\''))
            part = (ew_slice){part.p + 1, part.n - 2};
        return part;
    }
    return ew_slice_of("");
}

static ew_code tell_article(ew_warc *w, const ew_capture *c)
{
    const ew_warc_lines *l = w->record.http ? &w->http : &w->head;
    ew_article_record from = {.place = c->place,
                              .url = c->url,
                              .title = c->title,
                              .charset =
                                  charset_of(ew_warc_lines_value(l, "Content-Type"))};
    if (!is_page(c->mime) || c->body.n == 0 || w->sink->article == NULL ||
        !(c->status == 200 || (c->status == 0 && !w->record.http)))
        return EW_OK;
    return ew_article_in_record(c->body, &from, w->sink, w->err);
}

static ew_code tell_capture(ew_warc *w, ew_capture *c)
{
    const ew_warc_record *r = &w->record;
    c->url = r->url;
    c->mime = r->mime;
    c->status = r->status;
    c->signed_by = w->signed_by.n > 0 ? w->signed_by : ew_slice_of("");
    c->title = ew_slice_of("");
    ew_slice date = ew_warc_lines_value(&w->head, "WARC-Date");
    ew_code code = clean(w, 0, &c->url);
    if (code == EW_OK)
        code = clean(w, 1, &c->mime);
    if (code == EW_OK)
        code = clean(w, 2, &date);
    if (code != EW_OK)
        return code;
    c->time = ew_warc__moment(date);
    if (!c->time.known)
        code =
            ew_warc__remark(w, c->place, "a capture without a time that is understood");
    if (code == EW_OK)
        code = ew_warc__body(w, c);
    if (w->listed != NULL)
        w->listed(w->listed_cookie, c, is_page(c->mime) && c->status == 200);
    if (code == EW_OK && w->sink->capture != NULL)
        code = w->sink->capture(w->sink->cookie, c, w->err);
    return code == EW_OK ? tell_article(w, c) : code;
}

/* Address and time, as one text. */
static ew_code name_moment(ew_warc *w, ew_slice url, ew_slice date, ew_slice *out)
{
    ew_buf *b = &w->clean[2];
    ew_buf_reset(b);
    ew_code code = ew_buf_append(b, date.p, date.n, w->err);
    if (code == EW_OK)
        code = ew_buf_append(b, " ", 1, w->err);
    if (code == EW_OK)
        code = ew_buf_append(b, url.p, url.n, w->err);
    *out = (ew_slice){(const char *)b->data, b->len};
    return code;
}

/* By its payload, or by when it was seen. */
static ew_code was_seen(ew_warc *w, ew_slice url, ew_slice date, bool *yes)
{
    ew_slice digest = ew_warc_lines_value(&w->head, "WARC-Payload-Digest");
    uint32_t number;
    ew_slice name;
    ew_code code = name_moment(w, url.n > 0 ? url : w->record.url, date, &name);
    *yes =
        code == EW_OK && ((digest.n > 0 && ew_warc_set_find(w->seen, digest, &number)) ||
                          (date.n > 0 && ew_warc_set_find(w->seen, name, &number)));
    return code;
}

static ew_code remember(ew_warc *w)
{
    const ew_warc_record *r = &w->record;
    ew_slice name;
    if (r->broken)
        return EW_OK;
    ew_code code =
        name_moment(w, r->url, ew_warc_lines_value(&w->head, "WARC-Date"), &name);
    if (code == EW_OK)
        code = ew_warc_set_add(w->seen, name, 0, w->err);
    return code == EW_OK && r->payload.given
               ? ew_warc_set_add(w->seen, r->payload.told, 0, w->err)
               : code;
}

static ew_code tell_revisit(ew_warc *w, ew_capture *c)
{
    ew_slice url = ew_warc_lines_value(&w->head, "WARC-Refers-To-Target-URI");
    ew_slice date = ew_warc_lines_value(&w->head, "WARC-Refers-To-Date");
    bool there = false;
    if (!ew_warc__is_document(w->record.mime)) {
        w->parts++;
        return EW_OK;
    }
    ew_code code = tell_capture(w, c);
    if (code == EW_OK)
        code = was_seen(w, url, date, &there);
    if (code == EW_OK)
        code = ew_warc__remark(
            w, c->place, "seen again with the content it had before%s%.*s%s%.*s",
            date.n > 0 ? " on " : "", (int)(date.n < 32 ? date.n : 32), date.p,
            url.n > 0 ? " at " : "", (int)(url.n < 120 ? url.n : 120), url.p);
    if (code == EW_OK && !there && !ew_warc_set_full(w->seen))
        code = ew_warc__gap(w, c->place.at, c->place.at + c->place.bytes, "content",
                            "seen again, and what was seen before is not in this archive "
                            "so far");
    return code;
}

static ew_code tell_info(ew_warc *w, ew_capture *c)
{
    ew_slice in = {w->body.len > 0 ? (const char *)w->body.data : "", w->body.len};
    ew_code code = EW_OK;
    size_t used;
    bool end = false;
    if (w->types[EW_WARC_INFO] > 1)
        return EW_OK;
    while (in.n > 0 && !end && code == EW_OK) {
        code = ew_warc_lines_take(&w->http, in, &used, &end, w->err);
        in = (ew_slice){in.p + used, in.n - used};
    }
    ew_slice by = ew_warc_lines_value(&w->http, "software");
    if (code == EW_E_LIMIT)
        return EW_OK;
    return code == EW_OK && by.n > 0
               ? ew_warc__remark(w, c->place, "made with %.*s",
                                 (int)(by.n < 200 ? by.n : 200), by.p)
               : code;
}

/* ------------------------------------------------------------------ records */

/* What two programs may read differently. */
static ew_code tell_twice(ew_warc *w, const ew_place *p)
{
    static const char *const names[] = {"WARC-Type", "Content-Length", "WARC-Target-URI",
                                        "WARC-Date"};
    ew_code code = EW_OK;
    for (size_t i = 0; i < EW_COUNT(names) && code == EW_OK; i++)
        if (ew_warc_lines_twice(&w->head, names[i]))
            code =
                ew_warc__remark(w, *p, "%s is there twice: the first is taken", names[i]);
    return code;
}

static ew_code tell_shape(ew_warc *w, const ew_place *p)
{
    const ew_warc_record *r = &w->record;
    ew_slice cut = ew_warc_lines_value(&w->head, "WARC-Truncated");
    ew_slice segment = ew_warc_lines_value(&w->head, "WARC-Segment-Number");
    uint64_t end = p->at + p->bytes;
    char words[160];
    ew_code code = EW_OK;
    if (r->broken) {
        (void)snprintf(words, sizeof words,
                       "a record of %" PRIu64 " bytes ends after %" PRIu64, r->length,
                       r->length - r->left);
        code = ew_warc__gap(w, p->at, end, "content", words);
    }
    if (code == EW_OK && cut.n > 0) {
        (void)snprintf(words, sizeof words, "the archiving program left off: %.*s",
                       (int)(cut.n < 40 ? cut.n : 40), cut.p);
        ew_slice text = ew_slice_of(words);
        code = clean(w, 2, &text);
        ew_gap g = {*p, ew_slice_of("content"), text};
        if (code == EW_OK && w->sink->gap != NULL)
            code = w->sink->gap(w->sink->cookie, &g, w->err);
    }
    if (code == EW_OK && (segment.n > 0 || r->type == EW_WARC_CONTINUATION))
        code = ew_warc__gap(w, p->at, end, "content",
                            "a record in segments: they are not put together");
    if (code == EW_OK && r->shares && !w->told_shares) {
        w->told_shares = true;
        code = ew_warc__remark(w, *p,
                               "several records in one gzip member: their places are the "
                               "member's, and no record can be cut out alone");
    }
    return code;
}

ew_code ew_warc__tell(ew_warc *w, uint64_t end)
{
    ew_warc_record *r = &w->record;
    /* The end of a shared member is not known before it is there. */
    uint64_t to = r->shares && end <= r->at ? w->bytes : end;
    ew_capture c = {.place = {w->member, r->at, to > r->at ? to - r->at : 0}};
    bool document = ew_warc__is_document(r->mime);
    ew_code code = tell_shape(w, &c.place);
    if (code == EW_OK)
        code = tell_twice(w, &c.place);
    if (code == EW_OK)
        code = check_digests(w, &c);
    if (code != EW_OK)
        return code;
    switch (r->type) {
    case EW_WARC_INFO:
        return tell_info(w, &c);
    case EW_WARC_REVISIT:
        return tell_revisit(w, &c);
    case EW_WARC_RESPONSE:
    case EW_WARC_RESOURCE:
    case EW_WARC_CONVERSION:
        code = remember(w);
        w->parts += !document;
        return code == EW_OK && document ? tell_capture(w, &c) : code;
    default:
        return EW_OK;
    }
}

ew_code ew_warc__sum_up(ew_warc *w)
{
    uint64_t records = 0;
    for (int i = 0; i < EW_WARC_TYPES; i++)
        records += w->types[i];
    return w->parts > 0
               ? ew_warc__remark(w, (ew_place){w->member, 0, w->bytes},
                                 "of %" PRIu64 " records, %" PRIu64
                                 " of parts of pages (pictures, styles, scripts, data) "
                                 "are not told one by one",
                                 records, w->parts)
               : EW_OK;
}
