/* SPDX-License-Identifier: Apache-2.0 */
/* Asking a witness over HTTP. */
#include "ops/seal_cosign.h"

#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "ops/http_post.h"
#include "seal/policy.h"

enum { URL_MAX = 2048, ASK_TIMES = 2 };

static ew_code keys_of_policy(const char *path, ew_vkey *keys, size_t *n, ew_err *err)
{
    ew_policy *p = NULL;
    ew_buf b;
    ew_buf_init(&b, EW_POLICY_BYTES_MAX);
    ew_code code = ew_file_get(path, &b, err);
    if (code == EW_OK)
        code = ew_policy_parse(&p, b.data, b.len, err);
    for (size_t i = 0; code == EW_OK && i < p->node_count; i++)
        if (p->nodes[i].witness && *n < EW_WITNESSES_MAX)
            keys[(*n)++] = p->nodes[i].key;
    if (code == EW_OK && *n == 0)
        code = ew_fail(err, EW_E_ARG, 0, "'%s' names no witness", path);
    ew_policy_free(p);
    ew_buf_release(&b);
    return code;
}

ew_code ew_ops_witness_keys(const char *vkey, const char *policy, ew_vkey *keys,
                            size_t *n, ew_err *err)
{
    *n = 0;
    if ((vkey == NULL) == (policy == NULL))
        return ew_fail(err, EW_E_ARG, 0,
                       "whose signature? name it with --key or --policy, one of them");
    if (policy != NULL)
        return keys_of_policy(policy, keys, n, err);
    if (ew_vkey_parse(&keys[0], ew_slice_of(vkey), NULL) != EW_OK)
        return ew_fail(err, EW_E_ARG, 0, "'%s' is not a key", vkey);
    if (keys[0].type != EW_SIG_COSIGNATURE)
        return ew_fail(err, EW_E_ARG, 0, "'%s' is not the key of a witness", vkey);
    *n = 1;
    return EW_OK;
}

static ew_code whole_url(ew_buf *b, const char *prefix, ew_err *err)
{
    size_t n = strlen(prefix);
    size_t path = strlen(EW_WITNESS_PATH);
    while (n > 0 && prefix[n - 1] == '/')
        n--;
    ew_code code = ew_buf_append(b, prefix, n, err);
    if (code == EW_OK &&
        (n < path || memcmp(prefix + n - path, EW_WITNESS_PATH, path) != 0))
        code = ew_buf_printf(b, err, EW_WITNESS_PATH);
    return code;
}

static ew_code ask(const ew_submission *s, const char *url, uint64_t old,
                   ew_http_answer *a, ew_err *err)
{
    ew_buf request;
    ew_buf_init(&request, EW_WITNESS_REQUEST_MAX);
    ew_buf_reset(&a->body);
    ew_code code = ew_log_ask(s->log, old, &request, err);
    ew_slice body = {(const char *)request.data, request.len};
    if (code == EW_OK)
        code = ew_http_post(url, body, s->stop, a, err);
    ew_buf_release(&request);
    return code;
}

/* "N\n", and the type that says so. */
static bool parse_size(const ew_http_answer *a, uint64_t *size)
{
    ew_slice rest = {(const char *)a->body.data, a->body.len};
    ew_slice line;
    return strcmp(a->type, EW_WITNESS_SIZE_TYPE) == 0 && ew_slice_line(&rest, &line) &&
           rest.n == 0 && ew_slice_u64(line, size);
}

static ew_code checkpoint_size(const char *log, uint64_t *size, ew_err *err)
{
    ew_buf b;
    ew_buf_init(&b, EW_NOTE_MAX);
    ew_code code = ew_log_read_checkpoint(log, &b, err);
    if (code == EW_OK)
        code = ew_checkpoint_size(&b, size, err);
    ew_buf_release(&b);
    return code;
}

static ew_code take_signatures(const ew_submission *s, const ew_http_answer *a,
                               ew_submitted *out, ew_err *err)
{
    ew_slice lines = {(const char *)a->body.data, a->body.len};
    bool any = false;
    ew_code code = ew_log_add_cosignatures(s->log, lines, s->of, s->n, &out->size, err);
    for (size_t i = 0; i < s->n && code == EW_OK; i++)
        any = any || s->of[i].found;
    if (code == EW_OK && !any)
        code = ew_fail(err, EW_E_FORMAT, 0,
                       "'%s' answered without a signature by a key that was asked for",
                       s->url);
    return code;
}

/* The first question is asked from where the witness was last, as far as is known. */
static ew_code run(const ew_submission *s, const char *url, ew_http_answer *a,
                   ew_submitted *out, ew_err *err)
{
    uint64_t old = 0;
    ew_code code = checkpoint_size(s->log, &out->size, err);
    if (code == EW_OK)
        code = ew_log_seen_by(s->log, s->of[0].key, &old, err);
    if (old > out->size) /* of a record that is wrong: the witness knows better */
        old = 0;
    for (int i = 0; i < ASK_TIMES && code == EW_OK; i++) {
        code = ask(s, url, old, a, err);
        if (code != EW_OK)
            return code;
        out->status = (int)a->status;
        if (out->status != EW_WITNESS_CONFLICT)
            break;
        if (!parse_size(a, &out->seen))
            return ew_fail(err, EW_E_FORMAT, 0, "'%s' does not answer as a witness", url);
        if (out->seen > out->size || out->seen == old)
            return EW_OK; /* asking again would not help */
        old = out->seen;
    }
    return code == EW_OK && out->status == EW_WITNESS_GOOD
               ? take_signatures(s, a, out, err)
               : code;
}

ew_code ew_ops_submit(const ew_submission *s, ew_submitted *out, ew_err *err)
{
    ew_http_answer a = {0};
    ew_buf url;
    *out = (ew_submitted){0};
    ew_buf_init(&url, URL_MAX);
    ew_buf_init(&a.body, EW_WITNESS_ANSWER_MAX);
    ew_code code = whole_url(&url, s->url, err);
    if (code == EW_OK)
        code = run(s, (const char *)url.data, &a, out, err);
    ew_buf_release(&a.body);
    ew_buf_release(&url);
    return code;
}
