/* SPDX-License-Identifier: Apache-2.0 */
/* Web archives: pages as they were before they were packed for the way. */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "import/import.h"
#include "ops/lint_in.h"

static ew_code page(void *cookie, const ew_capture *c, ew_err *err)
{
    ew_lint *l = cookie;
    (void)snprintf(l->member, sizeof l->member, "%.*s", (int)c->url.n, c->url.p);
    size_t n = strlen(l->member); /* not cut within a character */
    while (n > 0 && !ew_utf8_valid(l->member, n))
        l->member[--n] = 0;
    ew_code code = ew_lint__file(l, c->body, err);
    if (code == EW_OK && c->cut)
        code = ew_lint__blank(l, "the rest of a long page", err);
    l->member[0] = 0;
    return code;
}

ew_code ew_lint__web(ew_lint *l, const char *path, ew_err *err)
{
    ew_delivery *d = NULL;
    ew_import_format format = EW_IMPORT_AUTO;
    ew_import_opts opts = {.format = EW_IMPORT_AUTO};
    ew_import_sink sink = {.cookie = l, .capture = page};
    ew_err why;
    int fd = l->fd;
    if (ew_delivery_open(&d, path, &why) != EW_OK)
        return EW_OK; /* it is looked into as a file all the same */
    ew_code code = ew_import_detect(d, &format, &why);
    if (code != EW_OK || (format != EW_IMPORT_WARC && format != EW_IMPORT_WACZ)) {
        ew_delivery_close(d);
        return EW_OK;
    }
    l->fd = -1; /* a page is not the original */
    l->again = true;
    opts.format = format;
    code = ew_import_run(d, &opts, &sink, &why);
    l->again = false;
    l->fd = fd;
    ew_delivery_close(d);
    if (code == EW_E_NOMEM || code == EW_E_CANCELLED)
        return ew_fail(err, code, 0, "%s", why.text);
    return code == EW_OK ? EW_OK
                         : ew_lint__blank(l, "a web archive that cannot be read", err);
}
