// As much of a SQLite as the sink uses (a Durable Object's `storage.sql` is one), its tables, and
// reading their cells. What the sink holds is disposable: a store of another layout is emptied, not
// migrated.

type Cell = ArrayBuffer | Uint8Array | string | number | null;
export type Row = Record<string, Cell>;
export type Binding = string | number | Uint8Array;

export interface Sql {
  exec(query: string, ...bindings: Binding[]): { toArray(): Row[] };
}

export function textOf(row: Row | undefined, column: string): string {
  const cell = row?.[column];
  return typeof cell === "string" ? cell : "";
}

export const numberOf = (row: Row | undefined, column: string): number => {
  const cell = row?.[column];
  return typeof cell === "number" ? cell : 0;
};

/** A text out of its parts, each a blob of UTF-8 that may end inside a character. */
export function joined(rows: readonly Row[], column: string): string {
  const decoder = new TextDecoder();
  const texts = rows.map((row) => {
    const cell = row[column];
    return typeof cell === "object" && cell !== null ? decoder.decode(cell, { stream: true }) : "";
  });
  return texts.join("") + decoder.decode();
}

const LAYOUT = "2";

const FACTS = "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID";

const TABLES: Readonly<Record<string, string>> = {
  traces: "trace TEXT PRIMARY KEY, first INTEGER, last INTEGER, bytes INTEGER",
  items:
    "seq INTEGER PRIMARY KEY, trace TEXT, kind TEXT, id TEXT, hash TEXT, root INTEGER, second INTEGER, times INTEGER, brief TEXT",
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
  sql.exec("CREATE INDEX items_by_second ON items (second)");
  sql.exec("DELETE FROM facts");
  sql.exec("INSERT INTO facts (name, value) VALUES ('layout', ?)", LAYOUT);
}
