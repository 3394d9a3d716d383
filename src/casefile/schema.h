/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of a case file; docs/formats/case.md explains them. A database whose schema is not exactly
 * this one is not opened, so that no text from a foreign file is ever run as SQL. */
#ifndef EW_CASEFILE_SCHEMA_H
#define EW_CASEFILE_SCHEMA_H

#include <sqlite3.h>

enum { EW_CASE_FORMAT = 1, EW_CASE_APPLICATION_ID = 0x45574346 /* "EWCF" */ };

/* Makes all tables in an empty database; a result code of SQLite. */
int ew_case__make_schema(sqlite3 *db);

#endif
