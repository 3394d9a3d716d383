/* SPDX-License-Identifier: Apache-2.0 */
/* Verifying what somebody disclosed. */
#include "base/file.h"
#include "ops/seal.h"
#include "seal/policy.h"

/* A file that is empty was given all the same. */
static const void *bytes_of(const ew_buf *b)
{
    return b->len > 0 ? (const void *)b->data : "";
}

ew_code ew_ops_verify(const char *bundle, const char *policy, const char *published,
                      ew_verdict *out, ew_err *err)
{
    const char *const paths[] = {bundle, policy, published};
    ew_buf files[3];
    ew_code code = EW_OK;
    ew_buf_init(&files[0], EW_BUNDLE_READ_MAX);
    ew_buf_init(&files[1], EW_POLICY_BYTES_MAX);
    ew_buf_init(&files[2], EW_BUNDLE_READ_MAX);
    for (size_t i = 0; i < 3 && code == EW_OK; i++)
        if (paths[i] != NULL)
            code = ew_file_get(paths[i], &files[i], err);
    if (code == EW_OK) {
        ew_verify_in in = {.bundle = bytes_of(&files[0]), .bundle_bytes = files[0].len};
        if (policy != NULL)
            in.policy = bytes_of(&files[1]);
        in.policy_bytes = files[1].len;
        if (published != NULL)
            in.published = bytes_of(&files[2]);
        in.published_bytes = files[2].len;
        code = ew_bundle_verify(&in, out, err);
    }
    for (size_t i = 0; i < 3; i++)
        ew_buf_release(&files[i]);
    return code;
}

ew_code ew_ops_member(const char *bundle, const char *collection, ew_membership *out,
                      ew_err *err)
{
    ew_buf a;
    ew_buf b;
    ew_buf_init(&a, EW_BUNDLE_READ_MAX);
    ew_buf_init(&b, EW_BUNDLE_READ_MAX);
    ew_code code = ew_file_get(bundle, &a, err);
    if (code == EW_OK)
        code = ew_file_get(collection, &b, err);
    if (code == EW_OK)
        code = ew_collection_holds((ew_slice){bytes_of(&b), b.len},
                                   (ew_slice){bytes_of(&a), a.len}, out, err);
    ew_buf_release(&a);
    ew_buf_release(&b);
    return code;
}

ew_code ew_ops_shown_meta(const char *bundle, ew_buf *out, ew_err *err)
{
    ew_buf b;
    ew_buf_init(&b, EW_BUNDLE_READ_MAX);
    ew_code code = ew_file_get(bundle, &b, err);
    if (code == EW_OK)
        code = ew_bundle_meta((ew_slice){bytes_of(&b), b.len}, out, err);
    ew_buf_release(&b);
    return code;
}
