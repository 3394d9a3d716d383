/* SPDX-License-Identifier: Apache-2.0 */
/* What the import may not do itself: have a picture decoded. */
#include "ops/picture.h"

ew_code ew_ops_decode_picture(void *cookie, ew_slice bytes, ew_picture *out, ew_err *err)
{
    return ew_picture_decode(out, bytes.p, bytes.n, "the picture", cookie, err);
}
