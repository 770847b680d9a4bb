// All metrics objects of a project asked, and their answers as one. Mostly there is one; it says how many there are.
import { mergeAnswers } from "../../figures/read/answer.ts";
import type { FiguresAnswer } from "../../protocol/figures/figures-answer.ts";
import type { FiguresCalls } from "../../protocol/figures/figures-calls.ts";

export type MetricsObjects = (publicKey: string, shard: number) => FiguresReading;
type FiguresReading = Pick<FiguresCalls, "figures" | "totals">;

/** Rejects where one of them can't be reached: a part would look like the whole. */
export async function askMetrics(
  metrics: MetricsObjects,
  publicKey: string,
  ask: (object: FiguresReading) => Promise<FiguresAnswer>,
): Promise<FiguresAnswer> {
  const first = await ask(metrics(publicKey, 0));
  if (first.shards <= 1) return first;
  const others = Array.from({ length: first.shards - 1 }, (_, n) => ask(metrics(publicKey, n + 1)));
  return mergeAnswers([first, ...(await Promise.all(others))]);
}
