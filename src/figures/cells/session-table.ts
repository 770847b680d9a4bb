// The sessions of a stretch of time, bounded: those with the slowest first token, and those with the latest news. Both
// are kept by a maximum, so that whichever order tables are added up in, the same sessions stay; the sums of one are
// whole unless it was dropped somewhere for want of room, and `cut` says that some were. Pure; added to in place.
import type { SessionCell, SessionTable } from "../../protocol/figures/cells.ts";
import type { TurnFigures } from "../../protocol/figures/turn-figures.ts";
import { derivedId } from "../../protocol/ids.ts";
import { addValue, mergeSketch } from "../sketch/sketch.ts";
import { count, nanosOf } from "./cell.ts";

const HASH_LENGTH = 16;

export function emptySessions(): SessionTable {
  return { cells: {} };
}

/** Sums have no names: a session is known by its hash, and by its latest trace. */
export function sessionHash(session: string): string {
  return derivedId("session", session).slice(0, HASH_LENGTH);
}

/**
 * @param place the key of the turn's attributes
 * @param most sessions that stay by their slowest first token, and as many by their latest news
 */
export function addToSessions(
  table: SessionTable,
  figures: TurnFigures,
  place: string,
  most: number,
): void {
  if (figures.session === undefined) return;
  const { at, trace, isTurn, metrics, outcome, errors = [], generations = [] } = figures;
  const hash = sessionHash(figures.session);
  const cell = (table.cells[hash] ??= emptyCell(at, trace, place));
  mergeLatest(cell, { last: at, trace, place });
  for (const error of errors) cell.errors += count(error.count);
  for (const { cost, total } of generations) {
    cell.tokens += count(total);
    if (cost !== undefined) cell.nanos += nanosOf(cost);
  }
  if (isTurn) {
    cell.turns += 1;
    if (outcome === "failed") cell.failed += 1;
    const { time_to_first_token: wait, turn } = metrics;
    if (wait !== undefined) cell.firstToken = addValue(cell.firstToken, Math.max(0, wait));
    if (turn !== undefined) cell.turn = addValue(cell.turn, Math.max(0, turn));
  }
  bound(table, most);
}

/** Adds another table; that one is not changed. */
export function mergeSessions(table: SessionTable, other: SessionTable, most: number): void {
  if (other.cut === true) table.cut = true;
  for (const [hash, cell] of Object.entries(other.cells)) {
    const into = (table.cells[hash] ??= emptyCell(cell.last, cell.trace, cell.place));
    mergeLatest(into, cell);
    for (const name of ["turns", "failed", "errors", "tokens", "nanos"] as const) {
      into[name] += cell[name];
    }
    if (cell.firstToken) into.firstToken = mergeSketch(into.firstToken, cell.firstToken);
    if (cell.turn) into.turn = mergeSketch(into.turn, cell.turn);
  }
  bound(table, most);
}

/** The slowest first: a session that waited for no token is none of them. */
export function bySlowest({ cells }: SessionTable): [hash: string, cell: SessionCell][] {
  return Object.entries(cells)
    .filter(([, cell]) => cell.firstToken !== undefined)
    .sort(
      ([a, one], [b, other]) =>
        (other.firstToken?.max ?? 0) - (one.firstToken?.max ?? 0) || (a < b ? -1 : 1),
    );
}

export function byLatest({ cells }: SessionTable): [hash: string, cell: SessionCell][] {
  return Object.entries(cells).sort(
    ([a, one], [b, other]) => other.last - one.last || (a < b ? -1 : 1),
  );
}

function bound(table: SessionTable, most: number): void {
  if (Object.keys(table.cells).length <= most) return;
  const kept = [...bySlowest(table).slice(0, most), ...byLatest(table).slice(0, most)];
  const hashes = new Set(kept.map(([hash]) => hash));
  for (const hash of Object.keys(table.cells)) {
    if (hashes.has(hash)) continue;
    delete table.cells[hash];
    table.cut = true;
  }
}

function emptyCell(last: number, trace: string, place: string): SessionCell {
  return { turns: 0, failed: 0, errors: 0, tokens: 0, nanos: 0, last, trace, place };
}

type Latest = Pick<SessionCell, "last" | "trace" | "place">;

/** Of two at the same moment the greater text: any order gives the same. */
function mergeLatest(cell: SessionCell, other: Latest): void {
  const key = ({ trace, place }: Latest): string => `${trace}/${place}`;
  if (other.last < cell.last) return;
  if (other.last === cell.last && key(other) <= key(cell)) return;
  Object.assign(cell, { last: other.last, trace: other.trace, place: other.place });
}
