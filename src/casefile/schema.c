/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of a case file. */
#include "casefile/schema.h"

#include <stdio.h>

/* Facts: each row names the event that added it, and none is ever changed. `found` numbers the texts
 * that can be searched: kind and row say which table and row a text is of. */
static const struct {
    const char *name, *columns;
} tables[] = {
    {"event", "id INTEGER PRIMARY KEY,time INTEGER NOT NULL,kind TEXT NOT NULL,"
              "item INTEGER NOT NULL,who TEXT NOT NULL,purpose TEXT NOT NULL,"
              "detail TEXT NOT NULL,before BLOB,after BLOB,undoes INTEGER NOT NULL,"
              "tool TEXT NOT NULL,content BLOB NOT NULL,chain BLOB NOT NULL"},
    {"item", "id INTEGER PRIMARY KEY,kind TEXT NOT NULL,name TEXT NOT NULL,"
             "origin TEXT NOT NULL,obtained TEXT NOT NULL,giver TEXT NOT NULL,"
             "note TEXT NOT NULL,parent INTEGER NOT NULL,"
             "sha256 BLOB NOT NULL UNIQUE,bytes INTEGER NOT NULL,"
             "added INTEGER NOT NULL REFERENCES event DEFERRABLE INITIALLY DEFERRED"},
    {"again", "id INTEGER PRIMARY KEY,item INTEGER NOT NULL REFERENCES item,"
              "added INTEGER NOT NULL REFERENCES event DEFERRABLE INITIALLY DEFERRED"},
    {"correction",
     "id INTEGER PRIMARY KEY,item INTEGER NOT NULL REFERENCES item,"
     "field TEXT NOT NULL,value TEXT NOT NULL,"
     "added INTEGER NOT NULL REFERENCES event DEFERRABLE INITIALLY DEFERRED"},
    {"called", "id INTEGER PRIMARY KEY,item INTEGER NOT NULL REFERENCES item,"
               "words TEXT NOT NULL,"
               "added INTEGER NOT NULL REFERENCES event DEFERRABLE INITIALLY DEFERRED"},
    {"analysis", "id INTEGER PRIMARY KEY,item INTEGER NOT NULL REFERENCES item,"
                 "other INTEGER NOT NULL,tool TEXT NOT NULL,version TEXT NOT NULL,"
                 "settings TEXT NOT NULL,result TEXT NOT NULL,"
                 "added INTEGER NOT NULL REFERENCES event DEFERRABLE INITIALLY DEFERRED"},
    {"recipient",
     "id INTEGER PRIMARY KEY,age TEXT NOT NULL,"
     "added INTEGER NOT NULL REFERENCES event DEFERRABLE INITIALLY DEFERRED"},
    {"person", "id INTEGER PRIMARY KEY,kind INTEGER NOT NULL,name TEXT NOT NULL,"
               "note TEXT NOT NULL,identity BLOB,"
               "added INTEGER NOT NULL REFERENCES event DEFERRABLE INITIALLY DEFERRED"},
    {"alias", "id INTEGER PRIMARY KEY,person INTEGER NOT NULL REFERENCES person,"
              "name TEXT NOT NULL,box BLOB,"
              "added INTEGER NOT NULL REFERENCES event DEFERRABLE INITIALLY DEFERRED"},
    {"resealed", "id INTEGER PRIMARY KEY,person INTEGER NOT NULL REFERENCES person,"
                 "alias INTEGER NOT NULL,box BLOB NOT NULL,"
                 "added INTEGER NOT NULL REFERENCES event DEFERRABLE INITIALLY DEFERRED"},
    {"merged", "id INTEGER PRIMARY KEY,person INTEGER NOT NULL REFERENCES person,"
               "target INTEGER NOT NULL REFERENCES person,"
               "added INTEGER NOT NULL REFERENCES event DEFERRABLE INITIALLY DEFERRED"},
    {"position", "id INTEGER PRIMARY KEY,item INTEGER NOT NULL REFERENCES item,"
                 "person INTEGER NOT NULL REFERENCES person,stance TEXT NOT NULL,"
                 "date TEXT NOT NULL,channel TEXT NOT NULL,words TEXT NOT NULL,"
                 "report INTEGER NOT NULL,at INTEGER NOT NULL,bytes INTEGER NOT NULL,"
                 "via INTEGER NOT NULL,until TEXT NOT NULL,"
                 "added INTEGER NOT NULL REFERENCES event DEFERRABLE INITIALLY DEFERRED"},
    {"chat", "id INTEGER PRIMARY KEY,item INTEGER NOT NULL REFERENCES item,"
             "export_id TEXT NOT NULL,name TEXT NOT NULL,kind TEXT NOT NULL,"
             "source INTEGER NOT NULL,at INTEGER NOT NULL,bytes INTEGER NOT NULL,"
             "added INTEGER NOT NULL REFERENCES event DEFERRABLE INITIALLY DEFERRED"},
    {"message", "id INTEGER PRIMARY KEY,chat INTEGER NOT NULL REFERENCES chat,"
                "export_id TEXT NOT NULL,service INTEGER NOT NULL,sender TEXT NOT NULL,"
                "sender_id TEXT NOT NULL,time INTEGER,time_kind INTEGER NOT NULL,"
                "time_text TEXT NOT NULL,edited INTEGER,text TEXT NOT NULL,"
                "reply_to TEXT NOT NULL,forwarded INTEGER NOT NULL,"
                "forwarded_from TEXT NOT NULL,forwarded_from_id TEXT NOT NULL,"
                "forwarded_time INTEGER,marks INTEGER NOT NULL,source INTEGER NOT NULL,"
                "at INTEGER NOT NULL,bytes INTEGER NOT NULL,"
                "added INTEGER NOT NULL REFERENCES event DEFERRABLE INITIALLY DEFERRED"},
    {"attachment",
     "id INTEGER PRIMARY KEY,"
     "message INTEGER NOT NULL REFERENCES message,kind INTEGER NOT NULL,"
     "state INTEGER NOT NULL,path TEXT NOT NULL,name TEXT NOT NULL,"
     "mime TEXT NOT NULL,bytes INTEGER NOT NULL,seconds REAL NOT NULL,"
     "words TEXT NOT NULL,item INTEGER NOT NULL,"
     "added INTEGER NOT NULL REFERENCES event DEFERRABLE INITIALLY DEFERRED"},
    {"article", "id INTEGER PRIMARY KEY,item INTEGER NOT NULL REFERENCES item,"
                "title TEXT NOT NULL,byline TEXT NOT NULL,outlet TEXT NOT NULL,"
                "dateline TEXT NOT NULL,language TEXT NOT NULL,url TEXT NOT NULL,"
                "translation_of TEXT NOT NULL,published INTEGER,modified INTEGER,"
                "published_text TEXT NOT NULL,modified_text TEXT NOT NULL,"
                "published_kind INTEGER NOT NULL,modified_kind INTEGER NOT NULL,"
                "added INTEGER NOT NULL REFERENCES event DEFERRABLE INITIALLY DEFERRED"},
    {"paragraph",
     "id INTEGER PRIMARY KEY,"
     "article INTEGER NOT NULL REFERENCES article,"
     "number INTEGER NOT NULL,part INTEGER NOT NULL,text TEXT NOT NULL,"
     "source INTEGER NOT NULL,at INTEGER NOT NULL,bytes INTEGER NOT NULL,"
     "added INTEGER NOT NULL REFERENCES event DEFERRABLE INITIALLY DEFERRED"},
    {"quote", "id INTEGER PRIMARY KEY,"
              "article INTEGER NOT NULL REFERENCES article,"
              "paragraph INTEGER NOT NULL,at INTEGER NOT NULL,"
              "bytes INTEGER NOT NULL,kind INTEGER NOT NULL,words TEXT NOT NULL,"
              "speaker TEXT NOT NULL,as_written TEXT NOT NULL,"
              "anonymous INTEGER NOT NULL,pattern TEXT NOT NULL,"
              "precision REAL NOT NULL,shown INTEGER NOT NULL,"
              "stance TEXT NOT NULL,about TEXT NOT NULL,"
              "added INTEGER NOT NULL REFERENCES event DEFERRABLE INITIALLY DEFERRED"},
    {"verdict", "id INTEGER PRIMARY KEY,quote INTEGER NOT NULL REFERENCES quote,"
                "accepted INTEGER NOT NULL,position INTEGER NOT NULL,"
                "added INTEGER NOT NULL REFERENCES event DEFERRABLE INITIALLY DEFERRED"},
    {"capture", "id INTEGER PRIMARY KEY,item INTEGER NOT NULL REFERENCES item,"
                "page INTEGER NOT NULL,url TEXT NOT NULL,mime TEXT NOT NULL,"
                "time INTEGER,time_text TEXT NOT NULL,status INTEGER NOT NULL,"
                "digest INTEGER NOT NULL,signer TEXT NOT NULL,source INTEGER NOT NULL,"
                "at INTEGER NOT NULL,bytes INTEGER NOT NULL,"
                "added INTEGER NOT NULL REFERENCES event DEFERRABLE INITIALLY DEFERRED"},
    {"picture", "id INTEGER PRIMARY KEY,item INTEGER NOT NULL REFERENCES item,"
                "name TEXT NOT NULL,value TEXT NOT NULL,at INTEGER NOT NULL,"
                "bytes INTEGER NOT NULL,odd INTEGER NOT NULL,"
                "added INTEGER NOT NULL REFERENCES event DEFERRABLE INITIALLY DEFERRED"},
    {"gap", "id INTEGER PRIMARY KEY,item INTEGER NOT NULL REFERENCES item,"
            "what TEXT NOT NULL,words TEXT NOT NULL,source INTEGER NOT NULL,"
            "at INTEGER NOT NULL,bytes INTEGER NOT NULL,"
            "added INTEGER NOT NULL REFERENCES event DEFERRABLE INITIALLY DEFERRED"},
    {"remark", "id INTEGER PRIMARY KEY,item INTEGER NOT NULL REFERENCES item,"
               "text TEXT NOT NULL,source INTEGER NOT NULL,at INTEGER NOT NULL,"
               "bytes INTEGER NOT NULL,added INTEGER NOT NULL REFERENCES event "
               "DEFERRABLE INITIALLY DEFERRED"},
    {"found", "id INTEGER PRIMARY KEY,kind INTEGER NOT NULL,row INTEGER NOT NULL"},
};

static const char *const others[] = {
    "CREATE TABLE info(key TEXT PRIMARY KEY,value TEXT NOT NULL) STRICT,WITHOUT ROWID",
    "CREATE INDEX message_chat ON message(chat,time)",
    "CREATE INDEX attachment_message ON attachment(message)",
    "CREATE INDEX paragraph_article ON paragraph(article,number)",
    "CREATE INDEX position_item ON position(item,date)",
    "CREATE INDEX event_item ON event(item)",
    "CREATE INDEX correction_item ON correction(item)",
    "CREATE INDEX again_item ON again(item)",
    "CREATE INDEX analysis_item ON analysis(item)",
    "CREATE VIRTUAL TABLE words USING fts5(text,content='',columnsize=0,"
    "tokenize=\"unicode61 categories 'L* N* Co Mn Mc'\")",
    "CREATE VIRTUAL TABLE runs USING fts5(text,content='',columnsize=0,"
    "tokenize=\"trigram\")",
    "CREATE VIRTUAL TABLE run_terms USING fts5vocab('runs','instance')",
};

const char *ew_case__fact_table(size_t i)
{
    /* The first is the event's, the last the search's. */
    return i + 2 < sizeof tables / sizeof tables[0] ? tables[i + 1].name : NULL;
}

static int make_table(sqlite3 *db, const char *name, const char *columns)
{
    char sql[2200];
    (void)snprintf(sql, sizeof sql,
                   "CREATE TABLE %s(%s,CHECK(id>0)) STRICT;"
                   "CREATE TRIGGER %s_kept BEFORE UPDATE ON %s BEGIN "
                   "SELECT RAISE(ABORT,'nothing in a case is changed'); END;"
                   "CREATE TRIGGER %s_stays BEFORE DELETE ON %s BEGIN "
                   "SELECT RAISE(ABORT,'nothing in a case is deleted'); END;",
                   name, columns, name, name, name, name);
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

int ew_case__make_schema(sqlite3 *db)
{
    int rc = SQLITE_OK;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0] && rc == SQLITE_OK; i++)
        rc = make_table(db, tables[i].name, tables[i].columns);
    for (size_t i = 0; i < sizeof others / sizeof others[0] && rc == SQLITE_OK; i++)
        rc = sqlite3_exec(db, others[i], NULL, NULL, NULL);
    return rc;
}

/* Each text behind its length, so that no two schemas are the same bytes. */
static int hash_row(sqlite3_stmt *s, ew_sha256 *h)
{
    for (int i = 0; i < sqlite3_column_count(s); i++) {
        const unsigned char *text = sqlite3_column_text(s, i);
        uint32_t n = (uint32_t)sqlite3_column_bytes(s, i);
        if (text == NULL || ew_sha256_feed(h, &n, sizeof n, NULL) != EW_OK ||
            ew_sha256_feed(h, text, n, NULL) != EW_OK)
            return SQLITE_NOMEM;
    }
    return SQLITE_OK;
}

int ew_case__schema_hash(sqlite3 *db, uint8_t out[EW_SHA256_BYTES])
{
    static const char all[] = "SELECT type,name,tbl_name,ifnull(sql,'') FROM "
                              "sqlite_schema ORDER BY type,name";
    sqlite3_stmt *s = NULL;
    ew_sha256 *h = NULL;
    int rc = sqlite3_prepare_v2(db, all, -1, &s, NULL);
    if (rc == SQLITE_OK && ew_sha256_new(&h, NULL) != EW_OK)
        rc = SQLITE_NOMEM;
    while (rc == SQLITE_OK && (rc = sqlite3_step(s)) == SQLITE_ROW)
        rc = hash_row(s, h);
    if (rc == SQLITE_DONE)
        rc = ew_sha256_finish(h, out, NULL) == EW_OK ? SQLITE_OK : SQLITE_NOMEM;
    ew_sha256_free(h);
    (void)sqlite3_finalize(s);
    return rc;
}
