// A real deployment by its address: how long the paced flush, single actions and batches take there.
// Nothing to compare with stands beside it, so milliseconds are told, not ratios.
import { startChild } from "./hosts/child.ts";
import { libraryIn, recordTurn } from "./library/record-turn.ts";
import type { LoadCalls } from "./load/generate.ts";
import type { Latency, Plan, Workload } from "./load/plan.ts";

const LOADS: Record<string, Workload> = {
  "the flush before the chat request": { kind: "turns", turnsPerSession: 5 },
  "a single action": { kind: "singles" },
  "a batch of 20": { kind: "batches", sessions: 20 },
};
/** Below what its rate limits allow one owner. */
const PER_SECOND = 4;
const SECONDS = 10;

/** p50 and p99 of each round, by load. */
export async function measureDeployment(
  url: string,
  access: Plan["access"],
  rounds: number,
  folder: string,
): Promise<Record<string, Latency[]>> {
  const load = startChild<LoadCalls>("../load/generate.ts");
  const turn = await recordTurn(await libraryIn(folder));
  const found: Record<string, Latency[]> = {};
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, workload] of Object.entries(LOADS)) {
        const run = `bench-${Date.now().toString(36)}-${round}`;
        const pace = { kind: "open", perSecond: PER_SECOND, seconds: SECONDS } as const;
        const result = await load.call("run", { url, run, access, workload, pace, turn });
        const { latency, failed, failure } = result;
        if (failed > 0) console.error(`${name}: ${failed} failed, ${failure}`);
        console.log(`${name}: p50 ${latency.p50} ms, p99 ${latency.p99} ms`);
        (found[name] ??= []).push(latency);
      }
    }
  } finally {
    await load.stop();
  }
  return found;
}
