// All that the sink stores: what Langfuse would hold, bounded. The traces that were quiet longest are
// dropped first. It judges nothing, and no value in it is larger than a row may be.
import type {
  Api,
  Behaviour,
  BriefObservation,
  KeptScore,
  RequestCounts,
  SeenFinding,
} from "./view/answers.ts";
import { Facts, readCounts } from "./facts.ts";
import type { SentSpan } from "../../otlp/read-export.ts";
import type { Finding } from "./inspect/finding.ts";
import type { KeptSpan, Known } from "./inspect/export.ts";
import {
  type Binding,
  CONTENT_TABLES,
  joined,
  layOut,
  numberOf,
  type Row,
  type Sql,
  textOf,
} from "./sql.ts";
import type { StoredObservation } from "./view/trace.ts";

export interface StoreBounds {
  traces: number;
  bytes: number;
  findings: number;
}

const BOUNDS: StoreBounds = { traces: 500, bytes: 50 * 1024 * 1024, findings: 500 };

/** A row takes 2 MB at most. */
const PART_BYTES = 1_500_000;

interface Item {
  trace: string;
  kind: "span" | "score";
  id: string;
  hash?: string;
  root?: boolean;
  second?: number;
  brief?: string;
}

export class SinkStore {
  readonly #sql: Sql;
  readonly #facts: Facts;
  readonly #bounds: StoreBounds;

  constructor(sql: Sql, bounds: StoreBounds = BOUNDS) {
    this.#sql = sql;
    this.#bounds = bounds;
    this.#facts = new Facts(sql);
    layOut(sql);
  }

  #rows(query: string, ...bindings: Binding[]): Row[] {
    return this.#sql.exec(query, ...bindings).toArray();
  }

  /** What the next request may collide with, at this second. */
  known(second: number): Known {
    const spans = "FROM items WHERE trace = ? AND kind = 'span'";
    const texts = (query: string, ...bindings: string[]): string[] =>
      this.#rows(query, ...bindings).map((row) => textOf(row, "value"));
    return {
      hashes: (trace, id) => texts(`SELECT hash AS value ${spans} AND id = ?`, trace, id),
      roots: (trace) => texts(`SELECT DISTINCT id AS value ${spans} AND root = 1`, trace),
      secondIsLost: () => this.#facts.get("lost second") === String(second),
    };
  }

  /** Langfuse inserts what came within a second together: one text that is none loses all of it. */
  loseSecond(second: number): void {
    this.#facts.set("lost second", String(second));
    for (const row of this.#rows("SELECT seq, trace FROM items WHERE second = ?", second)) {
      this.#drop(numberOf(row, "seq"));
      const rest = "SELECT 1 FROM items WHERE trace = ?";
      this.#sql.exec(
        `DELETE FROM traces WHERE trace = ? AND NOT EXISTS (${rest})`,
        textOf(row, "trace"),
        textOf(row, "trace"),
      );
    }
  }

  /** `second`: when it came, in seconds since 1970. */
  addSpan({ sent, hash, observation }: KeptSpan, brief: BriefObservation, second: number): void {
    const { traceId: trace, spanId: id } = sent;
    const { root } = observation;
    this.#add({ trace, kind: "span", id, hash, root, second, brief: JSON.stringify(brief) }, sent);
  }

  addResent({ sent, hash }: KeptSpan): void {
    this.#sql.exec(
      "UPDATE items SET times = times + 1 WHERE trace = ? AND kind = 'span' AND id = ? AND hash = ?",
      sent.traceId,
      sent.spanId,
      hash,
    );
  }

  /** A score with the same id replaces the one before. */
  addScore(score: KeptScore): void {
    const { traceId: trace, id } = score;
    const same = "SELECT seq FROM items WHERE trace = ? AND kind = 'score' AND id = ?";
    for (const row of this.#rows(same, trace, id)) this.#drop(numberOf(row, "seq"));
    this.#add({ trace, kind: "score", id }, score);
  }

  #add(item: Item, content: object): void {
    const { trace, kind, id, hash = "", root = false, second = 0, brief = "" } = item;
    const [inserted] = this.#rows(
      "INSERT INTO items (trace, kind, id, hash, root, second, times, brief) VALUES (?, ?, ?, ?, ?, ?, 1, ?) RETURNING seq",
      trace,
      kind,
      id,
      hash,
      root ? 1 : 0,
      second,
      brief,
    );
    const seq = numberOf(inserted, "seq");
    const body = new TextEncoder().encode(JSON.stringify(content));
    for (let part = 0; part * PART_BYTES < body.length; part += 1) {
      const piece = body.slice(part * PART_BYTES, (part + 1) * PART_BYTES);
      this.#sql.exec("INSERT INTO parts (item, part, body) VALUES (?, ?, ?)", seq, part, piece);
    }
    this.#sql.exec(
      "INSERT INTO traces (trace, first, last, bytes) VALUES (?, ?, ?, ?) ON CONFLICT (trace) DO UPDATE SET last = excluded.last, bytes = bytes + excluded.bytes",
      trace,
      seq,
      seq,
      body.length + brief.length,
    );
  }

  addFindings(findings: readonly Finding[], at: number): void {
    for (const finding of findings) {
      const text = JSON.stringify(finding);
      this.#sql.exec("INSERT INTO findings (at, finding) VALUES (?, ?)", at, text);
    }
    const old = "DELETE FROM findings WHERE seq <= (SELECT max(seq) FROM findings) - ?";
    this.#sql.exec(old, this.#bounds.findings);
  }

  countAnswer(api: Api, status: number): void {
    this.#sql.exec(
      "INSERT INTO answers (api, status, count) VALUES (?, ?, 1) ON CONFLICT (api, status) DO UPDATE SET count = count + 1",
      api,
      status,
    );
    this.#facts.set(`last ${api}`, String(status));
    this.#facts.increment("revision");
  }

  /** Drops traces until the bounds hold. */
  trim(): void {
    for (;;) {
      const [totals] = this.#rows("SELECT count(*) AS traces, sum(bytes) AS bytes FROM traces");
      const { traces, bytes } = this.#bounds;
      if (numberOf(totals, "traces") <= traces && numberOf(totals, "bytes") <= bytes) return;
      const [quietest] = this.#rows("SELECT trace FROM traces ORDER BY last LIMIT 1");
      const trace = textOf(quietest, "trace");
      for (const row of this.#rows("SELECT seq FROM items WHERE trace = ?", trace)) {
        this.#drop(numberOf(row, "seq"));
      }
      this.#sql.exec("DELETE FROM traces WHERE trace = ?", trace);
      this.#facts.increment("dropped");
    }
  }

  #drop(seq: number): void {
    this.#sql.exec("DELETE FROM parts WHERE item = ?", seq);
    this.#sql.exec("DELETE FROM items WHERE seq = ?", seq);
  }

  /** Ids of traces, the newest first; scores of sessions alone are no trace. */
  traceIds(limit: number): string[] {
    const query = "SELECT trace FROM traces WHERE trace <> '' ORDER BY first DESC LIMIT ?";
    return this.#rows(query, limit).map((row) => textOf(row, "trace"));
  }

  briefs(trace: string): StoredObservation<BriefObservation>[] {
    return this.#items(trace, "span").map((row) => {
      const observation: BriefObservation = JSON.parse(textOf(row, "brief"));
      return { observation, times: numberOf(row, "times") };
    });
  }

  spans(trace: string): { sent: SentSpan; times: number }[] {
    return this.#items(trace, "span").map((row) => {
      const sent: SentSpan = JSON.parse(this.#body(row));
      return { sent, times: numberOf(row, "times") };
    });
  }

  scores(trace: string): KeptScore[] {
    return this.#items(trace, "score").map((row) => {
      const score: KeptScore = JSON.parse(this.#body(row));
      return score;
    });
  }

  #items(trace: string, kind: Item["kind"]): Row[] {
    const query = "SELECT seq, times, brief FROM items WHERE trace = ? AND kind = ? ORDER BY seq";
    return this.#rows(query, trace, kind);
  }

  #body(item: Row): string {
    const query = "SELECT body FROM parts WHERE item = ? ORDER BY part";
    return joined(this.#rows(query, numberOf(item, "seq")), "body");
  }

  findings(): SeenFinding[] {
    return this.#rows("SELECT at, finding FROM findings ORDER BY seq DESC").map((row) => {
      const finding: Finding = JSON.parse(textOf(row, "finding"));
      return Object.assign(finding, { at: numberOf(row, "at") });
    });
  }

  counts(): RequestCounts {
    return readCounts(this.#sql, this.#facts);
  }

  clear(): void {
    for (const table of CONTENT_TABLES) this.#sql.exec(`DELETE FROM ${table}`);
    this.#facts.set("dropped", "0");
    for (const api of ["otlp", "ingestion"]) this.#facts.forget(`last ${api}`);
    this.#facts.increment("revision");
  }

  behaviour(): Behaviour {
    const behaviour: Behaviour = JSON.parse(this.#facts.get("behaviour") ?? "{}");
    return behaviour;
  }

  setBehaviour(behaviour: Behaviour): void {
    this.#facts.set("behaviour", JSON.stringify(behaviour));
    this.#facts.increment("revision");
  }
}
