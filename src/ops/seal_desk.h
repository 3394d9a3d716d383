/* SPDX-License-Identifier: Apache-2.0 */
/* The desk: the folder with the keys, the log and what was sealed. docs/formats/desk.md. */
#ifndef EW_OPS_SEAL_DESK_H
#define EW_OPS_SEAL_DESK_H

#include "earwitness/progress.h"
#include "ops/seal_remains.h"
#include "ops/wait.h"
#include "seal/log.h"
#include "seal/statement.h"
#include "seal/vault.h"

typedef struct ew_desk {
    char *dir;
    ew_vault *vault;
    ew_wait wait;            /* for others that write to its log; zeroed: not at all */
    const ew_progress *prog; /* of long work with it, which it may cancel; or NULL */
    const char
        *settled; /* use of a key whose interrupted revocation was brought to its end
                            when the desk was opened; NULL */
} ew_desk;

enum { EW_ITEM_HEX = 2 * EW_ITEM };

/* --desk, else EARWITNESS_DESK, else $XDG_DATA_HOME/earwitness/desk, else
 * ~/.local/share/earwitness/desk; to be freed. */
EW_MUST_CHECK ew_code ew_desk_dir(const char *option, char **dir, ew_err *err);

/* Is there one? */
bool ew_desk_exists(const char *dir);

/* A new desk with keys NAME/log, NAME/seal and NAME/statement and an empty log. EW_E_ARG when there is one.
 * cost: NULL for the default. */
EW_MUST_CHECK ew_code ew_desk_create(ew_desk *d, const char *dir, const char *name,
                                     const ew_secret *pass, const ew_vault_cost *cost,
                                     ew_err *err);

/* *right is false, and nothing open, when the passphrase is wrong; EW_E_NOTFOUND when there is no
 * desk. */
EW_MUST_CHECK ew_code ew_desk_open(ew_desk *d, const char *dir, const ew_secret *pass,
                                   bool *right, ew_err *err);
/* The same with a wait, which goes to d->wait; NULL for none. */
EW_MUST_CHECK ew_code ew_desk_open_with(ew_desk *d, const char *dir,
                                        const ew_secret *pass, const ew_wait *wait,
                                        bool *right, ew_err *err);
void ew_desk_close(ew_desk *d);

/* From now on the desk opens with this passphrase only. cost: NULL for the default. */
EW_MUST_CHECK ew_code ew_desk_rewrap(const ew_desk *d, const ew_secret *pass,
                                     const ew_vault_cost *cost, ew_err *err);

/* The uses of keys: "log", "seal", "statement"; NULL after the last. */
extern const char *const ew_desk_uses[];

/* Public half; needs no passphrase. */
EW_MUST_CHECK ew_code ew_desk_vkey(const char *dir, const char *use, ew_vkey *key,
                                   ew_err *err);
EW_MUST_CHECK ew_code ew_desk_signer(const ew_desk *d, const char *use, ew_signer **out,
                                     ew_err *err);

/* A new key of this type in keys/<use>, under a full name; a witness has a folder of the same
 * make with one key in it. */
EW_MUST_CHECK ew_code ew_desk__make_key(const ew_desk *d, const char *name,
                                        const char *use, uint8_t type, ew_err *err);

/* A key's file below keys/, and its use. */
typedef struct ew_key_place {
    const char *file, *use;
} ew_key_place;

char *ew_desk__key_path(const char *dir, const char *file);
EW_MUST_CHECK ew_code ew_desk__make_key_at(const ew_desk *d, const char *name,
                                           ew_key_place at, uint8_t type, ew_err *err);
EW_MUST_CHECK ew_code ew_desk__vkey_at(const char *dir, ew_key_place at, ew_vkey *key,
                                       ew_err *err);
EW_MUST_CHECK ew_code ew_desk__signer_at(const ew_desk *d, ew_key_place at,
                                         ew_signer **out, ew_err *err);

/* Brings an interrupted revocation to its end; sets d->settled. See ops/seal_key.h. */
EW_MUST_CHECK ew_code ew_desk__settle(ew_desk *d, ew_err *err);

/* A policy that names the keys of this desk, those that were revoked too, and asks for no
 * witness. */
EW_MUST_CHECK ew_code ew_desk_policy(const char *dir, ew_buf *out, ew_err *err);

/* Folder of the log; to be freed, NULL when out of memory. */
char *ew_desk_log_dir(const char *dir);

/* Opens the log for writing, as soon as nobody else has it; see ew_log_open. */
EW_MUST_CHECK ew_code ew_desk__open_log(const ew_desk *d, ew_log **log, ew_err *err);

/* What the desk keeps of one sealed item. */
typedef struct ew_kept {
    char hex[EW_ITEM_HEX + 1];
    uint8_t salt[EW_SALT];
    ew_seed seeds[EW_STREAMS_MAX];
    size_t seed_count;
    ew_buf meta; /* content of the meta stream, one line per slot */
    char *path;  /* where the file was */
    ew_buf note; /* the seal */
    ew_buf
        members; /* of a collection: lines of an item's number and what its entry in the log
                       holds, in base64; else empty */
    ew_remains *remains; /* what burning left: then there are no seeds; NULL: all of it */
    bool logged;         /* the entry's number is known */
    uint64_t entry;
} ew_kept;

void ew_kept_init(ew_kept *k);
void ew_kept_release(ew_kept *k); /* wipes */

/* Reads what is kept of the item k->hex. */
EW_MUST_CHECK ew_code ew_desk__read_item(const ew_desk *d, ew_kept *k, ew_err *err);
/* Puts a new item's secret and note on disk, for good. */
EW_MUST_CHECK ew_code ew_desk_keep(const ew_desk *d, const ew_kept *k, ew_err *err);
/* Exchanges its secret, when what is to be kept of it has changed. */
EW_MUST_CHECK ew_code ew_desk__put_secret(const ew_desk *d, const ew_kept *k,
                                          ew_err *err);
/* dir/items/<hex>/<name>; name may be "". NULL when out of memory. */
char *ew_desk__item_path(const ew_desk *d, const char *hex, const char *name);
/* Reads the number of an entry where it was noted; without that file *logged stays as it is. A
 * path of NULL is EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_desk__read_entry(const char *path, bool *logged, uint64_t *entry,
                                          ew_err *err);
/* Notes the number of its entry. */
EW_MUST_CHECK ew_code ew_desk_keep_entry(const ew_desk *d, const ew_kept *k, ew_err *err);
/* One line of k->members. */
EW_MUST_CHECK ew_code ew_desk_add_member(ew_buf *members, const char *hex,
                                         const ew_hash *entry, ew_err *err);
/* Takes the next one; false at the end, or when the list is damaged (then rest->n > 0). */
bool ew_desk_next_member(ew_slice *rest, char hex[EW_ITEM_HEX + 1], ew_hash *entry);

/* beginning: of the hex, 4 digits or more. EW_E_NOTFOUND; EW_E_ARG when it is that of several. */
EW_MUST_CHECK ew_code ew_desk_find(const ew_desk *d, const char *beginning, ew_kept *k,
                                   ew_err *err);

#endif
