// The sink's tables. What it holds is disposable: a store of another layout is emptied, not migrated.
import { type Sql, textOf } from "./sql.ts";

const LAYOUT = "1";

const FACTS = "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID";

const TABLES: Readonly<Record<string, string>> = {
  traces: "trace TEXT PRIMARY KEY, first INTEGER, last INTEGER, bytes INTEGER",
  items:
    "seq INTEGER PRIMARY KEY, trace TEXT, kind TEXT, id TEXT, hash TEXT, root INTEGER, times INTEGER, brief TEXT",
  parts: "item INTEGER, part INTEGER, body BLOB, PRIMARY KEY (item, part)",
  findings: "seq INTEGER PRIMARY KEY, at INTEGER, finding TEXT",
  answers: "api TEXT, status INTEGER, count INTEGER, PRIMARY KEY (api, status)",
};

/** Names of the tables that hold what was received; `facts` stands beside them. */
export const CONTENT_TABLES = Object.keys(TABLES);

/** Makes the tables, unless they are there. */
export function layOut(sql: Sql): void {
  sql.exec(FACTS);
  const [layout] = sql.exec("SELECT value FROM facts WHERE name = 'layout'").toArray();
  if (textOf(layout, "value") === LAYOUT) return;
  for (const [table, columns] of Object.entries(TABLES)) {
    sql.exec(`DROP TABLE IF EXISTS ${table}`);
    sql.exec(`CREATE TABLE ${table} (${columns})`);
  }
  sql.exec("CREATE INDEX items_by_trace ON items (trace, kind, id)");
  sql.exec("DELETE FROM facts");
  sql.exec("INSERT INTO facts (name, value) VALUES ('layout', ?)", LAYOUT);
}
