// One run: a Langfuse with a script, an edge, clients with a plan; and what came of it.
import { KEYS, keyVars } from "../support/post.ts";
import { until } from "../support/until.ts";
import {
  type Asked,
  emptyNotes,
  type Health,
  healthOf,
  type Notes,
  pendingAfter,
  runSessions,
} from "./clients.ts";
import { type FaultyEdge, faultyEdge } from "./edge.ts";
import { judge } from "./judge.ts";
import { type ScriptedLangfuse, scriptedLangfuse } from "./langfuse.ts";
import { type PlannedSession, recordsOf } from "./plan.ts";
import { latenessOf } from "./lateness.ts";
import { mostASecond } from "./rates.ts";
import type { Kind } from "./records.ts";
import type { Result } from "./result.ts";
import { storyOf } from "./story.ts";

export interface World {
  langfuse: ScriptedLangfuse;
  edge: FaultyEdge;
  vars: Record<string, string>;
  notes: Notes;
  plan: PlannedSession[];
  kills: number[];
  /** Carries out more of a plan. */
  run: (plan: readonly PlannedSession[], limitMs: number) => Promise<void>;
  /** Kills the edge; `vars` are those of its next life. */
  kill: () => Promise<void>;
  start: (vars?: Record<string, string>) => Promise<void>;
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

/** What a scenario adds to the judgement: bounds that were broken, in words, and its own figures. */
export interface Told {
  broken: string[];
  figures?: Record<string, number | string>;
}

/** Longer than a lease that nobody settles. */
const QUIET_MS = 50_000;

/** Runs it in a world of its own, which is gone afterwards. */
export async function inWorld(
  tried: Tried,
  work: (world: World) => Promise<Told>,
): Promise<Result> {
  const began = Date.now();
  const langfuse = await scriptedLangfuse();
  const edge = faultyEdge();
  const world = worldOf(langfuse, edge);
  try {
    await world.start();
    const told = await work(world);
    // What the edge does not know to be delivered, it will send again: that counts, too.
    const pending = await pendingAfter(QUIET_MS, world.asked(), completeOf(world));
    const books = { health: await world.health(), pending };
    return resultOf(tried, world, told, books, Date.now() - began);
  } finally {
    await edge.remove();
    await langfuse.close();
  }
}

function worldOf(langfuse: ScriptedLangfuse, edge: FaultyEdge): World {
  const kills: number[] = [];
  const plan: PlannedSession[] = [];
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
    async run(more, limitMs) {
      plan.push(...more);
      await runSessions(more, notes, { url: edge.url, until: Date.now() + limitMs });
    },
    async kill() {
      kills.push(Date.now());
      await edge.kill();
    },
    start: (others = {}) => {
      secretKey = others["LANGFUSE_SECRET_KEY"] ?? KEYS.secretKey;
      return edge.start({ ...vars, ...others });
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
        (record) => record.guilty === undefined && (kind ?? record.kind) === record.kind,
      );
      const began = Date.now();
      const isThere = (): boolean => wanted.every(({ key }) => langfuse.taken.has(key));
      // The judge says what is missing.
      await until(isThere, limitMs).catch(() => false);
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
  books: { health: Health; pending: number },
  wallMs: number,
): Result {
  const { langfuse, notes, kills } = world;
  const expected = recordsOf(wholeOf(world));
  const known = new Set(expected.map(({ key }) => key));
  const open = new Set(
    recordsOf(world.plan)
      .map(({ key }) => key)
      .filter((key) => !known.has(key)),
  );
  const judgement = judge({ expected, open, copies: langfuse.copies, kills });
  return {
    ...tried,
    actions: notes.actions,
    turns: notes.whole.size,
    refused: notes.refused,
    slowestMs: notes.slowestMs,
    kills: kills.length,
    judgement,
    requests: langfuse.seen.length,
    mostASecond: mostASecond(langfuse.seen.map(({ at }) => at)),
    pending: books.pending,
    dead: books.health.dead,
    health: books.health.status,
    wallMs,
    figures: told.figures ?? {},
    told: told.broken,
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
