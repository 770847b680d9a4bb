// What the clients of a run do and when, and which records must come of it: the same for the same seed.
// Pure. Each session is one page with one chat turn after the other.
import { type Random, randomOf } from "../../fuzz/random.ts";
import type { ExpectedRecord } from "./records.ts";
import { type Clock, type Part, type TurnContent, turnOf } from "./turn.ts";

export interface PlannedAction {
  action: string;
  data: Record<string, unknown>;
  seq: number;
  at: string;
}

export interface PlannedRequest {
  actions: PlannedAction[];
  /** Before the next one, once it is acknowledged. */
  pauseMs: number;
  /** A server's request on another path, with this body, instead of the actions. */
  post?: {
    path: string;
    body: unknown;
    /** That it comes to. */
    actions: number;
  };
}

export interface PlannedTurn {
  traceId: string;
  requests: PlannedRequest[];
  records: ExpectedRecord[];
}

export interface PlannedSession {
  session: string;
  client: string;
  /** What its times are counted from, epoch ms. */
  begins: number;
  /** After the run's beginning. */
  startMs: number;
  /** What its requests say of when they were sent, beside the true time; undefined where they say nothing. */
  sentAtSkewMs?: number;
  turns: PlannedTurn[];
}

export interface PlanOptions {
  seed: number;
  /** When the run begins, epoch ms. */
  now: number;
  sessions: number;
  turns: number;
  /** Tells the sessions of one plan from those of another. */
  prefix?: string;
  /** Of session `n`; without, they begin together. */
  startMs?: (n: number) => number;
  /** Longest pause between two requests of a turn, and between two turns. */
  pauseMs?: number;
  turnPauseMs?: number;
  /** Share of turns with a score. */
  scores?: number;
  /** Longest text of an answer, characters. */
  textLength?: number;
  /** The parts of a turn that hold what Langfuse refuses. */
  guilty?: (session: number, turn: number) => readonly Part[];
  /** The clock of session `n`. */
  clock?: (n: number) => Clock & { sentAtSkewMs?: number; toleranceMs?: number };
}

const HONEST: Clock & { sentAtSkewMs?: number; toleranceMs?: number } = {
  told: (ms) => ms,
  sentAtSkewMs: 0,
};
const ACTIONS_A_REQUEST = 4;

export function planOf(options: PlanOptions): PlannedSession[] {
  return Array.from({ length: options.sessions }, (_, n) => planSession(n, options));
}

/** Plans that run together. */
export const recordsOf = (plan: readonly PlannedSession[]): ExpectedRecord[] =>
  plan.flatMap(({ turns }) => turns.flatMap(({ records }) => records));

function planSession(n: number, options: PlanOptions): PlannedSession {
  const { seed, now, turns, prefix = "s", startMs = () => 0 } = options;
  const { pauseMs = 40, turnPauseMs = 200, scores = 0.3, textLength = 400 } = options;
  // Each session has its own numbers, so that one more changes nothing of the others.
  const random = randomOf(seed * 1_000_003 + n);
  const session = `${prefix}${seed}-${n}`;
  const { sentAtSkewMs, toleranceMs, ...clock } = options.clock?.(n) ?? HONEST;
  let at = now + startMs(n);
  let seq = 0;
  const planned: PlannedTurn[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    const content: TurnContent = {
      session,
      turn,
      at,
      hasScore: random.chance(scores),
      text: textOf(random, textLength),
      guilty: options.guilty?.(n, turn) ?? [],
    };
    const { traceId, actions, records } = turnOf(content, clock, toleranceMs);
    const numbered = actions.map((action) => ({ ...action, seq: (seq += 1) }));
    const requests = requestsOf(numbered, random, pauseMs);
    const last = requests.at(-1);
    if (last !== undefined) last.pauseMs = random.below(turnPauseMs + 1);
    at += requests.reduce((sum, request) => sum + request.pauseMs, 0);
    planned.push({ traceId, requests, records });
  }
  return {
    session,
    client: `tab-${session}`,
    begins: now,
    startMs: startMs(n),
    turns: planned,
    ...(sentAtSkewMs !== undefined && { sentAtSkewMs }),
  };
}

function requestsOf(
  actions: readonly PlannedAction[],
  random: Random,
  pauseMs: number,
): PlannedRequest[] {
  const requests: PlannedRequest[] = [];
  for (let from = 0; from < actions.length;) {
    const to = from + 1 + random.below(ACTIONS_A_REQUEST);
    requests.push({ actions: actions.slice(from, to), pauseMs: random.below(pauseMs + 1) });
    from = to;
  }
  return requests;
}

const WORDS = [
  "edge",
  "Spur",
  "trace",
  "größer",
  "日本",
  "🚲",
  "a\nline",
  'a "quote"',
  "\\",
  "<b>",
];

function textOf(random: Random, length: number): string {
  const wanted = random.below(length);
  let text = "";
  while (text.length < wanted) text += `${random.one(WORDS)} `;
  return text;
}
