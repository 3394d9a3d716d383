/* SPDX-License-Identifier: Apache-2.0 */
/* The page that this program serves on this machine: no network is needed, nothing is loaded from
 * elsewhere. */
#ifndef EW_SERVE_SERVE_H
#define EW_SERVE_SERVE_H

#include "ops/input.h"

#define EW_SERVE_LISTEN "127.0.0.1:8680"

enum { EW_SERVE_URL = 512, EW_SERVE_IDLE_S = 12 * 3600 };

/* Where the page can be opened from now on. */
typedef struct ew_page_ready {
    const char *url; /* holds the token that opens one session, unless there is a login */
    const char *fingerprint;  /* of the certificate, "AB:CD:..."; NULL: no TLS */
    const char *warning;      /* about the certificate; or "" */
    int64_t certificate_ends; /* POSIX seconds */
    bool certificate_made;    /* by this program, just now */
} ew_page_ready;

typedef struct ew_page_opts {
    const char *listen;  /* numeric address and port; port 0: any that is free */
    const char *archive; /* folder, or NULL as elsewhere */
    const char *casedir; /* folder of the case, or NULL: none */
    const char *work;    /* folder for uploads and results, made when missing */
    unsigned jobs;       /* things worked on at a time; 0: one per core */
    const ew_stop *stop;
    /* For other machines: TLS and a passphrase, both or none. */
    bool tls;
    const char *cert,
        *cert_key; /* files, both or none: then one is made and kept in `work` */
    const char *const *names; /* lists of names that lead here */
    size_t name_count;
    char *pass; /* wiped once its hash is known; NULL: none */
    size_t pass_n;
    int64_t idle_s; /* after which a session ends that began with the passphrase */
    /* From any thread, one at a time. */
    void (*ready)(void *cookie, const ew_page_ready *at);
    void (*note)(
        void *cookie,
        const char *text); /* who came, for who looks after the server: a safe line */
    void *cookie;
} ew_page_opts;

/* Serves until *stop is set. */
EW_MUST_CHECK ew_code ew_page_serve(const ew_page_opts *o, ew_err *err);

#endif
