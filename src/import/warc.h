/* SPDX-License-Identifier: Apache-2.0 */
/* A WARC file while it goes by: shared by the parts of its reader, and by the reader of WACZ. Bytes of the file
 * come in through warc_stream, leave gzip there, become records in warc_record and are told in warc_tell.
 * Nothing is kept of a record that was told but a digest in a table of bounded size. */
#ifndef EW_IMPORT_WARC_H
#define EW_IMPORT_WARC_H

#include "import/import.h"
#include "import/warc_digest.h"
#include "import/warc_lines.h"
#include "import/warc_set.h"

enum {
    EW_WARC_HEAD = 256 * 1024, /* bytes of the head of a record, or of HTTP */
    EW_WARC_BODY = 16 << 20    /* bytes of a body that are kept, coded and decoded */
};

typedef enum ew_warc_type {
    EW_WARC_INFO,
    EW_WARC_RESPONSE,
    EW_WARC_RESOURCE,
    EW_WARC_REVISIT,
    EW_WARC_CONVERSION,
    EW_WARC_CONTINUATION,
    EW_WARC_REQUEST,
    EW_WARC_METADATA,
    EW_WARC_OTHER,
    EW_WARC_TYPES
} ew_warc_type;

typedef enum ew_warc_state {
    EW_WARC_BETWEEN, /* records: empty lines, and perhaps one that waits for its end */
    EW_WARC_IN_HEAD,
    EW_WARC_IN_CONTENT,
    EW_WARC_LOST /* what is no record, up to the next line that begins one */
} ew_warc_state;

/* The record that goes by, or waits for its end. */
typedef struct ew_warc_record {
    uint64_t at;   /* in the file */
    bool shares;   /* its gzip member with other records */
    bool waiting;  /* all of it was read */
    bool too_long; /* its length goes beyond the end of the file */
    bool broken;   /* it ended before its length */
    ew_warc_type type;
    uint64_t length, left; /* of the content */
    bool http, in_http;    /* content is HTTP; and its head is not over */
    bool keep;             /* body is wanted */
    bool more;             /* body is not all of the payload */
    uint64_t payload_bytes;
    unsigned status;
    ew_slice url, mime; /* into the heads */
    ew_warc_digest block, payload;
} ew_warc_record;

typedef struct ew_warc {
    ew_delivery *from;
    const ew_import_sink *sink;
    ew_progress progress;
    ew_err *err;
    size_t member;
    uint64_t bytes;      /* of the file */
    bool plain;          /* not compressed: every byte has a place of its own */
    uint64_t records;    /* of the file */
    const char *foreign; /* what the file is that begins with no record */
    /* Set by the reader of WACZ. */
    ew_slice signed_by;
    void (*listed)(void *cookie, ew_capture *c, bool page); /* sets title and listed */
    void *listed_cookie;
    /* Records. */
    ew_warc_state state;
    ew_warc_record record;
    ew_warc_lines head, http;
    ew_buf body;
    size_t match;    /* bytes of "\nWARC/1." that went by */
    bool match_once; /* only at the beginning of a gzip member */
    uint64_t lost_at;
    char lost_why[80];
    /* Told at the end. */
    uint64_t types[EW_WARC_TYPES], parts;
    bool told_shares;     /* of the file */
    uint64_t unpacked;    /* bytes of bodies, of all files */
    uint64_t read_before; /* bytes of the files before this one */
    ew_warc_set *seen;    /* digests of payloads; may be shared by several files */
    ew_buf clean[3], decoded[2];
} ew_warc;

EW_MUST_CHECK ew_code ew_warc_init(ew_warc *w, ew_delivery *from,
                                   const ew_import_sink *sink, ew_err *err);
void ew_warc_release(ew_warc *w);

/* ".warc", ".warc.gz" */
bool ew_warc_named_so(ew_slice name);

/* One member of the delivery, from its first to its last byte. EW_E_FORMAT when it is no WARC file at all. */
EW_MUST_CHECK ew_code ew_warc_read(ew_warc *w, size_t member);

/* Inside: warc_record. `at` is where the first of the bytes stands in the file; of what was unpacked, where its
 * gzip member begins. */
EW_MUST_CHECK ew_code ew_warc__feed(ew_warc *w, ew_slice bytes, uint64_t at);
/* A gzip member ended, or the file did. */
EW_MUST_CHECK ew_code ew_warc__break(ew_warc *w, uint64_t end, bool last);
/* From here on the file cannot be read, up to the next gzip member. */
EW_MUST_CHECK ew_code ew_warc__damaged(ew_warc *w, uint64_t at, const char *why);

/* warc_tell */
EW_MUST_CHECK ew_code ew_warc__tell(ew_warc *w, uint64_t end);
EW_MUST_CHECK ew_code ew_warc__gap(ew_warc *w, uint64_t from, uint64_t end,
                                   const char *what, const char *words);
EW_MUST_CHECK ew_code ew_warc__remark(ew_warc *w, ew_place place, const char *fmt, ...)
    EW_PRINTF(3, 4);
EW_MUST_CHECK ew_code ew_warc__sum_up(ew_warc *w);
/* "2024-05-06T07:08:09.123Z" and shorter ones. */
ew_moment ew_warc__moment(ew_slice text);
/* warc_body: body and cut. */
EW_MUST_CHECK ew_code ew_warc__body(ew_warc *w, ew_capture *c);
/* Is it something that a person looks at, rather than a part of a page as a style sheet is? */
bool ew_warc__is_document(ew_slice mime);

#endif
