/* SPDX-License-Identifier: Apache-2.0 */
/* KissFFT with this project's allocation and errors. */
#include "dsp/fft.h"

#include <kissfft/kiss_fftr.h>

#include "base/alloc.h"

struct ew_fft {
    kiss_fftr_cfg there, back; /* each lies in memory of our own */
};

_Static_assert(sizeof(ew_cpx) == sizeof(kiss_fft_cpx), "both are two floats");

static kiss_fftr_cfg plan(int size, int inverse)
{
    size_t bytes = 0;
    void *mem;

    (void)kiss_fftr_alloc(size, inverse, NULL, &bytes); /* asks for the size only */
    mem = ew_alloc(bytes);
    return mem == NULL ? NULL : kiss_fftr_alloc(size, inverse, mem, &bytes);
}

ew_code ew_fft_new(ew_fft **out, size_t size, ew_err *err)
{
    ew_fft *f = ew_alloc(sizeof(*f));

    *out = NULL;
    if (f == NULL)
        return ew_fail_nomem(err);
    f->there = plan((int)size, 0);
    f->back = plan((int)size, 1);
    if (f->there == NULL || f->back == NULL) {
        ew_fft_free(f);
        return ew_fail_nomem(err);
    }
    *out = f;
    return EW_OK;
}

void ew_fft_free(ew_fft *f)
{
    if (f == NULL)
        return;
    ew_free(f->there);
    ew_free(f->back);
    ew_free(f);
}

void ew_fft_forward(ew_fft *f, const float *x, ew_cpx *spectrum)
{
    kiss_fftr(f->there, x, (kiss_fft_cpx *)spectrum);
}

void ew_fft_inverse(ew_fft *f, const ew_cpx *spectrum, float *x)
{
    kiss_fftri(f->back, (const kiss_fft_cpx *)spectrum, x);
}

size_t ew_fft_good_size(size_t n)
{
    for (size_t size = n < 2 ? 2 : n + n % 2;; size += 2) {
        size_t rest = size;

        while (rest % 2 == 0)
            rest /= 2;
        while (rest % 3 == 0)
            rest /= 3;
        while (rest % 5 == 0)
            rest /= 5;
        if (rest == 1)
            return size;
    }
}
