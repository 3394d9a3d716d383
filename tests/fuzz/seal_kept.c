/* SPDX-License-Identifier: Apache-2.0 */
/* What a desk keeps of events and of keys that were. The first byte says which: e(vent; the
 * target locks it), o(ld keys), r(evocation under way). No file makes two keys of one, or a policy
 * that cannot be read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "ops/seal_event_kept.h"
#include "ops/seal_key.h"
#include "seal/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static ew_desk desk;

static void put(const char *name, ew_slice bytes)
{
    char *path = ew_path_join(desk.dir, name);
    FILE *f = path != NULL ? fopen(path, "wb") : NULL;
    if (f == NULL || fwrite(bytes.p, 1, bytes.n, f) != bytes.n || fclose(f) != 0)
        abort();
    ew_free(path);
}

static void drop(const char *name)
{
    char *path = ew_path_join(desk.dir, name);
    if (path != NULL)
        (void)remove(path);
    ew_free(path);
}

static void remove_desk(void)
{
    static const char *const places[] = {
        ("events/" HEX), "events",   "items",       "log/.state",
        "log/.lock",     "log",      "keys/log",    "keys/seal",
        "keys/vault",    "keys/old", "keys/revoke", "keys/statement",
        "keys",          ""};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        drop(places[i]);
    ew_desk_close(&desk);
}

/* One desk for all inputs, with a vault that costs nothing. */
static void make_desk(void)
{
    static const ew_vault_cost cheap = {1, 8192};
    const char *tmp = getenv("TMPDIR");
    ew_secret pass;
    char *dir = ew_path_join(tmp != NULL ? tmp : "/tmp", "ew-fuzz-XXXXXX");
    if (dir == NULL || mkdtemp(dir) == NULL || ew_secret_init(&pass, 1, NULL) != EW_OK)
        abort();
    pass.n = 1;
    pass.bytes[0] = 'x';
    if (ew_desk_create(&desk, dir, "desk.example", &pass, &cheap, NULL) != EW_OK)
        abort();
    ew_secret_release(&pass);
    ew_free(dir);
    (void)atexit(remove_desk);
}

static void try_event(ew_slice plain)
{
    ew_buf box;
    ew_event_kept k;
    ew_buf_init(&box, plain.n + EW_LOCKED_OVERHEAD);
    ew_event_kept_init(&k);
    if (ew_vault_lock(desk.vault, ew_slice_of("event " HEX), plain.p, plain.n, &box,
                      NULL) != EW_OK)
        abort();
    put("events/" HEX, (ew_slice){(const char *)box.data, box.len});
    if (ew_events__read(&desk, HEX, &k, NULL) == EW_OK &&
        (k.bytes.len == 0 || (unsigned)k.event.kind >= EW_EVENT_KINDS))
        abort();
    ew_event_kept_release(&k);
    ew_buf_release(&box);
}

static void try_old(ew_slice file)
{
    ew_buf b;
    ew_policy *p = NULL;
    ew_buf_init(&b, EW_POLICY_BYTES_MAX);
    put("keys/old", file);
    if (ew_desk_policy(desk.dir, &b, NULL) == EW_OK &&
        ew_policy_parse(&p, b.data, b.len, NULL) == EW_OK)
        ew_policy_free(p);
    drop("keys/old");
    ew_buf_release(&b);
}

/* Its events are not there: whatever it says, no key is exchanged. */
static void try_revocation(ew_slice file)
{
    ew_vkey before;
    ew_vkey after;
    put("keys/revoke", file);
    if (ew_desk_vkey(desk.dir, "seal", &before, NULL) != EW_OK ||
        ew_desk__settle(&desk, NULL) == EW_OK ||
        ew_desk_vkey(desk.dir, "seal", &after, NULL) != EW_OK ||
        !ew_vkey_same(&before, &after))
        abort();
    drop("keys/revoke");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ew_slice rest = {(const char *)data + 1, size - 1};
    if (size == 0 || size > 1 << 16)
        return 0;
    if (desk.dir == NULL)
        make_desk();
    if (data[0] == 'e')
        try_event(rest);
    else if (data[0] == 'o')
        try_old(rest);
    else if (data[0] == 'r')
        try_revocation(rest);
    return 0;
}
