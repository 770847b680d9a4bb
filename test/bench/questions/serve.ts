import { setTimeout as pause } from "node:timers/promises";
import type { Variant } from "../bench.ts";
import { memoryOf } from "../hosts/processes.ts";
import type { Latency } from "../load/plan.ts";
import { type Figure, question } from "../question.ts";
import { interleave, type Round } from "../rounds.ts";
import { ratioOf, spreadOf } from "../statistics.ts";
import { deliveredPerSecond, type Sustained, sustained } from "../sustained.ts";

const VARIANTS = ["edge", "served", "wrangler-dev"] as const;
type Name = (typeof VARIANTS)[number];
const TITLES: Record<Name, string> = {
  edge: "the benchmark's Worker",
  served: "`langfuse-edge serve`",
  "wrangler-dev": "`wrangler dev`",
};
const CLIENTS = 16;
/** workerd puts an object out of memory that nobody has called for ten seconds. */
const IDLE_MS = 11_000;

interface Memory {
  /** Of the runtime and of the program that started it, MB; absent where the system does not tell. */
  runtime?: number;
  command?: number;
}

interface Raw {
  single: Round<Name, Latency>[];
  batches: Round<Name, Sustained>[];
  idle: Record<Name, Memory>;
  after: Record<Name, Memory>;
}

export const serve = question<Raw>({
  name: "serve",
  question: "On one's own machine: `langfuse-edge serve`",
  goal: "p50 at most 1.3 times the benchmark's Worker, throughput at least 0.8 times",
  meaning: `The same Worker three times: on workerd's own socket as all other questions have it, under \`langfuse-edge serve\`, and under \`wrangler dev\`. A single action, 40 a second; then batches of 20 by ${CLIENTS} clients until Langfuse has everything. Resident memory of both processes before any load, and ${IDLE_MS / 1000} s after all of it; a runtime keeps what it once needed.`,
  async run(bench) {
    const variants = new Map<Name, Variant>();
    for (const name of VARIANTS) variants.set(name, await bench.variant(name));
    const of = (name: Name): Variant => variants.get(name) as Variant;
    const memories = (): Record<Name, Memory> => {
      const read = VARIANTS.map((name) => [name, memoryIn(of(name))] as const);
      return Object.fromEntries(read) as Record<Name, Memory>;
    };
    const idle = memories();
    const single = async (name: Name, seconds: number): Promise<Latency> => {
      const pace = { kind: "open", perSecond: 40, seconds } as const;
      return (await bench.load(of(name), { kind: "singles" }, pace)).latency;
    };
    for (const name of VARIANTS) await single(name, bench.pick(2, 0.2));
    const seconds = bench.pick(5, 0.2);
    return {
      idle,
      single: await interleave(bench.rounds, VARIANTS, (name) => single(name, seconds)),
      batches: await interleave(bench.rounds, VARIANTS, (name) =>
        sustained(bench, of(name), {
          workload: { kind: "batches", sessions: 200 },
          clients: bench.pick(CLIENTS, 4),
          seconds,
          counts: "observations",
        }),
      ),
      after: await pause(bench.pick(IDLE_MS, 0)).then(memories),
    };
  },
  figures: ({ single, batches, idle, after }) => [
    {
      label: "a single action, p50 of serve to the benchmark's Worker",
      unit: "×",
      ...ratioOf(
        single,
        ({ served }) => served.p50,
        ({ edge }) => edge.p50,
      ),
      goal: { atMost: 1.3 },
    },
    {
      label: "… of `wrangler dev` to serve",
      unit: "×",
      ...ratioOf(
        single,
        (round) => round["wrangler-dev"].p50,
        ({ served }) => served.p50,
      ),
    },
    {
      label: "throughput, serve to the benchmark's Worker",
      unit: "×",
      ...ratioOf(
        batches,
        ({ served }) => deliveredPerSecond(served),
        ({ edge }) => deliveredPerSecond(edge),
      ),
      goal: { atLeast: 0.8 },
    },
    ...VARIANTS.flatMap((name): Figure[] => [
      {
        label: `${TITLES[name]}, a single action, p50`,
        unit: "ms",
        ...spreadOf(single.map((round) => round[name].p50)),
      },
      {
        label: `${TITLES[name]}, until Langfuse has them`,
        unit: "actions/s",
        ...spreadOf(batches.map((round) => deliveredPerSecond(round[name]))),
      },
      ...memoryFigures(`${TITLES[name]}, memory before`, idle[name]),
      ...memoryFigures(`${TITLES[name]}, memory after`, after[name]),
    ]),
  ],
});

function memoryIn({ pid, command }: Variant): Memory {
  const mb = (bytes: number | undefined): number | undefined =>
    bytes && Math.round(bytes / 2 ** 20);
  const [runtime, program] = [mb(memoryOf(pid)), mb(memoryOf(command))];
  return {
    ...(runtime !== undefined && { runtime }),
    ...(program !== undefined && { command: program }),
  };
}

function memoryFigures(label: string, memory: Memory): Figure[] {
  return Object.entries(memory).map(([what, value]) => ({
    label: `${label}, ${what}`,
    unit: "MB",
    ...spreadOf([value as number]),
  }));
}
