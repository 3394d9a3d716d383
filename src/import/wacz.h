/* SPDX-License-Identifier: Apache-2.0 */
/* A WACZ while it is read: shared by the parts of its reader. What it lists and what it is are compared first, then
 * its signature, so that a capture can be told with who signed it. */
#ifndef EW_IMPORT_WACZ_H
#define EW_IMPORT_WACZ_H

#include "import/json_stream.h"
#include "import/message_made.h"
#include "import/warc.h"

enum {
    EW_WACZ_JSON = 64 << 20,  /* bytes of datapackage.json */
    EW_WACZ_LINE = 16 << 20,  /* bytes of a line of a list of pages */
    EW_WACZ_PAGES = 200000,   /* that are compared with the archives */
    EW_WACZ_TEXTS = 128 << 20 /* bytes of addresses and titles that are kept */
};

/* A line of a list of pages. */
typedef struct ew_wacz_page {
    ew_place place;
    ew_kept_text url, title;
    bool seen;
} ew_wacz_page;

typedef struct ew_wacz {
    ew_delivery *from;
    ew_warc warc; /* reads the archives, and tells */
    ew_buf texts;
    size_t package;            /* member datapackage.json */
    char package_hash[64 + 8]; /* "sha256:" and hex, of its bytes */
    bool *
        right; /* of each member: it is listed with a hash that is right, SHA-256 or better */
    bool *listed;  /* the same without the hash */
    ew_buf signer; /* words; empty: no signature that holds */
    ew_wacz_page *pages;
    size_t page_count, page_cap;
    bool pages_full;
    uint64_t unlisted; /* pages of the archives that are on no list */
    ew_warc_set *page_set;
} ew_wacz;

/* wacz_package: datapackage.json, and whether the files are what it says. */
EW_MUST_CHECK ew_code ew_wacz__package(ew_wacz *z);
/* wacz_digest: datapackage-digest.json; fills signer. */
EW_MUST_CHECK ew_code ew_wacz__digest(ew_wacz *z);
/* wacz_pages: the lists; then what is on them and was not seen. */
EW_MUST_CHECK ew_code ew_wacz__pages(ew_wacz *z);
void ew_wacz__page_seen(void *z, ew_capture *c, bool page);
EW_MUST_CHECK ew_code ew_wacz__pages_missing(ew_wacz *z);

/* Keeps a text; beyond EW_WACZ_TEXTS it is empty. */
EW_MUST_CHECK ew_code ew_wacz__keep(ew_wacz *z, ew_slice text, ew_kept_text *out);
ew_slice ew_wacz__kept(const ew_wacz *z, ew_kept_text t);

/* Begins to read bytes that are to be one object of JSON (EW_E_FORMAT: they are not), and goes to
 * its next value: false at its end, and once `code` is not EW_OK. Values that are objects are to
 * be passed over or read to their end. ew_json_release in any case. */
EW_MUST_CHECK ew_code ew_wacz__object(ew_json *j, ew_slice bytes, ew_err *why);
bool ew_wacz__field(ew_json *j, ew_code *code, ew_err *why);

EW_MUST_CHECK ew_code ew_wacz__gap(ew_wacz *z, ew_place place, const char *what,
                                   const char *fmt, ...) EW_PRINTF(4, 5);
/* Of the member as a whole. */
ew_place ew_wacz__whole(const ew_wacz *z, size_t member);

/* What a signature says of itself, decoded from JSON. */
typedef struct ew_wacz_signed {
    ew_slice hash, created, software, signature, public_key, domain, domain_cert;
    bool time_token; /* there is one */
} ew_wacz_signed;

enum { EW_WACZ_WORDS = 1024 };

/* wacz_sign. *holds; signer: who, and what was looked at; why: what does not hold. Both are emptied before. */
EW_MUST_CHECK ew_code ew_wacz__check(const ew_wacz_signed *s, bool *holds, ew_buf *signer,
                                     ew_buf *why, ew_err *err);

#endif
