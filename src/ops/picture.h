/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures for the import, decoded by the confined decoder. */
#ifndef EW_OPS_PICTURE_H
#define EW_OPS_PICTURE_H

#include "import/import.h"

/* For `decode` of ew_import_opts. cookie: const ew_media_opts *, NULL for defaults. */
EW_MUST_CHECK ew_code ew_ops_decode_picture(void *cookie, ew_slice bytes, ew_picture *out,
                                            ew_err *err);

#endif
