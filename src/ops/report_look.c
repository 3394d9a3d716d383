/* SPDX-License-Identifier: Apache-2.0 */
/* What an excerpt looks like: a small spectrogram of exactly what is heard, with the place that is meant. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/words.h"
#include "dsp/fft.h"
#include "dsp/window.h"
#include "ops/report_sound.h"
#include "report/html.h"
#include "report/inspect_canvas.h"
#include "report/svg.h"
#include "report/times.h"

enum {
    SIZE = 512, /* samples of a spectrum */
    BINS = SIZE / 2,
    COLUMNS = EW_LOOK_COLUMNS,
    ROWS = EW_LOOK_ROWS,
    LEFT = 44,
    TOP = 8,
    WIDTH = LEFT + COLUMNS + 12,
    HEIGHT = TOP + ROWS + 22,
    PNG_MAX = 1 << 20
};

static const double low_db = -90, high_db = -10; /* of full scale: the same in all */

typedef struct painter {
    const ew_excerpt *e;
    ew_fft *fft;
    float window[SIZE], x[SIZE];
    ew_cpx spectrum[BINS + 1];
    uint8_t rgb[COLUMNS * ROWS * 3];
} painter;

static int64_t frames(const ew_excerpt *e)
{
    return (int64_t)(e->pcm.len / 2);
}

/* Silence before the beginning and after the end. */
static float sample(const ew_excerpt *e, int64_t i)
{
    if (i < 0 || i >= frames(e))
        return 0;
    const uint8_t *at = e->pcm.data + 2 * i;
    return (float)(int16_t)(uint16_t)(at[0] | at[1] << 8) / 32768.0F;
}

static void column(painter *p, size_t number)
{
    int64_t middle = (2 * (int64_t)number + 1) * frames(p->e) / (2 * COLUMNS);
    for (int i = 0; i < SIZE; i++)
        p->x[i] = sample(p->e, middle - SIZE / 2 + i) * p->window[i];
    ew_fft_forward(p->fft, p->x, p->spectrum);
    for (size_t row = 0; row < ROWS; row++) {
        float most = 0;
        for (size_t k = row * BINS / ROWS; k < (row + 1) * BINS / ROWS; k++) {
            const ew_cpx *c = &p->spectrum[k + 1];
            most = fmaxf(most, c->re * c->re + c->im * c->im);
        }
        /* A sine at full scale has a quarter of the window's size as its line. */
        double db = 10 * log10((double)most / (SIZE * SIZE / 16.0) + 1e-12);
        uint32_t color = ew_inspect_color((db - low_db) / (high_db - low_db));
        uint8_t *at = p->rgb + 3 * ((ROWS - 1 - row) * COLUMNS + number);
        at[0] = (uint8_t)(color >> 16);
        at[1] = (uint8_t)(color >> 8);
        at[2] = (uint8_t)color;
    }
}

/* ------------------------------------------------------------------ the picture */

static void put_image(ew_svg *s, const painter *p)
{
    ew_buf png;
    ew_buf_init(&png, PNG_MAX);
    if (s->rc == EW_OK)
        s->rc = ew_png_append(&png, p->rgb, COLUMNS, ROWS, s->err);
    ew_svg_put(s,
               "<image x='%d' y='%d' width='%d' height='%d' "
               "xlink:href='data:image/png;base64,",
               LEFT, TOP, COLUMNS, ROWS);
    if (s->rc == EW_OK)
        s->rc = ew_base64(s->out, png.data, png.len, s->err);
    ew_svg_put(s, "'/>\n");
    ew_buf_release(&png);
}

static double place(const ew_excerpt *e, double seconds)
{
    double share = (seconds - e->from) * e->rate_hz / (double)frames(e);
    return LEFT + COLUMNS * fmin(fmax(share, 0), 1);
}

static void put_mark(ew_svg *s, const ew_excerpt *e)
{
    double a = place(e, e->mark_from);
    double b = place(e, e->mark_to);
    ew_svg_put(s,
               "<rect x='%.1f' y='%d' width='%.1f' height='%d' fill='#fff' "
               "fill-opacity='0.8'/><rect x='%.1f' y='%d' width='1.4' height='%d' "
               "fill='#0067a3'/>",
               a - 1.8, TOP, 3.6, ROWS, a - 0.7, TOP, ROWS);
    if (b > a + 3)
        ew_svg_put(s,
                   "<rect x='%.1f' y='%d' width='1.4' height='%d' fill='#0067a3'/>"
                   "<rect x='%.1f' y='%d' width='%.1f' height='4' fill='#0067a3'/>",
                   b - 0.7, TOP, ROWS, a, TOP - 5, b - a);
    ew_svg_put(s, "<path d='M%.1f %dl-5 -7h10z' fill='#0067a3'/>\n", a, TOP);
}

static void put_axes(ew_svg *s, const ew_excerpt *e)
{
    char from[EW_TIME_TEXT];
    char to[EW_TIME_TEXT];
    double end = e->from + (double)frames(e) / e->rate_hz;
    ew_svg_put(s,
               "<text x='%d' y='%d' text-anchor='end'>%.1f kHz</text>"
               "<text x='%d' y='%d' text-anchor='end'>0</text>"
               "<text x='%d' y='%d'>%s</text>"
               "<text x='%d' y='%d' text-anchor='end'>%s</text>\n",
               LEFT - 4, TOP + 9, e->rate_hz / 2000.0, LEFT - 4, TOP + ROWS, LEFT,
               HEIGHT - 7, ew_time_text(e->from, from), LEFT + COLUMNS, HEIGHT - 7,
               ew_time_text(end, to));
}

static void put_svg(ew_svg *s, const painter *p)
{
    ew_svg_put(
        s,
        "<svg xmlns='http://www.w3.org/2000/svg' "
        "xmlns:xlink='http://www.w3.org/1999/xlink' viewBox='0 0 %d %d' width='%d' "
        "height='%d' role='img' aria-labelledby='title' font-family='sans-serif' "
        "font-size='10' fill='#1a1a1a'>\n<title id='title'>",
        WIDTH, HEIGHT, WIDTH, HEIGHT);
    ew_svg_put(s, "%s", ew_tr("Spectrogram of this excerpt, with the place marked"));
    ew_svg_put(s, "</title>\n<rect x='0' y='0' width='%d' height='%d' fill='#fff'/>\n",
               WIDTH, HEIGHT);
    put_image(s, p);
    put_mark(s, p->e);
    put_axes(s, p->e);
    ew_svg_put(s, "</svg>\n");
}

ew_code ew_excerpt_draw(const ew_excerpt *e, ew_buf *svg, ew_err *err)
{
    ew_svg s = {svg, err, EW_OK};
    painter *p = ew_alloc(sizeof *p);
    if (p == NULL)
        return ew_fail_nomem(err);
    *p = (painter){.e = e};
    ew_hann_fill(p->window, SIZE, 0);
    s.rc = ew_fft_new(&p->fft, SIZE, err);
    for (size_t i = 0; i < COLUMNS && s.rc == EW_OK; i++)
        column(p, i);
    if (s.rc == EW_OK)
        put_svg(&s, p);
    ew_fft_free(p->fft);
    ew_free(p);
    return s.rc;
}
