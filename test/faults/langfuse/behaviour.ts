// How a scripted Langfuse answers: pure functions of what it is asked, put together from small ones. The
// same seed gives the n-th request the same answer.
import { randomOf } from "../../fuzz/random.ts";
import type { Kind } from "../plan/records.ts";
import { GUILTY } from "../plan/turn.ts";

export type Reply =
  | { kind: "ok"; afterMs?: number }
  /** Nothing is taken. */
  | { kind: "status"; status: number; body?: string; retryAfter?: string; afterMs?: number }
  /** No answer, and nothing is taken. */
  | { kind: "hang" }
  /** Taken, and no answer. */
  | { kind: "taken" }
  /** The connection breaks, and nothing is taken. */
  | { kind: "reset" }
  /** Taken, but the answer breaks off. */
  | { kind: "half" };

export interface Asked {
  /** Requests before it. */
  n: number;
  kind: Kind;
  /** In it. */
  records: number;
  /** Its body. */
  text: string;
  /** Since the script began. */
  ms: number;
}

export type Behaviour = (asked: Asked) => Reply;

export const well: Behaviour = () => ({ kind: "ok" });
export const always =
  (reply: Reply): Behaviour =>
  () =>
    reply;
export const status = (code: number, rest: { body?: string; retryAfter?: string } = {}): Reply => ({
  kind: "status",
  status: code,
  ...rest,
});

/** Takes everything, in up to so many ms. */
export const slow =
  (seed: number, mostMs: number): Behaviour =>
  ({ n }) => ({ kind: "ok", afterMs: randomOf(seed * 7919 + n).below(mostMs + 1) });

/** One of these, each as often as its weight says. */
export function mix(seed: number, choices: readonly [weight: number, Reply][]): Behaviour {
  const all = choices.reduce((sum, [weight]) => sum + weight, 0);
  return ({ n }) => {
    let drawn = randomOf(seed * 104_729 + n).next() * all;
    for (const [weight, reply] of choices) {
      drawn -= weight;
      if (drawn < 0) return reply;
    }
    return { kind: "ok" };
  };
}

/** Each until its time, ms after the script began; then the last. */
export function phases(
  parts: readonly [untilMs: number, Behaviour][],
  afterwards: Behaviour,
): Behaviour {
  return (asked) => {
    const part = parts.find(([untilMs]) => asked.ms < untilMs);
    return (part?.[1] ?? afterwards)(asked);
  };
}

/** This where the request holds a guilty record. */
export const refusing =
  (reply: Reply, otherwise: Behaviour = well): Behaviour =>
  (asked) =>
    asked.text.includes(GUILTY) ? reply : otherwise(asked);

export const byKind =
  (behaviours: Record<Kind, Behaviour>): Behaviour =>
  (asked) =>
    behaviours[asked.kind](asked);
