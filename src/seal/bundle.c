/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a bundle. */
#include "seal/bundle.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/file.h"
#include "seal/parts_copy.h"

const char ew_bundle_readme[] =
    "This is a bundle of earwitness: parts of something that was sealed, and the proof "
    "that\n"
    "they are parts of it. parts/ holds what is shown, in order; what is not there is\n"
    "withheld. events/, where it is there, holds what people signed about it.\n"
    "\n"
    "Check it with `earwitness verify FILE --policy POLICY`, with a program and a "
    "policy\n"
    "that did not come with this file. policy.txt here only says which keys the sender\n"
    "claims; it is no reason to trust them.\n"
    "\n"
    "A seal proves that this was on record at a time, and that what is shown was not "
    "changed\n"
    "since. It does not prove that it is true, that nothing was left out before sealing, "
    "that\n"
    "no other version was sealed elsewhere, or that nothing else was said about it.\n";

static ew_code put_cover(ew_zip_out *z, const ew_bundle_in *in, ew_err *err)
{
    ew_buf b;
    ew_buf_init(&b, EW_COVER_BYTES_MAX);
    ew_code code = ew_cover_file_begin(&b, in->stream_count, err);
    for (size_t i = 0; i < in->stream_count && code == EW_OK; i++) {
        const ew_bundle_stream *s = &in->streams[i];
        ew_cover cover;
        code = s->left != NULL ? ew_left_cover(s->left, s->parts, &s->view, &cover, err)
                               : ew_parts_cover(s->seed, s->parts, &s->view, &cover, err);
        if (code == EW_OK)
            code = ew_cover_file_add(&b, &s->view, s->cuts, &cover, err);
        ew_cover_release(&cover);
    }
    ew_slice bytes = {(const char *)b.data, b.len};
    if (code == EW_OK)
        code = ew_zip_put(z, "cover.bin", bytes, err);
    ew_buf_release(&b);
    return code;
}

static ew_code put_bytes(void *z, const void *bytes, size_t n, ew_err *err)
{
    return ew_zip_write(z, bytes, n, err);
}

static ew_code put_run(ew_zip_out *z, const ew_bundle_stream *s, const ew_run *r,
                       size_t number, ew_err *err)
{
    char name[32];
    ew_parts_from from = {&s->src, s->cuts, s->parts};
    (void)snprintf(name, sizeof name, "parts/%08zu", number);
    ew_code code = ew_zip_begin(z, name, err);
    if (code == EW_OK)
        code = ew_parts_copy(&from, r, put_bytes, z, err);
    return code == EW_OK ? ew_zip_end(z, err) : code;
}

static ew_code put_runs(ew_zip_out *z, const ew_bundle_in *in, ew_err *err)
{
    size_t number = 0;
    ew_code code = EW_OK;
    for (size_t i = 0; i < in->stream_count; i++)
        for (size_t k = 0; k < in->streams[i].view.run_count && code == EW_OK; k++)
            code =
                put_run(z, &in->streams[i], &in->streams[i].view.runs[k], number++, err);
    return code;
}

static ew_code put_numbered(ew_zip_out *z, const char *folder, size_t number,
                            const char *end, ew_slice bytes, ew_err *err)
{
    char name[EW_ZIP_NAME_MAX + 1];
    (void)snprintf(name, sizeof name, "%s/%08zu%s", folder, number, end);
    return ew_zip_put(z, name, bytes, err);
}

static ew_code put_times(ew_zip_out *z, const ew_bundle_in *in, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < in->time_count && code == EW_OK; i++)
        code = put_numbered(z, "time", i, in->times[i].ots ? ".ots" : ".tsr",
                            in->times[i].bytes, err);
    return code;
}

static ew_code put_events(ew_zip_out *z, const ew_bundle_in *in, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < in->event_count && code == EW_OK; i++) {
        const ew_bundle_event *e = &in->events[i];
        code = put_numbered(z, "events", i, e->ssh ? ".ssh" : ".note", e->bytes, err);
        if (code == EW_OK)
            code = put_numbered(z, "events", i, ".tlog-proof", e->proof, err);
    }
    return code;
}

static ew_code put_all(ew_zip_out *z, const ew_bundle_in *in, ew_err *err)
{
    ew_code code = ew_zip_put(z, "mimetype", ew_slice_of(EW_BUNDLE_TYPE), err);
    if (code == EW_OK)
        code = ew_zip_put(z, "seal.note", in->note, err);
    if (code == EW_OK)
        code = ew_zip_put(z, "seal.tlog-proof", in->proof, err);
    if (code == EW_OK)
        code = put_cover(z, in, err);
    if (code == EW_OK)
        code = put_runs(z, in, err);
    if (code == EW_OK)
        code = put_times(z, in, err);
    if (code == EW_OK)
        code = put_events(z, in, err);
    if (code == EW_OK && in->policy.n > 0)
        code = ew_zip_put(z, "policy.txt", in->policy, err);
    if (code == EW_OK)
        code = ew_zip_put(z, "README.txt", ew_slice_of(ew_bundle_readme), err);
    return code == EW_OK ? ew_zip_finish(z, err) : code;
}

ew_code ew_bundle_write(const char *path, const ew_bundle_in *in, ew_err *err)
{
    ew_atomic a;
    ew_zip_out z;
    for (size_t i = 0; i < in->stream_count; i++)
        if (!ew_view_ok(&in->streams[i].view) ||
            in->streams[i].view.n != in->streams[i].cuts->n)
            return ew_fail(err, EW_E_ARG, 0, "a bad list of visible parts");
    if (in->time_count > EW_BUNDLE_TIMES_MAX || in->event_count > EW_BUNDLE_EVENTS_MAX)
        return ew_fail(err, EW_E_LIMIT, 0,
                       "a bundle holds up to %d time tokens and %d events",
                       (int)EW_BUNDLE_TIMES_MAX, (int)EW_BUNDLE_EVENTS_MAX);
    ew_code code = ew_atomic_open(&a, path, err);
    if (code != EW_OK)
        return code;
    ew_zip_init(&z, a.fd);
    z.path = path;
    code = put_all(&z, in, err);
    ew_zip_release(&z);
    if (code == EW_OK)
        return ew_atomic_commit(&a, err);
    ew_atomic_abort(&a);
    return code;
}
