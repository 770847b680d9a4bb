// What the scenarios with guilty records share: Langfuse's answers to them, where they are, and the end: the cause
// is mended, and the dead are replayed.
import { setTimeout } from "node:timers/promises";
import { until } from "../../support/until.ts";
import { replayAll } from "../clients.ts";
import { type Reply, status, well } from "../langfuse/behaviour.ts";
import type { PlanOptions } from "../plan/plan.ts";
import type { Part } from "../plan/turn.ts";
import type { World } from "../world.ts";

export const REPLIES: [name: string, Reply][] = [
  ["400", status(400, { body: '{"error":"1 span(s) cannot be processed"}' })],
  ["400 without words", status(400, { body: "{}" })],
  ["413", status(413, { body: "too large" })],
  ["422", status(422)],
  ["403", status(403, { body: "blocked" })],
  ["500", status(500)],
  ["hang", { kind: "hang" }],
];

export const STREAM: readonly Part[] = ["stream"];
export const inFirst = (parts: readonly Part[]) => (_session: number, turn: number) =>
  turn === 0 ? parts : [];

export const common = (seed: number): Pick<PlanOptions, "seed" | "now" | "pauseMs" | "scores"> => ({
  seed,
  now: Date.now(),
  pauseMs: 5,
  scores: 0.2,
});

export const CLIENTS_MS = 150_000;
const MENDED_MS = 120_000;
const REPLAY_EVERY_MS = 500;

/** Langfuse takes everything: what is not dead comes by itself, and what is dead once it is replayed. */
export async function mend(
  { langfuse, asked }: World,
  guilty: readonly string[],
): Promise<{ ms?: number; replayed: number }> {
  langfuse.behave(well);
  const began = Date.now();
  let replayed = 0;
  const isThere = async (): Promise<boolean> => {
    if (guilty.every((key) => langfuse.taken.has(key))) return true;
    replayed += await replayAll(asked());
    await setTimeout(REPLAY_EVERY_MS);
    return false;
  };
  const all = await until(isThere, MENDED_MS).catch(() => false);
  return { replayed, ...(all && { ms: Date.now() - began }) };
}

export const seconds = (ms: number): number => Math.round(ms / 100) / 10;
