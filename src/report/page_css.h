/* SPDX-License-Identifier: Apache-2.0 */
/* The style sheet of reports, which is part of each. */
#ifndef EW_REPORT_PAGE_CSS_H
#define EW_REPORT_PAGE_CSS_H

extern const char ew_page_css[];

#endif
