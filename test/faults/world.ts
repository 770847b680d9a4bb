// One run: a Langfuse with a script, an edge, clients with a plan; and what came of it.
import { KEYS, keyVars } from "../support/post.ts";
import { until } from "../support/until.ts";
import {
  type Asked,
  booksOf,
  emptyNotes,
  type Health,
  healthOf,
  type Notes,
  pendingAfter,
  runSessions,
} from "./clients.ts";
import { type FaultyEdge, faultyEdge, type Start } from "./edge.ts";
import type { Happened, Orders, StoredObject } from "./inside/orders.ts";
import { type Books, bookFaults, takenActions } from "./judge/books.ts";
import { fingerprintOf } from "./plan/fingerprint.ts";
import { judge, SETTLE_MS } from "./judge/judge.ts";
import { type ScriptedLangfuse, scriptedLangfuse } from "./langfuse/scripted-langfuse.ts";
import { type PlannedSession, recordsOf } from "./plan/plan.ts";
import { latenessOf } from "./judge/lateness.ts";
import { mostASecond } from "./judge/rates.ts";
import type { Kind } from "./plan/records.ts";
import type { Result } from "./report/result.ts";
import { storyOf } from "./judge/story.ts";

export interface World {
  langfuse: ScriptedLangfuse;
  edge: FaultyEdge;
  vars: Record<string, string>;
  notes: Notes;
  plan: PlannedSession[];
  kills: number[];
  /** Faults as they were planned, in words that are the same for the same seed. */
  faults: string[];
  /** Keys of records that SAMPLING leaves out: they must not arrive, and are counted as dropped. */
  leftOut: Set<string>;
  /** The clients' clock, epoch ms. */
  now: () => number;
  /** Makes the edge's clock jump, and that of the clients where they go along. */
  jump: (byMs: number, clients?: "clients too") => Promise<void>;
  /** What holds inside the edge from now on. */
  order: FaultyEdge["order"];
  happened: () => Promise<Happened>;
  /** All sessions that were ever called, as they are stored. */
  objects: (what?: Orders["objects"]["do"]) => Promise<StoredObject[]>;
  /** Carries out more of a plan. */
  run: (plan: readonly PlannedSession[], limitMs: number) => Promise<void>;
  /** Kills the edge; `vars` are those of its next life. */
  kill: () => Promise<void>;
  start: (vars?: Record<string, string>, how?: Start) => Promise<void>;
  /** The longest that an innocent record of these came after its turn was acknowledged, ms. */
  lateness: (of?: (session: string) => boolean, kind?: Kind) => number;
  /** Waits for all innocent records of acknowledged turns, or so long; how long it took, ms. */
  arrival: (limitMs: number, kind?: Kind) => Promise<number>;
  asked: () => Asked;
  health: () => Promise<Health>;
}

export interface Tried {
  scenario: string;
  variant: string;
  seed: number;
}

/** What a scenario adds to the judgement: what must not be, in words, and its own figures. */
export interface Told {
  broken: string[];
  /** Bounds of time, and of how often, that were broken: they hold on a machine that has nothing else to do. */
  late?: string[];
  figures?: Record<string, number | string>;
  /** Sessions had a history that no client of the run noted: the books have more than it. */
  hasHistory?: true;
}

/** Longer than a lease that nobody settles. */
const QUIET_MS = 50_000;
/** A pass that was left to itself reports when it is over; the ledger of what it settles. */
const BOOKS_MS = 35_000;
/** Objects that one order reaches. */
const PAGE = 500;

/**
 * Runs it in a world of its own, which is gone afterwards.
 * @param patience how many times as long as usual everything may take
 */
export async function inWorld(
  tried: Tried,
  work: (world: World) => Promise<Told>,
  edge: FaultyEdge = faultyEdge(),
  patience = 1,
): Promise<Result> {
  const began = Date.now();
  const langfuse = await scriptedLangfuse();
  const world = worldOf(langfuse, edge, patience);
  try {
    await world.start();
    const told = await work(world);
    // What the edge does not know to be delivered, it will send again: that counts, too.
    const pending = await pendingAfter(QUIET_MS * patience, world.asked(), completeOf(world));
    const { deaths } = await world.happened();
    const books = await booksOf(world.asked(), BOOKS_MS * patience);
    const said = { health: await world.health(), books, pending, deaths };
    const settleMs = SETTLE_MS * patience;
    return resultOf(tried, world, told, { ...said, settleMs }, Date.now() - began);
  } finally {
    await edge.remove();
    await langfuse.close();
  }
}

function worldOf(langfuse: ScriptedLangfuse, edge: FaultyEdge, patience: number): World {
  const kills: number[] = [];
  const faults: string[] = [];
  const plan: PlannedSession[] = [];
  let clientsAheadMs = 0;
  const now = (): number => Date.now() + clientsAheadMs;
  const notes = emptyNotes();
  const vars = keyVars(langfuse.url);
  let { secretKey } = KEYS;
  const world: World = {
    langfuse,
    edge,
    vars,
    notes,
    plan,
    kills,
    faults,
    leftOut: new Set(),
    now,
    async jump(byMs, clients) {
      faults.push(`clock ${byMs}`);
      if (clients !== undefined) clientsAheadMs += byMs;
      await edge.order("clock", { byMs });
      await world.objects("arm");
    },
    order: (name, told) => edge.order(name, told),
    happened: () => edge.order("happened", {}),
    async objects(what = "tell") {
      const all: StoredObject[] = [];
      for (let from = 0; ; from += PAGE) {
        const page: StoredObject[] = await edge.order("objects", { from, do: what });
        all.push(...page);
        if (page.length < PAGE) return all;
      }
    },
    async run(more, limitMs) {
      plan.push(...more);
      await runSessions(more, notes, {
        url: edge.url,
        until: Date.now() + limitMs * patience,
        now,
      });
    },
    async kill() {
      kills.push(Date.now());
      await edge.kill();
    },
    start: (others = {}, how) => {
      secretKey = others["LANGFUSE_SECRET_KEY"] ?? KEYS.secretKey;
      return edge.start({ ...vars, ...others }, how);
    },
    lateness: (of = () => true, kind) =>
      latenessOf(
        plan.filter(({ session }) => of(session)),
        kind,
        notes.whole,
        langfuse.copies,
      ),
    asked: () => ({ url: edge.url() ?? "", secretKey }),
    health: () => healthOf(world.asked()),
    async arrival(limitMs, kind) {
      const wanted = recordsOf(wholeOf(world)).filter(
        ({ key, guilty, kind: its }) =>
          guilty === undefined && !world.leftOut.has(key) && (kind ?? its) === its,
      );
      const began = Date.now();
      const isThere = (): boolean => wanted.every(({ key }) => langfuse.taken.has(key));
      // The judge says what is missing.
      await until(isThere, limitMs * patience).catch(() => false);
      return Date.now() - began;
    },
  };
  return world;
}

const wholeOf = ({ plan, notes }: World): PlannedSession[] =>
  plan.map((session) => ({
    ...session,
    turns: session.turns.filter(({ traceId }) => notes.whole.has(traceId)),
  }));

/** Sessions that were told to the end: what another one still holds is no fault of the edge. */
const completeOf = ({ plan, notes }: World): PlannedSession[] =>
  plan.filter(({ turns }) => turns.every(({ traceId }) => notes.whole.has(traceId)));

function resultOf(
  tried: Tried,
  world: World,
  told: Told,
  said: { health: Health; books: Books; pending: number; deaths: number[]; settleMs: number },
  wallMs: number,
): Result {
  const { langfuse, notes, kills } = world;
  const { health, books } = said;
  const all = recordsOf(wholeOf(world));
  const expected = all.filter(({ key }) => !world.leftOut.has(key));
  const known = new Set(all.map(({ key }) => key));
  const open = new Set(
    recordsOf(world.plan)
      .map(({ key }) => key)
      .filter((key) => !known.has(key)),
  );
  // A consumer that died is like a runtime that was killed: its last answers may be settled or not.
  const deaths = [...kills, ...said.deaths];
  const judgement = judge({
    expected,
    open,
    copies: langfuse.copies,
    kills: deaths,
    settleMs: said.settleMs,
    mayBePassed: langfuse.mayBePassed,
  });
  const wrongBooks = bookFaults(books, {
    acknowledged: notes.actions,
    taken: takenActions(expected, langfuse.taken),
    sampled: takenActions(all, world.leftOut),
    isWhole: open.size === 0,
    hasHistory: told.hasHistory === true,
  });
  return {
    ...tried,
    plan: fingerprintOf(world.plan, world.faults),
    actions: notes.actions,
    turns: notes.whole.size,
    refused: notes.refused,
    slowestMs: notes.slowestMs,
    kills: kills.length,
    judgement,
    requests: langfuse.seen.length,
    mostASecond: mostASecond(langfuse.seen.map(({ at }) => at)),
    pending: said.pending,
    dead: health.dead,
    health: health.status,
    books,
    wallMs,
    figures: told.figures ?? {},
    told: [...told.broken, ...wrongBooks],
    late: told.late ?? [],
    log: [...world.edge.log()],
    story: storyOf(judgement, {
      plan: world.plan,
      whole: notes.whole,
      copies: langfuse.copies,
      kills,
    }),
    replies: Object.fromEntries(
      Object.entries(Object.groupBy(langfuse.seen, ({ reply }) => reply)).map(([reply, some]) => [
        reply,
        some?.length ?? 0,
      ]),
    ),
  };
}
