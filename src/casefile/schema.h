/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of a case file; docs/formats/case.md explains them. A database whose schema is not exactly
 * this one is not opened, so that no text from a foreign file is ever run as SQL. */
#ifndef EW_CASEFILE_SCHEMA_H
#define EW_CASEFILE_SCHEMA_H

#include <sqlite3.h>
#include <stddef.h>

#include "base/hash.h"

enum { EW_CASE_FORMAT = 1, EW_CASE_APPLICATION_ID = 0x45574346 /* "EWCF" */ };

/* Names of the tables of facts, in the order of their making; NULL after the last. The event's own is not one of
 * them, nor what only serves the search. */
const char *ew_case__fact_table(size_t i);

/* Makes all tables in an empty database; a result code of SQLite. */
int ew_case__make_schema(sqlite3 *db);

/* Hash of all that a database has as its schema: equal ones have the same. A result code of SQLite. */
int ew_case__schema_hash(sqlite3 *db, uint8_t out[EW_SHA256_BYTES]);

#endif
