/* SPDX-License-Identifier: Apache-2.0 */
/* The body of a capture, as the page had it: what HTTP put around it is taken off. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "import/warc.h"
#include "import/warc_coding.h"

enum { RATIO_FLOOR = 64 << 20 };

static ew_code remark_coded(ew_warc *w, const ew_capture *c, ew_slice name,
                            ew_warc_coded how)
{
    static const char *const words[] = {
        "", "its head says that it is %.*s, and it is not", "its coding %.*s is damaged",
        "its coding %.*s is not known here: left as it is"};
    char text[128];
    if (how == EW_WARC_CODED_FINE)
        return EW_OK;
    const char *end = strstr(words[how], "%.*s");
    (void)snprintf(text, sizeof text, "%.*s%.*s%s", (int)(end - words[how]), words[how],
                   (int)(name.n < 20 ? name.n : 20), name.p, end + 4);
    return ew_warc__remark(w, c->place, "%s", text);
}

/* "gzip, br": the last one was put on last. */
static ew_code take_codings(ew_warc *w, ew_capture *c, ew_slice names)
{
    enum { CODINGS = 4 };
    ew_code code = EW_OK;
    ew_warc_coded how = EW_WARC_CODED_FINE;
    for (int i = 0; i < CODINGS && names.n > 0 && code == EW_OK; i++) {
        const char *comma = memrchr(names.p, ',', names.n);
        size_t begin = comma != NULL ? (size_t)(comma + 1 - names.p) : 0;
        ew_slice name = ew_warc_trim((ew_slice){names.p + begin, names.n - begin});
        names.n = comma != NULL ? begin - 1 : 0;
        if (name.n == 0 || ew_warc_same(name, "identity") ||
            ew_warc_same(name, "chunked") || c->body.n == 0)
            continue;
        /* What was decoded before lies in the other one. */
        ew_buf *out = &w->decoded[c->body.p == (const char *)w->decoded[0].data];
        bool cut;
        code = ew_warc_decode(name, c->body, out, &how, &cut, w->err);
        c->body = (ew_slice){out->len > 0 ? (const char *)out->data : "", out->len};
        /* What was cut before cannot be whole, however well it goes. */
        bool expected = c->cut && how == EW_WARC_CODED_DAMAGED;
        c->cut = c->cut || cut || how == EW_WARC_CODED_DAMAGED;
        if (code == EW_OK && !expected)
            code = remark_coded(w, c, name, how);
        if (how == EW_WARC_CODED_UNKNOWN || how == EW_WARC_CODED_NOT)
            break;
    }
    return code;
}

static ew_code uncode(ew_warc *w, ew_capture *c)
{
    ew_warc_coded how;
    ew_code code = EW_OK;
    c->body = (ew_slice){w->body.len > 0 ? (const char *)w->body.data : "", w->body.len};
    c->cut = w->record.more || w->record.broken ||
             ew_warc_lines_value(&w->head, "WARC-Truncated").n > 0 ||
             ew_warc_lines_value(&w->head, "WARC-Segment-Number").n > 0;
    if (!w->record.http || c->body.n == 0)
        return EW_OK;
    ew_slice transfer = ew_warc_lines_value(&w->http, "Transfer-Encoding");
    ew_slice last = transfer;
    const char *comma = last.n > 0 ? memrchr(last.p, ',', last.n) : NULL;
    if (comma != NULL)
        last = ew_warc_trim((ew_slice){comma + 1, last.n - (size_t)(comma + 1 - last.p)});
    if (ew_warc_same(last, "chunked")) {
        code = ew_warc_dechunk(c->body, &w->decoded[0], &how, w->err);
        c->body =
            (ew_slice){w->decoded[0].len > 0 ? (const char *)w->decoded[0].data : "",
                       w->decoded[0].len};
        if (code == EW_OK && !c->cut)
            code = remark_coded(w, c, last, how);
        c->cut = c->cut || how == EW_WARC_CODED_DAMAGED;
    }
    if (code == EW_OK)
        code = take_codings(w, c, transfer);
    return code == EW_OK
               ? take_codings(w, c, ew_warc_lines_value(&w->http, "Content-Encoding"))
               : code;
}

/* So much less than HTTP said that something was lost on the way. More is usual where a program kept the body decoded and
 * the head as it came. */
static ew_code check_length(ew_warc *w, ew_capture *c)
{
    const ew_warc_record *r = &w->record;
    uint64_t told;
    uint64_t there = r->payload_bytes;
    if (!r->http || r->broken || r->type != EW_WARC_RESPONSE || c->status != 200 ||
        there == 0 || ew_warc_lines_value(&w->http, "Transfer-Encoding").n > 0 ||
        !ew_slice_u64(ew_warc_lines_value(&w->http, "Content-Length"), &told) ||
        there >= told)
        return EW_OK;
    c->cut = true;
    return ew_warc__remark(w, c->place,
                           "HTTP announced %" PRIu64 " bytes, %" PRIu64 " are there",
                           told, there);
}

/* Bodies that are packed within records that are packed: over all no more than a ZIP may unpack to. */
static bool is_bomb(const ew_warc *w, const ew_place *p)
{
    return w->unpacked > RATIO_FLOOR &&
           w->unpacked / EW_DELIVERY_RATIO > w->read_before + p->at + p->bytes;
}

ew_code ew_warc__body(ew_warc *w, ew_capture *c)
{
    ew_code code = check_length(w, c);
    bool cut = c->cut;
    if (code == EW_OK && is_bomb(w, &c->place)) {
        c->body = ew_slice_of("");
        c->cut = true;
        return ew_warc__remark(w, c->place,
                               "bodies so far unpack to so much that this one is not "
                               "looked into");
    }
    if (code == EW_OK)
        code = uncode(w, c);
    c->cut = c->cut || cut;
    w->unpacked += c->body.n;
    return code;
}
