// Single values of the sink that outlive what it received, by name: its behaviour, and counters.
import { numberOf, type Sql, textOf } from "./sql.ts";
import type { Api, RequestCounts } from "./view/answers.ts";

export class Facts {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  get(name: string): string | undefined {
    const [row] = this.#sql.exec("SELECT value FROM facts WHERE name = ?", name).toArray();
    return row && textOf(row, "value");
  }

  set(name: string, value: string): void {
    this.#sql.exec("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", name, value);
  }

  forget(name: string): void {
    this.#sql.exec("DELETE FROM facts WHERE name = ?", name);
  }

  /** Zero where it was never counted. */
  counter(name: string): number {
    return Number(this.get(name) ?? 0);
  }

  increment(name: string): void {
    this.set(name, String(this.counter(name) + 1));
  }
}

/** Numbers of answers and of stored spans. */
export function readCounts(sql: Sql, facts: Facts): RequestCounts {
  const answered = "SELECT api, status, count FROM answers ORDER BY api, status";
  const answers = sql
    .exec(answered)
    .toArray()
    .map((row) => ({
      api: textOf(row, "api") === "otlp" ? ("otlp" as const) : ("ingestion" as const),
      status: numberOf(row, "status"),
      count: numberOf(row, "count"),
    }));
  const kinds = "sum(times * (kind = 'span')) AS observations, sum(kind = 'score') AS scores";
  const [stored] = sql.exec(`SELECT ${kinds} FROM items`).toArray();
  const statusOf = (api: Api) => {
    const status = facts.get(`last ${api}`);
    return status === undefined ? {} : { [api]: Number(status) };
  };
  return {
    answers,
    last: { ...statusOf("otlp"), ...statusOf("ingestion") },
    observations: numberOf(stored, "observations"),
    scores: numberOf(stored, "scores"),
    dropped: facts.counter("dropped"),
    revision: facts.counter("revision"),
  };
}
