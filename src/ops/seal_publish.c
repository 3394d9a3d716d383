/* SPDX-License-Identifier: Apache-2.0 */
/* Publishing the desk's log. */
#include "ops/seal_publish.h"

#include "base/alloc.h"

ew_code ew_ops_publish(const char *desk, const char *to, ew_publication *out, ew_err *err)
{
    ew_vkey key;
    char *log = ew_desk_log_dir(desk);
    ew_code code = log != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_desk_vkey(desk, "log", &key, err);
    if (code == EW_OK)
        code = ew_log_publish(log, to, &key, out, err);
    ew_free(log);
    return code;
}
