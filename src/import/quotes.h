/* SPDX-License-Identifier: Apache-2.0 */
/* Who is quoted with what in an article, and what stance that is: suggestions, never findings.
 * Each carries the pattern that found it and how often that pattern was right where it was measured
 * (docs/quotes.md). A person decides. */
#ifndef EW_IMPORT_QUOTES_H
#define EW_IMPORT_QUOTES_H

#include "import/import.h"

typedef enum ew_quote_kind {
    EW_QUOTE_DIRECT,  /* words in quotation marks */
    EW_QUOTE_MIXED,   /* some of them */
    EW_QUOTE_INDIRECT /* a stance verb near an item of the case */
} ew_quote_kind;

typedef struct ew_quote_pattern {
    const char *name; /* "quote-comma-name-verb" ... */
    double precision; /* share of right speakers where it was measured */
    bool shown;       /* by default */
} ew_quote_pattern;

typedef struct ew_quote {
    ew_quote_kind kind;
    size_t paragraph; /* of the article */
    size_t at, n;     /* bytes in the paragraph's text: from the first to the last mark */
    ew_slice words; /* between the marks; over several paragraphs joined by line feeds */
    ew_slice
        speaker; /* the fullest form of the name that the article gives; empty: not known */
    ew_slice speaker_as_written; /* "he", "the minister", "Smith" */
    bool anonymous;              /* "a source", "an official who asked not to be named" */
    const ew_quote_pattern *pattern;
    const char
        *stance;   /* "denies", "says-fabricated" ... as positions have it; "" none */
    ew_slice item; /* which of `items` it speaks of; empty: none that is certain */
} ew_quote;

typedef struct ew_quote_in {
    const ew_article *article;
    const ew_slice
        *items; /* names that the case has for what is disputed: "the recording" ... */
    size_t item_count;
} ew_quote_in;

/* Calls put() for every suggestion, in the order of the text. A paragraph whose quotation marks are
 * odd is passed over up to the mark that is missing and told by odd() (may be NULL). */
EW_MUST_CHECK ew_code ew_quotes_find(
    const ew_quote_in *in, ew_code (*put)(void *cookie, const ew_quote *q, ew_err *err),
    void (*odd)(void *cookie, size_t paragraph, size_t at), void *cookie, ew_err *err);

#endif
