// From format 1 to 2: a snapshot's marked objects become rows. Frozen, as all migrations are: it uses
// nothing that may change. Entries are the same in both.

type Json = Record<string, unknown>;
type Pairs = [key: string, value: Json][];

const MAP = "$map";

/** The lines of format 2 that say what these of format 1 do. */
export function migrateFrom1(lines: string[]): string[] {
  return lines.map((line) => (line.startsWith("S") ? `S${snapshot(line.slice(1))}` : line));
}

function snapshot(text: string): string {
  const { live, past, clients, ids, counts, nextDue: _nextDue, ...plain } = parse(text);
  const table = new Table();
  const liveRows = pairs(live).map(([, trace], index) => traceRow(trace, index + 1, table));
  const pastRows = pairs(past).map(([, trace]) => traceRow(trace, 0, table));
  const texts = pairs(live).map(([, trace]) => sizeOf(trace));
  return JSON.stringify({
    ...plain,
    assemblingSize: sum(texts),
    outboxSize: sum((plain["outbox"] as { size: number }[]).map(({ size }) => size)),
    live: liveRows,
    past: pastRows,
    seen: pairs(clients),
    ids: pairs(ids),
    counts: { ...(counts as Json), dropped: pairs((counts as Json)["dropped"]) },
    clients: table.clients,
    stamps: table.stamps,
  });
}

/** Maps as lists of their pairs: what a user sent is text, and never looks like a mark. */
function parse(text: string): Json {
  return JSON.parse(text, (_key, value: unknown) =>
    typeof value === "object" && value !== null && Object.hasOwn(value, MAP)
      ? (value as Json)[MAP]
      : value,
  ) as Json;
}

const pairs = (value: unknown): Pairs => value as Pairs;
const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0);

class Table {
  readonly clients: string[] = [];
  readonly stamps: (number | string)[] = [];
  readonly #numbers = new Map<string, number>();

  /** The value and its stamp's number. */
  row(register: unknown): [value: unknown, stamp: number] {
    const { v, s } = register as { v: unknown; s: [number, number, string, number] };
    const key = JSON.stringify(s);
    const known = this.#numbers.get(key);
    if (known !== undefined) return [v, known];
    const number = this.#numbers.size;
    this.#numbers.set(key, number);
    const [rank, at, client, seq] = s;
    const listed = this.clients.indexOf(client);
    this.stamps.push(rank, at, listed < 0 ? this.clients.push(client) - 1 : listed, seq);
    return [v, number];
  }

  rows(registers: unknown): unknown[] {
    return pairs(registers).flatMap(([key, register]) => [key, ...this.row(register)]);
  }
}

function traceRow(trace: Json, place: number, table: Table): unknown[] {
  const draftRows = (drafts: unknown): unknown[] =>
    pairs(drafts).map(([, draft], index) => draftRow(draft, index + 1, table));
  return [
    trace["id"],
    place,
    trace["raw"] ?? null,
    trace["rootId"],
    table.rows(trace["fields"]),
    trace["tags"],
    table.rows(trace["metadata"]),
    draftRows(trace["drafts"]),
    pairs(trace["scores"]).map(([id, { body, actions, since }]) => [
      id,
      ...table.row(body),
      actions,
      since,
    ]),
    draftRows(trace["late"]),
    pairs(trace["sealed"]).map(([id, { done, late, at }]) => [id, done === true ? 1 : 0, late, at]),
    trace["clients"],
    trace["open"],
    sizeOf(trace),
    trace["completeSize"],
    trace["lastArrival"],
    trace["lastMoment"],
    trace["endedSince"] ?? null,
    trace["completeSince"] ?? null,
    trace["lateSince"] ?? null,
  ];
}

function draftRow(draft: Json, place: number, table: Table): unknown[] {
  return [
    draft["id"],
    place,
    draft["raw"] ?? null,
    draft["created"] === true ? 1 : 0,
    table.rows(draft["fields"]),
    table.rows(draft["metadata"]),
    draft["notes"],
    draft["actions"],
    draft["size"],
    draft["lastAt"],
    draft["since"],
    draft["createdAt"] ?? null,
    draft["type"] === undefined ? null : table.row(draft["type"]),
    draft["parent"] === undefined ? null : table.row(draft["parent"]),
  ];
}

function sizeOf(trace: Json): number {
  const drafts = [...pairs(trace["drafts"]), ...pairs(trace["late"])];
  const scores = pairs(trace["scores"]).map(([, { body }]) => (body as { v: string }).v.length);
  return sum(drafts.map(([, { size }]) => size as number)) + sum(scores);
}
