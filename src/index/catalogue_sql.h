/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite as the catalogue's files use it: connections, statements, errors. */
#ifndef EW_INDEX_CATALOGUE_SQL_H
#define EW_INDEX_CATALOGUE_SQL_H

#include <sqlite3.h>

#include "index/catalogue.h"

/* The columns under a row's checksum, in this order everywhere. */
#define EW_SQL_REC                                                                       \
    "id,sha256,bytes,samples,added,container,codec,rate,channels,trouble,removed,"       \
    "segment,frames"
#define EW_SQL_NAME "rec,name,path,bytes,mtime"
#define EW_SQL_SEG "id,bytes,head_crc"

/* Fills err from the connection's last error and returns the code that fits. */
ew_code ew_sql__fail(sqlite3 *db, int rc, ew_err *err);

/* Did reading a column just fail for want of memory? It looks like NULL then. */
bool ew_sql__nomem(sqlite3 *db);

/* Opens path; adds the function ew_ck() and the safety settings. */
EW_MUST_CHECK int ew_sql__open(sqlite3 **db, const char *path, int flags);

/* The tables must be exactly ours: then no text from the file is ever run as SQL. */
EW_MUST_CHECK ew_code ew_sql__check_schema(sqlite3 *db, ew_err *err);
EW_MUST_CHECK ew_code ew_sql__make_schema(sqlite3 *db, ew_err *err);

/* A connection for reading, in an open transaction. temp: folder to remove after closing,
 * or NULL. */
typedef struct ew_sql_reader {
    sqlite3 *db;
    char *temp;
} ew_sql_reader;
EW_MUST_CHECK ew_code ew_sql__read_open(ew_sql_reader *r, const char *dir, ew_err *err);
void ew_sql__read_close(ew_sql_reader *r);

#endif
