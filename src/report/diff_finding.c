/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from a comparison, the same for text, JSON and picture. */
#include "report/diff_finding.h"

#include <math.h>

#include "base/bytes.h"
#include "base/words.h"

const char *const ew_diff_not_tested[] = {
    EW_N("who speaks"),
    EW_N("whether A is itself unchanged"),
    EW_N("sound that is mixed over a passage without hiding it"),
    EW_N("changes of the voice that leave time and words alone"),
    EW_N("a change of the speed of all of B beyond 10 %"),
    EW_N("changes shorter than about a tenth of a second"),
};
const size_t ew_diff_not_tested_count = EW_COUNT(ew_diff_not_tested);

ew_diff_verdict ew_diff_finding_verdict(const ew_diff_finding *f)
{
    if (f->same_bytes)
        return EW_VERDICT_SAME_BYTES;
    if (f->samples.same)
        return EW_VERDICT_SAME_SAMPLES;
    if (f->diff->related)
        return f->diff->edit_count == 0 ? EW_VERDICT_SAME_CONTENT : EW_VERDICT_DIFFERS;
    return f->diff->comparable ? EW_VERDICT_UNRELATED : EW_VERDICT_NOTHING;
}

const char *ew_diff_verdict_name(ew_diff_verdict v)
{
    static const char *const names[] = {"same-bytes",   "same-samples",
                                        "same-content", "differs",
                                        "unrelated",    "nothing-to-compare"};

    return names[v];
}

const char *ew_diff_verdict_words(ew_diff_verdict v)
{
    switch (v) {
    case EW_VERDICT_SAME_BYTES:
        return EW_N("The two files are the same, byte by byte");
    case EW_VERDICT_SAME_SAMPLES:
        return EW_N(
            "Both files hold the same sound, sample by sample; only the files differ");
    case EW_VERDICT_SAME_CONTENT:
        return EW_N("No edit was found: B holds what A holds, in the same order");
    case EW_VERDICT_UNRELATED:
        return EW_N("The two recordings have no sound in common, as far as can be told");
    case EW_VERDICT_NOTHING:
        return EW_N(
            "There is nothing to compare: silence, steady sound, or too little of it");
    case EW_VERDICT_DIFFERS:
        break;
    }
    return "";
}

bool ew_diff_finding_same(const ew_diff_finding *f)
{
    return ew_diff_finding_verdict(f) <= EW_VERDICT_SAME_CONTENT;
}

const char *ew_edit_words(const ew_edit *e)
{
    switch (e->op) {
    case EW_EDIT_DELETE:
        return EW_N("deleted");
    case EW_EDIT_INSERT:
        return EW_N("inserted");
    case EW_EDIT_REPLACE:
        return e->backwards ? EW_N("reversed") : EW_N("replaced");
    case EW_EDIT_MOVE:
        return EW_N("moved");
    case EW_EDIT_DUPLICATE:
        return EW_N("repeated");
    case EW_EDIT_SILENCE:
        return EW_N("silenced");
    case EW_EDIT_SPEED:
        return e->speed >= 1 ? EW_N("sped up") : EW_N("slowed down");
    }
    return "";
}

bool ew_edit_has_a(const ew_edit *e)
{
    return e->op != EW_EDIT_INSERT;
}

bool ew_edit_has_b(const ew_edit *e)
{
    return e->op != EW_EDIT_DELETE;
}

double ew_edit_plus_minus(const ew_edit *e)
{
    double a = fmax(e->a_start_sd_ms, e->a_end_sd_ms);
    double b = fmax(e->b_start_sd_ms, e->b_end_sd_ms);

    return 2 * fmax(a, b) / 1000;
}

const char *ew_fact_words(ew_fact_kind kind)
{
    static const char *const words[EW_FACT_KINDS] = {
        EW_N("level"),           EW_N("dynamics"),
        EW_N("polarity"),        EW_N("speed"),
        EW_N("offset"),          EW_N("bandwidth"),
        EW_N("equalisation"),    EW_N("channels"),
        EW_N("clipping"),        EW_N("coding noise"),
        EW_N("steady noise"),    EW_N("music or other sound under it"),
        EW_N("noise reduction"), EW_N("reverberation")};

    return words[kind];
}
