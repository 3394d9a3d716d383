/* SPDX-License-Identifier: Apache-2.0 */
/* The page that this program serves on this machine: no network is needed, nothing is loaded from
 * elsewhere. */
#ifndef EW_SERVE_SERVE_H
#define EW_SERVE_SERVE_H

#include "ops/input.h"

#define EW_SERVE_LISTEN "127.0.0.1:8680"

enum { EW_SERVE_URL = 512 };

typedef struct ew_page_opts {
    const char *listen;  /* numeric address and port; port 0: any that is free */
    const char *archive; /* folder, or NULL as elsewhere */
    const char *casedir; /* folder of the case, or NULL: none */
    const char *work;    /* folder for uploads and results, made when missing */
    unsigned jobs;       /* things worked on at a time; 0: one per core */
    const ew_stop *stop;
    /* The page can be opened from now on, at this address, once: it holds the token. */
    void (*ready)(void *cookie, const char *url);
    void *cookie;
} ew_page_opts;

/* Serves until *stop is set. */
EW_MUST_CHECK ew_code ew_page_serve(const ew_page_opts *o, ew_err *err);

#endif
