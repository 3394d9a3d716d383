/* SPDX-License-Identifier: Apache-2.0 */
/* Gathers samples until eight frames are there; the rest comes at the end. */
#include "inspect/frames.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

enum { LANES = EW_SPECTRA_LANES, SIZE = EW_SPECTRA_SIZE, BINS = EW_SPECTRA_BINS };

/* |X|^2 of a sine of full scale under the window of dsp/spectra.h. */
static const float FULL_SCALE = (SIZE / 4.0f) * (SIZE / 4.0f);

static const float MOST = 1e4f;

struct ew_inspect__frames {
    ew_spectra *fft;
    float *pcm, *power;
    size_t hop, need; /* samples that eight frames take */
    size_t fill, skip;
};

ew_code ew_inspect__frames_new(ew_inspect__frames **out, size_t hop, ew_err *err)
{
    ew_inspect__frames *f = ew_alloc(sizeof *f);
    ew_code rc = EW_OK;

    *out = NULL;
    if (!f)
        return ew_fail_nomem(err);
    f->hop = hop;
    f->need = SIZE + (LANES - 1) * hop;
    f->pcm = ew_alloc_aligned(f->need, sizeof(float));
    f->power = ew_alloc_aligned(BINS * LANES, sizeof(float));
    if (f->pcm && f->power)
        rc = ew_spectra_new(&f->fft, err);
    else
        rc = ew_fail_nomem(err);
    if (rc < 0) {
        ew_inspect__frames_free(f);
        return rc;
    }
    *out = f;
    return EW_OK;
}

void ew_inspect__frames_free(ew_inspect__frames *f)
{
    if (!f)
        return;
    ew_spectra_free(f->fft);
    ew_free(f->pcm);
    ew_free(f->power);
    ew_free(f);
}

static ew_code give(ew_inspect__frames *f, size_t count, ew_inspect__frames_fn fn,
                    void *self, ew_err *err)
{
    ew_spectra_step(f->fft, f->pcm, f->hop, f->power);
    for (size_t i = 0; i < BINS * LANES; i++)
        f->power[i] *= 1.0f / FULL_SCALE;
    return fn(self, f->power, count, err);
}

ew_code ew_inspect__frames_feed(ew_inspect__frames *f, const float *pcm, size_t n,
                                ew_inspect__frames_fn fn, void *self, ew_err *err)
{
    while (n > 0) {
        size_t take = f->skip ? f->skip : f->need - f->fill;
        ew_code rc;

        if (take > n)
            take = n;
        if (f->skip) {
            f->skip -= take;
        } else {
            /* Spectra of what is far out of scale would not be numbers. */
            for (size_t i = 0; i < take; i++)
                f->pcm[f->fill + i] = fminf(fmaxf(pcm[i], -MOST), MOST);
            f->fill += take;
        }
        pcm += take;
        n -= take;
        if (f->fill < f->need)
            continue;
        rc = give(f, LANES, fn, self, err);
        if (rc < 0)
            return rc;
        /* The next frame starts LANES hops later, which may be beyond what is here. */
        if (LANES * f->hop < f->fill) {
            f->fill -= LANES * f->hop;
            memmove(f->pcm, f->pcm + LANES * f->hop, f->fill * sizeof(float));
        } else {
            f->skip = LANES * f->hop - f->fill;
            f->fill = 0;
        }
    }
    return EW_OK;
}

ew_code ew_inspect__frames_finish(ew_inspect__frames *f, ew_inspect__frames_fn fn,
                                  void *self, ew_err *err)
{
    if (f->fill < SIZE)
        return EW_OK;
    memset(f->pcm + f->fill, 0, (f->need - f->fill) * sizeof(float));
    return give(f, 1 + (f->fill - SIZE) / f->hop, fn, self, err);
}
