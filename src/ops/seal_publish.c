/* SPDX-License-Identifier: Apache-2.0 */
/* Publishing the desk's log. */
#include "ops/seal_publish.h"

#include <string.h>

#include "base/alloc.h"
#include "ops/seal_key.h"

ew_code ew_desk_log_keys(const char *desk, ew_vkey *keys, size_t *n, ew_err *err)
{
    ew_old_key *old = NULL;
    size_t old_count = 0;
    *n = 1;
    ew_code code = ew_desk_vkey(desk, "log", &keys[0], err);
    if (code == EW_OK)
        code = ew_desk_old_keys(desk, &old, &old_count, err);
    for (size_t i = 0; code == EW_OK && i < old_count && i < EW_OLD_KEYS_MAX; i++)
        if (strcmp(old[i].use, "log") == 0)
            keys[(*n)++] = old[i].key;
    ew_free(old);
    return code;
}

ew_code ew_ops_publish(const char *desk, const char *to, ew_publication *out, ew_err *err)
{
    size_t n = 0;
    char *log = ew_desk_log_dir(desk);
    ew_vkey *keys = ew_alloc_array(1 + EW_OLD_KEYS_MAX, sizeof *keys);
    ew_code code = log != NULL && keys != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_desk_log_keys(desk, keys, &n, err);
    if (code == EW_OK)
        code = ew_log_publish(log, to, keys, n, out, err);
    ew_free(keys);
    ew_free(log);
    return code;
}
