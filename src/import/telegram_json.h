/* SPDX-License-Identifier: Apache-2.0 */
/* One result.json, whatever else is in the delivery. */
#ifndef EW_IMPORT_TELEGRAM_JSON_H
#define EW_IMPORT_TELEGRAM_JSON_H

#include "import/import.h"

/* EW_E_FORMAT when it is no export; one that breaks off is read as far as it goes. */
EW_MUST_CHECK ew_code ew_tg_json_read(ew_delivery *from, size_t member,
                                      const ew_import_sink *sink, ew_err *err);

#endif
