/* SPDX-License-Identifier: Apache-2.0 */
/* Writing HTML so that escaping cannot be forgotten: there is no way to put bytes on the page but as
 * text, as the value of an attribute, as data of a known kind, or as a picture that is taken apart
 * and written anew. Names of elements and attributes are literals of the program. */
#ifndef EW_REPORT_HTML_H
#define EW_REPORT_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum { EW_HTML_DEPTH = 32 };

/* A page in the making; after a failure nothing more is written. */
typedef struct ew_html {
    ew_buf *out;
    ew_err *err;
    ew_code rc;
    const char *open[EW_HTML_DEPTH]; /* elements that are not closed yet */
    size_t depth;
    bool in_tag; /* attributes may follow */
} ew_html;

void ew_html_init(ew_html *h, ew_buf *out, ew_err *err);

/* <!DOCTYPE html> */
void ew_html_doctype(ew_html *h);
/* <name ... ; void elements such as "meta" close themselves. */
void ew_html_open(ew_html *h, const char *name);
void ew_html_close(ew_html *h);
/* Of the element that was just opened; value: any text. */
void ew_html_attr(ew_html *h, const char *name, const char *value);
void ew_html_attr_number(ew_html *h, const char *name, uint64_t value);
/* Any text, any bytes: what is no UTF-8, or could not stand in a page, becomes U+FFFD; what turns the
 * direction of writing is shown by its number. */
void ew_html_text(ew_html *h, const char *text);
/* <name>text</name> */
void ew_html_element(ew_html *h, const char *name, const char *text);

/* An attribute "data:audio/wav;base64,...". base64 must be nothing else (EW_E_FORMAT). */
void ew_html_attr_wav(ew_html *h, const char *name, const char *base64);

/* Inside <style>, a literal of the program. */
void ew_html_style(ew_html *h, const char *css);

/* A picture that the program drew, written anew from what html_svg.c knows; all else in it is left
 * out. prefix: before each of its ids, so that several pictures do not clash. */
void ew_html_svg(ew_html *h, const char *svg, const char *prefix);

/* What must be the same for text on a page and in its JSON: valid UTF-8 without controls. Appends. */
EW_MUST_CHECK ew_code ew_text_clean(ew_buf *out, const char *text, size_t n, ew_err *err);

/* Appends base64 of n bytes. */
EW_MUST_CHECK ew_code ew_base64(ew_buf *out, const uint8_t *bytes, size_t n, ew_err *err);

#endif
