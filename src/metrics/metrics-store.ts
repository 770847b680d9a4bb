// The storage of a project's figures: a row for each minute and each hour in which something happened. A call adds to
// the minutes in which its turns ended, mostly one or two, and writes those; an hour is the sum of its minutes, made
// when the first call after it comes. What belongs to an hour that was made goes into both. Invariants: a call is
// written as a whole or not at all; a batch that was counted counts no more; nothing is kept for more than its time.
import { HOUR_BOUNDS, MINUTE_BOUNDS } from "../figures/cells/cell-table.ts";
import { boundsIn } from "../figures/cells/full-table.ts";
import { addFigures, addPost, emptySlice, mergeSlice } from "../figures/cells/slice.ts";
import { answerOf, emptyAnswer, type TimedSlice } from "../figures/read/answer.ts";
import { addErrors, type ErrorGroups } from "../figures/read/error-groups.ts";
import { DAY_MS, HOUR_MS, HOURS_KEPT_MS, MINUTES_KEPT_MS } from "../figures/read/query.ts";
import { addToTotals, emptyTotals, type Totals } from "../figures/read/totals.ts";
import { addDistinct } from "../figures/sketch/distinct.ts";
import type { Slice } from "../protocol/figures/cells.ts";
import type { FiguresAnswer } from "../protocol/figures/figures-answer.ts";
import type { FiguresBatch, FiguresQuery } from "../protocol/figures/figures-calls.ts";
import type { TurnFigures } from "../protocol/figures/turn-figures.ts";
import { type News, newsByMinute, startOf } from "./news-by-minute.ts";
import { getPieces, putPieces } from "./pieces.ts";
import { StoredSlices, type StoredSlice } from "./stored-slices.ts";

type Storage = Pick<DurableObjectStorage, "kv" | "transactionSync">;

const MINUTES = "minute/";
const HOURS = "hour/";
/** Fifty assistants, of which each has values of all sizes, are longer than a row. */
const closedKey = (n: number): string => (n === 0 ? "closed" : `closed/${n}`);
/** Two hundred errors whose words are in two bytes a unit are longer than a row. */
const errorsKey = (n: number): string => (n === 0 ? "errors" : `errors/${n}`);
/** Batches that a slice remembers: those of a minute at five calls a second. */
const MAX_BATCHES = 300;

/** What is known beside the slices; written with each hour that is made. */
interface Closed {
  v: 1;
  /** When something was told first, epoch ms. */
  since: number;
  /** Hours before this one are made, epoch ms. */
  until: number;
  /** The sums of all of them since the beginning. */
  totals: Totals;
}

export class MetricsStore {
  readonly #storage: Storage;
  readonly #minutes: StoredSlices;
  readonly #hours: StoredSlices;
  #closed: Closed | undefined;
  #groups: ErrorGroups | undefined;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.#minutes = new StoredSlices(storage.kv, MINUTES);
    this.#hours = new StoredSlices(storage.kv, HOURS);
  }

  /** Counts a batch, all of it or nothing; false where it was counted before. */
  tell(batch: FiguresBatch, now: number): boolean {
    return this.#whole(() => this.#tell(batch, now));
  }

  /** Makes the hours that are over, and deletes what is too old; true while there is something left. */
  tidy(now: number): boolean {
    return this.#whole(() => {
      this.#closeHours(now);
      this.#prune(now);
      return this.#minutes.hasAny() || this.#hours.hasAny();
    });
  }

  read(query: FiguresQuery): FiguresAnswer {
    const groups = Object.values(this.#errorGroups());
    const answer = answerOf(this.#slices(query), query, groups);
    const { since } = this.#readClosed() ?? {};
    return { ...answer, ...(since !== undefined && { since }) };
  }

  /** Since the beginning, by assistant. */
  totals(): FiguresAnswer {
    const closed = this.#readClosed();
    if (closed === undefined) return emptyAnswer();
    const totals = structuredClone(closed.totals);
    for (const { slice } of this.#minutes.between(closed.until, Number.MAX_SAFE_INTEGER)) {
      addToTotals(totals, slice);
    }
    return {
      ...emptyAnswer(),
      since: closed.since,
      cells: totals.cells,
      langfuse: totals.langfuse,
    };
  }

  /** Hours of the query's range; of those that are not made yet, and of shorter steps, minutes. */
  *#slices({ from, to, stepMs }: FiguresQuery): Generator<TimedSlice> {
    const until = stepMs < HOUR_MS ? 0 : (this.#readClosed()?.until ?? 0);
    yield* this.#hours.between(from, Math.min(to, until));
    yield* this.#minutes.between(Math.max(from, until), to);
  }

  #tell({ id, figures, posts, objects }: FiguresBatch, now: number): boolean {
    this.#closeHours(now);
    const closed = this.#readClosed() ?? this.#begin(now);
    const minutes = newsByMinute({ figures, posts }, now);
    const latest = Math.max(...minutes.keys());
    if (minutes.size === 0) return true;
    // The same batch has the same minutes: its latest one remembers it.
    const place = this.#placeOf(latest, now);
    if (place.slices.at(place.at).batches.includes(id)) return false;
    let someLate = false;
    for (const [minute, news] of minutes) {
      const isLatest = minute === latest;
      const isLate = this.#add(minute, news, isLatest ? { id, objects } : undefined, now, closed);
      someLate ||= isLate;
    }
    if (someLate) this.#putClosed(closed);
    this.#addErrors(figures, now);
    return true;
  }

  /** The slice in which a minute's batches are remembered. */
  #placeOf(minute: number, now: number): { slices: StoredSlices; at: number } {
    return minute >= now - MINUTES_KEPT_MS
      ? { slices: this.#minutes, at: minute }
      : { slices: this.#hours, at: startOf(minute, HOUR_MS) };
  }

  /** True where it was late: added to the totals, too. */
  #add(
    minute: number,
    news: News,
    batch: Pick<FiguresBatch, "id" | "objects"> | undefined,
    now: number,
    closed: Closed,
  ): boolean {
    const hour = startOf(minute, HOUR_MS);
    const count = (slices: StoredSlices, at: number, bounds: typeof HOUR_BOUNDS): void => {
      const slice = slices.at(at);
      addNews(slice, news, boundsIn(slice.cells, bounds));
      if (batch !== undefined) {
        for (const object of batch.objects) addDistinct(slice.objects, object);
        slice.batches = [...slice.batches, batch.id].slice(-MAX_BATCHES);
      }
      slices.put(at, slice);
    };
    if (minute >= now - MINUTES_KEPT_MS) count(this.#minutes, minute, MINUTE_BOUNDS);
    if (hour >= closed.until) return false;
    // Late: its hour is made already, and counted in the totals.
    count(this.#hours, hour, HOUR_BOUNDS);
    const own = emptySlice();
    addNews(own, news, MINUTE_BOUNDS);
    addToTotals(closed.totals, own);
    return true;
  }

  #addErrors(figures: readonly TurnFigures[], now: number): void {
    const groups = this.#errorGroups();
    let some = false;
    for (const one of figures) some = addErrors(groups, one, Math.min(one.at, now)) || some;
    if (some) putPieces(this.#storage.kv, errorsKey, JSON.stringify(groups));
  }

  #begin(now: number): Closed {
    const closed: Closed = {
      v: 1,
      since: now,
      until: startOf(now, HOUR_MS),
      totals: emptyTotals(),
    };
    this.#putClosed(closed);
    return closed;
  }

  #closeHours(now: number): void {
    const closed = this.#readClosed();
    const current = startOf(now, HOUR_MS);
    if (closed === undefined || closed.until >= current) return;
    const hours = new Map<number, Slice>();
    for (const { at, slice } of this.#minutes.between(closed.until, current)) {
      const hour = startOf(at, HOUR_MS);
      const sum = hours.get(hour) ?? emptySlice();
      hours.set(hour, sum);
      mergeSlice(sum, slice, boundsIn(sum.cells, HOUR_BOUNDS));
    }
    for (const [hour, sum] of hours) {
      this.#hours.put(hour, { v: 1, batches: [], ...sum });
      addToTotals(closed.totals, sum);
    }
    this.#putClosed({ ...closed, until: current });
    this.#prune(now);
  }

  #prune(now: number): void {
    this.#minutes.deleteBefore(now - MINUTES_KEPT_MS - HOUR_MS);
    this.#hours.deleteBefore(now - HOURS_KEPT_MS - DAY_MS);
    const groups = this.#errorGroups();
    const old = Object.values(groups).filter(({ last }) => last < now - HOURS_KEPT_MS);
    for (const { fingerprint } of old) delete groups[fingerprint];
    if (old.length > 0) putPieces(this.#storage.kv, errorsKey, JSON.stringify(groups));
  }

  #whole<T>(work: () => T): T {
    try {
      return this.#storage.transactionSync(work);
    } catch (error) {
      this.#minutes.forgetCached();
      this.#hours.forgetCached();
      this.#closed = this.#groups = undefined;
      throw error;
    }
  }

  #readClosed(): Closed | undefined {
    if (this.#closed !== undefined) return this.#closed;
    const text = getPieces(this.#storage.kv, closedKey);
    if (text !== undefined) this.#closed = JSON.parse(text) as Closed;
    return this.#closed;
  }

  #putClosed(closed: Closed): void {
    this.#closed = closed;
    putPieces(this.#storage.kv, closedKey, JSON.stringify(closed));
  }

  #errorGroups(): ErrorGroups {
    return (this.#groups ??= JSON.parse(
      getPieces(this.#storage.kv, errorsKey) ?? "{}",
    ) as ErrorGroups);
  }
}

function addNews(
  slice: Slice | StoredSlice,
  { figures, posts }: News,
  bounds: typeof HOUR_BOUNDS,
): void {
  for (const one of figures) addFigures(slice, one, bounds);
  for (const one of posts) addPost(slice, one);
}
