// The sink's store on Node's own SQLite: the same statements as in the object.
import { DatabaseSync } from "node:sqlite";
import type { Sql } from "../../../../src/dev/sink/sql.ts";
import { StandIn } from "../../../../src/dev/sink/stand-in.ts";
import { SinkStore, type StoreBounds } from "../../../../src/dev/sink/store.ts";

export const NOW = Date.UTC(2026, 10, 22, 12);

export function memorySql(): Sql {
  const database = new DatabaseSync(":memory:");
  return {
    exec(query, ...bindings) {
      const rows = database.prepare(query).all(...bindings);
      return {
        toArray: () =>
          rows.map((row) =>
            Object.fromEntries(
              Object.entries(row).map(([name, cell]) => [
                name,
                typeof cell === "bigint" ? Number(cell) : cell,
              ]),
            ),
          ),
      };
    },
  };
}

export function memorySink(bounds?: StoreBounds, now: () => number = () => NOW): StandIn {
  return new StandIn(new SinkStore(memorySql(), bounds), now);
}
