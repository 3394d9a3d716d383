/* SPDX-License-Identifier: Apache-2.0 */
/* verify_many: verdicts on bundles that come on standard input, for comparing verifiers.
 *
 * A record is: u32 length and policy, u32 length and bundle, u32 length and published file;
 * big-endian; a length of FFFFFFFF says that there is none (not for the bundle). For each the
 * answer is the verdict's JSON, or that of an error, in one line; then the number of bytes of the
 * verdict's text, in one line; then the text. All bundles have the name x.ewb.
 *
 * verify_many ed25519: a record is a key, a signature, u32 length and message; the answer is one
 * character, 1 or 0. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "earwitness/seal.h"
#include "report/verdict.h"
#include "seal/vkey.h"

enum { TEXT_MAX = 4 << 20, JSON_MAX = 4 << 20 };

#define NONE UINT32_MAX

/* Bytes of a record; `bytes` is NULL when there are none. */
typedef struct piece {
    uint8_t *bytes;
    uint32_t n;
} piece;

static bool read_length(uint32_t *n)
{
    uint8_t be[4];
    if (fread(be, 1, sizeof be, stdin) != sizeof be)
        return false;
    *n = (uint32_t)be[0] << 24 | (uint32_t)be[1] << 16 | (uint32_t)be[2] << 8 | be[3];
    return true;
}

static bool read_piece(piece *p)
{
    *p = (piece){NULL, 0};
    if (!read_length(&p->n))
        return false;
    if (p->n == NONE) {
        p->n = 0;
        return true;
    }
    /* As large as what is read, so that a sanitizer sees a read beyond it. */
    p->bytes = malloc(p->n > 0 ? p->n : 1);
    return p->bytes != NULL && fread(p->bytes, 1, p->n, stdin) == p->n;
}

static bool answer(const ew_verify_in *in)
{
    static ew_verdict v;
    ew_err err;
    ew_buf text;
    ew_buf json;
    ew_obj o = ew_obj_new();
    ew_buf_init(&text, TEXT_MAX);
    ew_buf_init(&json, JSON_MAX);
    ew_code code = ew_bundle_verify(in, &v, &err);
    if (code != EW_OK) {
        ew_obj_set(&o, "error", ew_json_error(&err, NULL));
        code = ew_obj_print(&o, &json, &err);
    } else {
        ew_obj_release(&o);
        o = ew_verdict_json(&v, "x.ewb");
        code = ew_obj_print(&o, &json, &err);
        if (code == EW_OK)
            code = ew_verdict_text(&v, "x.ewb", &text, &err);
    }
    bool good = code == EW_OK && fwrite(json.data, 1, json.len, stdout) == json.len &&
                printf("%zu\n", text.len) > 0 &&
                fwrite(text.data, 1, text.len, stdout) == text.len && fflush(stdout) == 0;
    ew_buf_release(&text);
    ew_buf_release(&json);
    return good;
}

static int check_signatures(void)
{
    uint8_t key[EW_ED25519_KEY];
    uint8_t sig[EW_ED25519_SIG];
    while (fread(key, 1, sizeof key, stdin) == sizeof key) {
        piece message = {NULL, 0};
        if (fread(sig, 1, sizeof sig, stdin) != sizeof sig || !read_piece(&message) ||
            message.bytes == NULL)
            return 1;
        (void)putchar(ew_ed25519_check(key, message.bytes, message.n, sig) ? '1' : '0');
        free(message.bytes);
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "ed25519") == 0)
        return check_signatures();
    bool good = true;
    piece policy;
    while (good && read_piece(&policy)) {
        piece bundle = {NULL, 0};
        piece published = {NULL, 0};
        good = read_piece(&bundle) && bundle.bytes != NULL && read_piece(&published);
        ew_verify_in in = {.bundle = bundle.bytes,
                           .bundle_bytes = bundle.n,
                           .policy = (const char *)policy.bytes,
                           .policy_bytes = policy.n,
                           .published = published.bytes,
                           .published_bytes = published.n};
        good = good && answer(&in);
        free(policy.bytes);
        free(bundle.bytes);
        free(published.bytes);
    }
    return good && feof(stdin) ? 0 : 1;
}
