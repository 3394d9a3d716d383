/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the desk, and of its backup. The first byte says which: v(ault), k(ey), s(ecret of an
 * item; the target locks it), n(ote), e(ntry), m(anifest of a backup), o(pened secret in a
 * backup). What is read back is the same; what is refused leaves nothing behind. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "ops/seal_backup_form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static ew_desk desk;
static const char *const places[] = {("items/" HEX "/secret"),
                                     ("items/" HEX "/seal.note"),
                                     ("items/" HEX "/entry"),
                                     ("items/" HEX),
                                     "items",
                                     "keys/log",
                                     "keys",
                                     ""};

static void remove_desk(void)
{
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        char *path = ew_path_join(desk.dir, places[i]);
        if (path != NULL)
            (void)remove(path);
        ew_free(path);
    }
    ew_vault_free(desk.vault);
    ew_free(desk.dir);
}

static void put(const char *name, const void *bytes, size_t n)
{
    char *path = ew_path_join(desk.dir, name);
    FILE *f = path != NULL ? fopen(path, "wb") : NULL;
    if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
        abort();
    ew_free(path);
}

/* One desk for all inputs, with a vault that costs nothing. */
static void make_desk(void)
{
    static const ew_vault_cost cheap = {1, 8192};
    const char *tmp = getenv("TMPDIR");
    ew_secret pass;
    ew_buf file;
    char *dir = ew_path_join(tmp != NULL ? tmp : "/tmp", "ew-fuzz-XXXXXX");
    ew_buf_init(&file, EW_VAULT_FILE_MAX);
    if (dir == NULL || mkdtemp(dir) == NULL || ew_secret_init(&pass, 1, NULL) != EW_OK)
        abort();
    pass.n = 1;
    pass.bytes[0] = 'x';
    if (ew_vault_create(&desk.vault, &pass, &cheap, &file, NULL) != EW_OK)
        abort();
    desk.dir = dir;
    (void)atexit(remove_desk);
    for (size_t i = sizeof places / sizeof places[0]; i-- > 0;) {
        char *path = ew_path_join(dir, places[i]);
        if (path == NULL)
            abort();
        if (i == 3 || i == 4 || i == 6)
            (void)mkdir(path, 0700);
        ew_free(path);
    }
    ew_secret_release(&pass);
    ew_buf_release(&file);
}

/* Only files that ask for little work: it is not the work that is tested. */
static void try_vault(ew_slice file)
{
    unsigned long long passes = 0;
    unsigned long long bytes = 0;
    char text[EW_VAULT_FILE_MAX + 1];
    ew_vault *v = NULL;
    ew_secret pass;
    if (file.n > EW_VAULT_FILE_MAX)
        return;
    memcpy(text, file.p, file.n);
    text[file.n] = 0;
    if (sscanf(text, "earwitness-vault/v1\nkdf argon2id passes=%llu bytes=%llu", &passes,
               &bytes) == 2 &&
        passes <= 16 && bytes <= 1 << 30 && passes * bytes > 1 << 16)
        return;
    if (ew_secret_init(&pass, 4, NULL) != EW_OK)
        abort();
    pass.n = 4;
    memcpy(pass.bytes, "word", 4);
    if (ew_vault_open(&v, &pass, file, NULL) == EW_OK)
        ew_vault_free(v);
    ew_secret_release(&pass);
}

static void try_key(ew_slice file)
{
    ew_vkey key;
    ew_signer *s = NULL;
    put("keys/log", file.p, file.n);
    if (ew_desk_vkey(desk.dir, "log", &key, NULL) != EW_OK) {
        if (ew_desk_signer(&desk, "log", &s, NULL) == EW_OK)
            abort();
        return;
    }
    if (ew_desk_signer(&desk, "log", &s, NULL) == EW_OK)
        ew_signer_free(s);
}

/* An item of which one file is the input, and the others are good. */
static void try_item(uint8_t which, ew_slice bytes)
{
    static const char good[] =
        "earwitness-item/v1\nsalt AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
        "seed AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nmeta YQo=\npath eA==\n";
    ew_slice secret = which == 's' ? bytes : ew_slice_of(good);
    ew_buf box;
    ew_kept k;
    ew_buf_init(&box, secret.n + EW_LOCKED_OVERHEAD);
    if (ew_vault_lock(desk.vault, ew_slice_of(HEX), secret.p, secret.n, &box, NULL) !=
        EW_OK)
        abort();
    put(places[0], box.data, box.len);
    put(places[1], which == 'n' ? bytes.p : "note\n", which == 'n' ? bytes.n : 5);
    put(places[2], which == 'e' ? bytes.p : "12\n", which == 'e' ? bytes.n : 3);
    ew_kept_init(&k);
    ew_code code = ew_desk_find(&desk, "01234567", &k, NULL);
    if (code == EW_OK && (k.path == NULL || k.seed_count > EW_STREAMS_MAX))
        abort();
    if (which == 'e' && code != EW_OK && bytes.n < 32)
        abort(); /* a lost number is looked for in the log */
    ew_kept_release(&k);
    ew_buf_release(&box);
}

static void try_manifest(ew_slice text)
{
    ew_backup__manifest m;
    ew_buf b;
    if (ew_backup__parse_manifest(&m, text, NULL) != EW_OK)
        return;
    ew_buf_init(&b, 4096);
    if (ew_backup__append_manifest(&b, &m, NULL) != EW_OK || b.len != text.n ||
        memcmp(b.data, text.p, text.n) != 0)
        abort();
    ew_buf_release(&b);
}

/* What is locked for a restored desk opens there as what it was. */
static void try_opened(ew_slice opened)
{
    ew_buf file;
    ew_secret back;
    bool locked = false;
    ew_buf_init(&file, EW_BACKUP__SMALL_MAX);
    if (ew_backup__lock(desk.vault, opened, &file, NULL) == EW_OK) {
        ew_slice label;
        ew_slice rest = opened;
        char path[64] = "keys/x";
        bool whole = ew_slice_skip(&rest, "label ");
        if (whole && ew_slice_line(&rest, &label) && label.n > 0 && label.n < 40 &&
            memchr(label.p, '/', label.n) == NULL && memchr(label.p, 0, label.n) == NULL)
            (void)snprintf(path, sizeof path, "%.*s/y", (int)label.n, label.p);
        else if (whole)
            path[0] = 0;
        if (ew_secret_init(&back, EW_BACKUP__OPEN_MAX, NULL) != EW_OK)
            abort();
        ew_slice bytes = {(const char *)file.data, file.len};
        if (path[0] != 0 &&
            ew_backup__unlock(desk.vault, path, bytes, &back, &locked, NULL) == EW_OK &&
            locked && (back.n != opened.n || memcmp(back.bytes, opened.p, back.n) != 0))
            abort();
        ew_secret_release(&back);
    }
    ew_buf_release(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ew_slice rest = {(const char *)data + 1, size - 1};
    if (size == 0 || size > 1 << 16)
        return 0;
    if (desk.dir == NULL)
        make_desk();
    switch (data[0]) {
    case 'v':
        try_vault(rest);
        break;
    case 'k':
        try_key(rest);
        break;
    case 'm':
        try_manifest(rest);
        break;
    case 'o':
        try_opened(rest);
        break;
    case 's':
    case 'n':
    case 'e':
        try_item(data[0], rest);
        break;
    default:
        break;
    }
    return 0;
}
