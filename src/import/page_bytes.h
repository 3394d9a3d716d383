/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a page or of a text as UTF-8, with the way back to the original. */
#ifndef EW_IMPORT_PAGE_BYTES_H
#define EW_IMPORT_PAGE_BYTES_H

#include "import/room.h"

enum { EW_PAGE_BYTES = 16 << 20 };

typedef struct ew_page_bytes {
    ew_slice original;
    char *text; /* UTF-8, writable, with a 0 behind it */
    size_t n;
    uint32_t *back; /* of every byte of text its place in the original; NULL: same */
    const char *encoding; /* that was used */
    bool guessed;         /* nothing said which it is */
    bool lied;            /* another encoding was declared than it can be in */
    bool bad;             /* bytes that are nothing in that encoding became U+FFFD */
} ew_page_bytes;

/* By byte order mark, then (page) by what its first bytes declare (one of Latin
 * letters is not believed when the bytes are UTF-8), then UTF-8 if it is valid, then windows-1252.
 * EW_E_FORMAT when it declares an encoding that is not known here, EW_E_LIMIT beyond EW_PAGE_BYTES. */
EW_MUST_CHECK ew_code ew_page_decode(ew_page_bytes *out, ew_slice original, bool page,
                                     ew_room *room, ew_err *err);

/* Declares an encoding that was told beside the page, as HTTP does, in place of what the page declares; a byte order mark counts more.
 * One that is not known here is passed over. */
EW_MUST_CHECK ew_code ew_page_decode_told(ew_page_bytes *out, ew_slice original,
                                          ew_slice told, ew_room *room, ew_err *err);

/* Where a byte of text stands in the original; n gives its end. */
uint64_t ew_page_back(const ew_page_bytes *b, size_t at);

/* Overwrites with spaces the tags that would nest deeper than `deep`, attributes of a tag beyond a number, and
 * NUL bytes, so that every offset stays: the parser takes quadratic time on such pages. True when any was. */
bool ew_page_guard(char *text, size_t n);

#endif
