/* SPDX-License-Identifier: Apache-2.0 */
/* What each method of `inspect` looks at, for those who have not read docs/inspect.md. */
#include "base/bytes.h"
#include "base/words.h"
#include "report/page_results.h"

static const struct {
    const char *method, *looks, *sign;
} methods[] = {
    {"container", EW_N("headers, packets and bytes of the file itself"),
     EW_N("marks of another file in it, counts and times that contradict each other")},
    {"frame-grid", EW_N("traces of an earlier MP3 or AAC coding"),
     EW_N("its frames lie on another grid before a place than after it")},
    {"bandwidth", EW_N("the highest frequency of the sound before and after"),
     EW_N("a sharp upper edge that comes or goes")},
    {"noise-floor", EW_N("the noise in pauses before and after"),
     EW_N("pauses that differ much more across a place than among themselves")},
    {"level-change", EW_N("loudness, tone and echo of loud sound before and after"),
     EW_N("a difference far beyond the usual spread")},
    {"hum", EW_N("the hum of the mains at 50 or 60 Hz"),
     EW_N("the hum does not go on where it stopped")},
    {"dc-offset", EW_N("the middle of the wave over two seconds before and after"),
     EW_N("a step much larger than is usual there")},
    {"digital-silence", EW_N("stretches of one value"),
     EW_N("the sound beside them stops at full height")},
    {"clipping", EW_N("peaks as wide at the top as below it"),
     EW_N("tops cut off at a level that other peaks exceed")},
    {"resampling", EW_N("how smooth the samples are"),
     EW_N("a steady pattern of a change of the sample rate, in a part of the file only")},
    {"copy-move", EW_N("passages that are alike, then the wave itself"),
     EW_N("the same wave twice")},
    {"discontinuity", EW_N("how well a sample follows from those before it"),
     EW_N("one that stands alone")},
};

void ew_page_methods(ew_page *p)
{
    static const ew_column columns[] = {
        {"method", EW_COLUMN_TEXT},
        {"what it looks at", EW_COLUMN_TEXT},
        {"what it takes for a sign of change", EW_COLUMN_TEXT}};
    ew_grid g;
    ew_grid_begin(&g, "The methods that look at one file", columns, EW_COUNT(columns));
    for (size_t i = 0; i < EW_COUNT(methods); i++) {
        ew_grid_cell(&g, "%s", methods[i].method);
        ew_grid_cell(&g, "%s", methods[i].looks);
        ew_grid_cell(&g, "%s", methods[i].sign);
    }
    ew_grid_end(&g, p);
}
