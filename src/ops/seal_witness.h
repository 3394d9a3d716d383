/* SPDX-License-Identifier: Apache-2.0 */
/* A witness: a folder with a key and a memory, and the server that answers for it.
 * docs/formats/witness.md. */
#ifndef EW_OPS_SEAL_WITNESS_H
#define EW_OPS_SEAL_WITNESS_H

#include "ops/input.h"
#include "seal/vault.h"
#include "seal/witness_state.h"

/* option, else EARWITNESS_WITNESS, else $XDG_DATA_HOME/earwitness/witness, else
 * ~/.local/share/earwitness/witness; to be freed. */
EW_MUST_CHECK ew_code ew_witness_dir(const char *option, char **dir, ew_err *err);

bool ew_witness_exists(const char *dir);

/* A new witness of this name, which follows no log yet. EW_E_ARG when there is one. cost: NULL
 * for the default. */
EW_MUST_CHECK ew_code ew_witness_create(const char *dir, const char *name,
                                        const ew_secret *pass, const ew_vault_cost *cost,
                                        ew_err *err);

/* Public half of its key. EW_E_NOTFOUND when there is no witness. */
EW_MUST_CHECK ew_code ew_witness_vkey(const char *dir, ew_vkey *key, ew_err *err);

/* *key is NULL when the passphrase is wrong. */
EW_MUST_CHECK ew_code ew_witness_signer(const char *dir, const ew_secret *pass,
                                        ew_signer **key, ew_err *err);

#define EW_WITNESS_LISTEN "127.0.0.1:8642"

typedef struct ew_serve_opts {
    ew_witness witness;
    const char *listen; /* numeric address and port, as above or "[::1]:0" */
    bool remote;        /* addresses other than the loopback are allowed: EW_E_ARG else */
    const ew_stop *stop;
    /* Requests are answered from now on, at this address. */
    void (*ready)(void *cookie, const char *address);
    /* What became of a request: one at a time, from other threads. why: of status 500 and
     * 503, else NULL. a is NULL when it was none to a witness. */
    void (*told)(void *cookie, unsigned status, const ew_witness_answer *a,
                 const ew_err *why);
    void *cookie;
} ew_serve_opts;

/* Serves until *stop is set. */
EW_MUST_CHECK ew_code ew_witness_serve(const ew_serve_opts *o, ew_err *err);

#endif
