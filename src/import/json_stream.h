/* SPDX-License-Identifier: Apache-2.0 */
/* A pull reader for the JSON of chat exports: one pass over bytes in memory, each token with its place,
 * nothing kept but the stack. Understands what real exports have and JSON forbids, and says that
 * it did: `\xNN` and other unknown escapes, bare control characters in strings, unquoted
 * words and numbers with leading zeros as values, a byte order mark. RFC 8259 otherwise. */
#ifndef EW_IMPORT_JSON_STREAM_H
#define EW_IMPORT_JSON_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum { EW_JSON_DEPTH = 64, EW_JSON_TEXT = 16 << 20 /* bytes of one string */ };

typedef enum ew_json_kind {
    EW_JSON_END, /* of the document */
    EW_JSON_OBJECT,
    EW_JSON_OBJECT_END,
    EW_JSON_ARRAY,
    EW_JSON_ARRAY_END,
    EW_JSON_STRING,
    EW_JSON_NUMBER, /* text has it as written */
    EW_JSON_TRUE,
    EW_JSON_FALSE,
    EW_JSON_NULL
} ew_json_kind;

typedef struct ew_json {
    const char *bytes;
    size_t n, at;
    /* The present token */
    ew_json_kind kind;
    bool has_key;
    ew_slice key;      /* decoded, of a value in an object; until the next token */
    ew_slice text;     /* decoded, of a string or number; the same */
    size_t begin, end; /* bytes of the token; of an object or array only its bracket */
    bool odd;          /* this token or its key needed more than JSON allows */
    bool bad_utf8;     /* it had bytes that are not UTF-8: replaced by U+FFFD */
    size_t depth;      /* of open objects and arrays, this one's own bracket included */
    bool passes;   /* values too deep or too long become null, where their end is found */
    size_t passed; /* how many did: who sets `passes` has to tell it */
    /* Inside */
    char open[EW_JSON_DEPTH]; /* '{' or '[' */
    bool first;               /* nothing was read in the innermost one yet */
    bool done;
    ew_buf key_buf, text_buf;
} ew_json;

/* bytes stay with the caller. */
void ew_json_init(ew_json *j, const void *bytes, size_t n);
/* Another document, with the room of the one before. */
void ew_json_again(ew_json *j, const void *bytes, size_t n);
void ew_json_release(ew_json *j);

/* The next token. EW_E_FORMAT with the place in err->pos; EW_E_LIMIT for depth and length, unless
 * such values are passed over. */
EW_MUST_CHECK ew_code ew_json_next(ew_json *j, ew_err *err);

/* With the present token an object or array: passes over it to its end, which becomes the present
 * token. With anything else nothing happens. */
EW_MUST_CHECK ew_code ew_json_skip(ew_json *j, ew_err *err);

#endif
