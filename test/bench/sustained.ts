// How many actions a variant takes in for good: at full load, and until Langfuse has all of them. What
// is only piled up is not throughput, so both are measured.
import type { Bench, Variant } from "./bench.ts";
import { cpuMsOf } from "./hosts/processes.ts";
import type { Workload } from "./load/plan.ts";

export interface Sustained {
  actions: number;
  /** Until the last request was answered, s. */
  seconds: number;
  /** From then until Langfuse had everything, s. */
  drainSeconds: number;
  /** Processor time of the variant's process per action, until then, µs; absent where not known. */
  cpuMicros?: number;
}

export interface Drained {
  workload: Workload;
  clients: number;
  seconds: number;
  /** What Langfuse counts of this variant: a fact each, or an action each, or it never hears of it. */
  counts: "observations" | "actions" | "nothing";
}

/** What does not arrive within this time is not coming. */
const PATIENCE_MS = 60_000;

export async function sustained(
  bench: Bench,
  variant: Variant,
  { workload, clients, seconds, counts }: Drained,
): Promise<Sustained> {
  const before = await bench.langfuse.call("received", variant.label);
  const cpuBefore = cpuMsOf(variant.pid);
  const load = await bench.load(variant, workload, { kind: "closed", clients, seconds });
  const expected = before.items + (counts === "nothing" ? 0 : load[counts]);
  const began = performance.now();
  const { items } = await bench.langfuse.call("until", variant.label, expected, PATIENCE_MS);
  const drainSeconds = (performance.now() - began) / 1000;
  if (items < expected) {
    throw new Error(`${variant.name}: ${expected - items} of ${expected} did not arrive`);
  }
  const cpu = cpuMsOf(variant.pid);
  return {
    actions: load.actions,
    seconds: load.seconds,
    drainSeconds,
    ...(cpu !== undefined &&
      cpuBefore !== undefined && { cpuMicros: ((cpu - cpuBefore) * 1000) / load.actions }),
  };
}

export const acceptedPerSecond = ({ actions, seconds }: Sustained): number => actions / seconds;
export const deliveredPerSecond = ({ actions, seconds, drainSeconds }: Sustained): number =>
  actions / (seconds + drainSeconds);
