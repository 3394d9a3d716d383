/* SPDX-License-Identifier: Apache-2.0 */
/* POST by libcurl, which is loaded at run time: no other command gets its thirty libraries, or
 * waits for them to start. */
#include "ops/http_post.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include <curl/curl.h>

#include "base/file.h"

#define LIBRARY "libcurl.so.4"

enum { CONNECT_SECONDS = 15, WHOLE_SECONDS = 60 };

typedef struct library {
    void *handle;
    CURLcode (*global_init)(long flags);
    CURL *(*init)(void);
    CURLcode (*setopt)(CURL *c, CURLoption o, ...);
    CURLcode (*perform)(CURL *c);
    CURLcode (*getinfo)(CURL *c, CURLINFO i, ...);
    const char *(*error)(CURLcode code);
    void (*cleanup)(CURL *c);
    struct curl_slist *(*add)(struct curl_slist *list, const char *line);
    void (*drop)(struct curl_slist *list);
} library;

typedef struct transfer {
    const library *lib;
    const ew_stop *stop;
    ew_http_answer *out;
    bool too_large;
} transfer;

/* ------------------------------------------------------------------ library */

static bool find(const library *l, const char *name, void *function, size_t n)
{
    void *found = dlsym(l->handle, name);
    memcpy(function, &found, n); /* ISO C has no cast from an object to a function */
    return found != NULL;
}

static ew_code load(library *l, ew_err *err)
{
    _Static_assert(sizeof l->init == sizeof(void *), "functions are found by dlsym");
    l->handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (l->handle == NULL)
        return ew_fail(err, EW_E_NOTFOUND, 0,
                       LIBRARY
                       " is not installed; a request can also be carried by hand: "
                       "see --request");
    if (find(l, "curl_global_init", &l->global_init, sizeof l->global_init) &&
        find(l, "curl_easy_init", &l->init, sizeof l->init) &&
        find(l, "curl_easy_setopt", &l->setopt, sizeof l->setopt) &&
        find(l, "curl_easy_perform", &l->perform, sizeof l->perform) &&
        find(l, "curl_easy_getinfo", &l->getinfo, sizeof l->getinfo) &&
        find(l, "curl_easy_strerror", &l->error, sizeof l->error) &&
        find(l, "curl_easy_cleanup", &l->cleanup, sizeof l->cleanup) &&
        find(l, "curl_slist_append", &l->add, sizeof l->add) &&
        find(l, "curl_slist_free_all", &l->drop, sizeof l->drop) &&
        l->global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
        return EW_OK;
    return ew_fail(err, EW_E_NOTFOUND, 0, LIBRARY " cannot be used");
}

/* ------------------------------------------------------------------ callbacks */

static size_t take(char *bytes, size_t size, size_t n, void *cookie)
{
    transfer *t = cookie;
    if (ew_buf_append(&t->out->body, bytes, size * n, NULL) == EW_OK)
        return size * n;
    t->too_large = true;
    return 0;
}

static int tick(void *cookie, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const transfer *t = cookie;
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    return t->stop != NULL && atomic_load(t->stop) != 0;
}

/* ------------------------------------------------------------------ the POST */

static bool set_up(transfer *t, CURL *c, const char *url, ew_slice body)
{
    const library *l = t->lib;
    return l->setopt(c, CURLOPT_URL, url) == CURLE_OK &&
           l->setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           l->setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           l->setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           l->setopt(c, CURLOPT_POST, 1L) == CURLE_OK &&
           l->setopt(c, CURLOPT_POSTFIELDS, body.p) == CURLE_OK &&
           l->setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n) == CURLE_OK &&
           l->setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS) == CURLE_OK &&
           l->setopt(c, CURLOPT_TIMEOUT, (long)WHOLE_SECONDS) == CURLE_OK &&
           l->setopt(c, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
           l->setopt(c, CURLOPT_WRITEDATA, t) == CURLE_OK &&
           l->setopt(c, CURLOPT_NOPROGRESS, 0L) == CURLE_OK &&
           l->setopt(c, CURLOPT_XFERINFOFUNCTION, tick) == CURLE_OK &&
           l->setopt(c, CURLOPT_XFERINFODATA, t) == CURLE_OK;
}

static void take_type(const transfer *t, CURL *c)
{
    const char *type = NULL;
    char *out = t->out->type;
    size_t n = 0;
    (void)t->lib->getinfo(c, CURLINFO_RESPONSE_CODE, &t->out->status);
    (void)t->lib->getinfo(c, CURLINFO_CONTENT_TYPE, &type);
    for (; type != NULL && type[n] != 0 && type[n] != ';' && type[n] != ' ' &&
           n + 1 < EW_HTTP_TYPE_MAX;
         n++)
        out[n] =
            (char)(type[n] >= 'A' && type[n] <= 'Z' ? type[n] + ('a' - 'A') : type[n]);
    out[n] = 0;
}

static ew_code perform(transfer *t, CURL *c, const char *url, ew_err *err)
{
    CURLcode rc = t->lib->perform(c);
    if (rc == CURLE_OK) {
        take_type(t, c);
        return EW_OK;
    }
    if (t->too_large)
        return ew_fail(err, EW_E_LIMIT, 0, "the answer from '%s' is too long", url);
    if (rc == CURLE_ABORTED_BY_CALLBACK)
        return ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
    if (rc == CURLE_URL_MALFORMAT || rc == CURLE_UNSUPPORTED_PROTOCOL)
        return ew_fail(err, EW_E_ARG, 0, "'%s' is not an http or https URL", url);
    return ew_fail(err, EW_E_IO, 0, "cannot reach '%s': %s", url, t->lib->error(rc));
}

/* The library stays loaded: some of what it brings cannot be unloaded. */
ew_code ew_http_post(const char *url, ew_slice body, const ew_stop *stop,
                     ew_http_answer *out, ew_err *err)
{
    library l = {0};
    transfer t = {.lib = &l, .stop = stop, .out = out};
    struct curl_slist *lines = NULL;
    if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
        return ew_fail(err, EW_E_ARG, 0, "'%s' is not an http or https URL", url);
    ew_code code = load(&l, err);
    if (code != EW_OK)
        return code;
    CURL *c = l.init();
    lines = l.add(NULL, "Content-Type: text/plain");
    if (c == NULL || lines == NULL || !set_up(&t, c, url, body) ||
        l.setopt(c, CURLOPT_HTTPHEADER, lines) != CURLE_OK)
        code = ew_fail_nomem(err);
    else
        code = perform(&t, c, url, err);
    if (c != NULL)
        l.cleanup(c);
    l.drop(lines);
    return code;
}
