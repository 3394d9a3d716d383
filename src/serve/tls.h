/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate: that of the desk, or one that this program makes for itself and keeps. */
#ifndef EW_SERVE_TLS_H
#define EW_SERVE_TLS_H

#include "base/buf.h"
#include "serve/hosts.h"

enum {
    EW_CERT_FILE = 1 << 20, /* bytes of a file with certificates */
    EW_CERT_DAYS = 397,     /* that one of our own is good; browsers refuse longer ones */
    EW_CERT_RENEW_DAYS = 30, /* left, when it is made anew at the next start */
    EW_FINGERPRINT = 32 * 3, /* "AB:CD:...", as browsers show it, and a zero */
    EW_CERT_WARNING = 200
};

typedef struct ew_cert {
    ew_buf chain; /* PEM, text */
    ew_buf key;   /* PEM, text; wiped by release */
    char fingerprint[EW_FINGERPRINT];
    int64_t ends;                  /* POSIX seconds */
    bool made;                     /* just now, by this program: others have to compare */
    char warning[EW_CERT_WARNING]; /* what is not right and no reason to stop; or "" */
} ew_cert;

/* Of files in PEM. EW_E_ARG, EW_E_FORMAT, EW_E_NOTFOUND: cannot be read, not good now, the key is another's or can be
 * read by everybody. now: POSIX seconds. */
EW_MUST_CHECK ew_code ew_cert_load(ew_cert *out, const char *cert, const char *key,
                                   const ew_hosts *names, int64_t now, ew_err *err);

/* That of the folder, when it is good for these names and for a while; else a new one, which is kept there. */
EW_MUST_CHECK ew_code ew_cert_own(ew_cert *out, const char *dir, const ew_hosts *names,
                                  int64_t now, ew_err *err);

void ew_cert_release(ew_cert *c);

#endif
