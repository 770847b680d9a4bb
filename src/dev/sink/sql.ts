// As much of a SQLite as the sink uses, and reading its cells. A Durable Object's `storage.sql` is one.

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
