/* SPDX-License-Identifier: Apache-2.0 */
/* Spectrograms in tiles. */
#include "ops/sounds_tile.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/file.h"
#include "dsp/fft.h"
#include "dsp/window.h"
#include "report/inspect_canvas.h"

enum { SIZE = 1024, BINS = SIZE / 2, LOOKS = 4 };

static const double low_db = -90,
                    high_db = -10; /* of full scale: the same in all tiles */

typedef struct painter {
    int fd;
    const ew_sound_head *h;
    ew_fft *fft;
    float window[SIZE], x[SIZE];
    uint8_t bytes[SIZE * 2 * 2];
    ew_cpx spectrum[BINS + 1];
    float most[EW_TILE_ROWS]; /* power */
} painter;

/* Mono sound around a frame; silence before the beginning and after the end. */
static ew_code load(painter *p, int64_t first, ew_err *err)
{
    int64_t frames = (int64_t)p->h->frames;
    int64_t a = first < 0 ? 0 : first;
    int64_t b = first + SIZE > frames ? frames : first + SIZE;
    size_t channels = p->h->channels;
    memset(p->x, 0, sizeof p->x);
    if (b <= a)
        return EW_OK;
    ew_code code = ew_pread_all(p->fd, p->bytes, (size_t)(b - a) * channels * 2,
                                EW_SOUND_HEAD + (uint64_t)a * channels * 2, err);
    for (int64_t i = a; i < b && code == EW_OK; i++) {
        int sum = 0;
        for (size_t c = 0; c < channels; c++) {
            const uint8_t *at = p->bytes + 2 * ((size_t)(i - a) * channels + c);
            sum += (int16_t)(uint16_t)(at[0] | at[1] << 8);
        }
        p->x[i - first] = (float)sum / (float)(32768 * channels);
    }
    return code;
}

static void look(painter *p)
{
    for (size_t i = 0; i < SIZE; i++)
        p->x[i] *= p->window[i];
    ew_fft_forward(p->fft, p->x, p->spectrum);
    for (size_t row = 0; row < EW_TILE_ROWS; row++)
        for (size_t k = row * BINS / EW_TILE_ROWS; k < (row + 1) * BINS / EW_TILE_ROWS;
             k++) {
            const ew_cpx *c = &p->spectrum[k + 1];
            p->most[row] = fmaxf(p->most[row], c->re * c->re + c->im * c->im);
        }
}

static void paint(const painter *p, size_t column, uint8_t *rgb)
{
    for (size_t row = 0; row < EW_TILE_ROWS; row++) {
        /* A sine at full scale has a quarter of the window's size as its line. */
        double db = 10 * log10((double)p->most[row] / (SIZE * SIZE / 16.0) + 1e-12);
        uint32_t color = ew_inspect_color((db - low_db) / (high_db - low_db));
        uint8_t *at = rgb + 3 * ((EW_TILE_ROWS - 1 - row) * EW_TILE_COLUMNS + column);
        at[0] = (uint8_t)(color >> 16);
        at[1] = (uint8_t)(color >> 8);
        at[2] = (uint8_t)color;
    }
}

static ew_code column(painter *p, uint64_t number, unsigned level, ew_err *err)
{
    const int64_t wide = (int64_t)64 << level;
    const int64_t looks = wide <= SIZE ? 1 : wide / SIZE < LOOKS ? wide / SIZE : LOOKS;
    ew_code code = EW_OK;
    memset(p->most, 0, sizeof p->most);
    for (int64_t i = 0; i < looks && code == EW_OK; i++) {
        int64_t middle = (int64_t)number * wide + (2 * i + 1) * wide / (2 * looks);
        code = load(p, middle - SIZE / 2, err);
        look(p);
    }
    return code;
}

ew_code ew_sound_tile(int fd, const ew_sound_head *h, unsigned level, uint64_t number,
                      ew_buf *out, ew_err *err)
{
    ew_code code = EW_OK;
    painter *p = ew_alloc(sizeof *p);
    uint8_t *rgb = ew_alloc((size_t)3 * EW_TILE_COLUMNS * EW_TILE_ROWS);
    if (p == NULL || rgb == NULL)
        code = ew_fail_nomem(err);
    if (code == EW_OK) {
        p->fd = fd;
        p->h = h;
        ew_hann_fill(p->window, SIZE, 0);
        code = ew_fft_new(&p->fft, SIZE, err);
    }
    for (size_t x = 0; x < EW_TILE_COLUMNS && code == EW_OK; x++) {
        code = column(p, number * EW_TILE_COLUMNS + x, level, err);
        paint(p, x, rgb);
    }
    if (code == EW_OK)
        code = ew_png_append(out, rgb, EW_TILE_COLUMNS, EW_TILE_ROWS, err);
    if (p != NULL)
        ew_fft_free(p->fft);
    ew_free(p);
    ew_free(rgb);
    return code;
}
