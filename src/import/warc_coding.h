/* SPDX-License-Identifier: Apache-2.0 */
/* What HTTP does to a body on its way: transfer and content coding, taken off again. */
#ifndef EW_IMPORT_WARC_CODING_H
#define EW_IMPORT_WARC_CODING_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"

typedef enum ew_warc_coded {
    EW_WARC_CODED_FINE,
    EW_WARC_CODED_NOT,     /* it is not coded so, whatever its head says; as it is */
    EW_WARC_CODED_DAMAGED, /* decoded up to where it breaks */
    EW_WARC_CODED_UNKNOWN  /* a coding that is not known here; as it is */
} ew_warc_coded;

/* Chunked transfer coding. out: emptied before. */
EW_MUST_CHECK ew_code ew_warc_dechunk(ew_slice in, ew_buf *out, ew_warc_coded *how,
                                      ew_err *err);

/* One content coding by its name: gzip, deflate, br. *cut: there is more than `out` has room for. */
EW_MUST_CHECK ew_code ew_warc_decode(ew_slice name, ew_slice in, ew_buf *out,
                                     ew_warc_coded *how, bool *cut, ew_err *err);

#endif
