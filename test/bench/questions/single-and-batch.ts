import type { Variant } from "../bench.ts";
import type { Latency, Pace } from "../load/plan.ts";
import { type Figure, question } from "../question.ts";
import { interleave, type Round } from "../rounds.ts";
import { ratioOf, spreadOf } from "../statistics.ts";

const VARIANTS = ["floor", "edge"] as const;
type Name = (typeof VARIANTS)[number];
const LOADS = {
  single: { workload: { kind: "singles" }, perSecond: 80, goal: { atMost: 1.3 } },
  batch: { workload: { kind: "batches", sessions: 200 }, perSecond: 20, goal: { atMost: 1.6 } },
} as const;
type Load = keyof typeof LOADS;
const LABELS: Record<Load, string> = { single: "a single action", batch: "a batch of 20" };

type Raw = Record<Load, Round<Name, Latency>[]>;

export const singleAndBatch = question<Raw>({
  name: "single-and-batch",
  question: "A single action, a batch of 20",
  goal: "p50 1.3 and 1.6 times the floor",
  meaning:
    "The seed's turn as ten requests of one action each, each turn a session of its own, and two such turns in one request. Paced, delivered meanwhile. The floor stores a batch as one row, unread.",
  async run(bench) {
    const variants = new Map<Name, Variant>();
    for (const name of VARIANTS) variants.set(name, await bench.variant(name));
    const measure = async (load: Load): Promise<Round<Name, Latency>[]> => {
      const { workload, perSecond } = LOADS[load];
      const pace: Pace = { kind: "open", perSecond, seconds: bench.pick(5, 0.3) };
      const put = async (name: Name, seconds: number): Promise<Latency> => {
        const paced = { ...pace, seconds };
        const { latency } = await bench.load(variants.get(name) as Variant, workload, paced);
        return latency;
      };
      for (const name of VARIANTS) await put(name, bench.pick(2, 0.2));
      return interleave(bench.rounds, VARIANTS, (name) => put(name, pace.seconds));
    };
    return { single: await measure("single"), batch: await measure("batch") };
  },
  figures: (raw) =>
    (["single", "batch"] as const).flatMap((load): Figure[] => {
      const rounds = raw[load];
      const of = (name: Name) => (round: Round<Name, Latency>) => round[name].p50;
      return [
        {
          label: `${LABELS[load]}, p50 to the floor's`,
          unit: "×",
          ...ratioOf(rounds, of("edge"), of("floor")),
          goal: LOADS[load].goal,
        },
        ...VARIANTS.map((name) => ({
          label: `${LABELS[load]}, ${name} p50`,
          unit: "ms",
          ...spreadOf(rounds.map(of(name))),
        })),
      ];
    }),
});
