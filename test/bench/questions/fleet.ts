import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Variant } from "../bench.ts";
import { letTimePass, storedIn, type StoredInAll } from "../control.ts";
import { memoryOf } from "../hosts/processes.ts";
import { exactly, question } from "../question.ts";

const CLIENTS = 32;
const PATIENCE_MS = 120_000;
/** workerd puts an object out of memory that nobody has called for ten seconds. */
const IDLE_MS = 11_000;

interface Step {
  /** Sessions so far. */
  sessions: number;
  /** Of this step's sessions: taking them in, and from then until Langfuse had them, s. */
  seconds: number;
  drainSeconds: number;
  /** Resident memory of the process when its objects are idle again, MB. */
  memoryMb?: number;
}

interface Raw {
  steps: Step[];
  before: StoredInAll & { diskMb?: number };
  after: StoredInAll & { diskMb?: number };
}

export const fleet = question<Raw>({
  name: "fleet",
  question: "A fleet of 10,000 sessions, one turn each",
  goal: "memory flat, nothing stored in the end, time linear",
  meaning:
    "Sessions come in four steps; after each, when Langfuse has everything and the objects are idle, the process's resident memory is read. Flat: what 10,000 sessions leave in memory is what 2,500 leave, within a third. Then a day and more passes on a moved clock, each alarm on the way runs, and what the objects still store is counted. The memory is that of one workerd with all objects in it; on Cloudflare they are spread over many.",
  async run(bench) {
    const edge = await bench.variant("edge-counted");
    const steps: Step[] = [];
    const each = bench.pick(2500, 20);
    await bench.load(
      edge,
      { kind: "sessions" },
      { kind: "closed", clients: CLIENTS, seconds: 600, requests: bench.pick(500, 20) },
    );
    for (let step = 1; step <= bench.pick(4, 1); step += 1) {
      const { items } = await bench.langfuse.call("received", edge.label);
      const load = await bench.load(
        edge,
        { kind: "sessions" },
        { kind: "closed", clients: CLIENTS, seconds: 600, requests: each },
      );
      const began = performance.now();
      const expected = items + load.observations;
      await bench.langfuse.call("until", edge.label, expected, PATIENCE_MS);
      const drainSeconds = (performance.now() - began) / 1000;
      await pause(bench.pick(IDLE_MS, 0));
      const memory = memoryOf(edge.pid);
      steps.push({
        sessions: step * each,
        seconds: load.seconds,
        drainSeconds,
        ...(memory !== undefined && { memoryMb: memory / 2 ** 20 }),
      });
    }
    const before = { ...(await storedIn(edge)), ...diskOf(edge) };
    await letTimePass(edge);
    return { steps, before, after: { ...(await storedIn(edge)), ...diskOf(edge) } };
  },
  figures: ({ steps, before, after }) => {
    const [first, last] = [steps[0], steps.at(-1)];
    if (first === undefined || last === undefined) return [];
    const time = (step: Step): number => step.seconds + step.drainSeconds;
    return [
      ...(first.memoryMb === undefined || last.memoryMb === undefined
        ? []
        : [
            exactly("memory of all to that of a quarter", last.memoryMb / first.memoryMb, "×", {
              atMost: 1.33,
            }),
          ]),
      exactly("keys and alarms left when the memory is over", after.keys + after.alarms, "", {
        atMost: 0,
      }),
      exactly("time of the last quarter to that of the first", time(last) / time(first), "×", {
        atMost: 1.33,
      }),
      exactly("sessions", last.sessions, ""),
      exactly("longest drain of a quarter", Math.max(...steps.map((s) => s.drainSeconds)), "s"),
      ...(last.memoryMb === undefined ? [] : [exactly("memory", last.memoryMb, "MB")]),
      exactly("stored a session before", before.bytes / Math.max(1, before.objects) / 1024, "KB"),
    ];
  },
});

/** What lies on the disk. */
function diskOf({ state }: Variant): { diskMb?: number } {
  if (state === undefined) return {};
  let bytes = 0;
  for (const entry of readdirSync(state, { recursive: true, withFileTypes: true })) {
    // An object that goes to sleep meanwhile takes two of its files along.
    const found = statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false });
    if (found?.isFile() === true) bytes += found.size;
  }
  return { diskMb: bytes / 2 ** 20 };
}
