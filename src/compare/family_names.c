/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of a family are called, and its end. */
#include "base/alloc.h"
#include "base/bytes.h"
#include "earwitness/family.h"

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
