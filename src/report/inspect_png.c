/* SPDX-License-Identifier: Apache-2.0 */
/* The picture of an inspection as a PNG. */
#include <png.h>
#include <string.h>

#include "base/alloc.h"
#include "report/inspect_canvas.h"

ew_code ew_png_append(ew_buf *out, const uint8_t *rgb, uint32_t w, uint32_t h,
                      ew_err *err)
{
    png_image head;
    png_alloc_size_t bytes;
    uint8_t *packed;
    ew_code rc;

    memset(&head, 0, sizeof head);
    head.version = PNG_IMAGE_VERSION;
    head.width = w;
    head.height = h;
    head.format = PNG_FORMAT_RGB;
    bytes = PNG_IMAGE_PNG_SIZE_MAX(head);
    packed = ew_alloc(bytes);
    if (packed == NULL)
        return ew_fail_nomem(err);
    if (png_image_write_to_memory(&head, packed, &bytes, 0, rgb, 0, NULL))
        rc = ew_buf_append(out, packed, bytes, err);
    else
        rc = ew_fail(err, EW_E_NOMEM, 0, "cannot write a PNG: %s", head.message);
    png_image_free(&head);
    ew_free(packed);
    return rc;
}

ew_code ew_report_inspect_png(const ew_inspect_view *v, ew_buf *out, ew_err *err)
{
    ew_raster r = {.w = EW_CANVAS_WIDTH, .h = (size_t)ew_inspect_draw_height(v)};
    ew_canvas c = {.rc = EW_OK, .err = err};

    r.rgb = ew_alloc_array(r.w * r.h, 3);
    if (r.rgb == NULL)
        return ew_fail_nomem(err);
    ew_raster_canvas(&c, &r);
    ew_inspect_draw(&c, v);
    if (c.rc == EW_OK)
        c.rc = ew_png_append(out, r.rgb, (uint32_t)r.w, (uint32_t)r.h, err);
    ew_free(r.rgb);
    return c.rc;
}
