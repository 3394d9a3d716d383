/* SPDX-License-Identifier: Apache-2.0 */
/* The answer about a family of copies: making it, freeing it, what its parts are called. */
#include "earwitness/family.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"

ew_code ew_family_of(const ew_copy *copies, size_t count, const ew_runner *runner,
                     ew_family **out, ew_err *err)
{
    ew_family *f;

    (void)runner;
    *out = NULL;
    if (count > EW_FAMILY_COPIES_MAX)
        return ew_fail(err, EW_E_ARG, 0, "more than %d copies", EW_FAMILY_COPIES_MAX);
    f = ew_alloc(sizeof(*f));
    if (f == NULL)
        return ew_fail_nomem(err);
    f->members = ew_alloc_array(count, sizeof(*f->members));
    if (f->members == NULL) {
        ew_family_free(f);
        return ew_fail_nomem(err);
    }
    f->count = count;
    for (size_t i = 0; i < count; i++)
        f->members[i] = (ew_member){.kind = EW_MEMBER_UNRELATED,
                                    .family = EW_NO_COPY,
                                    .parent = EW_NO_COPY,
                                    .duplicate_of = EW_NO_COPY,
                                    .samples = (int64_t)copies[i].samples};
    *out = f;
    return EW_OK;
}

void ew_family_free(ew_family *f)
{
    if (f == NULL)
        return;
    ew_free(f->members);
    ew_free(f->roots);
    ew_free(f->best);
    ew_free(f);
}

const char *ew_member_kind_name(ew_member_kind kind)
{
    static const char *const names[] = {"root",      "child",     "undecided",
                                        "duplicate", "unrelated", "silent"};

    return (size_t)kind < EW_COUNT(names) ? names[kind] : "";
}

const char *ew_why_name(ew_why why)
{
    static const char *const names[] = {"closest",  "inherited", "start-gone",
                                        "end-gone", "band",      "gain",
                                        "overlay",  "coded",     "same-sound"};

    return (size_t)why < EW_COUNT(names) ? names[why] : "";
}
