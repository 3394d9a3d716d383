/* SPDX-License-Identifier: Apache-2.0 */
/* The style sheet of reports, which is part of each, and what a language adds to it. */
#ifndef EW_REPORT_PAGE_CSS_H
#define EW_REPORT_PAGE_CSS_H

#include <stddef.h>

extern const char ew_page_css[];
extern const char ew_page_paper[]; /* what follows it: how it is printed */

/* Fonts with the letters of a language, as WOFF2; the last has no name. None is there when the program was
 * built without. */
typedef struct ew_page_font {
    const char *name;
    const unsigned char *bytes;
    size_t n;
} ew_page_font;
extern const ew_page_font ew_page_fonts[];

typedef struct ew_page_look {
    const char *language; /* "km" */
    const char *font;     /* its name, */
    const char *family;   /* and that of its family in the style */
    const char *css;      /* after ew_page_css */
} ew_page_look;
/* NULL: the language needs nothing of its own. */
const ew_page_look *ew_page_look_of(const char *language);

#endif
